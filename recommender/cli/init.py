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


def write_templates(directory: Path) -> tuple[Path, ...]:
    """Write the templates of a workspace and return the files; tables go to ``data``.

    Raises:
        UsageError: if one of them stands there already.
        CannotWrite: if one could not be written.
    """
    from importlib import resources

    from recommender.errors import UsageError
    from recommender.export.files import write_file

    folder = resources.files("recommender.inputs") / "templates"
    entries = sorted((e for e in folder.iterdir() if e.is_file()), key=lambda entry: entry.name)
    targets = {
        entry.name: directory / ("data" if entry.name.endswith(".csv") else "") / entry.name
        for entry in entries
    }
    if there := [str(path) for path in targets.values() if path.exists()]:
        raise UsageError(f"{', '.join(there)} stands there already; choose another folder")
    for entry in entries:
        write_file(targets[entry.name], entry.read_bytes())
    return tuple(targets.values())
