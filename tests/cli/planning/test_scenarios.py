"""``recommender scenarios``, and plans of scenarios that stand in files of their own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

TEXT = """scenarios:
  lean:
    name: Less of everything
    rules: {budget: 400, travel_overhead: 0.2}
    leave: [w02]
    hire: [{professional_id: x9, role: teacher, hours: 40, sites: s02}]
"""


def test_the_list_says_what_each_changes(run, workspace: Path) -> None:
    (workspace / "scenarios").mkdir()
    (workspace / "scenarios" / "lean.yaml").write_text(TEXT, encoding="utf-8")
    said = run("scenarios", workspace)
    assert said.code == 0
    for text in (
        "base ", "Less of everything", "rules: budget becomes 400", "w02 leaves",
        "x9 is hired: teacher at s02, 40 h every period", "hours of teacher: x 0.8",
    ):  # fmt: skip
        assert text in said.out


def test_the_list_can_be_read_by_programs(run, workspace: Path) -> None:
    said = run("scenarios", workspace, "--json", "--scenario", "fewer_teachers")
    (one,) = json.loads(said.out)["scenarios"]
    assert one["name"] == "fewer_teachers"
    assert one["changes"] == ["hours of teacher: x 0.8"]
    assert one["budget"] == 2000.0


def test_a_mistyped_scenario_is_a_mistake_on_the_command_line(run, workspace: Path) -> None:
    said = run("scenarios", workspace, "--scenario", "fewer_teacher")
    assert said.code == 2
    assert "did you mean fewer_teachers?" in said.err


def test_a_wrong_scenario_is_bad_input(run, workspace: Path) -> None:
    (workspace / "scenarios").mkdir()
    wrong = TEXT.replace("leave: [w02]", "leave: [w77]")
    (workspace / "scenarios" / "lean.yaml").write_text(wrong, encoding="utf-8")
    said = run("scenarios", workspace)
    assert said.code == 3
    assert "scenarios/lean.yaml line 5: scenarios.lean.leave[1] is 'w77'" in said.err


@pytest.mark.slow
def test_a_plan_of_a_scenario_in_a_file_elsewhere_can_be_verified(
    run, workspace: Path, tmp_path: Path
) -> None:
    file = tmp_path / "lean.yaml"
    file.write_text(TEXT, encoding="utf-8")
    folder = tmp_path / "lean"
    said = run("plan", workspace, "--scenario", file, "-o", folder, "-q")
    assert said.code == 0, said.err
    assert "in scenario lean" in said.out
    summary = json.loads((folder / "plan.json").read_text(encoding="utf-8"))["summary"]
    assert summary["budget"] == 400
    assert run("verify", folder).code == 0
    file.write_text(TEXT.replace("400", "500"), encoding="utf-8")
    assert run("verify", folder).code == 1


def test_a_plan_is_of_one_scenario(run, workspace: Path, tmp_path: Path) -> None:
    file = tmp_path / "two.yaml"
    file.write_text(TEXT + "  other: {budget: 3}\n", encoding="utf-8")
    said = run("plan", workspace, "--scenario", file, "-o", tmp_path / "two")
    assert said.code == 2
    assert "has 2 scenarios" in said.err
