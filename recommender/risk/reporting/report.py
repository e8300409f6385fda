"""What is known of the quality of a risk model, as numbers and as JSON."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, fields, is_dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from recommender.inputs.cohort import Cohort
from recommender.inputs.policy import Outcome
from recommender.risk.models.calibration import (
    Estimate,
    auc,
    auc_within,
    base_rates,
    brier,
    compared,
    log_loss,
    mean_of,
    reliability,
    shrunk_site_averages,
    slope_and_intercept,
)
from recommender.risk.models.dispersion import Spread
from recommender.risk.models.fitting import (
    BASE,
    LINEAR,
    LINEAR_TEXT,
    TREES,
    TREES_TEXT,
    Fit,
    enough,
    log_score_difference,
    one_candidate,
)
from recommender.risk.models.rows import PupilYears
from recommender.risk.settings import RiskSettings

Floats = npt.NDArray[np.float64]

SITES = "site averages"
_MOST_LEVELS = 20


@dataclass(frozen=True, slots=True)
class TemporalCheck:
    """The kept model fitted on earlier years and tested on the last one.

    Attributes:
        year: reference date of the rows it was tested on.
        fitted, tested: rows.
        log_score, base_log_score: on the last year, the latter of the earlier years' base rate.
        gain: how much better the model's log score is.
        slope, intercept: calibration on the last year.
    """

    year: str
    fitted: int
    tested: int
    log_score: float
    base_log_score: float
    gain: Estimate
    slope: Estimate
    intercept: Estimate


@dataclass(frozen=True, eq=False, slots=True)
class CalibrationReport:
    """How good the risks of one outcome are; every score is of rows the model had not seen.

    Attributes:
        outcome, name: its id and English name.
        origin: "model" or "profiles.csv"; for the latter only the check of base rates is possible.
        rows, pupils, cases: pupil-years used, different units, and rows with the outcome.
        treated, unknown: pupil-years left out: a new intervention recorded, outcome not known.
        base_rate: among pupils without a new intervention (weighted to stand for all).
        mean_risk: mean predicted risk of today's units.
        expected: lowest and highest plausible base rate, from planning.yaml.
        kept: the candidate that is used.
        scores: model, log_score, brier, auc, gain (log score better than the base rate's),
            gain_error, brier_gain, brier_gain_error, kept.
        choice: how much better boosting's log score is than the linear model's (negative: worse).
        notes_add: how much notes improve the log score of the better kind of model, or None.
        over_sites: how much better the log score of individual risks is than site averages'.
        over_sites_brier: the same for the Brier score.
        auc_within_sites: the chance that of two pupils of one site the case has the higher risk.
        share_between_sites: of the variance of predicted risk.
        slope, intercept: calibration; 1 and 0 are right.
        reliability: bin, low, high, rows, predicted, observed, difference, standard_error.
        sites, groups: (column,) group, rows, predicted, observed, difference, standard_error; NaN
            where a group is too small to show.
        spread: of true risk among pupils who look alike, on the probit scale.
        mean_error: mean standard error of today's risks.
        temporal: fitted on earlier years, tested on the last; None with one year.
        warnings: what a reader must know, as sentences.
    """

    outcome: str
    name: str
    origin: str
    rows: int
    pupils: int
    cases: int
    treated: int
    unknown: int
    base_rate: float
    mean_risk: float
    expected: tuple[float, float]
    kept: str
    scores: pd.DataFrame
    choice: Estimate | None
    notes_add: Estimate | None
    over_sites: Estimate | None
    over_sites_brier: Estimate | None
    auc_within_sites: float
    share_between_sites: float
    slope: Estimate | None
    intercept: Estimate | None
    reliability: pd.DataFrame
    sites: pd.DataFrame
    groups: pd.DataFrame
    spread: Spread | None
    mean_error: float
    temporal: TemporalCheck | None
    warnings: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """A mapping of plain values: tables are lists of rows, hidden or unknown is null."""
        return {f.name: _plain(getattr(self, f.name)) for f in fields(self)}


def report_of_profiles(
    cohort: Cohort, outcome: Outcome, risk: Floats, error: Floats, settings: RiskSettings
) -> CalibrationReport:
    """What can be said of risks predicted elsewhere: whether their mean is plausible."""
    mean = _mean_today(cohort, risk)
    assumed = _errors_assumed(cohort, outcome.id)
    warnings = [
        "The risks come from profiles.csv and are used as they are; how well they agree with what "
        "happens is not known here.",
        *_base_rate_warning(outcome, mean),
    ]
    if assumed:
        warnings.append(
            f"{assumed} of {len(risk)} units have no standard error in profiles.csv; a spread of "
            f"{settings.spread:g} on the probit scale is assumed for them."
        )
    nan = float("nan")
    return CalibrationReport(
        outcome=outcome.id, name=outcome.name.en, origin="profiles.csv", rows=0, pupils=0, cases=0,
        treated=0, unknown=0, base_rate=nan, mean_risk=mean, expected=outcome.base_rate,
        kept="profiles.csv", scores=pd.DataFrame(), choice=None, notes_add=None, over_sites=None,
        over_sites_brier=None, auc_within_sites=nan, share_between_sites=nan, slope=None,
        intercept=None, reliability=pd.DataFrame(), sites=pd.DataFrame(), groups=pd.DataFrame(),
        spread=None, mean_error=float(_mean_today(cohort, error)), temporal=None,
        warnings=tuple(warnings),
    )  # fmt: skip


def report_of_model(
    cohort: Cohort,
    outcome: Outcome,
    risk: Floats,
    error: Floats,
    rows: PupilYears,
    fit: Fit,
    settings: RiskSettings,
) -> CalibrationReport:
    """The calibration report of a fitted outcome; ``risk`` and ``error`` are of today's units."""
    sample, mine = fit.sample, fit.risk
    frame = rows.frame.iloc[fit.rows].reset_index(drop=True)
    y, weight, family = sample.y, sample.weight, sample.family
    base_rate = float(np.average(y, weights=weight))
    parts = np.unique(sample.fold).size
    base = base_rates(y, weight, sample.fold) if parts > 1 else np.full(y.size, base_rate)
    site = frame["site"].fillna("").astype(str).to_numpy(dtype=object)
    sites = (
        shrunk_site_averages(site, y, weight, sample.fold, settings.site_rows)
        if parts > 1
        else base
    )
    risks = {BASE: base, SITES: sites, **{k: c.risk for k, c in fit.candidates.items()}}
    slope, intercept = slope_and_intercept(mine, y, weight, family)
    site_code = np.unique(site.astype(str), return_inverse=True)[1]
    gain_brier = brier(sites, y) - brier(mine, y)
    known = rows.frame[outcome.id].notna().to_numpy(dtype=bool)
    temporal = _temporal(rows, fit, settings) if fit.candidates else None
    mean = _mean_today(cohort, risk)
    return CalibrationReport(
        outcome=outcome.id,
        name=outcome.name.en,
        origin="model",
        rows=np.unique(fit.rows).size,
        pupils=int(frame["unit_id"].nunique()),
        cases=int(y.sum()),
        treated=int((known & ~rows.untreated).sum()),
        unknown=int((~known).sum()),
        base_rate=base_rate,
        mean_risk=mean,
        expected=outcome.base_rate,
        kept=fit.kept,
        scores=_scores(risks, base, fit),
        choice=_choice(fit),
        notes_add=_notes_add(fit),
        over_sites=mean_of(log_loss(sites, y) - log_loss(mine, y), weight, family),
        over_sites_brier=mean_of(gain_brier, weight, family),
        auc_within_sites=auc_within(mine, y, weight, site_code),
        share_between_sites=_between(mine, weight, site_code),
        slope=slope if fit.candidates else None,
        intercept=intercept,
        reliability=reliability(mine, y, weight, family, settings.smallest_group),
        sites=compared(site, mine, y, weight, family, settings.smallest_group),
        groups=_groups(cohort, frame, mine, fit, settings),
        spread=fit.model.spread,
        mean_error=_mean_today(cohort, error),
        temporal=temporal,
        warnings=_warnings(outcome, rows, fit, mean, slope, temporal, settings)
        + _sampled(cohort, rows),
    )


def _scores(risks: dict[str, Floats], base: Floats, fit: Fit) -> pd.DataFrame:
    sample = fit.sample
    y, weight, family = sample.y, sample.weight, sample.family
    records = []
    for name, risk in risks.items():
        gain = log_score_difference(risk, base, sample)
        gain_brier = mean_of(brier(base, y) - brier(risk, y), weight, family)
        records.append(
            {
                "model": name,
                "log_score": mean_of(log_loss(risk, y), weight, family).value,
                "brier": mean_of(brier(risk, y), weight, family).value,
                "auc": 0.5 if name == BASE else auc(risk, y, weight),
                "gain": gain.value,
                "gain_error": gain.standard_error,
                "brier_gain": gain_brier.value,
                "brier_gain_error": gain_brier.standard_error,
                "kept": name == fit.kept,
            }
        )
    return pd.DataFrame.from_records(records)


def _best(fit: Fit, names: tuple[str, ...]) -> str | None:
    there = [n for n in names if n in fit.candidates]
    if not there:
        return None
    y, w, f = fit.sample.y, fit.sample.weight, fit.sample.family
    return min(there, key=lambda n: mean_of(log_loss(fit.candidates[n].risk, y), w, f).value)


def _gain(fit: Fit, first: str | None, second: str | None) -> Estimate | None:
    if first is None or second is None:
        return None
    return log_score_difference(fit.candidates[first].risk, fit.candidates[second].risk, fit.sample)


def _choice(fit: Fit) -> Estimate | None:
    return _gain(fit, _best(fit, (TREES, TREES_TEXT)), _best(fit, (LINEAR, LINEAR_TEXT)))


def _notes_add(fit: Fit) -> Estimate | None:
    return _gain(fit, _best(fit, (LINEAR_TEXT, TREES_TEXT)), _best(fit, (LINEAR, TREES)))


def _between(risk: Floats, weight: Floats, group: npt.NDArray[np.int64]) -> float:
    total = np.bincount(group, weights=weight)
    mean = np.bincount(group, weights=weight * risk) / np.where(total > 0, total, 1.0)
    grand = float(np.average(risk, weights=weight))
    all_variance = float(np.average((risk - grand) ** 2, weights=weight))
    if all_variance <= 0:
        return float("nan")
    return float((total @ (mean - grand) ** 2) / total.sum() / all_variance)


def _groups(
    cohort: Cohort, frame: pd.DataFrame, risk: Floats, fit: Fit, settings: RiskSettings
) -> pd.DataFrame:
    """Predicted and observed by every category or flag declared for audit or eligibility."""
    sample = fit.sample
    tables = []
    today = cohort.units.set_index(cohort.units["unit_id"].astype(str))
    for column in sorted(cohort.columns, key=lambda c: c.name):
        if column.type not in ("category", "flag"):
            continue
        if not {"audit_only", "eligibility"} & set(column.use):
            continue
        if column.name in frame:
            values = frame[column.name]
        else:
            values = frame["unit_id"].map(today[column.name]).reset_index(drop=True)
        if column.type == "flag":
            number = pd.to_numeric(values, errors="coerce")
            text = np.where(number.isna(), "", np.where(number > 0.5, "yes", "no"))
        else:
            text = values.where(values.notna(), "").to_numpy(dtype=object).astype(str)
        text = np.where(text == "", "(missing)", text)
        levels, which, rows = np.unique(text, return_inverse=True, return_counts=True)
        if levels.size > _MOST_LEVELS:
            continue
        if column.type == "category" and not column.values:
            # a value that nobody declared and few have is what a cell says, not a group's name
            text = np.where(rows < settings.smallest_group, "(rare)", levels)[which]
        table = compared(
            text,
            risk,
            sample.y,
            sample.weight,
            sample.family,
            settings.smallest_group,
        )
        table.insert(0, "column", column.name)
        tables.append(table)
    names = ["column", "group", "rows", "predicted", "observed", "difference", "standard_error"]
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=names)


def _temporal(rows: PupilYears, fit: Fit, settings: RiskSettings) -> TemporalCheck | None:
    date = rows.frame["date"].to_numpy()[fit.rows]
    years = np.unique(date)
    if years.size < 2:
        return None
    last = years[-1]
    early, late = np.flatnonzero(date < last), np.flatnonzero(date == last)
    before, after = fit.sample.take(early), fit.sample.take(late)
    if not enough(before, settings) or len(np.unique(after.y)) < 2:
        return None
    penalty = fit.candidates[fit.kept].penalty
    model = one_candidate(fit.kept, before, penalty, settings)
    risk = model.calibration.risk(model.final.logit(after.design, after.counts))
    base = np.full(after.y.size, float(np.average(before.y, weights=before.weight)))
    slope, intercept = slope_and_intercept(risk, after.y, after.weight, after.family)
    return TemporalCheck(
        year=str(pd.Timestamp(last).date()),
        fitted=early.size,
        tested=late.size,
        log_score=mean_of(log_loss(risk, after.y), after.weight, after.family).value,
        base_log_score=mean_of(log_loss(base, after.y), after.weight, after.family).value,
        gain=log_score_difference(risk, base, after),
        slope=slope,
        intercept=intercept,
    )


def _warnings(
    outcome: Outcome,
    rows: PupilYears,
    fit: Fit,
    mean: float,
    slope: Estimate,
    temporal: TemporalCheck | None,
    settings: RiskSettings,
) -> tuple[str, ...]:
    out = [*_base_rate_warning(outcome, mean)]
    if outcome.measures == "service_use":
        out.append(
            "A case means that help was used before: these risks also show who found the way to "
            "it, not need alone."
        )
    if fit.kept == BASE:
        out.append(
            f"There are too few cases to tell pupils apart ({int(fit.sample.y.sum())}; at least "
            f"{settings.minimum_events} are asked, some in every part): all get the base rate."
        )
    elif abs(slope.value - 1) > max(0.2, 2 * slope.standard_error):
        out.append(
            f"The calibration slope is {slope.value:.2f}: high and low risks are "
            f"{'exaggerated' if slope.value < 1 else 'too cautious'}."
        )
    if not rows.untreated.all():
        chance = rows.frame.get("propensity")
        known = 0.0 if chance is None else float(chance[rows.untreated].notna().mean())
        out.append(
            f"{percent(1 - float(rows.untreated.mean()))} of the pupil-years had a new "
            "intervention and do not show risk without one; they are left out. "
            "The others weigh 1/propensity, "
            f"cut at {settings.largest_weight:g} (known for {percent(known)} of them). Where help "
            "went by something that is not in the data, risks are still too low."
        )
    if fit.model.spread.pairs == 0:
        out.append(
            "How much pupils who look alike differ could not be learnt from this outcome; "
            f"it is {fit.model.spread.source}."
        )
    if temporal is not None and temporal.gain.value < 0:
        out.append("Fitted on earlier years, the model is worse than the base rate on the last.")
    if rows.frame["unit_id"].nunique() and len(fit.candidates) > 1:
        out.append(
            f"The kept model is the best of {len(fit.candidates)} by the same scores that are "
            "shown, which flatters it a little."
        )
    return tuple(out)


def _sampled(cohort: Cohort, rows: PupilYears) -> tuple[str, ...]:
    there = 0 if cohort.history is None else len(cohort.history)
    if there == len(rows.frame):
        return ()
    return (f"Learnt from {len(rows.frame)} of {there} pupil-years: families drawn by lot.",)


def _base_rate_warning(outcome: Outcome, mean: float) -> tuple[str, ...]:
    low, high = outcome.base_rate
    if low <= mean <= high:
        return ()
    return (
        f"The mean risk of today's units is {percent(mean)}, outside the plausible "
        f"{percent(low)} to {percent(high)} that planning.yaml gives.",
    )


def _mean_today(cohort: Cohort, value: Floats) -> float:
    if value.size == 0:
        return float("nan")
    return float(np.average(value, weights=cohort.units["count"].to_numpy(dtype=np.float64)))


def _errors_assumed(cohort: Cohort, outcome: str) -> int:
    profiles = cohort.profiles
    if profiles is None or "standard_error" not in profiles:
        return len(cohort.units)
    mine = profiles[profiles["outcome"].astype(str) == outcome]
    mine = mine[mine["unit_id"].astype(str).isin(set(cohort.units["unit_id"].astype(str)))]
    return int((~(mine["standard_error"].astype(float) > 0)).sum())


def percent(share: float) -> str:
    """A share as people read it, "unknown" for NaN."""
    return "unknown" if math.isnan(share) else f"{100 * share:.1f} %"


def _plain(value: Any) -> Any:
    if isinstance(value, pd.DataFrame):
        return [{str(k): _plain(v) for k, v in row.items()} for row in value.to_dict("records")]
    if is_dataclass(value) and not isinstance(value, type):
        return {k: _plain(v) for k, v in asdict(value).items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    if isinstance(value, bool | np.bool_):
        return bool(value)
    if isinstance(value, int | np.integer):
        return int(value)
    if isinstance(value, float | np.floating):
        return float(value) if math.isfinite(value) else None
    return value
