"""How far the risks of a plan can be trusted, as one table that can lie beside them.

Every line compares what was found with what to expect of it: of risks that are right, or of risks
that say nothing.  All of it is of pupils that a model had not seen.
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from recommender.risk.models.calibration import (
    Estimate,
    auc,
    log_loss,
    mean_of,
    reliability,
    shrunk_site_averages,
    slope_and_intercept,
)
from recommender.risk.models.fitting import BASE, Fit, Fits
from recommender.risk.settings import RiskSettings

TENTH = "tenth"
"""The mean risk of a tenth of the pupil-years, and the share of cases found among them."""

SLOPE = "slope"
"""The calibration slope; 1 is right, less means that high and low risks are exaggerated."""

CHANCE = "chance"
"""The chance that of a case and another pupil the case has the higher risk; 0.5 says nothing."""

OVER_SITES = "over_sites"
"""How much better the log score is than that of the averages of sites; 0 says nothing more."""

CASES = "cases"
"""The share of cases in the history, beside the mean of the risks given to the same pupils."""

TRUST_COLUMNS = (
    "outcome", "measure", "low", "high", "rows", "expected", "found", "standard_error",
)  # fmt: skip

_OF_TENTHS = ("low", "high", "rows", "predicted", "observed", "standard_error")


def trust_of(fits: Fits, settings: RiskSettings) -> pd.DataFrame:
    """Return outcome, measure, low, high, rows, expected, found, standard_error.

    ``low`` and ``high`` are the risks at the ends of a tenth, else 0 and 1; ``rows`` are
    pupil-years; ``standard_error`` is of ``found - expected`` and 0 where it is not known.  What
    cannot be told of an outcome, and tenths with too few rows, have no line.
    """
    lines = [line for fit in fits.fits for line in _lines(fits, fit, settings)]
    kinds = {name: str if name in TRUST_COLUMNS[:2] else np.float64 for name in TRUST_COLUMNS}
    return pd.DataFrame(lines, columns=list(TRUST_COLUMNS)).astype(kinds)


def _lines(fits: Fits, fit: Fit, settings: RiskSettings) -> list[tuple[str | float, ...]]:
    sample, risk = fit.sample, fit.risk
    y, weight, family = sample.y, sample.weight, sample.family
    outcome, rows = fit.model.outcome, float(y.size)
    gap = mean_of(y - risk, weight, family)
    mean = float(np.average(risk, weights=weight))
    lines: list[tuple[str | float, ...]] = [
        (outcome, CASES, 0.0, 1.0, rows, mean, mean + gap.value, gap.standard_error)
    ]
    table = reliability(risk, y, weight, family, settings.smallest_group).dropna()
    lines += [
        (outcome, TENTH, *tenth)
        for tenth in table[list(_OF_TENTHS)].to_numpy(dtype=np.float64).tolist()
    ]
    if fit.kept == BASE:
        return lines
    slope, _ = slope_and_intercept(risk, y, weight, family)
    right = {SLOPE: (1.0, slope), CHANCE: (0.5, Estimate(auc(risk, y, weight), 0.0))}
    if np.unique(sample.fold).size > 1:
        site = fits.rows.frame["site"].iloc[fit.rows].fillna("").astype(str).to_numpy(dtype=object)
        average = shrunk_site_averages(site, y, weight, sample.fold, settings.site_rows)
        gain = mean_of(log_loss(average, y) - log_loss(risk, y), weight, family)
        right[OVER_SITES] = (0.0, gain)
    lines += [
        (outcome, measure, 0.0, 1.0, rows, expected, found.value, found.standard_error)
        for measure, (expected, found) in right.items()
        if math.isfinite(found.value) and math.isfinite(found.standard_error)
    ]
    return lines
