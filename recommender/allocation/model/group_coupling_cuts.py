"""Coupling cuts (links): valid rows that tie members to groups and lower the bound of prices.

Where a row has nothing but what whole columns supply (places in groups that may or may not run),
a block can use it only if some supplier runs:

    sum of the block's columns that use the row  <=  limit of the block * sum of the suppliers

The relaxation would rather run a third of a group for a third of its members; a link forbids that.
There are as many links as members of groups, so only those that a relaxation breaks are written
out.  That they hold is checked from the problem itself, with no solver.  They are to
groups what the disaggregated constraints are to facility location.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp

from recommender.allocation.model.problem import (
    AllocationProblem,
    BoolArray,
    FloatArray,
    IntArray,
    block_of,
    blocks_at,
    columns_of,
)

BROKEN = 1e-6
"""How much of a unit a relaxation must take beyond a link for the link to be written out."""


@dataclass(frozen=True, eq=False, slots=True)
class Links:
    """Links with their prices.

    Attributes:
        block: (links,) the block that uses the row.
        row: (links,) the row that only whole columns supply.
        price: (links,) a price >= 0 for running without a supplier.
    """

    block: IntArray
    row: IntArray
    price: FloatArray

    @property
    def size(self) -> int:
        """Return how many links there are."""
        return self.block.size


def no_links() -> Links:
    """Return no links."""
    return Links(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros(0))


def supplied_rows(problem: AllocationProblem) -> BoolArray:
    """Return (rows,) whether a row has nothing but what columns of integer blocks supply."""
    in_parts = np.zeros(problem.offers, dtype=np.bool_)
    in_parts[problem.offer[problem.divisible[block_of(problem)]]] = True
    offer = np.repeat(np.arange(problem.offers), np.diff(problem.use.indptr))
    negative = problem.use.data < 0
    supplied: BoolArray = np.zeros(problem.rows, dtype=np.bool_)
    supplied[problem.use.indices[negative]] = True
    supplied[problem.use.indices[negative & in_parts[offer]]] = False
    return supplied & (problem.capacity <= 0)


def violated(problem: AllocationProblem, fractional: FloatArray, known: Links) -> Links:
    """Return links that a fractional choice breaks, without those that are known; prices are 0.

    Args:
        problem: the allocation problem.
        fractional: (columns,) how much of every column.
        known: links written out before.
    """
    used = np.flatnonzero(fractional > BROKEN)
    table = problem.use[:, problem.offer[used]]
    column = np.repeat(used, np.diff(table.indptr))
    row = table.indices.astype(np.int64)
    entry = supplied_rows(problem)[row]
    negative, positive = entry & (table.data < 0), entry & (table.data > 0)
    supply = np.bincount(row[negative], fractional[column[negative]], minlength=problem.rows)
    key = row[positive] * problem.blocks + blocks_at(problem, column[positive])
    keys, place = np.unique(key, return_inverse=True)
    taken = np.bincount(place, fractional[column[positive]], minlength=keys.size)
    excess = taken - problem.limit[keys % problem.blocks] * supply[keys // problem.blocks]
    keys = np.setdiff1d(keys[excess > BROKEN], known.row * problem.blocks + known.block)
    return Links(keys % problem.blocks, keys // problem.blocks, np.zeros(keys.size))


def concatenated(first: Links, second: Links) -> Links:
    """Return two sets of links as one."""
    return Links(
        np.concatenate([first.block, second.block]),
        np.concatenate([first.row, second.row]),
        np.concatenate([first.price, second.price]),
    )


def with_coupling_cuts(problem: AllocationProblem, links: Links) -> AllocationProblem:
    """Return the same problem with a row for every link, after the rows it has.

    It has the same columns and blocks and the same integer choices, but fewer choices in parts.

    Args:
        problem: the allocation problem.
        links: the links to write out.

    Raises:
        ValueError: if a link does not hold for every integer choice.
    """
    if links.size == 0:
        return problem
    findings = invalid_links(problem, links)
    if findings:
        raise ValueError(findings[0])
    # users: the columns of a link's block that use its row
    column = columns_of(problem, links.block)
    link = np.repeat(np.arange(links.size), np.diff(problem.start)[links.block])
    uses = _uses(problem, column, links.row[link]) > 0
    column, link = column[uses], link[uses]
    # suppliers: all columns with negative use of a row that links speak of
    rows = np.unique(links.row)
    supplying_offer, supplied = _negative(problem, rows)
    has_supply = np.zeros(problem.offers, dtype=np.bool_)
    has_supply[supplying_offer] = True
    suppliers = np.flatnonzero(has_supply[problem.offer])
    by_offer = sp.csr_array(
        (np.ones(supplying_offer.size), (supplying_offer, supplied)),
        shape=(problem.offers, rows.size),
    )
    of_row = sp.csr_array(
        (
            -problem.limit[links.block],
            (np.searchsorted(rows, links.row), np.arange(links.size)),
        ),
        shape=(rows.size, links.size),
    )
    of_suppliers = sp.coo_array(by_offer[problem.offer[suppliers]] @ of_row)
    touched = np.unique(np.concatenate([column, suppliers]))
    more = sp.csc_array(
        (
            np.concatenate([np.ones(column.size), of_suppliers.data]),
            (
                np.concatenate([link, of_suppliers.col]),
                np.concatenate(
                    [
                        np.searchsorted(touched, column),
                        np.searchsorted(touched, suppliers[of_suppliers.row]),
                    ]
                ),
            ),
        ),
        shape=(links.size, touched.size),
    )
    own = sp.vstack([problem.use[:, problem.offer[touched]], more], format="csc")
    plain = sp.vstack([problem.use, sp.csc_array((links.size, problem.offers))], format="csc")
    offer = problem.offer.copy()
    offer[touched] = problem.offers + np.arange(touched.size, dtype=np.int32)
    return replace(
        problem,
        offer=offer,
        use=sp.csc_array(sp.hstack([plain, own], format="csc")),
        capacity=np.concatenate([problem.capacity, np.zeros(links.size)]),
    )


def invalid_links(problem: AllocationProblem, links: Links) -> list[str]:
    """Return what is wrong with links, as findings; nothing when every integer choice keeps them.

    Args:
        problem: the allocation problem.
        links: the links.
    """
    if not links.block.shape == links.row.shape == links.price.shape:
        return ["blocks, rows and prices of links differ in number"]
    if links.size == 0:
        return []
    inside = (links.block >= 0) & (links.block < problem.blocks)
    inside &= (links.row >= 0) & (links.row < problem.rows)
    if not inside.all():
        return [f"link {int(np.argmin(inside))} names a block or a row that is not there"]
    holds = supplied_rows(problem)[links.row]
    if not holds.all():
        row = int(links.row[np.argmin(holds)])
        return [f"a link speaks of row {row}, which more than whole columns supply"]
    if not np.all(np.isfinite(links.price)) or np.any(links.price < 0):
        return ["the price of a link is negative or not finite"]
    return []


def _uses(problem: AllocationProblem, column: IntArray, row: IntArray) -> FloatArray:
    """Return (k,) how much each of some columns uses of a row, row by row."""
    table = problem.use[:, problem.offer[column]]
    place = np.repeat(np.arange(column.size), np.diff(table.indptr))
    same = table.indices == row[place]
    used = np.zeros(column.size)
    used[place[same]] = table.data[same]
    return used


def _negative(problem: AllocationProblem, rows: IntArray) -> tuple[IntArray, IntArray]:
    """Return offer and place of row of every negative use of some rows."""
    wanted = np.zeros(problem.rows, dtype=np.bool_)
    wanted[rows] = True
    offer = np.repeat(np.arange(problem.offers), np.diff(problem.use.indptr))
    entry = (problem.use.data < 0) & wanted[problem.use.indices]
    return offer[entry], np.searchsorted(rows, problem.use.indices[entry]).astype(np.int64)
