"""Changes that are in the log before they take effect, and whole or not at all.

What is to stand somewhere is prepared beside its place, as drafts that a journal names; then the
log says what will stand there; then the drafts take their places.  What a command leaves open that
dies between is settled by the next one: what the log says is carried out, or, where its draft is
gone, the log says that it never took effect; what the log does not say is removed.  A journal that
wants in force what its entry of the log does not name is left as it is.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from recommender.errors import CannotWrite, RecommenderError, UsageError
from recommender.files.drafts import draft_of, remove, sweep
from recommender.files.hashes import mark_of
from recommender.files.moves import Move, is_taken, take_place
from recommender.governance.log import audit, journal
from recommender.governance.log.journal import Journal

_ME: Final = ("recommender", "program")


@dataclass(frozen=True, slots=True)
class LogRecord:
    """What the log is to say of a change.

    Attributes:
        workspace: whose log.
        action, subject, who, role, when, hashes, details: as of ``audit.Entry``.
    """

    workspace: Path
    action: str
    subject: str
    who: str
    role: str
    when: dt.datetime
    hashes: tuple[tuple[str, str], ...] = ()
    details: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Destination:
    """Where something is to stand.

    Attributes:
        named: what the log calls its hash; "" if the log does not name it.
        also: files in a folder whose hashes the log names too.
        seal: as of ``Move``.
    """

    path: Path
    named: str = ""
    seal: str = ""
    also: tuple[str, ...] = ()


Last = Callable[[audit.Entry, tuple[Path, ...]], None]
"""Writes the drafts that hold the entry of the log, once that is known."""


@contextmanager
def changing(
    places: Sequence[Destination],
    record: LogRecord | None,
    *,
    new: bool = False,
    last: Last | None = None,
) -> Iterator[tuple[Path, ...]]:
    """Give a draft for each place; all take their places once the body went well and it is logged.

    Args:
        places: in the order in which they are taken.
        record: what the log is to say, or None for what no log is to know.
        new: whether nothing may stand there.

    Raises:
        UsageError: something stands where nothing may.
        VerificationFailed: the log is damaged.
        CannotWrite: it could not be written or logged; what stood there still does.
    """
    logged = record is not None
    moves = tuple(Move(draft_of(p.path, logged=logged), p.path, new, p.seal) for p in places)
    if record is not None:
        settle(record.workspace, when=record.when)
    try:
        for folder in dict.fromkeys(move.place.parent for move in moves):
            folder.mkdir(parents=True, exist_ok=True)
            sweep(folder)
    except OSError as error:
        raise _cannot(moves[0].place, error) from error
    begun = None if record is None else journal.begin(record.workspace, moves)
    try:
        yield tuple(move.draft for move in moves)
        if record is not None and begun is not None:
            _commit(record, places, begun, last)
        else:
            for move in moves:
                _carry_out(move)
            _drop(moves, None)
    except BaseException:
        if begun is None or not journal.again(begun).entry:
            _drop(moves, begun)
        raise


@contextmanager
def announced(record: LogRecord) -> Iterator[None]:
    """Log first what the body then does where no draft can be made, such as in a database.

    If it fails, the log says that it never took effect; if the process dies, that nobody knows.

    Raises:
        VerificationFailed, CannotWrite: as ``changing``.
    """
    settle(record.workspace, when=record.when)
    begun = journal.begin(record.workspace, ())
    with audit.opened(record.workspace) as pen:
        try:
            entry = _entry(pen, record, {})
            journal.seal(begun, entry.hash, (), elsewhere=True)
            pen.write(entry)
        except BaseException:
            _settle(journal.again(begun), pen.again(), record.when)
            raise
    try:
        yield
    except BaseException:
        with audit.opened(record.workspace) as pen:
            _say_undone(pen, entry.hash, "it could not be written", record.when)
        _drop((), begun)
        raise
    _drop((), begun)


def tidy(workspace: Path, *, when: dt.datetime) -> None:
    """As ``settle``, for who only looks: touches nothing unless something was left open.

    Raises:
        VerificationFailed, InputError, CannotWrite: as ``settle``.
    """
    if journal.left_open(workspace):
        settle(workspace, when=when)
    else:
        _sweep(workspace)


def settle(workspace: Path, *, when: dt.datetime) -> None:
    """Carry out or take back what commands that died left open, and remove their drafts.

    Raises:
        VerificationFailed: the log is damaged.
        CannotWrite: the log cannot be written, or something cannot be carried out yet.
    """
    with audit.opened(workspace) as pen:
        audit.refuse_damaged(workspace)
        _settle_all(workspace, pen, when)
    _sweep(workspace)


def _sweep(workspace: Path) -> None:
    for folder in (workspace, workspace / "data", workspace / audit.FOLDER):
        sweep(folder)


def _settle_all(workspace: Path, pen: audit.Pen, when: dt.datetime) -> None:
    for begun in journal.left_open(workspace):
        if journal.borne_out(begun, pen):
            _settle(begun, pen, when)


def _commit(
    record: LogRecord, places: Sequence[Destination], begun: Journal, last: Last | None
) -> None:
    moves = begun.moves
    with audit.opened(record.workspace) as pen:
        _settle_all(record.workspace, pen, record.when)
        for move in moves:
            if move.new and is_taken(move.place):
                raise _taken(move.place)
        try:
            entry = _entry(pen, record, _hashes(places, moves))
            if last is not None:
                last(entry, tuple(move.draft for move in moves))
            marks = tuple(mark_of(move.draft, move.seal) for move in moves)
        except OSError as error:
            raise _cannot(moves[0].place, error) from error
        try:
            journal.seal(begun, entry.hash, marks)
            pen.write(entry)
            for move in moves:
                _carry_out(move)
            _drop(moves, begun)
        except BaseException as error:
            # settled at once as the next command would, before anybody is told
            done = _settle(journal.again(begun), pen.again(), record.when)
            if not done or not isinstance(error, OSError | RecommenderError):
                raise


def _settle(begun: Journal, pen: audit.Pen, when: dt.datetime) -> bool:
    """Carry out what the log says and take back what it does not; whether it stands there now.

    Raises:
        CannotWrite: a part stands there, and the rest cannot be moved yet.
    """
    if not begun.entry or pen.found(begun.entry) is None:
        _drop(begun.moves, begun)
        return False
    if begun.elsewhere:
        _say_undone(
            pen, begun.entry, "it was interrupted; whether it was written is not known", when
        )
        _drop((), begun)
        return False
    done, failed, later = 0, "", None
    for move, mark in zip(begun.moves, begun.marks, strict=True):
        if mark_of(move.place, move.seal) == mark:
            done += 1
        elif mark_of(move.draft, move.seal) != mark:
            failed = "what was to stand there is gone"
        else:
            try:
                _carry_out(move)
                done += 1
            except UsageError:
                failed = "something else stood there"
            except CannotWrite as error:
                failed, later = "it could not be written", error
    if later is not None and done:
        raise later
    if failed and not done:
        _drop(begun.moves, None)  # it stays undone, even where that cannot be said yet
    if failed:
        part = f"; {done} of {len(begun.moves)} files stand there" if done else ""
        _say_undone(pen, begun.entry, failed + part, when)
    _drop(begun.moves, begun)
    return not failed


def _say_undone(pen: audit.Pen, digest: str, why: str, when: dt.datetime) -> None:
    """Append that an entry of the log never took effect, unless the log says so already."""
    entry = pen.found(digest)
    if entry is None or pen.undone(entry.number):
        return
    who, role = _ME
    details = {"entry": str(entry.number), "why": why}
    pen.write(pen.entry("undone", entry.subject, who=who, role=role, when=when, details=details))


def _entry(pen: audit.Pen, record: LogRecord, hashes: dict[str, str]) -> audit.Entry:
    return pen.entry(
        record.action, record.subject, who=record.who, role=record.role, when=record.when,
        hashes={**dict(record.hashes), **hashes}, details=dict(record.details),
    )  # fmt: skip


def _hashes(places: Sequence[Destination], moves: Sequence[Move]) -> dict[str, str]:
    pairs = tuple(zip(places, moves, strict=True))
    named = {p.named: mark_of(m.draft, p.seal) for p, m in pairs if p.named}
    return named | {name: mark_of(m.draft / name) for p, m in pairs for name in p.also}


def _carry_out(move: Move) -> None:
    try:
        take_place(move)
    except FileExistsError:
        raise _taken(move.place) from None
    except OSError as error:
        raise _cannot(move.place, error) from error


def _drop(moves: Sequence[Move], begun: Journal | None) -> None:
    """Remove the drafts of a change, and then what names them."""
    for move in moves:
        remove(move.draft)
        remove(move.draft.with_name(f"{move.draft.name}.old"))
    if begun is not None:
        remove(begun.path)


def _taken(place: Path) -> UsageError:
    return UsageError(f"{place} stands there already; replace it with --force or choose another")


def _cannot(place: Path, error: OSError) -> CannotWrite:
    why = error.strerror or type(error).__name__
    return CannotWrite(f"{place}: could not be written ({why}); nothing was left behind")
