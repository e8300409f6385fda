"""Journals: what a change is about to do, kept in ``.audit/open`` until it is done.

The first line names drafts and places.  The second is written before the log's entry and under the
log's lock: it holds the hash of that entry and what tells the drafts from anything else.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from recommender.errors import CannotWrite
from recommender.files.drafts import (
    abandoned,
    draft_of,
    flush_folder,
    is_draft_of,
    maker_of,
    remove,
    write_flushed,
)
from recommender.files.hashes import mark_of
from recommender.files.moves import Move
from recommender.governance.log.audit import FOLDER, Entry, Head, Pen

OPEN: Final = "open"


@dataclass(frozen=True, slots=True)
class Journal:
    """A change that is not done yet.

    Attributes:
        moves: what is to take which place, in order.
        entry: the hash of the log's entry, "" before that is known.
        marks: what ``mark_of`` said of each draft then.
        elsewhere: whether what is done is no move, such as writing to a database.
    """

    path: Path
    moves: tuple[Move, ...]
    entry: str = ""
    marks: tuple[str, ...] = ()
    elsewhere: bool = False


def begin(workspace: Path, moves: Sequence[Move]) -> Journal:
    """Name the drafts of a change before the first is made.

    Raises:
        CannotWrite: it could not be written.
    """
    folder = workspace / FOLDER / OPEN
    path = draft_of(folder / "change")
    lines = [
        {
            "draft": str(move.draft.absolute()),
            "place": str(move.place.absolute()),
            "new": move.new,
            "seal": move.seal,
        }
        for move in moves
    ]
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_flushed(path, _line({"moves": lines}), mode=0o600)
        flush_folder(folder)
    except OSError as error:
        remove(path)
        why = error.strerror or type(error).__name__
        raise CannotWrite(f"{folder}: the audit log could not be written ({why})") from error
    return Journal(path, tuple(moves))


def seal(journal: Journal, entry: str, marks: tuple[str, ...], *, elsewhere: bool = False) -> None:
    """Say which entry of the log the change is, before the log says so.

    Raises:
        OSError: it could not be written.
    """
    line = _line({"entry": entry, "marks": list(marks), "elsewhere": elsewhere})
    with journal.path.open("ab") as file:
        file.write(line)
        file.flush()
        os.fsync(file.fileno())


def again(journal: Journal) -> Journal:
    """A journal as it stands on the disk; without moves where it cannot be read."""
    bare = Journal(journal.path, ())
    try:
        lines = journal.path.read_bytes().split(b"\n")[:-1]
        moves = tuple(map(_move, json.loads(lines[0])["moves"]))
    except (OSError, ValueError, KeyError, TypeError, IndexError, RecursionError):
        return bare
    maker = maker_of(journal.path)
    if any(not is_draft_of(m.draft, m.place) or maker_of(m.draft) != maker for m in moves):
        return bare  # whoever wrote that wants other files moved or removed
    with suppress(ValueError, KeyError, TypeError, IndexError, RecursionError):
        said = json.loads(lines[1])
        marks = tuple(map(str, said["marks"]))
        if len(marks) == len(moves):
            entry, elsewhere = str(said["entry"]), bool(said["elsewhere"])
            return replace(bare, moves=moves, entry=entry, marks=marks, elsewhere=elsewhere)
    return replace(bare, moves=moves)


def left_open(workspace: Path) -> tuple[Journal, ...]:
    """The journals nobody is at work on, oldest first; for who holds the lock of the log.

    Whoever writes an entry of the log holds its lock from before the second line until all moves
    are made, so that a journal with that line is left over; any other is where its maker is gone.
    """
    folder = workspace / FOLDER / OPEN
    try:
        paths = sorted(folder.iterdir(), key=lambda path: path.lstat().st_mtime_ns)
    except OSError:
        return ()
    found = (again(Journal(path, ())) for path in paths if is_draft_of(path, folder / "change"))
    return tuple(j for j in found if (j.entry and not j.elsewhere) or abandoned(j.path))


def borne_out(journal: Journal, pen: Pen) -> bool:
    """Whether the log says what a journal wants to be done, where it wants anything in force.

    A journal is left open by the last that wrote to the log, and every place of it holds what its
    entry names, or the status in which that entry itself is named.
    """
    entry = pen.found(journal.entry) if journal.entry else None
    if entry is None:
        return True
    if journal.elsewhere:
        to = dict(entry.details).get("to", "://")
        return entry.action == "export" and not journal.moves and "://" in to
    return all(action == "undone" for action in pen.since(entry)) and all(
        _named(move, mark, entry) or _tells(move, mark, entry)
        for move, mark in zip(journal.moves, journal.marks, strict=True)
    )


def not_followed(workspace: Path) -> tuple[str, ...]:
    """Return a line for every journal that stays as it is, for the log does not bear it out."""
    pen = Pen(workspace / FOLDER, b"", 0).again()
    return tuple(
        f"{FOLDER}/{OPEN}/{journal.path.name}: the audit log does not say what it wants done; it "
        "is not followed, move it away"
        for journal in left_open(workspace)
        if not borne_out(journal, pen)
    )


def _named(move: Move, mark: str, entry: Entry) -> bool:
    """Whether an entry names what is to stand in a place, by the place or its seal."""
    place = f"/{move.place.as_posix()}"
    return any(
        digest == mark and (name == move.seal or place.endswith(f"/{name}"))
        for name, digest in entry.hashes
    )


def _tells(move: Move, mark: str, entry: Entry) -> bool:
    """Whether what is to stand in a place is the status that an entry brought a plan to.

    Where it stands nowhere any more, nothing is left to do but to say that the entry is undone: so
    it is unless the place tells of the entry already.
    """
    if entry.action != "status" or move.place.name != f"{entry.subject}.status.json":
        return False
    head = str(Head(entry.number, entry.hash))
    for path in (move.place, move.draft):
        if path.exists() and mark_of(path) == mark:
            return _head_told(path) == head
    return not move.draft.exists() and _head_told(move.place) != head


def _head_told(path: Path) -> str:
    """Return the head of the log that the last step of a status was written at; "" for none."""
    with suppress(OSError, ValueError, KeyError, TypeError, IndexError, RecursionError):
        return str(json.loads(path.read_bytes())["steps"][-1]["head"])
    return ""


def _move(value: Any) -> Move:
    draft, place = Path(str(value["draft"])), Path(str(value["place"]))
    return Move(draft, place, bool(value["new"]), str(value["seal"]))


def _line(value: dict[str, Any]) -> bytes:
    return json.dumps(value, sort_keys=True).encode() + b"\n"
