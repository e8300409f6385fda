"""Monotone bounds: what only tightens a scenario has no better plan and no looser bound.

One run is *within* another where whatever it may choose, the other may choose too, at the same
value: the same candidates under the same rules, with no more hours of anybody, no more money and
no higher caps.  Then a plan of the one is a plan of the other - which is certified again in the
problem of the other, whatever the order says - and what nothing exceeds in the other, nothing
exceeds in the one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd

from recommender.allocation import Allocation, CertificateError
from recommender.allocation.decomposition import certify_in_parts
from recommender.inputs.policy import Role
from recommender.inputs.resources import Resources
from recommender.matching import Candidates
from recommender.planning import Formulation, LimitSettings
from recommender.planning.plan.proof import rounding
from recommender.planning.verify.read_back import solution_of
from recommender.scenarios.solve import Run

WriteUp = Callable[[Run], Run]


def consistent_runs(runs: tuple[Run, ...], written: WriteUp) -> tuple[Run, ...]:
    """Return runs of which none that lies within another is better or has a looser bound.

    A run with the plan of another says so in ``plan_from``, one with the bound of another in
    ``bound_from``; plans are handed on only where they are worth more, bounds where they are lower.

    Args:
        runs: as they were solved.
        written: writes up the plan of a run whose allocation changed.
    """
    inside = {
        (one.name, other.name): one is not other and within(one, other)
        for one in runs
        for other in runs
    }
    better = [
        _best_of(run, [one for one in runs if inside[one.name, run.name]], written) for run in runs
    ]
    return tuple(
        _bounded(run, [other for other in better if inside[run.name, other.name]]) for run in better
    )


def within(one: Run, other: Run) -> bool:
    """Return whether a run may choose nothing that another may not choose at the same value."""
    return (
        _no_looser(one.settings.limits, other.settings.limits)
        and _no_more(one.inputs.resources, other.inputs.resources)
        and _same_candidates(one.candidates, other.candidates)
        and _same_columns(one.formulation, other.formulation)
    )


def _no_looser(one: LimitSettings, other: LimitSettings) -> bool:
    """Return whether the same rules hold, with no more money, no higher caps, no less travel."""
    plain = {"budget": None, "caps": (), "travel_overhead": 0.0, "caseload": ()}
    if replace(one, **plain) != replace(other, **plain):  # type: ignore[arg-type]
        return False
    money = (np.inf if limits.budget is None else limits.budget for limits in (one, other))
    return (
        next(money) <= next(money)
        and one.travel_overhead >= other.travel_overhead
        and _no_higher(dict(one.caps), dict(other.caps))
        and _no_higher(dict(one.caseload), dict(other.caseload))
    )


def _no_higher(
    one: dict[str, float] | dict[str, int], other: dict[str, float] | dict[str, int]
) -> bool:
    return all(one.get(name, np.inf) <= most for name, most in other.items())


def _no_more(one: Resources, other: Resources) -> bool:
    """Return whether everybody who gives hours in one gives at least as many in the other."""
    if one.periods != other.periods or not one.sites.equals(other.sites):
        return False
    roles = {role.id: role for role in other.roles}
    if not all(role.id in roles and _acts(role, roles[role.id]) for role in one.roles):
        return False
    hours, there = _hours(one.professionals), _hours(other.professionals)
    if hours.index.names != there.index.names:
        return False
    most = there.reindex(hours.index).fillna(0.0).to_numpy(dtype=np.float64)
    return bool(np.all(hours.to_numpy(dtype=np.float64) <= most + 1e-12))


def _acts(one: Role, other: Role) -> bool:
    same = replace(one, may_act_as=()) == replace(other, may_act_as=())
    return same and set(one.may_act_as) <= set(other.may_act_as)


def _hours(professionals: pd.DataFrame) -> pd.Series:
    """Return the hours of everybody by all that is known of them."""
    keys = [name for name in professionals.columns if name != "hours"]
    found: pd.Series = professionals.groupby(keys, dropna=False)["hours"].sum()
    return found[found > 0]


def _same_candidates(one: Candidates, other: Candidates) -> bool:
    if one is other:
        return True
    return (
        one.cohort is other.cohort
        and one.catalogue == other.catalogue
        and one.bundles == other.bundles
        and np.array_equal(one.unit, other.unit)
        and np.array_equal(one.bundle, other.bundle)
        and np.array_equal(one.benefit, other.benefit)
    )


def _same_columns(one: Formulation, other: Formulation) -> bool:
    """Return whether units have the same columns, at the same value and the same cost of lack."""
    units = one.candidate.size
    return (
        np.array_equal(one.candidate, other.candidate)
        and np.array_equal(one.problem.value[:units], other.problem.value[:units])
        and np.array_equal(one.unit, other.unit)
    )


def _best_of(run: Run, inside: list[Run], written: WriteUp) -> Run:
    """Return a run with the best of its plan and the plans of runs within it."""
    best, least = run, run.allocation.certificate.value
    for one in sorted(inside, key=lambda each: -each.allocation.certificate.value):
        if one.allocation.certificate.value <= least + rounding(least):
            break
        allocation = _carried(one, run)
        if allocation is not None and allocation.certificate.value > least + rounding(least):
            best = replace(run, allocation=allocation, plan_from=one.name)
            break
    return best if best is run else written(best)


def _carried(one: Run, other: Run) -> Allocation | None:
    """Return the plan of one run as an allocation of another, or None where it does not fit."""
    found, _ = solution_of(one.plan, other.formulation, other.candidates)
    before = other.allocation
    solution = replace(before.solution, columns=found.columns, quantity=found.quantity)
    try:
        certificate = certify_in_parts(
            other.formulation.problem, solution, integer=other.settings.effort.whole
        )
    except CertificateError:
        return None
    better = before.certificate.better_bound
    if better is not None:
        certificate = replace(certificate, better_bound=max(better, certificate.value))
    return replace(before, solution=solution, certificate=certificate)


def _bounded(run: Run, outside: list[Run]) -> Run:
    """Return a run with the lowest of its bound and the bounds of runs that it lies within."""
    certificate, summary = run.allocation.certificate, run.plan.summary
    lowest = min(outside, key=lambda other: other.plan.summary.best_bound, default=None)
    if lowest is None:
        return run
    bound = max(lowest.plan.summary.best_bound, certificate.value)
    if bound >= summary.best_bound - rounding(summary.best_bound):
        return run
    summary = replace(summary, better_bound=bound, bound_from=lowest.name)
    return replace(
        run,
        allocation=replace(run.allocation, certificate=replace(certificate, better_bound=bound)),
        plan=replace(run.plan, summary=summary),
        bound_from=lowest.name,
    )
