"""The names that tables may use, and whether a table has the columns it needs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from recommender.inputs.checks.headers import note_miss
from recommender.inputs.findings import Findings, closest_word
from recommender.inputs.formats.tables import Table
from recommender.inputs.policy import Column

NEEDED: Mapping[str, tuple[str, ...]] = {
    "pupils": ("unit_id", "site", "grade"),
    "sites": ("site", "name"),
    "professionals": ("professional_id", "role", "hours"),
    "history": ("unit_id", "date", "site", "grade"),
    "profiles": ("unit_id", "outcome", "risk"),
    "notes": ("unit_id", "date", "text"),
    "commitments": ("unit_id", "intervention", "period"),
    "decisions": ("unit_id", "intervention", "decision"),
    "present": ("unit_id", "intervention", "period"),
}
"""Table -> the columns without which it is not read."""


@dataclass(frozen=True, eq=False, slots=True)
class Known:
    """The names that the tables may use; None where the file that lists them cannot be read.

    Attributes:
        sites: of data/sites.
        interventions: ids of the catalogue.
        outcomes, periods, roles, must_serve: of the policy.
        columns: the declared columns that may be read, structural ones and outcomes left out.
        grades: the lowest and the highest grade.
        reference_date: the day at which what is known of the pupils is taken.
    """

    sites: tuple[str, ...] | None
    interventions: tuple[str, ...] | None
    outcomes: tuple[str, ...] | None
    periods: tuple[str, ...] | None
    roles: tuple[str, ...] | None
    must_serve: tuple[str, ...] | None
    columns: tuple[Column, ...]
    grades: tuple[int, int] | None
    reference_date: dt.date | None


def has_columns(table: Table, names: Collection[str], findings: Findings) -> bool:
    """Whether the table has all these columns; a missing one is noted."""
    missing = [n for n in names if n not in table.header]
    near_ones = {
        n: table.near.get(n) or closest_word(n, [h for h in table.header if h]) for n in missing
    }
    if len(missing) == len(names) and not any(near_ones.values()):
        # Nothing of the line is shown: without a header it is a row of data.
        findings.problem(
            table.file, 1, None, f"names none of the columns {', '.join(names)}",
            "the first line must name the columns",
        )  # fmt: skip
        return False
    for name, near in near_ones.items():
        if name in table.near:
            continue  # the header was checked, and it was said
        if near:
            note_miss(table.file, name, near, findings)
        else:
            findings.problem(
                table.file, 1, None, f"has no column '{name}'",
                f"the header needs {', '.join(names)}",
            )  # fmt: skip
    return not missing
