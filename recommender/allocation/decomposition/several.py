"""``solve_several``: several problems solved side by side, each as it would be alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from recommender.allocation import (
    Allocation,
    AllocationProblem,
    Effort,
    EngineName,
    Infeasible,
    NoPlan,
    SolverName,
    Start,
)
from recommender.allocation.decomposition.coordination import LARGE, solve_in_parts
from recommender.allocation.decomposition.parts import Order, Part
from recommender.allocation.decomposition.workers import Workers

SMALL = 10_000
"""Columns below which a problem is solved sooner than a process has started."""


@dataclass(frozen=True, eq=False, slots=True)
class Job:
    """A problem to be solved, and where the search for its solution begins."""

    problem: AllocationProblem
    start: Start | None = None


def solve_several(
    jobs: Sequence[Job],
    effort: Effort,
    engine: EngineName = "auto",
    solver: SolverName = "highs",
    progress: Callable[[str], None] | None = None,
    workers: Workers | None = None,
) -> Iterator[tuple[int, Allocation]]:
    """Yield the number and the allocation of every job, as they come.

    Args:
        jobs: what is to be solved; they share nothing.
        effort, engine, solver, progress: as of ``solve_in_parts``, for each job.
        workers: who solves side by side what is neither small nor large; None for nobody.

    Raises:
        Infeasible, NoPlan, CertificateError, ValueError: as ``solve``.
        AllocationError: if processes die again and again.
    """
    beside = {
        number: job
        for number, job in enumerate(jobs)
        if workers is not None and SMALL <= job.problem.columns < LARGE
    }
    if workers is not None and len(beside) > 1:
        none = np.zeros(0)
        orders = {
            number: Order(none, None, effort, engine, solver, job.start)
            for number, job in beside.items()
        }
        for number, answer in workers.answers(
            lambda number: _as_part(jobs[number].problem), orders
        ):
            if answer.failure == "infeasible":
                raise Infeasible(answer.rows)
            if answer.allocation is None:
                raise NoPlan("no plan was found in time; allow more seconds")
            yield number, answer.allocation
    else:
        beside = {}
    for number, job in enumerate(jobs):
        if number not in beside:
            yield (
                number,
                solve_in_parts(job.problem, effort, engine, solver, progress, start=job.start),
            )


def _as_part(problem: AllocationProblem) -> Part:
    """Return a problem as the one part of itself, which shares no row with anything."""
    none = np.zeros(0, dtype=np.int64)
    return Part(problem, sp.csc_array((0, problem.offers)), none, none, none)
