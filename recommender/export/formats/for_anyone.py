"""What anyone may read, as csv, parquet, xlsx or json: nothing is shown but what was redacted."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import pandas as pd

from recommender.export.disclosure.disclosed_comparison import OpenComparison
from recommender.export.disclosure.disclosed_plan import OpenPlan
from recommender.export.pages.report import language_of
from recommender.governance.privacy.suppression import HIDDEN, THRESHOLD

PLAN_FORMAT = "recommender open plan 1"
COMPARISON_FORMAT = "recommender open comparison 1"

UNSEEN = ("eligible", "must_serve", "must_serve_met", "seconds")
"""The columns of sides that are not shown: their counts are small, or no matter."""


def comparison_tables(open_comparison: OpenComparison) -> dict[str, pd.DataFrame]:
    """Return the tables of a comparison that anyone may read, by name."""
    comparison = open_comparison.comparison
    sides = pd.DataFrame([asdict(side) for side in comparison.sides])
    return {
        "sides": sides.drop(columns=list(UNSEEN)).assign(
            pupils=sides["pupils"].astype("float64").where(sides["pupils"] > 0)
        ),
        "tenths": comparison.deciles,
        "hours": comparison.hours,
        "groups": comparison.groups,
        "changes": comparison.changes,
    }


def book_of(tables: Mapping[str, pd.DataFrame], language: str) -> bytes:
    """Return tables as sheets of a workbook; what is hidden has the sign for it."""
    from recommender.export.formats.workbook import book_bytes, translated

    note = pd.DataFrame({"item": [language_of(language).plain("rounded")], "value": [""]})
    sheets = {name: _signed(table) for name, table in tables.items()}
    return book_bytes({"overview": note, **sheets}, translated(language))


def plan_document(plan: OpenPlan) -> bytes:
    """Return all tables of a plan as one JSON document; what is hidden is null."""
    about = {
        "scenario": plan.scenario,
        "created": plan.created,
        "synthetic": plan.synthetic,
    }
    return _document(PLAN_FORMAT, about, plan.tables())


def comparison_document(open_comparison: OpenComparison) -> bytes:
    """Return all tables of a comparison as one JSON document; what is hidden is null."""
    comparison = open_comparison.comparison
    about = {"synthetic": comparison.synthetic, "remarks": list(comparison.remarks)}
    return _document(COMPARISON_FORMAT, about, comparison_tables(open_comparison))


def _document(kind: str, about: Mapping[str, Any], tables: Mapping[str, pd.DataFrame]) -> bytes:
    document = {
        "format": kind,
        "hidden_below": THRESHOLD,
        "totals": language_of("en").plain("rounded"),
        **about,
        "tables": {name: _rows(table) for name, table in tables.items()},
    }
    text = json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False)
    return f"{text}\n".encode()


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    rows = table.astype(object).to_dict(orient="records")
    return [
        {str(name): None if _unknown(cell) else cell for name, cell in row.items()} for row in rows
    ]


def _unknown(cell: object) -> bool:
    return cell is None or (
        isinstance(cell, float) and (cell != cell or cell in (float("inf"), float("-inf")))
    )


def _signed(table: pd.DataFrame) -> pd.DataFrame:
    """A table with the sign for what is hidden in its place."""
    found = table.copy()
    for name in found.columns:
        if found[name].isna().any():
            cells = found[name].astype(object)
            found[name] = cells.where(cells.notna(), HIDDEN)
    return found
