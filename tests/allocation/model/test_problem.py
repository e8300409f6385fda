"""A problem refuses nonsense at birth, and what is derived from it is what a hand computes."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest

from recommender.allocation import Block, bound, from_blocks, net_value, restrict, usage
from recommender.allocation.model import problem

WORLD = from_blocks(
    [
        Block([5.0, 3.0], [[2.0, 0.0], [0.0, 1.0]]),
        Block([], []),
        Block([1.0], [[2.0, 0.0]], limit=4, part=7),
    ],
    [3.0, -1.0],
)


def test_equal_uses_share_an_offer() -> None:
    assert WORLD.columns == 3
    assert WORLD.offers == 2
    assert WORLD.offer[0] == WORLD.offer[2]


def test_net_value_bound_and_use_are_what_a_hand_computes() -> None:
    price = np.array([0.25, 4.0])
    assert net_value(WORLD, price).tolist() == [4.5, -1.0, 0.5]
    assert problem.block_best(WORLD, price).tolist() == [4.5, 0.0, 0.5]
    assert bound(WORLD, price) == 3 * 0.25 - 4 + 4.5 + 4 * 0.5
    assert usage(WORLD, np.array([1, 2]), np.array([1.0, 3.0])).tolist() == [6, 1]


def test_a_bound_is_the_same_in_chunks_of_any_size(monkeypatch) -> None:
    rng = np.random.default_rng(1)
    blocks = [
        Block(rng.normal(size=n).tolist(), rng.normal(size=(n, 2)).tolist())
        for n in rng.integers(0, 5, 40)
    ]
    world = from_blocks(blocks, [1.0, 2.0])
    price = np.array([0.3, 0.1])
    expected = problem.block_best(world, price)
    for size in (1, 2, 7, 100):
        ranges = list(problem.chunks(world, size))
        assert ranges[0][0] == 0
        assert ranges[-1][1] == world.blocks
        assert all(a[1] == b[0] for a, b in itertools.pairwise(ranges))
        monkeypatch.setattr(problem.chunks, "__defaults__", (size,))
        assert problem.block_best(world, price).tolist() == expected.tolist()


def test_restricting_keeps_blocks_rows_and_offers() -> None:
    small = restrict(WORLD, np.array([1, 2]))
    assert small.value.tolist() == [3, 1]
    assert small.start.tolist() == [0, 1, 1, 2]
    assert small.capacity is WORLD.capacity


def test_taking_columns_leaves_the_rest_of_limits_and_capacity() -> None:
    rest = problem.residual(WORLD, np.array([0, 2]), np.array([1.0, 3.0]))
    assert rest.limit.tolist() == [0, 1, 1]
    assert rest.capacity.tolist() == [3 - 8, -1]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"value": np.array([1.0, np.nan, 2.0])}, "value holds a number that is not finite"),
        ({"value": np.array([1, 2, 3])}, "value is int64"),
        ({"capacity": np.array([np.inf, 1.0])}, "capacity holds"),
        ({"limit": np.array([1.0, 1.0])}, r"start is int64\[4\]"),
        ({"limit": np.array([1.0, -1.0, 1.0])}, "a limit is negative"),
        ({"limit": np.array([1.0, 0.5, 1.0])}, "integer block is not whole"),
        ({"offer": np.array([0, 1, 2], dtype=np.int32)}, "an offer code lies outside"),
        ({"start": np.array([0, 2, 1, 3])}, "step back"),
        ({"start": np.array([0, 2, 2, 2])}, "step back"),
        ({"use": WORLD.use.tocsr()}, "not csc"),
    ],
)
def test_nonsense_is_refused_at_birth(change, message) -> None:
    with pytest.raises(ValueError, match=message):
        replace(WORLD, **change)


def test_a_block_written_by_hand_matches_its_rows() -> None:
    with pytest.raises(ValueError, match="block 0 has 1 values and 2 uses"):
        from_blocks([Block([1.0], [[1.0], [2.0]])], [1.0])
    with pytest.raises(ValueError, match="block 0 uses 2 rows of 1"):
        from_blocks([Block([1.0], [[1.0, 2.0]])], [1.0])
