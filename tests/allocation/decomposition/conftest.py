"""Small countries whose regions share a budget and nothing else."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from recommender.allocation import AllocationProblem, Block, from_blocks

Country = Callable[..., AllocationProblem]


def country(
    regions: int = 4,
    units: int = 12,
    *,
    budget: float = 0.4,
    seed: int = 0,
    groups: bool = False,
) -> AllocationProblem:
    """Regions of two sites that share one professional; the last row is the budget of all.

    ``budget`` is the share of what everybody would take; rows of region r are 2r and 2r + 1.
    With ``groups`` every site has places that only a group supplies, rows after the hours.
    """
    rng = np.random.default_rng(seed)
    hours, places = 2 * regions, 2 * regions * groups
    rows = hours + places + 1
    blocks: list[Block] = []
    asked = 0.0

    def use(**at: float) -> list[float]:
        line = [0.0] * rows
        for row, amount in at.items():
            line[int(row[1:])] = amount
        return line

    for region in range(regions):
        for site in (2 * region, 2 * region + 1):
            for _ in range(units):
                ways = []
                for _ in range(3):
                    cost = float(rng.integers(1, 9))
                    asked += cost / 3
                    line = {f"r{site}": float(rng.integers(1, 4)), f"r{rows - 1}": cost}
                    ways.append(use(**line))
                value = rng.uniform(1, 10, 3).tolist()
                if groups:
                    ways.append(use(**{f"r{hours + site}": 1.0}))
                    value.append(float(rng.uniform(1, 10)))
                blocks.append(Block(value, ways, part=site))
            if groups:
                run = use(**{f"r{hours + site}": -4.0, f"r{site}": 3.0})
                blocks.append(Block([0.0], [run], limit=2.0, part=site))
        both = [use(**{f"r{2 * region}": -1.0}), use(**{f"r{2 * region + 1}": -1.0})]
        blocks.append(Block([0.0, 0.0], both, limit=float(2 * units), divisible=True))
    return from_blocks(blocks, [*[0.0] * (rows - 1), budget * asked])


@pytest.fixture(scope="session")
def country_of() -> Country:
    """Return the maker of countries."""
    return country
