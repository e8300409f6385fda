"""``openly``: a comparison that anyone may read, with NaN for small counts and those beside them.

It follows the rules of ``disclosure``: a reader is taken to know how many pupils every row has, and
every total.  What names a site or a pupil (shortages, who moves) is left out or counted.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd

from recommender.export.disclosure import hide_part, hide_served
from recommender.governance.suppression import THRESHOLD
from recommender.scenarios.comparison import Comparison, Side


def openly(comparison: Comparison) -> Comparison:
    """Return a comparison without small counts; ``moved`` keeps its rows, for sums of them only."""
    groups = _every(comparison.groups, ["side", "column"], lambda t: _groups(t, comparison))
    known = groups[groups["share"].notna()]
    shown = set(zip(known["side"], known["column"], known["group"], strict=True))
    return replace(
        comparison,
        sides=tuple(_side(side, shown) for side in comparison.sides),
        deciles=_every(comparison.deciles, ["side"], hide_served),
        hours=_every(comparison.hours, ["side"], _hours),
        groups=groups,
        shortages=comparison.shortages.iloc[:0],
    )


def small_hidden(count: float) -> float:
    """Return a count of pupils, NaN where it is small; of nobody too, which tells as much."""
    return count if count >= THRESHOLD else math.nan


def counts_openly(changes: pd.DataFrame) -> pd.DataFrame:
    """Return who gains and loses without small counts.

    How many are served is known of both sides, so of new and lost one tells the other: they are
    hidden together, and so are better and worse.
    """
    shown = changes.drop(columns=[name for name in ("same",) if name in changes])
    for pair in (("gains", "loses"), ("other",), ("better", "worse")):
        small = (changes[list(pair)] < THRESHOLD).any(axis=1)
        shown = shown.assign(**{name: changes[name].mask(small) for name in pair})
    return shown


def _every(
    table: pd.DataFrame, keys: list[str], hide: Callable[[pd.DataFrame], pd.DataFrame]
) -> pd.DataFrame:
    """Return a table of which the rows of every key were hidden for themselves."""
    parts = [hide(part) for _, part in table.groupby(keys, sort=False)]
    return pd.concat(parts, ignore_index=True) if parts else table


def _side(side: Side, shown: set[tuple[str, str, str]]) -> Side:
    """Return a side; the group helped least is told only where its row is."""
    told = (side.name, side.worst_column, side.worst_group) in shown
    return replace(
        side,
        served=hide_part(side.served, float(side.pupils)),
        short=side.short if side.short == 0 else small_hidden(side.short),
        short_hours=0.0 if side.short_hours == 0 else math.nan,
        worst_column=side.worst_column if told else "",
        worst_group=side.worst_group if told else "",
    )


def _groups(table: pd.DataFrame, comparison: Comparison) -> pd.DataFrame:
    """Return the groups of one column; pupils of none of them are a group that is not shown."""
    everybody = comparison.side(str(table["side"].iloc[0]))
    rest = {
        "pupils": everybody.pupils - table["pupils"].sum(),
        "served": everybody.served - table["served"].sum(),
    }
    whole = table
    if rest["pupils"] > 0.5:
        whole = pd.concat([table, pd.DataFrame([rest])], ignore_index=True)
    return hide_served(whole).iloc[: len(table)]


def _hours(table: pd.DataFrame) -> pd.DataFrame:
    """Return the hours of roles without those that few pupils take, which would say how many."""
    pupils = table["pupils"].to_numpy(dtype=np.float64)
    few = pupils < THRESHOLD
    if few.sum() == 1:
        few[np.argmin(np.where(few, np.inf, pupils))] = True
    return table.assign(**{name: table[name].where(~few) for name in ("used", "left", "pupils")})
