"""Units as codes, with what they are owed and the help that is already running."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from recommender.inputs.policy import Period
from recommender.matching.candidates import Candidates, Reason
from recommender.matching.eligibility import free_again
from recommender.matching.relations import relations_of
from recommender.planning.formulation.conditions import CLASS, Book, Conditions, ObjectArray
from recommender.planning.formulation.indexing import (
    Bools,
    Floats,
    Ints,
    distinct,
    first_best,
    ranges,
)
from recommender.planning.formulation.limits import LimitSettings

DECISION = "decision"
"""The rule under which help is owed that a professional's decision requires."""


@dataclass(frozen=True, eq=False, slots=True)
class Units:
    """The units as codes, in the order of ``cohort.units``.

    Attributes:
        site, grade: (units,) codes.
        count: (units,) pupils.
        lot: (units,) the place of every unit in the seeded order that breaks ties.
        rule: (units,) the statutory rule under which help is owed, -1 for none.
        met: (units,) whether running help already meets that rule.
        agreed: (units,) whether consent allows an offer.
        priority: (units,) how many times help counts for who has waited, 1 or more; it decides who
            goes first and is no benefit.
        family: (units,) code of the family, -1 where no rule speaks of it.
        home: (families,) the site where most of its children are, the first among equals: help
            for the parents is given there.
        kind: (units,) which pupils are alike in everything that groups ask.
        alike: (interventions, kinds) the code of ``book.alike`` of pupils of a kind in the groups
            of an intervention, -1 where they need not be alike.
    """

    site: Ints
    grade: Ints
    count: Floats
    lot: Ints
    rule: Ints
    met: Bools
    agreed: Bools
    priority: Floats
    family: Ints
    home: Ints
    kind: Ints
    alike: Ints

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


def rule_ids(candidates: Candidates, limits: LimitSettings) -> tuple[str, ...]:
    """Return the ids of the statutory rules in force: those of policy and those units name."""
    named = {rule.id for rule in limits.must_serve}
    named |= set(candidates.cohort.units["must_serve"].unique()) - {""}
    if np.any(candidates.required >= 0):
        named.add(DECISION)
    return tuple(sorted(named))


def counting_interventions(limits: LimitSettings, book: Book) -> Bools:
    """Return (rules, interventions) whether an intervention counts for a statutory rule."""
    counts = np.ones((len(book.rules), len(book.interventions)), dtype=np.bool_)
    for rule in limits.must_serve:
        if rule.interventions:
            wanted = set(rule.interventions)
            counts[book.rules.index(rule.id)] = [name in wanted for name in book.interventions]
    return counts


def units_of(candidates: Candidates, limits: LimitSettings, book: Book) -> Units:
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
    met[unit[counting_interventions(limits, book)[rule[unit], intervention]]] = True
    refused = np.zeros(len(units), dtype=np.bool_)
    if candidates.reasons.shape[1]:
        refused = np.all(candidates.reasons & np.uint16(Reason.CONSENT) != 0, axis=1)
    return Units(
        site=np.asarray(pd.Index(book.sites).get_indexer(pd.Index(units["site"])), np.int64),
        grade=np.searchsorted(book.grades, units["grade"].to_numpy(np.int64)).astype(np.int64),
        count=units["count"].to_numpy(dtype=np.float64),
        lot=np.random.default_rng(limits.seed).permutation(len(units)),
        rule=rule,
        met=met,
        agreed=~refused,
        priority=_priority(units, limits),
        **_families(candidates, book),
        **_kinds(candidates, book),
    )


def _priority(units: pd.DataFrame, limits: LimitSettings) -> Floats:
    """Return (units,) how many times help counts: more for every year of waiting."""
    if limits.waiting_priority is None or limits.today is None or "waiting_since" not in units:
        return np.ones(len(units))
    per_year, most = limits.waiting_priority
    waited = pd.Timestamp(limits.today) - units["waiting_since"]
    years = waited.dt.days.to_numpy(dtype=np.float64) / 365.25
    added = np.clip(np.nan_to_num(years) * per_year, 0.0, most)
    return np.asarray(1.0 + added, dtype=np.float64)


def alike_in(candidates: Candidates) -> dict[int, ObjectArray]:
    """Return intervention -> (units,) in what pupils of its groups are alike, in words.

    Of the interventions whose groups have pupils who are alike.
    """
    found: dict[int, ObjectArray] = {}
    units = candidates.cohort.units
    for position, entry in enumerate(candidates.catalogue.interventions):
        if not entry.format.same:
            continue
        text = np.full(len(units), "", dtype=object)
        for number, name in enumerate(entry.format.same):
            if name == "grade_band":
                part = _bands(units["grade"].to_numpy(dtype=np.int64), entry.format.bands)
            else:
                values, names = pd.factorize(units[name].astype(object), use_na_sentinel=False)
                words = [_value(name, value) for value in names]
                part = np.array([*words, ""], dtype=object)[values]
            text = part if number == 0 else text + ", " + part
        found[position] = text
    return found


def _bands(grade: Ints, bands: tuple[tuple[int, int], ...]) -> ObjectArray:
    text = np.full(grade.size, "other grades", dtype=object)
    for low, high in bands:
        text[(grade >= low) & (grade <= high)] = (
            f"grade {low}" if low == high else f"grades {low} to {high}"
        )
    return text


def _value(name: str, value: object) -> str:
    """Return what a pupil's value of a column is called in the name of a group."""
    if value in ("", None) or value != value:
        return f"{name} not known"
    if isinstance(value, float):
        return name if value else f"not {name}"
    return str(value)


def _kinds(candidates: Candidates, book: Book) -> dict[str, Ints]:
    """Return the kinds of units, and in what each kind is alike in every intervention's groups."""
    units = len(candidates.cohort.units)
    names = pd.Index(book.alike)
    codes = {
        position: np.asarray(names.get_indexer(pd.Index(text)), dtype=np.int64)
        for position, text in alike_in(candidates).items()
    }
    if not codes:
        alike = np.full((len(book.interventions), 1), -1, dtype=np.int64)
        return {"kind": np.zeros(units, dtype=np.int64), "alike": alike}
    columns, kind = distinct(*codes.values())
    alike = np.full((len(book.interventions), columns[0].size), -1, dtype=np.int64)
    for position, column in zip(codes, columns, strict=True):
        alike[position] = column
    return {"kind": kind, "alike": alike}


def _families(candidates: Candidates, book: Book) -> dict[str, Ints]:
    """Return the families of units, and the site of every family."""
    units = candidates.cohort.units
    site = np.asarray(pd.Index(book.sites).get_indexer(pd.Index(units["site"])), np.int64)
    family = np.full(len(units), -1, dtype=np.int64)
    if not book.families:
        return {"family": family, "home": np.empty(0, dtype=np.int64)}
    single = (units["count"] == 1).to_numpy(dtype=np.bool_)
    family[single] = pd.Index(book.families).get_indexer(pd.Index(units["family_id"][single]))
    mine = np.flatnonzero(family >= 0)
    (of, at), where = distinct(family[mine], site[mine])
    children = np.bincount(where, minlength=of.size).astype(np.float64)
    start = np.searchsorted(of, np.arange(len(book.families) + 1))
    return {"family": family, "home": at[first_best(children, start)]}


def families_of(candidates: Candidates, limits: LimitSettings) -> tuple[str, ...]:
    """Return the ids of the families that a rule speaks of, sorted.

    Where help for parents is in the catalogue, those with two children or more who may be offered
    something; where a family has a limit, all with one.  A unit of several pupils has no family.
    """
    parents = any(entry.recipient == "parents" for entry in candidates.catalogue.interventions)
    least = 1 if limits.at_once_per_family is not None else 2
    if least == 2 and not parents:
        return ()
    units = candidates.cohort.units
    with_some = np.zeros(len(units), dtype=np.bool_)
    with_some[candidates.unit] = True
    with_some &= ((units["count"] == 1) & (units["family_id"] != "")).to_numpy(dtype=np.bool_)
    children = units["family_id"][with_some].value_counts()
    return tuple(sorted(str(name) for name in children.index[children >= least]))


def first_starts(
    candidates: Candidates, terms: Conditions, book: Book, periods: tuple[Period, ...]
) -> Ints | None:
    """Return (units, interventions) the first period in which each may start; None is any.

    What comes after help that is running starts when that has ended; what was completed on a known
    day is repeated when the catalogue says.
    """
    catalogue = candidates.catalogue
    lead = relations_of(catalogue).lead[: len(book.interventions), : len(book.interventions)]
    known = list(free_again(candidates.cohort.units, catalogue))
    if not known and not lead.any():
        return None
    first = np.zeros((len(candidates.cohort.units), len(book.interventions)), dtype=np.int64)
    unit, what, period = commitments_of(candidates, book)
    for later, before in zip(*np.nonzero(lead), strict=True):
        mine = what == before
        gap = lead[later, before] - terms.length[before]
        np.maximum.at(first, (unit[mine], int(later)), period[mine] + 1 + gap)
    starts = [period.start for period in periods]
    for row, position, day in known:
        fits = sum(start < day for start in starts)
        first[row, position] = max(first[row, position], fits)
    return first


def running_at_once(candidates: Candidates, book: Book, terms: Conditions) -> Ints:
    """Return (units, periods) how many interventions a unit has that are running already.

    What the whole class receives does not count.
    """
    unit, what, period = commitments_of(candidates, book)
    alone = terms.form[what] != CLASS
    running = np.zeros((len(candidates.cohort.units), len(book.periods)), dtype=np.int64)
    np.add.at(running, (unit[alone], period[alone]), 1)
    return running


def family_room(
    candidates: Candidates, people: Units, terms: Conditions, book: Book, most: int
) -> Floats:
    """Return (families, periods) how many interventions each family may still have at once.

    Running help for the parents counts once for all their children.
    """
    unit, what, period = commitments_of(candidates, book)
    family = people.family[unit]
    counted = (family >= 0) & (terms.form[what] != CLASS)
    child = np.where(terms.parents[what], -1, unit)
    (family, _, _, period), _ = distinct(
        family[counted], child[counted], what[counted], period[counted]
    )
    room = np.full((len(book.families), len(book.periods)), float(most))
    np.subtract.at(room, (family, period), 1.0)
    return np.asarray(np.maximum(room, 0.0), dtype=np.float64)


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
    candidates: Candidates, people: Units, terms: Conditions, book: Book, classes: Floats
) -> Running:
    """Return the hours that running help takes.

    A pupil who already takes part takes the hours in full, whatever the reach; a member of a
    group takes the group's hours divided by the pupils it holds.  Parents take them once, whoever
    of their children the help stands under.

    Args:
        candidates: with the cohort's commitments.
        people: the units as codes.
        terms: the conditions of the catalogue.
        book: the names behind the codes.
        classes: (sites, grades) pupils of every class.
    """
    unit, what, period = commitments_of(candidates, book)
    once = _once_per_family(candidates, terms, unit, what, period)
    unit, what, period = unit[once], what[once], period[once]
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


def _once_per_family(
    candidates: Candidates, terms: Conditions, unit: Ints, what: Ints, period: Ints
) -> Ints:
    """Return which lines of running help take hours: of parents the first line of the family."""
    if not terms.parents.any():
        return np.arange(unit.size)
    units = candidates.cohort.units
    family, _ = pd.factorize(units["family_id"])
    single = ((units["count"] == 1) & (units["family_id"] != "")).to_numpy(dtype=np.bool_)
    shared = terms.parents[what] & single[unit]
    who = np.where(shared, family[unit], len(units) + unit)
    keys = pd.MultiIndex.from_arrays([who, what, period])
    return np.flatnonzero(~keys.duplicated())


def owed_to(people: Units) -> tuple[Ints, Ints, Floats]:
    """Return how many pupils are owed help: codes of rule and site, and pupils; (k,) each.

    Pupils without consent are not owed an offer, pupils whose running help counts are served.
    """
    owed = np.flatnonzero((people.duty >= 0) & people.agreed)
    (rule, site), where = distinct(people.duty[owed], people.site[owed])
    pupils = np.bincount(where, weights=people.count[owed], minlength=rule.size)
    return rule, site, pupils.astype(np.float64)


def classes_of(people: Units, book: Book) -> Floats:
    """Return (sites, grades) the pupils of every class: one grade of one site."""
    return cells(people.site, people.grade, people.count, (len(book.sites), len(book.grades)))


def cells(site: Ints, cell: Ints, weight: Floats, shape: tuple[int, int]) -> Floats:
    """Return (sites, cells) the sum of a number of every unit."""
    place = site * shape[1] + cell
    total = np.bincount(place, weights=weight, minlength=shape[0] * shape[1])
    return total.astype(np.float64).reshape(shape)
