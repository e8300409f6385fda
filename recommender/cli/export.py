"""``recommender export``: a plan as a workbook, a table, a calendar, a database or a report."""

from __future__ import annotations

from pathlib import Path

import click

from recommender.cli import options
from recommender.cli.noted import note
from recommender.cli.output import answer, answer_json


@click.command(short_help="A plan as workbook, table, calendar, database or report.")
@options.plan_folder
@click.option(
    "--beside",
    metavar="PLAN",
    multiple=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Another plan, for a sheet of .xlsx that holds them side by side; may be given again.",
)
@click.option(
    "--to",
    "target",
    metavar="FILE|URL",
    required=True,
    help="Ends with .xlsx, .csv, .parquet, .json, .html, .ics or datapackage.json, or is "
    "sqlite:///FILE or postgresql://HOST/NAME.",
)
@click.option(
    "--table", default="assignments", show_default=True, help="Which table, for .csv and .parquet."
)
@click.option("--decimal-comma", is_flag=True, help="Semicolons and decimal commas, for .csv.")
@options.language
@click.option(
    "--audience",
    type=click.Choice(["coordinator", "board", "policy", "public"]),
    default="board",
    show_default=True,
    help="For .html: coordinator adds cards of pupils in a folder beside the report; policy and "
    "public hold no pupil and no small number.",
)
@click.option("--force", is_flag=True, help="Replace the files that stand there.")
@options.speech
def command(
    plan_folder: Path,
    beside: tuple[Path, ...],
    target: str,
    table: str,
    decimal_comma: bool,
    language: str,
    audience: str,
    force: bool,
    as_json: bool,
    quiet: bool,
    verbose: bool,  # noqa: ARG001
) -> int:
    """Write a PLAN in the form that the name of the target asks for.

    PLAN may be the folder of a comparison too, for .html, .xlsx, .csv and .json.

    Texts are safe to open in a spreadsheet: none is ever run as a formula. A database keeps one set
    of rows for every plan; writing a plan twice changes nothing.
    """
    from recommender.cli.again import workspace_of
    from recommender.errors import UsageError
    from recommender.export.comparison import DOCUMENT
    from recommender.export.folder import MANIFEST, read_plan
    from recommender.export.targets import export_plan, hidden, stands_there

    if (there := stands_there(target)) and not force:
        raise UsageError(f"{there} stands there already; replace it with --force")
    if (plan_folder / DOCUMENT).is_file():
        workspace = _compared(
            plan_folder, target, decimal_comma=decimal_comma, language=language, audience=audience
        )
        source = DOCUMENT
    else:
        plan, manifest = read_plan(plan_folder)
        export_plan(
            plan, manifest, target,
            table=table, decimal_comma=decimal_comma, language=language, audience=audience,
            beside=[(folder.resolve().name, *read_plan(folder)) for folder in beside],
        )  # fmt: skip
        workspace = workspace_of(plan_folder, manifest, None)
        source = MANIFEST
    if workspace is not None and (workspace / "planning.yaml").is_file():
        note(
            workspace, "export", plan_folder.resolve().name,
            files={source: plan_folder / source},
            details={"to": _place(target), "table": table, "audience": audience},
        )  # fmt: skip
    if as_json:
        answer_json({"written": hidden(target)})
    elif not quiet:
        answer(f"written to {hidden(target)}")
    return 0


def _compared(
    folder: Path, target: str, *, decimal_comma: bool, language: str, audience: str
) -> Path | None:
    """Export the comparison in a folder, with the names that its first plan knows.

    Returns:
        The workspace its plans were made from, or None where no plan is there to say.
    """
    from recommender.cli.again import workspace_of
    from recommender.export.comparison import PLANS, read_comparison
    from recommender.export.folder import MANIFEST
    from recommender.export.manifest import read_manifest
    from recommender.export.targets import export_comparison

    comparison = read_comparison(folder)
    first = folder / PLANS / comparison.sides[0].name
    path = first / MANIFEST
    manifest = read_manifest(path.read_text("utf-8"), str(path)) if path.is_file() else None
    export_comparison(
        comparison, target,
        manifest=manifest, decimal_comma=decimal_comma, language=language, audience=audience,
    )  # fmt: skip
    return None if manifest is None else workspace_of(first, manifest, None)


def _place(target: str) -> str:
    """Where an export went, without what a URL may hold of passwords."""
    scheme, url, _ = target.partition("://")
    return f"{scheme}://" if url else Path(target).name
