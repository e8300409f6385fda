"""The local subproblem: what may change of a plan while all other pupils keep what they have.

What people ask of a plan ("what would bring this pupil in?", "what would one more hour do?") is
about one site.  Re-solving everything for it would drown the answer in the gap of the plan, so the
choices at the other sites are taken as they are, the hours of all staff may be spent anew, and what
is left is small enough to be solved to its optimum.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp

from recommender.allocation import (
    AllocationProblem,
    Effort,
    Infeasible,
    NoPlan,
    Solution,
    Start,
    solve,
    usage,
)
from recommender.allocation.model.problem import blocks_at, extract
from recommender.planning.formulation.formulation import Formulation
from recommender.planning.formulation.indexing import Bools, Floats, Ints, ranges
from recommender.planning.formulation.limits import PieceKind
from recommender.planning.selection.group_prices import member_price
from recommender.planning.selection.selection import WHOLE

EXACT = 1e-7
"""The relative gap to which the local problem is solved."""

SECONDS = 30.0
"""How long one local problem may take."""

STEP = 0.25
"""Hours are given in quarters."""

NEAR, WIDE, PROOF = 0.1, 1.0, float("inf")
"""How far from worth its price an offer may be to take part: in a search, what confirms it, and a
proof that is asked for."""


@dataclass(frozen=True, slots=True)
class Extra:
    """Hours to add: of a role at a site in a period."""

    role: str
    site: str
    period: str
    hours: float


@dataclass(frozen=True, eq=False, slots=True)
class Subproblem:
    """The columns that may change, as a problem of their own.

    Attributes:
        problem: the columns with what the others leave of every row and limit.
        columns: (columns,) the column of the whole problem behind each column.
        rows: (rows,) the row of the whole problem behind each row, -1 of rows added since.
        now: what the plan's own choice of these columns is worth.
        chosen: (columns,) that choice.
    """

    problem: AllocationProblem
    columns: Ints
    rows: Ints
    now: float
    chosen: Floats

    def at(self, columns: Ints) -> Ints:
        """Return where columns of the whole problem stand here; those that do not are left out."""
        place = np.searchsorted(self.columns, columns)
        place = np.minimum(place, max(self.columns.size - 1, 0))
        return np.asarray(place[self.columns[place] == columns] if self.columns.size else place[:0])


@dataclass(frozen=True, eq=False, slots=True)
class Optimum:
    """The best choice of the columns that may change.

    Attributes:
        value: what it is worth.
        columns: (k,) columns of the whole problem, ascending; quantity: (k,) how much of each.
        bound: what no choice is worth more than.
        proven: whether no other choice is worth more.
    """

    value: float
    columns: Ints
    quantity: Floats
    bound: float
    proven: bool

    def of(self, columns: Ints) -> float:
        """Return how much is taken of some columns together."""
        return float(self.quantity[np.isin(self.columns, columns)].sum())


def subproblem_of(
    formulation: Formulation,
    solution: Solution,
    site: int | Ints,
    unit: int | Ints = -1,
    *,
    row: int = -1,
    near: float = NEAR,
) -> Subproblem:
    """Return the choices of a site or some, with all other pupils and shortages as they are.

    Of the groups those may change that the unit suits or that use the row; the others run as they
    do.

    Args:
        formulation, solution: the plan.
        site: the code of the site, or (sites,) codes.
        unit: the unit that is asked about (row of ``cohort.units``), or (units,) several, whose own
            duty may be met; -1 for none.
        row: the row that is asked about, -1 for none.
        near: how far below the best of a pupil's offers, at the prices of the plan, another may
            lie to take part, as a share of what an offer of the plan is usually worth.
    """
    problem, spans = formulation.problem, formulation.spans
    amount = whole_choice(formulation, solution)
    units = np.atleast_1d(unit)
    units = units[units >= 0]
    free = np.isin(formulation.offers.site[problem.offer], np.atleast_1d(site))
    sessions, staff, last = problem.start[[spans.sessions, spans.staff, spans.shortages]]
    free[:sessions] &= _promising(formulation, solution, units, near)
    free[sessions:staff] &= _suited(formulation, units) | _using(formulation, row)
    free[staff:last] = True
    free[last:] = _duty_of(formulation, units)
    fixed = np.flatnonzero(~free & (amount > 0))
    left = problem.capacity - usage(problem, fixed, amount[fixed])
    left[np.abs(left) <= WHOLE] = 0.0
    taken = np.bincount(blocks_at(problem, fixed), weights=amount[fixed], minlength=problem.blocks)
    columns = np.flatnonzero(free)
    rest = replace(problem, limit=np.maximum(problem.limit - taken, 0.0))
    part = extract(rest, columns, capacity=left)
    chosen = amount[columns]
    return Subproblem(
        part.problem, columns, part.rows, float(problem.value[columns] @ chosen), chosen
    )


def whole_choice(formulation: Formulation, solution: Solution) -> Floats:
    """Return (columns,) how much a plan takes of every column, whole numbers made whole."""
    amount = np.zeros(formulation.problem.columns)
    near = np.rint(solution.quantity)
    near = np.where(np.abs(solution.quantity - near) <= WHOLE, near, solution.quantity)
    amount[solution.columns] = near
    return amount


def unit_columns(formulation: Formulation, unit: int) -> Ints:
    """Return the columns of a unit, none where nothing can be offered."""
    block = int(formulation.block[unit])
    if block < 0:
        return np.empty(0, dtype=np.int64)
    return np.arange(*formulation.problem.start[block : block + 2])


def _columns_of_all(formulation: Formulation, units: Ints) -> Ints:
    """Return the columns of some units."""
    start, block = formulation.problem.start, formulation.block[units]
    block = block[block >= 0]
    return ranges(start[block], start[block + 1] - start[block])


def solve_subproblem(subproblem: Subproblem, seconds: float = SECONDS) -> Optimum | None:
    """Return the optimum of a subproblem, or None if no choice fits or none is found in time."""
    if seconds <= 0:
        return None
    taken = np.flatnonzero(subproblem.chosen)
    start = Start(np.zeros(subproblem.problem.rows), taken, subproblem.chosen[taken])
    try:
        effort = Effort(gap=EXACT, seconds=seconds)
        found = solve(subproblem.problem, effort, "exact", start=start, in_any_case=False)
    except (Infeasible, NoPlan):
        return None
    return Optimum(
        value=found.certificate.value,
        columns=subproblem.columns[found.solution.columns],
        quantity=found.solution.quantity,
        bound=found.certificate.best_bound,
        proven=found.solution.status == "optimal",
    )


def offering(subproblem: Subproblem, columns: Ints, least: float) -> Subproblem:
    """Return a subproblem in which at least so much of some columns together must be taken.

    Args:
        subproblem: the subproblem.
        columns: columns of the whole problem, all of one unit.
        least: how much.
    """
    problem, mine = subproblem.problem, subproblem.at(columns)
    offer = problem.offer.copy()
    offer[mine] = problem.offers + np.arange(mine.size)
    own = sp.csc_array(np.full((1, mine.size), -1.0))
    none = sp.csc_array((1, problem.offers), dtype=np.float64)
    use = sp.block_array([[problem.use, problem.use[:, problem.offer[mine]]], [none, own]])
    return replace(
        subproblem,
        problem=replace(
            problem,
            offer=offer,
            use=sp.csc_array(use),
            capacity=np.append(problem.capacity, -least),
        ),
        rows=np.append(subproblem.rows, -1),
    )


def forbidding(subproblem: Subproblem, columns: Ints) -> Subproblem:
    """Return a subproblem in which some columns of the whole problem cannot be taken."""
    value = subproblem.problem.value.copy()
    value[subproblem.at(columns)] = -(1.0 + np.abs(value).sum())
    return replace(subproblem, problem=replace(subproblem.problem, value=value))


def reweighted(
    subproblem: Subproblem, columns: Ints, factor: float, bonus: float = 0.0
) -> Subproblem:
    """Return a subproblem with ``factor`` times the value of some columns, and a bonus more."""
    value, mine = subproblem.problem.value.copy(), subproblem.at(columns)
    value[mine] = value[mine] * factor + bonus
    return replace(subproblem, problem=replace(subproblem.problem, value=value))


def with_more(
    subproblem: Subproblem, row: int, amount: float, formulation: Formulation
) -> Subproblem:
    """Return a subproblem with more of one row of the whole problem, and the groups it permits.

    Args:
        subproblem: the subproblem.
        row: the row of the whole problem.
        amount: how much more.
        formulation: what the subproblem is a part of.
    """
    problem, here = subproblem.problem, np.flatnonzero(subproblem.rows == row)
    capacity = problem.capacity.copy()
    capacity[here] += amount
    limit = problem.limit.copy()
    first, last = formulation.problem.start[[formulation.spans.sessions, formulation.spans.staff]]
    session = np.flatnonzero((subproblem.columns >= first) & (subproblem.columns < last))
    use = problem.use[here][:, problem.offer[session]].toarray().sum(axis=0)
    taking = use > 0
    limit[blocks_at(problem, session[taking])] += np.ceil(amount / use[taking])
    return replace(subproblem, problem=replace(problem, capacity=capacity, limit=limit))


def more_hours_at(formulation: Formulation, row: int, hours: float) -> Extra:
    """Return so many hours more of a row of hours, by its names."""
    book, rows = formulation.book, formulation.rows
    return Extra(
        book.roles[rows.role[row]],
        book.sites[rows.site[row]],
        book.periods[rows.period[row]],
        hours,
    )


def usual_value(formulation: Formulation, solution: Solution) -> float:
    """Return what an offer of a plan is usually worth: the median, or 1 where there is none."""
    mine = solution.columns[solution.columns < formulation.candidate.size]
    return float(np.median(formulation.problem.value[mine])) if mine.size else 1.0


def _promising(formulation: Formulation, solution: Solution, asked: Ints, near: float) -> Bools:
    """Return (unit columns,) whether a column may be of use: near, taken or of who is asked for."""
    problem, units = formulation.problem, formulation.candidate.size
    price = np.asarray(problem.use.T @ solution.price)
    net = problem.value[:units] - price[problem.offer[:units]]
    net -= member_price(formulation, solution.links)
    some = net >= -near * usual_value(formulation, solution)
    some[solution.columns[solution.columns < units]] = True
    some[_columns_of_all(formulation, asked)] = True
    return np.asarray(some)


def _suited(formulation: Formulation, units: Ints) -> Bools:
    """Return (session columns,) whether a session holds a place of an offer to one of the units."""
    problem, spans = formulation.problem, formulation.spans
    first, last = problem.start[[spans.sessions, spans.staff]]
    if units.size == 0:
        return np.zeros(last - first, dtype=np.bool_)
    grouped = np.isin(np.array(formulation.rows.resource, dtype=object), ("places", "quorum"))
    mine = problem.use[:, np.unique(problem.offer[_columns_of_all(formulation, units)])]
    rows = np.zeros(problem.rows)
    rows[mine.indices] = 1.0
    sessions = abs(problem.use[:, problem.offer[first:last]])
    return np.asarray(sessions.T @ (rows * grouped)) > 0


def _using(formulation: Formulation, row: int) -> Bools:
    """Return (session columns,) whether a session takes anything of a row."""
    problem, spans = formulation.problem, formulation.spans
    first, last = problem.start[[spans.sessions, spans.staff]]
    if row < 0:
        return np.zeros(last - first, dtype=np.bool_)
    return np.asarray(problem.use[[row]][:, problem.offer[first:last]].toarray()[0] > 0)


def _duty_of(formulation: Formulation, units: Ints) -> Bools:
    """Return (shortage and borrowed columns,) whether a column is what a unit is owed."""
    pieces, people = formulation.pieces, formulation.units
    first = formulation.problem.start[formulation.spans.shortages]
    piece = formulation.offers.piece[formulation.problem.offer[first:]]
    owed = units[people.duty[units] >= 0]
    sites = len(formulation.book.sites)
    mine = pieces.rule[piece] * sites + pieces.site[piece]
    duty = people.duty[owed] * sites + people.site[owed]
    return np.asarray((pieces.kind[piece] == PieceKind.SHORT) & np.isin(mine, duty))
