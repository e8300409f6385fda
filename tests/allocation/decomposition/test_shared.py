"""Tests of ``solve_in_parts`` against the whole problem solved at once."""

from __future__ import annotations

import os
import pickle
import signal
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from recommender.allocation import (
    AllocationError,
    Block,
    Effort,
    Infeasible,
    NoPlan,
    certify,
    from_blocks,
    solve,
)
from recommender.allocation.decomposition import solve_in_parts
from recommender.allocation.decomposition.parts import solve_part
from recommender.allocation.decomposition.workers import Processes

WHOLE = Effort(gap=0.001, seconds=900)
"""So much time that it is never up, even on a busy machine."""


@pytest.fixture(autouse=True)
def _always_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("recommender.allocation.decomposition.split.COLUMNS", 1)
    monkeypatch.setattr("recommender.allocation.decomposition.coordination.LARGE", 0)


class Backwards:
    """Answers at once, the last part first, as if machines came back in any order."""

    count = 3

    def __init__(self) -> None:
        self.asked = 0

    def answers(self, part, orders):
        for number in reversed(list(orders)):
            self.asked += 1
            job = pickle.loads(pickle.dumps((part(number).numbers, orders[number])))
            yield number, pickle.loads(pickle.dumps(solve_part(*job)))


@pytest.mark.many(2)
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


@pytest.mark.parametrize("seed", range(2))
def test_the_budget_of_all_is_kept_whatever_the_parts_would_rather_take(country_of, seed) -> None:
    problem = country_of(budget=0.2, seed=seed)
    found = solve_in_parts(problem, WHOLE)
    assert found.certificate.usage[-1] <= problem.capacity[-1] + 1e-6
    assert found.certificate.gap < 0.1


def same(one, other) -> None:
    """Hold two allocations to be the same to the last bit."""
    assert np.array_equal(one.solution.columns, other.solution.columns)
    assert np.array_equal(one.solution.quantity, other.solution.quantity)
    assert np.array_equal(one.solution.price, other.solution.price)
    assert np.array_equal(one.solution.links.price, other.solution.links.price)
    assert one.certificate.linked_bound == other.certificate.linked_bound
    assert one.certificate.better_bound == other.certificate.better_bound


def test_who_solves_a_part_and_when_changes_nothing(country_of) -> None:
    problem = country_of(groups=True, seed=2)
    workers = Backwards()
    elsewhere = solve_in_parts(problem, WHOLE, workers=workers)
    assert workers.asked >= 8
    same(solve_in_parts(problem, WHOLE), elsewhere)


def test_two_processes_give_the_same_plan_as_one(country_of) -> None:
    problem = country_of(regions=3, seed=2)
    two = solve_in_parts(problem, replace(WHOLE, workers=2))
    same(solve_in_parts(problem, WHOLE), two)


class Noted:
    """Answers at once and notes which parts may be searched thoroughly."""

    count = 1

    def __init__(self) -> None:
        self.quick, self.thorough = 0, 0

    def answers(self, part, orders):
        for number, order in orders.items():
            self.quick += order.effort.whole and not order.effort.thorough
            self.thorough += order.effort.whole and order.effort.thorough
            yield number, solve_part(part(number), order)


@pytest.mark.parametrize(("gap", "more"), [(0.1, False), (1e-4, True)])
def test_only_parts_that_keep_all_from_the_gap_are_searched_thoroughly(
    country_of, gap, more
) -> None:
    problem = country_of(budget=100.0, regions=6, units=20, seed=1)
    workers = Noted()
    found = solve_in_parts(problem, Effort(gap=gap, seconds=900), "prices", workers=workers)
    assert found.certificate.better_gap <= gap
    assert workers.quick >= 2
    assert bool(workers.thorough) == more
    assert workers.thorough <= workers.quick


def test_a_problem_that_does_not_fall_apart_is_solved_as_a_whole(country_of) -> None:
    problem = country_of(regions=1, units=4)
    said: list[str] = []
    found = solve_in_parts(problem, WHOLE, progress=said.append)
    assert "parts," not in found.solution.engine
    assert "the problem does not fall into parts" in said


def test_a_small_problem_is_solved_as_before(country_of, monkeypatch) -> None:
    monkeypatch.setattr("recommender.allocation.decomposition.coordination.LARGE", 10**9)
    problem = country_of()
    assert np.array_equal(
        solve_in_parts(problem, WHOLE).solution.columns, solve(problem, WHOLE).solution.columns
    )


def test_a_part_that_finds_nothing_gets_more_time(country_of, monkeypatch) -> None:
    problem = country_of(regions=2)
    asked: list[float] = []

    def slow(problem, effort, *others, **named):
        asked.append(effort.seconds)
        if effort.whole and effort.seconds < 100:
            raise NoPlan("nothing yet")
        return solve(problem, effort, *others, **named)

    monkeypatch.setattr("recommender.allocation.decomposition.parts.solve", slow)
    monkeypatch.setattr("recommender.allocation.decomposition.coordination.LEAST", 30.0)
    found = solve_in_parts(problem, Effort(gap=0.001, seconds=30))
    assert found.certificate.gap < 0.1
    assert max(asked) >= 100


def test_a_part_that_never_finds_anything_says_so(country_of, monkeypatch) -> None:
    def never(problem, effort, *others, **named):
        if effort.whole:
            raise NoPlan("nothing")
        return solve(problem, effort, *others, **named)

    monkeypatch.setattr("recommender.allocation.decomposition.parts.solve", never)
    with pytest.raises(NoPlan, match="allow more seconds"):
        solve_in_parts(country_of(regions=2), WHOLE)


def floors(floor: float, *, dear: bool = False):
    """Three sites of three units that pay one euro each; at site 1 so many must be served.

    Rows: hours of every site, floor of site 1, budget of all.
    """
    blocks = [
        Block([2.0 + n], [[*(float(site == row) for row in range(3)), -float(site == 1), 1.0]],
              part=site)
        for site in range(3) for n in range(3)
    ]  # fmt: skip
    if dear:
        blocks.append(Block([-100.0], [[0.0, 0.0, 0.0, -1.0, 0.0]], 9.0, divisible=True, part=1))
    return from_blocks(blocks, [3.0, 3.0, 3.0, -floor, 5.0])


def test_a_floor_that_cannot_be_kept_is_named_by_its_row_in_the_whole() -> None:
    with pytest.raises(Infeasible) as caught:
        solve_in_parts(floors(5.0), WHOLE)
    assert caught.value.rows == (3,)


def test_a_floor_that_no_column_can_serve_is_refused() -> None:
    blocks = [Block([1.0], [[float(site == 0), float(site == 1), 0.0]], part=site)
              for site in (0, 1)]  # fmt: skip
    with pytest.raises(Infeasible) as caught:
        solve_in_parts(from_blocks(blocks, [1.0, 1.0, -1.0]), WHOLE)
    assert caught.value.rows == (2,)


@pytest.mark.parametrize("floor", [2.0, 3.0, 5.0])
def test_floors_and_shortages_come_out_as_in_the_whole(floor) -> None:
    problem = floors(floor, dear=True)
    best = solve(problem, Effort(gap=0, seconds=900), "exact").certificate.value
    found = solve_in_parts(problem, WHOLE)
    assert "parts" in found.solution.engine
    assert best - 1.0 <= found.certificate.value + 1e-6  # at most one unit's turn is another's
    assert found.certificate.bound >= best - 1e-6


def shared_floor(wanted: float):
    """Three sites of four units; so many of all units must be served, or it costs 50 a unit.

    Serving the second and fourth unit of a site costs more than it is worth.
    Rows: hours of every site, the floor of all.
    """
    blocks = [
        Block([[3.0, -2.0, 2.5, -1.0][n] - 0.1 * site],
              [[*(float(site == row) for row in range(3)), -1.0]], part=site)
        for site in range(3) for n in range(4)
    ]  # fmt: skip
    blocks.append(Block([-50.0], [[0.0, 0.0, 0.0, -1.0]], 20.0, divisible=True))
    return from_blocks(blocks, [3.0, 3.0, 3.0, -wanted])


@pytest.mark.parametrize("wanted", [4.0, 8.0, 9.0, 11.0])
def test_a_floor_that_all_parts_share_is_met_as_far_as_it_can_be(wanted) -> None:
    problem = shared_floor(wanted)
    best = solve(problem, Effort(gap=0, seconds=900), "exact").certificate
    found = solve_in_parts(problem, WHOLE)
    assert found.certificate.bound >= best.value - 1e-6
    assert found.certificate.value >= best.value - 0.5  # no shortage that could be avoided


def test_what_is_left_of_the_budget_is_used(country_of, monkeypatch) -> None:
    problem = country_of(regions=6, units=20, budget=0.1, seed=4)
    found = solve_in_parts(problem, WHOLE)
    monkeypatch.setattr("recommender.allocation.decomposition.coordination.IDLE", 1e9)
    left = solve_in_parts(problem, WHOLE)
    assert found.certificate.value >= left.certificate.value
    assert found.certificate.bound == left.certificate.bound
    assert found.certificate.usage[-1] <= problem.capacity[-1] + 1e-6


def test_parts_that_cannot_agree_are_solved_together(country_of, monkeypatch) -> None:
    monkeypatch.setattr("recommender.allocation.decomposition.coordination.ROUNDS", 0)
    problem = country_of(budget=0.1, seed=0)
    said: list[str] = []
    found = solve_in_parts(problem, WHOLE, progress=said.append)
    assert "the parts cannot agree on what they share: all are solved together" in said
    assert found.certificate.usage[-1] <= problem.capacity[-1] + 1e-6


def answers_and_dies_once(part, order):
    """Answer, but the first time end the process as if the system had killed it."""
    mark = Path(os.environ["DIES_ONCE"])
    if not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return solve_part(part, order)


def always_dies(_part, _order):
    """End the process as if the system had killed it."""
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.skipif(os.name == "nt", reason="kills as POSIX does")
def test_a_process_that_is_killed_changes_nothing(country_of, monkeypatch, tmp_path) -> None:
    monkeypatch.syspath_prepend(Path(__file__).parents[3])  # its processes look for this module
    problem = country_of(regions=3, seed=2)
    expected = solve_in_parts(problem, WHOLE)
    monkeypatch.setenv("DIES_ONCE", str(tmp_path / "died"))
    monkeypatch.setattr(
        "recommender.allocation.decomposition.workers.solve_part", answers_and_dies_once
    )
    same(expected, solve_in_parts(problem, replace(WHOLE, workers=2)))
    assert (tmp_path / "died").exists()


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="kills as POSIX does")
def test_processes_that_always_die_end_with_a_remedy(country_of, monkeypatch) -> None:
    monkeypatch.syspath_prepend(Path(__file__).parents[3])
    monkeypatch.setattr("recommender.allocation.decomposition.workers.solve_part", always_dies)
    with Processes(1) as workers, pytest.raises(AllocationError, match="use fewer --workers"):
        solve_in_parts(country_of(regions=2), WHOLE, workers=workers)
