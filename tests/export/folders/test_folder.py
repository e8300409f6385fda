"""Plan folders: whole or absent, equal when read back, and tampering is found with its place."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import pickle
import signal
import subprocess
import sys
import textwrap
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from recommender.errors import CannotWrite, InputError, UsageError
from recommender.export.folders import plan_folder as folders
from recommender.export.folders.plan_folder import (
    changed_cells,
    changed_files,
    changed_inputs,
    read_plan,
    refuse_target,
    write_plan,
)
from recommender.export.manifest import Manifest
from recommender.export.tables import frames_of
from recommender.files import moves
from recommender.inputs.workspace import Source
from recommender.planning.plan.plan import Plan

Region = tuple[Plan, Manifest]

RENDERED: dict[tuple[int, Manifest], dict[str, str]] = {}

FILES = {
    "plan.json",
    "assignments.csv",
    "not_served.csv",
    "memberships.csv",
    "sessions.csv",
    "resources.csv",
    "caseload.csv",
    "report.html",
    *(f"report/school_{number}.html" for number in range(1, 5)),
    "manifest.json",
}


@pytest.fixture(autouse=True)
def each_report_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Render the report of a plan and manifest once; these tests are about files."""
    render = folders.report_pages

    def rendered(plan: Plan, manifest: Manifest, language: str) -> dict[str, str]:
        key = (id(plan), replace(manifest, files=()))
        if key not in RENDERED:
            RENDERED[key] = render(plan, manifest, language)
        return RENDERED[key]

    monkeypatch.setattr(folders, "report_pages", rendered)


def test_a_plan_folder_has_every_file_and_reads_back_equal(region: Region, tmp_path: Path) -> None:
    plan, manifest = region
    sealed = write_plan(plan, tmp_path / "new" / "plan", manifest)
    target = tmp_path / "new" / "plan"
    found = {path.relative_to(target).as_posix() for path in target.rglob("*") if path.is_file()}
    assert found == FILES
    again, read = read_plan(target)
    assert read == sealed
    assert again.summary == plan.summary
    for name, frame in frames_of(plan).items():
        pd.testing.assert_frame_equal(frames_of(again)[name], frame, check_exact=True)


def test_the_manifest_holds_the_hash_of_every_other_file(region: Region, tmp_path: Path) -> None:
    plan, manifest = region
    write_plan(plan, tmp_path / "plan", manifest)
    document = json.loads((tmp_path / "plan" / "manifest.json").read_text("utf-8"))
    assert set(document["files"]) == FILES - {"manifest.json"}
    for name, digest in document["files"].items():
        assert hashlib.sha256((tmp_path / "plan" / name).read_bytes()).hexdigest() == digest
    assert [source["path"] for source in document["inputs"]] == [s.path for s in manifest.inputs]


def test_the_same_plan_gives_the_same_bytes_whenever_it_is_written(
    region: Region, tmp_path: Path
) -> None:
    plan, manifest = region
    write_plan(plan, tmp_path / "one", manifest)
    write_plan(plan, tmp_path / "two", replace(manifest, created="2030-01-01T00:00:00Z"))
    for name in sorted(FILES - {"manifest.json"}):
        if name.startswith("report"):
            continue
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_an_untouched_folder_has_no_findings(region: Region, tmp_path: Path) -> None:
    plan, manifest = region
    sealed = write_plan(plan, tmp_path / "plan", manifest)
    assert changed_files(tmp_path / "plan") == ()
    assert changed_cells(tmp_path / "plan", plan, sealed) == ()


def test_files_that_go_with_a_plan_are_sealed_and_replaced_with_it(
    region: Region, tmp_path: Path
) -> None:
    plan, manifest = region
    folder = tmp_path / "plan"
    sealed = write_plan(plan, folder, manifest, beside={"repairs.csv": "rule\nlaw\n"})
    assert "repairs.csv" in {file.path for file in sealed.files}
    assert changed_files(folder) == ()
    assert changed_cells(folder, plan, sealed) == ()
    (folder / "repairs.csv").write_text("rule\n")
    assert any("repairs.csv" in line for line in changed_files(folder))
    write_plan(plan, folder, manifest, overwrite=True)
    assert not (folder / "repairs.csv").exists()


@pytest.mark.many(4)
@pytest.mark.parametrize("name", sorted(FILES - {"manifest.json"}))
def test_a_file_that_was_touched_or_lost_is_named(
    region: Region, tmp_path: Path, name: str
) -> None:
    plan, manifest = region
    write_plan(plan, tmp_path / "plan", manifest)
    path = tmp_path / "plan" / name
    path.write_bytes(path.read_bytes() + b" ")
    assert changed_files(tmp_path / "plan") == (
        f"{name}: the file was changed after the plan was written",
    )
    path.unlink()
    assert changed_files(tmp_path / "plan") == (f"{name}: the file is missing",)


def test_a_cell_that_was_changed_is_found_by_line_and_column_but_not_shown(
    region: Region, tmp_path: Path
) -> None:
    plan, manifest = region
    sealed = write_plan(plan, tmp_path / "plan", manifest)
    path = tmp_path / "plan" / "assignments.csv"
    lines = path.read_text("utf-8").split("\n")
    cells = lines[4].split(",")
    cells[5] = "99.875"
    lines[4] = ",".join(cells)
    path.write_text("\n".join(lines), "utf-8")
    (finding,) = changed_cells(tmp_path / "plan", plan, sealed)
    assert finding == "assignments.csv line 5 column benefit: is not what plan.json says"


def test_a_row_that_was_dropped_is_found(region: Region, tmp_path: Path) -> None:
    plan, manifest = region
    sealed = write_plan(plan, tmp_path / "plan", manifest)
    path = tmp_path / "plan" / "caseload.csv"
    path.write_text("\n".join(path.read_text("utf-8").split("\n")[:-2]) + "\n", "utf-8")
    (finding,) = changed_cells(tmp_path / "plan", plan, sealed)
    assert finding.startswith("caseload.csv line ")
    assert "more or fewer rows" in finding


def test_a_report_or_manifest_that_says_something_else_is_found(
    region: Region, tmp_path: Path
) -> None:
    plan, manifest = region
    sealed = write_plan(plan, tmp_path / "plan", manifest)
    report = tmp_path / "plan" / "report.html"
    report.write_text(report.read_text("utf-8").replace("0.43%", "0.01%"), "utf-8")
    findings = changed_cells(tmp_path / "plan", plan, replace(sealed, gap=0.0001))
    assert any(finding.startswith("report.html line ") for finding in findings)
    assert "manifest.json: gap is not that of plan.json" in findings


def test_a_manifest_that_points_outside_or_forgets_a_file_is_found(
    region: Region, tmp_path: Path
) -> None:
    plan, manifest = region
    write_plan(plan, tmp_path / "plan", manifest)
    path = tmp_path / "plan" / "manifest.json"
    document = json.loads(path.read_text("utf-8"))
    del document["files"]["plan.json"]
    document["files"]["../secret"] = "0" * 64
    path.write_text(json.dumps(document), "utf-8")
    assert changed_files(tmp_path / "plan") == (
        "manifest.json: the file plan.json is not listed",
        "manifest.json: ../secret lies outside the folder",
    )


def test_inputs_that_changed_vanished_or_came_are_named() -> None:
    before = (Source("a.csv", "1", 1), Source("b.csv", "2", 1))
    now = (Source("a.csv", "9", 1), Source("c.csv", "3", 1))
    assert changed_inputs(before, now) == (
        "a.csv: the input was changed after the plan was made",
        "b.csv: the input is missing",
        "c.csv: the input was not there when the plan was made",
    )


def test_a_folder_that_is_not_a_plan_is_never_replaced(region: Region, tmp_path: Path) -> None:
    plan, manifest = region
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("keep")
    for overwrite in (False, True):
        with pytest.raises(UsageError, match="is not a plan folder"):
            write_plan(plan, tmp_path / "mine", manifest, overwrite=overwrite)
    assert (tmp_path / "mine" / "notes.txt").read_text() == "keep"
    with pytest.raises(UsageError, match="is a file"):
        refuse_target(tmp_path / "mine" / "notes.txt", overwrite=True)


def test_a_folder_with_somebody_elses_manifest_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "manifest.json").write_text('{"name": "a web site"}')
    with pytest.raises(UsageError, match="that no plan has"):
        refuse_target(tmp_path / "site", overwrite=True)


def test_a_plan_is_replaced_only_when_asked_and_only_when_nothing_else_is_in_it(
    region: Region, tmp_path: Path
) -> None:
    plan, manifest = region
    write_plan(plan, tmp_path / "plan", manifest)
    with pytest.raises(UsageError, match="--force"):
        write_plan(plan, tmp_path / "plan", manifest)
    newer = replace(manifest, created="2030-01-01T00:00:00Z")
    write_plan(plan, tmp_path / "plan", newer, overwrite=True)
    assert read_plan(tmp_path / "plan")[1].created == newer.created
    assert [path.name for path in tmp_path.iterdir()] == ["plan"]
    (tmp_path / "plan" / "my notes.xlsx").write_bytes(b"work")
    with pytest.raises(UsageError, match=r"not of the plan \(my notes.xlsx\)"):
        write_plan(plan, tmp_path / "plan", newer, overwrite=True)


def test_replacing_works_where_folders_cannot_be_swapped_in_one_step(
    region: Region, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan, manifest = region
    write_plan(plan, tmp_path / "plan", manifest)
    monkeypatch.setattr(moves, "exchange", lambda *_: False)
    newer = replace(manifest, created="2030-01-01T00:00:00Z")
    write_plan(plan, tmp_path / "plan", newer, overwrite=True)
    assert read_plan(tmp_path / "plan")[1].created == newer.created
    assert [path.name for path in tmp_path.iterdir()] == ["plan"]


def test_an_empty_folder_becomes_the_plan_folder(region: Region, tmp_path: Path) -> None:
    plan, manifest = region
    (tmp_path / "plan").mkdir()
    write_plan(plan, tmp_path / "plan", manifest)
    assert changed_files(tmp_path / "plan") == ()


def test_a_link_to_a_folder_is_followed_and_stays(region: Region, tmp_path: Path) -> None:
    plan, manifest = region
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    write_plan(plan, tmp_path / "link", manifest)
    assert (tmp_path / "link").is_symlink()
    assert changed_files(tmp_path / "real") == ()


@pytest.mark.many(4)
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO, errno.EROFS, errno.EDQUOT])
@pytest.mark.parametrize("step", range(0, 10, 3))
def test_a_disk_that_fails_at_any_file_leaves_nothing(
    region: Region, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, step: int
) -> None:
    plan, manifest = region
    flush, count = os.fsync, iter(range(100))

    def failing(handle: int) -> None:
        if next(count) >= step:
            raise OSError(code, os.strerror(code))
        flush(handle)

    monkeypatch.setattr(os, "fsync", failing)
    with pytest.raises(CannotWrite, match=r"could not be written \(.+\); nothing was left behind"):
        write_plan(plan, tmp_path / "plan", manifest)
    assert list(tmp_path.iterdir()) == []


def test_a_failed_replacement_leaves_the_old_plan(
    region: Region, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan, manifest = region
    write_plan(plan, tmp_path / "plan", manifest)
    monkeypatch.setattr(moves, "exchange", lambda *_: False)
    rename, count = Path.rename, iter(range(100))

    def failing(self: Path, target: Path) -> Path:
        if next(count) == 1:
            raise OSError(errno.EIO, "broken")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(CannotWrite):
        write_plan(plan, tmp_path / "plan", manifest, overwrite=True)
    assert changed_files(tmp_path / "plan") == ()
    assert [path.name for path in tmp_path.iterdir()] == ["plan"]


def test_an_interruption_leaves_nothing(
    region: Region, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan, manifest = region

    def interrupted(*_: object) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr(folders, "manifest_text", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_plan(plan, tmp_path / "plan", manifest)
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_is_no_folder_cannot_be_written(region: Region, tmp_path: Path) -> None:
    plan, manifest = region
    (tmp_path / "file").write_text("x")
    with pytest.raises(CannotWrite):
        write_plan(plan, tmp_path / "file" / "plan", manifest)


KILLED = """
    import os, pickle, shutil, signal, sys
    from pathlib import Path
    from recommender.export.folders import plan_folder
    from recommender.files import moves

    with open(sys.argv[1], "rb") as file:
        plan, manifest = pickle.load(file)

    texts = plan_folder._texts(plan, manifest)
    plan_folder._texts = lambda *_, **__: texts
    os.fsync = lambda handle: None  # a killed process loses nothing that the system holds

    def write_until(moment, target, overwrite):
        passed = 0

        def or_die(function):
            def wrapped(*args, **kwargs):
                nonlocal passed
                if passed == moment:
                    os.kill(os.getpid(), signal.SIGKILL)
                passed += 1
                return function(*args, **kwargs)
            return wrapped

        doors = [(os, "fsync"), (Path, "rename"), (Path, "mkdir"), (shutil, "rmtree")]
        for home, name in [*doors, (moves, "exchange")]:
            setattr(home, name, or_die(getattr(home, name)))
        plan_folder.write_plan(plan, target, manifest, overwrite=overwrite)
        os._exit(0)

    for moment in range(16):
        for mode in ("new", "again"):
            target = Path(mode) / str(moment) / "plan"
            target.parent.mkdir(parents=True)
            if mode == "again":
                plan_folder.write_plan(plan, target, manifest)
            child = os.fork()
            if child == 0:
                write_until(moment, target, mode == "again")
            print(mode, moment, os.waitpid(child, 0)[1], flush=True)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs POSIX processes")
def test_a_kill_at_any_moment_leaves_a_whole_plan_or_none(region: Region, tmp_path: Path) -> None:
    with (tmp_path / "plan.pickle").open("wb") as file:
        pickle.dump(region, file)
    (tmp_path / "kill.py").write_text(textwrap.dedent(KILLED))
    done = subprocess.run(
        [sys.executable, "kill.py", "plan.pickle"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    kills = {"new": 0, "again": 0}
    for mode, moment, status in (line.split() for line in done.stdout.splitlines()):
        assert int(status) in (0, signal.SIGKILL)
        killed = int(status) == signal.SIGKILL
        kills[mode] += killed
        target = tmp_path / mode / moment / "plan"
        if target.exists():
            assert changed_files(target) == ()
            assert read_plan(target)[0].summary == region[0].summary
        else:
            assert mode == "new"
            assert killed
    assert kills["new"] >= 12
    assert kills["again"] >= 12


def test_what_is_no_plan_folder_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"is not a plan folder: it has no manifest\.json"):
        read_plan(tmp_path)
    (tmp_path / "manifest.json").write_text("{}")
    with pytest.raises(InputError, match="is not the manifest of a plan folder"):
        read_plan(tmp_path)
    (tmp_path / "manifest.json").write_bytes(b"\xff")
    with pytest.raises(InputError, match="cannot be read"):
        read_plan(tmp_path)
