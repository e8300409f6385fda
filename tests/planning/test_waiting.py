"""Who has waited goes first where the rules say so, and what is reported stays what it is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recommender.planning import LimitSettings, Plan
from recommender.planning.explain.explain import explain
from recommender.planning.verify.verify import verify

Help = Callable[..., Any]
Who = Callable[[Plan], dict[str, str]]
ENGINES = ("exact", "prices")
TODAY = dt.date(2026, 9, 1)
RULE = LimitSettings(waiting_priority=(0.5, 0.8), today=TODAY)


@pytest.mark.many(1)
@pytest.mark.parametrize("engine", ENGINES)
def test_who_has_waited_goes_before_who_gains_a_little_more(
    engine: Any, world: Any, make_help: Help, who: Who
) -> None:
    units = {
        "ann": {"benefits": {"talk": 0.4}, "waiting_since": dt.date(2025, 9, 1)},
        "ben": {"benefits": {"talk": 0.5}, "waiting_since": TODAY},
        "cas": {"benefits": {"talk": 0.3}},
    }
    base = world(units, [make_help("talk", {"teacher": 1})], [("t", "teacher", 1, "s1")])
    assert who(base.plan(engine)) == {"ben": "talk@autumn"}
    first = base.replace(limits=RULE)
    plan = first.plan(engine)
    assert who(plan) == {"ann": "talk@autumn"}
    counts = 1 + 0.5 * 365 / 365.25
    row = plan.assignments.iloc[0]
    assert (row["benefit"], row["priority"]) == (pytest.approx(0.4), pytest.approx(counts))
    assert row["net_value"] == pytest.approx(0.4 * counts - row["price_paid"])
    assert plan.summary.benefit == pytest.approx(0.4)
    assert plan.summary.value == pytest.approx(0.4 * counts)
    assert plan.not_served["benefit_forgone"].tolist() == pytest.approx([0.5, 0.3])
    assert verify(plan, first.inputs, first.matching, first.limits) == ()
    tampered = replace(plan, assignments=plan.assignments.assign(priority=2.0))
    assert verify(tampered, first.inputs, first.matching, first.limits) != ()
    formulation, allocation = first.solve()
    why = str(explain(formulation, allocation.solution, first.candidates, first.matching, "ann"))
    assert "counts        0.5999  1.5 times, for the time waited; no benefit" in why
    assert "benefit       0.4000" in why


def test_no_wait_counts_for_more_than_the_most(world: Any, make_help: Help, who: Who) -> None:
    units = {
        "ann": {"benefits": {"talk": 0.4}, "waiting_since": dt.date(2001, 9, 1)},
        "ben": {"benefits": {"talk": 0.8}},
    }
    base = world(
        units, [make_help("talk", {"teacher": 1})], [("t", "teacher", 1, "s1")], limits=RULE
    )
    assert who(base.plan()) == {"ben": "talk@autumn"}
    assert base.formulate().units.priority.tolist() == [1.8, 1.0]


few = settings(
    max_examples=3,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@few
@given(
    waits=st.lists(st.integers(0, 900), min_size=3, max_size=3),
    worth=st.lists(st.integers(1, 9), min_size=3, max_size=3),
    engine=st.sampled_from(ENGINES),
)
def test_the_value_is_the_best_of_what_counts_and_the_benefit_is_no_more_than_without(
    waits: list[int], worth: list[int], engine: Any, world: Any, make_help: Help
) -> None:
    units = {
        f"p{n}": {"benefits": {"talk": w / 10}, "waiting_since": TODAY - dt.timedelta(days=days)}
        for n, (days, w) in enumerate(zip(waits, worth, strict=True))
    }
    base = world(
        units, [make_help("talk", {"teacher": 1})], [("t", "teacher", 2, "s1")], limits=RULE
    )
    plan = base.plan(engine)
    counts = [
        w / 10 * (1 + min(0.5 * days / 365.25, 0.8)) for days, w in zip(waits, worth, strict=True)
    ]
    assert plan.summary.value == pytest.approx(sum(sorted(counts)[1:]), abs=1e-6)
    without = base.replace(limits=LimitSettings()).plan(engine)
    assert plan.summary.benefit <= without.summary.benefit + 1e-9
