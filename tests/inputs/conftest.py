"""A small right workspace to spoil, and what the reader says about it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from recommender.inputs import check_workspace
from recommender.inputs.templates import write_templates

HISTORY = """unit_id,date,site,grade,language_lag_only,sex,\
reading_lag,persistent_absence,intervention,propensity
p01,2025-11-01,s01,2,0,girl,0,0,,0.9
p02,2025-11-01,s01,2,0,boy,1,0,small_group_tuition,0.4
p01,2024-11-01,s01,1,0,girl,0,1,,0.8
"""

Edit = tuple[str, str, str]


def _spoil(root: Path, edits: Iterable[Edit]) -> Path:
    for file, old, new in edits:
        path = root / file
        if not old:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(new.encode())
            continue
        text = path.read_text(encoding="utf-8")
        assert text.count(old) >= 1, f"{old!r} is not in {file}"
        path.write_bytes(text.replace(old, new, 1).encode())
    return root


@pytest.fixture
def workspace(tmp_path: Path) -> Callable[..., Path]:
    """The template workspace after edits (file, old text, new text); no old text: a new file."""

    def make(*edits: Edit) -> Path:
        root = tmp_path / "workspace"
        write_templates(root)
        return _spoil(root, edits)

    return make


@pytest.fixture
def with_history(workspace: Callable[..., Path]) -> Callable[..., Path]:
    """The same with a history in place of the profiles."""

    def make(*edits: Edit) -> Path:
        root = workspace()
        (root / "data/profiles.csv").unlink()
        return _spoil(root, [("data/history.csv", "", HISTORY), *edits])

    return make


@pytest.fixture
def problems() -> Callable[[Path], list[str]]:
    """Every problem of a workspace as people read it."""
    return lambda root: [str(p) for p in check_workspace(root)[0]]


@pytest.fixture
def warnings() -> Callable[[Path], list[str]]:
    """Every warning of a workspace as people read it."""
    return lambda root: [str(w) for w in check_workspace(root)[1]]
