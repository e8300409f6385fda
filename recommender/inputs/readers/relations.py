"""What the interventions of a catalogue ask of each other: the graphs of requires and excludes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from recommender.inputs.catalogue import Catalogue, Intervention

if TYPE_CHECKING:
    import networkx as nx


def requires_graph(catalogue: Catalogue) -> nx.DiGraph[str]:
    """A node per intervention and an edge from each to every one it requires (no closure).

    What comes ``after`` another requires it too.
    """
    return _sequence(catalogue.interventions)


def excluded_pairs(catalogue: Catalogue) -> frozenset[tuple[str, str]]:
    """Pairs (a, b), a < b, that may not be given together; said by either of them is enough."""
    return _excluded(catalogue.interventions)


def requirement_cycles(interventions: Iterable[Intervention]) -> tuple[tuple[str, ...], ...]:
    """One cycle of ``requires`` and ``after`` for every knot of interventions.

    Those of a knot wait for each other.  Cycles start at their smallest id and are sorted.
    """
    import networkx as nx

    graph = _sequence(interventions)
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

    ``a`` is ``id`` itself where it is one of the two.  A contradiction is said where it begins,
    not again by all that need it; of one intervention the first ten are said.  Empty while there
    are circles: they are to be broken first.
    """
    import networkx as nx

    known = tuple(interventions)
    graph = _requires(known)
    if not nx.is_directed_acyclic_graph(graph):
        return ()
    position = {id_: n for n, id_ in enumerate(graph.nodes)}
    pairs = sorted((a, b) for a, b in _excluded(known) if a in position and b in position)
    one, other = (np.array([position[p[side]] for p in pairs], dtype=np.intp) for side in (0, 1))
    needed = np.eye(len(position), dtype=bool)
    found: list[tuple[str, str, str]] = []
    for id_ in reversed(list(nx.topological_sort(graph))):
        row = position[id_]
        below = [position[s] for s in graph.successors(id_)]
        for successor in below:
            needed[row] |= needed[successor]
        fresh = np.flatnonzero(needed[row, one] & needed[row, other])
        # Those that need most come first: they leave the fewest pairs to look at.
        for successor in sorted(below, key=lambda s: -int(needed[s].sum())):
            fresh = fresh[~(needed[successor, one[fresh]] & needed[successor, other[fresh]])]
        for n in fresh[:10].tolist():
            a, b = pairs[n]
            found.append((id_, b, a) if b == id_ else (id_, a, b))
    return tuple(sorted(found))


def _requires(interventions: Iterable[Intervention]) -> nx.DiGraph[str]:
    import networkx as nx

    graph: nx.DiGraph[str] = nx.DiGraph()
    known = tuple(interventions)
    graph.add_nodes_from(i.id for i in known)
    graph.add_edges_from((i.id, r) for i in known for r in i.requires if r in graph and r != i.id)
    return graph


def _sequence(interventions: Iterable[Intervention]) -> nx.DiGraph[str]:
    known = tuple(interventions)
    graph = _requires(known)
    graph.add_edges_from(
        (i.id, a.intervention)
        for i in known
        for a in i.after
        if a.intervention in graph and a.intervention != i.id
    )
    return graph


def _excluded(interventions: Iterable[Intervention]) -> frozenset[tuple[str, str]]:
    return frozenset(
        (min(i.id, e), max(i.id, e)) for i in interventions for e in i.excludes if e != i.id
    )
