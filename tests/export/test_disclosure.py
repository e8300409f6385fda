"""What anyone may read: no small count is shown, and none can be worked out from the others."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.export.disclosure import hidden_rows, hide_counts, hide_part, hide_served


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
    assert table["benefit"][table["served"].notna() & table["pupils"].notna()].notna().all()


def test_a_table_of_which_the_totals_are_small_is_not_shown() -> None:
    assert hide_served(region([1, 2], [30, 40])).empty
    assert hide_served(region([0] * 50, [30] * 50)).empty
    assert hide_counts(pd.DataFrame({"n": [3.0, 4.0]}), "n", total_shown=True).empty


def test_a_part_is_hidden_where_few_are_in_it_or_outside_it() -> None:
    assert math.isnan(hide_part(9, 100))
    assert math.isnan(hide_part(95, 100))
    assert hide_part(0, 100) == 0
    assert hide_part(100, 100) == 100
    assert hide_part(50, 100) == 50


@settings(deadline=None, max_examples=200)
@given(
    st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), min_size=2, max_size=60),
)
def test_rows_hidden_whole_leave_every_small_count_all_its_values(
    rows: list[tuple[int, int]],
) -> None:
    counts = np.array(rows, dtype=float)
    hidden = hidden_rows(counts)
    whole = np.column_stack([counts, counts.sum(axis=1)])
    if hidden is None:
        assert (whole.sum(axis=0) < 10).any()
        return
    assert (whole[~hidden] >= 10).all()
    if hidden.any():
        assert hidden.sum() >= 2
        # of one hidden cell, the others of its column can take up whatever it leaves
        known = whole[hidden].sum(axis=0)
        assert (known >= 9).all()


def test_a_large_table_is_hidden_by_rows_and_keeps_its_totals() -> None:
    rng = np.random.default_rng(0)
    table = region(rng.integers(0, 60, 120).tolist(), rng.integers(0, 60, 120).tolist())
    shown = hide_served(table)
    assert len(shown) == 120
    assert (shown["served"].isna() == shown["pupils"].isna()).all()
    left = table["served"].sum() - shown["served"].sum()
    assert left >= 9
    assert shown["served"].min() >= 10
    assert (shown["pupils"] - shown["served"]).min() >= 10


def test_many_reasons_are_hidden_by_rows_too() -> None:
    table = pd.DataFrame({"reason": "x", "pupils": [1.0, *[30.0] * 59], "benefit": 0.5})
    shown = hide_counts(table, "pupils", total_shown=True)
    assert shown["pupils"].isna().sum() == 2
    assert shown["benefit"].isna().sum() == 2


@pytest.mark.parametrize("frame", [region([], []), pd.DataFrame({"n": []})])
def test_an_empty_table_stays_empty(frame: pd.DataFrame) -> None:
    assert (
        hide_served(frame) if "served" in frame else hide_counts(frame, "n", total_shown=True)
    ).empty
