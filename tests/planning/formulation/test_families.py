"""Help for parents is given once for all their children, and families have only so much at once."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recommender.inputs.catalogue import Intervention, Reach
from recommender.matching import Reason
from recommender.planning import LimitSettings, Plan
from recommender.planning.explain.explain import explain
from recommender.planning.verify.verify import verify

Help = Callable[..., Any]
Who = Callable[[Plan], dict[str, str]]
ENGINES = ("exact", "prices")


def family(name: str, **benefits: Mapping[str, float]) -> dict[str, dict[str, Any]]:
    """Children of one family: unit_id={intervention: what it is worth}."""
    return {unit: {"family_id": name, "benefits": dict(of)} for unit, of in benefits.items()}


@pytest.mark.parametrize("engine", ENGINES)
def test_parents_take_their_hours_once_for_all_their_children(
    engine: Any, world: Any, make_help: Help, who: Who
) -> None:
    course = make_help("course", {"trainer": 2}, recipient="parents", reach=Reach(0.5, 1.0))
    units = family("f1", ann={"course": 0.3}, ben={"course": 0.3})
    units |= {"cas": {"benefits": {"course": 0.5}}}
    base = world(units, [course], [("t", "trainer", 1, "s1")])
    plan = base.plan(engine)
    assert sorted(who(plan)) == ["ann", "ben"]
    assert plan.summary.benefit == pytest.approx(0.3)
    assert plan.summary.hours_used == pytest.approx(1)
    assert plan.sessions.values.tolist() == [["course", "s1", "autumn", 1, 2, "", "f1"]]
    assert plan.caseload[["case", "hours"]].values.tolist() == [["course/s1/autumn//f1", 1]]
    assert verify(plan, base.inputs, base.matching, base.limits) == ()
    aside = base.replace(set_aside=("recipient",)).plan(engine)
    assert sorted(who(aside)) == ["cas"]
    assert "family" not in aside.sessions


@pytest.mark.parametrize("engine", ENGINES)
def test_parents_who_meet_in_groups_take_one_place_for_all_their_children(
    engine: Any, world: Any, make_help: Help, who: Who
) -> None:
    evening = make_help("evening", None, {"trainer": 3}, group=(2, 2), recipient="parents")
    units = family("f1", ann={"evening": 0.2}, ben={"evening": 0.2})
    units |= family("f2", cas={"evening": 0.3}, dee={"evening": 0.1})
    units |= {"eve": {"benefits": {"evening": 0.3}}}
    base = world(units, [evening], [("t", "trainer", 3, "s1")])
    plan = base.plan(engine)
    assert sorted(who(plan)) == ["ann", "ben", "cas", "dee"]
    assert plan.sessions[["groups", "pupils", "family"]].values.tolist() == [
        [1, 2, ""],
        [1, 2, "f1"],
        [1, 2, "f2"],
    ]
    assert plan.summary.hours_used == pytest.approx(3)
    assert verify(plan, base.inputs, base.matching, base.limits) == ()


def test_a_group_of_parents_is_not_filled_by_two_children_of_one_family(
    world: Any, make_help: Help
) -> None:
    evening = make_help("evening", None, {"trainer": 3}, group=(2, 2), recipient="parents")
    units = family("f1", ann={"evening": 0.2}, ben={"evening": 0.2})
    assert world(units, [evening], [("t", "trainer", 9, "s1")]).plan().assignments.empty


def test_parents_pay_once_and_take_one_place_under_a_cap(
    world: Any, make_help: Help, who: Who
) -> None:
    course = make_help("course", {"trainer": 1}, recipient="parents", cost_per_pupil=10)
    units = family("f1", ann={"course": 0.3}, ben={"course": 0.3})
    units |= {"cas": {"benefits": {"course": 0.5}}}
    limits = LimitSettings(budget=10.0, caps=(("course", 1.0),))
    plan = world(units, [course], [("t", "trainer", 9, "s1")], limits=limits).plan()
    assert sorted(who(plan)) == ["ann", "ben"]
    assert plan.summary.cost == pytest.approx(10)
    cap = plan.resources[plan.resources["resource"] == "cap"]
    assert cap[["capacity", "used"]].values.tolist() == [[1, 1]]


def test_a_family_with_children_at_two_sites_is_helped_where_most_of_them_are(
    world: Any, make_help: Help, who: Who
) -> None:
    course = make_help("course", {"trainer": 1}, recipient="parents")
    units = family("f1", ann={"course": 0.3}, ben={"course": 0.3}, cas={"course": 0.3})
    units["ann"]["site"] = "s0"
    staff = [("t", "trainer", 1, "s1")]
    base = world(units, [course], staff)
    assert sorted(who(base.plan())) == ["ann", "ben", "cas"]
    assert base.replace(staff=[("t", "trainer", 9, "s0")]).plan().assignments.empty


def test_running_help_for_parents_takes_its_hours_once_and_is_not_given_again(
    world: Any, make_help: Help
) -> None:
    course = make_help("course", {"trainer": 2}, recipient="parents")
    units = family("f1", ann={"course": 0.3}, ben={"course": 0.3}, cas={"course": 0.3})
    base = world(
        units,
        [course],
        [("t", "trainer", 9, "s1")],
        commitments=[("ann", "course", "autumn"), ("ben", "course", "autumn")],
    )
    assert (base.candidates.reasons[:, 0] == Reason.RUNNING).all()
    assert base.plan().summary.hours_used == pytest.approx(2)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_pupil_has_no_more_at_once_than_the_rule_allows(
    engine: Any, world: Any, make_help: Help, who: Who
) -> None:
    helps = [make_help("talk", {"teacher": 1}), make_help("walk", {"teacher": 1})]
    units = {"ann": {"benefits": {"talk": 0.5, "walk": 0.4}}}
    base = world(units, helps, [("t", "teacher", 9, "s1")], bundle_size=2)
    assert who(base.plan(engine)) == {"ann": "talk+walk@autumn"}
    capped = base.replace(limits=LimitSettings(at_once_per_pupil=1))
    assert who(capped.plan(engine)) == {"ann": "talk@autumn"}
    running = capped.replace(
        helps=[*helps, make_help("long", {"teacher": 1})],
        commitments=[("ann", "long", "autumn")],
        periods=("autumn", "winter"),
    )
    plan = running.plan(engine)
    assert who(plan) == {"ann": "talk@winter"}
    assert verify(plan, running.inputs, running.matching, running.limits) == ()


@pytest.mark.parametrize("engine", ENGINES)
def test_a_family_has_no_more_at_once_than_the_rule_allows(
    engine: Any, world: Any, make_help: Help, who: Who
) -> None:
    units = family("f1", ann={"talk": 0.5}, ben={"talk": 0.4}) | {
        "cas": {"benefits": {"talk": 0.1}}
    }
    base = world(
        units,
        [make_help("talk", {"teacher": 1})],
        [("t", "teacher", 9, "s1")],
        limits=LimitSettings(at_once_per_family=1, waiting_discount=0.1),
    )
    plan = base.plan(engine)
    assert sorted(who(plan)) == ["ann", "cas"]
    assert plan.not_served["reason"].tolist() == [
        "what a family may have at once would do more good for others"
    ]
    row = plan.resources[plan.resources["resource"] == "at_once"].iloc[0]
    assert (row["family"], row["unit"], row["capacity"], row["used"]) == (
        "f1",
        "intervention",
        1,
        1,
    )
    assert 0.4 - 1e-9 <= row["price"] <= 0.5 + 1e-9
    formulation, allocation = base.solve()
    why = explain(formulation, allocation.solution, base.candidates, base.matching, "ben")
    assert "for family f1" in str(why)
    later = base.replace(periods=("autumn", "winter")).plan(engine)
    assert who(later) == {"ann": "talk@autumn", "ben": "talk@winter", "cas": "talk@autumn"}
    assert verify(plan, base.inputs, base.matching, base.limits) == ()


def test_what_parents_receive_counts_once_in_what_a_family_has_at_once(
    world: Any, make_help: Help, who: Who
) -> None:
    helps = [make_help("course", {"trainer": 1}, recipient="parents"), make_help("talk", {"t": 1})]
    units = family("f1", ann={"course": 0.3, "talk": 0.5}, ben={"course": 0.3})
    base = world(units, helps, [("p", "trainer", 9, "s1"), ("t", "t", 9, "s1")], bundle_size=2)
    limits = LimitSettings(at_once_per_family=1)
    assert who(base.replace(limits=limits).plan()) == {
        "ann": "course@autumn",
        "ben": "course@autumn",
    }
    assert base.replace(limits=LimitSettings(at_once_per_family=2)).plan().summary.benefit == (
        pytest.approx(1.1)
    )


def test_a_tampered_family_is_found_out(world: Any, make_help: Help) -> None:
    units = family("f1", ann={"course": 0.3}, ben={"course": 0.3})
    course = make_help("course", {"trainer": 2}, recipient="parents")
    base = world(units, [course], [("t", "trainer", 2, "s1")])
    plan = base.plan()
    plan.sessions.loc[:, "family"] = "f2"
    findings = verify(plan, base.inputs, base.matching, base.limits)
    assert any("no such group can run" in finding for finding in findings)
    plan = replace(plan, sessions=plan.sessions.drop(columns="family"))
    assert verify(plan, base.inputs, base.matching, base.limits) != ()


few = settings(
    max_examples=3,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
NAMES = ("course", "evening", "talk")


@st.composite
def ingredients(draw: st.DrawFn) -> dict[str, Any]:
    """A few children of two families or of none, at two sites."""
    worth = st.integers(1, 9).map(lambda tenths: tenths / 10)
    units = {
        f"p{number}": {
            "site": "s1",
            "family_id": draw(st.sampled_from(["f1", "f1", "f2", ""])),
            "benefits": draw(st.dictionaries(st.sampled_from(NAMES), worth, min_size=1)),
        }
        for number in range(draw(st.integers(2, 4)))
    }
    return {
        "units": units,
        "staff": [
            ("a", "teacher", draw(st.integers(0, 5)), "s1"),
            ("b", "coach", draw(st.integers(0, 3)), "s1"),
        ],
        "limits": LimitSettings(
            budget=draw(st.sampled_from([None, 10.0])),
            at_once_per_pupil=draw(st.sampled_from([None, 1])),
            at_once_per_family=draw(st.sampled_from([None, 1, 2])),
            waiting_discount=0.1,
        ),
        "periods": draw(st.sampled_from([("autumn",), ("autumn", "winter")])),
    }


@few
@given(parts=ingredients(), engine=st.sampled_from(ENGINES))
def test_no_choice_for_families_is_worth_more_than_the_plan(
    parts: Mapping[str, Any], engine: Any, world: Any, make_help: Help
) -> None:
    helps = [
        make_help("talk", {"teacher": 1.0}),
        make_help("course", {"teacher": 2.0}, recipient="parents", cost_per_pupil=10),
        make_help("evening", None, {"coach": 1.0}, group=(2, 2), recipient="parents"),
    ]
    base = world(helps=helps, bundle_size=2, **parts)
    plan = base.plan(engine)
    assert verify(plan, base.inputs, base.matching, base.limits) == ()
    best = max(worth_of(choice, parts) for choice in choices(parts) if possible(choice, parts))
    assert plan.summary.value == pytest.approx(best, abs=1e-6)


Choice = dict[str, tuple[tuple[str, ...], int]]


def choices(parts: Mapping[str, Any]) -> Iterator[Choice]:
    """Every way to give every child up to two kinds of help, starting together."""
    options = []
    for unit in parts["units"].values():
        names = sorted(unit["benefits"])
        bundles = [()] + [(n,) for n in names] + list(itertools.combinations(names, 2))
        options.append(
            [((), 0)] + [(b, at) for b in bundles if b for at in range(len(parts["periods"]))]
        )
    for picked in itertools.product(*options):
        yield dict(zip(parts["units"], picked, strict=True))


def worth_of(choice: Choice, parts: Mapping[str, Any]) -> float:
    return sum(
        parts["units"][unit]["benefits"][name] * 0.9**at
        for unit, (bundle, at) in choice.items()
        for name in bundle
    )


def possible(choice: Choice, parts: Mapping[str, Any]) -> bool:
    """Whether hours, money, quorums and limits allow a choice, counted out by hand."""
    limits = parts["limits"]
    parents: set[tuple[str, str, int]] = set()
    talks: list[tuple[str, int]] = []
    for unit, (bundle, at) in choice.items():
        home = parts["units"][unit]["family_id"] or unit
        talks += [(home, at) for name in bundle if name == "talk"]
        parents |= {(name, home, at) for name in bundle if name != "talk"}
        if limits.at_once_per_pupil is not None and len(bundle) > limits.at_once_per_pupil:
            return False
    courses = [each for each in parents if each[0] == "course"]
    if limits.budget is not None and 10.0 * len(courses) > limits.budget:
        return False
    hours = {row[1]: row[2] for row in parts["staff"]}
    for period in range(len(parts["periods"])):
        at_course = sum(at == period for _, _, at in courses)
        if sum(at == period for _, at in talks) + 2 * at_course > hours["teacher"]:
            return False
        evenings = sum(name == "evening" and at == period for name, _, at in parents)
        if evenings % 2 or evenings / 2 > hours["coach"]:
            return False
        for home in {unit["family_id"] for unit in parts["units"].values()} - {""}:
            mine = sum(each[1:] == (home, period) for each in parents)
            mine += sum(each == (home, period) for each in talks)
            if limits.at_once_per_family is not None and mine > limits.at_once_per_family:
                return False
    return True


@pytest.mark.slow
@settings(few, max_examples=20)
@given(parts=ingredients())
def test_setting_the_recipient_aside_is_never_worth_more(
    parts: Mapping[str, Any], world: Any, make_help: Help
) -> None:
    """Where nobody needs a quorum, sharing hours can only help."""
    parts = {**parts, "limits": LimitSettings(waiting_discount=0.1)}
    helps: list[Intervention] = [
        make_help("talk", {"teacher": 1.0}),
        make_help("course", {"teacher": 2.0}, recipient="parents"),
        make_help("evening", {"coach": 1.0}, recipient="parents"),
    ]
    base = world(helps=helps, **parts)
    aside = base.replace(set_aside=("recipient",))
    assert base.plan().summary.value >= aside.plan().summary.value - 1e-9
