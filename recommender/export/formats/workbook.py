"""A plan as an xlsx workbook, ready to filter and print, and no formula in it.

First what people look at - overview, sites, professionals, capacity, who is not served and why,
and other plans beside it - with names and in words, then one sheet a table of the plan, as it is.

Texts are written as texts, never as formulas, and marked so that they stay texts when edited.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict
from io import BytesIO
from typing import Any

import pandas as pd
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from recommender.errors import UsageError
from recommender.export.because import reason_words
from recommender.export.manifest import Manifest
from recommender.export.pages.report import language_of, names_of_ids
from recommender.export.summaries import plan_tables
from recommender.export.tables import CSV_TABLES, frames_of
from recommender.messages import Language
from recommender.messages.dutch import SHEETS
from recommender.planning.plan.plan import Plan
from recommender.planning.selection.duties import CAUSES

Named = Callable[[str, str], str]

MOST_ROWS = 1_048_575
"""Rows a sheet holds below its head."""

_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_HEAD = PatternFill("solid", fgColor="FFD5E3EA")
_WIDEST = 60


Translate = Callable[[str], str]


def workbook_bytes(
    plan: Plan,
    manifest: Manifest,
    language: str = "en",
    beside: Sequence[tuple[str, Plan, Manifest]] = (),
) -> bytes:
    """Return the workbook of a plan.

    Args:
        plan, manifest: as read from a plan folder.
        language: of the sheets that people look at; the tables of the plan stay as they are.
        beside: other plans by name, for a sheet that holds all of them side by side.

    Raises:
        UsageError: if a table has more rows than a sheet holds, or there is no such language.
    """
    frames = {name: frames_of(plan)[name] for name in CSV_TABLES}
    for name, frame in frames.items():
        if len(frame) > MOST_ROWS:
            raise UsageError(
                f"{name} has {len(frame):,} rows, more than a sheet holds; export to .parquet"
            )
    views = _views(plan, manifest, language_of(language))
    if beside:
        here = (plan.summary.scenario or "plan", plan, manifest)
        views["comparison"] = _side_by_side([here, *beside], language_of(language))
    return book_bytes(views, translated(language), frames, manifest)


def book_bytes(
    views: Mapping[str, pd.DataFrame],
    say: Translate,
    tables: Mapping[str, pd.DataFrame] | None = None,
    manifest: Manifest | None = None,
) -> bytes:
    """Return a workbook: first sheets to look at, in words, then tables as they are.

    Args:
        views: sheet -> table, whose names ``say`` puts into a language.
        say: as ``translated`` gives it.
        tables: sheet -> table.
        manifest: says what made it and when.
    """
    book = Workbook(write_only=True)
    if manifest is not None:
        book.properties.creator = f"recommender {manifest.version}"
        moment = dt.datetime.fromisoformat(manifest.created.replace("Z", "+00:00"))
        book.properties.created = moment.replace(tzinfo=None)
    taken: set[str] = set()
    for name, frame in views.items():
        taken.add(_add(book, _free(say(name), taken | set(tables or ())), frame, say))
    for name, frame in (tables or {}).items():
        _add(book, name, frame, str)
    whole = BytesIO()
    book.save(whole)
    return whole.getvalue()


def translated(language: str) -> Translate:
    """Return what puts the names of sheets, columns and items of a workbook into a language."""
    words = SHEETS if language == "nl" else {}

    def say(name: str) -> str:
        head, space, rest = name.partition(" ")
        return words.get(name) or (words.get(head, head) + space + rest)

    return say


def _free(name: str, taken: Collection[str]) -> str:
    """A name for a sheet that none has yet, case aside."""
    others = {other.casefold() for other in taken}
    return name if name.casefold() not in others else f"{name}_"


def _views(plan: Plan, manifest: Manifest, words: Language) -> dict[str, pd.DataFrame]:
    """The sheets that people look at, by name."""
    named = names_of_ids(manifest, words)
    return {
        "overview": _overview(plan, manifest, translated(words.code)),
        "sites": _sites(plan, named),
        "professionals": _professionals(plan, manifest, named),
        "capacity": _capacity(plan, words, named),
        "why_not": _why_not(plan, words, named),
    }


def _why_not(plan: Plan, words: Language, named: Named) -> pd.DataFrame:
    """One row a site and reason: the pupils who are not offered help, and the benefit forgone."""
    table = (
        plan.not_served.groupby(["site", "reason"], sort=True)[["pupils", "benefit_forgone"]]
        .sum()
        .reset_index()
        .sort_values(["site", "pupils"], ascending=[True, False], kind="stable", ignore_index=True)
    )
    said = {text: reason_words(text, words, named) for text in table["reason"].unique().tolist()}
    return pd.DataFrame(
        {
            "site": [named("site", site) for site in table["site"]],
            "reason": table["reason"].map(said),
            "pupils": table["pupils"].astype("float64"),
            "benefit_forgone": table["benefit_forgone"].astype("float64"),
        }
    )


def _side_by_side(plans: Sequence[tuple[str, Plan, Manifest]], words: Language) -> pd.DataFrame:
    """One row a plan: what it brings, what it takes, what is lacking, and how sure that is."""
    rows = []
    for name, plan, manifest in plans:
        summary, named = plan.summary, names_of_ids(manifest, words)
        scenario = summary.scenario
        known = words.phrases["base"] if scenario in ("", "base") else named("scenario", scenario)
        rows.append(
            {
                "name": name,
                "scenario": known,
                "pupils": float(summary.pupils),
                "served": float(summary.served),
                "benefit": summary.benefit,
                "standard_error": summary.standard_error,
                "hours_used": summary.hours_used,
                "hours_capacity": summary.hours_capacity,
                "cost": summary.cost,
                "must_serve": float(summary.must_serve),
                "must_serve_met": float(summary.must_serve_met),
                "short": float(summary.pupils_short),
                "gap": summary.proof.gap,
                "proof": translated(words.code)(summary.proof.kind),
                "status": summary.status,
            }
        )
    return pd.DataFrame(rows)


def _sites(plan: Plan, named: Named) -> pd.DataFrame:
    """One row a site: its pupils, who are served, what it brings and the hours it takes."""
    table = plan_tables.by_site(plan)
    hours = plan_tables.hours_by_site(plan)
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


def _capacity(plan: Plan, words: Language, named: Named) -> pd.DataFrame:
    """One row a line of alike people and period: hours there are, used and left, and why left.

    What there is does not depend on the plan: who works at several sites is on a line of their own.
    """
    rows = plan.staff
    if rows.empty:  # a plan of an earlier version
        rows = plan.resources[plan.resources["resource"] == "hours"]
        rows = rows.assign(sites=rows["site"], hours=rows["capacity"], reason="", name="")
    capacity = rows["capacity"].where(rows["capacity"] > 0)
    reasons = [
        words.plain(f"left_{reason}", names=named("role", name)) if reason else ""
        for reason, name in zip(rows["reason"].tolist(), rows["name"].tolist(), strict=True)
    ]
    short = plan_tables.meets_shortage(plan, rows["price"])
    return pd.DataFrame(
        {
            "role": [named("role", key) for key in rows["role"]],
            "site": [
                "; ".join(named("site", site) for site in key.split(";")) for key in rows["sites"]
            ],
            "period": [named("period", key) for key in rows["period"]],
            "hours_handed_in": rows["hours"],
            "capacity": rows["capacity"],
            "used": rows["used"],
            "left": rows["capacity"] - rows["used"],
            "share_used": (rows["used"] / capacity).fillna(0.0),
            "benefit_of_one_more": rows["price"].where(~short, 0.0),
            "reason": pd.Series(reasons, index=rows.index, dtype="str"),
            "meets_shortage": ["yes" if lacks else "" for lacks in short],
        }
    )


def _overview(plan: Plan, manifest: Manifest, say: Translate) -> pd.DataFrame:
    """Item and value: the summary, then what the plan was made from."""
    summary: dict[str, Any] = asdict(plan.summary)
    for name in ("shortages", "shortage_penalty"):
        summary.pop(name)
    dear = plan.summary.counted - plan.summary.value
    for name in ("value", "bound", "better_bound"):
        summary[name] = None if summary[name] is None else summary[name] + dear
    rows: list[tuple[str, Any]] = [
        (say(name), "" if v is None else v) for name, v in summary.items()
    ]
    proof = plan.summary.proof
    rows += [(say("gap_proven"), proof.gap), (say("proof"), say(proof.kind))]
    for short in plan.summary.shortages:
        if not short.is_fairness:
            kind, amount = ("hours", short.hours) if short.hours > 0 else ("pupils", short.pupils)
            why = "" if short.hours > 0 else f" ({say(short.basis)}; {say(short.cause)})"
            text = f"{short.rule}, {short.site}: {amount:g} {say(kind)}{why}"
            rows.append((say("shortage"), text))
    for duty in plan.owed:
        lacking = "".join(
            f"; {getattr(duty, cause):g} {say(cause)}"
            for cause in CAUSES
            if getattr(duty, cause) > 0
        )
        text = f"{duty.rule} ({say(duty.basis)}): {duty.met:g} {say('of')} {duty.owed:g}{lacking}"
        rows.append((say("duty"), text))
    counted = {"pupil": "pupils", "hour": "hours", "outcome": "benefit"}
    for unmet in plan.unmet:
        kind = counted.get(unmet.unit, "pupils")
        text = f"{unmet.rule}, {unmet.group}: {unmet.amount:.4g} {say(kind)}"
        rows.append((say("shortage"), text))
    rows += [(say("created"), manifest.created), (say("version"), manifest.version)]
    rows += [(f"SHA-256 {say('of')} {source.path}", source.sha256) for source in manifest.inputs]
    return pd.DataFrame({"item": [r[0] for r in rows], "value": pd.Series([r[1] for r in rows])})


def _add(book: Workbook, name: str, frame: pd.DataFrame, say: Translate) -> str:
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
        head = len(say(str(column)))
        width = min(_WIDEST, max(head, int(widest)) + 3)
        if pd.api.types.is_float_dtype(frame[column]):
            formats[position - 1] = _number_format(str(column), frame[column])
            width = max(12, head + 3)
        sheet.column_dimensions[get_column_letter(position)].width = width
    sheet.append([_text_cell(sheet, say(str(column)), head=True) for column in frame.columns])
    for row in frame.itertuples(index=False, name=None):
        sheet.append([_cell(sheet, value, formats.get(i)) for i, value in enumerate(row)])
    return name


def _number_format(name: str, column: pd.Series) -> str:
    if name.startswith("share_"):
        return "0%"
    if name == "gap":
        return "0.00%"
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
