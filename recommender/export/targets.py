"""``export_plan``: a plan in the form that the name of its target asks for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from io import BytesIO
from pathlib import Path

import pandas as pd

from recommender.errors import CannotWrite, UsageError
from recommender.export.cards import report_pages
from recommender.export.document import plan_text
from recommender.export.files import Content, write_file, write_files, writing
from recommender.export.manifest import Manifest
from recommender.export.package import DESCRIPTION, package_files
from recommender.export.tables import COLUMNS, csv_text, frames_of
from recommender.governance.transaction import Record, announced
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
    record: Record | None = None,
    new: bool = False,
) -> None:
    """Write a plan to files or a database; the suffix or scheme says in which form.

    Args:
        plan, manifest: as read from a plan folder.
        target: a path that ends with a key of ``FORMS``, ``datapackage.json`` (with csv files
            beside it), ``sqlite:///`` and a path, or the URL of a database.
        table: which table, for forms that hold one (csv, parquet).
        decimal_comma: csv as spreadsheets set to Dutch read it: semicolons and decimal commas.
        language: of a report, a calendar, or the sheets of a workbook that people look at.
        audience: of a report; that of a coordinator has cards of pupils in a folder beside it.
        beside: other plans by name, for a workbook that compares them.
        record: what the log of a workspace says first.
        new: whether no file may stand there.

    Raises:
        UsageError: if there is no such form, table, language or audience, or a file stands there.
        VerificationFailed: if the log is damaged.
        CannotWrite: if it could not be written or logged; what stood there still does.
    """
    if table not in COLUMNS:
        raise UsageError(unknown("table", table, tuple(COLUMNS)))
    if target.startswith((SQLITE, *DATABASES)):
        from recommender.export.database import write_database, write_sqlite

        with nullcontext() if record is None else announced(record):
            if target.startswith(SQLITE):
                write_sqlite(plan, manifest, Path(target.removeprefix(SQLITE)))
            else:
                write_database(plan, manifest, target)
        return
    path = Path(target)
    forms: dict[str, Callable[[], Mapping[Path, Content]]] = {
        ".csv": lambda: {path: _csv(frames_of(plan)[table], decimal_comma)},
        ".xlsx": lambda: {path: _xlsx(plan, manifest, language, beside)},
        ".parquet": lambda: {path: _parquet(plan, path, table)},
        ".json": lambda: _json(plan, manifest, path),
        ".html": lambda: _html(plan, manifest, path, language, audience),
        ".ics": lambda: {path: _ics(plan, manifest, language)},
    }
    if path.suffix.lower() not in forms:
        raise UsageError(
            f"{hidden(target)} does not say its form; end it with {', '.join(forms)}, or use "
            f"{SQLITE}FILE or {DATABASES[0]}HOST/NAME"
        )
    write_files(forms[path.suffix.lower()](), record, new=new)


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


def _csv(frame: pd.DataFrame, decimal_comma: bool) -> bytes:
    mark = "\ufeff" if decimal_comma else ""  # without it, spreadsheets read another encoding
    return (mark + csv_text(frame, decimal_comma=decimal_comma)).encode()


def _json(plan: Plan, manifest: Manifest, path: Path) -> Mapping[Path, bytes]:
    if path.name != DESCRIPTION:
        return {path: plan_text(plan).encode()}
    files = package_files(plan, manifest)
    return {path.with_name(name): data for name, data in files.items()}


def _cards_of(path: Path) -> str:
    """Return the folder of a report's cards: never that of a plan beside it."""
    return f"{path.stem}_cards"


def _html(
    plan: Plan, manifest: Manifest, path: Path, language: str, audience: str
) -> Mapping[Path, Content]:
    """The report last, so that whoever opens it finds its cards."""
    folder = path.with_name(_cards_of(path))
    pages = report_pages(plan, manifest, language, audience, path.stem, folder.name)
    report, *cards = pages.items()
    files: dict[Path, Content] = {}
    if cards:
        files[folder] = {Path(name).name: text.encode() for name, text in cards}
        _refuse_strangers(folder)
    return files | {path: report[1].encode()}


def _refuse_strangers(folder: Path) -> None:
    """Refuse to replace a folder of cards that holds something else."""
    with writing(folder):
        there = sorted(folder.iterdir()) if folder.is_dir() else []
    strangers = [p.name for p in there if p.is_dir() or p.suffix.lower() != ".html"]
    if strangers:
        raise UsageError(
            f"{folder} holds {strangers[0]}, which is no card; move it away or choose another name"
        )


def _ics(plan: Plan, manifest: Manifest, language: str) -> bytes:
    from recommender.export.calendar import calendar_bytes

    return calendar_bytes(plan, manifest, language)


def export_comparison(
    comparison: Comparison,
    target: str,
    *,
    manifest: Manifest | None = None,
    decimal_comma: bool = False,
    language: str = "en",
    audience: str = "board",
    record: Record | None = None,
    new: bool = False,
) -> None:
    """Write a comparison to a file: .html, .xlsx, .csv (its sides) or .json.

    Args:
        comparison: as read from its folder.
        target: the file.
        manifest: of one of its plans, for names.
        decimal_comma: as in ``export_plan``.
        language: of a page or a workbook.
        audience: of a page; policy and public see no small counts.
        record, new: as in ``export_plan``.

    Raises:
        UsageError: if there is no such form, language or audience, or a file stands there.
        VerificationFailed: if the log is damaged.
        CannotWrite: if it could not be written or logged; what stood there still does.
    """
    from recommender.export.compared import comparison_html, comparison_workbook
    from recommender.export.comparison import comparison_text, sides_frame

    path = Path(target)
    forms: dict[str, Callable[[], bytes]] = {
        ".html": lambda: comparison_html(comparison, manifest, language, audience).encode(),
        ".xlsx": lambda: comparison_workbook(comparison, manifest, language),
        ".csv": lambda: _csv(sides_frame(comparison), decimal_comma),
        ".json": lambda: comparison_text(comparison).encode(),
    }
    if path.suffix.lower() not in forms:
        raise UsageError(
            f"{hidden(target)} does not say its form; end it with .html, .xlsx, .csv or .json"
        )
    write_file(path, forms[path.suffix.lower()](), record, new=new)


def _xlsx(
    plan: Plan, manifest: Manifest, language: str, beside: Sequence[tuple[str, Plan, Manifest]]
) -> bytes:
    from recommender.export.workbook import workbook_bytes

    return workbook_bytes(plan, manifest, language, beside)


def _parquet(plan: Plan, path: Path, table: str) -> bytes:
    whole = BytesIO()
    try:
        frames_of(plan)[table].to_parquet(whole, index=False)
    except ImportError:
        raise CannotWrite(
            f"{path}: parquet needs pyarrow; pip install 'recommender[parquet]'"
        ) from None
    return whole.getvalue()
