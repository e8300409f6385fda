"""Simulated schools whose true risks are known, made by a generator of our own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from scipy.special import ndtr

from recommender.inputs.catalogue import Text
from recommender.inputs.cohort import Cohort
from recommender.inputs.policy import Column, ColumnType, Outcome, Use

TODAY = dt.date(2026, 11, 1)
DATES = (pd.Timestamp(2024, 11, 1), pd.Timestamp(2025, 11, 1))
BAD = ("vaak moe en stil", "ruzie met andere kinderen", "thuis is het onrustig", "komt te laat")
GOOD = ("werkt rustig door", "speelt met vriendjes", "vertelt vrolijk over thuis", "is op tijd")
PLAIN = ("zit in de klas bij het raam", "heeft een nieuwe tas", "gaat naar de gymles")


@dataclass(frozen=True, eq=False)
class World:
    """A cohort, its outcomes, and the truth: (units, outcomes) risks without a new intervention."""

    cohort: Cohort
    outcomes: tuple[Outcome, ...]
    truth: npt.NDArray[np.float64]


def column(name: str, kind: ColumnType, *use: Use) -> Column:
    """A declared column."""
    return Column(name=name, type=kind, use=use or ("feature",))


def outcome(name: str, low: float = 0.0, high: float = 1.0) -> Outcome:
    """An outcome with its plausible base rate."""
    return Outcome(id=name, name=Text(en=name.capitalize()), base_rate=(low, high))


def empty(*names: str) -> pd.DataFrame:
    """A table without rows."""
    return pd.DataFrame({name: pd.Series([], dtype="str") for name in names})


def cohort_of(
    units: pd.DataFrame,
    columns: tuple[Column, ...],
    history: pd.DataFrame | None = None,
    profiles: pd.DataFrame | None = None,
    notes: pd.DataFrame | None = None,
) -> Cohort:
    """A cohort with the neutral value wherever a structural column is absent."""
    neutral: dict[str, object] = {
        "site": "school_1",
        "grade": 5,
        "count": 1,
        "family_id": "",
        "language": "",
        "consent": "given",
        "must_serve": "",
        "completed": "",
    }
    filled = units.assign(**{k: v for k, v in neutral.items() if k not in units})
    if history is not None:
        more: dict[str, object] = {
            "date": DATES[1],
            "site": "school_1",
            "grade": 5,
            "count": 1,
            "intervention": "",
            "propensity": np.nan,
        }
        history = history.assign(**{k: v for k, v in more.items() if k not in history})
        history = history.sort_values(["unit_id", "date"], kind="stable", ignore_index=True)
    return Cohort(
        units=filled.sort_values("unit_id", kind="stable", ignore_index=True),
        columns=tuple(sorted(columns, key=lambda c: c.name)),
        history=history,
        profiles=profiles,
        notes=notes,
        commitments=empty("unit_id", "intervention", "period"),
        decisions=empty("unit_id", "intervention", "decision", "reason", "decided_by", "date"),
    )


def simulate(
    pupils: int,
    seed: int,
    outcomes: int = 2,
    omega: float = 0.5,
    notes: bool = True,
    treated: float = 0.3,
    levels: tuple[float, ...] = (-0.9, -1.2, -0.6, -1.0, -1.4, -0.8),
) -> World:
    """A region: two earlier years of the same pupils, today's features, and today's true risks.

    True risk is Phi(level + lasting traits + omega x what nothing tells of), half of the last
    shared by siblings.  Scores and notes tell of the traits with new noise every year.  Scores are
    missing more often where risk is high.  Help goes to those who look worse, by a known
    propensity.
    """
    rng = np.random.default_rng(seed)
    ids = np.array([f"p{i:05d}" for i in range(pupils)])
    family = rng.integers(0, int(pupils / 1.4), pupils)
    site = rng.integers(0, 6, pupils)
    grade = rng.integers(1, 7, pupils)
    steady = rng.standard_normal((pupils, 2))
    hidden = 0.7 * rng.standard_normal((family.max() + 1, outcomes))[family]
    hidden = hidden + np.sqrt(0.51) * rng.standard_normal((pupils, outcomes))
    support = np.where(rng.random(pupils) < 0.15, "", rng.choice(["none", "some", "much"], pupils))
    origin = rng.choice(["a", "b", "c"], pupils)
    coefficient = rng.normal(0.0, 0.35, (4, outcomes))
    coefficient[0], coefficient[2] = 0.5, 0.45

    mood = rng.standard_normal(pupils) if notes else np.zeros(pupils)
    traits = np.column_stack([steady, mood, support == "much"])
    true = ndtr(np.array(levels[:outcomes]) + traits @ coefficient + omega * hidden)

    frames, texts = [], []
    for year in range(3):
        scores = 0.85 * steady + np.sqrt(1 - 0.85**2) * rng.standard_normal((pupils, 2))
        lost = rng.random(pupils) < 0.1 + 0.3 * (true[:, 0] > 0.35)
        frame = pd.DataFrame(
            {
                "unit_id": ids,
                "site": [f"school_{s}" for s in site],
                "grade": grade + year,
                "count": 1,
                "reading": np.where(lost, np.nan, 50 + 10 * scores[:, 0]),
                "maths": 50 + 10 * scores[:, 1],
                "support": support,
                "glasses": (rng.random(pupils) < 0.2).astype(float),
                "origin": origin,
            }
        )
        if notes:
            noted = rng.random(pupils) < 0.6
            for i in np.flatnonzero(noted):
                pool = BAD if rng.random() < ndtr(1.5 * mood[i]) else GOOD
                said = [*rng.choice(pool, 2), rng.choice(PLAIN)]
                when = (*DATES, pd.Timestamp(TODAY))[year] - pd.Timedelta(days=40)
                texts.append((ids[i], when, f"Sam {'. '.join(said)}."))
        if year < 2:
            chance = treated * ndtr(scores @ coefficient[:2, 0])
            helped = rng.random(pupils) < chance
            happened = rng.random((pupils, outcomes)) < np.where(helped[:, None], 0.5, 1) * true
            frame["date"] = DATES[year]
            frame["intervention"] = np.where(helped, "tuition", "")
            frame["propensity"] = np.where(helped, chance, 1 - chance)
            for o in range(outcomes):
                frame[f"outcome_{o}"] = happened[:, o].astype(float)
        frames.append(frame)
    units = frames[2].assign(family_id=[f"f{f:05d}" for f in family])
    columns = (
        column("reading", "number"),
        column("maths", "number"),
        column("support", "category"),
        column("glasses", "flag", "feature", "eligibility"),
        column("origin", "category", "audit_only"),
    )
    written = pd.DataFrame(texts, columns=["unit_id", "date", "text"]) if notes else None
    cohort = cohort_of(units, columns, pd.concat(frames[:2]), notes=written)
    return World(cohort, tuple(outcome(f"outcome_{o}") for o in range(outcomes)), true)


@pytest.fixture(scope="session")
def world() -> World:
    """A region with notes, three outcomes and a known truth."""
    return simulate(1200, seed=1, outcomes=3)


@pytest.fixture(scope="session")
def small() -> World:
    """A small region without notes."""
    return simulate(300, seed=2, outcomes=1, notes=False)


@pytest.fixture(scope="session")
def make() -> Callable[..., World]:
    """The generator itself."""
    return simulate


@pytest.fixture(scope="session")
def build() -> Callable[..., Cohort]:
    """A cohort from tables: ``build(units, columns, history=None, profiles=None, notes=None)``."""
    return cohort_of


def shuffled(cohort: Cohort, seed: int) -> Cohort:
    """The same cohort with the rows of history, units and notes in another order."""

    def mix(frame: pd.DataFrame | None) -> pd.DataFrame | None:
        return None if frame is None else frame.sample(frac=1, random_state=seed, ignore_index=True)

    units = mix(cohort.units)
    assert units is not None
    return replace(cohort, units=units, history=mix(cohort.history), notes=mix(cohort.notes))


@pytest.fixture(scope="session")
def shuffle() -> Callable[[Cohort, int], Cohort]:
    """The same cohort in another order of rows."""
    return shuffled
