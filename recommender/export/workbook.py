"""A plan as an xlsx workbook, ready to filter and print, and no formula in it.

First what people look at - overview, sites, professionals, capacity, with names - then one sheet a
table of the plan, as it is.

Texts are written as texts, never as formulas, and marked so that they stay texts when edited.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import asdict
from io import BytesIO
from pathlib import Path
from typing import Any

import pandas as pd
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from recommender.errors import UsageError
from recommender.export import figures
from recommender.export.files import write_file
from recommender.export.manifest import Manifest
from recommender.export.report import language_of, names_in
from recommender.export.tables import CSV_TABLES, frames_of
from recommender.planning.plan import Plan

Named = Callable[[str, str], str]

MOST_ROWS = 1_048_575
"""Rows a sheet holds below its head."""

_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_HEAD = PatternFill("solid", fgColor="FFD5E3EA")
_WIDEST = 60


def write_workbook(plan: Plan, manifest: Manifest, path: Path) -> None:
    """Write the workbook whole or not at all.

    Raises:
        UsageError: if a table has more rows than a sheet holds.
        CannotWrite: if it could not be written.
    """
    frames = {name: frames_of(plan)[name] for name in CSV_TABLES}
    for name, frame in frames.items():
        if len(frame) > MOST_ROWS:
            raise UsageError(
                f"{name} has {len(frame):,} rows, more than a sheet holds; export to .parquet"
            )
    frames = _views(plan, manifest) | frames
    book = Workbook(write_only=True)
    book.properties.creator = f"recommender {manifest.version}"
    moment = dt.datetime.fromisoformat(manifest.created.replace("Z", "+00:00"))
    book.properties.created = moment.replace(tzinfo=None)
    for name, frame in frames.items():
        _add(book, name, frame)
    whole = BytesIO()
    book.save(whole)
    write_file(path, whole.getvalue())


def _views(plan: Plan, manifest: Manifest) -> dict[str, pd.DataFrame]:
    """The sheets that people look at, by name."""
    named = names_in(manifest, language_of("en"))
    return {
        "overview": _overview(plan, manifest),
        "sites": _sites(plan, named),
        "professionals": _professionals(plan, manifest, named),
        "capacity": _capacity(plan, named),
    }


def _sites(plan: Plan, named: Named) -> pd.DataFrame:
    """One row a site: its pupils, who are served, what it brings and the hours it takes."""
    table = figures.by_site(plan)
    hours = figures.hours_by(plan, "site").set_index("site")["used"]
    return pd.DataFrame(
        {
            "site": table["site"],
            "name": [named("site", site) for site in table["site"]],
            "pupils": table["pupils"],
            "served": table["served"],
            "not_served": table["pupils"] - table["served"],
            "share_served": table["share"],
            "benefit": table["benefit"],
            "hours": table["site"].map(hours).astype("float64").fillna(0.0),
        }
    )


def _professionals(plan: Plan, manifest: Manifest, named: Named) -> pd.DataFrame:
    """One row a professional and role: hours by period, and for how many cases at which sites."""
    load = plan.caseload
    keys = ["professional_id", "role"]
    periods = [name.id for name in manifest.names if name.kind == "period"]
    found = set(load["period"].unique().tolist())
    hours = load.pivot_table(
        index=keys, columns="period", values="hours", aggfunc="sum", fill_value=0.0, observed=True
    )
    order = [p for p in periods if p in found] + sorted(found - set(periods))
    hours = hours.reindex(columns=order).astype("float64")
    about = load.groupby(keys, sort=True).agg(
        sites=("site", lambda sites: "; ".join(sorted(set(sites)))), cases=("case", "nunique")
    )
    table = about.join(hours).reset_index()
    if not len(table):
        return pd.DataFrame(columns=["professional_id", "role", "sites", "cases", "hours"])
    table["hours"] = table[order].sum(axis=1)
    table["role"] = [named("role", role) for role in table["role"]]
    # a period may have the id of another column
    table.columns = [
        f"hours {named('period', column)}" if place in range(4, 4 + len(order)) else column
        for place, column in enumerate(table.columns)
    ]
    return table


def _capacity(plan: Plan, named: Named) -> pd.DataFrame:
    """One row a role, site and period: hours there are, used and left, and what one more does."""
    rows = plan.resources[plan.resources["resource"] == "hours"]
    capacity = rows["capacity"].where(rows["capacity"] > 0)
    return pd.DataFrame(
        {
            "role": [named("role", key) for key in rows["role"]],
            "site": [named("site", key) for key in rows["site"]],
            "period": [named("period", key) for key in rows["period"]],
            "capacity": rows["capacity"],
            "used": rows["used"],
            "left": rows["capacity"] - rows["used"],
            "share_used": (rows["used"] / capacity).fillna(0.0),
            "benefit_of_one_more": rows["price"],
        }
    )


def _overview(plan: Plan, manifest: Manifest) -> pd.DataFrame:
    """Item and value: the summary, then what the plan was made from."""
    summary: dict[str, Any] = asdict(plan.summary)
    summary.pop("shortages")
    rows: list[tuple[str, Any]] = [(name, "" if v is None else v) for name, v in summary.items()]
    for short in plan.summary.shortages:
        what = f"{short.hours:g} hours" if short.hours > 0 else f"{short.pupils:g} pupils"
        rows.append(("shortage", f"{short.rule}, {short.site}: {what}"))
    rows += [("created", manifest.created), ("version", manifest.version)]
    rows += [(f"SHA-256 of {source.path}", source.sha256) for source in manifest.inputs]
    return pd.DataFrame({"item": [r[0] for r in rows], "value": pd.Series([r[1] for r in rows])})


def _add(book: Workbook, name: str, frame: pd.DataFrame) -> None:
    sheet = book.create_sheet(name)
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(frame.columns))}{len(frame) + 1}"
    sheet.print_title_rows = "1:1"
    sheet.print_area = sheet.auto_filter.ref
    sheet.oddFooter.center.text = "&P / &N"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    formats = {}
    for position, column in enumerate(frame.columns, 1):
        widest = frame[column].head(1000).astype("str").str.len().max() if len(frame) else 0
        width = min(_WIDEST, max(len(str(column)), int(widest)) + 3)
        if pd.api.types.is_float_dtype(frame[column]):
            formats[position - 1] = _number_format(str(column), frame[column])
            width = max(12, len(str(column)) + 3)
        sheet.column_dimensions[get_column_letter(position)].width = width
    sheet.append([_text_cell(sheet, str(column), head=True) for column in frame.columns])
    for row in frame.itertuples(index=False, name=None):
        sheet.append([_cell(sheet, value, formats.get(i)) for i, value in enumerate(row)])


def _number_format(name: str, column: pd.Series) -> str:
    if name.startswith("share_"):
        return "0%"
    whole = bool((column == column.round()).all())
    return "#,##0" if whole else "#,##0.00" if column.abs().max() >= 100 else "0.0000"


def _cell(sheet: Any, value: Any, number_format: str | None) -> Any:
    if isinstance(value, bool | int | float):
        if not isinstance(value, bool) and value in (float("inf"), float("-inf")):
            return _text_cell(sheet, str(value))
        cell = WriteOnlyCell(sheet, value)
        if number_format is not None:
            cell.number_format = number_format
        return cell
    return _text_cell(sheet, str(value))


def _text_cell(sheet: Any, text: str, *, head: bool = False) -> Any:
    """A text that stays a text, whatever it starts with."""
    cell = WriteOnlyCell(sheet, _UNPRINTABLE.sub("\ufffd", text))
    cell.data_type = "s"
    if text[:1] in tuple("=+-@\t\r\n"):
        cell.quotePrefix = True
    if head:
        cell.font, cell.fill = Font(bold=True), _HEAD
        cell.alignment = Alignment(vertical="top")
    return cell
