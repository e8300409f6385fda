"""What comes first comes first: sequences, steps up and repetitions, in worlds solved by hand."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recommender.inputs.catalogue import After
from recommender.matching import Reason
from recommender.planning import LimitSettings, Plan
from recommender.planning.explain.explain import explain
from recommender.planning.selection.reasons import NOT_NOW
from recommender.planning.verify.verify import verify

Help = Callable[..., Any]
Who = Callable[[Plan], dict[str, str]]
ENGINES = ("exact", "prices")
YEAR = ("autumn", "winter", "spring")


def begins(plan: Plan) -> dict[str, str]:
    """Intervention -> the period in which it starts, of a plan for one unit."""
    table = plan.assignments
    column = "starts" if "starts" in table else "period"
    return dict(zip(table["intervention"], table[column], strict=True))


@pytest.mark.parametrize("engine", ENGINES)
def test_a_screening_comes_before_the_programme_in_an_earlier_period(
    engine: Any, world: Any, make_help: Help, who: Who
) -> None:
    helps = [
        make_help("screen", {"coach": 1}),
        make_help("sprint", {"coach": 4}, periods=2, after=(After("screen"),)),
    ]
    units = {"ann": {"benefits": {"screen": 0.1, "sprint": 0.5}}}
    base = world(
        units, helps, [("c", "coach", 2, "s1")], periods=YEAR, bundle_size=2,
        limits=LimitSettings(waiting_discount=0.1),
    )  # fmt: skip
    plan = base.plan(engine)
    assert who(plan) == {"ann": "screen+sprint@autumn"}
    assert begins(plan) == {"screen": "autumn", "sprint": "winter"}
    assert plan.assignments["benefit"].tolist() == pytest.approx([0.1, 0.45])
    assert plan.summary.benefit == plan.summary.value == pytest.approx(0.55)
    assert plan.caseload[["intervention", "period", "hours"]].values.tolist() == [
        ["screen", "autumn", 1],
        ["sprint", "winter", 2],
        ["sprint", "spring", 2],
    ]
    assert verify(plan, base.inputs, base.matching, base.limits) == ()
    aside = base.replace(set_aside=("after",), staff=[("c", "coach", 3, "s1")]).plan(engine)
    assert begins(aside) == {"screen": "autumn", "sprint": "autumn"}
    assert "starts" not in aside.assignments


def test_who_completed_what_comes_first_may_start_at_once(
    world: Any, make_help: Help, who: Who
) -> None:
    helps = [
        make_help("screen", {"coach": 1}),
        make_help("sprint", {"coach": 1}, after=(After("screen"),)),
    ]
    units = {"ann": {"benefits": {"screen": 0.1, "sprint": 0.5}, "completed": "screen"}}
    limits = LimitSettings(waiting_discount=0.1)
    base = world(units, helps, [("c", "coach", 9, "s1")], periods=YEAR, limits=limits)
    assert who(base.plan()) == {"ann": "sprint@autumn"}


def test_what_comes_after_running_help_starts_when_that_has_ended(
    world: Any, make_help: Help, who: Who
) -> None:
    light = make_help("light", {"coach": 1}, excludes=("strong",))
    strong = make_help("strong", {"coach": 1}, after=(After("light", 1),))
    units = {"ann": {"benefits": {"strong": 0.5}}}
    base = world(
        units, [light, strong], [("c", "coach", 9, "s1")], periods=YEAR,
        commitments=[("ann", "light", "autumn")],
        limits=LimitSettings(waiting_discount=0.1),
    )  # fmt: skip
    plan = base.plan()
    assert who(plan) == {"ann": "strong@spring"}
    assert verify(plan, base.inputs, base.matching, base.limits) == ()
    short = base.replace(periods=("autumn", "winter"))
    assert short.plan().not_served["reason"].tolist() == [NOT_NOW]
    formulation, allocation = short.solve()
    why = explain(formulation, allocation.solution, short.candidates, short.matching, "ann")
    assert NOT_NOW in str(why)


def test_help_that_excludes_the_lighter_one_may_follow_it(world: Any, make_help: Help) -> None:
    helps = [
        make_help("light", {"coach": 1}),
        make_help("strong", {"coach": 1}, after=(After("light"),), excludes=("light",)),
    ]
    units = {"ann": {"benefits": {"light": 0.3, "strong": 0.5}}}
    base = world(
        units, helps, [("c", "coach", 9, "s1")], periods=("autumn", "winter"), bundle_size=2
    )
    assert begins(base.plan()) == {"light": "autumn", "strong": "winter"}
    assert begins(base.replace(periods=("autumn",)).plan()) == {"light": "autumn"}


def test_steps_follow_each_other_as_long_as_they_are_in_a_bundle(
    world: Any, make_help: Help
) -> None:
    helps = [
        make_help("a", {"coach": 1}, after=(After("b"),)),
        make_help("b", {"coach": 1}, periods=1, after=(After("c"),)),
        make_help("c", {"coach": 1}),
    ]
    units = {"ann": {"benefits": {"a": 0.3, "b": 0.3, "c": 0.3}}}
    base = world(units, helps, [("t", "coach", 1, "s1")], periods=YEAR, bundle_size=3)
    plan = base.plan()
    assert begins(plan) == {"c": "autumn", "b": "winter", "a": "spring"}
    assert verify(plan, base.inputs, base.matching, base.limits) == ()


@pytest.mark.many(2)
@pytest.mark.parametrize(
    ("day", "days", "start"),
    [
        ("talk@2026-01-01", 100, "autumn"),
        ("talk@2026-08-01", 90, "winter"),
        ("talk@2026-08-01;talk@2025-01-01", 90, "winter"),
        ("talk@2026-08-01", 400, None),
        ("", 100, None),
        ("talk@2026-01-01", None, None),
    ],
)
def test_completed_help_is_repeated_when_enough_days_have_gone_by(
    day: str, days: int | None, start: str | None, world: Any, make_help: Help, who: Who
) -> None:
    """The periods begin on 1 September and 31 October."""
    talk = make_help("talk", {"teacher": 1}, repeat_after=days)
    units = {"ann": {"benefits": {"talk": 0.5}, "completed": "talk", "completed_on": day}}
    base = world(
        units, [talk], [("t", "teacher", 9, "s1")], periods=("autumn", "winter"),
        columns=("completed_on",), limits=LimitSettings(waiting_discount=0.1),
    )  # fmt: skip
    plan = base.plan()
    assert who(plan) == ({} if start is None else {"ann": f"talk@{start}"})
    if start is None:
        assert base.candidates.reasons[0, 0] == Reason.COMPLETED
    assert verify(plan, base.inputs, base.matching, base.limits) == ()
    assert who(base.replace(set_aside=("repeat_after",)).plan()) == {}


few = settings(
    max_examples=3,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@st.composite
def ingredients(draw: st.DrawFn) -> dict[str, Any]:
    worth = st.integers(1, 9).map(lambda tenths: tenths / 10)
    names = st.sampled_from(["light", "strong", "talk"])
    units = {
        f"p{number}": {
            "benefits": draw(st.dictionaries(names, worth, min_size=1)),
            "completed": draw(st.sampled_from(["", "", "light"])),
        }
        for number in range(2)
    }
    return {
        "units": units,
        "staff": [("t", "teacher", draw(st.integers(0, 2)), "s1")],
        "gap": draw(st.integers(0, 1)),
        "most": draw(st.sampled_from([None, 1])),
    }


@few
@given(parts=ingredients(), engine=st.sampled_from(ENGINES))
def test_no_order_of_steps_is_worth_more_than_the_plan(
    parts: Mapping[str, Any], engine: Any, world: Any, make_help: Help
) -> None:
    helps = [
        make_help("talk", {"teacher": 1.0}),
        make_help("light", {"teacher": 1.0}),
        make_help(
            "strong", {"teacher": 1.0}, after=(After("light", parts["gap"]),), excludes=("light",)
        ),
    ]
    base = world(
        parts["units"], helps, parts["staff"], periods=YEAR, bundle_size=2,
        limits=LimitSettings(waiting_discount=0.1, at_once_per_pupil=parts["most"]),
    )  # fmt: skip
    plan = base.plan(engine)
    assert verify(plan, base.inputs, base.matching, base.limits) == ()
    options = [list(courses(unit, parts)) for unit in parts["units"].values()]
    best = 0.0
    for picked in itertools.product(*options):
        busy = [sum(at == period for course in picked for _, at in course) for period in range(3)]
        if max(busy) <= parts["staff"][0][2]:
            best = max(
                best,
                sum(
                    unit["benefits"][name] * 0.9**at
                    for unit, course in zip(parts["units"].values(), picked, strict=True)
                    for name, at in course
                ),
            )
    assert plan.summary.value == pytest.approx(best, abs=1e-6)


def courses(unit: Mapping[str, Any], parts: Mapping[str, Any]) -> list[tuple[tuple[str, int], ...]]:
    """Every way to give one child up to two kinds of help: (name, period) each.

    Two kinds start together, but for the strong one, which starts as soon after the light one as
    it may.
    """
    done = {unit["completed"]} - {""}
    names = [name for name in unit["benefits"] if name not in done]
    found: list[tuple[tuple[str, int], ...]] = [()]
    for period in range(3):
        for name in names:
            if name != "strong" or done:
                found.append(((name, period),))
        for one, two in itertools.combinations(sorted(names), 2):
            if (one, two) == ("light", "strong"):
                later = period + 1 + parts["gap"]
                if later < 3:
                    found.append(((one, period), (two, later)))
            elif parts["most"] is None and ("strong" not in (one, two) or done):
                found.append(((one, period), (two, period)))
    return found
