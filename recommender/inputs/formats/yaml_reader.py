"""A YAML file becomes plain values with the line of every key, or problems in the user's words.

Only the part of YAML that a catalogue or a policy needs is read (the core schema of YAML 1.2, so
``no`` is a word and not false): no tags, no aliases, no merge keys, no
second document.  Size, depth and number of values are bounded while reading, so a bomb is refused
before it costs anything.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

import yaml
from pydantic import TypeAdapter, ValidationError

from recommender.files.no_file import why_no_file
from recommender.inputs.findings import Findings, suggestion
from recommender.inputs.formats.schema import described_schema, fields_at
from recommender.inputs.formats.yaml_numbers import (
    mapping_around,  # fmt: skip
    number_remedy,
    of_two_readings,
    split_by_comma,
)
from recommender.inputs.text.number_words import TWO_READINGS

Key: TypeAlias = str | int
KeyPlace: TypeAlias = tuple[Key, ...]
T = TypeVar("T")

MOST_BYTES = 2_000_000
MOST_VALUES = 100_000
MOST_DEPTH = 24
TOO_DEEP, FLATTEN = f"is nested more than {MOST_DEPTH} deep", "flatten it"
MOST_PROBLEMS = 200

_INTEGER = re.compile(r"[-+]?[0-9]+")
_NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_CONSTANTS: Mapping[str, bool | float | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), float("inf")),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), float("-inf")),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
}


@dataclass(frozen=True, eq=False, slots=True)
class Document:
    """A YAML file as plain values.

    Attributes:
        file: the name used in messages.
        value: the top-level mapping: str, int, float, bool, None, list and dict only.
        lines: place (keys and positions from the top) -> line of the key or item; None where the
            values did not come from a file.
        unsure: place -> a number as written that has two readings, such as 9.000.
    """

    file: str
    value: dict[str, Any]
    lines: Mapping[KeyPlace, int] | None
    unsure: Mapping[KeyPlace, str] = field(default_factory=dict)

    def line(self, place: KeyPlace) -> int | None:
        """The line of a place, or of the nearest place around it that is in the file."""
        if self.lines is None:
            return None
        found: KeyPlace = ()
        for key in place:
            if (*found, key) in self.lines:
                found = (*found, key)
                continue
            # A format's min and max stand one level deeper in the file: format: {group: {min: 3}}
            deeper = [
                p for k in ("group", "class", "school") if (p := (*found, k, key)) in self.lines
            ]
            if not deeper:
                break
            found = deeper[0]
        return self.lines.get(found, 1)


class _Unread(Exception):
    """Why a file is not read any further."""

    def __init__(self, line: int | None, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.line, self.message, self.remedy = line, message, remedy


def read_yaml(path: Path, file: str, findings: Findings) -> Document | None:
    """The document of a YAML file; None when it cannot be read, with the reason in ``findings``."""
    try:
        composer = _Composer(file, findings)
        value, lines = composer.document(_events(_text(path)))
    except _Unread as why:
        findings.problem(file, why.line, None, why.message, why.remedy)
        return None
    return Document(file, value, lines, composer.unsure)


def _text(path: Path) -> str:
    """The text of the file, if it is there, small and UTF-8."""
    if not path.is_file():
        raise _Unread(None, *why_no_file(path, "`recommender init DIR` writes an example"))
    try:
        with path.open("rb") as stream:
            data = stream.read(MOST_BYTES + 1)
    except OSError as error:
        raise _Unread(None, f"cannot be read ({error.strerror})", "check its rights") from None
    if len(data) > MOST_BYTES:
        raise _Unread(
            None, f"is larger than {MOST_BYTES:,} bytes", "tables belong in data/, as csv"
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _Unread(line, "is not UTF-8 text", "save it as UTF-8") from None


def _events(text: str) -> Iterator[Any]:
    """The parser's events, counted, with the parser's complaints in the user's words."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        for count, event in enumerate(yaml.parse(text, Loader=loader)):
            if count > MOST_VALUES:
                raise _Unread(_line(event), f"has more than {MOST_VALUES:,} values", "split it")
            yield event
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        if "nesting depth" in f"{error.problem} {error.context}":  # some parsers look far ahead
            line = mark.line + 1 if mark is not None else 1
            raise _Unread(line, TOO_DEEP, FLATTEN) from None
        raise _Unread(
            mark.line + 1 if mark is not None else None,
            f"is not valid YAML: {error.problem or error.context}",
            "check indentation, colons and brackets on this line and the one before",
        ) from None
    except yaml.YAMLError:
        raise _Unread(None, "is not valid YAML: it has a control character", "remove it") from None


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark is not None else 1


class _Composer:
    """Plain values from events, and the line of every place."""

    def __init__(self, file: str, findings: Findings) -> None:
        self._file, self._findings = file, findings
        self._lines: dict[KeyPlace, int] = {}
        self.unsure: dict[KeyPlace, str] = {}

    def document(self, events: Iterator[Any]) -> tuple[dict[str, Any], dict[KeyPlace, int]]:
        """The top-level mapping and the line of every place in it."""
        for event in events:
            if not isinstance(event, yaml.StreamStartEvent | yaml.DocumentStartEvent):
                break
        if isinstance(event, yaml.StreamEndEvent):
            raise _Unread(1, "is empty", "`recommender init DIR` writes an example")
        value = self._value(event, events, ())
        if not isinstance(value, dict):
            raise _Unread(_line(event), "must be a mapping", "start with `key: value` lines")
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                raise _Unread(
                    _line(event),
                    "starts a second document",
                    "remove the line with `---`",
                )
        return value, self._lines

    def _value(self, event: Any, events: Iterator[Any], place: KeyPlace) -> Any:
        line = _line(event)
        if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
            raise _Unread(
                line, f"uses an alias or anchor ({event.anchor})", "write the value out in full"
            )
        if event.tag is not None:
            raise _Unread(line, f"uses a tag ({event.tag})", "leave it out; none is needed")
        if len(place) > MOST_DEPTH:
            raise _Unread(line, TOO_DEEP, FLATTEN)
        if isinstance(event, yaml.ScalarEvent):
            if not event.implicit[0]:
                return event.value
            if TWO_READINGS.fullmatch(event.value):
                self.unsure[place] = event.value
            return _scalar(event.value)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(events, place)
        return self._mapping(events, place)

    def _sequence(self, events: Iterator[Any], place: KeyPlace) -> list[Any]:
        items: list[Any] = []
        for event in events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            here = (*place, len(items))
            self._lines[here] = _line(event)
            items.append(self._value(event, events, here))
        return items

    def _mapping(self, events: Iterator[Any], place: KeyPlace) -> dict[str, Any]:
        entries: dict[str, Any] = {}
        for event in events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            line = _line(event)
            if not isinstance(event, yaml.ScalarEvent) or event.tag or event.anchor:
                raise _Unread(line, "has a key that is not a plain word", "use a word as the key")
            if event.value == "<<":
                raise _Unread(line, "uses a merge key (<<)", "write the keys out")
            here = (*place, event.value)
            if event.value in entries:
                self._findings.problem(
                    self._file,
                    line,
                    dotted(here),
                    f"stands here again; line {self._lines[here]} has it already",
                    "keep one of the two",
                )
                # Read under a name that no key can have, so that the first keeps its lines.
                self._value(next(events), events, (*place, -1))
                continue
            self._lines[here] = line
            entries[event.value] = self._value(next(events), events, here)
        return entries


def _scalar(text: str) -> str | int | float | bool | None:
    """A plain scalar by the core schema of YAML 1.2."""
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if _INTEGER.fullmatch(text) and len(text) < 20:
        return int(text)
    return float(text) if _NUMBER.fullmatch(text) else text


def dotted(place: Iterable[Key]) -> str:
    """A place as people read it: ``effects[1].value`` is the value of the first effect."""
    text = ""
    for key in place:
        if isinstance(key, int):
            text += f"[{key + 1}]"
        else:
            text += f".{key}" if text else key
    return text


def validated(
    adapter: TypeAdapter[T],
    value: object,
    document: Document,
    at: KeyPlace,
    findings: Findings,
) -> T | None:
    """``value``, which stands at ``at``, as the adapter's type; None with problems noted if not.

    Values are checked strictly, as JSON: a number is not a word and ``true`` is not a number.
    """
    unsure = set()
    for place, message, remedy in of_two_readings(adapter, value, at, document.unsure):
        unsure.add(place)
        findings.problem(document.file, document.line(place), dotted(place), message, remedy)
    try:
        right = adapter.validate_json(json.dumps(value), strict=True)
        return None if unsure else right
    except ValidationError as error:
        details = error.errors(include_url=False)
        details = [detail for detail in details if (*at, *detail["loc"]) not in unsure]
        whole = described_schema(adapter)
        for detail in details[:MOST_PROBLEMS]:
            place = (*at, *(k for k in detail["loc"] if k != "[key]"))
            known = fields_at(whole, detail["loc"])
            column, message, remedy = _in_words(detail, place, known)
            if detail["input"] is None:
                around = mapping_around(document.value, place)
                remedy = split_by_comma(place[-1], around) or remedy
            findings.problem(document.file, document.line(place), column, message, remedy)
        if len(details) > MOST_PROBLEMS:
            findings.problem(
                document.file,
                document.line(at),
                dotted(at) or None,
                f"has {len(details) - MOST_PROBLEMS:,} more problems",
                "repair these first",
            )
        return None


def _in_words(
    detail: Any, place: KeyPlace, known: Mapping[str, str]
) -> tuple[str | None, str, str]:
    """Column, message and remedy of one complaint of pydantic; ``known`` are the keys there."""
    kind: str = detail["type"]
    context: dict[str, Any] = detail.get("ctx", {})
    shown = _shown(detail["input"])
    if place[-2:] == ("format", "kind"):
        place = place[:-1]
    column = dotted(place) or None
    last = str(place[-1]) if place else ""
    if kind in ("unexpected_keyword_argument", "extra_forbidden"):
        return column, "is not a known key", suggestion(last, list(known))
    if kind == "missing":
        if isinstance(place[-1], int):
            return dotted(place[:-1]), "has too few values", "give the lowest and the highest"
        meaning = known.get(last, "").removesuffix(".")
        return column, "is missing", f"add `{last}:`" + (f", {meaning}" if meaning else "")
    if detail["input"] is None:
        return column, "is empty", "give it a value or leave the key out"
    if kind == "literal_error":
        choices = re.findall(r"'([^']*)'", str(context.get("expected", "")))
        return column, f"is {shown}", suggestion(str(detail["input"]), choices)
    if kind.startswith(("int_", "float_")) and (meant := number_remedy(detail["input"])):
        return column, f"is {shown}", meant
    if kind == "too_long" and context["actual_length"] == 2 * context["max_length"]:
        remedy = f"give {context['max_length']}; a comma parts values, so write decimals as 0.5"
        return column, f"has {context['actual_length']} values", remedy
    context = {key: _bound(each) for key, each in context.items()}
    if kind.startswith("string_") and isinstance(detail["input"], list):
        words = ";".join(str(w) for w in detail["input"] if isinstance(w, str | int | float))
        return column, "is a list", f"write one text, several set apart by `;`: {_shown(words)}"
    for start, (message, remedy) in _WORDS.items():
        if kind.startswith(start):
            return column, message.format(shown=shown, **context), remedy.format(**context)
    return column, f"is {shown}, which does not fit: {detail['msg']}", ""


def _bound(value: object) -> object:
    """A bound as people write it: days as they are, large numbers with their thousands parted."""
    if isinstance(value, int | float):
        return f"{value:,.0f}" if abs(value) >= 1e6 else f"{value:g}"
    return value


_WORDS: Mapping[str, tuple[str, str]] = {
    "finite_number": ("is {shown}", "give a finite number"),
    "greater_than_equal": ("is {shown}", "it must be at least {ge}"),
    "greater_than": ("is {shown}", "it must be above {gt}"),
    "less_than_equal": ("is {shown}", "it must be at most {le}"),
    "int_": ("is {shown}", "give a whole number, without quotes"),
    "float_": ("is {shown}", "give a number, without quotes"),
    "string_": ("is {shown}", "give text; put a number or true/false between quotes"),
    "bool_": ("is {shown}", "use true or false"),
    "date_": ("is {shown}", "give a date as 2026-11-30"),
    "tuple_": ("is {shown}", "give a list: [a, b]"),
    "too_long": ("has {actual_length} values", "give at most {max_length}"),
    "dict_": ("is {shown}", "give a mapping: {{key: value}}"),
    "dataclass_": ("is {shown}", "give a mapping: {{key: value}}"),
    "value_error": ("{error}", ""),
}


def _shown(value: object) -> str:
    """A value of a YAML file as it may stand in a message."""
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, str):
        return f"'{value}'" if len(value) <= 40 else f"'{value[:39]}…'"
    return str(value).lower() if isinstance(value, bool) else str(value)
