"""Dominance against its definition, pair by pair."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.errors import InputError
from recommender.matching import bundles as bundles_module
from recommender.matching.bundles import allowed_bundles, needs_no_more, within_reach
from recommender.matching.dominance import dominated, precedence
from recommender.matching.relations import relations_of


def tables(rows, columns, values):
    return st.lists(
        st.lists(st.sampled_from(values), min_size=columns, max_size=columns),
        min_size=rows, max_size=rows,
    ).map(lambda cells: np.array(cells, dtype=np.float64).reshape(rows, columns))  # fmt: skip


@st.composite
def needs_and_worths(draw):
    bundles = draw(st.integers(1, 12))
    needs = draw(tables(bundles, draw(st.integers(1, 70)), [0.0, 1.0, 2.0]))
    worth = draw(tables(bundles, draw(st.integers(1, 4)), [-np.inf, 0.0, 0.5, 1.0]))
    return needs, worth


def wins(needs, worth, rival, bundle):
    """Whether a bundle of the same unit needs no more and brings as much, the first of equals."""
    if rival == bundle or not (needs[rival] <= needs[bundle]).all():
        return False
    same = (needs[rival] == needs[bundle]).all()
    return worth[rival] > worth[bundle] or (
        worth[rival] == worth[bundle] and not (same and rival > bundle)
    )


@given(needs_and_worths())
def test_a_bundle_is_dominated_just_where_one_that_needs_no_more_brings_as_much(case):
    needs, worth = case
    lost = dominated(worth, precedence(needs))
    for unit in range(worth.shape[1]):
        for bundle in range(len(needs)):
            if worth[bundle, unit] > -np.inf:
                by_hand = any(wins(needs, worth[:, unit], r, bundle) for r in range(len(needs)))
                assert lost[bundle, unit] == by_hand


@given(tables(8, 3, [0.0, 1.0, 2.0]))
def test_what_lies_below_is_found_through_what_lies_right_below(needs):
    order = precedence(needs)
    below: list[set[int]] = []
    for lower in order.below:
        below.append(set().union(*({int(n)} | below[int(n)] for n in lower)))
    dense = needs_no_more(needs)
    of = {int(b): n for n, members in enumerate(order.members) for b in members}
    for one in range(len(needs)):
        for other in range(len(needs)):
            assert dense[one, other] == (of[one] == of[other] or of[one] in below[of[other]])


@given(tables(9, 2, [0.0, 1.0, 2.0]))
def test_nothing_lies_between_a_class_and_those_right_below_it(needs):
    order = precedence(needs)
    for upper, lower in enumerate(order.below):
        for one in lower.tolist():
            assert not {*order.below[upper].tolist()} & {*order.below[one].tolist()}


def test_no_bundles_have_no_order():
    assert dominated(np.zeros((0, 3)), precedence(np.zeros((0, 2)))).shape == (0, 3)


def test_a_bundle_that_no_unit_may_have_is_not_looked_at(world):
    known = relations_of(
        world.catalogue(world.intervention("a"), world.intervention("b"), world.intervention("c"))
    )
    may = np.array([[True, True, False], [False, True, True]])
    found = within_reach(allowed_bundles(known, 2), known, may, np.zeros((2, 3), dtype=np.bool_))
    assert [b.interventions for b in found] == [(0,), (1,), (2,), (0, 1), (1, 2)]


def test_more_bundles_than_can_be_compared_are_refused_with_what_to_change(world, monkeypatch):
    monkeypatch.setattr(bundles_module, "MOST", 10)
    known = relations_of(world.catalogue(*(world.intervention(name) for name in "abcde")))
    assert len(allowed_bundles(known, 1)) == 5
    with pytest.raises(InputError) as refused:
        allowed_bundles(known, 3)
    assert "bundle_size: 1" in str(refused.value)
