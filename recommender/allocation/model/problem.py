"""The allocation problem: blocks of columns that use rows through shared offers.

    maximise    sum value[c] * x[c]
    subject to  sum over c in block b of x[c] <= limit[b]           every block
                sum use[r, offer[c]] * x[c] <= capacity[r]          every row
                x >= 0, and integer except in divisible blocks

A multiple-choice multidimensional knapsack.  Units, group sessions, professionals, floors and
shortages are all blocks of this one problem; this module knows numbers only.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

FloatArray: TypeAlias = npt.NDArray[np.float64]
IntArray: TypeAlias = npt.NDArray[np.int64]
CodeArray: TypeAlias = npt.NDArray[np.int32]
BoolArray: TypeAlias = npt.NDArray[np.bool_]

CHUNK = 2_000_000
"""Columns priced at a time, so that a pass needs megabytes whatever the number of columns."""


@dataclass(frozen=True, eq=False, slots=True)
class AllocationProblem:
    """At most ``limit[b]`` columns of every block, within the capacity of every row.

    Attributes:
        value: (columns,) what one unit of the column is worth; may be negative.
        offer: (columns,) the offer each column makes use of, a column number of ``use``.
        start: (blocks + 1,) the columns of block b are ``start[b]:start[b + 1]``.
        limit: (blocks,) how many columns of the block may be taken, >= 0; whole in integer blocks.
        divisible: (blocks,) whether columns of the block may be taken in parts.
        use: (rows, offers) what one unit of an offer uses of each row; negative is supply.
        capacity: (rows,) what there is of each row; negative is a floor.
        part: (blocks,) the part (site) a block belongs to, -1 where it is shared; a hint for
            decomposition that never changes what is feasible or optimal.

    Raises:
        ValueError: at birth, when shapes, codes or numbers make no sense together.
    """

    value: FloatArray
    offer: CodeArray
    start: IntArray
    limit: FloatArray
    divisible: BoolArray
    use: sp.csc_array
    capacity: FloatArray
    part: CodeArray

    def __post_init__(self) -> None:
        rows, offers = self.use.shape
        columns, blocks = self.value.size, self.limit.size
        for name, array, dtype, size in (
            ("value", self.value, np.float64, columns),
            ("offer", self.offer, np.int32, columns),
            ("start", self.start, np.int64, blocks + 1),
            ("limit", self.limit, np.float64, blocks),
            ("divisible", self.divisible, np.bool_, blocks),
            ("capacity", self.capacity, np.float64, rows),
            ("part", self.part, np.int32, blocks),
        ):
            if array.shape != (size,) or array.dtype != dtype:
                raise ValueError(
                    f"{name} is {array.dtype}{list(array.shape)}, not {np.dtype(dtype)}[{size}]"
                )
        if self.use.format != "csc":
            raise ValueError(f"use is a {self.use.format} matrix, not csc")
        if self.start[0] != 0 or self.start[-1] != columns or np.any(np.diff(self.start) < 0):
            raise ValueError(
                "start does not rise from 0 to the number of columns, or has a step back"
            )
        if columns and (self.offer.min() < 0 or self.offer.max() >= offers):
            raise ValueError(f"an offer code lies outside 0..{offers - 1}")
        for name, numbers in (
            ("value", self.value),
            ("limit", self.limit),
            ("capacity", self.capacity),
            ("use", self.use.data),
        ):
            if not np.isfinite(numbers).all():
                raise ValueError(f"{name} holds a number that is not finite")
        if np.any(self.limit < 0):
            raise ValueError("a limit is negative")
        if np.any((self.limit != np.floor(self.limit)) & ~self.divisible):
            raise ValueError("the limit of an integer block is not whole")

    @property
    def columns(self) -> int:
        """Return the number of columns."""
        return self.value.size

    @property
    def blocks(self) -> int:
        """Return the number of blocks."""
        return self.limit.size

    @property
    def rows(self) -> int:
        """Return the number of rows."""
        return self.capacity.size

    @property
    def offers(self) -> int:
        """Return the number of offers."""
        return int(self.use.shape[1])


@dataclass(frozen=True, slots=True)
class Block:
    """One block written out by hand: at most ``limit`` of these columns.

    Attributes:
        value: what one unit of each column is worth.
        use: for each column, what one unit uses of every row.
        limit: how many columns may be taken together.
        divisible: whether columns may be taken in parts.
        part: the part (site) the block belongs to, -1 where it is shared.
    """

    value: Sequence[float]
    use: Sequence[Sequence[float]]
    limit: float = 1.0
    divisible: bool = False
    part: int = -1


def from_blocks(blocks: Sequence[Block], capacity: Sequence[float]) -> AllocationProblem:
    """Return the problem of blocks written out by hand, with equal uses shared as offers.

    Args:
        blocks: the blocks, in order.
        capacity: what there is of each row.

    Raises:
        ValueError: if a block's uses do not match its values or the rows.
    """
    rows = len(capacity)
    uses: list[tuple[float, ...]] = []
    for number, block in enumerate(blocks):
        if len(block.use) != len(block.value):
            raise ValueError(
                f"block {number} has {len(block.value)} values and {len(block.use)} uses"
            )
        for use in block.use:
            if len(use) != rows:
                raise ValueError(f"block {number} uses {len(use)} rows of {rows}")
            uses.append(tuple(map(float, use)))
    codes = {use: code for code, use in enumerate(sorted(set(uses)))}
    table = np.array(list(codes), dtype=np.float64).reshape(len(codes), rows).T
    return AllocationProblem(
        value=np.array([value for block in blocks for value in block.value], dtype=np.float64),
        offer=np.array([codes[use] for use in uses], dtype=np.int32),
        start=np.cumsum([0, *(len(block.value) for block in blocks)], dtype=np.int64),
        limit=np.array([block.limit for block in blocks], dtype=np.float64),
        divisible=np.array([block.divisible for block in blocks], dtype=np.bool_),
        use=sp.csc_array(table),
        capacity=np.array(capacity, dtype=np.float64),
        part=np.array([block.part for block in blocks], dtype=np.int32),
    )


def block_of(problem: AllocationProblem) -> IntArray:
    """Return (columns,) the block of every column."""
    return np.repeat(np.arange(problem.blocks), np.diff(problem.start))


def blocks_at(problem: AllocationProblem, columns: IntArray) -> IntArray:
    """Return the block of each of some columns."""
    return np.searchsorted(problem.start, columns, side="right") - 1


def columns_of(problem: AllocationProblem, blocks: IntArray) -> IntArray:
    """Return the columns of some blocks, block by block in the order given."""
    start, length = problem.start[blocks], problem.start[blocks + 1] - problem.start[blocks]
    ends = np.cumsum(length)
    total = int(ends[-1]) if ends.size else 0
    return np.asarray(np.repeat(start - (ends - length), length) + np.arange(total))


def offer_price(problem: AllocationProblem, price: FloatArray) -> FloatArray:
    """Return (offers,) what one unit of every offer costs at these row prices."""
    return np.asarray(problem.use.T @ price, dtype=np.float64)


def net_value(problem: AllocationProblem, price: FloatArray) -> FloatArray:
    """Return (columns,) the value of every column minus the price of what it uses."""
    return problem.value - offer_price(problem, price)[problem.offer]


def chunks(problem: AllocationProblem, columns: int = CHUNK) -> Iterator[tuple[int, int]]:
    """Yield ranges of blocks (first, past the last) of about so many columns each."""
    first = 0
    while first < problem.blocks:
        target = problem.start[first] + columns
        last = max(int(np.searchsorted(problem.start, target, side="right")) - 1, first + 1)
        yield first, min(last, problem.blocks)
        first = last


def block_best(problem: AllocationProblem, price: FloatArray) -> FloatArray:
    """Return (blocks,) the best net value in every block, at least 0 (taking nothing)."""
    best = np.zeros(problem.blocks)
    cost = offer_price(problem, price)
    for first, last in chunks(problem):
        begin, end = problem.start[first], problem.start[last]
        net = problem.value[begin:end] - cost[problem.offer[begin:end]]
        filled = np.flatnonzero(problem.start[first:last] < problem.start[first + 1 : last + 1])
        if filled.size:
            starts = problem.start[first + filled] - begin
            best[first + filled] = np.maximum(np.maximum.reduceat(net, starts), 0.0)
    return best


def bound(problem: AllocationProblem, price: FloatArray) -> float:
    """Return a value that no choice can exceed, valid for any prices >= 0 (weak duality).

    Args:
        problem: the allocation problem.
        price: (rows,) a price >= 0 for one unit of every row.
    """
    return float(price @ problem.capacity + problem.limit @ block_best(problem, price))


def usage(problem: AllocationProblem, columns: IntArray, quantity: FloatArray) -> FloatArray:
    """Return (rows,) what the chosen columns use of every row, supply subtracted.

    Args:
        problem: the allocation problem.
        columns: (k,) column numbers.
        quantity: (k,) how much of each is taken.
    """
    taken = np.bincount(problem.offer[columns], weights=quantity, minlength=problem.offers)
    return np.asarray(problem.use @ taken, dtype=np.float64)


def objective(problem: AllocationProblem, columns: IntArray, quantity: FloatArray) -> float:
    """Return the objective: the value of the chosen columns."""
    return float(problem.value[columns] @ quantity)


def restrict(problem: AllocationProblem, keep: IntArray) -> AllocationProblem:
    """Return the same problem with some columns only; blocks, rows and offers stay as they are.

    Args:
        problem: the allocation problem.
        keep: (k,) the columns to keep, ascending; column i of the result is ``keep[i]``.
    """
    return AllocationProblem(
        value=problem.value[keep],
        offer=problem.offer[keep],
        start=np.searchsorted(keep, problem.start).astype(np.int64),
        limit=problem.limit,
        divisible=problem.divisible,
        use=problem.use,
        capacity=problem.capacity,
        part=problem.part,
    )


def residual(
    problem: AllocationProblem, columns: IntArray, quantity: FloatArray
) -> AllocationProblem:
    """Return what is left of limits and capacities once some columns are taken.

    Args:
        problem: the allocation problem.
        columns: (k,) column numbers that are taken.
        quantity: (k,) how much of each; within the limits of their blocks.
    """
    taken = np.bincount(blocks_at(problem, columns), weights=quantity, minlength=problem.blocks)
    limit = np.maximum(problem.limit - taken, 0.0)
    return AllocationProblem(
        value=problem.value,
        offer=problem.offer,
        start=problem.start,
        limit=limit,
        divisible=problem.divisible,
        use=problem.use,
        capacity=problem.capacity - usage(problem, columns, quantity),
        part=problem.part,
    )


@dataclass(frozen=True, eq=False, slots=True)
class Extract:
    """A problem of some columns only, with the blocks, rows and offers they need.

    Attributes:
        problem: the smaller problem.
        columns: (columns,) the column of the larger problem behind each column.
        rows: (rows,) the row of the larger problem behind each row.
    """

    problem: AllocationProblem
    columns: IntArray
    rows: IntArray


def extract(
    problem: AllocationProblem,
    columns: IntArray,
    value: FloatArray | None = None,
    capacity: FloatArray | None = None,
) -> Extract:
    """Return the problem of some columns, without blocks, rows and offers that none of them needs.

    Rows that no column uses are left out even where their capacity is negative.

    Args:
        problem: the allocation problem.
        columns: (k,) column numbers, ascending.
        value: (k,) values to use instead of those of the columns.
        capacity: (rows,) capacities to use instead of those of the problem.
    """
    of_column = blocks_at(problem, columns)
    blocks, first = np.unique(of_column, return_index=True)
    offers, offer = np.unique(problem.offer[columns], return_inverse=True)
    use = sp.csc_array(problem.use[:, offers])
    rows, row = np.unique(use.indices, return_inverse=True)
    all_capacity = problem.capacity if capacity is None else capacity
    small = AllocationProblem(
        value=problem.value[columns] if value is None else value,
        offer=offer.astype(np.int32),
        start=np.append(first, columns.size).astype(np.int64),
        limit=problem.limit[blocks],
        divisible=problem.divisible[blocks],
        use=sp.csc_array((use.data, row, use.indptr), shape=(rows.size, offers.size)),
        capacity=all_capacity[rows],
        part=problem.part[blocks],
    )
    return Extract(small, columns, rows.astype(np.int64))
