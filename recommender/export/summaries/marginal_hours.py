"""What more hours of a role could bring at most, proven by the prices of a plan.

A bound from prices holds for any capacity: with more hours it rises by the hours times the best
price at which who has them could spend them.  So these figures need no solver, and cannot be too
low.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from recommender.inputs.resources import Resources
from recommender.planning.formulation.teams import acting_as
from recommender.planning.plan.plan import Plan


@dataclass(frozen=True, slots=True)
class MarginalHours:
    """The hours of those who have a role, and what they are worth at the prices of a plan.

    Attributes:
        role: "a", or "a;b" of those who have two.
        hours: all they have in all periods, travel not taken off.
        worth: their hours times the best price they could get; a tenth more hours can add at most
            a tenth of it to the bound.
    """

    role: str
    hours: float
    worth: float


@dataclass(frozen=True, slots=True)
class BudgetPoint:
    """The most benefit of some hours of everybody, pupils and groups taken in parts.

    Attributes:
        change: of the hours, as a share of those of the plan.  hours: all of them.
        benefit: weighted adverse outcomes averted.  low, high: its interval that holds 90 %.
        price: benefit of one more of these hours, in the mix there is.
    """

    change: float
    hours: float
    benefit: float
    low: float
    high: float
    price: float


def more_hours(
    plan: Plan, resources: Resources, travel_overhead: float
) -> tuple[MarginalHours, ...]:
    """Return what hours are worth, role by role, most first.

    Args:
        plan: the plan with its prices.
        resources: who is there to help.
        travel_overhead: share of an hour lost by who may serve more than one site.
    """
    rows = plan.resources[plan.resources["resource"] == "hours"]
    price = {
        (role, site, period): worth
        for role, site, period, worth in rows[["role", "site", "period", "price"]].itertuples(
            index=False, name=None
        )
    }
    acting = acting_as(resources.roles)
    every_role, every_site = sorted(acting), sorted(resources.sites["site"].tolist())
    keys = ["role", "sites", "period"]
    alike = resources.professionals.groupby(keys, sort=True)["hours"].sum().reset_index()
    lines = []
    for row in alike.to_dict(orient="records"):
        own = _members(str(row["role"]), every_role)
        roles = sorted(set().union(*(acting.get(name, {name}) for name in own)))
        places = _members(str(row["sites"]), every_site)
        ways = [price.get((role, site, row["period"]), 0.0) for role in roles for site in places]
        rate = 1.0 - travel_overhead if len(places) > 1 else 1.0
        hours = float(row["hours"])
        lines.append((";".join(own), hours, hours * rate * max(0.0, *ways)))
    table = pd.DataFrame(lines, columns=["role", "hours", "worth"])
    sums = (
        table.groupby("role", sort=True).sum().sort_values("worth", ascending=False, kind="stable")
    )
    return tuple(
        MarginalHours(str(r), float(h), float(w)) for r, h, w in sums.itertuples(name=None)
    )


def _members(text: str, every: list[str]) -> list[str]:
    names = sorted({name.strip() for name in text.split(";") if name.strip()})
    return every if "*" in names else names
