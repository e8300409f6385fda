"""Feasibility repair: the fewest extra hours that meet a must-serve rule, solved again as proof.

For every rule and site that lacks pupils, the choices of the site - and of the sites where parents
of its pupils receive their help - are solved for the fewest hours that would have to be added so
that everybody owed help is offered some, while all other sites keep what they have.  Where several
lack pupils, they are solved together as well: hours that one may still take from staff they share
are gone for the next.  Then all of it is solved again with these hours and its true values: only
what comes out without a shortage is called a repair.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import scipy.sparse as sp

from recommender.allocation import Solution
from recommender.allocation.model.problem import blocks_at
from recommender.planning.explain.subproblem import (
    PROOF,
    SECONDS,
    STEP,
    WIDE,
    Extra,
    Subproblem,
    more_hours_at,
    solve_subproblem,
    subproblem_of,
    whole_choice,
    with_more,
)
from recommender.planning.formulation.formulation import Formulation
from recommender.planning.formulation.indexing import Floats, Ints
from recommender.planning.formulation.limits import PieceKind
from recommender.planning.selection.duties import suited
from recommender.planning.selection.selection import WHOLE

EURO = 0.01
"""A euro counts as so many hours where money lacks as well."""

MOST = 10
"""Shortages that are looked into; they stand in the order of their rules."""

ALL = "*"
"""Stands for the rule and the site of the repair of all shortages together."""

COLUMNS = (
    "rule", "site", "pupils", "role", "at", "period", "hours", "euros", "unsuited", "proved",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Repair:
    """What a rule lacks at a site, and the least that would do.

    Attributes:
        rule, site, pupils: the shortage; rule and site are ``*`` of all shortages together.
        hours: what to add, at the site or where the parents receive their help; euros: to add to
            the budget.
        unsuited: pupils owed help who may not be offered any that counts: hours do not help them,
            only a decision, other help in the catalogue or a wider rule does.
        proved: whether it was solved again with it and lacked nobody but the unsuited.
    """

    rule: str
    site: str
    pupils: float
    hours: tuple[Extra, ...] = ()
    euros: float = 0.0
    unsuited: float = 0.0
    proved: bool = False

    def __str__(self) -> str:
        lacks = f"{self.rule} at {self.site} lacks help for {self.pupils:g} pupils"
        if self.rule == ALL:
            lacks = f"all of these together lack help for {self.pupils:g} pupils"
        parts = [
            f"{extra.hours:g} hours of {extra.role}"
            + (f" at {extra.site}" if extra.site != self.site else "")
            + f" in {extra.period}"
            for extra in self.hours
        ]
        if self.euros:
            parts.append(f"{self.euros:,.0f} euros")
        if parts and self.proved:
            lacks += f"; {', '.join(parts)} more would do (solved again)"
        elif not self.unsuited:
            lacks += "; no hours were found that would do: relax the rule, or what counts for it"
        if self.unsuited:
            lacks += (
                f"; {self.unsuited:g} of them may not be offered anything that counts, whatever "
                "the hours: widen what counts for the rule, or decide by hand"
            )
        return lacks


@dataclass(frozen=True, slots=True)
class _Short:
    """A shortage: codes of rule and site, its column, the pupils it lacks and who is owed help.

    ``unit`` are those who may be offered help that counts, ``unsuited`` how many may not.
    """

    rule: int
    site: int
    column: int
    pupils: float
    unit: Ints
    unsuited: float


def repairs(
    formulation: Formulation, solution: Solution, seconds: float = math.inf
) -> tuple[Repair, ...]:
    """Return a repair for every rule and site that lacks pupils, and one of all together.

    Nothing is returned where nothing lacks.

    Args:
        formulation: the problem with its meaning.
        solution: the plan that lacks them.
        seconds: how long the search for all of them may take.
    """
    end = time.monotonic() + seconds
    short = _shortages(formulation, solution)
    found = [_repaired(formulation, solution, (each,), end) for each in short]
    if len([repair for repair in found if repair.hours or repair.euros]) > 1:
        found.append(_repaired(formulation, solution, short, end))
    return tuple(found)


def repairs_table(found: tuple[Repair, ...]) -> pd.DataFrame:
    """Return repairs as a table: a row for all hours of a role at a site in a period.

    Columns: rule, site, pupils, role, at (where the hours are added), period, hours, euros,
    unsuited, proved; euros, unsuited and proved are those of the whole repair.  A repair that needs
    no hours, or that is not found, has one row without a role.
    """
    rows = [
        (
            repair.rule, repair.site, repair.pupils, extra.role, extra.site, extra.period,
            extra.hours, repair.euros, repair.unsuited, int(repair.proved),
        )
        for repair in found
        for extra in repair.hours or (Extra("", "", "", 0.0),)
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _shortages(formulation: Formulation, solution: Solution) -> tuple[_Short, ...]:
    pieces, problem = formulation.pieces, formulation.problem
    amount = whole_choice(formulation, solution)
    first = int(problem.start[formulation.spans.shortages])
    piece = formulation.offers.piece[problem.offer[first:]]
    lacking = (pieces.kind[piece] == PieceKind.SHORT) & (amount[first:] > WHOLE)
    found = []
    for at in np.flatnonzero(lacking)[:MOST].tolist():
        rule, site = int(pieces.rule[piece[at]]), int(pieces.site[piece[at]])
        unit, unsuited = _owed(formulation, rule, site)
        found.append(_Short(rule, site, first + at, float(amount[first + at]), unit, unsuited))
    return tuple(found)


def _owed(formulation: Formulation, rule: int, site: int) -> tuple[Ints, float]:
    """Return who is owed help that counts and may be offered it, and how many pupils may not."""
    people, may = formulation.units, suited(formulation)
    owed = (people.duty == rule) & people.agreed & (people.site == site)
    return np.flatnonzero(owed & may), float(people.count[owed & ~may].sum())


def _repaired(
    formulation: Formulation, solution: Solution, short: tuple[_Short, ...], end: float
) -> Repair:
    people, book = formulation.units, formulation.book
    alone = len(short) == 1
    lacks = Repair(
        book.rules[short[0].rule] if alone else ALL,
        book.sites[short[0].site] if alone else ALL,
        sum(each.pupils for each in short),
        unsuited=sum(each.unsuited for each in short),
    )
    unit = np.unique(np.concatenate([each.unit for each in short]))
    if unit.size == 0 or time.monotonic() >= end:
        return lacks
    family = people.family[unit]
    sites = np.unique(np.concatenate([people.site[unit], people.home[family[family >= 0]]]))
    near = PROOF if alone else WIDE
    subproblem = subproblem_of(formulation, solution, sites, unit, near=near)
    rows = _rows(formulation, sites)
    added = _fewest(formulation, subproblem, rows, short, end)
    if added is None:
        return lacks
    more = subproblem
    for row, amount in zip(rows.tolist(), added.tolist(), strict=True):
        if amount > 0:
            more = with_more(more, row, amount, formulation)
    again = solve_subproblem(more, _left(end))
    proved = again is not None and all(
        again.of(np.array([each.column])) <= each.unsuited + WHOLE for each in short
    )
    is_hours = formulation.rows.role[rows] >= 0
    hours = tuple(
        more_hours_at(formulation, row, amount)
        for row, amount in zip(rows[is_hours].tolist(), added[is_hours].tolist(), strict=True)
        if amount > 0
    )
    return replace(lacks, hours=hours, euros=float(added[~is_hours].sum()), proved=proved)


def _left(end: float) -> float:
    """Return how long one search may take."""
    return min(SECONDS, end - time.monotonic())


def _rows(formulation: Formulation, sites: Ints) -> Ints:
    """Return the rows that may be added to: hours at the sites, and money."""
    labels = formulation.rows
    resource = np.array(labels.resource, dtype=object)
    hours = (resource == "hours") & np.isin(labels.site, sites)
    return np.flatnonzero(hours | (resource == "budget"))


def _fewest(
    formulation: Formulation,
    subproblem: Subproblem,
    rows: Ints,
    short: tuple[_Short, ...],
    end: float,
) -> Floats | None:
    """Return (rows,) the least to add so that nobody suited lacks help, or None if nothing does."""
    problem = subproblem.problem
    place = {int(row): number for number, row in enumerate(subproblem.rows.tolist())}
    here = np.array([place.get(int(row), -1) for row in rows], dtype=np.int64)
    some = np.flatnonzero(here >= 0)
    width = some.size
    cost = np.where(formulation.rows.role[rows[some]] >= 0, 1.0, EURO)
    supply = sp.csc_array(
        (np.full(width, -1.0), (here[some], np.arange(width))), shape=(problem.rows, width)
    )
    limit = problem.limit.copy()
    for each in short:
        mine = subproblem.at(np.array([each.column]))
        limit[blocks_at(problem, mine)] = each.unsuited
    first, last = formulation.problem.start[[formulation.spans.sessions, formulation.spans.staff]]
    session = np.flatnonzero((subproblem.columns >= first) & (subproblem.columns < last))
    pupils = np.ceil(float(formulation.units.count.sum()))
    of_session = blocks_at(problem, session)
    limit[of_session] = np.maximum(limit[of_session], pupils)  # hours no longer bound the groups
    enough = float(np.abs(problem.capacity).sum() + abs(problem.use).sum())
    wide = replace(
        problem,
        value=np.concatenate([np.zeros(problem.columns), -cost]),
        offer=np.concatenate([problem.offer, problem.offers + np.arange(width)]).astype(np.int32),
        start=np.concatenate([problem.start, problem.columns + 1 + np.arange(width)]),
        limit=np.concatenate([limit, np.full(width, enough)]),
        divisible=np.concatenate([problem.divisible, np.ones(width, dtype=np.bool_)]),
        use=sp.csc_array(sp.hstack([problem.use, supply], format="csc")),
        part=np.concatenate([problem.part, np.full(width, -1, dtype=np.int32)]),
    )
    beyond = formulation.problem.columns + np.arange(width)
    none = np.zeros(problem.columns + width)
    whole = Subproblem(
        wide, np.concatenate([subproblem.columns, beyond]), subproblem.rows, 0.0, none
    )
    found = solve_subproblem(whole, _left(end))
    if found is None:
        return None
    added = np.zeros(rows.size)
    new = found.columns >= formulation.problem.columns
    added[some[found.columns[new] - formulation.problem.columns]] = found.quantity[new]
    added = np.where(added > WHOLE, np.ceil(added / STEP - 1e-6) * STEP, 0.0)
    return np.asarray(added)
