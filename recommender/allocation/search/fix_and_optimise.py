"""Fix-and-optimise: groups of sites as small integer problems, with the rest held fixed.

Where one integer problem is too large, the parts (sites) are made whole one after the other, and
then again those where most of the gap lies.  Between sites that share nothing but hours, exchanges
of a few columns do the same in less time.  (S. Helber and F. Sahling, A fix-and-optimize approach
for the multi-level capacitated lot sizing problem, International Journal of Production Economics
123, 2010.)
"""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np

from recommender.allocation.bound.column_generation import supplying
from recommender.allocation.bound.dual_prices import Reduced, fix_variables
from recommender.allocation.model.problem import (
    AllocationProblem,
    FloatArray,
    IntArray,
    block_best,
    block_of,
    blocks_at,
    columns_of,
    extract,
    net_value,
    offer_price,
    usage,
)
from recommender.allocation.model.solution import Infeasible
from recommender.allocation.search.exchange import (
    QUICK,
    THOROUGH,
    ExchangeLevel,
    k_exchange,
    rounded_down,
)
from recommender.allocation.search.incumbent import (
    IntegerSolution,
    Neighbourhood,
    Search,
    expanded,
    gap_text,
    scale_of,
    within_gap,
)
from recommender.allocation.search.relax_and_fix import SUPPLY
from recommender.allocation.solvers import pulp_model

GROUP = 1_000
"""Columns of an integer problem on one group of parts, about."""

EXCHANGE_GROUP = 60
"""Columns among which exchanges are sought together, about; a part is never split."""

WIDE = 7
"""Alternatives near the best that take part, for each block that the relaxation splits."""

WIDER = 4
"""How many times as many take part when parts are improved."""

NODES = 100
"""Nodes that the integer problem of one group may branch on."""

BATCH = 8
"""Groups solved side by side, whatever the number of workers, so that these change nothing."""


@dataclass(frozen=True, eq=False, slots=True)
class _Inner:
    """The columns near a choice as a problem of their own.

    Attributes:
        reduced: what is open around the choice.
        problem: the same with only the rows and offers it needs.
        price: (rows,) the prices of these rows.
        quantity: (columns,) the choice within it.
    """

    reduced: Reduced
    problem: AllocationProblem
    price: FloatArray
    quantity: FloatArray

    @staticmethod
    def around(
        search: Search, neighbourhood: Neighbourhood, choice: FloatArray, window: float
    ) -> _Inner:
        """Return the problem of the columns within a window and those of a choice."""
        problem = search.problem
        reduced = fix_variables(problem, search.price, window, neighbourhood.open_blocks)
        expected = np.zeros(problem.columns)
        expected[reduced.fixed] = problem.limit[blocks_at(problem, reduced.fixed)]
        expected[reduced.columns] = choice[reduced.columns]
        odd = np.flatnonzero(expected != choice)
        if odd.size:
            # the choice differs from what would be settled: keep such blocks open
            also = neighbourhood.open_blocks.copy()
            also[blocks_at(problem, odd)] = True
            reduced = fix_variables(problem, search.price, window, also)
        compact = extract(reduced.problem, np.arange(reduced.problem.columns))
        return _Inner(
            reduced, compact.problem, search.price[compact.rows], choice[reduced.columns].copy()
        )


PASSES: tuple[tuple[float, tuple[ExchangeLevel, ...]], ...] = (
    (10, QUICK),
    (30, QUICK),
    (30, THOROUGH),
    (100, THOROUGH),
)
"""Alternatives for each block in parts, and how many moves are combined, pass by pass."""


def exchange_passes(
    search: Search, neighbourhood: Neighbourhood, found: IntegerSolution
) -> IntegerSolution:
    """k-exchange local search in widening neighbourhoods, until the gap is small."""
    if found.quantity is None:
        return found
    choice = found.quantity
    for times, levels in PASSES:
        if search.left() <= 0:
            break
        inner = _Inner.around(search, neighbourhood, choice, neighbourhood.window(times))
        work = _WorkingSolution(inner.problem, inner.price, inner.quantity)
        groups = _groups(inner.problem, work, np.inf, EXCHANGE_GROUP)
        quantity, interrupted = k_exchange(
            inner.problem,
            inner.price,
            inner.quantity,
            groups,
            levels,
            lambda: search.left() <= 0,
        )
        choice = expanded(inner.reduced, quantity, search.problem)
        found = replace(found, quantity=choice, interrupted=interrupted)
        gap = gap_text(search, neighbourhood, choice)
        search.say(f"exchanges among {inner.problem.columns} columns: {gap}")
        if interrupted or within_gap(search, found, neighbourhood.proven):
            break
    return found


class _WorkingSolution:
    """The solution that fix-and-optimise works on, group by group, and what rows have left."""

    def __init__(self, problem: AllocationProblem, price: FloatArray, quantity: FloatArray) -> None:
        self.problem = problem
        self.price = price
        self.quantity = quantity
        taken = np.flatnonzero(quantity)
        self.left = problem.capacity - usage(problem, taken, quantity[taken])
        self.column_block = block_of(problem)
        best = block_best(problem, price)
        self.below = best[self.column_block] - net_value(problem, price)
        self.best = best
        self.shared_rows = np.ones(problem.rows, dtype=np.bool_)

    def share_rows(self, groups: list[IntArray]) -> None:
        """Note which rows more than one group uses."""
        touched = np.zeros(self.problem.rows, dtype=np.int64)
        for group in groups:
            offers = np.unique(self.problem.offer[self.columns_of(group, np.inf)])
            touched[np.unique(self.problem.use[:, offers].indices)] += 1
        self.shared_rows = touched > 1

    def value(self) -> float:
        """Return what the choice is worth."""
        return float(self.problem.value @ self.quantity)

    def loss(self) -> FloatArray:
        """Return (blocks,) how much of the bound each block leaves out of reach."""
        net_taken = (self.best[self.column_block] - self.below) * self.quantity
        taken = np.bincount(self.column_block, net_taken, minlength=self.problem.blocks)
        loss: FloatArray = self.problem.limit * self.best - taken
        return loss

    def is_integer(self) -> bool:
        """Return whether every integer block is whole."""
        fractional = np.abs(self.quantity - np.rint(self.quantity)) > pulp_model.INTEGRALITY
        return not bool((fractional & ~self.problem.divisible[self.column_block]).any())

    def columns_of(self, blocks: IntArray, window: float) -> IntArray:
        """Return the columns of some blocks within a window, or taken, ascending."""
        columns = columns_of(self.problem, blocks)
        keep = (self.below[columns] <= window) | (self.quantity[columns] > 0)
        keep |= self.problem.divisible[self.column_block[columns]]
        chosen: IntArray = columns[keep]
        return chosen

    def take(self, quantity: FloatArray) -> None:
        """Take another choice altogether."""
        self.update(np.arange(self.problem.columns), quantity)

    def update(self, columns: IntArray, quantity: FloatArray) -> None:
        """Take other quantities of some columns."""
        change = quantity - self.quantity[columns]
        self.left -= usage(self.problem, columns, change)
        self.quantity[columns] = quantity


def fix_and_optimise(
    search: Search, neighbourhood: Neighbourhood, choice: IntegerSolution
) -> IntegerSolution:
    """Fix-and-optimise: groups of parts as integer problems in turn, the rest held fixed."""
    problem = search.problem
    begun = choice.quantity is not None
    start = search.fractional if choice.quantity is None else choice.quantity
    times = max(WIDE, SUPPLY / max(neighbourhood.fractional_blocks, 200))
    window, wide = neighbourhood.window(times), neighbourhood.window(WIDER * times)
    inner = _Inner.around(search, neighbourhood, start, wide)
    work = _WorkingSolution(inner.problem, inner.price, inner.quantity)
    stop = threading.Event()
    interrupted = False
    groups = _groups(inner.problem, work, window, GROUP)
    work.share_rows(groups)
    search.say(f"{len(groups)} groups of parts, {inner.problem.columns} columns")
    best: FloatArray | None = work.quantity.copy() if begun else None
    pool = ThreadPoolExecutor(search.workers) if search.workers > 1 else None
    try:
        if not begun:
            interrupted = _construct(search, work, groups, window, pool, stop)
            if work.is_integer():
                best = work.quantity.copy()
        rounds = stalled = 0
        while best is not None and not interrupted and search.left() > 0:
            value = work.value() + inner.reduced.constant
            full = expanded(inner.reduced, work.quantity, problem)
            scale = scale_of(problem, full)
            search.say(gap_text(search, neighbourhood, full))
            if min(neighbourhood.proven, choice.better_bound) - value <= search.gap * scale:
                break
            before = work.value()
            window = window if rounds == 0 else min(1.5 * window, wide)
            shifted = _merged(
                _groups(inner.problem, work, window, GROUP), 1 + rounds % 2, shift=rounds
            )
            interrupted = _sweep(search, work, shifted, window, pool=pool, stop=stop)
            best = work.quantity.copy()
            rounds += 1
            stalled = stalled + 1 if work.value() - before <= 0.02 * search.gap * scale else 0
            if stalled >= 4:
                break
    finally:
        stop.set()
        if pool is not None:
            pool.shutdown(wait=True)
    if best is None:
        return IntegerSolution(choice.quantity, choice.better_bound, interrupted)
    return IntegerSolution(expanded(inner.reduced, best, problem), choice.better_bound, interrupted)


def _construct(
    search: Search,
    work: _WorkingSolution,
    groups: list[IntArray],
    window: float,
    pool: ThreadPoolExecutor | None,
    stop: threading.Event,
) -> bool:
    """Round a fractional solution: first what supplies (sessions), then the units; whether the
    user interrupted."""
    if supplying(work.problem).any() and _sweep(
        search, work, groups, window, pool=pool, stop=stop, only_supply=True
    ):
        return True
    rounded = rounded_down(work.problem, work.quantity)
    if rounded is not None:
        work.take(rounded)
        quantity, interrupted = k_exchange(
            work.problem,
            work.price,
            rounded,
            _groups(work.problem, work, np.inf, EXCHANGE_GROUP),
            out_of_time=lambda: search.left() <= 0,
        )
        work.take(quantity)
        return interrupted
    if _sweep(search, work, groups, window, pool=pool, stop=stop, priced=True):
        return True
    if work.is_integer():
        return False
    return _sweep(search, work, _merged(groups, 3), np.inf, pool=pool, stop=stop)


def _groups(
    problem: AllocationProblem, work: _WorkingSolution, window: float, size_of: int
) -> list[IntArray]:
    """Return blocks by group: parts that together have about so many columns near the best.

    Shared blocks belong to no group.  Without parts, groups are runs of blocks.
    """
    near = (work.below <= window) | (work.quantity > 0)
    count = np.bincount(work.column_block[near], minlength=problem.blocks)
    own = np.flatnonzero(problem.part >= 0)
    if own.size == 0:
        own = np.flatnonzero(~problem.divisible)
        order = own
        part = (np.cumsum(count[own]) // size_of).astype(np.int64)
    else:
        order = own[np.argsort(problem.part[own], kind="stable")]
        part = problem.part[order].astype(np.int64)
    turn = np.ones(order.size, dtype=np.bool_)
    turn[1:] = part[1:] != part[:-1]
    firsts = np.flatnonzero(turn)
    pieces = np.split(order, firsts[1:])
    groups: list[IntArray] = []
    held: list[IntArray] = []
    size = 0
    for piece in pieces:
        if piece.size == 0:
            continue
        held.append(piece)
        size += int(count[piece].sum())
        if size >= size_of:
            groups.append(np.sort(np.concatenate(held)))
            held, size = [], 0
    if held:
        groups.append(np.sort(np.concatenate(held)))
    return groups


def _merged(groups: list[IntArray], together: int, shift: int = 0) -> list[IntArray]:
    """Return neighbouring groups put together, beginning ``shift`` groups further on."""
    together = max(1, min(together, len(groups)))
    shift %= max(1, len(groups))
    turned = groups[shift:] + groups[:shift]
    return [
        np.sort(np.concatenate(turned[index : index + together]))
        for index in range(0, len(turned), together)
    ]


def _sweep(
    search: Search,
    work: _WorkingSolution,
    groups: list[IntArray],
    window: float,
    *,
    pool: ThreadPoolExecutor | None,
    stop: threading.Event,
    priced: bool = False,
    only_supply: bool = False,
) -> bool:
    """Solve every group with the rest held fixed; whether the user interrupted."""
    problem = work.problem
    shared = np.flatnonzero(problem.part < 0)
    has_parts = shared.size < problem.blocks
    if not has_parts or shared.size > 2_000:
        shared = shared[:0]
    lost = work.loss()
    order = sorted(range(len(groups)), key=lambda g: (-round(lost[groups[g]].sum(), 9), g))
    if priced:
        order = list(range(len(groups)))
    size = 1 if shared.size else BATCH
    for first in range(0, len(order), size):
        if search.left() <= 0:
            return False
        batch = [groups[index] for index in order[first : first + size]]
        spare = np.maximum(work.left, 0.0)
        slack_share = np.where(work.shared_rows, spare / len(batch), spare)

        def solve_one(
            group: IntArray, share: FloatArray = slack_share
        ) -> tuple[IntArray, pulp_model.SolverResult] | None:
            blocks = np.sort(np.concatenate([group, shared])) if shared.size else group
            return _solve_group(
                search,
                work,
                blocks,
                window,
                share,
                priced=priced,
                only_supply=only_supply,
                stop=stop,
            )

        try:
            solved = list(pool.map(solve_one, batch)) if pool else [*map(solve_one, batch)]
        except KeyboardInterrupt:
            stop.set()
            return True
        for outcome in solved:
            if outcome is None:
                continue
            columns, answer = outcome
            if answer.quantity is not None:
                work.update(columns, answer.quantity)
            if answer.interrupted:
                return True
    return False


def _solve_group(
    search: Search,
    work: _WorkingSolution,
    blocks: IntArray,
    window: float,
    share: FloatArray,
    *,
    priced: bool,
    only_supply: bool,
    stop: threading.Event,
) -> tuple[IntArray, pulp_model.SolverResult] | None:
    """Return better quantities of the columns of some blocks, or None if there are none."""
    problem = work.problem
    columns = work.columns_of(blocks, window)
    if columns.size == 0:
        return None
    now = work.quantity[columns]
    capacity = usage(problem, columns, now) + share
    small = extract(problem, columns, capacity=capacity)
    is_integer = bool(
        np.all(
            (np.abs(now - np.rint(now)) <= pulp_model.INTEGRALITY)
            | problem.divisible[work.column_block[columns]]
        )
    )
    if priced:
        # what other groups could use is not for nothing
        shared = np.where(work.shared_rows, work.price, 0.0)[small.rows]
        cost = offer_price(small.problem, shared)
        small = replace(
            small,
            problem=replace(small.problem, value=small.problem.value - cost[small.problem.offer]),
        )
    inner = small.problem
    if only_supply:
        inner = replace(inner, divisible=inner.divisible | ~supplying(inner))
    return columns, _branch_and_bound(search, inner, now, is_integer, stop)


def _branch_and_bound(
    search: Search,
    problem: AllocationProblem,
    now: FloatArray,
    is_integer: bool,
    stop: threading.Event,
) -> pulp_model.SolverResult:
    nothing = pulp_model.SolverResult(None, None, np.inf, False, False)
    scale = scale_of(problem, now)
    # parts are worth as much as they can be: whole units need not come nearer than was asked
    objective_target = (
        np.inf if is_integer else float(problem.value @ now) - 0.8 * search.gap * scale
    )
    try:
        answer = pulp_model.branch_and_bound(
            problem,
            seconds=max(search.left(), 0.05),
            absolute_gap=0.05 * search.gap * scale,
            objective_target=objective_target,
            nodes=NODES,
            start=now if is_integer else None,
            stop=stop,
            seed=search.seed,
            explain=False,
        )
    except Infeasible:
        return nothing
    if answer.quantity is None:
        return nothing
    gain = float(problem.value @ (answer.quantity - now))
    if is_integer and gain < 0:
        return pulp_model.SolverResult(None, None, np.inf, False, answer.interrupted)
    return answer
