"""Tests of ``split``: what hangs together stays together."""

from __future__ import annotations

import numpy as np
import pytest

from recommender.allocation import Block, from_blocks
from recommender.allocation.decomposition.split import part_of, split


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let parts be as small as they are."""
    monkeypatch.setattr("recommender.allocation.decomposition.split.COLUMNS", 1)


@pytest.mark.usefixtures("small_parts")
def test_regions_that_share_a_budget_are_parts_and_the_budget_is_shared(country_of) -> None:
    problem = country_of(regions=4, units=3)
    found = split(problem)
    assert found is not None
    assert found.shared.tolist() == [problem.rows - 1]
    assert found.parts == 4
    blocks_a_region = 2 * 3 + 1
    assert found.part.tolist() == np.repeat(np.arange(4), blocks_a_region).tolist()


@pytest.mark.usefixtures("small_parts")
def test_sites_with_nothing_in_common_are_parts_without_shared_rows() -> None:
    blocks = [
        Block([1.0], [[float(site == row) for row in range(3)]], part=site) for site in range(3)
    ]
    found = split(from_blocks(blocks, [1.0, 1.0, 1.0]))
    assert found is not None
    assert (found.shared.size, found.parts) == (0, 3)


@pytest.mark.usefixtures("small_parts")
def test_one_professional_for_all_sites_keeps_all_together() -> None:
    blocks = [
        Block([1.0], [[float(site == row) for row in range(3)]], part=site) for site in range(3)
    ]
    everywhere = [[-float(site == row) for row in range(3)] for site in range(3)]
    blocks.append(Block([0.0] * 3, everywhere, limit=2.0, divisible=True))
    assert split(from_blocks(blocks, [0.0, 0.0, 0.0])) is None


def test_small_regions_are_joined_to_parts_that_are_worth_the_trouble(country_of) -> None:
    assert split(country_of()) is None


@pytest.mark.usefixtures("small_parts")
def test_a_block_without_columns_belongs_to_no_part() -> None:
    own = [Block([1.0], [[float(site == row) for row in range(2)]], part=site) for site in (0, 1)]
    found = split(from_blocks([own[0], Block([], []), own[1]], [1.0, 1.0]))
    assert found is not None
    assert found.part.tolist() == [0, -1, 1]
    assert [blocks.tolist() for blocks in found.blocks()] == [[0], [2]]


@pytest.mark.usefixtures("small_parts")
def test_what_parts_use_adds_up_to_what_the_whole_uses(country_of) -> None:
    problem = country_of(regions=3, units=4, groups=True)
    found = split(problem)
    assert found is not None
    taken = np.random.default_rng(1).uniform(size=problem.columns)
    whole = np.asarray(problem.use @ np.bincount(problem.offer, taken, problem.offers))
    added = np.zeros(problem.rows)
    seen = np.zeros(problem.columns, dtype=int)
    value = 0.0
    for blocks in found.blocks():
        part, use = part_of(problem, blocks, found.shared)
        seen[part.columns] += 1
        own = np.bincount(part.problem.offer, taken[part.columns], part.problem.offers)
        added[part.rows] += part.problem.use @ own
        added[found.shared] += use @ own
        value += float(part.problem.value @ taken[part.columns])
        assert np.array_equal(part.problem.capacity, problem.capacity[part.rows])
    assert (seen == 1).all()
    assert added == pytest.approx(whole)
    assert value == pytest.approx(problem.value @ taken)
