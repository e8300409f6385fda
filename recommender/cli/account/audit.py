"""``recommender audit``: who did what, and whether the log still says what it said."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from recommender.cli import options
from recommender.cli.audit_note import settle_quietly
from recommender.cli.output import answer, answer_json, remark


@click.group(short_help="Who did what and when; whether the log is whole.")
def command() -> None:
    """Look into the audit log of a workspace (`.audit/log.jsonl`)."""


@command.command(name="list", short_help="The entries of the log.")
@options.workspace
@options.speech
def list_entries(workspace: Path, as_json: bool, quiet: bool, verbose: bool) -> int:
    """List who did what and when in a WORKSPACE, oldest first."""
    from recommender.governance.log.audit import read_log

    log = read_log(workspace)
    if as_json:
        answer_json({"entries": [_record(entry) for entry in log.entries]})
        return 0
    for entry in log.entries:
        more = "; ".join(f"{key}: {value}" for key, value in entry.details if value)
        line = f"{entry.number:>6}  {entry.time}  {entry.action:<9} {entry.subject}"
        answer(f"{line}  {entry.who}, {entry.role}{f'  ({more})' if more else ''}")
        if verbose:
            for name, digest in entry.hashes:
                answer(f"        {name}  SHA-256 {digest}")
    if not log.entries:
        answer("The log is empty.")
    if log.findings and not quiet:
        remark("the log is not whole; see `recommender audit verify`")
    return 0


@command.command(short_help="Whether the log is whole.")
@options.workspace
@click.option("--head", help="NUMBER:HASH of an entry, noted elsewhere; the log must contain it.")
@options.speech
def verify(
    workspace: Path,
    head: str | None,
    as_json: bool,
    quiet: bool,
    verbose: bool,  # noqa: ARG001
) -> int:
    """Say whether the log of a WORKSPACE is as it was written; ends with 1 if it is not.

    Finds lines that were changed, dropped, added or moved, an end that was cut off, and a log that
    was taken away or replaced while plans made before stand in the workspace. Note the head down
    outside the workspace as well, for --head: who replaces all of it is found only with that.
    """
    from recommender.errors import VerificationFailed
    from recommender.governance.log.audit import parse_head, read_log
    from recommender.governance.log.heads import missed_beside_plans
    from recommender.governance.log.journal import not_followed

    settle_quietly(workspace)
    log = read_log(workspace, parse_head(head) if head else None)
    missed = (*missed_beside_plans(workspace, log), *not_followed(workspace))
    log = replace(log, findings=(*log.findings, *missed))
    if as_json:
        answer_json(
            {
                "holds": not log.findings,
                "entries": len(log.entries),
                "head": str(log.head),
                "findings": list(log.findings),
                "notes": list(log.notes),
            }
        )
        return VerificationFailed.exit_code if log.findings else 0
    if not quiet:
        for note in log.notes:
            remark(note)
    if log.findings:
        raise VerificationFailed(log.findings)
    answer(f"{len(log.entries):,} entries, none changed, dropped, added or moved.")
    answer(f"head {log.head}")
    return 0


@command.command(short_help="How often professionals overrule, by month and reason.")
@options.workspace
@options.speech
def overrules(
    workspace: Path,
    as_json: bool,
    quiet: bool,
    verbose: bool,  # noqa: ARG001
) -> int:
    """Say how often professionals overruled the plans of a WORKSPACE, by month and reason.

    Read from the sheets that `recommender decide` noted in the log; nobody is named. Warns when
    nobody ever overrules.
    """
    from recommender.governance.dialogue.overrules import overrules_of
    from recommender.governance.log.audit import read_log

    log = read_log(workspace)
    found = overrules_of(log)
    if as_json:
        answer_json(
            {
                "months": [_month(month) for month in found.months],
                "all": _month(found.total),
                "warnings": list(found.warnings),
            }
        )
        return 0
    if found.months:
        answer("  month      sheets    offers  looked at  overruled    rate     added")
    for month in (*found.months, *([found.total] if len(found.months) > 1 else [])):
        rate = "-" if month.rate is None else f"{month.rate:.1%}"
        answer(
            f"  {month.month:<8}{month.sheets:>9,}{month.offers:>10,}{month.looked_at:>11,}"
            f"{month.overruled:>11,}{rate:>8}{month.added:>10,}"
        )
        for reason, times in month.by_reason:
            answer(f"      {reason:<16}{times:>6,}")
    if not quiet:
        for warning in found.warnings:
            remark(warning)
        if log.findings:
            remark("the log is not whole; see `recommender audit verify`")
    return 0


@command.command(short_help="Drop entries older than the policy keeps them.")
@options.workspace
@click.option("--name", required=True, help="Who answers for it.")
@click.option("--role", required=True, help="In what role.")
@click.option("--keep-days", type=options.DAYS, help="Instead of `audit_days` of planning.yaml.")
def prune(workspace: Path, name: str, role: str, keep_days: int | None) -> int:
    """Drop entries of a WORKSPACE's log that are older than its policy keeps them.

    Never younger than six months; a checkpoint and an entry in the log say what was dropped.
    """
    from recommender.governance.log import audit
    from recommender.governance.log.transaction import settle
    from recommender.inputs.readers.policy_file import read_policy

    settle(workspace, when=dt.datetime.now(dt.UTC))
    days = keep_days or read_policy(workspace / "planning.yaml").audit_days
    now = dt.datetime.now(dt.UTC)
    entry, dropped = audit.prune(workspace, keep_days=days, who=name, role=role, when=now)
    answer(f"{dropped:,} entries older than {days} days dropped; head {entry.number}:{entry.hash}")
    return 0


def _month(month: Any) -> dict[str, Any]:
    record = {name: getattr(month, name) for name in month.__dataclass_fields__}
    return {**record, "by_reason": dict(month.by_reason), "rate": month.rate}


def _record(entry: Any) -> dict[str, Any]:
    record = {name: getattr(entry, name) for name in entry.__dataclass_fields__}
    return {**record, "hashes": dict(entry.hashes), "details": dict(entry.details)}
