"""Help by groups that must not be treated unequally, as a table that names nobody.

The characteristics are read at the moment a plan is made, from columns that no model and no rule
may use (``audit_only``).  Only counts leave here, with small cells and those beside them left out.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from recommender.evaluation.shares import MOST_GROUPS, audit_columns, texts_of
from recommender.export.disclosure.small_counts import hide_served
from recommender.export.summaries import plan_tables
from recommender.governance.privacy.suppression import THRESHOLD
from recommender.inputs.cohort import Cohort
from recommender.planning.plan.plan import Plan

RARE = "(rare)"
"""All values that few have, of a column whose values the policy does not declare: such a value is
what somebody wrote in a cell, not the name of a group."""
UNSHOWN = "(too few)"
"""Stands for all groups of a column of which not even the totals can be shown."""


@dataclass(frozen=True, slots=True)
class EquityGroup:
    """One group of one characteristic; None stands for what is not shown.

    Attributes:
        column: the characteristic.  group: its value, "" where it is not known, ``RARE`` for rare
            ones together, ``UNSHOWN`` for a characteristic of which nothing can be shown.
        pupils, served: how many, and how many of them are offered help.
        benefit: expected for them, in weighted adverse outcomes averted.
    """

    column: str
    group: str
    pupils: int | None
    served: int | None
    benefit: float | None


def equity_of(plan: Plan, cohort: Cohort) -> tuple[EquityGroup, ...]:
    """Return help by every ``audit_only`` category or flag, column by column.

    A column of which not even the totals can be shown is named with ``UNSHOWN``.
    """
    columns = audit_columns(cohort)
    if not columns:
        return ()
    people = plan_tables.people(plan).merge(cohort.units[["unit_id", *columns]], on="unit_id")
    declared = {column.name for column in cohort.columns if column.type == "flag" or column.values}
    return tuple(
        group
        for column in columns
        for group in _groups(people, column, declared=column in declared)
    )


def _groups(people: pd.DataFrame, column: str, *, declared: bool) -> list[EquityGroup]:
    group = texts_of(people[column])
    if not declared:
        rows = people.groupby(group)["pupils"].sum()
        group = group.where((group == "") | (group.map(rows) >= THRESHOLD), RARE)
    sums = people.groupby(group)[["pupils", "served", "benefit"]].sum().sort_index()
    if not 2 <= len(sums) <= MOST_GROUPS:
        return []
    table = hide_served(sums.rename_axis("group").reset_index())
    if table.empty:
        return [EquityGroup(column, UNSHOWN, None, None, None)]
    return [
        EquityGroup(
            column,
            str(row["group"]),
            _shown(row["pupils"]),
            _shown(row["served"]),
            None if pd.isna(row["benefit"]) else float(row["benefit"]),
        )
        for row in table.to_dict(orient="records")
    ]


def _shown(count: object) -> int | None:
    return None if pd.isna(count) else int(count)  # type: ignore[call-overload]
