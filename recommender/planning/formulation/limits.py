"""Limits: every rule of the plan as rows, each written once, as a pure function of pieces.

An offer is a sum of *pieces*: a place in an intervention, a group that runs, an hour that
professionals give, one served pupil under a statutory rule.  A rule says what one piece uses of
the rows it adds and what there is of each row; what an offer uses follows by addition.  So a new
rule is one function here and its name in ``RULES``; ``.github/CONTRIBUTING.md`` lists where its
settings, words and tests stand.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from enum import IntEnum
from typing import TypeAlias

import numpy as np
import scipy.sparse as sp

from recommender.inputs.policy import Fairness, MustServe, Policy
from recommender.planning.formulation.conditions import CLASS, INDIVIDUAL, Conditions
from recommender.planning.formulation.indexing import Bools, Floats, Ints, distinct, ranges


@dataclass(frozen=True, slots=True)
class LimitSettings:
    """The rules in force, as people set them.

    Attributes:
        budget: euros beside the hours for the whole plan, or None for no limit.
        must_serve: the statutory rules.
        caps: (intervention, most pupils of one site in the whole plan).
        travel_overhead: share of every hour that is lost on the road by professionals who may
            serve more than one site, whether or not the plan sends them to more than one.
        waiting_discount: share of the benefit lost for every period an offer starts later.
        caseload: (role, most cases at once of one professional in that role).
        coordinators: roles that coordinate a family, the first in preference; who gives it most
            hours where nobody who helps it has one of them.
        waiting_priority: the share of its value that is added to help for every year that a pupil
            has waited, and the largest share added; None adds nothing.
        today: the day up to which waiting counts.
        at_once_per_pupil: the most interventions a pupil has in one period, or None for no limit;
            those given to the whole class do not count.
        at_once_per_family: the same for all children of a family together; help that is given to
            the parents counts once.
        fairness: how help is to be shared between groups of pupils.
        no_worse_than: how much less benefit than under the plan in force a pupil may have; None
            where that is no rule.
        seed: of the lots that break ties between equal pupils.

    Raises:
        ValueError: for a number that makes no sense.
    """

    budget: float | None = None
    must_serve: tuple[MustServe, ...] = ()
    caps: tuple[tuple[str, float], ...] = ()
    travel_overhead: float = 0.0
    waiting_discount: float = 0.0
    caseload: tuple[tuple[str, int], ...] = ()
    coordinators: tuple[str, ...] = ()
    waiting_priority: tuple[float, float] | None = None
    today: dt.date | None = None
    at_once_per_pupil: int | None = None
    at_once_per_family: int | None = None
    fairness: tuple[Fairness, ...] = ()
    no_worse_than: float | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        """Refuse nonsense."""
        if self.budget is not None and not 0 <= self.budget < np.inf:
            raise ValueError(f"budget is {self.budget}; use a number of 0 or more")
        for name, cap in self.caps:
            if not 0 <= cap < np.inf:
                raise ValueError(f"the cap of {name} is {cap}; use a number of 0 or more")
        for name in ("travel_overhead", "waiting_discount"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name} is {getattr(self, name)}; use 0 to 1")
        for name, cases in self.caseload:
            if cases < 0:
                raise ValueError(f"the most cases of {name} are {cases}; use 0 or more")
        if self.waiting_priority is not None and not all(
            0 <= share < np.inf for share in self.waiting_priority
        ):
            raise ValueError(
                f"waiting_priority is {self.waiting_priority}; use shares of 0 or more"
            )
        for name in ("at_once_per_pupil", "at_once_per_family"):
            most = getattr(self, name)
            if most is not None and most < 1:
                raise ValueError(f"{name} is {most}; use 1 or more")
        if self.no_worse_than is not None and not 0 <= self.no_worse_than < np.inf:
            raise ValueError(f"no_worse_than is {self.no_worse_than}; use a number of 0 or more")
        if self.seed < 0:
            raise ValueError(f"seed is {self.seed}; use 0 or more")

    @classmethod
    def of(cls, policy: Policy, seed: int = 0) -> LimitSettings:
        """Return the rules a policy states."""
        return cls(
            budget=policy.rules.budget,
            must_serve=policy.rules.must_serve,
            caps=tuple(sorted(policy.rules.caps.items())),
            travel_overhead=policy.rules.travel_overhead,
            waiting_discount=policy.waiting_discount,
            caseload=tuple(sorted(policy.rules.caseload.items())),
            coordinators=policy.rules.coordinators,
            waiting_priority=(
                None
                if policy.rules.waiting_priority is None
                else (policy.rules.waiting_priority.per_year, policy.rules.waiting_priority.most)
            ),
            today=None if policy.rules.waiting_priority is None else policy.reference_date,
            at_once_per_pupil=policy.rules.at_once_per_pupil,
            at_once_per_family=policy.rules.at_once_per_family,
            fairness=policy.rules.fairness,
            no_worse_than=(
                None if policy.rules.no_worse_than is None else policy.rules.no_worse_than.margin
            ),
            seed=seed,
        )


class PieceKind(IntEnum):
    """What a piece is."""

    PLACE = 0
    """One pupil in an intervention that starts in a period."""
    GROUP = 1
    """One group or class session of an intervention that starts in a period, or one family whose
    parents receive it."""
    HOUR = 2
    """One hour spent by professionals on a role, at a site, in a period."""
    SERVED = 3
    """One pupil offered help that counts for a statutory rule."""
    SHORT = 4
    """One pupil whom a statutory rule still lacks."""
    BORROWED = 5
    """One hour that running help takes and nobody has."""
    LACK = 6
    """One of what a rule of fairness measures that a group lacks of its floor."""
    LEVEL = 7
    """One of what a rule of fairness measures that counts for more in a group that has little."""
    COUNTED = -1
    """One of what a rule of fairness measures, of a group."""


@dataclass(frozen=True, eq=False, slots=True)
class Pieces:
    """Everything offers are made of, as codes (see ``Book``); -1 where one does not apply.

    Attributes:
        kind: (pieces,) ``PieceKind``.
        intervention, site, period, grade, role, rule: (pieces,) codes; the period of a PLACE or
            GROUP is the one in which it starts, the grade is that of a class.
        family: (pieces,) of a PLACE the family of the pupil, where a rule speaks of it; of a GROUP
            the family whose parents receive the intervention.  A PLACE in help for parents that
            has a family is a place in that family's GROUP, and takes nothing else.
        alike: (pieces,) in what the pupils of the group are alike.
        most: (pieces,) pupils that a group holds, of PLACE and GROUP in groups; else 0.
        rate: (pieces,) hours given to pupils for every hour spent, of HOUR; else 1.
    """

    kind: Ints
    intervention: Ints
    site: Ints
    period: Ints
    grade: Ints
    role: Ints
    rule: Ints
    family: Ints
    alike: Ints
    most: Ints
    rate: Floats

    @property
    def size(self) -> int:
        """Return the number of pieces."""
        return self.kind.size


@dataclass(frozen=True, eq=False, slots=True)
class CaseCapacity:
    """Room for cases that professionals have at once, beside running help.

    Attributes:
        role, place, period: (desks,) codes; places are those of ``Book.places``.
        room: (desks,) cases.
        member: (places, sites) which sites a place is.
    """

    role: Ints
    place: Ints
    period: Ints
    room: Floats
    member: Bools


@dataclass(frozen=True, eq=False, slots=True)
class RuleContext:
    """What rules need to know beside the pieces.

    Attributes:
        terms: the conditions of the catalogue.
        budget: euros, or None.
        cap: (interventions,) most pupils of one site, infinite for no cap.
        committed: hours that running help takes: codes of role, site, period (k,) and hours (k,).
        owed: pupils owed help: codes of rule, site (k,) and pupils (k,).
        at_once: (families, periods) how many interventions each family may still have in each
            period, running help taken off; None for no limit.
        case_capacity: room for cases at once, or None for no limit.
    """

    terms: Conditions
    budget: float | None
    cap: Floats
    committed: tuple[Ints, Ints, Ints, Floats]
    owed: tuple[Ints, Ints, Floats]
    at_once: Floats | None = None
    case_capacity: CaseCapacity | None = None


@dataclass(frozen=True, eq=False, slots=True)
class Rows:
    """The rows a rule adds.

    Attributes:
        resource: (rows,) what they limit: hours, places, quorum, budget, must_serve, cap,
            at_once or caseload.
        role, site, period, intervention, grade, rule, family, alike: (rows,) codes, -1 where one
            does not apply; the site of a caseload is one of ``Book.places``.
        use: (rows, pieces) what one of each piece uses; negative is supply.
        capacity: (rows,) what there is; negative is a floor.
    """

    resource: tuple[str, ...]
    role: Ints
    site: Ints
    period: Ints
    intervention: Ints
    grade: Ints
    rule: Ints
    family: Ints
    alike: Ints
    use: sp.csr_array
    capacity: Floats

    @property
    def size(self) -> int:
        """Return the number of rows."""
        return self.capacity.size


Rule: TypeAlias = Callable[[Pieces, RuleContext], Rows]

LABELS = ("role", "site", "period", "intervention", "grade", "rule", "family", "alike")


def tally(resource: str, pieces: int, piece: Ints, amount: Floats, keys: dict[str, Ints]) -> Rows:
    """Return one row for every combination of labels, with the amounts added up.

    Args:
        resource: what the rows limit.
        pieces: how many pieces there are.
        piece: (n,) the piece that uses the amount, or -1 where the amount is capacity.
        amount: (n,) numbers.
        keys: label -> (n,) codes; labels left out are -1.
    """
    values, where = distinct(*keys.values())
    rows = values[0].size
    spent = (piece >= 0) & (amount != 0)
    use = sp.csr_array(
        (amount[spent], (where[spent], piece[spent])), shape=(rows, pieces), dtype=np.float64
    )
    use.sum_duplicates()
    there = piece < 0
    none = np.full(rows, -1, dtype=np.int64)
    codes = dict.fromkeys(LABELS, none) | dict(zip(keys, values, strict=True))
    return Rows(
        resource=(resource,) * rows,
        **codes,
        use=use,
        capacity=np.bincount(where[there], weights=amount[there], minlength=rows).astype(float),
    )


def work(pieces: Pieces, terms: Conditions) -> tuple[Ints, Ints, Ints, Floats]:
    """Return what pieces take of professionals: piece, role, period and hours, (n,) each.

    Hours are spread evenly over the periods an intervention runs.  Hours per pupil are taken at
    the reach rate, because who does not start or finish does not take them; hours of a group are
    taken in full.  Help for the parents of a family takes the hours of one pupil, once.
    """
    one = each(pieces, terms)
    at = np.flatnonzero(one | ((pieces.kind == PieceKind.GROUP) & (pieces.family < 0)))
    what = pieces.intervention[at]
    needs = terms.need[what + 1] - terms.need[what]
    need = ranges(terms.need[what], needs)
    at, what = np.repeat(at, needs), np.repeat(what, needs)
    hours = np.where(
        one[at],
        terms.hours_per_pupil[need] * terms.reach[what],
        terms.hours_per_group[need],
    )
    taken = hours > 0
    at, what, need, hours = at[taken], what[taken], need[taken], hours[taken]
    length = terms.length[what]
    period = ranges(pieces.period[at], length)
    return (
        np.repeat(at, length),
        np.repeat(terms.role[need], length),
        period,
        np.repeat(hours / length, length),
    )


def seated(pieces: Pieces, terms: Conditions) -> Bools:
    """Return (pieces,) whether a piece is a pupil's place in help that the family receives once."""
    mine = (pieces.kind == PieceKind.PLACE) & (pieces.family >= 0)
    mine[mine] = terms.parents[pieces.intervention[mine]]
    return np.asarray(mine)


def each(pieces: Pieces, terms: Conditions) -> Bools:
    """Return (pieces,) whether a piece takes what one pupil takes: a pupil, or a family at once."""
    family = (pieces.kind == PieceKind.GROUP) & (pieces.family >= 0)
    place = (pieces.kind == PieceKind.PLACE) & ~seated(pieces, terms)
    return np.asarray(place | family)


def euros(pieces: Pieces, terms: Conditions) -> Floats:
    """Return (pieces,) what each piece costs beside the hours; per pupil at the reach rate."""
    what = pieces.intervention
    cost = np.zeros(pieces.size)
    place = each(pieces, terms)
    group = (pieces.kind == PieceKind.GROUP) & ~place
    cost[place] = (terms.cost_per_pupil * terms.reach)[what[place]]
    cost[group] = terms.cost_per_group[what[group]]
    return cost


def hours(pieces: Pieces, facts: RuleContext) -> Rows:
    """Hours of a role at a site in a period: what help takes is what professionals give.

    The capacity is what running help takes, off the zero that is left to give without anybody.
    """
    piece, role, period, taken = work(pieces, facts.terms)
    given = np.flatnonzero((pieces.kind == PieceKind.HOUR) | (pieces.kind == PieceKind.BORROWED))
    committed_role, committed_site, committed_period, committed = facts.committed
    return tally(
        "hours",
        pieces.size,
        np.concatenate([piece, given, np.full(committed.size, -1)]),
        np.concatenate([taken, -pieces.rate[given], -committed]),
        {
            "role": np.concatenate([role, pieces.role[given], committed_role]),
            "site": np.concatenate([pieces.site[piece], pieces.site[given], committed_site]),
            "period": np.concatenate([period, pieces.period[given], committed_period]),
        },
    )


def places(pieces: Pieces, facts: RuleContext) -> Rows:
    """Places in the groups that start together: pupils minus places is at most nothing.

    A family whose parents receive help is a group of its children, and where parents meet in
    groups the family has one place there.
    """
    return _of_groups("places", pieces, facts, pupil=1.0, group=-pieces.most.astype(float))


def quorum(pieces: Pieces, facts: RuleContext) -> Rows:
    """The least pupils of groups that start together: quorum minus pupils is at most nothing.

    Of a whole class that is everybody who may take part.
    """
    known = pieces.intervention >= 0
    least = np.where(known, facts.terms.least[pieces.intervention], 0)
    least = np.where(pieces.family >= 0, np.minimum(least, 1), least)
    least = np.where(known & facts.terms.whole[pieces.intervention], pieces.most, least)
    return _of_groups("quorum", pieces, facts, pupil=-1.0, group=least.astype(float))


GROUP_KEYS = ("site", "period", "intervention", "grade", "family", "alike")
"""What tells groups apart."""


def members_of_groups(pieces: Pieces, terms: Conditions) -> tuple[Ints, dict[str, Ints]]:
    """Return who has a place in a group, and in which group.

    Returns:
        (k,) pieces - a PLACE, or the GROUP that is a family among parents who meet in groups - and
        by label (k,) the codes of the group's GROUP piece.
    """
    seat = seated(pieces, terms)
    known = pieces.intervention >= 0
    meets = np.zeros(pieces.size, dtype=np.bool_)
    meets[known] = terms.form[pieces.intervention[known]] != INDIVIDUAL
    family = (pieces.kind == PieceKind.GROUP) & (pieces.family >= 0)
    member = np.flatnonzero(seat | (meets & ((pieces.kind == PieceKind.PLACE) | family)))
    labels: dict[str, Ints] = {name: getattr(pieces, name)[member] for name in GROUP_KEYS}
    labels["family"] = np.where(seat[member], labels["family"], -1)
    return member, labels


def _of_groups(
    resource: str, pieces: Pieces, facts: RuleContext, *, pupil: float, group: Floats
) -> Rows:
    member, labels = members_of_groups(pieces, facts.terms)
    own = np.flatnonzero(pieces.kind == PieceKind.GROUP)
    return tally(
        resource,
        pieces.size,
        np.concatenate([member, own]),
        np.concatenate([np.full(member.size, pupil), group[own]]),
        {
            name: np.concatenate([codes, getattr(pieces, name)[own]])
            for name, codes in labels.items()
        },
    )


def budget(pieces: Pieces, facts: RuleContext) -> Rows:
    """Money beside the hours, for the whole plan; no row where there is no budget."""
    cost = euros(pieces, facts.terms)
    at = np.flatnonzero(cost)
    piece, amount = np.append(at, -1), np.append(cost[at], facts.budget or 0.0)
    if facts.budget is None:
        piece, amount = piece[:0], amount[:0]
    # one row: every piece carries the same label
    return tally("budget", pieces.size, piece, amount, {"rule": np.full(piece.size, -1)})


def must_serve(pieces: Pieces, facts: RuleContext) -> Rows:
    """Pupils a statutory rule owes help to at a site: served and short are at least as many."""
    rule, site, owed = facts.owed
    counted = np.flatnonzero((pieces.kind == PieceKind.SERVED) | (pieces.kind == PieceKind.SHORT))
    return tally(
        "must_serve",
        pieces.size,
        np.concatenate([counted, np.full(rule.size, -1)]),
        np.concatenate([np.full(counted.size, -1.0), -owed]),
        {
            "site": np.concatenate([pieces.site[counted], site]),
            "rule": np.concatenate([pieces.rule[counted], rule]),
        },
    )


def caps(pieces: Pieces, facts: RuleContext) -> Rows:
    """The most pupils of one site in one intervention, over all periods; families count once."""
    place = np.flatnonzero(each(pieces, facts.terms))
    at = place[np.isfinite(facts.cap[pieces.intervention[place]])]
    rows = tally(
        "cap",
        pieces.size,
        at,
        np.ones(at.size),
        {"site": pieces.site[at], "intervention": pieces.intervention[at]},
    )
    return replace(rows, capacity=facts.cap[rows.intervention])


def at_once(pieces: Pieces, facts: RuleContext) -> Rows:
    """The most interventions that the children of a family have in one period, all together.

    Help for the parents counts once; what the whole class receives does not count.
    """
    terms = facts.terms
    counted = each(pieces, terms) & (pieces.family >= 0)
    counted[counted] = terms.form[pieces.intervention[counted]] != CLASS
    at = np.flatnonzero(counted)
    if facts.at_once is None:
        at = at[:0]
    length = terms.length[pieces.intervention[at]]
    piece = np.repeat(at, length)
    rows = tally(
        "at_once",
        pieces.size,
        piece,
        np.ones(piece.size),
        {"family": pieces.family[piece], "period": ranges(pieces.period[at], length)},
    )
    if facts.at_once is None:
        return rows
    return replace(rows, capacity=facts.at_once[rows.family, rows.period])


def caseload(pieces: Pieces, facts: RuleContext) -> Rows:
    """The most cases that professionals of a role have at once, at sites that share them.

    A case is a pupil or a family with hours of the role in the period, or a group that runs in it.
    """
    case_capacity = facts.case_capacity
    if case_capacity is None:
        none = np.zeros(0, dtype=np.int64)
        return tally("caseload", pieces.size, none, np.zeros(0), {"role": none, "site": none})
    piece, role, period, _ = work(pieces, facts.terms)
    (piece, role, period), _ = distinct(piece, role, period)
    shape = (
        len(case_capacity.member),
        int(role.max(initial=-1)) + 1,
        int(period.max(initial=-1)) + 1,
    )
    open_desk = np.zeros(shape, dtype=np.bool_)
    known = (case_capacity.role < shape[1]) & (case_capacity.period < shape[2])
    open_desk[
        case_capacity.place[known], case_capacity.role[known], case_capacity.period[known]
    ] = True
    place, at = np.nonzero(case_capacity.member[:, pieces.site[piece]] & open_desk[:, role, period])
    return tally(
        "caseload",
        pieces.size,
        np.concatenate([piece[at], np.full(case_capacity.room.size, -1)]),
        np.concatenate([np.ones(at.size), case_capacity.room]),
        {
            "role": np.concatenate([role[at], case_capacity.role]),
            "site": np.concatenate([place, case_capacity.place]),
            "period": np.concatenate([period[at], case_capacity.period]),
        },
    )


RULES: tuple[Rule, ...] = (hours, places, quorum, budget, must_serve, caps, at_once, caseload)
"""Every rule, in the order of their rows."""


def stacked(parts: list[Rows]) -> Rows:
    """Return the rows of several rules as one, in order."""
    codes: dict[str, Ints] = {
        name: np.concatenate([getattr(rows, name) for rows in parts]) for name in LABELS
    }
    return Rows(
        resource=tuple(name for rows in parts for name in rows.resource),
        **codes,
        use=sp.csr_array(sp.vstack([rows.use for rows in parts], format="csr")),
        capacity=np.concatenate([rows.capacity for rows in parts]),
    )


def some_pieces(pieces: Pieces, at: Ints) -> Pieces:
    """Return some of the pieces."""
    return Pieces(**{field.name: getattr(pieces, field.name)[at] for field in fields(Pieces)})
