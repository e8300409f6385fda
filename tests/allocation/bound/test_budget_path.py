"""The value of every budget: by hand, and against a linear program at budgets of all sizes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from recommender.allocation import (
    AllocationProblem,
    Block,
    BudgetPath,
    bound,
    budget_path,
    from_blocks,
    path_of,
    solve,
)

few = settings(max_examples=80, deadline=None, derandomize=True)


def golden() -> BudgetPath:
    """Units 30/3, 40/6 and 10/3, 50/6 and 10/3, 55/6; the 10/3 lie below the hull."""
    value = np.array([30.0, 40, 10, 50, 10, 55])
    return budget_path(value, np.array([3.0, 6] * 3), np.array([0, 2, 4, 6]))


def test_the_golden_case_leaves_out_what_lies_below_the_hull() -> None:
    path = golden()
    assert path.budget.tolist() == [0, 3, 9, 15, 18]
    assert path.value.tolist() == [0, 30, 85, 135, 145]
    assert path.price == pytest.approx([10, 55 / 6, 50 / 6, 10 / 3])
    assert path.unit.tolist() == [0, 2, 1, 0]
    assert path.column.tolist() == [0, 5, 3, 1]
    assert not {2, 4} & set(path.column.tolist())


def test_the_golden_case_has_its_values_between_the_points() -> None:
    path = golden()
    budgets = np.array([0, 1.5, 6, 9, 12, 16.5, 30])
    assert path.value_at(budgets) == pytest.approx([0, 15, 57.5, 85, 110, 140, 145])
    assert path.price_at(budgets) == pytest.approx([10, 10, 55 / 6, 50 / 6, 50 / 6, 10 / 3, 0])
    columns, quantity = path.taken_at(16.5)
    assert columns.tolist() == [0, 1, 3, 5]
    assert quantity == pytest.approx([0.5, 0.5, 1, 1])


def test_the_area_under_the_golden_case_is_that_of_its_trapezes() -> None:
    path = golden()
    assert path.area(0) == 0
    assert path.area(3) == pytest.approx(45)
    assert path.area(9) == pytest.approx(45 + 6 * (30 + 85) / 2)
    assert path.area(18) == pytest.approx(45 + 345 + 660 + 420)
    assert path.area(20) == pytest.approx(45 + 345 + 660 + 420 + 290)
    assert path.lift(18) == pytest.approx(1470 - 18 * 145 / 2)
    assert path.lift(3) == pytest.approx(0)


def test_what_costs_nothing_is_taken_before_the_first_euro() -> None:
    path = budget_path(np.array([2.0, 3, 5, -1]), np.array([0.0, 0, 4, 0]), np.array([0, 3, 4]))
    assert path.value.tolist() == [3, 5]
    assert path.budget.tolist() == [0, 4]
    assert path.taken_at(0)[0].tolist() == [1]
    assert path.taken_at(2)[0].tolist() == [1, 2]


def test_nothing_worth_its_cost_is_a_path_of_one_point() -> None:
    path = budget_path(np.array([-1.0, 0.0]), np.array([1.0, 2.0]), np.array([0, 1, 2]))
    assert path.budget.tolist() == [0]
    assert path.value_at(np.array([0.0, 5.0])).tolist() == [0, 0]
    assert path.price_at(5.0) == 0
    assert path.area(5.0) == 0
    assert path.taken_at(5.0)[0].size == 0


def test_segments_count_for_all_their_members() -> None:
    one = budget_path(np.array([3.0, 5]), np.array([1.0, 2]), np.array([0, 2]), np.array([7.0]))
    assert one.budget.tolist() == [0, 7, 14]
    assert one.value.tolist() == [0, 21, 35]
    columns, quantity = one.taken_at(9.0)
    assert (columns.tolist(), quantity.tolist()) == ([0, 1], [5, 2])


def test_nonsense_is_refused() -> None:
    with pytest.raises(ValueError, match="a cost is negative"):
        budget_path(np.ones(1), -np.ones(1), np.array([0, 1]))
    with pytest.raises(ValueError, match="same columns"):
        budget_path(np.ones(2), np.ones(2), np.array([0, 1]))
    with pytest.raises(ValueError, match="2 limits for 1 units"):
        budget_path(np.ones(1), np.ones(1), np.array([0, 1]), np.ones(2))
    with pytest.raises(ValueError, match="the problem has 2 rows"):
        path_of(from_blocks([Block([1.0], [[1.0, 1.0]])], [1.0, 1.0]))


@st.composite
def worlds(draw: st.DrawFn) -> AllocationProblem:
    """Units with up to five arms, equal numbers often, so that hulls have ties."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    blocks = []
    for _ in range(rng.integers(1, 9)):
        arms = int(rng.integers(0, 6))
        value = rng.integers(-3, 12, arms).astype(float)
        cost = rng.integers(0, 6, arms).astype(float)
        if rng.random() < 0.3:
            value, cost = value + rng.random(arms), cost + rng.random(arms)
        limit = float(rng.integers(0, 4))
        blocks.append(Block(value.tolist(), cost[:, None].tolist(), limit))
    return from_blocks(blocks, [0.0])


def best_by_linear_program(problem: AllocationProblem, budget: float) -> float:
    if problem.columns == 0:
        return 0.0
    cost = problem.use.toarray()[0][problem.offer]
    block = np.repeat(np.arange(problem.blocks), np.diff(problem.start))
    ones = (block[None, :] == np.arange(problem.blocks)[:, None]).astype(float)
    found = linprog(
        -problem.value,
        A_ub=np.vstack([cost, ones]),
        b_ub=np.concatenate([[budget], problem.limit]),
        method="highs",
    )
    return -float(found.fun)


@few
@given(problem=worlds(), share=st.floats(0, 1.2))
def test_every_budget_buys_what_a_linear_program_finds(problem, share) -> None:
    path = path_of(problem)
    for budget in (0.0, share * path.budget[-1], *path.budget[1:3].tolist()):
        best = best_by_linear_program(problem, budget)
        assert float(path.value_at(budget)) == pytest.approx(best, abs=1e-7)
        columns, quantity = path.taken_at(budget)
        cost = problem.use.toarray()[0][problem.offer]
        assert float(problem.value[columns] @ quantity) == pytest.approx(best, abs=1e-7)
        assert float(cost[columns] @ quantity) <= budget + 1e-7


@few
@given(problem=worlds(), share=st.floats(0, 1.2))
def test_the_slope_is_a_price_that_proves_the_optimum(problem, share) -> None:
    path = path_of(problem)
    budget = share * path.budget[-1]
    price = np.array([float(path.price_at(budget))])
    there = AllocationProblem(
        problem.value, problem.offer, problem.start, problem.limit,
        problem.divisible, problem.use, np.array([budget]), problem.part,
    )  # fmt: skip
    assert bound(there, price) == pytest.approx(float(path.value_at(budget)), abs=1e-7)


@few
@given(problem=worlds())
def test_the_path_is_concave_and_rises(problem) -> None:
    path = path_of(problem)
    assert np.all(path.price > 0)
    assert np.all(np.diff(path.price) <= 0)
    assert np.all(np.diff(path.budget) > 0)
    rises = np.diff(path.value) / np.diff(path.budget)
    assert rises == pytest.approx(path.price)


@pytest.mark.parametrize("engine", ["exact", "prices"])
def test_an_engine_agrees_with_the_path_on_price_and_value(engine, relaxed) -> None:
    rng = np.random.default_rng(4)
    blocks = [
        Block(rng.gamma(2.0, 1.0, 5).tolist(), rng.gamma(2.0, 1.0, (5, 1)).tolist())
        for _ in range(50)
    ]
    path = path_of(from_blocks(blocks, [0.0]))
    for budget in (5.0, 20.0, 40.0):
        found = solve(from_blocks(blocks, [budget]), relaxed, engine)
        assert found.certificate.value == pytest.approx(float(path.value_at(budget)), rel=1e-6)
        assert found.solution.price[0] == pytest.approx(float(path.price_at(budget)), rel=1e-6)
