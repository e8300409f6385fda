"""No command reads a column past its last day, and nobody talks real data out of that."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from recommender.cli.main import _COMMANDS as COMMANDS
from recommender.cli.main import run as run_command
from tests.cli.conftest import Run

OLD, KEPT = "retention: 2027-08-01", "retention: 2026-11-02"

READING: dict[str, Callable[[Path], list[object]]] = {
    "check": lambda ws: ["check", ws],
    "assess": lambda ws: ["assess", ws],
    "plan": lambda ws: ["plan", ws, "-o", ws / "again"],
    "scenarios": lambda ws: ["scenarios", ws],
    "compare": lambda ws: ["compare", ws],
    "frontier": lambda ws: ["frontier", ws, "--resource", "teacher"],
    "prices": lambda ws: ["prices", ws],
    "explain": lambda ws: ["explain", ws / "plan", "p01"],
    "verify": lambda ws: ["verify", ws / "plan"],
    "replay": lambda ws: ["replay", ws / "plan"],
    "export": lambda ws: ["export", ws / "plan", "--to", ws.parent / "plan.csv"],
    "contract": lambda ws: ["contract", ws],
    "pseudonymise": lambda ws: [
        "pseudonymise", ws, ws.parent / "copy", "--key", ws.parent / "key", "--create-key",
    ],
    "document": lambda ws: [
        "document", ws / "plan", "--kind", "dpia", "-o", ws.parent / "dpia.md",
    ],
    "review": lambda ws: ["review", ws / "plan", "-o", ws.parent / "again.xlsx"],
    "decide": lambda ws: ["decide", ws, ws.parent / "sheet.xlsx"],
}  # fmt: skip
"""Commands that read tables of people, or what was made of them."""

OTHERS = {"init", "simulate", "runs", "schema", "adopt", "audit", "elicit", "completion", "erase"}
"""Commands that read none of a column's cells, and the one that removes them."""


@pytest.fixture(scope="session")
def reviewed(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workspace of the templates with its plan, and a review sheet beside it."""
    root = tmp_path_factory.mktemp("reviewed") / "workspace"
    shutil.copytree(template, root)
    sheet = root.parent / "sheet.xlsx"
    assert run_command(["review", str(root / "plan"), "-o", str(sheet)]) == 0
    return root


@pytest.fixture
def expired(reviewed: Path, tmp_path: Path) -> Path:
    """The same, past the last day of its columns, with tables that nobody marked as invented."""
    shutil.copytree(reviewed.parent, tmp_path, dirs_exist_ok=True)
    policy = tmp_path / "workspace" / "planning.yaml"
    policy.write_text(policy.read_text("utf-8").replace(OLD, KEPT), "utf-8")
    (tmp_path / "workspace/data/synthetic.json").unlink()
    return tmp_path / "workspace"


def test_every_command_reads_people_or_does_not() -> None:
    assert {*READING} | OTHERS == {*COMMANDS}


@pytest.mark.many(5)
@pytest.mark.parametrize("command", READING)
def test_a_command_refuses_columns_past_their_last_day(
    command: str, expired: Path, run: Run
) -> None:
    before = sorted(path.name for path in expired.parent.iterdir())
    said = run(*READING[command](expired))
    assert said.code == 6, said
    assert "was to be kept until 2026-11-02" in said.err
    assert sorted(path.name for path in expired.parent.iterdir()) == before


def test_invented_tables_grow_no_older(reviewed: Path, expired: Path, run: Run) -> None:
    shutil.copy(reviewed / "data/synthetic.json", expired / "data")
    said = run("check", expired)
    assert said.code == 0, said
    assert "This workspace is synthetic" in said.out
    assert run("contract", expired).code == 0


def test_real_data_called_synthetic_are_treated_as_real(workspace: Path, run: Run) -> None:
    pupils = workspace / "data/pupils.csv"
    pupils.write_text(pupils.read_text("utf-8").replace(",girl\n", ",boy\n", 1), "utf-8")
    said = run("check", workspace)
    assert said.code == 0
    assert "data/pupils.csv: does not hold what `recommender simulate`" in said.err
    assert "This workspace is synthetic" not in said.out
    facts = json.loads(run("check", workspace, "--json").out)
    assert facts["synthetic"] is False
    assert "Synthetic data" not in run("plan", workspace, "-o", workspace / "again").out


@pytest.mark.parametrize(
    "text", ["", "[]", "null", '{"tables": 1}', '{"format": "x", "tables": {}}']
)
def test_a_broken_mark_marks_nothing(workspace: Path, run: Run, text: str) -> None:
    (workspace / "data/synthetic.json").write_text(text, "utf-8")
    assert "treated as real" in run("check", workspace).err
