"""``recommender verify``: does a plan survive being worked out again without a solver?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from recommender.cli import options
from recommender.cli.output import ProgressLine, answer, answer_json

if TYPE_CHECKING:
    from recommender.planning.plan.plan import Plan
    from recommender.planning.plan.summary import Summary

_ERASED = "somebody was erased from it"


@click.command(short_help="Work a plan out again without a solver.")
@options.plan_folder
@options.of_workspace
@click.option("--risks", is_flag=True, help="Learn the risks again too, and compare them.")
@click.option(
    "--public-key", "key_file", metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Check the signature beside the plan with this Ed25519 key (PEM).",
)  # fmt: skip
@options.speech
def command(
    plan_folder: Path, elsewhere: Path | None, risks: bool, key_file: Path | None, as_json: bool,
    quiet: bool, verbose: bool,
) -> int:  # fmt: skip
    """Work out again, without a solver, that a PLAN fits, what it is worth and what bounds it.

    Reads the plan folder and the inputs it was made from, rebuilds all that follows from them, and
    asks the audit log of the workspace whether it is the plan that was made. Ends with 1 and says
    where if a file was tampered with, an input changed, or a number does not hold. What was not
    checked is named; `recommender replay` makes the whole plan again.

    With --public-key the signature of `recommender adopt --sign` is checked too, and where the
    inputs are not at hand that is all: the files are those that were signed.
    """
    from recommender.cli.reload import looked_up, made_from, workspace_if_any, workspace_of
    from recommender.errors import InputError, PrivacyRefusal, UsageError, VerificationFailed
    from recommender.export.folders.plan_folder import changed_cells, changed_files, read_plan
    from recommender.export.folders.rebuilt import (
        rebuilt_findings,
        text_findings,
        unchecked,
        unsigned,
    )
    from recommender.governance.log.adoption import standing, status_file
    from recommender.governance.log.logged import unconfirmed

    progress = ProgressLine(quiet=quiet, verbose=verbose)
    progress("comparing the files with the manifest")
    findings = list(changed_files(plan_folder))
    try:
        plan, manifest = read_plan(plan_folder, sealed=False)
    except InputError as error:
        if not findings:
            raise
        return _verdict([*findings, *map(str, error.problems)], as_json)
    findings += text_findings(plan_folder, plan, manifest)
    findings += changed_cells(plan_folder, plan, manifest)
    left: list[str] = []
    signed = _signed(plan_folder, key_file, findings, left)
    logged, worked_out = "unknown", True
    try:
        workspace = workspace_of(plan_folder, manifest, elsewhere)
        found = looked_up(plan_folder, workspace, manifest.created)
        logged = found.answer
        findings += found.findings
        findings += unconfirmed(status_file(plan_folder).name, standing(plan_folder), found)
        if found.answer == "stranger":
            findings.append(found.why)
        elif found.answer == "unknown":
            left += [f"whether it is the plan that was made: {found.why}", unsigned(manifest)]
        again = None
        if found.erased:
            left.append(f"whether it follows from its inputs: {_ERASED} on {found.erased}")
        else:
            progress("reading the inputs")
            again = made_from(plan, manifest, workspace)
            findings += again.changed
        if again is not None and (again.only_later or not again.changed):
            from recommender.pipeline import verify
            from recommender.planning.verify.retraced import risk_findings

            progress("working the plan out again")
            inputs, settings = again.inputs, again.settings
            findings += verify(plan, inputs, settings)
            findings += rebuilt_findings(plan, manifest, inputs, settings)
            findings += risk_findings(plan, inputs, settings.risk, fit=risks)
            left += unchecked(plan, manifest, inputs, settings, fitted=risks)
    except PrivacyRefusal:
        raise
    except (InputError, UsageError):
        if not findings and (not signed or workspace_if_any(plan_folder, manifest, elsewhere)):
            raise
        left.append("anything against the inputs, which are not here; --workspace says where")
        worked_out = False
    finally:
        progress.done()
    if findings:
        if as_json:
            return _verdict(findings, as_json, left, logged)
        raise VerificationFailed(findings)
    if as_json:
        return _verdict([], as_json, left, logged, plan)
    if not worked_out:
        answer(f"{plan_folder}: every file is as it was signed.{signed}")
        answer("\n".join(["Not checked:", *(f"  {line}" for line in left)]))
        return 0
    summary = plan.summary
    if found.erased:
        answer(
            f"{plan_folder} holds: every file is as it was left when {_ERASED} on {found.erased}."
        )
        answer("\n".join(["Not checked:", *(f"  {line}" for line in left)]))
        return 0
    known = ", it is the plan that was logged" if logged == "known" else ""
    gap = f": gap {summary.gap:.2%}" if math.isfinite(summary.gap) else ""
    beside = _lacking_no_more(summary)
    answer(
        f"{plan_folder} holds: every file is as it was written{known}, and the plan fits its hours "
        f"and rules.\nIt is worth {summary.counted:,.4f} and no plan {beside}can be worth more "
        f"than {summary.counted_bound:,.4f}{gap}." + _believed(summary) + signed
    )
    answer("\n".join(["Not checked:", *(f"  {line}" for line in left)]))
    return 0


def _lacking_no_more(summary: Summary) -> str:
    """Return beside what a shortage the bound holds; a plan that lacks more may be worth more."""
    parts = []
    if summary.pupils_short > 0:
        parts.append(f"{summary.pupils_short:g} pupils who are owed help")
    if (hours := sum(shortage.hours for shortage in summary.shortages)) > 0:
        parts.append(f"{hours:,.1f} hours of running help")
    if any(shortage.is_fairness for shortage in summary.shortages):
        parts.append("what its rules of fairness ask")
    return f"that lacks no more (it lacks {', '.join(parts)}) " if parts else ""


def _signed(folder: Path, key_file: Path | None, findings: list[str], left: list[str]) -> str:
    """Return who signed a plan, in words, or note what is wrong or was not looked at."""
    from recommender.governance.log import signature

    if key_file is None:
        if signature.signature_file(folder).is_file():
            left.append("the signature beside it; --public-key FILE checks it")
        return ""
    statement, wrong = signature.check(folder, signature.public_key(key_file))
    findings += wrong
    if statement is None:
        return ""
    one = statement
    return f"\nSigned with this key as {one.status} by {one.who}, {one.role}, {one.time}."


def _believed(summary: Summary) -> str:
    """Return the sharper proof of a solver, which was not worked out again; "" if there is none."""
    proof, bound = summary.proof, summary.best_counted_bound
    if proof.kind == "prices":
        return ""
    return (
        f"\nA solver proved {bound:,.4f} when the plan was made: gap {proof.gap:.2%}; "
        "that was not worked out again."
    )


def _verdict(
    findings: list[str],
    as_json: bool,
    left: Sequence[str] = (),
    logged: str = "unknown",
    plan: Plan | None = None,
) -> int:
    from recommender.cli.screens.headline import proof_record
    from recommender.errors import VerificationFailed

    if not as_json:
        raise VerificationFailed(findings)
    proof = {} if plan is None else {"proof": proof_record(plan.summary.proof)}
    answer_json(
        {
            "holds": not findings,
            "findings": findings,
            "not_checked": list(left),
            "logged": {"known": True, "stranger": False}.get(logged),
            **proof,
        }
    )
    return VerificationFailed.exit_code if findings else 0
