"""Small worlds, each with one rule, solved by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from recommender.inputs.catalogue import Reach
from recommender.planning import LimitSettings, Plan, Shortage
from recommender.planning.selection.reasons import NO_CONSENT, NO_GROUP, NO_TIME

Help = Callable[..., Any]
Who = Callable[[Plan], dict[str, str]]


def pupils(help_name: str, **benefit: float) -> dict[str, dict[str, Any]]:
    """unit_id=benefit of one intervention, all at s1."""
    return {unit: {"benefits": {help_name: worth}} for unit, worth in benefit.items()}


def reasons(plan: Plan) -> dict[str, str]:
    return dict(zip(plan.not_served["unit_id"], plan.not_served["reason"], strict=True))


def test_the_only_hour_goes_to_the_pupil_it_helps_most(
    world: Any, make_help: Help, who: Who
) -> None:
    plan = world(
        pupils("talk", ann=0.5, ben=0.4),
        [make_help("talk", {"teacher": 1})],
        [("t", "teacher", 1, "s1")],
    ).plan()
    assert who(plan) == {"ann": "talk@autumn"}
    assert reasons(plan) == {"ben": "the hours of teacher would do more good for others"}
    assert plan.not_served["benefit_forgone"].tolist() == pytest.approx([0.4])
    assert plan.resources[["capacity", "used"]].values.tolist() == [[1, 1]]
    assert 0.4 - 1e-9 <= plan.resources["price"].item() <= 0.5 + 1e-9
    assert plan.summary.value == pytest.approx(0.5)
    assert plan.summary.gap == pytest.approx(0)


def test_a_group_that_cannot_reach_its_quorum_does_not_run(world: Any, make_help: Help) -> None:
    plan = world(
        pupils("circle", ann=0.5, ben=0.4),
        [make_help("circle", None, {"teacher": 1}, group=(3, 5))],
        [("t", "teacher", 9, "s1")],
    ).plan()
    assert plan.assignments.empty
    assert set(reasons(plan).values()) == {NO_GROUP}


def test_a_group_takes_in_a_pupil_it_helps_little_to_reach_its_quorum(
    world: Any, make_help: Help, who: Who
) -> None:
    units = pupils("circle", ann=0.5, ben=0.4, cas=0.01)
    units["ben"]["benefits"]["talk"] = 0.05
    plan = world(
        units,
        [
            make_help("circle", None, {"teacher": 2}, group=(3, 5)),
            make_help("talk", {"teacher": 0.5}),
        ],
        [("t", "teacher", 2, "s1")],
    ).plan()
    assert set(who(plan).values()) == {"circle@autumn"}
    assert len(who(plan)) == 3
    assert plan.sessions[["groups", "pupils"]].values.tolist() == [[1, 3]]


def test_a_second_group_runs_when_the_first_is_full(world: Any, make_help: Help, who: Who) -> None:
    units = pupils("circle", **{f"p{n}": 0.3 for n in range(7)})
    plan = world(
        units,
        [make_help("circle", None, {"teacher": 2}, group=(3, 4))],
        [("t", "teacher", 5, "s1")],
    ).plan()
    assert len(who(plan)) == 7
    assert plan.sessions["groups"].tolist() == [2]
    assert plan.caseload["hours"].sum() == pytest.approx(4)


def test_a_class_is_one_grade_of_one_site_and_takes_its_hours_whatever_its_size(
    world: Any, make_help: Help, who: Who
) -> None:
    units = pupils("lesson", ann=0.2, ben=0.2, cas=0.2, dee=0.5)
    units["dee"]["grade"] = 6
    plan = world(
        units,
        [make_help("lesson", None, {"teacher": 3}, whole_class=True)],
        [("t", "teacher", 3, "s1")],
    ).plan()
    assert sorted(who(plan)) == ["ann", "ben", "cas"]
    assert plan.sessions[["groups", "pupils", "grade"]].values.tolist() == [[1, 3, "5"]]


def test_the_budget_pays_for_pupils_at_the_reach_rate(
    world: Any, make_help: Help, who: Who
) -> None:
    plan = world(
        pupils("talk", ann=0.5, ben=0.6, cas=0.8),
        [make_help("talk", {"teacher": 1}, cost_per_pupil=10, reach=Reach(0.5, 1.0))],
        [("t", "teacher", 9, "s1")],
        limits=LimitSettings(budget=11.0),
    ).plan()
    assert sorted(who(plan)) == ["ben", "cas"]
    assert plan.summary.cost == pytest.approx(10)
    assert plan.summary.benefit == pytest.approx(0.7)
    assert reasons(plan) == {"ann": "the money would do more good for others"}


def test_hours_per_pupil_are_taken_at_the_reach_rate(world: Any, make_help: Help, who: Who) -> None:
    plan = world(
        pupils("talk", ann=0.5, ben=0.6),
        [make_help("talk", {"teacher": 2}, reach=Reach(0.5, 0.5))],
        [("t", "teacher", 1, "s1")],
    ).plan()
    assert len(who(plan)) == 2
    assert plan.summary.hours_used == pytest.approx(1)


def test_who_must_be_served_comes_first_and_what_lacks_is_said(
    world: Any, make_help: Help, must: Any, who: Who
) -> None:
    units = pupils("talk", ann=0.9, ben=0.2, cas=0.1)
    units["ben"]["must_serve"] = units["cas"]["must_serve"] = "law"
    base = world(
        units,
        [make_help("talk", {"teacher": 1})],
        [("t", "teacher", 1, "s1")],
        limits=LimitSettings(must_serve=(must("law"),)),
    )
    plan = base.plan()
    assert who(plan) == {"ben": "talk@autumn"}
    assert plan.assignments["status"].tolist() == ["must_serve"]
    assert plan.summary.shortages == (Shortage("law", "s1", 1.0),)
    assert (plan.summary.must_serve, plan.summary.must_serve_met) == (2, 1)
    assert plan.summary.benefit == pytest.approx(0.2)
    assert plan.summary.value == pytest.approx(0.2 - 900)
    row = plan.resources[plan.resources["resource"] == "must_serve"].iloc[0]
    assert (row["capacity"], row["used"], row["rule"]) == (2, 1, "law")
    enough = base.replace(staff=[("t", "teacher", 2, "s1")]).plan()
    assert sorted(who(enough)) == ["ben", "cas"]
    assert enough.summary.shortages == ()


def test_only_help_that_counts_meets_a_statutory_rule(
    world: Any, make_help: Help, must: Any, who: Who
) -> None:
    plan = world(
        {"ann": {"benefits": {"talk": 0.9, "care": 0.1}, "must_serve": "law"}},
        [make_help("talk", {"teacher": 1}), make_help("care", {"teacher": 1})],
        [("t", "teacher", 1, "s1")],
        limits=LimitSettings(must_serve=(must("law", "care"),)),
    ).plan()
    assert who(plan) == {"ann": "care@autumn"}


def test_a_rule_is_met_by_running_help_and_not_owed_to_who_does_not_agree(
    world: Any, make_help: Help, must: Any
) -> None:
    units = pupils("talk", ann=0.9, ben=0.9, cas=0.9)
    for unit in units.values():
        unit["must_serve"] = "law"
    units["ben"]["consent"] = "refused"
    plan = world(
        units,
        [make_help("talk", {"teacher": 1})],
        [("t", "teacher", 1.5, "s1")],
        limits=LimitSettings(must_serve=(must("law"),)),
        commitments=[("ann", "talk", "autumn")],
    ).plan()
    assert (plan.summary.must_serve, plan.summary.must_serve_met) == (2, 1)
    assert plan.summary.shortages == (Shortage("law", "s1", 1.0),)
    assert reasons(plan)["ben"] == NO_CONSENT


def test_what_a_professional_requires_is_owed(world: Any, make_help: Help, who: Who) -> None:
    plan = world(
        {"ann": {"benefits": {"talk": 0.9}}, "ben": {"benefits": {"talk": 0.1}}},
        [make_help("talk", {"teacher": 1})],
        [("t", "teacher", 1, "s1")],
        decisions=[("ben", "talk", "require")],
    ).plan()
    assert who(plan) == {"ben": "talk@autumn"}
    assert plan.assignments["status"].tolist() == ["must_serve"]


def test_staff_who_may_serve_two_sites_lose_the_overhead(
    world: Any, make_help: Help, who: Who
) -> None:
    units = pupils("talk", ann=0.5, ben=0.4)
    units["ben"]["site"] = "s2"
    base = world(
        units,
        [make_help("talk", {"teacher": 1})],
        [("t", "teacher", 2, "s1;s2")],
        limits=LimitSettings(travel_overhead=0.1),
    )
    assert who(base.plan()) == {"ann": "talk@autumn"}
    assert base.plan().summary.hours_capacity == pytest.approx(1.8)
    assert len(who(base.replace(staff=[("t", "teacher", 2.3, "*")]).plan())) == 2
    assert len(who(base.replace(limits=LimitSettings()).plan())) == 2


def test_staff_of_several_roles_spend_their_hours_where_they_do_most(
    world: Any, make_help: Help, who: Who
) -> None:
    plan = world(
        {"ann": {"benefits": {"talk": 0.5}}, "ben": {"benefits": {"coaching": 0.6}}},
        [make_help("talk", {"teacher": 1}), make_help("coaching", {"coach": 1})],
        [("t", "coach;teacher", 1, "s1")],
    ).plan()
    assert who(plan) == {"ben": "coaching@autumn"}
    assert plan.caseload[["professional_id", "role", "case"]].values.tolist() == [
        ["t", "coach", "ben"]
    ]


def test_running_help_keeps_its_hours(world: Any, make_help: Help, who: Who) -> None:
    units = pupils("talk", ann=0.5, ben=0.9)
    units["cas"] = {}
    base = world(
        units,
        [make_help("talk", {"teacher": 1}), make_help("long", {"teacher": 3}, periods=2)],
        [("t", "teacher", 2.5, "s1")],
        commitments=[("cas", "long", "autumn")],
    )
    plan = base.plan()
    assert who(plan) == {"ben": "talk@autumn"}
    running = plan.caseload[plan.caseload["case"] == "cas"]
    assert running[["intervention", "hours"]].values.tolist() == [["long", 1.5]]
    assert plan.summary.hours_used == pytest.approx(2.5)


def test_running_help_that_has_no_hours_is_said_and_given_to_nobody(
    world: Any, make_help: Help
) -> None:
    plan = world(
        pupils("talk", ann=0.5) | {"cas": {}},
        [make_help("talk", {"teacher": 1}), make_help("long", {"teacher": 3})],
        [("t", "teacher", 2, "s1")],
        commitments=[("cas", "long", "autumn")],
    ).plan()
    assert plan.assignments.empty
    assert plan.summary.shortages == (
        Shortage("running_help", "s1", 0.0, "teacher", "autumn", pytest.approx(1.0)),
    )
    hours = dict(zip(plan.caseload["professional_id"], plan.caseload["hours"], strict=True))
    assert hours == {"": pytest.approx(1), "t": pytest.approx(2)}
    assert plan.summary.hours_used == pytest.approx(2)


def test_running_groups_take_the_share_of_one_member(world: Any, make_help: Help) -> None:
    plan = world(
        {"cas": {}},
        [make_help("circle", {"coach": 1}, {"teacher": 8}, group=(2, 4))],
        [("t", "teacher", 9, "s1"), ("c", "coach", 9, "s1")],
        commitments=[("cas", "circle", "autumn")],
    ).plan()
    assert plan.caseload[["professional_id", "hours"]].values.tolist() == [["c", 1], ["t", 2]]


def test_a_segment_is_served_in_part(world: Any, make_help: Help) -> None:
    plan = world(
        {"cell": {"benefits": {"talk": 0.5}, "count": 20}},
        [make_help("talk", {"teacher": 1})],
        [("t", "teacher", 7.5, "s1")],
    ).plan()
    row = plan.assignments.iloc[0]
    assert (row["units"], row["benefit"]) == (7, pytest.approx(3.5))
    assert plan.not_served["pupils"].tolist() == [13]
    assert plan.not_served["benefit_forgone"].tolist() == pytest.approx([6.5])
    assert (plan.summary.pupils, plan.summary.eligible, plan.summary.served) == (20, 20, 7)


def test_what_does_not_fit_in_the_calendar_is_not_offered(world: Any, make_help: Help) -> None:
    plan = world(
        pupils("long", ann=0.5),
        [make_help("long", {"teacher": 1}, periods=3)],
        [("t", "teacher", 9, "s1")],
        periods=("autumn", "winter"),
    ).plan()
    assert plan.assignments.empty
    assert reasons(plan) == {"ann": NO_TIME}


def test_long_help_starts_in_time_and_takes_hours_in_every_period(
    world: Any, make_help: Help, who: Who
) -> None:
    plan = world(
        pupils("long", ann=0.5),
        [make_help("long", {"teacher": 4}, periods=2)],
        [("t", "teacher", 2, "s1", "winter"), ("t", "teacher", 2, "s1", "spring")],
        periods=("autumn", "winter", "spring"),
    ).plan()
    assert who(plan) == {"ann": "long@winter"}
    assert plan.caseload[["period", "hours"]].values.tolist() == [["winter", 2], ["spring", 2]]


def test_who_waits_loses_the_discount(world: Any, make_help: Help, who: Who) -> None:
    plan = world(
        pupils("talk", ann=0.5, ben=0.8),
        [make_help("talk", {"teacher": 1})],
        [("t", "teacher", 1, "s1")],
        periods=("autumn", "winter"),
        limits=LimitSettings(waiting_discount=0.1),
    ).plan()
    assert who(plan) == {"ann": "talk@winter", "ben": "talk@autumn"}
    assert plan.assignments["benefit"].tolist() == pytest.approx([0.45, 0.8])
    assert plan.summary.benefit == pytest.approx(1.25)
    assert plan.summary.value == pytest.approx(1.25)


def test_a_cap_holds_for_a_site_over_all_periods(world: Any, make_help: Help, who: Who) -> None:
    units = pupils("talk", ann=0.5, ben=0.8, cas=0.7, dee=0.1)
    units["dee"]["site"] = "s2"
    plan = world(
        units,
        [make_help("talk", {"teacher": 1})],
        [("t", "teacher", 9, "s1;s2")],
        periods=("autumn", "winter"),
        limits=LimitSettings(caps=(("talk", 2.0),)),
    ).plan()
    assert sorted(who(plan)) == ["ben", "cas", "dee"]
    assert reasons(plan) == {"ann": "the cap on talk would do more good for others"}


def test_a_site_without_the_role_is_told_so(world: Any, make_help: Help) -> None:
    units = pupils("talk", ann=0.5)
    plan = world(units, [make_help("talk", {"teacher": 1})], [("t", "teacher", 9, "s2")]).plan()
    assert reasons(plan) == {"ann": "there are no hours of teacher"}


def test_a_bundle_is_shared_out_over_its_members(world: Any, make_help: Help) -> None:
    plan = world(
        {"ann": {"benefits": {"talk": 0.5, "coaching": 0.3}}},
        [make_help("talk", {"teacher": 1}), make_help("coaching", {"coach": 1})],
        [("t", "teacher", 1, "s1"), ("c", "coach", 1, "s1")],
        bundle_size=2,
    ).plan()
    assert plan.assignments[["intervention", "bundle"]].values.tolist() == [
        ["coaching", "coaching+talk"],
        ["talk", "coaching+talk"],
    ]
    assert plan.assignments["benefit"].tolist() == pytest.approx([0.3, 0.5])
    assert plan.summary.served == 1


def test_equal_pupils_have_equal_chances_whatever_their_names(
    world: Any, make_help: Help, who: Who
) -> None:
    base = world(
        pupils("talk", ann=0.5, ben=0.5),
        [make_help("talk", {"teacher": 1})],
        [("t", "teacher", 1, "s1")],
    )
    chosen = [
        next(iter(who(base.replace(limits=LimitSettings(seed=seed)).plan()))) for seed in range(12)
    ]
    assert set(chosen) == {"ann", "ben"}
    lots = base.formulate().units.lot
    assert sorted(lots.tolist()) == [0, 1]
