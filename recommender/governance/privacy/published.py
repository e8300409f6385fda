"""What was published of a workspace before: enough to see whether a next report tells of a few.

Two reports that differ by one pupil give away what he is offered, whatever each of them hides.  So
``.audit/published.json`` keeps of every report for anyone a fingerprint of its plans: a salt of its
own and, for every unit and what it is offered, a keyed hash of 8 bytes with the number of pupils.
It holds no ids; whoever has the workspace can tell as much from its plans.  What was hidden is kept
as well, so that it stays hidden.  The log of the workspace names every report that is held here, so
that a list that was removed or shortened is missed.  Of a unit that is erased the hashes go and its
pupils stay counted: they still tell an earlier report from a later one.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

from recommender.errors import CannotWrite, InputError, PrivacyRefusal, Problem
from recommender.files.drafts import write_flushed
from recommender.governance.exported import OPEN
from recommender.governance.log.audit import FOLDER, Log, effective_entries, locked, read_log
from recommender.governance.log.transaction import Destination, LogRecord, changing, tidy
from recommender.governance.privacy.suppression import THRESHOLD
from recommender.planning.formulation.labels import NOTHING
from recommender.planning.plan.plan import Plan

FILE: Final = "published.json"
FORMAT: Final = "recommender published 1"
NOTED: Final = "published"
"""The detail of the log that names the report of an export, "" if none is held against others."""

WAS: Final = "published_was"
ERASED: Final = "erased"
"""Stands in a plan that was published for the pupils of units that were erased since."""

SEPARATOR: Final = "\x1f"
"""Between the parts of what a unit is offered."""

OfferCounts = Mapping[str, float]
"""What a unit at a site is offered -> how many pupils it stands for."""


@dataclass(frozen=True, slots=True)
class Report:
    """A report for anyone that was published.

    Attributes:
        date: ISO 8601.  kind: ``plan`` or ``comparison``.  period: which periods it is about.
        salt: of its hashes.  plans: of every plan in it, hash -> pupils.
        hidden: table and row of what it hides.
    """

    date: str
    kind: str
    period: str
    salt: str
    plans: tuple[Mapping[str, float], ...]
    hidden: tuple[tuple[str, str], ...]


def published_offers(plan: Plan) -> dict[str, float]:
    """Return what every unit of a plan is offered or not -> its pupils."""
    lines = plan.assignments.drop_duplicates(["unit_id", "bundle", "period"])
    told = [lines[name].tolist() for name in ("unit_id", "site", "bundle", "period", "units")]
    left = plan.not_served
    gone = [left[name].tolist() for name in ("unit_id", "site", "pupils")]
    found: dict[str, float] = {}
    for parts, pupils in (
        *((parts, pupils) for *parts, pupils in zip(*told, strict=True)),
        *(([*parts, NOTHING], pupils) for *parts, pupils in zip(*gone, strict=True)),
    ):
        key = SEPARATOR.join(map(str, parts))
        found[key] = found.get(key, 0.0) + float(pupils)
    return found


@contextmanager
def publishing(
    workspace: Path,
    kind: str,
    plans: Sequence[OfferCounts],
    period: str,
    *,
    when: dt.datetime | None = None,
) -> Iterator[Publishing]:
    """Hold the list of reports of a workspace while one more is checked, noted and written.

    Args:
        workspace: the workspace.
        kind: ``plan`` or ``comparison``.
        plans: what ``published_offers`` says of every plan in the report.
        period: which periods it is about.
        when: the moment, to settle first what a command left open that died.

    Raises:
        PrivacyRefusal: if a plan differs in few pupils from one published before, or the log names
            reports that the list does not hold.
        InputError: if the list or the log cannot be read.
        CannotWrite: if it cannot be locked.
    """
    with locked(workspace, "published"):
        if when is not None:
            tidy(workspace, when=when)
        path = workspace / FOLDER / FILE
        earlier = _read(path)
        _refuse_forgotten(earlier, read_log(workspace))
        again = _refuse_near(earlier, kind, plans)
        hidden = frozenset(row for r in earlier if r.period == period for row in r.hidden)
        yield Publishing(path, earlier, kind, tuple(plans), period, hidden, again)


@dataclass(frozen=True, slots=True)
class Publishing:
    """A report that may be published.

    Attributes:
        hidden: table and row of what earlier reports about these periods hide.
        again: the report in which the same plans were published in the same way before, or None.
    """

    path: Path
    earlier: tuple[Report, ...]
    kind: str
    plans: tuple[OfferCounts, ...]
    period: str
    hidden: frozenset[tuple[str, str]]
    again: Report | None

    def note(self, hidden: frozenset[tuple[str, str]], when: dt.datetime) -> str:
        """Note the report on the disk, before it is written: one too many refuses too much.

        Returns what the log is to name it by.

        Raises:
            CannotWrite: if that fails; the list is as it was.
        """
        known = {row for r in self.earlier if r.period == self.period for row in r.hidden}
        if self.again is not None and hidden <= known:
            return _mark(self.again)
        salt = secrets.token_hex(16)
        report = Report(
            when.astimezone(dt.UTC).strftime("%Y-%m-%d"), self.kind, self.period, salt,
            tuple(_hashed(offers, salt) for offers in self.plans), tuple(sorted(hidden)),
        )  # fmt: skip
        _write(self.path, _document((*self.earlier, report)))
        return _mark(report)


def forget(workspace: Path, unit: str, offers: Collection[str], record: LogRecord) -> int:
    """Take a unit out of what was published, logged first; return in how many plans it was.

    Args:
        workspace: the workspace.
        unit: its id.
        offers: what it may have been offered: everything of an ``OfferCounts`` but the unit.
        record: what the log is to say.

    Raises:
        InputError: if the list cannot be read.
        CannotWrite: if it could not be written; it is as it was.
    """
    path = workspace / FOLDER / FILE
    if not path.exists():
        return 0
    with locked(workspace, "published"):
        tidy(workspace, when=record.when)
        earlier = _read(path)
        after = tuple(_without(report, unit, offers) for report in earlier)
        both = [(one, other) for one, other in zip(earlier, after, strict=True) if one != other]
        if both:
            told = {WAS: " ".join(_mark(one) for one, _ in both),
                    NOTED: " ".join(_mark(other) for _, other in both)}  # fmt: skip
            said = replace(record, details=(*record.details, *told.items()))
            with changing([Destination(path, named=FILE)], said) as (draft,):
                write_flushed(draft, _document(after), mode=0o600)
    return sum(
        one != other for was, now in both for one, other in zip(was.plans, now.plans, strict=True)
    )


def _without(report: Report, unit: str, offers: Collection[str]) -> Report:
    key = bytes.fromhex(report.salt)
    mine = {_hash(key, f"{unit}{SEPARATOR}{offer}") for offer in offers}
    plans = []
    for plan in report.plans:
        gone = [pupils for name, pupils in plan.items() if name in mine]
        left = {name: pupils for name, pupils in plan.items() if name not in mine}
        erased = {ERASED: left.get(ERASED, 0.0) + sum(gone)} if gone else {}
        plans.append(left | erased)
    return replace(report, plans=tuple(plans))


def changed(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    """Return how many pupils have something else in one plan than in the other, or are gone."""
    keys = one.keys() | other.keys()
    steps = [one.get(key, 0.0) - other.get(key, 0.0) for key in keys]
    return max(sum(s for s in steps if s > 0), -sum(s for s in steps if s < 0))


def _refuse_forgotten(earlier: Sequence[Report], log: Log) -> None:
    """Refuse to publish where the log names reports that the list does not hold."""
    needed: dict[str, str] = {}
    unnamed: list[str] = []
    for entry in effective_entries(log):
        said, day = dict(entry.details), entry.time[:10]
        for mark in said.get(WAS, "").split():
            needed.pop(mark, None)
        needed |= dict.fromkeys(said.get(NOTED, "").split(), day)
        if entry.action == "export" and said.get("audience") in OPEN and NOTED not in said:
            unnamed.append(day)  # as it was logged before reports were named
    held = {_mark(report) for report in earlier}
    missed = [day for mark, day in needed.items() if mark not in held]
    missed += [day for day in unnamed if all(report.date > day for report in earlier)]
    if missed:
        raise PrivacyRefusal([
            Problem(
                f"{FOLDER}/{FILE}", None, None,
                f"does not hold what the audit log says was published (the last of {max(missed)}): "
                "it was removed or changed, and nobody knows what public reports told",
                "restore it from a backup, or write this report for the board",
            )
        ])  # fmt: skip


def _refuse_near(
    earlier: Sequence[Report], kind: str, plans: Sequence[OfferCounts]
) -> Report | None:
    """Return where the same was published before; refuse what differs little from any of it."""
    near: list[str] = []
    for report in earlier:
        mine = [_hashed(offers, report.salt) for offers in plans]
        apart = [[changed(one, other) for other in report.plans] for one in mine]
        same = all(min(row, default=1.0) <= 0 for row in apart)
        if same and report.kind == kind and len(mine) == len(report.plans):
            return report
        # a plan out of a comparison was published with all of it
        if any(0 < n < THRESHOLD for row in apart for n in row) and not (
            same and report.kind == "comparison"
        ):
            near.append(report.date)
    if near:
        count = len(near)
        raise PrivacyRefusal([
            Problem(
                f"{FOLDER}/{FILE}", None, None,
                f"{count} earlier public report{'s' if count > 1 else ''} (the last of "
                f"{max(near)}) differ{'' if count > 1 else 's'} from this one in fewer than "
                f"{THRESHOLD} pupils: side by side they would tell what these are offered",
                "refer to the earlier report, wait until more has changed, or write it for the "
                "board",
            )
        ])  # fmt: skip
    return None


def _hashed(offers: OfferCounts, salt: str) -> dict[str, float]:
    key = bytes.fromhex(salt)
    found: dict[str, float] = {}
    for text, pupils in sorted(offers.items()):
        name = _hash(key, text)
        found[name] = found.get(name, 0.0) + pupils
    return dict(sorted(found.items()))


def _hash(key: bytes, text: str) -> str:
    return hmac.digest(key, text.encode("utf-8", "backslashreplace"), "sha256").hex()[:16]


def _mark(report: Report) -> str:
    """What the log names a report by: it changes with all that the report holds."""
    return hashlib.sha256(json.dumps(asdict(report), sort_keys=True).encode()).hexdigest()[:16]


def _document(reports: Sequence[Report]) -> bytes:
    document = {"format": FORMAT, "reports": [asdict(report) for report in reports]}
    return (json.dumps(document, separators=(",", ":")) + "\n").encode()


def _read(path: Path) -> tuple[Report, ...]:
    if not path.exists():
        return ()
    try:
        document: Any = json.loads(path.read_bytes())
        if document["format"] != FORMAT:
            raise ValueError
        return tuple(
            Report(
                date=str(r["date"]),
                kind=str(r["kind"]),
                period=str(r["period"]),
                salt=bytes.fromhex(r["salt"]).hex(),
                plans=tuple({str(k): float(v) for k, v in p.items()} for p in r["plans"]),
                hidden=tuple((str(table), str(row)) for table, row in r["hidden"]),
            )
            for r in document["reports"]
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise InputError([
            Problem(
                f"{FOLDER}/{FILE}", None, None, "is not the list of what was published",
                "restore it from a backup: without it nobody knows what public reports told",
            )
        ]) from None  # fmt: skip


def _write(path: Path, data: bytes) -> None:
    draft = path.with_name(f".{path.name}.{secrets.token_hex(6)}.partial")
    try:
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise CannotWrite(f"{path}: could not be written ({why}); nothing was published") from error
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
