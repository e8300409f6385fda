"""Prices come near the lowest bound, and the relaxation that follows is exact."""

from __future__ import annotations

import _thread
import threading

import numpy as np
import pytest

from recommender.allocation import (
    AllocationProblem,
    Block,
    Effort,
    bound,
    certify,
    from_blocks,
    solve,
)
from recommender.allocation.bound.dual_prices import (
    find_prices,
    fix_variables,
    newton_steps,
    smoothed,
)
from recommender.allocation.solve import scale
from recommender.allocation.solvers import pulp_model


def test_the_softened_bound_is_above_the_bound_and_has_its_slope(region) -> None:
    problem, _, _ = scale(region(units=40))
    rng = np.random.default_rng(0)
    price = rng.uniform(0.1, 1.0, problem.rows)
    here = smoothed(problem, price, 0.5)
    assert here.hard == pytest.approx(bound(problem, price))
    assert here.value >= here.hard
    for row in range(0, problem.rows, 7):
        step = np.zeros(problem.rows)
        step[row] = 1e-5
        up = smoothed(problem, price + step, 0.5).value
        down = smoothed(problem, price - step, 0.5).value
        assert (up - down) / 2e-5 == pytest.approx(here.gradient[row], abs=1e-4)


def test_newton_steps_lower_the_softened_bound(region) -> None:
    problem, _, _ = scale(region(units=40))
    price = np.zeros(problem.rows)
    before = smoothed(problem, price, 0.5).value
    _, after = newton_steps(problem, price, 0.5, reach=1.0, furthest=5.0, steps=10)
    assert after.value < before


def test_narrowing_by_an_endless_window_changes_no_bound(region) -> None:
    problem, _, _ = scale(region(units=40))
    price = np.full(problem.rows, 0.2)
    for window in (0.1, 1.0, np.inf):
        part = fix_variables(problem, price, window)
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


def pool_of_hours(units: int) -> AllocationProblem:
    rng = np.random.default_rng(1)
    blocks = [
        Block(rng.gamma(2.0, 1.0, 4).tolist(), rng.uniform(0.5, 3, (4, 3)).tolist())
        for _ in range(units)
    ]
    return from_blocks(blocks, [units * 0.3] * 3)


def test_ctrl_c_keeps_the_best_plan() -> None:
    problem = pool_of_hours(120)

    def stop_at_integer_problem(line: str) -> None:
        if line.startswith("integer problem"):
            raise KeyboardInterrupt

    found = solve(problem, Effort(gap=0.0), "prices", progress=stop_at_integer_problem)
    assert found.solution.status == "stopped"
    assert certify(problem, found.solution).value > 0


def test_ctrl_c_before_there_is_a_plan_is_passed_on() -> None:
    def stop_at_once(line: str) -> None:
        if line.startswith("prices found"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        solve(pool_of_hours(60), Effort(gap=0.0), "prices", progress=stop_at_once)


def test_ctrl_c_stops_a_running_solver(region) -> None:
    problem, _, _ = scale(region(units=400, sites=4, kinds=8))
    timer = threading.Timer(1.0, _thread.interrupt_main)
    timer.start()
    try:
        answer = pulp_model.branch_and_bound(problem, seconds=30)
    except KeyboardInterrupt:
        return
    finally:
        timer.cancel()
    assert answer.interrupted or answer.proven


def test_workers_change_nothing(region) -> None:
    problem = region(units=80)
    one, two = (solve(problem, Effort(gap=0.02, workers=n), "prices") for n in (1, 2))
    assert np.array_equal(one.solution.columns, two.solution.columns)
