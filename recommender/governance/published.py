"""What was published of a workspace before: enough to see whether a next report tells of a few.

Two reports that differ by one pupil give away what he is offered, whatever each of them hides.  So
``.audit/published.json`` keeps of every report for anyone a fingerprint of its plans: a salt of its
own and, for every unit and what it is offered, a keyed hash of 8 bytes with the number of pupils.
It holds no ids; whoever has the workspace can tell as much from its plans.  What was hidden is kept
as well, so that it stays hidden.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from recommender.errors import CannotWrite, InputError, PrivacyRefusal, Problem
from recommender.governance.audit import FOLDER, locked
from recommender.governance.suppression import THRESHOLD
from recommender.planning.plan import Plan
from recommender.planning.words import NOTHING

FILE: Final = "published.json"
FORMAT: Final = "recommender published 1"

Offers = Mapping[str, float]
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


def offers_of(plan: Plan) -> dict[str, float]:
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
        key = "\x1f".join(map(str, parts))
        found[key] = found.get(key, 0.0) + float(pupils)
    return found


@contextmanager
def publishing(
    workspace: Path, kind: str, plans: Sequence[Offers], period: str
) -> Iterator[Publishing]:
    """Hold the list of reports of a workspace while one more is checked, noted and written.

    Args:
        workspace: the workspace.
        kind: ``plan`` or ``comparison``.
        plans: what ``offers_of`` says of every plan in the report.
        period: which periods it is about.

    Raises:
        PrivacyRefusal: if a plan differs in few pupils from one published before.
        InputError: if the list cannot be read.
        CannotWrite: if it cannot be locked.
    """
    with locked(workspace, "published"):
        path = workspace / FOLDER / FILE
        earlier = _read(path)
        again = _refuse_near(earlier, kind, plans)
        hidden = frozenset(row for r in earlier if r.period == period for row in r.hidden)
        yield Publishing(path, earlier, kind, tuple(plans), period, hidden, again)


@dataclass(frozen=True, slots=True)
class Publishing:
    """A report that may be published.

    Attributes:
        hidden: table and row of what earlier reports about these periods hide.
        again: whether the same plans were published in the same way before.
    """

    path: Path
    earlier: tuple[Report, ...]
    kind: str
    plans: tuple[Offers, ...]
    period: str
    hidden: frozenset[tuple[str, str]]
    again: bool

    def note(self, hidden: frozenset[tuple[str, str]], when: dt.datetime) -> None:
        """Note the report on the disk, before it is written: one too many refuses too much.

        Raises:
            CannotWrite: if that fails; the list is as it was.
        """
        known = {row for r in self.earlier if r.period == self.period for row in r.hidden}
        if self.again and hidden <= known:
            return
        salt = secrets.token_hex(16)
        report = Report(
            when.astimezone(dt.UTC).strftime("%Y-%m-%d"), self.kind, self.period, salt,
            tuple(_hashed(offers, salt) for offers in self.plans), tuple(sorted(hidden)),
        )  # fmt: skip
        document = {"format": FORMAT, "reports": [asdict(r) for r in (*self.earlier, report)]}
        _write(self.path, (json.dumps(document, separators=(",", ":")) + "\n").encode())


def changed(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    """Return how many pupils have something else in one plan than in the other, or are gone."""
    keys = one.keys() | other.keys()
    steps = [one.get(key, 0.0) - other.get(key, 0.0) for key in keys]
    return max(sum(s for s in steps if s > 0), -sum(s for s in steps if s < 0))


def _refuse_near(earlier: Sequence[Report], kind: str, plans: Sequence[Offers]) -> bool:
    """Return whether the same was published before; refuse what differs little from any of it."""
    near: list[str] = []
    for report in earlier:
        mine = [_hashed(offers, report.salt) for offers in plans]
        apart = [[changed(one, other) for other in report.plans] for one in mine]
        same = all(min(row, default=1.0) <= 0 for row in apart)
        if same and report.kind == kind and len(mine) == len(report.plans):
            return True
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
    return False


def _hashed(offers: Offers, salt: str) -> dict[str, float]:
    key = bytes.fromhex(salt)
    found: dict[str, float] = {}
    for text, pupils in sorted(offers.items()):
        digest = hmac.new(key, text.encode("utf-8", "backslashreplace"), hashlib.sha256)
        name = digest.hexdigest()[:16]
        found[name] = found.get(name, 0.0) + pupils
    return dict(sorted(found.items()))


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
