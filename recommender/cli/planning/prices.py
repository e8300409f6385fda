"""``recommender prices``: what every rule costs in benefit."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

import click

from recommender.cli import options
from recommender.cli.output import ProgressLine, answer, answer_json
from recommender.cli.screens import rights

if TYPE_CHECKING:
    from recommender.scenarios.rule_prices import RulePrice

HEAD = ("rule", "what it says", "scenario", "with", "without", "costs", "proof")


@click.command(short_help="What every rule costs: each left out in turn.")
@options.workspace
@click.option(
    "--scenario",
    "words",
    metavar="NAME|FILE",
    multiple=True,
    help="Rules of this scenario instead of the base; may be given again.",
)
@click.option(
    "-o",
    "--out",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the table too (.csv or .md).",
)
@options.seed
@options.speech
def command(
    workspace: Path,
    words: tuple[str, ...],
    out: Path | None,
    seed: int,
    as_json: bool,
    quiet: bool,
    verbose: bool,
) -> int:
    """Say what every rule of a WORKSPACE costs in benefit.

    The hours are shared out with all rules, and again with each left out in turn, in parts of
    pupils and groups, so that the difference is proven. What costs less than nothing is no
    limit but a permission: that much it brings. Each rule stands at the first scenario that has it.
    """
    from recommender.allocation import Effort
    from recommender.governance.log.writing import write_file
    from recommender.governance.markdown import markdown_table as markdown
    from recommender.inputs.workspace import read_workspace
    from recommender.pipeline import Settings
    from recommender.scenarios.rule_prices import rule_prices

    if out is not None and out.suffix not in (".csv", ".md"):
        raise click.UsageError(f"{out} is neither a .csv nor a .md file")
    names, files = options.scenario_words(words)
    progress = ProgressLine(quiet=quiet, verbose=verbose)
    progress("reading the workspace")
    inputs = read_workspace(workspace, today=dt.date.today(), scenarios=files)
    rights.rights_told(inputs)
    settings = Settings.of(inputs.policy, seed=seed, effort=Effort(whole=False, seconds=600.0))
    try:
        found = rule_prices(inputs, names, settings, progress=progress)
    finally:
        progress.done()
    rows = [_row(one) for one in found]
    if out is not None:
        text = markdown(HEAD, rows) + "\n"
        if out.suffix == ".csv":
            import pandas as pd

            from recommender.export.tables import csv_text

            text = csv_text(pd.DataFrame([_record(one) for one in found]))
        write_file(out, text.encode())
    if as_json:
        answer_json({"prices": [_record(one) for one in found]})
        return 0
    if not found:
        answer("No rule of this workspace can be left out.")
        return 0
    from recommender.cli.screens.comparison import table

    answer("Benefit with and without each rule, in weighted adverse outcomes averted")
    answer("")
    answer("\n".join(table([HEAD, *rows], left=(0, 1, 2))))
    if any(one.lacking for one in found):
        answer("* something is lacking even so: the price is that of coming so near to the rule")
    if out is not None:
        answer(f"\nWritten to {out}")
    return 0


def _record(one: RulePrice) -> dict[str, object]:
    from dataclasses import asdict

    return {**asdict(one), "price": one.price}


def _row(one: RulePrice) -> tuple[str, ...]:
    cost = one.price if abs(one.price) >= 5e-4 else 0.0
    return (
        one.rule,
        one.says,
        one.scenario,
        f"{one.benefit:.3f}",
        f"{one.without:.3f}",
        f"{cost:.3f}{'*' if one.lacking else ''}",
        f"± {max(one.unproven, 0.0005):.3f}" if one.unproven >= 5e-4 else "exact",
    )
