"""Changes: the smallest change that would bring a unit in, found and proved by solving again.

The prices of a plan in whole pupils and groups say what a little more of something is worth, which
is not what brings a pupil in: hours are taken by the case and by the group, and whoever is next in
line comes first.  So nothing is read off the prices here.  Every change was solved for: with it,
every best choice at the site offers the unit something, while all other sites stay as they are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from recommender.allocation import Solution
from recommender.planning.codes import Floats, Ints
from recommender.planning.formulate import Formulation
from recommender.planning.local import (
    NEAR,
    PROOF,
    SECONDS,
    STEP,
    WIDE,
    Best,
    Room,
    best,
    columns_of,
    offering,
    room_of,
    usual_worth,
    whole_choice,
    with_more,
    without,
    worth,
)
from recommender.planning.offers import group_of

ROWS = 2
"""How many kinds of hours are tried, the scarcest first, until one will do."""

TIMES = (1, 2, 4)
"""How many times the hours of one case or group are tried, until the unit is in."""

HALVED = 4
"""How many times what is too few and what is enough are drawn together."""

MARGIN = 1e-4
"""By how much a change must win, as a share of what an offer is usually worth."""


@dataclass(frozen=True, slots=True)
class Change:
    """One change that brings the unit in, all else as it is.

    Attributes:
        kind: ``again`` (solve further: the plan stopped near the best), ``hours`` (more of a role
            at the site in a period), ``weight`` (the unit's benefit counts for more) or ``freed``
            (another unit gives up what it has).
        role, site, period, hours: of ``hours``.
        factor: of ``weight``.
        unit_id: of ``freed``, the other unit.
        offer: what the unit is then offered, "bundle@period".
    """

    kind: Literal["again", "hours", "weight", "freed"]
    offer: str
    site: str
    role: str = ""
    period: str = ""
    hours: float = 0.0
    factor: float = 1.0
    unit_id: str = ""

    def __str__(self) -> str:
        if self.kind == "again":
            return f"{self.offer}: solving further brings it in; the plan stopped near the best"
        if self.kind == "hours":
            more = f"{self.hours:g} more hour{'' if self.hours == 1 else 's'} of {self.role}"
            return f"{self.offer} with {more} at {self.site} in {self.period}"
        if self.kind == "weight":
            return f"{self.offer} if its benefit counted {_factor(self.factor)} times"
        return f"{self.offer} if {self.unit_id} gave up what it is offered"


@dataclass(frozen=True, slots=True)
class Sought:
    """What was found for a unit.

    Attributes:
        changes: those that bring it in, each on its own.
        cost: the benefit that offering the unit something would cost others, net of what it gains
            itself, as things are; None if that cannot be done at all.
        gives_way: the units that would then have less or nothing.
        unproven: whether time ran out before something could be proved.
        proofs: of every change, whether solving again among more offers confirms it (None: not in
            time); empty where that was not asked.
    """

    changes: tuple[Change, ...] = ()
    cost: float | None = None
    gives_way: tuple[str, ...] = ()
    unproven: bool = False
    proofs: tuple[bool | None, ...] = ()


Clock: TypeAlias = Callable[[], float]


def unhurried() -> float:
    """Return that there is time enough."""
    return np.inf


@dataclass(frozen=True, eq=False, slots=True)
class _Case:
    """What a search works on: ``room`` is quick, and what it says is confirmed in ``wide``."""

    formulation: Formulation
    room: Room
    wide: Room
    unit: int
    mine: Ints
    least: float
    margin: float
    names: tuple[str, ...]
    offers: tuple[str, ...]
    price: Floats
    clock: Clock

    def solved(self, room: Room) -> Best | None:
        """Return the best choice of a room, or None if none fits or time has run out."""
        return best(room, min(SECONDS, self.clock()))

    def is_in(self, found: Best | None) -> bool:
        """Return whether a choice is proved best and offers the unit more than it has."""
        return found is not None and found.proven and found.of(self.mine) >= self.least - 0.5

    def strictly(self, room: Room) -> Best | None:
        """Return the best choice of a room in which the unit is worth a margin less."""
        return self.solved(worth(room, self.mine, 1.0, -self.margin))


def sought(
    formulation: Formulation,
    solution: Solution,
    unit: int,
    unit_ids: tuple[str, ...],
    offers: tuple[str, ...],
    clock: Clock = unhurried,
) -> Sought:
    """Return the smallest changes that would bring a unit in, each proved by solving again.

    Args:
        formulation, solution: the plan.
        unit: row of ``cohort.units``; a unit of which all pupils are offered something needs none.
        unit_ids: (units,) the ids.
        offers: (columns of the unit,) what its columns are called.
        clock: says how many seconds are left.
    """
    case = _case(formulation, solution, unit, unit_ids, offers, NEAR, clock)
    if case is None:
        return Sought()
    free = case.solved(case.room)
    if free is None:
        return Sought(unproven=True)
    if case.is_in(free):
        return Sought((Change("again", _offered(case, free), _site(case)),))
    inside = case.solved(offering(case.room, case.mine, case.least))
    changes: list[Change] = []
    if inside is not None:
        loses = _losing(case, solution, inside)
        if free.proven:
            changes += _hours(case, inside)
            changes += _freed(case, loses)
        changes += _weight(case, free, inside)
        return Sought(
            tuple(changes),
            max(0.0, free.value - inside.value),
            tuple(unit_ids[row] for row in loses.tolist()),
            unproven=not (free.proven and inside.proven),
        )
    return Sought(tuple(_hours(case, None)))


def holds(
    formulation: Formulation,
    solution: Solution,
    unit: int,
    unit_ids: tuple[str, ...],
    offers: tuple[str, ...],
    change: Change,
    clock: Clock = unhurried,
) -> bool | None:
    """Return whether a change brings a unit in, solved again among many more offers.

    None is returned where time ran out before that could be proved.

    Args:
        formulation, solution, unit, unit_ids, offers: as of ``sought``.
        change: what is claimed.
    """
    case = _case(formulation, solution, unit, unit_ids, offers, PROOF, clock)
    if case is None:
        return False
    found = case.solved(_changed(case, change))
    return None if found is None or not found.proven else case.is_in(found)


def _changed(case: _Case, change: Change) -> Room:
    formulation, room = case.formulation, case.room
    if change.kind == "hours":
        row = _hours_row(formulation, change.role, change.site, change.period)
        return with_more(room, row, change.hours, formulation)
    if change.kind == "weight":
        return worth(room, case.mine, change.factor)
    if change.kind == "freed":
        return without(room, columns_of(formulation, case.names.index(change.unit_id)))
    return room


def _case(
    formulation: Formulation,
    solution: Solution,
    unit: int,
    unit_ids: tuple[str, ...],
    offers: tuple[str, ...],
    near: float,
    clock: Clock,
) -> _Case | None:
    mine = columns_of(formulation, unit)
    taken = float(whole_choice(formulation, solution)[mine].sum())
    if mine.size == 0 or taken >= formulation.people.count[unit] - 0.5:
        return None
    site = int(formulation.people.site[unit])
    room = room_of(formulation, solution, site, unit, near=near)
    wide = room if near >= WIDE else room_of(formulation, solution, site, unit, near=WIDE)
    margin = MARGIN * usual_worth(formulation, solution)
    return _Case(
        formulation,
        room,
        wide,
        unit,
        mine,
        taken + 1.0,
        margin,
        unit_ids,
        offers,
        solution.price,
        clock,
    )


def _hours(case: _Case, inside: Best | None) -> list[Change]:
    """Return the fewest hours of one kind that bring the unit in, the scarcest kind first."""
    formulation, problem = case.formulation, case.formulation.problem
    columns = case.mine
    if inside is not None:
        columns = inside.columns[np.isin(inside.columns, case.mine)]
    is_hours = np.array(formulation.rows.resource, dtype=object) == "hours"
    need = np.zeros(problem.rows)
    for column in columns.tolist():
        need = np.maximum(need, _taken_by(formulation, column))
    rows = np.flatnonzero(is_hours & (need > 0))
    for row in rows[np.argsort(-_scarcity(case, rows, need[rows]), kind="stable")][:ROWS].tolist():
        case_hours = float(np.ceil(need[row] / STEP) * STEP)
        change = _fewest(case, row, case_hours)
        if change is not None:
            return [change]
    return []


def _fewest(case: _Case, row: int, one: float) -> Change | None:
    """Return the fewest hours of a row that bring the unit in, by the case and then by parts."""

    def tried(hours: float) -> Best | None:
        for room in (case.room, case.wide):
            found = case.strictly(with_more(room, row, hours, case.formulation))
            if not case.is_in(found):
                return None
        return found

    last, enough, chosen = 0.0, 0.0, None
    for times in TIMES:
        chosen = tried(one * times)
        if chosen is not None:
            enough = one * times
            break
        last = one * times
    if chosen is None:
        return None
    for _ in range(HALVED):
        middle = float(np.ceil((last + enough) / 2 / STEP) * STEP)
        if not last < middle < enough:
            break
        half = tried(middle)
        if half is None:
            last = middle
        else:
            enough, chosen = middle, half
    book, rows = case.formulation.book, case.formulation.rows
    return Change(
        "hours",
        _offered(case, chosen),
        book.sites[rows.site[row]],
        role=book.roles[rows.role[row]],
        period=book.periods[rows.period[row]],
        hours=enough,
    )


def _weight(case: _Case, free: Best, inside: Best) -> list[Change]:
    """Return by what factor the unit's benefit must count, or nothing if it has no benefit.

    By that factor the choice with the unit becomes worth more than the best one without it, so
    nothing need be solved again.
    """
    mine = np.isin(inside.columns, case.mine)
    gain = float(case.formulation.problem.value[inside.columns[mine]] @ inside.quantity[mine])
    if gain <= 0:
        return []
    factor = 1.0 + (max(0.0, free.bound - inside.value) + case.margin) / gain
    return [Change("weight", _offered(case, inside), _site(case), factor=factor)]


def _freed(case: _Case, loses: Ints) -> list[Change]:
    """Return the units that give way and whose help would do for the unit."""
    found = []
    for other in loses[:1].tolist():
        gone = columns_of(case.formulation, other)
        chosen = case.strictly(without(case.room, gone))
        if case.is_in(chosen):
            chosen = case.strictly(without(case.wide, gone))
        if case.is_in(chosen):
            found.append(
                Change("freed", _offered(case, chosen), _site(case), unit_id=case.names[other])
            )
    return found


def _losing(case: _Case, solution: Solution, inside: Best) -> Ints:
    """Return the units that have less value in one choice than in the plan, the most first."""
    formulation = case.formulation
    value, start = formulation.problem.value, formulation.problem.start
    units = formulation.candidate.size
    before = whole_choice(formulation, solution)[:units]
    here = case.room.columns[case.room.columns < units]
    after = np.zeros(units)
    some = inside.columns < units
    after[inside.columns[some]] = inside.quantity[some]
    block = np.searchsorted(start, here, side="right") - 1
    change = np.bincount(block, weights=value[here] * (after[here] - before[here]))
    worse = np.flatnonzero(change < -1e-9)
    worse = worse[np.argsort(change[worse], kind="stable")]
    return np.asarray(formulation.unit[worse], dtype=np.int64)


def _taken_by(formulation: Formulation, column: int) -> Floats:
    """Return (rows,) what one of a column takes, the groups it needs run counted whole."""
    problem, pieces = formulation.problem, formulation.pieces
    made_of = formulation.offers.made_of[:, [int(problem.offer[column])]].tocoo()
    amount = np.zeros(pieces.size)
    amount[made_of.row] = made_of.data
    joins = group_of(pieces, formulation.terms)
    for _ in range(2):  # a pupil joins a family, which joins a group of parents
        inside = np.flatnonzero((joins >= 0) & (amount > 0))
        amount[joins[inside]] = 1.0
    use = formulation.rows.use.copy()
    use.data = np.maximum(use.data, 0.0)
    return np.asarray(use @ amount)


def _scarcity(case: _Case, rows: Ints, need: Floats) -> Floats:
    """Return (rows,) what the hours cost at the prices of the plan; what nobody has comes first."""
    supply = (case.formulation.rows.use[rows] < 0).sum(axis=1)
    return np.where(np.asarray(supply) == 0, np.inf, case.price[rows] * need)


def _offered(case: _Case, chosen: Best | None) -> str:
    if chosen is None:
        return ""
    column = chosen.columns[np.isin(chosen.columns, case.mine)]
    return case.offers[int(np.searchsorted(case.mine, column[-1]))] if column.size else ""


def _site(case: _Case) -> str:
    return str(case.formulation.book.sites[case.formulation.people.site[case.unit]])


def _hours_row(formulation: Formulation, role: str, site: str, period: str) -> int:
    rows, book = formulation.rows, formulation.book
    at = np.array(rows.resource, dtype=object) == "hours"
    at &= rows.role == book.roles.index(role)
    at &= rows.site == book.sites.index(site)
    at &= rows.period == book.periods.index(period)
    return int(np.flatnonzero(at)[0])


def _factor(factor: float) -> str:
    """Return a factor written so that what is written is enough."""
    return f"{np.ceil(factor * 1000) / 1000:g}"
