"""``recommender export``: a plan as a workbook, a table, a calendar, a database or a report."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

import click

from recommender.cli import options
from recommender.cli.audit_note import record_of
from recommender.cli.opening import opening
from recommender.cli.output import answer, answer_json

if TYPE_CHECKING:
    from recommender.export.disclosure.disclosed_plan import Hidden
    from recommender.export.manifest import Manifest
    from recommender.governance.log.transaction import LogRecord
    from recommender.planning.plan.plan import Plan


@click.command(short_help="A plan as workbook, table, calendar, database or report.")
@options.plan_folder
@options.of_workspace
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
    "--table",
    default="assignments",
    show_default=True,
    help="Which table, for .csv and .parquet; for policy and public: totals, risk, sites, "
    "interventions, reasons, hours_by_role, hours_by_period, must_serve or money.",
)
@click.option("--decimal-comma", is_flag=True, help="Semicolons and decimal commas, for .csv.")
@options.language
@click.option(
    "--audience",
    type=click.Choice(["coordinator", "board", "policy", "public"]),
    default="board",
    show_default=True,
    help="Who may read it: coordinator adds cards of pupils in a folder beside a report; policy "
    "and public hold no pupil and no small number, in any form.",
)
@click.option("--force", is_flag=True, help="Replace the files that stand there.")
@options.share
@options.speech
def command(
    plan_folder: Path,
    elsewhere: Path | None,
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
    from recommender.cli.reload import looked_up, refuse_strangers, workspace_if_any
    from recommender.errors import UsageError
    from recommender.export.disclosure.disclosed_comparison import OpenComparison
    from recommender.export.disclosure.disclosed_plan import OpenPlan
    from recommender.export.folders.comparison_folder import DOCUMENT, PLANS, read_comparison
    from recommender.export.folders.plan_folder import MANIFEST, read_plan
    from recommender.export.redaction import redacted_comparison, redacted_plan
    from recommender.export.targets import (
        export_comparison,
        export_plan,
        form_of,
        stands_there,
        without_password,
    )

    if (there := stands_there(target)) and not force:
        raise UsageError(f"{there} stands there already; replace it with --force")
    said = {"to": _place(target), "table": table, "audience": audience}
    if (plan_folder / DOCUMENT).is_file():
        source, names = DOCUMENT, _first_manifest(plan_folder)
        first = plan_folder / PLANS / read_comparison(plan_folder).sides[0].name
        workspace = elsewhere if names is None else workspace_if_any(first, names, elsewhere)
        created = names.created if names else ""
        refuse_strangers(
            plan_folder, looked_up(plan_folder, workspace, created, source), quiet=quiet
        )
        _refuse_expired(workspace)
        comparison = read_comparison(plan_folder)

        def plans() -> list[Plan]:
            folders = [plan_folder / PLANS / side.name for side in comparison.sides]
            return [read_plan(folder)[0] for folder in folders if (folder / MANIFEST).is_file()]

        def hides(before: Hidden) -> Hidden:
            shown = redacted_comparison(comparison, audience, Path(target).suffix.lower(), before)
            return shown.hidden if isinstance(shown, OpenComparison) else frozenset()

        with opening(workspace, audience, "comparison", plans, names, hides) as (hid, noted):
            export_comparison(
                comparison, target,
                manifest=names, decimal_comma=decimal_comma, language=language,
                audience=audience, earlier=hid,
                record=_record(workspace, plan_folder, source, said | noted), new=not force,
            )  # fmt: skip
    else:
        plan, manifest = read_plan(plan_folder)
        workspace = workspace_if_any(plan_folder, manifest, elsewhere)
        refuse_strangers(
            plan_folder, looked_up(plan_folder, workspace, manifest.created), quiet=quiet
        )
        _refuse_expired(workspace)

        def hides(before: Hidden) -> Hidden:
            shown = redacted_plan(
                plan, manifest, audience, form_of(target),
                table=table, language=language, earlier=before,
            )  # fmt: skip
            return shown.hidden if isinstance(shown, OpenPlan) else frozenset()

        with opening(workspace, audience, "plan", lambda: [plan], manifest, hides) as (hid, noted):
            export_plan(
                plan, manifest, target,
                table=table, decimal_comma=decimal_comma, language=language, audience=audience,
                earlier=hid,
                beside=[(folder.resolve().name, *read_plan(folder)) for folder in beside],
                record=_record(workspace, plan_folder, MANIFEST, said | noted), new=not force,
            )  # fmt: skip
    if as_json:
        answer_json({"written": without_password(target)})
    elif not quiet:
        answer(f"written to {without_password(target)}")
    return 0


def _refuse_expired(workspace: Path | None) -> None:
    """Show nothing that was made of columns that should be gone by now."""
    from recommender.governance.privacy.retention import refuse_expired

    if workspace is not None:
        refuse_expired(workspace, dt.date.today())


def _first_manifest(folder: Path) -> Manifest | None:
    """The manifest of the first plan of a comparison, which knows its names; None without one."""
    from recommender.export.folders.comparison_folder import PLANS, read_comparison
    from recommender.export.folders.plan_folder import MANIFEST
    from recommender.export.manifest import read_manifest

    path = folder / PLANS / read_comparison(folder).sides[0].name / MANIFEST
    return read_manifest(path.read_text("utf-8"), str(path)) if path.is_file() else None


def _record(
    workspace: Path | None, folder: Path, source: str, said: dict[str, str]
) -> LogRecord | None:
    """What the log of a workspace is to say, where one is known."""
    if workspace is None:
        return None
    files = {source: folder / source}
    return record_of(workspace, "export", folder.resolve().name, files=files, details=said)


def _place(target: str) -> str:
    """Where an export went, without what a URL may hold of passwords."""
    scheme, url, place = target.partition("://")
    if scheme == "sqlite":
        return f"{scheme}:///{Path(place).name}"
    return f"{scheme}://" if url else Path(target).name
