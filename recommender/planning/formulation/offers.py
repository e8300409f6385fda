"""Offers: every way of using resources, and the pieces each is the sum of."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np
import scipy.sparse as sp

from recommender.matching.candidates import Candidates
from recommender.planning.formulation.conditions import CLASS, GROUP, INDIVIDUAL, Book, Conditions
from recommender.planning.formulation.indexing import Bools, Codes, Floats, Ints, distinct, ranges
from recommender.planning.formulation.limits import (
    LimitSettings,
    PieceKind,
    Pieces,
    members_of_groups,
    work,
)
from recommender.planning.formulation.teams import Staff
from recommender.planning.formulation.units import Units, cells, counting_interventions


@dataclass(frozen=True, eq=False, slots=True)
class Offers:
    """What every offer is, as codes; -1 where one does not apply.

    The offers of units come first; every other offer is one piece.

    Attributes:
        bundle: (offers,) of a unit's offer.
        site, period: (offers,) where, and when it starts.
        grade: (offers,) of a unit's offer with a class in its bundle.
        rule: (offers,) the statutory rule that a unit's offer is owed under.
        family: (offers,) of a unit's offer in which a rule speaks of the family.
        piece: (offers,) the piece that any other offer is.
        made_of: (pieces, offers) how many of each piece an offer is the sum of.
    """

    bundle: Ints
    site: Ints
    period: Ints
    grade: Ints
    rule: Ints
    family: Ints
    piece: Ints
    made_of: sp.csc_array

    @property
    def size(self) -> int:
        """Return the number of offers."""
        return self.bundle.size


@dataclass(frozen=True, eq=False, slots=True)
class Bundles:
    """The bundles as arrays.

    Attributes:
        member: (bundles, width) interventions, -1 past the last.
        offset: (bundles, width) periods after the first in which each member starts.
        length: (bundles,) periods until the longest is done.
        classes: (bundles,) whether a class is in it, not of the whole school.
        alike: (bundles,) whether a group of alike pupils is in it.
        counts: (rules, bundles) whether it counts for a statutory rule.
        at_once: (bundles, longest) interventions that run in each period from the start, those of
            the whole class left out.
    """

    member: Ints
    offset: Ints
    length: Ints
    classes: Bools
    alike: Bools
    counts: Bools
    at_once: Ints


@dataclass(frozen=True, eq=False, slots=True)
class UnitColumns:
    """What units may choose: the columns of their blocks, in the order of the lots.

    Attributes:
        unit: (blocks,) row of ``cohort.units``.
        columns: (blocks,) columns of the block.
        candidate: (columns,) the candidate.
        offer: (columns,) the offer.
        bundle, site, period, grade, rule, family, kind: (offers,) what the offers are.
        barred: (k,) candidates that may not start in any period, beside or after what is running.
    """

    unit: Ints
    columns: Ints
    candidate: Codes
    offer: Codes
    bundle: Ints
    site: Ints
    period: Ints
    grade: Ints
    rule: Ints
    family: Ints
    kind: Ints
    barred: Codes


def bundles_of(
    candidates: Candidates, terms: Conditions, limits: LimitSettings, book: Book
) -> Bundles:
    """Return the bundles as arrays."""
    member = members_of(candidates)
    inside = member >= 0
    counts = counting_interventions(limits, book)[:, member] & inside
    offset = np.zeros(member.shape, dtype=np.int64)
    for row, bundle in enumerate(candidates.bundles):
        offset[row, : len(bundle.interventions)] = bundle.starts
    length = np.where(inside, offset + terms.length[member], 1).max(axis=1, initial=1)
    alone = inside & (terms.form[member] != CLASS)
    since = np.arange(length.max(initial=1)) - offset[:, :, None]
    running = alone[:, :, None] & (since >= 0) & (since < terms.length[member][:, :, None])
    return Bundles(
        member=member,
        offset=offset,
        length=length,
        classes=np.any(inside & terms.by_grade[member], axis=1),
        alike=np.any(inside & terms.alike[member], axis=1),
        counts=np.asarray(counts.any(axis=2)),
        at_once=running.sum(axis=1).astype(np.int64),
    )


def members_of(candidates: Candidates) -> Ints:
    """Return (bundles, width) the interventions of every bundle, -1 past the last."""
    width = max((len(bundle.interventions) for bundle in candidates.bundles), default=1)
    member = np.full((len(candidates.bundles), width), -1, dtype=np.int64)
    for row, bundle in enumerate(candidates.bundles):
        member[row, : len(bundle.interventions)] = bundle.interventions
    return member


def children_of(candidates: Candidates, bundles: Bundles, people: Units, terms: Conditions) -> Ints:
    """Return (interventions, families) the children for whom help for the parents may be offered.

    Help for pupils has none.
    """
    children = np.zeros((terms.length.size, people.home.size), dtype=np.int64)
    if people.home.size == 0:
        return children
    for intervention in np.flatnonzero(terms.parents):
        unit = np.flatnonzero(_eligible(candidates, bundles, people, int(intervention)))
        mine = people.family[unit]
        np.add.at(children[intervention], mine[mine >= 0], 1)
    return children


def _eligible(candidates: Candidates, bundles: Bundles, people: Units, what: int) -> Bools:
    """Return (units,) whether a unit has a candidate that holds the intervention."""
    holds = np.any(bundles.member == what, axis=1)
    eligible = np.zeros(people.site.size, dtype=np.bool_)
    eligible[candidates.unit[holds[candidates.bundle]]] = True
    return eligible


def crowded(candidates: Candidates, bundles: Bundles, people: Units, room: Floats | None) -> Bools:
    """Return (families,) whether a family could have more interventions at once than it may.

    Args:
        candidates: who may receive what.
        bundles: the bundles as arrays.
        people: the units as codes.
        room: (families, periods) what each family may still have in each period; None is no limit.
    """
    if room is None:
        return np.zeros(people.home.size, dtype=np.bool_)
    most = np.zeros(people.site.size)
    np.maximum.at(most, candidates.unit, bundles.at_once.max(axis=1, initial=0)[candidates.bundle])
    mine = people.family >= 0
    total = np.bincount(people.family[mine], weights=most[mine], minlength=people.home.size)
    return np.asarray(total > room.min(axis=1, initial=np.inf))


def cell_of(people: Units, terms: Conditions, what: Codes | int, unit: Codes) -> Ints:
    """Return (k,) the cell of units in an intervention: in what they are alike, or their grade."""
    if not terms.alike.any():
        return people.grade[unit]
    return np.where(
        terms.alike[what], people.alike[what, people.kind[unit]], people.grade[unit]
    ).astype(np.int64)


def eligible_pupils(
    candidates: Candidates, bundles: Bundles, people: Units, terms: Conditions, book: Book
) -> Floats:
    """Return (interventions, sites, cells) pupils with a candidate that holds the intervention.

    Cells are grades, and where pupils of a group have to be alike what they are alike in.  Of help
    for parents a family counts once, with its first child, at the site of the family.
    """
    shape = (len(book.sites), max(len(book.grades), len(book.alike)))
    pupils = np.zeros((len(book.interventions), *shape))
    for intervention in range(len(book.interventions)):
        unit = np.flatnonzero(_eligible(candidates, bundles, people, intervention))
        site = people.site[unit]
        if terms.parents[intervention] and people.home.size:
            family = people.family[unit]
            _, first = np.unique(np.where(family < 0, -1 - unit, family), return_index=True)
            unit, family = unit[first], family[first]
            site = np.where(family < 0, people.site[unit], people.home[family])
        cell = cell_of(people, terms, intervention, unit)
        pupils[intervention] = cells(site, cell, people.count[unit], shape)
    return pupils


def groups_possible(pupils: Floats, terms: Conditions, classes: Floats) -> Ints:
    """Return (interventions, sites, cells) the most groups that pupils could fill.

    As many as the quorum allows and no more than hold everybody.  A group is the same at every
    grade of a site, unless its pupils have to be alike; an individual intervention has no groups
    and counts as 1.
    """
    most = np.ones(pupils.shape, dtype=np.int64)
    size = np.zeros(pupils.shape[1:])
    size[:, : classes.shape[1]] = classes
    for intervention, form in enumerate(terms.form):
        if form == INDIVIDUAL:
            continue
        there, class_size = pupils[intervention], size
        if (form == GROUP and not terms.alike[intervention]) or terms.school[intervention]:
            there = np.broadcast_to(there.sum(axis=1, keepdims=True), there.shape)
            class_size = np.broadcast_to(size.sum(axis=1, keepdims=True), size.shape)
        holds = class_size if terms.most[intervention] == 0 else float(terms.most[intervention])
        fill = np.ceil(there / np.maximum(holds, 1.0))
        most[intervention] = np.minimum(np.floor(there / terms.least[intervention]), fill)
    return most


@dataclass(frozen=True, eq=False, slots=True)
class Kin:
    """What makes the children of a family depend on each other.

    Attributes:
        children: (interventions, families) as ``children_of``.
        crowded: (families,) as ``crowded``.
    """

    children: Ints
    crowded: Bools


def choices_of(
    candidates: Candidates,
    bundles: Bundles,
    possible: Ints,
    people: Units,
    terms: Conditions,
    book: Book,
    kin: Kin,
    room: Ints | None = None,
    first_start: Ints | None = None,
) -> UnitColumns:
    """Return the columns of units: every candidate in every period in which it can start.

    Left out are candidates that do not fit in the calendar, those that need a group which too few
    pupils could join, starts with which a unit would have more at once than it may, and starts
    before what must come first has ended.

    Args:
        candidates: who may receive what.
        bundles: the bundles as arrays.
        possible: (interventions, sites, cells) as ``groups_possible``.
        people: the units as codes.
        terms: the conditions of the catalogue.
        book: the names behind the codes.
        kin: what makes the children of a family depend on each other.
        room: (units, periods) interventions a unit may still have at once; None is no limit.
        first_start: (units, interventions) the first period in which each may start; None is any.
    """
    starts = np.maximum(len(book.periods) - bundles.length + 1, 0)
    keep = starts[candidates.bundle] > 0
    family = _families(candidates, bundles, people, terms, kin)
    own = people.site[candidates.unit]
    for slot in range(bundles.member.shape[1]):
        member = bundles.member[candidates.bundle, slot]
        site = own
        cell = cell_of(people, terms, member, candidates.unit)
        if people.home.size:
            at_home = (member >= 0) & terms.parents[member] & (people.family[candidates.unit] >= 0)
            site = np.where(at_home, people.home[people.family[candidates.unit]], site)
        keep &= (member < 0) | (possible[member, site, cell] > 0)
    kept: Codes = np.flatnonzero(keep).astype(np.int32)
    free = room is None and first_start is None
    allowed = None if free else _allowed(candidates, bundles, starts, kept, room, first_start)
    barred = kept[:0]
    if allowed is not None:
        barred = np.setdiff1d(kept, allowed[0])
        kept, many, start = allowed
    per_unit = np.bincount(candidates.unit[kept], minlength=people.site.size)
    order = np.argsort(people.lot)
    first = np.cumsum(per_unit) - per_unit
    unit = order[per_unit[order] > 0]
    at = ranges(first[unit], per_unit[unit])
    candidate = kept[at]

    who, bundle = candidates.unit[candidate], candidates.bundle[candidate]
    grade = np.where(bundles.classes[bundle], people.grade[who], -1)
    kind = np.where(bundles.alike[bundle], people.kind[who], -1)
    (offer_bundle, site, offer_grade, rule, offer_family, offer_kind), which = distinct(
        bundle, people.site[who], grade, people.duty[who], family[candidate], kind
    )
    periods = starts[offer_bundle]
    first_offer = np.cumsum(periods) - periods
    if allowed is None:
        columns = starts[bundle]
        offer = ranges(first_offer[which], columns)
    else:
        columns = many[at]
        offer = np.repeat(first_offer[which], columns)
        offer += start[ranges((np.cumsum(many) - many)[at], columns)]
    return UnitColumns(
        unit=unit,
        columns=np.add.reduceat(columns, np.cumsum(per_unit[unit]) - per_unit[unit])
        if unit.size
        else np.empty(0, dtype=np.int64),
        candidate=np.repeat(candidate, columns),
        offer=offer.astype(np.int32),
        bundle=np.repeat(offer_bundle, periods),
        site=np.repeat(site, periods),
        period=ranges(np.zeros(periods.size, dtype=np.int64), periods),
        grade=np.repeat(offer_grade, periods),
        rule=np.repeat(rule, periods),
        family=np.repeat(offer_family, periods),
        kind=np.repeat(offer_kind, periods),
        barred=barred,
    )


def _allowed(
    candidates: Candidates,
    bundles: Bundles,
    starts: Ints,
    kept: Codes,
    room: Ints | None,
    first_start: Ints | None,
) -> tuple[Codes, Ints, Ints]:
    """Return candidates that may start at all, in how many periods each, and these one by one.

    Args:
        candidates: who may receive what.
        bundles: the bundles as arrays.
        starts: (bundles,) periods in which a bundle fits in the calendar, from the first on.
        kept: (k,) candidates.
        room: (units, periods) interventions a unit may still have at once; None is no limit.
        first_start: (units, interventions) the first period in which each may start; None is any.
    """
    line = np.repeat(np.arange(kept.size), starts[candidates.bundle[kept]])
    start = ranges(np.zeros(kept.size, dtype=np.int64), starts[candidates.bundle[kept]])
    unit, bundle = candidates.unit[kept[line]], candidates.bundle[kept[line]]
    fits = np.ones(line.size, dtype=np.bool_)
    for offset in range(bundles.at_once.shape[1] if room is not None else 0):
        assert room is not None
        period = np.minimum(start + offset, room.shape[1] - 1)
        more = bundles.at_once[bundle, offset]
        fits &= (more == 0) | (more <= room[unit, period])
    for slot in range(bundles.member.shape[1] if first_start is not None else 0):
        assert first_start is not None
        member = bundles.member[bundle, slot]
        begins = start + bundles.offset[bundle, slot]
        fits &= (member < 0) | (begins >= first_start[unit, member])
    many = np.bincount(line[fits], minlength=kept.size)
    return kept[many > 0], many[many > 0], start[fits]


def _families(
    candidates: Candidates, bundles: Bundles, people: Units, terms: Conditions, kin: Kin
) -> Ints:
    """Return (candidates,) the family that a rule speaks of in a unit's offer, else -1."""
    if people.home.size == 0:
        return np.full(candidates.unit.size, -1, dtype=np.int64)
    family = people.family[candidates.unit]
    shared = kin.crowded[family]
    for slot in range(bundles.member.shape[1]):
        member = bundles.member[candidates.bundle, slot]
        parents = (member >= 0) & terms.parents[member]
        shared |= parents & (kin.children[np.maximum(member, 0), family] > 1)
    return np.where(shared & (family >= 0), family, -1)


def places_of(
    choices: UnitColumns,
    bundles: Bundles,
    terms: Conditions,
    classes: Floats,
    people: Units,
    kin: Kin,
) -> tuple[Pieces, sp.csc_array]:
    """Return the pieces of units' offers - places, groups and served pupils - and their sums.

    Returns:
        The pieces (PLACE, then the GROUP of every place in a group, then SERVED), and
        (pieces, unit offers) how many of each an offer is the sum of.
    """
    member = bundles.member[choices.bundle]
    offer, slot = np.nonzero(member >= 0)
    what = member[offer, slot]
    begins = choices.period[offer] + bundles.offset[choices.bundle][offer, slot]
    grade = np.where(terms.by_grade[what], choices.grade[offer], -1)
    alike = np.where(terms.alike[what], people.alike[what, choices.kind[offer]], -1)
    family = choices.family[offer]
    site = choices.site[offer]
    if people.home.size:
        parents = terms.parents[what]
        shares = parents & ((kin.children[what, family] > 1) | kin.crowded[family])
        family = np.where(parents & ~shares | ~(parents | kin.crowded[family]), -1, family)
        site = np.where(parents & (family >= 0), people.home[family], site)
    (what, site, period, grade, family, alike), place = distinct(
        what, site, begins, grade, family, alike
    )
    own = pieces_of(
        np.full(what.size, int(PieceKind.PLACE)),
        intervention=what,
        site=site,
        period=period,
        grade=grade,
        family=family,
        alike=alike,
    )
    both = joined_pieces(own, _groups_of(own, terms))
    both = replace(both, most=_most(both, terms, classes, kin))
    if np.any(terms.whole[what]):
        taking = _taking(choices, place, offer, what.size, people)
        both = replace(both, most=_whole(both, taking, terms))
    rule = choices.rule
    counted = np.zeros(rule.size, dtype=np.bool_)
    under = np.flatnonzero(rule >= 0)
    counted[under] = bundles.counts[rule[under], choices.bundle[under]]
    served = np.flatnonzero(counted)
    (served_rule, served_site), which = distinct(rule[served], choices.site[served])
    pieces = joined_pieces(
        both,
        pieces_of(
            np.full(served_rule.size, int(PieceKind.SERVED)), site=served_site, rule=served_rule
        ),
    )
    rows = np.concatenate([place, both.size + which])
    columns = np.concatenate([offer, served])
    made_of = sp.csc_array(
        (np.ones(rows.size), (rows, columns)), shape=(pieces.size, rule.size), dtype=np.float64
    )
    return pieces, made_of


def _groups_of(places: Pieces, terms: Conditions) -> Pieces:
    """Return the GROUP of every place in a group; of a family the group of parents it joins too."""
    _, labels = members_of_groups(places, terms)
    groups = _distinct_groups(labels)
    _, more = members_of_groups(groups, terms)
    return _distinct_groups(
        {name: np.concatenate([codes, more[name]]) for name, codes in labels.items()}
    )


def _distinct_groups(labels: dict[str, Ints]) -> Pieces:
    """Return one GROUP for every combination of labels, in order of intervention first."""
    names = sorted(labels, key=lambda name: name != "intervention")
    codes, _ = distinct(*(labels[name] for name in names))
    kind = np.full(codes[0].size, int(PieceKind.GROUP))
    return pieces_of(kind, None, **dict(zip(names, codes, strict=True)))


def _most(pieces: Pieces, terms: Conditions, classes: Floats, kin: Kin) -> Ints:
    """Return (pieces,) pupils that the group of a PLACE, or a GROUP, holds; 0 for individual."""
    what, grade = pieces.intervention, np.maximum(pieces.grade, 0)
    most = np.where(terms.form[what] == INDIVIDUAL, 0, terms.most[what])
    size = np.where(
        terms.school[what], classes.sum(axis=1)[pieces.site], classes[pieces.site, grade]
    )
    size = np.maximum(size, 1.0)
    most = np.where((terms.most[what] == 0) & (terms.form[what] == CLASS), size, most)
    if kin.crowded.size:
        together = (pieces.family >= 0) & terms.parents[what]
        most = np.where(together, kin.children[what, pieces.family], most)
    return np.asarray(most, dtype=np.int64)


def _taking(choices: UnitColumns, place: Ints, offer: Ints, places: int, people: Units) -> Floats:
    """Return (places,) the pupils of every PLACE who may be offered it, whatever else with it."""
    block = np.repeat(np.arange(choices.unit.size), choices.columns)
    first = np.searchsorted(offer, np.arange(choices.bundle.size + 1))
    size = (first[1:] - first[:-1])[choices.offer]
    at = place[ranges(first[choices.offer], size)]
    (at, block), _ = distinct(at, np.repeat(block, size))
    return np.bincount(at, people.count[choices.unit[block]], minlength=places).astype(np.float64)


def _whole(pieces: Pieces, taking: Floats, terms: Conditions) -> Ints:
    """Return (pieces,) ``most`` where whole classes hold all who may take part."""
    most = pieces.most.copy()
    joins = group_of(pieces, terms)
    member = np.flatnonzero((joins >= 0) & terms.whole[pieces.intervention])
    own = np.bincount(joins[member], taking[member], minlength=pieces.size)
    own[member] = own[joins[member]]
    whole = terms.whole[pieces.intervention]
    most[whole] = np.maximum(own[whole], 1.0).astype(np.int64)
    return most


def group_of(pieces: Pieces, terms: Conditions) -> Ints:
    """Return (pieces,) the GROUP in which a piece has a place, -1 for none."""
    member, labels = members_of_groups(pieces, terms)
    own = np.flatnonzero(pieces.kind == PieceKind.GROUP)
    keys = [np.concatenate([codes, getattr(pieces, name)[own]]) for name, codes in labels.items()]
    codes, where = distinct(*keys)
    of_key = np.full(codes[0].size, -1, dtype=np.int64)
    of_key[where[member.size :]] = own
    found = np.full(pieces.size, -1, dtype=np.int64)
    found[member] = of_key[where[: member.size]]
    return found


def shared_out(pieces: Pieces, terms: Conditions, of_piece: Floats) -> Floats:
    """Return (pieces,) what a pupil's place stands for, groups shared out over full groups.

    Args:
        pieces: all pieces.
        terms: the conditions of the catalogue.
        of_piece: (pieces,) what each takes by itself.
    """
    joins = group_of(pieces, terms)
    of_place = np.where(np.isin(pieces.kind, (PieceKind.PLACE, PieceKind.GROUP)), of_piece, 0.0)
    # a family joins a group of parents before its children join the family
    for kind in (PieceKind.GROUP, PieceKind.PLACE):
        member = np.flatnonzero((joins >= 0) & (pieces.kind == kind))
        of_place[member] += of_place[joins[member]] / pieces.most[joins[member]]
    of_place[pieces.kind == PieceKind.GROUP] = 0.0
    return of_place


def hours_given(
    pieces: Pieces, staff: Staff, terms: Conditions, book: Book, running: tuple[Ints, Ints, Ints]
) -> tuple[Pieces, Staff, Ints]:
    """Return the HOUR pieces of the ways staff may spend hours, the ways kept, and their pieces.

    Staff who serve all sites may go where their role is asked for, by help that may be offered or
    by help that is running (codes of role, site and period); ways nobody asks for are left out,
    unless the site is named for the professional.
    """
    piece, role, period, _ = work(pieces, terms)
    shape = (len(book.roles), len(book.sites), len(book.periods))
    asked = np.zeros(shape, dtype=np.bool_)
    asked[role, pieces.site[piece], period] = True
    asked[running] = True
    team_period = staff.period[staff.way_team]
    way = np.flatnonzero(staff.home | asked[staff.way_role, staff.way_site, team_period])
    staff = replace(
        staff,
        way_team=staff.way_team[way],
        way_role=staff.way_role[way],
        way_site=staff.way_site[way],
        home=staff.home[way],
    )
    rates, rate = np.unique(staff.rate, return_inverse=True)
    (role, site, period, code), where = distinct(
        staff.way_role, staff.way_site, team_period[way], rate[staff.way_team]
    )
    return (
        pieces_of(
            np.full(role.size, int(PieceKind.HOUR)),
            role=role,
            site=site,
            period=period,
            rate=rates[code],
        ),
        staff,
        where,
    )


def groups_that_fit(
    pieces: Pieces, group: Ints, possible: Ints, staff: Staff, terms: Conditions, book: Book
) -> Ints:
    """Return (groups,) the most groups that may run, for every GROUP piece.

    As many as pupils could fill, and at most one more than the hours that could be there allow:
    were it not for that one, the limit would stand in for the hours and their price would be zero.
    """
    shape = (len(book.roles), len(book.sites), len(book.periods))
    there = np.zeros(shape)
    team = staff.way_team
    np.add.at(
        there,
        (staff.way_role, staff.way_site, staff.period[team]),
        staff.hours[team] * staff.rate[team],
    )
    piece, role, period, hours = work(pieces, terms)
    fit = np.full(pieces.size, np.iinfo(np.int64).max)
    fits = np.floor(there[role, pieces.site[piece], period] / hours + 1e-9).astype(np.int64) + 1
    np.minimum.at(fit, piece, fits)
    cell = np.maximum(pieces.grade[group], pieces.alike[group])
    pupils = possible[pieces.intervention[group], pieces.site[group], np.maximum(cell, 0)]
    pupils = np.where(pieces.family[group] >= 0, 1, pupils)
    return np.asarray(np.minimum(pupils, fit[group]))


def offers_of(choices: UnitColumns, made_of: sp.csc_array, piece: Ints, pieces: Pieces) -> Offers:
    """Return all offers: those of units, then those that are one piece.

    Args:
        choices: what units may choose.
        made_of: (pieces of units, unit offers) their sums.
        piece: (others,) the piece that every other offer is.
        pieces: all pieces.
    """
    units, others = choices.bundle.size, piece.size
    none = np.full(units, -1, dtype=np.int64)
    empty = np.full(others, -1, dtype=np.int64)
    single = sp.csc_array(
        (np.ones(others), (piece, np.arange(others))), shape=(pieces.size, others)
    )
    padded = sp.csc_array(
        (made_of.data, made_of.indices, made_of.indptr), shape=(pieces.size, units)
    )
    return Offers(
        bundle=np.concatenate([choices.bundle, empty]),
        site=np.concatenate([choices.site, pieces.site[piece]]),
        period=np.concatenate([choices.period, pieces.period[piece]]),
        grade=np.concatenate([choices.grade, empty]),
        rule=np.concatenate([choices.rule, empty]),
        family=np.concatenate([choices.family, empty]),
        piece=np.concatenate([none, piece]),
        made_of=sp.csc_array(sp.hstack([padded, single], format="csc")),
    )


def pieces_of(kind: Ints, rate: Floats | None = None, **codes: Ints) -> Pieces:
    """Return pieces with the codes given and -1 for the others."""
    none = np.full(kind.size, -1, dtype=np.int64)
    names = ("intervention", "site", "period", "grade", "role", "rule", "family", "alike")
    labels: dict[str, Ints] = {name: codes.get(name, none) for name in names}
    return Pieces(
        kind=np.asarray(kind, dtype=np.int64),
        most=codes.get("most", np.zeros(kind.size, dtype=np.int64)),
        rate=np.ones(kind.size) if rate is None else rate,
        **labels,
    )


def joined_pieces(*parts: Pieces) -> Pieces:
    """Return the pieces of several tables as one, in order."""
    return Pieces(
        **{
            field.name: np.concatenate([getattr(part, field.name) for part in parts])
            for field in fields(Pieces)
        }
    )
