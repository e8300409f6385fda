"""The status of a plan: a proposal until people have discussed and adopted it, by name and role.

The status stands in ``PLAN.status.json`` beside the plan folder, whose files stay as they were
written; it holds the hash of the plan's manifest, so that it counts for that plan only.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, TypeAlias, get_args

from recommender.errors import UsageError, VerificationFailed
from recommender.files.drafts import write_flushed
from recommender.files.hashes import sha256_of
from recommender.governance.log import audit
from recommender.governance.log.transaction import Destination, LogRecord, changing

AdoptionStatus: TypeAlias = Literal["proposed", "discussed", "adopted"]
STEPS: Final[tuple[AdoptionStatus, ...]] = get_args(AdoptionStatus)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a plan: by whom, in what role, when, and the head of the log after it."""

    status: AdoptionStatus
    who: str
    role: str
    time: str
    note: str
    head: str


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a plan stands: its status and the steps that led there."""

    status: AdoptionStatus
    steps: tuple[Step, ...]

    @property
    def undiscussed(self) -> bool:
        """Whether it was adopted without a recorded discussion."""
        return self.status == "adopted" and all(s.status != "discussed" for s in self.steps)


def status_file(plan: Path) -> Path:
    """Where the status of a plan folder is written."""
    folder = plan.resolve()
    return folder.with_name(f"{folder.name}.status.json")


def standing(plan: Path) -> Standing:
    """Where a plan stands; a status of another plan of the same name does not count.

    Raises:
        UsageError: it is no plan folder.
    """
    digest = _manifest_hash(plan)
    try:
        document = json.loads(status_file(plan).read_text(encoding="utf-8"))
        if document["manifest"] != digest:
            return Standing("proposed", ())
        steps = tuple(Step(**step) for step in document["steps"])
        status = document["status"]
        if not steps or any(one not in STEPS for one in (status, *(s.status for s in steps))):
            return Standing("proposed", ())
        return Standing(status, steps)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return Standing("proposed", ())


def advance(
    plan: Path,
    workspace: Path,
    status: AdoptionStatus,
    *,
    who: str,
    role: str,
    when: dt.datetime,
    note: str = "",
    changed: tuple[str, ...] = (),
) -> Standing:
    """Bring a plan one step further and write it to the audit log and beside the plan.

    Args:
        plan, workspace: the folders.
        status: ``discussed`` or ``adopted``.
        who, role: the name and the role of the person who answers for it.
        changed: files of the plan that are not as they were written; with any, nobody adopts.

    Raises:
        UsageError: no name or role, or the plan stands there or further already.
        VerificationFailed: the plan was changed after it was made.
        CannotWrite: it could not be written.
    """
    missing = [word for word, text in (("name", who), ("role", role)) if not text.strip()]
    if missing:
        raise UsageError(f"a plan is {status} by somebody: give a {' and a '.join(missing)}")
    if changed:
        raise VerificationFailed(changed)
    with audit.locked(workspace, "status"):
        return _advanced(plan, workspace, status, who, role, when, note)


def _advanced(
    plan: Path,
    workspace: Path,
    status: AdoptionStatus,
    who: str,
    role: str,
    when: dt.datetime,
    note: str,
) -> Standing:
    now = standing(plan)
    if status == "proposed" or STEPS.index(status) <= STEPS.index(now.status):
        raise UsageError(f"the plan is {now.status} already")
    skipped = status == "adopted" and now.status == "proposed"
    digest = _manifest_hash(plan)
    record = LogRecord(
        workspace, "status", plan.resolve().name, who=who.strip(), role=role.strip(), when=when,
        hashes=(("manifest.json", digest),),
        details=(("status", status), ("note", note), *((("undiscussed", "yes"),) * skipped)),
    )  # fmt: skip

    def written(entry: audit.Entry, drafts: tuple[Path, ...]) -> None:
        head = audit.Head(entry.number, entry.hash)
        step = Step(status, entry.who, entry.role, entry.time, note, str(head))
        document = {
            "plan": plan.resolve().name,
            "manifest": digest,
            "status": status,
            "steps": [
                {f: getattr(s, f) for f in Step.__dataclass_fields__} for s in (*now.steps, step)
            ],
        }
        text = json.dumps(document, indent=1, ensure_ascii=False) + "\n"
        write_flushed(drafts[0], text.encode())

    with changing([Destination(status_file(plan))], record, last=written):
        pass
    return standing(plan)


def _manifest_hash(plan: Path) -> str:
    path = plan / "manifest.json"
    if not path.is_file():
        raise UsageError(f"{plan} is no plan folder")
    return sha256_of(path)
