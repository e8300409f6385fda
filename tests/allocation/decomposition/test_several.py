"""Problems solved side by side come out as they would alone."""

from __future__ import annotations

import numpy as np
import pytest

from recommender.allocation import Effort, Infeasible, solve, start_from
from recommender.allocation.decomposition import several
from recommender.allocation.decomposition.several import Job, solve_several
from recommender.allocation.decomposition.workers import Processes, Sequential, Workers
from recommender.allocation.model.problem import AllocationProblem

EFFORT = Effort(gap=0.01, seconds=60)


@pytest.fixture(autouse=True)
def everything_side_by_side(monkeypatch: pytest.MonkeyPatch) -> None:
    """Problems of tests are small; let workers have them all the same."""
    monkeypatch.setattr(several, "SMALL", 0)


def assert_as_alone(jobs: list[Job], workers: Workers | None) -> None:
    """Solve side by side and alone, and find the same."""
    found = dict(solve_several(jobs, EFFORT, workers=workers))
    assert sorted(found) == list(range(len(jobs)))
    for number, job in enumerate(jobs):
        one, other = found[number], solve(job.problem, EFFORT, start=job.start)
        assert np.array_equal(one.solution.columns, other.solution.columns)
        assert np.array_equal(one.solution.quantity, other.solution.quantity)
        assert one.certificate.best_bound == other.certificate.best_bound


def jobs_of(country_of) -> list[Job]:
    """Return a problem, and another that begins from its solution."""
    first, second = country_of(2, 5, seed=1), country_of(2, 5, seed=1, budget=0.3)
    begun = start_from(solve(first, EFFORT).solution, second)
    return [Job(first), Job(second, begun), Job(country_of(2, 4, seed=2))]


@pytest.mark.parametrize("workers", [None, Sequential()])
def test_side_by_side_is_as_alone(country_of, workers: Workers | None) -> None:
    assert_as_alone(jobs_of(country_of), workers)


@pytest.mark.slow
def test_other_processes_find_the_same(country_of) -> None:
    with Processes(2) as workers:
        assert_as_alone(jobs_of(country_of), workers)


@pytest.mark.parametrize("workers", [None, Sequential()])
def test_what_cannot_be_solved_is_said(country_of, workers: Workers | None) -> None:
    fits: AllocationProblem = country_of(2, 4)
    capacity = fits.capacity.copy()
    capacity[-1] = -1.0
    impossible = AllocationProblem(
        value=fits.value, offer=fits.offer, start=fits.start, limit=fits.limit,
        divisible=fits.divisible, use=fits.use, capacity=capacity, part=fits.part,
    )  # fmt: skip
    with pytest.raises(Infeasible):
        list(solve_several([Job(fits), Job(impossible)], EFFORT, workers=workers))
