"""``Start``: what is remembered of an earlier solution, to begin the search for another from.

    start = start_from(before.solution, problem)
    allocation = solve(problem, effort, start=start)

A start is a hint: it changes how long an answer takes and which of several good ones is found,
never what is feasible, what an optimum is worth or what a certificate says.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from recommender.allocation.model.group_coupling_cuts import Links, no_links, supplied_rows
from recommender.allocation.model.problem import (
    AllocationProblem,
    BoolArray,
    FloatArray,
    IntArray,
    blocks_at,
)
from recommender.allocation.model.solution import Solution


@dataclass(frozen=True, eq=False, slots=True)
class Start:
    """Prices, and a choice, of a problem much like the one that is to be solved.

    Attributes:
        price: (rows,) a price >= 0 for one unit of every row of the problem to be solved, 0 where
            nothing is known.
        columns: (k,) columns of the problem to be solved that the earlier choice took, ascending;
            none if there was no choice.  They need not fit.
        quantity: (k,) how much of each, > 0.
        links: links of the problem to be solved, with the prices they had.

    Raises:
        ValueError: at birth, if prices or quantities are negative, not finite or of no column.
    """

    price: FloatArray
    columns: IntArray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    quantity: FloatArray = field(default_factory=lambda: np.zeros(0))
    links: Links = field(default_factory=no_links)

    def __post_init__(self) -> None:
        """Refuse nonsense."""
        for name, numbers in (("price", self.price), ("quantity", self.quantity)):
            if numbers.ndim != 1 or not np.isfinite(numbers).all() or np.any(numbers < 0):
                raise ValueError(f"{name} of a start holds numbers that are not 0 or more")
        if self.columns.shape != self.quantity.shape:
            raise ValueError("columns and quantity of a start differ in shape")
        if np.any(np.diff(self.columns) <= 0):
            raise ValueError("columns of a start are not ascending without repeats")


def start_from(before: Solution, problem: AllocationProblem) -> Start:
    """Return the start that a solution gives to a problem with the same rows, blocks and columns.

    Args:
        before: a solution of an earlier problem.
        problem: the problem to be solved.

    Raises:
        ValueError: if the solution is one of another problem.
    """
    if before.price.shape != (problem.rows,):
        raise ValueError(f"there were {before.price.size} rows and are {problem.rows}")
    if before.columns.size and before.columns[-1] >= problem.columns:
        raise ValueError("a column of a start lies outside the problem")
    return Start(before.price, before.columns, before.quantity, before.links)


def fitting(start: Start, problem: AllocationProblem) -> Start:
    """Return a start with what cannot hold in a problem left out: columns beyond the limit of
    their block, and links to rows that more than whole columns supply.

    Args:
        start: where to begin.
        problem: the problem to be solved.

    Raises:
        ValueError: if the start is one of another problem: a number lies outside.
    """
    links = start.links
    if start.price.shape != (problem.rows,):
        raise ValueError(f"a start has {start.price.size} prices for {problem.rows} rows")
    if start.columns.size and not 0 <= start.columns[0] <= start.columns[-1] < problem.columns:
        raise ValueError(f"a column of a start lies outside 0..{problem.columns - 1}")
    for what, codes, most in (
        ("block", links.block, problem.blocks),
        ("row", links.row, problem.rows),
    ):
        if codes.size and (codes.min() < 0 or codes.max() >= most):
            raise ValueError(f"a {what} of the links of a start lies outside 0..{most - 1}")
    block = blocks_at(problem, start.columns)
    before = np.cumsum(start.quantity) - start.quantity
    first = np.searchsorted(block, block)
    room = problem.limit[block] - (before - before[first])
    quantity = np.minimum(start.quantity, np.maximum(room, 0.0))
    kept = quantity > 0
    if links.size:
        links = _some(links, supplied_rows(problem)[links.row])
    return replace(start, columns=start.columns[kept], quantity=quantity[kept], links=links)


def _some(links: Links, kept: BoolArray) -> Links:
    return Links(links.block[kept], links.row[kept], links.price[kept])
