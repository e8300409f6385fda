"""Requires and excludes: circles and contradictions, against a search by hand."""

from __future__ import annotations

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.inputs.catalogue import Catalogue, Format, Intervention, Text
from recommender.inputs.readers.relations import (
    contradictions,  # fmt: skip
    excluded_pairs,
    requirement_cycles,
    requires_graph,
)

IDS = "abcde"


def _intervention(id_: str, requires: str = "", excludes: str = "") -> Intervention:
    return Intervention(
        id=id_, name=Text("x"), tier="indicated", format=Format("individual"), needs=(),
        effects=(), requires=tuple(requires), excludes=tuple(excludes),
    )  # fmt: skip


@st.composite
def _catalogues(draw: st.DrawFn) -> tuple[Intervention, ...]:
    some = st.lists(st.sampled_from(IDS), max_size=2, unique=True)
    return tuple(_intervention(i, "".join(draw(some)), "".join(draw(some))) for i in IDS)


def _needed(known: tuple[Intervention, ...], start: str) -> set[str]:
    """All that ``start`` needs, itself included, by following every path."""
    by_id = {i.id: i for i in known}
    seen: set[str] = set()
    todo = [start]
    while todo:
        here = todo.pop()
        if here not in seen:
            seen.add(here)
            todo += by_id[here].requires
    return seen


def test_the_graph_points_from_who_needs_to_what_is_needed() -> None:
    graph = requires_graph(Catalogue((_intervention("a", "b"), _intervention("b", "bx"))))
    assert list(graph.nodes) == ["a", "b"]
    assert list(graph.edges) == [("a", "b")]


def test_an_exclusion_counts_for_both_whoever_says_it() -> None:
    catalogue = Catalogue((_intervention("a"), _intervention("b", "", "ab")))
    assert excluded_pairs(catalogue) == {("a", "b")}


def test_a_contradiction_through_two_steps_is_said_where_it_begins() -> None:
    known = (_intervention("a", "b"), _intervention("b", "c"), _intervention("c", "", "a"))
    assert contradictions(known) == (("a", "a", "c"),)
    above = (*known, _intervention("d", "a"))
    assert contradictions(above) == (("a", "a", "c"),)


def test_two_requirements_that_exclude_each_other_contradict() -> None:
    known = (_intervention("a", "bc"), _intervention("b", "", "c"), _intervention("c"))
    assert contradictions(known) == (("a", "b", "c"),)


@settings(max_examples=100, deadline=None)
@given(_catalogues())
def test_there_is_a_circle_exactly_when_something_needs_itself(
    known: tuple[Intervention, ...],
) -> None:
    without_self = {i.id: set(i.requires) - {i.id} for i in known}
    in_circle = {
        i.id for i in known
        if any(i.id in _needed(known, r) and r != i.id for r in without_self[i.id])
    }  # fmt: skip
    cycles = requirement_cycles(known)
    assert bool(cycles) == bool(in_circle)
    for cycle in cycles:
        assert set(cycle) <= in_circle
        assert cycle[0] == min(cycle)
        for one, two in itertools.pairwise((*cycle, cycle[0])):
            assert two in without_self[one]


@settings(max_examples=100, deadline=None)
@given(_catalogues())
def test_every_contradiction_is_real_and_none_is_missed(known: tuple[Intervention, ...]) -> None:
    found = contradictions(known)
    if requirement_cycles(known):
        assert found == ()
        return
    excluded = {frozenset((i.id, e)) for i in known for e in i.excludes if e != i.id}
    for id_, a, b in found:
        assert {a, b} <= _needed(known, id_)
        assert frozenset((a, b)) in excluded
    torn = {i.id for i in known if any(pair <= _needed(known, i.id) for pair in excluded)}
    said = {id_ for id_, _, _ in found}
    assert said <= torn
    for id_ in torn:
        assert said & _needed(known, id_)
