"""Conditions: the names behind the codes, and the conditions of the catalogue as arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from recommender.inputs.catalogue import Catalogue
from recommender.planning.formulation.indexing import Bools, Floats, Ints

ObjectArray: TypeAlias = npt.NDArray[np.object_]

INDIVIDUAL, GROUP, CLASS = range(3)
"""Codes of the formats of interventions."""


@dataclass(frozen=True, slots=True)
class Book:
    """What every code stands for; a code is the position in one of these, -1 is "none".

    Attributes:
        interventions, sites, roles, rules: ids, sorted.
        periods: ids, in calendar order.
        grades: grades, ascending.
        families: ids of the families that a rule speaks of, sorted.
        alike: in what pupils of groups are alike, in words, sorted.
        groups: sites that a rule takes together, written "a;b", sorted.
    """

    interventions: tuple[str, ...]
    sites: tuple[str, ...]
    roles: tuple[str, ...]
    periods: tuple[str, ...]
    rules: tuple[str, ...]
    grades: tuple[int, ...]
    families: tuple[str, ...] = ()
    alike: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()

    @property
    def places(self) -> tuple[str, ...]:
        """Return the sites, then the groups of sites."""
        return (*self.sites, *self.groups)


@dataclass(frozen=True, eq=False, slots=True)
class Conditions:
    """The conditions of the catalogue, by position of the intervention.

    Attributes:
        form: (interventions,) INDIVIDUAL, GROUP or CLASS; a school is a class of all its grades.
        least, most: (interventions,) pupils in a group; ``most`` is 0 where it is the class's size.
        school, whole: (interventions,) whether it is for all grades together; whether all of a
            class take part or nobody.
        alike: (interventions,) whether pupils of a group have to be alike.
        length: (interventions,) periods it runs.
        parents: (interventions,) whether it is given to the parents, once for all children.
        reach: (interventions,) uptake times completion.
        cost_per_pupil, cost_per_group: (interventions,) euros beside the hours.
        need: (interventions + 1,) the needs of intervention i are ``need[i]:need[i + 1]`` of:
        role: (needs,) codes.
        hours_per_pupil, hours_per_group: (needs,) over all periods.
    """

    form: Ints
    least: Ints
    most: Ints
    school: Bools
    whole: Bools
    alike: Bools
    length: Ints
    parents: Bools
    reach: Floats
    cost_per_pupil: Floats
    cost_per_group: Floats
    need: Ints
    role: Ints
    hours_per_pupil: Floats
    hours_per_group: Floats

    @property
    def by_grade(self) -> Bools:
        """Return (interventions,) whether it is given to a class, one grade at a time."""
        return np.asarray((self.form == CLASS) & ~self.school)


def conditions_of(catalogue: Catalogue, roles: tuple[str, ...]) -> Conditions:
    """Return the conditions of a catalogue, with roles coded by their position."""
    entries = catalogue.interventions
    needs = [need for entry in entries for need in entry.needs]
    forms = {"individual": INDIVIDUAL, "group": GROUP, "class": CLASS, "school": CLASS}

    def whole(numbers: list[int]) -> Ints:
        return np.array(numbers, dtype=np.int64)

    def flags(values: list[bool]) -> Bools:
        return np.array(values, dtype=np.bool_)

    def real(numbers: list[float]) -> Floats:
        return np.array(numbers, dtype=np.float64)

    return Conditions(
        form=whole([forms[entry.format.kind] for entry in entries]),
        least=whole([entry.format.min for entry in entries]),
        most=whole(
            [
                0
                if entry.format.kind in ("class", "school") and entry.format.max == 1
                else entry.format.max
                for entry in entries
            ]
        ),
        length=whole([entry.periods for entry in entries]),
        school=flags([entry.format.kind == "school" for entry in entries]),
        whole=flags([entry.format.whole for entry in entries]),
        alike=flags([bool(entry.format.same) for entry in entries]),
        parents=flags([entry.recipient == "parents" for entry in entries]),
        reach=real([entry.reach.rate for entry in entries]),
        cost_per_pupil=real([entry.cost_per_pupil for entry in entries]),
        cost_per_group=real([entry.cost_per_group for entry in entries]),
        need=np.cumsum([0, *(len(entry.needs) for entry in entries)], dtype=np.int64),
        role=whole([roles.index(need.role) for need in needs]),
        hours_per_pupil=real([need.hours_per_pupil for need in needs]),
        hours_per_group=real([need.hours_per_group for need in needs]),
    )
