"""The price engine: dual prices, column generation, and a primal search near the relaxation."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from recommender.allocation.bound.column_generation import FEWEST, generate_columns
from recommender.allocation.bound.dual_prices import find_prices
from recommender.allocation.engines.proposal import Proposal
from recommender.allocation.model.group_coupling_cuts import (
    Links,
    concatenated,
    no_links,
    violated,
    with_coupling_cuts,
)
from recommender.allocation.model.problem import AllocationProblem, FloatArray, bound
from recommender.allocation.model.warm_start import Start
from recommender.allocation.search.incumbent import Search
from recommender.allocation.search.schedule import solve_integer
from recommender.allocation.solvers import pulp_model

LARGEST = 3_000_000
"""Columns up to which links are sought."""

ROUNDS = 8
"""How often links are sought, at most."""

STRAIGHT = 100_000
"""Columns up to which the prices of a start go to the relaxation as they are."""

NEAR = 0.1
"""How far below the best columns take part when links are added, in values of about 1."""

if TYPE_CHECKING:
    from recommender.allocation.engines.effort import Effort


def solve_by_prices(
    problem: AllocationProblem,
    effort: Effort,
    say: Callable[[str], None],
    start: Start | None = None,
) -> Proposal:
    """Return what the price engine proposes.

    Args:
        problem: the allocation problem, with uses and values of about 1.
        effort: how hard to try.
        say: takes short lines about what is done.
        start: where to begin, of this problem.

    Raises:
        Infeasible: if no choice fits.
    """
    began = time.monotonic()

    def left() -> float:
        return effort.seconds - (time.monotonic() - began)

    def out_of_time() -> bool:
        return left() <= 0

    first, window = _first_prices(problem, start, out_of_time)
    say(f"prices found in {time.monotonic() - began:.1f} s")
    relaxed = generate_columns(problem, first, window, out_of_time=out_of_time)
    engine = "prices (highs)"
    if relaxed is None:
        if out_of_time():
            return Proposal(None, first, np.inf, np.inf, engine)
        say("the relaxation goes to the exact engine")
        answer = pulp_model.solve_relaxation(problem, seconds=left())
        if answer.quantity is None or answer.price is None:
            return Proposal(None, first, np.inf, np.inf, engine)
        price, fractional = answer.price, answer.quantity
        relaxation = float(problem.value @ fractional)
    else:
        price, relaxation = relaxed.price, relaxed.value
        fractional = np.zeros(problem.columns)
        fractional[relaxed.columns] = relaxed.quantity
        say(f"relaxation solved in {relaxed.rounds} rounds, {time.monotonic() - began:.1f} s")
    if not effort.whole:
        return Proposal(fractional, price, relaxation, np.inf, engine)
    known = None if start is None else start.links
    tightened = tighten(problem, price, fractional, out_of_time, known)
    if tightened.links.size:
        scale = float(np.maximum(problem.value, 0.0) @ fractional)
        say(
            f"{tightened.links.size} links lower the bound by"
            f" {(relaxation - tightened.bound) / max(scale, 1e-12):.3%}"
        )
    choice = solve_integer(
        Search(
            tightened.problem,
            problem,
            tightened.price,
            tightened.fractional,
            effort.gap,
            left,
            effort.workers,
            effort.seed,
            say,
            None if start is None else _choice(problem, start),
            effort.thorough,
        )
    )
    rows = problem.rows
    links = replace(tightened.links, price=tightened.price[rows:])
    return Proposal(
        choice.quantity,
        tightened.price[:rows],
        relaxation,
        choice.better_bound,
        engine,
        links,
        choice.interrupted,
    )


def _first_prices(
    problem: AllocationProblem, start: Start | None, out_of_time: Callable[[], bool]
) -> tuple[FloatArray, float]:
    """Return prices near the best, and how far below the best of its block a column may lie to
    take part in the relaxation at first."""
    if start is not None and problem.columns <= STRAIGHT:
        return start.price, np.inf
    price = None if start is None else start.price
    found = find_prices(problem, out_of_time=out_of_time, start=price)
    return found.price, 20 * found.mu


def _choice(problem: AllocationProblem, start: Start) -> FloatArray | None:
    """Return (columns,) what a start took, or None if it took nothing."""
    if start.columns.size == 0:
        return None
    quantity = np.zeros(problem.columns)
    quantity[start.columns] = start.quantity
    return quantity


@dataclass(frozen=True, eq=False, slots=True)
class Tightened:
    """A problem with links, and the optimum of its relaxation.

    Attributes:
        problem: the problem with a row for every link.
        links: the links, in the order of those rows.
        price: (rows + links,) prices >= 0.
        fractional: (columns,) the optimum in parts.
        bound: the bound the prices prove.
    """

    problem: AllocationProblem
    links: Links
    price: FloatArray
    fractional: FloatArray
    bound: float


def tighten(
    problem: AllocationProblem,
    price: FloatArray,
    fractional: FloatArray,
    out_of_time: Callable[[], bool] = lambda: False,
    links: Links | None = None,
) -> Tightened:
    """Return the problem with the links that its relaxation breaks, solved again until few are.

    Args:
        problem: the allocation problem.
        price: (rows,) prices of the optimum of its relaxation.
        fractional: (columns,) that optimum.
        out_of_time: asked between rounds.
        links: links to begin with, with prices they had; None to begin without.
    """
    tightened = Tightened(problem, no_links(), price, fractional, bound(problem, price))
    if problem.columns > LARGEST:
        return tightened
    first = tightened.bound
    new = links
    for _ in range(ROUNDS):
        if new is None or new.size == 0:
            new = violated(problem, tightened.fractional, tightened.links)
        if new.size == 0 or out_of_time():
            break
        together = concatenated(tightened.links, new)
        wider = with_coupling_cuts(problem, together)
        known = np.concatenate([tightened.price, new.price])
        relaxed = generate_columns(wider, known, NEAR, few=FEWEST, out_of_time=out_of_time)
        if relaxed is None:
            break
        solution = np.zeros(problem.columns)
        solution[relaxed.columns] = relaxed.quantity
        gained = tightened.bound - relaxed.bound
        tightened = Tightened(wider, together, relaxed.price, solution, relaxed.bound)
        if gained <= 0.005 * (first - relaxed.bound):
            break
        new = None
    return tightened
