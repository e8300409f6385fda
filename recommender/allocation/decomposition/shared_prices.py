"""``shared_prices``: prices of shared rows by Kelley's cutting planes, disaggregated by part.

The bound of the whole is convex in these prices, and every part that is solved at some prices
tells a plane that lies below its own share of it.  The planes together give the next prices to
try (Kelley's cutting planes, one set of planes a part), until they promise no better bound.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog

from recommender.allocation.model.problem import FloatArray

TRIALS = 12
"""Prices that are tried, at most."""

CLOSE = 5e-4
"""How near the best bound prices are good enough, relative to it."""


@dataclass(frozen=True, eq=False, slots=True)
class PartBounds:
    """What the parts say to prices of the shared rows.

    Attributes:
        bound: (parts,) what a part can be worth at most, net of what it pays for shared rows.
        use: (parts, shared) what it takes of them then.
    """

    bound: FloatArray
    use: FloatArray


def shared_prices(
    ask: Callable[[FloatArray], PartBounds],
    capacity: FloatArray,
    highest: FloatArray,
    out_of_time: Callable[[], bool] = lambda: False,
) -> FloatArray:
    """Return (shared,) prices at which the bound of the whole is about the lowest.

    Args:
        ask: what the parts say to (shared,) prices.
        capacity: (shared,) what there is for these parts.
        highest: (shared,) prices that are surely too high.
        out_of_time: asked between two trials; the best prices so far are returned when it is.
    """
    rows = capacity.size
    price = np.zeros(rows)
    best, lowest = price, np.inf
    tried: list[FloatArray] = []
    said: list[PartBounds] = []
    for _ in range(TRIALS):
        answers = ask(price)
        tried.append(price)
        said.append(answers)
        total = float(price @ capacity + answers.bound.sum())
        if total < lowest:
            best, lowest = price, total
        price, promised = _next(tried, said, capacity, highest)
        if lowest - promised <= CLOSE * max(abs(lowest), 1e-12) or out_of_time():
            break
    return best


def _next(
    tried: list[FloatArray], said: list[PartBounds], capacity: FloatArray, highest: FloatArray
) -> tuple[FloatArray, float]:
    """Return the prices that look best by all planes, and the bound they promise."""
    rows, parts = capacity.size, said[0].bound.size
    planes, heights = [], []
    for price, answers in zip(tried, said, strict=True):
        # bound_i at p is at least bound_i at price - use_i (p - price)
        planes.append(np.hstack([-answers.use, -np.eye(parts)]))
        heights.append(-(answers.bound + answers.use @ price))
    found = linprog(
        np.concatenate([capacity, np.ones(parts)]),
        A_ub=np.vstack(planes),
        b_ub=np.concatenate(heights),
        bounds=[*((0.0, float(most)) for most in highest), *[(None, None)] * parts],
        method="highs",
    )
    if found.x is None or found.fun is None:
        return tried[-1], np.inf
    return np.asarray(found.x[:rows], dtype=np.float64), float(found.fun)
