"""``export_plan``: a plan in the form that the name of its target asks for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from recommender.errors import CannotWrite, UsageError
from recommender.export.document import plan_text
from recommender.export.files import replacing, write_file, writing
from recommender.export.manifest import Manifest
from recommender.export.report import report_html
from recommender.export.tables import COLUMNS, csv_text, frames_of
from recommender.planning.plan import Plan

SQLITE = "sqlite:///"


def export_plan(
    plan: Plan,
    manifest: Manifest,
    target: str,
    *,
    table: str = "assignments",
    decimal_comma: bool = False,
    language: str = "en",
) -> None:
    """Write a plan to a file or database; its suffix or scheme says in which form.

    Args:
        plan, manifest: as read from a plan folder.
        target: a path that ends with a key of ``FORMS``, or ``sqlite:///`` and a path.
        table: which table, for forms that hold one (csv, parquet).
        decimal_comma: csv as spreadsheets set to Dutch read it: semicolons and decimal commas.
        language: of a report.

    Raises:
        UsageError: if there is no such form, table or language.
        CannotWrite: if it could not be written.
    """
    if table not in COLUMNS:
        raise UsageError(f"there is no table {table!r}; choose {', '.join(COLUMNS)}")
    if target.startswith(SQLITE):
        from recommender.export.database import write_sqlite

        write_sqlite(plan, manifest, Path(target.removeprefix(SQLITE)))
        return
    path = Path(target)
    forms: dict[str, Callable[[], None]] = {
        ".csv": lambda: _csv(plan, path, table, decimal_comma),
        ".xlsx": lambda: _xlsx(plan, manifest, path),
        ".parquet": lambda: _parquet(plan, path, table),
        ".json": lambda: write_file(path, plan_text(plan).encode()),
        ".html": lambda: write_file(path, report_html(plan, manifest, language).encode()),
    }
    if path.suffix.lower() not in forms:
        raise UsageError(
            f"{target} does not say its form; end it with {', '.join(forms)}, or use {SQLITE}FILE"
        )
    forms[path.suffix.lower()]()


def _csv(plan: Plan, path: Path, table: str, decimal_comma: bool) -> None:
    text = csv_text(frames_of(plan)[table], decimal_comma=decimal_comma)
    mark = "\ufeff" if decimal_comma else ""  # without it, spreadsheets read another encoding
    write_file(path, (mark + text).encode())


def _xlsx(plan: Plan, manifest: Manifest, path: Path) -> None:
    from recommender.export.workbook import write_workbook

    write_workbook(plan, manifest, path)


def _parquet(plan: Plan, path: Path, table: str) -> None:
    with replacing(path) as draft, writing(path):
        try:
            frames_of(plan)[table].to_parquet(draft, index=False)
        except ImportError:
            raise CannotWrite(
                f"{path}: parquet needs pyarrow; pip install 'recommender[parquet]'"
            ) from None
