"""What school and youth health care know of the children in one year: noisy, and partly missing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import ndtr

from recommender.inputs.synthetic.population import (
    ABSENCE,
    BEHAVIOUR,
    EMOTIONAL,
    PROTECTION,
    READING,
    YEARS,
    Bools,
    Floats,
    Ints,
    Population,
)

SCALES = (
    "reading_score", "maths_score", "vocabulary_score",
    "parent_conduct", "parent_emotional", "parent_hyperactivity", "parent_peer",
    "teacher_conduct", "teacher_emotional", "teacher_hyperactivity", "teacher_peer",
    "wellbeing", "concern", "absence", "sickness", "late", "letters",
)  # fmt: skip
SDQ = {"conduct": (1.3, 1.9), "emotional": (1.7, 2.2), "hyperactivity": (3.2, 2.7), "peer": (1.2, 1.9)}  # fmt: skip

# Loading of every scale on the vulnerabilities (in the order of OUTCOMES), then the share of its
# noise that stays the same from year to year: raters and tests err in their own lasting way.
LOADINGS: dict[str, tuple[tuple[float, ...], float]] = {
    "reading_score": ((0.80, 0.0, 0.0, 0.0, 0.0, 0.0), 0.45),
    "maths_score": ((0.0, 0.80, 0.0, 0.0, 0.0, 0.0), 0.45),
    "vocabulary_score": ((0.50, 0.10, 0.0, 0.0, 0.0, 0.0), 0.60),
    "parent_conduct": ((0.0, 0.0, 0.0, 0.60, 0.0, 0.10), 0.40),
    "parent_emotional": ((0.0, 0.0, 0.0, 0.0, 0.60, 0.0), 0.40),
    "parent_hyperactivity": ((0.10, 0.15, 0.0, 0.40, 0.0, 0.0), 0.50),
    "parent_peer": ((0.0, 0.0, 0.0, 0.25, 0.35, 0.0), 0.35),
    "teacher_conduct": ((0.0, 0.0, 0.0, 0.66, 0.0, 0.0), 0.35),
    "teacher_emotional": ((0.0, 0.0, 0.0, 0.0, 0.52, 0.0), 0.35),
    "teacher_hyperactivity": ((0.15, 0.15, 0.0, 0.40, 0.0, 0.0), 0.45),
    "teacher_peer": ((0.0, 0.0, 0.0, 0.25, 0.35, 0.0), 0.35),
    "wellbeing": ((0.0, 0.0, 0.10, 0.10, 0.50, 0.0), 0.35),
    "concern": ((0.35, 0.25, 0.05, 0.35, 0.20, 0.10), 0.35),
    "absence": ((0.0, 0.0, 0.75, 0.0, 0.05, 0.0), 0.40),
    "sickness": ((0.0, 0.0, 0.55, 0.0, 0.20, 0.0), 0.40),
    "late": ((0.0, 0.0, 0.50, 0.10, 0.0, 0.15), 0.40),
    "letters": ((0.70, 0.0, 0.0, 0.0, 0.0, 0.0), 0.30),
}

NUMBERS = (
    "reading_score", "maths_score", "vocabulary_score",
    "sdq_parent_total", "sdq_parent_conduct", "sdq_parent_emotional", "sdq_parent_hyperactivity", "sdq_parent_peer",
    "sdq_teacher_total", "sdq_teacher_conduct", "sdq_teacher_emotional",
    "wellbeing_score", "teacher_concern", "absence_days", "sickness_reports", "late_arrivals",
    "repeated_grade", "school_changes", "moved_house",
)  # fmt: skip


@dataclass(frozen=True, eq=False, slots=True)
class Background:
    """What stays the same of a child over the years.

    Attributes:
        bias: (persons, scales) lasting error of every scale, standard normal.
        education: (persons,) 0 low, 1 middle, 2 high; -1 where the school does not know it.
        one_parent, low_income: (persons,) 0, 1, or NaN where unknown.
        preschool: (persons,) 0, 1 or NaN.
        home_language: (persons,) "dutch", "both", "other"; language: what the parents speak best.
        origin: (persons,) "netherlands", "europe", "elsewhere".
        care: (persons,) tendency to have had youth care; changes: tendency to change school.
        pregnancy: (persons,) a young woman at home expects her first child, now.
    """

    bias: Floats
    education: Ints
    one_parent: Floats
    low_income: Floats
    preschool: Floats
    home_language: npt.NDArray[np.str_]
    language: npt.NDArray[np.str_]
    origin: npt.NDArray[np.str_]
    care: Floats
    changes: Floats
    pregnancy: Bools


def background(people: Population, rng: np.random.Generator) -> Background:
    """Return what stays the same of every child; families share what families share."""
    persons, families = people.persons, int(people.family.max(initial=-1)) + 1
    family, hardship = people.family, people.hardship

    def shared() -> Floats:
        return rng.standard_normal(families)[family]

    schooling = -0.75 * hardship + 0.66 * shared()
    education = (schooling > -0.8).astype(np.int64) + (schooling > 0.3)
    one_parent = 0.45 * hardship + 0.9 * shared() > 0.97
    income = 0.65 * hardship + 0.3 * one_parent + 0.76 * shared()
    low_income = income > np.where(one_parent, 1.42, 1.85)
    foreign = 0.6 * hardship + 0.8 * shared()
    home_language = np.select([foreign > 1.25, foreign > 0.75], ["other", "both"], "dutch")
    spoken = np.array(["tr", "ar", "pl", "en", "uk"])[rng.integers(5, size=families)[family]]
    language = np.where((home_language == "other") & (shared() > -0.2), spoken, "nl")
    born = foreign + 0.5 * shared()
    origin = np.select([born > 1.25, born > 0.95], ["elsewhere", "europe"], "netherlands")

    # Schools know least of the families that have least: missing is not at random.
    unknown = ndtr(-1.55 + 0.55 * (education == 0) + 0.35 * hardship + 0.3 * (language != "nl"))
    quiet = rng.random(families)[family]
    known_income = rng.random(families)[family] > 0.05
    preschool = 0.35 * hardship + 0.3 * (home_language != "dutch") + shared() > 0.65
    care = (
        0.45 * people.latent[:, PROTECTION]
        + 0.35 * people.latent[:, BEHAVIOUR]
        + 0.3 * people.latent[:, EMOTIONAL]
        + 0.7 * rng.standard_normal(persons)
    )
    return Background(
        bias=_bias(persons, rng),
        education=np.where(quiet < unknown, -1, education),
        one_parent=np.where(rng.random(families)[family] < 0.02, np.nan, one_parent),
        low_income=np.where(known_income, low_income, np.nan),
        preschool=np.where(rng.random(persons) < 0.08 + 0.06 * (education == 0), np.nan, preschool),
        home_language=home_language,
        language=language,
        origin=origin,
        care=care / 1.19,
        changes=0.5 * hardship + 0.85 * rng.standard_normal(persons),
        pregnancy=(rng.random(families)[family] < 0.006) & (people.grade[:, -1] >= 5),
    )


def measure(
    people: Population, known: Background, year: int, rng: np.random.Generator
) -> pd.DataFrame:
    """Return the declared columns of every person as known at the start of ``year`` (0..2)."""
    grade = people.grade[:, year]
    scale = _scales(people, known, rng)
    again = _scales(people, known, rng)
    sdq = {name: _sdq(name, value) for name, value in scale.items() if name.split("_")[-1] in SDQ}
    parent_total = sum(sdq[f"parent_{part}"] for part in SDQ)
    teacher_total = sum(sdq[f"teacher_{part}"] for part in SDQ)
    language = np.select(
        [known.home_language == "other", known.home_language == "both"], [1.0, 0.45], 0.0
    )

    reading = _standard(scale["reading_score"] + 0.2 * language)
    maths = _standard(scale["maths_score"])
    vocabulary = _standard(scale["vocabulary_score"] + language)
    absence = rng.poisson(np.exp(1.75 + 0.62 * scale["absence"])).clip(0, 190)
    sickness = rng.poisson(np.exp(0.75 + 0.5 * scale["sickness"])).clip(0, 60)
    late = rng.poisson(np.exp(0.5 + 0.75 * scale["late"])).clip(0, 150)
    concern = np.digitize(scale["concern"], [0.35, 1.1, 1.8])
    wellbeing = np.round(3.9 - 0.55 * scale["wellbeing"], 1).clip(1, 5)
    changes = rng.poisson(np.exp(-1.6 + 0.6 * known.changes))

    z = people.latent
    untested = rng.random(people.persons) < ndtr(-1.85 + 0.35 * z[:, ABSENCE] + 0.3 * z[:, READING])
    no_test = untested | (grade < 3)
    low = (known.education <= 0).astype(float)
    load = 0.45 * z[:, BEHAVIOUR] + 0.35 * z[:, PROTECTION] + 0.25 * z[:, EMOTIONAL]
    no_parent = rng.random(people.persons) < ndtr(-0.98 + 0.45 * load + 0.45 * low)
    no_teacher = rng.random(people.persons) < ndtr(
        -0.95 + 0.3 * load + np.where(people.school % 4 == 1, 0.45, 0.0)
    )
    no_own = (grade < 5) | (rng.random(people.persons) < ndtr(-1.4 + 0.4 * z[:, EMOTIONAL]))
    no_concern = rng.random(people.persons) < 0.03

    two_high = (sdq["teacher_conduct"] >= 4) & (
        _sdq("teacher_conduct", again["teacher_conduct"]) >= 4
    )
    own = rng.standard_normal((people.persons, 5))
    referral = 0.8 * z[:, BEHAVIOUR] + 0.6 * own[:, 0] > 2.05
    truancy = 0.75 * z[:, ABSENCE] + 0.66 * own[:, 1] > 2.05
    anxiety = 0.75 * z[:, EMOTIONAL] + 0.66 * own[:, 2] > 1.95
    crisis = 0.4 * z[:, PROTECTION] + 0.4 * z[:, EMOTIONAL] + 0.75 * own[:, 3] > 2.55
    language_only = (
        (known.home_language != "dutch") & (vocabulary < 90) & (maths >= 95) & (z[:, READING] < 0.6)
    )
    letters = (grade <= 4) & (scale["letters"] > 0.68)
    moved = (known.changes + own[:, 4] > 1.9) | (changes > 2)

    def seen(values: npt.ArrayLike, missing: npt.ArrayLike = False) -> pd.arrays.IntegerArray:
        return _whole(np.asarray(values, dtype=float), np.asarray(missing))

    return pd.DataFrame(
        {
            "reading_score": seen(reading, no_test),
            "maths_score": seen(maths, no_test),
            "vocabulary_score": seen(vocabulary, untested),
            "sdq_parent_total": seen(parent_total, no_parent),
            **{f"sdq_parent_{p}": seen(sdq[f"parent_{p}"], no_parent) for p in SDQ},
            "sdq_teacher_total": seen(teacher_total, no_teacher),
            "sdq_teacher_conduct": seen(sdq["teacher_conduct"], no_teacher),
            "sdq_teacher_emotional": seen(sdq["teacher_emotional"], no_teacher),
            "wellbeing_score": np.where(no_own, np.nan, wellbeing),
            "teacher_concern": seen(concern, no_concern),
            "absence_days": seen(absence),
            "sickness_reports": seen(sickness),
            "late_arrivals": seen(late),
            "repeated_grade": seen(people.repeated[:, year]),
            "school_changes": seen(changes.clip(0, 10)),
            "moved_house": seen(moved),
            "parent_education": np.array(["low", "middle", "high", ""])[known.education],
            "one_parent": seen(known.one_parent),
            "low_income": seen(known.low_income),
            "earlier_youth_care": seen(known.care > 1.0 + 0.11 * (YEARS - 1 - year)),
            "preschool": seen(known.preschool),
            "language_lag_only": seen(language_only),
            "letter_knowledge_deficit": seen(letters),
            "high_on_two_screenings": seen(two_high & ~no_teacher),
            "police_or_school_referral": seen(referral & (grade >= 3)),
            "sickness_trigger": seen(sickness + rng.integers(0, 3, people.persons) >= 7),
            "truancy_report": seen(truancy),
            "anxiety_diagnosis": seen(anxiety),
            "acute_crisis": seen(crisis),
            "young_first_pregnancy_at_home": seen(known.pregnancy & (year == YEARS - 1)),
            "sex": np.where(people.boy, "boy", "girl"),
            "home_language": known.home_language,
            "origin_group": known.origin,
        }
    )


def _scales(people: Population, known: Background, rng: np.random.Generator) -> dict[str, Floats]:
    """Return every scale as (persons,) standard scores, higher being worse."""
    fresh = rng.standard_normal((people.persons, len(SCALES)))
    scales = {}
    for position, name in enumerate(SCALES):
        loading, lasting = LOADINGS[name]
        signal = people.latent @ np.array(loading)
        noise = np.sqrt(max(0.05, 1 - _variance(loading)))
        error = np.sqrt(lasting) * known.bias[:, position]
        error = error + np.sqrt(1 - lasting) * fresh[:, position]
        scales[name] = signal + noise * error
    return scales


def _bias(persons: int, rng: np.random.Generator) -> Floats:
    """Return (persons, scales) lasting errors; the scales of one rater share a third of theirs."""
    own = rng.standard_normal((persons, len(SCALES)))
    rater = [
        ("parent", "teacher").index(r) if (r := name.split("_")[0]) in ("parent", "teacher") else -1
        for name in SCALES
    ]  # noqa: E501
    halo = rng.standard_normal((persons, 2))
    shared = np.array([r >= 0 for r in rater])
    return np.where(shared, np.sqrt(2 / 3) * own + np.sqrt(1 / 3) * halo[:, rater], own)


def _variance(loading: tuple[float, ...]) -> float:
    """Return about the variance that the vulnerabilities give a scale (correlated by a third)."""
    weights = np.array(loading)
    return float(0.65 * (weights**2).sum() + 0.35 * weights.sum() ** 2)


def _sdq(name: str, value: Floats) -> Floats:
    mean, spread = SDQ[name.split("_")[-1]]
    return np.round(mean + spread * value).clip(0, 10)


def _standard(value: Floats) -> Floats:
    return np.round(100 - 15 * value).clip(40, 160)


def _whole(values: Floats, missing: Bools) -> pd.arrays.IntegerArray:
    gone = missing | np.isnan(values)
    return pd.arrays.IntegerArray(np.where(gone, 0, values).astype(np.int64), gone)
