"""``certify_in_parts``: the certificate of a large problem, its links written out part by part.

Links are rows of their own: there are about as many as units, and a table with all of them takes
more memory than the problem itself.  The bound of prices is a sum over blocks, so it can be taken
part by part, and it is the same number.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from recommender.allocation import AllocationProblem, Certificate, Links, Solution, bound, certify
from recommender.allocation.decomposition.split import Split, part_of, split
from recommender.allocation.model.group_coupling_cuts import (
    invalid_links,
    no_links,
    with_coupling_cuts,
)
from recommender.allocation.model.problem import FloatArray, IntArray
from recommender.allocation.model.solution import CertificateError

MANY = 20_000
"""Links from which they are written out part by part."""


def certify_in_parts(
    problem: AllocationProblem,
    solution: Solution,
    *,
    integer: bool = True,
    parts: Split | None = None,
) -> Certificate:
    """Return what ``certify`` returns, in less memory where there are many links.

    Args:
        problem, solution, integer: as of ``certify``.
        parts: the parts of the problem, where they are known.

    Raises:
        CertificateError: as ``certify``.
    """
    links = solution.links
    if not integer or links.size < MANY:
        return certify(problem, solution, integer=integer)
    if findings := invalid_links(problem, links):
        raise CertificateError(findings)
    parts = parts or split(problem)
    if parts is None:
        return certify(problem, solution, integer=integer)
    plain = certify(problem, replace(solution, links=no_links()), integer=integer)
    shared = solution.price[parts.shared]
    lower = float(shared @ problem.capacity[parts.shared])
    # rows that nobody uses are in no part; where they are floors, certify has refused already
    part_of_link = parts.part[links.block]
    order = np.argsort(part_of_link, kind="stable")
    ends = np.searchsorted(part_of_link[order], np.arange(parts.parts + 1))
    for number, blocks in enumerate(parts.blocks()):
        mine = order[ends[number] : ends[number + 1]]
        lower += _bound(problem, solution, blocks, parts.shared, shared, mine)
    return replace(plain, linked_bound=min(plain.bound, lower))


def _bound(
    problem: AllocationProblem,
    solution: Solution,
    blocks: IntArray,
    shared: IntArray,
    shared_price: FloatArray,
    mine: IntArray,
) -> float:
    """Return the bound of one part at the prices of the whole, net of those of shared rows."""
    small, use = part_of(problem, blocks, shared)
    value = small.problem.value - (shared_price @ use)[small.problem.offer]
    links = solution.links
    row = np.searchsorted(small.rows, links.row[mine])
    known = np.append(small.rows, -1)[row] == links.row[mine]
    mine, row = mine[known], row[known]  # a link to a row of nobody here costs nobody anything
    own = Links(np.searchsorted(blocks, links.block[mine]), row, links.price[mine])
    prices = np.concatenate([solution.price[small.rows], own.price])
    return bound(with_coupling_cuts(replace(small.problem, value=value), own), prices)
