"""``recommender explain``: why this, why not that, and what would change it."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from recommender.cli import options
from recommender.cli.output import ProgressLine, answer, answer_json, remark

if TYPE_CHECKING:
    from recommender.cli.reload import Again
    from recommender.planning.plan.plan import Plan


@click.command(short_help="Why this, why not that, what would change it.")
@options.plan_folder
@click.argument("unit", metavar="[UNIT]", default="")
@click.option("--site", metavar="SITE", default="", help="The hours of one site, for its team.")
@click.option(
    "--resource",
    metavar="ROLE[@SITE[@PERIOD]]",
    default="",
    help="Who gets what of some hours, and what one more block of them would do.",
)
@click.option("--check", is_flag=True, help="Prove every change by solving again.")
@click.option("--quick", is_flag=True, help="Solve nothing: go by the prices of the plan.")
@click.option(
    "--seconds",
    type=options.SECONDS,
    default=60.0,
    show_default=True,
    help="Stop solving after so long.",
)
@options.of_workspace
@options.speech
def command(
    plan_folder: Path,
    unit: str,
    site: str,
    resource: str,
    check: bool,
    quick: bool,
    seconds: float,
    elsewhere: Path | None,
    as_json: bool,
    quiet: bool,
    verbose: bool,
) -> int:
    """Explain what a PLAN offers a UNIT (a pupil or a segment, by its unit_id).

    Says the benefit by outcome, the hours and the price paid for them, the runner-up and what it
    lacked, why not each other intervention, and the smallest changes that would bring the unit in,
    each found by solving its site again while all others keep what they have.

    With --site or --resource instead of a UNIT: who gets what of these hours, why hours are left
    over, and what a little more of them would do, measured.
    """
    if bool(unit) == bool(site or resource):
        raise click.UsageError("name a UNIT, or hours by --site or --resource")
    if quick and check:
        raise click.UsageError("--check solves again, which --quick does not")
    from recommender.cli.reload import looked_up, made_from, workspace_of
    from recommender.errors import RecommenderError
    from recommender.export.folders.plan_folder import read_plan
    from recommender.export.manifest import json_value
    from recommender.pipeline import explain

    progress = ProgressLine(quiet=quiet, verbose=verbose)
    progress("reading the plan and its inputs")
    plan, manifest = read_plan(plan_folder)
    workspace = workspace_of(plan_folder, manifest, elsewhere)
    known = looked_up(plan_folder, workspace, manifest.created)
    again = made_from(plan, manifest, workspace)
    clock = None if quick else _clock(seconds)
    try:
        progress("working out the reasons")
        if unit:
            found = explain(plan, again.inputs, unit, again.settings, clock, check=check)
            text, record = str(found), json_value(found)
        else:
            hours = _hours(plan, again, site, resource, clock)
            text, record = "\n\n".join(map(str, hours)), {"hours": json_value(hours)}
    except RecommenderError as error:
        if as_json:
            answer_json({"findings": str(error).splitlines()})
        raise
    finally:
        progress.done()
    for line in (*known.findings, *((known.why,) if known.answer == "stranger" else ())):
        remark(f"{plan_folder}: {line}")
    if again.changed and not quiet:
        for line in again.changed:
            remark(f"{line} (a warning)")
    if as_json:
        answer_json(record)
    else:
        answer(text)
    return 0


def _hours(
    plan: Plan, again: Again, site: str, resource: str, clock: Callable[[], float] | None
) -> tuple[object, ...]:
    from recommender.errors import UsageError
    from recommender.pipeline import explain_hours

    role, at, period, *more = [*resource.split("@"), "", ""][: max(3, resource.count("@") + 1)]
    if more or (site and at and site != at):
        raise UsageError(f"--resource {resource!r} is not a role, role@site or role@site@period")
    return explain_hours(plan, again.inputs, again.settings, role, at or site, period, clock)


def _clock(seconds: float) -> Callable[[], float]:
    until = time.monotonic() + seconds
    return lambda: until - time.monotonic()
