"""Codes are combined, counted and found as plain Python would."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from recommender.planning.formulation.indexing import distinct, first_best, ranges

codes = st.lists(
    st.tuples(st.integers(-1, 3), st.integers(-1, 50), st.integers(-1, 2)), max_size=30
)


@given(codes)
def test_distinct_combinations_are_sorted_and_lead_back_to_every_row(
    rows: list[tuple[int, int, int]],
) -> None:
    columns = [np.array([row[n] for row in rows], dtype=np.int64) for n in range(3)]
    values, where = distinct(*columns)
    found = list(zip(*(value.tolist() for value in values), strict=True))
    assert found == sorted(set(rows))
    assert [found[at] for at in where.tolist()] == rows


def test_distinct_combinations_of_a_wide_range_are_the_same_as_of_a_narrow_one() -> None:
    wide = np.array([10**9, -1, 5, 10**9], dtype=np.int64)
    (values,), where = distinct(wide)
    assert values.tolist() == [-1, 5, 10**9]
    assert where.tolist() == [2, 0, 1, 2]


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 4)), max_size=20))
def test_ranges_are_the_ranges_one_after_another(pairs: list[tuple[int, int]]) -> None:
    start = np.array([first for first, _ in pairs], dtype=np.int64)
    length = np.array([size for _, size in pairs], dtype=np.int64)
    expected = [number for first, size in pairs for number in range(first, first + size)]
    assert ranges(start, length).tolist() == expected


def test_the_first_of_equal_bests_is_found_in_every_group() -> None:
    value = np.array([1.0, 3.0, 3.0, -2.0, 5.0, 4.0])
    assert first_best(value, np.array([0, 3, 4, 6])).tolist() == [1, 3, 4]
    assert first_best(np.empty(0), np.array([0])).tolist() == []
