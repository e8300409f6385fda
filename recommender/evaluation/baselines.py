"""Baselines: the choices people make without an optimiser, under exactly the rules of the plan.

A baseline is a greedy heuristic: an order of the units and a taste among what each may be offered.
``follow`` goes down the order once and gives every unit the first thing it likes that still fits:
hours are taken from the staff with the fewest other uses, a group is opened when hours and places
allow it, statutory rules come first.  Groups that stay below their least number do not run; the
round is done again without them, until every group that runs is full enough.

"The most good an hour first" is the greedy method of the multiple-choice knapsack: what a unit may
be offered is thinned to the upper hull of benefit over hours, and the steps along all hulls are
taken by incremental efficiency, so a unit moves on to more help while hours are left (P. Sinha and
A. A. Zoltners, The multiple-choice knapsack problem, Operations Research 27, 1979).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import scipy.sparse as sp

from recommender.allocation import Solution, budget_path
from recommender.planning import Formulation
from recommender.planning.formulation.indexing import Bools, Floats, Ints
from recommender.planning.formulation.limits import euros
from recommender.planning.formulation.offers import shared_out

FITS = 1e-9
"""How much more than is left an offer may take: rounding of sums."""
LEAST_HOURS = 0.05
"""Hours that an offer counts for at least, so that what costs nearly nothing has an efficiency."""


@dataclass(frozen=True, eq=False, slots=True)
class Baseline:
    """A way to share out hours.

    Attributes:
        name: what it is called.
        order: (unit blocks,) the blocks of units, the first served first.
        taste: (unit columns,) what a unit would rather have; the highest that fits is taken, and
            nothing at or below 0.
        steps: (steps,) unit columns that units move to in turn where that fits, each from what it
            has by then, before anybody takes what is left.
    """

    name: str
    order: Ints
    taste: Floats
    steps: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))


def highest_risk(formulation: Formulation, need: Floats) -> Baseline:
    """Return "the highest risk first": each the strongest help that is left.

    Args:
        formulation: the problem with its meaning.
        need: (units,) how much is at stake for each unit, such as its weighted risks.
    """
    order = np.argsort(-need[formulation.unit], kind="stable")
    return Baseline("highest_risk", order, formulation.benefit)


def first_come(formulation: Formulation, seed: int) -> Baseline:
    """Return "first come, first served": an order of arrival drawn from a seed."""
    order = np.random.default_rng(seed).permutation(formulation.unit.size)
    return Baseline("first_come", order, formulation.benefit)


def at_random(formulation: Formulation, seed: int) -> Baseline:
    """Return units in a random order that are each offered something at random."""
    rng = np.random.default_rng(seed)
    order = rng.permutation(formulation.unit.size)
    taste = rng.uniform(0.1, 1.0, formulation.candidate.size)
    return Baseline("random", order, np.where(formulation.benefit > 0, taste, 0.0))


def benefit_per_hour(formulation: Formulation) -> Baseline:
    """Return "the most good an hour first": a group counts by the hours of a full place.

    A statutory rule is met first; what does not count for it is no step of its units.
    """
    benefit, hours = formulation.benefit, np.maximum(_hours(formulation), LEAST_HOURS)
    problem, start = formulation.problem, formulation.problem.start
    taste = benefit / hours
    best = np.maximum.reduceat(taste, start[: formulation.unit.size])
    counts = _counts(formulation)[problem.offer[: benefit.size]]
    owed = formulation.units.rule[formulation.unit] >= 0
    block = np.repeat(np.arange(owed.size), np.diff(start[: owed.size + 1]))
    duty = owed & np.logical_or.reduceat(counts, start[: owed.size])
    path = budget_path(np.where(counts | ~duty[block], benefit, 0.0), hours, start[: owed.size + 1])
    return Baseline(
        "benefit_per_hour",
        np.argsort(-best, kind="stable"),
        taste,
        path.column[np.argsort(~owed[block[path.column]], kind="stable")],
    )


def _counts(formulation: Formulation) -> Bools:
    """Return (offers,) which of them count for a statutory rule."""
    owed = np.array(formulation.rows.resource, dtype=object) == "must_serve"
    use = sp.csr_array(formulation.problem.use)[np.flatnonzero(owed)]
    return np.asarray((use < 0).sum(axis=0)).ravel() > 0


def follow(formulation: Formulation, baseline: Baseline) -> Solution:
    """Return the choice that a baseline makes; its prices are 0, so it proves no bound of its own.

    Args:
        formulation: the problem with its meaning.
        baseline: the order of the units and their taste.
    """
    problem, spans = formulation.problem, formulation.spans
    first = int(problem.start[spans.sessions])
    most = problem.limit[spans.sessions : spans.staff].copy()
    while True:
        chosen = _GreedyChoice(formulation, most)
        chosen.serve(baseline)
        pupils = chosen.places_taken()
        groups = chosen.quantity[first : first + most.size]
        least = chosen.least
        short = (groups > 0) & (pupils < least * groups - FITS)
        if not short.any():
            return chosen.solution(baseline.name)
        enough = np.floor((pupils[short] + FITS) / np.maximum(least[short], 1))
        most[short] = np.minimum(enough, groups[short] - 1)


@dataclass(frozen=True, slots=True)
class _Taken:
    """What one unit took: its column, the sessions opened for it, all it needs and who gives."""

    column: int
    need: Mapping[int, float]
    given: Sequence[tuple[int, float]]
    opened: Sequence[int]


class _GreedyChoice:
    """What is left of everything while units come by in turn."""

    def __init__(self, formulation: Formulation, most: Floats) -> None:
        problem, spans, staff = formulation.problem, formulation.spans, formulation.staff
        self.formulation, self.problem = formulation, problem
        self.use = problem.use
        self.quantity = np.zeros(problem.columns)
        self.taken: dict[int, _Taken] = {}
        self.has: dict[int, list[int]] = {}
        self.served = 0
        self.closed = np.zeros(problem.offers, dtype=np.bool_)
        self.left = problem.capacity.copy()
        self.team = staff.hours.copy()
        self.first_session = int(problem.start[spans.sessions])
        self.first_way = int(problem.start[spans.staff])
        self.most = most
        resource = np.array(formulation.rows.resource, dtype=object)
        self.is_hours = resource == "hours"
        self.is_quorum = resource == "quorum"
        self.is_places = resource == "places"
        self.is_owed = resource == "must_serve"
        self.ways: dict[int, list[int]] = {}
        for way in np.lexsort((np.arange(staff.way_team.size), staff.ways[staff.way_team])):
            row = self._entries(self.first_way + int(way))[0][0]
            self.ways.setdefault(int(row), []).append(int(way))
        self.session_of: dict[int, int] = {}
        self.least = np.zeros(most.size)
        self.places_row = np.full(most.size, -1, dtype=np.int64)
        for session in range(most.size):
            rows, amounts = self._entries(self.first_session + session)
            for row, amount in zip(rows.tolist(), amounts.tolist(), strict=True):
                if self.is_places[row] and amount < 0:
                    self.session_of[row] = session
                    self.places_row[session] = row
                elif self.is_quorum[row] and amount > 0:
                    self.least[session] = amount
        self.counts = _counts(formulation)
        self.running: list[tuple[int, float]] = []
        self._running_help()

    def _entries(self, column: int) -> tuple[Ints, Floats]:
        offer = self.problem.offer[column]
        begin, end = self.use.indptr[offer], self.use.indptr[offer + 1]
        return np.asarray(self.use.indices[begin:end], dtype=np.int64), np.asarray(
            self.use.data[begin:end]
        )

    def _running_help(self) -> None:
        """Take the hours of help that is already running; what nobody has is borrowed."""
        for row in np.flatnonzero(self.is_hours & (self.problem.capacity < 0)).tolist():
            need = -self.problem.capacity[row]
            self.left[row] = 0.0
            self.team, given, missing = self._spend(self.team, row, need)
            self.running += given
            if missing > FITS:
                self._add_supply(row, missing)

    def _add_supply(self, row: int, amount: float) -> None:
        """Take a dear column that supplies a row: a shortage or a borrowed hour."""
        start = self.problem.start[self.formulation.spans.shortages]
        for column in range(int(start), self.problem.columns):
            rows, amounts = self._entries(column)
            if rows.size == 1 and rows[0] == row:
                self.quantity[column] += amount / -amounts[0]
                return
        raise ValueError(f"nothing supplies row {row}")

    def _spend(
        self, team: Floats, row: int, hours: float
    ) -> tuple[Floats, list[tuple[int, float]], float]:
        """Return what teams have left after giving hours, who gave, and what nobody has."""
        staff, team = self.formulation.staff, team.copy()
        given_by: list[tuple[int, float]] = []
        for way in self.ways.get(row, ()):
            if hours <= FITS:
                break
            at = staff.way_team[way]
            given = min(hours, team[at] * staff.rate[at])
            if given > 0:
                team[at] -= given / staff.rate[at]
                given_by.append((way, given / staff.rate[at]))
                hours -= given
        return team, given_by, hours

    def serve(self, baseline: Baseline) -> None:
        """Let every unit take what it likes best of what fits, and what it is owed first."""
        start = self.problem.start
        blocks = np.searchsorted(start, baseline.steps, side="right") - 1
        for block, column in zip(blocks.tolist(), baseline.steps.tolist(), strict=True):
            self._move(block, column)
        owed = self.formulation.units.rule[self.formulation.unit[baseline.order]] >= 0
        for block in np.concatenate([baseline.order[owed], baseline.order[~owed]]).tolist():
            begin, end = int(start[block]), int(start[block + 1])
            counts = self.counts[self.problem.offer[begin:end]]
            liked = (baseline.taste[begin:end] > 0) & ~self.closed[self.problem.offer[begin:end]]
            wanted = begin + np.lexsort((-baseline.taste[begin:end], ~counts))
            wanted = wanted[liked[wanted - begin]]
            for _ in range(int(self.problem.limit[block]) - len(self.has.get(block, ()))):
                if not any(self._take(block, column) for column in wanted.tolist()):
                    break
        for row in np.flatnonzero(self.is_owed & (self.left < -FITS)).tolist():
            self._add_supply(row, -self.left[row])

    def _move(self, block: int, column: int) -> None:
        """Let every unit of a block go from what it has, or from nothing, to a column that fits."""
        for had in list(self.has.get(block, ())):
            before = self.taken[had]
            if before.column == column or not self._leave(block, had):
                continue
            if not self._take(block, column):
                self._enter(block, before)
        while len(self.has.get(block, ())) < self.problem.limit[block]:
            if not self._take(block, column):
                break

    def _leave(self, block: int, which: int) -> bool:
        """Give back what was taken; not where others sit in a group that was opened for it."""
        taken = self.taken[which]
        for row, amount in taken.need.items():
            if self.is_places[row] and amount < 0 and self.left[row] + amount < -FITS:
                return False
        for row, amount in taken.need.items():
            if not self.is_hours[row]:
                self.left[row] += amount
        staff, self.team = self.formulation.staff, self.team.copy()
        for way, hours in taken.given:
            self.team[staff.way_team[way]] += hours
        for at in (taken.column, *taken.opened):
            self.quantity[at] -= 1
        self.has[block].remove(which)
        del self.taken[which]
        return True

    def _enter(self, block: int, taken: _Taken) -> None:
        """Book what was found to fit."""
        staff, self.team = self.formulation.staff, self.team.copy()
        for way, hours in taken.given:
            self.team[staff.way_team[way]] -= hours
        for row, amount in taken.need.items():
            if not self.is_hours[row]:
                self.left[row] -= amount
        for at in (taken.column, *taken.opened):
            self.quantity[at] += 1
        self.served += 1
        self.taken[self.served] = taken
        self.has.setdefault(block, []).append(self.served)

    def _take(self, block: int, column: int) -> bool:
        """Take one of a column, and open the groups it needs, if all of it fits.

        What is left only becomes less, and who opens a group pays for it, so an offer that does
        not fit once is not tried again.
        """
        offer = int(self.problem.offer[column])
        if self.closed[offer]:
            return False
        rows, amounts = self._entries(column)
        need = dict(zip(rows.tolist(), amounts.tolist(), strict=True))
        opened, reached = self._opens(column), 0
        # a pupil may open a family's session, and that one a group of parents
        while opened is not None and reached < len(opened):
            further = self._opens(opened[reached])
            opened, reached = None if further is None else opened + further, reached + 1
        if opened is None:
            self.closed[offer] = True
            return False
        for at in opened:
            more, much = self._entries(at)
            for row, amount in zip(more.tolist(), much.tolist(), strict=True):
                need[row] = need.get(row, 0.0) + amount
        team, given, fits = self.team, list[tuple[int, float]](), True
        for row, amount in sorted(need.items()):
            if self.is_hours[row]:
                if amount > 0:
                    team, more_given, missing = self._spend(team, row, amount)
                    given += more_given
                    fits = missing <= FITS
            elif not (self.is_quorum[row] or self.is_owed[row]):
                fits = amount <= self.left[row] + FITS
            if not fits:
                self.closed[offer] = True
                return False
        self._enter(block, _Taken(column, need, given, opened))
        return True

    def _opens(self, column: int) -> list[int] | None:
        """Return the sessions that must open for one more of a column; None if they may not."""
        opened = []
        rows, amounts = self._entries(column)
        for row, amount in zip(rows.tolist(), amounts.tolist(), strict=True):
            if self.is_places[row] and self.left[row] < amount - FITS:
                session = self.session_of.get(row)
                if session is None:
                    return None
                at = self.first_session + session
                if self.quantity[at] + 1 > self.most[session] + FITS:
                    return None
                opened.append(at)
        return opened

    def places_taken(self) -> Floats:
        """Return (sessions,) the pupils in every kind of group."""
        first = self.first_session
        sizes = np.zeros(self.most.size)
        for session, row in enumerate(self.places_row.tolist()):
            rows, amounts = self._entries(first + session)
            sizes[session] = -amounts[rows == row].sum()
        return sizes * self.quantity[first : first + sizes.size] - self.left[self.places_row]

    def solution(self, name: str) -> Solution:
        """Return what was taken."""
        every = [given for taken in self.taken.values() for given in taken.given]
        for way, hours in self.running + every:
            self.quantity[self.first_way + way] += hours
        columns = np.flatnonzero(self.quantity)
        return Solution(
            columns=columns,
            quantity=self.quantity[columns],
            price=np.zeros(self.problem.rows),
            engine=name,
            status="stopped",
        )


def _hours(formulation: Formulation) -> Floats:
    """Return (unit columns,) hours of every column, a place counted as its part of a full group."""
    is_hours = np.array([name == "hours" for name in formulation.rows.resource], dtype=np.float64)
    of_offer = _of_offers(formulation, is_hours @ sp.csr_array(formulation.rows.use))
    return np.asarray(of_offer[formulation.problem.offer[: formulation.candidate.size]])


def hours_by_role(formulation: Formulation) -> Floats:
    """Return (roles, offers) hours of an offer to one pupil; a place is part of a full group."""
    rows = formulation.rows
    is_hours = np.array([name == "hours" for name in rows.resource], dtype=np.bool_)
    use = sp.csr_array(rows.use)
    found = [
        _of_offers(formulation, np.where(is_hours & (rows.role == role), 1.0, 0.0) @ use)
        for role in range(len(formulation.book.roles))
    ]
    return np.array(found).reshape(len(found), formulation.problem.offers)


def spent_by_offers(formulation: Formulation, cost_per_hour: Mapping[str, float]) -> Floats:
    """Return (offers,) euros of an offer to one pupil: its hours, and what it costs beside them.

    A place in a group counts as its part of a full group.

    Args:
        formulation: the problem with its meaning.
        cost_per_hour: role -> euros; 0 where it is not named.
    """
    rows, pieces = formulation.rows, formulation.pieces
    names = np.array([*formulation.book.roles, ""], dtype=object)[rows.role]
    rate = np.array([cost_per_hour.get(str(name), 0.0) for name in names], dtype=np.float64)
    is_hours = np.array([name == "hours" for name in rows.resource], dtype=np.bool_)
    of_piece = np.where(is_hours, rate, 0.0) @ sp.csr_array(rows.use)
    return np.maximum(_of_offers(formulation, of_piece + euros(pieces, formulation.terms)), 0.0)


def _of_offers(formulation: Formulation, of_piece: Floats) -> Floats:
    """Return (offers,) what pieces take, the pieces of groups shared out over full groups."""
    of_place = shared_out(formulation.pieces, formulation.terms, of_piece)
    return np.asarray(formulation.offers.made_of.T @ of_place)
