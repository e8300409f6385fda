"""What is used about one child: every kind of data that a run may read, in the words of parents."""

from __future__ import annotations

import re
from collections.abc import Iterable

from recommender.inputs.policy import Column

STRUCTURE: tuple[tuple[str, str, str], ...] = (
    ("site", "school or place", "school of plaats"),
    ("grade", "grade", "groep of klas"),
    ("family_id", "a code for the family", "een code voor het gezin"),
    ("language", "language spoken at home", "taal die thuis wordt gesproken"),
    ("consent", "whether you agree to help", "of u hulp goed vindt"),
    ("must_serve", "whether the law or an agreement asks for help",
     "of de wet of een afspraak om hulp vraagt"),
    ("completed", "help that was finished before", "hulp die al is afgerond"),
    ("waiting_since", "since when your child waits for help",
     "sinds wanneer uw kind op hulp wacht"),
)  # fmt: skip
"""Columns of data/pupils that every plan reads where they are there, whatever is declared."""

FILES: tuple[tuple[str, str, str], ...] = (
    ("notes", "notes that professionals wrote", "aantekeningen van professionals"),
    ("history", "what was known in earlier school years", "wat in eerdere schooljaren bekend was"),
    ("profiles", "risks that others worked out", "risico's die anderen hebben berekend"),
    ("commitments", "help that your child has now", "hulp die uw kind nu krijgt"),
    ("delivered", "help that was given", "hulp die is gegeven"),
    ("decisions", "what professionals decided about help", "wat professionals over hulp besloten"),
    ("present", "the help in the plan before this one", "de hulp in het vorige plan"),
)
"""Files of data/ with rows about pupils, beside the table of pupils itself."""

_OF_HISTORY = frozenset({"unit_id", "date", "intervention", "propensity"})
"""Declared columns that name no characteristic: ids, days, and help that history speaks of."""


def used_of_child(
    columns: Iterable[Column], files: Iterable[tuple[str, int]], language: str
) -> tuple[str, ...]:
    """Return every kind of data that is used about a child, each once.

    Args:
        columns: the declared columns.
        files: path and rows of every file that was read.
        language: "en" or "nl".
    """
    declared = {column.name: column for column in columns}
    dutch = language == "nl"
    said = [
        _label(declared[name], language) if name in declared else nl if dutch else en
        for name, en, nl in STRUCTURE
        if name not in declared or declared[name].use != ("never",)
    ]
    said += [
        _label(column, language)
        for column in declared.values()
        if {"feature", "eligibility"} & set(column.use) and column.name not in _STRUCTURAL
    ]
    there = {_table(path) for path, rows in files if rows}
    said += [nl if dutch else en for name, en, nl in FILES if name in there]
    return tuple(dict.fromkeys(said))


def checked_of_child(columns: Iterable[Column], language: str) -> tuple[str, ...]:
    """Return what is used for nothing but to see whether groups are treated alike."""
    return tuple(
        dict.fromkeys(
            _label(column, language)
            for column in columns
            if column.use == ("audit_only",) and column.name not in _STRUCTURAL | _OF_HISTORY
        )
    )


_STRUCTURAL = frozenset(name for name, _, _ in STRUCTURE)


def _table(path: str) -> str:
    return path.removeprefix("data/").split(".")[0] if path.startswith("data/") else ""


def _label(column: Column, language: str) -> str:
    plain = re.sub(r"\s*\(.*?\)", "", column.label.said(language))
    return plain or column.name.replace("_", " ")
