"""Caseload: who does what - the plan's hours laid on professionals, adding up exactly.

``caseload_of`` says who does what.  ``described`` tells of any such table what it comes to: which
cases are divided, where language does not match, who coordinates a family.  It needs no solver, so
a caseload that was read back is told of in the same words.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from recommender.matching.candidates import Candidates
from recommender.planning.formulation.days import days_named, days_of, shared_days
from recommender.planning.formulation.formulation import Formulation
from recommender.planning.formulation.indexing import Bools, Floats, Ints, distinct
from recommender.planning.formulation.rules.caseload import most_at_once
from recommender.planning.selection.selection import Selection, with_spent
from recommender.planning.staffing.assign import who_does_what
from recommender.planning.staffing.jobs import (
    Cases,
    cases_of,
    child_of,
    family_codes,
    givers_of,
    hours_row,
    language_codes,
    speaks,
    staffing_of,
)

NOBODY = ""
"""Stands where a professional's id would, for hours of running help that nobody has."""

KEYS = ("professional_id", "role", "site", "period", "case", "intervention")
"""The columns that tell the lines of a caseload apart."""

BASE = ("professional_id", "role", "site", "period", "case", "hours", "intervention")
"""The columns that say who does what; those after them follow."""

CLOSE = 1e-7
"""How far the hours of a case may be from what it asks, relative to their size and at least 1."""

EVEN = 1e-6
"""How far from a whole number of pupils or groups the hours of one person may be."""


def caseload_of(
    formulation: Formulation, selection: Selection, candidates: Candidates, *, in_turn: bool = False
) -> pd.DataFrame:
    """Return professional_id, role, site, period, case, hours, intervention: who does what.

    The hours of every case add up to what it asks, in every role and period.  Hours of running
    help that nobody has stand under the professional "".  ``in_turn`` lays cases on hours without
    regard to who does how much of one.
    """
    cases, done = who_does_what(formulation, selection, candidates, in_turn=in_turn)
    rows, book = formulation.rows, formulation.book
    row, piece = cases.row[done.case], cases.piece[done.case]
    ids = np.append(formulation.resources.professionals["professional_id"].to_numpy(object), NOBODY)
    unit_ids = candidates.cohort.units["unit_id"].to_numpy(dtype=object)
    names = piece_names(formulation, np.unique(piece[piece >= 0]))
    session = np.array(["", *names.values()], dtype=object)
    which = np.searchsorted(np.fromiter(names, np.int64, len(names)), piece) + 1
    frame = pd.DataFrame(
        {
            "professional_id": ids[done.post],
            "role": np.array(book.roles, dtype=object)[rows.role[row]],
            "site": np.array(book.sites, dtype=object)[rows.site[row]],
            "period": np.array(book.periods, dtype=object)[rows.period[row]],
            "case": np.where(
                piece >= 0,
                session[np.where(piece >= 0, which, 0)],
                unit_ids[np.maximum(cases.unit[done.case], 0)] if unit_ids.size else "",
            ),
            "hours": done.hours,
            "intervention": np.array(book.interventions, dtype=object)[
                cases.intervention[done.case]
            ],
        }
    )
    frame = frame.groupby(list(KEYS), sort=True)["hours"].sum().reset_index()
    return in_plan_order(frame, book.periods)


def in_plan_order(frame: pd.DataFrame, periods: tuple[str, ...]) -> pd.DataFrame:
    """Return who does what (the columns ``BASE``) in the order of a plan."""
    turn = {name: place for place, name in enumerate(periods)}
    by = ["professional_id", "role", "site", "order", "case", "intervention"]
    order = frame["period"].map(turn).fillna(len(turn))
    frame = frame.assign(order=order).sort_values(by, kind="stable", ignore_index=True)
    return frame[list(BASE)].astype(
        dict.fromkeys([name for name in BASE if name != "hours"], "str")
    )


def piece_names(formulation: Formulation, pieces: Ints) -> dict[int, str]:
    """Return the name of every GROUP piece: "intervention/site/period/grade".

    Behind that stands the id of a family whose parents receive help, or in what pupils are alike.
    """
    book, table = formulation.book, formulation.pieces
    return {
        int(piece): "/".join(
            (
                book.interventions[table.intervention[piece]],
                book.sites[table.site[piece]],
                book.periods[table.period[piece]],
                "" if table.grade[piece] < 0 else str(book.grades[table.grade[piece]]),
                *((book.families[table.family[piece]],) if table.family[piece] >= 0 else ()),
                *((book.alike[table.alike[piece]],) if table.alike[piece] >= 0 else ()),
            )
        )
        for piece in pieces
    }


@dataclass(frozen=True, eq=False, slots=True)
class CaseloadLines:
    """The lines of a caseload as codes; -1 where a text stands for nothing.

    Attributes:
        post: (lines,) row of ``resources.professionals``, -1 also for nobody.
        way: (lines,) the way in which staff spend the hours.
        asked: (lines,) which of ``asked_of`` it is for.
        hours: (lines,) numbers.
        nobody: (lines,) whether the hours are nobody's.
    """

    post: Ints
    way: Ints
    asked: Ints
    hours: Floats
    nobody: Bools


@dataclass(frozen=True, eq=False, slots=True)
class Asked:
    """What a caseload is to add up to: hours of a role in a period for a unit or session.

    Attributes:
        row, unit, piece, intervention: (asked,) codes, as in ``Cases``.
        hours: (asked,) all of it.
        copies: (asked,) pupils or groups.
        weight: (asked,) what each counts for among the cases that a person has at once.
    """

    row: Ints
    unit: Ints
    piece: Ints
    intervention: Ints
    hours: Floats
    copies: Floats
    weight: Floats


def asked_of(cases: Cases) -> Asked:
    """Return what cases ask, whenever they started."""
    (row, unit, piece, what), where = distinct(
        cases.row, cases.unit, cases.piece, cases.intervention
    )
    size = row.size
    weight = np.zeros(size)
    np.maximum.at(weight, where, cases.weight)
    return Asked(
        row,
        unit,
        piece,
        what,
        hours=np.bincount(where, weights=cases.hours, minlength=size).astype(np.float64),
        copies=np.bincount(where, weights=cases.copies, minlength=size).astype(np.float64),
        weight=np.asarray(weight),
    )


def lines_of(
    frame: pd.DataFrame,
    asked: Asked,
    formulation: Formulation,
    selection: Selection,
    candidates: Candidates,
) -> CaseloadLines:
    """Return the lines of a caseload as codes.

    Args:
        frame: with the columns that say who does what.
        asked: what the plan and running help ask.
        formulation, selection, candidates: as the caseload was made from.
    """
    book, people = formulation.book, formulation.resources.professionals
    role, site, period = (
        _codes(names, frame[column])
        for column, names in (
            ("role", book.roles),
            ("site", book.sites),
            ("period", book.periods),
        )
    )
    known = (role >= 0) & (site >= 0) & (period >= 0)
    row = np.where(known, hours_row(formulation)[role, site, period], -1)

    units = _codes(candidates.cohort.units["unit_id"].tolist(), frame["case"])
    names = piece_names(formulation, np.unique(asked.piece[asked.piece >= 0]))
    pieces = np.append(np.fromiter(names, np.int64, len(names)), -1)
    piece = pieces[_codes(list(names.values()), frame["case"])]
    what = _codes(book.interventions, frame["intervention"])
    there = pd.MultiIndex.from_arrays([asked.row, asked.unit, asked.piece, asked.intervention])
    unit = np.where(piece >= 0, -1, units)
    at = there.get_indexer(pd.MultiIndex.from_arrays([row, unit, piece, what]))

    staffing = staffing_of(formulation, selection)
    ids = pd.Index(people["professional_id"].unique())
    pairs = pd.MultiIndex.from_arrays(
        [ids.get_indexer(pd.Index(people["professional_id"]))[staffing.post], staffing.row]
    )
    first = np.flatnonzero(~pairs.duplicated())
    who = _codes(ids.tolist(), frame["professional_id"])
    pair = pairs[first].get_indexer(pd.MultiIndex.from_arrays([who, row]))
    found = (pair >= 0) & (who >= 0) & (row >= 0)
    nobody = (frame["professional_id"] == NOBODY).to_numpy(dtype=np.bool_)
    return CaseloadLines(
        post=np.where(found, np.append(staffing.post[first], -1)[pair], -1),
        way=np.where(found, np.append(staffing.way[first], -1)[pair], -1),
        asked=np.where(row >= 0, at, -1).astype(np.int64),
        hours=frame["hours"].to_numpy(dtype=np.float64),
        nobody=nobody,
    )


def _codes(names: list[str] | tuple[str, ...], texts: pd.Series) -> Ints:
    at = pd.Index(names, dtype=object).get_indexer(pd.Index(texts.astype(object)))
    return np.asarray(at, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class CaseloadSummary:
    """What a caseload comes to, in numbers.

    Attributes:
        cases: jobs of one role for a pupil or session.
        divided: how many of them more than one person does, though no more pupils or groups.
        unmatched: cases of pupils or parents whose language is known, with a person who does not
            speak it.
        handed_over: cases of running help that somebody else goes on with than who gave it.
        apart: sessions that need several people who share no day, or whose person has none.
        overloaded: professionals with more cases at once than the rules allow.
    """

    cases: int
    divided: int
    unmatched: int
    handed_over: int
    apart: int
    overloaded: int


def described(
    frame: pd.DataFrame, formulation: Formulation, selection: Selection, candidates: Candidates
) -> tuple[pd.DataFrame, CaseloadSummary, Selection]:
    """Return a caseload with what follows from it, its numbers, and what is taken of staff.

    Args:
        frame: who does what (the columns ``BASE``).
        formulation, selection, candidates: as it was made from.

    Returns:
        The frame with ``match`` (language: the person speaks that of the pupil; none: not; empty
        where neither is known), ``split`` (yes where a case is divided over people), ``day`` (of a
        session: the days on which this professional and one of every other role it needs are
        there; none; empty where every day suits all) and ``coordinator`` (the professional who
        coordinates the family of a pupil); the numbers; and
        what is taken with the hours spent where this caseload spends them.
    """
    asked = asked_of(cases_of(formulation, selection))
    lines = lines_of(frame, asked, formulation, selection, candidates)
    spent = np.zeros(formulation.staff.way_team.size)
    at = lines.way >= 0
    np.add.at(spent, lines.way[at], lines.hours[at])
    rate = formulation.staff.rate[formulation.staff.way_team]
    spent = np.divide(spent, rate, out=np.zeros_like(spent), where=rate > 0)

    case = _case_of(lines, asked, formulation)
    divided = _divided(frame, lines, asked, case)
    child = child_of(formulation, asked.unit, asked.piece)
    unit = np.where(lines.asked >= 0, np.append(child, -1)[lines.asked], -1)
    match = _match(lines, unit, formulation, candidates)
    day = _day(lines, asked, formulation)
    told = CaseloadSummary(
        cases=int(np.unique(case[case >= 0]).size),
        divided=int(np.unique(case[divided & (case >= 0)]).size),
        unmatched=int(np.unique(case[match == "none"]).size),
        handed_over=_handed_over(lines, asked, case, formulation, selection, candidates),
        apart=int(np.unique(case[day == "none"]).size),
        overloaded=overloaded(lines, asked, formulation),
    )
    whole = frame[list(BASE)].assign(
        match=pd.Series(match, index=frame.index, dtype="str"),
        split=pd.Series(np.where(divided, "yes", ""), index=frame.index, dtype="str"),
        day=pd.Series(day, index=frame.index, dtype="str"),
        coordinator=pd.Series(
            _coordinator(frame, lines, unit, formulation, candidates),
            index=frame.index,
            dtype="str",
        ),
    )
    return whole, told, with_spent(formulation, selection, spent)


def _case_of(lines: CaseloadLines, asked: Asked, formulation: Formulation) -> Ints:
    """Return (lines,) the case of one role that every line is part of, -1 for none."""
    row = asked.row
    _, case = distinct(
        formulation.rows.role[row],
        formulation.rows.site[row],
        asked.unit,
        asked.piece,
        asked.intervention,
    )
    return np.where(lines.asked >= 0, np.append(case, -1)[lines.asked], -1)


def _divided(frame: pd.DataFrame, lines: CaseloadLines, asked: Asked, case: Ints) -> Bools:
    """Return (lines,) whether the case is divided over people.

    It is not where each has a whole number of its pupils or groups, and the same ones throughout.
    """
    at = np.maximum(lines.asked, 0)
    if not asked.hours.size:
        return np.zeros(len(frame), dtype=np.bool_)
    each = asked.hours[at] / asked.copies[at]
    times = np.divide(lines.hours, each, out=np.zeros_like(each), where=each > 0)
    uneven = np.abs(times - np.rint(times)) > EVEN * np.maximum(times, 1.0)
    who = pd.factorize(frame["professional_id"])[0].astype(np.int64)
    (of_case, _), mine = distinct(case, who)
    people = np.bincount(of_case + 1)
    most, least = np.zeros(of_case.size), np.full(of_case.size, np.inf)
    np.maximum.at(most, mine, times)
    np.minimum.at(least, mine, times)
    periods = np.bincount(np.unique(np.stack([case, lines.asked]), axis=1)[0] + 1)
    changing = most - least > EVEN * np.maximum(most, 1.0)
    changing |= np.bincount(mine, minlength=of_case.size) < periods[of_case + 1]
    # the pupils of a segment may start at different times
    alike = (asked.piece[at] >= 0) | (asked.copies[at] == 1)
    wrong = uneven | (changing[mine] & alike)
    bad = np.zeros(people.size, dtype=np.bool_)
    np.logical_or.at(bad, case + 1, wrong)
    return np.asarray((case >= 0) & (people[case + 1] > 1) & bad[case + 1])


def _match(
    lines: CaseloadLines, unit: Ints, formulation: Formulation, candidates: Candidates
) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
    """Return (lines,) language, none, or "" where nothing can be said."""
    language = language_codes(candidates)
    of_unit = np.where(unit >= 0, np.append(language, -1)[unit], -1)
    listed = (formulation.resources.professionals["languages"] != "").any()
    told = (of_unit >= 0) & (lines.post >= 0) & bool(listed)
    spoken = told & _spoken(formulation, candidates, lines, of_unit)
    return np.where(told, np.where(spoken, "language", "none"), "").astype(object)


def _spoken(
    formulation: Formulation, candidates: Candidates, lines: CaseloadLines, language: Ints
) -> Bools:
    said = speaks(formulation, candidates)
    if not said.size:
        return np.zeros(language.size, dtype=np.bool_)
    return np.asarray(said[np.maximum(lines.post, 0), language])


def _day(
    lines: CaseloadLines, asked: Asked, formulation: Formulation
) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
    """Return (lines,) the days of a session, none, or "" where every day suits all."""
    found = np.full(lines.hours.size, "", dtype=object)
    session = np.where(child_of(formulation, asked.unit, asked.piece) < 0, asked.piece, -1)
    piece = np.where(lines.asked >= 0, np.append(session, -1)[lines.asked], -1)
    at = np.flatnonzero((piece >= 0) & (lines.post >= 0))
    row = asked.row[lines.asked[at]] if at.size else at
    days = days_of(formulation.resources.professionals)[lines.post[at]]
    _, session = distinct(piece[at], formulation.rows.period[row])
    shared = shared_days(days, session, formulation.rows.role[row])
    limited = np.zeros(int(session.max(initial=-1)) + 1, dtype=np.bool_)
    np.logical_or.at(limited, session, ~days.all(axis=1))
    found[at] = np.where(limited[session], days_named(shared), "")
    return found


def _handed_over(
    lines: CaseloadLines,
    asked: Asked,
    case: Ints,
    formulation: Formulation,
    selection: Selection,
    candidates: Candidates,
) -> int:
    """Return how many cases of running help somebody else goes on with."""
    running = formulation.running
    keys = pd.MultiIndex.from_arrays([running.unit, running.intervention])
    there = pd.MultiIndex.from_arrays([asked.unit, asked.intervention])
    goes_on = np.append(there.isin(keys) & (asked.piece < 0), False)[lines.asked]
    giver = givers_of(formulation, candidates, asked.unit, asked.intervention).same
    mine = np.append(giver, -1)[lines.asked]
    person = np.append(staffing_of(formulation, selection).person, -1)[lines.post]
    return int(np.unique(case[goes_on & (mine >= 0) & (person != mine)]).size)


def unmet(
    frame: pd.DataFrame, formulation: Formulation, selection: Selection, candidates: Candidates
) -> tuple[Ints, Ints, list[str]]:
    """Return what in a caseload does not add up: lines for nothing, lines with wrong hours, words.

    Args:
        frame: who does what (the columns ``BASE``).
        formulation, selection, candidates: as it was made from.
    """
    asked = asked_of(cases_of(formulation, selection))
    lines = lines_of(frame, asked, formulation, selection, candidates)
    known = np.flatnonzero(lines.asked >= 0)
    done = np.bincount(lines.asked[known], weights=lines.hours[known], minlength=asked.hours.size)
    wrong = np.abs(done - asked.hours) > CLOSE * np.maximum(1.0, asked.hours)
    bad = known[wrong[lines.asked[known]]]
    _, first = np.unique(lines.asked[bad], return_index=True)
    words = []
    missing = np.setdiff1d(np.flatnonzero(wrong), lines.asked[known])
    if missing.size:
        words.append(f"caseload.csv: nobody does {missing.size} of the cases, or parts of them")
    lent = selection.lent
    free = known[lines.nobody[known]]
    alone = np.bincount(
        asked.row[lines.asked[free]], weights=lines.hours[free], minlength=lent.size
    )
    if np.any(np.abs(alone - lent) > 1e-6 * np.maximum(1.0, lent)):
        words.append("caseload.csv: hours of nobody are not those that running help lacks")
    return np.flatnonzero(lines.asked < 0), bad[first], words


def _coordinator(
    frame: pd.DataFrame,
    lines: CaseloadLines,
    unit: Ints,
    formulation: Formulation,
    candidates: Candidates,
) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
    """Return (lines,) who coordinates the family of the pupil or parents; "" for sessions.

    Who has a role that the rules name first, then who gives the family most hours, then the first
    by id: one for every family.
    """
    found = np.full(len(frame), "", dtype=object)
    at = np.flatnonzero((unit >= 0) & (lines.post >= 0))
    if not at.size:
        return found
    family = family_codes(candidates)[unit]
    names, who = np.unique(
        frame["professional_id"].to_numpy(dtype=object).astype(str), return_inverse=True
    )
    turn = {name: place for place, name in enumerate(formulation.settings.coordinators)}
    rank = frame["role"].map(turn).fillna(len(turn)).to_numpy(dtype=np.int64)
    (of_family, person), pair = distinct(family[at], who[at])
    hours = np.bincount(pair, weights=lines.hours[at], minlength=person.size)
    first = np.full(person.size, len(turn))
    np.minimum.at(first, pair, rank[at])
    order = np.lexsort((person, -hours, first, of_family))
    families, best = np.unique(of_family[order], return_index=True)
    chosen = np.full(int(families.max(initial=-1)) + 1, -1)
    chosen[families] = person[order][best]
    there = np.flatnonzero(unit >= 0)
    helped = np.isin(family[there], families)
    found[there[helped]] = names[chosen[family[there[helped]]]]
    return found


def overloaded(lines: CaseloadLines, asked: Asked, formulation: Formulation) -> int:
    """Return how many professionals have more cases at once than the rules allow."""
    most = most_at_once(
        formulation.resources.professionals,
        formulation.resources.roles,
        formulation.settings,
        formulation.book,
    )
    at = np.flatnonzero((lines.post >= 0) & (lines.asked >= 0))
    role = formulation.rows.role[asked.row[lines.asked[at]]]
    limit = most[lines.post[at], role]
    at, role = at[np.isfinite(limit)], role[np.isfinite(limit)]
    if not at.size:
        return 0
    each = asked.hours[lines.asked[at]] / asked.copies[lines.asked[at]]
    times = np.maximum(np.ceil(lines.hours[at] / each - EVEN), 1.0) * asked.weight[lines.asked[at]]
    (post, of_role), where = distinct(lines.post[at], role)
    over = np.bincount(where, weights=times) > most[post, of_role] + EVEN
    ids = formulation.resources.professionals["professional_id"].to_numpy(dtype=object)
    return int(np.unique(ids[post[over]].astype(str)).size)
