"""What a choice of columns takes, in the words of planning: pupils, groups, hours, shortages."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from recommender.allocation import Links, Solution
from recommender.allocation.model.problem import blocks_at
from recommender.planning.formulation.formulation import Formulation
from recommender.planning.formulation.indexing import Codes, Floats, Ints
from recommender.planning.formulation.limits import PieceKind
from recommender.planning.selection.group_prices import member_price

WHOLE = 1e-6
"""A quantity this close to a whole number is meant to be whole."""


@dataclass(frozen=True, eq=False, slots=True)
class Selection:
    """A choice of columns read back.

    Attributes:
        column: (offered,) the chosen columns of units, ascending.
        unit: (offered,) row of ``cohort.units``.
        candidate, offer: (offered,) what is offered.
        pupils: (offered,) to how many pupils of the unit.
        piece: (pieces,) how many of every piece are taken.
        spent: (ways,) hours that staff spend in every way, no more than the plan needs.
        hours: (rows,) hours of every hours row that help takes, running help included; else 0.
        lent: (rows,) hours of running help that nobody has.
        way_row: (ways,) the hours row that every way of staff gives to.
        price: (rows,) what one more of every row would be worth.
        piece_price: (pieces,) what one of each costs at the prices of the rows.
        links: what units pay for memberships of groups.
        member_price: (unit columns,) what memberships add to the price of its offer.
        net: (unit columns,) value of every column of a unit minus the price of its offer.
    """

    column: Ints
    unit: Ints
    candidate: Codes
    offer: Codes
    pupils: Floats
    piece: Floats
    spent: Floats
    hours: Floats
    lent: Floats
    way_row: Ints
    price: Floats
    piece_price: Floats
    links: Links
    member_price: Floats
    net: Floats


def selection_of(formulation: Formulation, solution: Solution) -> Selection:
    """Return a choice of columns read back.

    Staff may be allotted more hours than help takes; what they spend is cut back evenly to what
    it takes, so the same pupils and groups always make the same plan.
    """
    problem = formulation.problem
    quantity = np.where(
        np.abs(solution.quantity - np.rint(solution.quantity)) <= WHOLE,
        np.rint(solution.quantity),
        solution.quantity,
    )
    first = problem.start[formulation.spans.staff]
    whole = (quantity > 0) & (solution.columns < first)
    piece = formulation.offers.made_of @ np.bincount(
        problem.offer[solution.columns[whole]],
        weights=quantity[whole],
        minlength=problem.offers,
    )
    others = solution.columns >= first
    allotted = np.zeros(problem.columns - first)
    allotted[solution.columns[others] - first] = solution.quantity[others]
    ways = formulation.staff.way_team.size
    lacking = np.flatnonzero(formulation.pieces.kind >= PieceKind.SHORT)
    piece[lacking] = allotted[ways:]

    hours, row, given = _hours_needed(formulation, piece)
    rate = formulation.staff.rate[formulation.staff.way_team]
    there = np.bincount(row, weights=allotted[:ways] * rate, minlength=hours.size)
    share = np.divide(hours - given, there, out=np.zeros_like(hours), where=there > 0)
    spent = allotted[:ways] * np.maximum(share, 0.0)[row]
    way_piece = formulation.offers.piece[problem.offer[first : first + ways]]
    piece += np.bincount(way_piece, weights=spent, minlength=piece.size)

    columns = solution.columns[whole]
    of_units = columns < formulation.candidate.size
    column = columns[of_units]
    candidate = formulation.candidate[column]
    units = formulation.candidate.size
    price = np.asarray(problem.use.T @ solution.price)
    member = member_price(formulation, solution.links)
    return Selection(
        column=column,
        unit=formulation.unit[blocks_at(problem, column)],
        candidate=candidate,
        offer=problem.offer[column],
        pupils=quantity[whole][of_units],
        piece=piece,
        spent=spent,
        hours=hours,
        lent=given,
        way_row=row,
        price=solution.price,
        piece_price=np.asarray(formulation.rows.use.T @ solution.price),
        links=solution.links,
        member_price=member,
        net=problem.value[:units] - price[problem.offer[:units]] - member,
    )


def with_spent(formulation: Formulation, selection: Selection, spent: Floats) -> Selection:
    """Return what is taken when staff spend their hours in other ways: (ways,) hours."""
    first = formulation.problem.start[formulation.spans.staff]
    ways = formulation.problem.offer[first : first + spent.size]
    way_piece = formulation.offers.piece[ways]
    piece = selection.piece.copy()
    piece[way_piece] = 0.0
    np.add.at(piece, way_piece, spent)
    return replace(selection, spent=spent, piece=piece)


def _hours_needed(formulation: Formulation, piece: Floats) -> tuple[Floats, Ints, Floats]:
    """Return hours that help takes of every row, the row of every way of staff, and lent hours.

    Args:
        formulation: the problem with its meaning.
        piece: (pieces,) how many of every piece are taken by units, sessions and shortages.

    Returns:
        (rows,) hours, 0 but for hours rows; (ways,) rows; (rows,) hours that nobody has.
    """
    rows, pieces = formulation.rows, formulation.pieces
    is_hours = np.array([name == "hours" for name in rows.resource], dtype=np.bool_)
    use = rows.use.tocsc()
    helping = np.isin(pieces.kind, (PieceKind.PLACE, PieceKind.GROUP))
    hours = np.where(is_hours, use @ np.where(helping, piece, 0.0) - rows.capacity, 0.0)
    lent = np.where(is_hours, -(use @ np.where(pieces.kind == PieceKind.BORROWED, piece, 0.0)), 0.0)
    first = formulation.problem.start[formulation.spans.staff]
    ways = formulation.staff.way_team.size
    way_piece = formulation.offers.piece[formulation.problem.offer[first : first + ways]]
    row_of_piece = np.zeros(pieces.size, dtype=np.int64)
    hour_rows = np.flatnonzero(is_hours)
    entries = rows.use[hour_rows].tocoo()
    row_of_piece[entries.col] = hour_rows[entries.row]
    return hours, row_of_piece[way_piece], lent
