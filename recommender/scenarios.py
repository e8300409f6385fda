"""Scenarios: the same inputs under a named change of hours, budget, catalogue or weights."""

from __future__ import annotations

import difflib
from dataclasses import replace

import numpy as np
import pandas as pd

from recommender.errors import UsageError
from recommender.inputs.policy import CapacityChange, Change, Policy
from recommender.inputs.resources import Resources
from recommender.inputs.workspace import Inputs

BASE = "base"


def scenario_names(policy: Policy) -> tuple[str, ...]:
    """The scenarios that can be asked for, ``base`` (nothing changed) first."""
    return (BASE, *(change.id for change in policy.scenarios))


def apply_scenario(inputs: Inputs, name: str) -> Inputs:
    """The inputs as they would be under a scenario of the policy.

    Raises:
        UsageError: no scenario has that name; the nearest name is suggested.
    """
    for change in _lineage(inputs.policy, name):
        inputs = apply_change(inputs, change)
    return inputs


def apply_change(inputs: Inputs, change: Change) -> Inputs:
    """The inputs under one change, leaving out what the change does not mention."""
    policy, catalogue, resources = inputs.policy, inputs.catalogue, inputs.resources
    if change.budget is not None:
        policy = replace(policy, rules=replace(policy.rules, budget=change.budget))
    if change.weights:
        policy = replace(
            policy,
            outcomes=tuple(
                replace(o, weight=change.weights.get(o.id, o.weight)) for o in policy.outcomes
            ),
        )
    if change.caseload:
        caseload = {**policy.rules.caseload, **change.caseload}
        policy = replace(policy, rules=replace(policy.rules, caseload=caseload))
    if change.may_act_as:
        roles = tuple(
            replace(role, may_act_as=change.may_act_as.get(role.id, role.may_act_as))
            for role in policy.roles
        )
        policy, resources = replace(policy, roles=roles), replace(resources, roles=roles)
    if change.only or change.without:
        kept = (
            i
            for i in catalogue.interventions
            if (not change.only or i.id in change.only) and i.id not in change.without
        )
        catalogue = replace(catalogue, interventions=tuple(kept))
    for capacity in change.capacity:
        resources = change_capacity(resources, capacity)
    return replace(inputs, policy=policy, catalogue=catalogue, resources=resources)


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
    extra = resources.professionals.iloc[:0]
    for period in (p.id for p in resources.periods if change.period in ("*", p.id)):
        rows = named & (staff["period"] == period).to_numpy()
        total = float(hours[rows].sum())
        target = change.set if change.set is not None else total + change.add
        if target < total or (rows.any() and change.set is not None and total > 0):
            hours[rows] *= max(target, 0.0) / total if total > 0 else 0.0
        elif target > total:
            extra = pd.concat([extra, _newcomer(staff, change, period, target - total)])
    changed = pd.concat([staff.assign(hours=hours), extra], ignore_index=True)
    changed = changed.sort_values(["professional_id", "period"], kind="stable", ignore_index=True)
    return replace(resources, professionals=changed)


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


def _newcomer(
    staff: pd.DataFrame, change: CapacityChange, period: str, hours: float
) -> pd.DataFrame:
    if change.role == "*":
        raise UsageError("hours can only be added to a named role; name the role in the change")
    row: dict[str, object] = dict.fromkeys(staff.columns, "")
    row |= {
        "professional_id": f"extra_{change.role}_{'all' if change.site == '*' else change.site}",
        "role": change.role,
        "sites": change.site,
        "period": period,
        "hours": hours,
        "cost_per_hour": 0.0,
    }
    return pd.DataFrame([row]).astype(staff.dtypes.to_dict())


def _lineage(policy: Policy, name: str) -> list[Change]:
    """The changes of a scenario, what it builds on first."""
    changes = {change.id: change for change in policy.scenarios}
    lineage: list[Change] = []
    at: str | None = name
    while at is not None and at != BASE:
        if at not in changes:
            near = difflib.get_close_matches(at, scenario_names(policy), 1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise UsageError(
                f"there is no scenario {at!r}{hint} (known: {', '.join(scenario_names(policy))})"
            )
        lineage.insert(0, changes[at])
        at = changes[at].extends
    return lineage
