"""Exchanges fit, never lose, and find what a hand finds."""

from __future__ import annotations

import numpy as np
import pytest

from recommender.allocation import Block, from_blocks, usage
from recommender.allocation.search.exchange import k_exchange, rounded_down


def test_two_moves_together_find_what_one_cannot() -> None:
    # one big for two small: 10 < 6 + 6, and there is room for either
    world = from_blocks([Block([10.0], [[4.0]]), Block([6.0], [[2.0]]), Block([6.0], [[2.0]])], [4])
    start = np.array([1.0, 0.0, 0.0])
    found, interrupted = k_exchange(world, np.zeros(1), start, [np.arange(3)])
    assert found.tolist() == [0, 1, 1]
    assert start.tolist() == [1, 0, 0]
    assert not interrupted


@pytest.mark.parametrize("seed", range(5))
def test_exchanges_fit_and_never_lose(seed) -> None:
    rng = np.random.default_rng(seed)
    blocks = [
        Block(rng.gamma(2.0, 1.0, n).tolist(), rng.uniform(0, 3, (n, 3)).tolist())
        for n in rng.integers(1, 5, 40)
    ]
    world = from_blocks(blocks, [15.0, 12.0, 20.0])
    start = np.zeros(world.columns)
    groups = [np.arange(0, 20), np.arange(20, 40)]
    found, _ = k_exchange(world, np.full(3, 0.3), start, groups)
    taken = np.flatnonzero(found)
    assert np.all(usage(world, taken, found[taken]) <= world.capacity + 1e-9)
    assert world.value @ found > 0
    again, _ = k_exchange(world, np.full(3, 0.3), found, groups)
    assert world.value @ again >= world.value @ found


def test_rounding_down_is_refused_where_it_breaks_a_quorum() -> None:
    world = from_blocks([Block([1.0], [[-1.0]]), Block([0.0], [[3.0]], limit=2)], [0.0])
    assert rounded_down(world, np.array([0.9, 0.2])) is not None
    two = from_blocks([Block([1.0], [[-1.0]])] * 4 + [Block([0.0], [[3.0]])], [0.0])
    assert rounded_down(two, np.array([0.9, 0.9, 0.9, 0.9, 1.0])) is None
