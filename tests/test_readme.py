"""The README speaks the truth: every session in it is run, and its command is the one of CI."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
SESSIONS = re.findall(
    r"^(?:<!-- lines that are the same on every machine: (\d+) -->\n)?```console\n(.*?)^```",
    README,
    flags=re.MULTILINE | re.DOTALL,
)
NUMBER = re.compile(r"[█░]+|\d[\d.,]*")


def steps(session: str) -> list[tuple[str, str]]:
    """The commands of a session, each with the output shown for it."""
    found: list[tuple[str, str]] = []
    for line in session.splitlines():
        if line.startswith("$ "):
            found.append((line[2:], ""))
        else:
            command, shown = found[-1]
            found[-1] = (command, f"{shown}{line}\n")
    return found


def masked(text: str) -> list[str]:
    """The lines of an output with a hash for every number and bar, and single spaces."""
    return [" ".join(NUMBER.sub("#", line).split()) for line in text.rstrip("\n").splitlines()]


def test_every_session_shown_is_real(tmp_path: Path) -> None:
    for name in ("interventions.yaml", "planning.yaml"):
        shutil.copy(ROOT / name, tmp_path)
    shutil.copytree(ROOT / "data", tmp_path / "data")
    program = f"{shlex.quote(sys.executable)} -m recommender"
    assert len(SESSIONS) >= 4
    for same, session in SESSIONS:
        for command, shown in steps(session):
            run = subprocess.run(
                ["bash", "-c", command.replace("recommender", program, 1)],
                cwd=tmp_path,
                env={**os.environ, "NO_COLOR": "1", "COLUMNS": "100"},
                capture_output=True,
                text=True,
                check=False,
            )
            assert run.returncode == 0, f"$ {command}\n{run.stdout}{run.stderr}"
            lines = int(same) if same else None
            assert masked(run.stdout)[:lines] == masked(shown)[:lines], command
    proven = re.search(r"gap ([0-9.]+)%", run_text(tmp_path))
    assert proven
    assert float(proven[1]) <= 1.0


def run_text(workspace: Path) -> str:
    """What verify says of the plan that the sessions made."""
    words = [sys.executable, "-m", "recommender", "verify", "plan"]
    return subprocess.run(words, cwd=workspace, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("kind", ["plan", "test"])
def test_the_readme_names_both_set_up_commands(kind: str) -> None:
    found = re.search(rf"<!-- {kind} command -->\n```sh\n(.*?)```\n<!-- end -->", README, re.DOTALL)
    assert found
    assert "python3 -m venv" in found[1]


def test_ci_runs_the_test_command_of_the_readme() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "<!-- test command -->" in script
