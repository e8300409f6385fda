"""Days: on which days of the week professionals work, and whether a group can meet on one.

A professional of several sites may be at any of them on each of these days.  A group meets on a
day on which somebody of every role it needs is there; pupils are at school on every day, so help
for one pupil or the parents of one family asks for no day.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from recommender.inputs.readers.resource_tables import DAYS
from recommender.matching import names_listed
from recommender.planning.formulation.conditions import Book, Conditions
from recommender.planning.formulation.indexing import Bools, Ints, distinct
from recommender.planning.formulation.limits import Pieces, some_pieces, work
from recommender.planning.formulation.teams import Staff


def days_of(professionals: pd.DataFrame) -> Bools:
    """Return (posts, 7) the days on which every professional works, Monday first."""
    if "days" not in professionals:
        return np.ones((len(professionals), len(DAYS)), dtype=np.bool_)
    days = professionals["days"]
    return names_listed(days, DAYS) | (days == "").to_numpy(dtype=np.bool_)[:, None]


def days_named(days: Bools) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
    """Return (n,) days as "mon;wed"; "none" where there is none."""
    patterns, which = np.unique(days, axis=0, return_inverse=True)
    names = [
        ";".join(day for day, there in zip(DAYS, row, strict=True) if there) or "none"
        for row in patterns.tolist()
    ]
    return np.array(names, dtype=object)[which.ravel()]


def groups_that_meet(
    pieces: Pieces,
    group: Ints,
    professionals: pd.DataFrame,
    staff: Staff,
    terms: Conditions,
    book: Book,
) -> Bools:
    """Return (groups,) whether the roles of a GROUP piece share a day at its site, every period.

    Args:
        pieces: all pieces.
        group: (groups,) those to look at.
        professionals: as ``Resources.professionals``.
        staff: the teams with their ways.
        terms, book: the conditions of the catalogue and the names behind the codes.
    """
    days = days_of(professionals)
    if days.all():
        return np.ones(group.size, dtype=np.bool_)
    days &= (professionals["hours"].to_numpy(dtype=np.float64) > 0)[:, None]
    of_team = np.zeros((staff.hours.size, len(DAYS)), dtype=np.bool_)
    np.logical_or.at(of_team, staff.member_of, days)
    there = np.zeros((len(book.roles), len(book.sites), len(book.periods), 7), dtype=np.bool_)
    team = staff.way_team
    np.logical_or.at(there, (staff.way_role, staff.way_site, staff.period[team]), of_team[team])
    there |= ~there.any(axis=3, keepdims=True)  # nobody at all is a matter of hours
    piece, role, period, _ = work(some_pieces(pieces, group), terms)
    shared = np.ones((group.size * len(book.periods), len(DAYS)), dtype=np.bool_)
    at = piece * len(book.periods) + period
    np.logical_and.at(shared, at, there[role, pieces.site[group[piece]], period])
    meets = shared.any(axis=1).reshape(group.size, len(book.periods)).all(axis=1)
    return np.asarray(meets | (pieces.family[group] >= 0))


def shared_days(days: Bools, session: Ints, role: Ints) -> Bools:
    """Return (n, 7) the days of each on which every other role of its session is there too.

    Args:
        days: (n, 7) on which somebody works.
        session: (n,) the session and period they are part of.
        role: (n,) the role they have in it.
    """
    (of_session, _), member = distinct(session, role)
    there = np.zeros((of_session.size, len(DAYS)), dtype=np.bool_)
    np.logical_or.at(there, member, days)
    (sessions,), which = distinct(of_session)
    every = np.ones((sessions.size, len(DAYS)), dtype=np.bool_)
    np.logical_and.at(every, which, there)
    return np.asarray(days & every[which[member]])
