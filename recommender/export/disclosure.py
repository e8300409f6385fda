"""Tables of a report that may be read by anyone: small counts and those beside them are hidden.

NaN stands for what is hidden.  A table whose totals would have to be hidden is not shown at all,
because other parts of the report show those totals.

Cells are hidden one by one as ``governance.suppression`` finds them.  That takes a linear program a
cell; in tables of more than ``MOST_ROWS`` rows whole rows are hidden instead.  Where all counts of
two rows or more are hidden, a reader knows only their sum in every column, so that a small count
among them may be anything from 0 to ``threshold - 1`` as soon as that sum is as much.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from recommender.governance.suppression import THRESHOLD, TOTAL, suppress

MOST_ROWS = 40

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


def hide_served(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table with ``pupils`` and ``served`` in which no small group can be worked out.

    Every other number of a row with a hidden count is hidden too.  The table is empty where it
    cannot be shown.
    """
    if table.empty:
        return table
    served = np.rint(table["served"].to_numpy(dtype=np.float64))
    waiting = np.maximum(np.rint(table["pupils"].to_numpy(dtype=np.float64)) - served, 0.0)
    if len(table) > MOST_ROWS:
        hidden = hidden_rows(np.column_stack([served, waiting]))
        if hidden is None:
            return table.iloc[:0]
        shown = np.where(hidden[:, None], np.nan, np.column_stack([served, waiting + served]))
        return _hidden(table, {"served": shown[:, 0], "pupils": shown[:, 1]}, hidden)
    safe = suppress(pd.DataFrame({"served": served, "waiting": waiting}), THRESHOLD).table
    if bool(safe.loc[TOTAL].isna().any()):
        return table.iloc[:0]
    cells = safe.iloc[:-1].astype("Float64").to_numpy(dtype=np.float64, na_value=np.nan)
    counts = {"served": cells[:, 0], "pupils": cells[:, 2]}
    return _hidden(table, counts, np.isnan(cells).any(axis=1))


def hide_counts(table: pd.DataFrame, count: str, *, total_shown: bool) -> pd.DataFrame:
    """Return a table with one count a row in which no small count can be worked out.

    Args:
        table: with the column ``count``.
        count: whose numbers are hidden where they are small.
        total_shown: whether their sum is shown anywhere; if it may not be, the table is empty.
    """
    if table.empty:
        return table
    counts = np.rint(table[count].to_numpy(dtype=np.float64))
    if len(table) > MOST_ROWS:
        hidden = hidden_rows(counts[:, None])
        if hidden is None:
            return table.iloc[:0]
        return _hidden(table, {count: np.where(hidden, np.nan, counts).astype(np.float64)}, hidden)
    safe = suppress(pd.Series(counts, name=count), THRESHOLD).table
    if total_shown and bool(safe.loc[TOTAL].isna().any()):
        return table.iloc[:0]
    shown = safe.iloc[:-1, 0].astype("Float64").to_numpy(dtype=np.float64, na_value=np.nan)
    return _hidden(table, {count: shown}, np.isnan(shown))


def hidden_rows(counts: Floats) -> Bools | None:
    """Return (rows,) which rows to hide whole, or None where the totals would have to be hidden.

    Args:
        counts: (rows, columns) whole numbers; a row's total counts as one more cell.
    """
    totals = np.column_stack([counts, counts.sum(axis=1)])
    if (totals.sum(axis=0) < THRESHOLD).any():
        return None
    hidden: Bools = np.any(totals < THRESHOLD, axis=1)
    if not hidden.any():
        return hidden
    for row in np.argsort(totals[:, -1], kind="stable").tolist():
        if hidden.sum() >= 2 and (totals[hidden].sum(axis=0) >= THRESHOLD - 1).all():
            return hidden
        hidden[row] = True
    return None if len(hidden) < 2 else hidden


def hide_part(part: float, whole: float) -> float:
    """Return a count of some people of a group, NaN where few are in it or outside it."""
    outside = whole - part
    few = 0 < part < THRESHOLD or 0 < outside < THRESHOLD
    return math.nan if few else part


def _hidden(
    table: pd.DataFrame, shown: Mapping[str, npt.NDArray[np.floating]], hidden: Bools
) -> pd.DataFrame:
    found = table.copy()
    for name in found.columns:
        if name in shown:
            found[name] = shown[name]
        elif pd.api.types.is_float_dtype(found[name]):
            found[name] = found[name].where(~hidden)
    return found
