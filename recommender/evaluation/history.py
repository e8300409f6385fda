"""The status quo: who is helped, and with what, by the practice that an own history shows.

What is fitted is how often a pupil-year like this one received help (a penalised logistic model of
the features risk models may use), and which help those of a grade received.  Today's units are then
served as that practice would: in an order drawn with those odds, each what is drawn from those
shares.  It is the practice that is followed, not the hours it had: hours are those of today.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from recommender.evaluation.baselines import Baseline
from recommender.inputs.cohort import Cohort
from recommender.matching import Candidates
from recommender.planning import Formulation
from recommender.planning.formulation.indexing import Floats
from recommender.risk.models.features import encoding_of, features_of, reference_date
from recommender.risk.settings import RiskSettings

FEWEST = 20
"""Pupil-years with help, and without, below which no practice can be seen."""

BORROWED = 20.0
"""So many helped pupil-years of all grades are added to those of one grade."""

PENALTY = 0.05
"""Inverse strength of the ridge penalty of the model of who is helped."""


@dataclass(frozen=True, eq=False, slots=True)
class Practice:
    """What a history shows of who was helped with what.

    Attributes:
        chance: (units,) of help for a unit of today, in (0, 1).
        share: (units, interventions) of each intervention among those helped in the unit's grade.
    """

    chance: Floats
    share: Floats


def practice_of(
    cohort: Cohort, interventions: tuple[str, ...], settings: RiskSettings
) -> Practice | None:
    """Return the practice that a history shows, or None where it shows too little.

    Args:
        cohort: today's units and their history.
        interventions: ids, in the order of ``share``.
        settings: of risk models, for the reference date.
    """
    history = cohort.history
    if history is None or "intervention" not in history:
        return None
    given = history["intervention"].fillna("").astype(str)
    helped = (given != "").to_numpy()
    if helped.sum() < FEWEST or (~helped).sum() < FEWEST:
        return None
    return Practice(
        chance=_chance(cohort, history, helped, settings),
        share=_share(cohort, history[helped], given[helped], interventions),
    )


def status_quo(
    formulation: Formulation, candidates: Candidates, practice: Practice, seed: int
) -> Baseline:
    """Return the baseline that follows a practice, drawn from a seed; one kind of help a unit.

    Args:
        formulation: the problem with its meaning.
        candidates: what it was formulated from.
        practice: what the history shows.
        seed: of the draw of who comes first and what is chosen.
    """
    rng = np.random.default_rng(seed)
    odds = np.log(practice.chance) - np.log1p(-practice.chance)
    first = odds + rng.gumbel(size=odds.size)
    order = np.argsort(-first[formulation.unit], kind="stable")
    liking = practice.share * rng.exponential(size=practice.share.shape) ** -1.0
    single = np.array(
        [b.interventions[0] if len(b.interventions) == 1 else -1 for b in candidates.bundles],
        dtype=np.int64,
    )
    which = single[candidates.bundle[formulation.candidate]]
    unit = candidates.unit[formulation.candidate]
    taste = np.where(which >= 0, liking[unit, np.maximum(which, 0)], 0.0)
    offers = formulation.problem.offer[: formulation.candidate.size]
    late = formulation.offers.period[offers]
    return Baseline("status_quo", order, taste * (1.0 - 1e-6 * late))


def _chance(
    cohort: Cohort, history: pd.DataFrame, helped: np.ndarray, settings: RiskSettings
) -> Floats:
    from sklearn.linear_model import LogisticRegression

    encoding = encoding_of(features_of(cohort), history)
    past = encoding.design(history, pd.to_datetime(history["date"]))
    day = pd.Series([reference_date(cohort, settings)] * len(cohort.units))
    today = encoding.design(cohort.units, day)
    mean = np.nan_to_num(np.nanmean(np.where(np.isnan(past), np.nan, past), axis=0))
    past, today = (np.where(np.isnan(table), mean, table) for table in (past, today))
    spread = past.std(axis=0)
    kept = spread > 0
    if not kept.any():
        return np.full(len(today), float(helped.mean()))
    past, today = ((table[:, kept] - mean[kept]) / spread[kept] for table in (past, today))
    weight = history["count"].to_numpy(dtype=np.float64) if "count" in history else None
    model = LogisticRegression(C=PENALTY, max_iter=500)
    model.fit(past, helped, sample_weight=weight)
    chance = np.asarray(model.predict_proba(today)[:, 1], dtype=np.float64)
    return np.clip(chance, 1e-6, 1.0 - 1e-6)


def _share(
    cohort: Cohort, helped: pd.DataFrame, given: pd.Series, interventions: tuple[str, ...]
) -> Floats:
    codes = pd.Index(interventions).get_indexer(pd.Index(given))
    known = codes >= 0
    grades, grade = np.unique(helped["grade"].to_numpy(dtype=np.int64), return_inverse=True)
    counts = np.zeros((grades.size + 1, len(interventions)))
    np.add.at(counts, (grade[known], codes[known]), 1.0)
    whole = counts.sum(axis=0)
    whole /= max(float(whole.sum()), 1.0)
    counts += BORROWED * whole
    share = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1e-300)
    today = cohort.units["grade"].to_numpy(dtype=np.int64)
    at = np.searchsorted(grades, today)
    at = np.where((at < grades.size) & (np.append(grades, -1)[at] == today), at, grades.size)
    return np.asarray(share[at])
