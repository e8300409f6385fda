"""Scenarios change rules, staff and reach, in planning.yaml or beside it, and are checked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from pydantic import ValidationError

from recommender.errors import InputError
from recommender.inputs import read_workspace
from recommender.inputs.findings import Findings
from recommender.inputs.formats.schema import schema
from recommender.inputs.policy import MustServe, Rules
from recommender.inputs.readers.rule_changes import as_written, changed_rules
from recommender.inputs.readers.scenario_files import draft_scenarios, scenarios_in

FILE = "scenarios/strike.yaml"
Make = Callable[..., Path]
Said = Callable[[Path], list[str]]

RULES = Rules(
    budget=100.0,
    caps={"tutoring": 5.0, "mentoring": 3.0},
    must_serve=(MustServe("any", "Any"), MustServe("law", "Law", ("snap",))),  # type: ignore[arg-type]
)


@pytest.mark.many(3)
@pytest.mark.parametrize(
    ("change", "key", "expected"),
    [
        ({"budget": 50}, "budget", 50.0),
        ({"budget": None}, "budget", None),
        ({"caps": {"tutoring": 9}}, "caps", {"tutoring": 9.0, "mentoring": 3.0}),
        ({"caps": {"tutoring": None}}, "caps", {"mentoring": 3.0}),
        ({"caps": None}, "caps", {}),
        ({"consent": ["asked"]}, "consent", ("asked",)),
        ({"travel_overhead": 0.3}, "travel_overhead", 0.3),
        ({"must_serve": {"any": None}}, "must_serve", RULES.must_serve[1:]),
    ],
)
def test_a_part_of_the_rules_changes_and_the_rest_stays(
    change: dict[str, Any], key: str, expected: object
) -> None:
    changed = changed_rules(RULES, change)
    assert getattr(changed, key) == expected
    assert {k: v for k, v in vars(changed).items() if k != key} == {
        k: v for k, v in vars(RULES).items() if k != key
    }


def test_an_entry_of_a_mapping_keeps_what_the_change_does_not_name() -> None:
    law = changed_rules(RULES, {"must_serve": {"law": {"interventions": ["sprint"]}}}).must_serve[1]
    assert (law.name.en, law.interventions) == ("Law", ("sprint",))


def test_rules_read_back_as_they_were_written() -> None:
    assert changed_rules(Rules(), as_written(RULES)) == RULES


def test_a_change_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ValidationError):
        changed_rules(RULES, {"travel_overhead": 2})


@pytest.mark.many(5)
@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("rules: {budgt: 3}", "rules.budgt is not a known key; did you mean 'budget'?"),
        ("rules: {budget: -3}", "rules.budget is -3; it must be at least 0"),
        ("rules: {consent: [givn]}", "rules.consent[1] is 'givn'; did you mean 'given'?"),
        ("rules: {caps: {small_group_tution: 3}}",
         "rules.caps.small_group_tution is not in interventions.yaml; did you mean "
         "'small_group_tuition'?"),
        ("rules: {must_serve: {law: {interventions: []}}}",
         "rules.must_serve.law.name is missing; add `name:`, what people call it"),
        ("hire: [{professional_id: x9, role: techer, hours: 3}]",
         "hire[1].role is 'techer', which is no role; did you mean 'teacher'?"),
        ("hire: [{professional_id: x9, role: teacher, hours: 3, period: wintr}]",
         "hire[1].period is 'wintr', which is no period; did you mean 'winter'?"),
        ("hire: [{professional_id: x9, role: teacher, hours: 3, sites: s9}]",
         "hire[1].sites is 's9', which is not a site of data/sites; use s01 or s02"),
        ("hire: [{professional_id: w01, role: teacher, hours: 3}]",
         "hire[1].professional_id is 'w01', who is there already; use capacity to change the "
         "hours of who is there, or take another id"),
        ("leave: [w99]", "leave[1] is 'w99', who is not in data/professionals; use w01, w02 "),
        ("reach: {small_group_tution: {uptake: 0.5}}",
         "reach.small_group_tution is not in interventions.yaml; did you mean "
         "'small_group_tuition'?"),
        ("reach: {small_group_tuition: {uptake: 1.5}}",
         "reach.small_group_tuition.uptake is 1.5; it must be at most 1"),
        ("extends: fewer_techers",
         "extends names 'fewer_techers', which is no scenario; did you mean 'fewer_teachers'?"),
        ("{budget: 3, rules: {budget: 4}}", "budget stands under rules too; keep one of the two"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_scenario_file_is_said_with_its_line_and_what_was_meant(
    entry: str, said: str, workspace: Make, problems: Said
) -> None:
    text = f"scenarios:\n  strike: {entry if entry.startswith('{') else '{' + entry + '}'}\n"
    found = problems(workspace((FILE, "", text)))
    assert len(found) == 1
    assert found[0].startswith(f"{FILE} line 2: scenarios.strike.{said}")


def test_a_name_that_planning_yaml_has_already_is_refused(workspace: Make, problems: Said) -> None:
    found = problems(workspace((FILE, "", "scenarios:\n  fewer_teachers: {budget: 3}\n")))
    assert found == [
        f"{FILE} line 2: scenarios.fewer_teachers stands in planning.yaml already; give it a name "
        "of its own"
    ]


def test_nobody_may_call_a_scenario_base(workspace: Make, problems: Said) -> None:
    (found,) = problems(workspace((FILE, "", "scenarios:\n  base: {budget: 3}\n")))
    assert "is the name of the plan without a scenario" in found


def test_a_scenario_may_hire_whom_the_one_it_builds_on_let_go(
    workspace: Make, problems: Said
) -> None:
    text = """scenarios:
  gone: {leave: [w01]}
  back: {extends: gone, hire: [{professional_id: w01, role: teacher, hours: 3}]}
  twice: {extends: gone, leave: [w01]}
"""
    (found,) = problems(workspace((FILE, "", text)))
    assert found.startswith(f"{FILE} line 4: scenarios.twice.leave[1] is 'w01', who is not")


def test_what_is_wrong_with_the_rules_themselves_is_not_said_for_every_scenario(
    workspace: Make, problems: Said
) -> None:
    root = workspace(
        (FILE, "", "scenarios:\n  strike: {rules: {travel_overhead: 0.2}}\n"),
        ("planning.yaml", "caps: {one_to_one_tutoring:", "caps: {one_to_one_tutorin:"),
    )
    found = problems(root)
    assert len(found) == 1
    assert found[0].startswith("planning.yaml")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("strike: {budget: 3}\n", "has no `scenarios:`"),
        ("scenario:\n  strike: {}\n", "did you mean 'scenarios'?"),
        ("scenarios: [strike]\n", "scenarios must be a mapping"),
    ],
)
def test_a_file_that_holds_no_scenarios_says_so(
    text: str, said: str, workspace: Make, problems: Said
) -> None:
    assert any(said in line for line in problems(workspace((FILE, "", text))))


def test_scenarios_of_files_come_after_those_of_the_policy_and_count_as_sources(
    workspace: Make, tmp_path: Path
) -> None:
    root = workspace((FILE, "", "scenarios:\n  strike: {budget: 3}\n"))
    apart = tmp_path / "apart.yaml"
    apart.write_text("scenarios:\n  lent: {extends: strike, budget: 4}\n", encoding="utf-8")
    inputs = read_workspace(root, scenarios=[apart, root / FILE])
    assert [s.id for s in inputs.policy.scenarios][-2:] == ["strike", "lent"]
    assert {FILE, "../apart.yaml"} <= {source.path for source in inputs.sources}
    assert scenarios_in(apart) == ("lent",)


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"gone\.yaml: is missing"):
        scenarios_in(tmp_path / "gone.yaml")


def test_the_schema_of_the_planning_knows_every_change(workspace: Make) -> None:
    root = workspace(
        (FILE, "", """scenarios:
  strike:
    hire: [{professional_id: x9, role: teacher, hours: 3, sites: "s01;s02", period: winter}]
    leave: [w01]
    reach: {small_group_tuition: {uptake: 0.5}}
    rules: {budget: null, caps: {small_group_tuition: null}, must_serve: {any: null}}
"""),
    )  # fmt: skip
    document = draft_scenarios(root / FILE, FILE, Findings())
    assert document is not None
    part = schema("planning")
    part = {"$defs": part["$defs"], "$ref": "#/$defs/Change"}
    jsonschema.Draft202012Validator(part).validate(document.value["scenarios"]["strike"])
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(part).validate({"rules": {"budgt": 3}})
