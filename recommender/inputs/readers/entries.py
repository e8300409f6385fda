"""A mapping from ids to entries, as people write it, becomes checked entries one by one."""

from __future__ import annotations

import re
from typing import Any, TypeVar

from pydantic import TypeAdapter

from recommender.inputs.findings import Findings
from recommender.inputs.formats.schema import ID_PATTERN
from recommender.inputs.formats.yaml_reader import (
    MOST_PROBLEMS,
    Document,
    KeyPlace,
    dotted,
    validated,
)

T = TypeVar("T")

MOST_LETTERS = 80
_TAKEN = frozenset({"nan", "inf", "infinity", "none", "null", "true", "false", "unknown", "nvt"})
"""Words that programs and people take for no name at all."""


def entries_at(
    document: Document, at: KeyPlace, kind: type[T], findings: Findings, *, key: str = "id"
) -> tuple[tuple[str, ...], tuple[T, ...]]:
    """The keys of the mapping at ``at``, and those of its entries that are right, in file order."""
    value: Any = document.value
    for step in at:
        value = value.get(step) if isinstance(value, dict) else None
    if value is None:
        return (), ()
    if not isinstance(value, dict):
        findings.problem(
            document.file,
            document.line(at),
            dotted(at),
            "must be a mapping",
            f"write `{key}: {{…}}` for each of them, not a list",
        )
        return (), ()
    adapter = TypeAdapter(kind)
    entries: list[T] = []
    before = len(findings.problems)
    for name, entry in value.items():
        place = (*at, name)
        if len(findings.problems) - before > MOST_PROBLEMS:
            findings.problem(
                document.file,
                document.line(place),
                dotted(at),
                "is not checked from here on",
                "repair the problems above first",
            )
            break
        if not _is_a_name(name, key, document, place, findings):
            continue
        if not isinstance(entry, dict):
            findings.problem(
                document.file,
                document.line(place),
                dotted(place),
                "is empty" if entry is None else "must be a mapping of keys",
                "write its keys under it, indented",
            )
            continue
        if key in entry:
            findings.problem(
                document.file,
                document.line((*place, key)),
                dotted((*place, key)),
                "is not a known key",
                f"remove it; '{name}' is already the {key}",
            )
            continue
        checked = validated(adapter, {**entry, key: name}, document, place, findings)
        if checked is not None:
            entries.append(checked)
    return tuple(value), tuple(entries)


def _is_a_name(
    name: str, key: str, document: Document, place: KeyPlace, findings: Findings
) -> bool:
    if key == "id" and not re.fullmatch(ID_PATTERN, name):
        remedy = "start with a small letter and use only small letters, digits and _"
    elif key == "id" and (len(name) > MOST_LETTERS or name in _TAKEN):
        remedy = f"use at most {MOST_LETTERS} letters, and no word that stands for nothing"
    elif key == "name" and (not name.strip() or name != name.strip()):
        remedy = "write the header of the column, without blanks around it"
    else:
        return True
    findings.problem(
        document.file, document.line(place), dotted(place), "is not a usable name", remedy
    )
    return False
