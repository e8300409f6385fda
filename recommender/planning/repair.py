"""Repair: the fewest extra hours with which a must-serve rule could be met, solved again as proof.

For every rule and site that lacks pupils, the choices of the site are solved for the fewest hours
that would have to be added so that everybody owed help is offered some, while all other sites keep
what they have.  Then the site is solved again with these hours and its true values: only what comes
out without a shortage is called a repair.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp

from recommender.allocation import Solution
from recommender.planning.codes import Ints
from recommender.planning.formulate import Formulation
from recommender.planning.limits import Kind
from recommender.planning.local import PROOF, Room, best, room_of, whole_choice, with_more
from recommender.planning.taken import WHOLE

EURO = 0.01
"""A euro counts as so many hours where money lacks as well."""

MOST = 10
"""Shortages that are looked into; they stand in the order of their rules."""

STEP = 0.25
"""Hours are given in quarters."""


@dataclass(frozen=True, slots=True)
class Repair:
    """What a rule lacks at a site, and the least that would do.

    Attributes:
        rule, site, pupils: the shortage.
        hours: (role, period, hours) to add at the site; euros: to add to the budget.
        unsuited: pupils owed help who may not be offered any that counts: hours do not help them,
            only a decision, other help in the catalogue or a wider rule does.
        proved: whether the site was solved again with it and lacked nobody but the unsuited.
    """

    rule: str
    site: str
    pupils: float
    hours: tuple[tuple[str, str, float], ...] = ()
    euros: float = 0.0
    unsuited: float = 0.0
    proved: bool = False

    def __str__(self) -> str:
        lacks = f"{self.rule} at {self.site} lacks help for {self.pupils:g} pupils"
        parts = [f"{hours:g} hours of {role} in {period}" for role, period, hours in self.hours]
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


def repairs(formulation: Formulation, solution: Solution) -> tuple[Repair, ...]:
    """Return a repair for every rule and site that lacks pupils; none where nothing lacks."""
    pieces, problem, book = formulation.pieces, formulation.problem, formulation.book
    amount = whole_choice(formulation, solution)
    first = int(problem.start[formulation.spans.shortages])
    piece = formulation.offers.piece[problem.offer[first:]]
    short = (pieces.kind[piece] == Kind.SHORT) & (amount[first:] > WHOLE)
    found = []
    for at in np.flatnonzero(short)[:MOST].tolist():
        rule, site = int(pieces.rule[piece[at]]), int(pieces.site[piece[at]])
        lacks = Repair(book.rules[rule], book.sites[site], float(amount[first + at]))
        found.append(_repaired(formulation, solution, lacks, rule, site, first + at))
    return tuple(found)


def _repaired(
    formulation: Formulation, solution: Solution, lacks: Repair, rule: int, site: int, column: int
) -> Repair:
    people = formulation.people
    owed = (people.duty == rule) & people.agreed & (people.site == site)
    served = formulation.offers.made_of.tocsr()[
        np.flatnonzero(
            (formulation.pieces.kind == Kind.SERVED)
            & (formulation.pieces.rule == rule)
            & (formulation.pieces.site == site)
        )
    ]
    counts = np.zeros(formulation.problem.offers, dtype=np.bool_)
    counts[served.indices] = True
    units = formulation.candidate.size
    start = formulation.problem.start
    suited = np.zeros(people.site.size, dtype=np.bool_)
    mine = np.flatnonzero(counts[formulation.problem.offer[:units]])
    suited[formulation.unit[np.searchsorted(start, mine, side="right") - 1]] = True
    unsuited = float(people.count[owed & ~suited].sum())
    unit = np.flatnonzero(owed & suited)
    if unit.size == 0:
        return replace(lacks, unsuited=unsuited)
    room = room_of(formulation, solution, site, int(unit[0]), row=-1, near=PROOF)
    rows = _rows(formulation, site)
    added = _fewest(formulation, room, rows, column, unsuited)
    if added is None:
        return replace(lacks, unsuited=unsuited)
    more = room
    for row, amount in zip(rows.tolist(), added.tolist(), strict=True):
        if amount > 0:
            more = with_more(more, row, amount, formulation)
    again = best(more)
    proved = again is not None and again.of(np.array([column])) <= unsuited + WHOLE
    labels, book = formulation.rows, formulation.book
    is_hours = labels.role[rows] >= 0
    hours = tuple(
        (book.roles[labels.role[row]], book.periods[labels.period[row]], float(amount))
        for row, amount in zip(rows[is_hours].tolist(), added[is_hours].tolist(), strict=True)
        if amount > 0
    )
    return replace(
        lacks,
        hours=hours,
        euros=float(added[~is_hours].sum()),
        unsuited=unsuited,
        proved=proved,
    )


def _rows(formulation: Formulation, site: int) -> Ints:
    """Return the rows that may be added to: hours at the site, and money."""
    labels = formulation.rows
    resource = np.array(labels.resource, dtype=object)
    hours = (resource == "hours") & (labels.site == site)
    return np.flatnonzero(hours | (resource == "budget"))


def _fewest(
    formulation: Formulation, room: Room, rows: Ints, column: int, unsuited: float
) -> np.ndarray[tuple[int], np.dtype[np.float64]] | None:
    """Return (rows,) the least to add so that nobody suited lacks help, or None if nothing does."""
    problem = room.problem
    place = {int(row): number for number, row in enumerate(room.rows.tolist())}
    here = np.array([place.get(int(row), -1) for row in rows], dtype=np.int64)
    some = np.flatnonzero(here >= 0)
    width = some.size
    cost = np.where(formulation.rows.role[rows[some]] >= 0, 1.0, EURO)
    supply = sp.csc_array(
        (np.full(width, -1.0), (here[some], np.arange(width))), shape=(problem.rows, width)
    )
    limit = problem.limit.copy()
    mine = room.at(np.array([column]))
    limit[np.searchsorted(problem.start, mine, side="right") - 1] = unsuited
    first, last = formulation.problem.start[[formulation.spans.sessions, formulation.spans.staff]]
    session = np.flatnonzero((room.columns >= first) & (room.columns < last))
    pupils = np.ceil(float(formulation.people.count.sum()))
    of_session = np.searchsorted(problem.start, session, side="right") - 1
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
    found = best(Room(wide, np.concatenate([room.columns, beyond]), room.rows, 0.0, none))
    if found is None:
        return None
    added = np.zeros(rows.size)
    new = found.columns >= formulation.problem.columns
    added[some[found.columns[new] - formulation.problem.columns]] = found.quantity[new]
    added = np.where(added > WHOLE, np.ceil(added / STEP - 1e-6) * STEP, 0.0)
    return np.asarray(added)
