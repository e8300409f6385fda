"""Prices come near the lowest bound, and the relaxation that follows is exact."""

from __future__ import annotations

import _thread
import threading

import numpy as np
import pytest

from recommender.allocation import AllocationProblem, Effort, bound, certify, solve
from recommender.allocation.engines import scale
from recommender.allocation.prices import find_prices, lower, narrow, soften


def test_the_softened_bound_is_above_the_bound_and_has_its_slope(region) -> None:
    problem, _, _ = scale(region(units=40))
    rng = np.random.default_rng(0)
    price = rng.uniform(0.1, 1.0, problem.rows)
    here = soften(problem, price, 0.5)
    assert here.hard == pytest.approx(bound(problem, price))
    assert here.value >= here.hard
    for row in range(0, problem.rows, 7):
        step = np.zeros(problem.rows)
        step[row] = 1e-5
        up = soften(problem, price + step, 0.5).value
        down = soften(problem, price - step, 0.5).value
        assert (up - down) / 2e-5 == pytest.approx(here.gradient[row], abs=1e-4)


def test_newton_steps_lower_the_softened_bound(region) -> None:
    problem, _, _ = scale(region(units=40))
    price = np.zeros(problem.rows)
    before = soften(problem, price, 0.5).value
    _, after = lower(problem, price, 0.5, reach=1.0, furthest=5.0, steps=10)
    assert after.value < before


def test_narrowing_by_an_endless_window_changes_no_bound(region) -> None:
    problem, _, _ = scale(region(units=40))
    price = np.full(problem.rows, 0.2)
    for window in (0.1, 1.0, np.inf):
        part = narrow(problem, price, window)
        here = bound(part.problem, price) + part.constant
        assert here == pytest.approx(bound(problem, price))


def test_found_prices_come_near_the_optimum_of_the_relaxation(region) -> None:
    problem, _, _ = scale(region(units=200, sites=3))
    found = find_prices(problem)
    best = solve(problem, Effort(whole=False), "exact").certificate.value
    scale_of = abs(best) + 1.0
    assert best - 1e-6 <= found.bound <= best + 0.5 * scale_of


@pytest.mark.slow
def test_a_larger_region_is_certified_within_one_percent(region) -> None:
    problem = region(units=1500, sites=8, kinds=6, periods=3)
    found = solve(problem, Effort(gap=0.01, seconds=120), "prices")
    assert found.certificate.better_gap <= 0.01


def test_ctrl_c_keeps_the_best_plan(region) -> None:
    problem: AllocationProblem = region(units=400, sites=4, kinds=8)
    said: list[str] = []

    def stop_soon(line: str) -> None:
        said.append(line)
        if "integer problem" in line and len(said) > 4:
            threading.Timer(0.3, _thread.interrupt_main).start()

    effort = Effort(gap=0.0, seconds=60)
    try:
        found = solve(problem, effort, "prices", progress=stop_soon)
    except KeyboardInterrupt:  # before there was a plan to keep
        pytest.skip("this machine was too fast or too slow to interrupt")
    assert certify(problem, found.solution).whole
    assert found.seconds < 60


def test_workers_change_nothing(region) -> None:
    problem = region(units=80)
    one, two = (solve(problem, Effort(gap=0.02, workers=n), "prices") for n in (1, 2))
    assert np.array_equal(one.solution.columns, two.solution.columns)
