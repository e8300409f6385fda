"""``formulate``: the allocation problem of candidates, resources and limits, with its meaning.

Blocks stand in this order, and so do their columns:

    units      one block a unit that may be offered something, in the order of the lots;
               columns are candidate x start period
    sessions   one integer block an (intervention, site, start period[, grade of a class]), and
               one a family whose parents receive help once for several children; its one column is
               "run a group", its limit the most groups (a column for every number of groups says
               the same, is many times as large, and solves no faster)
    staff      one divisible block a team of interchangeable professionals; columns are the
               ways to spend their hours (role, site)
    shortages  one divisible, dear block a must-serve rule and site: pupils it still lacks
    borrowed   one divisible, dear block a (role, site, period) where help is already running:
               hours that it takes and nobody has

The lots are a seeded permutation of the units, which are sorted by id.  What an engine does with
equal columns can depend on nothing but their order, so equal units have equal chances; no value
is touched.  Numbers are in the user's units (pupils, hours, euros); ``solve`` scales the rows.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp

from recommender.allocation import AllocationProblem
from recommender.inputs.resources import Resources
from recommender.matching.candidates import Candidates
from recommender.planning.formulation.conditions import Book, Conditions, conditions_of
from recommender.planning.formulation.days import groups_that_meet
from recommender.planning.formulation.formulation import Formulation, Spans, counting, waited
from recommender.planning.formulation.indexing import Floats, Ints, distinct
from recommender.planning.formulation.limits import (
    RULES,
    LimitSettings,
    PieceKind,
    Pieces,
    RuleContext,
    stacked,
)
from recommender.planning.formulation.offers import (
    Kin,
    bundles_of,
    children_of,
    choices_of,
    crowded,
    eligible_pupils,
    groups_possible,
    groups_that_fit,
    hours_given,
    joined_pieces,
    offers_of,
    pieces_of,
    places_of,
)
from recommender.planning.formulation.rules.caseload import (
    case_capacity_of,
    most_at_once,
    running_cases,
)
from recommender.planning.formulation.rules.fairness import fair
from recommender.planning.formulation.teams import staff_of
from recommender.planning.formulation.units import (
    Running,
    Units,
    alike_in,
    classes_of,
    families_of,
    family_room,
    first_starts,
    owed_to,
    rule_ids,
    running_at_once,
    running_of,
    units_of,
)

DEAR = 1_000.0
"""A shortage of one pupil costs this many times the largest value of a candidate."""

DEARER = 30.0
"""An hour that running help lacks costs this many shortages: running help is not broken for new."""


def formulate(candidates: Candidates, resources: Resources, limits: LimitSettings) -> Formulation:
    """Return the allocation problem of candidates, resources and limits, with its meaning.

    Args:
        candidates: who may receive what, sorted by unit and bundle.
        resources: sites, professionals and periods.
        limits: the rules in force.
    """
    return fair(_plain(candidates, resources, limits), candidates)


def _plain(candidates: Candidates, resources: Resources, limits: LimitSettings) -> Formulation:
    """Return the formulation without the rules of fairness."""
    book = _book(candidates, resources, limits)
    terms = conditions_of(candidates.catalogue, book.roles)
    people = units_of(candidates, limits, book)
    classes = classes_of(people, book)
    running = running_of(candidates, people, terms, book, classes)
    facts = RuleContext(
        terms=terms,
        budget=limits.budget,
        cap=_caps(limits, book),
        committed=_per_row(running),
        owed=owed_to(people),
        at_once=_room_of_families(candidates, people, terms, book, limits),
    )

    bundles = bundles_of(candidates, terms, limits, book)
    pupils = eligible_pupils(candidates, bundles, people, terms, book)
    possible = groups_possible(pupils, terms, classes)
    kin = Kin(
        children_of(candidates, bundles, people, terms),
        crowded(candidates, bundles, people, facts.at_once),
    )
    room = _room_of_pupils(candidates, terms, book, limits)
    first = first_starts(candidates, terms, book, resources.periods)
    choices = choices_of(candidates, bundles, possible, people, terms, book, kin, room, first)
    places, made_of = places_of(choices, bundles, terms, classes, people, kin)
    given, staff, way_piece = hours_given(
        places,
        staff_of(resources.professionals, book, limits.travel_overhead, resources.roles),
        terms,
        book,
        facts.committed[:3],
    )
    most = most_at_once(resources.professionals, resources.roles, limits, book)
    lines = running_cases(running, people, terms, len(book.roles))
    case_capacity, book = case_capacity_of(most, staff, running, lines, book)
    facts = replace(facts, case_capacity=case_capacity)
    pieces = joined_pieces(places, given, _lacking(facts))
    rows = stacked([rule(pieces, facts) for rule in RULES])

    group = np.flatnonzero(pieces.kind == PieceKind.GROUP)
    groups = groups_that_fit(pieces, group, possible, staff, terms, book)
    groups *= groups_that_meet(pieces, group, resources.professionals, staff, terms, book)
    value = counting(
        candidates.worth[choices.candidate],
        waited(limits, len(book.periods))[choices.period[choices.offer]],
        np.repeat(people.priority[choices.unit], choices.columns),
    )
    dear = -DEAR * (float(value.max(initial=0.0)) or 1.0)
    short, borrowed = (
        np.flatnonzero(pieces.kind == kind) for kind in (PieceKind.SHORT, PieceKind.BORROWED)
    )
    way = places.size + way_piece
    offers = offers_of(choices, made_of, np.concatenate([group, way, short, borrowed]), pieces)
    kinds = (
        Blocks(value, choices.columns, people.count[choices.unit], people.site[choices.unit]),
        Blocks.single(0.0, groups.astype(np.float64), pieces.site[group]),
        Blocks(np.zeros(way.size), staff.ways, staff.hours, staff.part),
        Blocks.single(dear, facts.owed[2], pieces.site[short]),
        Blocks.single(DEARER * dear, facts.committed[3], pieces.site[borrowed]),
    )
    spans = Spans(*np.cumsum([kind.limit.size for kind in kinds]).tolist())
    block = np.full(people.site.size, -1, dtype=np.int64)
    block[choices.unit] = np.arange(choices.unit.size)
    return Formulation(
        problem=AllocationProblem(
            value=np.concatenate([kind.value for kind in kinds]),
            offer=np.concatenate(
                [choices.offer, np.arange(choices.bundle.size, offers.size, dtype=np.int32)]
            ),
            start=np.cumsum(np.concatenate([[0], *(kind.columns for kind in kinds)])),
            limit=np.concatenate([kind.limit for kind in kinds]),
            divisible=np.arange(spans.blocks) >= spans.staff,
            use=sp.csc_array(rows.use @ offers.made_of),
            capacity=rows.capacity,
            part=np.concatenate([kind.part for kind in kinds]).astype(np.int32),
        ),
        book=book,
        terms=terms,
        settings=limits,
        resources=resources,
        rows=rows,
        pieces=pieces,
        offers=offers,
        units=people,
        running=running,
        staff=staff,
        spans=spans,
        unit=choices.unit,
        candidate=choices.candidate,
        block=block,
        barred=choices.barred,
        honest=candidates.benefit if candidates.caution else None,
    )


@dataclass(frozen=True, eq=False, slots=True)
class Blocks:
    """The blocks of one kind.

    Attributes:
        value: (columns,) of the kind, block by block.
        columns: (blocks,) columns of every block.
        limit, part: (blocks,) as in ``AllocationProblem``.
    """

    value: Floats
    columns: Ints
    limit: Floats
    part: Ints

    @classmethod
    def single(cls, value: float, limit: Floats, part: Ints) -> Blocks:
        """Return blocks of one column each, all of the same value."""
        return cls(np.full(limit.size, value), np.ones(limit.size, dtype=np.int64), limit, part)


def _book(candidates: Candidates, resources: Resources, limits: LimitSettings) -> Book:
    units = candidates.cohort.units
    entries = candidates.catalogue.interventions
    roles = {role.id for role in resources.roles}
    roles |= {other for role in resources.roles for other in role.may_act_as}
    roles |= {need.role for entry in entries for need in entry.needs}
    for text in resources.professionals["role"].unique():
        roles |= {role.strip() for role in str(text).split(";")} - {""}
    return Book(
        interventions=candidates.catalogue.ids,
        sites=tuple(sorted(set(resources.sites["site"]) | set(units["site"].unique()))),
        roles=tuple(sorted(roles)),
        periods=tuple(period.id for period in resources.periods),
        rules=rule_ids(candidates, limits),
        grades=tuple(sorted({int(grade) for grade in units["grade"].unique()})),
        families=families_of(candidates, limits),
        alike=tuple(sorted({str(name) for of in alike_in(candidates).values() for name in of})),
    )


def _room_of_families(
    candidates: Candidates, people: Units, terms: Conditions, book: Book, limits: LimitSettings
) -> Floats | None:
    if limits.at_once_per_family is None:
        return None
    return family_room(candidates, people, terms, book, limits.at_once_per_family)


def _room_of_pupils(
    candidates: Candidates, terms: Conditions, book: Book, limits: LimitSettings
) -> Ints | None:
    if limits.at_once_per_pupil is None:
        return None
    return limits.at_once_per_pupil - running_at_once(candidates, book, terms)


def _caps(limits: LimitSettings, book: Book) -> Floats:
    caps = dict(limits.caps)
    return np.array([caps.get(name, np.inf) for name in book.interventions], dtype=np.float64)


def _per_row(running: Running) -> tuple[Ints, Ints, Ints, Floats]:
    (role, site, period), where = distinct(running.role, running.site, running.period)
    hours = np.bincount(where, weights=running.hours, minlength=role.size)
    return role, site, period, hours.astype(np.float64)


def _lacking(facts: RuleContext) -> Pieces:
    rule, at, pupils = facts.owed
    role, site, period, hours = facts.committed
    return joined_pieces(
        pieces_of(np.full(pupils.size, int(PieceKind.SHORT)), rule=rule, site=at),
        pieces_of(
            np.full(hours.size, int(PieceKind.BORROWED)), role=role, site=site, period=period
        ),
    )
