"""Names: what rows and columns of an allocation problem are called in a model file.

Names are in the user's words, unique, and safe in LP and MPS files: letters, digits and ``_``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from recommender.allocation import write_model
from recommender.matching.candidates import Candidates
from recommender.planning.formulation.conditions import Book, ObjectArray
from recommender.planning.formulation.formulation import Formulation
from recommender.planning.formulation.indexing import Ints
from recommender.planning.formulation.labels import bundle_names, named
from recommender.planning.formulation.limits import PieceKind, Rows

MOST = 90
"""Letters of a name before what makes it unique; some readers stop at 100."""


ORDER = ("role", "rule", "intervention", "family", "alike", "site", "grade", "period")
"""The labels of rows and pieces, as they follow each other in a name."""


@dataclass(frozen=True, slots=True)
class Names:
    """The names in a model file.

    Attributes:
        rows: (rows,) such as ``hours_teacher_s01_winter``.
        columns: (columns,) such as ``p00376_small_group_tuition_winter``.
        blocks: (blocks,) of the row that lets a block take no more than its limit, such as
            ``limit_p00376``.
    """

    rows: list[str]
    columns: list[str]
    blocks: list[str]


def problem_names(formulation: Formulation, candidates: Candidates) -> Names:
    """Return the names of the rows, columns and blocks of a formulation.

    Args:
        formulation: the problem with its meaning.
        candidates: who may receive what, of the same formulation.
    """
    rows = row_names(formulation.rows, formulation.book)
    blocks = block_names(formulation, candidates)
    columns = column_names(formulation, candidates)
    safe = distinct_names([*rows, *(f"limit_{name}" for name in blocks)])
    return Names(safe[: len(rows)], distinct_names(columns), safe[len(rows) :])


def write_named_model(formulation: Formulation, candidates: Candidates, path: Path) -> None:
    """Write the exact engine's model as an LP file, or an MPS file by suffix, in the user's words.

    Args:
        formulation: the problem with its meaning.
        candidates: who may receive what, of the same formulation.
        path: the file to write; its suffix is ``.lp`` or ``.mps``.
    """
    names = problem_names(formulation, candidates)
    write_model(formulation.problem, path, names.rows, names.columns, names.blocks)


def row_names(rows: Rows, book: Book) -> list[str]:
    """Return (rows,) what every row limits: "hours teacher s01 winter"."""
    words = [np.array(rows.resource, dtype=object)]
    table = _tables(book)
    words += [named(table[label], getattr(rows, label)) for label in ORDER]
    return _spelled(words)


def block_names(formulation: Formulation, candidates: Candidates) -> list[str]:
    """Return (blocks,) what every block is: the unit, or what it supplies."""
    units = candidates.cohort.units["unit_id"].to_numpy(dtype=object)[formulation.unit]
    spans, start = formulation.spans, formulation.problem.start
    first = start[spans.sessions : spans.staff]
    sessions = _piece_names(formulation, first)
    lacking = _piece_names(formulation, start[spans.shortages : spans.blocks])
    periods = named(formulation.book.periods, formulation.staff.period)
    teams = _spelled([_team_names(formulation), periods])
    return [*map(str, units), *sessions, *teams, *lacking]


def column_names(formulation: Formulation, candidates: Candidates) -> list[str]:
    """Return (columns,) what every column takes: "p00376 small_group_tuition winter"."""
    problem, book, spans = formulation.problem, formulation.book, formulation.spans
    units = problem.start[spans.sessions]
    block = np.repeat(np.arange(spans.sessions), np.diff(problem.start[: spans.sessions + 1]))
    ids = candidates.cohort.units["unit_id"].to_numpy(dtype=object)
    bundle = np.asarray(candidates.bundle)[formulation.candidate]
    period = formulation.offers.period[problem.offer[:units]]
    of_units = _spelled(
        [
            ids[formulation.unit[block]],
            bundle_names(candidates)[bundle],
            named(book.periods, period),
        ]
    )
    others = np.arange(units, problem.columns)
    names = _piece_names(formulation, others)
    first, last = problem.start[spans.staff], problem.start[spans.shortages]
    team = _team_names(formulation)[formulation.staff.way_team]
    ways = slice(int(first - units), int(last - units))
    names[ways] = _spelled([team, np.array(names[ways], dtype=object)])
    return of_units + names


def distinct_names(names: Sequence[str]) -> list[str]:
    """Return names that are safe in model files, each different from every other.

    Args:
        names: (n,) any texts; order is kept, and the first of equal names keeps it.
    """
    safe = pd.Series(names, dtype="str").str.replace("[^A-Za-z0-9]+", "_", regex=True)
    # neither a digit nor what could be read as a number, nor a word of the format itself
    safe = safe.str.slice(0, MOST).where(safe.str.match("[A-Za-z]"), "x" + safe.str.slice(0, MOST))
    odd = safe.str.fullmatch("[eE][0-9]*") | safe.str.lower().isin(WORDS)
    safe = safe.where(~odd, safe + "_")
    number = safe.str.match("(?i:inf|nan)")  # readers take the beginning of nancy_1 for a number
    safe = safe.where(~number, "x" + safe)
    while True:
        count = safe.groupby(safe, sort=False).cumcount()
        if not count.any():
            return [str(name) for name in safe]
        safe = safe.where(count == 0, safe + "_" + (count + 1).astype("str"))


WORDS = frozenset(
    {
        "max",
        "maximize",
        "maximise",
        "maximum",
        "min",
        "minimize",
        "minimise",
        "minimum",
        "st",
        "such",
        "subject",
        "to",
        "bound",
        "bounds",
        "free",
        "inf",
        "infinity",
        "general",
        "generals",
        "gen",
        "integer",
        "integers",
        "int",
        "binary",
        "binaries",
        "bin",
        "semi",
        "sos",
        "sos1",
        "sos2",
        "end",
        "obj",
        "nan",
        "none",
    }
)
"""Words that readers of LP files take for their own."""

KINDS = {PieceKind.GROUP: "groups", PieceKind.HOUR: "hours"}
"""What pieces are called where their kind alone does not say it."""


def _piece_names(formulation: Formulation, columns: Ints) -> list[str]:
    """Return what columns are called that are one piece each."""
    pieces, table = formulation.pieces, _tables(formulation.book)
    piece = formulation.offers.piece[formulation.problem.offer[columns]]
    kinds = np.array([KINDS.get(kind, kind.name.lower()) for kind in PieceKind], dtype=object)
    words = [kinds[pieces.kind[piece]]]
    for label in ORDER:
        words.append(named(table[label], getattr(pieces, label)[piece]))
    return _spelled(words)


def _team_names(formulation: Formulation) -> ObjectArray:
    """Return what teams are called: their first professional, and how many more there are."""
    staff = formulation.staff
    ids = formulation.resources.professionals["professional_id"].to_numpy(dtype=object)
    member = np.flatnonzero(staff.member_of >= 0)
    order = member[np.argsort(staff.member_of[member], kind="stable")]
    team, first, size = np.unique(staff.member_of[order], return_index=True, return_counts=True)
    names = [f"team_{number}" for number in range(staff.hours.size)]
    for number, at, members in zip(team.tolist(), first.tolist(), size.tolist(), strict=True):
        more = f"_and_{members - 1}" if members > 1 else ""
        names[number] = f"{ids[order[at]]}{more}"
    return np.array(names, dtype=object)


def _tables(book: Book) -> dict[str, Sequence[object]]:
    grades = tuple(f"grade{grade}" for grade in book.grades)
    return {
        "role": book.roles,
        "rule": book.rules,
        "intervention": book.interventions,
        "family": book.families,
        "alike": book.alike,
        "site": book.sites,
        "grade": grades,
        "period": book.periods,
    }


def _spelled(words: Sequence[ObjectArray]) -> list[str]:
    """Return (n,) the words that are there, joined with "_"."""
    joined = pd.Series(words[0], dtype="str")
    for more in words[1:]:
        piece = pd.Series(more, dtype="str")
        joined = joined + np.where(piece == "", "", "_") + piece
    return [str(name) for name in joined]
