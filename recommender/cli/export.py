"""``recommender export``: a plan as a workbook, a table, a database or a report."""

from __future__ import annotations

from pathlib import Path

import click

from recommender.cli import options
from recommender.cli.noted import note
from recommender.cli.output import answer, answer_json


@click.command(short_help="A plan as workbook, table, database or report.")
@options.plan_folder
@click.option(
    "--to",
    "target",
    metavar="FILE|URL",
    required=True,
    help="Ends with .xlsx, .csv, .parquet, .json or .html, or is sqlite:///FILE.",
)
@click.option(
    "--table", default="assignments", show_default=True, help="Which table, for .csv and .parquet."
)
@click.option("--decimal-comma", is_flag=True, help="Semicolons and decimal commas, for .csv.")
@click.option(
    "--language", type=click.Choice(["en"]), default="en", show_default=True, help="For .html."
)
@click.option("--force", is_flag=True, help="Replace the file that stands there.")
@options.speech
def command(
    plan_folder: Path,
    target: str,
    table: str,
    decimal_comma: bool,
    language: str,
    force: bool,
    as_json: bool,
    quiet: bool,
    verbose: bool,  # noqa: ARG001
) -> int:
    """Write a PLAN in the form that the name of the target asks for.

    Texts are safe to open in a spreadsheet: none is ever run as a formula.
    """
    from recommender.cli.again import workspace_of
    from recommender.errors import UsageError
    from recommender.export.folder import MANIFEST, read_plan
    from recommender.export.targets import SQLITE, export_plan

    if not target.startswith(SQLITE) and Path(target).exists() and not force:
        raise UsageError(f"{target} stands there already; replace it with --force")
    plan, manifest = read_plan(plan_folder)
    export_plan(plan, manifest, target, table=table, decimal_comma=decimal_comma, language=language)
    workspace = workspace_of(plan_folder, manifest, None)
    if (workspace / "planning.yaml").is_file():
        note(
            workspace, "export", plan_folder.resolve().name,
            files={MANIFEST: plan_folder / MANIFEST},
            details={"to": _place(target), "table": table},
        )  # fmt: skip
    if as_json:
        answer_json({"written": target})
    elif not quiet:
        answer(f"written to {target}")
    return 0


def _place(target: str) -> str:
    """Where an export went, without what a URL may hold of passwords."""
    scheme, url, _ = target.partition("://")
    return f"{scheme}://" if url else Path(target).name
