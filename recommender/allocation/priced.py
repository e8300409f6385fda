"""A proposal from prices: near-best prices, the exact relaxation, and whole units near it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from recommender.allocation import exact
from recommender.allocation.direct import Proposal
from recommender.allocation.prices import find_prices
from recommender.allocation.problem import AllocationProblem, bound
from recommender.allocation.relaxation import relax
from recommender.allocation.whole import Search, make_whole

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
    if bound(problem, found.price) < bound(problem, price):
        price = found.price
    if not effort.whole:
        return Proposal(parts, price, relaxation, np.inf, engine)
    choice = make_whole(
        Search(problem, price, parts, effort.gap, left, effort.workers, effort.seed, say)
    )
    return Proposal(choice.quantity, price, relaxation, choice.better_bound, engine)
