"""Whether the audit log of a workspace knows a plan: by the hash of its manifest, not its name."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, TypeAlias

from recommender.errors import InputError
from recommender.governance import audit
from recommender.governance.adoption import Standing, Step

Answer: TypeAlias = Literal["known", "stranger", "unknown"]

STRANGER: Final = "not the plan that was logged: no run in the audit log has made it"


@dataclass(frozen=True, slots=True)
class Lookup:
    """What a log says of a plan.

    Attributes:
        answer: ``known``; ``stranger`` where a log is there and holds no run that made it; else
            ``unknown``, and ``why`` nobody can say.
        findings: what is wrong with the log itself.
        entries: the lines of the log about this plan.
    """

    answer: Answer
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
    if not (workspace / audit.FOLDER / "log.jsonl").is_file():
        return Lookup("unknown", "there is no audit log, so nobody can say who made it")
    try:
        log = audit.read_log(workspace)
    except InputError:
        return Lookup("unknown", "the audit log cannot be read", ("the audit log cannot be read",))
    damaged = ("the audit log is damaged; `recommender audit verify` says where",)
    findings = damaged if log.findings else ()
    mine = tuple(entry for entry in audit.in_force(log) if digest in dict(entry.hashes).values())
    if any(entry.action in ("run", "erase") for entry in mine):
        return Lookup("known", findings=findings, entries=mine)
    if log.pruned.number and log.entries and created < log.entries[0].time:
        why = "it says it is older than what the audit log still holds"
        return Lookup("unknown", why, findings, mine)
    return Lookup("stranger", STRANGER, findings, mine)


def confirmed(said: Standing, found: Lookup) -> Standing:
    """Where a plan stands by its status file, as far as the log has the same steps."""
    steps: list[Step] = []
    logged = [entry for entry in found.entries if entry.action == "status"]
    for step in said.steps if found.answer == "known" else ():
        if not any(
            dict(entry.details).get("status") == step.status
            and (entry.who, entry.role, entry.time) == (step.who, step.role, step.time)
            for entry in logged
        ):
            break
        steps.append(step)
    return Standing(steps[-1].status, tuple(steps)) if steps else Standing("proposed", ())
