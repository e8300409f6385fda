"""The exact engine: one integer programme for a solver, its relaxation first for the prices."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from recommender.allocation.engines.effort import Effort
from recommender.allocation.engines.proposal import Proposal
from recommender.allocation.model.problem import AllocationProblem
from recommender.allocation.model.warm_start import Start
from recommender.allocation.solvers import pulp_model


def solve_exactly(
    problem: AllocationProblem,
    effort: Effort,
    solver: pulp_model.SolverName,
    say: Callable[[str], None],
    start: Start | None = None,
) -> Proposal:
    """Return what the exact engine proposes.

    Args:
        problem: the allocation problem.
        effort: how hard to try.
        solver: ``highs`` or ``cbc``.
        say: takes short lines about what is done.
        start: where to begin, of this problem; of use where its choice fits.

    Raises:
        Infeasible: if no choice fits.
    """
    began = time.monotonic()
    relaxed = pulp_model.solve_relaxation(problem, seconds=effort.seconds, solver=solver)
    price = np.zeros(problem.rows) if relaxed.price is None else relaxed.price
    relaxation = np.inf
    if relaxed.proven and relaxed.quantity is not None:
        relaxation = float(problem.value @ relaxed.quantity)
        say("relaxation solved")
    engine = f"exact ({solver})"
    if not effort.whole:
        return Proposal(relaxed.quantity, price, relaxation, np.inf, engine)
    absolute_gap = 0.0
    if relaxed.quantity is not None:
        absolute_gap = effort.gap * float(np.maximum(problem.value, 0.0) @ relaxed.quantity) / 2
    warm_start = None
    if start is not None and pulp_model.fits(problem, start.columns, start.quantity):
        warm_start = np.zeros(problem.columns)
        warm_start[start.columns] = start.quantity
    answer = pulp_model.branch_and_bound(
        problem,
        start=warm_start,
        seconds=effort.seconds - (time.monotonic() - began),
        absolute_gap=absolute_gap,
        solver=solver,
        seed=effort.seed,
    )
    say("whole units " + ("proven" if answer.proven else "stopped at a limit"))
    return Proposal(
        answer.quantity,
        price,
        relaxation,
        answer.bound,
        engine,
        interrupted=relaxed.interrupted or answer.interrupted,
    )
