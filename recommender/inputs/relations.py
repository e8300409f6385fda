"""What the interventions of a catalogue ask of each other: the graphs of requires and excludes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from recommender.inputs.catalogue import Catalogue, Intervention

if TYPE_CHECKING:
    import networkx as nx


def requires_graph(catalogue: Catalogue) -> nx.DiGraph[str]:
    """A node per intervention and an edge from each to every one it requires (no closure)."""
    return _requires(catalogue.interventions)


def excluded_pairs(catalogue: Catalogue) -> frozenset[tuple[str, str]]:
    """Pairs (a, b), a < b, that may not be given together; said by either of them is enough."""
    return _excluded(catalogue.interventions)


def requirement_cycles(interventions: Iterable[Intervention]) -> tuple[tuple[str, ...], ...]:
    """One cycle of ``requires`` for every knot of interventions that wait for each other.

    Each cycle starts at its smallest id; the cycles are sorted.
    """
    import networkx as nx

    graph = _requires(interventions)
    cycles = []
    for knot in nx.strongly_connected_components(graph):
        if len(knot) == 1:
            continue
        edges = nx.find_cycle(graph.subgraph(sorted(knot)), min(knot))
        ids = [a for a, _ in edges]
        turn = ids.index(min(ids))
        cycles.append(tuple(ids[turn:] + ids[:turn]))
    return tuple(sorted(cycles))


def contradictions(interventions: Iterable[Intervention]) -> tuple[tuple[str, str, str], ...]:
    """Triples (id, a, b): ``id`` needs a and b, at once or step by step, which exclude each other.

    ``a`` may be ``id`` itself.  Triples that follow from a required intervention are left out:
    the contradiction is said once, where it begins.
    """
    import networkx as nx

    known = tuple(interventions)
    graph = _requires(known)
    excluded = _excluded(known)
    found: dict[str, list[tuple[str, str]]] = {}
    for intervention in known:
        needed = {intervention.id, *nx.descendants(graph, intervention.id)}
        found[intervention.id] = [(a, b) for a, b in sorted(excluded) if {a, b} <= needed]
    return tuple(
        (id_, a, b) if b != id_ else (id_, b, a)
        for id_, pairs in sorted(found.items())
        for a, b in pairs
        if not any(
            (a, b) in found[other] and not nx.has_path(graph, other, id_)
            for other in graph.successors(id_)
        )
    )


def _requires(interventions: Iterable[Intervention]) -> nx.DiGraph[str]:
    import networkx as nx

    graph: nx.DiGraph[str] = nx.DiGraph()
    known = tuple(interventions)
    graph.add_nodes_from(i.id for i in known)
    graph.add_edges_from((i.id, r) for i in known for r in i.requires if r in graph and r != i.id)
    return graph


def _excluded(interventions: Iterable[Intervention]) -> frozenset[tuple[str, str]]:
    return frozenset(
        (min(i.id, e), max(i.id, e)) for i in interventions for e in i.excludes if e != i.id
    )
