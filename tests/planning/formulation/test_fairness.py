"""Fairness is rows and columns of the one model: solved by hand, and never better than without."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recommender.allocation import Effort, EngineName, certify, solve
from recommender.inputs.policy import Fairness
from recommender.planning import LimitSettings, Plan, formulate, plan_of
from recommender.planning.formulation.rules.fairness import chords
from recommender.planning.plan.summary import Shortage
from recommender.planning.verify.read_back import Remade, solution_of
from recommender.planning.verify.verify import rebuilt

Help = Callable[..., Any]
Who = Callable[[Plan], dict[str, str]]

TWO_SITES = {
    "ann": {"benefits": {"talk": 0.5}, "site": "s1"},
    "ben": {"benefits": {"talk": 0.4}, "site": "s1"},
    "cas": {"benefits": {"talk": 0.3}, "site": "s2"},
    "dee": {"benefits": {"talk": 0.2}, "site": "s2"},
}


def fair(**rule: Any) -> LimitSettings:
    return LimitSettings(fairness=(Fairness(id="share", **{"by": "site", **rule}),))


@pytest.fixture
def region(world: Any, make_help: Help) -> Any:
    """Two hours for four pupils at two sites; the two of s1 gain most."""
    return world(TWO_SITES, [make_help("talk", {"teacher": 1})], [("t", "teacher", 2, "*")])


def findings_of(base: Any, plan: Plan) -> list[str]:
    """What does not hold when the plan's own tables are read back and worked out again."""
    formulation = formulate(base.candidates, base.resources, base.limits)
    solution, findings = solution_of(plan, formulation, base.candidates)
    again = Remade(base.candidates, formulation, solution)
    return [*findings, *rebuilt(plan, again, base.matching, whole=True)]


def test_without_a_rule_the_help_goes_where_it_does_most(region: Any, who: Who) -> None:
    assert set(who(region.plan())) == {"ann", "ben"}


def test_a_floor_gives_every_site_a_part(region: Any, who: Who) -> None:
    base = region.replace(limits=fair(floor=0.5))
    plan = base.plan()
    assert set(who(plan)) == {"ann", "cas"}
    assert plan.summary.benefit == pytest.approx(0.8)
    assert plan.summary.value == pytest.approx(0.8)
    assert plan.summary.shortages == ()
    assert findings_of(base, plan) == []


def test_a_floor_beyond_reach_says_what_it_lacks(region: Any, who: Who) -> None:
    base = region.replace(limits=fair(floor=1.0))
    plan = base.plan()
    assert len(who(plan)) == 2
    assert sum(shortage.pupils for shortage in plan.summary.shortages) == pytest.approx(2)
    assert {shortage.rule for shortage in plan.summary.shortages} <= {"share/s1", "share/s2"}
    assert isinstance(plan.summary.shortages[0], Shortage)
    assert findings_of(base, plan) == []


@pytest.mark.parametrize(
    ("measure", "hours", "floor", "lacking", "unit"),
    [
        ("coverage", 3, 1.0, 1.0, "pupil"),
        ("hours", 3, 1.0, 1.0, "hour"),
        ("benefit", 4, 0.3, 0.1, "outcome"),  # both of s2 have 0.5 together, of 0.6
    ],
)
def test_what_a_floor_lacks_is_counted_in_what_it_measures(
    region: Any, measure: str, hours: int, floor: float, lacking: float, unit: str
) -> None:
    limits = fair(measure=measure, floor=floor)
    plan = region.replace(limits=limits, staff=[("t", "teacher", hours, "*")]).plan()
    (unmet,) = plan.unmet
    assert (unmet.rule, unmet.group, unmet.unit) == ("share", "s2", unit)
    assert unmet.amount == pytest.approx(lacking)
    assert plan.summary.pupils_short == 0


def test_a_rule_may_ask_several_things_at_once(region: Any, who: Who) -> None:
    base = region.replace(limits=fair(floor=0.4, cap=0.6, lowest=1.0, alpha=1, worth=0.1))
    plan = base.plan()
    assert set(who(plan)) == {"ann", "cas"}
    assert findings_of(base, plan) == []


def test_a_cap_leaves_room_for_other_sites(region: Any, who: Who) -> None:
    base = region.replace(limits=fair(cap=0.5))
    assert set(who(base.plan())) == {"ann", "cas"}


def test_a_cap_on_benefit_counts_what_each_pupil_gains(region: Any, who: Who) -> None:
    base = region.replace(limits=fair(cap=0.45 / 2, measure="benefit"))
    plan = base.plan()
    assert set(who(plan)) == {"ben", "cas"}
    assert findings_of(base, plan) == []


def test_a_floor_of_hours_counts_hours(region: Any, who: Who) -> None:
    plan = region.replace(limits=fair(floor=0.5, measure="hours")).plan()
    assert set(who(plan)) == {"ann", "cas"}


def test_raising_the_lowest_is_worth_what_people_say(region: Any, who: Who) -> None:
    # one pupil of two more at s2 raises the lowest from 0 to a half, and costs 0.1
    assert set(who(region.replace(limits=fair(lowest=0.19)).plan())) == {"ann", "ben"}
    base = region.replace(limits=fair(lowest=0.21))
    plan = base.plan()
    assert set(who(plan)) == {"ann", "cas"}
    assert plan.summary.value == pytest.approx(0.8 + 0.21 / 2)
    assert plan.summary.benefit == pytest.approx(0.8)
    assert plan.summary.gap == pytest.approx(0, abs=1e-6)
    assert findings_of(base, plan) == []


def test_alpha_shares_more_the_larger_it_is(region: Any, who: Who) -> None:
    assert set(who(region.replace(limits=fair(alpha=0, worth=1.0)).plan())) == {"ann", "ben"}
    base = region.replace(limits=fair(alpha=1, worth=0.2))
    plan = base.plan()
    assert set(who(plan)) == {"ann", "cas"}
    assert findings_of(base, plan) == []


def test_chords_fall_and_add_up_to_the_utility() -> None:
    for alpha in (0.0, 0.5, 1.0, 2.0):
        slopes, lengths = np.array(chords(alpha, 3.0, 2.0)).T
        assert np.all(np.diff(slopes) <= 1e-12)
        assert lengths.sum() == pytest.approx(2.0)
        low, high = 0.02, 2.02
        whole = np.log(high / low) if alpha == 1 else (
            (high ** (1 - alpha) - low ** (1 - alpha)) / (1 - alpha)
        )  # fmt: skip
        assert slopes @ lengths == pytest.approx(3.0 * whole)


def test_groups_are_bands_of_grades(world: Any, make_help: Help, who: Who) -> None:
    units = {
        "ann": {"benefits": {"talk": 0.5}, "grade": 3},
        "ben": {"benefits": {"talk": 0.4}, "grade": 4},
        "cas": {"benefits": {"talk": 0.3}, "grade": 7},
    }
    base = world(units, [make_help("talk", {"teacher": 1})], [("t", "teacher", 2, "*")])
    limits = fair(by="grade", bands={"lower": (1, 4), "upper": (5, 8)}, floor=0.5)
    assert set(who(base.replace(limits=limits).plan())) == {"ann", "cas"}


def test_a_tampered_lack_is_found(region: Any) -> None:
    base = region.replace(limits=fair(floor=1.0))
    plan = base.plan()
    summary = replace(plan.summary, value=plan.summary.value + 1)
    assert any("value" in line for line in findings_of(base, replace(plan, summary=summary)))


@pytest.mark.many(1)
@pytest.mark.parametrize("engine", ["exact", "prices"])
@given(
    benefit=st.lists(st.integers(1, 20), min_size=2, max_size=7),
    site=st.lists(st.integers(0, 2), min_size=7, max_size=7),
    hours=st.integers(0, 5),
    rule=st.sampled_from(
        [{"floor": 0.4}, {"cap": 0.5}, {"lowest": 2.0}, {"alpha": 1.0, "worth": 0.3}]
    ),
    measure=st.sampled_from(["coverage", "hours", "benefit"]),
)
@settings(
    max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_a_rule_never_raises_the_benefit_and_every_bound_holds(
    world: Any,
    make_help: Help,
    engine: EngineName,
    benefit: list[int],
    site: list[int],
    hours: int,
    rule: dict[str, float],
    measure: str,
) -> None:
    units = {
        f"p{n}": {"benefits": {"talk": worth / 20}, "site": f"s{site[n]}"}
        for n, worth in enumerate(benefit)
    }
    plain = world(units, [make_help("talk", {"teacher": 1})], [("t", "teacher", hours, "*")])
    base = plain.replace(limits=fair(measure=measure, **rule))
    formulation = base.formulate()
    allocation = solve(formulation.problem, Effort(gap=0.0, seconds=20), engine)
    plan = plan_of(formulation, allocation, base.candidates, base.matching)
    assert plan.summary.benefit <= plain.plan().summary.benefit + 1e-6
    certify(formulation.problem, allocation.solution)
    assert plan.summary.value <= plan.summary.bound + 1e-6
    assert findings_of(base, plan) == []
