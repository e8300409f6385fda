"""Tables of a report that may be read by anyone: small counts and those beside them are hidden.

NaN stands for what is hidden.  A table whose totals would have to be hidden is not shown at all,
because other parts of the report show those totals.

A reader is taken to know all totals, and how many pupils every row has, whether or not the table
says so: the sizes of schools and of neighbourhoods are public, and tenths of pupils are tenths.  So
a row tells how many are offered help and how many are not, or neither.  Of a small count (fewer
than ``THRESHOLD``) every value from 0 to ``THRESHOLD - 1`` must stay possible, and of a count that
is hidden beside it a range as wide.  With the rows hidden whole, the values that are possible
follow without a solver: the hidden rows share a known sum, and each can take what the others
cannot, from nothing to all of its pupils.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from recommender.governance.suppression import THRESHOLD

ROOM = THRESHOLD - 1
"""How wide the range of a hidden count must be."""

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


def hide_served(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table with ``pupils`` and ``served`` in which no small group can be worked out.

    Every other number of a row with a hidden count is hidden too.  The table is empty where it
    cannot be shown.
    """
    if table.empty:
        return table
    pupils = np.rint(table["pupils"].to_numpy(dtype=np.float64))
    served = np.minimum(np.rint(table["served"].to_numpy(dtype=np.float64)), pupils)
    sizes = hidden_counts(pupils)
    parts = hidden_parts(served, pupils)
    if sizes is None or parts is None:
        return table.iloc[:0]
    hidden = sizes | parts
    shown = {
        "pupils": np.where(sizes, np.nan, pupils),
        "served": np.where(hidden, np.nan, served),
    }
    return _hidden(table, shown, hidden)


def hide_counts(table: pd.DataFrame, count: str) -> pd.DataFrame:
    """Return a table with one count a row in which no small count can be worked out.

    Args:
        table: with the column ``count``, of which a reader is taken to know the sum.
        count: whose numbers are hidden where they are small.
    """
    if table.empty:
        return table
    counts = np.rint(table[count].to_numpy(dtype=np.float64))
    hidden = hidden_counts(counts)
    if hidden is None:
        return table.iloc[:0]
    return _hidden(table, {count: np.where(hidden, np.nan, counts)}, hidden)


def hidden_counts(counts: Floats) -> Bools | None:
    """Return (rows,) which counts to hide, or None where their sum would have to be hidden.

    Args:
        counts: (rows,) whole numbers, of which a reader knows the sum.
    """
    if counts.sum() < THRESHOLD:
        return None
    hidden: Bools = counts < THRESHOLD
    for row in np.argsort(counts, kind="stable").tolist():
        if not hidden.any() or (hidden.sum() >= 2 and counts[hidden].sum() >= ROOM):
            return hidden
        hidden[row] = True
    return hidden if hidden.sum() >= 2 else None


def hidden_parts(part: Floats, size: Floats) -> Bools | None:
    """Return (rows,) of which rows to hide how many are in a part of them and how many are not.

    None where the totals would have to be hidden.

    Args:
        part, size: (rows,) whole numbers, of which a reader knows all sizes and the sum of parts.
    """
    if min(part.sum(), (size - part).sum()) < THRESHOLD:
        return None
    hidden: Bools = np.minimum(part, size - part) < THRESHOLD
    # rows with the most room first, so that few are hidden beside the small ones
    for row in np.argsort(-np.minimum(part, size - part), kind="stable").tolist():
        if _roomy(part, size, hidden):
            return hidden
        hidden[row] = True
    return hidden if _roomy(part, size, hidden) else None


def _roomy(part: Floats, size: Floats, hidden: Bools) -> bool:
    """Whether every hidden row may be as many things as it must."""
    mine, sizes = part[hidden], size[hidden]
    together, room = mine.sum(), sizes.sum() - sizes
    low, high = np.maximum(0.0, together - room), np.minimum(sizes, together)
    rest = sizes - mine
    few = np.where(mine < THRESHOLD, (low <= 0) & (high >= np.minimum(ROOM, sizes)), True)
    most = np.where(
        rest < THRESHOLD, (high >= sizes) & (sizes - low >= np.minimum(ROOM, sizes)), True
    )
    wide = high - low >= np.minimum(ROOM, sizes)
    return bool((few & most & wide).all())


def hide_part(part: float, whole: float) -> float:
    """Return a count of some people of a group, NaN where few are in it or outside it."""
    outside = whole - part
    few = 0 < part < THRESHOLD or 0 < outside < THRESHOLD
    return math.nan if few else part


def _hidden(table: pd.DataFrame, shown: Mapping[str, Floats], hidden: Bools) -> pd.DataFrame:
    found = table.copy()
    for name in found.columns:
        if name in shown:
            found[name] = shown[name]
        elif pd.api.types.is_float_dtype(found[name]):
            found[name] = found[name].where(~hidden)
    return found
