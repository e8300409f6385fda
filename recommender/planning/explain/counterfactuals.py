"""Counterfactual explanations: the smallest change that would bring a unit in, proved by solving.

The prices of a plan in whole pupils and groups say what a little more of something is worth, which
is not what brings a pupil in: hours are taken by the case and by the group, and whoever is next in
line comes first.  So nothing is read off the prices here.  Every change was solved for: with it,
every best choice at the site offers the unit something, while all other sites stay as they are.
(A. Korikov, A. Shleyfman and J. C. Beck, Counterfactual explanations for optimization-based
decisions in the context of the GDPR, IJCAI 2021.)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from recommender.allocation import Solution
from recommender.allocation.model.problem import blocks_at
from recommender.planning.explain.subproblem import (
    NEAR,
    PROOF,
    SECONDS,
    STEP,
    WIDE,
    Extra,
    Optimum,
    Subproblem,
    forbidding,
    more_hours_at,
    offering,
    reweighted,
    solve_subproblem,
    subproblem_of,
    unit_columns,
    usual_value,
    whole_choice,
    with_more,
)
from recommender.planning.formulation.formulation import Formulation
from recommender.planning.formulation.indexing import Floats, Ints
from recommender.planning.formulation.offers import group_of
from recommender.planning.selection.selection import WHOLE

ROWS = 2
"""How many kinds of hours, or money, are tried, the scarcest first, until one alone will do."""

TIMES = (1, 2, 4)
"""How many times what one case or group takes is tried, until the unit is in."""

EURO = 1.0
"""Money is given in whole euros."""

HALVED = 4
"""How many times what is too few and what is enough are drawn together."""

MARGIN = 1e-4
"""By how much a change must win, as a share of what an offer is usually worth."""


@dataclass(frozen=True, slots=True)
class Counterfactual:
    """One change that brings the unit in, all else as it is.

    Attributes:
        kind: ``again`` (solve further: the plan stopped near the best), ``hours`` (more of a role
            at the site in a period), ``money`` (a larger budget), ``together`` (hours of several
            kinds, or hours and money: none of them alone will do), ``weight`` (the unit's benefit
            counts for more) or ``freed`` (another unit gives up what it has).
        offer: what the unit is then offered, "bundle@period".
        site: the site of the unit.
        more: the hours to add, of ``hours`` and ``together``.
        euros: to add to the budget, of ``money`` and ``together``.
        factor: of ``weight``.
        unit_id: of ``freed``, the other unit.
    """

    kind: Literal["again", "hours", "money", "together", "weight", "freed"]
    offer: str
    site: str
    more: tuple[Extra, ...] = ()
    euros: float = 0.0
    factor: float = 1.0
    unit_id: str = ""

    def __str__(self) -> str:
        if self.kind == "again":
            return f"{self.offer}: solving further brings it in; the plan stopped near the best"
        if self.more or self.euros:
            parts = [
                f"{extra.hours:g} more hour{'' if extra.hours == 1 else 's'} of {extra.role}"
                f" at {extra.site} in {extra.period}"
                for extra in self.more
            ]
            if self.euros:
                parts.append(f"{self.euros:,.0f} more euro{'' if self.euros == 1 else 's'}")
            return f"{self.offer} with {', '.join(parts)}"
        if self.kind == "weight":
            return f"{self.offer} if its benefit counted {_factor(self.factor)} times"
        return f"{self.offer} if {self.unit_id} gave up what it is offered"


@dataclass(frozen=True, slots=True)
class Counterfactuals:
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

    changes: tuple[Counterfactual, ...] = ()
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
    """What a search works on: ``subproblem`` is quick, and ``wide`` confirms what it says."""

    formulation: Formulation
    subproblem: Subproblem
    wide: Subproblem
    unit: int
    mine: Ints
    least: float
    margin: float
    names: tuple[str, ...]
    offers: tuple[str, ...]
    price: Floats
    clock: Clock

    def solved(self, subproblem: Subproblem) -> Optimum | None:
        """Return the best choice of a subproblem, or None if none fits or time has run out."""
        return solve_subproblem(subproblem, min(SECONDS, self.clock()))

    def is_in(self, found: Optimum | None) -> bool:
        """Return whether a choice is proved best and offers the unit more than it has."""
        return found is not None and found.proven and found.of(self.mine) >= self.least - 0.5

    def strictly(self, subproblem: Subproblem) -> Optimum | None:
        """Return the best choice of a subproblem in which the unit is worth a margin less."""
        return self.solved(reweighted(subproblem, self.mine, 1.0, -self.margin))


def find_counterfactuals(
    formulation: Formulation,
    solution: Solution,
    unit: int,
    unit_ids: tuple[str, ...],
    offers: tuple[str, ...],
    clock: Clock = unhurried,
) -> Counterfactuals:
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
        return Counterfactuals()
    free = case.solved(case.subproblem)
    if free is None:
        return Counterfactuals(unproven=True)
    if case.is_in(free):
        return Counterfactuals((Counterfactual("again", _offered(case, free), _site(case)),))
    inside = case.solved(offering(case.subproblem, case.mine, case.least))
    changes: list[Counterfactual] = []
    if inside is not None:
        loses = _losing(case, solution, inside)
        if free.proven:
            changes += _more(case, inside)
            changes += _freed(case, loses)
        changes += _weight(case, free, inside)
        return Counterfactuals(
            tuple(changes),
            max(0.0, free.value - inside.value),
            tuple(unit_ids[row] for row in loses.tolist()),
            unproven=not (free.proven and inside.proven),
        )
    return Counterfactuals(tuple(_more(case, None)))


def holds(
    formulation: Formulation,
    solution: Solution,
    unit: int,
    unit_ids: tuple[str, ...],
    offers: tuple[str, ...],
    change: Counterfactual,
    clock: Clock = unhurried,
) -> bool | None:
    """Return whether a change brings a unit in, solved again among many more offers.

    None is returned where time ran out before that could be proved.

    Args:
        formulation, solution, unit, unit_ids, offers: as of ``find_counterfactuals``.
        change: what is claimed.
    """
    case = _case(formulation, solution, unit, unit_ids, offers, PROOF, clock)
    if case is None:
        return False
    found = case.solved(_changed(case, change))
    return None if found is None or not found.proven else case.is_in(found)


def _changed(case: _Case, change: Counterfactual) -> Subproblem:
    formulation, subproblem = case.formulation, case.subproblem
    for extra in change.more:
        row = _hours_row(formulation, extra)
        subproblem = with_more(subproblem, row, extra.hours, formulation)
    if change.euros:
        subproblem = with_more(subproblem, _budget_row(formulation), change.euros, formulation)
    if change.kind == "weight":
        return reweighted(subproblem, case.mine, change.factor)
    if change.kind == "freed":
        return forbidding(subproblem, unit_columns(formulation, case.names.index(change.unit_id)))
    return subproblem


def _case(
    formulation: Formulation,
    solution: Solution,
    unit: int,
    unit_ids: tuple[str, ...],
    offers: tuple[str, ...],
    near: float,
    clock: Clock,
) -> _Case | None:
    mine = unit_columns(formulation, unit)
    taken = float(whole_choice(formulation, solution)[mine].sum())
    if mine.size == 0 or taken >= formulation.units.count[unit] - 0.5:
        return None
    site = int(formulation.units.site[unit])
    subproblem = subproblem_of(formulation, solution, site, unit, near=near)
    wide = (
        subproblem if near >= WIDE else subproblem_of(formulation, solution, site, unit, near=WIDE)
    )
    margin = MARGIN * usual_value(formulation, solution)
    return _Case(
        formulation,
        subproblem,
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


def _more(case: _Case, inside: Optimum | None) -> list[Counterfactual]:
    """Return the least that must be added to bring the unit in: of one kind, or one case of all.

    Tried are the scarcest hours or the money alone, in steps of what a case takes; where none of
    them does it, everything that the case takes, less what is not needed.
    """
    formulation, problem = case.formulation, case.formulation.problem
    columns = case.mine
    if inside is not None:
        columns = inside.columns[np.isin(inside.columns, case.mine)]
    need = np.zeros(problem.rows)
    for column in columns.tolist():
        need = np.maximum(need, _taken_by(formulation, column))
    resource = np.array(formulation.rows.resource, dtype=object)
    rows = np.flatnonzero(np.isin(resource, ("hours", "budget")) & (need > 0))
    scarce = _scarcity(case, rows, need[rows])
    rows = rows[np.argsort(-scarce, kind="stable")]
    for row in rows[:ROWS].tolist():
        change = _fewest(case, row, _rounded_up(case, row, need[row]))
        if change is not None:
            return [change]
    if rows.size < 2:
        return []
    amount = {row: _rounded_up(case, row, need[row]) for row in rows.tolist()}
    if _tried(case, amount, (case.subproblem,)) is None:
        return []
    for row in rows[::-1].tolist():
        fewer = {other: more for other, more in amount.items() if other != row}
        if fewer and _tried(case, fewer, (case.subproblem,)) is not None:
            amount = fewer
    chosen = _tried(case, amount, (case.wide,))
    return [] if chosen is None else [_adding(case, amount, chosen)]


def _tried(
    case: _Case, amount: dict[int, float], rooms: tuple[Subproblem, ...] | None = None
) -> Optimum | None:
    """Return the best choice once so much is added by row, or None if the unit is not in it."""
    found = None
    for subproblem in rooms or (case.subproblem, case.wide):
        for row, more in amount.items():
            subproblem = with_more(subproblem, row, more, case.formulation)
        found = case.strictly(subproblem)
        if not case.is_in(found):
            return None
    return found


def _fewest(case: _Case, row: int, one: float) -> Counterfactual | None:
    """Return the least of a row that brings the unit in, by the case and then by parts."""
    last, enough, chosen = 0.0, 0.0, None
    for times in TIMES:
        chosen = _tried(case, {row: one * times})
        if chosen is not None:
            enough = one * times
            break
        last = one * times
    if chosen is None:
        return None
    for _ in range(HALVED):
        middle = _rounded_up(case, row, (last + enough) / 2)
        if not last < middle < enough:
            break
        half = _tried(case, {row: middle})
        if half is None:
            last = middle
        else:
            enough, chosen = middle, half
    return _adding(case, {row: enough}, chosen)


def _adding(case: _Case, amount: dict[int, float], chosen: Optimum) -> Counterfactual:
    """Return the change that adds so much by row."""
    rows = case.formulation.rows
    hours = tuple(
        more_hours_at(case.formulation, row, more)
        for row, more in amount.items()
        if rows.resource[row] == "hours"
    )
    euros = sum(more for row, more in amount.items() if rows.resource[row] == "budget")
    alone: Literal["hours", "money"] = "hours" if hours else "money"
    kind = alone if len(amount) == 1 else "together"
    return Counterfactual(kind, _offered(case, chosen), _site(case), hours, euros)


def _rounded_up(case: _Case, row: int, amount: float) -> float:
    """Return an amount of a row in whole steps: quarters of hours, euros."""
    step = STEP if case.formulation.rows.resource[row] == "hours" else EURO
    return float(np.ceil(amount / step - WHOLE) * step)


def _weight(case: _Case, free: Optimum, inside: Optimum) -> list[Counterfactual]:
    """Return by what factor the unit's benefit must count, or nothing if it has no benefit.

    By that factor the choice with the unit becomes worth more than the best one without it, so
    nothing need be solved again.
    """
    mine = np.isin(inside.columns, case.mine)
    gain = float(case.formulation.problem.value[inside.columns[mine]] @ inside.quantity[mine])
    if gain <= 0:
        return []
    factor = 1.0 + (max(0.0, free.bound - inside.value) + case.margin) / gain
    return [Counterfactual("weight", _offered(case, inside), _site(case), factor=factor)]


def _freed(case: _Case, loses: Ints) -> list[Counterfactual]:
    """Return the units that give way and whose help would do for the unit."""
    found = []
    for other in loses[:1].tolist():
        gone = unit_columns(case.formulation, other)
        chosen = case.strictly(forbidding(case.subproblem, gone))
        if case.is_in(chosen):
            chosen = case.strictly(forbidding(case.wide, gone))
        if case.is_in(chosen):
            found.append(
                Counterfactual(
                    "freed", _offered(case, chosen), _site(case), unit_id=case.names[other]
                )
            )
    return found


def _losing(case: _Case, solution: Solution, inside: Optimum) -> Ints:
    """Return the units that have less value in one choice than in the plan, the most first."""
    formulation = case.formulation
    value = formulation.problem.value
    units = formulation.candidate.size
    before = whole_choice(formulation, solution)[:units]
    here = case.subproblem.columns[case.subproblem.columns < units]
    after = np.zeros(units)
    some = inside.columns < units
    after[inside.columns[some]] = inside.quantity[some]
    block = blocks_at(formulation.problem, here)
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


def _offered(case: _Case, chosen: Optimum | None) -> str:
    if chosen is None:
        return ""
    column = chosen.columns[np.isin(chosen.columns, case.mine)]
    return case.offers[int(np.searchsorted(case.mine, column[-1]))] if column.size else ""


def _site(case: _Case) -> str:
    return str(case.formulation.book.sites[case.formulation.units.site[case.unit]])


def _hours_row(formulation: Formulation, extra: Extra) -> int:
    rows, book = formulation.rows, formulation.book
    at = np.array(rows.resource, dtype=object) == "hours"
    at &= rows.role == book.roles.index(extra.role)
    at &= rows.site == book.sites.index(extra.site)
    at &= rows.period == book.periods.index(extra.period)
    return int(np.flatnonzero(at)[0])


def _budget_row(formulation: Formulation) -> int:
    return formulation.rows.resource.index("budget")


def _factor(factor: float) -> str:
    """Return a factor written so that what is written is enough."""
    return f"{np.ceil(factor * 1000) / 1000:g}"
