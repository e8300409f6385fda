"""The house itself: style, types and the import contract hold, and the project speaks of itself."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent


@pytest.mark.parametrize(
    "command",
    [
        ("ruff", "check", "."),
        ("ruff", "format", "--check", "."),
        ("mypy",),
        ("lint-imports",),
    ],
    ids=" ".join,
)
def test_the_house_is_in_order(command: tuple[str, ...]) -> None:
    tool = BIN / command[0] if (BIN / command[0]).exists() else Path(shutil.which(command[0]) or "")
    run = subprocess.run([tool, *command[1:]], cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr


def test_the_core_imports_without_the_extras() -> None:
    script = (
        "import sys\n"
        "for name in ('pyarrow', 'numba', 'dask', 'sqlalchemy', 'babel'):\n"
        "    sys.modules[name] = None\n"
        "import recommender.cli.main, recommender.pipeline, recommender.scenarios\n"
    )
    run = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
