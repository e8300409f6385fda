"""Relax-and-fix: first which groups run, with units in parts, and then who takes part.

Units follow easily once it is settled which sessions run: their relaxation has prices of its own,
at which few units are undecided.  Which sessions suit whole units best cannot be told from units in
parts, so many quick choices of sessions beat one thorough one.  Limits are nodes, not seconds, so
that the same problem gives the same choice on any machine.  (Y. Pochet and L. A. Wolsey, Production
Planning by Mixed Integer Programming, 2006.)
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from recommender.allocation.bound.column_generation import (
    FEWEST,
    generate_columns,
    reduced_cost_window,
    reduced_costs,
    supplying,
)
from recommender.allocation.bound.dual_prices import Reduced, fix_variables
from recommender.allocation.model.capacity_cuts import with_capacity_cuts
from recommender.allocation.model.problem import (
    AllocationProblem,
    BoolArray,
    FloatArray,
    IntArray,
    block_of,
    blocks_at,
    residual,
)
from recommender.allocation.model.solution import Infeasible
from recommender.allocation.search.incumbent import (
    IntegerSolution,
    Neighbourhood,
    Search,
    gap_text,
    scale_of,
    target_objective,
    within_gap,
)
from recommender.allocation.solvers import pulp_model

SUPPLY = 5_000
"""Alternatives that take part when what supplies (sessions) is made whole."""

SUPPLY_NODES = 10
"""Nodes of the integer problem of what supplies."""

UNITS = (1_000, 4_000, 16_000)
"""Alternatives that take part when units are made whole once what supplies is fixed: more where
the best of few were found, or nothing."""

UNIT_NODES = 40
"""Nodes of the integer problem of the units once what supplies is fixed."""


def has_sessions(problem: AllocationProblem) -> bool:
    """Return whether there are integer blocks that are there for what they supply."""
    return bool((supplying(problem) & ~problem.divisible).any())


def relax_and_fix(
    search: Search, neighbourhood: Neighbourhood, start: int, choice: IntegerSolution
) -> IntegerSolution:
    """Relax-and-fix: the better of a choice and one that settles first what supplies (sessions).

    What supplies is rounded up or down from the relaxation, with units in parts; then units are
    made whole with that held fixed.

    Args:
        start: how often this was done before; each time more columns take part, and the solver
            makes other random choices.
    """
    columns = _supply_columns(search.problem)
    low = np.floor(search.fractional[columns] + pulp_model.INTEGRALITY)
    more = np.ceil(search.fractional[columns] - pulp_model.INTEGRALITY) - low
    if not more.any():
        return choice
    window = reduced_cost_window(neighbourhood.reduced_costs, SUPPLY + start * SUPPLY // 4)
    seed = search.seed + start
    supply = _supply(search, neighbourhood, columns, low, more, window, seed)
    if isinstance(supply, bool):
        return replace(choice, interrupted=supply)
    return _units(search, neighbourhood, choice, columns, supply, seed)


def search_near_start(
    search: Search, neighbourhood: Neighbourhood, turn: int, choice: IntegerSolution
) -> IntegerSolution:
    """Relaxation-induced neighbourhood search (RINS): the better of a choice and one near it.

    The first choice is that of a start.  Units for which choice and relaxation agree stay as they
    are, but for the third turn.  What supplies stays as it was in the first and third turn; else
    it lies between that and the relaxation.  (E. Danna, E. Rothberg and C. Le Pape, Exploring
    relaxation induced neighborhoods to improve MIP solutions, Mathematical Programming 102, 2005.)
    """
    problem = search.problem
    around = search.start if choice.quantity is None else choice.quantity
    columns = _supply_columns(problem)
    if around is None or columns.size == 0:
        return choice
    if turn == 2:
        return _units(search, neighbourhood, choice, columns, around[columns], search.seed)
    blocks = block_of(problem)
    differ = np.bincount(
        blocks,
        np.abs(around - search.fractional) > pulp_model.INTEGRALITY,
        minlength=problem.blocks,
    )
    closed = (differ == 0) & ~supplying(problem) & ~problem.divisible
    agreed = np.flatnonzero(closed[blocks] & (around > 0))
    kept = np.zeros(problem.columns)
    kept[agreed] = around[agreed]
    if turn == 0:
        return _units(
            search, neighbourhood, choice, columns, around[columns], search.seed, kept, closed
        )
    low = np.minimum(around[columns], np.floor(search.fractional[columns] + pulp_model.INTEGRALITY))
    more = (
        np.maximum(around[columns], np.ceil(search.fractional[columns] - pulp_model.INTEGRALITY))
        - low
    )
    window = reduced_cost_window(neighbourhood.reduced_costs, SUPPLY + turn * SUPPLY // 4)
    seed = search.seed + turn
    supply = _supply(search, neighbourhood, columns, low, more, window, seed, kept, closed)
    if isinstance(supply, bool):
        return replace(choice, interrupted=supply)
    return _units(search, neighbourhood, choice, columns, supply, seed, kept, closed)


def _supply_columns(problem: AllocationProblem) -> IntArray:
    """Return the columns of integer blocks that are there for what they supply."""
    return np.flatnonzero((supplying(problem) & ~problem.divisible)[block_of(problem)])


def _supply(
    search: Search,
    neighbourhood: Neighbourhood,
    columns: IntArray,
    low: FloatArray,
    more: FloatArray,
    window: float,
    seed: int,
    kept: FloatArray | None = None,
    closed: BoolArray | None = None,
) -> FloatArray | bool:
    """Return how much of columns that supply is best, with units in parts; where nothing is found,
    whether the user interrupted.

    Args:
        columns: (k,) the columns that supply.
        low: (k,) how much of each at least.
        more: (k,) how much more at most.
        window: how far below the best the columns of units may lie.
        seed: the seed of the solver's own random choices.
        kept: (columns,) what else is fixed, or None.
        closed: (blocks,) blocks that take nothing beside what is fixed, or None.
    """
    problem = search.problem
    room = np.zeros(problem.blocks)
    np.add.at(room, blocks_at(problem, columns), more)
    held = np.zeros(problem.columns) if kept is None else kept.copy()
    held[columns] = low
    rest = _rest(problem, held, room, closed)
    rest = replace(rest, divisible=~(supplying(problem) & ~problem.divisible))
    reduced = fix_variables(rest, search.price, window, neighbourhood.open_blocks)
    search.say(f"what supplies is made whole among {reduced.problem.columns} columns")
    try:
        answer = pulp_model.branch_and_bound(
            reduced.problem,
            seconds=max(search.left() / 2, 0.5),
            nodes=SUPPLY_NODES,
            absolute_gap=0.1 * search.gap * scale_of(problem, search.fractional),
            seed=seed,
            explain=False,
        )
    except Infeasible:
        return False
    if answer.quantity is None or answer.interrupted:
        return answer.interrupted
    supply: FloatArray = np.rint(_with(held, rest, reduced, answer.quantity)[columns])
    return supply


def _units(
    search: Search,
    neighbourhood: Neighbourhood,
    choice: IntegerSolution,
    columns: IntArray,
    supply: FloatArray,
    seed: int,
    kept: FloatArray | None = None,
    closed: BoolArray | None = None,
) -> IntegerSolution:
    """Return the better of a choice and the best found with what supplies held fixed.

    Args:
        columns: (k,) the columns that supply.
        supply: (k,) how much of each.
        seed, kept, closed: as of ``_supply``.
    """
    problem = search.plain
    held = np.zeros(problem.columns) if kept is None else kept.copy()
    held[columns] = supply
    already = float(problem.value @ held)
    value = -np.inf if choice.quantity is None else float(problem.value @ choice.quantity)
    rest = _rest(problem, held, np.zeros(problem.blocks), closed)
    relaxed = generate_columns(
        rest,
        search.price[: problem.rows],
        np.inf,
        few=FEWEST,
        out_of_time=lambda: choice.quantity is not None and search.left() <= 0,
    )
    if relaxed is None or relaxed.bound + already <= value:
        return choice
    costs = reduced_costs(rest, relaxed.price)
    tighter = with_capacity_cuts(rest, relaxed.price)
    price = np.append(relaxed.price, np.zeros(tighter.rows - rest.rows))
    for many in UNITS:
        reduced = fix_variables(
            tighter, price, reduced_cost_window(costs, many), neighbourhood.open_blocks
        )
        search.say(f"units are made whole among {reduced.problem.columns} columns")
        try:
            answer = pulp_model.branch_and_bound(
                reduced.problem,
                seconds=max(search.left(), 0.5),
                nodes=UNIT_NODES,
                absolute_gap=0.1 * search.gap * scale_of(problem, search.fractional),
                seed=seed,
                objective_target=target_objective(search, neighbourhood.proven)
                - reduced.constant
                - already,
                explain=False,
            )
        except Infeasible:
            continue
        choice = replace(choice, interrupted=answer.interrupted)
        if answer.quantity is not None:
            found = _with(held, rest, reduced, answer.quantity)
            if problem.value @ found > value:
                search.say(gap_text(search, neighbourhood, found))
                value = float(problem.value @ found)
                choice = replace(choice, quantity=found)
        stopped = answer.quantity is not None and not answer.proven
        if stopped or answer.interrupted or within_gap(search, choice, neighbourhood.proven):
            break
    return choice


def _rest(
    problem: AllocationProblem, held: FloatArray, room: FloatArray, closed: BoolArray | None
) -> AllocationProblem:
    """Return what is left of a problem once some columns are fixed.

    Args:
        held: (columns,) how much of every column is fixed.
        room: (blocks,) how much more of integer blocks that supply may be taken.
        closed: (blocks,) blocks that take nothing beside what is fixed, or None.
    """
    taken = np.flatnonzero(held)
    rest = residual(problem, taken, held[taken])
    supply = supplying(problem) & ~problem.divisible
    limit = np.where(supply, np.minimum(rest.limit, room), rest.limit)
    if closed is not None:
        limit = np.where(closed, 0.0, limit)
    return replace(rest, limit=limit)


def _with(
    held: FloatArray, rest: AllocationProblem, reduced: Reduced, inner: FloatArray
) -> FloatArray:
    """Return (columns,) what is held together with what is taken of the rest."""
    quantity = held.copy()
    quantity[reduced.fixed] += rest.limit[blocks_at(rest, reduced.fixed)]
    quantity[reduced.columns] += inner
    return quantity
