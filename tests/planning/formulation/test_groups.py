"""Groups of alike pupils, whole classes and whole schools, in worlds solved by hand."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recommender.planning import LimitSettings, Plan
from recommender.planning.explain.explain import explain
from recommender.planning.selection.reasons import NO_CLASS, NO_GROUP, NO_SEAT
from recommender.planning.verify.verify import verify

Help = Callable[..., Any]
Who = Callable[[Plan], dict[str, str]]
ENGINES = ("exact", "prices")
BANDS = {"same": ("grade_band",), "bands": ((3, 4), (5, 8))}


def pupils(help_name: str, **benefit: tuple[float, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """unit_id=(benefit, fields)."""
    return {
        unit: {"benefits": {help_name: worth}, **more} for unit, (worth, more) in benefit.items()
    }


@pytest.mark.parametrize("engine", ENGINES)
def test_pupils_of_one_group_are_in_one_band_of_grades(
    engine: Any, world: Any, make_help: Help, who: Who
) -> None:
    units = pupils(
        "circle",
        ann=(0.5, {"grade": 3}), ben=(0.1, {"grade": 4}), cas=(0.4, {"grade": 5}),
        dee=(0.3, {"grade": 8}), eve=(0.9, {"grade": 4, "site": "s2"}),
    )  # fmt: skip
    circle = make_help("circle", None, {"teacher": 1}, group=(2, 3), shape=BANDS)
    base = world(units, [circle], [("t", "teacher", 1, "s1")])
    plan = base.plan(engine)
    assert sorted(who(plan)) == ["cas", "dee"]
    assert plan.sessions[["groups", "pupils", "alike"]].values.tolist() == [[1, 2, "grades 5 to 8"]]
    assert plan.caseload["case"].tolist() == ["circle/s1/autumn//grades 5 to 8"]
    assert verify(plan, base.inputs, base.matching, base.limits) == ()
    assert dict(zip(plan.not_served["unit_id"], plan.not_served["reason"], strict=True))["eve"] == (
        NO_GROUP
    )
    formulation, allocation = base.solve()
    why = explain(formulation, allocation.solution, base.candidates, base.matching, "cas")
    assert "for grades 5 to 8" in str(why)
    mixed = base.replace(set_aside=("same",)).plan(engine)
    assert sorted(who(mixed)) == ["ann", "cas", "dee"]
    assert "alike" not in mixed.sessions


def test_pupils_of_one_group_speak_one_language_and_are_of_one_sex(
    world: Any, make_help: Help, who: Who
) -> None:
    units = pupils(
        "circle",
        ann=(0.5, {"language": "nl", "sex": "girl"}), ben=(0.5, {"language": "nl", "sex": "boy"}),
        cas=(0.1, {"language": "ar", "sex": "boy"}), dee=(0.1, {"language": "ar", "sex": "boy"}),
        eve=(0.5, {"language": "", "sex": "girl"}),
    )  # fmt: skip
    shape = {"same": ("language", "sex")}
    circle = make_help("circle", None, {"teacher": 1}, group=(2, 3), shape=shape)
    plan = world(units, [circle], [("t", "teacher", 9, "s1")], columns=("sex",)).plan()
    assert sorted(who(plan)) == ["cas", "dee"]
    assert plan.sessions["alike"].tolist() == ["ar, boy"]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_whole_class_takes_part_or_nobody(
    engine: Any, world: Any, make_help: Help, who: Who
) -> None:
    units = {
        "ann": {"benefits": {"lesson": 0.3, "talk": 0.4}},
        "ben": {"benefits": {"lesson": 0.1, "talk": 0.6}},
        "cas": {"benefits": {"talk": 0.1}},
        "dee": {"benefits": {"lesson": 0.2}, "grade": 6},
    }
    lesson = make_help("lesson", None, {"coach": 1}, whole_class=True, shape={"whole": True})
    helps = [lesson, make_help("talk", {"teacher": 1})]
    staff = [("c", "coach", 1, "s1"), ("t", "teacher", 9, "s1")]
    base = world(units, helps, staff, bundle_size=1)
    plan = base.plan(engine)
    # the lesson of grade 5 would take 0.4 and 0.6 from its two pupils, that of grade 6 nothing
    assert who(plan) == {
        "ann": "talk@autumn", "ben": "talk@autumn", "cas": "talk@autumn", "dee": "lesson@autumn"
    }  # fmt: skip
    both = base.replace(bundle_size=2).plan(engine)
    assert who(both)["ben"] == "lesson+talk@autumn"
    assert both.sessions[["pupils", "grade"]].values.tolist() == [[2, "5"]]
    assert verify(both, base.inputs, base.replace(bundle_size=2).matching, base.limits) == ()


def test_half_a_class_is_not_enough_for_the_whole(world: Any, make_help: Help, who: Who) -> None:
    units = pupils("lesson", ann=(0.5, {}), ben=(0.5, {}))
    lesson = make_help(
        "lesson", {"teacher": 1}, {"coach": 1}, whole_class=True, shape={"whole": True}
    )
    staff = [("c", "coach", 1, "s1"), ("t", "teacher", 1, "s1")]
    base = world(units, [lesson], staff)
    assert base.plan().assignments.empty
    assert len(who(base.replace(set_aside=("whole",)).plan())) == 1
    assert (
        len(who(base.replace(staff=[("c", "coach", 1, "s1"), ("t", "teacher", 2, "s1")]).plan()))
        == 2
    )


def test_a_class_whose_hours_do_more_elsewhere_is_told_so(world: Any, make_help: Help) -> None:
    units = pupils("lesson", ann=(0.1, {}), ben=(0.1, {})) | pupils("talk", cas=(0.9, {}))
    lesson = make_help("lesson", None, {"coach": 1}, whole_class=True, shape={"whole": True})
    base = world(units, [lesson, make_help("talk", {"coach": 1})], [("c", "coach", 1, "s1")])
    assert set(base.plan().not_served["reason"]) <= {NO_CLASS, NO_SEAT}


def test_a_whole_school_is_one_session_for_all_grades(
    world: Any, make_help: Help, who: Who
) -> None:
    units = pupils(
        "kiva", ann=(0.1, {"grade": 3}), ben=(0.1, {"grade": 8}), cas=(0.1, {"site": "s2"})
    )
    kiva = make_help("kiva", None, {"coach": 2}, whole_class="school")
    plan = world(units, [kiva], [("c", "coach", 2, "s1")]).plan()
    assert sorted(who(plan)) == ["ann", "ben"]
    assert plan.sessions[["groups", "pupils", "grade"]].values.tolist() == [[1, 2, ""]]


few = settings(
    max_examples=3,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@st.composite
def ingredients(draw: st.DrawFn) -> dict[str, Any]:
    worth = st.integers(1, 9).map(lambda tenths: tenths / 10)
    names = st.sampled_from(["circle", "lesson", "talk"])
    units = {
        f"p{number}": {
            "grade": draw(st.sampled_from([4, 5])),
            "language": draw(st.sampled_from(["nl", "ar"])),
            "benefits": draw(st.dictionaries(names, worth, min_size=1)),
        }
        for number in range(draw(st.integers(3, 5)))
    }
    return {
        "units": units,
        "staff": [
            ("t", "teacher", draw(st.integers(0, 3)), "s1"),
            ("c", "coach", draw(st.integers(0, 2)), "s1"),
        ],
    }


@few
@given(parts=ingredients(), engine=st.sampled_from(ENGINES))
def test_no_choice_of_alike_groups_and_whole_classes_is_worth_more_than_the_plan(
    parts: Mapping[str, Any], engine: Any, world: Any, make_help: Help
) -> None:
    shape = {"same": ("grade_band", "language"), "bands": ((3, 4), (5, 8))}
    helps = [
        make_help("talk", {"teacher": 1.0}),
        make_help("circle", None, {"teacher": 1.0}, group=(2, 3), shape=shape),
        make_help("lesson", None, {"coach": 1.0}, whole_class=True, shape={"whole": True}),
    ]
    base = world(helps=helps, limits=LimitSettings(), **parts)
    plan = base.plan(engine)
    assert verify(plan, base.inputs, base.matching, base.limits) == ()
    units = parts["units"]
    options = [[None, *unit["benefits"]] for unit in units.values()]
    best = max(
        sum(
            unit["benefits"][name]
            for unit, name in zip(units.values(), picked, strict=True)
            if name
        )
        for picked in itertools.product(*options)
        if possible(dict(zip(units, picked, strict=True)), parts)
    )
    assert plan.summary.value == pytest.approx(best, abs=1e-6)


def possible(choice: Mapping[str, str | None], parts: Mapping[str, Any]) -> bool:
    """Whether hours, quorums and whole classes allow a choice, counted out by hand."""
    units = parts["units"]
    hours = {row[1]: row[2] for row in parts["staff"]}
    circles: dict[Any, int] = {}
    for unit, name in choice.items():
        if name == "circle":
            key = units[unit]["grade"] > 4, units[unit]["language"]
            circles[key] = circles.get(key, 0) + 1
    groups = [-(-size // 3) for size in circles.values()]
    if any(size < 2 * count for size, count in zip(circles.values(), groups, strict=True)):
        return False
    talks = sum(name == "talk" for name in choice.values())
    lessons = 0
    for grade in (4, 5):
        may = [u for u, of in units.items() if of["grade"] == grade and "lesson" in of["benefits"]]
        does = [u for u in may if choice[u] == "lesson"]
        lessons += bool(does)
        if does and len(does) < len(may):
            return False
    return bool(talks + sum(groups) <= hours["teacher"] and lessons <= hours["coach"])
