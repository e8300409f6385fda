"""``recommender plan``: who is offered which help, when and by whom, with the proof."""

from __future__ import annotations

import datetime as dt
import os
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from recommender.cli import model_export, options
from recommender.cli.audit_note import record_of
from recommender.cli.output import ProgressLine, answer, answer_json, remark
from recommender.cli.screens import rights

if TYPE_CHECKING:
    from recommender.planning.explain.repair import Repair
    from recommender.planning.plan.plan import Plan

SHORT, STOPPED = 4, 5


@click.command(short_help="The main job: the plan of a workspace, with its proof.")
@options.workspace
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path),
    help="Folder of the plan.  [default: plan, in the workspace]",
)
@click.option("--force", is_flag=True, help="Replace the plan that stands there.")
@click.option(
    "--scenario",
    metavar="NAME|FILE",
    default="",
    help="A scenario of planning.yaml or scenarios/, or a .yaml file with one.",
)
@click.option(
    "--gap",
    metavar="SHARE",
    default="1%",
    show_default=True,
    type=options.SHARE,
    help="Stop when proven within this share of the best, such as 1%.",
)
@click.option("--seconds", type=options.SECONDS, help="Stop solving after so long.")
@click.option(
    "--engine",
    type=click.Choice(["auto", "exact", "prices"]),
    default="auto",
    show_default=True,
    help="How the allocation is solved.",
)
@click.option(
    "--solver",
    type=click.Choice(["highs", "cbc"]),
    default="highs",
    show_default=True,
    help="The solver of the exact engine.",
)
@options.seed
@options.language
@click.option(
    "--workers",
    type=options.WORKERS,
    help="Processes that solve parts of a large problem side by side.",
)
@click.option(
    "--cluster",
    metavar="ADDRESS",
    help="Solve parts of a large problem on a Dask cluster, such as tcp://host:8786.",
)
@click.option(
    "--draws",
    metavar="N",
    type=options.DRAWS,
    help="Plan again in N draws of effects and risks: how often does each offer stay?",
)
@click.option("--relaxation", is_flag=True, help="Allow parts of pupils and groups: a bound.")
@click.option(
    "--keep",
    "keep_folder",
    metavar="PLAN",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Change this earlier plan as little as is worth it.",
)
@click.option(
    "--threshold",
    metavar="BENEFIT",
    default="0.01",
    type=options.BENEFIT,
    show_default=True,
    help="With --keep: the benefit that changing one assignment must be worth.",
)
@click.option(
    "--costs",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="With --keep: write what each decision costs in benefit, estimated (.csv).",
)
@click.option(
    "--write-model",
    "model_file",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    callback=model_export.model_name,
    help="Write the model for other solvers too (.lp or .mps), in your own words.",
)
@options.share
@options.speech
def command(
    workspace: Path,
    out: Path | None,
    force: bool,
    scenario: str,
    gap: float,
    seconds: float | None,
    engine: Literal["auto", "exact", "prices"],
    solver: Literal["highs", "cbc"],
    seed: int,
    language: str,
    workers: int | None,
    cluster: str | None,
    draws: int | None,
    relaxation: bool,
    keep_folder: Path | None,
    threshold: float,
    costs: Path | None,
    model_file: Path | None,
    as_json: bool,
    quiet: bool,
    verbose: bool,
) -> int:
    """Make the plan of a WORKSPACE and write it to a folder, whole or not at all.

    The plan is a proposal; professionals decide. Ends with 4 if a must-serve rule or a rule of
    fairness cannot be met and with 5 if the solver stopped at its limit; the plan is written all
    the same. repairs.csv then says which hours would meet the must-serve rules.

    With --keep, what an earlier plan offers stays unless a decision forbids it or a change is worth
    more than --threshold an assignment; the values and the gap of the plan are its true ones.

    With --draws, assignments.csv says under stays in what share of the draws each offer stays, and
    the headline what this plan delivers in nine of ten draws. It takes about as long as N plans.

    With --cluster, numbers about the pupils of a large problem leave this machine: what help is
    worth to each and what it takes, but no id, name, note or risk. Bounds are the same as on one
    machine, with --workers or without, and so is the plan unless time runs out.

    What costs somebody a right because nobody said it, or because it was not read, is repeated on
    stderr, also with --quiet; with --json all of it is `rights`.
    """
    folder = workspace / "plan" if out is None else out
    from recommender.export.folders.plan_folder import refuse_target

    refuse_target(folder, overwrite=force)
    if costs is not None and keep_folder is None:
        raise click.UsageError("--costs goes with --keep")
    if cluster is not None and keep_folder is not None:
        raise click.UsageError("--cluster does not go with --keep")

    if model_file is not None and keep_folder is not None:
        raise click.UsageError("--write-model does not go with --keep")

    if draws is not None and (keep_folder is not None or relaxation):
        raise click.UsageError("--draws goes neither with --keep nor with --relaxation")

    from recommender.allocation import Effort
    from recommender.cli.screens import kept
    from recommender.cli.screens.headline import headline
    from recommender.cli.screens.headline import plan_record as headline_record
    from recommender.export.folders.plan_folder import write_plan
    from recommender.export.manifest import json_value, manifest_of
    from recommender.export.summaries.marginal_hours import BudgetPoint
    from recommender.export.tables import csv_text
    from recommender.governance.log.audit import read_log
    from recommender.governance.log.transaction import settle
    from recommender.governance.log.writing import write_file
    from recommender.inputs.workspace import read_workspace
    from recommender.pipeline import Settings, recommend, repairs_of, replan
    from recommender.planning.explain.repair import repairs_table
    from recommender.scenarios import BASE, apply_scenario
    from recommender.scenarios.frontier import front_of

    names, files = options.scenario_words([scenario] if scenario else [])
    if len(names) > 1:
        raise click.UsageError(f"{scenario} has {len(names)} scenarios; compare plans several")
    scenario = "".join(names)
    progress = ProgressLine(quiet=quiet, verbose=verbose)
    machines = None
    if cluster is not None:
        from recommender.allocation.decomposition.cluster import on_cluster

        progress("connecting to the cluster")
        machines = click.get_current_context().with_resource(on_cluster(cluster))
    progress("reading the workspace")
    inputs = read_workspace(workspace, today=dt.date.today(), scenarios=files)
    settle(workspace, when=dt.datetime.now(dt.UTC))
    inputs = apply_scenario(inputs, scenario or BASE)
    progress.done()
    at_stake = rights.rights_told(inputs)
    usual = Effort()
    effort = Effort(
        gap=gap,
        seconds=usual.seconds if seconds is None else seconds,
        workers=usual.workers if workers is None else workers,
        whole=not relaxation,
    )
    settings = Settings.of(inputs.policy, seed=seed, effort=effort, engine=engine, solver=solver)
    again = None
    try:
        if keep_folder is None:
            look = None if model_file is None else model_export.writer_of(model_file)
            plan = recommend(inputs, settings, progress, machines, look, draws or 0)
        else:
            before, keep = kept.earlier(keep_folder, folder, threshold)
            settings = replace(settings, keep=keep)
            again = replan(inputs, before, settings, threshold=keep.threshold, progress=progress)
            plan = again.plan
        plan = replace(plan, summary=replace(plan.summary, scenario=scenario or BASE))
        found = front_of(plan, inputs, settings, progress)
        front = (
            ()
            if found is None
            else tuple(
                BudgetPoint(*line)
                for line in found[[f.name for f in fields(BudgetPoint)]].to_numpy().tolist()
            )
        )
        progress("writing the plan")
        made_from = os.path.relpath(workspace.resolve(), Path(os.path.realpath(folder)))
        manifest = manifest_of(
            plan,
            inputs,
            settings,
            created=dt.datetime.now(dt.UTC),
            workspace=Path(made_from).as_posix(),
            language=language,
            front=front,
        )
        manifest = replace(manifest, log=str(read_log(workspace).head))
        said = {
            "scenario": plan.summary.scenario, "seed": str(seed), "status": plan.summary.status,
            "version": manifest.version,
        }  # fmt: skip
        if again is not None and settings.keep is not None:
            said |= kept.kept_details(again, settings.keep)
        record = record_of(workspace, "run", folder.name, details=said)
        manifest = write_plan(plan, folder, manifest, overwrite=force, record=record)
        repairs: tuple[Repair, ...] = ()
        # the plan stands there before its repairs are sought, which may be stopped
        if any(s.pupils > 0 and s.site for s in plan.summary.shortages) and not relaxation:
            progress("working out what would meet the rules that lack help")
            repairs = repairs_of(plan, inputs, settings)
            if repairs:
                beside = {"repairs.csv": csv_text(repairs_table(repairs))}
                record = record_of(workspace, "run", folder.name, details=said)
                manifest = write_plan(
                    plan, folder, manifest, overwrite=True, beside=beside, record=record
                )
        if again is not None and costs is not None:
            write_file(costs, csv_text(again.costs.decisions).encode())
    finally:
        progress.done()
    if as_json:
        answer_json(
            {
                "rights": rights.rights_record(at_stake),
                **headline_record(plan, folder),
                **(kept.kept_record(again) if again else {}),
                **({"repairs": json_value(repairs)} if repairs else {}),
            }
        )
    else:
        answer(headline(plan, manifest, folder))
        for line in rights.lines(at_stake):
            answer(line)
        if again is not None and keep_folder is not None:
            answer("\n".join(kept.kept_lines(again, keep_folder)))
        if repairs:
            answer("\n".join(["", "What would meet them", *(f"  {line}" for line in repairs)]))
    return _verdict(plan)


def _lacks(plan: Plan) -> str:
    """Return what a plan with shortages lacks, and why."""
    owed = [s for s in plan.summary.shortages if s.pupils > 0 and not s.is_fairness]
    causes = {shortage.cause for shortage in owed}
    if "no_hours" in causes:
        return "a must-serve rule cannot be met with these hours"
    if causes:
        why = (
            "decisions forbid what counts" if causes == {"forbidden"} else "nothing suits everybody"
        )
        return f"a must-serve rule cannot be met, whatever the hours: {why}"
    if plan.unmet:
        return "a rule of fairness cannot be met with these hours"
    return "running help cannot be carried on with these hours"


def _verdict(plan: Plan) -> int:
    early = plan.summary.status == "stopped" and not plan.summary.proof.known
    if plan.summary.shortages and early:
        remark("recommender: stopped before it was known whether every rule can be met; the plan "
               "is kept and says which are not")  # fmt: skip
        return STOPPED
    if plan.summary.shortages:
        remark(f"recommender: {_lacks(plan)}; the plan says where")
        return SHORT
    if plan.summary.status == "stopped":
        remark("recommender: stopped at a limit; the plan and its proven gap are kept")
        return STOPPED
    return 0
