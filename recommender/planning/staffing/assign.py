"""A generalised assignment problem: who does which job, as many as possible done by one person.

The jobs and people that depend on each other (a school, or schools that share people) make one
allocation problem: every job is a block with a column for everybody who may do all of it, and what
nobody takes whole is divided over hours that are left, in parts.  So a choice always exists: the
hours of a plan fit its staff.  In order of weight a choice seeks

    TOGETHER   the people of a group session share a day
    WHOLE      the job is done by one person
    CONTINUES  who gives running help goes on with it
    FAMILY     jobs of one role in one family are done by the same person
    LANGUAGE   the person speaks the language of the pupil
    STRETCH    where cases at once are limited: one person does the job in one period
    OWN        the role is the person's own, not one it may act as

Where that problem is too large (``MOST_COLUMNS``, ``MOST_PAIRS``, ``MOST_UNITS``), cases are laid
on the hours of the plan in turn (``fill``), in time that grows with the number of cases only; so
are those of a relaxation, which has parts of pupils.  (D. G. Cattrysse and L. N. Van Wassenhove, A
survey of algorithms for the generalized assignment problem, European Journal of Operational
Research 60, 1992.)
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components

from recommender.allocation import AllocationProblem
from recommender.matching.candidates import Candidates
from recommender.planning.formulation.days import days_of
from recommender.planning.formulation.formulation import Formulation
from recommender.planning.formulation.indexing import Bools, Floats, Ints, distinct, ranges
from recommender.planning.formulation.limits import Rows
from recommender.planning.formulation.rules.caseload import most_at_once
from recommender.planning.selection.selection import WHOLE as PARTS
from recommender.planning.selection.selection import Selection
from recommender.planning.staffing.fill import available_hours, fill, overlap
from recommender.planning.staffing.jobs import (
    RUNNING,
    SLIVER,
    Cases,
    Staffing,
    cases_of,
    child_of,
    family_codes,
    givers_of,
    language_codes,
    speaks,
    staffing_of,
)

TOGETHER, WHOLE, CONTINUES, FAMILY, LANGUAGE, OWN = 150.0, 100.0, 30.0, 10.0, 6.0, 1.0
STRETCH = 40.0

IN_HAND, OVER = 95.0, -90.0
"""Where cases at once are limited: what a case in one person's hands for a period is worth beside
the others, and what a case above the limit costs.  The limit is kept before a job stays with one
person, and exceeded before a case is divided within a period, as that takes several desks."""

DEAR = -1e4
"""An hour that a rounding lacks; it is never chosen where hours are there."""

MOST_COLUMNS = 12_000
"""Pairs of cases and people in the largest part that is solved exactly."""

MOST_PAIRS = 50_000
"""Pairs in all parts that are solved exactly, the small ones first."""

MOST_UNITS = 100_000
"""Units of the largest region in which cases are laid whole; larger ones are laid in turn."""

MOST_TEAMS = 2_000
"""Teams of people that are looked at for one session."""

NODES = 50
"""Nodes that the search in one part may branch on; the same on every machine."""

ABSOLUTE_GAP = 0.5
"""Worth that may be left out of reach: less than half of what a person's own role counts for."""

SECONDS = 300.0
"""A limit that is not meant to be reached."""


@dataclass(frozen=True, eq=False, slots=True)
class AssignedLines:
    """Who does what: lines of a caseload.

    Attributes:
        case: (lines,) of ``Cases``.
        post: (lines,) of ``Staffing``, or -1 for nobody.
        hours: (lines,) > 0.
    """

    case: Ints
    post: Ints
    hours: Floats


@dataclass(frozen=True, eq=False, slots=True)
class Takers:
    """Who may do the whole of a job.

    Attributes:
        job, person: (takers,) sorted by job, then person.
        value: (takers,) what it is worth that this person does one copy of it.
    """

    job: Ints
    person: Ints
    value: Floats


def who_does_what(
    formulation: Formulation, selection: Selection, candidates: Candidates, *, in_turn: bool = False
) -> tuple[Cases, AssignedLines]:
    """Return the cases and who does them; the hours of every case add up to what it asks.

    Args:
        formulation: the problem with its meaning.
        selection: what the plan takes.
        candidates: what the problem was formulated from.
        in_turn: lay all cases on hours in turn, for who asks for sums only.
    """
    all_cases = cases_of(formulation, selection)
    lent, cases = lent_to(selection, all_cases)
    staffing = staffing_of(formulation, selection)
    days = days_of(formulation.resources.professionals)
    part = parts_of(cases, staffing, formulation.rows.size, days)
    most = most_at_once(
        formulation.resources.professionals,
        formulation.resources.roles,
        formulation.settings,
        formulation.book,
    )
    whole = _whole(selection.pupils) and _whole(cases.copies)
    given = decided(cases, staffing, formulation.rows, part, most)
    if not whole:
        given[:] = -1
    asked = cases.hours > SLIVER * np.maximum(all_cases.hours, 1.0)  # hours that are lent are done
    clear = np.flatnonzero((given >= 0) & asked)
    found = [lent, AssignedLines(clear, given[clear], cases.hours[clear])]
    settled = np.bincount(part, weights=given >= 0) > 0
    pairs = np.bincount(staffing.row, minlength=formulation.rows.size)[cases.row]
    size = np.bincount(part, weights=pairs).astype(np.int64)
    size[settled] = 0
    small = np.argsort(size, kind="stable")
    exact = size <= MOST_COLUMNS
    exact[small] &= np.cumsum(size[small]) <= MOST_PAIRS
    exact &= ~settled
    few = len(candidates.cohort.units) <= MOST_UNITS and not in_turn
    if few and whole and np.any(exact):
        jobs = jobs_of(formulation, candidates, cases, part)
        said, language = speaks(formulation, candidates), language_codes(candidates)
        order = np.argsort(part, kind="stable")
        ends = np.cumsum(np.bincount(part))
        for number in np.flatnonzero(exact).tolist():
            some = np.sort(order[ends[number - 1] if number else 0 : ends[number]])
            chances = chances_of(cases, jobs, staffing, formulation.rows, some, said, language)
            choice = best_staffing(part_problem(cases, jobs, staffing, chances, some, most, days))
            if choice is None:
                exact[number] = False
                continue
            found += caseload_lines(cases, jobs, staffing, chances, choice, some)
    else:
        exact = np.zeros(size.size, dtype=np.bool_)
    rest = np.flatnonzero(~(exact | settled)[part] & asked)
    if rest.size:
        available = available_hours(formulation, selection)
        there = np.flatnonzero(available.professional >= 0)
        there = there[np.isin(available.row[there], cases.row[rest])]
        case, supply, hours = fill(
            cases.row[rest], cases.hours[rest], available.row[there], available.hours[there]
        )
        found.append(AssignedLines(rest[case], available.professional[there][supply], hours))
    done = AssignedLines(
        np.concatenate([part.case for part in found]),
        np.concatenate([part.post for part in found]),
        np.concatenate([part.hours for part in found]),
    )
    return all_cases, done


def _whole(numbers: Floats) -> bool:
    return bool(np.all(np.abs(numbers - np.rint(numbers)) <= PARTS))


def decided(cases: Cases, staffing: Staffing, rows: Rows, part: Ints, most: Floats) -> Ints:
    """Return (cases,) the post of cases in parts where one person alone can do everything; else -1.

    There is nothing to choose for them: all is done whole, by that person.

    Args:
        cases, staffing: what is to be done, and by whom it may be.
        rows: of the problem.
        part: (cases,) as ``parts_of``.
        most: (posts, roles) the most cases at once, infinite for no limit.
    """
    first = np.searchsorted(staffing.row, cases.row)
    alone = np.searchsorted(staffing.row, cases.row, side="right") - first == 1
    post = np.where(alone, np.append(staffing.post, -1)[np.where(alone, first, -1)], -1)
    person = np.append(staffing.person, -1)[post]
    parts = int(part.max(initial=-1)) + 1
    one, other = np.full(parts, np.iinfo(np.int64).max), np.full(parts, -1)
    np.minimum.at(one, part, person)
    np.maximum.at(other, part, person)
    asked = np.bincount(post + 1, weights=cases.hours, minlength=staffing.hours.size + 1)[1:]
    fits = np.append(asked <= staffing.hours * (1 + SLIVER) + SLIVER, False)
    limit = np.vstack([most, np.full(most.shape[1], np.inf)])[post, rows.role[cases.row]]
    free = alone & fits[post] & np.isinf(limit)
    good = (one == other) & (np.bincount(part, weights=~free, minlength=parts) == 0)
    return np.where(good[part], post, -1)


def lent_to(selection: Selection, cases: Cases) -> tuple[AssignedLines, Cases]:
    """Return the hours of running help that nobody has, and what of the cases is left."""
    lent = selection.lent
    row = np.flatnonzero(lent > SLIVER * np.maximum(selection.hours, 1.0))
    running = np.flatnonzero((cases.start == RUNNING) & np.isin(cases.row, row))
    case, _, hours = overlap(cases.row[running], cases.hours[running], row, lent[row], short=True)
    left = cases.hours.copy()
    np.subtract.at(left, running[case], hours)
    return AssignedLines(running[case], np.full(case.size, -1, np.int64), hours), replace(
        cases, hours=left
    )


def caseload_lines(
    cases: Cases,
    jobs: Jobs,
    staffing: Staffing,
    chances: Chances,
    choice: Choice,
    open_cases: Ints,
) -> list[AssignedLines]:
    """Return the lines of a choice: whole jobs, and the rest divided over the hours left."""
    times = choice.copies[chances.taker] / jobs.copies[cases.job[chances.case]]
    some = np.flatnonzero(times > 0)
    hours = times[some] * cases.hours[chances.case[some]]
    whole = AssignedLines(chances.case[some], chances.post[some], hours)
    case, post, copies = choice.stretches
    stretch = AssignedLines(case, post, copies * cases.hours[case] / cases.copies[case])
    left = cases.hours.copy()
    for done in (whole, stretch):
        np.subtract.at(left, done.case, done.hours)
    rest = open_cases[left[open_cases] > SLIVER * np.maximum(cases.hours[open_cases], 1.0)]
    order = np.lexsort((rest, -left[rest], cases.row[rest]))
    rest = rest[order]
    case, supply, hours = fill(cases.row[rest], left[rest], staffing.row[choice.pair], choice.hours)
    return [whole, stretch, AssignedLines(rest[case], staffing.post[choice.pair[supply]], hours)]


def parts_of(cases: Cases, staffing: Staffing, rows: int, days: Bools) -> Ints:
    """Return (cases,) the part of every case; cases of one part depend on the same people.

    Where days are limited, the people of one session depend on each other too.
    """
    jobs, people = int(cases.job.max(initial=-1)) + 1, int(staffing.person.max(initial=-1)) + 1
    asked = np.zeros(rows, dtype=np.bool_)
    asked[cases.row] = True
    pair = asked[staffing.row]
    met = np.flatnonzero((cases.piece >= 0) & (not days.all()))  # parents are joined for nothing
    left = np.concatenate([cases.job, jobs + staffing.person[staffing.post[pair]], cases.job[met]])
    right = np.concatenate([cases.row, staffing.row[pair], rows + cases.piece[met]])
    right += jobs + people
    size = jobs + people + rows + int(cases.piece.max(initial=-1)) + 1
    graph = sp.coo_array((np.ones(left.size), (left, right)), shape=(size, size))
    _, label = connected_components(graph, directed=False)
    _, part = np.unique(label[:jobs], return_inverse=True)
    return np.asarray(part[cases.job], dtype=np.int64)


@dataclass(frozen=True, eq=False, slots=True)
class Jobs:
    """The jobs, by number.

    Attributes:
        unit: (jobs,) the unit it is about, of parents their first child, or -1 for a session.
        piece, start, role: (jobs,) codes, as in ``Cases``; of parents no session: -1.
        copies: (jobs,) pupils or groups.
        lines: (jobs,) cases of each: the periods it takes hours in.
        group: (jobs,) the family and role of a job that others share, else -1.
        giver: (jobs,) the person who gives this help already, or another to this pupil; -1 if
            nobody does.
        part: (jobs,) as ``parts_of``.
    """

    unit: Ints
    piece: Ints
    start: Ints
    role: Ints
    copies: Floats
    lines: Ints
    group: Ints
    giver: Ints
    part: Ints


def jobs_of(
    formulation: Formulation,
    candidates: Candidates,
    cases: Cases,
    part: Ints,
) -> Jobs:
    """Return the jobs of cases.

    Args:
        formulation, candidates: the problem with its meaning, and what it was formulated from.
        cases: what is to be done.
        part: (cases,) the part of each.
    """
    _, first, lines = np.unique(cases.job, return_index=True, return_counts=True)
    piece = cases.piece[first]
    unit = child_of(formulation, cases.unit[first], piece)
    role = formulation.rows.role[cases.row[first]]
    copies = cases.copies[first]
    family = family_codes(candidates)
    givers = givers_of(formulation, candidates, unit, cases.intervention[first])
    alone = (unit < 0) | (copies != 1)
    mine = np.where(alone, -1, family[unit]) if family.size else np.full(unit.size, -1)
    (mine, _), group = distinct(mine, role)
    many = np.bincount(group, minlength=mine.size) > 1
    return Jobs(
        unit=unit,
        piece=np.where(unit < 0, piece, -1),
        start=cases.start[first],
        role=role,
        copies=copies,
        lines=lines.astype(np.int64),
        group=np.where(many[group] & (mine[group] >= 0), group, -1),
        giver=np.where(givers.same >= 0, givers.same, givers.any_help),
        part=part[first],
    )


@dataclass(frozen=True, eq=False, slots=True)
class Chances:
    """Every case beside every post that may do it, of the people who may do its whole job.

    Attributes:
        case, post: (chances,) sorted by job, person, case.
        period: (chances,) code.
        taker: (chances,) the taker of each, ascending.
        takers: the jobs and people.
    """

    case: Ints
    post: Ints
    period: Ints
    taker: Ints
    takers: Takers


def chances_of(
    cases: Cases,
    jobs: Jobs,
    staffing: Staffing,
    rows: Rows,
    open_cases: Ints,
    said: Bools,
    language: Ints,
) -> Chances:
    """Return who may do the whole of which job, and what it is worth.

    Args:
        cases, jobs, staffing: what is to be done, and by whom it may be.
        rows: of the problem.
        open_cases: (k,) the cases looked at.
        said: (posts, languages + 1) as ``speaks``.
        language: (units,) codes, -1 for none.
    """
    low = np.searchsorted(staffing.row, cases.row[open_cases])
    many = np.searchsorted(staffing.row, cases.row[open_cases], side="right") - low
    case, pair = np.repeat(open_cases, many), ranges(low, many)
    post = staffing.post[pair]
    person = staffing.person[post]
    order = np.lexsort((case, person, cases.job[case]))
    case, post, person, pair = case[order], post[order], person[order], pair[order]
    job = cases.job[case]
    (of_job, of_person), taker = distinct(job, person)
    new = np.ones(case.size, dtype=np.bool_)
    new[1:] = (np.diff(taker) != 0) | (np.diff(case) != 0)  # an id may stand twice in a period
    case, post, pair, taker = case[new], post[new], pair[new], taker[new]
    whole = np.bincount(taker, minlength=of_job.size) == jobs.lines[of_job]
    keep = whole[taker]
    number = np.cumsum(whole) - 1
    case, post, pair, taker = case[keep], post[keep], pair[keep], number[taker[keep]]
    of_job, of_person = of_job[whole], of_person[whole]
    times = np.maximum(np.bincount(taker, minlength=of_job.size), 1)
    own = np.bincount(taker, weights=staffing.own[pair], minlength=of_job.size) / times
    unit = jobs.unit[cases.job[case]]
    spoken = said[post, np.where(unit < 0, -1, language[unit])] if language.size else said[post, -1]
    match = np.bincount(taker, weights=spoken, minlength=of_job.size) / times
    goes_on = jobs.giver[of_job] == of_person
    value = WHOLE + OWN * own + LANGUAGE * match
    value += np.where(goes_on, CONTINUES, 0.0) * np.where(jobs.start[of_job] == RUNNING, 1.0, 0.5)
    return Chances(
        case, post, rows.period[cases.row[case]], taker, Takers(of_job, of_person, value)
    )


@dataclass(frozen=True, eq=False, slots=True)
class Choice:
    """What a part of the problem comes to.

    Attributes:
        copies: (takers,) copies that each does whole.
        stretches: copies of a case in its period, by one post: case, post and copies, (k,) each.
        pair: (pairs,) pairs of ``Staffing``, ascending.
        hours: (pairs,) hours they give to what nobody does whole.
    """

    copies: Floats
    stretches: tuple[Ints, Ints, Floats]
    pair: Ints
    hours: Floats


@dataclass(frozen=True, eq=False, slots=True)
class Bunches:
    """Jobs that are chosen together, beside one by one.

    Attributes:
        taker, bunch: (members,) the takers that each bunch is made of.
        group: (bunches,) of which bunches at most ``copies`` are chosen; ascending.
        copies: (bunches,) numbers, the same in a group.
        value: (bunches,) what it is worth beyond its members.
    """

    taker: Ints
    bunch: Ints
    group: Ints
    copies: Floats
    value: Floats


def family_bunches(jobs: Jobs, takers: Takers) -> Bunches:
    """Return every person who may do all the jobs of one role in a family."""
    group = jobs.group[takers.job]
    at = np.flatnonzero(group >= 0)
    (of_group, _), bunch = distinct(group[at], takers.person[at])
    sizes = np.bincount(jobs.group[np.unique(takers.job[at])], minlength=1)
    members = np.bincount(bunch, minlength=of_group.size)
    alike = (members == sizes[of_group]) & (members > 1)
    number = np.cumsum(alike) - 1
    keep = alike[bunch]
    return Bunches(
        taker=at[keep],
        bunch=number[bunch[keep]],
        group=of_group[alike],
        copies=np.ones(int(alike.sum())),
        value=FAMILY * (members[alike] - 1.0),
    )


def sessions(jobs: Jobs, chances: Chances, days: Bools) -> Bunches:
    """Return the people, one a role, who share a day for a session that needs several roles.

    Sessions for which every day suits everybody need no bunch; nor have those a bunch that more
    than ``MOST_TEAMS`` teams could run.
    """
    takers = chances.takers
    piece = jobs.piece[takers.job]
    limited = np.zeros(takers.job.size, dtype=np.bool_)
    np.logical_or.at(limited, chances.taker, ~days[chances.post].all(axis=1))
    roles = np.bincount(jobs.piece[np.unique(takers.job[piece >= 0])], minlength=1)
    some = np.unique(piece[(piece >= 0) & limited])
    teams: list[tuple[int, tuple[int, ...]]] = []
    first = np.searchsorted(chances.taker, np.arange(takers.job.size + 1))
    for session in some[roles[some] > 1].tolist():
        mine = np.flatnonzero(piece == session)
        by_job = [mine[takers.job[mine] == job].tolist() for job in np.unique(takers.job[mine])]
        if math.prod(map(len, by_job)) > MOST_TEAMS:
            continue
        when = {
            taker: {
                int(period): days[post]
                for period, post in zip(
                    chances.period[first[taker] : first[taker + 1]].tolist(),
                    chances.post[first[taker] : first[taker + 1]].tolist(),
                    strict=True,
                )
            }
            for taker in mine.tolist()
        }
        teams += [
            (session, team)
            for team in itertools.product(*by_job)
            if meet([when[taker] for taker in team])
        ]
    number = np.arange(len(teams))
    size = np.array([len(team) for _, team in teams], dtype=np.int64)
    group = np.array([session for session, _ in teams], dtype=np.int64)
    taker = np.array([taker for _, team in teams for taker in team], dtype=np.int64)
    return Bunches(
        taker=taker,
        bunch=np.repeat(number, size),
        group=group,
        copies=jobs.copies[takers.job[taker[np.cumsum(size) - size]]] if teams else np.empty(0),
        value=np.full(number.size, TOGETHER),
    )


def meet(when: Sequence[Mapping[int, Bools]]) -> bool:
    """Return whether people who each work on some days of every period share one in each."""
    return all(
        np.logical_and.reduce([days[period] for days in when if period in days]).any()
        for period in set().union(*when)
    )


def joined_up(one: Bunches, other: Bunches) -> Bunches:
    """Return the bunches of two kinds as one."""
    past = int(one.group.max(initial=-1)) + 1
    return Bunches(
        taker=np.concatenate([one.taker, other.taker]),
        bunch=np.concatenate([one.bunch, other.bunch + one.group.size]),
        group=np.concatenate([one.group, other.group + past]),
        copies=np.concatenate([one.copies, other.copies]),
        value=np.concatenate([one.value, other.value]),
    )


@dataclass(frozen=True, eq=False, slots=True)
class Component:
    """The allocation problem of one part.

    Columns stand in this order: bunches, takers, stretches, hours of pairs, cases above a limit,
    hours that a rounding lacks.

    Attributes:
        problem: the numbers.
        members: (takers, bunches) the takers of every bunch.
        case, post: (stretches,) cases of roles with a limit to cases at once, and who may do them
            in their period.
        pair: (pairs,) pairs of ``Staffing`` that may give hours to what nobody does whole.
    """

    problem: AllocationProblem
    members: sp.csc_array
    case: Ints
    post: Ints
    pair: Ints


def best_staffing(part: Component) -> Choice | None:
    """Return the best choice found of who does what, or None where none was found."""
    from recommender.allocation.solvers import pulp_model  # a solver is loaded where one is needed

    answer = pulp_model.branch_and_bound(
        part.problem, seconds=SECONDS, absolute_gap=ABSOLUTE_GAP, nodes=NODES
    )
    if answer.quantity is None:
        return None
    takers, bunches = part.members.shape
    bunch, taker, stretch, left, _ = np.split(
        answer.quantity, np.cumsum([bunches, takers, part.case.size, part.pair.size])
    )
    whole = np.rint(taker) + part.members @ np.rint(bunch)
    copies, some = np.rint(stretch), left > SLIVER
    done = copies > 0
    return Choice(
        whole, (part.case[done], part.post[done], copies[done]), part.pair[some], left[some]
    )


def part_problem(
    cases: Cases,
    jobs: Jobs,
    staffing: Staffing,
    chances: Chances,
    open_cases: Ints,
    most: Floats,
    days: Bools,
) -> Component:
    """Return the allocation problem of one part.

    Its rows: hours of every post; hours asked of every hours row, as a floor; the most cases at
    once of a post in a role; that a job which bunches share is done once, and that a case of which
    there are stretches is.

    Args:
        cases, jobs, staffing, chances: of all of the part.
        open_cases: (k,) its cases.
        most: (posts, roles) the most cases at once, infinite for no limit.
        days: (posts, 7) as ``days_of``.
    """
    takers = chances.takers
    bunches = joined_up(family_bunches(jobs, takers), sessions(jobs, chances, days))
    shared = np.unique(takers.job[bunches.taker])
    pair = np.flatnonzero(np.isin(staffing.row, cases.row[open_cases]))
    posts = np.unique(staffing.post[pair])
    rows, row_of = np.unique(cases.row[open_cases], return_inverse=True)
    need = np.bincount(row_of, weights=cases.hours[open_cases], minlength=rows.size)
    role = jobs.role[cases.job]
    limited: Bools = np.asarray(np.isfinite(most).any(axis=0))
    counted = open_cases[limited[role[open_cases]]]
    low = np.searchsorted(staffing.row, cases.row[counted])
    many = np.searchsorted(staffing.row, cases.row[counted], side="right") - low
    case, post = np.repeat(counted, many), staffing.post[ranges(low, many)]

    seats = np.concatenate([chances.post, post])
    seat_role = np.concatenate([role[chances.case], role[case]])
    full_at = np.flatnonzero(np.isfinite(most[seats, seat_role]))
    (full_post, full_role), full = distinct(seats[full_at], seat_role[full_at])
    full_of = np.full(seats.size, -1, dtype=np.int64)
    full_of[full_at] = full
    floor, desk = posts.size, posts.size + rows.size
    once = desk + full_post.size
    alone = once + shared.size
    in_bunch = np.flatnonzero(np.isin(takers.job, shared))
    hours = cases.hours / cases.copies

    def table(columns: int, *entries: tuple[Ints, Ints, Floats]) -> sp.csc_array:
        row, column, amount = (np.concatenate(part) for part in zip(*entries, strict=True))
        shape = (alone + counted.size, columns)
        return sp.csc_array(sp.coo_array((amount, (row, column)), shape=shape))

    def doing(what: Ints, who: Ints, column: Ints, seat: Ints, size: int) -> sp.csc_array:
        """Return what it takes to do one copy of cases: hours, a floor, a desk, and the case."""
        sits, once_only = np.flatnonzero(seat >= 0), np.flatnonzero(np.isin(what, counted))
        return table(
            size,
            (np.searchsorted(posts, who), column, hours[what]),
            (floor + np.searchsorted(rows, cases.row[what]), column, -hours[what]),
            (desk + seat[sits], column[sits], cases.weight[what[sits]]),
            (
                alone + np.searchsorted(counted, what[once_only]),
                column[once_only],
                np.ones(once_only.size),
            ),
        )

    split = chances.case.size
    single = doing(chances.case, chances.post, chances.taker, full_of[:split], takers.job.size)
    single = sp.csc_array(
        single
        + table(
            takers.job.size,
            (
                once + np.searchsorted(shared, takers.job[in_bunch]),
                in_bunch,
                np.ones(in_bunch.size),
            ),
        )
    )
    over = table(
        full_post.size,
        (desk + np.arange(full_post.size), np.arange(full_post.size), -np.ones(full_post.size)),
    )
    in_hand = np.where(limited, IN_HAND, 0.0)
    worth = takers.value + in_hand[jobs.role[takers.job]] * jobs.lines[takers.job]
    stretch = doing(case, post, np.arange(case.size), full_of[split:], case.size)
    pairs, every = np.arange(pair.size), np.arange(rows.size)
    pool = table(
        pair.size,
        (np.searchsorted(posts, staffing.post[pair]), pairs, np.ones(pair.size)),
        (floor + np.searchsorted(rows, staffing.row[pair]), pairs, -np.ones(pair.size)),
    )
    lacking = table(rows.size, (floor + every, every, -np.ones(rows.size)))
    size = bunches.group.size
    wide = size + takers.job.size + case.size
    loose = pair.size + full_post.size + rows.size
    members = sp.csc_array(
        sp.coo_array(
            (np.ones(bunches.taker.size), (bunches.taker, bunches.bunch)),
            shape=(takers.job.size, size),
        )
    )
    _, group_start = np.unique(bunches.group, return_index=True)
    job, job_start = np.unique(takers.job, return_index=True)
    limit = np.concatenate(
        [
            bunches.copies[group_start],
            jobs.copies[job],
            cases.copies[counted[many > 0]],
            staffing.hours[staffing.post[pair]],
            np.full(full_post.size, cases.copies[counted].sum() + 1.0),
            need,
        ]
    )
    problem = AllocationProblem(
        value=np.concatenate(
            [
                bunches.value + np.asarray(members.T @ worth),
                worth,
                STRETCH / jobs.lines[cases.job[case]] + IN_HAND,
                np.zeros(pair.size),
                np.full(full_post.size, OVER),
                np.full(rows.size, DEAR),
            ]
        ),
        offer=np.arange(wide + loose, dtype=np.int32),
        start=np.concatenate(
            [
                group_start,
                size + job_start,
                size + takers.job.size + np.unique(case, return_index=True)[1],
                wide + np.arange(loose + 1),
            ]
        ).astype(np.int64),
        limit=limit,
        divisible=np.arange(limit.size) >= limit.size - loose,
        use=sp.csc_array(
            sp.hstack([single @ members, single, stretch, pool, over, lacking], format="csc")
        ),
        capacity=np.concatenate(
            [
                staffing.hours[posts] * (1 + SLIVER) + SLIVER,
                -need,
                most[full_post, full_role],
                jobs.copies[shared],
                cases.copies[counted],
            ]
        ),
        part=np.full(limit.size, -1, dtype=np.int32),
    )
    return Component(problem, members, case, post, pair)
