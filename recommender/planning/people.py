"""People: the units as codes, with what they are owed and the help that is already running."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from recommender.matching.candidates import Candidates, Reason
from recommender.planning.codes import Bools, Floats, Ints, distinct, ranges
from recommender.planning.limits import LimitSettings
from recommender.planning.terms import Book, Terms

DECISION = "decision"
"""The rule under which help is owed that a professional's decision requires."""


@dataclass(frozen=True, eq=False, slots=True)
class People:
    """The units as codes, in the order of ``cohort.units``.

    Attributes:
        site, grade: (units,) codes.
        count: (units,) pupils.
        lot: (units,) the place of every unit in the seeded order that breaks ties.
        rule: (units,) the statutory rule under which help is owed, -1 for none.
        met: (units,) whether running help already meets that rule.
        agreed: (units,) whether consent allows an offer.
    """

    site: Ints
    grade: Ints
    count: Floats
    lot: Ints
    rule: Ints
    met: Bools
    agreed: Bools

    @property
    def duty(self) -> Ints:
        """Return (units,) the rule that an offer to the unit counts for, -1 for none."""
        return np.where(self.met, -1, self.rule)


@dataclass(frozen=True, eq=False, slots=True)
class Running:
    """The help that is already running, with the hours it takes in its period.

    Attributes:
        unit: (hours,) row of ``cohort.units``.
        intervention, role, site, period: (hours,) codes.
        hours: (hours,) of all pupils of the unit together.
    """

    unit: Ints
    intervention: Ints
    role: Ints
    site: Ints
    period: Ints
    hours: Floats


def rules_of(candidates: Candidates, limits: LimitSettings) -> tuple[str, ...]:
    """Return the ids of the statutory rules in force: those of policy and those units name."""
    named = {rule.id for rule in limits.must_serve}
    named |= set(candidates.cohort.units["must_serve"].unique()) - {""}
    if np.any(candidates.required >= 0):
        named.add(DECISION)
    return tuple(sorted(named))


def counts_for(limits: LimitSettings, book: Book) -> Bools:
    """Return (rules, interventions) whether an intervention counts for a statutory rule."""
    counts = np.ones((len(book.rules), len(book.interventions)), dtype=np.bool_)
    for rule in limits.must_serve:
        if rule.interventions:
            wanted = set(rule.interventions)
            counts[book.rules.index(rule.id)] = [name in wanted for name in book.interventions]
    return counts


def people_of(candidates: Candidates, limits: LimitSettings, book: Book) -> People:
    """Return the units as codes.

    A statutory rule of the unit comes before a decision that requires help: the candidates of a
    unit with a required intervention all contain it, so both are met together or not at all.
    """
    units = candidates.cohort.units
    names = pd.Index(book.rules)
    rule = np.asarray(names.get_indexer(pd.Index(units["must_serve"])), dtype=np.int64)
    if DECISION in book.rules:
        rule = np.where((rule < 0) & (candidates.required >= 0), book.rules.index(DECISION), rule)
    unit, intervention, _ = commitments_of(candidates, book)
    met = np.zeros(len(units), dtype=np.bool_)
    owed = rule[unit] >= 0
    unit, intervention = unit[owed], intervention[owed]
    met[unit[counts_for(limits, book)[rule[unit], intervention]]] = True
    refused = np.zeros(len(units), dtype=np.bool_)
    if candidates.reasons.shape[1]:
        refused = np.all(candidates.reasons & np.uint16(Reason.CONSENT) != 0, axis=1)
    return People(
        site=np.asarray(pd.Index(book.sites).get_indexer(pd.Index(units["site"])), np.int64),
        grade=np.searchsorted(book.grades, units["grade"].to_numpy(np.int64)).astype(np.int64),
        count=units["count"].to_numpy(dtype=np.float64),
        lot=np.random.default_rng(limits.seed).permutation(len(units)),
        rule=rule,
        met=met,
        agreed=~refused,
    )


def commitments_of(candidates: Candidates, book: Book) -> tuple[Ints, Ints, Ints]:
    """Return running help as codes of unit, intervention and period, sorted; (k,) each.

    Help that is not in the catalogue, or in a period that is not in the calendar, takes no hours.
    """
    frame = candidates.cohort.commitments
    unit = pd.Index(candidates.cohort.units["unit_id"]).get_indexer(pd.Index(frame["unit_id"]))
    what = pd.Index(book.interventions).get_indexer(pd.Index(frame["intervention"]))
    period = pd.Index(book.periods).get_indexer(pd.Index(frame["period"]))
    known = (unit >= 0) & (what >= 0) & (period >= 0)
    (units, interventions, periods), _ = distinct(unit[known], what[known], period[known])
    return units, interventions, periods


def running_of(
    candidates: Candidates, people: People, terms: Terms, book: Book, classes: Floats
) -> Running:
    """Return the hours that running help takes.

    A pupil who already takes part takes the hours in full, whatever the reach; a member of a
    group takes the group's hours divided by the pupils it holds.

    Args:
        candidates: with the cohort's commitments.
        people: the units as codes.
        terms: the conditions of the catalogue.
        book: the names behind the codes.
        classes: (sites, grades) pupils of every class.
    """
    unit, what, period = commitments_of(candidates, book)
    needs = terms.need[what + 1] - terms.need[what]
    need = ranges(terms.need[what], needs)
    unit, what, period = np.repeat(unit, needs), np.repeat(what, needs), np.repeat(period, needs)
    most = np.where(
        terms.most[what] > 0, terms.most[what], classes[people.site[unit], people.grade[unit]]
    )
    hours = terms.hours_per_pupil[need] + terms.hours_per_group[need] / np.maximum(most, 1.0)
    hours *= people.count[unit] / terms.length[what]
    taken = hours > 0
    return Running(
        unit=unit[taken],
        intervention=what[taken],
        role=terms.role[need][taken],
        site=people.site[unit][taken],
        period=period[taken],
        hours=hours[taken],
    )


def owed_to(people: People) -> tuple[Ints, Ints, Floats]:
    """Return how many pupils are owed help: codes of rule and site, and pupils; (k,) each.

    Pupils without consent are not owed an offer, pupils whose running help counts are served.
    """
    owed = np.flatnonzero((people.duty >= 0) & people.agreed)
    (rule, site), where = distinct(people.duty[owed], people.site[owed])
    pupils = np.bincount(where, weights=people.count[owed], minlength=rule.size)
    return rule, site, pupils.astype(np.float64)


def classes_of(people: People, book: Book) -> Floats:
    """Return (sites, grades) the pupils of every class: one grade of one site."""
    return cells(people, people.count, book)


def cells(people: People, weight: Floats, book: Book) -> Floats:
    """Return (sites, grades) the sum of a number of every unit."""
    shape = (len(book.sites), len(book.grades))
    place = people.site * shape[1] + people.grade
    total = np.bincount(place, weights=weight, minlength=shape[0] * shape[1])
    return total.astype(np.float64).reshape(shape)
