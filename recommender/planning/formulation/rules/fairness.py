"""Fairness between groups: floors, caps, max-min and alpha-fairness as rows and columns.

A group is told from another by its site, its grade or a column that may be used for eligibility,
never by a column that may only be looked at afterwards (the reader refuses that).  What a rule
measures is counted per offer, so the offers of units are told apart by group; where benefit is
measured every column is an offer of its own, which makes a larger problem.

Everything stays in the one model.  With m the measure of a group of n pupils:

    floor     -m - lacks <= -floor n     lacks: a dear divisible column, so that a plan exists
              (so "nobody is worse off": m counts those who keep enough, n those who have it now)
    cap        m         <=  cap n
    lowest    -m + n t   <=  0           t: one divisible column of all groups, worth ``lowest``
    alpha     -m + sum y <=  0           y: divisible columns, the first the dearest: the chords of
                                         worth * n * U(m / n), U(x) = x^(1-alpha) / (1-alpha)

(J. Mo and J. Walrand, Fair end-to-end window-based congestion control, IEEE/ACM Transactions on
Networking 8, 2000.)
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp

from recommender.allocation import AllocationProblem, Solution
from recommender.matching import Candidates
from recommender.planning.formulation.indexing import distinct
from recommender.planning.formulation.limits import LABELS, PieceKind, Rows, stacked
from recommender.planning.formulation.offers import Offers, joined_pieces, pieces_of
from recommender.planning.formulation.rules.shares import PRESENT, Group, groups_of

if TYPE_CHECKING:
    from recommender.planning.formulation.formulation import Formulation

CHORDS = (0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1.0)
"""Where the chords of a concave worth begin and end, as shares of the most a group could have."""

SHORTFALL = 30.0
"""A pupil's worth that a floor lacks costs this many times the largest value of a candidate."""

RESOURCES = {"coverage": "fair_coverage", "hours": "fair_hours", "benefit": "fair_benefit"}
"""What the rows of a measure limit."""


@dataclass(frozen=True, eq=False, slots=True)
class _Added:
    """What is added: rows over the added pieces, and columns of one piece each.

    Attributes:
        label: (rows,) positions among the groups.
        counted: (rows,) what one of the group's measure uses of its row: 1 or -1.
        capacity: (rows,) numbers.
        row, amount: per column, the rows that it uses and how much.
        value, limit: (columns,) numbers.
        kind, owner: (columns,) ``Kind``, and the group it belongs to.
    """

    label: list[int]
    counted: list[float]
    capacity: list[float]
    uses: list[dict[int, float]]
    value: list[float]
    limit: list[float]
    kind: list[int]
    owner: list[int]

    def row(self, group: int, counted: float, capacity: float) -> int:
        """Return the number of a new row."""
        self.label.append(group)
        self.counted.append(counted)
        self.capacity.append(capacity)
        return len(self.label) - 1

    def column(
        self, kind: PieceKind, owner: int, uses: dict[int, float], value: float, limit: float
    ) -> None:
        """Add a column in a divisible block of its own."""
        self.uses.append(uses)
        self.value.append(value)
        self.limit.append(limit)
        self.kind.append(int(kind))
        self.owner.append(owner)


def fair(formulation: Formulation, candidates: Candidates) -> Formulation:
    """Return a formulation with the rules of fairness in it; the same one if there are none."""
    if not formulation.settings.fairness and formulation.settings.no_worse_than is None:
        return formulation
    groups = groups_of(formulation, candidates)
    if not groups:
        return formulation
    most = float(formulation.problem.value[: formulation.candidate.size].max(initial=0.0)) or 1.0
    added = _Added([], [], [], [], [], [], [], [])
    for rule in (*formulation.settings.fairness, PRESENT):
        mine = [number for number, group in enumerate(groups) if group.rule is rule]
        level: dict[int, float] = {}
        top = max((float(groups[n].amount.max()) for n in mine), default=0.0)
        for n in mine:
            pupils = groups[n].pupils
            if rule.floor:
                row = added.row(n, -1.0, -rule.floor * pupils)
                dear = -SHORTFALL * most / (top or 1.0)
                added.column(PieceKind.LACK, n, {row: -1.0}, dear, rule.floor * pupils)
            if rule.cap is not None:
                added.row(n, 1.0, rule.cap * pupils)
            if rule.lowest:
                level[added.row(n, -1.0, 0.0)] = pupils
            if rule.alpha is not None and rule.worth and top > 0:
                row = added.row(n, -1.0, 0.0)
                for slope, length in chords(rule.alpha, rule.worth, top):
                    added.column(PieceKind.LEVEL, n, {row: 1.0}, slope, length * pupils)
        if level and rule.lowest and top > 0:
            added.column(PieceKind.LEVEL, mine[0], level, rule.lowest, top)
    return _with(_apart(formulation, groups), groups, added)


def chords(alpha: float, worth: float, top: float) -> list[tuple[float, float]]:
    """Return (slope, length) of the chords of a concave worth of a measure per pupil.

    Where the worth is infinitely steep (at nothing, from alpha 1) the first chord begins a
    hundredth of the most from there.
    """
    ends = np.array(CHORDS) * top
    shifted = ends + 0.01 * top
    utility = np.log(shifted) if alpha == 1 else np.power(shifted, 1.0 - alpha) / (1.0 - alpha)
    length = np.diff(ends)
    slope = worth * np.diff(utility) / length
    return list(zip(slope.tolist(), length.tolist(), strict=True))


def _apart(formulation: Formulation, groups: tuple[Group, ...]) -> Formulation:
    """Return a formulation whose offers of units are told apart by what they add to groups."""
    problem, columns = formulation.problem, formulation.candidate.size
    old = problem.offer[:columns].astype(np.int64)
    keys = [old]
    for group in groups:
        _, code = np.unique(group.amount, return_inverse=True)
        keys.append(code.astype(np.int64))
    combined = keys[0]
    for key in keys[1:]:
        _, combined = distinct(combined, key)
    _, first, offer = np.unique(combined, return_index=True, return_inverse=True)
    base = old[first]
    units = int(np.count_nonzero(formulation.offers.bundle >= 0))
    take = np.concatenate([base, np.arange(units, formulation.offers.size)])
    offers = formulation.offers
    rest = problem.offer[columns:].astype(np.int64) - units + base.size
    return replace(
        formulation,
        offers=Offers(
            **{
                field.name: getattr(offers, field.name)[take]
                for field in fields(Offers)
                if field.name != "made_of"
            },
            made_of=sp.csc_array(offers.made_of[:, take]),
        ),
        problem=replace(
            problem,
            offer=np.concatenate([offer, rest]).astype(np.int32),
            use=sp.csc_array(problem.use[:, take]),
        ),
    )


def _with(formulation: Formulation, groups: tuple[Group, ...], added: _Added) -> Formulation:
    """Return a formulation with the rows and columns that were added."""
    problem, book = formulation.problem, formulation.book
    labels = tuple(group.label for group in groups)
    first_rule = len(book.rules)
    width, height = len(added.value), len(added.label)
    none = np.full(height, -1, dtype=np.int64)

    code = first_rule + np.arange(len(groups))
    counted = pieces_of(np.full(len(groups), int(PieceKind.COUNTED)), rule=code)
    owner = np.array(added.owner, dtype=np.int64)
    single = pieces_of(np.array(added.kind, dtype=np.int64), rule=first_rule + owner)
    pieces = joined_pieces(formulation.pieces, counted, single)
    before = formulation.pieces.size

    columns, units = formulation.candidate.size, _unit_offers(formulation)
    amount = np.zeros((len(groups), formulation.offers.size))
    for number, group in enumerate(groups):
        amount[number, problem.offer[:columns]] = group.amount
    assert units == np.unique(problem.offer[:columns]).size
    made_of = sp.block_array(
        [
            [formulation.offers.made_of, None],
            [sp.csc_array(amount), None],
            [None, sp.eye_array(width)],
        ],
        format="csc",
    )
    row = np.array([r for uses in added.uses for r in uses], dtype=np.int64)
    column = np.repeat(np.arange(width), [len(uses) for uses in added.uses])
    data = np.array([n for uses in added.uses for n in uses.values()], dtype=np.float64)
    label = np.array(added.label, dtype=np.int64)
    use = sp.csr_array(
        (
            np.concatenate([added.counted, data]),
            (
                np.concatenate([np.arange(height), row]),
                np.concatenate([before + label, before + len(groups) + column]),
            ),
        ),
        shape=(height, pieces.size),
    )
    old = formulation.rows
    wide = sp.csr_array((old.use.data, old.use.indices, old.use.indptr),
                        shape=(old.size, pieces.size))  # fmt: skip
    new = Rows(
        resource=tuple(RESOURCES[groups[n].rule.measure] for n in added.label),
        **{name: none for name in LABELS if name != "rule"},
        rule=first_rule + len(groups) + np.arange(height),
        use=use,
        capacity=np.array(added.capacity, dtype=np.float64),
    )
    rows = stacked([replace(old, use=wide), new])
    one = np.full(width, -1, dtype=np.int64)
    offers = formulation.offers
    return replace(
        formulation,
        book=replace(book, rules=(*book.rules, *labels, *_row_labels(groups, added))),
        pieces=pieces,
        rows=rows,
        offers=Offers(
            **{
                field.name: np.concatenate(
                    [
                        getattr(offers, field.name),
                        before + len(groups) + np.arange(width) if field.name == "piece" else one,
                    ]
                )
                for field in fields(Offers)
                if field.name != "made_of"
            },
            made_of=made_of,
        ),
        spans=replace(formulation.spans, blocks=formulation.spans.blocks + width),
        problem=AllocationProblem(
            value=np.concatenate([problem.value, added.value]),
            offer=np.concatenate(
                [problem.offer, offers.size + np.arange(width, dtype=np.int32)]
            ).astype(np.int32),
            start=np.concatenate([problem.start, problem.columns + 1 + np.arange(width)]),
            limit=np.concatenate([problem.limit, added.limit]),
            divisible=np.concatenate([problem.divisible, np.ones(width, dtype=np.bool_)]),
            use=sp.csc_array(rows.use @ made_of),
            capacity=rows.capacity,
            part=np.concatenate([problem.part, np.full(width, -1, dtype=np.int32)]),
        ),
    )


def _row_labels(groups: tuple[Group, ...], added: _Added) -> list[str]:
    """Return what every added row is called: the group and, of several rows of one, its number."""
    seen: dict[str, int] = {}
    found = []
    for number in added.label:
        label = groups[number].label
        seen[label] = seen.get(label, 0) + 1
        found.append(label if seen[label] == 1 else f"{label}/{seen[label]}")
    return found


def _unit_offers(formulation: Formulation) -> int:
    return int(np.count_nonzero(formulation.offers.bundle >= 0))


def settled(formulation: Formulation, solution: Solution) -> Solution:
    """Return a solution in which lacks are as small and levels as high as its pupils allow.

    What a floor lacks and how high a group stands follow from what pupils are offered; an engine
    within its gap may leave some of it lying.  The same pupils always make the same plan.
    """
    pieces = formulation.pieces
    if not np.any(pieces.kind >= PieceKind.LACK):
        return solution
    problem, blocks = formulation.problem, formulation.spans.blocks
    single = int(np.count_nonzero(pieces.kind >= PieceKind.LACK))
    first = int(problem.start[blocks - single])
    keep = solution.columns < first
    columns, quantity = solution.columns[keep], solution.quantity[keep]
    taken = np.bincount(problem.offer[columns], weights=quantity, minlength=problem.offers)
    used = problem.use @ taken
    use = sp.csr_array(problem.use[:, problem.offer[first:]]).tocsc()
    amount = np.zeros(single)
    for at in np.argsort(-problem.value[first:], kind="stable").tolist():
        begin, end = use.indptr[at], use.indptr[at + 1]
        row, size = use.indices[begin:end], use.data[begin:end]
        if problem.value[first + at] < 0:
            lacks = float((used[row] - problem.capacity[row]).max())
            amount[at] = max(0.0, lacks)
        else:
            room = float(((problem.capacity[row] - used[row]) / size).min())
            amount[at] = min(max(0.0, room), float(problem.limit[blocks - single + at]))
        used[row] += size * amount[at]
    some = np.flatnonzero(amount > 1e-12)
    # a link of a level speaks of nobody's membership: the bound does without it
    told = solution.links.block < blocks - single
    links = replace(
        solution.links,
        block=solution.links.block[told],
        row=solution.links.row[told],
        price=solution.links.price[told],
    )
    return replace(
        solution,
        links=links,
        columns=np.concatenate([columns, first + some]),
        quantity=np.concatenate([quantity, amount[some]]),
    )
