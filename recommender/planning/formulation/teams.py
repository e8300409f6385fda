"""Staff in aggregate: interchangeable professionals as teams with ways to spend their hours.

Professionals with the same roles, sites and period form one team: splitting a team's hours over
its members is always possible, so nothing is lost, and the problem stays small.  A role includes
the roles it may act as, and what those may act as in turn; never the other way round.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from recommender.inputs.policy import Role
from recommender.planning.formulation.conditions import Book
from recommender.planning.formulation.indexing import Bools, Floats, Ints, distinct, ranges


@dataclass(frozen=True, eq=False, slots=True)
class Staff:
    """Teams, their members and the ways they may spend their hours.

    Attributes:
        period: (teams,) codes.
        hours: (teams,) of all members together.
        rate: (teams,) hours given to pupils for every hour spent: one minus the travel overhead
            for a team that may serve more than one site.
        part: (teams,) the site of a team that serves one site, else -1.
        member_of: (professionals rows,) the team of every row of ``resources.professionals``.
        way_team, way_role, way_site: (ways,) codes, sorted by team, role, site.
        home: (ways,) whether the site is named, rather than one of all ("*").
    """

    period: Ints
    hours: Floats
    rate: Floats
    part: Ints
    member_of: Ints
    way_team: Ints
    way_role: Ints
    way_site: Ints
    home: Bools

    @property
    def ways(self) -> Ints:
        """Return (teams,) the number of ways of every team."""
        return np.bincount(self.way_team, minlength=self.hours.size)

    def of_members(self) -> tuple[Ints, Ints]:
        """Return every row of ``resources.professionals`` with every way of its team, (n,) each."""
        ways = self.ways[self.member_of]
        first = np.cumsum(self.ways) - self.ways
        member = np.repeat(np.arange(self.member_of.size), ways)
        return member, ranges(first[self.member_of], ways)


def staff_of(
    professionals: pd.DataFrame, book: Book, travel_overhead: float, roles: Collection[Role] = ()
) -> Staff:
    """Return the teams that professionals form.

    Args:
        professionals: as ``Resources.professionals``.
        book: the names behind the codes.
        travel_overhead: share of an hour lost by who may serve more than one site.
        roles: with what they may act as.
    """
    acting = acting_as(roles)
    role_set, role_sets = _sets(professionals["role"], book.roles, acting)
    site_set, sites = _sets(professionals["sites"], book.sites)
    everywhere = np.array([names is None for names in sites], dtype=np.bool_)
    every_site = np.arange(len(book.sites))
    site_codes = [every_site if names is None else names for names in sites]
    role_codes = [np.arange(len(book.roles)) if names is None else names for names in role_sets]
    periods = {name: code for code, name in enumerate(book.periods)}
    period = professionals["period"].map(periods).to_numpy(dtype=np.int64)
    (period, role_set, site_set), member_of = distinct(period, role_set, site_set)
    hours = np.bincount(
        member_of, weights=professionals["hours"].to_numpy(dtype=np.float64), minlength=period.size
    ).astype(np.float64)

    role_start, role_flat = _flat(role_codes)
    site_start, site_flat = _flat(site_codes)
    many_roles = (role_start[1:] - role_start[:-1])[role_set]
    many_sites = (site_start[1:] - site_start[:-1])[site_set]
    team = np.repeat(np.arange(period.size), many_roles)
    role = role_flat[ranges(role_start[role_set], many_roles)]
    way_team = np.repeat(team, many_sites[team])
    one_site = many_sites == 1
    first_site = np.append(site_flat, -1)[site_start[site_set]]
    return Staff(
        period=period,
        hours=hours,
        rate=np.where(many_sites > 1, 1.0 - travel_overhead, 1.0),
        part=np.where(one_site, first_site, -1),
        member_of=member_of,
        way_team=way_team,
        way_role=np.repeat(role, many_sites[team]),
        way_site=site_flat[ranges(site_start[site_set[team]], many_sites[team])],
        home=~everywhere[site_set[way_team]],
    )


def acting_as(roles: Collection[Role]) -> dict[str, frozenset[str]]:
    """Return role -> itself and every role it may act as, over any number of steps."""
    direct = {role.id: role.may_act_as for role in roles}
    found: dict[str, frozenset[str]] = {}
    for name in direct:
        reached, ahead = {name}, [name]
        while ahead:
            new = set(direct.get(ahead.pop(), ())) - reached
            reached |= new
            ahead += new
        found[name] = frozenset(reached)
    return found


def _sets(
    texts: pd.Series[str],
    names: tuple[str, ...],
    wider: Mapping[str, frozenset[str]] | None = None,
) -> tuple[Ints, list[Ints | None]]:
    """Return for every text the code of its set of names, and the sets; None is all ("*").

    Where ``wider`` has a name, everything it stands for there is in the set.
    """
    codes = {name: code for code, name in enumerate(names)}
    numbers, distinct_texts = pd.factorize(texts, sort=True)
    sets: dict[tuple[int, ...] | None, int] = {}
    which: list[int] = []
    for text in distinct_texts:
        members = [name.strip() for name in str(text).split(";") if name.strip()]
        whole = {other for name in members for other in (wider or {}).get(name, {name})}
        key = None if "*" in members else tuple(sorted({codes[name] for name in whole}))
        which.append(sets.setdefault(key, len(sets)))
    found = [None if key is None else np.array(key, dtype=np.int64) for key in sets]
    return np.array(which, dtype=np.int64)[numbers], found


def _flat(sets: list[Ints]) -> tuple[Ints, Ints]:
    start = np.cumsum([0, *(members.size for members in sets)], dtype=np.int64)
    return start, np.concatenate([*sets, np.empty(0, dtype=np.int64)])
