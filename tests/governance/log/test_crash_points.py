"""At whatever step a command dies or its disk fails, the next one leaves everything told and whole.

A command runs in a forked child that dies, or whose system refuses, at a chosen step: before every
file that is opened for writing, renamed, linked, removed or cut, every folder that is made or
removed, before every flush to the disk, and with the half of the file there that is flushed.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import sys
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pytest

from recommender import pipeline, scenarios
from recommender.cli.main import run
from recommender.export import targets
from recommender.export.folders import plan_folder
from recommender.export.folders.plan_folder import changed_files, read_plan
from recommender.files import moves
from recommender.files.hashes import mark_of, sha256_of
from recommender.governance.dialogue import review
from recommender.governance.log import adoption
from recommender.governance.log.audit import Entry, effective_entries, read_log
from recommender.governance.privacy import pseudonyms
from recommender.inputs import workspace

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs fork")

Way = Literal["killed", "torn", "full", "full for good"]
WAYS: tuple[Way, ...] = ("killed", "torn", "full", "full for good")

EVENTS = frozenset(
    {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link", "os.truncate", "shutil.rmtree"}
)

LETS_GO = frozenset({"os.remove", "os.rmdir", "os.truncate", "shutil.rmtree"})
"""What a full disk does not refuse."""


def name_of(handle: int) -> str:
    return str(Path(f"/proc/self/fd/{handle}").readlink())


class Steps:
    """Counts the steps of a process that touch the disk below a folder, and ends it at one."""

    def __init__(self, below: Path, at: int, way: Way) -> None:
        self.below, self.at, self.way, self.now = str(below), at, way, 0
        self.quiet = False
        self.flushed: dict[str, int] = {}

    def step(self, handle: int | None = None) -> None:
        self.now += 1
        reached = self.now == self.at or (self.way == "full for good" and self.now > self.at > 0)
        if not reached:
            return
        if self.way in ("killed", "torn"):
            if self.way == "torn" and handle is not None:
                self.quiet = True
                kept, there = self.flushed.get(name_of(handle), 0), os.fstat(handle).st_size
                if there > kept:
                    os.ftruncate(handle, (kept + there) // 2)
            os._exit(77)
        raise OSError(errno.ENOSPC, "No space left on device")

    def hear(self, event: str, args: tuple[Any, ...]) -> None:
        if self.quiet or not args:
            return
        if event == "open":
            writes = isinstance(args[2], int) and args[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
            if not writes or not str(args[0]).startswith(self.below):
                return
            file = Path(args[0])
            self.flushed[str(file)] = file.stat().st_size if file.exists() else 0
        elif event not in EVENTS:
            return
        elif self.way.startswith("full") and event in LETS_GO:
            return  # a full disk lets go
        if str(args[0]).startswith(self.below):
            self.step()

    def start(self) -> None:
        flush, swap = os.fsync, moves._renamed

        def fsync(handle: int) -> None:
            self.step(handle)
            flush(handle)
            self.flushed[name_of(handle)] = os.fstat(handle).st_size

        def renamed(one: Path, other: Path, how: int) -> bool:
            self.step()
            return swap(one, other, how)

        os.fsync = fsync
        moves._renamed = renamed
        sys.addaudithook(self.hear)


def ended(words: list[str], below: Path, at: int, way: Way) -> tuple[int, int]:
    """Run a command that ends at a step; return its exit code and how many steps it took."""
    heard, said = os.pipe()
    child = os.fork()
    if not child:
        code = 99
        try:
            null = os.open(os.devnull, os.O_WRONLY)
            os.dup2(null, 1)
            os.dup2(null, 2)
            sys.stdout, sys.stderr = os.fdopen(1, "w"), os.fdopen(2, "w")
            steps = Steps(below, at, way)
            steps.start()
            code = run(words)
            os.write(said, str(steps.now).encode())
        except BaseException:
            os.write(said, traceback.format_exc().encode()[-2000:])
        finally:
            os._exit(code)
    os.close(said)
    with os.fdopen(heard, "rb") as pipe:
        answer = pipe.read().decode()
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert status != 99, answer
    return status, int(answer or 0)


@dataclass(frozen=True)
class Case:
    """A command, its places, and whether what stands there is in force by an entry of the log.

    Attributes:
        places: what is to be old whole or new whole, all of them together.
        logged: whether an entry speaks of what now stands in the places.
    """

    words: list[str]
    action: str
    places: tuple[Path, ...]
    logged: Callable[[Entry], bool]


def named(place: Path, name: str) -> Callable[[Entry], bool]:
    return lambda entry: dict(entry.hashes).get(name) == mark_of(place)


def cases(region: Path, sheet: Path) -> dict[str, Case]:
    plan, out = region / "plan", region.parent / "out"
    decisions, status = region / "data/decisions.csv", adoption.status_file(plan)

    def adopts(entry: Entry) -> bool:
        step = json.loads(status.read_text())["steps"][-1]
        return bool(step["head"] == f"{entry.number}:{entry.hash}")

    def sealed(folder: Path) -> Callable[[Entry], bool]:
        return lambda entry: (
            dict(entry.hashes)["manifest.json"] == sha256_of(folder / "manifest.json")
        )

    force = ["--force", "-q"]
    page, cards = out / "r.html", out / "r_cards"
    package = out / "datapackage.json"
    tables = tuple(
        out / f"{name}.csv"
        for name in ("assignments", "not_served", "sessions", "resources", "caseload")
    )
    key, copy = region.parent / "key", region.parent / "copy"
    return {
        "decide": Case(
            ["decide", str(region), str(sheet), "-q"], "decision", (decisions,),
            named(decisions, "decisions.csv"),
        ),
        "adopt": Case(
            ["adopt", str(plan), "--name", "N", "--role", "leader", "-q"], "status", (status,),
            adopts,
        ),
        "export one": Case(
            ["export", str(plan), "--to", str(out / "a.csv"), *force], "export", (out / "a.csv",),
            named(out / "a.csv", "a.csv"),
        ),
        "export page": Case(
            ["export", str(plan), "--to", str(page), "--audience", "coordinator", *force],
            "export", (cards, page), named(page, "r.html"),
        ),
        "export package": Case(
            ["export", str(plan), "--to", str(package), *force], "export", (*tables, package),
            named(package, "datapackage.json"),
        ),
        "pseudonymise": Case(
            ["pseudonymise", str(region), str(copy), "--key", str(key), "-q"],
            "pseudonymise", (copy,), named(copy, "copy"),
        ),
        "plan": Case(
            ["plan", str(region), "-o", str(region / "other"), "-q"], "run", (region / "other",),
            sealed(region / "other"),
        ),
        "plan --force": Case(
            ["plan", str(region), "-o", str(plan), *force], "run", (plan,), sealed(plan),
        ),
    }  # fmt: skip


@dataclass(frozen=True)
class World:
    """A folder that is copied for every step: a workspace ``ws`` and what lies beside it."""

    start: Path
    sheet: Path

    def fresh(self, place: Path) -> Path:
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(self.start, place)
        (place / "key").chmod(0o600)
        return place / "ws"


@pytest.fixture(scope="module")
def world(
    invented: Path, handed_in: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """The invented region, with older exports in the places of the newer; plans take no time."""
    start = tmp_path_factory.mktemp("start") / "world"
    shutil.copytree(invented, start / "ws")
    (start / "out" / "r_cards").mkdir(parents=True)
    for name in ("r.html", "r_cards/old.html", "a.csv", "datapackage.json", "assignments.csv"):
        (start / "out" / name).write_text("old")
    (start / "key").write_text("ab" * 32)
    plan, _ = read_plan(invented / "plan")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipeline, "recommend", lambda *_: plan)
        for home, name in (
            (workspace, "read_workspace"), (review, "read_review"), (targets, "report_pages"),
            (plan_folder, "report_pages"), (plan_folder, "read_plan"),
            (scenarios.frontier, "front_of"), (pseudonyms, "load_table"),
        ):  # fmt: skip
            patch.setattr(home, name, once(getattr(home, name)))
        yield World(start, handed_in)


def once(function: Callable[..., Any]) -> Callable[..., Any]:
    """Answer as the first time: what is tried here is how things are written, not what."""
    known: dict[str, Any] = {}

    def answer(*args: Any, **more: Any) -> Any:
        words = [a for a in (*args, *more.values()) if isinstance(a, str | Path)]
        key = repr(words)
        if key not in known:
            known[key] = function(*args, **more)
        return known[key]

    return answer


def wrong_after(region: Path, case: Case, before: tuple[str, ...], code: int) -> list[str]:
    """What does not hold once the next command was run."""
    found = []
    if run(["audit", "verify", str(region), "-q"]) != 0:
        found.append("the log does not hold")
    now = tuple(map(mark_of, case.places))
    log = read_log(region)
    entries = [e for e in log.entries[1:] if e.action == case.action]
    force = [e for e in effective_entries(log)[1:] if e.action == case.action]
    changed = [one != other for one, other in zip(now, before, strict=True)]
    if any(changed) and not all(changed):
        found.append("it is neither old nor new")
    if any(changed) and not (force and case.logged(force[-1])):
        found.append("what is in force is not logged")
    if not any(changed) and force:
        found.append("what is logged is not in force, and nothing says so")
    if code == 0 and not all(changed):
        found.append("it said that all went well")
    if code == 74 and force and len(case.places) == 1:
        found.append("it said that it could not be written, and it was")
    if len(entries) > 2:
        found.append("it was logged more than twice")
    left = [p for p in region.parent.rglob("*") if "partial" in p.name or p.name.endswith(".old")]
    if left:
        found.append(f"drafts are left: {left}")
    if case.action == "run" and all(changed):
        read_plan(case.places[0])
        if changed_files(case.places[0]):
            found.append("the plan is not whole")
    return found


def tried(world: World, name: str, way: Way, place: Path, most: int) -> tuple[int, list[str]]:
    """How many steps were tried, evenly spread, and what was wrong after them."""
    run(cases(world.fresh(place), world.sheet)[name].words)
    region = world.fresh(place)
    code, steps = ended(cases(region, world.sheet)[name].words, place, 0, way)
    assert code in (0, 4)
    assert steps > 5
    every = max(1, -(-steps // most))
    wrong = []
    points = [*range(1, steps + 1, every)]
    for at in points:
        region = world.fresh(place)
        case = cases(region, world.sheet)[name]
        before = tuple(map(mark_of, case.places))
        code, _ = ended(case.words, place, at, way)
        assert code in (0, 4, 74, 77), (name, way, at, code)
        wrong += [
            f"{name} {way} at {at} of {steps}: {what}"
            for what in wrong_after(region, case, before, 0 if code == 4 else code)
        ]
    return len(points), wrong


NAMES = (
    "decide", "adopt", "export one", "export page", "export package", "pseudonymise", "plan",
    "plan --force",
)  # fmt: skip


@pytest.mark.parametrize("name", ["decide", "adopt"])
def test_a_command_that_dies_at_some_steps_is_settled_by_the_next(
    name: str, world: World, tmp_path: Path
) -> None:
    for way in ("killed", "full"):
        assert tried(world, name, way, tmp_path / "w", 5)[1] == []


@pytest.mark.slow
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", NAMES)
def test_a_command_that_dies_at_any_step_is_settled_by_the_next(
    name: str, way: Way, world: World, tmp_path: Path, record_property: Any
) -> None:
    points, wrong = tried(world, name, way, tmp_path / "w", 10_000)
    record_property("crash points", points)
    print(f"{name} {way}: {points} crash points, {len(wrong)} broken")
    assert wrong == []
