"""The incumbent of a search for integer choices, its bound, and when it is good enough."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from recommender.allocation.bound.column_generation import (
    reduced_cost_window,
    reduced_costs,
    supplying,
)
from recommender.allocation.bound.dual_prices import Reduced
from recommender.allocation.model.problem import (
    AllocationProblem,
    BoolArray,
    FloatArray,
    blocks_at,
    bound,
)
from recommender.allocation.solvers import pulp_model


@dataclass(frozen=True, eq=False, slots=True)
class IntegerSolution:
    """An integer choice and what was proven on the way.

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
    """What a search for integer choices needs to know.

    Attributes:
        problem: the allocation problem, with uses and values of about 1.
        plain: the same without the rows of links, which come last.
        price: (rows,) the best prices.
        fractional: (columns,) an optimum of the relaxation, or something near it.
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
    fractional: FloatArray
    gap: float
    left: Callable[[], float]
    workers: int
    seed: int
    say: Callable[[str], None]
    start: FloatArray | None = None
    thorough: bool = True


@dataclass(frozen=True, eq=False, slots=True)
class Neighbourhood:
    """What lies near the relaxation.

    Attributes:
        proven: the bound of the prices.
        reduced_costs: how far below the best of their blocks the alternatives lie.
        open_blocks: (blocks,) blocks that keep all their columns.
        fractional_blocks: how many integer blocks the relaxation takes in parts.
        always: how many columns the open blocks have.
    """

    proven: float
    reduced_costs: FloatArray
    open_blocks: BoolArray
    fractional_blocks: int
    always: int

    @staticmethod
    def of(search: Search) -> Neighbourhood:
        """Return what lies near the relaxation."""
        problem = search.problem
        open_blocks = supplying(problem) | problem.divisible
        return Neighbourhood(
            proven=bound(problem, search.price),
            reduced_costs=reduced_costs(problem, search.price),
            open_blocks=open_blocks,
            fractional_blocks=_count_fractional(problem, search.fractional),
            always=int(np.diff(problem.start)[open_blocks].sum()),
        )

    def window(self, times: float) -> float:
        """Return the window with so many alternatives for each block in parts, but finite."""
        columns = int(times * max(self.fractional_blocks, 200))
        furthest = float(self.reduced_costs.max(initial=1.0))
        return min(reduced_cost_window(self.reduced_costs, columns), furthest) + 1e-9


def better_of(search: Search, choice: IntegerSolution, quantity: FloatArray) -> IntegerSolution:
    """Return a choice with the better of what it takes and something else that fits."""
    value = search.problem.value
    if choice.quantity is not None and value @ choice.quantity >= value @ quantity:
        return choice
    return replace(choice, quantity=quantity)


def gap_text(search: Search, neighbourhood: Neighbourhood, choice: FloatArray) -> str:
    """Return in words how far a choice lies from what is proven."""
    value = float(search.problem.value @ choice)
    scale = max(scale_of(search.problem, choice), 1e-12)
    return f"gap {max(neighbourhood.proven - value, 0.0) / scale:.3%}"


def _count_fractional(problem: AllocationProblem, fractional: FloatArray) -> int:
    some = np.flatnonzero(np.abs(fractional - np.rint(fractional)) > pulp_model.INTEGRALITY)
    blocks = np.unique(blocks_at(problem, some))
    return int((~problem.divisible[blocks]).sum())


def scale_of(problem: AllocationProblem, quantity: FloatArray) -> float:
    """Return what a gap is measured against: the worth of what is taken."""
    scale = float(np.maximum(problem.value, 0.0) @ quantity)
    return scale if scale > 0 else abs(float(problem.value @ quantity))


def target_objective(search: Search, proven: float) -> float:
    """Return the value at which the gap is small enough."""
    return proven - 0.98 * search.gap * scale_of(search.problem, search.fractional)


def within_gap(search: Search, choice: IntegerSolution, proven: float) -> bool:
    """Return whether a choice comes as near to what is proven as was asked."""
    if choice.quantity is None:
        return False
    value = float(search.problem.value @ choice.quantity)
    reach = min(proven, choice.better_bound) - value
    scale = scale_of(search.problem, choice.quantity)
    return reach <= max(search.gap * scale, 1e-9 * max(scale, 1e-9))


def expanded(reduced: Reduced, inner: FloatArray, problem: AllocationProblem) -> FloatArray:
    """Return (columns,) the integer choice with some quantities of what is open."""
    quantity = np.zeros(problem.columns)
    quantity[reduced.fixed] = problem.limit[blocks_at(problem, reduced.fixed)]
    quantity[reduced.columns] = inner
    return quantity
