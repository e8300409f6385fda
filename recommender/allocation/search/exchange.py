"""k-exchange local search: an integer choice made better a few columns at a time, part by part.

A move takes another column of a block, or nothing.  Of the moves that lose least at the present
prices, singles, pairs, triples and fours are tried together; the one that gains most and fits is
made, until none does.  What one part leaves of a shared row the next part may use.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from recommender.allocation.model.problem import (
    AllocationProblem,
    FloatArray,
    IntArray,
    blocks_at,
    columns_of,
    offer_price,
    usage,
)

ExchangeLevel: TypeAlias = tuple[int, int]
"""How many moves are made together, and how many of the best moves are combined."""

QUICK: tuple[ExchangeLevel, ...] = ((1, 100_000), (2, 300), (3, 60), (4, 30))
THOROUGH: tuple[ExchangeLevel, ...] = ((1, 100_000), (2, 600), (3, 90), (4, 40), (5, 24))

GAIN = 1e-9
"""The least gain worth a move, in values of about 1."""


@dataclass(frozen=True, eq=False, slots=True)
class _Moves:
    """The moves of a group: every column of its blocks, then taking nothing in each block.

    Attributes:
        value: (moves,) what the column is worth.
        use: (moves, rows) what it uses of the rows of the group.
        block: (moves,) the block within the group.
        rows: (rows,) the rows of the problem.
    """

    value: FloatArray
    use: FloatArray
    block: IntArray
    rows: IntArray


def k_exchange(
    problem: AllocationProblem,
    price: FloatArray,
    quantity: FloatArray,
    groups: list[IntArray],
    levels: tuple[ExchangeLevel, ...] = QUICK,
    out_of_time: Callable[[], bool] = lambda: False,
) -> tuple[FloatArray, bool]:
    """Return a choice worth at least as much that fits as well, and whether the user interrupted.

    Only integer blocks with limit 1 take part; a row that is already overused stays as it is.

    Args:
        problem: the allocation problem, with uses and values of about 1.
        price: (rows,) prices >= 0, to judge which moves are promising.
        quantity: (columns,) a choice, whole in the blocks that take part.
        groups: blocks by group; moves are combined within a group only.
        levels: how many moves are combined.
        out_of_time: asked between groups.
    """
    quantity = quantity.copy()
    taken = np.flatnonzero(quantity)
    left = problem.capacity - usage(problem, taken, quantity[taken])
    cost = offer_price(problem, price)
    try:
        for group in groups:
            if out_of_time():
                break
            able = group[(problem.limit[group] == 1) & ~problem.divisible[group]]
            if able.size:
                _exchange_group(problem, cost, quantity, left, able, levels)
    except KeyboardInterrupt:
        return quantity, True
    return quantity, False


def rounded_down(problem: AllocationProblem, fractional: FloatArray) -> FloatArray | None:
    """Return the choice with integer blocks rounded down, or None if that does not fit.

    Args:
        problem: the allocation problem.
        fractional: (columns,) a choice that fits, in parts.
    """
    used = np.flatnonzero(fractional)
    integer = ~problem.divisible[blocks_at(problem, used)]
    quantity = fractional.copy()
    quantity[used[integer]] = np.floor(fractional[used[integer]] + 1e-6)
    taken = np.flatnonzero(quantity)
    excess = usage(problem, taken, quantity[taken]) - problem.capacity
    return quantity if np.all(excess <= 1e-7) else None


def _exchange_group(
    problem: AllocationProblem,
    cost: FloatArray,
    quantity: FloatArray,
    left: FloatArray,
    blocks: IntArray,
    levels: tuple[ExchangeLevel, ...],
) -> None:
    """Make the best moves within a group, in place."""
    columns = columns_of(problem, blocks)
    if columns.size == 0:
        return
    block = np.repeat(np.arange(blocks.size), np.diff(problem.start)[blocks])
    moves = _moves_of(problem, columns, block, blocks.size)
    net = np.concatenate(
        [problem.value[columns] - cost[problem.offer[columns]], np.zeros(blocks.size)]
    )
    now = columns.size + np.arange(blocks.size)
    taken = np.flatnonzero(quantity[columns] > 0.5)
    now[moves.block[taken]] = taken
    slack = left[moves.rows].copy()
    level = 0
    while level < len(levels):
        best = _best_moves(moves, net, now, slack, *levels[level])
        if best is None:
            level += 1
            continue
        change = moves.use[best] - moves.use[now[moves.block[best]]]
        slack -= change.sum(axis=0)
        now[moves.block[best]] = best
        level = 0
    left[moves.rows] = slack
    chosen = np.zeros(columns.size)
    chosen[now[now < columns.size]] = 1.0
    # in one step, so that Ctrl-C finds either the old choice or the new one
    quantity[columns] = chosen


def _moves_of(
    problem: AllocationProblem, columns: IntArray, block: IntArray, blocks: int
) -> _Moves:
    use = problem.use[:, problem.offer[columns]]
    rows, row = np.unique(use.indices, return_inverse=True)
    table = np.zeros((columns.size + blocks, rows.size))
    table[np.repeat(np.arange(columns.size), np.diff(use.indptr)), row] = use.data
    return _Moves(
        value=np.concatenate([problem.value[columns], np.zeros(blocks)]),
        use=table,
        block=np.concatenate([block, np.arange(blocks)]),
        rows=rows.astype(np.int64),
    )


def _best_moves(
    moves: _Moves, net: FloatArray, now: IntArray, slack: FloatArray, together: int, most: int
) -> IntArray | None:
    """Return the moves that together gain most and fit, or None if none gain."""
    at = now[moves.block]
    promise = net - net[at]
    promise[now] = -np.inf
    count = min(most, promise.size - now.size)
    if count < together:
        return None
    if count < promise.size:
        candidates = np.sort(np.argpartition(-promise, count - 1)[:count])
    else:
        candidates = np.arange(promise.size)
    gain = (moves.value - moves.value[at])[candidates]
    change = moves.use[candidates] - moves.use[at[candidates]]
    chosen = _tuples(count, together)
    total = gain[chosen].sum(axis=0)
    keep = total > GAIN
    chosen, total = chosen[:, keep], total[keep]
    tight = np.flatnonzero(np.maximum(change, 0.0).sum(axis=0) > slack)
    for row in tight[np.argsort(slack[tight])]:
        if total.size == 0:
            return None
        keep = change[:, row][chosen].sum(axis=0) <= slack[row]
        chosen, total = chosen[:, keep], total[keep]
    block = moves.block[candidates][chosen]
    for one, other in itertools.combinations(range(together), 2):
        total = np.where(block[one] == block[other], -np.inf, total)
    if total.size == 0 or total.max() <= GAIN:
        return None
    best: IntArray = candidates[chosen[:, int(np.argmax(total))]]
    return best


@lru_cache(maxsize=64)
def _tuples(count: int, together: int) -> npt.NDArray[np.int32]:
    """Return (together, n) every combination of so many of ``count`` things."""
    if together == 1:
        return np.arange(count, dtype=np.int32)[None, :]
    if together == 2:
        return np.array(np.triu_indices(count, 1), dtype=np.int32)
    found = np.fromiter(
        itertools.chain.from_iterable(itertools.combinations(range(count), together)),
        dtype=np.int32,
    )
    return np.ascontiguousarray(found.reshape(-1, together).T)
