"""For teams: who gets what of some hours, why some are left, and what a block more would do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from recommender.errors import UsageError
from recommender.planning import plan_of
from recommender.planning.explain.hours import HoursExplained, hours_explained, hours_rows

Help = Callable[..., Any]


def explained(
    base: Any, role: str = "", site: str = "", period: str = ""
) -> tuple[HoursExplained, ...]:
    formulation, allocation = base.solve()
    plan = plan_of(formulation, allocation, base.candidates, base.matching)
    rows = hours_rows(formulation, role, site, period)
    ids = base.cohort.units["unit_id"].tolist()
    return hours_explained(formulation, allocation.solution, plan, rows, ids)


def pupils(help_name: str, **benefit: float) -> dict[str, dict[str, Any]]:
    """unit_id=benefit of one intervention, all at s1."""
    return {unit: {"benefits": {help_name: worth}} for unit, worth in benefit.items()}


def test_one_more_hour_is_worth_nothing_where_a_case_takes_two_and_the_price_says_otherwise(
    world: Any, make_help: Help
) -> None:
    (hours,) = explained(
        world(
            pupils("talk", ann=0.5, ben=0.4),
            [make_help("talk", {"teacher": 2})],
            [("t", "teacher", 3, "s1")],
        )
    )
    assert hours.price == pytest.approx(0.2)
    assert hours.more is not None
    assert hours.more.hours == 2
    assert hours.more.benefit == pytest.approx(0.4)
    assert hours.more.units == ("ben",)
    assert hours.cases == (("ann", 2.0),)
    assert hours.left == "1 hours are too few for one more case (2)"
    assert "measured: 2 more hours bring 0.4000, for ben" in str(hours)


def test_a_group_is_a_block_of_its_own(world: Any, make_help: Help) -> None:
    (hours,) = explained(
        world(
            pupils("circle", **{f"p{n}": 0.2 for n in range(6)}),
            [make_help("circle", None, {"teacher": 4}, group=(3, 3))],
            [("t", "teacher", 4, "s1")],
        )
    )
    assert hours.more is not None
    assert (hours.more.hours, hours.more.benefit) == (4, pytest.approx(0.6))
    assert len(hours.more.units) == 3


def test_what_brings_nothing_is_said_to_bring_nothing(world: Any, make_help: Help) -> None:
    (hours,) = explained(
        world(
            pupils("talk", ann=0.5),
            [make_help("talk", {"teacher": 2})],
            [("t", "teacher", 9, "s1")],
        )
    )
    assert hours.more is not None
    assert hours.more.benefit == 0
    assert hours.left == "nobody here who waits for help suits what takes these hours"
    assert "would bring nothing" in str(hours)


def test_hours_are_left_over_where_other_hours_lack(world: Any, make_help: Help) -> None:
    found = explained(
        world(
            pupils("talk", ann=0.5, ben=0.4),
            [make_help("talk", {"teacher": 1, "coach": 1})],
            [("t", "teacher", 5, "s1"), ("c", "coach", 1, "s1")],
        ),
        "teacher",
    )
    assert [hours.left for hours in found] == [
        "who could use them here also needs hours of coach, which would do more good for others"
    ]


def test_hours_are_chosen_by_role_site_and_period(world: Any, make_help: Help) -> None:
    base = world(
        {
            "ann": {"benefits": {"talk": 0.5}},
            "ben": {"benefits": {"talk": 0.4}, "site": "s2"},
        },
        [make_help("talk", {"teacher": 1})],
        [("t", "teacher", 2, "*")],
        periods=("autumn", "winter"),
    )
    assert [(hours.site, hours.period) for hours in explained(base, "teacher")] == [
        ("s1", "autumn"),
        ("s1", "winter"),
        ("s2", "autumn"),
        ("s2", "winter"),
    ]
    assert [hours.site for hours in explained(base, "", "s2", "autumn")] == ["s2"]
    with pytest.raises(UsageError, match="no site 's9'"):
        explained(base, "", "s9")


def test_pupils_who_are_too_few_for_a_group_are_not_called_nobody(
    world: Any, make_help: Help
) -> None:
    base = world(
        {
            **pupils("circle", ann=0.5, ben=0.4),
            "cas": {"benefits": {"circle": 0.5}, "site": "s2"},
            **{f"d{n}": {"benefits": {"circle": 0.3}, "site": "s2"} for n in range(2)},
        },
        [make_help("circle", None, {"teacher": 2}, group=(3, 4))],
        [("t", "teacher", 5, "s1"), ("u", "teacher", 5, "s2")],
    )
    formulation, allocation = base.solve()
    plan = plan_of(formulation, allocation, base.candidates, base.matching)
    rows = hours_rows(formulation, "teacher", "", "")
    ids = base.cohort.units["unit_id"].tolist()
    solution, candidates = allocation.solution, base.candidates
    found = hours_explained(formulation, solution, plan, rows, ids, None, candidates)
    said = {hours.site: hours.left for hours in found}
    assert said["s2"] == "nobody here who waits for help suits what takes these hours"
    assert "nobody" not in said.get("s1", "")
