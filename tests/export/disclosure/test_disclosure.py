"""What anyone may read: no small count is shown, and none can be worked out from the others."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.export.disclosure.small_counts import (
    hidden_counts,
    hidden_parts,
    hide_counts,
    hide_part,
    hide_served,
)
from recommender.governance.privacy.suppression import THRESHOLD


def region(served: list[int], waiting: list[int]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "site": [f"s{n}" for n in range(len(served))],
            "pupils": np.add(served, waiting).astype(float),
            "served": np.array(served, dtype=float),
            "benefit": 1.5,
        }
    )


def test_a_small_cell_takes_another_with_it_and_the_numbers_of_its_row() -> None:
    table = hide_served(region([4, 60, 70, 80], [50, 60, 70, 80]))
    assert math.isnan(table["served"][0])
    assert table["served"].isna().sum() >= 2
    assert table["benefit"][table["served"].isna()].isna().all()
    assert table["benefit"][table["served"].notna()].notna().all()
    assert table["pupils"].tolist() == [54.0, 120.0, 140.0, 160.0]


def test_few_who_wait_are_hidden_although_everybody_knows_how_many_there_are() -> None:
    table = hide_served(region([175, 60, 70, 80], [5, 120, 110, 100]))
    assert math.isnan(table["served"][0])
    assert table["served"].isna().sum() >= 2


def test_a_table_of_which_the_totals_are_small_is_not_shown() -> None:
    assert hide_served(region([1, 2], [30, 40])).empty
    assert hide_served(region([0] * 50, [30] * 50)).empty
    assert hide_counts(pd.DataFrame({"n": [3.0, 4.0]}), "n").empty


def test_a_part_is_hidden_where_few_are_in_it_or_outside_it() -> None:
    assert math.isnan(hide_part(9, 100))
    assert math.isnan(hide_part(95, 100))
    assert hide_part(0, 100) == 0
    assert hide_part(100, 100) == 100
    assert hide_part(50, 100) == 50


def possible(part: list[int], size: list[int], hidden: list[bool]) -> list[set[int]]:
    """Row by row, every number of a part that fits what is shown, by trying all there are."""
    ranges = [range(n + 1) if h else [p] for p, n, h in zip(part, size, hidden, strict=True)]
    fits = [some for some in product(*ranges) if sum(some) == sum(part)]
    return [set(column) for column in zip(*fits, strict=True)]


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 22), st.integers(0, 22)), min_size=2, max_size=4))
def test_a_reader_who_tries_everything_finds_no_small_count(rows: list[tuple[int, int]]) -> None:
    part, size = [a for a, _ in rows], [a + b for a, b in rows]
    hidden = hidden_parts(np.array(part, float), np.array(size, float))
    if hidden is None:
        return
    for p, n, h, found in zip(
        part, size, hidden, possible(part, size, hidden.tolist()), strict=True
    ):
        small = range(min(THRESHOLD, n + 1))
        if p < THRESHOLD:
            assert set(small) <= found
        if n - p < THRESHOLD:
            assert {n - k for k in small} <= found
        if h:
            assert max(found) - min(found) >= min(THRESHOLD - 1, n)


@settings(deadline=None, max_examples=100)
@given(st.lists(st.integers(0, 40), min_size=2, max_size=60))
def test_counts_with_a_known_sum_leave_every_small_one_all_its_values(counts: list[int]) -> None:
    hidden = hidden_counts(np.array(counts, dtype=float))
    if hidden is None:
        assert sum(counts) < THRESHOLD
        return
    assert all(h or n >= THRESHOLD for h, n in zip(hidden, counts, strict=True))
    if hidden.any():
        # of one hidden count, the others can take up whatever it leaves of their sum
        assert hidden.sum() >= 2
        assert np.array(counts)[hidden].sum() >= THRESHOLD - 1


def test_no_more_is_hidden_than_needed_where_nothing_is_small() -> None:
    table = hide_served(region([30, 40, 50], [30, 40, 50]))
    assert table.notna().to_numpy().all()


def test_a_large_table_keeps_its_totals() -> None:
    rng = np.random.default_rng(0)
    table = region(rng.integers(0, 60, 120).tolist(), rng.integers(0, 60, 120).tolist())
    shown = hide_served(table)
    assert len(shown) == 120
    left = table["served"].sum() - shown["served"].sum()
    assert left >= 9
    assert shown["served"].min() >= 10
    assert (shown["pupils"] - shown["served"]).min() >= 10


def test_many_reasons_are_hidden_by_rows_too() -> None:
    table = pd.DataFrame({"reason": "x", "pupils": [1.0, *[30.0] * 59], "benefit": 0.5})
    shown = hide_counts(table, "pupils")
    assert shown["pupils"].isna().sum() == 2
    assert shown["benefit"].isna().sum() == 2


@pytest.mark.parametrize("frame", [region([], []), pd.DataFrame({"n": []})])
def test_an_empty_table_stays_empty(frame: pd.DataFrame) -> None:
    assert (hide_served(frame) if "served" in frame else hide_counts(frame, "n")).empty
