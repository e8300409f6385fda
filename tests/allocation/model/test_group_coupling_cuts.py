"""A link holds for every whole choice, lowers the bound, and is refused where it would not hold."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recommender.allocation import (
    Block,
    CertificateError,
    Effort,
    Links,
    Solution,
    bound,
    certify,
    from_blocks,
    solve,
)
from recommender.allocation.model import group_coupling_cuts

# rows: hours, places; a group of 6 hours holds 5, three pupils would come
GROUP = from_blocks(
    [Block([10.0], [[0.0, 1.0]])] * 3 + [Block([0.0], [[6.0, -5.0]], limit=2)], [4.0, 0.0]
)
EVERY = Links(np.array([0, 1, 2]), np.array([1, 1, 1]), np.full(3, 3.0))


def test_a_relaxation_that_runs_part_of_a_group_breaks_a_link() -> None:
    fractional = np.array([1.0, 1.0, 1.0, 0.6])
    found = group_coupling_cuts.violated(GROUP, fractional, group_coupling_cuts.no_links())
    assert found.block.tolist() == [0, 1, 2]
    assert found.row.tolist() == [1, 1, 1]
    assert group_coupling_cuts.violated(GROUP, fractional, found).size == 0


def test_links_lower_the_bound_to_what_whole_groups_allow() -> None:
    # 4 hours run no whole group; in parts they run two thirds of one for all three pupils
    plain = bound(GROUP, np.array([5.0, 0.0]))
    tied = bound(
        group_coupling_cuts.with_coupling_cuts(GROUP, EVERY), np.array([1.5, 0.0, 3.0, 3.0, 3.0])
    )
    assert plain >= 30 - 1e-9
    assert tied <= 4 * 1.5 + 3 * 7 + 1e-9
    found = solve(GROUP, Effort(gap=0.0), "prices")
    assert found.certificate.value == 0


def test_a_certificate_uses_links_without_a_solver() -> None:
    nothing = Solution(
        np.zeros(0, dtype=np.int64), np.zeros(0), np.array([1.5, 0.0]), "hand", "stopped"
    )
    plain = certify(GROUP, nothing)
    tied = certify(GROUP, replace(nothing, links=EVERY))
    assert tied.bound == plain.bound
    assert tied.linked_bound < plain.linked_bound


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (replace(EVERY, row=np.array([1, 0, 1])), "row 0, which more than whole columns supply"),
        (replace(EVERY, block=np.array([0, 1, 9])), "not there"),
        (replace(EVERY, price=np.array([1.0, -1.0, 1.0])), "negative"),
        (replace(EVERY, price=np.array([1.0])), "differ in number"),
    ],
)
def test_a_link_that_does_not_hold_is_refused(wrong, message) -> None:
    solution = Solution(np.zeros(0, dtype=np.int64), np.zeros(0), np.zeros(2), "", "stopped", wrong)
    with pytest.raises(CertificateError, match=message):
        certify(GROUP, solution)


def test_what_is_supplied_in_parts_cannot_be_linked() -> None:
    world = from_blocks(
        [Block([1.0], [[1.0]]), Block([0.0], [[-1.0]], limit=2.5, divisible=True)], [0.0]
    )
    assert not group_coupling_cuts.supplied_rows(world).any()


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_links_never_cut_off_a_whole_choice(data, small_worlds, best_by_enumeration) -> None:
    blocks, capacity = data.draw(small_worlds)
    best = best_by_enumeration(blocks, capacity)
    problem = from_blocks(blocks, capacity)
    rows = np.flatnonzero(group_coupling_cuts.supplied_rows(problem))
    if best is None or rows.size == 0:
        return
    row, block = (part.ravel() for part in np.meshgrid(rows, np.arange(problem.blocks)))
    every = Links(block, row, np.zeros(row.size))
    tied = group_coupling_cuts.with_coupling_cuts(problem, every)
    count = problem.rows + row.size
    price = np.array(data.draw(st.lists(st.floats(0, 20), min_size=count, max_size=count)))
    assert bound(tied, price) >= best - 1e-6
    assert solve(tied, Effort(gap=0.0), "exact").certificate.value == pytest.approx(best, abs=1e-6)
