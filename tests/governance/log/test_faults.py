"""Whatever stops a command - kill -9, a full disk, somebody else - nothing is half done after it.

Commands run in a forked child that dies at a chosen line of the code that writes: with a counter of
lines every moment can be tried, not only those that a clock happens to hit.
"""

from __future__ import annotations

import importlib
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest

from recommender import pipeline
from recommender.cli.main import run
from recommender.export.folders.plan_folder import changed_files, read_plan
from recommender.governance.log import adoption, audit
from recommender.inputs.workspace import read_workspace

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")

WRITERS = (
    "export/folders/plan_folder.py",
    "governance/log/writing.py",
    "governance/log/audit.py",
    "governance/log/adoption.py",
    "governance/privacy/pseudonyms.py",
    "cli/planning/plan.py",
    "cli/account/decide.py",
    "cli/account/review.py",
    "cli/understand/export.py",
    "cli/account/adopt.py",
    "files/drafts.py",
    "files/moves.py",
    "governance/log/journal.py",
    "governance/log/transaction.py",
    "cli/audit_note.py",
    "cli/prepare/pseudonymise.py",
)
"""The files whose lines count as moments: all that touch the disk, and the commands."""


@dataclass(frozen=True)
class Ended:
    """How a child ended: its exit code or the signal it died of, and what it said."""

    code: int
    signal: int
    said: str


def started(words: list[str], before: Callable[[], None]) -> tuple[int, int]:
    """Start a command in a child of this process; return its number and a pipe of what it says."""
    heard, said = os.pipe()
    child = os.fork()
    if not child:
        code = 99
        try:
            os.dup2(said, 1)
            os.dup2(said, 2)
            sys.stdout, sys.stderr = os.fdopen(1, "w"), os.fdopen(2, "w")
            before()
            code = run(words)
            sys.stdout.flush()
            sys.stderr.flush()
        except BaseException:
            os.write(2, traceback.format_exc().encode())
        finally:
            os._exit(code)
    os.close(said)
    return child, heard


def forked(words: list[str], before: Callable[[], None] = lambda: None) -> Ended:
    """Run a command in a child of this process."""
    return together(words, before, 1)[0]


def together(words: list[str], before: Callable[[], None], runs: int) -> list[Ended]:
    """Run a command in several children of this process at once."""
    ended = []
    for child, heard in [started(words, before) for _ in range(runs)]:
        with os.fdopen(heard, "rb") as pipe:
            said = pipe.read().decode(errors="replace")
        _, status = os.waitpid(child, 0)
        died = os.WIFSIGNALED(status)
        code, number = (-1, os.WTERMSIG(status)) if died else (os.WEXITSTATUS(status), 0)
        ended.append(Ended(code, number, said))
    return ended


def counting(reach: Callable[[int], None]) -> Callable[[], None]:
    """Call ``reach`` with 1, 2, … at every line of the writers that is about to run."""
    lines = 0

    def local(_frame: FrameType, event: str, _arg: Any) -> Any:
        nonlocal lines
        if event == "line":
            lines += 1
            reach(lines)
        return local

    def trace(frame: FrameType, _event: str, _arg: Any) -> Any:
        return local if frame.f_code.co_filename.endswith(WRITERS) else None

    return lambda: sys.settrace(trace)


def moments(words: list[str], many: int) -> list[int]:
    """Numbers of lines at which to stop a command: evenly spread, first and last among them."""
    place = Path(tempfile.mkstemp()[1])

    def note(line: int) -> None:
        if line % 10 == 0 or line < 10:
            place.write_text(str(line))

    forked(words, counting(note))
    last = int(place.read_text())
    place.unlink()
    return sorted({int(n) for n in np.linspace(1, last, min(many, last))})


def stopped_at(line: int, with_signal: int) -> Callable[[], None]:
    def reach(now: int) -> None:
        if now == line:
            os.kill(os.getpid(), with_signal)

    return counting(reach)


@pytest.fixture
def instantly(invented: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Plans take no time: what is tried here is how they are written."""
    plan, _ = read_plan(invented / "plan")
    monkeypatch.setattr(pipeline, "recommend", lambda *_: plan)


def whole(plan: Path) -> bool:
    read_plan(plan)
    return not changed_files(plan)


def remains(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.rglob("*") if ".partial" in p.name)


def log_holds(region: Path) -> None:
    """The log is whole and can be written on."""
    assert not audit.read_log(region).findings
    assert run(["adopt", str(region / "plan"), "--name", " ", "--role", "x", "-q"]) == 2


@dataclass(frozen=True)
class Case:
    """A command to stop, what must hold after it, and what must hold once it ran again."""

    words: list[str]
    holds: Callable[[], bool]
    again: Callable[[], bool]


def cases(region: Path, sheet: Path) -> dict[str, Case]:
    """The commands that write, each with what is whole or absent after it."""
    plan, other = region / "plan", region / "other"
    out, book, copy = region.parent / "out.xlsx", region.parent / "book.xlsx", region.parent / "cp"
    decisions, status = region / "data/decisions.csv", adoption.status_file(plan)
    key = region.parent / "key"

    def opens(path: Path) -> bool:
        return bool(openpyxl.load_workbook(path).sheetnames)

    def said() -> bool:
        return not decisions.exists() or len(pd.read_csv(decisions)) == 3

    def adopted() -> bool:
        return adoption.standing(plan).status in ("proposed", "adopted")

    name = ["--name", "N. Jansen", "--role", "leader"]
    return {
        "plan": Case(
            ["plan", str(region), "-o", str(other), "--force", "--gap", "20%"],
            lambda: not other.exists() or whole(other), lambda: whole(other),
        ),
        "plan --force": Case(
            ["plan", str(region), "-o", str(plan), "--force", "--gap", "20%"],
            lambda: whole(plan), lambda: whole(plan),
        ),
        "review": Case(
            ["review", str(plan), "-o", str(out)],
            lambda: not out.exists() or opens(out), lambda: opens(out),
        ),
        "decide": Case(
            ["decide", str(region), str(sheet)],
            said, lambda: len(pd.read_csv(decisions)) == 3 and bool(read_workspace(region)),
        ),
        "export": Case(
            ["export", str(plan), "--to", str(book), "--force"],
            lambda: not book.exists() or opens(book), lambda: opens(book),
        ),
        "adopt": Case(
            ["adopt", str(plan), *name],
            adopted, lambda: status.exists() and adoption.standing(plan).status == "adopted",
        ),
        "pseudonymise": Case(
            ["pseudonymise", str(region), str(copy), "--key", str(key), "--create-key"],
            lambda: not copy.exists() or bool(read_workspace(copy)),
            lambda: True,
        ),
    }  # fmt: skip


NAMES = ["plan", "plan --force", "review", "decide", "export", "adopt", "pseudonymise"]


def tried(name: str, many: int, with_signal: int, region: Path, sheet: Path) -> int:
    """Stop a command at many moments, each on a fresh copy; return how often it was stopped."""
    place = region.parent / "first"
    shutil.copytree(region, place / "ws")
    points = moments(cases(place / "ws", sheet)[name].words, many)
    stopped = 0
    for line in points:
        shutil.rmtree(place)
        shutil.copytree(region, place / "ws")
        case = cases(place / "ws", sheet)[name]
        ended = forked(case.words, stopped_at(line, with_signal))
        stopped += ended.signal == signal.SIGKILL or ended.code == 130
        assert ended.signal or ended.code in (0, 4, 130), ended.said
        assert case.holds(), f"{name} at line {line}"
        log_holds(place / "ws")
        if with_signal != signal.SIGKILL:
            assert not remains(place), f"{name} at line {line}"
        forked(case.words)
        assert case.again(), f"{name} again after line {line}"
        log_holds(place / "ws")
    assert stopped >= 0.7 * len(points)
    return stopped


@pytest.mark.usefixtures("instantly")
@pytest.mark.parametrize(
    "name", [pytest.param("plan --force", marks=pytest.mark.slow), "decide", "adopt"]
)
def test_killed_at_some_moments_everything_is_whole_or_absent(
    name: str, region: Path, handed_in: Path, record_property: Any
) -> None:
    record_property("kills", tried(name, 2, signal.SIGKILL, region, handed_in))


@pytest.mark.slow
@pytest.mark.usefixtures("instantly")
@pytest.mark.parametrize("name", NAMES)
def test_killed_at_any_moment_everything_is_whole_or_absent(
    name: str, region: Path, handed_in: Path, record_property: Any
) -> None:
    record_property("kills", tried(name, 60, signal.SIGKILL, region, handed_in))


@pytest.mark.usefixtures("instantly")
@pytest.mark.slow
@pytest.mark.parametrize("name", ["plan"])
def test_what_a_killed_run_left_is_swept_by_a_later_one(
    name: str, region: Path, handed_in: Path
) -> None:
    case = cases(region, handed_in)[name]
    for line in reversed(moments(case.words, 40)):
        forked(case.words, stopped_at(line, signal.SIGKILL))
        if remains(region.parent):
            break
    left = [p for p in region.parent.rglob("*.partial") if p.name.startswith(".")]
    assert left
    shutil.rmtree(region / "other", ignore_errors=True)
    forked(case.words)
    assert not remains(region.parent)


@pytest.mark.slow
def test_killed_by_the_clock_the_whole_command_leaves_whole_plans_only(
    region: Path, record_property: Any
) -> None:
    """The true command, risk models and all, in a process of its own."""
    words = ["plan", str(region), "-o", str(region / "other"), "--gap", "20%", "--force", "-q"]
    command = [sys.executable, "-m", "recommender", *words]
    began = time.monotonic()
    assert subprocess.run(command, check=False).returncode in (0, 4)
    takes = time.monotonic() - began
    shutil.rmtree(region / "other")
    kills = 0
    for wait in np.linspace(0.05, 1.05 * takes, 25):
        child = subprocess.Popen(command)
        try:
            child.wait(float(wait))
        except subprocess.TimeoutExpired:
            child.kill()
            kills += child.wait() == -signal.SIGKILL
        assert not (region / "other").exists() or whole(region / "other")
        assert not audit.read_log(region).findings
    record_property("kills", kills)
    assert kills > 10


@pytest.mark.usefixtures("instantly")
@pytest.mark.slow
@pytest.mark.parametrize("name", ["plan", "export"])
def test_told_to_end_a_command_leaves_nothing_behind(
    name: str, region: Path, handed_in: Path, record_property: Any
) -> None:
    record_property("ends", tried(name, 2, signal.SIGTERM, region, handed_in))


def no_file_larger_than(size: int) -> Callable[[], None]:
    """Let every write fail beyond a size, as a disk does that is full."""
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


@pytest.mark.usefixtures("instantly")
@pytest.mark.many(3)
@pytest.mark.parametrize("name", ["plan", "plan --force", "review", "decide", "export"])
def test_a_disk_that_fills_up_is_74_and_leaves_what_there_was(
    name: str, region: Path, handed_in: Path, record_property: Any
) -> None:
    sizes = (0, 100) if name == "decide" else (0, 5_000)
    for size in sizes:
        case = cases(region, handed_in)[name]
        before = {p: p.read_bytes() for p in region.parent.rglob("*") if p.is_file()}
        ended = forked(case.words, no_file_larger_than(size))
        assert ended.code == 74, (name, size, ended.said)
        assert "could not" in ended.said
        assert "Traceback" not in ended.said
        after = {p: p.read_bytes() for p in region.parent.rglob("*") if p.is_file()}
        assert {p: d for p, d in after.items() if ".audit" not in p.parts} == {
            p: d for p, d in before.items() if ".audit" not in p.parts
        }
        log_holds(region)
    record_property("full disks", len(sizes))


@pytest.mark.usefixtures("instantly")
def test_a_real_disk_that_fills_up_while_a_plan_is_written(
    region: Path, tmp_path: Path, record_property: Any
) -> None:
    """A disk of a few pages, where the system lets us make one; the log lies on another."""
    disk = tmp_path / "disk"
    disk.mkdir()
    made = shutil.which("mount") and os.geteuid() == 0
    words = ["mount", "-t", "tmpfs", "-o", "size=128k", "tmpfs", str(disk)]
    if not made or subprocess.run(words, capture_output=True, check=False).returncode:
        pytest.skip("needs the right to mount a small disk")
    try:
        ended = forked(["plan", str(region), "-o", str(disk / "plan"), "--gap", "20%"])
        assert ended.code == 74, ended.said
        assert "No space left" in ended.said
        assert not list(disk.iterdir())
    finally:
        subprocess.run(["umount", str(disk)], check=False)
    record_property("full disks", 1)


def nobody() -> None:
    """Be an account that may write only where everybody may; modules are loaded before."""
    for name in (
        "xml.parsers.expat",
        "sqlite3",
        "recommender.export.formats.database",
        "recommender.cli.account.decide",
    ):
        importlib.import_module(name)
    if os.geteuid() == 0:
        os.setgid(65534)
        os.setuid(65534)


@pytest.mark.usefixtures("instantly")
@pytest.mark.parametrize("name", ["plan", "plan --force", "review", "decide", "export", "adopt"])
def test_a_folder_that_may_only_be_read_is_74_and_stays_as_it_was(
    name: str, region: Path, handed_in: Path
) -> None:
    """In a place of its own, because an account without rights cannot pass through others'."""
    with tempfile.TemporaryDirectory() as place:
        shutil.copytree(region, Path(place) / "ws")
        shutil.copy(handed_in, Path(place) / "sheet.xlsx")
        case = cases(Path(place) / "ws", Path(place) / "sheet.xlsx")[name]
        paths = [Path(place), *Path(place).rglob("*")]
        before = {p: p.read_bytes() for p in paths if p.is_file()}
        for path in paths:
            path.chmod(0o555 if path.is_dir() else 0o444)
        try:
            ended = forked(case.words, nobody)
        finally:
            for path in paths:
                path.chmod(0o755 if path.is_dir() else 0o644)
        assert ended.code == 74, ended.said
        assert {p: p.read_bytes() for p in Path(place).rglob("*") if p.is_file()} == before


@pytest.mark.many(1)
@pytest.mark.usefixtures("instantly")
@pytest.mark.parametrize("name", ["export", "plan", "plan --force", "decide"])
def test_two_runs_at_once_on_one_target_leave_one_whole_answer(
    name: str, region: Path, handed_in: Path
) -> None:
    case = cases(region, handed_in)[name]
    ended = together(case.words, lambda: None, 4)
    assert {e.code for e in ended} <= {0, 2, 4, 74}, ended
    assert any(e.code in (0, 4) for e in ended)
    assert case.again()
    assert not remains(region.parent)
    log_holds(region)


@pytest.mark.many(1)
@pytest.mark.parametrize("seconds", ["0.001", "0.05"])
def test_a_solver_out_of_time_leaves_a_proven_plan_or_none(seconds: str, region: Path) -> None:
    words = ["plan", str(region), "-o", str(region / "b"), "--seconds", seconds, "--gap", "0%"]
    ended = forked(words)
    assert ended.code in (0, 4, 5, 70), ended.said
    assert "this is a bug" not in ended.said
    assert whole(region / "b") if (region / "b").exists() else ended.code == 70
