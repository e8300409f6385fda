"""Rows for pooled supply hold for every choice, and say what whole columns leave of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from recommender.allocation import AllocationProblem, Block, Effort, from_blocks, solve, usage
from recommender.allocation.model.capacity_cuts import with_capacity_cuts
from recommender.allocation.solvers import pulp_model

RELAXED = Effort(gap=0.0, whole=False)
TEAM = from_blocks(
    [
        Block([10.0], [[4.0, 0.0]]),
        Block([10.0], [[4.0, 0.0]]),
        Block([10.0], [[0.0, 4.0]]),
        Block([10.0], [[0.0, 4.0]]),
        Block([0.0, 0.0], [[-10.0, 0.0], [0.0, -10.0]], divisible=True),
    ],
    [0.0, 0.0],
)
"""One professional of ten hours for two schools; cases take four."""


def test_ten_hours_at_two_schools_are_added_up() -> None:
    tighter = with_capacity_cuts(TEAM, np.array([2.5, 2.5]))
    assert tighter.rows == 3
    added = tighter.use[[2]].toarray()[0, tighter.offer]
    assert added / added[0] == pytest.approx([1, 1, 1, 1, 0, 0])
    assert tighter.capacity[2] / added[0] == pytest.approx(10 / 4)


def test_a_solver_sees_at_its_root_that_two_cases_and_a_half_are_two() -> None:
    assert solve(TEAM, RELAXED).certificate.value == pytest.approx(25)
    assert solve(TEAM, Effort(gap=0.0)).certificate.value == pytest.approx(20)
    root = pulp_model.branch_and_bound(
        with_capacity_cuts(TEAM, np.array([2.5, 2.5])), seconds=30.0, nodes=1
    )
    assert root.bound == pytest.approx(20)


@pytest.mark.parametrize("seed", range(8))
def test_every_choice_keeps_the_rows(region: Callable[..., AllocationProblem], seed: int) -> None:
    problem = region(units=20, seed=seed)
    rng = np.random.default_rng(seed)
    price = rng.random(problem.rows) * (rng.random(problem.rows) < 0.7)
    tighter = with_capacity_cuts(problem, price)
    assert tighter.rows > problem.rows
    for whole in (False, True):
        wanted = replace(problem, value=problem.value * rng.random(problem.columns))
        found = solve(wanted, Effort(gap=0.05, seconds=20.0, whole=whole)).solution
        used = usage(tighter, found.columns, found.quantity)
        assert np.all(used <= tighter.capacity + 1e-7 * (1 + np.abs(tighter.capacity)))


def test_rows_without_supply_are_left_as_they_are() -> None:
    alone = from_blocks([Block([1.0], [[1.0]])], [1.0])
    assert with_capacity_cuts(alone, np.ones(1)) is alone
