"""Bundles: which interventions may go together, and which need no more than others."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

import numpy as np
import numpy.typing as npt

from recommender.errors import InputError, Problem
from recommender.inputs.catalogue import Catalogue
from recommender.inputs.policy import MustServe
from recommender.matching.candidates import Bundle, Candidates
from recommender.matching.relations import Relations

MOST = 50_000
"""Bundles of a catalogue: their order takes memory with the square of their number, 300 MB here."""


def allowed_bundles(
    relations: Relations, size: int, waiting_discount: float = 0.0
) -> tuple[Bundle, ...]:
    """Return every set of at most ``size`` interventions that do not exclude each other.

    Sorted by size, then by positions.  What a member requires outside its bundle is a question to
    the unit (``outside``): it may have been completed or be running.  A member that comes after
    another starts when that one has ended; the two may exclude each other.

    Args:
        relations: between the interventions.
        size: the most interventions in a bundle.
        waiting_discount: share of a benefit lost for every period a member starts later.

    Raises:
        InputError: if there are more than ``MOST``.
    """
    sequence = (relations.lead > 0) | (relations.lead.T > 0)
    apart = relations.excludes & ~sequence
    layer: list[tuple[int, ...]] = [(position,) for position in range(relations.offered)]
    found = list(layer)
    for members_each in range(2, size + 1):
        larger = (
            (*members, position)
            for members in layer
            for position in range(members[-1] + 1, relations.offered)
            if not apart[list(members), position].any()
        )
        layer = list(islice(larger, MOST + 1 - len(found)))
        found += layer
        if len(found) > MOST:
            raise InputError([_too_many(members_each, relations.offered)])
    return tuple(in_time(relations, members, waiting_discount) for members in found)


def _too_many(size: int, interventions: int) -> Problem:
    return Problem(
        "planning.yaml",
        None,
        "bundle_size",
        f"lets {size} of {interventions} interventions go together in more than {MOST:,} ways",
        f"write bundle_size: {size - 1}, or say in interventions.yaml under excludes which do not "
        "go together",
    )


def within_reach(
    bundles: Sequence[Bundle],
    relations: Relations,
    eligible: npt.NDArray[np.bool_],
    has: npt.NDArray[np.bool_],
) -> tuple[Bundle, ...]:
    """Return the bundles that at least one unit may have, in their order.

    Args:
        eligible: (units, interventions) who may be offered what.
        has: (units, names) what was completed or is running.
    """
    kinds, _ = np.unique(np.hstack([eligible, has]), axis=0, return_inverse=True)
    may, had = np.split(np.asfortranarray(kinds), [eligible.shape[1]], axis=1)
    return tuple(
        bundle
        for bundle in bundles
        if (
            may[:, list(bundle.interventions)].all(axis=1)
            & had[:, list(outside(relations, bundle))].all(axis=1)
        ).any()
    )


def in_time(relations: Relations, members: tuple[int, ...], waiting_discount: float) -> Bundle:
    """Return a bundle in which members start as soon as what they come after has ended."""
    lead = relations.lead[np.ix_(members, members)]
    if not lead.any():
        return Bundle(members)
    start = np.zeros(len(members), dtype=np.int64)
    for _ in members:
        start = np.where(lead > 0, start[None, :] + lead, 0).max(axis=1)
    return Bundle(
        members,
        tuple(start.tolist()),
        tuple(((1.0 - waiting_discount) ** start).tolist()),
    )


def outside(relations: Relations, bundle: Bundle) -> tuple[int, ...]:
    """Return the positions in ``names`` that members require and that are not in the bundle."""
    members = set(bundle.interventions)
    needed = np.flatnonzero(relations.requires[list(bundle.interventions)].any(axis=0))
    return tuple(position for position in map(int, needed) if position not in members)


def bundle_name(candidates: Candidates, bundle: int) -> str:
    """Return the ids of a bundle's interventions joined with "+", in catalogue order."""
    ids = candidates.catalogue.ids
    return "+".join(ids[position] for position in candidates.bundles[bundle].interventions)


def bundle_needs(
    catalogue: Catalogue,
    bundles: Sequence[Bundle],
    limited: Sequence[str] = (),
    *,
    at_once: bool = False,
    counted: Sequence[str] = (),
) -> npt.NDArray[np.float64]:
    """Return (bundles, needs) what one pupil in each bundle takes of everything scarce.

    The needs are: hours per pupil times reach of every role in every period after the start, money
    per pupil times reach, a place in a group or class of an intervention, a place under a cap
    (``limited``), and how many periods must be left in the calendar.  Hours and money per group
    come with the group's place, those of parents with the family's: a brother or sister may have
    brought them.  Where there is a limit ``at_once``, what runs in every period is a need too; so
    is a case of the roles ``counted`` in every period.
    """
    interventions = catalogue.interventions
    ends = [
        [
            start + interventions[p].periods
            for start, p in zip(b.starts, b.interventions, strict=True)
        ]
        for b in bundles
    ]
    length = max((end for of in ends for end in of), default=1)
    roles = sorted({need.role for i in interventions for need in i.needs})
    scarce = [
        i.id for i in interventions if i.format.kind != "individual" or i.recipient == "parents"
    ]
    places = sorted({*scarce, *(set(limited) & set(catalogue.ids))})
    apart = len(roles) * length + 1 + len(places)
    later = apart + (length if at_once else 0)
    needs = np.zeros((len(bundles), later + len(counted) * length + 1))
    for row, bundle in enumerate(bundles):
        for position, start in zip(bundle.interventions, bundle.starts, strict=True):
            intervention = interventions[position]
            once = intervention.recipient == "parents"
            for need in () if once else intervention.needs:
                first = roles.index(need.role) * length + start
                hours = need.hours_per_pupil * intervention.reach.rate / intervention.periods
                needs[row, first : first + intervention.periods] += hours
                if need.role in counted and hours > 0:
                    first = later + list(counted).index(need.role) * length + start
                    needs[row, first : first + intervention.periods] += 1.0
            if not once:
                needs[row, len(roles) * length] += (
                    intervention.cost_per_pupil * intervention.reach.rate
                )
            if intervention.id in places:
                needs[row, len(roles) * length + 1 + places.index(intervention.id)] += 1.0
            if at_once and intervention.format.kind not in ("class", "school"):
                first = apart + start
                needs[row, first : first + intervention.periods] += 1.0
        needs[row, -1] = max(ends[row], default=0)
    return needs


def needs_no_more(needs: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    """Return (bundles, bundles) whether the row needs no more of anything than the column."""
    order = np.ones((len(needs), len(needs)), dtype=np.bool_)
    for need in np.unique(needs.T, axis=0):
        order &= need[:, None] <= need[None, :]
    return order


def counting_bundles(
    catalogue: Catalogue, bundles: Sequence[Bundle], rule: MustServe
) -> npt.NDArray[np.bool_]:
    """Return (bundles,) whether each bundle is help that counts for a statutory rule."""
    if not rule.interventions:
        return np.ones(len(bundles), dtype=np.bool_)
    counting = {n for n, name in enumerate(catalogue.ids) if name in rule.interventions}
    return np.array([not counting.isdisjoint(b.interventions) for b in bundles], dtype=np.bool_)
