"""Codes: combinations of small whole numbers, counted, sorted and found without a loop."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Ints: TypeAlias = npt.NDArray[np.int64]
Codes: TypeAlias = npt.NDArray[np.integer]
Floats: TypeAlias = npt.NDArray[np.float64]
Bools: TypeAlias = npt.NDArray[np.bool_]


def distinct(*columns: Codes) -> tuple[tuple[Ints, ...], Ints]:
    """Return the distinct combinations of codes, in order, and where each row's stands.

    Args:
        columns: (n,) arrays of codes >= -1 of equal length; the first weighs heaviest.

    Returns:
        For every column the (k,) codes of the distinct combinations, and (n,) positions in them.
    """
    sizes = [int(column.max(initial=-1)) + 2 for column in columns]
    key = np.zeros(columns[0].size, dtype=np.int64)
    for column, size in zip(columns, sizes, strict=True):
        key *= size
        key += column
        key += 1
    span = int(np.prod([float(size) for size in sizes]))
    if span <= max(4 * key.size, 1 << 16):
        present = np.zeros(span, dtype=np.bool_)
        present[key] = True
        values = np.flatnonzero(present)
        where = (np.cumsum(present) - 1)[key]
    else:
        values, where = np.unique(key, return_inverse=True)
    codes: list[Ints] = []
    for size in reversed(sizes):
        codes.append(values % size - 1)
        values = values // size
    return tuple(reversed(codes)), where


def ranges(start: Codes, length: Codes) -> Ints:
    """Return start[0], start[0] + 1, ... (length[0] numbers), then the same of start[1], ..."""
    total = int(length.sum())
    ends = np.cumsum(length, dtype=np.int64)
    shift = np.repeat(np.asarray(start, dtype=np.int64) - (ends - length), length)
    return np.asarray(np.arange(total) + shift, dtype=np.int64)


def first_best(value: Floats, start: Ints) -> Ints:
    """Return (groups,) the place of the largest value in every group, the first among equals.

    Args:
        value: (n,) numbers, none NaN.
        start: (groups + 1,) group g holds ``value[start[g]:start[g + 1]]``; none is empty.
    """
    best = np.maximum.reduceat(value, start[:-1]) if start.size > 1 else np.empty(0)
    at_best = np.flatnonzero(value == np.repeat(best, np.diff(start)))
    return np.asarray(at_best[np.searchsorted(at_best, start[:-1])])
