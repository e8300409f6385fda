"""Shares: the groups that rules of fairness speak of, and what every column adds to each.

Who may not be worse off than under the plan in force is such a group too: of every site those who
have help in that plan, and what is measured is how many of them keep enough.  An offer is enough
where its benefit is that of the present one but for the margin, or the most that the pupil may
still be offered.  Pupils of a segment may have several offers in that plan, so every segment is a
group for each of them: so many of its pupils have that much or more.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from recommender.allocation.model.problem import block_of
from recommender.errors import InputError, Problem
from recommender.inputs.policy import Fairness
from recommender.matching import Candidates
from recommender.planning.formulation.conditions import Book
from recommender.planning.formulation.indexing import Floats, Ints
from recommender.planning.formulation.limits import work
from recommender.planning.formulation.offers import shared_out
from recommender.planning.formulation.units import Units

if TYPE_CHECKING:
    from recommender.planning.formulation.formulation import Formulation

PRESENT = Fairness(id="no_worse_than", by="present", measure="coverage", floor=1.0)
"""The rule that nobody is worse off, as one of coverage: of those who keep enough."""

EQUAL = 1e-9
"""A benefit this much below what is enough is enough: rounding of sums."""


@dataclass(frozen=True, eq=False, slots=True)
class Group:
    """One group of one rule.

    Attributes:
        rule: the rule.
        name: of the group.
        pupils: how many of it may be offered something.
        amount: (unit columns,) what one of a column adds to its measure.
    """

    rule: Fairness
    name: str
    pupils: float
    amount: Floats

    @property
    def label(self) -> str:
        """Return what the rows of the group are called."""
        return f"{self.rule.id}/{self.name}"


def groups_by(
    by: str, rule: Fairness, candidates: Candidates, people: Units, book: Book
) -> tuple[tuple[str, ...], Ints]:
    """Return the groups of a rule, and (units,) the group of every unit, -1 for none."""
    units = candidates.cohort.units
    if by == "site":
        return book.sites, people.site
    if by == "grade" and not rule.bands:
        return tuple(map(str, book.grades)), people.grade
    if by == "grade":
        grade = np.array(book.grades, dtype=np.int64)[people.grade]
        code = np.full(grade.size, -1, dtype=np.int64)
        for number, (low, high) in enumerate(rule.bands.values()):
            code[(grade >= low) & (grade <= high)] = number
        return tuple(rule.bands), code
    values = units[by].to_numpy(dtype=object)
    flags = np.array([str(value) in ("1", "1.0", "True") for value in values])
    return ("no", "yes"), flags.astype(np.int64)


def hours_of_offers(formulation: Formulation) -> Floats:
    """Return (unit offers,) hours of all roles, a place counted as its part of a full group."""
    pieces = formulation.pieces
    piece, _, _, hours = work(pieces, formulation.terms)
    of_piece = np.bincount(piece, weights=hours, minlength=pieces.size).astype(np.float64)
    place = shared_out(pieces, formulation.terms, of_piece)
    units = formulation.offers.bundle >= 0
    return np.asarray(formulation.offers.made_of[:, units].T @ place)


def groups_of(formulation: Formulation, candidates: Candidates) -> tuple[Group, ...]:
    """Return the groups of every rule in which somebody may be offered something."""
    problem, people = formulation.problem, formulation.units
    columns = formulation.candidate.size
    unit = formulation.unit[block_of(problem)[:columns]]
    amounts: dict[str, Floats] = {
        "coverage": np.ones(columns),
        "benefit": formulation.benefit,
    }
    found = []
    for rule in formulation.settings.fairness:
        if rule.measure not in amounts:
            amounts["hours"] = hours_of_offers(formulation)[problem.offer[:columns]]
        names, code = groups_by(rule.by, rule, candidates, people, formulation.book)
        may = np.zeros(people.count.size)
        may[formulation.unit] = people.count[formulation.unit]
        for number, name in enumerate(names):
            mine = code == number
            pupils = float(may[mine].sum())
            if pupils > 0:
                amount = np.where(mine[unit], amounts[rule.measure], 0.0)
                found.append(Group(rule, name, pupils, amount))
    if formulation.settings.no_worse_than is not None:
        found += _no_worse(formulation, candidates, unit, formulation.settings.no_worse_than)
    return tuple(found)


def _no_worse(
    formulation: Formulation, candidates: Candidates, unit: Ints, margin: float
) -> Iterator[Group]:
    """Yield those who have help in the plan in force: by site, segments each on its own.

    Args:
        unit: (unit columns,) the unit of every column.
        margin: how much less benefit is no loss.
    """
    present, people, book = candidates.present, formulation.units, formulation.book
    if present is None:
        raise InputError(
            [
                Problem(
                    "data/present.csv", None, None,
                    "is missing, and rules.no_worse_than needs the plan in force",
                    "put assignments.csv of its folder there",
                )
            ]
        )  # fmt: skip
    units = people.site.size
    benefit = formulation.benefit
    best = np.zeros(units)
    np.maximum.at(best, unit, benefit)
    period = np.array([book.periods.index(name) for name in present.period], dtype=np.int64)
    worth = present.benefit * formulation.waited[period]

    single = people.count == 1
    alone = single[present.unit]
    had = np.bincount(present.unit[alone], weights=worth[alone], minlength=units)
    enough = np.minimum(had - margin, best)
    owed = single & (enough > EQUAL)
    good = (owed[unit] & (benefit >= enough[unit] - EQUAL)).astype(np.float64)
    at = people.site[unit]
    for site, pupils in enumerate(np.bincount(people.site[owed], minlength=len(book.sites))):
        if pupils:
            amount = np.where(at == site, good, 0.0)
            yield Group(PRESENT, book.sites[site], float(pupils), amount)

    ids = candidates.cohort.units["unit_id"]
    lines = np.flatnonzero(~alone & (np.minimum(worth - margin, best[present.unit]) > EQUAL))
    pupils_so_far: dict[int, float] = {}
    for line in lines[np.lexsort((-worth[lines], present.unit[lines]))].tolist():
        segment = int(present.unit[line])
        so_far = pupils_so_far.get(segment, 0.0) + float(present.pupils[line])
        pupils_so_far[segment] = so_far
        least = min(worth[line] - margin, best[segment])
        amount = ((unit == segment) & (benefit >= least - EQUAL)).astype(np.float64)
        name = f"{ids.iloc[segment]}/{so_far:g}"
        yield Group(PRESENT, name, min(so_far, float(people.count[segment])), amount)
