"""A checker of certificates: what in a plan does not hold, found without a solver.

The plan's own tables are read back into columns of the problem, which is formulated anew from
the inputs and the plan's own risks.  Their use, their value and the bound of the plan's prices
are recomputed, and the tables are built again and compared cell by cell.  How stable the plan is
under draws would take a solver, so of that only form and bounds are checked.  (R. M. McConnell and
others, Certifying algorithms, Computer Science Review 5, 2011.)
"""

from __future__ import annotations

from dataclasses import astuple, fields, replace

import numpy as np
import pandas as pd

from recommender.allocation import (
    Allocation,
    Certificate,
    CertificateError,
    Solution,
    bound,
    usage,
)
from recommender.allocation.decomposition import certify_in_parts
from recommender.allocation.model.problem import blocks_at, objective
from recommender.allocation.model.solution import row_scale
from recommender.inputs.workspace import Inputs
from recommender.matching import MatchingSettings
from recommender.planning.formulation.formulation import Formulation
from recommender.planning.formulation.labels import EXTRA, row_words
from recommender.planning.formulation.limits import LimitSettings
from recommender.planning.plan.plan import Plan, plan_of
from recommender.planning.plan.summary import Shortage, Summary
from recommender.planning.selection.selection import selection_of
from recommender.planning.staffing.caseload import in_plan_order, unmet
from recommender.planning.verify.read_back import MOST, Remade, at_rows, place, remade

CLOSE = 1e-7
"""How far a number may be from what it works out as, relative to its size and at least 1."""

DRAWN = ("draws", "benefit_low", "benefit_high", "bound_from")
"""Fields of a summary that take a solver to work out again (see ``stability_findings``)."""

ADDED = ("promise", "shortage_penalty")
"""Fields of a summary that are None in plans of earlier versions."""

KEYS = {
    "assignments": ("unit_id", "bundle", "period", "intervention"),
    "not_served": ("unit_id",),
    "sessions": ("intervention", "site", "period", "grade"),
    "resources": ("resource", "role", "site", "period", "intervention", "rule", "grade"),
    "memberships": ("resource", "unit_id", "intervention", "site", "period", "grade"),
    "staff": ("role", "sites", "period"),
    "caseload": ("professional_id", "role", "site", "period", "case", "intervention"),
    "duties": ("rule",),
}
"""The columns that tell the lines of a table apart."""

LATER = {"not_served": ("rule", "cause")}
"""Columns that plans of earlier versions lack."""


def verify(
    plan: Plan,
    inputs: Inputs,
    matching: MatchingSettings,
    limits: LimitSettings,
    *,
    whole: bool = True,
) -> tuple[str, ...]:
    """Return what does not hold, one finding a line with its place; nothing if all holds.

    Args:
        plan: the plan, as read from its folder.
        inputs: the inputs it was made from, under its scenario.
        matching, limits: the settings it was made with.
        whole: whether it is a plan in whole pupils and groups; False for a relaxation.
    """
    again, findings = remade(plan, inputs, matching, limits)
    if again is None:
        return findings
    return tuple(rebuilt(plan, again, matching, whole=whole))


def overused(formulation: Formulation, solution: Solution) -> list[str]:
    """Return the resources and units of which the plan takes more than there is, in words."""
    problem, rows = formulation.problem, formulation.rows
    used = usage(problem, solution.columns, solution.quantity)
    over = np.flatnonzero(used - problem.capacity > 1e-6 * row_scale(problem))
    excess = (used - problem.capacity)[over]
    sources = {
        "hours": "assignments.csv and sessions.csv take {:g} more than caseload.csv, hours, gives",
        "places": "assignments.csv, units, takes {:g} more than sessions.csv, groups, gives",
        "fair_coverage": "assignments.csv, units, is {:g} pupils off what the rule asks",
        "fair_hours": "assignments.csv is {:g} hours off what the rule asks",
        "fair_benefit": "assignments.csv, benefit, is {:g} off what the rule asks",
        "quorum": "sessions.csv, groups, asks {:g} pupils more than assignments.csv, units, gives",
        "budget": "assignments.csv and sessions.csv cost {:g} euros more",
        "must_serve": "assignments.csv and summary, shortages, are {:g} pupils short",
        "cap": "assignments.csv, units, takes {:g} more",
        "caseload": "assignments.csv and sessions.csv ask {:g} cases more at once",
        "at_once": "assignments.csv gives the family {:g} interventions more than it may have",
    }
    words = row_words(rows, formulation.book, over)
    findings = [
        f"{name}: {sources[rows.resource[row]].format(amount)}"
        for name, row, amount in zip(words, over.tolist(), excess.tolist(), strict=True)
    ]
    taken = np.bincount(
        blocks_at(problem, solution.columns), weights=solution.quantity, minlength=problem.blocks
    )
    over = np.flatnonzero(taken > problem.limit + 1e-6 * np.maximum(problem.limit, 1.0))
    units = int(np.count_nonzero(over < formulation.spans.sessions))
    if units:
        findings.append(f"assignments.csv, units: {units} units are given more than they count")
    if np.any(over >= formulation.spans.shortages):
        findings.append("summary, shortages: more is lacking than is owed")
    return findings


def rebuilt(plan: Plan, again: Remade, matching: MatchingSettings, *, whole: bool) -> list[str]:
    """Return what a plan's own choice takes too much of, and the cells it works out otherwise."""
    formulation, solution = again.formulation, again.solution
    findings = overused(formulation, solution)
    try:
        certificate = certify_in_parts(formulation.problem, solution, integer=whole)
    except CertificateError as error:
        if not findings:
            findings += [f"the plan does not fit: {finding}" for finding in error.findings[:MOST]]
        certificate = uncertified(formulation, solution)
    certificate = replace(certificate, better_bound=plan.summary.better_bound)
    findings += caseload_findings(plan.caseload, again)
    findings += stability_findings(plan)
    found = plan_of(
        formulation,
        Allocation(solution, certificate, float("inf"), 0.0, ()),
        again.candidates,
        matching,
        scenario=plan.summary.scenario,
        synthetic=plan.summary.synthetic,
        caseload=in_plan_order(plan.caseload, formulation.book.periods),
    )
    findings += summary_findings(plan.summary, found.summary)
    earlier = plan.summary.shortage_penalty is None
    for table in KEYS:
        if earlier and table in ("staff", "duties") and getattr(plan, table).empty:
            continue
        findings += table_findings(table, getattr(plan, table), getattr(found, table))
    return findings


def stability_findings(plan: Plan) -> list[str]:
    """Return what cannot be so in a plan's stability; working it out again would take a solver."""
    said, name = plan.summary, "stays"
    low, high = said.benefit_low, said.benefit_high
    if said.draws == 0:
        there = name in plan.assignments or low is not None or high is not None
        return ["summary, draws: is 0, but the plan tells of draws"] if there else []
    findings = []
    if said.draws < 0 or low is None or high is None or not low <= high:
        findings.append("summary, benefit_low and benefit_high: are no interval of draws")
    if name not in plan.assignments:
        return [*findings, "assignments.csv: has no column stays, but the plan tells of draws"]
    if not pd.api.types.is_numeric_dtype(plan.assignments[name]):
        return [*findings, "assignments.csv, stays: is no share"]
    share = plan.assignments[name].to_numpy(dtype=np.float64)
    wrong = np.flatnonzero(~((share >= 0) & (share <= 1)))
    return findings + at_rows("assignments", wrong, name, "is not a share from 0 to 1")


def caseload_findings(caseload: pd.DataFrame, again: Remade) -> list[str]:
    """Return the lines of a caseload that stand for nothing or do not add up.

    Who does a case is a choice, so it is checked and not made again.
    """
    selection = selection_of(again.formulation, again.solution)
    nothing, wrong, words = unmet(caseload, again.formulation, selection, again.candidates)
    return [
        *at_rows("caseload", nothing, "case", "nothing is asked for it in this role and period"),
        *at_rows("caseload", wrong, "hours", "do not add up to what the case asks"),
        *words,
    ]


def uncertified(formulation: Formulation, solution: Solution) -> Certificate:
    """Return value, bound and use of a choice that does not hold, to compare the rest with."""
    problem = formulation.problem
    value = objective(problem, solution.columns, solution.quantity)
    return Certificate(
        value=value,
        bound=bound(problem, np.maximum(solution.price, 0.0)),
        linked_bound=float("inf"),
        usage=usage(problem, solution.columns, solution.quantity),
        worst=float("inf"),
        integer=False,
        scale=abs(value),
    )


def summary_findings(said: Summary, found: Summary) -> list[str]:
    """Return the numbers of a summary that are not what they work out as."""
    findings = []
    for field in fields(Summary):
        old, new = getattr(said, field.name), getattr(found, field.name)
        if field.name in DRAWN:
            continue
        if field.name in ADDED and old is None:
            continue
        if field.name == "shortages":
            same = len(old) == len(new) and all(map(alike, old, new))
        elif isinstance(new, float) and isinstance(old, float):
            same = close(old, new)
        else:
            same = old == new
        if not same:
            source = (
                " from the prices of resources.csv and memberships.csv"
                if field.name == "bound"
                else ""
            )
            findings.append(f"summary, {field.name}: is {old}, works out as {new}{source}")
    best = min(said.bound, np.inf if said.better_bound is None else said.better_bound)
    if best < said.value - CLOSE * max(1.0, abs(said.value)):
        findings.append("summary, better_bound: is below the value of the plan")
    if said.status == "optimal" and best - said.value > 1e-5 * max(abs(said.benefit), 1e-9):
        findings.append("summary, status: is optimal, but neither bound proves it")
    return findings


def alike(one: Shortage, other: Shortage) -> bool:
    """Return whether two shortages are the same but for rounding."""
    pairs = zip(astuple(one), astuple(other), strict=True)
    return all(
        close(left, right) if isinstance(left, float) else left == right for left, right in pairs
    )


def table_findings(table: str, said: pd.DataFrame, found: pd.DataFrame) -> list[str]:
    """Return the cells of one table that are not what they work out as, line by line."""
    found = found.drop(columns=[n for n in LATER.get(table, ()) if n not in said.columns])
    absent = [name for name in found.columns if name not in said.columns]
    if absent:
        return [f"{table}.csv: has no column {name}" for name in absent]
    keys = [*KEYS[table], *(name for name in EXTRA if name in found.columns)]
    old = pd.MultiIndex.from_frame(said[keys].astype("str"))
    new = pd.MultiIndex.from_frame(found[keys].astype("str"))
    twice = np.flatnonzero(old.duplicated())
    if twice.size:
        return at_rows(table, twice, keys[0], "this line stands here twice")
    at = new.get_indexer(old)
    findings = at_rows(table, np.flatnonzero(at < 0), keys[0], "this line does not belong here")
    missing = np.flatnonzero(old.get_indexer(new) < 0)
    if missing.size:
        what = ", ".join(str(value) for value in new[missing[0]] if value)
        findings.append(f"{table}.csv: {missing.size} lines are missing, such as {what}")
    lines = np.flatnonzero(at >= 0)
    if not findings and np.any(np.diff(at) < 0):
        findings.append(f"{table}.csv: the lines are out of order")
    for name in (name for name in found.columns if name not in keys):
        a, b = said[name].iloc[lines], found[name].iloc[at[lines]]
        if pd.api.types.is_numeric_dtype(b):
            left, right = a.to_numpy(dtype=np.float64), b.to_numpy(dtype=np.float64)
            wrong = ~(np.abs(left - right) <= CLOSE * np.maximum(1.0, np.abs(right)))
        else:
            wrong = a.to_numpy(dtype=object) != b.to_numpy(dtype=object)
        rows = lines[wrong]
        for row in rows[:MOST].tolist():
            here = (
                f"is {_said(said[name].iloc[row])}, works out as {_said(found[name].iloc[at[row]])}"
            )
            findings.append(f"{place(table, row, name)}: {here}")
        if rows.size > MOST:
            findings.append(f"{table}.csv, {name}: {rows.size - MOST} more lines like these")
    return findings


def close(left: float, right: float) -> bool:
    """Return whether two numbers are the same but for rounding."""
    return left == right or abs(left - right) <= CLOSE * max(1.0, abs(right))


def _said(value: object) -> str:
    return f"{value:.10g}" if isinstance(value, float) else repr(str(value))
