"""Plans made again with the smallest change, against enumeration and by hand."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recommender.allocation import bound
from recommender.errors import UsageError
from recommender.planning import Plan, plan_of
from recommender.planning.replan.decision_costs import costs_of
from recommender.planning.replan.keep import (
    Keep,
    keeping,
    kept_of,
    solve_keeping,
    turned,
    unchanged,
)
from recommender.planning.verify.verify import verify

few, many = (
    settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    for examples in (8, 120)
)


def again(world: Any, before: Plan, threshold: float) -> Any:
    """The plan that keeps to another, with how much of it stays and the bound that counts it."""
    allocation, kept, counted = solve_keeping(
        world.formulation, world.candidates, before, threshold, world.settings.effort, "exact"
    )
    plan = plan_of(world.formulation, allocation, world.candidates, world.settings.matching)
    return plan, kept_of(before, plan, kept, counted)


def offers(plan: Plan) -> set[tuple[str, str]]:
    table = plan.assignments
    return set(zip(table["unit_id"], table["intervention"], strict=True))


def one_each(**benefit: float) -> dict[str, tuple[str, int, dict[str, float]]]:
    return {unit: ("s1", 1, {"lesson": worth}) for unit, worth in benefit.items()}


def test_a_change_must_be_worth_more_than_the_threshold(small: Any) -> None:
    before = small(one_each(a=0.5, b=0.4), hours=1).plan
    today = small(one_each(a=0.5, b=0.55), hours=1)
    assert offers(before) == {("a", "lesson")}
    assert offers(again(today, before, 0.1)[0]) == {("a", "lesson")}
    assert offers(again(today, before, 0.04)[0]) == {("b", "lesson")}


def test_a_threshold_beyond_all_sense_counts_for_as_much_as_is_safe(small: Any) -> None:
    world = small(one_each(a=0.5, b=0.4), hours=1)
    plan, kept = again(world, world.plan, 1e9)
    assert offers(plan) == {("a", "lesson")}
    assert kept.threshold == pytest.approx(50.0)
    assert kept.counted == pytest.approx(50.5)
    assert plan.summary.status == "optimal"


def test_values_are_the_true_ones_and_the_bound_is_of_every_plan(small: Any) -> None:
    before = small(one_each(a=0.5, b=0.4), hours=1).plan
    today = small(one_each(a=0.5, b=0.55), hours=1)
    plan, kept = again(today, before, 0.1)
    assert plan.summary.value == pytest.approx(0.5)
    assert plan.summary.bound >= 0.55 - 1e-9
    assert kept.counted == pytest.approx(0.6)
    assert kept.counted_bound == pytest.approx(0.6)
    assert plan.summary.status != "optimal"
    assert not verify(plan, today.inputs, today.settings.matching, today.settings.limits)


def test_the_vetoed_pair_goes_and_the_pinned_one_comes(small: Any) -> None:
    world = small(one_each(a=0.5, b=0.4, c=0.3, d=0.2), hours=2)
    said = (("a", "lesson", "forbid", "less_need"), ("d", "lesson", "require", "more_need"))
    plan, kept = again(world.with_decisions(*said), world.plan, 10.0)
    assert offers(plan) == {("b", "lesson"), ("d", "lesson")}
    assert (kept.before, kept.possible, kept.same, kept.share) == (2, 1, 1, 0.5)


def test_what_could_stay_and_made_room_is_counted(small: Any) -> None:
    before = small(one_each(a=0.5, b=0.4), hours=2).plan
    today = small(one_each(a=0.5, b=0.4), hours=1)
    _, kept = again(today, before, 10.0)
    assert (kept.possible, kept.same, kept.moved) == (2, 1, 1)


def test_no_more_pupils_of_a_segment_earn_the_bonus_than_had_the_offer(small: Any) -> None:
    before = small({"a": ("s1", 4, {"lesson": 0.3})}, hours=2).plan
    today = small({"a": ("s1", 4, {"lesson": 0.3}), "b": ("s1", 4, {"talk": 0.45})}, hours=4)
    plan, kept = again(today, before, 0.2)
    table = plan.assignments.set_index(["unit_id", "intervention"])["units"]
    assert table.to_dict() == {("a", "lesson"): 2.0, ("b", "talk"): 2.0}
    assert kept.same == kept.before == 2


def test_a_bundle_that_holds_on_to_one_help_keeps_that_one(small: Any) -> None:
    units = {"a": ("s1", 1, {"lesson": 0.3, "talk": 0.3}), "b": ("s1", 1, {"talk": 0.35})}
    before = small(units, hours=2).plan
    assert len(offers(before)) == 2
    world = small(units, hours=2).with_decisions(("b", "talk", "forbid", "family"))
    plan, kept = again(world, before, 1.0)
    assert ("a", "lesson") in offers(plan)
    assert kept.same == len(offers(before) & offers(plan))


def test_a_plan_of_other_pupils_is_refused(small: Any) -> None:
    before = small(one_each(x=0.5), hours=1).plan
    with pytest.raises(UsageError, match="other pupils"):
        again(small(one_each(a=0.5), hours=1), before, 0.1)


@pytest.mark.parametrize("threshold", [-0.1, float("nan"), float("inf")])
def test_a_threshold_without_sense_is_refused(threshold: float) -> None:
    with pytest.raises(ValueError, match="threshold"):
        Keep("plan", "0" * 64, threshold)


worths = st.integers(1, 9).map(lambda tenths: tenths / 10)


@st.composite
def pair(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any], float, float]:
    """Two states of one world of at most four pupils, the hours and the threshold."""
    helps = ["circle", "lesson", "talk"]
    names = ["a", "b", "c", "d"][: draw(st.integers(2, 4))]

    def state() -> dict[str, Any]:
        some = st.dictionaries(st.sampled_from(helps), worths, min_size=1, max_size=2)
        return {name: ("s1", 1, draw(some)) for name in names}

    before = state()
    after = {n: draw(st.sampled_from([unit, state()[n]])) for n, unit in before.items()}
    return before, after, draw(st.integers(1, 3)), draw(st.sampled_from([0.0, 0.05, 0.2, 1.0]))


def best_is_found(small: Any, states: Any) -> None:
    """Enumeration of every choice of candidates, hours counted by hand."""
    units, today, hours, threshold = states
    before = small(units, hours=hours).plan
    world = small(today, hours=hours)
    plan, kept = again(world, before, threshold)
    had = offers(before)

    best = -np.inf
    found = world.candidates
    names = world.inputs.catalogue.ids
    options: list[list[tuple[str, ...]]] = [[()] for _ in today]
    for unit, bundle in zip(found.unit.tolist(), found.bundle.tolist(), strict=True):
        options[unit].append(tuple(names[i] for i in found.bundles[bundle].interventions))
    for choice in itertools.product(*options):
        circle = sum("circle" in bundle for bundle in choice)
        if circle == 1:
            continue
        spent = sum(len(b) - ("circle" in b) for b in choice) + int(np.ceil(circle / 3))
        if spent <= hours:
            chosen = {
                (n, h) for n, bundle in zip(sorted(today), choice, strict=True) for h in bundle
            }
            true = sum(today[n][2][h] for n, h in chosen)
            best = max(best, true + threshold * len(chosen & had))
    mine = plan.summary.benefit + threshold * len(offers(plan) & had)
    assert mine == pytest.approx(best, abs=1e-6)
    assert kept.counted == pytest.approx(mine, abs=1e-6)
    assert kept.same == len(offers(plan) & had)
    assert kept.counted_bound >= best - 1e-6
    optimum = world.allocation.certificate.value
    assert plan.summary.bound >= optimum - 1e-6
    assert not verify(plan, world.inputs, world.settings.matching, world.settings.limits)


@few
@given(states=pair())
def test_the_best_of_all_plans_with_the_bonus_is_found(small: Any, states: Any) -> None:
    best_is_found(small, states)


@pytest.mark.slow
@many
@given(states=pair())
def test_the_best_of_very_many_plans_with_the_bonus_is_found(small: Any, states: Any) -> None:
    best_is_found(small, states)


picked = st.lists(st.integers(0, 11), min_size=1, max_size=3, unique=True)


def costs_cover_the_loss(small: Any, states: Any, picks: list[int]) -> None:
    """Solving without the decisions is the oracle of the estimates, where there are no groups."""
    units, _, hours, _ = states
    units = {n: (s, c, {h.replace("circle", "walk"): b for h, b in helps.items()})
             for n, (s, c, helps) in units.items()}  # fmt: skip
    pairs = [(unit, help_) for unit in sorted(units) for help_ in sorted(units[unit][2])]
    said = [
        (*pairs[n % len(pairs)], ("forbid", "require")[n % 2], "family: x")
        for n in {n % len(pairs): n for n in picks}.values()
    ]
    world = small(units, hours=hours)
    decided = world.with_decisions(*said)
    costs = costs_of(
        decided.formulation, decided.candidates, decided.allocation.solution,
        decided.settings.matching, decided.inputs.resources, decided.settings.limits,
    )  # fmt: skip
    assert (costs.decisions["cost"] >= 0).all()
    assert set(costs.decisions["unit_id"]) == {unit for unit, *_ in said}
    if (costs.decisions["how"] != "estimated").any():
        return
    free, held = world.allocation.certificate.value, decided.plan.summary
    if held.shortages:
        return
    assert free <= held.value + (held.bound - held.value) + costs.total + 1e-6


@few
@given(states=pair(), picks=picked)
def test_all_decisions_together_cost_no_more_than_estimated_and_the_gap(
    small: Any, states: Any, picks: list[int]
) -> None:
    costs_cover_the_loss(small, states, picks)


@pytest.mark.slow
@many
@given(states=pair(), picks=picked)
def test_all_decisions_of_very_many_cost_no_more_than_estimated_and_the_gap(
    small: Any, states: Any, picks: list[int]
) -> None:
    costs_cover_the_loss(small, states, picks)


def test_a_vetoed_best_offer_costs_what_it_was_worth_above_its_price(small: Any) -> None:
    world = small(one_each(a=0.5, b=0.4, c=0.3), hours=2)
    decided = world.with_decisions(("a", "lesson", "forbid", "family: canary"))
    costs = costs_of(
        decided.formulation, decided.candidates, decided.allocation.solution,
        decided.settings.matching, decided.inputs.resources, decided.settings.limits,
    )  # fmt: skip
    assert decided.plan.summary.benefit == pytest.approx(0.7)
    assert 0.2 - 1e-6 <= costs.total <= 0.5 + 1e-6
    assert costs.by_reason() == (("family", 1, costs.total),)
    assert "canary" not in costs.decisions.to_csv()


def test_help_that_cannot_be_offered_has_no_cost_and_is_said_so(small: Any) -> None:
    world = small(one_each(a=0.5, b=0.4), hours=0.5).with_decisions(
        ("b", "lesson", "require", "more_need")
    )
    costs = costs_of(
        world.formulation, world.candidates, world.allocation.solution,
        world.settings.matching, world.inputs.resources, world.settings.limits,
    )  # fmt: skip
    assert costs.decisions[["cost", "how"]].values.tolist() == [[0.0, "cannot be met"]]


def test_a_duty_that_cannot_be_met_does_not_make_a_decision_dear(small: Any) -> None:
    world = small(one_each(a=0.5, b=0.4), hours=1)
    units = world.inputs.cohort.units.assign(must_serve=["any", "any"]).astype(
        {"must_serve": "str"}
    )
    said = world.with_decisions(("a", "lesson", "forbid", "family"))
    inputs = replace(said.inputs, cohort=replace(said.inputs.cohort, units=units))
    said.__dict__["inputs"] = inputs
    costs = costs_of(
        said.formulation, said.candidates, said.allocation.solution,
        said.settings.matching, inputs.resources, said.settings.limits,
    )  # fmt: skip
    assert costs.total <= 0.5 + 1e-6


def test_pupils_who_left_and_help_that_is_gone_keep_nothing(small: Any) -> None:
    before = small({"a": ("s1", 1, {"lesson": 0.5}), "z": ("s1", 1, {"talk": 0.4})}, hours=2).plan
    today = small(one_each(a=0.5, b=0.4), hours=2)
    plan, kept = again(today, before, 0.3)
    assert (kept.before, kept.possible, kept.same) == (2, 1, 1)
    assert offers(plan) == {("a", "lesson"), ("b", "lesson")}


def test_the_problem_with_the_bonus_has_the_same_rows(small: Any) -> None:
    world = small({"a": ("s1", 5, {"lesson": 0.3, "talk": 0.2})}, hours=3)
    kept = keeping(world.formulation, world.candidates, world.plan, 0.2)
    assert kept.problem.rows == world.formulation.problem.rows
    owners = np.bincount(kept.block, weights=kept.problem.limit)
    np.testing.assert_allclose(owners, world.formulation.problem.limit)
    price = np.ones(kept.problem.rows)
    assert bound(kept.problem, price) >= bound(world.formulation.problem, price)


def test_what_went_what_is_new_and_what_stays_add_up_to_the_difference(small: Any) -> None:
    world = small(one_each(a=0.5, b=0.4, c=0.3), hours=2)
    said = (("a", "lesson", "forbid", "less_need"),)
    plan, kept = again(world.with_decisions(*said), world.plan, 0.01)
    assert (kept.went, kept.new) == pytest.approx((0.5, 0.3))
    assert -kept.went + kept.new + kept.recounted == pytest.approx(
        plan.summary.benefit - world.plan.summary.benefit
    )


def test_benefit_that_data_changed_is_told_apart_from_help_that_changed() -> None:
    lines = [("a", "talk", "p", 2.0, 1.0), ("b", "talk", "p", 1.0, 0.5)]
    old = pd.DataFrame(lines, columns=["unit_id", "intervention", "period", "units", "benefit"])
    new = old.assign(units=[1.0, 1.0], benefit=[0.6, 0.25], unit_id=["a", "c"])
    assert turned(old, new) == pytest.approx((0.5 + 0.5, 0.25, 0.1))
    assert turned(old, old) == (0.0, 0.0, 0.0)
    assert turned(old.iloc[:0], new) == pytest.approx((0.0, 0.85, 0.0))


def test_unchanged_counts_pupils_of_segments(small: Any) -> None:
    one = small({"a": ("s1", 5, {"lesson": 0.3})}, hours=4).plan.assignments
    other = small({"a": ("s1", 5, {"lesson": 0.3})}, hours=3).plan.assignments
    assert unchanged(one, other) == 3
    assert unchanged(other, one) == 3
