"""Column generation: the exact relaxation from near-best prices, grown by pricing columns in.

Blocks whose best column stands clear of the others are closed at it; the rest, with the columns
near their best, go to HiGHS.  Its prices are tried on every column; what they would rather have
is added, and closed blocks that would rather have something else are opened, until bound equals
value.  (M. E. Lübbecke and J. Desrosiers, Selected topics in column generation, Operations Research
53, 2005.)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import highspy
import numpy as np
import scipy.sparse as sp

from recommender.allocation.model.problem import (
    AllocationProblem,
    BoolArray,
    FloatArray,
    IntArray,
    block_best,
    block_of,
    blocks_at,
    chunks,
    offer_price,
    usage,
)
from recommender.allocation.solvers import highs

OPTIMALITY_GAP = 1e-9
"""The gap, relative to the worth of what is taken, at which bound and value are equal."""

FEWEST = 2_000
"""Alternatives near the best that take part at first, at least."""

RANK = 4
"""How many columns of a block are priced in at once."""


@dataclass(frozen=True, eq=False, slots=True)
class Relaxation:
    """The optimum of the relaxation.

    Attributes:
        columns: (k,) the columns taken, ascending.
        quantity: (k,) how much of each.
        price: (rows,) prices >= 0.
        value: what the columns are worth.
        bound: the bound that the prices prove.
        rounds: how many linear programs were solved.
    """

    columns: IntArray
    quantity: FloatArray
    price: FloatArray
    value: float
    bound: float
    rounds: int


def generate_columns(
    problem: AllocationProblem,
    price: FloatArray,
    furthest: float,
    *,
    few: int | None = None,
    optimality_gap: float = OPTIMALITY_GAP,
    say: Callable[[str], None] | None = None,
    out_of_time: Callable[[], bool] = lambda: False,
) -> Relaxation | None:
    """Return the optimum of the relaxation, or None if the time ran out or nothing fits.

    Args:
        problem: the allocation problem, with uses and values of about 1.
        price: (rows,) prices >= 0 near the best.
        furthest: how far below the best of its block a column may lie to take part at first;
            fewer do where ``few`` suffice.
        few: how many alternatives take part at first; by the number of rows if None.
        optimality_gap: the relative gap at which to stop.
        say: takes short lines about what is done.
        out_of_time: asked between rounds.
    """
    count = max(FEWEST, 5 * problem.rows) if few is None else few
    window = min(furthest, reduced_cost_window(reduced_costs(problem, price), count))
    master = _Master(problem, price, window)
    rounds = 0
    while True:
        rounds += 1
        if not master.solve():
            return None
        entering, proven = master.pricing()
        value = master.value
        if say is not None:
            say(
                f"round {rounds}: {master.columns.size} columns, {master.opened} blocks open,"
                f" value {value:.10g}, bound {proven:.10g}, lacking {master.infeasibility:.3g}"
            )
        closed = proven - value <= optimality_gap * max(master.scale, 1e-12)
        if closed and master.infeasibility <= 0:
            columns, quantity = master.taken()
            return Relaxation(columns, quantity, master.price, value, proven, rounds)
        if entering.size == 0:
            if master.infeasibility > 0:
                if not master.raise_penalty():
                    return None
            else:
                columns, quantity = master.taken()
                return Relaxation(columns, quantity, master.price, value, proven, rounds)
        else:
            master.add(entering)
        if out_of_time():
            return None


class _Master:
    """The restricted master problem: the columns so far, warm-started between rounds."""

    def __init__(self, problem: AllocationProblem, price: FloatArray, window: float) -> None:
        self.problem = problem
        self.price = price
        near, closed = _candidates(problem, price, window)
        self.row_of_block = np.full(problem.blocks, -1, dtype=np.int64)
        self.closed = np.full(problem.blocks, -1, dtype=np.int64)
        self.closed[blocks_at(problem, closed)] = closed
        blocks = np.unique(blocks_at(problem, near))
        self.row_of_block[blocks] = problem.rows + np.arange(blocks.size)
        self.opened = blocks.size
        self.columns = near
        self.inside = np.zeros(problem.columns, dtype=np.bool_)
        self.inside[near] = True
        # elastic supply keeps every linear program feasible, and its prices within reason
        most = float(np.abs(problem.value).max(initial=1.0))
        self.penalty = np.maximum(4.0 * price, 4.0 * most)
        self.highs = highs.quiet(highspy.Highs())  # type: ignore[no-untyped-call]
        self.value = self.scale = self.infeasibility = 0.0
        self.best = np.zeros(0)
        self._pass_model(blocks)

    def _pass_model(self, blocks: IntArray) -> None:
        problem, rows = self.problem, self.problem.rows
        block_row = self.row_of_block[blocks_at(problem, self.columns)] - rows
        count = self.columns.size
        table = sp.vstack(
            [
                problem.use[:, problem.offer[self.columns]],
                sp.csc_array(
                    (np.ones(count), (block_row, np.arange(count))), shape=(blocks.size, count)
                ),
            ],
            format="csc",
        )
        supply = sp.vstack(
            [-sp.eye_array(rows, format="csc"), sp.csc_array((blocks.size, rows))], format="csc"
        )
        table = sp.csc_array(sp.hstack([supply, table], format="csc"))
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = table.shape[1], table.shape[0]
        model.col_cost_ = np.concatenate([self.penalty, -problem.value[self.columns]])
        model.col_lower_ = np.zeros(table.shape[1])
        model.col_upper_ = np.full(table.shape[1], highspy.kHighsInf)
        model.row_lower_ = np.full(table.shape[0], -highspy.kHighsInf)
        model.row_upper_ = np.concatenate([self._capacity(), problem.limit[blocks]])
        model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        model.a_matrix_.start_ = table.indptr
        model.a_matrix_.index_ = table.indices
        model.a_matrix_.value_ = table.data
        self.highs.passModel(model)

    def _capacity(self) -> FloatArray:
        closed = self.closed[self.closed >= 0]
        limit = self.problem.limit[self.closed >= 0]
        capacity: FloatArray = self.problem.capacity - usage(self.problem, closed, limit)
        return capacity

    def solve(self) -> bool:
        """Solve the linear program; whether it has an optimum."""
        ending = highs.run_highs(self.highs)
        if not ending.proven:
            return False
        solution = self.highs.getSolution()
        quantity = np.maximum(np.array(solution.col_value), 0.0)
        dual = np.array(solution.row_dual)
        rows = self.problem.rows
        self.price = np.maximum(-dual[:rows], 0.0)
        self.elastic = quantity[:rows]
        self.infeasibility = float(np.where(self.elastic > 1e-7, self.elastic, 0.0).sum())
        self.quantity = quantity[rows:]
        closed = self.closed >= 0
        values = self.problem.value[self.closed[closed]]
        taken = self.problem.limit[closed]
        objective = self.problem.value[self.columns] * self.quantity
        self.value = float(values @ taken + objective.sum())
        self.scale = float(np.maximum(values, 0) @ taken + np.maximum(objective, 0).sum())
        return True

    def pricing(self) -> tuple[IntArray, float]:
        """Return the columns that enter at the present prices, and the bound these prove."""
        problem = self.problem
        cost = offer_price(problem, self.price)
        # what each block has already: its columns that take part, or what it is closed at
        net_inside = problem.value[self.columns] - cost[problem.offer[self.columns]]
        have = np.zeros(problem.blocks)
        np.maximum.at(have, blocks_at(problem, self.columns), net_inside)
        closed = np.flatnonzero(self.closed >= 0)
        at = self.closed[closed]
        net_closed = problem.value[at] - cost[problem.offer[at]]
        have[closed] = net_closed
        best = np.zeros(problem.blocks)
        entering = []
        tolerance = 1e-9
        for first, last in chunks(problem):
            begin, end = problem.start[first], problem.start[last]
            length = np.diff(problem.start[first : last + 1])
            net = problem.value[begin:end] - cost[problem.offer[begin:end]]
            filled = np.flatnonzero(length)
            if filled.size:
                starts = problem.start[first + filled] - begin
                best[first + filled] = np.maximum(np.maximum.reduceat(net, starts), 0.0)
            lacks = best[first:last] > have[first:last] + tolerance
            lacks &= problem.limit[first:last] > 0
            if lacks.any():
                some = np.flatnonzero(np.repeat(lacks, length))
                block = (
                    np.searchsorted(problem.start[first : last + 1], some + begin, side="right") - 1
                )
                better = net[some] > have[first + block] + tolerance
                some, block = some[better], block[better]
                order = np.lexsort((-net[some], block))
                rank = np.arange(order.size) - np.searchsorted(block[order], block[order])
                entering.append(np.sort(some[order[rank < RANK]]) + begin)
        proven = float(self.price @ problem.capacity + problem.limit @ best)
        # a block closed at a column that now loses by it opens, to take nothing
        losing = closed[net_closed < -tolerance]
        losing = losing[best[losing] <= tolerance]
        entering.append(self.closed[losing])
        found = np.unique(np.concatenate(entering)) if entering else np.zeros(0, dtype=np.int64)
        return found, proven

    def add(self, entering: IntArray) -> None:
        """Add columns, opening their blocks where they are closed or not there yet."""
        problem, rows = self.problem, self.problem.rows
        blocks = np.unique(blocks_at(problem, entering))
        opening = blocks[self.row_of_block[blocks] < 0]
        freed = self.closed[opening]
        basic = freed[freed >= 0]
        basis = self.highs.getBasis()
        column_status, row_status = list(basis.col_status), list(basis.row_status)
        status = highspy.HighsBasisStatus
        if opening.size:
            first = rows + self.opened
            self.row_of_block[opening] = first + np.arange(opening.size)
            self.opened += opening.size
            self.closed[opening] = -1
            self.highs.addRows(
                opening.size,
                np.full(opening.size, -highspy.kHighsInf),
                problem.limit[opening],
                0,
                np.zeros(opening.size, dtype=np.int32),
                np.zeros(0, dtype=np.int32),
                np.zeros(0),
            )
            row_status += [
                status.kUpper if column >= 0 else status.kBasic for column in freed.tolist()
            ]
            self.highs.changeRowsBounds(  # type: ignore[attr-defined]
                rows,
                np.arange(rows, dtype=np.int32),
                np.full(rows, -highspy.kHighsInf),
                self._capacity(),
            )
        added = np.union1d(entering, basic)
        added = added[~self.inside[added]]
        self.inside[added] = True
        table = sp.csc_array(problem.use[:, problem.offer[added]])
        block_row = self.row_of_block[blocks_at(problem, added)]
        # one more entry a column, for the row of its block
        ends = table.indptr[1:]
        index = np.insert(table.indices, ends, block_row).astype(np.int32)
        value = np.insert(table.data, ends, 1.0)
        start = (table.indptr[:-1] + np.arange(added.size)).astype(np.int32)
        self.highs.addCols(
            added.size,
            -problem.value[added],
            np.zeros(added.size),
            np.full(added.size, highspy.kHighsInf),
            index.size,
            start,
            index,
            value,
        )
        is_basic = np.isin(added, basic)
        column_status += [status.kBasic if b else status.kLower for b in is_basic.tolist()]
        self.columns = np.concatenate([self.columns, added])
        fresh = highspy.HighsBasis()
        fresh.col_status = column_status
        fresh.row_status = row_status
        fresh.valid = True
        self.highs.setBasis(fresh)

    def raise_penalty(self) -> bool:
        """Make lacking capacity dearer; False when it is dear enough to mean nothing fits."""
        lacking = np.flatnonzero(self.elastic > 1e-7)
        if np.any(self.penalty[lacking] > 1e9):
            return False
        self.penalty[lacking] *= 100.0
        self.highs.changeColsCost(lacking.size, lacking.astype(np.int32), self.penalty[lacking])
        return True

    def taken(self) -> tuple[IntArray, FloatArray]:
        """Return the columns taken and how much of each, ascending."""
        closed = self.closed >= 0
        some = np.flatnonzero(self.quantity > 1e-10)
        columns = np.concatenate([self.closed[closed], self.columns[some]])
        quantity = np.concatenate([self.problem.limit[closed], self.quantity[some]])
        order = np.argsort(columns)
        return columns[order], quantity[order]


def _candidates(
    problem: AllocationProblem, price: FloatArray, window: float
) -> tuple[IntArray, IntArray]:
    """Return columns that take part from the start, and columns that blocks are closed at."""
    from recommender.allocation.bound.dual_prices import fix_variables

    reduced = fix_variables(problem, price, window)
    supplying = supply_columns(problem)
    near = np.union1d(reduced.columns, supplying)
    in_supply = np.zeros(problem.blocks, dtype=np.bool_)
    in_supply[blocks_at(problem, supplying)] = True
    closed = reduced.fixed[~in_supply[blocks_at(problem, reduced.fixed)]]
    return near, closed


def reduced_costs(problem: AllocationProblem, price: FloatArray) -> FloatArray:
    """Return the reduced costs of all alternatives: how far below the best of their block they lie.

    An alternative is a column that is not the best of its block, or taking nothing where
    something is the best.  Blocks that are there for what they supply are left out.

    Args:
        problem: the allocation problem.
        price: (rows,) prices >= 0.
    """
    best = block_best(problem, price)
    plain = ~supplying(problem)
    cost = offer_price(problem, price)
    found = [best[plain & (best > 0)]]
    for first, last in chunks(problem):
        begin, end = problem.start[first], problem.start[last]
        net = problem.value[begin:end] - cost[problem.offer[begin:end]]
        length = np.diff(problem.start[first : last + 1])
        below = np.repeat(best[first:last], length) - net
        below = below[np.repeat(plain[first:last], length)]
        found.append(below[below > 0])
    return np.concatenate(found)


def reduced_cost_window(reduced_costs: FloatArray, columns: int) -> float:
    """Return the window within which about so many alternatives lie.

    Args:
        reduced_costs: how far below the best the alternatives lie.
        columns: how many of them.
    """
    if reduced_costs.size <= columns:
        return float("inf")
    return float(np.partition(reduced_costs, columns)[columns])


def supplying(problem: AllocationProblem) -> BoolArray:
    """Return (blocks,) whether a block is worth nothing in itself and there for what it supplies
    (sessions, professionals, shortages)."""
    supplies = np.zeros(problem.offers, dtype=np.bool_)
    of_entry = np.repeat(np.arange(problem.offers), np.diff(problem.use.indptr))
    supplies[of_entry[problem.use.data < 0]] = True
    there: BoolArray = np.zeros(problem.blocks, dtype=np.bool_)
    there[blocks_at(problem, np.flatnonzero(supplies[problem.offer]))] = True
    there[blocks_at(problem, np.flatnonzero(problem.value > 0))] = False
    return there


def supply_columns(problem: AllocationProblem) -> IntArray:
    """Return the columns of blocks that are there for what they supply."""
    nothing = supplying(problem)
    if not nothing.any():
        return np.zeros(0, dtype=np.int64)
    return np.flatnonzero(nothing[block_of(problem)])
