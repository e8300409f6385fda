"""Fitted risk models of a cohort: candidates compared by cross-fitting, the better one kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import csr_array
from scipy.special import logit, ndtri

from recommender.inputs.cohort import Cohort
from recommender.risk.models.calibration import Estimate, fit_calibration, log_loss, mean_of
from recommender.risk.models.cross_fitting import (
    CrossFit,
    Sample,
    cross_fit_linear,
    cross_fit_trees,
)
from recommender.risk.models.dispersion import Spread, likelihood_of_spread, pooled_spreads
from recommender.risk.models.features import Encoding, encoding_of, features_of
from recommender.risk.models.model import Calibration, Predictor, constant
from recommender.risk.models.rows import PupilYears, pupil_years_of
from recommender.risk.models.text_features import (
    Vocabulary,
    documents_of,
    joined_documents,
    vocabulary_of,
)
from recommender.risk.settings import RiskSettings

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Progress = Callable[[str], None]

BASE, LINEAR, LINEAR_TEXT = "base rate", "linear", "linear with notes"
TREES, TREES_TEXT = "boosting", "boosting with notes"


@dataclass(frozen=True, eq=False, slots=True)
class OutcomeModel:
    """What predicts one outcome.

    Attributes:
        outcome: its id.
        kind: the candidate that was kept.
        predictor: fitted on all rows.
        parts: fitted without one part of the families each; how much they differ is model error.
        calibration: from log odds to calibrated ones.
        spread: of true risk among pupils who look alike.
        model_variance: mean variance of the prediction itself, on the probit scale.
    """

    outcome: str
    kind: str
    predictor: Predictor
    parts: tuple[Predictor, ...]
    calibration: Calibration
    spread: Spread
    model_variance: float


@dataclass(frozen=True, eq=False, slots=True)
class RiskModels:
    """Models of several outcomes that read the same features and words.

    Attributes:
        encoding: how columns become numbers.
        terms: the words that are counted; empty without text.
        text_columns: declared free-text features, read beside the notes.
        note_days: how old a note may be.
    """

    encoding: Encoding
    terms: Vocabulary
    text_columns: tuple[str, ...]
    note_days: int
    outcomes: tuple[OutcomeModel, ...]


@dataclass(frozen=True, eq=False, slots=True)
class Fit:
    """One outcome after fitting, with all that a report needs.

    Attributes:
        rows: (sample,) the rows of ``Rows.frame`` behind the sample; a row that stands for a share
            of its pupils occurs twice.
        candidates: name -> cross-fitted candidate; empty if there were too few cases.
        kept: the name of the one with the best log score.
        model: what predicts, its spread not yet pooled.
        likelihood: (grid,) log likelihood of the spread.
        pairs: pairs of years behind it.
    """

    rows: Ints
    sample: Sample
    candidates: dict[str, CrossFit]
    kept: str
    model: OutcomeModel
    likelihood: Floats
    pairs: int

    @property
    def risk(self) -> Floats:
        """(sample,) calibrated cross-fitted risks of the kept candidate."""
        if self.kept in self.candidates:
            return self.candidates[self.kept].risk
        return self.model.calibration.risk(self.model.predictor.logit(self.sample.design, None))


@dataclass(frozen=True, eq=False, slots=True)
class Fits:
    """Everything that was fitted on one history."""

    rows: PupilYears
    models: RiskModels
    fits: tuple[Fit, ...]


def fit_models(
    cohort: Cohort, outcomes: tuple[str, ...], settings: RiskSettings, progress: Progress
) -> Fits:
    """Fit, compare and calibrate the candidates of each outcome on the cohort's history.

    Rows with a recorded new intervention do not show risk without one and are left out; the others
    weigh 1/propensity, so that they stand for all.  Rows whose outcome is unknown are left out of
    that outcome.

    Raises:
        PrivacyRefusal: a column that may not be a feature is declared as one.
        ValueError: the cohort has no history.
    """
    columns = features_of(cohort)
    rows = pupil_years_of(cohort, settings)
    if rows is None:
        raise ValueError("the cohort has no history to learn from")
    encoding = encoding_of(columns, rows.frame)
    text_columns = tuple(c.name for c in columns if c.type == "text")
    documents = joined_documents(
        documents_of(cohort.notes, rows.frame["unit_id"], rows.frame["date"], settings.note_days),
        rows.frame,
        text_columns,
    )
    terms = vocabulary_of(documents, rows.family, settings.minimum_families, settings.terms)
    models = RiskModels(encoding, terms, text_columns, settings.note_days, ())
    design = encoding.design(rows.frame, rows.frame["date"])
    counts = None
    if terms.terms:
        design = _with_note_flag(design, documents)
        counts = terms.counts(documents)
    fits = []
    for number, outcome in enumerate(outcomes):
        progress(f"risk of {outcome} ({number + 1} of {len(outcomes)})")
        fits.append(_fit_outcome(outcome, rows, design, counts, settings))
    spreads = pooled_spreads(
        tuple(f.likelihood for f in fits),
        tuple(f.pairs for f in fits),
        GRID,
        settings.spread,
        settings.spread_error,
    )
    fits = [
        replace(f, model=replace(f.model, spread=spread))
        for f, spread in zip(fits, spreads, strict=True)
    ]
    return Fits(rows, replace(models, outcomes=tuple(f.model for f in fits)), tuple(fits))


def score(
    models: RiskModels,
    units: pd.DataFrame,
    notes: pd.DataFrame | None,
    date: pd.Timestamp,
    chunk_rows: int = 100_000,
) -> tuple[Floats, Floats]:
    """(units, outcomes) risks and their standard errors on the day ``date``.

    Units are scored ``chunk_rows`` at a time, each by itself: neither their order nor their company
    changes anything.
    """
    from recommender.risk.models.dispersion import spread_of_risk

    risk = np.empty((len(units), len(models.outcomes)))
    error = np.empty_like(risk)
    for start in range(0, len(units), chunk_rows):
        part = units.iloc[start : start + chunk_rows].reset_index(drop=True)
        dates = pd.Series(pd.DatetimeIndex([date] * len(part)))
        design = models.encoding.design(part, dates)
        counts = None
        if models.terms.terms:
            documents = joined_documents(
                documents_of(notes, part["unit_id"], dates, models.note_days),
                part,
                models.text_columns,
            )
            design = _with_note_flag(design, documents)
            counts = models.terms.counts(documents)
        for o, model in enumerate(models.outcomes):
            here = slice(start, start + len(part))
            risk[here, o] = model.calibration.risk(model.predictor.logit(design, counts))
            omega = model.spread.omega
            if model.parts:
                variance = model_variance(model, design, counts)
                # The spread seen between two years of a pupil holds the model's own error as well;
                # its mean is taken out and each unit's own is put in.
                own = (variance + model.model_variance) / 2
                omega = np.sqrt(np.maximum(0.0, omega**2 - model.model_variance) + own)
            error[here, o] = spread_of_risk(risk[here, o], omega)
    return risk, error


def model_variance(model: OutcomeModel, design: Floats, counts: csr_array | None) -> Floats:
    """(rows,) variance of the predicted probit by the delete-a-part jackknife."""
    probit = np.stack(
        [
            ndtri(np.clip(model.calibration.risk(p.logit(design, counts)), 1e-9, 1 - 1e-9))
            for p in model.parts
        ]
    )
    parts = len(model.parts)
    scale = 1 + model.spread.omega**2
    return np.asarray((parts - 1) * probit.var(axis=0) * scale)


GRID: Floats = np.linspace(0.0, 2.4, 49)


def sample_of(
    outcome: str, rows: PupilYears, design: Floats, counts: csr_array | None
) -> tuple[Ints, Sample]:
    """The rows of one outcome: known, and without a new intervention.

    An outcome between 0 and 1 (a share of a segment's pupils) becomes two rows.
    """
    known = rows.frame[outcome].to_numpy(dtype=np.float64, na_value=np.nan)
    used = np.flatnonzero(np.isfinite(known) & (rows.weight > 0))
    share, weight = known[used], rows.weight[used]
    case, rest = share > 0, share < 1
    index = np.concatenate([used[case], used[rest]])
    y = np.concatenate([np.ones(int(case.sum())), np.zeros(int(rest.sum()))])
    w = np.concatenate([(weight * share)[case], (weight * (1 - share))[rest]])
    order = np.lexsort((y, index))
    index, y, w = index[order], y[order], w[order]
    sample = Sample(
        design[index],
        None if counts is None else counts[index],
        y,
        w,
        rows.fold[index],
        rows.family[index],
    )
    return index.astype(np.int64), sample


def candidates_of(sample: Sample, settings: RiskSettings) -> dict[str, CrossFit]:
    """Every candidate, cross-fitted: linear and boosting, with and without the notes."""
    plain = sample.without_text()
    out: dict[str, CrossFit] = {}
    out[LINEAR], nothing = cross_fit_linear(plain, settings.penalties)
    if sample.counts is not None:
        out[LINEAR_TEXT], text = cross_fit_linear(sample, settings.penalties)
    if settings.boosting:
        out[TREES] = cross_fit_trees(plain, out[LINEAR], nothing, settings)
        if sample.counts is not None:
            out[TREES_TEXT] = cross_fit_trees(sample, out[LINEAR_TEXT], text, settings)
    return out


def one_candidate(kind: str, sample: Sample, penalty: float, settings: RiskSettings) -> CrossFit:
    """One candidate by name, with the penalty given."""
    if kind in (LINEAR, TREES):
        sample = sample.without_text()
    linear, text = cross_fit_linear(sample, (penalty,), text=kind == TREES_TEXT)
    if kind in (TREES, TREES_TEXT):
        return cross_fit_trees(sample, linear, text, settings)
    return linear


def enough(sample: Sample, settings: RiskSettings) -> bool:
    """Whether every part of the cross-fitting has cases and others to learn from and to test on."""
    if min(sample.y.sum(), (1 - sample.y).sum()) < settings.minimum_events:
        return False
    parts = np.unique(sample.fold)
    both = all(np.unique(sample.y[sample.fold == part]).size == 2 for part in parts)
    return parts.size >= 3 and both


def log_score_difference(first: Floats, second: Floats, sample: Sample) -> Estimate:
    """How much better the log score of the first is than the second's, with its error."""
    gain = log_loss(second, sample.y) - log_loss(first, sample.y)
    return mean_of(gain, sample.weight, sample.family)


def _fit_outcome(
    outcome: str, rows: PupilYears, design: Floats, counts: csr_array | None, settings: RiskSettings
) -> Fit:
    index, sample = sample_of(outcome, rows, design, counts)
    unknown = Spread(settings.spread, settings.spread_error, 0, "not yet known")
    if design.shape[1] == 0 or not enough(sample, settings):
        rate = float((sample.weight @ sample.y + 0.5) / (sample.weight.sum() + 1.0))
        model = OutcomeModel(
            outcome, BASE, constant(rate, design.shape[1]), (), Calibration(), unknown, 0.0
        )
        return Fit(index, sample, {}, BASE, model, np.zeros(GRID.size), 0)
    candidates = candidates_of(sample, settings)
    score_of = {
        name: mean_of(log_loss(c.risk, sample.y), sample.weight, sample.family).value
        for name, c in candidates.items()
    }
    kept = min(candidates, key=lambda name: score_of[name])
    best = candidates[kept]
    likelihood, pairs = _spread_likelihood(rows.frame.iloc[index], sample, best.risk)
    model = OutcomeModel(outcome, kept, best.final, best.models, best.calibration, unknown, 0.0)
    variance = model_variance(model, sample.design, sample.counts)
    model = replace(model, model_variance=float(np.average(variance, weights=sample.weight)))
    return Fit(index, sample, candidates, kept, model, likelihood, pairs)


def _spread_likelihood(frame: pd.DataFrame, sample: Sample, risk: Floats) -> tuple[Floats, int]:
    """The likelihood of the spread from pairs of years of one unit, and how many pairs there are.

    Both outcomes of a pair are predicted from what was known in *one* of its years (and once more
    from the other): what a noisy feature does not tell of a pupil in one year it tells, with other
    noise, in the next, so two years predicted each by its own features would look less alike than
    the pupil is to itself.  A pupil with m years has m (m − 1) / 2 pairs that together weigh m − 1;
    a segment's pairs weigh as many pupils as the smaller of its two years has.
    """
    count = frame["count"].to_numpy(dtype=np.float64) if "count" in frame else np.ones(len(frame))
    rows = pd.DataFrame(
        {
            "unit": pd.factorize(frame["unit_id"].to_numpy(dtype=object))[0],
            "date": pd.factorize(frame["date"], sort=True)[0],
            "count": count,
            "y": sample.y,
            "risk": risk,
            "fold": sample.fold,
        }
    )
    years = rows.groupby("unit")["date"].transform("nunique")
    rows["years"] = years
    rows["size"] = rows.groupby(["unit", "date"])["count"].transform("sum")
    rows = rows[years > 1]
    pairs = rows.merge(rows, on="unit", suffixes=("", "_other"))
    pairs = pairs[pairs["date"] != pairs["date_other"]]
    if pairs.empty:
        return np.zeros(GRID.size), 0
    weight: Floats = (
        pairs["count"]
        * pairs["count_other"]
        / np.maximum(pairs["size"], pairs["size_other"])
        / pairs["years"]
    ).to_numpy(dtype=np.float64)
    own = pairs["risk"].to_numpy(dtype=np.float64)
    y, y_other = pairs["y"].to_numpy(), pairs["y_other"].to_numpy()
    fold, ahead = pairs["fold"].to_numpy(), (pairs["date_other"] > pairs["date"]).to_numpy()
    other = np.empty(own.size)
    log_odds = logit(np.clip(own, 1e-6, 1 - 1e-6))
    for part in np.unique(fold):
        for way in (ahead, ~ahead):
            fitted, tested = way & (fold != part), way & (fold == part)
            if not tested.any():
                continue
            if not fitted.any():
                fitted = way
            calibration = fit_calibration(log_odds[fitted], y_other[fitted], weight[fitted])
            other[tested] = calibration.risk(log_odds[tested])
    curve = likelihood_of_spread(own, other, y, y_other, weight, GRID)
    return curve, round(float(weight.sum()))


def _with_note_flag(design: Floats, documents: pd.Series[str]) -> Floats:
    return np.column_stack([design, (documents != "").to_numpy(dtype=np.float64)])
