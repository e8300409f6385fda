"""What school and youth health care know of the children in one year: noisy, and partly missing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import ndtr

from recommender.simulation.population import (
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
# Mean and spread of the four problem scales of the SDQ before they are rounded and cut at 0 and 10.
SDQ = {
    "conduct": (1.3, 1.9),
    "emotional": (1.7, 2.2),
    "hyperactivity": (3.2, 2.7),
    "peer": (1.2, 1.9),
}

_RATERS = ("parent", "teacher")

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
    low_income = income > np.where(one_parent, 1.75, 1.72)
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


def measures_known(
    people: Population, known: Background, year: int, rng: np.random.Generator
) -> pd.DataFrame:
    """Return the declared columns of every person as known at the start of ``year`` (0..2)."""
    scale = _scales(people, known, rng)
    again = _scales(people, known, rng)
    gone = _missing(people, known, year, rng)
    sdq = {name: _sdq(name, scale[name]) for name in scale if name.split("_")[-1] in SDQ}
    parent, teacher = ({part: sdq[f"{who}_{part}"] for part in SDQ} for who in _RATERS)
    strange = np.select(
        [known.home_language == "other", known.home_language == "both"], [1.0, 0.45], 0.0
    )
    maths = _standard(scale["maths_score"])
    vocabulary = _standard(scale["vocabulary_score"] + strange)
    absence = rng.poisson(np.exp(1.75 + 0.62 * scale["absence"]))
    sickness = rng.poisson(np.exp(0.75 + 0.5 * scale["sickness"]))
    late = rng.poisson(np.exp(0.5 + 0.75 * scale["late"]))
    changes = rng.poisson(np.exp(-1.6 + 0.6 * known.changes))
    moved = (known.changes + rng.standard_normal(people.persons) > 1.9) | (changes > 2)
    wellbeing = np.round(3.9 - 0.55 * scale["wellbeing"], 1).clip(1, 5)
    new_language = (known.home_language != "dutch") & (vocabulary < 90) & (maths >= 95)
    twice = np.minimum(sdq["teacher_conduct"], _sdq("teacher_conduct", again["teacher_conduct"]))

    return pd.DataFrame(
        {
            "reading_score": _whole(
                _standard(scale["reading_score"] + 0.2 * strange), gone["test"]
            ),
            "maths_score": _whole(maths, gone["test"]),
            "vocabulary_score": _whole(vocabulary, gone["vocabulary"]),
            "sdq_parent_total": _whole(sum(parent.values()), gone["parent"]),
            **{f"sdq_parent_{part}": _whole(parent[part], gone["parent"]) for part in SDQ},
            "sdq_teacher_total": _whole(sum(teacher.values()), gone["teacher"]),
            "sdq_teacher_conduct": _whole(teacher["conduct"], gone["teacher"]),
            "sdq_teacher_emotional": _whole(teacher["emotional"], gone["teacher"]),
            "wellbeing_score": np.where(gone["own"], np.nan, wellbeing),
            "teacher_concern": _whole(
                np.digitize(scale["concern"], [0.35, 1.1, 1.8]), gone["concern"]
            ),
            "absence_days": _whole(absence.clip(0, 190)),
            "sickness_reports": _whole(sickness.clip(0, 60)),
            "late_arrivals": _whole(late.clip(0, 150)),
            "repeated_grade": _whole(people.repeated[:, year]),
            "school_changes": _whole(changes.clip(0, 10)),
            "moved_house": _whole(moved),
            "parent_education": np.array(["low", "middle", "high", ""])[known.education],
            "one_parent": _whole(known.one_parent),
            "low_income": _whole(known.low_income),
            "earlier_youth_care": _whole(known.care > 1.0 + 0.11 * (YEARS - 1 - year)),
            "preschool": _whole(known.preschool),
            "language_lag_only": _whole(new_language & (people.latent[:, READING] < 0.6)),
            "high_on_two_screenings": _whole((twice >= 4) & ~gone["teacher"]),
            "sickness_trigger": _whole(sickness + rng.integers(0, 3, people.persons) >= 7),
            **_signals(people, known, year, scale["letters"], rng),
            "sex": np.where(people.boy, "boy", "girl"),
            "home_language": known.home_language,
            "origin_group": known.origin,
        }
    )


def _missing(
    people: Population, known: Background, year: int, rng: np.random.Generator
) -> dict[str, Bools]:
    """Return what is missing of whom; those in trouble are missing more often."""
    z, grade = people.latent, people.grade[:, year]
    low = known.education <= 0
    load = 0.45 * z[:, BEHAVIOUR] + 0.35 * z[:, PROTECTION] + 0.25 * z[:, EMOTIONAL]
    careless = np.where(people.school % 4 == 1, 0.45, 0.0)

    def lots(tendency: Floats) -> Bools:
        return rng.random(people.persons) < ndtr(tendency)

    untested = lots(-1.85 + 0.35 * z[:, ABSENCE] + 0.3 * z[:, READING])
    return {
        "test": untested | (grade < 3),
        "vocabulary": untested,
        "parent": lots(-0.95 + 0.45 * load + 0.45 * low),
        "teacher": lots(-0.93 + 0.3 * load + careless),
        "own": (grade < 5) | lots(-1.4 + 0.4 * z[:, EMOTIONAL]),
        "concern": rng.random(people.persons) < 0.03,
    }


def _signals(
    people: Population, known: Background, year: int, letters: Floats, rng: np.random.Generator
) -> dict[str, pd.arrays.IntegerArray]:
    """Return the rare flags that indicate one kind of help, or rule it out."""
    z, grade = people.latent, people.grade[:, year]
    own = rng.standard_normal((people.persons, 4))
    crisis = 0.4 * z[:, PROTECTION] + 0.4 * z[:, EMOTIONAL] + 0.75 * own[:, 3]
    return {
        "letter_knowledge_deficit": _whole((grade <= 4) & (letters > 0.68)),
        "police_or_school_referral": _whole(
            (0.8 * z[:, BEHAVIOUR] + 0.6 * own[:, 0] > 2.05) & (grade >= 3)
        ),
        "truancy_report": _whole(0.75 * z[:, ABSENCE] + 0.66 * own[:, 1] > 2.05),
        "anxiety_diagnosis": _whole(0.75 * z[:, EMOTIONAL] + 0.66 * own[:, 2] > 1.95),
        "acute_crisis": _whole(crisis > 2.55),
        "young_first_pregnancy_at_home": _whole(known.pregnancy & (year == YEARS - 1)),
    }


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
    bias = rng.standard_normal((persons, len(SCALES)))
    halo = rng.standard_normal((persons, len(_RATERS)))
    for number, rater in enumerate(_RATERS):
        of_rater = [name.startswith(rater) for name in SCALES]
        bias[:, of_rater] = np.sqrt(2 / 3) * bias[:, of_rater] + np.sqrt(1 / 3) * halo[:, [number]]
    return bias


def _variance(loading: tuple[float, ...]) -> float:
    """Return about the variance that the vulnerabilities give a scale (correlated by a third)."""
    weights = np.array(loading)
    return float(0.65 * (weights**2).sum() + 0.35 * weights.sum() ** 2)


def _sdq(name: str, value: Floats) -> Floats:
    mean, spread = SDQ[name.split("_")[-1]]
    return np.round(mean + spread * value).clip(0, 10)


def _standard(value: Floats) -> Floats:
    return np.round(100 - 15 * value).clip(40, 160)


def _whole(values: npt.ArrayLike, missing: Bools | None = None) -> pd.arrays.IntegerArray:
    """Return whole numbers, missing where ``missing`` or NaN."""
    numbers = np.asarray(values, dtype=float)
    gone = np.isnan(numbers) if missing is None else missing | np.isnan(numbers)
    return pd.arrays.IntegerArray(np.where(gone, 0, numbers).astype(np.int64), gone)
