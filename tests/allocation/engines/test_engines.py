"""The laws every engine keeps, on small worlds that can be checked by trying every choice."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recommender.allocation import (
    AllocationProblem,
    Block,
    Effort,
    Infeasible,
    bound,
    certify,
    from_blocks,
    solve,
)

ENGINES = ("exact", "prices")
engines = pytest.mark.parametrize("engine", ENGINES)
few = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

GOLDEN = [
    (3, 40, 40),
    (6, 70, 70),
    (9, 97.5, 95),
    (12, 125, 125),
    (15, 135, 135),
    (18, 135, 135),
]


def golden(budget: float) -> AllocationProblem:
    effects = [(30, 10), (40, 50), (10, 55)]
    return from_blocks([Block(effect, [[3], [6]]) for effect in effects], [budget])


@engines
@pytest.mark.parametrize(("budget", "parts", "whole"), GOLDEN)
def test_the_golden_case_has_its_known_values(
    engine, budget, parts, whole, optimum, relaxed
) -> None:
    relaxation = solve(golden(budget), relaxed, engine)
    assert relaxation.certificate.value == pytest.approx(parts)
    assert relaxation.certificate.bound == pytest.approx(parts)
    plan = solve(golden(budget), optimum, engine)
    assert plan.certificate.value == pytest.approx(whole)
    assert plan.certificate.integer
    assert plan.solution.status == "optimal"


@pytest.mark.parametrize(("budget", "parts", "whole"), GOLDEN)
def test_cbc_agrees_on_the_golden_case(budget, parts, whole, optimum, relaxed) -> None:
    relaxation = solve(golden(budget), relaxed, "exact", "cbc")
    assert relaxation.certificate.value == pytest.approx(parts)
    assert relaxation.certificate.bound == pytest.approx(parts, rel=1e-6)
    plan = solve(golden(budget), optimum, "exact", "cbc")
    assert plan.certificate.value == pytest.approx(whole)


@pytest.mark.many(1)
@engines
@few
@given(data=st.data())
def test_an_engine_finds_what_trying_every_choice_finds(
    engine, data, small_worlds, best_by_enumeration, optimum
) -> None:
    blocks, capacity = data.draw(small_worlds)
    best = best_by_enumeration(blocks, capacity)
    problem = from_blocks(blocks, capacity)
    if best is None:
        with pytest.raises(Infeasible):
            solve(problem, optimum, engine)
    else:
        found = solve(problem, optimum, engine)
        assert found.certificate.value == pytest.approx(best, abs=1e-6)
        assert found.certificate.bound >= best - 1e-6
        assert found.solution.status == "optimal"


@few
@given(data=st.data())
def test_any_prices_bound_every_choice(data, small_worlds, best_by_enumeration) -> None:
    blocks, capacity = data.draw(small_worlds)
    best = best_by_enumeration(blocks, capacity)
    price = np.array(
        data.draw(st.lists(st.floats(0, 50), min_size=len(capacity), max_size=len(capacity)))
    )
    if best is not None:
        assert bound(from_blocks(blocks, capacity), price) >= best - 1e-6


@pytest.mark.many(1)
@engines
@few
@given(data=st.data())
def test_the_relaxation_has_no_gap(
    engine, data, small_worlds, best_by_enumeration, relaxed
) -> None:
    blocks, capacity = data.draw(small_worlds)
    best = best_by_enumeration(blocks, capacity)
    if best is not None:
        found = solve(from_blocks(blocks, capacity), relaxed, engine)
        assert found.certificate.bound == pytest.approx(found.certificate.value, abs=1e-5)
        assert found.certificate.value >= best - 1e-6


def both_exact_values(problem: AllocationProblem, engine: str, *efforts: Effort) -> list[float]:
    return [solve(problem, effort, engine).certificate.value for effort in efforts]


@engines
def test_both_engines_agree_on_a_region(engine, region, relaxed) -> None:
    problem = region()
    reference = solve(problem, relaxed, "exact")
    found = solve(problem, relaxed, engine)
    assert found.certificate.value == pytest.approx(reference.certificate.value, rel=1e-6)
    whole = solve(problem, Effort(gap=0.01, seconds=30), engine)
    assert whole.certificate.integer
    assert whole.certificate.better_gap <= 0.01
    assert whole.certificate.value <= reference.certificate.value + 1e-6


@engines
def test_more_capacity_never_lowers_the_optimum(engine, region, optimum, relaxed) -> None:
    for problem in (golden(9), region(units=12, sites=1, periods=1)):
        more = replace(problem, capacity=problem.capacity + 1.5)
        before = both_exact_values(problem, engine, optimum, relaxed)
        after = both_exact_values(more, engine, optimum, relaxed)
        assert all(b <= a + 1e-6 for b, a in zip(before, after, strict=True))


@engines
def test_another_column_never_lowers_the_optimum(engine, optimum, relaxed) -> None:
    wider = from_blocks([Block((30, 10, 20), [[3], [6], [1]]), Block((40, 50), [[3], [6]])], [7.0])
    narrower = from_blocks([Block((30, 10), [[3], [6]]), Block((40, 50), [[3], [6]])], [7.0])
    before = both_exact_values(narrower, engine, optimum, relaxed)
    after = both_exact_values(wider, engine, optimum, relaxed)
    assert all(b <= a + 1e-6 for b, a in zip(before, after, strict=True))


@engines
def test_the_order_of_blocks_changes_no_value(engine, optimum, relaxed) -> None:
    blocks = [
        Block((30, 10), [[3], [6]]),
        Block((40, 50), [[3], [6]]),
        Block((10, 55), [[3], [6]]),
    ]
    for effort in (optimum, relaxed):
        values = {
            round(solve(from_blocks(order, [9.0]), effort, engine).certificate.value, 6)
            for order in itertools.permutations(blocks)
        }
        assert len(values) == 1


@engines
@pytest.mark.parametrize("factor", [1e-4, 3.0, 1e5])
def test_rescaling_a_row_changes_no_value(engine, factor, region, relaxed, optimum) -> None:
    problem = region(units=20, sites=1, periods=1)
    factors = np.ones(problem.rows)
    factors[::2] = factor
    use = sp.csc_array(sp.diags_array(factors) @ problem.use)
    rescaled = replace(problem, use=use, capacity=problem.capacity * factors)
    for effort in (relaxed, optimum):
        assert solve(rescaled, effort, engine).certificate.value == pytest.approx(
            solve(problem, effort, engine).certificate.value, rel=1e-6
        )


@engines
def test_a_segment_is_worth_as_much_as_its_members(engine, optimum) -> None:
    members = from_blocks([Block((3, 5), [[1], [2]])] * 7, [9.0])
    segment = from_blocks([Block((3, 5), [[1], [2]], limit=7)], [9.0])
    values = [solve(problem, optimum, engine).certificate.value for problem in (members, segment)]
    assert values[0] == pytest.approx(values[1])


@engines
def test_a_group_runs_only_with_enough_members(engine, optimum) -> None:
    # rows: hours, places, quorum; a session of 6 hours holds 5 and needs 3
    def world(members: int) -> AllocationProblem:
        pupil = Block([10.0], [[0, 1, -1]])
        session = Block([0.0, 0.0], [[6, -5, 3], [12, -10, 6]])
        return from_blocks([pupil] * members + [session], [12.0, 0.0, 0.0])

    values = [solve(world(n), optimum, engine).certificate.value for n in (2, 3, 5, 6, 8)]
    assert values == pytest.approx([0, 30, 50, 60, 80])


@engines
def test_a_professional_spends_hours_where_they_do_most_good(engine, optimum) -> None:
    # rows: hours at two sites; one professional with 5 hours, travel to the second costs a fifth
    pupils = [Block([6.0], [[2, 0]]), Block([6.0], [[2, 0]]), Block([9.0], [[0, 2]])]
    professional = Block([0.0, 0.0], [[-1, 0], [0, -0.8]], limit=5.0, divisible=True)
    found = solve(from_blocks([*pupils, professional], [0.0, 0.0]), optimum, engine)
    assert found.certificate.value == pytest.approx(15)


@engines
def test_a_floor_that_cannot_be_met_is_paid_as_a_shortage(engine, optimum) -> None:
    pupils = [Block([1.0], [[3.0, -1.0]]) for _ in range(4)]
    shortage = Block([-1000.0], [[0.0, -1.0]], limit=4.0, divisible=True)
    found = solve(from_blocks([*pupils, shortage], [6.0, -3.0]), optimum, engine)
    assert found.certificate.value == pytest.approx(2 - 1000)
    assert found.certificate.scale == pytest.approx(2)


@engines
@pytest.mark.parametrize("whole", [True, False])
def test_an_impossible_floor_names_its_row(engine, whole) -> None:
    problem = from_blocks([Block([1.0], [[1.0, -1.0]])], [5.0, -2.0])
    with pytest.raises(Infeasible, match="row 1") as caught:
        solve(problem, Effort(whole=whole), engine)
    assert caught.value.rows == (1,)


@engines
def test_a_floor_that_only_parts_could_meet_is_infeasible(engine) -> None:
    problem = from_blocks([Block([1.0], [[-2.0, 3.0]])], [-1.0, 2.0])
    with pytest.raises(Infeasible):
        solve(problem, Effort(), engine)


@engines
def test_nothing_to_choose_from_is_an_empty_plan(engine, optimum) -> None:
    for blocks in ([], [Block([], [])]):
        found = solve(from_blocks(blocks, [1.0]), optimum, engine)
        assert found.solution.columns.size == 0
        assert found.certificate.value == 0


@engines
def test_the_same_seed_gives_the_same_plan(engine, region) -> None:
    problem = region()
    first, second = (solve(problem, Effort(gap=0.01, seed=3), engine) for _ in range(2))
    assert np.array_equal(first.solution.columns, second.solution.columns)
    assert np.array_equal(first.solution.quantity, second.solution.quantity)
    assert np.array_equal(first.solution.price, second.solution.price)


@engines
def test_no_engine_writes_to_the_terminal(engine, region, capfd) -> None:
    for solver in ("highs", "cbc"):
        solve(region(units=20), Effort(gap=0.05), engine, solver)
    assert capfd.readouterr() == ("", "")


@engines
def test_what_was_done_is_told_and_the_certificate_can_be_made_again(engine, region) -> None:
    problem = region(units=30)
    lines: list[str] = []
    found = solve(problem, Effort(gap=0.02), engine, progress=lines.append)
    assert tuple(lines) == found.log
    assert lines[0].startswith(engine)
    again = certify(problem, found.solution)
    assert (again.value, again.bound) == (found.certificate.value, found.certificate.bound)
    assert found.certificate.value <= found.relaxation + 1e-6


def test_an_unknown_engine_or_solver_is_refused() -> None:
    with pytest.raises(ValueError, match="use auto, exact or prices"):
        solve(golden(3), engine="best")
    with pytest.raises(ValueError, match="use highs or cbc"):
        solve(golden(3), solver="glpk")


@pytest.mark.parametrize(
    "wrong", [{"gap": -0.1}, {"gap": 1.0}, {"seconds": 0}, {"workers": 0}, {"seed": -1}]
)
def test_an_effort_refuses_nonsense(wrong) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Effort(**wrong)
