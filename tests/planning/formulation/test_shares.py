"""Nobody is worse off than under the plan in force, but for a margin: by hand, and as a law."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recommender.allocation import Effort, EngineName, solve
from recommender.errors import InputError
from recommender.planning import LimitSettings, Plan, plan_of
from recommender.planning.plan.summary import Unmet
from recommender.planning.verify.verify import verify

Help = Callable[..., Any]
Who = Callable[[Plan], dict[str, str]]
ENGINES = ("exact", "prices")
UNITS = {
    "ann": {"benefits": {"talk": 0.5, "walk": 0.45}},
    "ben": {"benefits": {"talk": 0.4, "walk": 0.1}},
    "cas": {"benefits": {"talk": 0.2}, "site": "s2"},
}


@pytest.fixture
def region(world: Any, make_help: Help) -> Any:
    """Two hours; a talk takes one.  In the plan in force ben and cas are the ones who talk."""
    helps = [make_help("talk", {"teacher": 1}), make_help("walk", {"teacher": 0.5})]
    present = [("ben", "talk", "autumn", 1), ("cas", "talk", "autumn", 1)]
    return world(UNITS, helps, [("t", "teacher", 2, "*")], present=present)


def holds(base: Any, plan: Plan) -> bool:
    return verify(plan, base.inputs, base.matching, base.limits) == ()


@pytest.mark.parametrize("engine", ENGINES)
def test_nobody_loses_what_the_plan_in_force_gives(
    engine: EngineName, region: Any, who: Who
) -> None:
    assert who(region.plan(engine)) == {"ann": "walk@autumn", "ben": "talk@autumn"} or (
        set(who(region.plan(engine))) == {"ann", "ben"}
    )
    base = region.replace(limits=LimitSettings(no_worse_than=0.0))
    plan = base.plan(engine)
    assert who(plan) == {"ben": "talk@autumn", "cas": "talk@autumn"}
    assert plan.summary.shortages == ()
    assert plan.summary.value == pytest.approx(0.6)
    rows = plan.resources[plan.resources["resource"] == "fair_coverage"]
    assert rows["rule"].tolist() == ["no_worse_than/s1", "no_worse_than/s2"]
    assert holds(base, plan)
    assert not holds(base, replace(plan, summary=replace(plan.summary, bound=0.0)))


@pytest.mark.parametrize("engine", ENGINES)
def test_a_margin_lets_so_much_go(engine: EngineName, region: Any, who: Who) -> None:
    # with 0.2 less cas needs nothing, and ben no more than 0.2, which walk does not give
    base = region.replace(limits=LimitSettings(no_worse_than=0.2))
    assert who(base.plan(engine)) == {"ann": "talk@autumn", "ben": "talk@autumn"}
    # with 0.3 a walk of 0.1 is enough for ben, but a talk is worth more
    base = region.replace(limits=LimitSettings(no_worse_than=0.3), staff=[("t", "teacher", 1, "*")])
    assert who(base.plan(engine)) == {"ann": "walk@autumn", "ben": "walk@autumn"}
    assert holds(base, base.plan(engine))


@pytest.mark.parametrize("engine", ENGINES)
def test_what_cannot_be_kept_is_a_shortage(engine: EngineName, region: Any, who: Who) -> None:
    limits = LimitSettings(no_worse_than=0.0)
    base = region.replace(limits=limits, staff=[("t", "teacher", 1, "*")])
    plan = base.plan(engine)
    assert who(plan) == {"ben": "talk@autumn"}
    (short,) = plan.summary.shortages
    assert (short.rule, short.pupils) == ("no_worse_than/s2", 1.0)
    assert plan.unmet == (Unmet("no_worse_than", "s2", 1.0, "pupil"),)
    assert holds(base, plan)


def test_what_may_not_be_offered_any_more_is_no_loss(region: Any, who: Who) -> None:
    base = region.replace(
        limits=LimitSettings(no_worse_than=0.0),
        decisions=[("ben", "talk", "forbid")],
        staff=[("t", "teacher", 1.5, "*")],
    )
    plan = base.plan()
    assert who(plan) == {"ben": "walk@autumn", "cas": "talk@autumn"}
    assert plan.summary.shortages == ()
    assert holds(base, plan)


def test_of_a_segment_as_many_pupils_keep_as_much(world: Any, make_help: Help) -> None:
    units = {
        "few": {"benefits": {"talk": 0.3, "walk": 0.2}, "count": 4},
        "one": {"benefits": {"talk": 0.9}},
    }
    helps = [make_help("talk", {"teacher": 1}), make_help("walk", {"teacher": 0.5})]
    present = [("few", "talk", "autumn", 1), ("few", "walk", "autumn", 2)]
    base = world(units, helps, [("t", "teacher", 2, "*")], present=present)
    base = base.replace(limits=LimitSettings(no_worse_than=0.0))
    plan = base.plan()
    few = plan.assignments.set_index(["unit_id", "intervention"])["units"]
    # the single pupil gives way: one talk and two walks take both hours
    assert few["few", "talk"] == 1
    assert few["few", "walk"] == 2
    assert plan.summary.shortages == ()
    rows = plan.resources.loc[plan.resources["resource"] == "fair_coverage", "rule"]
    assert rows.tolist() == ["no_worse_than/few/1", "no_worse_than/few/3"]
    assert holds(base, plan)


def test_waiting_counts_as_it_does_in_every_plan(world: Any, make_help: Help, who: Who) -> None:
    units = {"ann": {"benefits": {"talk": 0.4}}, "ben": {"benefits": {"talk": 0.5}}}
    base = world(
        units,
        [make_help("talk", {"teacher": 1})],
        [("t", "teacher", 1, "*")],
        periods=("autumn", "winter"),
        present=[("ann", "talk", "winter", 1)],
        limits=LimitSettings(waiting_discount=0.5, no_worse_than=0.0),
    )
    assert who(base.plan()) == {"ann": "talk@winter", "ben": "talk@autumn"}


def test_the_rule_needs_the_plan_in_force(region: Any) -> None:
    base = region.replace(limits=LimitSettings(no_worse_than=0.0), present=())
    with pytest.raises(InputError, match=r"data/present\.csv: is missing"):
        base.formulate()


@given(
    benefit=st.lists(st.integers(1, 20), min_size=2, max_size=6),
    site=st.lists(st.integers(0, 1), min_size=6, max_size=6),
    hours=st.integers(1, 5),
    margin=st.sampled_from([0.0, 0.2]),
)
@settings(
    max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_with_the_hours_of_the_plan_in_force_nobody_is_worse_off_whoever_solves(
    world: Any,
    make_help: Help,
    benefit: list[int],
    site: list[int],
    hours: int,
    margin: float,
) -> None:
    units = {
        f"p{n}": {"benefits": {"talk": worth / 20, "walk": worth / 40}, "site": f"s{site[n]}"}
        for n, worth in enumerate(benefit)
    }
    helps = [make_help("talk", {"teacher": 1}), make_help("walk", {"teacher": 0.5})]
    # the plan in force helps whoever stands first, not whom it helps most
    present = [(f"p{n}", "talk", "autumn", 1) for n in range(min(hours, len(benefit)))]
    base = world(units, helps, [("t", "teacher", hours, "*")], present=present)
    free = base.plan().summary.benefit
    base = base.replace(limits=LimitSettings(no_worse_than=margin))
    found = []
    for engine in ENGINES:
        formulation = base.formulate()
        allocation = solve(formulation.problem, Effort(gap=0.0, seconds=20), engine)
        plan = plan_of(formulation, allocation, base.candidates, base.matching)
        now = plan.assignments.groupby("unit_id")["benefit"].sum()
        for unit, *_ in present:
            had = units[unit]["benefits"]["talk"]
            assert now.get(unit, 0.0) >= had - margin - 1e-9
        assert plan.summary.shortages == ()
        assert plan.summary.benefit <= free + 1e-6
        assert holds(base, plan)
        found.append(plan.summary.value)
    assert np.ptp(found) <= 1e-6
