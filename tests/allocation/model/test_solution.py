"""A certificate accepts what keeps to the rules and finds every way to break them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from recommender.allocation import Block, CertificateError, Solution, certify, from_blocks

PROBLEM = from_blocks(
    [
        Block([30.0, 10.0], [[3.0, 0.0], [6.0, 0.0]]),
        Block([4.0], [[1.0, 1.0]], limit=3),
        Block([0.0], [[-1.0, 0.0]], limit=2.5, divisible=True),
    ],
    [5.0, 2.0],
)
GOOD = Solution(
    columns=np.array([0, 2, 3]),
    quantity=np.array([1.0, 2.0, 0.5]),
    price=np.array([1.0, 2.0]),
    engine="hand",
    status="stopped",
)


def test_value_bound_and_use_are_what_a_hand_computes() -> None:
    certificate = certify(PROBLEM, GOOD)
    assert certificate.value == 30 + 2 * 4
    # capacity: 5 + 2*2; best net values: 30 - 3, 4 - 3, and 1 an hour that is supplied
    assert certificate.bound == 9 + 27 + 3 * 1 + 2.5 * 1
    assert certificate.usage.tolist() == [3 + 2 - 0.5, 2]
    assert certificate.integer
    assert certificate.worst == 0
    assert certificate.gap == pytest.approx((41.5 - 38) / 38)
    assert certificate.better_gap == certificate.gap


BROKEN = {
    "row 1 is overused": {"quantity": np.array([1.0, 3.0, 0.5])},
    "row 0 is overused": {"columns": np.array([1, 2]), "quantity": np.array([1.0, 2.0])},
    "block 0 is overused": {"columns": np.array([0, 1]), "quantity": np.array([1.0, 1.0])},
    "block 2 is overused": {"quantity": np.array([1.0, 2.0, 2.6])},
    "of an integer block has parts": {"quantity": np.array([0.5, 2.0, 0.5])},
    "quantity of column 3 is negative": {"quantity": np.array([1.0, 2.0, -0.5])},
    "price of row 1 is negative": {"price": np.array([1.0, -2.0])},
    "a quantity is not finite": {"quantity": np.array([1.0, np.nan, 0.5])},
    "a price is not finite": {"price": np.array([np.inf, 0.0])},
    "1 prices for 2 rows": {"price": np.array([1.0])},
    "outside 0..3": {"columns": np.array([0, 2, 4])},
    "not ascending": {"columns": np.array([0, 3, 2])},
    "differ in shape": {"columns": np.array([0, 2])},
}


@pytest.mark.parametrize("finding", BROKEN)
def test_a_broken_solution_is_refused_and_says_where(finding) -> None:
    with pytest.raises(CertificateError, match=finding):
        certify(PROBLEM, replace(GOOD, **BROKEN[finding]))


def test_a_relaxation_may_have_parts_and_says_so() -> None:
    half = replace(GOOD, quantity=np.array([0.5, 2.0, 0.5]))
    assert not certify(PROBLEM, half, integer=False).integer


def test_a_tiny_excess_counts_relative_to_the_size_of_the_row() -> None:
    def excess(scale: float) -> None:
        problem = from_blocks([Block([1.0], [[scale]], limit=2.0, divisible=True)], [scale])
        solution = Solution(np.array([0]), np.array([1 + 1e-5]), np.zeros(1), "hand", "stopped")
        certify(problem, solution)

    for scale in (1e-6, 1.0, 1e6):
        with pytest.raises(CertificateError):
            excess(scale)


def test_a_penalty_for_shortages_does_not_make_a_gap_look_small() -> None:
    problem = from_blocks(
        [Block([10.0], [[1.0, 0.0]]), Block([-1000.0], [[0.0, -1.0]])], [1.0, -1.0]
    )
    nothing = Solution(np.array([1]), np.array([1.0]), np.array([5.0, 1000.0]), "hand", "stopped")
    served = replace(nothing, columns=np.array([0, 1]), quantity=np.ones(2))
    assert certify(problem, nothing).scale == 1000
    assert certify(problem, served).scale == 10
