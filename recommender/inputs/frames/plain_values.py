"""A mapping of plain values, as a YAML file would hold them, from what a notebook hands in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import numpy as np

from recommender.inputs.findings import Findings
from recommender.inputs.formats.yaml_reader import (
    FLATTEN,
    MOST_DEPTH,
    TOO_DEEP,
    Document,
    KeyPlace,
    dotted,
)

LONGEST = 10**20
"""A YAML file has no whole number of more digits either."""


def is_text(word: str) -> bool:
    """Whether a text can be written: it holds no half of a surrogate pair."""
    return word.isascii() or not any("\ud800" <= c <= "\udfff" for c in word)


def document_of(value: object, file: str, findings: Findings) -> Document | None:
    """The document; None where it is no mapping, and what is no plain value is noted and left out.

    Days become text and numbers of numpy those of Python; every other value must be text, a number,
    True, False, None, a list or tuple, or a mapping whose keys are text.
    """
    if not isinstance(value, Mapping):
        findings.problem(
            file, None, None, f"is {_kind(value)} and must be a mapping",
            "hand in what yaml.safe_load makes of the file",
        )  # fmt: skip
        return None
    return Document(file, _Plain(file, findings).mapping(value, ()), None)


class _Plain:
    """Plain values, and problems with those that are none."""

    def __init__(self, file: str, findings: Findings) -> None:
        self._file, self._findings = file, findings

    def mapping(self, value: Mapping[Any, object], place: KeyPlace) -> dict[str, Any]:
        """The mapping with its values made plain, keys that are no text left out."""
        found: dict[str, Any] = {}
        for key, entry in value.items():
            if isinstance(key, str) and is_text(key):
                found[key] = self._value(entry, (*place, key))
            else:
                self._wrong(place, f"has a key that is {_kind(key)}", "use text as the key")
        return found

    def _value(self, value: object, place: KeyPlace) -> Any:
        if len(place) > MOST_DEPTH:
            self._wrong(place[:1], TOO_DEEP, FLATTEN)
            return None
        if isinstance(value, np.generic):
            value = value.item()
        if isinstance(value, str) and not is_text(value):
            self._wrong(place, "holds half a character", "write the text again")
            return ""
        if isinstance(value, int) and abs(value) >= LONGEST:
            self._wrong(place, "is a number of too many digits", "use a smaller one")
            return None
        if value is None or isinstance(value, str | bool | int | float):
            return value
        if isinstance(value, dt.date):
            return value.isoformat()
        if isinstance(value, Mapping):
            return self.mapping(value, place)
        if isinstance(value, list | tuple):
            return [self._value(entry, (*place, n)) for n, entry in enumerate(value)]
        self._wrong(place, f"is {_kind(value)}", "use text, numbers, lists and mappings")
        return None

    def _wrong(self, place: KeyPlace, message: str, remedy: str) -> None:
        self._findings.problem(self._file, None, dotted(place) or None, message, remedy)


def _kind(value: object) -> str:
    """What a value is, without showing it."""
    return f"a {type(value).__name__}"
