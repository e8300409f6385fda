"""The audit log of a workspace: who did what and when, in lines that cannot be changed unseen.

Every line of ``.audit/log.jsonl`` holds the hash of the line before it, so that a line that was
changed, dropped, added or moved breaks the chain.  What a chain cannot show is that its end was cut
off; for that the head (number and hash of the last line) is kept apart: in ``.audit/head.json``,
and wherever people note it down - ``adopt`` writes it into the status of a plan.  Verify against a
head that is kept elsewhere if the log's own folder is not trusted.

Appending locks the log and is on the disk before it returns.  A line torn by a cut of power was
never acknowledged; the next entry takes its place and says so.  Lines hold no ids of pupils.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from recommender.errors import (
    CannotWrite,
    InputError,
    Problem,
    UsageError,
    VerificationFailed,
)
from recommender.files.drafts import draft_of, flush_folder, remove, write_flushed

FOLDER: Final = ".audit"
LEAST_DAYS: Final = 183
"""Six months, the least for which a log is kept (Regulation (EU) 2024/1689, articles 19 and 26)."""

START: Final = "0" * 64
ACTIONS: Final = (
    "run", "decision", "export", "status", "document", "copy", "pseudonymise", "erase",
    "undone", "prune",
)  # fmt: skip
"""``undone`` says of an entry before it that what it announced never took effect."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the log.

    Attributes:
        number: 1, 2, … without a gap.  time: UTC, ISO 8601, to the second.
        action: one of ``ACTIONS``.  who, role: a professional, or the account that ran a command.
        subject: what it was done to (a plan folder, a file), without ids of pupils.
        hashes: file -> SHA-256 of what it was done to.
        details: anything else worth knowing, as text.
        previous, hash: of the line before and of this one.
    """

    number: int
    time: str
    action: str
    who: str
    role: str
    subject: str
    hashes: tuple[tuple[str, str], ...]
    details: tuple[tuple[str, str], ...]
    previous: str
    hash: str


@dataclass(frozen=True, slots=True)
class Head:
    """Number and hash of the last line of a log: what to note down elsewhere."""

    number: int
    hash: str

    def __str__(self) -> str:
        return f"{self.number}:{self.hash}"


@dataclass(frozen=True, slots=True)
class Log:
    """A log as it was read.

    Attributes:
        entries: in order.
        pruned: the head of what was pruned before them, or number 0.
        findings: what is wrong with it.  notes: what is worth knowing and is not wrong.
    """

    entries: tuple[Entry, ...]
    pruned: Head
    findings: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def head(self) -> Head:
        """Number and hash of the last line."""
        last = self.entries[-1] if self.entries else None
        return Head(last.number, last.hash) if last else self.pruned


def record(
    workspace: Path,
    action: str,
    subject: str,
    *,
    who: str,
    role: str,
    when: dt.datetime,
    hashes: Mapping[str, str] | None = None,
    details: Mapping[str, str] | None = None,
) -> Entry:
    """Append one line to the log of a workspace and return it; it is on the disk by then.

    Args:
        when: the moment, with a time zone.
        hashes, details: as in ``Entry``.

    Raises:
        UsageError: the action is unknown.  InputError: the log's last line is not whole JSON.
        CannotWrite: the line could not be written; the log is as it was.
    """
    with opened(workspace) as pen:
        entry = pen.entry(
            action, subject, who=who, role=role, when=when, hashes=hashes, details=details
        )
        pen.write(entry)
    return entry


@dataclass(slots=True)
class Pen:
    """The end of a log, while nobody else writes to it."""

    folder: Path
    data: bytes
    torn: int

    def entry(
        self,
        action: str,
        subject: str,
        *,
        who: str,
        role: str,
        when: dt.datetime,
        hashes: Mapping[str, str] | None = None,
        details: Mapping[str, str] | None = None,
    ) -> Entry:
        """The entry that would come next; never older than the one before it.

        Raises:
            UsageError: the action is unknown.  InputError: the last line is not an entry.
        """
        if action not in ACTIONS:
            raise UsageError(
                f"an audit log has no action '{action}'; use one of {', '.join(ACTIONS)}"
            )
        head, before = _last(self.data)
        more = dict(details or {})
        if self.torn:
            more["torn"] = f"{self.torn} bytes of an unfinished line were dropped"
        time = max(_stamp(when), before)  # a clock that was set back, or a wait for the lock
        return _entry(head, action, subject, who, role, time, hashes or {}, more)

    def write(self, entry: Entry) -> None:
        """Append an entry; it is on the disk by then.

        Raises:
            OSError: it could not be written; the log is as it was.
        """
        if not self.data and not (self.folder / "head.json").exists():
            # a log that loses its head is never taken for a new one
            _note_head(self.folder, Head(0, START))
        _append(self.folder, len(self.data), entry)
        self.data, self.torn = self.data + _line(entry), 0
        with suppress(OSError):  # a head that is behind is said to be, and mended by the next entry
            _note_head(self.folder, Head(entry.number, entry.hash))

    def again(self) -> Pen:
        """The end of the log as it stands on the disk."""
        return Pen(self.folder, *_whole_lines(self.folder))

    def found(self, digest: str) -> Entry | None:
        """The entry that has a hash, or None."""
        at = self.data.rfind(f'"hash":"{digest}"'.encode())
        begin = self.data.rfind(b"\n", 0, max(at, 0)) + 1
        return None if at < 0 else _parsed(_json(self.data[begin : self.data.index(b"\n", at)]))

    def since(self, entry: Entry) -> tuple[str, ...]:
        """The actions of the entries after one of them."""
        lines = self.data[self.data.rfind(f'"hash":"{entry.hash}"'.encode()) :].split(b"\n")[1:-1]
        return tuple(e.action if (e := _parsed(_json(line))) else "" for line in lines)

    def undone(self, number: int) -> bool:
        """Whether the log says that an entry never took effect."""
        lines = self.data.split(b"\n") if b'"action":"undone"' in self.data else ()
        said = (_parsed(_json(line)) for line in lines if b'"action":"undone"' in line)
        return any(e is not None and dict(e.details).get("entry") == str(number) for e in said)


@contextmanager
def opened(workspace: Path) -> Iterator[Pen]:
    """The end of the log of a workspace, which nobody else writes to meanwhile.

    Raises:
        CannotWrite: the log cannot be written.
    """
    with _writing(workspace) as folder:
        data, torn = _whole_lines(folder)
        yield Pen(folder, data, torn)


def refuse_damaged(workspace: Path) -> None:
    """Refuse to go on where the log is not whole: what comes next could not be proven.

    Raises:
        VerificationFailed: what is wrong with the log.  InputError: it cannot be read.
    """
    found = read_log(workspace).findings
    if found:
        raise VerificationFailed(
            [
                f"the audit log is damaged: {found[0]}; nothing was written. See `recommender "
                f"audit verify`, keep {FOLDER} as it is elsewhere, and put a whole one back"
            ]
        )


def read_log(workspace: Path, anchor: Head | None = None) -> Log:
    """The log of a workspace with everything that is wrong with it.

    Args:
        anchor: a head that was noted elsewhere; the log must contain it.

    Raises:
        InputError: the log cannot be read.
    """
    folder = workspace / FOLDER
    try:
        data = _bytes(folder / "log.jsonl")
        noted = _bytes(folder / "head.json")
    except OSError as error:
        message = f"cannot be read ({error.strerror})"
        raise InputError([Problem(f"{FOLDER}/log.jsonl", None, None, message)]) from None
    findings: list[str] = []
    notes: list[str] = []
    lines = data.split(b"\n")
    if lines.pop():
        notes.append("the last line is unfinished; it was never acknowledged and does not count")
    entries, pruned = _chain(lines, findings)
    log = Log(tuple(entries), pruned, (), ())
    _check_pruning(log, findings)
    own = _head_of(noted, findings)
    if own is not None:
        _check_head(log, own, "head.json", findings)
        if own.number < log.head.number and not findings:
            notes.append("head.json is behind the log: a command was interrupted")
    elif entries and not noted:
        findings.append("head.json is missing, and the log is not empty")
    if anchor is not None:
        _check_head(log, anchor, "the head that was noted elsewhere", findings)
    return Log(log.entries, pruned, tuple(findings), tuple(notes))


def effective_entries(log: Log) -> tuple[Entry, ...]:
    """The entries of a log, without those that never took effect and those that say so."""
    undone = {dict(e.details).get("entry") for e in log.entries if e.action == "undone"}
    return tuple(e for e in log.entries if e.action != "undone" and str(e.number) not in undone)


def prune(
    workspace: Path, *, keep_days: int, who: str, role: str, when: dt.datetime
) -> tuple[Entry, int]:
    """Drop the lines older than ``keep_days`` and return the line that says so, and how many.

    What is dropped leaves a checkpoint (its last number and hash), to which the new line in the
    chain testifies, so that nobody can prune unseen.  The log is replaced whole or not at all.

    Raises:
        UsageError: fewer than ``LEAST_DAYS`` days, or a log with findings, which is evidence.
        CannotWrite: the log is as it was.
    """
    if keep_days < LEAST_DAYS:
        raise UsageError(f"a log is kept for at least {LEAST_DAYS} days; {keep_days} is less")
    found = read_log(workspace).findings
    if found:
        raise UsageError(f"a log with findings is not pruned: {found[0]}")
    edge = _stamp(when - dt.timedelta(days=keep_days))
    with _writing(workspace) as folder:
        data, _ = _whole_lines(folder)
        entries, pruned = _chain(data.split(b"\n")[:-1], [])
        dropped = 0
        while dropped < len(entries) and entries[dropped].time < edge:
            dropped += 1
        if dropped:
            pruned = Head(entries[dropped - 1].number, entries[dropped - 1].hash)
        kept = entries[dropped:]
        details = {"dropped": str(dropped), "checkpoint": str(pruned), "older_than": edge}
        head = Head(kept[-1].number, kept[-1].hash) if kept else pruned
        time = max([_stamp(when), *(e.time for e in kept[-1:])])
        entry = _entry(head, "prune", f"{FOLDER}/log.jsonl", who, role, time, {}, details)
        lines = [_checkpoint(pruned)] if pruned.number else []
        lines += [_line(e) for e in (*kept, entry)]
        _replace(folder / "log.jsonl", b"".join(lines))
        _note_head(folder, Head(entry.number, entry.hash))
    return entry, dropped


def parse_head(text: str) -> Head:
    """The head that ``NUMBER:HASH`` says.

    Raises:
        UsageError: it says none.
    """
    number, _, digest = text.strip().partition(":")
    if not number.isascii() or not number.isdigit() or not _is_hash(digest):
        raise UsageError("a head is written NUMBER:HASH, as `recommender audit verify` prints it")
    return Head(int(number), digest)


def _entry(
    head: Head,
    action: str,
    subject: str,
    who: str,
    role: str,
    time: str,
    hashes: Mapping[str, str],
    details: Mapping[str, str],
) -> Entry:
    body = {
        "number": head.number + 1,
        "time": time,
        "action": action,
        "who": who,
        "role": role,
        "subject": subject,
        "hashes": dict(sorted(hashes.items())),
        "details": dict(sorted(details.items())),
        "previous": head.hash,
    }
    entry = _parsed({**body, "hash": _digest(body)})
    assert entry is not None
    return entry


def _stamp(when: dt.datetime) -> str:
    if when.tzinfo is None:
        raise UsageError("a moment in an audit log needs a time zone")
    return when.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _digest(body: Mapping[str, Any]) -> str:
    """The hash of everything in a line but its hash, in one way of writing."""
    return hashlib.sha256(_canonical({k: v for k, v in body.items() if k != "hash"})).hexdigest()


def _canonical(value: Mapping[str, Any]) -> bytes:
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    ).encode("utf-8", "backslashreplace")


def _line(entry: Entry) -> bytes:
    return _canonical(_body(entry)) + b"\n"


def _checkpoint(pruned: Head) -> bytes:
    return _canonical({"checkpoint": str(pruned)}) + b"\n"


def _body(entry: Entry) -> dict[str, Any]:
    return {
        "number": entry.number,
        "time": entry.time,
        "action": entry.action,
        "who": entry.who,
        "role": entry.role,
        "subject": entry.subject,
        "hashes": dict(entry.hashes),
        "details": dict(entry.details),
        "previous": entry.previous,
        "hash": entry.hash,
    }


def _parsed(value: object) -> Entry | None:
    """The entry that a line's JSON holds, or None."""
    if not isinstance(value, dict) or set(value) != set(Entry.__dataclass_fields__):
        return None
    texts = [value[k] for k in ("time", "action", "who", "role", "subject", "previous", "hash")]
    pairs = [value["hashes"], value["details"]]
    if not all(isinstance(t, str) for t in texts) or not isinstance(value["number"], int):
        return None
    if not all(isinstance(p, dict) and all(isinstance(v, str) for v in p.values()) for p in pairs):
        return None
    return Entry(
        **{**value, "hashes": tuple(sorted(pairs[0].items())),
           "details": tuple(sorted(pairs[1].items()))}
    )  # fmt: skip


def _chain(lines: list[bytes], findings: list[str]) -> tuple[list[Entry], Head]:
    """The entries and the checkpoint before them; every break of the chain is a finding."""
    entries: list[Entry] = []
    pruned = previous = Head(0, START)
    for number, line in enumerate(lines, 1):
        value = _json(line)
        if number == 1 and isinstance(value, dict) and set(value) == {"checkpoint"}:
            with suppress(UsageError):
                pruned = previous = parse_head(str(value["checkpoint"]))
            if not pruned.number:
                findings.append("line 1: the checkpoint is not one")
            continue
        entry = _parsed(value)
        if entry is None:
            findings.append(f"line {number}: it is not an entry of the log")
            continue
        if _digest(_body(entry)) != entry.hash or _line(entry) != line + b"\n":
            findings.append(f"line {number}: entry {entry.number} was changed")
        if entry.number != previous.number + 1:
            findings.append(
                f"line {number}: entry {entry.number} stands where {previous.number + 1} should"
            )
        elif entry.previous != previous.hash:
            findings.append(f"line {number}: entry {entry.number} does not follow the one before")
        if entries and entry.time < entries[-1].time:
            findings.append(f"line {number}: entry {entry.number} is older than the one before")
        entries.append(entry)
        previous = Head(entry.number, entry.hash)
    return entries, pruned


def _check_pruning(log: Log, findings: list[str]) -> None:
    """A checkpoint needs a line in the chain that testifies to it."""
    said = [dict(e.details).get("checkpoint") for e in log.entries if e.action == "prune"]
    if log.pruned.number and (not said or said[-1] != str(log.pruned)):
        findings.append("line 1: no entry says that the log was pruned up to this checkpoint")


def _head_of(data: bytes, findings: list[str]) -> Head | None:
    if not data:
        return None
    value = _json(data)
    try:
        return parse_head(str(value["head"]) if isinstance(value, dict) else "")
    except (UsageError, KeyError):
        findings.append("head.json is not the head of a log")
        return None


def misses(log: Log, head: Head, name: str) -> tuple[str, ...]:
    """What is wrong with a log that is to contain a head, which ``name`` noted down."""
    findings: list[str] = []
    _check_head(log, head, name, findings)
    return tuple(findings)


def _check_head(log: Log, head: Head, name: str, findings: list[str]) -> None:
    if head.number > log.head.number:
        gone = head.number - log.head.number
        findings.append(f"the end of the log is missing: {name} knows {gone} more entries")
    elif head.number == log.pruned.number or head.number == 0:
        if head.hash != log.pruned.hash and head.number == log.pruned.number:
            findings.append(f"entry {head.number} is not the one that {name} knows")
    elif head.number > log.pruned.number:
        here = [e for e in log.entries if e.number == head.number]
        if not here or here[0].hash != head.hash:
            findings.append(f"entry {head.number} is not the one that {name} knows")


def _json(line: bytes) -> object:
    try:
        value: object = json.loads(line.decode())
    except (ValueError, RecursionError):
        return None
    return value


def _is_hash(text: str) -> bool:
    return len(text) == 64 and set(text) <= set("0123456789abcdef")


@contextmanager
def locked(workspace: Path, name: str) -> Iterator[None]:
    """Wait until nobody else holds the lock of this name in a workspace, and hold it.

    Raises:
        CannotWrite: the lock could not be made.
    """
    with _writing(workspace, f"{name}.lock"):
        yield


@contextmanager
def _writing(workspace: Path, name: str = "lock") -> Iterator[Path]:
    """The log's folder, locked against other writers."""
    folder = workspace / FOLDER
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        with (folder / name).open("a+b") as lock:
            _lock(lock.fileno())
            yield folder
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise CannotWrite(f"{folder}: the audit log could not be written ({why})") from error


def _lock(handle: int) -> None:
    """Wait for the lock of a file; it is let go when the file is closed."""
    try:
        import fcntl
    except ImportError:  # Windows locks the first byte instead
        import msvcrt

        msvcrt.locking(handle, msvcrt.LK_LOCK, 1)  # type: ignore[attr-defined,unused-ignore]
    else:
        fcntl.flock(handle, fcntl.LOCK_EX)


def _bytes(path: Path) -> bytes:
    return path.read_bytes() if path.exists() else b""


def _whole_lines(folder: Path) -> tuple[bytes, int]:
    """The log up to its last line end, and how many bytes stand after it."""
    data = _bytes(folder / "log.jsonl")
    end = data.rfind(b"\n") + 1
    return data[:end], len(data) - end


def _last(data: bytes) -> tuple[Head, str]:
    """The head of a log, from its last line only, and the time of that line."""
    if not data:
        return Head(0, START), ""
    value = _json(data[data.rfind(b"\n", 0, -1) + 1 :])
    if isinstance(value, dict) and set(value) == {"checkpoint"}:
        return parse_head(str(value["checkpoint"])), ""
    entry = _parsed(value)
    if entry is None:
        message = "ends in a line that is not an entry"
        remedy = "run `recommender audit verify` and keep the log as it is"
        raise InputError([Problem(f"{FOLDER}/log.jsonl", None, None, message, remedy)])
    return Head(entry.number, entry.hash), entry.time


def _append(folder: Path, size: int, entry: Entry) -> None:
    path = folder / "log.jsonl"
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    with os.fdopen(handle, "r+b") as file:
        if size == 0:
            flush_folder(folder)
        try:
            file.truncate(size)
            file.seek(size)
            file.write(_line(entry))
            file.flush()
            os.fsync(file.fileno())
        except OSError:
            with suppress(OSError):
                file.truncate(size)
            raise


def _note_head(folder: Path, head: Head) -> None:
    _replace(folder / "head.json", _canonical({"head": str(head)}) + b"\n")


def _replace(path: Path, data: bytes) -> None:
    """Write a file whole or not at all."""
    draft = draft_of(path)
    try:
        write_flushed(draft, data, mode=0o600)
        draft.replace(path)
        flush_folder(path.parent)
    finally:
        remove(draft)
