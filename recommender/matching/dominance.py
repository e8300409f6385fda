"""Dominance: which bundles of a unit are of no use because another brings as much and needs less.

A bundle wins from another when it needs no more of anything and brings at least the same benefit.
Needs are a partial order that all units share, benefits differ from unit to unit.  So the order is
reduced once to its cover relation (the edges of its Hasse diagram), and the best benefit below a
bundle follows from those of the bundles right below it: the time taken grows with the covers, not
with the square of the bundles.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

BoolArray = npt.NDArray[np.bool_]
FloatArray = npt.NDArray[np.float64]
PositionArray = npt.NDArray[np.intp]

_PAIRS = 4_000_000
_WORD = 64


@dataclass(frozen=True, eq=False, slots=True)
class Precedence:
    """What bundles need: classes of equal needs, in an order in which none needs less than before.

    Attributes:
        members: for every class the bundles that need just that, ascending.
        below: for every class the classes right below it: they need less, and none lies between.
    """

    members: tuple[PositionArray, ...]
    below: tuple[PositionArray, ...]


def precedence(needs: FloatArray) -> Precedence:
    """Return who needs less than whom.

    Args:
        needs: (bundles, needs) of everything scarce.
    """
    if not len(needs):
        return Precedence((), ())
    # rows in lexicographic order: whatever needs no more of anything comes first
    classes, code = np.unique(needs, axis=0, return_inverse=True)
    order = np.argsort(code.ravel(), kind="stable")
    starts = np.flatnonzero(np.diff(code.ravel()[order])) + 1
    return Precedence(tuple(np.split(order, starts)), tuple(_covers(classes)))


def dominated(worth: FloatArray, order: Precedence) -> BoolArray:
    """Return (bundles, units) where another bundle of the unit wins.

    Of bundles that need the same and bring the same, the first wins.  Whether the one that wins is
    dominated itself does not matter: what wins from it wins here too.

    Args:
        worth: (bundles, units) what each brings, -inf where it may not be offered.
        order: of the needs of these bundles.
    """
    lost = np.zeros(worth.shape, dtype=np.bool_)
    best = np.full((len(order.members), worth.shape[1]), -np.inf)
    for number, (members, below) in enumerate(zip(order.members, order.below, strict=True)):
        under = best[below].max(axis=0) if len(below) else best[number]
        if len(members) == 1:
            here = worth[members[0]]
            lost[members[0]] = under >= here
            best[number] = np.maximum(under, here)
            continue
        values = worth[members]
        top = values.max(axis=0)
        first = values.argmax(axis=0)
        lost[members] = (
            (under >= values) | (values < top) | (np.arange(len(members))[:, None] > first)
        )
        best[number] = np.maximum(under, top)
    return lost


def _covers(classes: FloatArray) -> Iterator[PositionArray]:
    """Yield for every class the classes right below it."""
    count = len(classes)
    less = np.zeros((count, -(-count // _WORD)), dtype=np.uint64)
    for number, lower in enumerate(_lower(classes)):
        less[number, :] = _packed(lower, less.shape[1])
        found = []
        left = lower
        while len(left):
            # the last in order has nothing between it and this class
            cover = left[-1]
            found.append(cover)
            words, bits = left >> 6, (left & (_WORD - 1)).astype(np.uint64)
            beyond = (less[cover, words] >> bits) & np.uint64(1)
            left = left[(beyond == 0) & (left != cover)]
        yield np.array(found, dtype=np.intp)


def _lower(classes: FloatArray) -> Iterator[PositionArray]:
    """Yield for every class those that need no more of anything, ascending."""
    count = len(classes)
    uses = classes > classes.min(axis=0)
    marks = np.stack([_mask(uses[:, at : at + _WORD]) for at in range(0, uses.shape[1], _WORD)])
    step = max(1, _PAIRS // count)
    for begin in range(0, count, step):
        end = min(begin + step, count)
        # whoever needs something that the other does not need at all is out at once
        may = np.ones((end - begin, end), dtype=np.bool_)
        for mark in marks:
            may &= (mark[None, :end] & ~mark[begin:end, None]) == 0
        upper, lower = np.nonzero(may)
        upper += begin
        keep = lower < upper
        upper, lower = upper[keep], lower[keep]
        for need in classes.T:
            if not len(lower):
                break
            keep = need[lower] <= need[upper]
            if not keep.all():
                upper, lower = upper[keep], lower[keep]
        edges = np.searchsorted(upper, np.arange(begin, end + 1))
        for first, last in pairwise(edges.tolist()):
            yield lower[first:last]


def _mask(uses: BoolArray) -> npt.NDArray[np.uint64]:
    """Return (classes,) up to 64 flags as the bits of one number."""
    weights = np.left_shift(np.uint64(1), np.arange(uses.shape[1], dtype=np.uint64))
    return np.asarray((uses * weights).sum(axis=1, dtype=np.uint64))


def _packed(numbers: PositionArray, words: int) -> npt.NDArray[np.uint64]:
    """Return (words,) a set of small numbers as bits."""
    bits = np.zeros(words, dtype=np.uint64)
    flags = np.left_shift(np.uint64(1), (numbers & (_WORD - 1)).astype(np.uint64))
    np.bitwise_or.at(bits, numbers >> 6, flags)
    return bits
