"""Who is owed help and has none is counted by why, and by what the rule rests on; by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recommender.export.plan_json import plan_text, read_plan_text
from recommender.planning import LimitSettings, Shortage
from recommender.planning.selection.duties import CAUSES, Duty
from recommender.planning.selection.reasons import OWED

Help = Callable[..., Any]


@pytest.fixture
def owed(world: Any, make_help: Help, must: Any) -> Any:
    """One hour; under the law ann and ben fit, cas does not, dan refuses, eve is forbidden it."""
    units = {
        name: {"benefits": {"talk": worth} if worth else {}, "must_serve": "law"}
        for name, worth in {"ann": 0.4, "ben": 0.3, "cas": 0.0, "dan": 0.5, "eve": 0.5}.items()
    }
    units["dan"]["consent"] = "refused"
    return world(
        units,
        [make_help("talk", {"teacher": 1})],
        [("t", "teacher", 1, "s1")],
        limits=LimitSettings(must_serve=(replace(must("law"), statutory=True),)),
        decisions=[("eve", "talk", "forbid")],
    )


def test_each_who_lacks_help_has_the_cause_that_is_so(owed: Any) -> None:
    plan = owed.plan()
    assert plan.owed == (Duty("law", "statutory", 5.0, 1.0, 1.0, 1.0, 1.0, 1.0),)
    cause = dict(zip(plan.not_served["unit_id"], plan.not_served["cause"], strict=True))
    assert cause == {
        "ben": "no_hours", "cas": "nothing_suits", "dan": "no_consent", "eve": "forbidden",
    }  # fmt: skip
    assert plan.summary.shortages == tuple(
        Shortage("law", "s1", 1.0, cause=why, statutory=True)
        for why in ("no_hours", "nothing_suits", "forbidden")
    )
    reason = dict(zip(plan.not_served["unit_id"], plan.not_served["reason"], strict=True))
    assert reason["ben"] == OWED
    assert (plan.not_served["rule"] == "law").all()


def test_more_hours_leave_only_what_no_hours_can_mend(owed: Any) -> None:
    plan = owed.replace(staff=[("t", "teacher", 9, "s1")]).plan()
    assert plan.owed == (Duty("law", "statutory", 5.0, 2.0, 0.0, 1.0, 1.0, 1.0),)
    assert {shortage.cause for shortage in plan.summary.shortages} == {"nothing_suits", "forbidden"}


def test_the_cost_of_shortages_is_no_part_of_what_people_read(owed: Any) -> None:
    """The hour is worth 0.4; three lack help, each at 1000 times the largest value."""
    summary = owed.plan().summary
    assert summary.benefit == pytest.approx(0.4)
    assert summary.shortage_penalty == pytest.approx(3 * 1000 * 0.4)
    assert summary.value == pytest.approx(0.4 - 3 * 1000 * 0.4)
    assert summary.counted == pytest.approx(0.4)
    assert summary.best_counted_bound == pytest.approx(0.4)


def test_a_promise_and_a_decision_are_no_duty_in_law(
    world: Any, make_help: Help, must: Any
) -> None:
    units = {name: {"benefits": {"talk": 0.3}} for name in ("ann", "ben", "cas")}
    units["ann"]["must_serve"], units["ben"]["must_serve"] = "law", "any"
    plan = world(
        units,
        [make_help("talk", {"teacher": 1})],
        [("t", "teacher", 0.5, "s1")],
        limits=LimitSettings(must_serve=(replace(must("law"), statutory=True),)),
        decisions=[("cas", "talk", "require")],
    ).plan()
    assert {duty.rule: duty.basis for duty in plan.owed} == {
        "any": "promise", "decision": "decision", "law": "statutory",
    }  # fmt: skip
    law = [shortage.basis for shortage in plan.summary.shortages if shortage.statutory]
    assert law == ["statutory"]


def test_a_plan_with_causes_reads_back_equal_and_one_without_is_read(owed: Any) -> None:
    plan = owed.plan()
    again = read_plan_text(plan_text(plan), "plan.json")
    assert again.summary == plan.summary
    assert again.owed == plan.owed
    old = replace(plan.summary, shortage_penalty=None)
    assert (old.counted, old.best_counted_bound - old.counted) == (
        pytest.approx(old.benefit), pytest.approx(old.best_bound - old.value, abs=1e-9),
    )  # fmt: skip


def test_running_help_goes_on_where_nobody_agrees_to_new(world: Any, make_help: Help) -> None:
    """Who serves all sites also gives the hours that running help takes, asked for or not."""
    units = {"ann": {"benefits": {"talk": 0.3}, "consent": "refused"}}
    plan = world(
        units,
        [make_help("talk", {"teacher": 1})],
        [("t", "teacher", 2, "*")],
        commitments=[("ann", "talk", "autumn")],
    ).plan()
    assert plan.summary.shortages == ()
    assert plan.summary.value == plan.summary.shortage_penalty == 0.0
    assert plan.summary.hours_used == pytest.approx(1.0)


@settings(
    deadline=None,
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_all_who_are_owed_help_have_it_or_one_cause(
    world: Any, make_help: Help, must: Any, data: st.DataObject
) -> None:
    units = {
        f"p{n}": {
            "benefits": data.draw(st.sampled_from([{}, {"talk": 0.3}, {"care": 0.2}])),
            "must_serve": data.draw(st.sampled_from(["", "law", "any"])),
            "consent": data.draw(st.sampled_from(["given", "refused", "asked"])),
            "count": data.draw(st.sampled_from([1, 1, 3])),
        }
        for n in range(5)
    }
    chosen = data.draw(st.lists(st.sampled_from(sorted(units)), max_size=3, unique=True))
    plan = world(
        units,
        [make_help("talk", {"teacher": 1}), make_help("care", {"teacher": 1})],
        [("t", "teacher", data.draw(st.sampled_from([0, 1, 2.5, 9])), "s1")],
        limits=LimitSettings(must_serve=(must("law", "care"),)),
        decisions=[(name, "talk", "forbid") for name in chosen],
    ).plan()
    summary = plan.summary
    for duty in plan.owed:
        lacking = sum(getattr(duty, cause) for cause in CAUSES)
        assert duty.owed == pytest.approx(duty.met + lacking)
        assert duty.owed == sum(u["count"] for u in units.values() if u["must_serve"] == duty.rule)
        for cause in ("no_hours", "nothing_suits", "forbidden"):
            short = sum(
                s.pupils for s in summary.shortages if (s.rule, s.cause) == (duty.rule, cause)
            )
            assert short == pytest.approx(getattr(duty, cause))
    assert summary.must_serve == pytest.approx(sum(d.owed - d.no_consent for d in plan.owed))
    assert summary.must_serve_met == pytest.approx(sum(d.met for d in plan.owed))
    assert summary.counted == pytest.approx(summary.benefit)
