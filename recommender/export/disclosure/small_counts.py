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

A reader also lays one table beside another: the same rows of other plans, or of an earlier report.
A row that is hidden in one of them is hidden in all, and so many rows beside it that this holds in
each.  A table says which of its rows were hidden before in a column of its own, ``BEFORE``.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from recommender.governance.privacy.suppression import THRESHOLD

ROOM = THRESHOLD - 1
"""How wide the range of a hidden count must be."""

BEFORE = "hidden_before"
"""The column that says which rows stay hidden because they were; it is never shown."""

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


def hide_served(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table with ``pupils`` and ``served`` in which no small group can be worked out.

    Every other number of a row with a hidden count is hidden too.  The table is empty where it
    cannot be shown.
    """
    if table.empty:
        return table
    pattern = _pattern(table)
    return table.iloc[:0] if pattern is None else _served_shown(table, *pattern)


def hide_served_alike(tables: Sequence[pd.DataFrame], key: str) -> list[pd.DataFrame]:
    """Return tables as ``hide_served`` does, each with the same rows hidden; all or none empty.

    Args:
        tables: the same rows of several plans.
        key: the column that tells which rows are the same.
    """
    sizes: set[object] = set()
    parts: set[object] = set()
    while True:
        before = len(sizes) + len(parts)
        for table in tables:
            if table.empty:
                continue
            pattern = _pattern(table, table[key].isin(sizes), table[key].isin(parts))
            if pattern is None:
                return [each.iloc[:0] for each in tables]
            sizes |= set(table.loc[pattern[0], key])
            parts |= set(table.loc[pattern[1], key])
        if len(sizes) + len(parts) == before:
            break
    return [
        _served_shown(table, table[key].isin(sizes).to_numpy(), table[key].isin(parts).to_numpy())
        for table in tables
    ]


def hidden_before(table: pd.DataFrame, key: pd.Series, rows: Collection[str]) -> pd.DataFrame:
    """Return a table that says which of its rows were hidden before, by what ``key`` calls them."""
    if not rows:
        return table
    return table.assign(**{BEFORE: key.astype("str").isin(set(rows)).to_numpy()})


def _pattern(
    table: pd.DataFrame, sizes: pd.Series | None = None, parts: pd.Series | None = None
) -> tuple[Bools, Bools] | None:
    """Return (rows,) whose sizes and (rows,) whose parts to hide, of what is hidden already."""
    pupils, served = _counted(table)
    none = np.zeros(len(table), np.bool_)
    small = hidden_counts(pupils, none if sizes is None else sizes.to_numpy(dtype=np.bool_))
    before = _before(table) | (none if parts is None else parts.to_numpy(dtype=np.bool_))
    split = hidden_parts(served, pupils, before)
    return None if small is None or split is None else (small, small | split)


def _counted(table: pd.DataFrame) -> tuple[Floats, Floats]:
    pupils = np.rint(table["pupils"].to_numpy(dtype=np.float64))
    return pupils, np.minimum(np.rint(table["served"].to_numpy(dtype=np.float64)), pupils)


def _before(table: pd.DataFrame) -> Bools:
    if BEFORE not in table:
        return np.zeros(len(table), np.bool_)
    return table[BEFORE].to_numpy(dtype=np.bool_)


def _served_shown(table: pd.DataFrame, sizes: Bools, hidden: Bools) -> pd.DataFrame:
    pupils, served = _counted(table)
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
    hidden = hidden_counts(counts, _before(table))
    if hidden is None:
        return table.iloc[:0]
    return _hidden(table, {count: np.where(hidden, np.nan, counts)}, hidden)


def hidden_counts(counts: Floats, before: Bools | None = None) -> Bools | None:
    """Return (rows,) which counts to hide, or None where their sum would have to be hidden.

    Args:
        counts: (rows,) whole numbers, of which a reader knows the sum.
        before: (rows,) which are hidden in any case.
    """
    if counts.sum() < THRESHOLD:
        return None
    hidden: Bools = counts < THRESHOLD if before is None else (counts < THRESHOLD) | before
    for row in np.argsort(counts, kind="stable").tolist():
        if not hidden.any() or (hidden.sum() >= 2 and counts[hidden].sum() >= ROOM):
            return hidden
        hidden[row] = True
    return hidden if hidden.sum() >= 2 else None


def hidden_parts(part: Floats, size: Floats, before: Bools | None = None) -> Bools | None:
    """Return (rows,) of which rows to hide how many are in a part of them and how many are not.

    None where the totals would have to be hidden.

    Args:
        part, size: (rows,) whole numbers, of which a reader knows all sizes and the sum of parts.
        before: (rows,) which are hidden in any case.
    """
    if min(part.sum(), (size - part).sum()) < THRESHOLD:
        return None
    hidden: Bools = np.minimum(part, size - part) < THRESHOLD
    if before is not None:
        hidden |= before
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
    found = table.drop(columns=BEFORE) if BEFORE in table else table.copy()
    for name in found.columns:
        if name in shown:
            found[name] = shown[name]
        elif pd.api.types.is_float_dtype(found[name]):
            found[name] = found[name].where(~hidden)
    return found
