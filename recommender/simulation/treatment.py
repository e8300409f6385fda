"""Which help children got in earlier years, with what probability, and what it truly did."""

from __future__ import annotations

from dataclasses import dataclass
from zlib import crc32

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import ndtr, ndtri

from recommender.inputs.catalogue import Catalogue, Intervention, Scale
from recommender.inputs.policy import Policy
from recommender.simulation.population import Bools, Floats, Ints

# How the care teams of earlier years chose: an intercept and weights of what they could see, in
# standard units (a missing value weighs nothing).  No help at all has utility zero.
CHOICE: dict[str, tuple[float, dict[str, float]]] = {
    "alles_kidzzz": (-5.2, {"conduct": 0.9, "concern": 0.4}),
    "bbbs_school_based": (-4.4, {"concern": 0.4}),
    "bouw": (-4.0, {"letters": 2.0, "concern": 0.3}),
    "friends_group": (-4.9, {"emotional": 0.9, "concern": 0.4}),
    "mazl": (-4.6, {"sickness": 0.8, "trigger": 1.5}),
    "mentoring": (-4.8, {"concern": 0.4, "emotional": 0.3}),
    "one_to_one_tutoring": (-4.4, {"reading": 0.9, "concern": 0.3}),
    "one_to_one_tutoring_maths": (-4.6, {"maths": 0.9, "concern": 0.3}),
    "oral_language_groups": (-3.0, {"vocabulary": 0.9}),
    "school_social_work": (-4.0, {"concern": 0.6, "care": 0.9, "emotional": 0.3}),
    "small_group_maths": (-3.6, {"maths": 0.9}),
    "small_group_tuition": (-3.4, {"reading": 0.9}),
    "triple_p_group": (-4.5, {"conduct": 0.7, "care": 0.4}),
    "truancy_support": (-4.4, {"absence": 0.5, "truancy": 2.0}),
}


@dataclass(frozen=True, slots=True)
class TrueEffect:
    """What an intervention truly does to one outcome in the invented world."""

    intervention: str
    outcome: str
    scale: Scale
    value: float


@dataclass(frozen=True, eq=False, slots=True)
class Treatments:
    """What every child was given in one year.

    Attributes:
        options: (options,) ids; position 0 is "" (nothing).
        probability: (persons, options) rows add up to one.
        given: (persons,) positions in ``options``.
    """

    options: tuple[str, ...]
    probability: Floats
    given: Ints

    @property
    def received(self) -> npt.NDArray[np.str_]:
        """The (persons,) ids of what was given, "" for nothing."""
        return np.array(self.options)[self.given]

    @property
    def propensity(self) -> Floats:
        """The (persons,) probability of what was given."""
        return np.asarray(self.probability[np.arange(self.given.size), self.given])


def draw_effects(catalogue: Catalogue, policy: Policy, seed: int) -> tuple[TrueEffect, ...]:
    """Return one true value for every effect: the believed share of it, plus its error.

    Ratios are discounted and drawn on the log scale, as they are believed.  Every effect has a
    stream of its own, so that a new entry in the catalogue leaves the truth of the others alone.
    """
    effects = []
    for intervention in sorted(catalogue.interventions, key=lambda i: i.id):
        for effect in intervention.effects:
            believed = policy.evidence.get(effect.level, 1.0)
            stream = (0, crc32(f"{intervention.id}/{effect.outcome}".encode()))
            rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=stream))
            error = effect.standard_error * rng.standard_normal()
            if effect.scale in ("odds_ratio", "risk_ratio"):
                value = float(np.exp(believed * np.log(effect.value) + error))
            else:
                value = float(believed * effect.value + error)
            effects.append(TrueEffect(intervention.id, effect.outcome, effect.scale, value))
    return tuple(effects)


def after(risk: Floats, scale: Scale, value: float) -> Floats:
    """Return the risk that is left when an effect works on ``risk`` (any shape)."""
    if scale == "smd":
        return np.asarray(ndtr(ndtri(risk) - value))
    if scale == "odds_ratio":
        odds = risk / (1 - risk) * value
        return np.asarray(odds / (1 + odds))
    changed = risk * value if scale == "risk_ratio" else risk - value
    return np.asarray(changed.clip(0, 1))


def treatments_chosen(
    known: pd.DataFrame, grade: Ints, catalogue: Catalogue, rng: np.random.Generator
) -> Treatments:
    """Return what the care teams gave, knowing the columns of ``known`` and no more."""
    seen = _seen(known)
    by_id = {i.id: i for i in catalogue.interventions}
    options = tuple(sorted(set(CHOICE) & set(by_id)))
    utility = np.zeros((grade.size, len(options) + 1))
    for position, name in enumerate(options, start=1):
        intercept, weights = CHOICE[name]
        score = intercept + sum(weight * seen[what] for what, weight in weights.items())
        utility[:, position] = np.where(_suits(by_id[name], known, grade), score, -np.inf)
    weight = np.exp(utility)
    probability = weight / weight.sum(axis=1, keepdims=True)
    lot = rng.random((grade.size, 1))
    given = (lot > np.cumsum(probability, axis=1)[:, :-1]).sum(axis=1)
    return Treatments(("", *options), probability, given)


def treated(
    risk: Floats, choices: Treatments, effects: tuple[TrueEffect, ...], outcomes: tuple[str, ...]
) -> Floats:
    """Return the (persons, outcomes) risks after what was given was followed to its end."""
    result = risk.copy()
    for effect in effects:
        if effect.intervention in choices.options and effect.outcome in outcomes:
            rows = choices.given == choices.options.index(effect.intervention)
            column = outcomes.index(effect.outcome)
            result[rows, column] = after(result[rows, column], effect.scale, effect.value)
    return result


def happen(risk: Floats, rng: np.random.Generator) -> Bools:
    """Return which outcomes came about; a hard year raises all outcomes of a child together."""
    year = rng.standard_normal((risk.shape[0], 1))
    own = rng.standard_normal(risk.shape)
    return np.asarray(np.sqrt(0.25) * year + np.sqrt(0.75) * own < ndtri(risk))


def _seen(known: pd.DataFrame) -> dict[str, Floats]:
    def value(name: str) -> Floats:
        return known[name].to_numpy(dtype=float, na_value=np.nan)

    def standard(name: str, mean: float, spread: float) -> Floats:
        return np.nan_to_num((value(name) - mean) / spread).clip(-2.5, 2.5)

    return {
        "reading": -standard("reading_score", 100, 15),
        "maths": -standard("maths_score", 100, 15),
        "vocabulary": -standard("vocabulary_score", 100, 15),
        "conduct": standard("sdq_teacher_conduct", 1.5, 1.6),
        "emotional": standard("sdq_teacher_emotional", 1.9, 1.8),
        "concern": standard("teacher_concern", 0.6, 0.8),
        "absence": standard("absence_days", 7, 6),
        "sickness": standard("sickness_reports", 2.4, 2),
        "care": standard("earlier_youth_care", 0, 1),
        "letters": standard("letter_knowledge_deficit", 0, 1),
        "trigger": standard("sickness_trigger", 0, 1),
        "truancy": standard("truancy_report", 0, 1),
    }


def _suits(intervention: Intervention, known: pd.DataFrame, grade: Ints) -> npt.NDArray[np.bool_]:
    low, high = intervention.eligible.grades or (1, 8)
    suits = (grade >= low) & (grade <= high)
    for name in intervention.eligible.indications:
        suits &= known[name].to_numpy(dtype=float, na_value=0) == 1
    for name in intervention.contraindications:
        suits &= known[name].to_numpy(dtype=float, na_value=0) != 1
    return suits
