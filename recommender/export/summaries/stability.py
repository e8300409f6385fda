"""How often offers stay when effects and risks are drawn anew, as small tables of pupils."""

from __future__ import annotations

import numpy as np
import pandas as pd

from recommender.export.disclosure.small_counts import hide_counts
from recommender.planning.plan.plan import Plan

STEPS = 5
"""How many equal parts the share of draws is cut into."""


def by_share(plan: Plan, *, open_to_all: bool) -> pd.DataFrame:
    """Return low, high (of the share of draws), pupils, share: whose offers stay how often.

    Args:
        plan: a plan that was tried in draws; of another the table is empty.
        open_to_all: hide small counts and those beside them.
    """
    if "stays" not in plan.assignments:
        return pd.DataFrame(columns=["low", "high", "pupils", "share"])
    offers = plan.assignments.drop_duplicates(["unit_id", "bundle", "period"])
    step = np.floor(offers["stays"].to_numpy(dtype=np.float64) * STEPS + 1e-9).astype(np.int64)
    pupils = np.bincount(
        np.minimum(step, STEPS - 1), weights=offers["units"].to_numpy(np.float64), minlength=STEPS
    )
    edge = np.arange(STEPS + 1) / STEPS
    table = pd.DataFrame(
        {"low": edge[:-1], "high": edge[1:], "pupils": pupils, "share": pupils / pupils.sum()}
    ).iloc[::-1]
    if not open_to_all:
        return table
    hidden = hide_counts(table, "pupils")
    ends = table.loc[hidden.index, ["low", "high"]]  # they are no secret
    return hidden.assign(low=ends["low"], high=ends["high"])


def stability_by_intervention(plan: Plan, *, open_to_all: bool) -> pd.DataFrame:
    """Return intervention, pupils, stays: the mean share of draws, most steady help first."""
    if "stays" not in plan.assignments:
        return pd.DataFrame(columns=["intervention", "pupils", "stays"])
    lines = plan.assignments
    sums = (
        pd.DataFrame(
            {
                "intervention": lines["intervention"],
                "pupils": lines["units"].astype(np.float64),
                "stays": lines["stays"] * lines["units"],
            }
        )
        .groupby("intervention", sort=True)
        .sum()
        .reset_index()
    )
    table = sums.assign(stays=sums["stays"] / sums["pupils"]).sort_values(
        ["stays", "intervention"], ascending=[False, True], kind="stable", ignore_index=True
    )
    return hide_counts(table, "pupils") if open_to_all else table
