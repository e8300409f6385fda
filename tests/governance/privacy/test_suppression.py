"""Published tables survive a reader who solves the equations."""

from __future__ import annotations

import itertools

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.optimize import linprog

from recommender.errors import InputError
from recommender.governance.privacy.suppression import HIDDEN, Suppressed, intervals, suppress

counts = st.one_of(st.just(0), st.integers(0, 12), st.integers(0, 80))
two_way = hnp.arrays(
    np.int64, st.tuples(st.integers(1, 4), st.integers(1, 4)), elements=counts
).map(pd.DataFrame)
one_way = st.lists(counts, min_size=1, max_size=7).map(lambda cells: pd.Series(cells, name="n"))


def attack(suppressed: Suppressed) -> list[tuple[float, float, float]]:
    """(low, high, truth unknown) of every hidden cell, by a linear program written from scratch."""
    seen = suppressed.table.astype("Float64").to_numpy(np.float64, na_value=np.nan)
    rows, columns = seen.shape
    number = {cell: i for i, cell in enumerate(itertools.product(range(rows), range(columns)))}
    equations, right = [], []

    def add(cells: list[tuple[int, int]], margin: tuple[int, int]) -> None:
        line = np.zeros(len(number))
        for cell in cells:
            line[number[cell]] += 1
        line[number[margin]] -= 1
        equations.append(line)
        right.append(0.0)

    for j in range(columns):
        add([(i, j) for i in range(rows - 1)], (rows - 1, j))
    if columns > 1:
        for i in range(rows):
            add([(i, j) for j in range(columns - 1)], (i, columns - 1))
    for cell, i in number.items():
        if not np.isnan(seen[cell]):
            line = np.zeros(len(number))
            line[i] = 1
            equations.append(line)
            right.append(seen[cell])
    found = []
    for cell, i in number.items():
        if np.isnan(seen[cell]):
            objective = np.zeros(len(number))
            objective[i] = 1
            ends = []
            for sign in (1, -1):
                answer = linprog(sign * objective, A_eq=np.array(equations), b_eq=np.array(right))
                ends.append(sign * answer.fun if answer.status == 0 else np.inf)
            found.append((ends[0], ends[1], 0.0))
    return found


def truth_of(table: pd.DataFrame | pd.Series) -> npt.NDArray[np.float64]:
    inner = table.to_numpy(float).reshape(len(table), -1)
    full = np.vstack([inner, inner.sum(0)])
    return full if isinstance(table, pd.Series) else np.hstack([full, full.sum(1, keepdims=True)])


@settings(max_examples=30, deadline=None)
@given(two_way | one_way, st.booleans())
def test_no_hidden_cell_is_recovered_by_linear_programming(
    table: pd.DataFrame | pd.Series, publish_zeros: bool
) -> None:
    suppressed = suppress(table, publish_zeros=publish_zeros)
    hidden = suppressed.hidden.to_numpy()
    truth = truth_of(table)
    for (low, high, _), value in zip(attack(suppressed), truth[hidden], strict=True):
        assert low - 1e-6 <= value <= high + 1e-6
        assert high - low >= 9 - 1e-6
        if value < 10:
            assert low < 1e-6
            assert high > 9 - 1e-6


@given(two_way | one_way)
@settings(max_examples=30, deadline=None)
def test_what_is_published_is_true_and_never_small(table: pd.DataFrame | pd.Series) -> None:
    suppressed = suppress(table)
    hidden = suppressed.hidden.to_numpy()
    shown = suppressed.table.astype("Float64").to_numpy(np.float64, na_value=np.nan)[~hidden]
    assert (shown == truth_of(table)[~hidden]).all()
    assert (shown >= 10).all()
    assert suppressed.small + suppressed.beside == hidden.sum()


@pytest.mark.slow
def test_three_hundred_random_tables_lose_no_cell() -> None:
    rng = np.random.default_rng(20261124)
    recovered = attacked = 0
    for _ in range(300):
        shape = tuple(rng.integers(1, 8, 2))
        table = pd.DataFrame(rng.negative_binomial(0.7, 1 / (1 + rng.integers(3, 60)), shape))
        suppressed = suppress(table)
        ranges = attack(suppressed)
        attacked += len(ranges)
        recovered += sum(high - low < 9 - 1e-6 for low, high, _ in ranges)
    print(f"{attacked} hidden cells attacked, {recovered} recovered")
    assert recovered == 0


def test_hiding_the_small_cell_alone_would_have_given_it_away() -> None:
    table = pd.DataFrame([[3, 50], [40, 60]])
    suppressed = suppress(table)
    assert suppressed.small == 1
    assert suppressed.beside == 3
    assert suppressed.hidden.to_numpy()[:2, :2].all()


def test_two_small_cells_whose_sum_is_small_take_a_third_with_them() -> None:
    suppressed = suppress(pd.Series([3, 4, 200, 300], index=list("abcd")))
    assert suppressed.table.iloc[:, 0].isna().tolist() == [True, True, True, False, False]


def test_a_table_of_large_cells_is_published_whole() -> None:
    suppressed = suppress(pd.DataFrame([[10, 20], [30, 40]], index=["a", "b"], columns=["x", "y"]))
    assert not suppressed.hidden.to_numpy().any()
    assert suppressed.table.loc["total", "total"] == 100


def test_zeros_are_published_only_when_asked() -> None:
    table = pd.Series([0, 20, 30])
    assert suppress(table).hidden.iloc[0, 0]
    assert not suppress(table, publish_zeros=True).hidden.to_numpy().any()


def test_hidden_cells_all_look_alike() -> None:
    text = suppress(pd.DataFrame([[3, 50], [40, 60]])).text()
    assert set(text.to_numpy()[:2, :2].ravel()) == {HIDDEN}


def test_the_readers_range_is_told_for_every_cell() -> None:
    low, high = intervals(suppress(pd.DataFrame([[3, 50], [40, 60]])))
    assert (low.iloc[0, 0], high.iloc[0, 0]) == (0, 43)
    assert (low.iloc[2, 2], high.iloc[2, 2]) == (153, 153)


def test_cells_hidden_elsewhere_can_be_hidden_here_too() -> None:
    also = np.zeros((4, 1), bool)
    also[1] = True
    assert suppress(pd.Series([20, 30, 40]), also=also).hidden.to_numpy().sum() >= 2


@pytest.mark.parametrize("cell", [-1.0, 2.5, np.nan])
def test_what_is_no_count_is_refused(cell: float) -> None:
    with pytest.raises(InputError, match="count"):
        suppress(pd.DataFrame([[cell, 20.0]]))
