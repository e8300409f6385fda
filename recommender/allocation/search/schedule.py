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

from recommender.allocation.bound.column_generation import window_for
from recommender.allocation.bound.dual_prices import Narrowed, narrow
from recommender.allocation.model.problem import FloatArray
from recommender.allocation.model.solution import Infeasible
from recommender.allocation.search.exchange import floor
from recommender.allocation.search.fix_and_optimise import by_parts, by_swaps
from recommender.allocation.search.incumbent import (
    Near,
    Search,
    WholeChoice,
    better,
    good,
    scale_of,
    target,
    whole_of,
)
from recommender.allocation.search.relax_and_fix import by_start, by_supply, has_sessions
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


def make_whole(search: Search) -> WholeChoice:
    """Return the best whole choice found within the gap and the time.

    Args:
        search: the problem, its prices and the limits of the search.

    Raises:
        Infeasible: if it is proven that no whole choice fits.
    """
    near = Near.of(search)
    choice = WholeChoice(None, np.inf, False)
    try:
        for step in _steps(search, near):
            choice = step(choice)
            if choice.interrupted or good(search, choice, near.proven):
                break
            if search.left() <= 0 and choice.quantity is not None:
                break
    except KeyboardInterrupt:
        return replace(choice, interrupted=True)
    return choice


def _steps(search: Search, near: Near) -> list[Callable[[WholeChoice], WholeChoice]]:
    """Return what is tried in turn, each from the best choice so far."""
    steps: list[Callable[[WholeChoice], WholeChoice]] = []
    if search.start is not None:
        steps += [partial(by_start, search, near, turn) for turn in range(AROUND)]
    rounded = floor(search.problem, search.parts)
    if rounded is not None:
        steps.append(lambda choice: by_swaps(search, near, better(search, choice, rounded)))
    small = near.fractional <= FEW // 3
    sessions = has_sessions(search.problem)
    if steps and not sessions and not search.thorough:
        return steps
    if small and search.problem.columns <= ALL and sessions:
        # a handful of sessions leaves a gap that neither links nor better choices close
        steps.append(partial(by_supply, search, near, 0))
        steps.append(lambda choice: _together(search, near, choice, share=0.8, few=ALL, slack=0.5))
    if small:
        begun = int(search.problem.columns <= ALL and sessions)  # the first of them stands above
        steps += [partial(by_supply, search, near, start) for start in range(begun, STARTS)]
        steps.append(lambda choice: by_swaps(search, near, choice))
        steps.append(lambda choice: _together(search, near, choice, share=1 / 24))
    steps.append(lambda choice: by_parts(search, near, choice))
    if small:
        steps.append(lambda choice: _together(search, near, choice, share=1.0))
    return steps


def _together(
    search: Search,
    near: Near,
    choice: WholeChoice,
    share: float,
    few: int = FEW,
    slack: float = 0.1,
) -> WholeChoice:
    """Return the best whole choice of integer problems with more and more columns.

    Args:
        share: the share of the time that is left which each may take.
        few: alternatives near the best that take part in the first.
        slack: the share of the gap asked for that a solver may leave.
    """
    problem = search.problem
    proven, quantity, better = near.proven, choice.quantity, choice.better_bound
    value = -np.inf if quantity is None else float(problem.value @ quantity)
    while search.left() > 0:
        window = window_for(near.contested, few) + 1e-9
        everything = not np.isfinite(window)
        if np.isfinite(value):
            # nothing further below the best than what is out of reach can be of use
            needed = min(proven, better) - value
            if needed <= window:
                window, everything = needed * (1 + 1e-9) + 1e-12, True
        part = narrow(problem, search.price, window, near.open_blocks)
        search.say(f"integer problem on {part.problem.columns} columns")
        begin = None if quantity is None else _as_begin(part, quantity)
        scale = scale_of(problem, search.parts)
        try:
            answer = pulp_model.improve(
                part.problem,
                seconds=max(search.left() * share, 1.0),
                slack=slack * search.gap * scale,
                begin=begin,
                seed=search.seed,
                enough=target(search, proven) - part.constant if search.gap > 0 else np.inf,
                explain=everything,
            )
        except Infeasible:
            if everything:
                raise
            few *= 4
            continue
        if answer.quantity is not None:
            found = whole_of(part, answer.quantity, problem)
            if float(problem.value @ found) > value:
                quantity, value = found, float(problem.value @ found)
        # a choice with a column outside the window is worth at least a window less than the bound
        reach = max(answer.bound + part.constant, value)
        better = min(better, max(reach, proven - window))
        choice = WholeChoice(quantity, better, answer.interrupted)
        done = everything or (share < 1 and not answer.proven)
        if answer.interrupted or good(search, choice, proven) or done:
            return choice
        few *= 2
        if few + near.always > MANY and problem.columns > MANY:
            return choice
    return WholeChoice(quantity, better, False)


def _as_begin(part: Narrowed, quantity: FloatArray) -> FloatArray | None:
    """Return a whole choice as a choice in the narrowed problem, if it is one."""
    outside = quantity.copy()
    outside[part.columns] = 0
    settled = part.settled
    outside[settled] = 0
    if outside.any():
        return None
    return quantity[part.columns]
