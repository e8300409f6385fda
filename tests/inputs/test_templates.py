"""A new workspace passes the check, overwrites nothing and appears whole."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from recommender.errors import CannotWrite, UsageError
from recommender.inputs import check_workspace
from recommender.inputs.templates import write_templates


def test_a_new_workspace_has_nothing_to_complain_about(tmp_path: Path) -> None:
    files = write_templates(tmp_path / "deep" / "new")
    assert all(f.is_file() for f in files)
    assert check_workspace(tmp_path / "deep" / "new") == ((), ())


def test_an_empty_folder_is_filled(tmp_path: Path) -> None:
    write_templates(tmp_path)
    assert check_workspace(tmp_path) == ((), ())
    assert not [p for p in tmp_path.iterdir() if p.name.startswith(".")]


def test_a_folder_with_anything_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(UsageError, match="is not empty; name a new folder"):
        write_templates(tmp_path)
    with pytest.raises(UsageError, match="is a file; name a new folder"):
        write_templates(tmp_path / "mine.txt")
    assert [p.name for p in tmp_path.iterdir()] == ["mine.txt"]


def test_a_place_that_cannot_be_written_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(CannotWrite, match="No space left on device; name another folder"):
        write_templates(tmp_path / "new")
    assert list(tmp_path.iterdir()) == []


def test_templates_have_unix_line_ends_and_read_with_windows_ones_too(
    workspace: Callable[..., Path],
) -> None:
    root = workspace()
    for path in [*root.glob("*.yaml"), *root.glob("data/*.csv")]:
        data = path.read_bytes()
        assert b"\r" not in data
        path.write_bytes(data.replace(b"\n", b"\r\n"))
    assert check_workspace(root) == ((), ())
