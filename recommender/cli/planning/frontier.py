"""``recommender frontier``: benefit against hours, and what better prediction would be worth."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

import click

from recommender.cli import options
from recommender.cli.output import ProgressLine, answer, answer_json
from recommender.cli.screens import rights
from recommender.cli.screens.comparison import table

if TYPE_CHECKING:
    from recommender.scenarios.frontier import Frontier


@click.command(short_help="Benefit against hours: what more, fewer or sharper is worth.")
@options.workspace
@click.option(
    "--resource",
    "resources",
    metavar="ROLE[@SITE][@PERIOD]",
    multiple=True,
    default=("all",),
    show_default=True,
    help="Whose hours vary; may be given again.",
)
@click.option(
    "--from",
    "low",
    metavar="SHARE",
    default="-20%",
    show_default=True,
    type=options.CHANGE,
    help="The fewest hours.",
)
@click.option(
    "--to",
    "high",
    metavar="SHARE",
    default="+50%",
    show_default=True,
    type=options.CHANGE,
    help="The most hours.",
)
@click.option(
    "--steps",
    type=click.IntRange(min=2, max=200),
    default=8,
    show_default=True,
    help="Points from the fewest hours to the most; today is added where it is not among them.",
)
@click.option("--scenario", metavar="NAME|FILE", default="", help="Under a scenario.")
@click.option(
    "-o",
    "--out",
    "targets",
    multiple=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write it to a .html page with charts, a .json or a .csv file; may be given again.",
)
@options.seed
@options.language
@options.speech
def command(
    workspace: Path,
    resources: tuple[str, ...],
    low: float,
    high: float,
    steps: int,
    scenario: str,
    targets: tuple[Path, ...],
    seed: int,
    language: str,
    as_json: bool,
    quiet: bool,
    verbose: bool,
) -> int:
    """Show the benefit of a WORKSPACE against hours of one role, several, or all.

    Along the line pupils and groups may be taken in parts; a whole plan comes within its proven gap
    of it. It says from where one more hour stops paying, and how much better predictions would have
    to be to do as much as a tenth more hours.
    """  # fmt: skip
    from recommender.export.pages.frontier import frontier_record, refuse_form, write_frontier
    from recommender.inputs.workspace import read_workspace
    from recommender.pipeline import Settings
    from recommender.scenarios import BASE, apply_scenario
    from recommender.scenarios.frontier import frontier

    for target in targets:
        refuse_form(target)
    if not low < high:
        raise click.UsageError("--from lies above --to")
    names, files = options.scenario_words([scenario] if scenario else [])
    if len(names) > 1:
        raise click.UsageError(f"{scenario} has {len(names)} scenarios; name one")
    progress = ProgressLine(quiet=quiet, verbose=verbose)
    progress("reading the workspace")
    inputs = read_workspace(workspace, today=dt.date.today(), scenarios=files)
    rights.rights_told(inputs)
    inputs = apply_scenario(inputs, "".join(names) or BASE)
    sites = inputs.resources.sites
    called = dict(zip(sites["site"].tolist(), sites["name"].tolist(), strict=True))
    called |= {role.id: role.name.said(language) or role.id for role in inputs.policy.roles}
    called |= {period.id: period.name.said(language) for period in inputs.policy.periods}
    changes = tuple(low + (high - low) * step / (steps - 1) for step in range(steps))
    try:
        found = frontier(
            inputs, resources, tuple(round(c, 12) + 0.0 for c in changes),
            Settings.of(inputs.policy, seed=seed), progress=progress,
        )  # fmt: skip
        for target in targets:
            write_frontier(found, target, language, called)
    finally:
        progress.done()
    if as_json:
        answer_json(frontier_record(found))
    else:
        answer("\n".join(_lines(found)))
        for target in targets:
            answer(f"Written to {target}")
    return 0


def _lines(found: Frontier) -> list[str]:
    from recommender.export.pages.frontier import hours_phrase, prediction_sentence, stop_sentence
    from recommender.export.summaries.plan_tables import digits_of
    from recommender.messages import LANGUAGES

    digits = digits_of(float(found.points["standard_error"].max()))
    rows: list[tuple[str, ...]] = [
        ("change", "hours", "benefit", "interval", "one more hour", "pupils")
    ]
    rows += [
        (
            f"{row['change']:+.0%}",
            f"{row['hours']:,.0f}",
            f"{row['benefit']:,.{digits}f}",
            f"{row['low']:,.{digits}f}-{row['high']:,.{digits}f}",
            f"{row['price']:.5f}",
            f"{row['pupils']:,.0f}",
        )
        for row in found.points.to_dict(orient="records")
    ]
    lines = []
    if found.synthetic:
        lines += [click.style("Synthetic data: these pupils do not exist.", fg="yellow"), ""]
    lines += [
        click.style(f"Benefit against {hours_phrase(found.resources, LANGUAGES['en'])}", bold=True),
        *table(rows, left=()),
        "",
        stop_sentence(found),
        prediction_sentence(found),
    ]
    areas = found.areas.set_index("rule")["share"]
    lines.append(
        f"If money were all that is scarce, highest risk first would gain "
        f"{areas['highest_risk']:.0%} of what the plan's choice of whom to help gains over "
        f"spending evenly, and planning with site averages {areas['site_averages']:.0%}."
    )
    return lines
