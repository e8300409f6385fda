"""``recommender init``: a new workspace to fill in."""

from __future__ import annotations

from pathlib import Path

import click

from recommender.cli import options
from recommender.cli.output import answer, answer_json


@click.command(short_help="A new workspace with templates.")
@click.argument("directory", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@options.speech
def command(directory: Path, as_json: bool, quiet: bool, verbose: bool) -> int:  # noqa: ARG001
    """Put a catalogue, a policy and the heads of the tables in DIR, to fill in.

    Nothing that stands there is replaced.
    """
    from recommender.inputs.templates import write_templates

    files = write_templates(directory)
    if as_json:
        answer_json({"files": [str(file) for file in files]})
        return 0
    answer(f"A new workspace in {directory}:")
    for file in files:
        answer(f"  {file}")
    if not quiet:
        answer(
            f"Next: fill in {directory}/data and run `recommender check {directory}`, or let "
            f"`recommender simulate {directory}` invent a region."
        )
    return 0
