"""A plan whose files were edited passes in no command, and no command makes it pass later."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

from recommender.files.hashes import sha256_of
from recommender.governance.log.audit import record
from recommender.governance.log.logged import look_up
from tests.cli.conftest import Run

CHANGED = "plan.json: the file was changed"
NOON = dt.datetime(2027, 11, 24, 12, tzinfo=dt.UTC)
WHO = ("--name", "N. Jansen", "--role", "planner")


def edit(plan: Path) -> str:
    """Let somebody benefit more, as an editor of text can; returns who."""
    path = plan / "plan.json"
    document = json.loads(path.read_text("utf-8"))
    document["assignments"]["benefit"][0] = 9.9
    document["summary"]["benefit"] = 77.7
    path.write_text(json.dumps(document), "utf-8")
    return str(document["assignments"]["unit_id"][0])


def test_every_command_that_reads_a_plan_refuses_an_edited_one(workspace: Path, run: Run) -> None:
    plan, away = workspace / "plan", workspace.parent / "out"
    unit = edit(plan)
    for words in (
        ["export", plan, "--to", away / "a.csv"], ["review", plan, "-o", away / "a.xlsx"],
        ["explain", plan, unit, "--quick"], ["runs", "show", plan], ["runs", "diff", plan, plan],
        ["document", plan, "--kind", "dpia", "-o", away / "a.md"], ["adopt", plan, *WHO],
    ):  # fmt: skip
        said = run(*words)
        assert (said.code, CHANGED in said.err) == (1, True), words
        assert "77.7" not in said.out
    assert not away.exists()
    assert CHANGED in run("runs", workspace).out


def test_erasing_a_child_from_an_edited_plan_does_not_make_it_one_that_was_logged(
    workspace: Path, run: Run
) -> None:
    plan = workspace / "plan"
    unit = edit(plan)
    said = run("erase", unit, workspace)
    assert (said.code, "not the plan that was logged" in said.err) == (1, True)
    assert f'"{unit}"' not in (plan / "plan.json").read_text()
    assert run("adopt", plan, *WHO).code == 1
    assert run("export", plan, "--to", workspace.parent / "a.csv").code == 1
    assert run("audit", "verify", workspace).code == 1


def test_a_note_that_was_rewritten_is_no_step_of_the_log(workspace: Path, run: Run) -> None:
    plan, status = workspace / "plan", workspace / "plan.status.json"
    assert run("adopt", plan, *WHO, "--as", "discussed", "--note", "only for site A").code == 0
    honest = status.read_text("utf-8")
    for old, new in (("site A", "site B"), ('"status": "discussed"', '"status": "adopted"')):
        status.write_text(honest.replace(old, new, 1), "utf-8")
        for words in (["audit", "verify", workspace], ["adopt", plan, *WHO]):
            assert "plan.status.json" in run(*words).err, words
        assert "plan.status.json" in run("runs", workspace).out
    assert "plan.status.json" in run("verify", plan).err


def test_a_log_that_is_gone_while_its_head_is_there_is_a_finding(workspace: Path, run: Run) -> None:
    plan = workspace / "plan"
    (workspace / ".audit/log.jsonl").unlink()
    assert look_up(workspace, sha256_of(plan / "manifest.json")).findings
    said = run("export", plan, "--to", workspace.parent / "a.csv")
    assert (said.code, "the audit log is gone" in said.err) == (1, True)
    assert "the audit log is gone" in run("runs", workspace).out


def test_a_log_that_was_wiped_is_missed_by_a_plan_however_deep(workspace: Path, run: Run) -> None:
    deep = workspace / "years" / "2026" / "plan"
    deep.parent.mkdir(parents=True)
    (workspace / "plan").rename(deep)
    path = deep / "manifest.json"
    path.write_text(path.read_text().replace('"workspace": ".."', '"workspace": "../../.."'))
    record(workspace, "run", "plan", who="N", role="r", when=NOON, hashes={"m": sha256_of(path)})
    assert run("audit", "verify", workspace).code == 0
    for file in (workspace / ".audit").glob("*.json*"):
        file.unlink()
    said = run("audit", "verify", workspace)
    assert (said.code, "years/2026/plan: no entry of the log" in said.err) == (1, True)
