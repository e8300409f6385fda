"""Tables of a report that may be read by anyone: small counts and those beside them are hidden.

NaN stands for what is hidden.  A table whose totals would have to be hidden is not shown at all,
because other parts of the report show those totals.
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from recommender.governance.suppression import THRESHOLD, TOTAL, suppress


def hide_served(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table with ``pupils`` and ``served`` in which no small group can be worked out.

    Every other number of a row with a hidden count is hidden too.  The table is empty where it
    cannot be shown.
    """
    if table.empty:
        return table
    served = np.rint(table["served"].to_numpy(dtype=np.float64))
    waiting = np.maximum(np.rint(table["pupils"].to_numpy(dtype=np.float64)) - served, 0.0)
    counts = pd.DataFrame({"served": served, "waiting": waiting})
    safe = suppress(counts, THRESHOLD).table
    if bool(safe.loc[TOTAL].isna().any()):
        return table.iloc[:0]
    shown = safe.iloc[:-1].astype("Float64").to_numpy(dtype=np.float64, na_value=np.nan)
    return _hidden(table, {"served": shown[:, 0], "pupils": shown[:, 2]}, np.isnan(shown).any(1))


def hide_counts(table: pd.DataFrame, count: str, *, total_shown: bool) -> pd.DataFrame:
    """Return a table with one count a row in which no small count can be worked out.

    Args:
        table: with the column ``count``.
        count: whose numbers are hidden where they are small.
        total_shown: whether their sum is shown anywhere; if it may not be, the table is empty.
    """
    if table.empty:
        return table
    counts = pd.Series(np.rint(table[count].to_numpy(dtype=np.float64)), name=count)
    safe = suppress(counts, THRESHOLD).table
    if total_shown and bool(safe.loc[TOTAL].isna().any()):
        return table.iloc[:0]
    shown = safe.iloc[:-1, 0].astype("Float64").to_numpy(dtype=np.float64, na_value=np.nan)
    return _hidden(table, {count: shown}, np.isnan(shown))


def hide_part(part: float, whole: float) -> float:
    """Return a count of some people of a group, NaN where few are in it or outside it."""
    outside = whole - part
    few = 0 < part < THRESHOLD or 0 < outside < THRESHOLD
    return math.nan if few else part


def _hidden(table: pd.DataFrame, shown: dict[str, np.ndarray], hidden: np.ndarray) -> pd.DataFrame:
    found = table.copy()
    for name in found.columns:
        if name in shown:
            found[name] = shown[name]
        elif pd.api.types.is_float_dtype(found[name]):
            found[name] = found[name].where(~hidden)
    return found
