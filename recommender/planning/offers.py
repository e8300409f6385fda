"""Offers: every way of using resources, and the pieces each is the sum of."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np
import scipy.sparse as sp

from recommender.matching.candidates import Candidates
from recommender.planning.codes import Bools, Codes, Floats, Ints, distinct, ranges
from recommender.planning.limits import Kind, LimitSettings, Pieces, work
from recommender.planning.people import People, cells, counts_for
from recommender.planning.staff import Staff
from recommender.planning.terms import CLASS, GROUP, INDIVIDUAL, Book, Terms


@dataclass(frozen=True, eq=False, slots=True)
class Offers:
    """What every offer is, as codes; -1 where one does not apply.

    The offers of units come first; every other offer is one piece.

    Attributes:
        bundle: (offers,) of a unit's offer.
        site, period: (offers,) where, and when it starts.
        grade: (offers,) of a unit's offer with a class in its bundle.
        rule: (offers,) the statutory rule that a unit's offer is owed under.
        piece: (offers,) the piece that any other offer is.
        made_of: (pieces, offers) how many of each piece an offer is the sum of.
    """

    bundle: Ints
    site: Ints
    period: Ints
    grade: Ints
    rule: Ints
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
        length: (bundles,) periods until the longest is done.
        classes: (bundles,) whether a class is in it.
        counts: (rules, bundles) whether it counts for a statutory rule.
    """

    member: Ints
    length: Ints
    classes: Bools
    counts: Bools


@dataclass(frozen=True, eq=False, slots=True)
class Choices:
    """What units may choose: the columns of their blocks, in the order of the lots.

    Attributes:
        unit: (blocks,) row of ``cohort.units``.
        columns: (blocks,) columns of the block.
        candidate: (columns,) the candidate.
        offer: (columns,) the offer.
        bundle, site, period, grade, rule: (offers,) what the offers are.
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


def bundles_of(candidates: Candidates, terms: Terms, limits: LimitSettings, book: Book) -> Bundles:
    """Return the bundles as arrays."""
    member = members_of(candidates)
    inside = member >= 0
    counts = counts_for(limits, book)[:, member] & inside
    return Bundles(
        member=member,
        length=np.where(inside, terms.length[member], 1).max(axis=1, initial=1),
        classes=np.any(inside & (terms.form[member] == CLASS), axis=1),
        counts=np.asarray(counts.any(axis=2)),
    )


def members_of(candidates: Candidates) -> Ints:
    """Return (bundles, width) the interventions of every bundle, -1 past the last."""
    width = max((len(bundle.interventions) for bundle in candidates.bundles), default=1)
    member = np.full((len(candidates.bundles), width), -1, dtype=np.int64)
    for row, bundle in enumerate(candidates.bundles):
        member[row, : len(bundle.interventions)] = bundle.interventions
    return member


def eligible_pupils(candidates: Candidates, bundles: Bundles, people: People, book: Book) -> Floats:
    """Return (interventions, sites, grades) pupils with a candidate that holds the intervention."""
    pupils = np.zeros((len(book.interventions), len(book.sites), len(book.grades)))
    for intervention in range(len(book.interventions)):
        holds = np.any(bundles.member == intervention, axis=1)
        eligible = np.zeros(people.site.size)
        eligible[candidates.unit[holds[candidates.bundle]]] = 1.0
        pupils[intervention] = cells(people, eligible * people.count, book)
    return pupils


def groups_possible(pupils: Floats, terms: Terms, classes: Floats) -> Ints:
    """Return (interventions, sites, grades) the most groups that pupils could fill.

    As many as the quorum allows and no more than hold everybody.  A group is the same at every
    grade of a site; an individual intervention has no groups and counts as 1.
    """
    most = np.ones(pupils.shape, dtype=np.int64)
    for intervention, form in enumerate(terms.form):
        if form == INDIVIDUAL:
            continue
        there = pupils[intervention]
        if form == GROUP:
            there = np.broadcast_to(there.sum(axis=1, keepdims=True), there.shape)
        holds = classes if terms.most[intervention] == 0 else float(terms.most[intervention])
        fill = np.ceil(there / np.maximum(holds, 1.0))
        most[intervention] = np.minimum(np.floor(there / terms.least[intervention]), fill)
    return most


def choices_of(
    candidates: Candidates, bundles: Bundles, possible: Ints, people: People, book: Book
) -> Choices:
    """Return the columns of units: every candidate in every period in which it can start.

    Left out are candidates that do not fit in the calendar and those that need a group which
    too few pupils could join.
    """
    starts = np.maximum(len(book.periods) - bundles.length + 1, 0)
    keep = starts[candidates.bundle] > 0
    for slot in range(bundles.member.shape[1]):
        member = bundles.member[candidates.bundle, slot]
        site, grade = people.site[candidates.unit], people.grade[candidates.unit]
        keep &= (member < 0) | (possible[member, site, grade] > 0)
    kept = np.flatnonzero(keep).astype(np.int32)
    per_unit = np.bincount(candidates.unit[kept], minlength=people.site.size)
    first = np.cumsum(per_unit) - per_unit
    order = np.argsort(people.lot)
    unit = order[per_unit[order] > 0]
    candidate = kept[ranges(first[unit], per_unit[unit])]

    who, bundle = candidates.unit[candidate], candidates.bundle[candidate]
    grade = np.where(bundles.classes[bundle], people.grade[who], -1)
    (offer_bundle, site, offer_grade, rule), which = distinct(
        bundle, people.site[who], grade, people.duty[who]
    )
    periods = starts[offer_bundle]
    first_offer = np.cumsum(periods) - periods
    columns = starts[bundle]
    return Choices(
        unit=unit,
        columns=np.add.reduceat(columns, np.cumsum(per_unit[unit]) - per_unit[unit])
        if unit.size
        else np.empty(0, dtype=np.int64),
        candidate=np.repeat(candidate, columns),
        offer=ranges(first_offer[which], columns).astype(np.int32),
        bundle=np.repeat(offer_bundle, periods),
        site=np.repeat(site, periods),
        period=ranges(np.zeros(periods.size, dtype=np.int64), periods),
        grade=np.repeat(offer_grade, periods),
        rule=np.repeat(rule, periods),
    )


def places_of(
    choices: Choices, bundles: Bundles, terms: Terms, classes: Floats
) -> tuple[Pieces, sp.csc_array]:
    """Return the pieces of units' offers - places, groups and served pupils - and their sums.

    Returns:
        The pieces (PLACE, then the GROUP of every place in a group, then SERVED), and
        (pieces, unit offers) how many of each an offer is the sum of.
    """
    member = bundles.member[choices.bundle]
    offer, slot = np.nonzero(member >= 0)
    what = member[offer, slot]
    grade = np.where(terms.form[what] == CLASS, choices.grade[offer], -1)
    (what, site, period, grade), place = distinct(
        what, choices.site[offer], choices.period[offer], grade
    )
    most = np.where(
        (terms.most[what] == 0) & (terms.form[what] == CLASS),
        np.maximum(classes[site, grade], 1.0),
        np.where(terms.form[what] == INDIVIDUAL, 0, terms.most[what]),
    ).astype(np.int64)
    grouped = np.flatnonzero(terms.form[what] != INDIVIDUAL)
    rule = choices.rule
    counted = np.zeros(rule.size, dtype=np.bool_)
    under = np.flatnonzero(rule >= 0)
    counted[under] = bundles.counts[rule[under], choices.bundle[under]]
    served = np.flatnonzero(counted)
    (served_rule, served_site), which = distinct(rule[served], choices.site[served])

    take = np.concatenate([np.arange(what.size), grouped])
    kind = np.repeat([int(Kind.PLACE), int(Kind.GROUP)], [what.size, grouped.size])
    pieces = joined(
        pieces_of(
            kind,
            intervention=what[take],
            site=site[take],
            period=period[take],
            grade=grade[take],
            most=most[take],
        ),
        pieces_of(np.full(served_rule.size, int(Kind.SERVED)), site=served_site, rule=served_rule),
    )
    rows = np.concatenate([place, take.size + which])
    columns = np.concatenate([offer, served])
    made_of = sp.csc_array(
        (np.ones(rows.size), (rows, columns)), shape=(pieces.size, rule.size), dtype=np.float64
    )
    return pieces, made_of


def hours_given(
    pieces: Pieces, staff: Staff, terms: Terms, book: Book
) -> tuple[Pieces, Staff, Ints]:
    """Return the HOUR pieces of the ways staff may spend hours, the ways kept, and their pieces.

    Staff who serve all sites may go where their role is asked for; ways nobody asks for are
    left out, unless the site is named for the professional.
    """
    piece, role, period, _ = work(pieces, terms)
    shape = (len(book.roles), len(book.sites), len(book.periods))
    asked = np.zeros(shape, dtype=np.bool_)
    asked[role, pieces.site[piece], period] = True
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
            np.full(role.size, int(Kind.HOUR)),
            role=role,
            site=site,
            period=period,
            rate=rates[code],
        ),
        staff,
        where,
    )


def groups_that_fit(
    pieces: Pieces, group: Ints, possible: Ints, staff: Staff, terms: Terms, book: Book
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
    grade = np.maximum(pieces.grade[group], 0)
    pupils = possible[pieces.intervention[group], pieces.site[group], grade]
    return np.asarray(np.minimum(pupils, fit[group]))


def offers_of(choices: Choices, made_of: sp.csc_array, piece: Ints, pieces: Pieces) -> Offers:
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
        piece=np.concatenate([none, piece]),
        made_of=sp.csc_array(sp.hstack([padded, single], format="csc")),
    )


def pieces_of(kind: Ints, rate: Floats | None = None, **codes: Ints) -> Pieces:
    """Return pieces with the codes given and -1 for the others."""
    none = np.full(kind.size, -1, dtype=np.int64)
    names = ("intervention", "site", "period", "grade", "role", "rule")
    labels: dict[str, Ints] = {name: codes.get(name, none) for name in names}
    return Pieces(
        kind=np.asarray(kind, dtype=np.int64),
        most=codes.get("most", np.zeros(kind.size, dtype=np.int64)),
        rate=np.ones(kind.size) if rate is None else rate,
        **labels,
    )


def joined(*parts: Pieces) -> Pieces:
    """Return the pieces of several tables as one, in order."""
    return Pieces(
        **{
            field.name: np.concatenate([getattr(part, field.name) for part in parts])
            for field in fields(Pieces)
        }
    )
