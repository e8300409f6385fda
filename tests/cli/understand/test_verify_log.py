"""Commands that look back ask the log of the workspace whether it is the plan that was made."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from recommender.files.hashes import sha256_of
from tests.cli.conftest import Run

STRANGER = "not the plan that was logged"
WHO = ("--name", "N. Jansen", "--role", "planner")


def forge(plan: Path) -> None:
    """Change the moment in a manifest, which no hash and no input can tell."""
    path = plan / "manifest.json"
    document = json.loads(path.read_text("utf-8"))
    document["created"] = "2020-01-01T00:00:00Z"
    path.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", "utf-8")


def lead(plan: Path, workspace: str) -> None:
    path = plan / "manifest.json"
    document = json.loads(path.read_text("utf-8"))
    document["workspace"] = workspace
    path.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", "utf-8")


def test_verify_knows_the_plan_that_was_made(workspace: Path, run: Run) -> None:
    said = run("verify", workspace / "plan", "--json")
    assert said.code == 0, said
    assert json.loads(said.out)["logged"] is True


def test_every_command_tells_a_plan_that_no_run_made(workspace: Path, run: Run) -> None:
    plan, sheet = workspace / "plan", workspace.parent / "sheet.xlsx"
    forge(plan)
    for words in (
        ["verify", plan], ["adopt", plan, *WHO], ["review", plan, "-o", sheet],
        ["export", plan, "--to", sheet], ["replay", plan],
        ["document", plan, "--kind", "dpia", "-o", sheet.with_suffix(".md")],
    ):  # fmt: skip
        said = run(*words)
        assert said.code == 1, words
        assert STRANGER in said.err, words
    assert not sheet.exists()
    assert not sheet.with_suffix(".md").exists()
    assert not (workspace / "plan.status.json").exists()
    assert STRANGER in run("explain", plan, "p01", "--quick").err
    assert STRANGER in run("runs", workspace).out
    (line,) = json.loads(run("runs", workspace, "--json").out)["runs"]
    assert line["logged"] is False


def test_without_a_log_verify_says_that_it_could_not_ask(workspace: Path, run: Run) -> None:
    shutil.copytree(workspace / ".audit", workspace.parent / "kept")
    shutil.rmtree(workspace / ".audit")
    said = json.loads(run("verify", workspace / "plan", "--json").out)
    assert said["holds"]
    assert said["logged"] is None
    assert any("whether it is the plan that was made" in line for line in said["not_checked"])
    assert "whether it is the plan that was made" in run("verify", workspace / "plan").out
    assert run("adopt", workspace / "plan", *WHO).code == 1
    assert not (workspace / ".audit").exists()


def test_a_plan_that_was_sent_is_looked_up_where_its_receiver_says(
    workspace: Path, tmp_path: Path, run: Run
) -> None:
    sent = tmp_path / "post" / "today" / "plan"
    shutil.copytree(workspace / "plan", sent)
    said = run("verify", sent, "--workspace", workspace, "--json")
    assert json.loads(said.out)["logged"] is True, said
    forge(sent)
    said = run("verify", sent, "--workspace", workspace)
    assert (said.code, STRANGER in said.err) == (1, True)


def test_a_status_counts_only_as_far_as_the_log_has_it(workspace: Path, run: Run) -> None:
    plan, status = workspace / "plan", workspace / "plan.status.json"
    step = {"status": "adopted", "who": "N", "role": "r", "time": "2026-11-30T10:00:00Z",
            "note": "", "head": "1:" + "0" * 64}  # fmt: skip
    typed = {"plan": "plan", "manifest": sha256_of(plan / "manifest.json"),
             "status": "adopted", "steps": [step]}  # fmt: skip
    status.write_text(json.dumps(typed), "utf-8")
    (line,) = json.loads(run("runs", workspace, "--json").out)["runs"]
    assert (line["standing"], line["said"]) == ("proposed", "adopted")
    assert "a file says adopted, and no audit log does" in run("runs", workspace).out
    said = run("adopt", plan, *WHO)
    assert (said.code, "no audit log does" in said.err) == (1, True)
    status.unlink()
    assert run("adopt", plan, *WHO, "--as", "discussed").code == 0
    true = json.loads(status.read_text("utf-8"))
    status.write_text(json.dumps({**true, "steps": [*true["steps"], step]}), "utf-8")
    (line,) = json.loads(run("runs", workspace, "--json").out)["runs"]
    assert line["standing"] == "discussed"


@pytest.mark.parametrize("way", ["absolute", "up", "link"])
def test_a_manifest_cannot_lead_to_another_workspace(
    workspace: Path, tmp_path: Path, run: Run, way: str
) -> None:
    away = tmp_path / "away" / "ws"
    shutil.copytree(workspace, away)
    before = (away / ".audit/log.jsonl").read_bytes()
    (workspace / "door").symlink_to(away)
    lead(
        workspace / "plan",
        {"absolute": str(away), "up": "../../away/ws", "link": "../door"}[way],
    )
    for words in (["adopt", workspace / "plan", *WHO], ["verify", workspace / "plan"]):
        said = run(*words)
        assert said.code in (1, 2), said
        assert "--workspace" in said.err
    assert run("export", workspace / "plan", "--to", tmp_path / "x.csv").code == 0
    assert (away / ".audit/log.jsonl").read_bytes() == before


def test_a_workspace_beside_the_plan_writes_nothing_for_a_plan_it_does_not_know(
    workspace: Path, tmp_path: Path, run: Run
) -> None:
    shutil.copytree(workspace, tmp_path / "other")
    shutil.move(workspace / "plan", tmp_path / "plan")
    before = (tmp_path / "other/.audit/log.jsonl").read_bytes()
    lead(tmp_path / "plan", "../other")
    said = run("adopt", tmp_path / "plan", *WHO)
    assert (said.code, STRANGER in said.err) == (1, True)
    assert (tmp_path / "other/.audit/log.jsonl").read_bytes() == before
