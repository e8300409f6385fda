"""Tests of ``shared_prices`` against minima worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from recommender.allocation.decomposition.shared_prices import PartBounds, shared_prices


def knapsacks(worth: list[list[float]], use: list[list[float]]):
    """Parts that may take any of their things, each for what it is worth less what it pays."""

    def ask(price):
        answers = []
        for values, uses in zip(worth, use, strict=True):
            net = [v - price[0] * u for v, u in zip(values, uses, strict=True)]
            answers.append(
                (
                    sum(max(0.0, n) for n in net),
                    sum(u for n, u in zip(net, uses, strict=True) if n > 0),
                )
            )
        return PartBounds(np.array([a for a, _ in answers]), np.array([[b] for _, b in answers]))

    return ask


def test_what_is_plenty_costs_nothing() -> None:
    price = shared_prices(
        knapsacks([[5.0], [3.0]], [[1.0], [1.0]]), np.array([2.0]), np.array([9.0])
    )
    assert price.tolist() == [0.0]


def test_the_price_lies_between_what_is_served_and_what_is_not() -> None:
    # ratios 5, 4, 3, 2, 1 and room for three and a half: the fourth is split, so it sets the price
    ask = knapsacks([[5.0, 3.0], [4.0, 2.0, 1.0]], [[1.0, 1.0], [1.0, 1.0, 1.0]])
    price = shared_prices(ask, np.array([3.5]), np.array([10.0]))
    assert price == pytest.approx([2.0], abs=0.05)


def test_each_of_two_shared_rows_has_its_own_price() -> None:
    # part 1 uses row 0 (worth 4 a unit, 2 wanted, 1 there), part 2 row 1 (worth 7, 2 wanted, 1)
    def ask(price):
        first, second = 4.0 - price[0], 7.0 - price[1]
        return PartBounds(
            np.array([2 * max(first, 0.0), 2 * max(second, 0.0)]),
            np.array([[2.0 * (first > 0), 0.0], [0.0, 2.0 * (second > 0)]]),
        )

    price = shared_prices(ask, np.array([1.0, 1.0]), np.array([20.0, 20.0]))
    assert price == pytest.approx([4.0, 7.0], abs=0.05)
