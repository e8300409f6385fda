"""Relations and bundles against plain enumeration."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from recommender.matching.bundles import allowed_bundles, bundle_needs, needs_no_more, outside
from recommender.matching.relations import relations_of

PAIRS = st.sets(st.tuples(st.integers(0, 5), st.integers(0, 5)).filter(lambda p: p[0] < p[1]))


def related(world, requires, excludes=frozenset()):
    return world.catalogue(
        *(
            world.intervention(
                f"i{n}",
                requires=tuple(f"i{b}" for a, b in sorted(requires) if a == n),
                excludes=tuple(f"i{b}" for a, b in sorted(excludes) if a == n),
            )
            for n in range(6)
        )
    )


@given(PAIRS)
def test_the_closure_is_every_chain_of_requirements(world, requires):
    reachable = set(requires)
    for _ in range(6):
        reachable |= {(a, d) for a, b in reachable for c, d in requires if b == c}
    known = relations_of(related(world, requires))
    assert {(a, b) for a, b in zip(*known.closure.nonzero(), strict=True)} == reachable
    assert {(a, b) for a, b in zip(*known.requires.nonzero(), strict=True)} == requires


@given(PAIRS, st.integers(1, 4))
def test_bundles_are_all_sets_without_an_excluded_pair_singles_first(world, excludes, size):
    found = allowed_bundles(relations_of(related(world, set(), excludes)), size)
    expected = [
        members
        for k in range(1, size + 1)
        for members in combinations(range(6), k)
        if not any(pair in excludes for pair in combinations(members, 2))
    ]
    assert [bundle.interventions for bundle in found] == expected


@given(PAIRS)
def test_what_is_needed_from_outside_is_what_no_member_brings(world, requires):
    known = relations_of(related(world, requires))
    for bundle in allowed_bundles(known, 3):
        members = set(bundle.interventions)
        assert set(outside(known, bundle)) == {b for a, b in requires if a in members} - members


def test_an_exclusion_holds_both_ways_and_reaches_help_that_is_no_longer_offered(world):
    known = relations_of(
        world.catalogue(
            world.intervention("a", excludes=("gone",)), world.intervention("b", excludes=("a",))
        )
    )
    assert known.names == ("a", "b", "gone")
    assert known.offered == 2
    assert known.excludes.tolist() == [
        [False, True, True],
        [True, False, False],
        [True, False, False],
    ]


def test_a_bundle_needs_no_more_only_if_it_needs_no_more_of_anything(world):
    offered = world.catalogue(
        world.intervention("a", hours=2),
        world.intervention("b", hours=3),
        world.intervention("c", hours=1, role="nurse"),
        world.intervention("d", hours=2, periods=2),
        world.intervention("e", hours=0, kind="group"),
        world.intervention("f", hours=2, cost_per_pupil=5),
    )
    bundles = allowed_bundles(relations_of(offered), 1)
    order = needs_no_more(bundle_needs(offered, bundles))
    assert {
        (offered.ids[a], offered.ids[b]) for a, b in zip(*order.nonzero(), strict=True) if a != b
    } == {("a", "b"), ("a", "f")}


def test_a_place_under_a_cap_is_a_need(world):
    offered = world.catalogue(world.intervention("a", hours=2), world.intervention("b", hours=3))
    bundles = allowed_bundles(relations_of(offered), 1)
    assert needs_no_more(bundle_needs(offered, bundles))[0, 1]
    assert not needs_no_more(bundle_needs(offered, bundles, ["a"]))[0, 1]


def test_reach_counts_in_what_is_needed(world):
    offered = world.catalogue(
        world.intervention("a", hours=4, rate=0.5), world.intervention("b", hours=3)
    )
    bundles = allowed_bundles(relations_of(offered), 1)
    assert needs_no_more(bundle_needs(offered, bundles))[0, 1]
