"""Reasons: why a unit is not offered anything, in words without numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from recommender.matching import Candidates, Reason, reason_texts
from recommender.planning.formulation.conditions import ObjectArray
from recommender.planning.formulation.formulation import Formulation
from recommender.planning.formulation.indexing import Codes, Floats, Ints, first_best, ranges
from recommender.planning.formulation.labels import named
from recommender.planning.formulation.limits import work
from recommender.planning.formulation.offers import bundles_of, group_of
from recommender.planning.selection.selection import Selection

NO_CONSENT = "there is no consent to offer help"
NO_GOOD = "nothing that may be offered is expected to help"
NO_TIME = "what suits takes more periods than the calendar has"
NO_GROUP = "too few pupils here for a group of what suits"
NO_CLASS = "a whole class takes part or nobody, and its hours do more good elsewhere"
NOT_NOW = "what suits may not start yet, beside or after what the pupil already has"
NO_SEAT = "a group here does more good for other pupils, or does not run"
OWED = "owed help, but hours, money or places do not suffice for all who are"
DRY = "there are no hours of "
NOT_WHOLE = "worth its price, but what is left cannot be divided to fit one more"


@dataclass(frozen=True, eq=False, slots=True)
class Waiting:
    """The units with pupils who are not offered anything.

    Attributes:
        unit: (waiting,) row of ``cohort.units``.
        pupils: (waiting,) how many.
        column: (waiting,) the column that comes nearest to being worth its price, -1 for none.
    """

    unit: Ints
    pupils: Floats
    column: Ints


def waiting_of(formulation: Formulation, selection: Selection) -> Waiting:
    """Return the units with pupils who are not offered anything."""
    count = formulation.units.count
    left = count - np.bincount(selection.unit, weights=selection.pupils, minlength=count.size)
    unit = np.flatnonzero(left > 1e-9 * count)
    column = np.full(unit.size, -1, dtype=np.int64)
    with_block = np.flatnonzero(formulation.block[unit] >= 0)
    start, block = formulation.problem.start, formulation.block[unit[with_block]]
    size = start[block + 1] - start[block]
    columns = ranges(start[block], size)
    best = first_best(selection.net[columns], np.concatenate([[0], np.cumsum(size)]))
    column[with_block] = columns[best]
    return Waiting(unit, left[unit], column)


def reasons_of(
    formulation: Formulation, selection: Selection, candidates: Candidates, waiting: Waiting
) -> ObjectArray:
    """Return (waiting,) why each unit is not offered anything."""
    reason = np.full(waiting.unit.size, NO_GOOD, dtype=object)
    without = np.flatnonzero(waiting.column < 0)
    reason[without] = unsuited(formulation, candidates, waiting.unit[without])
    priced = np.flatnonzero(waiting.column >= 0)
    column = waiting.column[priced]
    offer, which = np.unique(formulation.problem.offer[column], return_inverse=True)
    outbid, cost = outbid_by(formulation, selection, offer)
    outbid = outbid[which]
    crowded = selection.member_price[column] > cost[which]
    outbid = np.where(crowded, NO_SEAT, outbid)
    reason[priced] = np.where(selection.net[column] > 1e-9, NOT_WHOLE, outbid)
    lacking = lacking_role(formulation, offer)[which]
    dry = np.flatnonzero(lacking >= 0)
    reason[priced[dry]] = DRY + named(formulation.book.roles, lacking[dry])
    return reason


def unsuited(formulation: Formulation, candidates: Candidates, units: Ints) -> ObjectArray:
    """Return (units,) why units without a column have none.

    Where no intervention may be offered the commonest reason is named.
    """
    reasons = candidates.reasons[units].astype(np.int64)
    flags = [flag for flag in Reason if flag != Reason.CONSENT]
    counts = np.stack([((reasons & flag) != 0).sum(axis=1) for flag in flags], axis=1)
    words = [f"nothing suits, most often because: {reason_texts(flag)[0].en}" for flag in flags]
    text = np.array(words, dtype=object)[np.argmax(counts, axis=1)]
    text[np.any(reasons == 0, axis=1)] = NO_GOOD
    first = np.searchsorted(candidates.unit, units)
    size = np.searchsorted(candidates.unit, units, side="right") - first
    some = np.flatnonzero(size)
    length = bundles_of(
        candidates, formulation.terms, formulation.settings, formulation.book
    ).length
    of_some = length[candidates.bundle[ranges(first[some], size[some])]]
    shortest = -of_some[
        first_best(-of_some.astype(float), np.concatenate([[0], np.cumsum(size[some])]))
    ]
    text[some] = np.where(-shortest > len(formulation.book.periods), NO_TIME, NO_GROUP)
    text[np.isin(units, candidates.unit[formulation.barred])] = NOT_NOW
    text[~formulation.units.agreed[units]] = NO_CONSENT
    return np.asarray(text)


def outbid_by(
    formulation: Formulation, selection: Selection, offers: Codes
) -> tuple[ObjectArray, Floats]:
    """Return (offers,) the resource that makes up most of each offer's price, and how much."""
    rows, book = formulation.rows, formulation.book
    use = sp.csc_array(formulation.problem.use[:, offers])
    text = np.full(offers.size, NOT_WHOLE, dtype=object)
    filled = np.flatnonzero(np.diff(use.indptr))
    cost = use.data * selection.price[use.indices]
    best = first_best(cost, np.append(use.indptr[filled], use.indptr[-1]))
    row = use.indices[best].astype(np.int64)
    resource = np.array(rows.resource, dtype=object)[row]
    words = np.full(row.size, "what a rule of fairness asks for", dtype=object)
    words[resource == "budget"] = "the money"
    words[resource == "must_serve"] = "what a must-serve rule asks for"
    hours = resource == "hours"
    words[hours] = "the hours of " + named(book.roles, rows.role[row[hours]])
    place = np.isin(resource, ("places", "quorum"))
    words[place] = "a place in " + named(book.interventions, rows.intervention[row[place]])
    cap = resource == "cap"
    words[cap] = "the cap on " + named(book.interventions, rows.intervention[row[cap]])
    words[place & (rows.family[row] >= 0)] = "help for the parents"
    full = resource == "caseload"
    words[full] = "the caseload of " + named(book.roles, rows.role[row[full]])
    words[resource == "at_once"] = "what a family may have at once"
    dear = cost[best] > 0
    text[filled[dear]] = words[dear] + " would do more good for others"
    whole = dear & place & formulation.terms.whole[rows.intervention[row]]
    text[filled[whole]] = NO_CLASS
    most = np.zeros(offers.size)
    most[filled] = cost[best]
    return text, most


def lacking_role(formulation: Formulation, offers: Codes) -> Ints:
    """Return (offers,) a role of which an offer takes hours that are not there; -1 for none."""
    pieces, staff, book = formulation.pieces, formulation.staff, formulation.book
    there = np.zeros((len(book.roles), len(book.sites), len(book.periods)))
    team = staff.way_team
    np.add.at(
        there,
        (staff.way_role, staff.way_site, staff.period[team]),
        staff.hours[team] * staff.rate[team],
    )
    running = formulation.running
    np.subtract.at(there, (running.role, running.site, running.period), running.hours)
    piece, role, period, _ = work(pieces, formulation.terms)
    dry = there[role, pieces.site[piece], period] <= 0
    lacks = np.full(pieces.size, -1, dtype=np.int64)
    lacks[piece[dry]] = role[dry]
    joins = group_of(pieces, formulation.terms)
    member = np.flatnonzero(joins >= 0)
    for _ in range(2):  # a pupil joins a family, which joins a group of parents
        lacks[member] = np.maximum(lacks[member], lacks[joins[member]])
    made_of = formulation.offers.made_of[:, offers].tocoo()
    found = np.full(offers.size, -1, dtype=np.int64)
    np.maximum.at(found, made_of.col, lacks[made_of.row])
    return found
