"""Aggregated capacity cuts: valid rows from which a solver sees what whole columns can take.

Professionals who serve several sites, or in several roles, supply several rows in parts.  Each row
by itself then looks as if it could be filled to the last hour; that their hours together leave
room for six cases and not six and a half is seen only once the rows they supply are added up and
the supply is replaced by all there is of it (the rows of a Hall set).  The prices tell which rows
belong together: from the dearest hour downwards, those that the same professionals serve.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import scipy.sparse as sp

from recommender.allocation.model.problem import (
    AllocationProblem,
    FloatArray,
    IntArray,
    block_of,
    blocks_at,
)

LEVELS = 6
"""How many prices, from the dearest downwards, are told apart among rows supplied together."""

APART = 1e-3
"""How far prices lie apart, relative to the dearest, to be two."""


def with_capacity_cuts(problem: AllocationProblem, price: FloatArray) -> AllocationProblem:
    """Return the same problem with rows for supply that is pooled, after the rows it has.

    It has the same columns, blocks and choices, in parts and whole.

    Args:
        problem: the allocation problem.
        price: (rows,) prices >= 0, to judge which rows belong together.
    """
    in_parts = problem.divisible[block_of(problem)]
    supply = np.flatnonzero(in_parts)
    if np.isin(problem.offer[~in_parts], problem.offer[supply]).any():
        return problem
    table = sp.coo_array(problem.use[:, problem.offer[supply]])
    negative = table.data < 0
    row, amount = table.row[negative].astype(np.int64), -table.data[negative]
    block = blocks_at(problem, supply[table.col[negative]])
    if row.size == 0:
        return problem
    unit = np.zeros(problem.rows)
    np.maximum.at(unit, row, amount)
    sets = _sets(problem, price * unit, row, block)
    if sets.shape[0] == 0:
        return problem
    # what a set uses, counted in what one unit of supply gives
    together = sets @ sp.diags_array(1.0 / np.where(unit > 0, unit, 1.0))
    use = sp.csc_array(together @ problem.use)
    most = _most(problem, use, supply)
    given = np.zeros(problem.offers, dtype=np.bool_)
    given[problem.offer[supply]] = True
    use.data[given[np.repeat(np.arange(problem.offers), np.diff(use.indptr))]] = 0.0
    use.eliminate_zeros()
    capacity = together @ problem.capacity + most
    size = np.zeros(sets.shape[0])
    np.maximum.at(size, use.indices, np.abs(use.data))
    some = np.flatnonzero(size > 0)
    by = sp.csr_array((1.0 / size[some], (np.arange(some.size), some)), (some.size, size.size))
    return replace(
        problem,
        use=sp.csc_array(sp.vstack([problem.use, by @ use], format="csc")),
        capacity=np.concatenate([problem.capacity, by @ capacity]),
    )


def _sets(
    problem: AllocationProblem, price: FloatArray, row: IntArray, block: IntArray
) -> sp.csr_array:
    """Return (sets, rows) 0 or 1: rows that the same blocks supply, down to a price.

    Args:
        price: (rows,) the price of what one unit of supply gives.
        row, block: (k,) which block supplies which row.
    """
    component = _components(problem, row, block)
    supplied = np.unique(row)
    highest = np.zeros(component.max() + 1)
    np.maximum.at(highest, component[supplied], price[supplied])
    dear = supplied[price[supplied] > APART * highest[component[supplied]]]
    dear = dear[np.lexsort((-price[dear], component[dear]))]
    first = np.diff(component[dear], prepend=-1) != 0
    falls = -np.diff(price[dear], prepend=0.0) > APART * highest[component[dear]]
    turns = np.cumsum(falls & ~first)
    level = turns - np.maximum.accumulate(np.where(first, turns, 0))
    of_set, of_row, sets = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)], 0
    for lowest in range(min(LEVELS, int(level.max(initial=-1)) + 1)):
        inside = np.zeros(problem.rows, dtype=np.bool_)
        inside[dear[level <= lowest]] = True
        kept = inside[row]
        label = _components(problem, row[kept], block[kept])
        # a set without a row of this price was there before
        new = np.unique(label[dear[level == lowest]])
        members = np.flatnonzero(inside & np.isin(label, new))
        of_set.append(sets + np.searchsorted(new, label[members]))
        of_row.append(members)
        sets += new.size
    where = (np.concatenate(of_set), np.concatenate(of_row))
    return sp.csr_array((np.ones(where[0].size), where), shape=(sets, problem.rows))


def _components(problem: AllocationProblem, row: IntArray, block: IntArray) -> IntArray:
    """Return (rows,) which rows some blocks supply together."""
    nodes = problem.rows + problem.blocks
    graph = sp.coo_array((np.ones(row.size), (row, problem.rows + block)), shape=(nodes, nodes))
    label = sp.csgraph.connected_components(graph, directed=False)[1]
    return np.asarray(label[: problem.rows], dtype=np.int64)


def _most(problem: AllocationProblem, use: sp.csc_array, supply: IntArray) -> FloatArray:
    """Return (sets,) the most that some columns in parts can give to every set."""
    table = sp.coo_array(use[:, problem.offer[supply]])
    key = table.row.astype(np.int64) * problem.blocks + blocks_at(problem, supply[table.col])
    keys, place = np.unique(key, return_inverse=True)
    best = np.zeros(keys.size)
    np.maximum.at(best, place, -table.data)
    given = best * problem.limit[keys % problem.blocks]
    return np.bincount(keys // problem.blocks, given, minlength=use.shape[0]).astype(np.float64)
