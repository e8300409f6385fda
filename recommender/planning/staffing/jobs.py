"""Cases: the hours that a plan and running help ask for, and the people who may give them.

A case is a pupil in an intervention (a segment counts its pupils), or a session of groups that
start together.  What one case asks of one role over all its periods is a *job*; one person does it
whole, if anybody can.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from recommender.matching import names_listed
from recommender.matching.candidates import Candidates
from recommender.planning.formulation.formulation import Formulation
from recommender.planning.formulation.indexing import Bools, Floats, Ints, distinct
from recommender.planning.formulation.limits import PieceKind, some_pieces, work
from recommender.planning.formulation.rules.caseload import running_cases
from recommender.planning.selection.selection import WHOLE, Selection

SLIVER = 1e-9
"""Hours too few to be more than the rounding of a sum."""

RUNNING = -1
"""Stands for the start period of help that is already running."""


@dataclass(frozen=True, eq=False, slots=True)
class Cases:
    """Hours to be done, one line a job and hours row, sorted by row; the largest first.

    Attributes:
        row: (cases,) the hours row.
        unit: (cases,) row of ``cohort.units``, or -1 for a session.
        piece: (cases,) the GROUP piece of a session, or -1.
        intervention: (cases,) codes.
        start: (cases,) the period in which it starts, or RUNNING.
        hours: (cases,) > 0.
        copies: (cases,) pupils or groups that take them, each as many; 1 where in parts.
        weight: (cases,) what one copy counts for among the cases that a person has at once.
        job: (cases,) the job of each, numbered from 0.
    """

    row: Ints
    unit: Ints
    piece: Ints
    intervention: Ints
    start: Ints
    hours: Floats
    copies: Floats
    weight: Floats
    job: Ints


def cases_of(formulation: Formulation, selection: Selection) -> Cases:
    """Return the hours that the plan and running help ask for."""
    pieces, running = formulation.pieces, formulation.running
    row_of = hours_row(formulation)
    made_of = formulation.offers.made_of[:, selection.offer].tocoo()
    place = pieces.kind[made_of.row] == PieceKind.PLACE
    offered, piece = made_of.col[place].astype(np.int64), made_of.row[place].astype(np.int64)
    (helped, piece), line = distinct(selection.unit[offered], piece)
    pupils = np.bincount(line, weights=selection.pupils[offered], minlength=piece.size)
    part, role, period, hours = work(some_pieces(pieces, piece), formulation.terms)
    unit_piece = piece[part]
    groups = np.flatnonzero((pieces.kind == PieceKind.GROUP) & (selection.piece > 0))
    session, session_role, session_period, session_hours = work(
        some_pieces(pieces, groups), formulation.terms
    )
    session = groups[session]
    row = np.concatenate(
        [
            row_of[role, pieces.site[unit_piece], period],
            row_of[session_role, pieces.site[session], session_period],
            row_of[running.role, running.site, running.period],
        ]
    )
    nobody = np.full(part.size, -1)
    unit = np.concatenate([helped[part], np.full(session.size, -1), running.unit])
    which = np.concatenate([nobody, session, np.full(running.unit.size, -1)])
    what = np.concatenate(
        [pieces.intervention[unit_piece], pieces.intervention[session], running.intervention]
    )
    start = np.concatenate(
        [
            pieces.period[unit_piece],
            pieces.period[session],
            np.full(running.unit.size, RUNNING),
        ]
    )
    copies = np.concatenate(
        [
            pupils[part],
            selection.piece[session],
            formulation.units.count[running.unit],
        ]
    )
    lines = running_cases(running, formulation.units, formulation.terms, row_of.shape[0])
    counts = np.ones(copies.size)
    counts[part.size + session.size :] = lines / copies[part.size + session.size :]
    amount = copies * np.concatenate([hours, session_hours, np.zeros(running.unit.size)])
    amount[part.size + session.size :] = running.hours
    (row, unit, which, what, start), line = distinct(row, unit, which, what, start)
    total = np.bincount(line, weights=amount, minlength=row.size).astype(np.float64)
    # a role that an intervention names twice asks for the same pupils twice
    times = np.zeros(row.size)
    np.maximum.at(times, line, copies)
    weight = np.zeros(row.size)
    np.maximum.at(weight, line, counts)
    whole = np.abs(times - np.rint(times)) <= WHOLE
    times = np.where(whole, np.maximum(np.rint(times), 1.0), 1.0)
    _, job = distinct(formulation.rows.role[row], unit, which, what, start)
    order = np.lexsort((start, what, which, unit, -total, row))
    return Cases(
        row[order],
        unit[order],
        which[order],
        what[order],
        start[order],
        total[order],
        times[order],
        weight[order],
        job[order],
    )


def hours_row(formulation: Formulation) -> Ints:
    """Return (roles, sites, periods) the hours row of each, -1 where there is none."""
    rows, book = formulation.rows, formulation.book
    shape = (len(book.roles), len(book.sites), len(book.periods))
    row_of = np.full(shape, -1, dtype=np.int64)
    at = np.flatnonzero([name == "hours" for name in rows.resource])
    row_of[rows.role[at], rows.site[at], rows.period[at]] = at
    return row_of


def child_of(formulation: Formulation, unit: Ints, piece: Ints) -> Ints:
    """Return (k,) the unit a case is about: its own, of parents their first child, else -1.

    Args:
        formulation: the problem with its meaning.
        unit, piece: (k,) codes, as in ``Cases``.
    """
    family, of_piece = formulation.units.family, formulation.pieces.family
    first = np.full(int(family.max(initial=-1)) + 2, -1, dtype=np.int64)
    rows = np.flatnonzero(family >= 0)[::-1]
    first[family[rows]] = rows
    parents = np.where(piece >= 0, np.append(of_piece, -1)[piece], -1)
    return np.asarray(np.where(unit >= 0, unit, first[parents]), dtype=np.int64)


@dataclass(frozen=True, eq=False, slots=True)
class Staffing:
    """Who may give hours to which rows; a *post* is a professional in one period.

    Attributes:
        person: (posts,) the professional of every row of ``resources.professionals``, numbered in
            the order of ids.
        hours: (posts,) that can be given to pupils, travel taken off.
        post, way, row: (pairs,) a post, a way of its team and the hours row of that way, sorted by
            row, then post.
        own: (pairs,) whether the role is named for the post, rather than one it may act as.
    """

    person: Ints
    hours: Floats
    post: Ints
    way: Ints
    row: Ints
    own: Bools


def staffing_of(formulation: Formulation, selection: Selection) -> Staffing:
    """Return who may give hours to which rows."""
    staff, people = formulation.staff, formulation.resources.professionals
    post, way = staff.of_members()
    row = selection.way_row[way]
    order = np.lexsort((post, row))
    post, way, row = post[order], way[order], row[order]
    named = names_listed(people["role"], formulation.book.roles)
    _, person = np.unique(
        people["professional_id"].to_numpy(dtype=object).astype(str), return_inverse=True
    )
    hours = people["hours"].to_numpy(dtype=np.float64) * staff.rate[staff.member_of]
    return Staffing(
        person=person.astype(np.int64),
        hours=np.asarray(hours, dtype=np.float64),
        post=post,
        way=way,
        row=row,
        own=named[post, staff.way_role[way]],
    )


@dataclass(frozen=True, eq=False, slots=True)
class Givers:
    """Who gives a unit help already, as persons of ``Staffing``; -1 where nobody is named.

    Attributes:
        same: (k,) the same help.
        any_help: (k,) any help.
    """

    same: Ints
    any_help: Ints


def family_codes(candidates: Candidates) -> Ints:
    """Return (units,) the family of every unit; who has none is one alone."""
    units = candidates.cohort.units
    named = (units["family_id"] != "").to_numpy(dtype=np.bool_)
    alone = int(np.count_nonzero(~named))
    codes = np.empty(named.size, dtype=np.int64)
    codes[~named] = np.arange(alone)
    codes[named] = alone + pd.factorize(units["family_id"][named], sort=True)[0]
    return codes


def speaks(formulation: Formulation, candidates: Candidates) -> Bools:
    """Return (posts, languages + 1) which languages are listed for each; the last column is none.

    Languages are those of units, in the order of ``languages_of``.
    """
    people = formulation.resources.professionals
    names = languages_of(candidates)
    texts, text = np.unique(
        people["languages"].to_numpy(dtype=object).astype(str), return_inverse=True
    )
    found = np.zeros((texts.size, len(names) + 1), dtype=np.bool_)
    for number, said in enumerate(texts.tolist()):
        spoken = {name.strip().casefold() for name in said.split(";")}
        found[number, : len(names)] = [name in spoken for name in names]
    return np.asarray(found[text])


def languages_of(candidates: Candidates) -> list[str]:
    """Return the languages of units, sorted, without case."""
    said = candidates.cohort.units["language"].unique()
    return sorted({str(name).strip().casefold() for name in said} - {""})


def language_codes(candidates: Candidates) -> Ints:
    """Return (units,) the language of every unit as a code of ``languages_of``; -1 for none."""
    names = pd.Index(languages_of(candidates), dtype=object)
    said = candidates.cohort.units["language"].str.strip().str.casefold()
    return np.asarray(names.get_indexer(pd.Index(said.astype(object))), dtype=np.int64)


def givers_of(formulation: Formulation, candidates: Candidates, unit: Ints, what: Ints) -> Givers:
    """Return who gives running help to units already, as far as commitments say.

    Args:
        formulation, candidates: the problem with its meaning, and what it was formulated from.
        unit, what: (k,) row of ``cohort.units``, or -1, and intervention.
    """
    frame = candidates.cohort.commitments
    same, any_help = np.full(unit.size, -1, np.int64), np.full(unit.size, -1, np.int64)
    if "professional_id" not in frame or not len(frame):
        return Givers(same, any_help)
    people = np.unique(
        formulation.resources.professionals["professional_id"].to_numpy(dtype=object).astype(str)
    )
    who = pd.Index(people.astype(object)).get_indexer(pd.Index(frame["professional_id"]))
    ids = pd.Index(candidates.cohort.units["unit_id"])
    helped = ids.get_indexer(pd.Index(frame["unit_id"]))
    help_ = pd.Index(formulation.book.interventions).get_indexer(pd.Index(frame["intervention"]))
    known = (who >= 0) & (helped >= 0)
    who, helped, help_ = (np.asarray(codes[known], np.int64) for codes in (who, helped, help_))
    size = len(formulation.book.interventions) + 1
    return Givers(
        same=_found(helped * size + help_, who, np.where(unit < 0, -2, unit * size + what)),
        any_help=_found(helped, who, unit),
    )


def _found(keys: Ints, values: Ints, asked: Ints) -> Ints:
    """Return (k,) the first value of every key that is asked, -1 where there is none."""
    known, first = np.unique(keys, return_index=True)
    if not known.size:
        return np.full(asked.size, -1, dtype=np.int64)
    at = np.minimum(np.searchsorted(known, asked), known.size - 1)
    return np.asarray(np.where(known[at] == asked, values[first][at], -1), dtype=np.int64)
