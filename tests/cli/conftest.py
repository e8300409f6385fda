"""A small workspace, its plan, and ``recommender`` run as a person would run it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from recommender.cli.main import run as run_command
from recommender.inputs.templates import write_templates


@dataclass(frozen=True)
class Said:
    """What a command said and how it ended."""

    code: int
    out: str
    err: str


Run = Callable[..., Said]


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command in this process."""
    monkeypatch.delenv("RECOMMENDER_DEBUG", raising=False)
    monkeypatch.setenv("NO_COLOR", "1")

    def go(*words: object) -> Said:
        capfd.readouterr()
        code = run_command([str(word) for word in words])
        out, err = capfd.readouterr()
        return Said(code, out, err)

    return go


@pytest.fixture
def shell() -> Run:
    """Run a command in a process of its own."""

    def go(*words: object, **more: object) -> Said:
        env = {**os.environ, "NO_COLOR": "1", "OMP_NUM_THREADS": "1"}
        program = "import sys; from recommender.cli.main import main; main(sys.argv[1:])"
        done = subprocess.run(
            [sys.executable, "-c", program, *map(str, words)],
            capture_output="stdout" not in more,
            env=env,
            text=True,
            check=False,
            **more,  # type: ignore[call-overload]
        )
        return Said(done.returncode, done.stdout or "", done.stderr or "")

    return go


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace made of the templates, and its plan."""
    root = tmp_path_factory.mktemp("template") / "workspace"
    write_templates(root)
    assert run_command(["plan", str(root), "--quiet"]) == 0
    return root


@pytest.fixture
def workspace(template: Path, tmp_path: Path) -> Path:
    """A workspace of this test's own, with a plan in it."""
    shutil.copytree(template, tmp_path / "workspace")
    return tmp_path / "workspace"
