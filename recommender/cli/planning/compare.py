"""``recommender compare``: plans of scenarios and choices without a plan, side by side."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from recommender.cli import options
from recommender.cli.audit_note import record_of
from recommender.cli.output import ProgressLine, answer, answer_json, remark
from recommender.cli.planning.plan import SHORT, STOPPED
from recommender.cli.screens import rights
from recommender.cli.screens.comparison import screen

if TYPE_CHECKING:
    from recommender.export.manifest import Manifest
    from recommender.planning.plan.plan import Plan
    from recommender.scenarios.compare import Compared
    from recommender.scenarios.solve import Run


@click.command(short_help="Plans of scenarios and choices without a plan, side by side.")
@options.workspace
@click.option(
    "--scenario",
    "words",
    metavar="NAME|FILE",
    multiple=True,
    help="A scenario, or those in a .yaml file; may be given again.  [default: all]",
)
@click.option(
    "--policy",
    "policies",
    metavar="NAME",
    multiple=True,
    help="What people would choose without a plan: status_quo, highest_risk, first_come, random, "
    "benefit_per_hour or site_averages; all for all, none for none.  [default: all]",
)
@click.option(
    "--between",
    metavar="ONE,OTHER",
    multiple=True,
    help="Say who gains and loses between these two as well; base against each is always said.",
)
@click.option("-o", "--out", type=click.Path(path_type=Path), help="Folder to write all of it to.")
@click.option("--force", is_flag=True, help="Replace the comparison that stands there.")
@click.option(
    "--gap",
    metavar="SHARE",
    default="2%",
    show_default=True,
    type=options.SHARE,
    help="Stop each search when proven within this share of the best, such as 2%.",
)
@click.option(
    "--seconds",
    type=options.SECONDS,
    help="Stop solving each after so long.",
)
@click.option(
    "--draws",
    type=options.DRAWS,
    default=5,
    show_default=True,
    help="How often a policy that draws lots is drawn.",
)
@click.option(
    "--workers",
    type=options.WORKERS,
    help="Processes that solve scenarios side by side.  [default: one a processor, at most 4]",
)
@click.option("--cold", is_flag=True, help="Solve every scenario from nothing, as plan does.")
@options.seed
@options.language
@options.share
@options.speech
def command(
    workspace: Path,
    words: tuple[str, ...],
    policies: tuple[str, ...],
    between: tuple[str, ...],
    out: Path | None,
    force: bool,
    gap: float,
    seconds: float | None,
    draws: int,
    workers: int | None,
    cold: bool,
    seed: int,
    language: str,
    as_json: bool,
    quiet: bool,
    verbose: bool,
) -> int:
    """Compare scenarios of a WORKSPACE, and what people would choose without a plan.

    All are held against base, the plan without a scenario. With -o a folder is written, whole or
    not at all: comparison.html to read together, comparison.json and .csv, moved.csv (who gains and
    who loses, and why), tables by tenth of risk, and a plan folder for each scenario, which verify
    and explain read.

    Ends as plan does: with 4 if a must-serve rule cannot be met, with 5 if a solver stopped at its
    limit.
    """
    from recommender.allocation import Effort
    from recommender.allocation.decomposition.workers import Processes
    from recommender.export.folders.comparison_folder import (
        refuse_comparison_target,
        write_comparison,
    )
    from recommender.governance.log.transaction import settle
    from recommender.inputs.workspace import read_workspace
    from recommender.pipeline import Settings
    from recommender.scenarios import scenario_names
    from recommender.scenarios.compare import POLICIES, compare

    if out is not None:
        refuse_comparison_target(out, overwrite=force)
    names, files = options.scenario_words(words)
    progress = ProgressLine(quiet=quiet, verbose=verbose)
    progress("reading the workspace")
    inputs = read_workspace(workspace, today=dt.date.today(), scenarios=files)
    rights.rights_told(inputs)
    if out is not None:
        settle(workspace, when=dt.datetime.now(dt.UTC))
    chosen = names or scenario_names(inputs.policy)
    every = not policies or "all" in policies
    asked = tuple(POLICIES) if every else tuple(p for p in policies if p != "none")
    usual = Effort()
    effort = Effort(gap=gap, seconds=usual.seconds if seconds is None else seconds)
    settings = Settings.of(inputs.policy, seed=seed, effort=effort)
    try:
        with Processes(options.processes(workers)) as processes:
            compared = compare(
                inputs, chosen, asked, settings, between=tuple(map(_pair, between)), draws=draws,
                cold=cold, workers=processes if processes.count > 1 else None, progress=progress,
            )  # fmt: skip
        if out is not None:
            plans = {
                run.name: _written(run, workspace, language, progress) for run in compared.runs
            }
            said = {"scenarios": ", ".join(r.name for r in compared.runs), "seed": str(seed)}
            write_comparison(
                compared.comparison, plans, out, overwrite=force, language=language,
                record=record_of(workspace, "run", out.name, details=said),
            )  # fmt: skip
    finally:
        progress.done()
    if as_json:
        answer_json(_record(compared, out))
    else:
        answer(screen(compared.comparison))
        if out is not None:
            answer(
                f"\nWritten to {out}/: comparison.html is to read; moved.csv says who "
                "gains and loses; plans/ holds the plans"
            )
    return _verdict(compared)


def _pair(text: str) -> tuple[str, str]:
    one, comma, other = text.partition(",")
    if not (one.strip() and comma and other.strip()):
        raise click.UsageError(f"--between is {text!r}; name two, such as base,random")
    return one.strip(), other.strip()


def _written(
    run: Run, workspace: Path, language: str, progress: ProgressLine
) -> Callable[[Path], tuple[Plan, Manifest]]:
    """Return what makes the plan of a run that people work by, and its manifest."""
    from recommender.export.manifest import manifest_of

    def made(folder: Path) -> tuple[Plan, Manifest]:
        progress(f"writing the plan of {run.name}")
        plan = run.to_work_by()
        where = os.path.relpath(workspace.resolve(), os.path.realpath(folder))
        return plan, manifest_of(
            plan,
            run.inputs,
            run.settings,
            created=dt.datetime.now(dt.UTC),
            workspace=Path(where).as_posix(),
            language=language,
        )

    return made


def _record(compared: Compared, out: Path | None) -> dict[str, object]:
    from recommender.export.manifest import json_value

    comparison = compared.comparison
    return {
        "sides": [json_value(asdict(side)) for side in comparison.sides],
        "deciles": comparison.deciles.to_dict(orient="records"),
        "hours": comparison.hours.to_dict(orient="records"),
        "groups": comparison.groups.to_dict(orient="records"),
        "shortages": comparison.shortages.to_dict(orient="records"),
        "moved": comparison.moved.groupby(["from", "to", "change"], sort=False)
        .agg(units=("unit_id", "size"))
        .reset_index()
        .to_dict(orient="records"),
        "changes": comparison.changes.to_dict(orient="records"),
        "remarks": list(comparison.remarks),
        "folder": None if out is None else str(out),
    }


def _verdict(compared: Compared) -> int:
    scenarios = [side for side in compared.comparison.sides if side.kind == "scenario"]
    known = [side for side in scenarios if side.status != "stopped" or side.gap < 1]
    if any(side.short > 0 or side.short_hours > 0 for side in known):
        remark("recommender: a must-serve rule or running help lacks hours; the table says where")
        return SHORT
    if any(side.status == "stopped" for side in scenarios):
        remark("recommender: a search stopped at a limit; its plan and proven gap are kept")
        return STOPPED
    return 0
