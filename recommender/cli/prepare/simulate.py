"""``recommender simulate``: an invented region with known truth."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import click

from recommender.cli import options
from recommender.cli.output import ProgressLine, answer, answer_json

TABLES = (
    "pupils",
    "sites",
    "professionals",
    "history",
    "notes",
    "commitments",
    "profiles",
    "decisions",
    "present",
)
SUFFIXES = ("csv", "xlsx", "parquet")


@click.command(short_help="An invented region, seeded and marked synthetic.")
@click.argument("directory", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--pupils",
    type=options.PUPILS,
    default=1800,
    show_default=True,
    help="How many pupils to invent.",
)
@options.seed
@click.option("--with-truth", is_flag=True, help="Write the true risks and effects to DIR/truth.")
@click.option(
    "--format",
    "table_format",
    type=click.Choice(["csv", "parquet"]),
    default="csv",
    show_default=True,
    help="Form of the large tables.",
)
@click.option(
    "--like",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=Path(),
    help="Where a new DIR takes its catalogue and policy from.  [default: here]",
)
@click.option("--force", is_flag=True, help="Replace the synthetic tables that stand there.")
@options.share
@options.speech
def command(
    directory: Path,
    pupils: int,
    seed: int,
    with_truth: bool,
    table_format: Literal["csv", "parquet"],
    like: Path,
    force: bool,
    as_json: bool,
    quiet: bool,
    verbose: bool,
) -> int:
    """Invent pupils, history, notes, staff and running help for the catalogue and policy in DIR.

    Where DIR has no interventions.yaml and planning.yaml, those of --like are put there first, or
    the templates of `recommender init` where there are none. Tables that are not marked synthetic
    are never replaced.
    """
    from recommender.errors import UsageError
    from recommender.inputs.readers.catalogue_file import read_catalogue
    from recommender.inputs.readers.policy_file import read_policy
    from recommender.simulation import write_simulation

    if not any((directory / name).exists() for name in ("planning.yaml", "interventions.yaml")):
        from recommender.inputs.templates import write_like

        write_like(directory, like)
        force = True
    progress = ProgressLine(quiet=quiet, verbose=verbose)
    progress("reading the catalogue and the policy")
    policy = read_policy(directory / "planning.yaml")
    catalogue = read_catalogue(directory / "interventions.yaml")
    if not policy.synthetic:
        raise UsageError(
            f"{directory}/planning.yaml does not say `synthetic: true`; invented pupils are only "
            "put where it does"
        )
    there = [
        path
        for name in TABLES
        for suffix in SUFFIXES
        if (path := directory / "data" / f"{name}.{suffix}").exists()
    ]
    if there and not force:
        names = ", ".join(path.name for path in there)
        raise UsageError(f"{directory}/data holds {names} already; replace it with --force")
    progress(f"inventing {pupils:,} pupils")
    try:
        files = write_simulation(
            directory,
            pupils,
            seed,
            policy,
            catalogue,
            with_truth=with_truth,
            table_format=table_format,
        )
    finally:
        progress.done()
    for path in set(there) - set(files):
        path.unlink()  # a table in another form or of other pupils would contradict the new ones
    if as_json:
        answer_json({"pupils": pupils, "seed": seed, "files": [str(file) for file in files]})
    else:
        answer(f"{pupils:,} invented pupils in {directory} (seed {seed}):")
        for file in files:
            answer(f"  {file}")
    return 0
