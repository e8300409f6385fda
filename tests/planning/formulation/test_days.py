"""A group meets on a day on which somebody of every role it needs is there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from recommender.planning import Plan
from recommender.planning.verify.verify import verify

Help = Callable[..., Any]
Who = Callable[[Plan], dict[str, str]]


@pytest.fixture
def circle(world: Any, make_help: Help) -> Callable[..., Any]:
    """A group of two that needs two hours of a teacher and one of a coach; and a talk alone."""

    def made(staff: list[tuple[Any, ...]], days: dict[str, str], **more: Any) -> Any:
        units = {f"p{n}": {"benefits": {"circle": 0.5}} for n in range(2)}
        units["p9"] = {"benefits": {"talk": 0.1}}
        return world(
            units,
            [
                make_help("circle", None, {"teacher": 2, "coach": 1}, group=(2, 2)),
                make_help("talk", {"coach": 1}),
            ],
            staff,
            days=days,
            **more,
        )

    return made


def test_no_group_runs_where_its_professionals_share_no_day(circle: Any, who: Who) -> None:
    staff = [("c", "coach", 5, "s1"), ("t", "teacher", 5, "s1")]
    apart = circle(staff, {"c": "tue", "t": "mon"}).plan()
    assert who(apart) == {"p9": "talk@autumn"}
    base = circle(staff, {"c": "tue;wed", "t": "mon;wed"})
    plan = base.plan()
    assert who(plan) == dict.fromkeys(("p0", "p1"), "circle@autumn") | {"p9": "talk@autumn"}
    days = dict(zip(plan.caseload["case"], plan.caseload["day"], strict=True))
    assert days == {"circle/s1/autumn/": "wed", "p9": ""}
    assert verify(plan, base.inputs, base.matching, base.limits) == ()


def test_a_group_goes_to_the_professionals_who_share_a_day(circle: Any) -> None:
    # by order of ids c1 and t would have it; only c2 is there on Tuesday
    staff = [("c1", "coach", 1, "s1"), ("c2", "coach", 1, "s1"), ("t", "teacher", 2, "s1")]
    base = circle(staff, {"c1": "mon", "c2": "tue", "t": "tue"})
    plan = base.plan()
    table = plan.caseload.set_index("professional_id")
    assert table["case"].to_dict() == {
        "c1": "p9",
        "c2": "circle/s1/autumn/",
        "t": "circle/s1/autumn/",
    }
    assert table["day"].to_dict() == {"c1": "", "c2": "tue", "t": "tue"}
    assert plan.summary.sessions_apart == 0
    assert verify(plan, base.inputs, base.matching, base.limits) == ()


def test_a_day_in_one_period_is_no_day_in_the_other(circle: Any, who: Who) -> None:
    # they share Monday in autumn only, and the group runs in autumn
    staff = [
        ("a", "coach", 5, "s1", "autumn"),
        ("b", "coach", 5, "s1", "winter"),
        ("t", "teacher", 5, "s1"),
    ]
    plan = circle(staff, {"a": "mon", "b": "fri", "t": "mon"}, periods=("winter", "autumn")).plan()
    assert who(plan)["p0"] == "circle@autumn"


def test_a_session_without_a_shared_day_is_said(circle: Any) -> None:
    # the coach of Tuesday has half the hour, so part of the group falls to who is there on Monday
    staff = [
        ("c1", "coach", 0.5, "s1"),
        ("c2", "coach", 0.5, "s1"),
        ("t", "teacher", 2, "s1"),
    ]
    base = circle(staff, {"c1": "mon", "c2": "tue", "t": "tue"})
    plan = base.plan()
    days = plan.caseload.set_index("professional_id")["day"].to_dict()
    assert days == {"c1": "none", "c2": "tue", "t": "tue"}
    assert plan.summary.sessions_apart == 1
    assert verify(plan, base.inputs, base.matching, base.limits) == ()
    tampered = plan.caseload.assign(day="mon")
    found = verify(replace(plan, caseload=tampered), base.inputs, base.matching, base.limits)
    assert any("caseload.csv line 2, day" in finding for finding in found)


def test_who_has_no_days_listed_is_there_on_every_day(circle: Any, who: Who) -> None:
    staff = [("c", "coach", 5, "s1"), ("t", "teacher", 5, "s1")]
    plan = circle(staff, {"t": "thu"}).plan()
    assert who(plan)["p0"] == "circle@autumn"
    assert set(plan.caseload["day"]) == {"", "thu"}
