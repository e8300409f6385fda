"""A table from a frame of a notebook, cell for cell as it would stand in a sheet."""

from __future__ import annotations

import datetime as dt
import hashlib
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

from recommender.inputs.findings import Findings
from recommender.inputs.formats.tables import MOST_MESSAGES, Table, WantedColumns, table_of_columns
from recommender.inputs.frames.plain_values import is_text

LONGEST_CELL = 10**30
"""A whole number of more digits is no cell."""

FIRST_LINE = 2
"""The line of the first row: the header would stand above it."""


def table_of(
    frame: object, file: str, findings: Findings, *, wanted: WantedColumns = None
) -> Table | None:
    """The table; None where it is no frame, and cells that hold no plain value are noted.

    Numbers stay numbers and missing ones NaN; text, categories, days, True and False become text,
    and what is missing there becomes empty.  A named index counts as columns.
    """
    if not isinstance(frame, pd.DataFrame):
        findings.problem(
            file, None, None, f"is a {type(frame).__name__}", "hand in a pandas DataFrame"
        )
        return None
    named = [name for name in frame.index.names if name is not None]
    if named:
        beside = [name for name in named if name in frame.columns or named.count(name) > 1]
        if beside:
            findings.problem(
                file, None, None, "has an index with the name of a column, or two of one name",
                "drop it with reset_index(drop=True), or rename it",
            )  # fmt: skip
            frame = frame.reset_index(drop=True)
        else:
            frame = frame.reset_index()
    lines = np.arange(FIRST_LINE, len(frame) + FIRST_LINE, dtype=np.int64)

    def cells(position: int, name: str) -> pd.Series[Any]:
        return _plain(frame.iloc[:, position], file, name, findings)

    names = [str(name) for name in frame.columns]
    if not all(map(is_text, names)):
        findings.problem(
            file, 1, None, "has a name of a column with half a character", "write it again"
        )
        return None
    return table_of_columns(file, names, cells, lines, _sha256(frame), findings, wanted)


def _plain(column: pd.Series[Any], file: str, name: str, findings: Findings) -> pd.Series[Any]:
    """The column as numbers, or as text."""
    column = column.reset_index(drop=True)
    if isinstance(column.dtype, pd.CategoricalDtype):
        column = column.astype(column.cat.categories.dtype)
    kind = column.dtype.kind
    too_long = kind == "u" and column.gt(np.iinfo(np.int64).max).any()
    if kind in "iuf" and not too_long:
        whole = kind != "f" and not column.isna().any()
        return pd.Series(column.to_numpy(dtype=np.int64 if whole else np.float64))
    if kind == "M":
        return pd.Series(column.dt.strftime("%Y-%m-%d %H:%M:%S").fillna(""), dtype=str)
    texts = [_text(cell) for cell in column]
    odd = [row for row, text in enumerate(texts) if text is None]
    for row in odd[:MOST_MESSAGES]:
        findings.problem(
            file, row + FIRST_LINE, name, f"holds a {type(column.iloc[row]).__name__}",
            "a cell holds text, a number, a day, True or False, or nothing",
        )  # fmt: skip
    if len(odd) > MOST_MESSAGES:
        findings.problem(
            file, odd[MOST_MESSAGES] + FIRST_LINE, name,
            f"holds no plain value from here on, {len(odd) - MOST_MESSAGES:,} more rows",
            "repair the rows above first",
        )  # fmt: skip
    return pd.Series([text or "" for text in texts], dtype=str)


def _text(cell: object) -> str | None:
    """A cell of mixed columns as text; None where it holds no plain value."""
    if cell is None or cell is pd.NA or cell is pd.NaT:
        return ""
    if isinstance(cell, np.generic):
        cell = cell.item()
    if isinstance(cell, str):
        return cell if is_text(cell) else None
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return "" if np.isnan(cell) else str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, int):
        return str(cell) if abs(cell) < LONGEST_CELL else None
    if isinstance(cell, Decimal):
        return str(cell)
    if isinstance(cell, dt.datetime):
        return cell.strftime("%Y-%m-%d %H:%M:%S")
    return cell.isoformat() if isinstance(cell, dt.date) else None


def _sha256(frame: pd.DataFrame) -> str:
    """The hash of the frame as csv; of the names of its columns where cells cannot be written."""
    try:
        text = frame.to_csv(index=False)
    except ValueError:  # half a character, or a number of thousands of digits
        text = ",".join(map(str, frame.columns))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
