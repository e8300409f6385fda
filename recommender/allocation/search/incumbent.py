"""The incumbent of a search for whole choices, its bound, and when it is good enough."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from recommender.allocation.bound.column_generation import contest, supplying, window_for
from recommender.allocation.bound.dual_prices import Narrowed
from recommender.allocation.model.problem import (
    AllocationProblem,
    BoolArray,
    FloatArray,
    blocks_at,
    bound,
)
from recommender.allocation.solvers import pulp_model


@dataclass(frozen=True, eq=False, slots=True)
class WholeChoice:
    """A whole choice and what was proven on the way.

    Attributes:
        quantity: (columns,) how much of every column, or None if nothing was found.
        better_bound: the best bound a solver proved, infinite if none.
        interrupted: whether the user stopped the search.
    """

    quantity: FloatArray | None
    better_bound: float
    interrupted: bool


@dataclass(frozen=True, eq=False, slots=True)
class Search:
    """What a search for whole choices needs to know.

    Attributes:
        problem: the allocation problem, with uses and values of about 1.
        plain: the same without the rows of links, which come last.
        price: (rows,) the best prices.
        parts: (columns,) an optimum of the relaxation, or something near it.
        gap: the relative gap at which to stop.
        left: tells how many seconds are left.
        workers: how many integer problems are solved side by side.
        seed: the seed of every random choice.
        say: takes short lines about what is done.
        start: (columns,) a choice that was good for much the same problem, or None.
        thorough: whether integer problems may be solved where exchanges alone find a choice.
    """

    problem: AllocationProblem
    plain: AllocationProblem
    price: FloatArray
    parts: FloatArray
    gap: float
    left: Callable[[], float]
    workers: int
    seed: int
    say: Callable[[str], None]
    start: FloatArray | None = None
    thorough: bool = True


@dataclass(frozen=True, eq=False, slots=True)
class Near:
    """What lies near the relaxation.

    Attributes:
        proven: the bound of the prices.
        contested: how far below the best of their blocks the alternatives lie.
        open_blocks: (blocks,) blocks that keep all their columns.
        fractional: how many integer blocks the relaxation takes in parts.
        always: how many columns the open blocks have.
    """

    proven: float
    contested: FloatArray
    open_blocks: BoolArray
    fractional: int
    always: int

    @staticmethod
    def of(search: Search) -> Near:
        """Return what lies near the relaxation."""
        problem = search.problem
        open_blocks = supplying(problem) | problem.divisible
        return Near(
            proven=bound(problem, search.price),
            contested=contest(problem, search.price),
            open_blocks=open_blocks,
            fractional=_fractional_blocks(problem, search.parts),
            always=int(np.diff(problem.start)[open_blocks].sum()),
        )

    def window(self, times: float) -> float:
        """Return the window with so many alternatives for each block in parts, but finite."""
        columns = int(times * max(self.fractional, 200))
        furthest = float(self.contested.max(initial=1.0))
        return min(window_for(self.contested, columns), furthest) + 1e-9


def better(search: Search, choice: WholeChoice, quantity: FloatArray) -> WholeChoice:
    """Return a choice with the better of what it takes and something else that fits."""
    value = search.problem.value
    if choice.quantity is not None and value @ choice.quantity >= value @ quantity:
        return choice
    return replace(choice, quantity=quantity)


def told(search: Search, near: Near, choice: FloatArray) -> str:
    """Return in words how far a choice lies from what is proven."""
    value = float(search.problem.value @ choice)
    scale = max(scale_of(search.problem, choice), 1e-12)
    return f"gap {max(near.proven - value, 0.0) / scale:.3%}"


def _fractional_blocks(problem: AllocationProblem, parts: FloatArray) -> int:
    some = np.flatnonzero(np.abs(parts - np.rint(parts)) > pulp_model.WHOLE)
    blocks = np.unique(blocks_at(problem, some))
    return int((~problem.divisible[blocks]).sum())


def scale_of(problem: AllocationProblem, quantity: FloatArray) -> float:
    """Return what a gap is measured against: the worth of what is taken."""
    worth = float(np.maximum(problem.value, 0.0) @ quantity)
    return worth if worth > 0 else abs(float(problem.value @ quantity))


def target(search: Search, proven: float) -> float:
    """Return the value at which the gap is small enough."""
    return proven - 0.98 * search.gap * scale_of(search.problem, search.parts)


def good(search: Search, choice: WholeChoice, proven: float) -> bool:
    """Return whether a choice comes as near to what is proven as was asked."""
    if choice.quantity is None:
        return False
    value = float(search.problem.value @ choice.quantity)
    reach = min(proven, choice.better_bound) - value
    scale = scale_of(search.problem, choice.quantity)
    return reach <= max(search.gap * scale, 1e-9 * max(scale, 1e-9))


def whole_of(part: Narrowed, inner: FloatArray, problem: AllocationProblem) -> FloatArray:
    """Return (columns,) the whole choice with some quantities of what is open."""
    quantity = np.zeros(problem.columns)
    quantity[part.settled] = problem.limit[blocks_at(problem, part.settled)]
    quantity[part.columns] = inner
    return quantity
