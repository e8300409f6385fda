"""``export_plan``: a plan in the form that the name of its target asks for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from recommender.errors import CannotWrite, UsageError
from recommender.export.cards import report_pages
from recommender.export.document import plan_text
from recommender.export.files import replacing, write_file, writing
from recommender.export.manifest import Manifest
from recommender.export.package import DESCRIPTION, package_files
from recommender.export.tables import COLUMNS, csv_text, frames_of
from recommender.inputs.findings import unknown
from recommender.planning.plan import Plan
from recommender.scenarios.comparison import Comparison

SQLITE = "sqlite:///"
DATABASES = ("postgresql://", "postgresql+psycopg://")


def export_plan(
    plan: Plan,
    manifest: Manifest,
    target: str,
    *,
    table: str = "assignments",
    decimal_comma: bool = False,
    language: str = "en",
    audience: str = "board",
    beside: Sequence[tuple[str, Plan, Manifest]] = (),
) -> None:
    """Write a plan to a file or database; its suffix or scheme says in which form.

    Args:
        plan, manifest: as read from a plan folder.
        target: a path that ends with a key of ``FORMS``, ``datapackage.json`` (with csv files
            beside it), ``sqlite:///`` and a path, or the URL of a database.
        table: which table, for forms that hold one (csv, parquet).
        decimal_comma: csv as spreadsheets set to Dutch read it: semicolons and decimal commas.
        language: of a report, a calendar, or the sheets of a workbook that people look at.
        audience: of a report; that of a coordinator has cards of pupils in a folder beside it.
        beside: other plans by name, for a workbook that compares them.

    Raises:
        UsageError: if there is no such form, table, language or audience.
        CannotWrite: if it could not be written.
    """
    if table not in COLUMNS:
        raise UsageError(unknown("table", table, tuple(COLUMNS)))
    if target.startswith((SQLITE, *DATABASES)):
        from recommender.export.database import write_database, write_sqlite

        if target.startswith(SQLITE):
            write_sqlite(plan, manifest, Path(target.removeprefix(SQLITE)))
        else:
            write_database(plan, manifest, target)
        return
    path = Path(target)
    forms: dict[str, Callable[[], None]] = {
        ".csv": lambda: _csv(plan, path, table, decimal_comma),
        ".xlsx": lambda: _xlsx(plan, manifest, path, language, beside),
        ".parquet": lambda: _parquet(plan, path, table),
        ".json": lambda: _json(plan, manifest, path),
        ".html": lambda: _html(plan, manifest, path, language, audience),
        ".ics": lambda: _ics(plan, manifest, path, language),
    }
    if path.suffix.lower() not in forms:
        raise UsageError(
            f"{hidden(target)} does not say its form; end it with {', '.join(forms)}, or use "
            f"{SQLITE}FILE or {DATABASES[0]}HOST/NAME"
        )
    forms[path.suffix.lower()]()


def stands_there(target: str) -> str:
    """Return what an export to a target would write over, or "" for nothing or a database."""
    if "://" in target:
        return ""
    path = Path(target)
    beside = [path]
    if path.suffix.lower() == ".html":
        beside.append(path.with_name(_cards_of(path)))
    if path.name == DESCRIPTION:
        beside += [path.with_name(f"{name}.csv") for name in COLUMNS]
    return next((str(place) for place in beside if place.exists()), "")


def hidden(target: str) -> str:
    """Return a target as it may be shown: without what a URL may hold of names and passwords."""
    scheme, found, rest = target.partition("://")
    return f"{scheme}://{rest.rpartition('@')[2].partition('?')[0]}" if found else target


def _csv(plan: Plan, path: Path, table: str, decimal_comma: bool) -> None:
    text = csv_text(frames_of(plan)[table], decimal_comma=decimal_comma)
    mark = "\ufeff" if decimal_comma else ""  # without it, spreadsheets read another encoding
    write_file(path, (mark + text).encode())


def _json(plan: Plan, manifest: Manifest, path: Path) -> None:
    if path.name != DESCRIPTION:
        write_file(path, plan_text(plan).encode())
        return
    for name, data in package_files(plan, manifest).items():
        write_file(path.with_name(name), data)


def _cards_of(path: Path) -> str:
    """Return the folder of a report's cards: never that of a plan beside it."""
    return f"{path.stem}_cards"


def _html(plan: Plan, manifest: Manifest, path: Path, language: str, audience: str) -> None:
    pages = report_pages(plan, manifest, language, audience, path.stem, _cards_of(path))
    first, *cards = pages
    for name in (*cards, first):  # the report last: whoever opens it finds its cards
        place = path if name == first else path.parent / name
        write_file(place, pages[name].encode())


def _ics(plan: Plan, manifest: Manifest, path: Path, language: str) -> None:
    from recommender.export.calendar import calendar_bytes

    write_file(path, calendar_bytes(plan, manifest, language))


def export_comparison(
    comparison: Comparison,
    target: str,
    *,
    manifest: Manifest | None = None,
    decimal_comma: bool = False,
    language: str = "en",
    audience: str = "board",
) -> None:
    """Write a comparison to a file: .html, .xlsx, .csv (its sides) or .json.

    Args:
        comparison: as read from its folder.
        target: the file.
        manifest: of one of its plans, for names.
        decimal_comma: as in ``export_plan``.
        language: of a page or a workbook.
        audience: of a page; policy and public see no small counts.

    Raises:
        UsageError: if there is no such form, language or audience.
        CannotWrite: if it could not be written.
    """
    from recommender.export.compared import comparison_html, write_comparison_workbook
    from recommender.export.comparison import comparison_text, sides_frame

    path = Path(target)
    suffix = path.suffix.lower()
    if suffix == ".html":
        write_file(path, comparison_html(comparison, manifest, language, audience).encode())
    elif suffix == ".xlsx":
        write_comparison_workbook(comparison, path, manifest, language)
    elif suffix == ".csv":
        mark = "\ufeff" if decimal_comma else ""
        text = csv_text(sides_frame(comparison), decimal_comma=decimal_comma)
        write_file(path, (mark + text).encode())
    elif suffix == ".json":
        write_file(path, comparison_text(comparison).encode())
    else:
        raise UsageError(
            f"{hidden(target)} does not say its form; end it with .html, .xlsx, .csv or .json"
        )


def _xlsx(
    plan: Plan,
    manifest: Manifest,
    path: Path,
    language: str,
    beside: Sequence[tuple[str, Plan, Manifest]],
) -> None:
    from recommender.export.workbook import write_workbook

    write_workbook(plan, manifest, path, language, beside)


def _parquet(plan: Plan, path: Path, table: str) -> None:
    with replacing(path) as draft, writing(path):
        try:
            frames_of(plan)[table].to_parquet(draft, index=False)
        except ImportError:
            raise CannotWrite(
                f"{path}: parquet needs pyarrow; pip install 'recommender[parquet]'"
            ) from None
