"""The tables of a plan as text: their columns, and csv files that are safe to open.

A spreadsheet runs a cell that starts with ``=``, ``+``, ``-`` or ``@``.  A text that would be run
gets an apostrophe before that sign, also after a separator or a quote inside the text, because a
spreadsheet set to another separator starts a new cell there.  Only text is changed, and only in
files meant for spreadsheets: plan.json keeps every text as it was.
"""

from __future__ import annotations

import re

import pandas as pd

from recommender.planning.plan.columns import COLUMNS
from recommender.planning.plan.plan import Plan

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
