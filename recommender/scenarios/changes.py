"""The same inputs under a named change: hours, staff, budget, rules, catalogue or weights."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pandas as pd

from recommender.errors import UsageError
from recommender.inputs.catalogue import Catalogue, Intervention
from recommender.inputs.cohort import Cohort
from recommender.inputs.findings import unknown
from recommender.inputs.policy import CapacityChange, Change, Hire, Policy, ReachChange
from recommender.inputs.readers import rule_changes
from recommender.inputs.resources import Resources
from recommender.inputs.workspace import Inputs

BASE = "base"


def scenario_names(policy: Policy) -> tuple[str, ...]:
    """The scenarios that can be asked for, ``base`` (nothing changed) first."""
    return (BASE, *(change.id for change in policy.scenarios))


def apply_scenario(inputs: Inputs, name: str) -> Inputs:
    """The inputs as they would be under a scenario of the policy.

    Files with scenarios that play no part are no sources of what comes of it.

    Args:
        inputs: of a workspace, without a scenario.
        name: of a scenario of its policy, or ``base``.

    Raises:
        UsageError: no scenario has that name (the nearest is suggested), or one was applied.
    """
    if inputs.scenario and name != BASE:
        raise UsageError(
            f"scenario {inputs.scenario} was applied already; apply {name} to the workspace itself"
        )
    steps = lineage(inputs.policy, name)
    unused = {*inputs.homes.values()} - {inputs.homes.get(change.id) for change in steps}
    if unused:
        inputs = replace(inputs, sources=tuple(s for s in inputs.sources if s.path not in unused))
    for change in steps:
        inputs = apply_change(inputs, change)
    return inputs if name == BASE else replace(inputs, scenario=name)


def apply_change(inputs: Inputs, change: Change) -> Inputs:
    """The inputs under one change, leaving out what the change does not mention."""
    policy = _changed_policy(inputs.policy, change)
    resources = leaving(inputs.resources, change.leave)
    for capacity in change.capacity:
        resources = change_capacity(resources, capacity)
    return replace(
        inputs,
        cohort=_without_duties(inputs.cohort, inputs.policy, policy),
        policy=policy,
        catalogue=_changed_catalogue(inputs.catalogue, change),
        resources=hiring(replace(resources, roles=policy.roles), change.hire),
    )


def _changed_policy(policy: Policy, change: Change) -> Policy:
    if change.rules:
        policy = replace(policy, rules=rule_changes.changed_rules(policy.rules, change.rules))
    if change.budget is not None:
        policy = replace(policy, rules=replace(policy.rules, budget=change.budget))
    if change.may_act_as:
        roles = tuple(
            replace(role, may_act_as=change.may_act_as.get(role.id, role.may_act_as))
            for role in policy.roles
        )
        policy = replace(policy, roles=roles)
    if change.weights:
        outcomes = tuple(
            replace(o, weight=change.weights.get(o.id, o.weight)) for o in policy.outcomes
        )
        policy = replace(policy, outcomes=outcomes)
    return policy


def _changed_catalogue(catalogue: Catalogue, change: Change) -> Catalogue:
    kept = catalogue.interventions
    if change.only or change.without:
        kept = tuple(
            i
            for i in kept
            if (not change.only or i.id in change.only) and i.id not in change.without
        )
    if change.reach:
        kept = tuple(_reaching(i, change.reach.get(i.id)) for i in kept)
    return catalogue if kept is catalogue.interventions else replace(catalogue, interventions=kept)


def _reaching(intervention: Intervention, change: ReachChange | None) -> Intervention:
    if change is None:
        return intervention
    said = {"uptake": change.uptake, "completion": change.completion}
    reach = replace(intervention.reach, **{k: v for k, v in said.items() if v is not None})
    return replace(intervention, reach=reach)


def _without_duties(cohort: Cohort, before: Policy, after: Policy) -> Cohort:
    """The cohort without duties of rules that the change takes away."""
    gone = {rule.id for rule in before.rules.must_serve}
    gone -= {rule.id for rule in after.rules.must_serve}
    if not gone:
        return cohort
    units = cohort.units
    owed = units["must_serve"].where(~units["must_serve"].isin(sorted(gone)), "")
    return replace(cohort, units=units.assign(must_serve=owed))


def leaving(resources: Resources, ids: Iterable[str]) -> Resources:
    """The resources without some professionals."""
    gone = set(ids)
    if not gone:
        return resources
    staff = resources.professionals
    stays = ~staff["professional_id"].isin(sorted(gone))
    return replace(resources, professionals=staff[stays].reset_index(drop=True))


def hiring(resources: Resources, hires: Iterable[Hire]) -> Resources:
    """The resources with professionals who are hired, in every period they are hired for."""
    usual = {role.id: role.cost_per_hour for role in resources.roles}
    rows = [
        {
            "professional_id": hire.professional_id,
            "role": hire.role,
            "sites": hire.sites,
            "period": period.id,
            "hours": float(hire.hours),
            "cost_per_hour": usual.get(hire.role.split(";")[0].strip(), 0.0)
            if hire.cost_per_hour is None
            else float(hire.cost_per_hour),
            "languages": hire.languages,
        }
        for hire in hires
        for period in resources.periods
        if hire.period in ("", "*", period.id)
    ]
    return _with_rows(resources, rows) if rows else resources


def change_capacity(resources: Resources, change: CapacityChange) -> Resources:
    """Scale, then add, or set the hours that a change names.

    A change at one site leaves staff shared by all sites (``*``) alone.  Hours added become one
    more professional; hours taken away (a negative ``add``) and hours set are spread over those
    who are there in proportion to their hours.
    """
    staff = resources.professionals
    named = _named(staff, change)
    hours = staff["hours"].to_numpy(dtype=np.float64, copy=True)
    hours[named] *= change.scale
    extra: list[dict[str, object]] = []
    for period in (p.id for p in resources.periods if change.period in ("*", p.id)):
        rows = named & (staff["period"] == period).to_numpy()
        total = float(hours[rows].sum())
        target = change.set if change.set is not None else total + change.add
        if target < total or (rows.any() and change.set is not None and total > 0):
            hours[rows] *= max(target, 0.0) / total if total > 0 else 0.0
        elif target > total:
            extra.append(_newcomer(change, period, target - total))
    return _with_rows(replace(resources, professionals=staff.assign(hours=hours)), extra)


def _with_rows(resources: Resources, rows: list[dict[str, object]]) -> Resources:
    """The resources with more rows of professionals, in the order of ids and of the calendar.

    What the rows do not say is empty text or 0.
    """
    staff = resources.professionals
    blank = {
        name: 0.0 if pd.api.types.is_numeric_dtype(kind) else ""
        for name, kind in staff.dtypes.items()
    }
    if rows:
        more = pd.DataFrame([blank | row for row in rows])[list(staff.columns)]
        staff = pd.concat([staff, more.astype(staff.dtypes.to_dict())], ignore_index=True)
    calendar = {period.id: number for number, period in enumerate(resources.periods)}
    order = staff["period"].map(calendar).fillna(-1).to_numpy()
    who, _ = pd.factorize(staff["professional_id"], sort=True)
    staff = staff.iloc[np.lexsort((order, who))]
    return replace(resources, professionals=staff.reset_index(drop=True))


def _named(
    staff: pd.DataFrame, change: CapacityChange
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    roles = staff["role"].str.split(";")
    sites = staff["sites"].str.split(";")
    named = np.ones(len(staff), dtype=bool)
    if change.role != "*":
        named &= np.fromiter((change.role in r for r in roles), dtype=bool, count=len(staff))
    if change.site != "*":
        named &= np.fromiter((change.site in s for s in sites), dtype=bool, count=len(staff))
    if change.period != "*":
        named &= (staff["period"] == change.period).to_numpy()
    return named


def _newcomer(change: CapacityChange, period: str, hours: float) -> dict[str, object]:
    if change.role == "*":
        raise UsageError("hours can only be added to a named role; name the role in the change")
    return {
        "professional_id": f"extra_{change.role}_{'all' if change.site == '*' else change.site}",
        "role": change.role,
        "sites": change.site,
        "period": period,
        "hours": hours,
    }


def lineage(policy: Policy, name: str) -> tuple[Change, ...]:
    """Return the changes of a scenario, what it builds on first; () for ``base``.

    Raises:
        UsageError: no scenario has that name; the nearest name is suggested.
    """
    known = scenario_names(policy)
    if name not in known:
        raise UsageError(unknown("scenario", name, known))
    return rule_changes.lineage(policy, name)
