"""Whether the audit log of a workspace knows a plan: by the hash of its manifest, not its name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import Final, Literal, TypeAlias, cast

from recommender.errors import InputError
from recommender.governance.log import audit
from recommender.governance.log.adoption import AdoptionStatus, Standing, Step

Acquaintance: TypeAlias = Literal["known", "stranger", "unknown"]

STRANGER: Final = "not the plan that was logged: no run in the audit log has made it"
GONE: Final = "the audit log is gone, and its head is not: it was taken away"


@dataclass(frozen=True, slots=True)
class Lookup:
    """What a log says of a plan.

    Attributes:
        answer: ``known``; ``stranger`` where a log is there and holds no run that made it; else
            ``unknown``, and ``why`` nobody can say.
        findings: what is wrong with the log itself.
        entries: the lines of the log about this plan.
    """

    answer: Acquaintance
    why: str = ""
    findings: tuple[str, ...] = ()
    entries: tuple[audit.Entry, ...] = ()

    @property
    def erased(self) -> str:
        """The day on which somebody was erased from it last, "" if nobody was."""
        days = [entry.time[:10] for entry in self.entries if entry.action == "erase"]
        return days[-1] if days else ""


def look_up(workspace: Path | None, digest: str, created: str = "") -> Lookup:
    """What the log of a workspace says of the plan whose manifest has this hash.

    Args:
        workspace: the folder, or None where it is not known.
        digest: SHA-256 of the manifest (of a comparison: of its document).
        created: when the plan says it was made; runs before what a log still holds are unknown.
    """
    if workspace is None:
        return Lookup("unknown", "no workspace is known, so no audit log could be asked")
    folder = workspace / audit.FOLDER
    if not (folder / "log.jsonl").is_file():
        if (folder / "head.json").exists():
            return Lookup("unknown", GONE, (GONE,))
        return Lookup("unknown", "there is no audit log, so nobody can say who made it")
    try:
        log = audit.read_log(workspace)
    except InputError:
        return Lookup("unknown", "the audit log cannot be read", ("the audit log cannot be read",))
    return look_up_in(log, digest, created)


def look_up_in(log: audit.Log, digest: str, created: str = "") -> Lookup:
    """What a log that was read says of the plan whose manifest has this hash."""
    damaged = ("the audit log is damaged; `recommender audit verify` says where",)
    findings = damaged if log.findings else ()
    force = audit.effective_entries(log)
    mine = tuple(entry for entry in force if digest in dict(entry.hashes).values())
    if _made(force, digest):
        return Lookup("known", findings=findings, entries=mine)
    if log.pruned.number and log.entries and created < log.entries[0].time:
        why = "it says it is older than what the audit log still holds"
        return Lookup("unknown", why, findings, mine)
    return Lookup("stranger", STRANGER, findings, mine)


def _made(force: Sequence[audit.Entry], digest: str) -> bool:
    """Whether a run made a plan, or made the one that somebody was erased from to leave it."""
    for entry in reversed(force):
        if digest not in dict(entry.hashes).values():
            continue
        if entry.action == "run":
            return True
        if entry.action == "erase":
            digest = dict(entry.details).get("was", digest)
    return False


def confirmed(said: Standing, found: Lookup) -> Standing:
    """Where a plan stands by its status file, as far as the log has the same steps."""
    logged = {_step_of(entry) for entry in found.entries if entry.action == "status"}
    known = takewhile(logged.__contains__, said.steps if found.answer == "known" else ())
    steps = tuple(known)
    return Standing(steps[-1].status, steps) if steps else Standing("proposed", ())


def unconfirmed(file: str, said: Standing, found: Lookup) -> tuple[str, ...]:
    """What a status file says of a plan that the log knows, and the log does not, as findings.

    Args:
        file: the status file, as it is to be called.
        said: what stands in it.
    """
    now = confirmed(said, found)
    if now == said or found.answer != "known":
        return ()
    heads = {str(audit.Head(entry.number, entry.hash)) for entry in found.entries}
    if {step.head for step in said.steps} <= heads and said.status == said.steps[-1].status:
        return (f"{file}: a step is not as the audit log has it; move it away",)
    return (f"{file}: says {said.status}, and no audit log does; move it away",)


def _step_of(entry: audit.Entry) -> Step:
    """The step that an entry of the log stands for, as its status file holds it."""
    details = dict(entry.details)
    status = cast("AdoptionStatus", details.get("status", ""))
    head = str(audit.Head(entry.number, entry.hash))
    return Step(status, entry.who, entry.role, entry.time, details.get("note", ""), head)
