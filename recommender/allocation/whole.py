"""Whole choices near the relaxation: small integer problems on the columns the prices leave.

A column whose net value lies ``window`` below the best of its block costs at least that much of
the bound.  So an integer problem on the columns within the window is small, loses little, and its
optimum is the optimum once the window exceeds what is still out of reach.  Where even that is too
large, the parts (sites) are made whole one after the other with the rest held fixed, and then
again those where most of the gap lies.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from recommender.allocation import exact
from recommender.allocation.prices import Narrowed, narrow
from recommender.allocation.problem import (
    AllocationProblem,
    BoolArray,
    FloatArray,
    IntArray,
    block_best,
    block_of,
    blocks_at,
    bound,
    columns_of,
    extract,
    net_value,
    offer_price,
    usage,
    without,
)
from recommender.allocation.relaxation import contest, supplying, window_for
from recommender.allocation.solution import Infeasible
from recommender.allocation.swaps import QUICK, THOROUGH, Level, floor, swap

FEW = 1_500
"""Columns of the first integer problem on all blocks together."""

MANY = 40_000
"""Columns up to which one integer problem on all blocks together is tried."""

ALL = 20_000
"""Columns up to which all go to one integer problem before anything else is tried for long."""

GROUP = 1_000
"""Columns of an integer problem on one group of parts, about."""

SWAP_GROUP = 60
"""Columns among which exchanges are sought together, about; a part is never split."""

WIDE = 7
"""Alternatives near the best that take part, for each block that the relaxation splits."""

WIDER = 4
"""How many times as many take part when parts are improved."""

SUPPLY = 5_000
"""Alternatives that take part when what supplies (sessions) is made whole."""

STARTS = 12
"""Times that what supplies is made whole, each among more columns and from another seed."""

AROUND = 4
"""Times that a choice is sought near that of a start, each from what the last one found."""

SUPPLY_NODES = 10
"""Nodes of the integer problem of what supplies."""

UNIT_NODES = 40
"""Nodes of the integer problem of the units once what supplies is fixed."""

NODES = 100
"""Nodes that the integer problem of one group may branch on."""

BATCH = 8
"""Groups solved side by side, whatever the number of workers, so that these change nothing."""


@dataclass(frozen=True, eq=False, slots=True)
class WholeChoice:
    """A whole choice and what was proven on the way.

    Attributes:
        quantity: (columns,) how much of every column, or None if nothing was found.
        better_bound: the best bound a solver proved, infinite if none.
        interrupted: whether the user stopped the search.
    """

    quantity: FloatArray | None
    better_bound: float
    interrupted: bool


@dataclass(frozen=True, eq=False, slots=True)
class Search:
    """What a search for whole choices needs to know.

    Attributes:
        problem: the allocation problem, with uses and values of about 1.
        price: (rows,) the best prices.
        parts: (columns,) an optimum of the relaxation, or something near it.
        gap: the relative gap at which to stop.
        left: tells how many seconds are left.
        workers: how many integer problems are solved side by side.
        seed: the seed of every random choice.
        say: takes short lines about what is done.
        start: (columns,) a choice that was good for much the same problem, or None.
        thorough: whether integer problems may be solved where exchanges alone find a choice.
    """

    problem: AllocationProblem
    price: FloatArray
    parts: FloatArray
    gap: float
    left: Callable[[], float]
    workers: int
    seed: int
    say: Callable[[str], None]
    start: FloatArray | None = None
    thorough: bool = True


def make_whole(search: Search) -> WholeChoice:
    """Return the best whole choice found within the gap and the time.

    Args:
        search: the problem, its prices and the limits of the search.

    Raises:
        Infeasible: if it is proven that no whole choice fits.
    """
    near = _Near.of(search)
    choice = WholeChoice(None, np.inf, False)
    try:
        for step in _steps(search, near):
            choice = step(choice)
            if choice.interrupted or _good(search, choice, near.proven):
                break
            if search.left() <= 0 and choice.quantity is not None:
                break
    except KeyboardInterrupt:
        return replace(choice, interrupted=True)
    return choice


def _steps(search: Search, near: _Near) -> list[Callable[[WholeChoice], WholeChoice]]:
    """Return what is tried in turn, each from the best choice so far."""
    steps: list[Callable[[WholeChoice], WholeChoice]] = []
    if search.start is not None:
        steps += [partial(_by_start, search, near, turn) for turn in range(AROUND)]
    rounded = floor(search.problem, search.parts)
    if rounded is not None:
        steps.append(lambda choice: _by_swaps(search, near, _better(search, choice, rounded)))
    small = near.fractional <= FEW // 3
    sessions = bool((supplying(search.problem) & ~search.problem.divisible).any())
    if steps and not sessions and not search.thorough:
        return steps
    if small and sessions and search.problem.columns <= ALL:
        # a handful of sessions leaves a gap that neither links nor better choices close
        steps.append(partial(_by_supply, search, near, 0))
        steps.append(lambda choice: _together(search, near, choice, share=0.8, few=ALL, slack=0.5))
    if small:
        steps += [partial(_by_supply, search, near, start) for start in range(STARTS)]
        steps.append(lambda choice: _by_swaps(search, near, choice))
        steps.append(lambda choice: _together(search, near, choice, share=1 / 24))
    steps.append(lambda choice: _apart(search, near, choice))
    if small:
        steps.append(lambda choice: _together(search, near, choice, share=1.0))
    return steps


def _better(search: Search, choice: WholeChoice, quantity: FloatArray) -> WholeChoice:
    """Return a choice with the better of what it takes and something else that fits."""
    value = search.problem.value
    if choice.quantity is not None and value @ choice.quantity >= value @ quantity:
        return choice
    return replace(choice, quantity=quantity)


@dataclass(frozen=True, eq=False, slots=True)
class _Near:
    """What lies near the relaxation.

    Attributes:
        proven: the bound of the prices.
        contested: how far below the best of their blocks the alternatives lie.
        open_blocks: (blocks,) blocks that keep all their columns.
        fractional: how many integer blocks the relaxation takes in parts.
        always: how many columns the open blocks have.
    """

    proven: float
    contested: FloatArray
    open_blocks: BoolArray
    fractional: int
    always: int

    @staticmethod
    def of(search: Search) -> _Near:
        """Return what lies near the relaxation."""
        problem = search.problem
        open_blocks = supplying(problem) | problem.divisible
        return _Near(
            proven=bound(problem, search.price),
            contested=contest(problem, search.price),
            open_blocks=open_blocks,
            fractional=_fractional_blocks(problem, search.parts),
            always=int(np.diff(problem.start)[open_blocks].sum()),
        )

    def window(self, times: float) -> float:
        """Return the window with so many alternatives for each block in parts, but finite."""
        columns = int(times * max(self.fractional, 200))
        furthest = float(self.contested.max(initial=1.0))
        return min(window_for(self.contested, columns), furthest) + 1e-9


@dataclass(frozen=True, eq=False, slots=True)
class _Inner:
    """The columns near a choice as a problem of their own.

    Attributes:
        part: what is open around the choice.
        problem: the same with only the rows and offers it needs.
        price: (rows,) the prices of these rows.
        quantity: (columns,) the choice within it.
    """

    part: Narrowed
    problem: AllocationProblem
    price: FloatArray
    quantity: FloatArray

    @staticmethod
    def around(search: Search, near: _Near, choice: FloatArray, window: float) -> _Inner:
        """Return the problem of the columns within a window and those of a choice."""
        problem = search.problem
        part = narrow(problem, search.price, window, near.open_blocks)
        expected = np.zeros(problem.columns)
        expected[part.settled] = problem.limit[blocks_at(problem, part.settled)]
        expected[part.columns] = choice[part.columns]
        odd = np.flatnonzero(expected != choice)
        if odd.size:
            # the choice differs from what would be settled: keep such blocks open
            also = near.open_blocks.copy()
            also[blocks_at(problem, odd)] = True
            part = narrow(problem, search.price, window, also)
        compact = extract(part.problem, np.arange(part.problem.columns))
        return _Inner(
            part, compact.problem, search.price[compact.rows], choice[part.columns].copy()
        )


SWAPS: tuple[tuple[float, tuple[Level, ...]], ...] = (
    (10, QUICK),
    (30, QUICK),
    (30, THOROUGH),
    (100, THOROUGH),
)
"""Alternatives for each block in parts, and how many moves are combined, pass by pass."""


def _by_swaps(search: Search, near: _Near, found: WholeChoice) -> WholeChoice:
    """Return a whole choice made better by exchanges, pass by pass until the gap is small."""
    if found.quantity is None:
        return found
    choice = found.quantity
    for times, levels in SWAPS:
        if search.left() <= 0:
            break
        inner = _Inner.around(search, near, choice, near.window(times))
        work = _Parts(inner.problem, inner.price, inner.quantity)
        groups = _groups(inner.problem, work, np.inf, SWAP_GROUP)
        quantity, interrupted = swap(
            inner.problem,
            inner.price,
            inner.quantity,
            groups,
            levels,
            lambda: search.left() <= 0,
        )
        choice = _whole_of(inner.part, quantity, search.problem)
        found = replace(found, quantity=choice, interrupted=interrupted)
        search.say(
            f"exchanges among {inner.problem.columns} columns: {_told(search, near, choice)}"
        )
        if interrupted or _good(search, found, near.proven):
            break
    return found


def _told(search: Search, near: _Near, choice: FloatArray) -> str:
    value = float(search.problem.value @ choice)
    scale = max(_scale(search.problem, choice), 1e-12)
    return f"gap {max(near.proven - value, 0.0) / scale:.3%}"


def _fractional_blocks(problem: AllocationProblem, parts: FloatArray) -> int:
    some = np.flatnonzero(np.abs(parts - np.rint(parts)) > exact.WHOLE)
    blocks = np.unique(blocks_at(problem, some))
    return int((~problem.divisible[blocks]).sum())


def _scale(problem: AllocationProblem, quantity: FloatArray) -> float:
    worth = float(np.maximum(problem.value, 0.0) @ quantity)
    return worth if worth > 0 else abs(float(problem.value @ quantity))


def _target(search: Search, proven: float) -> float:
    """Return the value at which the gap is small enough."""
    return proven - 0.98 * search.gap * _scale(search.problem, search.parts)


def _good(search: Search, choice: WholeChoice, proven: float) -> bool:
    if choice.quantity is None:
        return False
    value = float(search.problem.value @ choice.quantity)
    reach = min(proven, choice.better_bound) - value
    scale = _scale(search.problem, choice.quantity)
    return reach <= max(search.gap * scale, 1e-9 * max(scale, 1e-9))


def _together(
    search: Search,
    near: _Near,
    choice: WholeChoice,
    share: float,
    few: int = FEW,
    slack: float = 0.1,
) -> WholeChoice:
    """Return the best whole choice of integer problems with more and more columns.

    Args:
        share: the share of the time that is left which each may take.
        few: alternatives near the best that take part in the first.
        slack: the share of the gap asked for that a solver may leave.
    """
    problem = search.problem
    proven, quantity, better = near.proven, choice.quantity, choice.better_bound
    value = -np.inf if quantity is None else float(problem.value @ quantity)
    while search.left() > 0:
        window = window_for(near.contested, few) + 1e-9
        everything = not np.isfinite(window)
        if np.isfinite(value):
            # nothing further below the best than what is out of reach can be of use
            needed = min(proven, better) - value
            if needed <= window:
                window, everything = needed * (1 + 1e-9) + 1e-12, True
        part = narrow(problem, search.price, window, near.open_blocks)
        search.say(f"integer problem on {part.problem.columns} columns")
        begin = None if quantity is None else _as_begin(part, quantity)
        scale = _scale(problem, search.parts)
        try:
            answer = exact.improve(
                part.problem,
                seconds=max(search.left() * share, 1.0),
                slack=slack * search.gap * scale,
                begin=begin,
                seed=search.seed,
                enough=_target(search, proven) - part.constant if search.gap > 0 else np.inf,
                explain=everything,
            )
        except Infeasible:
            if everything:
                raise
            few *= 4
            continue
        if answer.quantity is not None:
            found = _whole_of(part, answer.quantity, problem)
            if float(problem.value @ found) > value:
                quantity, value = found, float(problem.value @ found)
        # a choice with a column outside the window is worth at least a window less than the bound
        reach = max(answer.bound + part.constant, value)
        better = min(better, max(reach, proven - window))
        choice = WholeChoice(quantity, better, answer.interrupted)
        done = everything or (share < 1 and not answer.proven)
        if answer.interrupted or _good(search, choice, proven) or done:
            return choice
        few *= 2
        if few + near.always > MANY and problem.columns > MANY:
            return choice
    return WholeChoice(quantity, better, False)


def _by_supply(search: Search, near: _Near, start: int, choice: WholeChoice) -> WholeChoice:
    """Return the better of a choice and one that first makes whole what supplies (sessions).

    What supplies is rounded up or down from the relaxation, with units in parts; then units are
    made whole with that held fixed.  Many quick starts beat one thorough one: which sessions suit
    whole units best cannot be told from units in parts.  Limits are nodes, not seconds, so that
    the same problem gives the same choice on any machine.
    """
    problem = search.problem
    blocks = block_of(problem)
    is_supply = supplying(problem) & ~problem.divisible
    columns = np.flatnonzero(is_supply[blocks])
    low = np.floor(search.parts[columns] + exact.WHOLE)
    more = np.ceil(search.parts[columns] - exact.WHOLE) - low
    if not more.any():
        return choice
    window = window_for(near.contested, SUPPLY + start * SUPPLY // 4)
    fixed = _supply(search, near, columns, low, more, window, search.seed + start)
    if isinstance(fixed, bool):
        return replace(choice, interrupted=fixed)
    return _units(search, near, choice, columns, fixed, search.seed + start)


def _by_start(search: Search, near: _Near, turn: int, choice: WholeChoice) -> WholeChoice:
    """Return the better of a choice and one near it, or near the choice of a start at first.

    Units for which choice and relaxation agree stay as they are, but for the third turn.  What
    supplies stays as it was in the first and third turn; else it lies between that and the
    relaxation.
    """
    problem = search.problem
    around = search.start if choice.quantity is None else choice.quantity
    blocks = block_of(problem)
    supply = supplying(problem) & ~problem.divisible
    columns = np.flatnonzero(supply[blocks])
    if around is None or columns.size == 0:
        return choice
    if turn == 2:
        return _units(search, near, choice, columns, around[columns], search.seed)
    differ = np.bincount(
        blocks, np.abs(around - search.parts) > exact.WHOLE, minlength=problem.blocks
    )
    closed = (differ == 0) & ~supply & ~problem.divisible
    agreed = np.flatnonzero(closed[blocks] & (around > 0))
    kept = np.zeros(problem.columns)
    kept[agreed] = around[agreed]
    if turn == 0:
        return _units(search, near, choice, columns, around[columns], search.seed, kept, closed)
    low = np.minimum(around[columns], np.floor(search.parts[columns] + exact.WHOLE))
    more = np.maximum(around[columns], np.ceil(search.parts[columns] - exact.WHOLE)) - low
    window = window_for(near.contested, SUPPLY + turn * SUPPLY // 4)
    seed = search.seed + turn
    fixed = _supply(search, near, columns, low, more, window, seed, kept, closed)
    if isinstance(fixed, bool):
        return replace(choice, interrupted=fixed)
    return _units(search, near, choice, columns, fixed, seed, kept, closed)


def _supply(
    search: Search,
    near: _Near,
    columns: IntArray,
    low: FloatArray,
    more: FloatArray,
    window: float,
    seed: int,
    kept: FloatArray | None = None,
    closed: BoolArray | None = None,
) -> FloatArray | bool:
    """Return how much of columns that supply is best, with units in parts; where nothing is found,
    whether the user interrupted.

    Args:
        columns: (k,) the columns that supply.
        low: (k,) how much of each at least.
        more: (k,) how much more at most.
        window: how far below the best the columns of units may lie.
        seed: the seed of the solver's own random choices.
        kept: (columns,) what else is fixed, or None.
        closed: (blocks,) blocks that take nothing beside what is fixed, or None.
    """
    problem = search.problem
    room = np.zeros(problem.blocks)
    np.add.at(room, blocks_at(problem, columns), more)
    units_in_parts = np.ones(problem.blocks, dtype=np.bool_)
    held = np.zeros(problem.columns) if kept is None else kept.copy()
    held[columns] = low
    try:
        fixed = _Fixed.at(search, near, held, room, window, units_in_parts, closed)
        search.say(f"what supplies is made whole among {fixed.part.problem.columns} columns")
        answer = exact.improve(
            fixed.part.problem,
            seconds=max(search.left() / 2, 0.5),
            nodes=SUPPLY_NODES,
            slack=0.1 * search.gap * _scale(problem, search.parts),
            seed=seed,
            explain=False,
        )
    except Infeasible:
        return False
    if answer.quantity is None or answer.interrupted:
        return answer.interrupted
    whole: FloatArray = np.rint(fixed.whole(answer.quantity)[columns])
    return whole


def _units(
    search: Search,
    near: _Near,
    choice: WholeChoice,
    columns: IntArray,
    supply: FloatArray,
    seed: int,
    kept: FloatArray | None = None,
    closed: BoolArray | None = None,
) -> WholeChoice:
    """Return the better of a choice and the best found with what supplies held fixed.

    Args:
        columns: (k,) the columns that supply.
        supply: (k,) how much of each.
        seed, kept, closed: as of ``_supply``.
    """
    problem = search.problem
    held = np.zeros(problem.columns) if kept is None else kept.copy()
    held[columns] = supply
    window = window_for(near.contested, 2 * SUPPLY)
    nothing = np.zeros(problem.blocks)
    try:
        fixed = _Fixed.at(search, near, held, nothing, window, problem.divisible, closed)
        part = fixed.part
        search.say(f"units are made whole among {part.problem.columns} columns")
        answer = exact.improve(
            part.problem,
            seconds=max(search.left(), 0.5),
            nodes=UNIT_NODES,
            slack=0.1 * search.gap * _scale(problem, search.parts),
            seed=seed,
            enough=_target(search, near.proven) - part.constant - float(problem.value @ held),
            explain=False,
        )
    except Infeasible:
        return choice
    if answer.quantity is None:
        return replace(choice, interrupted=answer.interrupted)
    found = fixed.whole(answer.quantity)
    if choice.quantity is None or problem.value @ found > problem.value @ choice.quantity:
        search.say(_told(search, near, found))
        return replace(choice, quantity=found, interrupted=answer.interrupted)
    return replace(choice, interrupted=answer.interrupted)


@dataclass(frozen=True, eq=False, slots=True)
class _Fixed:
    """What is open once some columns are fixed.

    Attributes:
        part: what is open.
        held: (columns,) how much of every column is fixed.
        settled: (k,) how much of every settled column is taken.
    """

    part: Narrowed
    held: FloatArray
    settled: FloatArray

    @staticmethod
    def at(
        search: Search,
        near: _Near,
        held: FloatArray,
        room: FloatArray,
        window: float,
        in_parts: BoolArray,
        closed: BoolArray | None,
    ) -> _Fixed:
        """Return what is open within a window once some columns are fixed.

        Args:
            held: (columns,) how much of every column is fixed.
            room: (blocks,) how much more of blocks that supply may be taken.
            window: how far below the best of its block a column may lie.
            in_parts: (blocks,) blocks of units that may be taken in parts.
            closed: (blocks,) blocks that take nothing beside what is fixed, or None.
        """
        problem = search.problem
        taken = np.flatnonzero(held)
        rest = without(problem, taken, held[taken])
        supply = supplying(problem) & ~problem.divisible
        limit = np.where(supply, np.minimum(rest.limit, room), rest.limit)
        if closed is not None:
            limit = np.where(closed, 0.0, limit)
        divisible = problem.divisible | (in_parts & ~supply)
        rest = replace(rest, limit=limit, divisible=divisible)
        part = narrow(rest, search.price, window, near.open_blocks)
        return _Fixed(part, held, limit[blocks_at(problem, part.settled)])

    def whole(self, inner: FloatArray) -> FloatArray:
        """Return (columns,) the whole choice with some quantities of what is open."""
        quantity = self.held.copy()
        quantity[self.part.settled] += self.settled
        quantity[self.part.columns] += inner
        return quantity


def _as_begin(part: Narrowed, quantity: FloatArray) -> FloatArray | None:
    """Return a whole choice as a choice in the narrowed problem, if it is one."""
    outside = quantity.copy()
    outside[part.columns] = 0
    settled = part.settled
    outside[settled] = 0
    if outside.any():
        return None
    return quantity[part.columns]


def _whole_of(part: Narrowed, inner: FloatArray, problem: AllocationProblem) -> FloatArray:
    quantity = np.zeros(problem.columns)
    quantity[part.settled] = problem.limit[blocks_at(problem, part.settled)]
    quantity[part.columns] = inner
    return quantity


class _Parts:
    """A choice that is being made whole group by group, on the columns that take part."""

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

    def whole(self) -> bool:
        """Return whether every integer block is whole."""
        parts = np.abs(self.quantity - np.rint(self.quantity)) > exact.WHOLE
        return not bool((parts & ~self.problem.divisible[self.column_block]).any())

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


def _apart(search: Search, near: _Near, choice: WholeChoice) -> WholeChoice:
    """Return the best whole choice from making groups of parts whole with the rest held fixed."""
    problem = search.problem
    begun = choice.quantity is not None
    start = search.parts if choice.quantity is None else choice.quantity
    times = max(WIDE, SUPPLY / max(near.fractional, 200))
    window, wide = near.window(times), near.window(WIDER * times)
    inner = _Inner.around(search, near, start, wide)
    work = _Parts(inner.problem, inner.price, inner.quantity)
    stop = threading.Event()
    interrupted = False
    groups = _groups(inner.problem, work, window, GROUP)
    work.share_rows(groups)
    search.say(f"{len(groups)} groups of parts, {inner.problem.columns} columns")
    best: FloatArray | None = work.quantity.copy() if begun else None
    pool = ThreadPoolExecutor(search.workers) if search.workers > 1 else None
    try:
        if not begun:
            interrupted = _begin(search, work, groups, window, pool, stop)
            if work.whole():
                best = work.quantity.copy()
        rounds = stalled = 0
        while best is not None and not interrupted and search.left() > 0:
            value = work.value() + inner.part.constant
            whole = _whole_of(inner.part, work.quantity, problem)
            scale = _scale(problem, whole)
            search.say(_told(search, near, whole))
            if min(near.proven, choice.better_bound) - value <= search.gap * scale:
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
        return WholeChoice(choice.quantity, choice.better_bound, interrupted)
    return WholeChoice(_whole_of(inner.part, best, problem), choice.better_bound, interrupted)


def _begin(
    search: Search,
    work: _Parts,
    groups: list[IntArray],
    window: float,
    pool: ThreadPoolExecutor | None,
    stop: threading.Event,
) -> bool:
    """Make a choice in parts whole: first what supplies (sessions), then the units; whether the
    user interrupted."""
    if supplying(work.problem).any() and _sweep(
        search, work, groups, window, pool=pool, stop=stop, only_supply=True
    ):
        return True
    rounded = floor(work.problem, work.quantity)
    if rounded is not None:
        work.take(rounded)
        quantity, interrupted = swap(
            work.problem,
            work.price,
            rounded,
            _groups(work.problem, work, np.inf, SWAP_GROUP),
            out_of_time=lambda: search.left() <= 0,
        )
        work.take(quantity)
        return interrupted
    if _sweep(search, work, groups, window, pool=pool, stop=stop, priced=True):
        return True
    if work.whole():
        return False
    return _sweep(search, work, _merged(groups, 3), np.inf, pool=pool, stop=stop)


def _groups(
    problem: AllocationProblem, work: _Parts, window: float, size_of: int
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
    work: _Parts,
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
        ) -> tuple[IntArray, exact.Answer] | None:
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
    work: _Parts,
    blocks: IntArray,
    window: float,
    share: FloatArray,
    *,
    priced: bool,
    only_supply: bool,
    stop: threading.Event,
) -> tuple[IntArray, exact.Answer] | None:
    """Return better quantities of the columns of some blocks, or None if there are none."""
    problem = work.problem
    columns = work.columns_of(blocks, window)
    if columns.size == 0:
        return None
    now = work.quantity[columns]
    capacity = usage(problem, columns, now) + share
    small = extract(problem, columns, capacity=capacity)
    is_whole = bool(
        np.all(
            (np.abs(now - np.rint(now)) <= exact.WHOLE)
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
    return columns, _answer(search, inner, now, is_whole, stop)


def _answer(
    search: Search,
    problem: AllocationProblem,
    now: FloatArray,
    is_whole: bool,
    stop: threading.Event,
) -> exact.Answer:
    nothing = exact.Answer(None, None, np.inf, False, False)
    scale = _scale(problem, now)
    # parts are worth as much as they can be: whole units need not come nearer than was asked
    enough = np.inf if is_whole else float(problem.value @ now) - 0.8 * search.gap * scale
    try:
        answer = exact.improve(
            problem,
            seconds=max(search.left(), 0.05),
            slack=0.05 * search.gap * scale,
            enough=enough,
            nodes=NODES,
            begin=now if is_whole else None,
            stop=stop,
            seed=search.seed,
            explain=False,
        )
    except Infeasible:
        return nothing
    if answer.quantity is None:
        return nothing
    gain = float(problem.value @ (answer.quantity - now))
    if is_whole and gain < 0:
        return exact.Answer(None, None, np.inf, False, answer.interrupted)
    return answer
