"""Assignments: who is offered what and what it is worth, who is not and why not."""

from __future__ import annotations

import numpy as np
import pandas as pd

from recommender.matching import (
    Candidates,
    MatchingSettings,
    benefit_error,
    benefit_parts,
    cautious,
)
from recommender.planning.formulation.conditions import ObjectArray
from recommender.planning.formulation.formulation import Formulation
from recommender.planning.formulation.indexing import Codes, Floats, Ints, first_best, ranges
from recommender.planning.formulation.labels import bundle_names, named, offer_names, tidy_frame
from recommender.planning.formulation.limits import PieceKind
from recommender.planning.formulation.offers import members_of
from recommender.planning.formulation.units import counting_interventions
from recommender.planning.selection.duties import CAUSES, Owing, counted
from recommender.planning.selection.group_prices import price_of_membership
from recommender.planning.selection.reasons import DRY, OWED, Waiting, reasons_of
from recommender.planning.selection.selection import Selection


def assignments_of(
    formulation: Formulation,
    selection: Selection,
    candidates: Candidates,
    matching: MatchingSettings,
) -> pd.DataFrame:
    """Return the assignments: one row for every unit, bundle and intervention (see ``Plan``).

    What a bundle is worth is shared out by what each member adds to it, its standard error in the
    same shares.  The price paid is that of the hours, places, money and caps of the member, and of
    its membership where it meets in groups; what a statutory rule adds to the worth of serving the
    pupil is taken off the price of the first member that counts.
    """
    units, book, pieces = candidates.cohort.units, formulation.book, formulation.pieces
    made_of = formulation.offers.made_of[:, selection.offer].tocoo()
    place = np.flatnonzero(pieces.kind[made_of.row] == PieceKind.PLACE)
    line, piece = made_of.col[place].astype(np.int64), made_of.row[place].astype(np.int64)
    what = pieces.intervention[piece]
    order = np.lexsort((what, line))
    line, piece, what = line[order], piece[order], what[order]

    bundle = candidates.bundle[selection.candidate].astype(np.int64)
    period = formulation.offers.period[selection.offer]
    pupils = selection.pupils[line]
    waited = formulation.waited[period[line]]
    part, error = _parts(candidates, matching, selection.candidate, line, what)
    worth = cautious(part, error, candidates.caution)
    paid = price_of_members(formulation, selection, line, piece)
    other = runner_up(formulation, selection)
    status = np.where(
        counted(formulation, selection.offer),
        "must_serve",
        np.where(candidates.required[selection.unit] >= 0, "required", "proposed"),
    ).astype(object)
    next_best = offers_named(formulation, candidates, other)
    unit = selection.unit[line]
    frame = pd.DataFrame(
        {
            "unit_id": units["unit_id"].to_numpy(dtype=object)[unit],
            "site": named(book.sites, formulation.units.site[unit]),
            "intervention": named(book.interventions, what),
            "period": named(book.periods, period[line]),
            "units": pupils,
            "benefit": part * waited * pupils,
            "standard_error": error * waited * pupils,
            "price_paid": paid * pupils,
            "net_value": (worth * waited * formulation.units.priority[unit] - paid) * pupils,
            "runner_up": next_best[line],
            "status": status[line],
            "bundle": bundle_names(candidates)[bundle[line]],
            "lot": formulation.units.lot[unit],
            **_later(formulation, piece, period[line]),
            **_first(formulation.units.priority, unit),
        }
    )
    order = np.lexsort((what, bundle[line], period[line], unit))
    return tidy_frame(frame.iloc[order])


def _first(priority: Floats, unit: Ints) -> dict[str, Floats]:
    """Return how many times the benefit of each line counts, where anybody goes first."""
    return {} if np.all(priority == 1.0) else {"priority": priority[unit]}


def _later(formulation: Formulation, piece: Ints, period: Ints) -> dict[str, ObjectArray]:
    """Return the period in which each member starts, where a bundle does not start all at once."""
    begins = formulation.pieces.period[piece]
    if np.array_equal(begins, period):
        return {}
    return {"starts": named(formulation.book.periods, begins)}


def _parts(
    candidates: Candidates,
    matching: MatchingSettings,
    candidate: Codes,
    line: Ints,
    what: Ints,
) -> tuple[Floats, Floats]:
    """Return (lines,) what each member adds to one pupil's benefit, and its standard error."""
    parts = benefit_parts(candidates, matching, candidate)
    total = benefit_error(candidates, matching, candidate)
    table = members_of(candidates)
    slot = np.argmax(table[candidates.bundle[candidate][line]] == what[:, None], axis=1)
    part = parts[line, slot]
    size = np.abs(parts).sum(axis=1)
    count = np.bincount(line, minlength=size.size)
    share = np.where(
        size[line] > 0,
        np.abs(part) / np.where(size > 0, size, 1.0)[line],
        1.0 / np.maximum(count, 1)[line],
    )
    return part, share * total[line]


def price_of_members(
    formulation: Formulation, selection: Selection, line: Ints, piece: Ints
) -> Floats:
    """Return (lines,) the price one pupil pays for a member; lines of an offer stand together."""
    paid = selection.piece_price[piece] + price_of_membership(
        formulation, selection.links, selection.column[line], formulation.pieces.intervention[piece]
    )
    offers = selection.offer
    if not formulation.book.rules:
        return paid
    made_of = formulation.offers.made_of[:, offers]
    served = np.where(formulation.pieces.kind == PieceKind.SERVED, selection.piece_price, 0.0)
    worth = np.asarray(made_of.T @ served)
    rule = formulation.offers.rule[offers][line]
    counts = counting_interventions(formulation.settings, formulation.book)
    member = np.flatnonzero((rule >= 0) & counts[rule, formulation.pieces.intervention[piece]])
    _, first = np.unique(line[member], return_index=True)
    paid[member[first]] += worth[line[member[first]]]
    return paid


def runner_up(formulation: Formulation, selection: Selection) -> Ints:
    """Return (offered,) the best column the unit does not take, by net value; -1 is nothing."""
    start = formulation.problem.start
    block = formulation.block[selection.unit]
    if block.size == 0:
        return np.empty(0, dtype=np.int64)
    blocks, which = np.unique(block, return_inverse=True)
    size = start[blocks + 1] - start[blocks]
    columns = ranges(start[blocks], size)
    net = selection.net[columns]
    net[np.searchsorted(columns, selection.column)] = -np.inf
    best = first_best(net, np.concatenate([[0], np.cumsum(size)]))
    found = np.where(net[best] > 0, columns[best], -1)
    return np.asarray(found[which], dtype=np.int64)


def offers_named(formulation: Formulation, candidates: Candidates, column: Ints) -> ObjectArray:
    """Return (k,) "bundle@period" of columns of units, "nothing" for -1."""
    if formulation.candidate.size == 0:
        return np.full(column.size, "nothing", dtype=object)
    at = np.maximum(column, 0)
    bundle = np.where(column < 0, -1, candidates.bundle[formulation.candidate[at]])
    period = formulation.offers.period[formulation.problem.offer[at]]
    return offer_names(bundle_names(candidates), formulation.book, bundle, period)


def not_served_of(
    formulation: Formulation,
    selection: Selection,
    candidates: Candidates,
    waiting: Waiting,
    owing: Owing,
) -> pd.DataFrame:
    """Return unit_id, site, reason, best_alternative, benefit_forgone, pupils, lot, rule, cause.

    The best alternative is the one that comes nearest to being worth its price (see ``Plan``).
    """
    reason = reasons_of(formulation, selection, candidates, waiting)
    cause = owing.cause[waiting.unit]
    lacks_hours = cause == CAUSES.index("no_hours")
    outbid = np.array([not text.startswith(DRY) for text in reason], dtype=np.bool_)
    reason[lacks_hours & outbid] = OWED
    none = waiting.column < 0
    worth = formulation.benefit
    value = worth[np.maximum(waiting.column, 0)] if worth.size else np.zeros(none.size)
    alternative = offers_named(formulation, candidates, waiting.column)
    frame = pd.DataFrame(
        {
            "unit_id": candidates.cohort.units["unit_id"].to_numpy(dtype=object)[waiting.unit],
            "site": named(formulation.book.sites, formulation.units.site[waiting.unit]),
            "reason": reason,
            "best_alternative": alternative,
            "benefit_forgone": np.where(none, 0.0, value * waiting.pupils),
            "pupils": waiting.pupils,
            "lot": formulation.units.lot[waiting.unit],
            "rule": named(formulation.book.rules, formulation.units.duty[waiting.unit]),
            "cause": named(CAUSES, cause),
        }
    )
    return tidy_frame(frame)
