"""Nobody has more cases at once than the rules allow, and the plan knows it beforehand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recommender.allocation import solve
from recommender.planning import LimitSettings, Plan, plan_of
from recommender.planning.verify.verify import verify

Help = Callable[..., Any]
Who = Callable[[Plan], dict[str, str]]


def limits(**most: int) -> LimitSettings:
    return LimitSettings(caseload=tuple(sorted(most.items())))


def at_once(plan: Plan) -> dict[tuple[str, str], int]:
    """(professional, period) -> cases."""
    return plan.caseload.groupby(["professional_id", "period"])["case"].nunique().to_dict()


@pytest.mark.parametrize("engine", ["exact", "prices"])
def test_two_workers_of_two_cases_each_help_the_four_it_helps_most(
    engine: Any, world: Any, make_help: Help, who: Who
) -> None:
    base = world(
        {f"p{n}": {"benefits": {"talk": 0.1 * n}} for n in range(1, 7)},
        [make_help("talk", {"worker": 1})],
        [("w", "worker", 90, "s1"), ("x", "worker", 90, "s1")],
        limits=limits(worker=2),
    )
    formulation = base.formulate()
    allocation = solve(formulation.problem, base.effort, engine)
    plan = plan_of(formulation, allocation, base.candidates, base.matching)
    assert sorted(who(plan)) == ["p3", "p4", "p5", "p6"]
    assert set(at_once(plan).values()) == {2}
    assert plan.summary.professionals_overloaded == 0
    row = plan.resources[plan.resources["resource"] == "caseload"]
    columns = ["role", "site", "period", "unit", "capacity", "used"]
    assert row[columns].values.tolist() == [["worker", "s1", "autumn", "case", 4, 4]]
    assert row["price"].item() >= 0.2 - 1e-6
    reasons = set(plan.not_served["reason"])
    assert reasons == {"the caseload of worker would do more good for others"}
    assert verify(plan, base.inputs, base.matching, base.limits) == ()


def test_who_serves_other_sites_only_has_no_room_for_cases_here(
    world: Any, make_help: Help, who: Who
) -> None:
    # s1 and s2 have a worker each, z serves both: 2 each, and at most 2 + 2 at one site
    units = {
        f"p{n}": {"site": "s1" if n < 5 else "s2", "benefits": {"talk": 0.5}} for n in range(10)
    }
    base = world(
        units,
        [make_help("talk", {"worker": 1})],
        [("a", "worker", 90, "s1"), ("b", "worker", 90, "s2"), ("z", "worker", 90, "s1;s2")],
        limits=limits(worker=2),
    )
    plan = base.plan()
    assert len(who(plan)) == 6
    assert set(at_once(plan).values()) == {2}
    rows = plan.resources[plan.resources["resource"] == "caseload"].set_index("site")
    assert rows["capacity"].to_dict() == {"s1": 4, "s1;s2": 6, "s2": 4}
    assert verify(plan, base.inputs, base.matching, base.limits) == ()


def test_half_a_job_is_half_the_cases(world: Any, make_help: Help) -> None:
    plan = world(
        {f"p{n}": {"benefits": {"talk": 0.5}} for n in range(9)},
        [make_help("talk", {"worker": 1})],
        [("full", "worker", 50, "s1"), ("half", "worker", 20, "s1")],
        limits=limits(worker=4),
        full_time=40.0,
    ).plan()
    assert at_once(plan) == {("full", "autumn"): 4, ("half", "autumn"): 2}


def test_running_help_has_its_desk_already_and_a_group_is_one_case(
    world: Any, make_help: Help
) -> None:
    units = {f"p{n}": {"benefits": {"talk": 0.3, "circle": 0.5}} for n in range(4)}
    units |= {f"r{n}": {"benefits": {}} for n in range(2)}
    base = world(
        units,
        [
            make_help("talk", {"worker": 1}),
            make_help("circle", None, {"worker": 6}, group=(2, 2)),
        ],
        [("w", "worker", 90, "s1")],
        limits=limits(worker=3),
        # one case alone, and a group of two that is one case together
        commitments=[
            ("p0", "talk", "autumn"),
            ("r0", "circle", "autumn"),
            ("r1", "circle", "autumn"),
        ],
    )
    plan = base.plan()
    assert plan.sessions["groups"].tolist() == [1]
    assert "talk" not in set(plan.assignments["intervention"])
    assert plan.summary.professionals_overloaded == 0
    assert verify(plan, base.inputs, base.matching, base.limits) == ()


def test_running_help_beyond_the_limit_goes_on_and_is_said(world: Any, make_help: Help) -> None:
    base = world(
        {f"p{n}": {"benefits": {"talk": 0.5}} for n in range(4)},
        [make_help("talk", {"worker": 1})],
        [("w", "worker", 90, "s1")],
        limits=limits(worker=2),
        commitments=[(f"p{n}", "talk", "autumn") for n in range(3)],
    )
    plan = base.plan()
    assert plan.assignments.empty
    assert plan.summary.professionals_overloaded == 1
    assert verify(plan, base.inputs, base.matching, base.limits) == ()


def test_a_case_that_changes_hands_halfway_still_has_a_desk_in_every_period(
    world: Any, make_help: Help
) -> None:
    # p0 goes to b in winter; in autumn p0 and p1 are at different desks
    base = world(
        {"p0": {"benefits": {"long": 0.9}}, "p1": {"benefits": {"talk": 0.5}}},
        [make_help("long", {"worker": 4}, periods=2), make_help("talk", {"worker": 1})],
        [
            ("a", "worker", 10, "s1", "autumn"),
            ("b", "worker", 10, "s1", "winter"),
            ("c", "worker", 10, "s1", "autumn"),
        ],
        periods=("autumn", "winter"),
        limits=LimitSettings(caseload=(("worker", 1),), waiting_discount=0.1),
    )
    plan = base.plan()
    assert len(plan.assignments) == 2
    assert at_once(plan) == {("a", "autumn"): 1, ("b", "winter"): 1, ("c", "autumn"): 1}
    assert (plan.summary.cases_divided, plan.summary.professionals_overloaded) == (1, 0)
    assert verify(plan, base.inputs, base.matching, base.limits) == ()


@st.composite
def offices(draw: st.DrawFn) -> Mapping[str, Any]:
    sites = ("s1", "s2", "s3")
    units = {
        f"p{n}": {
            "site": draw(st.sampled_from(sites)),
            "benefits": {"talk": draw(st.integers(1, 20)) / 20},
        }
        for n in range(draw(st.integers(1, 8)))
    }
    where = st.sampled_from(["s1", "s2", "s3", "s1;s2", "s2;s3", "*"])
    staff = [
        (f"w{n}", "worker", 50, site)
        for n, site in enumerate(draw(st.lists(where, min_size=1, max_size=3)))
    ]
    return {"units": units, "staff": staff, "limits": limits(worker=draw(st.integers(0, 3)))}


@settings(
    deadline=None,
    derandomize=True,
    max_examples=12,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(parts=offices())
def test_with_hours_enough_the_rows_allow_what_people_can_have_and_no_more(
    parts: Mapping[str, Any], world: Any, make_help: Help
) -> None:
    base = world(helps=[make_help("talk", {"worker": 1})], **parts)
    plan = base.plan()
    most = parts["limits"].caseload[0][1]
    assert all(cases <= most for cases in at_once(plan).values())
    assert plan.summary.professionals_overloaded == 0
    assert plan.summary.cases_divided == 0
    assert plan.summary.value == pytest.approx(best_by_hand(parts, most))
    assert verify(plan, base.inputs, base.matching, base.limits) == ()


def best_by_hand(parts: Mapping[str, Any], most: int) -> float:
    """The best benefit when desks are filled one by one, moving others where that makes room."""
    desks = [
        ("*" if sites == "*" else sites.split(";"))
        for _, _, _, sites in parts["staff"]
        for _ in range(most)
    ]
    holder: dict[int, str] = {}

    def seat(unit: str, tried: set[int]) -> bool:
        for number, sites in enumerate(desks):
            if number in tried or (sites != "*" and parts["units"][unit]["site"] not in sites):
                continue
            tried.add(number)
            if number not in holder or seat(holder[number], tried):
                holder[number] = unit
                return True
        return False

    worth = {unit: row["benefits"]["talk"] for unit, row in parts["units"].items()}
    return sum(
        worth[unit] for unit in sorted(worth, key=lambda u: (-worth[u], u)) if seat(unit, set())
    )
