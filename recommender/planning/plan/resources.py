"""Resources: what there is of each, what the plan uses of it, and its shadow price."""

from __future__ import annotations

import numpy as np
import pandas as pd

from recommender.planning.formulation.formulation import Formulation
from recommender.planning.formulation.indexing import Floats
from recommender.planning.formulation.labels import UNITS, extra_labels, named, tidy_frame
from recommender.planning.formulation.limits import PieceKind
from recommender.planning.formulation.offers import group_of
from recommender.planning.selection.selection import Selection


def resources_of(formulation: Formulation, selection: Selection) -> pd.DataFrame:
    """Return the resources: one row for every row of the model (see ``Plan``).

    hours: capacity is what staff give there in this plan and what they have left, evenly over
    the ways they could still spend it, so that capacities add up to the hours of all staff.
    places: capacity is the places in the groups that run.  quorum: used is the least pupils these
    groups ask for, capacity the pupils they have.  must_serve: capacity is the pupils owed help,
    used those who are offered it.
    """
    rows, book = formulation.rows, formulation.book
    spent = rows.use.copy()
    spent.data = np.maximum(spent.data, 0.0)
    demand = spent @ selection.piece
    supply = demand - rows.use @ selection.piece
    capacity = np.maximum(rows.capacity, 0.0) + supply
    used = np.maximum(-rows.capacity, 0.0) + demand
    resource = np.array(rows.resource, dtype=object)
    owed = resource == "must_serve"
    capacity[owed], used[owed] = -rows.capacity[owed], served(formulation, selection)[owed]
    hours = resource == "hours"
    worked = selection.hours - selection.lent
    used[hours] = worked[hours]
    left = np.bincount(
        selection.way_row, weights=_left_over(formulation, selection), minlength=rows.size
    )
    there = worked + left
    capacity[hours] = there[hours]
    grades = named(book.grades, rows.grade)
    frame = pd.DataFrame(
        {
            "resource": resource,
            "role": named(book.roles, rows.role),
            "site": named(book.places, rows.site),
            "period": named(book.periods, rows.period),
            "unit": np.array([UNITS[name] for name in rows.resource], dtype=object),
            "capacity": capacity,
            "used": used,
            "price": selection.price,
            "intervention": named(book.interventions, rows.intervention),
            "rule": named(book.rules, rows.rule),
            "grade": grades,
            **extra_labels(book, family=rows.family, alike=rows.alike),
        }
    )
    order = np.lexsort(
        (
            rows.alike,
            rows.family,
            rows.rule,
            rows.grade,
            rows.intervention,
            rows.period,
            rows.site,
            rows.role,
            resource,
        )
    )
    return tidy_frame(frame.iloc[order])


def served(formulation: Formulation, selection: Selection) -> Floats:
    """Return (rows,) pupils offered help that counts for a statutory rule."""
    counted = np.where(formulation.pieces.kind == PieceKind.SERVED, selection.piece, 0.0)
    return -np.asarray(formulation.rows.use @ counted)


def _left_over(formulation: Formulation, selection: Selection) -> Floats:
    """Return (ways,) hours that staff have left, evenly over their ways."""
    staff = formulation.staff
    spent = np.bincount(staff.way_team, weights=selection.spent, minlength=staff.hours.size)
    ways = np.bincount(staff.way_team, minlength=staff.hours.size)
    left = np.maximum(staff.hours - spent, 0.0) * staff.rate / np.maximum(ways, 1)
    return np.asarray(left[staff.way_team])


def sessions_of(formulation: Formulation, selection: Selection) -> pd.DataFrame:
    """Return intervention, site, period, groups, pupils, grade[, family]: the groups that run.

    A family whose parents receive help is a group of its children; where its parents meet others
    the group counts its families.
    """
    pieces, book = formulation.pieces, formulation.book
    joins = group_of(pieces, formulation.terms)
    member = np.flatnonzero(joins >= 0)
    pupils = np.bincount(joins[member], selection.piece[member], minlength=pieces.size)
    group = np.flatnonzero(pieces.kind == PieceKind.GROUP)
    at = group[selection.piece[group] > 0]
    frame = pd.DataFrame(
        {
            "intervention": named(book.interventions, pieces.intervention[at]),
            "site": named(book.sites, pieces.site[at]),
            "period": named(book.periods, pieces.period[at]),
            "groups": selection.piece[at],
            "pupils": pupils[at],
            "grade": named(book.grades, pieces.grade[at]),
            **extra_labels(book, family=pieces.family[at], alike=pieces.alike[at]),
        }
    )
    order = np.lexsort(
        (
            pieces.alike[at],
            pieces.family[at],
            pieces.grade[at],
            pieces.period[at],
            pieces.site[at],
            pieces.intervention[at],
        )
    )
    return tidy_frame(frame.iloc[order])
