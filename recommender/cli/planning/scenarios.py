"""``recommender scenarios``: which scenarios there are, what each changes, and whether they fit."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

import click

from recommender.cli import options
from recommender.cli.output import answer, answer_json, remark

if TYPE_CHECKING:
    from recommender.scenarios.describe import Listed


@click.command(short_help="Which scenarios there are, what each changes, checked.")
@options.workspace
@click.option(
    "--scenario",
    "words",
    metavar="NAME|FILE",
    multiple=True,
    help="Only this scenario, or those in a .yaml file; may be given again.",
)
@options.speech
def command(
    workspace: Path, words: tuple[str, ...], as_json: bool, quiet: bool, verbose: bool
) -> int:
    """List the scenarios of a WORKSPACE with what each changes, after checking them.

    They stand in planning.yaml under `scenarios:`, and in .yaml files of the folder scenarios/,
    written the same way. Ends with 3 if one is wrong: every problem is said, with its line.
    """
    from dataclasses import asdict

    from recommender.inputs.workspace import read_workspace
    from recommender.scenarios import lineage
    from recommender.scenarios.describe import listed_scenarios

    names, files = options.scenario_words(words)
    inputs = read_workspace(workspace, today=dt.date.today(), scenarios=files)
    for name in names:
        lineage(inputs.policy, name)
    found = [one for one in listed_scenarios(inputs) if not names or one.name in names]
    if as_json:
        answer_json({"scenarios": [asdict(one) for one in found]})
        return 0
    width = max(len(one.name) for one in found)
    for one in found:
        answer("\n".join(_lines(one, width, verbose=verbose)))
    if not quiet:
        for one in found:
            for line in one.remarks:
                remark(f"scenario {one.name}: {line} (a warning)")
    return 0


def _lines(one: Listed, width: int, *, verbose: bool) -> list[str]:
    on = f"{one.extends} and: " if one.extends else ""
    head = f"{one.name:<{width}}  {one.title}"
    pad = " " * (width + 2)
    lines = [click.style(head.rstrip(), bold=True)]
    lines += [f"{pad}{on if n == 0 else ''}{text}" for n, text in enumerate(one.changes)]
    if not one.changes and one.extends:
        lines.append(f"{pad}{one.extends}")
    if verbose or not (one.changes or one.extends):
        budget = "no limit" if one.budget is None else f"{one.budget:,.0f} euros"
        lines.append(
            f"{pad}{one.hours:,.0f} hours, budget {budget}, {one.interventions} interventions"
        )
    return lines
