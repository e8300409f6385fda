"""``recommender elicit``: what professionals know, as weights, effects and reach."""

from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path

import click

from recommender.cli import options
from recommender.cli.output import answer, answer_json, remark


@click.command(short_help="Weights, effects and reach from what several people say.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--yaml", "snippet", type=click.Path(dir_okay=False, path_type=Path),
    help="Write what to take over into planning.yaml or interventions.yaml.",
)  # fmt: skip
@options.speech
def command(
    file: Path,
    snippet: Path | None,
    as_json: bool,
    quiet: bool,
    verbose: bool,  # noqa: ARG001
) -> int:
    """Join what several people say in a FILE (.csv or .xlsx), and show where they disagree.

    `person,a,b,ratio`: how many times as bad is a as b? gives weights of outcomes.
    `person,intervention,outcome,scale,low,likely,high` gives effects of level `elicited`.
    `person,intervention,part,low,likely,high` gives reach (part: uptake or completion).

    Names are not repeated: people are called after the line on which they speak first.
    """
    import yaml

    from recommender.governance.dialogue import elicitation
    from recommender.governance.log.writing import write_file
    from recommender.governance.markdown import text_table

    elicited = elicitation.elicit(file)
    today = dt.date.today()
    entries = elicitation.snippet(elicited, today)
    if snippet is not None:
        text = yaml.safe_dump(entries, allow_unicode=True, sort_keys=False)
        write_file(snippet, text.encode())
        if not quiet:
            remark(f"{snippet} written")
    if as_json:
        answer_json(dataclasses.asdict(elicited))
        return 0
    if elicited.weights is not None:
        weights = elicited.weights
        rows = [
            [outcome, *(f"{number:.2f}" for number in numbers)]
            for outcome, *numbers in zip(
                weights.outcomes, weights.pooled, weights.low, weights.high, weights.spread,
                strict=True,
            )
        ]  # fmt: skip
        answer(text_table(["outcome", "weight", "lowest", "highest", "spread (log)"], rows))
        people = [[j.person, str(j.pairs), f"{j.ratio:.2f}", j.worst] for j in weights.judges]
        answer(text_table(["who speaks on", "pairs", "consistency ratio", "fits least"], people))
    rows = [
        [p.intervention, p.quantity, p.scale, f"{p.value:.3f}", f"{p.standard_error:.3f}",
         str(len(p.guesses)), f"{p.between:.0%}"]
        for p in (*elicited.effects, *elicited.reach)
    ]  # fmt: skip
    if rows:
        header = [
            "intervention",
            "of",
            "scale",
            "value",
            "standard error",
            "people",
            "disagreement",
        ]
        answer(text_table(header, rows))
    for line in elicited.disagreements:
        answer(f"- {line}")
    if not elicited.disagreements:
        answer("Nobody disagrees by much.")
    return 0
