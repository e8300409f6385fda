"""``recommender explain``: why this, why not that, and what would change it."""

from __future__ import annotations

from pathlib import Path

import click

from recommender.cli import options
from recommender.cli.output import Progress, answer, answer_json, remark


@click.command(short_help="Why this, why not that, what would change it.")
@options.plan_folder
@click.argument("unit", metavar="UNIT")
@options.of_workspace
@options.speech
def command(
    plan_folder: Path,
    unit: str,
    elsewhere: Path | None,
    as_json: bool,
    quiet: bool,
    verbose: bool,
) -> int:
    """Explain what a PLAN offers a UNIT (a pupil or a segment, by its unit_id).

    Says the benefit by outcome, the hours and the price paid for them, the runner-up and what it
    lacked, why not each other intervention, and what would change it.
    """
    from recommender.cli.again import made_from, workspace_of
    from recommender.export.folder import read_plan
    from recommender.export.manifest import plain
    from recommender.pipeline import explain_unit

    progress = Progress(quiet=quiet, verbose=verbose)
    progress("reading the plan and its inputs")
    plan, manifest = read_plan(plan_folder)
    again = made_from(plan, manifest, workspace_of(plan_folder, manifest, elsewhere))
    try:
        progress("working out the reasons")
        explanation = explain_unit(plan, again.inputs, again.settings, unit)
    finally:
        progress.done()
    if again.changed and not quiet:
        for line in again.changed:
            remark(f"{line} (a warning)")
    if as_json:
        answer_json(plain(explanation))
    else:
        answer(str(explanation))
    return 0
