"""Tests of ``solve_in_parts`` against the whole problem solved at once."""

from __future__ import annotations

from concurrent.futures import Executor, Future, ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np
import pytest

from recommender.allocation import Effort, NoPlan, certify, solve
from recommender.partition import solve_in_parts

WHOLE = Effort(gap=0.001, seconds=20)


@pytest.fixture(autouse=True)
def _always_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("recommender.partition.split.COLUMNS", 1)
    monkeypatch.setattr("recommender.partition.shared.LARGE", 0)


class Here(Executor):
    """Solves at once, last one first, as if machines came back in any order."""

    def __init__(self) -> None:
        self.jobs = 0

    def submit(self, call, /, *arguments, **named):
        self.jobs += 1
        future: Future = Future()
        future.set_result(call(*arguments, **named))
        return future


@pytest.mark.parametrize("groups", [False, True])
@pytest.mark.parametrize("budget", [0.15, 0.4, 2.0])
def test_parts_together_are_as_good_as_the_whole_within_the_gap(country_of, budget, groups) -> None:
    problem = country_of(budget=budget, groups=groups, seed=3)
    parts = solve_in_parts(problem, WHOLE)
    best = solve(problem, Effort(gap=0, seconds=60), "exact")
    certificate = parts.certificate
    assert "parts" in parts.solution.engine
    assert certificate.value <= best.certificate.value + 1e-6
    assert certificate.bound >= best.certificate.value - 1e-6
    assert certificate.linked_bound >= best.certificate.value - 1e-6
    assert certificate.better_bound >= best.certificate.value - 1e-6
    assert certificate.value >= 0.97 * best.certificate.value


def test_the_certificate_is_that_of_the_whole_problem(country_of) -> None:
    problem = country_of(groups=True)
    found = solve_in_parts(problem, WHOLE)
    again = certify(problem, found.solution)
    assert again.value == found.certificate.value
    assert again.linked_bound == found.certificate.linked_bound
    assert np.all(again.usage <= problem.capacity + 1e-6)


def test_a_relaxation_in_parts_has_the_bound_of_the_whole_relaxation(country_of) -> None:
    problem = country_of(budget=0.3, seed=5)
    parts = solve_in_parts(problem, Effort(whole=False))
    whole = solve(problem, Effort(whole=False), "exact")
    assert parts.certificate.bound == pytest.approx(whole.certificate.value, rel=3e-3)
    assert parts.certificate.value == pytest.approx(whole.certificate.value, rel=0.03)


def test_without_anything_shared_the_relaxation_is_exact(country_of) -> None:
    problem = country_of(budget=10.0)
    parts = solve_in_parts(problem, Effort(whole=False))
    whole = solve(problem, Effort(whole=False), "exact")
    assert parts.certificate.value == pytest.approx(whole.certificate.value, rel=1e-6)


@pytest.mark.parametrize("seed", range(4))
def test_the_budget_of_all_is_kept_whatever_the_parts_would_rather_take(country_of, seed) -> None:
    problem = country_of(budget=0.2, seed=seed)
    found = solve_in_parts(problem, WHOLE)
    assert found.certificate.usage[-1] <= problem.capacity[-1] + 1e-6
    assert found.certificate.gap < 0.1


def test_who_solves_a_part_changes_nothing(country_of) -> None:
    problem = country_of(groups=True, seed=2)
    alone = solve_in_parts(problem, WHOLE)
    here = Here()
    elsewhere = solve_in_parts(problem, WHOLE, executor=here)
    assert here.jobs >= 8
    assert np.array_equal(alone.solution.columns, elsewhere.solution.columns)
    assert np.array_equal(alone.solution.quantity, elsewhere.solution.quantity)
    assert np.array_equal(alone.solution.price, elsewhere.solution.price)


def test_other_processes_give_the_same_plan(country_of) -> None:
    problem = country_of(regions=3, seed=2)
    alone = solve_in_parts(problem, WHOLE)
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        elsewhere = solve_in_parts(problem, WHOLE, executor=pool)
    assert np.array_equal(alone.solution.columns, elsewhere.solution.columns)
    assert alone.certificate.value == elsewhere.certificate.value


def test_a_problem_that_does_not_fall_apart_is_solved_as_a_whole(country_of) -> None:
    problem = country_of(regions=1, units=4)
    said: list[str] = []
    found = solve_in_parts(problem, WHOLE, progress=said.append)
    assert "parts," not in found.solution.engine
    assert "the problem does not fall into parts" in said


def test_a_small_problem_is_solved_as_before(country_of, monkeypatch) -> None:
    monkeypatch.setattr("recommender.partition.shared.LARGE", 10**9)
    problem = country_of()
    assert np.array_equal(
        solve_in_parts(problem, WHOLE).solution.columns, solve(problem, WHOLE).solution.columns
    )


def test_a_part_that_finds_nothing_gets_more_time(country_of, monkeypatch) -> None:
    problem = country_of(regions=2)
    asked: list[float] = []

    def slow(problem, effort, *others):
        asked.append(effort.seconds)
        if effort.whole and effort.seconds < 100:
            raise NoPlan("nothing yet")
        return solve(problem, effort, *others)

    monkeypatch.setattr("recommender.partition.shared.solve", slow)
    monkeypatch.setattr("recommender.partition.shared.LEAST", 30.0)
    found = solve_in_parts(problem, Effort(gap=0.001, seconds=30))
    assert found.certificate.gap < 0.1
    assert max(asked) >= 100
