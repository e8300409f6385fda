"""The people of an invented region: families, schools, grades and hidden vulnerabilities."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

OUTCOMES = (
    "reading_lag",
    "maths_lag",
    "persistent_absence",
    "behaviour",
    "emotional",
    "youth_protection",
)
READING, MATHS, ABSENCE, BEHAVIOUR, EMOTIONAL, PROTECTION = range(6)
YEARS = 3
PUPILS_PER_SCHOOL = 225
SCHOOLS_PER_REGION = 8

BASE_RATE = np.array([0.20, 0.20, 0.08, 0.15, 0.13, 0.017])
SIGNAL = np.array([1.3, 1.2, 1.1, 1.1, 1.0, 1.2])
GRADE_SLOPE = np.array([0.0, 0.02, 0.02, 0.03, 0.03, 0.0])
SEX_SHIFT = np.array([0.08, -0.04, 0.0, 0.2, -0.12, 0.0])

# Shares of the variance of a vulnerability between neighbourhoods and between families within
# them; the rest is between children of one family.
NEIGHBOURHOOD = np.array([0.20, 0.18, 0.22, 0.15, 0.12, 0.20])
FAMILY = np.array([0.25, 0.22, 0.33, 0.25, 0.25, 0.50])

INDIVIDUAL = np.array(
    [
        [1.00, 0.60, 0.20, 0.30, 0.15, 0.15],
        [0.60, 1.00, 0.20, 0.30, 0.20, 0.15],
        [0.20, 0.20, 1.00, 0.35, 0.35, 0.40],
        [0.30, 0.30, 0.35, 1.00, 0.40, 0.40],
        [0.15, 0.20, 0.35, 0.40, 1.00, 0.35],
        [0.15, 0.15, 0.40, 0.40, 0.35, 1.00],
    ]
)

CHILDREN = np.array([0.60, 0.32, 0.08])
MOVED_AWAY, MOVED_IN = 0.04, 0.05
OWN_NEIGHBOURHOOD, OTHER_SCHOOL_THAN_SIBLING = 0.85, 0.04


@dataclass(frozen=True, eq=False, slots=True)
class Population:
    """The children of one region over three years, in no telling order.

    Attributes:
        current: (persons,) is a pupil of the region now.
        present: (persons, years) was a pupil in that year, the last year being now.
        grade: (persons, years) 1..8 where present.
        repeated: (persons, years) had repeated a grade by then.
        school, neighbourhood: (persons,) positions within the region.
        family: (persons,) position of the family, 0..families-1.
        boy: (persons,) sex.
        hardship: (persons,) standard normal load shared by a family, neighbourhood included.
        latent: (persons, 6) standard normal vulnerability to every outcome, stable over the years.
        risk: (persons, years, 6) true probability of every outcome in the year after, untreated.
    """

    current: Bools
    present: Bools
    grade: Ints
    repeated: Bools
    school: Ints
    neighbourhood: Ints
    family: Ints
    boy: Bools
    hardship: Floats
    latent: Floats
    risk: Floats

    @property
    def persons(self) -> int:
        """The number of children, those who left included."""
        return int(self.family.size)


def schools_of(pupils: int) -> int:
    """The number of schools that a region of this many pupils has."""
    return max(1, min(SCHOOLS_PER_REGION, round(pupils / PUPILS_PER_SCHOOL)))


def populate(pupils: int, rng: np.random.Generator) -> Population:
    """Return a region with exactly ``pupils`` present pupils, and those who left since."""
    schools = schools_of(pupils)
    families = 2 * pupils + 80
    home = rng.choice(schools, size=families, p=_sizes(schools, rng))
    common = rng.standard_normal(families)
    specific = rng.standard_normal((families, 6))
    own_school = rng.random(families) < OWN_NEIGHBOURHOOD
    choice = np.where(own_school, home, rng.integers(schools, size=families))

    family, cohort = _children(families, rng)
    size = family.size
    repeat_year = rng.integers(1, YEARS, size=size)
    noise = rng.standard_normal((size, 6)) @ np.linalg.cholesky(INDIVIDUAL).T
    boy = rng.random(size) < 0.51
    score, spread = _neighbourhoods(schools, rng)
    latent = (
        np.sqrt(NEIGHBOURHOOD) * spread[home[family]]
        + np.sqrt(FAMILY) * np.sqrt(0.5) * (common[:, None] + specific)[family]
        + np.sqrt(1 - NEIGHBOURHOOD - FAMILY) * noise
        + SEX_SHIFT * np.where(boy, 1.0, -1.0)[:, None]
    ) / np.sqrt(1 + SEX_SHIFT**2)

    # A grade is repeated before the first year, or between two of the years that are simulated.
    tendency = 0.55 * latent[:, READING] + 0.45 * latent[:, MATHS] + rng.standard_normal(size)
    repeats = (tendency > 2.1) & (cohort > 1)
    recent = repeats & (rng.random(size) < 0.45)
    year = np.arange(YEARS)
    repeated = (repeats & ~recent)[:, None] | (recent[:, None] & (year >= repeat_year[:, None]))
    behind = recent[:, None] & (year < repeat_year[:, None])
    grade = cohort[:, None] - (YEARS - 1 - year) + behind

    away = rng.random(size) < MOVED_AWAY
    arrival = np.where(rng.random(size) < MOVED_IN, rng.integers(1, YEARS, size=size), 0)
    present = (grade >= 1) & (grade <= 8) & (year >= arrival[:, None])
    present[:, -1] &= ~away
    other = rng.random(size) < OTHER_SCHOOL_THAN_SIBLING
    school = np.where(other, rng.integers(schools, size=size), choice[family])

    # Families are taken until the wanted number of present pupils is reached.
    keep = np.arange(size) <= np.searchsorted(np.cumsum(present[:, -1]), pupils)
    order = rng.permutation(np.flatnonzero(keep & present.any(axis=1)))
    _, renumbered = np.unique(rng.permutation(families)[family[order]], return_inverse=True)
    hardship = (score[home] + common) / np.sqrt(2)
    return Population(
        current=present[order, -1],
        present=present[order],
        grade=grade[order],
        repeated=repeated[order],
        school=school[order],
        neighbourhood=home[family][order],
        family=renumbered,
        boy=boy[order],
        hardship=hardship[family][order],
        latent=latent[order],
        risk=risks(latent[order], grade[order]),
    )


def risks(latent: Floats, grade: Ints) -> Floats:
    """Return (persons, years, 6) true risks from (persons, 6) latents and (persons, years) grades.

    What the coming year brings (half of the children who are in trouble in one year are not in
    the next) is not part of the risk: it is the chance that the risk speaks of.
    """
    intercept = np.sqrt(1 + SIGNAL**2) * ndtri(BASE_RATE)
    level = intercept + SIGNAL * latent[:, None, :]
    return np.asarray(ndtr(level + GRADE_SLOPE * (grade[:, :, None] - 4.5)))


def _sizes(schools: int, rng: np.random.Generator) -> Floats:
    weights = rng.permutation(np.linspace(0.75, 1.25, schools))
    return np.asarray(weights / weights.sum())


def _children(families: int, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Return family and cohort (the grade now; 9 and 10 have left) of every child of 1..10."""
    count = rng.choice(3, size=families, p=CHILDREN) + 1
    gaps = rng.choice([1, 2, 3], size=(families, 2), p=[0.25, 0.45, 0.30])
    eldest = rng.integers(1, 17, size=families)
    cohort = eldest[:, None] - np.column_stack([np.zeros(families, int), np.cumsum(gaps, axis=1)])
    there = (np.arange(3) < count[:, None]) & (cohort >= 1) & (cohort <= 10)
    family, _ = np.nonzero(there)
    return family, cohort[there]


def _neighbourhoods(schools: int, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Return the (schools,) hardship of neighbourhoods and its (schools, 6) spread by outcome.

    Hardship is spread evenly, not drawn, so that every region has the marginals it should have.
    """
    if schools == 1:
        return np.zeros(1), np.zeros((1, 6))
    score = ndtri((np.arange(schools) + 0.5) / schools)
    score = rng.permutation(score / score.std())
    own = rng.standard_normal((schools, 6))
    return score, np.sqrt(0.85) * score[:, None] + np.sqrt(0.15) * (own - own.mean(axis=0))
