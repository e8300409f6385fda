"""``recommender contract``: the data contract, to be discussed."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import click

from recommender.cli import options
from recommender.cli.output import answer, answer_json, remark


@click.command(short_help="The data contract: every column, why and until when.")
@options.workspace
@click.option("--language", type=click.Choice(["en", "nl"]), default="en", show_default=True)
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path),
    help="Write it to a .md or .html file to discuss and sign.",
)  # fmt: skip
@click.option(
    "--today", type=click.DateTime(["%Y-%m-%d"]), default=None,
    help="The day against which retention is judged; this one, or the reference date of "
    "made-up data.",
)  # fmt: skip
@options.speech
def command(
    workspace: Path,
    language: str,
    output: Path | None,
    today: dt.datetime | None,
    as_json: bool,
    quiet: bool,
    verbose: bool,  # noqa: ARG001
) -> int:
    """Show the data contract of a WORKSPACE and what in it is to be discussed.

    Every column with its source, purpose, legal ground, retention, sensitivity and use; columns
    nobody declared, columns nobody uses. Reads headers, no rows. Ends with 6 if a column is past
    its retention and still there.
    """
    from recommender.errors import UsageError
    from recommender.governance.log.writing import write_file
    from recommender.governance.markdown import to_html
    from recommender.governance.privacy import contract as contracts
    from recommender.governance.privacy.retention import day_of
    from recommender.inputs.readers.catalogue_file import read_catalogue
    from recommender.inputs.readers.policy_file import read_policy

    if output is not None and output.suffix.lower() not in (".md", ".html"):
        raise UsageError(f"{output}: write a .md or a .html file")
    policy = read_policy(workspace / "planning.yaml")
    catalogue = read_catalogue(workspace / "interventions.yaml")
    headers = contracts.read_headers(workspace)
    day = today.date() if today else day_of(workspace, policy, dt.date.today())
    contract = contracts.contract_of(policy, catalogue, headers, day)
    if output is not None:
        text = contracts.contract_markdown(contract, language)
        if output.suffix.lower() == ".html":
            text = to_html(text, text.splitlines()[0].lstrip("# "), language)
        write_file(output, text.encode())
        if not quiet:
            remark(f"{output} written")
    if as_json:
        answer_json(contracts.contract_record(contract, language))
    elif output is None:
        width = max(80, shutil.get_terminal_size((120, 24)).columns)
        answer(contracts.contract_text(contract, language, width).rstrip())
    problems = contracts.retention_problems(policy, day, headers)
    for problem in problems:
        remark(str(problem))
    return 6 if problems else 0
