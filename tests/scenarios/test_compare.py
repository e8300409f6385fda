"""Plans and policies side by side: nothing beats the bound, and every number adds up."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from recommender.errors import UsageError
from recommender.export.plan_json import plan_text
from recommender.pipeline import verify
from recommender.planning import Plan
from recommender.scenarios.compare import Compared, compare
from recommender.scenarios.solve import run_scenarios


def plan_of(compared: Compared, name: str) -> Plan:
    """The plan of a scenario."""
    return next(run.plan for run in compared.runs if run.name == name)


def test_base_comes_first_then_scenarios_then_policies(compared: Compared) -> None:
    sides = compared.comparison.sides
    assert sides[0].name == "base"
    assert [side.kind for side in sides] == ["scenario"] * 7 + ["policy"] * 6


def test_a_scenario_that_changes_nothing_gives_an_equal_plan(compared: Compared) -> None:
    base, same = plan_of(compared, "base"), plan_of(compared, "same")
    assert plan_text(replace(same, summary=replace(same.summary, scenario="base"))) == plan_text(
        base
    )
    moved = compared.comparison.moved
    assert not (moved["to"] == "same").any()


def test_no_policy_beats_the_bound_and_a_plan_comes_within_its_gap(compared: Compared) -> None:
    sides = compared.comparison.sides
    for side in sides:
        if side.kind == "policy":
            assert side.benefit <= sides[0].bound + 1e-9, side.name
            assert side.gap >= 0
    assert sides[0].gap <= 0.3


def test_more_hours_never_hurt_and_fewer_never_help_beyond_the_proven_gap(
    compared: Compared,
) -> None:
    bound = {side.name: side.bound for side in compared.comparison.sides}
    assert bound["fewer_hours"] <= bound["base"] + 1e-6
    assert bound["little_money"] <= bound["fewer_hours"] + 1e-6
    assert bound["base"] <= bound["more_hours"] + 1e-6


def test_every_plan_of_a_scenario_holds(compared: Compared) -> None:
    for run in compared.runs:
        assert verify(run.plan, run.inputs, run.settings) == (), run.name


def test_figures_are_those_of_the_plans(compared: Compared) -> None:
    comparison = compared.comparison
    for run in compared.runs:
        side, summary = comparison.side(run.name), run.plan.summary
        assert side.benefit == pytest.approx(summary.benefit)
        assert (side.served, side.pupils) == (summary.served, summary.pupils)
        hours = comparison.hours[comparison.hours["side"] == run.name]
        assert hours["used"].sum() == pytest.approx(side.hours_used)
        # Hours of roles that no help needs have no row.
        assert hours["capacity"].sum() <= side.hours_capacity + 1e-6
        assert side.hours_left == pytest.approx(side.hours_capacity - side.hours_used)
        deciles = comparison.deciles[comparison.deciles["side"] == run.name]
        assert deciles["pupils"].sum() == summary.pupils
        assert deciles["served"].sum() == pytest.approx(summary.served)
        assert deciles["benefit"].sum() == pytest.approx(side.common_benefit)
        sites = comparison.groups[
            (comparison.groups["side"] == run.name) & (comparison.groups["column"] == "site")
        ]
        assert sites["benefit"].sum() <= side.common_benefit + 1e-9


def test_who_moves_adds_up_to_the_difference(compared: Compared) -> None:
    comparison = compared.comparison
    for side in comparison.sides[1:]:
        if side.draws > 1:
            continue
        moved = comparison.moved
        rows = moved[(moved["from"] == "base") & (moved["to"] == side.name)]
        assert rows["difference"].sum() == pytest.approx(side.difference, abs=1e-9)
        assert ((rows["difference"] > 1e-9) == (rows["better"] > 0)).all()
        assert ((rows["difference"] < -1e-9) == (rows["worse"] > 0)).all()
        assert (rows["reason"] != "").all()
        assert (rows["before"] != rows["after"]).all()


def test_what_moved_is_what_the_plans_say(compared: Compared) -> None:
    before, after = plan_of(compared, "base"), plan_of(compared, "fewer_hours")

    def offers(plan: Plan) -> pd.Series:
        once = plan.assignments.drop_duplicates(["unit_id", "bundle", "period"])
        return once.set_index("unit_id")["bundle"] + "@" + once.set_index("unit_id")["period"]

    one, other = offers(before), offers(after)
    everybody = one.index.union(other.index)
    differ = one.reindex(everybody, fill_value="nothing") != other.reindex(
        everybody, fill_value="nothing"
    )
    moved = compared.comparison.moved
    rows = moved[(moved["from"] == "base") & (moved["to"] == "fewer_hours")].set_index("unit_id")
    assert sorted(rows.index) == sorted(everybody[differ.to_numpy()])
    for unit, row in rows.iterrows():
        assert row["before"] == one.get(unit, "nothing")
        assert row["after"] == other.get(unit, "nothing")


def test_any_two_can_be_held_against_each_other(compared: Compared) -> None:
    moved = compared.comparison.moved
    assert ((moved["from"] == "few") & (moved["to"] == "random")).any()


def test_fewer_hours_are_the_reason_that_is_given(compared: Compared) -> None:
    moved = compared.comparison.moved
    lost = moved[(moved["to"] == "fewer_hours") & (moved["change"] == "loses")]
    assert lost["reason"].str.contains("fewer|does not run|goes to|place in", regex=True).any()
    assert not lost["reason"].str.contains("may not be offered").any()


def test_what_a_scenario_leaves_out_is_the_reason_that_is_given(compared: Compared) -> None:
    moved = compared.comparison.moved
    rows = moved[(moved["from"] == "base") & (moved["to"] == "few") & (moved["change"] == "loses")]
    kept = {"small_group_tuition", "one_to_one_tutoring", "school_social_work", "mentoring"}
    gone = ~rows["before"].map(lambda text: set(text.partition("@")[0].split("+")) <= kept)
    assert gone.any()
    assert (rows.loc[gone, "reason"] == "it may not be offered to this pupil").all()


def test_other_weights_are_compared_at_those_of_the_base(compared: Compared) -> None:
    side = compared.comparison.side("lessons")
    assert side.benefit > side.common_benefit
    assert side.common_benefit <= compared.comparison.sides[0].bound + 1e-9


def test_what_is_not_known_of_effects_is_not_known_of_both(compared: Compared) -> None:
    for side in compared.comparison.sides:
        if side.name in ("highest_risk", "fewer_hours"):
            assert side.difference_error is not None
            assert (
                0
                < side.difference_error
                < side.standard_error + compared.comparison.sides[0].standard_error
            )
    assert compared.comparison.side("same").difference_error == pytest.approx(0.0, abs=1e-12)
    assert compared.comparison.side("few").difference_error is None


def test_a_search_begins_from_the_scenario_it_builds_on(compared: Compared) -> None:
    begun = {side.name: side.begun_from for side in compared.comparison.sides}
    assert begun["little_money"] == "fewer_hours"
    assert begun["more_hours"] == "base"
    assert begun["base"] == ""


def test_a_policy_without_a_history_is_left_out_and_said(region, compared: Compared) -> None:
    cohort = replace(region.inputs.cohort, history=region.inputs.cohort.history.iloc[:30])
    found = compare(
        replace(region.inputs, cohort=cohort), (), ("status_quo",), region.settings,
        risks=region.risks,
    ).comparison  # fmt: skip
    assert [side.name for side in found.sides] == ["base"]
    assert found.remarks[0].startswith("status_quo is left out")
    assert compared.comparison.remarks == ()


@pytest.mark.parametrize(
    ("scenarios", "policies", "between", "said"),
    [
        (("fewer_hour",), (), (), "did you mean fewer_hours?"),
        ((), ("highest_rsk",), (), "did you mean highest_risk?"),
        ((), (), (("base", "random"),), "no side of this comparison 'random'"),
    ],
)
def test_what_does_not_exist_is_said_before_anything_is_solved(
    region, scenarios, policies, between, said: str
) -> None:
    with pytest.raises(UsageError) as error:
        compare(region.inputs, scenarios, policies, region.settings, between=between)
    assert said in str(error.value)


@pytest.mark.slow
def test_the_same_comparison_comes_out_again(region, compared: Compared) -> None:
    again = run_scenarios(region.inputs, ("fewer_hours",), region.settings, risks=region.risks)
    before = plan_of(compared, "fewer_hours")
    assert plan_text(again[1].plan) == plan_text(before)


def test_cold_is_what_plan_would_do(region, compared: Compared) -> None:
    from recommender.allocation import solve
    from recommender.planning import plan_of as planned

    (base,) = run_scenarios(region.inputs, (), region.settings, cold=True, risks=region.risks)
    answer = solve(base.formulation.problem, region.settings.effort)
    alone = planned(base.formulation, answer, base.candidates, base.settings.matching)
    assert alone.assignments.equals(plan_of(compared, "base").assignments)
    assert np.isclose(alone.summary.value, base.plan.summary.value)
