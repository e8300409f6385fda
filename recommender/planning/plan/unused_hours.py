"""Who gives hours, what is left of them, and what keeps it back: one line of alike professionals.

A line is who has the same roles, sites and period, so what there is never depends on the plan: who
works at several sites or in several roles is on a line of their own.  Why hours are left follows
from the offers of those who wait: which of them would take such hours, and what each lacks.  The
reason of a line is what keeps back most of them:

    none    no help in the catalogue takes these hours
    suit    nobody who waits has help they may be offered that takes these hours
    start   some do, but it may not start so that it takes them then, or lacks pupils for a group
    other   it also takes hours of the role ``name``, of which too few are left
    periods it also takes such hours in another period, of which too few are left
    little  it takes more of these hours than are left
    money   it costs more than is left of the money
    rule    a cap, a caseload or what a family may have at once stands in the way
    price   at the prices of the plan it does less good than what it takes does for others
    group   a further group would have to run; probably it cannot be filled
    whole   nothing of this stands in the way; probably what is left does not fit a whole case
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import scipy.sparse as sp

from recommender.matching import Candidates
from recommender.planning.formulation.formulation import Formulation
from recommender.planning.formulation.indexing import Bools, Floats, Ints, ranges
from recommender.planning.formulation.labels import tidy_frame
from recommender.planning.formulation.limits import PieceKind, euros
from recommender.planning.formulation.offers import group_of, members_of
from recommender.planning.formulation.teams import acting_as
from recommender.planning.selection.reasons import waiting_of
from recommender.planning.selection.selection import Selection

STAFF_COLUMNS = (
    dict.fromkeys(("role", "sites", "period"), "str")
    | dict.fromkeys(("hours", "capacity", "used", "price"), "float64")
    | dict.fromkeys(("reason", "name"), "str")
)
"""The columns of ``staff_of_plan`` and their types."""

REASONS = (
    "none", "suit", "start", "other", "periods", "little", "money", "rule", "price", "group",
    "whole",
)  # fmt: skip

LEFT = 1e-6
"""Hours below which nothing is left."""

_NOT_ASKED = frozenset({"hours", "places", "quorum", "budget", "must_serve"})


@dataclass(frozen=True, eq=False, slots=True)
class Demand:
    """What those who wait could be offered, offer by offer.

    Attributes:
        pupils: (offers,) who wait and may be offered it.
        takes: (hour rows, offers) which hours it would take, those of its group included.
        lacks: (hour rows, offers) of which of them fewer are left than it takes.
        dear, ruled, grouped, outbid: (offers,) whether it costs more than there is, a rule forbids
            it, a further group would have to run, and its price is above what it is worth.
    """

    pupils: Floats
    takes: sp.csr_array
    lacks: sp.csr_array
    dear: Bools
    ruled: Bools
    grouped: Bools
    outbid: Bools


_LINE = ["role", "sites", "period"]


def staff_of_plan(
    formulation: Formulation, selection: Selection, candidates: Candidates
) -> pd.DataFrame:
    """Return role, sites, period, hours, capacity, used, price, reason, name: one row a line.

    ``role`` and ``sites`` are texts such as "a;b"; "*" is every site.  ``hours`` are those handed
    in and ``capacity`` what travel leaves of them; ``price`` is what one more hour handed in would
    be worth.  ``reason`` is why some are left, "" where none are, and ``name`` the other role.
    """
    staff, book = formulation.staff, formulation.book
    rate = staff.rate
    capacity = staff.hours * rate
    used = np.bincount(staff.way_team, weights=selection.spent, minlength=staff.hours.size) * rate
    left = np.maximum(capacity - used, 0.0)
    hour_rows = np.flatnonzero(np.array(formulation.rows.resource, dtype=object) == "hours")
    at = np.full(formulation.rows.size, -1, dtype=np.int64)
    at[hour_rows] = np.arange(hour_rows.size)
    way_row = np.where(_asked_for(formulation, selection), at[selection.way_row], -1)
    there = np.bincount(
        way_row[way_row >= 0],
        weights=left[staff.way_team[way_row >= 0]],
        minlength=hour_rows.size,
    )
    wanted = wanted_of(formulation, selection, hour_rows, there.astype(np.float64))
    suited = _suited(formulation, selection, candidates)
    needs = formulation.terms.hours_per_pupil + formulation.terms.hours_per_group > 0
    needed = {book.roles[role] for role in formulation.terms.role[needs].tolist()}
    acting = acting_as(formulation.resources.roles)
    names = _names(formulation)
    first = np.cumsum(staff.ways) - staff.ways
    lines = []
    for team in range(staff.hours.size):
        ways = slice(first[team], first[team] + staff.ways[team])
        roles, sites = np.unique(staff.way_role[ways]), np.unique(staff.way_site[ways])
        rows = way_row[ways]
        rows = rows[rows >= 0]
        role, places = names[team]
        reason = name = ""
        if left[team] > LEFT * max(1.0, capacity[team]):
            reason, name = _reason(formulation, wanted, rows, hour_rows)
            if not reason:
                wide = set().union(*(acting.get(own, {own}) for own in role.split(";")))
                able = suited[sites][:, roles].any()
                reason = "start" if able else "suit" if wide & needed else "none"
        lines.append(
            (
                role,
                places,
                book.periods[staff.period[team]],
                float(staff.hours[team]),
                float(capacity[team]),
                float(min(used[team], capacity[team])),
                float(selection.price[hour_rows[rows]].max(initial=0.0) * rate[team]),
                reason,
                name,
            )
        )
    frame = pd.DataFrame(lines, columns=list(STAFF_COLUMNS)).astype(STAFF_COLUMNS)
    if frame.duplicated(_LINE).any():
        # teams that only the model tells apart are one line to people
        sums = dict.fromkeys(("hours", "capacity", "used"), "sum")
        rest = dict.fromkeys(("price", "reason", "name"), "max")
        frame = frame.groupby(_LINE, sort=False, as_index=False).agg({**sums, **rest})
    return tidy_frame(frame.sort_values(["role", "sites", "period"], kind="stable"))


def _names(formulation: Formulation) -> list[tuple[str, str]]:
    """Return (teams,) the roles and sites of every team as they were handed in, in order."""
    staff, people = formulation.staff, formulation.resources.professionals
    found: list[set[tuple[int, str]]] = [set() for _ in range(staff.hours.size)]
    sites = [""] * staff.hours.size
    for team, role, places in zip(
        staff.member_of.tolist(), people["role"].tolist(), people["sites"].tolist(), strict=True
    ):
        own = _sorted(str(role))
        found[team].add((own.count(";"), own))
        part = int(staff.part[team])
        listed = _sorted(str(places))
        every = "*" if "*" in listed.split(";") else listed
        sites[team] = formulation.book.sites[part] if part >= 0 else every
    return [(min(roles)[1], places) for roles, places in zip(found, sites, strict=True)]


def _sorted(text: str) -> str:
    return ";".join(sorted({name.strip() for name in text.split(";") if name.strip()}))


def _asked_for(formulation: Formulation, selection: Selection) -> Bools:
    """Return (ways,) whether any help asks for the hours that a way gives: they have a row."""
    first = int(formulation.problem.start[formulation.spans.staff])
    offers = formulation.problem.offer[first : first + selection.way_row.size]
    use = sp.csc_array(formulation.problem.use[:, offers])
    way = np.repeat(np.arange(offers.size), np.diff(use.indptr))
    found = np.zeros(offers.size, dtype=np.bool_)
    found[way[use.data < 0]] = True
    return found


def wanted_of(
    formulation: Formulation, selection: Selection, hour_rows: Ints, there: Floats
) -> Demand:
    """Return what those who wait could be offered, and what each offer lacks.

    Args:
        formulation, selection: the plan.
        hour_rows: rows of hours.
        there: (hour rows,) what is left of them, shared by all who could give it.
    """
    problem, rows, pieces = formulation.problem, formulation.rows, formulation.pieces
    waiting = waiting_of(formulation, selection)
    some = np.flatnonzero(formulation.block[waiting.unit] >= 0)
    block = formulation.block[waiting.unit[some]]
    size = problem.start[block + 1] - problem.start[block]
    columns = ranges(problem.start[block], size)
    offer = problem.offer[columns]
    pupils = np.bincount(offer, np.repeat(waiting.pupils[some], size), problem.offers)
    best = np.full(problem.offers, -np.inf)
    np.maximum.at(best, offer, selection.net[columns])
    offers = np.flatnonzero(pupils)

    helping = np.isin(pieces.kind, (PieceKind.PLACE, PieceKind.GROUP)).astype(np.float64)
    use = sp.csr_array(rows.use[hour_rows]) @ sp.diags_array(helping)
    left = rows.capacity - rows.use @ selection.piece
    resource = np.array(rows.resource, dtype=object)
    free = np.asarray(
        (rows.use[np.flatnonzero(resource == "places")] > 0).T
        @ (left[resource == "places"] >= 1 - 1e-6).astype(np.float64)
    )
    joins = group_of(pieces, formulation.terms)
    member = np.flatnonzero(joins >= 0)
    full = member[free[member] == 0]
    made_of = sp.csc_array(formulation.offers.made_of[:, offers])
    takes = sp.csr_array(_with_groups(use, joins, member) @ made_of)
    needs = sp.csr_array(_with_groups(use, joins, full) @ made_of)
    lacks = needs.tocoo()
    short = lacks.data > there[lacks.row] + 1e-6
    lacks = sp.coo_array(
        (lacks.data[short], (lacks.row[short], lacks.col[short])), shape=needs.shape
    )
    cost = _with_groups(sp.csr_array(euros(pieces, formulation.terms)[None, :]), joins, full)
    money = left[resource == "budget"].min(initial=np.inf)
    others = np.flatnonzero(
        [name not in _NOT_ASKED and not name.startswith("fair") for name in rows.resource]
    )
    asked = sp.coo_array(problem.use[others][:, offers])
    over = asked.data > left[others][asked.row] + 1e-6
    ruled = np.zeros(offers.size, dtype=np.bool_)
    ruled[asked.col[over]] = True
    return Demand(
        pupils=pupils[offers].astype(np.float64),
        takes=takes,
        lacks=sp.csr_array(lacks),
        dear=np.asarray((cost @ made_of).toarray()[0] > money + 1e-6),
        ruled=ruled,
        grouped=np.asarray(made_of.T @ np.isin(np.arange(pieces.size), full)) > 0,
        outbid=best[offers] <= 1e-7,
    )


def _with_groups(use: sp.csr_array, joins: Ints, member: Ints) -> sp.csr_array:
    """Return (rows, pieces) what pieces take with the groups that they would join."""
    pieces = joins.size
    into = sp.csr_array((np.ones(member.size), (joins[member], member)), shape=(pieces, pieces))
    once = use @ into
    return sp.csr_array(use + once + once @ into)


def reason_of_row(
    formulation: Formulation, selection: Selection, candidates: Candidates | None, row: int
) -> tuple[str, str]:
    """Return why hours of one row are left, and the role that lacks: one of ``REASONS``.

    Without candidates, who may be offered help that cannot start is not told from nobody.
    """
    staff, labels = formulation.staff, formulation.rows
    hour_rows = np.flatnonzero(np.array(labels.resource, dtype=object) == "hours")
    spent = np.bincount(staff.way_team, weights=selection.spent, minlength=staff.hours.size)
    free = np.maximum(staff.hours - spent, 0.0) * staff.rate
    given = np.flatnonzero(_asked_for(formulation, selection))
    there = np.bincount(
        np.searchsorted(hour_rows, selection.way_row[given]),
        weights=free[staff.way_team[given]],
        minlength=hour_rows.size,
    )
    wanted = wanted_of(formulation, selection, hour_rows, there.astype(np.float64))
    found = _reason(formulation, wanted, np.searchsorted(hour_rows, [row]), hour_rows)
    if found[0]:
        return found
    site, role = int(labels.site[row]), int(labels.role[row])
    able = candidates is not None and _suited(formulation, selection, candidates)[site, role]
    return ("start" if able else "suit"), ""


def _reason(
    formulation: Formulation, wanted: Demand, rows: Ints, hour_rows: Ints
) -> tuple[str, str]:
    """Return what keeps back most of what would take some hours; "" if nobody could take them."""
    at = np.flatnonzero(np.asarray(wanted.takes[rows].sum(axis=0)) > 0)
    if at.size == 0:
        return "", ""
    lacks = wanted.lacks[:, at].tocoo()
    own = np.isin(lacks.row, rows)
    roles = formulation.book.roles
    role = np.full(at.size, -1, dtype=np.int64)
    role[lacks.col[~own]] = formulation.rows.role[hour_rows[lacks.row[~own]]]
    mine = np.isin(role, formulation.rows.role[hour_rows[rows]])
    little = np.isin(np.arange(at.size), lacks.col[own])
    kinds = np.select(
        [(role >= 0) & ~mine, mine, little, wanted.dear[at], wanted.ruled[at], wanted.outbid[at],
         wanted.grouped[at]],
        ["other", "periods", "little", "money", "rule", "price", "group"],
        "whole",
    )  # fmt: skip
    names = np.where((role >= 0) & ~mine, np.array(["", *roles], dtype=object)[role + 1], "")
    weight: dict[tuple[str, str], float] = {}
    for kind, name, pupils in zip(
        kinds.tolist(), names.tolist(), wanted.pupils[at].tolist(), strict=True
    ):
        weight[kind, name] = weight.get((kind, name), 0.0) + pupils
    return min(weight, key=lambda key: (-weight[key], REASONS.index(key[0]), key[1]))


def _suited(formulation: Formulation, selection: Selection, candidates: Candidates) -> Bools:
    """Return (sites, roles) whether who waits there may be offered help that takes such hours."""
    book, terms = formulation.book, formulation.terms
    needs = np.zeros((len(book.interventions) + 1, len(book.roles)), dtype=np.bool_)
    what = np.repeat(np.arange(len(book.interventions)), np.diff(terms.need))
    some = terms.hours_per_pupil + terms.hours_per_group > 0
    needs[what[some], terms.role[some]] = True
    of_bundle: Bools = np.asarray(needs[members_of(candidates)].any(axis=1))
    waits = np.zeros(formulation.units.site.size, dtype=np.bool_)
    waits[waiting_of(formulation, selection).unit] = True
    mine = np.flatnonzero(waits[candidates.unit])
    site = formulation.units.site[candidates.unit[mine]]
    pairs = np.unique(site * of_bundle.shape[0] + candidates.bundle[mine])
    found = np.zeros((len(book.sites), len(book.roles)), dtype=np.bool_)
    np.logical_or.at(found, pairs // of_bundle.shape[0], of_bundle[pairs % of_bundle.shape[0]])
    return found
