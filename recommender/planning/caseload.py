"""Caseload: who does what - the plan's hours laid on professionals, adding up exactly.

Whole cases go first to the first professional with enough hours left for them, largest first;
what is left of the cases is then divided over what is left of the hours.  Everything is sorted, so
the same plan always gives the same caseload.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from recommender.matching.candidates import Candidates
from recommender.planning.codes import Floats, Ints, ranges
from recommender.planning.formulate import Formulation
from recommender.planning.limits import Kind, chosen, work
from recommender.planning.taken import Taken, hours_needed

SLIVER = 1e-9
"""Hours too few to be more than the rounding of a sum."""

PASSES = 4
"""How often a professional is offered the cases that are still open, the largest first."""

NOBODY = ""
"""Stands where a professional's id would, for hours of running help that nobody has."""


@dataclass(frozen=True, eq=False, slots=True)
class Cases:
    """Hours to be done, sorted by row; the largest first.

    Attributes:
        row: (cases,) the hours row.
        unit: (cases,) row of ``cohort.units``, or -1 for a session.
        piece: (cases,) the GROUP piece of a session, or -1.
        intervention: (cases,) codes.
        hours: (cases,) > 0.
    """

    row: Ints
    unit: Ints
    piece: Ints
    intervention: Ints
    hours: Floats


@dataclass(frozen=True, eq=False, slots=True)
class Hands:
    """Hours that can do it, sorted by row, then professional.

    Attributes:
        row: (hands,) the hours row.
        professional: (hands,) row of ``resources.professionals``, or -1 for nobody.
        hours: (hands,) > 0, given to pupils.
    """

    row: Ints
    professional: Ints
    hours: Floats


def caseload_of(formulation: Formulation, taken: Taken, candidates: Candidates) -> pd.DataFrame:
    """Return professional_id, role, site, period, case, hours, intervention: who does what.

    The hours of every row add up to what the plan uses of it.  Hours of running help that nobody
    has stand under the professional "".
    """
    cases, hands = _cases(formulation, taken), _hands(formulation, taken)
    case, hand, hours = fill(cases.row, cases.hours, hands.row, hands.hours)
    rows, book = formulation.rows, formulation.book
    row, piece = cases.row[case], cases.piece[case]
    ids = np.append(formulation.resources.professionals["professional_id"].to_numpy(object), NOBODY)
    unit_ids = candidates.cohort.units["unit_id"].to_numpy(dtype=object)
    names = session_names(formulation, np.unique(piece[piece >= 0]))
    session = np.array(["", *names.values()], dtype=object)
    which = np.searchsorted(np.fromiter(names, np.int64, len(names)), piece) + 1
    frame = pd.DataFrame(
        {
            "professional_id": ids[hands.professional[hand]],
            "role": np.array(book.roles, dtype=object)[rows.role[row]],
            "site": np.array(book.sites, dtype=object)[rows.site[row]],
            "period": np.array(book.periods, dtype=object)[rows.period[row]],
            "case": np.where(
                piece >= 0,
                session[np.where(piece >= 0, which, 0)],
                unit_ids[np.maximum(cases.unit[case], 0)] if unit_ids.size else "",
            ),
            "hours": hours,
            "intervention": np.array(book.interventions, dtype=object)[cases.intervention[case]],
            "order": rows.period[row],
        }
    )
    by = ["professional_id", "role", "site", "order", "case", "intervention"]
    frame = frame.groupby([*by, "period"], sort=True)["hours"].sum().reset_index()
    columns = ["professional_id", "role", "site", "period", "case", "hours", "intervention"]
    return frame.sort_values(by, kind="stable", ignore_index=True)[columns].astype(
        dict.fromkeys([name for name in columns if name != "hours"], "str")
    )


def session_names(formulation: Formulation, pieces: Ints) -> dict[int, str]:
    """Return the name of every GROUP piece: "intervention/site/period/grade"."""
    book, table = formulation.book, formulation.pieces
    return {
        int(piece): "/".join(
            (
                book.interventions[table.intervention[piece]],
                book.sites[table.site[piece]],
                book.periods[table.period[piece]],
                "" if table.grade[piece] < 0 else str(book.grades[table.grade[piece]]),
            )
        )
        for piece in pieces
    }


def fill(
    case_row: Ints, case_hours: Floats, hand_row: Ints, hand_hours: Floats
) -> tuple[Ints, Ints, Floats]:
    """Return which hours do which cases: case, hand and hours, (n,) each.

    In every row the hours of cases and of hands add up to the same.

    Args:
        case_row, case_hours: (cases,) sorted by row; within a row in the order of their turn.
        hand_row, hand_hours: (hands,) sorted by row; within a row in the order of their turn.
    """
    left = hand_hours.copy()
    open_cases = np.arange(case_row.size)
    found: list[tuple[Ints, Ints, Floats]] = []
    first = np.searchsorted(hand_row, case_row)
    turns = int(np.unique(hand_row, return_counts=True)[1].max(initial=0))
    for turn in range(turns):
        for _ in range(PASSES):
            hand = first[open_cases] + turn
            there = hand < hand_row.size
            there[there] &= hand_row[hand[there]] == case_row[open_cases[there]]
            room = np.zeros(open_cases.size)
            room[there] = left[hand[there]] * (1 + SLIVER) + SLIVER
            fitting = case_hours[open_cases] <= room
            some, hand, room = open_cases[fitting], hand[fitting], room[fitting]
            hours = case_hours[some]
            fits = _within(case_row[some], hours) + hours <= room
            found.append((some[fits], hand[fits], hours[fits]))
            np.subtract.at(left, hand[fits], hours[fits])
            open_cases = np.setdiff1d(open_cases, some[fits], assume_unique=True)
    case, hand, hours = _overlap(
        case_row[open_cases], case_hours[open_cases], hand_row, np.maximum(left, 0.0)
    )
    found.append((open_cases[case], hand, hours))
    parts = [np.concatenate(part) for part in zip(*found, strict=True)]
    return parts[0], parts[1], parts[2]


def _within(group: Ints, amount: Floats) -> Floats:
    """Return (n,) the sum of the amounts before each one in its group; groups stand together."""
    total = np.cumsum(amount) - amount
    begins = np.flatnonzero(np.diff(group, prepend=-1))
    length = np.diff(np.append(begins, group.size))
    return total - np.repeat(total[begins], length)


def _overlap(
    left_group: Ints, left: Floats, right_group: Ints, right: Floats
) -> tuple[Ints, Ints, Floats]:
    """Lay two rows of lengths side by side, group by group, and return which parts touch.

    The parts of every left length add up to it; where its group is too short on the right, the
    last of the group takes what is missing (a rounding of the sums, or nothing at all).
    """
    if left.size == 0:
        none = np.empty(0, dtype=np.int64)
        return none, none, np.empty(0)
    begin, right_begin = _within(left_group, left), _within(right_group, right)
    end, right_end = begin + left, right_begin + right
    low = np.searchsorted(right_group, left_group)
    high = np.searchsorted(right_group, left_group, side="right")
    pair = np.repeat(np.arange(left.size), high - low)
    other = ranges(low, high - low)
    shared = np.minimum(end[pair], right_end[other]) - np.maximum(begin[pair], right_begin[other])
    touch = shared > SLIVER * np.maximum(left[pair], 1.0)
    pair, other, shared = pair[touch], other[touch], shared[touch]
    missing = np.setdiff1d(np.arange(left.size), pair)
    pair = np.concatenate([pair, missing])
    other = np.concatenate([other, high[missing] - 1])
    shared = np.concatenate([shared, left[missing]])
    total = np.bincount(pair, weights=shared, minlength=left.size)
    return pair, other, shared * (left / total)[pair]


def _cases(formulation: Formulation, taken: Taken) -> Cases:
    pieces, rows, running = formulation.pieces, formulation.rows, formulation.running
    shape = (
        len(formulation.book.roles),
        len(formulation.book.sites),
        len(formulation.book.periods),
    )
    row_of = np.full(shape, -1, dtype=np.int64)
    hour_rows = np.flatnonzero([name == "hours" for name in rows.resource])
    row_of[rows.role[hour_rows], rows.site[hour_rows], rows.period[hour_rows]] = hour_rows

    made_of = formulation.offers.made_of[:, taken.offer].tocoo()
    place = pieces.kind[made_of.row] == Kind.PLACE
    offered, piece = made_of.col[place].astype(np.int64), made_of.row[place].astype(np.int64)
    part, role, period, hours = work(chosen(pieces, piece), formulation.terms)
    unit_site, unit_piece = pieces.site[piece[part]], piece[part]
    groups = np.flatnonzero((pieces.kind == Kind.GROUP) & (taken.piece > 0))
    session, session_role, session_period, session_hours = work(
        chosen(pieces, groups), formulation.terms
    )
    session = groups[session]
    row = np.concatenate(
        [
            row_of[role, unit_site, period],
            row_of[session_role, pieces.site[session], session_period],
            row_of[running.role, running.site, running.period],
        ]
    )
    unit = np.concatenate([taken.unit[offered[part]], np.full(session.size, -1), running.unit])
    which = np.concatenate([np.full(part.size, -1), session, np.full(running.unit.size, -1)])
    what = np.concatenate(
        [pieces.intervention[unit_piece], pieces.intervention[session], running.intervention]
    )
    amount = np.concatenate(
        [
            hours * taken.pupils[offered[part]],
            session_hours * taken.piece[session],
            running.hours,
        ]
    )
    order = np.lexsort((what, which, unit, -amount, row))
    return Cases(row[order], unit[order], which[order], what[order], amount[order])


def _hands(formulation: Formulation, taken: Taken) -> Hands:
    staff = formulation.staff
    hours = formulation.resources.professionals["hours"].to_numpy(dtype=np.float64)
    member = np.lexsort((np.arange(hours.size), staff.member_of))
    # a solver may spend a rounding more than a team has: its members are stretched to fit
    spent = np.bincount(staff.way_team, weights=taken.spent, minlength=staff.hours.size)
    spent = spent.astype(np.float64)  # of nothing, numpy counts in whole numbers
    stretch = np.maximum(
        1.0, np.divide(spent, staff.hours, out=np.ones_like(spent), where=staff.hours > 0)
    )
    used = np.flatnonzero(taken.spent > 0)
    way, who, share = _overlap(
        staff.way_team[used],
        taken.spent[used],
        staff.member_of[member],
        (hours * stretch[staff.member_of])[member],
    )
    way = used[way]
    _, row_of_way, _ = hours_needed(formulation, taken.piece)
    given = share * staff.rate[staff.way_team[way]]
    lacking = taken.hours - np.bincount(row_of_way[way], weights=given, minlength=taken.hours.size)
    nobody = np.flatnonzero(lacking > SLIVER * np.maximum(taken.hours, 1.0))
    row = np.concatenate([row_of_way[way], nobody])
    professional = np.concatenate([member[who], np.full(nobody.size, -1)])
    given = np.concatenate([given, lacking[nobody]])
    order = np.lexsort((np.where(professional < 0, hours.size, professional), row))
    return Hands(row[order], professional[order], given[order])
