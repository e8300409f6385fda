"""Read back: the columns that the tables of a plan stand for, or what in them stands for nothing.

A place in a table is written ``assignments.csv line 4, units``; the header is line 1.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from recommender.allocation import Solution
from recommender.inputs.workspace import Inputs
from recommender.matching import Candidates, MatchingSettings, match
from recommender.planning.formulation.formulate import formulate
from recommender.planning.formulation.formulation import Formulation
from recommender.planning.formulation.indexing import Floats, Ints, ranges
from recommender.planning.formulation.labels import EXTRA, bundle_names, named
from recommender.planning.formulation.limits import LimitSettings, PieceKind
from recommender.planning.formulation.rules.fairness import settled
from recommender.planning.plan.columns import COLUMNS, malformed
from recommender.planning.plan.plan import Plan
from recommender.planning.plan.summary import RUNNING
from recommender.planning.selection.group_prices import membership_links
from recommender.planning.staffing.caseload import NOBODY
from recommender.risk.profiles import RiskProfiles

MOST = 20
"""Findings of one kind that are written out; more are counted."""


@dataclass(frozen=True, eq=False, slots=True)
class ColumnsRead:
    """Columns that one table stands for, with how much of each and what is wrong in the table."""

    columns: Ints
    quantity: Floats
    findings: tuple[str, ...]


def place(table: str, row: int, column: str) -> str:
    """Return where a cell of a plan stands; rows count from 0."""
    return f"{table}.csv line {row + 2}, {column}"


def at_rows(table: str, rows: Ints, column: str, what: str) -> list[str]:
    """Return one finding a row, the first ones written out and the others counted."""
    found = [f"{place(table, row, column)}: {what}" for row in rows[:MOST].tolist()]
    if rows.size > MOST:
        found.append(f"{table}.csv, {column}: {rows.size - MOST} more lines like these")
    return found


@dataclass(frozen=True, eq=False, slots=True)
class Remade:
    """What a plan was made from, made again from its inputs and its own risks.

    Attributes:
        candidates, formulation: made again.
        solution: the choice of columns that the plan's tables stand for.
    """

    candidates: Candidates
    formulation: Formulation
    solution: Solution


def remade(
    plan: Plan, inputs: Inputs, matching: MatchingSettings, limits: LimitSettings
) -> tuple[Remade | None, tuple[str, ...]]:
    """Return what a plan was made from, or None and what in the plan stands for nothing.

    Args:
        plan: the plan, as read from its folder.
        inputs: the inputs it was made from, under its scenario.
        matching, limits: the settings it was made with.
    """
    findings = malformed_tables(plan)
    if findings:
        return None, findings
    risks, findings = risks_of(plan, inputs)
    if risks is None:
        return None, findings
    candidates = match(inputs.cohort, inputs.catalogue, risks, matching)
    formulation = formulate(candidates, inputs.resources, limits)
    solution, findings = solution_of(plan, formulation, candidates)
    return (None if findings else Remade(candidates, formulation, solution)), findings


def malformed_tables(plan: Plan) -> tuple[str, ...]:
    """Return what keeps the tables of a plan from being read at all."""
    return malformed({name: getattr(plan, name) for name in COLUMNS})


def risks_of(plan: Plan, inputs: Inputs) -> tuple[RiskProfiles | None, tuple[str, ...]]:
    """Return the risks a plan was made with, or what is wrong with its ``profiles``."""
    table, units = plan.profiles, inputs.cohort.units
    outcomes = tuple(outcome.id for outcome in inputs.policy.outcomes)
    expected = (len(units), len(outcomes))
    if len(table) != expected[0] * expected[1]:
        return None, (f"profiles: {len(table)} lines, not one for every unit and outcome",)
    wrong = (table["unit_id"] != np.repeat(units["unit_id"].to_numpy(), expected[1])).to_numpy()
    findings = at_rows("profiles", np.flatnonzero(wrong), "unit_id", "is not the unit's turn")
    wrong = (table["outcome"] != np.tile(np.array(outcomes, object), expected[0])).to_numpy()
    findings += at_rows("profiles", np.flatnonzero(wrong), "outcome", "is not the outcome's turn")
    risk = table["risk"].to_numpy(dtype=np.float64)
    error = table["standard_error"].to_numpy(dtype=np.float64)
    findings += at_rows(
        "profiles", np.flatnonzero(~((risk >= 0) & (risk <= 1))), "risk", "is not within 0 and 1"
    )
    findings += at_rows(
        "profiles", np.flatnonzero(~(error >= 0)), "standard_error", "is not 0 or more"
    )
    strange = ~plan.calibration["outcome"].isin(outcomes).to_numpy(dtype=np.bool_)
    findings += at_rows("calibration", np.flatnonzero(strange), "outcome", "is no outcome")
    if findings:
        return None, tuple(findings)
    return (
        RiskProfiles(
            outcomes=outcomes,
            risk=risk.reshape(expected),
            standard_error=error.reshape(expected),
            origin=("plan",) * len(outcomes),
            trust=plan.calibration,
        ),
        (),
    )


def solution_of(
    plan: Plan, formulation: Formulation, candidates: Candidates
) -> tuple[Solution, tuple[str, ...]]:
    """Return the choice of columns that a plan's tables stand for, and what is wrong in them.

    Args:
        plan: the plan, as read from its folder.
        formulation: the problem, formulated from the same inputs.
        candidates: what it was formulated from.
    """
    parts = (
        units_part(plan, formulation, candidates),
        sessions_part(plan, formulation),
        staff_part(plan, formulation),
        shortages_part(plan, formulation),
    )
    price, price_findings = prices_of(plan, formulation)
    links, lines = membership_links(
        plan.memberships,
        formulation,
        row_labels(formulation),
        candidates.cohort.units["unit_id"],
    )
    price_findings += at_rows("memberships", lines, "unit_id", "is not in a group that needs it")
    columns, where = np.unique(
        np.concatenate([part.columns for part in parts]), return_inverse=True
    )
    quantity = np.bincount(
        where, weights=np.concatenate([part.quantity for part in parts]), minlength=columns.size
    )
    solution = Solution(
        columns=columns.astype(np.int64),
        quantity=quantity.astype(np.float64),
        price=price,
        links=links,
        engine=plan.summary.engine,
        status=plan.summary.status,  # type: ignore[arg-type]
    )
    findings = [finding for part in parts for finding in part.findings]
    return settled(formulation, solution), (*findings, *price_findings)


def units_part(plan: Plan, formulation: Formulation, candidates: Candidates) -> ColumnsRead:
    """Return the columns of units that ``assignments`` stands for."""
    table, book = plan.assignments, formulation.book
    unit_ids = pd.Index(candidates.cohort.units["unit_id"])
    unit = codes_in(unit_ids, table["unit_id"])
    bundle = codes_in(pd.Index(bundle_names(candidates)), table["bundle"])
    period = codes_in(pd.Index(book.periods), table["period"])
    pupils = table["units"].to_numpy(dtype=np.float64)
    findings = [
        *at_rows("assignments", np.flatnonzero(unit < 0), "unit_id", "there is no such unit"),
        *at_rows("assignments", np.flatnonzero(bundle < 0), "bundle", "nobody may be offered this"),
        *at_rows("assignments", np.flatnonzero(period < 0), "period", "there is no such period"),
        *at_rows("assignments", np.flatnonzero(~(pupils > 0)), "units", "is not above 0"),
    ]
    known = np.flatnonzero((unit >= 0) & (bundle >= 0) & (period >= 0))
    column = _column_of(formulation, candidates, unit[known], bundle[known], period[known])
    missing = known[column < 0]
    findings += at_rows(
        "assignments", missing, "bundle", "this unit may not be offered this in this period"
    )
    known, column = known[column >= 0], column[column >= 0]
    columns, first, which = np.unique(column, return_index=True, return_inverse=True)
    lines = np.bincount(which, minlength=columns.size)
    size = np.array([len(b.interventions) for b in candidates.bundles], dtype=np.int64)
    incomplete = lines != size[bundle[known[first]]]
    findings += at_rows(
        "assignments", known[first[incomplete]], "intervention", "its bundle has other members"
    )
    uneven = known[np.abs(pupils[known] - pupils[known[first]][which]) > 0]
    findings += at_rows("assignments", uneven, "units", "differs within the bundle")
    return ColumnsRead(columns, pupils[known[first]], tuple(findings))


def _column_of(
    formulation: Formulation, candidates: Candidates, unit: Ints, bundle: Ints, period: Ints
) -> Ints:
    """Return (k,) the column of units, bundles and start periods, -1 where there is none."""
    problem = formulation.problem
    found = np.full(unit.size, -1, dtype=np.int64)
    block = formulation.block[unit]
    some = np.flatnonzero(block >= 0)
    size = problem.start[block[some] + 1] - problem.start[block[some]]
    columns = ranges(problem.start[block[some]], size)
    asked = np.repeat(some, size)
    fits = candidates.bundle[formulation.candidate[columns]] == bundle[asked]
    fits &= formulation.offers.period[problem.offer[columns]] == period[asked]
    found[asked[fits]] = columns[fits]
    return found


def sessions_part(plan: Plan, formulation: Formulation) -> ColumnsRead:
    """Return the columns of sessions that ``sessions`` stands for."""
    table, book, pieces = plan.sessions, formulation.book, formulation.pieces
    said = table.reindex(columns=list(EXTRA), fill_value="")
    keys = pd.MultiIndex.from_arrays(
        [
            codes_in(pd.Index(names), text, empty=True)
            for text, names in (
                (table["intervention"], book.interventions),
                (table["site"], book.sites),
                (table["period"], book.periods),
                (table["grade"], tuple(map(str, book.grades))),
                (said["family"], book.families),
                (said["alike"], book.alike),
            )
        ]
    )
    group = np.flatnonzero(pieces.kind == PieceKind.GROUP)
    known = pd.MultiIndex.from_arrays(
        [
            getattr(pieces, label)[group]
            for label in ("intervention", "site", "period", "grade", *EXTRA)
        ]
    )
    at = known.get_indexer(keys).astype(np.int64)
    findings = at_rows("sessions", np.flatnonzero(at < 0), "intervention", "no such group can run")
    findings += at_rows(
        "sessions", np.flatnonzero(keys.duplicated()), "intervention", "stands here twice"
    )
    groups = table["groups"].to_numpy(dtype=np.float64)
    findings += at_rows("sessions", np.flatnonzero(~(groups > 0)), "groups", "is not above 0")
    at, groups = at[at >= 0], groups[at >= 0]
    first = int(formulation.problem.start[formulation.spans.sessions])
    return ColumnsRead(first + at[groups > 0], groups[groups > 0], tuple(findings))


def staff_part(plan: Plan, formulation: Formulation) -> ColumnsRead:
    """Return the ways of staff and the lent hours that ``caseload`` stands for."""
    table, book, staff = plan.caseload, formulation.book, formulation.staff
    people = formulation.resources.professionals
    person, way = staff.of_members()
    names = pd.Index(people["professional_id"].unique())
    known = pd.MultiIndex.from_arrays(
        [
            names.get_indexer(pd.Index(people["professional_id"]))[person],
            staff.way_role[way],
            staff.way_site[way],
            staff.period[staff.way_team[way]],
        ]
    )
    nobody = (table["professional_id"] == NOBODY).to_numpy(dtype=np.bool_)
    keys = [
        codes_in(names, table["professional_id"]),
        codes_in(pd.Index(book.roles), table["role"]),
        codes_in(pd.Index(book.sites), table["site"]),
        codes_in(pd.Index(book.periods), table["period"]),
    ]
    first = ~known.duplicated()
    way = way[first]
    at = known[first].get_indexer(pd.MultiIndex.from_arrays(keys)).astype(np.int64)
    hours = table["hours"].to_numpy(dtype=np.float64)
    findings = at_rows("caseload", np.flatnonzero(~(hours > 0)), "hours", "is not above 0")
    wrong = np.flatnonzero((at < 0) & ~nobody)
    findings += at_rows(
        "caseload", wrong, "professional_id", "does not work in this role, site and period"
    )
    at_work = (at >= 0) & ~nobody
    spent = np.bincount(way[at[at_work]], weights=hours[at_work], minlength=staff.way_team.size)
    rate = staff.rate[staff.way_team]
    spent = np.where(rate > 0, spent / np.where(rate > 0, rate, 1.0), 0.0)
    findings += overworked(plan, formulation)
    used = np.flatnonzero(spent > 0)
    first_column = int(formulation.problem.start[formulation.spans.staff])
    return ColumnsRead(first_column + used, np.asarray(spent[used], np.float64), tuple(findings))


def overworked(plan: Plan, formulation: Formulation) -> list[str]:
    """Return the professionals to whom the caseload gives more hours than they have."""
    table, people, staff = plan.caseload, formulation.resources.professionals, formulation.staff
    there = pd.Series(
        people["hours"].to_numpy(dtype=np.float64) * staff.rate[staff.member_of],
        index=pd.MultiIndex.from_frame(people[["professional_id", "period"]]),
    )
    there = there.groupby(level=[0, 1]).sum()
    used = table.groupby(["professional_id", "period"])["hours"].sum()
    most = there.reindex(used.index).to_numpy(dtype=np.float64)
    over = used.to_numpy(dtype=np.float64) > most * (1 + 1e-6) + 1e-6
    return [
        f"caseload.csv, hours: professional {name} is given {used[name, period]:g} hours in "
        f"{period}, and has {there[name, period]:g}"
        for name, period in used.index[over].tolist()[:MOST]
    ]


def shortages_part(plan: Plan, formulation: Formulation) -> ColumnsRead:
    """Return the columns of shortages that the summary stands for."""
    book, pieces = formulation.book, formulation.pieces
    lacking = np.flatnonzero(pieces.kind >= PieceKind.SHORT)
    labels = [
        (
            (named(book.rules, pieces.rule[lacking]), pieces.kind[lacking] != PieceKind.BORROWED),
            named(book.sites, pieces.site[lacking]),
            named(book.roles, pieces.role[lacking]),
            named(book.periods, pieces.period[lacking]),
        )
    ]
    (rules, short), sites, roles, periods = labels[0]
    level = (pieces.kind[lacking] == PieceKind.LEVEL).tolist()
    position = {
        (rule if owed else RUNNING, site, role, period): number
        for number, (rule, owed, site, role, period) in enumerate(
            zip(rules, short, sites, roles, periods, strict=True)
        )
        if not level[number]
    }
    first = int(formulation.problem.start[formulation.spans.shortages])
    columns, quantity, findings = [], [], []
    for shortage in plan.summary.shortages:
        at = position.get((shortage.rule, shortage.site, shortage.role, shortage.period))
        amount = shortage.hours if shortage.rule == RUNNING else shortage.pupils
        if at is None or not amount > 0:
            findings.append(
                f"summary, shortages: {shortage.rule} at {shortage.site} can lack nothing"
            )
        else:
            columns.append(first + at)
            quantity.append(amount)
    return ColumnsRead(
        np.array(columns, dtype=np.int64), np.array(quantity, dtype=np.float64), tuple(findings)
    )


def prices_of(plan: Plan, formulation: Formulation) -> tuple[Floats, list[str]]:
    """Return (rows,) the prices that ``resources`` lists, 0 where it lists none."""
    table, labels = plan.resources, row_labels(formulation)
    keys = ["resource", "role", "site", "period", "intervention", "rule", "grade", *EXTRA]
    known = pd.MultiIndex.from_frame(labels[keys])
    asked = pd.MultiIndex.from_frame(table.reindex(columns=keys, fill_value="").astype("str"))
    at = known.get_indexer(asked).astype(np.int64)
    price = np.zeros(formulation.rows.size)
    value = table["price"].to_numpy(dtype=np.float64)
    findings = at_rows("resources", np.flatnonzero(at < 0), "resource", "there is no such resource")
    findings += at_rows(
        "resources", np.flatnonzero(asked.duplicated()), "resource", "stands here twice"
    )
    findings += at_rows("resources", np.flatnonzero(value < 0), "price", "is below 0")
    lost = formulation.rows.size - np.unique(at[at >= 0]).size
    if lost:
        findings.append(f"resources.csv: {lost} lines are missing")
    price[at[at >= 0]] = value[at >= 0]
    return price, findings


def row_labels(formulation: Formulation) -> pd.DataFrame:
    """Return resource, role, site, period, intervention, rule, grade, family of every row."""
    rows, book = formulation.rows, formulation.book
    return pd.DataFrame(
        {
            "resource": np.array(rows.resource, dtype=object),
            "role": named(book.roles, rows.role),
            "site": named(book.places, rows.site),
            "period": named(book.periods, rows.period),
            "intervention": named(book.interventions, rows.intervention),
            "rule": named(book.rules, rows.rule),
            "grade": named(book.grades, rows.grade),
            "family": named(book.families, rows.family),
            "alike": named(book.alike, rows.alike),
        }
    ).astype("str")


def codes_in(names: pd.Index, texts: pd.Series, *, empty: bool = False) -> Ints:
    """Return (n,) positions of texts among names, -1 for others; -1 for "" where it is allowed.

    Where "" is not a name of its own and ``empty`` is set, unknown texts are -2.
    """
    at = names.astype(object).get_indexer(pd.Index(texts.astype(object))).astype(np.int64)
    if empty:
        at = np.where((at < 0) & (texts != "").to_numpy(dtype=np.bool_), -2, at)
    return np.asarray(at)
