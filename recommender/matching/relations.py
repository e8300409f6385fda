"""Relations: what every intervention requires, directly and in the end, and what it excludes."""

from __future__ import annotations

from dataclasses import dataclass

import networkx as nx
import numpy as np
import numpy.typing as npt

from recommender.inputs.catalogue import Catalogue
from recommender.inputs.readers.relations import excluded_pairs, requires_graph


@dataclass(frozen=True, eq=False, slots=True)
class Relations:
    """How interventions depend on each other, by their positions in ``names``.

    Attributes:
        names: the ids of the catalogue in order, then ids that it only mentions (left out by a
            scenario): these cannot be offered, but may have been completed or be running.
        offered: how many of the names can be offered: those of the catalogue.
        requires: (names, names) row requires column directly.
        closure: (names, names) row requires column, directly or through others.
        excludes: (names, names) the two may not go together; symmetric.
        lead: (names, names) how many periods before the row the column starts, at least, where the
            row comes after it; else 0.
    """

    names: tuple[str, ...]
    offered: int
    requires: npt.NDArray[np.bool_]
    closure: npt.NDArray[np.bool_]
    excludes: npt.NDArray[np.bool_]
    lead: npt.NDArray[np.int64]


def relations_of(catalogue: Catalogue) -> Relations:
    """Return the relations between the interventions of a catalogue."""
    graph = requires_graph(catalogue)
    offered = set(catalogue.ids)
    graph.add_edges_from(
        (intervention.id, required)
        for intervention in catalogue.interventions
        for required in (*intervention.requires, *(a.intervention for a in intervention.after))
        if required not in offered
    )
    excluded = sorted(excluded_pairs(catalogue))
    mentioned = {*graph, *(name for pair in excluded for name in pair)}
    names = catalogue.ids + tuple(sorted(mentioned - offered))
    excludes = _matrix(excluded, names)
    return Relations(
        names=names,
        offered=len(catalogue.ids),
        requires=_matrix(list(graph.edges()), names),
        closure=_matrix(list(nx.transitive_closure(graph).edges()), names),
        excludes=excludes | excludes.T,
        lead=_lead(catalogue, names),
    )


def _lead(catalogue: Catalogue, names: tuple[str, ...]) -> npt.NDArray[np.int64]:
    position = {name: number for number, name in enumerate(names)}
    length = {it.id: it.periods for it in catalogue.interventions}
    lead = np.zeros((len(names), len(names)), dtype=np.int64)
    for it in catalogue.interventions:
        for before in it.after:
            periods = length.get(before.intervention, 1) + before.periods
            lead[position[it.id], position[before.intervention]] = periods
    return lead


def _matrix(pairs: list[tuple[str, str]], names: tuple[str, ...]) -> npt.NDArray[np.bool_]:
    position = {name: number for number, name in enumerate(names)}
    matrix = np.zeros((len(names), len(names)), dtype=np.bool_)
    for start, end in pairs:
        matrix[position[start], position[end]] = True
    return matrix
