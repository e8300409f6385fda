"""The schedule of the primal search: reduced-cost fixing, then small integer problems.

A column whose net value lies ``window`` below the best of its block costs at least that much of
the bound.  So an integer problem on the columns within the window is small, loses little, and its
optimum is the optimum once the window exceeds what is still out of reach.  What is tried before
and after stands in ``relax_and_fix`` (which groups run) and ``fix_and_optimise`` (site by site).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np

from recommender.allocation.bound.column_generation import reduced_cost_window
from recommender.allocation.bound.dual_prices import Reduced, fix_variables
from recommender.allocation.model.problem import FloatArray
from recommender.allocation.model.solution import Infeasible
from recommender.allocation.search.exchange import rounded_down
from recommender.allocation.search.fix_and_optimise import exchange_passes, fix_and_optimise
from recommender.allocation.search.incumbent import (
    IntegerSolution,
    Neighbourhood,
    Search,
    better_of,
    expanded,
    scale_of,
    target_objective,
    within_gap,
)
from recommender.allocation.search.relax_and_fix import (
    has_sessions,
    relax_and_fix,
    search_near_start,
)
from recommender.allocation.solvers import pulp_model

FEW = 1_500
"""Columns of the first integer problem on all blocks together."""

MANY = 40_000
"""Columns up to which one integer problem on all blocks together is tried."""

ALL = 20_000
"""Columns up to which all go to one integer problem before anything else is tried for long."""

STARTS = 12
"""Times that what supplies is made whole, each among more columns and from another seed."""

AROUND = 4
"""Times that a choice is sought near that of a start, each from what the last one found."""


def solve_integer(search: Search) -> IntegerSolution:
    """Return the best integer solution found within the gap and the time.

    Args:
        search: the problem, its prices and the limits of the search.

    Raises:
        Infeasible: if it is proven that no integer choice fits.
    """
    neighbourhood = Neighbourhood.of(search)
    choice = IntegerSolution(None, np.inf, False)
    try:
        for step in _steps(search, neighbourhood):
            choice = step(choice)
            if choice.interrupted or within_gap(search, choice, neighbourhood.proven):
                break
            if search.left() <= 0 and choice.quantity is not None:
                break
    except KeyboardInterrupt:
        return replace(choice, interrupted=True)
    return choice


def _steps(
    search: Search, neighbourhood: Neighbourhood
) -> list[Callable[[IntegerSolution], IntegerSolution]]:
    """Return what is tried in turn, each from the best choice so far."""
    steps: list[Callable[[IntegerSolution], IntegerSolution]] = []
    if search.start is not None:
        steps += [partial(search_near_start, search, neighbourhood, turn) for turn in range(AROUND)]
    rounded = rounded_down(search.problem, search.fractional)
    if rounded is not None:
        steps.append(
            lambda choice: exchange_passes(
                search, neighbourhood, better_of(search, choice, rounded)
            )
        )
    small = neighbourhood.fractional_blocks <= FEW // 3
    sessions = has_sessions(search.problem)
    if steps and not sessions and not search.thorough:
        return steps
    if small and search.problem.columns <= ALL and sessions:
        # a handful of sessions leaves a gap that neither links nor better choices close
        steps.append(partial(relax_and_fix, search, neighbourhood, 0))
        steps.append(
            lambda choice: _expanding_core(
                search, neighbourhood, choice, share=0.8, few=ALL, gap_share=0.5
            )
        )
    if small:
        begun = int(search.problem.columns <= ALL and sessions)  # the first of them stands above
        steps += [
            partial(relax_and_fix, search, neighbourhood, start) for start in range(begun, STARTS)
        ]
        steps.append(lambda choice: exchange_passes(search, neighbourhood, choice))
        steps.append(lambda choice: _expanding_core(search, neighbourhood, choice, share=1 / 24))
    steps.append(lambda choice: fix_and_optimise(search, neighbourhood, choice))
    if small:
        steps.append(lambda choice: _expanding_core(search, neighbourhood, choice, share=1.0))
    return steps


def _expanding_core(
    search: Search,
    neighbourhood: Neighbourhood,
    choice: IntegerSolution,
    share: float,
    few: int = FEW,
    gap_share: float = 0.1,
) -> IntegerSolution:
    """Return the best integer solution on an expanding core: integer problems on the columns of
    least reduced cost, more and more of them.

    (D. Pisinger, A minimal algorithm for the multiple-choice knapsack problem, European Journal of
    Operational Research 83, 1995.)

    Args:
        share: the share of the time that is left which each may take.
        few: alternatives near the best that take part in the first.
        gap_share: the share of the gap asked for that a solver may leave.
    """
    problem = search.problem
    proven, quantity, better = neighbourhood.proven, choice.quantity, choice.better_bound
    value = -np.inf if quantity is None else float(problem.value @ quantity)
    while search.left() > 0:
        window = reduced_cost_window(neighbourhood.reduced_costs, few) + 1e-9
        everything = not np.isfinite(window)
        if np.isfinite(value):
            # nothing further below the best than what is out of reach can be of use
            needed = min(proven, better) - value
            if needed <= window:
                window, everything = needed * (1 + 1e-9) + 1e-12, True
        reduced = fix_variables(problem, search.price, window, neighbourhood.open_blocks)
        search.say(f"integer problem on {reduced.problem.columns} columns")
        start = None if quantity is None else _as_start(reduced, quantity)
        scale = scale_of(problem, search.fractional)
        try:
            answer = pulp_model.branch_and_bound(
                reduced.problem,
                seconds=max(search.left() * share, 1.0),
                absolute_gap=gap_share * search.gap * scale,
                start=start,
                seed=search.seed,
                objective_target=target_objective(search, proven) - reduced.constant
                if search.gap > 0
                else np.inf,
                explain=everything,
            )
        except Infeasible:
            if everything:
                raise
            few *= 4
            continue
        if answer.quantity is not None:
            found = expanded(reduced, answer.quantity, problem)
            if float(problem.value @ found) > value:
                quantity, value = found, float(problem.value @ found)
        # a choice with a column outside the window is worth at least a window less than the bound
        reach = max(answer.bound + reduced.constant, value)
        better = min(better, max(reach, proven - window))
        choice = IntegerSolution(quantity, better, answer.interrupted)
        done = everything or (share < 1 and not answer.proven)
        if answer.interrupted or within_gap(search, choice, proven) or done:
            return choice
        few *= 2
        if few + neighbourhood.always > MANY and problem.columns > MANY:
            return choice
    return IntegerSolution(quantity, better, False)


def _as_start(reduced: Reduced, quantity: FloatArray) -> FloatArray | None:
    """Return an integer choice as a choice in the narrowed problem, if it is one."""
    outside = quantity.copy()
    outside[reduced.columns] = 0
    fixed = reduced.fixed
    outside[fixed] = 0
    if outside.any():
        return None
    return quantity[reduced.columns]
