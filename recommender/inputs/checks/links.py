"""How many ids of a table meet those of another: a table that meets nobody is read for nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from recommender.inputs.checks.cells import text
from recommender.inputs.findings import Findings
from recommender.inputs.formats.tables import Table
from recommender.inputs.text.matching import Texts

PUPILS = "data/pupils"
_ZEROS = re.compile(r"(?<![0-9])0+(?=[0-9])")


@dataclass(frozen=True, slots=True)
class Link:
    """How one column of ids meets another table.

    Attributes:
        table, column: where the ids stand: data/notes, unit_id.
        to: the table, or the tables, they are to meet.
        ids: how many different ids there are.
        met: how many of them are in the other table.
        nearly: how many more would be but for leading zeros, capitals or a ``.0`` behind.
    """

    table: str
    column: str
    to: str
    ids: int
    met: int
    nearly: int = 0

    @property
    def meets_few(self) -> bool:
        """Whether nobody is met, or less than half."""
        return self.ids > 0 and 2 * self.met < self.ids


def links_of(
    tables: Mapping[str, Table],
    units: pd.DataFrame | None,
    history: pd.DataFrame | None,
    staff: pd.DataFrame | None,
    sites: pd.DataFrame | None,
) -> Iterator[Link]:
    """How every table that could be read meets the pupils, the professionals or the sites.

    Args:
        tables: name -> the tables that speak of units, history left out.
        units, history: as in ``Cohort``; staff, sites: as in ``Resources``.
    """
    if sites is not None and units is not None:
        yield _link("data/sites", "site", sites["site"], PUPILS, units["site"])
    if sites is not None and staff is not None and len(staff) and not (staff["sites"] == "*").any():
        at = staff["sites"].str.split(";").explode()
        yield _link("data/sites", "site", sites["site"], "data/professionals", at)
    if units is not None and history is not None:
        yield _link("data/history", "unit_id", history["unit_id"], PUPILS, units["unit_id"])
    for name, table in tables.items():
        if units is not None and "unit_id" in table.frame:
            also = [history["unit_id"]] if name == "notes" and history is not None else []
            to = f"{PUPILS} or data/history" if also else PUPILS
            ids = text(table, "unit_id")
            yield _link(f"data/{name}", "unit_id", ids, to, units["unit_id"], *also)
        if staff is not None and "professional_id" in table.frame:
            ids, known = text(table, "professional_id"), staff["professional_id"]
            yield _link(f"data/{name}", "professional_id", ids, "data/professionals", known)


def _link(table: str, column: str, ids: Texts, to: str, *others: Texts) -> Link:
    mine = pd.Index(ids.str.strip().unique()).difference(["", "*"])
    theirs = pd.Index(pd.concat(others).unique())
    there = mine.isin(theirs)
    nearly = int(_loosely(mine[~there]).isin(_loosely(theirs)).sum())
    return Link(table, column, to, len(mine), int(there.sum()), nearly)


def warn_of_few(found: Link, findings: Findings) -> None:
    """A warning where a table meets nobody or less than half; no id stands in it."""
    if not found.meets_few or _is_explained(found, findings):
        return
    met = f"only {found.met:,}" if found.met else "none"
    why = (
        f"; {found.nearly:,} more would be but for leading zeros, capitals or a .0"
        if found.nearly
        else ""
    )
    findings.warn(
        found.table, None, found.column,
        f"has {found.ids:,} ids, of which {met} {'is' if found.met < 2 else 'are'} in "
        f"{found.to}{why}",
        "write ids the same way in every table; a spreadsheet keeps leading zeros in cells of text",
    )  # fmt: skip


def _is_explained(found: Link, findings: Findings) -> bool:
    """Whether a problem of the whole column says already why its ids meet nobody."""
    return any(
        p.line is None and p.column == found.column and p.file.rpartition(".")[0] == found.table
        for p in findings.problems
    )


def _loosely(ids: pd.Index[str]) -> pd.Index[str]:
    """Ids without what programs add or take away."""
    words = (str(i).strip().casefold().removesuffix(".0") for i in ids)
    return pd.Index([_ZEROS.sub("", word) for word in words])
