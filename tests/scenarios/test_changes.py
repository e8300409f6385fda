"""A scenario changes what it names and nothing else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from recommender.inputs import Inputs, read_workspace
from recommender.inputs.policy import CapacityChange, Change, Hire, ReachChange
from recommender.inputs.templates import write_templates
from recommender.scenarios import apply_change, apply_scenario
from recommender.scenarios.describe import changes_in_words, listed_scenarios


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Inputs:
    root = tmp_path_factory.mktemp("scenarios") / "workspace"
    write_templates(root)
    return read_workspace(root)


def under(inputs: Inputs, **change: object) -> Inputs:
    """The inputs under one change."""
    return apply_change(inputs, Change(id="change", **change))  # type: ignore[arg-type]


def hours(inputs: Inputs) -> pd.Series:
    """Hours by professional and period."""
    return inputs.resources.professionals.set_index(["professional_id", "period"])["hours"]


def test_a_change_that_names_nothing_changes_nothing(inputs: Inputs) -> None:
    same = under(inputs)
    assert same.policy == inputs.policy
    assert same.catalogue == inputs.catalogue
    pd.testing.assert_frame_equal(same.cohort.units, inputs.cohort.units)
    pd.testing.assert_frame_equal(same.resources.professionals, inputs.resources.professionals)


def test_hours_times_one_are_the_same_rows_in_the_same_order(inputs: Inputs) -> None:
    same = under(inputs, capacity=(CapacityChange(scale=1.0),))
    pd.testing.assert_frame_equal(same.resources.professionals, inputs.resources.professionals)


def test_who_leaves_is_gone_and_who_is_hired_has_the_hours_written(inputs: Inputs) -> None:
    changed = under(
        inputs,
        leave=("w01",),
        capacity=(CapacityChange(role="teacher", scale=0.5),),
        hire=(Hire("x9", "teacher", 7.0, "s01"),),
    )
    before, after = hours(inputs), hours(changed)
    assert "w01" not in after.index.get_level_values(0)
    assert (after["x9"] == 7.0).all()
    assert after["x9"].size == len(inputs.policy.periods)
    assert (after["w02"] == before["w02"] * 0.5).all()
    row = changed.resources.professionals.query("professional_id == 'x9'").iloc[0]
    assert (row["sites"], row["cost_per_hour"]) == ("s01", inputs.policy.roles[0].cost_per_hour)


def test_somebody_hired_for_a_period_is_there_in_it_alone(inputs: Inputs) -> None:
    last = inputs.policy.periods[-1].id
    changed = under(inputs, hire=(Hire("x9", "teacher", 7.0, period=last),))
    assert hours(changed)["x9"].index.tolist() == [last]


def test_reach_changes_where_it_is_said_and_as_far_as_it_is_said(inputs: Inputs) -> None:
    name = inputs.catalogue.ids[0]
    changed = under(inputs, reach={name: ReachChange(uptake=0.25)})
    for before, after in zip(
        inputs.catalogue.interventions, changed.catalogue.interventions, strict=True
    ):
        expected = replace(before.reach, uptake=0.25) if before.id == name else before.reach
        assert after == replace(before, reach=expected)


def test_a_rule_taken_away_takes_its_duties_along(inputs: Inputs) -> None:
    owed = inputs.cohort.units["must_serve"]
    assert (owed == "any").any()
    changed = under(inputs, rules={"must_serve": {"any": None}})
    assert not (changed.cohort.units["must_serve"] == "any").any()
    assert changed.policy.rules.must_serve == ()


def test_scenarios_add_up_along_what_they_build_on(inputs: Inputs) -> None:
    policy = replace(
        inputs.policy,
        scenarios=(
            Change(id="one", rules={"budget": 10, "travel_overhead": 0.4}),
            Change(id="two", extends="one", rules={"budget": 20}),
        ),
    )
    rules = apply_scenario(replace(inputs, policy=policy), "two").policy.rules
    assert (rules.budget, rules.travel_overhead) == (20.0, 0.4)
    assert rules.caps == inputs.policy.rules.caps


def test_every_kind_of_change_has_its_words() -> None:
    change = Change(
        id="all",
        leave=("w01",),
        capacity=(
            CapacityChange("teacher", "s01", "winter", 0.8, 5.0),
            CapacityChange(set=30.0),
        ),
        hire=(Hire("x9", "teacher", 7.0),),
        budget=3000.0,
        rules={"travel_overhead": 0.2, "caps": {"tutoring": None}},
        without=("mentoring",),
        only=("tutoring",),
        reach={"tutoring": ReachChange(0.5, 0.75)},
        weights={"reading_lag": 2.0},
    )
    assert changes_in_words(change) == (
        "w01 leaves",
        "hours of teacher at s01 in winter: x 0.8, +5 a period",
        "hours of everybody: 30 a period",
        "x9 is hired: teacher everywhere, 7 h every period",
        "budget: 3,000 euros",
        "rules: travel_overhead becomes 0.2",
        "rules: caps.tutoring is taken away",
        "without mentoring",
        "only tutoring",
        "reach of tutoring: uptake 50%, completion 75%",
        "weight of reading_lag: 2",
    )


def test_the_list_says_which_scenarios_change_nothing(inputs: Inputs) -> None:
    policy = replace(
        inputs.policy,
        scenarios=(
            Change(
                id="idle", capacity=(CapacityChange("care_coordinator", site="s01", scale=2.0),)
            ),
            Change(id="same"),
            Change(id="less", capacity=(CapacityChange(scale=0.5),)),
        ),
    )
    base, idle, same, less = listed_scenarios(replace(inputs, policy=policy))
    assert idle.remarks == (
        "hours of care_coordinator at s01: x 2: nobody is there whose hours could change",
    )
    assert same.remarks == ("it changes nothing: its plan will be that of the base",)
    assert less.remarks == base.remarks == ()
    assert less.hours == base.hours / 2


def test_the_shipped_scenarios_can_all_be_applied() -> None:
    root = Path(__file__).parents[2]
    if not (root / "data" / "pupils.csv").exists():
        pytest.skip("the shipped region is not here")
    shipped = read_workspace(root)
    assert len(listed_scenarios(shipped)) == 1 + len(shipped.policy.scenarios)


def test_files_of_scenarios_that_play_no_part_are_no_sources(tmp_path: Path) -> None:
    root = tmp_path / "workspace"
    write_templates(root)
    (root / "scenarios").mkdir()
    for name, text in (("one", "one: {budget: 3}"), ("two", "two: {extends: one, budget: 4}")):
        (root / "scenarios" / f"{name}.yaml").write_text(f"scenarios:\n  {text}\n")
    both = {"scenarios/one.yaml", "scenarios/two.yaml"}
    whole = read_workspace(root)
    for name, used in (("base", set()), ("one", {"scenarios/one.yaml"}), ("two", both)):
        sources = {source.path for source in apply_scenario(whole, name).sources}
        assert sources & both == used
        assert "planning.yaml" in sources
