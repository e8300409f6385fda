"""``recommender verify``: does a plan survive being worked out again without a solver?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from recommender.cli import options
from recommender.cli.output import Progress, answer, answer_json

if TYPE_CHECKING:
    from recommender.planning.plan import Plan, Summary


@click.command(short_help="Work a plan out again without a solver.")
@options.plan_folder
@options.of_workspace
@options.speech
def command(
    plan_folder: Path, elsewhere: Path | None, as_json: bool, quiet: bool, verbose: bool
) -> int:
    """Work out again, without a solver, that a PLAN fits, what it is worth and what bounds it.

    Reads the plan folder and the inputs it was made from. Ends with 1 and says where if a file was
    tampered with, an input changed, or a number does not hold.
    """
    from recommender.cli.again import made_from, workspace_of
    from recommender.errors import InputError, VerificationFailed
    from recommender.export.folder import changed_cells, changed_files, read_plan

    progress = Progress(quiet=quiet, verbose=verbose)
    progress("comparing the files with the manifest")
    findings = list(changed_files(plan_folder))
    try:
        plan, manifest = read_plan(plan_folder)
    except InputError as error:
        if not findings:
            raise
        return _verdict([*findings, *map(str, error.problems)], as_json)
    findings += changed_cells(plan_folder, plan, manifest)
    progress("reading the inputs")
    try:
        again = made_from(plan, manifest, workspace_of(plan_folder, manifest, elsewhere))
        findings += again.changed
        if not again.changed:
            from recommender.pipeline import verify_plan

            progress("working the plan out again")
            findings += verify_plan(plan, again.inputs, again.settings)
    except InputError:
        if not findings:
            raise
    finally:
        progress.done()
    if findings:
        if as_json:
            return _verdict(findings, as_json)
        raise VerificationFailed(findings)
    if as_json:
        return _verdict([], as_json, plan)
    summary = plan.summary
    answer(
        f"{plan_folder} holds: every file is as it was written, and the plan fits its hours "
        f"and rules.\nIt is worth {summary.value:,.4f} and no plan can be worth more than "
        f"{summary.bound:,.4f}: gap {summary.gap:.2%}."
        + _believed(summary)
        + (
            "\nHow often its offers stay in draws was not worked out again."
            if summary.draws
            else ""
        )
    )
    return 0


def _believed(summary: Summary) -> str:
    """Return the sharper proof of a solver, which was not worked out again; "" if there is none."""
    proof = summary.proof
    if proof.kind == "prices":
        return ""
    return (
        f"\nA solver proved {proof.bound:,.4f} when the plan was made: gap {proof.gap:.2%}; "
        "that was not worked out again."
    )


def _verdict(findings: list[str], as_json: bool, plan: Plan | None = None) -> int:
    from recommender.cli.headline import proof_record
    from recommender.errors import VerificationFailed

    if not as_json:
        raise VerificationFailed(findings)
    proof = {} if plan is None else {"proof": proof_record(plan.summary.proof)}
    answer_json({"holds": not findings, "findings": findings, **proof})
    return VerificationFailed.exit_code if findings else 0
