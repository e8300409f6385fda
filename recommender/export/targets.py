"""``export_plan``: a plan in the form that the name of its target asks for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from io import BytesIO
from pathlib import Path

import pandas as pd

from recommender.errors import LibraryMissing, UsageError
from recommender.export.disclosure.disclosed_comparison import OpenComparison
from recommender.export.disclosure.disclosed_plan import Hidden, OpenPlan
from recommender.export.formats import for_anyone
from recommender.export.formats.package import DESCRIPTION, package_files
from recommender.export.manifest import Manifest
from recommender.export.pages.cards import report_pages
from recommender.export.pages.report import language_of
from recommender.export.plan_json import plan_text
from recommender.export.redaction import (
    COMPARISON_FORMS,
    Inside,
    redacted_comparison,
    redacted_plan,
)
from recommender.export.tables import csv_text, frames_of
from recommender.governance.log.transaction import LogRecord, announced
from recommender.governance.log.writing import Content, write_file, write_files, writing
from recommender.planning.plan.columns import COLUMNS
from recommender.planning.plan.plan import Plan
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
    earlier: Hidden = frozenset(),
    beside: Sequence[tuple[str, Plan, Manifest]] = (),
    record: LogRecord | None = None,
    new: bool = False,
) -> None:
    """Write a plan to files or a database; the suffix or scheme says in which form.

    Args:
        plan, manifest: as read from a plan folder.
        target: a path that ends with a key of ``FORMS``, ``datapackage.json`` (with csv files
            beside it), ``sqlite:///`` and a path, or the URL of a database.
        table: which table, for forms that hold one (csv, parquet); for policy and public one of
            ``OPEN_TABLES``.
        decimal_comma: csv as spreadsheets set to Dutch read it: semicolons and decimal commas.
        language: of a report, a calendar, or the sheets of a workbook that people look at.
        audience: who may read it, in every form; a report of a coordinator has cards of pupils in
            a folder beside it, and policy and public see no pupil and no small number.
        earlier: what earlier reports for policy and public hid, which stays hidden.
        beside: other plans by name, for a workbook that compares them.
        record: what the log of a workspace says first.
        new: whether no file may stand there.

    Raises:
        UsageError: if there is no such form, table, language or audience, or a file stands there.
        PrivacyRefusal: if the form or table would show pupils to who may not see them.
        VerificationFailed: if the log is damaged.
        CannotWrite: if it could not be written or logged; what stood there still does.
    """
    form = form_of(target)
    path = Path(target)
    allowed = redacted_plan(
        plan, manifest, audience, form, table=table, language=language, earlier=earlier
    )
    if form == ".html":  # a report redacts by the same tables as every other form
        pages = _html(plan, manifest, path, language, audience, earlier)
        write_files(pages, record, new=new)
    elif isinstance(allowed, OpenPlan):
        if beside:
            raise UsageError("--beside is not for policy and public; export a comparison instead")
        data = _opened(allowed, form, path, table, decimal_comma, language)
        write_file(path, data, record, new=new)
    elif form in (SQLITE, *DATABASES):
        with nullcontext() if record is None else announced(record):
            _database(allowed, target)
    else:
        forms: dict[str, Callable[[], Mapping[Path, Content]]] = {
            ".csv": lambda: {path: _csv(frames_of(allowed.plan)[table], decimal_comma)},
            ".xlsx": lambda: {path: _xlsx(allowed, language, beside)},
            ".parquet": lambda: {path: _parquet(frames_of(allowed.plan)[table], path)},
            ".json": lambda: {path: plan_text(allowed.plan).encode()},
            ".ics": lambda: {path: _ics(allowed, language)},
            DESCRIPTION: lambda: _package(allowed, path),
        }
        write_files(forms[form](), record, new=new)


FORMS = (".csv", ".xlsx", ".parquet", ".json", ".html", ".ics")


def form_of(target: str) -> str:
    """Return the form of a target: its suffix, its scheme, or the name of a package's description.

    Raises:
        UsageError: if it says none.
    """
    for scheme in (SQLITE, *DATABASES):
        if target.startswith(scheme):
            return scheme
    path = Path(target)
    if path.name == DESCRIPTION:
        return DESCRIPTION
    if path.suffix.lower() not in FORMS:
        raise UsageError(
            f"{without_password(target)} does not say its form; end it with {', '.join(FORMS)}, or"
            f" use {SQLITE}FILE or {DATABASES[0]}HOST/NAME"
        )
    return path.suffix.lower()


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


def without_password(target: str) -> str:
    """Return a target as it may be shown: without what a URL may hold of names and passwords."""
    scheme, found, rest = target.partition("://")
    return f"{scheme}://{rest.rpartition('@')[2].partition('?')[0]}" if found else target


def _csv(frame: pd.DataFrame, decimal_comma: bool) -> bytes:
    mark = "\ufeff" if decimal_comma else ""  # without it, spreadsheets read another encoding
    return (mark + csv_text(frame, decimal_comma=decimal_comma)).encode()


def _opened(
    plan: OpenPlan, form: str, path: Path, table: str, decimal_comma: bool, language: str
) -> bytes:
    tables = plan.tables()
    if form == ".csv":
        return _csv(tables[table], decimal_comma)
    if form == ".parquet":
        return _parquet(tables[table], path)
    return (
        for_anyone.book_of(tables, language) if form == ".xlsx" else for_anyone.plan_document(plan)
    )


def _database(allowed: Inside, target: str) -> None:
    from recommender.export.formats.database import write_database, write_sqlite

    if target.startswith(SQLITE):
        write_sqlite(allowed.plan, allowed.manifest, Path(target.removeprefix(SQLITE)))
    else:
        write_database(allowed.plan, allowed.manifest, target)


def _package(allowed: Inside, path: Path) -> Mapping[Path, bytes]:
    files = package_files(allowed.plan, allowed.manifest)
    return {path.with_name(name): data for name, data in files.items()}


def _cards_of(path: Path) -> str:
    """Return the folder of a report's cards: never that of a plan beside it."""
    return f"{path.stem}_cards"


def _html(
    plan: Plan, manifest: Manifest, path: Path, language: str, audience: str, earlier: Hidden
) -> Mapping[Path, Content]:
    """The report last, so that whoever opens it finds its cards."""
    folder = path.with_name(_cards_of(path))
    pages = report_pages(plan, manifest, language, audience, path.stem, folder.name, earlier)
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


def _ics(allowed: Inside, language: str) -> bytes:
    from recommender.export.formats.calendar import calendar_bytes

    return calendar_bytes(allowed.plan, allowed.manifest, language)


def export_comparison(
    comparison: Comparison,
    target: str,
    *,
    manifest: Manifest | None = None,
    decimal_comma: bool = False,
    language: str = "en",
    audience: str = "board",
    earlier: Hidden = frozenset(),
    record: LogRecord | None = None,
    new: bool = False,
) -> None:
    """Write a comparison to a file: .html, .xlsx, .csv (its sides) or .json.

    Args:
        comparison: as read from its folder.
        target: the file.
        manifest: of one of its plans, for names.
        decimal_comma: as in ``export_plan``.
        language: of a page or a workbook.
        audience: who may read it, in every form; policy and public see no small counts.
        earlier: as in ``export_plan``.
        record, new: as in ``export_plan``.

    Raises:
        UsageError: if there is no such form, language or audience, or a file stands there.
        PrivacyRefusal: if the form or table would show pupils to who may not see them.
        VerificationFailed: if the log is damaged.
        CannotWrite: if it could not be written or logged; what stood there still does.
    """
    from recommender.export.folders.comparison_folder import comparison_text, sides_frame
    from recommender.export.formats.comparison_report import comparison_html, comparison_workbook

    path = Path(target)
    form = path.suffix.lower()
    if form not in COMPARISON_FORMS:
        raise UsageError(
            f"{without_password(target)} does not say its form; end it with .html, .xlsx, .csv or"
            " .json"
        )
    language_of(language)
    allowed = redacted_comparison(comparison, audience, form, earlier)
    if isinstance(allowed, OpenComparison):
        shown = for_anyone.comparison_tables(allowed)
        forms: dict[str, Callable[[], bytes]] = {
            ".html": lambda: comparison_html(
                comparison, manifest, language, audience, allowed
            ).encode(),
            ".xlsx": lambda: for_anyone.book_of(shown, language),
            ".csv": lambda: _csv(shown["sides"], decimal_comma),
            ".json": lambda: for_anyone.comparison_document(allowed),
        }
    else:
        whole = allowed.comparison
        forms = {
            ".html": lambda: comparison_html(whole, manifest, language, audience).encode(),
            ".xlsx": lambda: comparison_workbook(whole, manifest, language),
            ".csv": lambda: _csv(sides_frame(whole), decimal_comma),
            ".json": lambda: comparison_text(whole).encode(),
        }
    write_file(path, forms[form](), record, new=new)


def _xlsx(allowed: Inside, language: str, beside: Sequence[tuple[str, Plan, Manifest]]) -> bytes:
    from recommender.export.formats.workbook import workbook_bytes

    return workbook_bytes(allowed.plan, allowed.manifest, language, beside)


def _parquet(table: pd.DataFrame, path: Path) -> bytes:
    whole = BytesIO()
    try:
        table.to_parquet(whole, index=False)
    except ImportError:
        raise LibraryMissing(
            f"{path}: parquet needs pyarrow; pip install 'recommender[parquet]'"
        ) from None
    return whole.getvalue()
