"""Numbers of a YAML file that a person meant otherwise: two readings, commas, units, marks."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from pydantic import TypeAdapter, ValidationError

from recommender.inputs.text.number_words import readings, remedy_of, two_ways, written

KeyPath: TypeAlias = tuple[str | int, ...]

_MISFIT: dict[str, object] = {"no number": None}


def of_two_readings(
    adapter: TypeAdapter[Any], value: object, at: KeyPath, unsure: Mapping[KeyPath, str]
) -> Iterator[tuple[KeyPath, str, str]]:
    """Place, message and remedy of every number whose thousands fit where it stands.

    Where only one reading lies within the bounds, nothing is in doubt.

    Args:
        adapter: the type of the value.
        value: what stands at ``at``.
        at: where it stands in the file.
        unsure: place -> a number as written.
    """
    for place, word in unsure.items():
        inner = place[len(at) :]
        if place[: len(at)] != at or not isinstance(_inside(value, inner), float):
            continue
        small, large = readings(word)
        misfit = _errors(adapter, _with(value, inner, _MISFIT))
        whole = int(large) if large == large.to_integral_value() else float(large)
        if _errors(adapter, _with(value, inner, whole)) >= misfit:
            continue
        if _errors(adapter, _with(value, inner, float(small))) >= misfit:
            yield place, f"is {word}", f"write {written(large)}"
        else:
            what, remedy = two_ways(word, comma=False)
            yield place, f"is {word}, {what}", remedy


def number_remedy(value: object) -> str:
    """What to write instead of a value that is no number; "" where it is like none."""
    if isinstance(value, str):
        return remedy_of(value, comma=False)
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return f"write {int(value)}"
    return ""


def split_by_comma(key: object, before: Mapping[str, Any]) -> str:
    """The remedy for digits that stand as a key: within braces a comma ends a value.

    Args:
        key: a key without a value.
        before: the mapping in which it stands.
    """
    if not isinstance(key, str) or not (key.isascii() and key.isdigit()):
        return ""
    names = list(before)
    place = names.index(key) if key in names else 0
    first = before[names[place - 1]] if place else None
    if isinstance(first, int | float) and not isinstance(first, bool):
        name = names[place - 1]
        if len(key) == 3:
            return f"a comma ends a value within {{ }}: write {name}: {first}{key} or {first}.{key}"
        return f"a comma ends a value within {{ }}: write {name}: {first}.{key}"
    return "a comma ends a value within { }: write a decimal with a dot"


def mapping_around(value: object, place: KeyPath) -> Mapping[str, Any]:
    """The mapping in which the last key of a place stands; {} where there is none."""
    around = _inside(value, place[:-1])
    return around if isinstance(around, dict) else {}


def _inside(value: object, place: KeyPath) -> object:
    for key in place:
        if isinstance(value, dict):
            value = value.get(key)
        elif isinstance(value, list) and isinstance(key, int) and 0 <= key < len(value):
            value = value[key]
        else:
            return None
    return value


def _with(value: Any, place: KeyPath, other: object) -> Any:
    """A copy of the value in which something else stands at a place."""
    if not place:
        return other
    copy = value.copy()
    copy[place[0]] = _with(copy[place[0]], place[1:], other)
    return copy


def _errors(adapter: TypeAdapter[Any], value: object) -> int:
    try:
        adapter.validate_json(json.dumps(value), strict=True)
    except ValidationError as error:
        return error.error_count()
    return 0
