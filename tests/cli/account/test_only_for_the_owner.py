"""What may name children is for its owner alone, unless it is shared."""

from __future__ import annotations

import os
import stat

import pytest

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no modes of files")


def modes(folder):
    """The modes of files and folders below a folder."""
    return {
        ("folder" if path.is_dir() else "file", stat.S_IMODE(path.stat().st_mode))
        for path in (folder, *folder.rglob("*"))
    }


WRITERS = {
    "plan": lambda ws, out: ["plan", ws, "-o", out / "made", "--gap", "20%", "-q"],
    "compare": lambda ws, out: ["compare", ws, "-o", out / "made", "--gap", "20%", "-q"],
    "export": lambda ws, out: ["export", ws / "plan", "--to", out / "sheet.xlsx"],
    "cards": lambda ws, out: [
        "export", ws / "plan", "--to", out / "report.html", "--audience", "coordinator",
    ],
    "database": lambda ws, out: ["export", ws / "plan", "--to", f"sqlite:///{out / 'plan.db'}"],
    "review": lambda ws, out: ["review", ws / "plan", "-o", out / "sheet.xlsx"],
    "pseudonymise": lambda ws, out: [
        "pseudonymise", ws, out / "copy", "--key", out / "key", "--create-key",
    ],
}  # fmt: skip


@pytest.fixture
def out(tmp_path):
    """A folder of this test's own, private as the files that are to be in it."""
    folder = tmp_path / "out"
    folder.mkdir(mode=0o700)
    return folder


@pytest.mark.many(2)
@pytest.mark.parametrize("writer", WRITERS)
def test_nobody_else_may_read_what_is_written(writer, workspace, out, run):
    assert run(*WRITERS[writer](workspace, out)).code in (0, 5)
    found = modes(out)
    assert len(found - {("folder", 0o700)}) == 1
    assert found <= {("file", 0o600), ("folder", 0o700)}


@pytest.mark.many(1)
@pytest.mark.parametrize("writer", ["plan", "export", "cards"])
def test_what_is_shared_may_be_read(writer, workspace, out, run):
    assert run(*WRITERS[writer](workspace, out), "--share").code in (0, 5)
    assert ("file", 0o644) in modes(out)
    assert ("file", 0o600) not in modes(out)


def test_sharing_ends_with_the_command(workspace, out, run):
    before = os.umask(0o027)
    os.umask(before)
    assert run(*WRITERS["export"](workspace, out), "--share").code == 0
    after = os.umask(before)
    assert after == before
