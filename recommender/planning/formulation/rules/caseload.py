"""Caseload limits: room for cases at the same time, where one professional has only so many.

A case is a pupil (or a family) with hours of the role in a period, or a group that runs in it; a
pupil in a running group is his share of it.  Professionals may serve some sites and not others, so
there is a limit for every site, and for sites together that share professionals: the cases there
are at most those that everybody who may come to one of these sites can have.  With at most
``MOST_KINDS`` kinds of sites these limits are all there is to say, but for halves of professionals;
with more, kinds by themselves and all together are limited.  (The sets are those of P. Hall, On
representatives of subsets, Journal of the London Mathematical Society 10, 1935.)
"""

from __future__ import annotations

import itertools
from collections.abc import Collection
from dataclasses import replace

import numpy as np
import pandas as pd

from recommender.inputs.policy import Role
from recommender.planning.formulation.conditions import Book, Conditions
from recommender.planning.formulation.indexing import Bools, Floats, distinct
from recommender.planning.formulation.limits import CaseCapacity, LimitSettings
from recommender.planning.formulation.teams import Staff
from recommender.planning.formulation.units import Running, Units

MOST_KINDS = 5
"""Kinds of sites (who may come there is what tells them apart) of which all unions are limited."""


def most_at_once(
    professionals: pd.DataFrame, roles: Collection[Role], limits: LimitSettings, book: Book
) -> Floats:
    """Return (posts, roles) the most cases at once, infinite where there is no limit.

    Where the role says what full time is, they shrink with the hours of who has fewer, down to
    one.
    """
    hours = professionals["hours"].to_numpy(dtype=np.float64)
    full = {role.id: role.full_time for role in roles}
    most = np.full((hours.size, len(book.roles)), np.inf)
    for name, cases in limits.caseload:
        if name in book.roles:
            most[:, book.roles.index(name)] = cases_at_once(cases, full.get(name), hours)
    return most


def cases_at_once(cases: int, full_time: float | None, hours: Floats) -> Floats:
    """Return (n,) the most cases at once of professionals with these hours."""
    if full_time is None or cases == 0:
        return np.full(hours.size, float(cases))
    share = np.minimum(hours / full_time, 1.0)
    return np.maximum(np.floor(cases * share + 1e-9), np.where(hours > 0, 1.0, 0.0))


def running_cases(running: Running, people: Units, terms: Conditions, roles: int) -> Floats:
    """Return (hours,) the cases that every line of running help stands for."""
    what = np.repeat(np.arange(terms.form.size), np.diff(terms.need))
    own, whole = (np.zeros((terms.form.size, roles)) for _ in range(2))
    np.add.at(own, (what, terms.role), terms.hours_per_pupil)
    np.add.at(whole, (what, terms.role), terms.hours_per_group)
    each = whole[running.intervention, running.role] / terms.length[running.intervention]
    share = np.divide(running.hours, each, out=np.ones_like(each), where=each > 0)
    alone = own[running.intervention, running.role] > 0
    return np.asarray(np.where(alone, people.count[running.unit], share), dtype=np.float64)


def case_capacity_of(
    most: Floats,
    staff: Staff,
    running: Running,
    cases: Floats,
    book: Book,
) -> tuple[CaseCapacity | None, Book]:
    """Return the room for cases at sites, alone and together, and the names of the latter.

    Args:
        most: (posts, roles) the most cases at once, infinite for no limit.
        staff: the teams with their ways.
        running: the help that is already running, which has its desks already.
        cases: (hours,) as ``running_cases``.
        book: the names behind the codes.
    """
    found: dict[tuple[int, ...], None] = {}
    lines: list[tuple[int, tuple[int, ...], int, float]] = []
    for role in np.flatnonzero(np.isfinite(most).any(axis=0)).tolist():
        for period in range(len(book.periods)):
            able = _able(staff, most.shape[0], len(book.sites), role, period)
            for sites in _together(able):
                room = float(most[able[:, sites].any(axis=1), role].sum())
                busy = (running.role == role) & (running.period == period)
                busy &= np.isin(running.site, sites)
                lines.append((role, sites, period, max(0.0, room - float(cases[busy].sum()))))
                if len(sites) > 1:
                    found[sites] = None
    if not lines:
        return None, book
    groups = sorted(found)
    place = {sites: len(book.sites) + number for number, sites in enumerate(groups)}
    member = np.zeros((len(book.sites) + len(groups), len(book.sites)), dtype=np.bool_)
    member[np.arange(len(book.sites)), np.arange(len(book.sites))] = True
    for sites, number in place.items():
        member[number, list(sites)] = True
    case_capacity = CaseCapacity(
        role=np.array([line[0] for line in lines], dtype=np.int64),
        place=np.array([place.get(line[1], line[1][0]) for line in lines], dtype=np.int64),
        period=np.array([line[2] for line in lines], dtype=np.int64),
        room=np.array([line[3] for line in lines], dtype=np.float64),
        member=member,
    )
    names = tuple(";".join(book.sites[site] for site in sites) for sites in groups)
    return case_capacity, replace(book, groups=names)


def _able(staff: Staff, posts: int, sites: int, role: int, period: int) -> Bools:
    """Return (posts, sites) who may work where in a role and period."""
    way = (staff.way_role == role) & (staff.period[staff.way_team] == period)
    there = np.zeros((staff.hours.size, sites), dtype=np.bool_)
    there[staff.way_team[way], staff.way_site[way]] = True
    return np.asarray(there[staff.member_of[:posts]])


def _together(able: Bools) -> list[tuple[int, ...]]:
    """Return the sets of sites whose cases are limited together, sorted.

    Args:
        able: (posts, sites) who may work where.
    """
    open_sites = np.flatnonzero(able.any(axis=0))
    if not open_sites.size:
        return []
    _, kind = np.unique(able[:, open_sites], axis=1, return_inverse=True)
    (kinds,), kind = distinct(kind.ravel())
    kinds_of = range(kinds.size)
    sizes: Collection[int] = range(1, kinds.size + 1)
    if kinds.size > MOST_KINDS:
        sizes = (1, kinds.size)
    who: list[Bools] = [
        np.asarray(able[:, open_sites[kind == number]].any(axis=1)) for number in kinds_of
    ]
    sets = [
        chosen
        for size in sizes
        for chosen in itertools.combinations(kinds_of, size)
        if _linked([who[number] for number in chosen])
    ]
    return sorted(tuple(int(site) for site in open_sites[np.isin(kind, chosen)]) for chosen in sets)


def _linked(who: list[Bools]) -> bool:
    """Return whether sets of people hang together; else their limits follow from smaller ones."""
    reached, rest = who[0].copy(), who[1:]
    while rest:
        near = [people for people in rest if np.any(people & reached)]
        if not near:
            return False
        for people in near:
            reached |= people
        rest = [people for people in rest if not np.any(people & reached)]
    return True
