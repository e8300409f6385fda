"""The figures of a plan that people look at: small tables, each adding up to the plan.

A unit may be a segment of alike pupils, so people are counted by ``units``, never by rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from recommender.planning.formulation.labels import session_names
from recommender.planning.plan.plan import Plan
from recommender.planning.staffing.caseload import NOBODY

ROAMING = "*"
"""The line of those who work at several sites."""

LITTLE = 0.25
"""Hours up to which a line of hours left over stands with the rest."""


def digits_of(error: float) -> int:
    """Return the decimals that show the first two digits of an error, from 1 to 6."""
    if not 0 < error < np.inf:
        return 1
    return int(min(6, max(1, 1 - np.floor(np.log10(error)))))


def served_units(plan: Plan) -> pd.DataFrame:
    """Return unit_id, site, pupils (offered help) and benefit: one row a served unit."""
    offered = plan.assignments
    bundles = offered.drop_duplicates(["unit_id", "bundle", "period"])
    pupils = bundles.groupby("unit_id", sort=True)["units"].sum()
    benefit = offered.groupby("unit_id", sort=True)["benefit"].sum()
    site = offered.drop_duplicates("unit_id").set_index("unit_id")["site"]
    return pd.DataFrame(
        {
            "site": site.reindex(pupils.index),
            "pupils": pupils.astype(np.float64),
            "benefit": benefit,
        }
    ).reset_index()


def people(plan: Plan) -> pd.DataFrame:
    """Return unit_id, site, pupils, served (pupils), benefit: one row a unit of the plan."""
    served = served_units(plan)
    left = plan.not_served
    unserved = left[["unit_id", "site", "pupils"]]
    known = pd.concat(
        [served.assign(served=served["pupils"]), unserved.assign(served=0.0, benefit=0.0)],
        ignore_index=True,
    )
    return (
        known.groupby("unit_id", sort=True)
        .agg(
            site=("site", "first"),
            pupils=("pupils", "sum"),
            served=("served", "sum"),
            benefit=("benefit", "sum"),
        )
        .reset_index()
    )


def hours_by(plan: Plan, by: str) -> pd.DataFrame:
    """Return ``by`` (role, site or period), capacity, used, share: hours, most capacity first.

    What there is does not depend on the plan: a role is that of the people ("a;b" of those who have
    two), and who works at several sites stands on a line of their own, "*".  By site there is also
    ``visiting``: the hours that these give there.
    """
    table = plan.staff
    if table.empty:  # plans of earlier versions do not tell who is there
        table = plan.resources[plan.resources["resource"] == "hours"]
    elif by == "site":
        alone = ~table["sites"].str.contains(r"[;*]")
        table = table.assign(site=table["sites"].where(alone, ROAMING))
    table = table.groupby(by, sort=True)[["capacity", "used"]].sum().reset_index()
    table["share"] = _ratio(table["used"], table["capacity"])
    if by == "site":
        own = table.set_index("site")["used"]
        given = hours_by_site(plan)
        places = sorted(set(given.index) - set(own.index))
        more = pd.DataFrame({"site": places, "capacity": 0.0, "used": 0.0, "share": 0.0})
        table = pd.concat([table, more], ignore_index=True) if places else table
        table["visiting"] = [
            0.0 if site == ROAMING else max(0.0, given.get(site, 0.0) - own.get(site, 0.0))
            for site in table["site"].tolist()
        ]
    return table.sort_values("capacity", ascending=False, kind="stable", ignore_index=True)


def hours_by_site(plan: Plan) -> pd.Series:
    """Return site -> the hours that help takes there, whoever gives them."""
    rows = plan.resources[plan.resources["resource"] == "hours"]
    return rows.groupby("site")["used"].sum().astype(np.float64)


@dataclass(frozen=True, slots=True)
class Account:
    """The hours of all people in all periods: handed = travel + offered + running + left.

    Attributes:
        handed: as they were handed in.  travel: lost between sites.
        offered, running: given to the help that is offered, and to help that was running already.
        left: what nobody uses.
    """

    handed: float
    travel: float
    offered: float
    running: float
    left: float


def account(plan: Plan) -> Account | None:
    """Return what becomes of all hours handed in; None for a plan of an earlier version."""
    if plan.staff.empty:
        return None
    handed, capacity, used = (float(plan.staff[n].sum()) for n in ("hours", "capacity", "used"))
    given = plan.caseload[plan.caseload["professional_id"] != NOBODY]["hours"].sum()
    running = min(used, max(0.0, float(given) - float(_given(offered_hours(plan)))))
    return Account(handed, handed - capacity, used - running, running, capacity - used)


def _given(load: pd.DataFrame) -> float:
    return float(load.loc[load["professional_id"] != NOBODY, "hours"].sum())


BEYOND = 10.0
"""An hour that is worth so many times the most that any pupil's help is worth, by itself, meets a
shortage: that cost stands in its price, and is no benefit."""


def meets_shortage(plan: Plan, price: pd.Series) -> pd.Series:
    """Return (n,) whether prices of hours hold the cost of a shortage, which is no benefit."""
    offered, left = plan.assignments, plan.not_served
    each = offered.groupby(["unit_id", "bundle", "period"])["benefit"].sum()
    pupils = offered.groupby(["unit_id", "bundle", "period"])["units"].first()
    top = max(
        float((each / pupils.where(pupils > 0)).max()) if len(offered) else 0.0,
        float((left["benefit_forgone"] / left["pupils"].where(left["pupils"] > 0)).max())
        if len(left)
        else 0.0,
    )
    return price > max(BEYOND * top, 1e-9)


def dear_hours(plan: Plan, most: int | None = None) -> pd.DataFrame:
    """Return role, period, price, sites, meets_shortage: hours worth something, dearest first.

    Sites (";" between them) where the same hour has the same price share its staff and stand on one
    line.  A price that meets a shortage is no benefit (see ``meets_shortage``).
    """
    hours = plan.resources[(plan.resources["resource"] == "hours") & (plan.resources["price"] > 0)]
    keys = pd.DataFrame(
        {
            "role": hours["role"],
            "period": hours["period"],
            "shown": hours["price"].map(lambda price: f"{price:.4g}"),
            "price": hours["price"],
            "sites": hours["site"],
        }
    )
    table = (
        keys.groupby(["role", "period", "shown"], sort=True)
        .agg(price=("price", "max"), sites=("sites", ";".join))
        .reset_index()
        .drop(columns="shown")
        .sort_values("price", ascending=False, kind="stable", ignore_index=True)
    )
    table = table.assign(meets_shortage=meets_shortage(plan, table["price"]))
    return table if most is None else table.head(most)


def hours_left(plan: Plan, least: float = LITTLE, most: int | None = None) -> pd.DataFrame:
    """Return role, reason, name, hours: hours left over and why, most first; they add up.

    Reasons are those of ``planning.left``; lines of ``least`` hours or fewer, and those beyond the
    first ``most``, stand together on the last line, whose role and reason are "rest".
    """
    staff = plan.staff[plan.staff["reason"] != ""]
    staff = staff.assign(hours=staff["capacity"] - staff["used"])
    table = staff.groupby(["role", "reason", "name"], sort=True)["hours"].sum().reset_index()
    table = table.sort_values("hours", ascending=False, kind="stable", ignore_index=True)
    shown = (table["hours"] > least) & (table.index < (len(table) if most is None else most))
    if shown.all():
        return table
    rest = pd.DataFrame(
        {
            "role": ["rest"],
            "reason": ["rest"],
            "name": [""],
            "hours": table.loc[~shown, "hours"].sum(),
        }
    )
    return pd.concat([table[shown], rest], ignore_index=True)


def mean_risks(plan: Plan) -> pd.DataFrame:
    """Return outcome, risk: mean risks over pupils, in the order of profiles."""
    pupils = people(plan).set_index("unit_id")["pupils"]
    weight = plan.profiles["unit_id"].map(pupils).astype(np.float64).fillna(0.0)
    parts = pd.DataFrame(
        {
            "outcome": plan.profiles["outcome"],
            "weighed": plan.profiles["risk"] * weight,
            "pupils": weight,
        }
    )
    sums = parts.groupby("outcome", sort=False)[["weighed", "pupils"]].sum().reset_index()
    sums["risk"] = _ratio(sums["weighed"], sums["pupils"])
    return sums[["outcome", "risk"]]


def price_grid(plan: Plan) -> pd.DataFrame:
    """Return role, period, price, short: the mean price of an hour, weighted by the hours used.

    Where some hour would meet a shortage, ``short`` says so, and its price is left out of the mean.
    """
    hours = plan.resources[plan.resources["resource"] == "hours"]
    short = meets_shortage(plan, hours["price"])
    weight = (hours["used"].clip(lower=0) + 1e-9).where(~short, 0.0)
    table = pd.DataFrame(
        {
            "role": hours["role"],
            "period": hours["period"],
            "paid": hours["price"] * weight,
            "weight": weight,
            "short": short.astype("float64"),
        }
    )
    numbers = ["paid", "weight", "short"]
    grid = table.groupby(["role", "period"], sort=True)[numbers].sum().reset_index()
    grid["price"] = (grid["paid"] / grid["weight"].where(grid["weight"] > 0)).fillna(0.0)
    return grid[["role", "period", "price"]].assign(short=grid["short"] > 0)


def by_intervention(plan: Plan) -> pd.DataFrame:
    """Return intervention, pupils, benefit, price_paid, hours; most benefit first."""
    table = (
        plan.assignments.groupby("intervention", sort=True)
        .agg(pupils=("units", "sum"), benefit=("benefit", "sum"), price_paid=("price_paid", "sum"))
        .reset_index()
    )
    hours = offered_hours(plan).groupby("intervention")["hours"].sum()
    table["hours"] = table["intervention"].map(hours).astype(np.float64).fillna(0.0)
    return table.sort_values("benefit", ascending=False, kind="stable", ignore_index=True)


def running_hours(plan: Plan) -> float:
    """Return the hours that help which is already running takes."""
    return float(plan.caseload["hours"].sum() - offered_hours(plan)["hours"].sum())


def by_site(plan: Plan) -> pd.DataFrame:
    """Return site, pupils, served, share, benefit: one row a site."""
    table = (
        people(plan).groupby("site", sort=True)[["pupils", "served", "benefit"]].sum().reset_index()
    )
    table["share"] = _ratio(table["served"], table["pupils"])
    return table[["site", "pupils", "served", "share", "benefit"]]


def offered_hours(plan: Plan) -> pd.DataFrame:
    """Return the rows of the caseload that are for help the plan offers, not for running help."""
    load, sessions = plan.caseload, session_names(plan.sessions)
    offered = pd.MultiIndex.from_frame(plan.assignments[["unit_id", "intervention"]])
    mine = pd.MultiIndex.from_frame(load[["case", "intervention"]]).isin(offered)
    return load[mine | load["case"].isin(sessions)]


def by_risk(plan: Plan, weights: Mapping[str, float]) -> pd.DataFrame:
    """Return decile (1 lowest), risk, pupils, served, share, benefit: who is served by risk.

    Args:
        plan: the plan.
        weights: outcome -> weight; the risk of a unit is the weighted mean of its risks.
    """
    profiles = plan.profiles
    weight = profiles["outcome"].map(dict(weights)).astype(np.float64).fillna(0.0)
    parts = pd.DataFrame(
        {"unit_id": profiles["unit_id"], "risk": profiles["risk"] * weight, "weight": weight}
    )
    sums = parts.groupby("unit_id", sort=True)[["risk", "weight"]].sum()
    table = people(plan)
    risk = _ratio(sums["risk"], sums["weight"])
    table["risk"] = table["unit_id"].map(risk).astype(np.float64)
    table = table.dropna(subset=["risk"]).sort_values(["risk", "unit_id"], kind="stable")
    if table.empty:
        return pd.DataFrame(columns=["decile", "risk", "pupils", "served", "share", "benefit"])
    total = table["pupils"].sum()
    middle = table["pupils"].cumsum() - table["pupils"] / 2
    table["decile"] = np.minimum(np.floor(10 * middle / total).astype(np.int64), 9) + 1
    table["weighed"] = table["risk"] * table["pupils"]
    grouped = (
        table.groupby("decile")[["weighed", "pupils", "served", "benefit"]].sum().reset_index()
    )
    grouped["risk"] = _ratio(grouped["weighed"], grouped["pupils"])
    grouped["share"] = _ratio(grouped["served"], grouped["pupils"])
    return grouped[["decile", "risk", "pupils", "served", "share", "benefit"]]


def reasons(plan: Plan) -> pd.DataFrame:
    """Return reason, pupils, benefit_forgone: why units are not served, most pupils first."""
    left = plan.not_served
    table = left.groupby("reason", sort=True)[["pupils", "benefit_forgone"]].sum().reset_index()
    return table.sort_values("pupils", ascending=False, kind="stable", ignore_index=True)


def _ratio(part: pd.Series, whole: pd.Series) -> pd.Series:
    """Parts of wholes, 0 where there is no whole."""
    return (part / whole.where(whole > 0)).fillna(0.0)
