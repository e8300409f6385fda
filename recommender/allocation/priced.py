"""A proposal from prices: near-best prices, the exact relaxation, and whole units near it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from recommender.allocation import exact
from recommender.allocation.direct import Proposal
from recommender.allocation.links import Links, broken, joined, linked, no_links
from recommender.allocation.prices import find_prices
from recommender.allocation.problem import AllocationProblem, FloatArray, bound
from recommender.allocation.relaxation import FEWEST, relax
from recommender.allocation.whole import Search, make_whole

LARGEST = 3_000_000
"""Columns up to which links are sought."""

ROUNDS = 8
"""How often links are sought, at most."""

NEAR = 0.1
"""How far below the best columns take part when links are added, in values of about 1."""

if TYPE_CHECKING:
    from recommender.allocation.engines import Effort


def solve_by_prices(
    problem: AllocationProblem, effort: Effort, say: Callable[[str], None]
) -> Proposal:
    """Return what the price engine proposes.

    Args:
        problem: the allocation problem, with uses and values of about 1.
        effort: how hard to try.
        say: takes short lines about what is done.

    Raises:
        Infeasible: if no choice fits.
    """
    began = time.monotonic()

    def left() -> float:
        return effort.seconds - (time.monotonic() - began)

    def out_of_time() -> bool:
        return left() <= 0

    found = find_prices(problem, out_of_time=out_of_time)
    say(f"prices found in {time.monotonic() - began:.1f} s")
    relaxed = relax(problem, found.price, 20 * found.mu, out_of_time=out_of_time)
    engine = "prices (highs)"
    if relaxed is None:
        if out_of_time():
            return Proposal(None, found.price, np.inf, np.inf, engine)
        say("the relaxation goes to the exact engine")
        answer = exact.relax(problem, seconds=left())
        if answer.quantity is None or answer.price is None:
            return Proposal(None, found.price, np.inf, np.inf, engine)
        price, parts = answer.price, answer.quantity
        relaxation = float(problem.value @ parts)
    else:
        price, relaxation = relaxed.price, relaxed.value
        parts = np.zeros(problem.columns)
        parts[relaxed.columns] = relaxed.quantity
        say(f"relaxation solved in {relaxed.rounds} rounds, {time.monotonic() - began:.1f} s")
    if not effort.whole:
        return Proposal(parts, price, relaxation, np.inf, engine)
    tied = tighten(problem, price, parts, out_of_time)
    if tied.links.size:
        worth = float(np.maximum(problem.value, 0.0) @ parts)
        say(
            f"{tied.links.size} links lower the bound by"
            f" {(relaxation - tied.bound) / max(worth, 1e-12):.3%}"
        )
    choice = make_whole(
        Search(
            tied.problem,
            tied.price,
            tied.parts,
            effort.gap,
            left,
            effort.workers,
            effort.seed,
            say,
        )
    )
    rows = problem.rows
    links = replace(tied.links, price=tied.price[rows:])
    return Proposal(
        choice.quantity,
        tied.price[:rows],
        relaxation,
        choice.better_bound,
        engine,
        links,
        choice.interrupted,
    )


@dataclass(frozen=True, eq=False, slots=True)
class Tied:
    """A problem with links, and the optimum of its relaxation.

    Attributes:
        problem: the problem with a row for every link.
        links: the links, in the order of those rows.
        price: (rows + links,) prices >= 0.
        parts: (columns,) the optimum in parts.
        bound: the bound the prices prove.
    """

    problem: AllocationProblem
    links: Links
    price: FloatArray
    parts: FloatArray
    bound: float


def tighten(
    problem: AllocationProblem,
    price: FloatArray,
    parts: FloatArray,
    out_of_time: Callable[[], bool] = lambda: False,
) -> Tied:
    """Return the problem with the links that its relaxation breaks, solved again until few are.

    Args:
        problem: the allocation problem.
        price: (rows,) prices of the optimum of its relaxation.
        parts: (columns,) that optimum.
        out_of_time: asked between rounds.
    """
    tied = Tied(problem, no_links(), price, parts, bound(problem, price))
    if problem.columns > LARGEST:
        return tied
    first = tied.bound
    for _ in range(ROUNDS):
        new = broken(problem, tied.parts, tied.links)
        if new.size == 0 or out_of_time():
            break
        links = joined(tied.links, new)
        wider = linked(problem, links)
        known = np.concatenate([tied.price, np.zeros(new.size)])
        relaxed = relax(wider, known, NEAR, few=FEWEST, out_of_time=out_of_time)
        if relaxed is None:
            break
        whole = np.zeros(problem.columns)
        whole[relaxed.columns] = relaxed.quantity
        gained = tied.bound - relaxed.bound
        tied = Tied(wider, links, relaxed.price, whole, relaxed.bound)
        if gained <= 0.005 * (first - relaxed.bound):
            break
    return tied
