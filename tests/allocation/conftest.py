"""Small worlds for the optimiser, and an oracle that tries every choice."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import strategies as st

from recommender.allocation import AllocationProblem, Block, Effort, from_blocks

OPTIMUM = Effort(gap=0.0, seconds=60.0)
RELAXED = Effort(gap=0.0, seconds=60.0, whole=False)


def _best_by_enumeration(blocks: Sequence[Block], capacity: Sequence[float]) -> float | None:
    """The best value of any whole choice, by trying every one; None if none fits."""
    options = []
    for block in blocks:
        takes = [
            counts
            for counts in itertools.product(range(int(block.limit) + 1), repeat=len(block.value))
            if sum(counts) <= block.limit
        ]
        table = np.array(block.use, dtype=float).reshape(len(block.value), len(capacity))
        value = np.array([np.dot(take, block.value) for take in takes])
        used = np.array([np.array(take) @ table for take in takes])
        options.append((value, used))
    value, used = np.zeros(1), np.zeros((1, len(capacity)))
    for more_value, more_used in options:
        value = (value[:, None] + more_value[None, :]).ravel()
        used = (used[:, None, :] + more_used[None, :, :]).reshape(-1, len(capacity))
    fits = np.all(used <= np.array(capacity) + 1e-9, axis=1)
    return float(value[fits].max()) if fits.any() else None


@pytest.fixture(scope="session")
def best_by_enumeration() -> Callable[[Sequence[Block], Sequence[float]], float | None]:
    return _best_by_enumeration


@pytest.fixture(scope="session")
def small_worlds() -> st.SearchStrategy[tuple[list[Block], list[float]]]:
    """A few units and sessions with few columns; rows may be supplied, floors are met by a
    shortage."""
    return st.builds(_small_world, st.integers(0, 2**32 - 1))


def _small_world(seed: int) -> tuple[list[Block], list[float]]:
    rng = np.random.default_rng(seed)
    rows = int(rng.integers(1, 5))
    capacity = rng.integers(0, 8, rows).astype(float)
    blocks = []
    for _ in range(rng.integers(1, 6)):
        columns = int(rng.integers(0, 4))
        use = rng.integers(0, 5, (columns, rows)).astype(float)
        use[rng.random((columns, rows)) < 0.4] = 0
        use[rng.random((columns, rows)) < 0.1] *= -1
        value = rng.integers(-3, 30, columns).astype(float)
        limit = float(rng.choice([0, 1, 1, 1, 2]))
        blocks.append(Block(value.tolist(), use.tolist(), limit, part=int(rng.integers(-1, 3))))
    if rng.random() < 0.4:
        floor = int(rng.integers(rows))
        capacity[floor] = -float(rng.integers(1, 3))
        supply = np.zeros((1, rows))
        supply[0, floor] = -1
        blocks.append(Block([-100.0], supply.tolist(), 3))
    return blocks, capacity.tolist()


@pytest.fixture(scope="session")
def optimum() -> Effort:
    return OPTIMUM


@pytest.fixture(scope="session")
def relaxed() -> Effort:
    return RELAXED


@pytest.fixture(scope="session")
def region() -> Callable[..., AllocationProblem]:
    return _region


def _region(
    units: int = 60, sites: int = 2, kinds: int = 4, periods: int = 2, seed: int = 0
) -> AllocationProblem:
    """A region as planning makes it: hours, places, quorums, sessions, professionals, a budget
    and a floor with its shortage."""
    rng = np.random.default_rng(seed)
    names: list[tuple[object, ...]] = []
    for site, period in itertools.product(range(sites), range(periods)):
        names += [("hours", role, site, period) for role in range(3)]
        names += [
            (what, kind, site, period) for kind in range(kinds) for what in ("places", "quorum")
        ]
    names += [("budget",), ("floor",)]
    row = {name: index for index, name in enumerate(names)}
    capacity = np.zeros(len(names))
    capacity[row["budget",]] = 30.0 * units
    capacity[row["floor",]] = -2.0

    def uses(entries: dict[tuple[object, ...], float]) -> list[float]:
        table = np.zeros(len(names))
        for name, amount in entries.items():
            table[row[name]] += amount
        return table.tolist()

    blocks = []
    for unit in range(units):
        site = int(rng.integers(sites))
        value, table = [], []
        for kind, period in itertools.product(range(kinds), range(periods)):
            value.append(float(rng.gamma(2.0, 0.1)))
            entries: dict[tuple[object, ...], float] = {("budget",): 40.0}
            if kind % 2:
                entries["places", kind, site, period] = 1.0
                entries["quorum", kind, site, period] = -1.0
            else:
                entries["hours", kind % 3, site, period] = 4.0 + kind
            if unit < 3:
                entries["floor",] = -1.0
            table.append(uses(entries))
        blocks.append(Block(value, table, part=site))
    for kind, site, period in itertools.product(range(1, kinds, 2), range(sites), range(periods)):
        runs = range(1, 4)
        blocks.append(
            Block(
                [-0.001 * run for run in runs],
                [
                    uses(
                        {
                            ("hours", kind % 3, site, period): 12.0 * run,
                            ("places", kind, site, period): -5.0 * run,
                            ("quorum", kind, site, period): 3.0 * run,
                        }
                    )
                    for run in runs
                ],
                part=site,
            )
        )
    for role, period in itertools.product(range(3), range(periods)):
        blocks.append(
            Block(
                [0.0] * sites,
                [uses({("hours", role, site, period): -1.0 + 0.1 * site}) for site in range(sites)],
                limit=0.6 * units,
                divisible=True,
            )
        )
    blocks.append(Block([-1000.0], [uses({("floor",): -1.0})], limit=2.0, divisible=True))
    return from_blocks(blocks, capacity.tolist())


@pytest.fixture(scope="session")
def with_capacity() -> Callable[[AllocationProblem, np.ndarray], AllocationProblem]:
    return lambda problem, capacity: replace(problem, capacity=capacity)
