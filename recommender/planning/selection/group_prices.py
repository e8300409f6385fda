"""Membership prices: dual prices of the coupling cuts (nobody is in half a group) as a table.

The bound of row prices alone would let a third of a group run for a third of its members.  A
membership is a link of the allocation problem (a unit takes part only if a group runs); its price
lowers the bound, and is part of what a unit's offer costs.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd

from recommender.allocation import Links
from recommender.planning.formulation.formulation import Formulation
from recommender.planning.formulation.indexing import Floats, Ints, ranges
from recommender.planning.formulation.labels import EXTRA, extra_labels, named, tidy_frame
from recommender.planning.formulation.limits import PieceKind

KEYS = ("resource", "unit_id", "intervention", "site", "period", "grade")
"""The columns that tell memberships apart."""

CHUNK = 500_000
"""Columns looked at together, so that the memory needed does not grow with the pupils."""


def member_price(formulation: Formulation, links: Links) -> Floats:
    """Return (unit columns,) what memberships add to the price of every column of a unit."""
    column, link = members(formulation, links)
    return np.bincount(
        column, weights=links.price[link], minlength=formulation.candidate.size
    ).astype(np.float64)


def price_of_membership(
    formulation: Formulation, links: Links, column: Ints, intervention: Ints
) -> Floats:
    """Return (k,) what units pay for being in a group of one member of what they are offered.

    Args:
        formulation: the problem with its meaning.
        links: the links of a solution.
        column: (k,) columns of units.
        intervention: (k,) a member of the bundle of each.
    """
    many = len(formulation.book.interventions)
    linked, link = members(formulation, links)
    key, place = np.unique(
        linked * many + formulation.rows.intervention[links.row[link]], return_inverse=True
    )
    price = np.append(np.bincount(place, weights=links.price[link], minlength=key.size), 0.0)
    at = pd.Index(key).get_indexer(pd.Index(column * many + intervention))
    return np.asarray(price[at], dtype=np.float64)


def members(formulation: Formulation, links: Links) -> tuple[Ints, Ints]:
    """Return the columns of units that links speak of, and which link each stands under."""
    problem = formulation.problem
    mine = np.flatnonzero(links.block < formulation.spans.sessions)
    first = problem.start[links.block[mine]]
    size = problem.start[links.block[mine] + 1] - first
    columns, stands = [np.empty(0, dtype=np.int64)], [np.empty(0, dtype=np.int64)]
    for begin, end in pairwise(_cuts(size)):
        column = ranges(first[begin:end], size[begin:end])
        link = np.repeat(mine[begin:end], size[begin:end])
        table = problem.use[:, problem.offer[column]]
        place = np.repeat(np.arange(column.size), np.diff(table.indptr))
        uses = (table.indices == links.row[link][place]) & (table.data > 0)
        columns.append(column[place[uses]])
        stands.append(link[place[uses]])
    return np.concatenate(columns), np.concatenate(stands)


def _cuts(size: Ints) -> list[int]:
    """Return 0, ..., the number of links, so that about ``CHUNK`` columns stand between two."""
    ends = np.cumsum(size)
    total = int(ends[-1]) if ends.size else 0
    cuts = np.searchsorted(ends, np.arange(CHUNK, total, CHUNK), side="right")
    return np.unique([0, *cuts.tolist(), size.size]).tolist()  # type: ignore[no-any-return]


def memberships_of(formulation: Formulation, links: Links, unit_ids: pd.Series) -> pd.DataFrame:
    """Return resource, unit_id ("" of a group itself), intervention, site, period, grade, price.

    Where a family is a group, or takes part in one of parents, its id stands under ``family``.

    Args:
        formulation: the problem with its meaning.
        links: the links of a solution.
        unit_ids: (units,) the ids of the cohort.
    """
    rows, book = formulation.rows, formulation.book
    priced = np.flatnonzero(links.price > 0)
    block, row = links.block[priced], links.row[priced]
    of_unit = block < formulation.spans.sessions
    unit = np.full(priced.size, -1, dtype=np.int64)
    unit[of_unit] = formulation.unit[block[of_unit]]
    family = rows.family[row].copy()
    joins = np.flatnonzero(~of_unit & (family < 0))
    family[joins] = formulation.pieces.family[
        _group_pieces(formulation)[block[joins] - formulation.spans.sessions]
    ]
    frame = pd.DataFrame(
        {
            "resource": np.array(rows.resource, dtype=object)[row],
            "unit_id": named(tuple(unit_ids), unit),
            "intervention": named(book.interventions, rows.intervention[row]),
            "site": named(book.sites, rows.site[row]),
            "period": named(book.periods, rows.period[row]),
            "grade": named(book.grades, rows.grade[row]),
            "price": links.price[priced],
            **extra_labels(book, family=family, alike=rows.alike[row]),
        }
    )
    keys = [*KEYS, *(name for name in EXTRA if name in frame)]
    return tidy_frame(frame.sort_values(keys, kind="stable"))


def membership_links(
    table: pd.DataFrame, formulation: Formulation, labels: pd.DataFrame, unit_ids: pd.Series
) -> tuple[Links, Ints]:
    """Return the links a table of memberships stands for, and its lines that stand for nothing.

    Args:
        table: the memberships of a plan.
        formulation: the problem, formulated anew.
        labels: the words of every row of the problem.
        unit_ids: (units,) the ids of the cohort.
    """
    keys = ["resource", "intervention", "site", "period", "grade", *EXTRA]
    grouped = labels["resource"].isin(["places", "quorum"]).to_numpy(dtype=np.bool_)
    known = pd.MultiIndex.from_frame(labels.loc[grouped, keys])
    itself = (table["unit_id"] == "").to_numpy(dtype=np.bool_)
    said = table.reindex(columns=keys, fill_value="").astype("str")
    # a family in a group of parents: the row is that of the group
    joins = itself & ((said["resource"] == "places") & (said["family"] != "")).to_numpy(np.bool_)
    at = known.get_indexer(
        pd.MultiIndex.from_frame(said.assign(family=said["family"].mask(joins, "")))
    )
    row = np.append(np.flatnonzero(grouped), -1)[at]
    unit = pd.Index(unit_ids.astype(object)).get_indexer(pd.Index(table["unit_id"].astype(object)))
    block = np.append(formulation.block, -1)[unit]
    block[itself] = np.append(_group_of(formulation), -1)[row[itself]]
    block[joins] = _families_of(said[joins], formulation)
    price = table["price"].to_numpy(dtype=np.float64)
    wrong = (row < 0) | (block < 0) | ~(price >= 0)
    right = ~wrong
    links = Links(
        block=block[right].astype(np.int64),
        row=row[right].astype(np.int64),
        price=price[right],
    )
    return links, np.flatnonzero(wrong)


def _group_pieces(formulation: Formulation) -> Ints:
    """Return (sessions,) the GROUP piece of every block of sessions."""
    return np.flatnonzero(formulation.pieces.kind == PieceKind.GROUP)


def _families_of(said: pd.DataFrame, formulation: Formulation) -> Ints:
    """Return (n,) the blocks of families among parents who meet in groups, -1 for none."""
    pieces, book = formulation.pieces, formulation.book
    session = np.flatnonzero(pieces.family[_group_pieces(formulation)] >= 0)
    group = _group_pieces(formulation)[session]
    known = pd.MultiIndex.from_arrays(
        [
            named(names, getattr(pieces, label)[group])
            for label, names in (
                ("intervention", book.interventions),
                ("period", book.periods),
                ("family", book.families),
            )
        ]
    )
    asked = pd.MultiIndex.from_frame(said[["intervention", "period", "family"]].astype(object))
    return np.append(formulation.spans.sessions + session, -1)[known.get_indexer(asked)]


def _group_of(formulation: Formulation) -> Ints:
    """Return (rows,) the block of the session that uses a quorum row, -1 for other rows."""
    problem, spans = formulation.problem, formulation.spans
    found = np.full(problem.rows, -1, dtype=np.int64)
    column = np.arange(problem.start[spans.sessions], problem.start[spans.staff])
    table = problem.use[:, problem.offer[column]]
    block = np.repeat(np.arange(spans.sessions, spans.staff), np.diff(table.indptr))
    uses = table.data > 0
    found[table.indices[uses]] = block[uses]
    return found
