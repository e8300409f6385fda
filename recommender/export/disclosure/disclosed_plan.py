"""``OpenPlan``: what a plan says that anyone may read, table by table, made once for every form.

NaN stands for what is hidden.  Rows are whole numbers under the rules of ``disclosure``; totals,
which stand beside the totals of other reports, are rounded (see ``rounded``).
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from typing import TypeAlias

import pandas as pd

from recommender.export.disclosure import rounding
from recommender.export.disclosure.small_counts import hide_part
from recommender.governance.privacy.suppression import THRESHOLD
from recommender.planning.plan.summary import Summary

RISK, SITES, ROLES, PERIODS = "risk", "sites", "hours_by_role", "hours_by_period"
INTERVENTIONS, REASONS, MUST_SERVE = "interventions", "reasons", "must_serve"
TOTALS, MONEY = "totals", "money"

OPEN_TABLES = (
    TOTALS, RISK, SITES, INTERVENTIONS, REASONS, ROLES, PERIODS, MUST_SERVE, MONEY,
)  # fmt: skip
"""The tables that anyone may read."""

KEYS: Mapping[str, str] = {
    RISK: "decile",
    SITES: "site",
    INTERVENTIONS: "intervention",
    REASONS: "reason",
    ROLES: "role",
    PERIODS: "period",
    MUST_SERVE: "rule",
}
"""The column that tells the rows of a table apart."""

Hidden: TypeAlias = frozenset[tuple[str, str]]
"""Table and row of what is hidden."""


def rows_hidden(hidden: Hidden, table: str) -> set[str]:
    """Return the rows of a table that are hidden."""
    return {row for name, row in hidden if name == table}


@dataclass(frozen=True, slots=True)
class Totals:
    """The numbers of a plan as a whole; NaN is not shown, None is not known.

    Attributes:
        short: pupils that the must-serve rules lack.  low, high: of the benefit, with 90 %.
        benefit_low, benefit_high, promise, budget: as in ``Summary``.
    """

    pupils: float
    served: float
    must_serve: float
    must_serve_met: float
    short: float
    benefit: float
    standard_error: float
    low: float
    high: float
    promise: float | None
    benefit_low: float | None
    benefit_high: float | None
    hours_capacity: float
    hours_used: float
    cost: float
    budget: float | None

    @property
    def used_share(self) -> float:
        """Return the share of the hours that is used, 0 where there are none."""
        return self.hours_used / self.hours_capacity if self.hours_capacity else 0.0


def totals_of(summary: Summary, spread: float) -> Totals:
    """Return the totals of a plan as they are; ``spread`` standard errors lie on either side."""
    return Totals(
        pupils=float(summary.pupils),
        served=float(summary.served),
        must_serve=float(summary.must_serve),
        must_serve_met=float(summary.must_serve_met),
        short=float(summary.pupils_short),
        benefit=summary.benefit,
        standard_error=summary.standard_error,
        low=summary.benefit - spread * summary.standard_error,
        high=summary.benefit + spread * summary.standard_error,
        promise=summary.promise,
        benefit_low=summary.benefit_low,
        benefit_high=summary.benefit_high,
        hours_capacity=summary.hours_capacity,
        hours_used=summary.hours_used,
        cost=summary.cost,
        budget=summary.budget,
    )


def open_totals(totals: Totals, paying: float) -> Totals:
    """Return totals that anyone may read.

    Args:
        totals: as they are.
        paying: how many pupils have help that costs money beside the hours.
    """
    digits = {
        name: None if (value := getattr(totals, name)) is None else rounding.to_digits(value)
        for name in (
            "benefit", "standard_error", "low", "high", "promise", "benefit_low", "benefit_high",
        )
    }  # fmt: skip
    counts = {
        "pupils": totals.pupils,
        "served": hide_part(totals.served, totals.pupils),
        "must_serve": totals.must_serve,
        "must_serve_met": hide_part(totals.must_serve_met, totals.must_serve),
        "short": totals.short,
    }
    few = 0 < paying < THRESHOLD
    return Totals(
        **digits,  # type: ignore[arg-type]
        **{name: rounding.pupils(count) for name, count in counts.items()},
        hours_capacity=rounding.to_step(totals.hours_capacity, rounding.HOURS),
        hours_used=rounding.to_step(totals.hours_used, rounding.HOURS),
        cost=math.nan if few else rounding.to_step(totals.cost, rounding.EUROS),
        budget=totals.budget,
    )


@dataclass(frozen=True, eq=False, slots=True)
class OpenPlan:
    """What a plan says that anyone may read.

    Attributes:
        totals: rounded.
        rows: table -> its rows; of one that cannot be shown, none.
        hidden: what is hidden, for whoever writes the next report.
        scenario, created, synthetic: of the plan.
    """

    totals: Totals
    rows: Mapping[str, pd.DataFrame]
    hidden: Hidden
    scenario: str
    created: str
    synthetic: bool

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return all tables by name, in the order of ``OPEN_TABLES``."""
        money = ("cost", "budget")
        told = [(f.name, getattr(self.totals, f.name)) for f in fields(Totals)]
        known = {
            TOTALS: _pairs([pair for pair in told if pair[0] not in money]),
            MONEY: _pairs([pair for pair in told if pair[0] in money]),
            **self.rows,
        }
        return {name: known[name].reset_index(drop=True) for name in OPEN_TABLES}


def _pairs(told: list[tuple[str, float | None]]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "item": [name for name, _ in told],
            "value": pd.Series([value for _, value in told], dtype="float64"),
        }
    )


def hidden_rows(
    name: str, before: pd.Series, after: pd.DataFrame, counts: Collection[str]
) -> set[tuple[str, str]]:
    """Return table and row of what a table does not show.

    Args:
        name: the table.
        before: what tells its rows apart, by index.
        after: the rows shown, with the same index.
        counts: the columns that hold what may be hidden.
    """
    shown = after.index[after[list(counts)].notna().all(axis=1)]
    return {(name, str(row)) for row in before.drop(index=shown)}
