"""``solve``: the best allocation an engine finds within an effort, with its certificate."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

import numpy as np

from recommender.allocation.engines.effort import Effort, EngineName, Progress, SolverName
from recommender.allocation.model.problem import AllocationProblem, FloatArray, block_of
from recommender.allocation.model.solution import (
    Certificate,
    NoPlan,
    Solution,
    SolveStatus,
    certify,
)
from recommender.allocation.model.warm_start import Start, fitting

SMALL = 2_000
"""Columns up to which ``auto`` hands the whole problem to the exact engine."""

PROVEN = 1e-6
"""The relative gap at which a choice counts as optimal: the solvers' own accuracy."""


@dataclass(frozen=True, eq=False, slots=True)
class Allocation:
    """A choice of columns with the proof of what it is worth.

    Attributes:
        solution: the columns, how much of each, and the prices.
        certificate: value, bounds and use, recomputed.
        relaxation: the optimum of the relaxation; infinite if the time did not suffice for it.
        seconds: how long it took.
        log: what was done, in short lines.
    """

    solution: Solution
    certificate: Certificate
    relaxation: float
    seconds: float
    log: tuple[str, ...]


def solve(
    problem: AllocationProblem,
    effort: Effort | None = None,
    engine: EngineName = "auto",
    solver: SolverName = "highs",
    progress: Progress | None = None,
    start: Start | None = None,
    *,
    in_any_case: bool = True,
) -> Allocation:
    """Return the best allocation an engine finds within an effort, certified.

    Where the time runs out before any choice was found it is that of the start, or the one that
    takes nothing new: what must go on goes on, and nobody is given more.

    Args:
        problem: the allocation problem.
        effort: how hard to try.
        engine: ``exact`` (everything to a solver), ``prices`` (prices first, the columns they
            leave to a solver) or ``auto`` (by size; the log says which).
        solver: ``highs`` or ``cbc``, for the exact engine.
        progress: called with a short line about what is being done.
        start: what is remembered of a solution of much the same problem (see ``start_from``).
        in_any_case: whether a choice is wanted that was not sought, where none was found in time.

    Raises:
        Infeasible: if no choice fits.
        NoPlan: if the time ran out before any choice was found, and none was wanted in any case
            or taking nothing new breaks a floor.
        KeyboardInterrupt: if Ctrl-C comes before any choice was found; later it keeps the best.
        CertificateError: if an engine proposes a choice that breaks the rules: a bug.
        ValueError: if the engine or the solver is unknown, or the start is of another problem.
    """
    if engine not in ("auto", "exact", "prices"):
        raise ValueError(f"engine is {engine!r}; use auto, exact or prices")
    if solver not in ("highs", "cbc"):
        raise ValueError(f"solver is {solver!r}; use highs or cbc")
    effort = effort or Effort()
    began = time.monotonic()
    log: list[str] = []

    def say(line: str) -> None:
        log.append(line)
        if progress is not None:
            progress(line)

    scaled, row_factor, value_factor = scale(problem)
    if start is not None:
        start = _scaled_start(fitting(start, problem), row_factor, value_factor)
        say("begins from an earlier solution")
    chosen = engine
    if engine == "auto":
        chosen = "exact" if problem.columns <= SMALL or solver != "highs" else "prices"
    size = f"{problem.columns} columns, {problem.blocks} blocks, {problem.rows} rows"
    say(f"{chosen} engine{' by size' if engine == 'auto' else ''}: {size}")
    if chosen == "exact":
        from recommender.allocation.engines.exact import solve_exactly

        proposal = solve_exactly(scaled, effort, solver, say, start)
    else:
        from recommender.allocation.engines.prices import solve_by_prices

        proposal = solve_by_prices(scaled, effort, say, start)
    if proposal.quantity is None and proposal.interrupted:
        raise KeyboardInterrupt
    if in_any_case and _is_poor(proposal.quantity, scaled, time.monotonic() - began, effort):
        other = _unsought(scaled, start)
        if other is not None and (
            proposal.quantity is None or scaled.value @ other > scaled.value @ proposal.quantity
        ):
            say("nothing good was found in time: nothing new is taken")
            proposal = replace(proposal, quantity=other)
    if proposal.quantity is None:
        raise NoPlan(f"no plan was found within {effort.seconds:g} seconds")
    columns = np.flatnonzero(proposal.quantity)
    solution = Solution(
        columns=columns,
        quantity=proposal.quantity[columns],
        price=proposal.price * value_factor / row_factor,
        engine=proposal.engine,
        status="stopped",
        links=replace(proposal.links, price=proposal.links.price * value_factor),
    )
    certificate = certify(problem, solution, integer=effort.whole)
    if np.isfinite(proposal.better_bound):
        better = max(proposal.better_bound * value_factor, certificate.value)
        certificate = replace(certificate, better_bound=better)
    return Allocation(
        solution=replace(solution, status=status_of(certificate, effort)),
        certificate=certificate,
        relaxation=proposal.relaxation * value_factor,
        seconds=time.monotonic() - began,
        log=tuple(log),
    )


def _is_poor(
    quantity: FloatArray | None, problem: AllocationProblem, seconds: float, effort: Effort
) -> bool:
    """Return whether a choice is none, or one in haste that loses: what is owed may be lacking
    though there are hours for it."""
    if quantity is None:
        return True
    return seconds >= effort.seconds and float(problem.value @ quantity) < 0


def _unsought(problem: AllocationProblem, start: Start | None) -> FloatArray | None:
    """Return (columns,) what a start took where it fits, else nothing new; None if that breaks
    a floor."""
    from recommender.allocation.solvers.pulp_model import fits, rounded_solution

    if start is not None and start.columns.size and fits(problem, start.columns, start.quantity):
        quantity = np.zeros(problem.columns)
        quantity[start.columns] = start.quantity
        return quantity
    return rounded_solution(problem, np.zeros(problem.columns))


def scale(problem: AllocationProblem) -> tuple[AllocationProblem, FloatArray, float]:
    """Return the problem with rows and values of about 1, and the factors that were divided out.

    Factors are powers of two, so that scaling rounds nothing.  A price of the scaled problem
    times ``value_factor / row_factor`` is a price of the problem itself.

    Args:
        problem: the allocation problem.

    Returns:
        The scaled problem, (rows,) the row factors, and the value factor.
    """
    largest = np.zeros(problem.rows)
    np.maximum.at(largest, problem.use.indices, np.abs(problem.use.data))
    row_factor = _power_of_two(largest)
    integer = ~problem.divisible[block_of(problem)]
    values = np.abs(problem.value[integer & (problem.value != 0)])
    if values.size == 0:
        values = np.abs(problem.value[problem.value != 0])
    value_factor = float(_power_of_two(np.array([np.median(values) if values.size else 1.0]))[0])
    use = problem.use.copy()
    use.data = use.data / row_factor[use.indices]
    scaled = AllocationProblem(
        value=problem.value / value_factor,
        offer=problem.offer,
        start=problem.start,
        limit=problem.limit,
        divisible=problem.divisible,
        use=use,
        capacity=problem.capacity / row_factor,
        part=problem.part,
    )
    return scaled, row_factor, value_factor


def _scaled_start(start: Start, row_factor: FloatArray, value_factor: float) -> Start:
    links = replace(start.links, price=start.links.price / value_factor)
    return replace(start, price=start.price * row_factor / value_factor, links=links)


def _power_of_two(sizes: FloatArray) -> FloatArray:
    factor = np.ones_like(sizes)
    positive = sizes > 0
    factor[positive] = np.exp2(np.round(np.log2(sizes[positive])))
    return factor


def status_of(certificate: Certificate, effort: Effort) -> SolveStatus:
    """Return what a certificate says of a solution that was sought with some effort."""
    gap = certificate.better_gap
    if gap <= PROVEN:
        return "optimal"
    return "gap" if gap <= effort.gap else "stopped"
