"""``openly``: a comparison that anyone may read, with NaN for small counts and those beside them.

It follows the rules of ``disclosure``: a reader is taken to know how many pupils every row has, and
every total.  What names a site or a pupil (shortages, who moves) is left out or counted.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass, replace

import pandas as pd

from recommender.export.disclosure import rounding
from recommender.export.disclosure.disclosed_plan import RISK, ROLES, SITES, Hidden, rows_hidden
from recommender.export.disclosure.small_counts import (
    BEFORE,
    hidden_before,
    hide_part,
    hide_served_alike,
)
from recommender.governance.privacy.suppression import THRESHOLD
from recommender.planning.formulation.labels import NOTHING
from recommender.scenarios.comparison import Comparison, Side


@dataclass(frozen=True, eq=False, slots=True)
class OpenComparison:
    """A comparison that anyone may read; only ``openly`` makes one.

    Attributes:
        comparison: without small counts (NaN), without units (``moved`` is empty) and rounded.
        hidden: table and row of what is hidden in all of its sides, for whoever writes the next.
    """

    comparison: Comparison
    hidden: Hidden


def openly(comparison: Comparison, earlier: Hidden = frozenset()) -> OpenComparison:
    """Return a comparison without small counts, rounded, of which all sides hide the same rows.

    Args:
        comparison: the numbers.
        earlier: what earlier reports hid, which stays hidden.
    """
    deciles = _deciles(comparison, earlier)
    groups = _groups(comparison, earlier)
    hours = _hours(comparison.hours, rows_hidden(earlier, ROLES))
    known = groups[groups["share"].notna()]
    shown = set(zip(known["side"], known["column"], known["group"], strict=True))
    hidden = {(RISK, str(row)) for row in _gone(comparison.deciles, deciles, "decile")}
    hidden |= {(ROLES, str(row)) for row in set(hours.loc[hours["used"].isna(), "role"])}
    for column in dict.fromkeys(comparison.groups["column"]):
        before = comparison.groups[comparison.groups["column"] == column]
        after = groups[groups["column"] == column]
        name = group_table(column)
        hidden |= {(name, str(row)) for row in _gone(before, after, "group")}
    return OpenComparison(
        replace(
            comparison,
            sides=tuple(_side(side, shown) for side in comparison.sides),
            deciles=_rounded(deciles, ("pupils", "served"), ("benefit", "lowest", "highest")),
            hours=_rounded(hours, ("pupils",), (), ("capacity", "used", "left")),
            groups=_rounded(groups, ("pupils", "served"), ("benefit", "share")),
            shortages=comparison.shortages.iloc[:0],
            moved=comparison.moved.iloc[:0],
            changes=counts_openly(changes_of(comparison)),
        ),
        frozenset(hidden),
    )


def changes_of(comparison: Comparison) -> pd.DataFrame:
    """Return ``changes``, of a comparison of an earlier version as far as ``moved`` tells it."""
    moved = comparison.moved
    if len(comparison.changes) or moved.empty:
        return comparison.changes
    pupils = moved["pupils"]
    helped_before, helped_after = (moved[end] != NOTHING for end in ("before", "after"))
    counted = moved.assign(
        new=pupils.where(~helped_before & helped_after, 0.0),
        lost=pupils.where(helped_before & ~helped_after, 0.0),
        other=pupils.where(helped_before & helped_after, 0.0),
        better=pupils.where(moved["difference"] > 0, 0.0),
        worse=pupils.where(moved["difference"] < 0, 0.0),
    )
    columns = ["new", "lost", "other", "better", "worse", "difference"]
    return counted.groupby(["from", "to"], sort=False)[columns].sum().reset_index()


def group_table(column: str) -> str:
    """Return the table of hidden rows that the groups of a column belong to."""
    return SITES if column == "site" else f"groups by {column}"


def counts_openly(changes: pd.DataFrame) -> pd.DataFrame:
    """Return who gains and loses without small counts.

    How many are served is known of both sides, so of new and lost one tells the other: they are
    hidden together, and so are better and worse.
    """
    shown = changes.assign(difference=rounding.column(changes["difference"]))
    for name in ("served_from", "served_to", "same"):  # known of the sides, hidden where small
        if name in shown:
            shown[name] = changes[name].map(rounding.pupils)
    for pair in (("new", "lost"), ("other",), ("better", "worse")):
        small = (changes[list(pair)] < THRESHOLD).any(axis=1)
        for name in pair:
            shown[name] = changes[name].mask(small).map(rounding.pupils)
    return shown


def _rounded(
    table: pd.DataFrame,
    counts: Collection[str],
    digits: Collection[str],
    hours: Collection[str] = (),
) -> pd.DataFrame:
    found = {name: rounding.column(table[name], rounding.PUPILS) for name in counts}
    found |= {name: rounding.column(table[name], rounding.HOURS) for name in hours}
    return table.assign(**found, **{name: rounding.column(table[name]) for name in digits})


def _gone(before: pd.DataFrame, after: pd.DataFrame, key: str) -> set[object]:
    """Return the rows of a table that are not shown any more."""
    return set(before[key]) - set(after.loc[after["served"].notna(), key])


def _deciles(comparison: Comparison, earlier: Hidden) -> pd.DataFrame:
    table = hidden_before(
        comparison.deciles, comparison.deciles["decile"], rows_hidden(earlier, RISK)
    )
    parts = [part for _, part in table.groupby("side", sort=False)]
    return _stacked(hide_served_alike(parts, "decile"), comparison.deciles)


def _stacked(parts: Collection[pd.DataFrame], like: pd.DataFrame) -> pd.DataFrame:
    if not any(len(part) for part in parts):
        return like.iloc[:0]
    return pd.concat([part for part in parts if len(part)], ignore_index=True)


def _side(side: Side, shown: set[tuple[str, str, str]]) -> Side:
    """Return a side; the group helped least is told only where its row is.

    Of fewer than ``THRESHOLD`` pupils none are told, which 0 stands for.  What it costs is left
    out: a comparison does not say how many pupils the money is for.
    """
    told = (side.name, side.worst_column, side.worst_group) in shown
    error = side.difference_error
    digits, hours, pupils = rounding.to_digits, rounding.HOURS, float(side.pupils)
    return replace(
        side,
        benefit=digits(side.benefit),
        common_benefit=digits(side.common_benefit),
        standard_error=digits(side.standard_error),
        low=digits(side.low),
        high=digits(side.high),
        difference=digits(side.difference),
        difference_error=None if error is None else digits(error),
        spread=digits(side.spread),
        gini=digits(side.gini),
        worst_share=digits(side.worst_share),
        share=digits(side.share),
        bound=digits(side.bound),
        gap=digits(side.gap),
        hours_capacity=rounding.to_step(side.hours_capacity, hours),
        hours_used=rounding.to_step(side.hours_used, hours),
        hours_left=rounding.to_step(side.hours_left, hours),
        pupils=int(rounding.to_step(pupils, rounding.PUPILS)) if pupils >= THRESHOLD else 0,
        served=rounding.pupils(hide_part(side.served, pupils)),
        short=rounding.pupils(side.short),
        short_hours=0.0 if side.short_hours == 0 else math.nan,
        cost=0.0 if side.cost == 0 else math.nan,
        worst_column=side.worst_column if told else "",
        worst_group=side.worst_group if told else "",
    )


def _groups(comparison: Comparison, earlier: Hidden) -> pd.DataFrame:
    """Return the groups of all columns; pupils of none of them are a group that is not shown."""
    parts = []
    for column, table in comparison.groups.groupby("column", sort=False):
        table = hidden_before(table, table["group"], rows_hidden(earlier, group_table(str(column))))
        sides = [_with_rest(part, comparison) for _, part in table.groupby("side", sort=False)]
        shown = hide_served_alike(sides, "group")
        parts += [part[part["side"].notna()] for part in shown]
    return _stacked(parts, comparison.groups)


def _with_rest(table: pd.DataFrame, comparison: Comparison) -> pd.DataFrame:
    everybody = comparison.side(str(table["side"].iloc[0]))
    rest = {
        "pupils": everybody.pupils - table["pupils"].sum(),
        "served": everybody.served - table["served"].sum(),
        **({BEFORE: False} if BEFORE in table else {}),
    }
    if rest["pupils"] <= 0.5:
        return table
    return pd.concat([table, pd.DataFrame([rest])], ignore_index=True)


def _hours(table: pd.DataFrame, before: Collection[str]) -> pd.DataFrame:
    """Return the hours of roles without those that few pupils take, on any side."""
    if table.empty:
        return table
    least = table.groupby("role", sort=True)["pupils"].min()
    few = set(least.index[least < THRESHOLD]) | (set(before) & set(least.index))
    if len(few) == 1 and len(least) > 1:
        few.add(str(least.drop(index=list(few)).idxmin()))
    hidden = table["role"].isin(few)
    return table.assign(**{name: table[name].mask(hidden) for name in ("used", "left", "pupils")})
