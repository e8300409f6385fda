"""Whole cases go to whole persons: the same one goes on, for a family, in its language."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recommender.planning import LimitSettings, Plan
from recommender.planning.formulation.rules.caseload import cases_at_once
from recommender.planning.staffing import assign
from recommender.planning.verify.verify import verify

Help = Callable[..., Any]


def pupils(*hours: float, **same: Any) -> dict[str, dict[str, Any]]:
    """p0, p1, …: each with a help of its own that takes so many hours."""
    return {f"p{n}": {"benefits": {f"h{n}": 0.5}, **same} for n in range(len(hours))}


def helps(make_help: Help, *hours: float, **more: Any) -> list[Any]:
    return [make_help(f"h{n}", {"coach": amount}, **more) for n, amount in enumerate(hours)]


def who(plan: Plan) -> dict[str, list[str]]:
    """Case -> who does it, of plans with one help a case."""
    return plan.caseload.groupby("case")["professional_id"].agg(sorted).to_dict()


def flags(plan: Plan, column: str) -> dict[str, str]:
    return dict(zip(plan.caseload["case"], plan.caseload[column], strict=True))


def test_cases_that_largest_first_would_divide_are_all_whole(world: Any, make_help: Help) -> None:
    # largest first gives t 4+4 and u 3+3+3, and divides the last; 4+3+3 each leaves none
    hours = (4, 4, 3, 3, 3, 3)
    plan = world(
        pupils(*hours),
        helps(make_help, *hours),
        [("t", "coach", 10, "s1"), ("u", "coach", 10, "s1")],
    ).plan()
    assert all(len(people) == 1 for people in who(plan).values())
    assert plan.caseload["split"].tolist() == [""] * 6
    assert (plan.summary.cases, plan.summary.cases_divided) == (6, 0)


def test_a_case_is_divided_only_where_nobody_can_take_it_whole_and_says_so(
    world: Any, make_help: Help
) -> None:
    plan = world(
        pupils(4, 4, 4),
        helps(make_help, 4, 4, 4),
        [("t", "coach", 6, "s1"), ("u", "coach", 6, "s1")],
    ).plan()
    split = plan.caseload[plan.caseload["split"] == "yes"]
    assert split["case"].nunique() == 1
    assert split["hours"].tolist() == pytest.approx([2, 2])
    assert plan.summary.cases_divided == 1


def test_a_pupil_goes_to_who_speaks_its_language(world: Any, make_help: Help) -> None:
    units = pupils(2, 2)
    units["p0"]["language"], units["p1"]["language"] = "nl", "AR"
    base = world(
        units,
        helps(make_help, 2, 2),
        [("t", "coach", 2, "s1"), ("u", "coach", 2, "s1")],
        speaks={"t": "ar; nl", "u": "nl"},
    )
    plan = base.plan()
    assert who(plan) == {"p0": ["u"], "p1": ["t"]}
    assert flags(plan, "match") == {"p0": "language", "p1": "language"}
    assert plan.summary.cases_unmatched == 0
    # whole comes before language: the speaker has an hour for the other pupil only
    short = base.replace(
        staff=[("t", "coach", 1, "s1"), ("u", "coach", 2, "s1")],
        helps=helps(make_help, 1, 2),
    ).plan()
    assert who(short) == {"p0": ["t"], "p1": ["u"]}
    assert flags(short, "match") == {"p0": "language", "p1": "none"}
    assert short.summary.cases_unmatched == 1
    nobody_says = base.replace(speaks={}).plan()
    assert set(nobody_says.caseload["match"]) == {""}


def test_children_of_a_family_have_the_same_person(world: Any, make_help: Help) -> None:
    units = pupils(1, 1, 1, 1)
    for name, family in zip(units, ("f1", "f2", "f1", "f2"), strict=True):
        units[name]["family_id"] = family
    units["p0"]["language"] = "nl"
    plan = world(
        units,
        helps(make_help, 1, 1, 1, 1),
        [("t", "coach", 2, "s1"), ("u", "coach", 2, "s1")],
        speaks={"u": "nl"},
    ).plan()
    assert who(plan) == {"p0": ["u"], "p1": ["t"], "p2": ["u"], "p3": ["t"]}
    assert flags(plan, "coordinator") == {"p0": "u", "p1": "t", "p2": "u", "p3": "t"}


def test_who_gives_running_help_goes_on_with_it(world: Any, make_help: Help) -> None:
    units = {**pupils(2, 2), "p9": {"benefits": {}}}
    base = world(
        units,
        helps(make_help, 2, 2),
        [("t", "coach", 4, "s1"), ("u", "coach", 2, "s1")],
        commitments=[("p9", "h0", "autumn", "u")],
    )
    plan = base.plan()
    assert who(plan) == {"p0": ["t"], "p1": ["t"], "p9": ["u"]}
    assert plan.summary.cases_handed_over == 0
    # who gave it has no hours for it: somebody else does, and that is said
    other = base.replace(staff=[("t", "coach", 5, "s1"), ("u", "coach", 1, "s1")]).plan()
    assert who(other)["p9"] == ["t"]
    assert other.summary.cases_handed_over == 1
    gone = base.replace(commitments=[("p9", "h0", "autumn", "v")]).plan()
    assert gone.summary.cases_handed_over == 0


def test_new_help_goes_to_who_helps_the_pupil_already(world: Any, make_help: Help) -> None:
    plan = world(
        pupils(2, 2),
        [*helps(make_help, 2, 2), make_help("old", {"coach": 1})],
        [("t", "coach", 3, "s1"), ("u", "coach", 3, "s1")],
        commitments=[("p0", "old", "autumn", "u")],
    ).plan()
    assert plan.caseload.set_index(["case", "intervention"])["professional_id"]["p0", "h0"] == "u"


def test_help_of_two_periods_stays_with_one_person(world: Any, make_help: Help) -> None:
    # each period alone could be done by anybody; only t has hours for the whole of p0 and p1
    plan = world(
        pupils(4, 4),
        helps(make_help, 4, 4, periods=2),
        [
            ("t", "coach", 4, "s1"),
            ("u", "coach", 2, "s1", "autumn"),
            ("v", "coach", 2, "s1", "winter"),
        ],
        periods=("autumn", "winter"),
    ).plan()
    assert set(map(tuple, who(plan).values())) == {("t", "t")}


def test_who_changes_halfway_is_a_divided_case(world: Any, make_help: Help) -> None:
    plan = world(
        pupils(4),
        helps(make_help, 4, periods=2),
        [("u", "coach", 2, "s1", "autumn"), ("v", "coach", 2, "s1", "winter")],
        periods=("autumn", "winter"),
    ).plan()
    assert who(plan) == {"p0": ["u", "v"]}
    assert plan.summary.cases_divided == 1


def test_two_groups_with_two_people_are_not_divided(world: Any, make_help: Help) -> None:
    units = {f"p{n}": {"benefits": {"circle": 0.5}} for n in range(4)}
    units["q"] = {"benefits": {"talk": 0.5}, "count": 3}
    plan = world(
        units,
        [make_help("circle", None, {"teacher": 2}, group=(2, 2)), make_help("talk", {"coach": 1})],
        [
            ("a", "teacher", 2, "s1"),
            ("b", "teacher", 2.5, "s1"),
            ("c", "coach", 2, "s1"),
            ("d", "coach", 1.5, "s1"),
        ],
    ).plan()
    hours = plan.caseload.set_index("professional_id")["hours"].to_dict()
    assert hours == {"a": 2, "b": 2, "c": 2, "d": 1}
    assert set(plan.caseload["split"]) == {""}
    assert set(plan.caseload["coordinator"]) == {"", "c"}


def test_a_family_has_one_coordinator_of_the_role_the_rules_name_first(
    world: Any, make_help: Help
) -> None:
    units = {
        "p0": {"benefits": {"tutor": 0.5}, "family_id": "f"},
        "p1": {"benefits": {"social": 0.5}, "family_id": "f"},
        "p2": {"benefits": {"tutor": 0.5}},
    }
    base = world(
        units,
        [make_help("tutor", {"volunteer": 5}), make_help("social", {"worker": 1})],
        [("v", "volunteer", 20, "s1"), ("w", "worker", 20, "s1")],
    )
    assert flags(base.plan(), "coordinator") == {"p0": "v", "p1": "v", "p2": "v"}
    limits = LimitSettings(coordinators=("worker",))
    named = base.replace(limits=limits)
    assert flags(named.plan(), "coordinator") == {"p0": "w", "p1": "w", "p2": "v"}


def test_hours_nobody_has_stand_with_running_help_alone(world: Any, make_help: Help) -> None:
    base = world(
        {**pupils(1), "p9": {"benefits": {}}},
        helps(make_help, 1, periods=1),
        [("t", "coach", 0.5, "s1")],
        commitments=[("p9", "h0", "autumn")],
    )
    plan = base.plan()
    assert plan.caseload[["professional_id", "case", "hours"]].values.tolist() == [
        ["", "p9", pytest.approx(0.5)],
        ["t", "p9", pytest.approx(0.5)],
    ]
    assert verify(plan, base.inputs, base.matching, base.limits) == ()


@pytest.mark.parametrize("name", ["MOST_COLUMNS", "MOST_PAIRS", "MOST_UNITS"])
def test_what_is_too_large_is_laid_in_turn_and_adds_up_all_the_same(
    name: str, world: Any, make_help: Help, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assign, name, 0)
    hours = (4, 4, 3, 3, 3, 3)
    base = world(
        pupils(*hours),
        helps(make_help, *hours),
        [("t", "coach", 10, "s1"), ("u", "coach", 10, "s1")],
    )
    plan = base.plan()
    assert plan.summary.cases_divided == 1
    assert plan.caseload["hours"].sum() == pytest.approx(20)
    assert verify(plan, base.inputs, base.matching, base.limits) == ()


@settings(
    deadline=None,
    derandomize=True,
    max_examples=10,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.lists(st.integers(1, 5), min_size=1, max_size=5),
    st.lists(st.integers(1, 6), min_size=1, max_size=3),
)
def test_as_many_cases_are_whole_as_trying_everything_finds(
    world: Any, make_help: Help, asked: list[int], there: list[int]
) -> None:
    base = world(
        pupils(*asked),
        helps(make_help, *asked),
        [(f"w{n}", "coach", hours, "s1") for n, hours in enumerate(there)],
    )
    plan = base.plan()
    need = plan.caseload.groupby("case")["hours"].sum().tolist()
    best = 0
    for choice in itertools.product(range(-1, len(there)), repeat=len(need)):
        given_hours = [
            sum(hours for hours, person in zip(need, choice, strict=True) if person == n)
            for n in range(len(there))
        ]
        if all(hours <= most for hours, most in zip(given_hours, there, strict=True)):
            best = max(best, sum(person >= 0 for person in choice))
    assert plan.summary.cases - plan.summary.cases_divided == best
    given_by = plan.caseload.groupby("professional_id")["hours"].sum()
    assert all(given_by.get(f"w{n}", 0) <= hours + 1e-6 for n, hours in enumerate(there))
    assert verify(plan, base.inputs, base.matching, base.limits) == ()


def test_a_case_given_to_who_has_no_hours_left_or_speaks_otherwise_does_not_pass(
    world: Any, make_help: Help
) -> None:
    units = pupils(2, 2)
    units["p1"]["language"] = "ar"
    base = world(
        units,
        helps(make_help, 2, 2),
        [("t", "coach", 2.5, "s1"), ("u", "coach", 2.5, "s1")],
        speaks={"t": "nl", "u": "ar"},
    )
    plan = base.plan()
    parts = (base.inputs, base.matching, base.limits)
    assert verify(plan, *parts) == ()
    both = plan.caseload.assign(professional_id="t")
    assert any("has 2.5" in finding for finding in verify(replace(plan, caseload=both), *parts))
    swapped = plan.caseload.assign(case=["p1", "p0"], intervention=["h1", "h0"])
    found = verify(replace(plan, caseload=swapped), *parts)
    assert any("match" in finding for finding in found)
    assert any("cases_unmatched" in finding for finding in found)
    other = plan.caseload.assign(hours=[1.75, 2.25])
    found = verify(replace(plan, caseload=other), *parts)
    assert any(f.startswith("caseload.csv line 2, hours: do not add up") for f in found)


def test_most_cases_shrink_with_the_hours_down_to_one() -> None:
    hours = np.array([0.0, 10.0, 100.0, 200.0, 300.0])
    assert cases_at_once(12, 200.0, hours).tolist() == [0, 1, 6, 12, 12]
    assert cases_at_once(12, None, hours).tolist() == [12] * 5
    assert cases_at_once(0, 200.0, hours).tolist() == [0] * 5


def test_what_one_person_alone_may_do_needs_no_solver(
    world: Any, make_help: Help, monkeypatch: pytest.MonkeyPatch
) -> None:
    hours = (4, 3, 2, 5)
    alone = world(pupils(*hours), helps(make_help, *hours), [("t", "coach", 11, "s1")])
    full = alone.plan().caseload
    monkeypatch.setattr(assign, "decided", lambda cases, *_: np.full(cases.row.size, -1))
    assert alone.plan().caseload.equals(full)
    monkeypatch.undo()
    monkeypatch.setattr(assign, "best_staffing", _refuse)
    assert alone.plan().caseload.equals(full)
    with pytest.raises(AssertionError, match="chosen"):
        alone.replace(staff=[("t", "coach", 6, "s1"), ("u", "coach", 5, "s1")]).plan()
    with pytest.raises(AssertionError, match="chosen"):  # cases above a limit are a choice
        alone.replace(limits=LimitSettings(caseload=(("coach", 2),))).plan()


def _refuse(_part: Any) -> Any:
    raise AssertionError("there is something to be chosen")
