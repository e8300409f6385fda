"""Inequality, tenths of risk and groups, against hand-worked cases and the definition."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.evaluation.shares import Given, by_decile, deciles_of, gini


@pytest.mark.parametrize(
    ("benefit", "expected"),
    [([1, 1, 1, 1], 0.0), ([0, 0, 0, 4], 0.75), ([0, 0], 0.0), ([1, 3], 0.25)],
)
def test_gini_of_cases_worked_by_hand(benefit: list[float], expected: float) -> None:
    found = gini(np.array(benefit, dtype=float), np.ones(len(benefit)))
    assert found == pytest.approx(expected)


@given(st.lists(st.floats(0, 100), min_size=1, max_size=30), st.data())
def test_gini_is_the_mean_difference_between_two_pupils_over_twice_the_mean(
    benefit: list[float], data: st.DataObject
) -> None:
    pupils = data.draw(st.lists(st.integers(1, 4), min_size=len(benefit), max_size=len(benefit)))
    each = np.repeat(np.array(benefit), pupils)
    found = gini(np.array(benefit) * np.array(pupils), np.array(pupils, dtype=float))
    mean = each.mean()
    pairs = np.abs(each[:, None] - each[None, :]).mean()
    assert found == pytest.approx(pairs / (2 * mean) if mean > 1e-12 else found, abs=1e-9)


def test_tenths_have_as_many_pupils_each_and_follow_need() -> None:
    need = np.random.default_rng(1).permutation(100).astype(float)
    decile = deciles_of(need, np.ones(100))
    assert np.bincount(decile)[1:].tolist() == [10] * 10
    assert (np.diff(decile[np.argsort(need)]) >= 0).all()


def test_a_segment_stands_where_its_middle_pupil_would() -> None:
    assert deciles_of(np.array([1.0, 2.0]), np.array([90.0, 10.0])).tolist() == [5, 10]


def test_tenths_add_up_to_all() -> None:
    rng = np.random.default_rng(2)
    what = Given(np.ones(57), rng.integers(0, 2, 57).astype(float), rng.random(57), rng.random(57))
    table = by_decile(what)
    assert table["pupils"].sum() == 57
    assert table["served"].sum() == what.served.sum()
    assert table["benefit"].sum() == pytest.approx(what.benefit.sum())
