"""``recommender replay``: make a plan again from what was recorded, and compare."""

from __future__ import annotations

import json
import os
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from recommender.cli import options
from recommender.cli.output import ProgressLine, answer, answer_json

if TYPE_CHECKING:
    from recommender.planning.plan.plan import Plan
    from recommender.planning.replan.keep import Keep


@click.command(short_help="Make a plan again from what was recorded, and compare.")
@options.plan_folder
@options.of_workspace
@options.speech
def command(
    plan_folder: Path, elsewhere: Path | None, as_json: bool, quiet: bool, verbose: bool
) -> int:
    """Make a PLAN again from its inputs, settings and seed, and compare every cell.

    Ends with 1 and says where if an input changed or the plan comes out otherwise. Unlike `verify`
    this runs the risk models and the solver again; a plan that stopped at a time limit need not
    come out the same.
    """
    from recommender.allocation import Effort
    from recommender.cli.reload import looked_up, made_from, workspace_of
    from recommender.errors import VerificationFailed
    from recommender.export.folders.plan_folder import changed_files, read_plan
    from recommender.pipeline import recommend, replan
    from recommender.planning.replan.keep import Keep

    progress = ProgressLine(quiet=quiet, verbose=verbose)
    findings = list(changed_files(plan_folder))
    plan, manifest = read_plan(plan_folder, sealed=False)
    workspace = workspace_of(plan_folder, manifest, elsewhere)
    found = looked_up(plan_folder, workspace, manifest.created)
    findings += found.findings
    if found.answer == "stranger":
        findings.append(found.why)
    again = made_from(plan, manifest, workspace)
    findings += again.changed
    if not findings:
        recorded = json.loads(manifest.settings)
        known = {f.name for f in fields(Effort)}
        effort = Effort(**{k: v for k, v in recorded["effort"].items() if k in known})
        settings = replace(
            again.settings, effort=effort, engine=recorded["engine"], solver=recorded["solver"]
        )
        keep = Keep(**recorded["keep"]) if recorded.get("keep") else None
        try:
            if keep is None:
                fresh = recommend(again.inputs, settings, progress)
            else:
                before = _kept(plan_folder, keep)
                fresh = replan(
                    again.inputs, before, settings, threshold=keep.threshold, progress=progress
                ).plan
        finally:
            progress.done()
        summary = replace(
            fresh.summary, scenario=plan.summary.scenario, synthetic=plan.summary.synthetic
        )
        findings += _differences(plan, replace(fresh, summary=summary))
    if as_json:
        answer_json({"same": not findings, "findings": findings})
        return VerificationFailed.exit_code if findings else 0
    if findings:
        raise VerificationFailed(findings)
    answer(f"{plan_folder}: made again from the recorded inputs, settings and seed; all the same.")
    return 0


def _kept(plan_folder: Path, keep: Keep) -> Plan:
    """Return the plan that was kept to, as it was then.

    Raises:
        VerificationFailed: it is not there any more, or it was changed.
    """
    from recommender.errors import VerificationFailed
    from recommender.export.folders.plan_folder import MANIFEST, changed_files, read_plan
    from recommender.files.hashes import sha256_of

    folder = Path(os.path.realpath(plan_folder)) / keep.plan
    if not (folder / MANIFEST).is_file():
        raise VerificationFailed([f"{keep.plan}: the plan that was kept to is missing"])
    if sha256_of(folder / MANIFEST) != keep.manifest or changed_files(folder):
        raise VerificationFailed([f"{keep.plan}: the plan that was kept to was changed"])
    return read_plan(folder)[0]


def _differences(plan: Plan, fresh: Plan) -> list[str]:
    """What came out otherwise, a line a table; no id is shown."""
    from recommender.export.plan_json import plan_text
    from recommender.export.tables import csv_text, frames_of

    if plan_text(plan) == plan_text(fresh):
        return []
    findings = []
    for field in fields(plan.summary):
        before, after = getattr(plan.summary, field.name), getattr(fresh.summary, field.name)
        if before != after:
            findings.append(f"summary: {field.name} was {before} and is now {after}")
    now = frames_of(fresh)
    for name, frame in frames_of(plan).items():
        old, new = csv_text(frame).splitlines(), csv_text(now[name]).splitlines()
        lines = sum(a != b for a, b in zip(old, new, strict=False)) + abs(len(old) - len(new))
        if lines:
            findings.append(f"{name}: {lines} of {max(len(old), len(new)) - 1} lines differ")
    return findings or ["the plan differs beyond the digits that its tables show"]
