"""``split``: the parts of a problem that have only a few rows in common.

Schools that share no staff depend on each other through a budget alone.  Once the rows that most
parts use are set aside, what is left falls apart by itself: two blocks belong together if their
columns use a row, or an offer, that both know.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp

from recommender.allocation import AllocationProblem
from recommender.allocation.model.problem import (
    BoolArray,
    Extract,
    FloatArray,
    IntArray,
    chunks,
    columns_of,
    extract,
)

SHARES = (np.inf, 0.5, 0.125)
"""A row is shared by all if more than this share of the sites uses it; tried one by one."""

MOST_SHARED = 20
"""Rows that may be shared by all; the parts are not worth much by themselves with more."""

LARGEST = 0.5
"""The share of all columns that the largest part may have."""

COLUMNS = 50_000
"""Parts are joined until they have so many columns, so that none is over before it began."""


@dataclass(frozen=True, eq=False, slots=True)
class Split:
    """The parts of a problem.

    Attributes:
        shared: (shared,) the rows that parts have in common, ascending.
        part: (blocks,) the part of every block; -1 for blocks without columns.
        parts: how many there are, at least 2.
    """

    shared: IntArray
    part: IntArray
    parts: int

    def blocks(self) -> list[IntArray]:
        """Return the blocks of every part, ascending."""
        order = np.argsort(self.part, kind="stable")
        ends = np.searchsorted(self.part[order], np.arange(self.parts + 1))
        return [order[a:b] for a, b in zip(ends[:-1].tolist(), ends[1:].tolist(), strict=True)]


def split(problem: AllocationProblem) -> Split | None:
    """Return the parts of a problem, or None where it does not fall apart.

    Args:
        problem: the allocation problem; blocks of one site (its ``part``) stay together.
    """
    ties = _ties(problem)
    breadth = _breadth(problem, ties)
    tried: set[int] = set()
    for share in SHARES:
        shared = breadth > max(share * ties.sites, 1.0)
        count = int(shared.sum())
        if count > MOST_SHARED:
            return None
        if count in tried:
            continue
        tried.add(count)
        found = _joined(problem, _components(problem, ties, shared))
        size = np.bincount(found[found >= 0], np.diff(problem.start)[found >= 0])
        if size.size >= 2 and size.max() <= LARGEST * problem.columns:
            return Split(np.flatnonzero(shared), found, size.size)
    return None


def part_of(
    problem: AllocationProblem, blocks: IntArray, shared: IntArray
) -> tuple[Extract, FloatArray]:
    """Return the problem of some blocks without shared rows, and what they use of those.

    Args:
        problem: the allocation problem.
        blocks: (k,) blocks of one part, or of several, ascending.
        shared: (shared,) rows that are left out of it.

    Returns:
        The smaller problem, and (shared, offers of it) what an offer uses of the shared rows.
    """
    columns = columns_of(problem, blocks)
    found = extract(problem, columns)
    small = found.problem
    common = np.isin(found.rows, shared)
    table = sp.csr_array(small.use)
    use = np.zeros((shared.size, small.offers))
    use[np.searchsorted(shared, found.rows[common])] = table[np.flatnonzero(common)].toarray()
    own = np.flatnonzero(~common)
    smaller = replace(small, use=sp.csc_array(table[own]), capacity=small.capacity[own])
    return Extract(smaller, columns, found.rows[own]), use


@dataclass(frozen=True, eq=False, slots=True)
class _Ties:
    """What ties offers together.

    Attributes:
        sites: how many sites there are.
        offer, site: (ties,) an offer, and a site whose blocks have it; every pair once.
        one, other: (more,) two offers of a block that belongs to no site.
    """

    sites: int
    offer: IntArray
    site: IntArray
    one: IntArray
    other: IntArray


def _ties(problem: AllocationProblem) -> _Ties:
    """Return what ties offers together, in time that is linear in the columns.

    Most offers are of one site: only those that are not are sorted.
    """
    last = np.full(problem.offers, -1, dtype=np.int64)
    for site, offer, _ in _columns(problem):
        last[offer[site >= 0]] = site[site >= 0]
    sites = int(problem.part.max(initial=-1)) + 1
    keys, pairs = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)]
    for site, offer, first in _columns(problem):
        odd = (site >= 0) & (site != last[offer])
        keys.append(np.unique(offer[odd] * sites + site[odd]))
        none = site < 0
        pairs.append(np.unique(first[none] * problem.offers + offer[none]))
    key, pair = np.unique(np.concatenate(keys)), np.unique(np.concatenate(pairs))
    some = np.flatnonzero(last >= 0)
    return _Ties(
        sites=sites,
        offer=np.concatenate([some, key // max(sites, 1)]),
        site=np.concatenate([last[some], key % max(sites, 1)]),
        one=pair // problem.offers,
        other=pair % problem.offers,
    )


def _columns(problem: AllocationProblem) -> Iterator[tuple[IntArray, IntArray, IntArray]]:
    """Yield site, offer and the first offer of the block of all columns, some at a time."""
    for first, last in chunks(problem):
        begin, end = int(problem.start[first]), int(problem.start[last])
        length = np.diff(problem.start[first : last + 1])
        offer = problem.offer[begin:end].astype(np.int64)
        filled = np.flatnonzero(length)
        leading = offer[problem.start[first + filled] - begin]
        yield (
            np.repeat(problem.part[first:last].astype(np.int64), length),
            offer,
            np.repeat(leading, length[filled]),
        )


def _breadth(problem: AllocationProblem, ties: _Ties) -> IntArray:
    """Return (rows,) how many sites use a row."""
    if ties.sites == 0:
        return np.zeros(problem.rows, dtype=np.int64)
    of_offer = sp.csr_array(
        (np.ones(ties.offer.size), (ties.offer, ties.site)), shape=(problem.offers, ties.sites)
    )
    uses = sp.csr_array(problem.use, copy=True)
    uses.data = np.abs(uses.data)
    return np.diff(sp.csr_array(uses @ of_offer).indptr).astype(np.int64)


def _components(problem: AllocationProblem, ties: _Ties, shared: BoolArray) -> IntArray:
    """Return (blocks,) the component of every block without the shared rows, -1 for empty ones."""
    use = sp.coo_array(problem.use)
    kept = ~shared[use.row]
    rows, sites = problem.offers, problem.offers + problem.rows
    nodes = sites + ties.sites
    one = np.concatenate([ties.one, ties.site + sites, use.row[kept] + rows])
    other = np.concatenate([ties.other, ties.offer, use.col[kept]])
    graph = sp.csr_array((np.ones(one.size), (one, other)), shape=(nodes, nodes))
    label = sp.csgraph.connected_components(graph, directed=False)[1]
    component = np.full(problem.blocks, -1, dtype=np.int64)
    filled = np.flatnonzero(np.diff(problem.start))
    component[filled] = label[problem.offer[problem.start[filled]]]
    return component


def _joined(problem: AllocationProblem, component: IntArray) -> IntArray:
    """Return (blocks,) parts of about ``COLUMNS`` columns, components in order of their sites."""
    filled = np.flatnonzero(component >= 0)
    _, first, which = np.unique(component[filled], return_index=True, return_inverse=True)
    site = np.full(first.size, np.iinfo(np.int64).max)
    known = problem.part[filled] >= 0
    np.minimum.at(site, which[known], problem.part[filled][known])
    order = np.lexsort((filled[first], site))
    size = np.bincount(which, np.diff(problem.start)[filled])[order]
    number, room, at = np.zeros(order.size, dtype=np.int64), 0.0, -1
    for place, columns in enumerate(size.tolist()):
        if at < 0 or room + columns > COLUMNS:
            at, room = at + 1, 0.0
        room += columns
        number[order[place]] = at
    part = np.full(problem.blocks, -1, dtype=np.int64)
    part[filled] = number[which]
    return part
