"""What a must-serve rule lacks is said in hours, and proved by solving again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from recommender.planning import LimitSettings
from recommender.planning.explain.repair import ALL, Extra, Repair, repairs, repairs_table

Help = Callable[..., Any]


def repaired(base: Any) -> tuple[Repair, ...]:
    formulation, allocation = base.solve()
    return repairs(formulation, allocation.solution)


def test_the_hours_that_lack_are_named_and_proved(
    world: Any, make_help: Help, must: Callable[..., Any]
) -> None:
    units = {
        name: {"benefits": {"talk": 0.3}, "must_serve": "law"} for name in ("ann", "ben", "cas")
    }
    base = world(
        units,
        [make_help("talk", {"teacher": 2})],
        [("t", "teacher", 3, "s1")],
        limits=LimitSettings(must_serve=(must("law", "talk"),)),
    )
    (repair,) = repaired(base)
    assert repair == Repair("law", "s1", 2.0, (Extra("teacher", "s1", "autumn", 3.0),), proved=True)
    assert str(repair) == (
        "law at s1 lacks help for 2 pupils; 3 hours of teacher in autumn more would do "
        "(solved again)"
    )


def test_the_cheaper_of_two_ways_is_named(
    world: Any, make_help: Help, must: Callable[..., Any]
) -> None:
    units = {"ann": {"benefits": {"talk": 0.3, "coaching": 0.1}, "must_serve": "law"}}
    base = world(
        units,
        [make_help("talk", {"teacher": 5}), make_help("coaching", {"coach": 2})],
        [("t", "teacher", 1, "s1")],
        limits=LimitSettings(must_serve=(must("law"),)),
    )
    (repair,) = repaired(base)
    assert repair.hours == (Extra("coach", "s1", "autumn", 2.0),)
    assert repair.proved


def test_who_may_not_be_offered_anything_that_counts_is_said_to_need_more_than_hours(
    world: Any, make_help: Help, must: Callable[..., Any]
) -> None:
    units = {
        "ann": {"benefits": {"talk": 0.3}, "must_serve": "law"},
        "ben": {"benefits": {"talk": 0.3}},
    }
    base = world(
        units,
        [make_help("talk", {"teacher": 1}), make_help("coaching", {"teacher": 1})],
        [("t", "teacher", 9, "s1")],
        limits=LimitSettings(must_serve=(must("law", "coaching"),)),
    )
    (repair,) = repaired(base)
    assert (repair.pupils, repair.unsuited, repair.hours) == (1.0, 1.0, ())
    assert "widen what counts for the rule" in str(repair)


def test_more_groups_than_one_may_be_what_lacks(
    world: Any, make_help: Help, must: Callable[..., Any]
) -> None:
    units = {
        f"p{number}": {"benefits": {"circle": 0.3}, "must_serve": "law"} for number in range(9)
    }
    base = world(
        units,
        [make_help("circle", None, {"teacher": 4}, group=(3, 3))],
        [("t", "teacher", 1, "s1")],
        limits=LimitSettings(must_serve=(must("law"),)),
    )
    (repair,) = repaired(base)
    assert (repair.pupils, repair.hours) == (9.0, (Extra("teacher", "s1", "autumn", 11.0),))
    assert repair.proved


def test_money_may_lack_too(world: Any, make_help: Help, must: Callable[..., Any]) -> None:
    units = {"ann": {"benefits": {"talk": 0.3}, "must_serve": "law"}}
    base = world(
        units,
        [make_help("talk", {"teacher": 1}, cost_per_pupil=50.0)],
        [("t", "teacher", 9, "s1")],
        limits=LimitSettings(must_serve=(must("law"),), budget=20.0),
    )
    (repair,) = repaired(base)
    assert (repair.hours, repair.euros, repair.proved) == ((), 30.0, True)


def test_nothing_lacks_where_rules_are_met(world: Any, make_help: Help) -> None:
    base = world(
        {"ann": {"benefits": {"talk": 0.3}}},
        [make_help("talk", {"teacher": 1})],
        [("t", "teacher", 1, "s1")],
    )
    assert repaired(base) == ()


def test_what_two_sites_lack_together_is_more_than_what_each_lacks(
    world: Any, make_help: Help, must: Callable[..., Any]
) -> None:
    # one hour of a shared teacher is left, and either site alone would have it
    units = {
        "ann": {"benefits": {"talk": 0.3}, "must_serve": "law", "site": "s1"},
        "ben": {"benefits": {"talk": 0.3}, "must_serve": "law", "site": "s2"},
    }
    base = world(
        units,
        [make_help("talk", {"teacher": 3})],
        [("t", "teacher", 1, "s1;s2")],
        limits=LimitSettings(must_serve=(must("law", "talk"),)),
    )
    one, other, both = repaired(base)
    assert one.hours == (Extra("teacher", "s1", "autumn", 2.0),)
    assert other.hours == (Extra("teacher", "s2", "autumn", 2.0),)
    assert (both.rule, both.site, both.pupils, both.proved) == (ALL, ALL, 2.0, True)
    assert sum(extra.hours for extra in both.hours) == 5.0
    assert {extra.site for extra in both.hours} == {"s1", "s2"}
    assert "all of these together lack help for 2 pupils; " in str(both)
    table = repairs_table((one, other, both))
    assert table["hours"].sum() == 9.0
    assert table["rule"].tolist() == ["law", "law", ALL, ALL]


def test_hours_may_lack_where_the_parents_receive_their_help(
    world: Any, make_help: Help, must: Callable[..., Any]
) -> None:
    # two children at s1, the one who is owed help at s2: the parents meet at s1
    child = {"benefits": {"course": 0.3}, "family_id": "f"}
    units = {
        "ann": {**child, "site": "s1"},
        "ben": {**child, "site": "s1"},
        "cas": {**child, "site": "s2", "must_serve": "law"},
    }
    base = world(
        units,
        [make_help("course", {"coach": 4}, recipient="parents")],
        [("c", "coach", 1, "s1;s2")],
        limits=LimitSettings(must_serve=(must("law", "course"),)),
    )
    (repair,) = repaired(base)
    assert repair.hours == (Extra("coach", "s1", "autumn", 3.0),)
    assert repair.proved
    assert "3 hours of coach at s1 in autumn more would do" in str(repair)
