"""The tables of a plan as text: their columns, and csv files that are safe to open.

A spreadsheet runs a cell that starts with ``=``, ``+``, ``-`` or ``@``.  A text that would be run
gets an apostrophe before that sign, also after a separator or a quote inside the text, because a
spreadsheet set to another separator starts a new cell there.  Only text is changed, and only in
files meant for spreadsheets: plan.json keeps every text as it was.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal, TypeAlias

import pandas as pd

from recommender.planning.plan.plan import Plan

ColumnKind: TypeAlias = Literal["text", "number"]

_TEXT: ColumnKind = "text"
_NUMBER: ColumnKind = "number"

COLUMNS: Mapping[str, Mapping[str, ColumnKind]] = {
    "assignments": {
        "unit_id": _TEXT,
        "site": _TEXT,
        "intervention": _TEXT,
        "period": _TEXT,
        "units": _NUMBER,
        "benefit": _NUMBER,
        "standard_error": _NUMBER,
        "price_paid": _NUMBER,
        "net_value": _NUMBER,
        "runner_up": _TEXT,
        "status": _TEXT,
        "bundle": _TEXT,
        "lot": _NUMBER,
    },
    "not_served": {
        "unit_id": _TEXT,
        "site": _TEXT,
        "reason": _TEXT,
        "best_alternative": _TEXT,
        "benefit_forgone": _NUMBER,
        "pupils": _NUMBER,
        "lot": _NUMBER,
        "rule": _TEXT,
        "cause": _TEXT,
    },
    "sessions": {
        "intervention": _TEXT,
        "site": _TEXT,
        "period": _TEXT,
        "groups": _NUMBER,
        "pupils": _NUMBER,
        "grade": _TEXT,
    },
    "resources": {
        "resource": _TEXT,
        "role": _TEXT,
        "site": _TEXT,
        "period": _TEXT,
        "unit": _TEXT,
        "capacity": _NUMBER,
        "used": _NUMBER,
        "price": _NUMBER,
        "intervention": _TEXT,
        "rule": _TEXT,
        "grade": _TEXT,
    },
    "caseload": {
        "professional_id": _TEXT,
        "role": _TEXT,
        "site": _TEXT,
        "period": _TEXT,
        "case": _TEXT,
        "hours": _NUMBER,
        "intervention": _TEXT,
        "match": _TEXT,
        "split": _TEXT,
        "day": _TEXT,
        "coordinator": _TEXT,
    },
    "memberships": {
        "resource": _TEXT,
        "unit_id": _TEXT,
        "intervention": _TEXT,
        "site": _TEXT,
        "period": _TEXT,
        "grade": _TEXT,
        "price": _NUMBER,
    },
    "profiles": {
        "unit_id": _TEXT,
        "outcome": _TEXT,
        "risk": _NUMBER,
        "standard_error": _NUMBER,
    },
    "staff": {
        "role": _TEXT,
        "sites": _TEXT,
        "period": _TEXT,
        "hours": _NUMBER,
        "capacity": _NUMBER,
        "used": _NUMBER,
        "price": _NUMBER,
        "reason": _TEXT,
        "name": _TEXT,
    },
    "calibration": {
        "outcome": _TEXT,
        "measure": _TEXT,
        "low": _NUMBER,
        "high": _NUMBER,
        "rows": _NUMBER,
        "expected": _NUMBER,
        "found": _NUMBER,
        "standard_error": _NUMBER,
    },
    "duties": {
        "rule": _TEXT,
        "basis": _TEXT,
        "owed": _NUMBER,
        "met": _NUMBER,
        "no_hours": _NUMBER,
        "nothing_suits": _NUMBER,
        "forbidden": _NUMBER,
        "no_consent": _NUMBER,
    },
}
"""The columns every plan has, table by table; a plan may have more."""

OPTIONAL = frozenset({"calibration", "staff", "duties"})
"""The tables that plans of earlier versions lack; they are then empty."""

LATER = frozenset(
    {("caseload", name) for name in ("match", "split", "day", "coordinator")}
    | {("not_served", name) for name in ("rule", "cause")}
)
"""The columns that plans of earlier versions lack."""

CSV_TABLES = ("assignments", "not_served", "sessions", "resources", "caseload", "memberships")
"""The tables that have a file of their own in a plan folder."""

_RISKY = re.compile(
    r"^(?=[\t\r\n])|(^|[;,|\"\t\r\n])([\s\x00]*)(?=[=+\-@\uff1d\uff0b\uff0d\uff20])"
)
"""A sign that starts a formula where a cell may start, wide forms too; a leading tab or break."""


def frames_of(plan: Plan) -> dict[str, pd.DataFrame]:
    """Return the tables of a plan by name, in the order of ``COLUMNS``."""
    return {name: getattr(plan, name) for name in COLUMNS}


def neutral(text: str) -> str:
    """Return a text that no spreadsheet runs as a formula (see the module's first lines)."""
    return _RISKY.sub(r"\1\2'", text)


def neutral_texts(texts: pd.Series) -> pd.Series:
    """Return (n,) texts made neutral, None where there is none; equal texts are looked at once."""
    codes, values = pd.factorize(texts)
    safe = pd.Series([*(neutral(str(value)) for value in values), None], dtype=object)
    return pd.Series(safe.to_numpy()[codes], index=texts.index, name=texts.name)


def csv_text(frame: pd.DataFrame, *, decimal_comma: bool = False) -> str:
    """Return a table as comma-separated text: ``\\n``, ``%.12g``, no formulas.

    With ``decimal_comma`` numbers have decimal commas and cells are separated by semicolons.
    """
    columns = {}
    for name in frame.columns:
        column = frame[name]
        if pd.api.types.is_float_dtype(column):
            columns[neutral(str(name))] = column + 0.0  # -0.0 reads as a different number
        elif pd.api.types.is_numeric_dtype(column):
            columns[neutral(str(name))] = column
        else:
            columns[neutral(str(name))] = neutral_texts(column)
    text: str = pd.DataFrame(columns, index=frame.index).to_csv(
        index=False,
        float_format="%.12g",
        lineterminator="\n",
        sep=";" if decimal_comma else ",",
        decimal="," if decimal_comma else ".",
    )
    return text
