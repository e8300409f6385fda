"""The commands on a small workspace: answers on stdout, remarks on stderr, files whole."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest

from recommender.planning.explain.repair import Extra, Repair
from recommender.planning.plan.plan import Plan
from recommender.planning.plan.summary import Shortage


def test_check_of_a_good_workspace_says_what_is_there(run, workspace: Path) -> None:
    said = run("check", workspace)
    assert said.code == 0
    assert "nothing wrong" in said.out
    assert "synthetic" in said.out
    record = json.loads(run("check", workspace, "--json").out)
    assert record["problems"] == []
    assert record["pupils"] == 8
    assert {file["path"] for file in record["files"]} >= {"planning.yaml", "data/pupils.csv"}


def test_check_says_every_problem_with_its_line_and_ends_with_3(run, workspace: Path) -> None:
    path = workspace / "data" / "pupils.csv"
    lines = path.read_text("utf-8").splitlines()
    lines[1] = lines[1].replace("s01", "nowhere")
    lines[2] = lines[2].replace(",given,", ",maybe,")
    path.write_text("\n".join(lines) + "\n", "utf-8")
    said = run("check", workspace)
    assert said.code == 3
    assert said.out == ""
    assert [line.split(":")[0] for line in said.err.splitlines()] == [
        "data/pupils.csv line 2",
        "data/pupils.csv line 3",
    ]
    as_json = run("check", workspace, "--json")
    assert as_json.code == 3
    assert [p["line"] for p in json.loads(as_json.out)["problems"]] == [2, 3]


def test_check_refuses_for_privacy_with_6(run, workspace: Path) -> None:
    path = workspace / "planning.yaml"
    text = path.read_text("utf-8")
    assert "columns:" in text
    path.write_text(
        text.replace("columns:", "columns:\n  postcode: {type: category, use: [feature]}", 1),
        "utf-8",
    )
    assert run("check", workspace).code == 6


def test_plan_prints_the_certified_gap_and_where_the_files_are(run, workspace: Path) -> None:
    said = run("plan", workspace, "--force")
    assert said.code == 0
    assert "Synthetic data: these pupils do not exist." in said.out
    assert "Help for " in said.out
    assert "gap " in said.out
    assert "Hours used" in said.out
    assert "report.html" in said.out
    assert said.err == ""


def test_plan_as_json_is_nothing_but_json(run, workspace: Path) -> None:
    said = run("plan", workspace, "--force", "--json", "-v")
    record = json.loads(said.out)
    assert record["synthetic"] is True
    assert record["scenario"] == "base"
    assert {"value", "bound", "gap", "status", "hours", "prices", "folder"} <= set(record)
    assert "reading the workspace" in said.err
    written = json.loads((workspace / "plan" / "plan.json").read_text("utf-8"))
    jsonschema.validate(written, json.loads(run("schema", "plan").out))
    assert written["summary"]["gap"] == record["gap"]


def test_plan_refuses_to_replace_what_is_not_asked_before_any_work(
    run, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("recommender.pipeline.recommend", lambda *_: pytest.fail("it worked"))
    said = run("plan", workspace)
    assert said.code == 2
    assert "--force" in said.err
    assert run("plan", workspace, "-o", workspace / "data", "--force").code == 2


def test_the_same_inputs_and_seed_give_the_same_tables_whatever_the_row_order(
    run, workspace: Path
) -> None:
    path = workspace / "data" / "pupils.csv"
    head, *rows = path.read_text("utf-8").splitlines()
    path.write_text("\n".join([head, *reversed(rows)]) + "\n", "utf-8")
    assert run("plan", workspace, "-o", workspace / "again").code == 0
    for name in ("assignments", "not_served", "sessions", "resources", "caseload"):
        one = (workspace / "plan" / f"{name}.csv").read_bytes()
        assert (workspace / "again" / f"{name}.csv").read_bytes() == one
    one = (workspace / "plan" / "plan.json").read_bytes()
    assert (workspace / "again" / "plan.json").read_bytes() == one


def shortened(monkeypatch: pytest.MonkeyPatch, **changes: object) -> None:
    """Make ``recommend`` return a plan with another summary."""
    from recommender import pipeline

    whole = pipeline.recommend

    def recommend(*args: object) -> Plan:
        plan = whole(*args)  # type: ignore[arg-type]
        return replace(plan, summary=replace(plan.summary, **changes))  # type: ignore[arg-type]

    monkeypatch.setattr(pipeline, "recommend", recommend)


def test_a_shortage_is_exit_4_and_the_plan_is_written(
    run, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shortened(monkeypatch, shortages=(Shortage("any", "s01", 2.0),), status="stopped")
    repair = Repair("any", "s01", 2.0, (Extra("teacher", "s01", "winter", 3.5),), proved=True)
    monkeypatch.setattr("recommender.pipeline.repairs_of", lambda *_: (repair,))
    said = run("plan", workspace, "-o", workspace / "short")
    assert said.code == 4
    assert "must-serve rule cannot be met" in said.err
    assert "2  pupils short" in said.out
    assert "3.5 hours of teacher in winter more would do (solved again)" in said.out
    assert (workspace / "short" / "manifest.json").exists()
    assert (workspace / "short" / "repairs.csv").read_text("utf-8").splitlines() == [
        "rule,site,pupils,role,at,period,hours,euros,unsuited,proved",
        "any,s01,2,teacher,s01,winter,3.5,0,0,1",
    ]


def test_a_rule_of_fairness_that_cannot_be_met_is_exit_4_and_no_duty(
    run, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shortened(monkeypatch, shortages=(Shortage("no_worse_than/s01", "", 3.0),))
    said = run("plan", workspace, "-o", workspace / "unfair")
    assert said.code == 4
    assert "a rule of fairness cannot be met" in said.err
    assert "3  pupils worse off than now" in said.out
    assert "Must-serve rules that" not in said.out


def test_running_help_without_hours_is_exit_4_too(
    run, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lack = Shortage("running_help", "s01", 0.0, "teacher", "winter", 3.5)
    shortened(monkeypatch, shortages=(lack,))
    said = run("plan", workspace, "-o", workspace / "short")
    assert said.code == 4
    assert "running help" in said.err
    assert "3.5  hours short" in said.out


def test_a_stop_at_a_limit_is_exit_5_and_the_plan_is_written(
    run, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shortened(monkeypatch, status="stopped", gap=0.25, better_bound=None)
    said = run("plan", workspace, "-o", workspace / "stopped")
    assert said.code == 5
    assert "stopped at a limit" in said.err
    assert "gap 25.00%" in said.out
    assert (workspace / "stopped" / "manifest.json").exists()


def test_a_place_that_cannot_be_written_is_exit_74(run, workspace: Path) -> None:
    (workspace / "file").write_text("x")
    said = run("plan", workspace, "-o", workspace / "file" / "plan")
    assert said.code == 74
    assert "could not be written" in said.err


def test_quiet_says_nothing_on_stderr_and_long_work_says_so_elsewhere(
    run, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("recommender.cli.output.PATIENCE", -1.0)
    assert "assessing risks" in run("plan", workspace, "--force").err
    assert run("plan", workspace, "--force", "-q").err == ""


def test_colour_is_for_terminals_and_never_with_no_color(run, workspace: Path) -> None:
    assert "\x1b" not in run("plan", workspace, "--force").out


def test_verify_agrees_with_an_untouched_plan(run, workspace: Path) -> None:
    said = run("verify", workspace / "plan")
    assert said.code == 0, said.err
    assert "holds" in said.out
    assert "gap " in said.out
    assert json.loads(run("verify", workspace / "plan", "--json").out)["holds"] is True


@pytest.mark.many(2)
@pytest.mark.parametrize(
    "name",
    [
        "plan.json",
        "assignments.csv",
        "resources.csv",
        "caseload.csv",
        "not_served.csv",
        "report.html",
    ],
)
def test_verify_of_a_tampered_file_is_exit_1_and_says_where(
    run, workspace: Path, name: str
) -> None:
    path = workspace / "plan" / name
    text = path.read_text("utf-8")
    digit = max(index for index, letter in enumerate(text) if letter in "12345678")
    path.write_text(text[:digit] + str(int(text[digit]) + 1) + text[digit + 1 :], "utf-8")
    said = run("verify", workspace / "plan")
    assert said.code == 1
    assert said.out == ""
    assert f"{name}: the file was changed" in said.err
    if name.endswith(".csv"):
        assert f"{name} line " in said.err
        assert " column " in said.err
    as_json = run("verify", workspace / "plan", "--json")
    assert as_json.code == 1
    assert json.loads(as_json.out)["holds"] is False


def test_verify_of_a_plan_that_is_no_json_is_exit_1(run, workspace: Path) -> None:
    (workspace / "plan" / "plan.json").write_text("{")
    said = run("verify", workspace / "plan")
    assert said.code == 1
    assert "plan.json: the file was changed" in said.err


def test_a_plan_that_was_tampered_with_hashes_and_all_still_fails(run, workspace: Path) -> None:
    from recommender.export.folders.plan_folder import read_plan, write_plan

    plan, manifest = read_plan(workspace / "plan")
    richer = plan.assignments.assign(benefit=plan.assignments["benefit"] + 0.01)
    write_plan(replace(plan, assignments=richer), workspace / "plan", manifest, overwrite=True)
    said = run("verify", workspace / "plan")
    assert said.code == 1
    assert "benefit" in said.err


def test_verify_names_an_input_that_changed(run, workspace: Path) -> None:
    path = workspace / "data" / "sites.csv"
    path.write_text(path.read_text("utf-8").replace("School One", "School None"), "utf-8")
    said = run("verify", workspace / "plan")
    assert said.code == 1
    assert said.err.startswith("data/sites.csv: the input was changed")


def test_verify_finds_inputs_that_moved(run, workspace: Path, tmp_path: Path) -> None:
    (workspace / "plan").rename(tmp_path / "elsewhere")
    said = run("verify", tmp_path / "elsewhere", "--workspace", workspace)
    assert said.code == 0, said.err


def test_a_relaxation_verifies_as_one(run, workspace: Path) -> None:
    assert run("plan", workspace, "-o", workspace / "parts", "--relaxation").code == 0
    said = run("verify", workspace / "parts")
    assert said.code == 0, said.err


def test_explain_says_why_and_why_not(run, workspace: Path) -> None:
    said = run("explain", workspace / "plan", "p01")
    assert said.code == 0, said.err
    assert "p01" in said.out
    assert "Why not" in said.out
    record = json.loads(run("explain", workspace / "plan", "p01", "--json").out)
    assert record["unit_id"] == "p01"


def test_explain_of_nobody_is_exit_2(run, workspace: Path) -> None:
    assert run("explain", workspace / "plan", "nobody").code == 2


def test_init_makes_a_workspace_that_checks_and_never_replaces_one(run, tmp_path: Path) -> None:
    assert run("init", tmp_path / "new").code == 0
    assert run("check", tmp_path / "new").code == 0
    assert run("init", tmp_path / "new").code == 2


def test_simulate_makes_a_region_that_checks(run, tmp_path: Path) -> None:
    said = run("simulate", tmp_path / "region", "--pupils", 60, "--seed", 3, "--with-truth")
    assert said.code == 0, said.err
    assert (tmp_path / "region" / "truth").is_dir()
    assert run("check", tmp_path / "region").code == 0
    before = (tmp_path / "region" / "data" / "pupils.csv").read_bytes()
    again = run("simulate", tmp_path / "region", "--pupils", 60, "--seed", 3)
    assert again.code == 2
    assert "--force" in again.err
    assert run("simulate", tmp_path / "region", "--pupils", 60, "--seed", 3, "--force").code == 0
    assert (tmp_path / "region" / "data" / "pupils.csv").read_bytes() == before


def test_simulate_never_replaces_real_pupils(run, workspace: Path) -> None:
    path = workspace / "planning.yaml"
    path.write_text(path.read_text("utf-8").replace("synthetic: true", "synthetic: false"), "utf-8")
    before = (workspace / "data" / "pupils.csv").read_bytes()
    said = run("simulate", workspace, "--force")
    assert said.code == 2
    assert (workspace / "data" / "pupils.csv").read_bytes() == before


def test_assess_writes_its_report_and_says_the_same(run, workspace: Path) -> None:
    said = run("assess", workspace)
    assert said.code == 0, said.err
    assert (workspace / "assessment" / "calibration.txt").read_text("utf-8") == said.out
    record = json.loads((workspace / "assessment" / "calibration.json").read_text("utf-8"))
    assert json.loads(run("assess", workspace, "--json").out) == record


@pytest.mark.parametrize("kind", ["catalogue", "planning", "plan"])
def test_schemas_are_schemas(run, kind: str) -> None:
    jsonschema.Draft202012Validator.check_schema(json.loads(run("schema", kind).out))


@pytest.mark.parametrize("name", ["plan.xlsx", "plan.csv", "plan.json", "plan.html"])
def test_export_writes_the_form_its_name_asks_for_and_replaces_nothing_unasked(
    run, workspace: Path, name: str
) -> None:
    target = workspace / name
    assert run("export", workspace / "plan", "--to", target).code == 0
    assert target.stat().st_size > 0
    said = run("export", workspace / "plan", "--to", target)
    assert said.code == 2
    assert "--force" in said.err
    assert run("export", workspace / "plan", "--to", target, "--force").code == 0


def test_export_to_what_is_no_form_is_exit_2_and_of_what_is_no_plan_exit_3(
    run, workspace: Path
) -> None:
    assert run("export", workspace / "plan", "--to", workspace / "plan.pdf").code == 2
    assert run("export", workspace / "data", "--to", workspace / "plan.json").code == 3
