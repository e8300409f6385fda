"""Duties: who is owed help under a must-serve rule, who has it, and why the others have not.

A rule of the policy is a statutory duty or a promise; what a professional's decision requires is
neither.  A pupil who is owed help and has none that counts has one cause:

    no_consent      help may not be offered: consent was refused, or asked and not given yet
    forbidden       all that would count and suit was forbidden by decisions
    nothing_suits   nothing that counts may be offered, whatever the hours
    no_hours        something would do, but hours, money or places do not suffice

Of the last three the plan has a shortage; who does not agree lacks nothing that a plan could give.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields
from typing import Literal, TypeAlias, get_args

import numpy as np
import pandas as pd

from recommender.allocation import Solution
from recommender.allocation.model.problem import blocks_at
from recommender.matching import Candidates, Reason
from recommender.planning.formulation.formulation import Formulation
from recommender.planning.formulation.indexing import Bools, Codes, Floats, Ints, distinct
from recommender.planning.formulation.limits import PieceKind
from recommender.planning.formulation.units import DECISION, counting_interventions
from recommender.planning.selection.selection import WHOLE, Selection

Cause: TypeAlias = Literal["no_hours", "nothing_suits", "forbidden", "no_consent"]
Basis: TypeAlias = Literal["statutory", "promise", "decision"]

CAUSES: tuple[Cause, ...] = get_args(Cause)
BASES: tuple[Basis, ...] = get_args(Basis)

_NONE = -1


@dataclass(frozen=True, slots=True)
class Duty:
    """What one must-serve rule comes to, in pupils.

    Attributes:
        rule: its id, or ``decision`` for what professionals' decisions require.
        basis: statutory, promise or decision.
        owed: pupils under the rule, whether they agree to help or not.
        met: those offered help that counts, or who have it already.
        no_hours, nothing_suits, forbidden, no_consent: the others, by cause.
    """

    rule: str
    basis: Basis
    owed: float
    met: float
    no_hours: float
    nothing_suits: float
    forbidden: float
    no_consent: float


COLUMNS = tuple(field.name for field in fields(Duty))
"""The columns of duties as a table."""


def duties_table(duties: Sequence[Duty]) -> pd.DataFrame:
    """Return duties as a table, a row each."""
    frame = pd.DataFrame([astuple(duty) for duty in duties], columns=list(COLUMNS))
    numbers = dict.fromkeys(COLUMNS[2:], "float64")
    return frame.astype({"rule": "str", "basis": "str"} | numbers)


def duties_in(table: pd.DataFrame) -> tuple[Duty, ...]:
    """Return the duties that a table holds."""
    return tuple(Duty(*row) for row in table[list(COLUMNS)].itertuples(index=False, name=None))


def basis_of(rule: str, *, statutory: bool) -> Basis:
    """Return on what a rule rests."""
    if rule == DECISION:
        return "decision"
    return "statutory" if statutory else "promise"


def statutory_rules(formulation: Formulation) -> frozenset[str]:
    """Return the ids of the rules that are duties in law."""
    return frozenset(rule.id for rule in formulation.settings.must_serve if rule.statutory)


def counted(formulation: Formulation, offers: Codes) -> Bools:
    """Return (offers,) whether an offer is help that counts for the rule of its unit."""
    made_of = formulation.offers.made_of[:, offers]
    served = (formulation.pieces.kind == PieceKind.SERVED).astype(np.float64)
    return np.asarray(made_of.T @ served) > 0


def suited(formulation: Formulation) -> Bools:
    """Return (units,) whether a unit may be offered help that counts for its rule."""
    problem, people = formulation.problem, formulation.units
    counts = np.zeros(problem.offers, dtype=np.bool_)
    served = np.flatnonzero(formulation.pieces.kind == PieceKind.SERVED)
    counts[formulation.offers.made_of.tocsr()[served].indices] = True
    mine = np.flatnonzero(counts[problem.offer[: formulation.candidate.size]])
    found = np.zeros(people.site.size, dtype=np.bool_)
    found[formulation.unit[blocks_at(problem, mine)]] = True
    return found


@dataclass(frozen=True, eq=False, slots=True)
class Owing:
    """Who is owed help and has none that counts.

    Attributes:
        cause: (units,) a position in ``CAUSES``, -1 where nothing is lacking.
        pupils: (units,) how many.
    """

    cause: Ints
    pupils: Floats


def owing_of(formulation: Formulation, selection: Selection, candidates: Candidates) -> Owing:
    """Return who is owed help and has none that counts, and why."""
    people = formulation.units
    helped = counted(formulation, selection.offer)
    met = np.bincount(
        selection.unit[helped], weights=selection.pupils[helped], minlength=people.site.size
    )
    pupils = np.where(people.duty >= 0, people.count - met, 0.0)
    lacks = pupils > WHOLE
    cause = np.full(people.site.size, _NONE, dtype=np.int64)
    cause[lacks] = CAUSES.index("no_hours")
    unsuited = lacks & ~suited(formulation)
    cause[unsuited] = CAUSES.index("nothing_suits")
    cause[unsuited & _forbidden(formulation, candidates)] = CAUSES.index("forbidden")
    cause[lacks & ~people.agreed] = CAUSES.index("no_consent")
    return Owing(cause, np.where(lacks, pupils, 0.0))


def _forbidden(formulation: Formulation, candidates: Candidates) -> Bools:
    """Return (units,) whether help that counts would suit, were it not for a decision."""
    people = formulation.units
    owed = np.flatnonzero(people.rule >= 0)
    counts = counting_interventions(formulation.settings, formulation.book)[people.rule[owed]]
    only = candidates.reasons[owed] == np.uint16(Reason.FORBIDDEN)
    found = np.zeros(people.site.size, dtype=np.bool_)
    found[owed] = np.any(counts & only, axis=1)
    return found


def lacking_by_cause(
    formulation: Formulation, selection: Selection, owing: Owing
) -> list[tuple[int, int, Cause, float]]:
    """Return rule, site, cause and pupils of every shortage of the must-serve rules.

    They add up to the shortages of the plan: what is not explained by who may not be offered
    anything that counts is a lack of hours.
    """
    pieces, people = formulation.pieces, formulation.units
    short = np.flatnonzero((pieces.kind == PieceKind.SHORT) & (selection.piece > WHOLE))
    hours = CAUSES.index("no_hours")
    mine = np.flatnonzero((owing.cause > hours) & people.agreed)
    (rule, site, cause), where = distinct(people.duty[mine], people.site[mine], owing.cause[mine])
    pupils = np.bincount(where, weights=owing.pupils[mine], minlength=rule.size)
    found: list[tuple[int, int, Cause, float]] = []
    for piece in short.tolist():
        left = float(selection.piece[piece])
        at = (rule == pieces.rule[piece]) & (site == pieces.site[piece])
        parts: list[tuple[Cause, float]] = []
        for row in np.flatnonzero(at).tolist():
            amount = min(left, float(pupils[row]))
            parts.append((CAUSES[cause[row]], amount))
            left -= amount
        parts.insert(0, (CAUSES[hours], left))
        found += [
            (int(pieces.rule[piece]), int(pieces.site[piece]), why, amount)
            for why, amount in parts
            if amount > WHOLE
        ]
    return found


def duties_of(formulation: Formulation, owing: Owing) -> tuple[Duty, ...]:
    """Return every must-serve rule under which somebody is, in the order of the rules."""
    people, book = formulation.units, formulation.book
    law = statutory_rules(formulation)
    found = []
    for rule in np.unique(people.rule[people.rule >= 0]).tolist():
        mine = people.rule == rule
        owed = float(people.count[mine].sum())
        lacking = {
            cause: float(owing.pupils[mine & (owing.cause == number)].sum())
            for number, cause in enumerate(CAUSES)
        }
        name = str(book.rules[rule])
        found.append(
            Duty(
                rule=name,
                basis=basis_of(name, statutory=name in law),
                owed=owed,
                met=owed - sum(lacking.values()),
                no_hours=lacking["no_hours"],
                nothing_suits=lacking["nothing_suits"],
                forbidden=lacking["forbidden"],
                no_consent=lacking["no_consent"],
            )
        )
    return tuple(found)


def penalty_of(formulation: Formulation, solution: Solution) -> float:
    """Return what the shortages of a solution take off its value, 0 or more."""
    problem = formulation.problem
    dear = solution.columns >= problem.start[formulation.spans.shortages]
    value = np.minimum(problem.value[solution.columns[dear]], 0.0)
    return float(-(value @ solution.quantity[dear])) + 0.0
