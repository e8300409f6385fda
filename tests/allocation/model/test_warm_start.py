"""A start changes how long an answer takes, never what it is worth or what is proven."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recommender.allocation import (
    AllocationProblem,
    Block,
    Effort,
    Infeasible,
    Links,
    Solution,
    Start,
    certify,
    from_blocks,
    solve,
    start_from,
)
from recommender.allocation.model.warm_start import fitting

engines = pytest.mark.parametrize("engine", ["exact", "prices"])
few = settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@engines
@few
@given(data=st.data(), seed=st.integers(0, 2**32 - 1))
def test_any_start_finds_what_trying_every_choice_finds(
    engine, data, seed, small_worlds, best_by_enumeration, optimum, relaxed
) -> None:
    blocks, capacity = data.draw(small_worlds)
    problem = from_blocks(blocks, capacity)
    rng = np.random.default_rng(seed)
    columns = np.flatnonzero(rng.random(problem.columns) < 0.4)
    start = Start(
        price=rng.gamma(1.0, 5.0, problem.rows) * (rng.random(problem.rows) < 0.6),
        columns=columns,
        quantity=rng.integers(1, 4, columns.size).astype(float),
    )
    best = best_by_enumeration(blocks, capacity)
    if best is None:
        with pytest.raises(Infeasible):
            solve(problem, optimum, engine, start=start)
        return
    found = solve(problem, optimum, engine, start=start)
    assert found.certificate.value == pytest.approx(best, abs=1e-6)
    cold = solve(problem, relaxed, engine).certificate.value
    warm = solve(problem, relaxed, engine, start=start)
    assert warm.certificate.value == pytest.approx(cold, abs=1e-6)
    assert warm.certificate.bound == pytest.approx(cold, abs=1e-5)


@engines
def test_a_changed_region_begins_from_the_plan_before_it(engine, region, relaxed) -> None:
    problem = region()
    effort = Effort(gap=0.01, seconds=30)
    before = solve(problem, effort, engine)
    changed = replace(problem, capacity=problem.capacity * 0.9)
    start = start_from(before.solution, changed)
    lines: list[str] = []
    found = solve(changed, effort, engine, progress=lines.append, start=start)
    assert "begins from an earlier solution" in lines
    assert found.certificate.better_gap <= 0.01
    best = solve(changed, relaxed, "exact").certificate.value
    assert found.relaxation == pytest.approx(best, rel=1e-6)


def test_the_same_start_gives_the_same_plan(region) -> None:
    problem = region()
    effort = Effort(gap=0.01, seconds=30)
    start = start_from(solve(problem, effort, "prices").solution, problem)
    first, second = (solve(problem, effort, "prices", start=start) for _ in range(2))
    assert np.array_equal(first.solution.columns, second.solution.columns)
    assert np.array_equal(first.solution.price, second.solution.price)


def earlier() -> Solution:
    return Solution(
        columns=np.array([0, 2, 3]),
        quantity=np.array([1.0, 2.0, 1.0]),
        price=np.array([5.0, 7.0]),
        engine="",
        status="gap",
        links=Links(np.array([0, 1]), np.array([1, 0]), np.array([0.5, 0.25])),
    )


def small(columns: tuple[int, ...], rows: int, limit: float = 1.0) -> AllocationProblem:
    return from_blocks(
        [Block([1.0] * count, [[1.0] * rows] * count, limit) for count in columns], [1.0] * rows
    )


def test_what_went_nowhere_or_beyond_the_problem_is_refused() -> None:
    problem = small((1, 3), 3)
    with pytest.raises(ValueError, match="there were 2 rows and are 3"):
        start_from(earlier(), problem)
    with pytest.raises(ValueError, match="a column of a start lies outside"):
        start_from(earlier(), small((1, 1), 2))
    with pytest.raises(ValueError, match="3 prices for 2 rows"):
        solve(small((2, 2), 2), start=Start(np.zeros(3)))
    with pytest.raises(ValueError, match="price of a start"):
        Start(np.array([-1.0]))


def test_a_start_keeps_to_the_limits_of_its_blocks() -> None:
    problem = small((2, 3), 1, limit=2.0)
    start = Start(np.zeros(1), np.array([0, 1, 3]), np.array([1.0, 2.0, 5.0]))
    fits = fitting(start, problem)
    assert fits.columns.tolist() == [0, 1, 3]
    assert fits.quantity.tolist() == [1, 1, 2]


def test_links_that_no_longer_hold_are_left_out(region) -> None:
    problem = region(units=80)
    before = solve(problem, Effort(gap=0.02), "prices")
    links = before.solution.links
    assert links.size
    capacity = problem.capacity.copy()
    capacity[links.row] = 1.0  # something else supplies these places now
    changed = replace(problem, capacity=capacity)
    start = fitting(start_from(before.solution, changed), changed)
    assert start.links.size == 0
    found = solve(changed, Effort(gap=0.02), "prices", start=start)
    assert certify(changed, found.solution).integer
