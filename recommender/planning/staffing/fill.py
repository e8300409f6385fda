"""First-fit decreasing: hours of cases laid on hours of people, whole where they fit.

Whole cases go first to the first person with enough hours left for them, largest first; what is
left of the cases is then divided over what is left of the hours, by the north-west corner rule.
Everything is sorted, so the same plan is always laid in the same way, in time that grows with the
number of cases only.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recommender.planning.formulation.formulation import Formulation
from recommender.planning.formulation.indexing import Floats, Ints, ranges
from recommender.planning.selection.selection import Selection
from recommender.planning.staffing.jobs import SLIVER

PASSES = 4
"""How often a professional is offered the cases that are still open, the largest first."""


@dataclass(frozen=True, eq=False, slots=True)
class AvailableHours:
    """Hours that can do it, sorted by row, then professional.

    Attributes:
        row: (hands,) the hours row.
        professional: (hands,) row of ``resources.professionals``, or -1 for nobody.
        hours: (hands,) > 0, given to pupils.
    """

    row: Ints
    professional: Ints
    hours: Floats


def fill(
    case_row: Ints, case_hours: Floats, supply_row: Ints, supply_hours: Floats
) -> tuple[Ints, Ints, Floats]:
    """Return which hours do which cases: case, hand and hours, (n,) each.

    In every row the hours of cases and of hands add up to the same.

    Args:
        case_row, case_hours: (cases,) sorted by row; within a row in the order of their turn.
        supply_row, supply_hours: (hands,) sorted by row; within a row in the order of their turn.
    """
    left = supply_hours.copy()
    open_cases = np.arange(case_row.size)
    found: list[tuple[Ints, Ints, Floats]] = []
    first = np.searchsorted(supply_row, case_row)
    turns = int(np.unique(supply_row, return_counts=True)[1].max(initial=0))
    for turn in range(turns):
        for _ in range(PASSES):
            supply = first[open_cases] + turn
            there = supply < supply_row.size
            there[there] &= supply_row[supply[there]] == case_row[open_cases[there]]
            room = np.zeros(open_cases.size)
            room[there] = left[supply[there]] * (1 + SLIVER) + SLIVER
            fitting = case_hours[open_cases] <= room
            some, supply, room = open_cases[fitting], supply[fitting], room[fitting]
            hours = case_hours[some]
            fits = _within(case_row[some], hours) + hours <= room
            found.append((some[fits], supply[fits], hours[fits]))
            np.subtract.at(left, supply[fits], hours[fits])
            open_cases = np.setdiff1d(open_cases, some[fits], assume_unique=True)
    case, supply, hours = overlap(
        case_row[open_cases], case_hours[open_cases], supply_row, np.maximum(left, 0.0)
    )
    found.append((open_cases[case], supply, hours))
    parts = [np.concatenate(part) for part in zip(*found, strict=True)]
    return parts[0], parts[1], parts[2]


def _within(group: Ints, amount: Floats) -> Floats:
    """Return (n,) the sum of the amounts before each one in its group; groups stand together."""
    total = np.cumsum(amount) - amount
    begins = np.flatnonzero(np.diff(group, prepend=-1))
    length = np.diff(np.append(begins, group.size))
    return total - np.repeat(total[begins], length)


def overlap(
    left_group: Ints, left: Floats, right_group: Ints, right: Floats, *, short: bool = False
) -> tuple[Ints, Ints, Floats]:
    """Lay two rows of lengths side by side, group by group, and return which parts touch.

    The parts of every left length add up to it; where its group is too short on the right, the
    last of the group takes what is missing (a rounding of the sums, or nothing at all), unless it
    is said to be ``short``: then what does not touch is left out.
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
    if short:
        return pair, other, shared
    missing = np.setdiff1d(np.arange(left.size), pair)
    pair = np.concatenate([pair, missing])
    other = np.concatenate([other, high[missing] - 1])
    shared = np.concatenate([shared, left[missing]])
    total = np.bincount(pair, weights=shared, minlength=left.size)
    return pair, other, shared * (left / total)[pair]


def available_hours(formulation: Formulation, selection: Selection) -> AvailableHours:
    """Return the hours that the teams of a plan spend, laid on their members."""
    staff = formulation.staff
    hours = formulation.resources.professionals["hours"].to_numpy(dtype=np.float64)
    member = np.lexsort((np.arange(hours.size), staff.member_of))
    # a solver may spend a rounding more than a team has: its members are stretched to fit
    spent = np.bincount(staff.way_team, weights=selection.spent, minlength=staff.hours.size)
    spent = spent.astype(np.float64)  # of nothing, numpy counts in whole numbers
    stretch = np.maximum(
        1.0, np.divide(spent, staff.hours, out=np.ones_like(spent), where=staff.hours > 0)
    )
    used = np.flatnonzero(selection.spent > 0)
    way, who, share = overlap(
        staff.way_team[used],
        selection.spent[used],
        staff.member_of[member],
        (hours * stretch[staff.member_of])[member],
    )
    way = used[way]
    row_of_way = selection.way_row
    given = share * staff.rate[staff.way_team[way]]
    lacking = selection.hours - np.bincount(
        row_of_way[way], weights=given, minlength=selection.hours.size
    )
    nobody = np.flatnonzero(lacking > SLIVER * np.maximum(selection.hours, 1.0))
    row = np.concatenate([row_of_way[way], nobody])
    professional = np.concatenate([member[who], np.full(nobody.size, -1)])
    given = np.concatenate([given, lacking[nobody]])
    order = np.lexsort((np.where(professional < 0, hours.size, professional), row))
    return AvailableHours(row[order], professional[order], given[order])
