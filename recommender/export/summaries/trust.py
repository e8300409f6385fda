"""How far the risks of a plan can be trusted, outcome by outcome, as a report shows it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from recommender.governance.privacy.suppression import THRESHOLD
from recommender.planning.plan.plan import Plan
from recommender.risk.reporting import trust

SIDE, EDGE = 200.0, 4.0
"""The side of a chart and the room left at its ends."""

NINETY = 1.6449


@dataclass(frozen=True, slots=True)
class Dot:
    """Some pupil-years: the mean risk given to them and the share of cases among them.

    ``rows`` is None where it is not shown; ``x``, ``y``, ``low``, ``high`` are places in a chart.
    """

    expected: float
    found: float
    error: float
    rows: float | None
    x: float
    y: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Trust:
    """One outcome: its dots, and what is known of it as a whole (None where it is not).

    Attributes:
        outcome: its id.  most: the share at the far ends of the chart.
        slope, over_sites: value and standard error.  chance: of a case having the higher risk.
        expected, found: of all pupil-years.
    """

    outcome: str
    most: float
    dots: tuple[Dot, ...]
    slope: tuple[float, float] | None
    over_sites: tuple[float, float] | None
    chance: float | None
    expected: float
    found: float


def trust_in(plan: Plan, *, open_to_all: bool) -> tuple[Trust, ...]:
    """Return what is known of the risks of every outcome, in the order of the plan.

    Args:
        plan: the plan.
        open_to_all: put tenths together until each holds ``THRESHOLD`` cases and as many others,
            and leave out how many pupil-years they are.
    """
    table = plan.calibration
    found = []
    for outcome in table["outcome"].drop_duplicates().tolist():
        mine = table[table["outcome"] == outcome]
        whole = mine[mine["measure"] == trust.CASES].iloc[0]
        tenths = mine.loc[
            mine["measure"] == trust.TENTH, ["rows", "expected", "found", "standard_error"]
        ].to_numpy(dtype=np.float64)
        if open_to_all:
            tenths = together(tenths)
        most, dots = _dots(tenths, show_rows=not open_to_all)
        chance = _of(mine, trust.CHANCE)
        found.append(
            Trust(
                outcome, most, dots, _of(mine, trust.SLOPE), _of(mine, trust.OVER_SITES),
                None if chance is None else chance[0],
                float(whole["expected"]), float(whole["found"]),
            )
        )  # fmt: skip
    return tuple(found)


def together(tenths: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return tenths put together until none holds few cases or few others; none if one is left.

    Args:
        tenths: (tenths, 4) rows, expected, found, standard error, from low to high risk.
    """
    done: list[npt.NDArray[np.float64]] = []
    waiting = np.empty((0, 4))
    for tenth in tenths:
        waiting = np.vstack([waiting, tenth])
        cases = float(waiting[:, 0] @ waiting[:, 2])
        if cases >= THRESHOLD and waiting[:, 0].sum() - cases >= THRESHOLD:
            done.append(waiting)
            waiting = np.empty((0, 4))
    if len(waiting) and done:
        done[-1] = np.vstack([done[-1], waiting])
    if len(done) < 2:
        return np.empty((0, 4))
    return np.array([_mean(some) for some in done])


def _mean(some: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    rows = some[:, 0]
    share = rows / rows.sum()
    error = np.sqrt(float((share**2) @ some[:, 3] ** 2))
    return np.array([rows.sum(), share @ some[:, 1], share @ some[:, 2], error])


def _of(mine: pd.DataFrame, measure: str) -> tuple[float, float] | None:
    row = mine[mine["measure"] == measure]
    return (
        None if row.empty else (float(row["found"].iloc[0]), float(row["standard_error"].iloc[0]))
    )


def _dots(tenths: npt.NDArray[np.float64], *, show_rows: bool) -> tuple[float, tuple[Dot, ...]]:
    if not len(tenths):
        return 0.0, ()
    _, expected, found, error = tenths.T
    low, high = np.maximum(found - NINETY * error, 0.0), np.minimum(found + NINETY * error, 1.0)
    top = float(max(high.max(), expected.max()))
    step = 0.05 if top <= 0.5 else 0.1
    most = float(min(1.0, np.ceil(top / step - 1e-9) * step)) or step

    def place(share: float) -> float:
        return EDGE + (SIDE - 2 * EDGE) * share / most

    return most, tuple(
        Dot(
            e, f, s, r if show_rows else None,
            x=place(e), y=SIDE - place(f), low=SIDE - place(lo), high=SIDE - place(hi),
        )
        for (r, e, f, s), lo, hi in zip(tenths.tolist(), low.tolist(), high.tolist(), strict=True)
    )  # fmt: skip
