"""A plan folder: written whole or not at all, read back equal, and compared with what it was.

The files are written to a hidden folder beside the target, flushed to the disk, the manifest last,
and the folder then takes its place in one step.  Whatever stops that - a full disk, a signal, a
pulled plug - leaves the target as it was.
"""

from __future__ import annotations

import csv
import hashlib
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from io import StringIO
from itertools import zip_longest
from pathlib import Path

import pandas as pd

from recommender.errors import InputError, Problem, UsageError, VerificationFailed
from recommender.export.formats import parquet
from recommender.export.manifest import File, Manifest, manifest_text, read_manifest
from recommender.export.pages.cards import report_pages
from recommender.export.plan_json import plan_text, read_plan_text
from recommender.export.tables import CSV_TABLES, csv_text, frames_of
from recommender.files.drafts import flush_folder, write_flushed
from recommender.files.hashes import sha256_of
from recommender.governance.log.transaction import Destination, LogRecord, changing
from recommender.governance.log.writing import writing
from recommender.inputs.workspace import Source
from recommender.planning.plan.columns import COLUMNS, OPTIONAL
from recommender.planning.plan.plan import Plan
from recommender.version import __version__

MANIFEST = "manifest.json"
PLAN = "plan.json"
REPORT = "report.html"
REPAIRS = "repairs.csv"


def refuse_target(directory: Path, *, overwrite: bool) -> None:
    """Refuse a target that holds something a plan must not replace; ask before the long work.

    Args:
        directory: where the plan folder is to be.
        overwrite: whether a plan folder that stands there may be replaced.

    Raises:
        UsageError: if something else than a plan stands there, or a plan and not ``overwrite``.
        CannotWrite: if the place cannot be looked at.
    """
    with writing(directory):
        if not directory.exists():
            return
        if not directory.is_dir():
            raise UsageError(f"{directory} is a file; choose another folder with -o")
        names = {entry.name for entry in directory.iterdir()}
        if not names:
            return
    if MANIFEST not in names:
        raise UsageError(
            f"{directory} holds files and is not a plan folder; choose another folder with -o"
        )
    try:
        manifest = _manifest(directory)
    except InputError:
        raise UsageError(
            f"{directory} has a {MANIFEST} that no plan has; choose another folder with -o"
        ) from None
    listed = {MANIFEST, *(file.path for file in manifest.files)}
    strangers = names - {_top(path) for path in listed}
    with writing(directory):
        strangers |= {
            path.relative_to(directory).as_posix()
            for name in names - strangers
            for path in (directory / name).rglob("*")
            if not path.is_dir()
        } - listed
    if strangers:
        shown = ", ".join(sorted(strangers)[:5]) + (", ..." if len(strangers) > 5 else "")
        raise UsageError(
            f"{directory} holds files that are not of the plan ({shown}); move them away first"
        )
    if not overwrite:
        raise UsageError(
            f"{directory} holds a plan already; replace it with --force or choose another with -o"
        )


def write_plan(
    plan: Plan,
    directory: Path,
    manifest: Manifest,
    *,
    overwrite: bool = False,
    beside: Mapping[str, str] | None = None,
    record: LogRecord | None = None,
) -> Manifest:
    """Write a plan folder whole or not at all and return its manifest with the file hashes.

    Args:
        plan: the plan.
        directory: the folder to make; its parent is made where it is missing.
        manifest: as ``manifest_of`` gives it.
        overwrite: whether a plan folder that stands there may be replaced.
        beside: file name -> text of files that go with the plan, such as its repairs.
        record: what the log of a workspace says first, with the hash of the manifest.

    Raises:
        UsageError: if something else than a plan stands there, or a plan and not ``overwrite``.
        VerificationFailed: if the log is damaged.
        CannotWrite: if it could not be written; nothing is left behind.
    """
    directory = Path(os.path.realpath(directory))
    refuse_target(directory, overwrite=overwrite)
    with replacing_folder(directory, MANIFEST, record, overwrite=overwrite) as draft:
        return _write_files(plan, draft, manifest, beside or {})


@contextmanager
def replacing_folder(
    directory: Path,
    seal: str,
    record: LogRecord | None = None,
    *,
    overwrite: bool = True,
    also: tuple[str, ...] = (),
) -> Iterator[Path]:
    """Give a folder to write to that takes the place of a folder once everything went well.

    Args:
        directory: the folder to make, as a real path; its parent is made where it is missing.
        seal: the file in it, written last, whose hash stands for all of it.
        record: what the log of a workspace says first, with the hash of the seal.
        overwrite: whether a folder that stands there may be replaced.
        also: files in it whose hashes the log names too.

    Raises:
        UsageError: if one stands there and may not.
        VerificationFailed: if the log is damaged.
        CannotWrite: if it could not be written; nothing is left behind.
    """
    place = Destination(directory, named=seal, seal=seal, also=also)
    with writing(directory), changing([place], record, new=not overwrite) as (draft,):
        draft.mkdir()
        yield draft


def read_plan(directory: Path, *, sealed: bool = True) -> tuple[Plan, Manifest]:
    """Return the plan and the manifest of a plan folder, if what is read is what was written.

    Args:
        directory: the plan folder.
        sealed: False for who reads a plan that was changed too, and says so himself.

    Raises:
        InputError: if it is not a plan folder, or what is wrong with its files.
        VerificationFailed: if what is read has not the hash that the manifest has of it; every
            file that was changed is named.
    """
    manifest = _manifest(directory)
    path = directory / PLAN
    text = _read(path)
    read = {PLAN: hashlib.sha256(text.encode()).hexdigest()}

    def table(name: str) -> pd.DataFrame:
        frame = parquet.read_parquet(directory / name)
        read[name] = sha256_of(directory / name)
        return frame

    plan = read_plan_text(text, str(path), table)
    if sealed and not read.items() <= {file.path: file.sha256 for file in manifest.files}.items():
        raise VerificationFailed([f"{directory}: {line}" for line in changed_files(directory)])
    return plan, manifest


def changed_files(directory: Path) -> tuple[str, ...]:
    """Return what differs between the files of a plan folder and its manifest, by their hashes.

    Files that the manifest does not list are named too, hidden ones and links as well.

    Raises:
        InputError: if it is not a plan folder.
    """
    findings = []
    manifest = _manifest(directory)
    listed = {file.path for file in manifest.files}
    tables = {f"{table}.csv" for table in CSV_TABLES}
    if parquet.is_written_large(listed):
        tables = {f"{table}{parquet.SUFFIX}" for table in COLUMNS if table not in OPTIONAL}
    needed = {PLAN, REPORT, *tables}
    for name in sorted(needed - listed):
        findings.append(f"{MANIFEST}: the file {name} is not listed")
    for file in manifest.files:
        path = directory / file.path
        if Path(file.path).is_absolute() or ".." in Path(file.path).parts:
            findings.append(f"{MANIFEST}: {file.path} lies outside the folder")
        elif not path.is_file():
            findings.append(f"{file.path}: the file is missing")
        elif sha256_of(path) != file.sha256:
            findings.append(f"{file.path}: the file was changed after the plan was written")
    return (*findings, *_strangers(directory, {MANIFEST, *needed, *listed}))


def _strangers(directory: Path, listed: set[str]) -> Iterator[str]:
    """What stands in a plan folder and is not of the plan; links are followed nowhere."""
    folders = {folder.as_posix() for path in listed for folder in Path(path).parents}
    for path in sorted(directory.rglob("*")):
        name = path.relative_to(directory).as_posix()
        if path.is_symlink():
            yield f"{name}: is a link; a plan holds the files themselves"
        elif name not in (folders if path.is_dir() else listed):
            yield f"{name}: is not of the plan; move it out of the folder"


def changed_cells(directory: Path, plan: Plan, manifest: Manifest) -> tuple[str, ...]:
    """Return where the other files of a plan folder do not say what its plan says.

    Args:
        directory: the plan folder.
        plan, manifest: what ``read_plan`` read from it.
    """
    findings = []
    every = manifest.version == __version__
    beside = parquet.is_written_large({file.path for file in manifest.files})
    texts = _texts(plan, manifest, every=every, tables=not beside)
    if every:
        tables = {f"{table}{parquet.SUFFIX}" for table in COLUMNS} if beside else set()
        strange = {file.path for file in manifest.files} - {PLAN, REPAIRS, *texts, *tables}
        findings += [f"{MANIFEST}: {name} is no file of a plan" for name in sorted(strange)]
    for name, text in texts.items():
        path = directory / name
        if name == PLAN or not path.is_file():
            continue
        found = _read(path)
        if found != text:
            findings.append(_first_difference(name, found, text))
    summary = plan.summary
    for field in (
        "value",
        "bound",
        "better_bound",
        "gap",
        "engine",
        "status",
        "seed",
        "scenario",
        "synthetic",
    ):
        if getattr(manifest, field) != getattr(summary, field):
            findings.append(f"{MANIFEST}: {field} is not that of {PLAN}")
    return tuple(findings)


def changed_inputs(recorded: tuple[Source, ...], present: tuple[Source, ...]) -> tuple[str, ...]:
    """Return which input files are not those that the plan was made from."""
    before = {source.path: source.sha256 for source in recorded}
    now = {source.path: source.sha256 for source in present}
    findings = []
    for path in sorted(before.keys() | now.keys()):
        if path not in now:
            findings.append(f"{path}: the input is missing")
        elif path not in before:
            findings.append(f"{path}: the input was not there when the plan was made")
        elif before[path] != now[path]:
            findings.append(f"{path}: the input was changed after the plan was made")
    return tuple(findings)


def _texts(
    plan: Plan, manifest: Manifest, *, every: bool = True, tables: bool = True
) -> Mapping[str, str]:
    """The texts of a plan folder but plan.json and the manifest: tables, and ``every`` page."""
    frames = frames_of(plan)
    texts = {f"{table}.csv": csv_text(frames[table]) for table in CSV_TABLES} if tables else {}
    return texts | report_pages(plan, manifest, manifest.language) if every else texts


def _write_files(plan: Plan, draft: Path, manifest: Manifest, more: Mapping[str, str]) -> Manifest:
    beside = parquet.SUFFIX if parquet.is_large(plan) else ""
    files = [write_text(draft, PLAN, plan_text(plan, beside=beside))]
    if beside:
        for table, frame in frames_of(plan).items():
            parquet.write_table(frame, draft / f"{table}{beside}")
            files.append(_flushed(draft, f"{table}{beside}"))
    files += [
        write_text(draft, name, text)
        for name, text in {**_texts(plan, manifest, tables=not beside), **more}.items()
    ]
    sealed = replace(manifest, files=tuple(files))
    for folder in sorted({(draft / file.path).parent for file in files}):
        flush_folder(folder)
    write_text(draft, MANIFEST, manifest_text(sealed))
    flush_folder(draft)
    return sealed


def _flushed(draft: Path, name: str) -> File:
    """Flush a file that stands there to the disk and return it with its hash."""
    with (draft / name).open("rb") as file:
        os.fsync(file.fileno())
    return File(name, sha256_of(draft / name))


def write_text(draft: Path, name: str, text: str) -> File:
    """Write a file of a draft to the disk and return it with its hash."""
    data = text.encode("utf-8")
    (draft / name).parent.mkdir(exist_ok=True)
    write_flushed(draft / name, data)
    return File(name, hashlib.sha256(data).hexdigest())


def _manifest(directory: Path) -> Manifest:
    path = directory / MANIFEST
    if not path.is_file():
        raise InputError(
            [Problem(str(directory), None, None, f"is not a plan folder: it has no {MANIFEST}")]
        )
    return read_manifest(_read(path), str(path))


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError):
        raise InputError(
            [Problem(str(path), None, None, "cannot be read", "make the plan again")]
        ) from None


def _top(path: str) -> str:
    return path.split("/", 1)[0]


def _first_difference(name: str, found: str, expected: str) -> str:
    """Say where a text first differs, by row and column of a table but without the cell."""
    if name.endswith(".csv"):
        rows = zip_longest(csv.reader(StringIO(found)), csv.reader(StringIO(expected)))
        header = next(csv.reader(StringIO(expected)))
        for line, (there, ours) in enumerate(rows, 1):
            if there == ours:
                continue
            if there is None or ours is None:
                return f"{name} line {line}: there are more or fewer rows than in {PLAN}"
            cells = zip_longest(there, ours)
            column = next(place for place, (one, other) in enumerate(cells) if one != other)
            where = f" column {header[column]}" if column < len(header) else ""
            return f"{name} line {line}{where}: is not what {PLAN} says"
    lines = zip_longest(found.split("\n"), expected.split("\n"))
    line = next(number for number, (there, ours) in enumerate(lines, 1) if there != ours)
    return f"{name} line {line}: is not what {PLAN} says"
