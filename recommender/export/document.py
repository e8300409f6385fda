"""plan.json: a plan in full precision that reads back equal, and its JSON Schema."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, fields
from io import StringIO
from typing import Any

import numpy as np
import pandas as pd

from recommender.errors import InputError, Problem
from recommender.export.tables import COLUMNS, Kind, frames_of
from recommender.planning.plan import Plan, Shortage, Summary

FORMAT = "recommender plan 1"

_INFINITE = ("value", "bound", "gap")
"""Numbers of the summary that may be infinite: null in JSON."""


def plan_text(plan: Plan) -> str:
    """Return the text of plan.json: one line a column, floats as short as reads back equal.

    Raises:
        ValueError: if a table holds a number that is not finite.
    """
    summary = asdict(plan.summary)
    summary["shortages"] = [asdict(shortage) for shortage in plan.summary.shortages]
    for name in _INFINITE:
        summary[name] = summary[name] if math.isfinite(summary[name]) else None
    out = StringIO()
    out.write('{\n"format": ' + json.dumps(FORMAT) + ',\n"summary": ')
    out.write(json.dumps(summary, indent=1, ensure_ascii=False, allow_nan=False))
    for table, frame in frames_of(plan).items():
        out.write(f',\n"{table}": {{')
        for position, name in enumerate(frame.columns):
            values = json.dumps(frame[name].tolist(), ensure_ascii=False, allow_nan=False)
            out.write(",\n" if position else "\n")
            out.write(f"{json.dumps(str(name), ensure_ascii=False)}: {values}")
        out.write("\n}")
    out.write("\n}\n")
    return out.getvalue()


def read_plan_text(text: str, file: str) -> Plan:
    """Return the plan that a text holds.

    Args:
        text: the content of plan.json.
        file: what to call it in messages.

    Raises:
        InputError: everything that keeps it from being a plan, with table and column.
    """
    try:
        document = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise _error(file, ["is not JSON"]) from None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise _error(file, [f"does not say that it is a {FORMAT!r}"])
    problems: list[str] = []
    summary = _summary(document.get("summary"), problems)
    frames = {table: _frame(document, table, problems) for table in COLUMNS}
    if problems or summary is None:
        raise _error(file, problems)
    return Plan(summary=summary, **frames)


def _refuse(constant: str) -> float:
    raise ValueError(constant)


def _error(file: str, messages: list[str]) -> InputError:
    return InputError(Problem(file, None, None, m, "make the plan again") for m in messages)


def _summary(value: Any, problems: list[str]) -> Summary | None:
    names = [field.name for field in fields(Summary)]
    if not isinstance(value, dict) or set(value) != set(names):
        problems.append("summary has not the fields of a plan's summary")
        return None
    try:
        known: dict[str, Any] = {
            name: math.inf if name in _INFINITE and value[name] is None else _known(name, value)
            for name in names
        }
        return Summary(**known)
    except (TypeError, ValueError):
        problems.append("summary holds a value of the wrong kind")
        return None


def _known(name: str, value: dict[str, Any]) -> Any:
    item = value[name]
    if name == "shortages":
        return tuple(Shortage(str(s["rule"]), str(s["site"]), float(s["pupils"])) for s in item)
    kind = Summary.__annotations__[name]
    if item is None and "None" in kind:
        return None
    if kind == "float" or kind == "float | None":
        if type(item) not in (int, float):
            raise TypeError
        return float(item)
    if type(item) is not {"str": str, "bool": bool, "int": int}[kind]:
        raise TypeError
    return item


def _frame(document: dict[str, Any], table: str, problems: list[str]) -> pd.DataFrame:
    columns = document.get(table)
    if not isinstance(columns, dict) or not all(isinstance(c, list) for c in columns.values()):
        problems.append(f"{table} is not a table of columns")
        return pd.DataFrame()
    missing = [name for name in COLUMNS[table] if name not in columns]
    if missing:
        problems.append(f"{table} lacks {', '.join(missing)}")
    if len({len(values) for values in columns.values()}) > 1:
        problems.append(f"{table} has columns of different lengths")
        return pd.DataFrame()
    arrays = {}
    for name, values in columns.items():
        try:
            arrays[name] = _column(values, COLUMNS[table].get(name))
        except (TypeError, ValueError, OverflowError) as error:
            problems.append(f"{table}.{name} {error}")
    return pd.DataFrame(arrays)


def _column(values: list[Any], kind: Kind | None) -> Any:
    kinds = set(map(type, values))
    if kinds <= {str} and kind != "number":
        return pd.Series(values, dtype="str" if values or kind == "text" else object)
    if kinds <= {int} and kinds and kind != "text":
        return np.array(values, dtype=np.int64)
    if kinds <= {int, float} and kind != "text":
        return np.array(values, dtype=np.float64)
    if kinds == {bool} and kind is None:
        return np.array(values, dtype=np.bool_)
    raise TypeError(f"is not a column of {kind or 'one kind'}{'' if kind is None else 's'}")


def plan_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of plan.json."""
    number = {"type": "number"}
    kinds: dict[str, dict[str, Any]] = {
        "str": {"type": "string"},
        "bool": {"type": "boolean"},
        "int": {"type": "integer"},
        "float": number,
        "float | None": {"type": ["number", "null"]},
    }
    summary: dict[str, Any] = {}
    for field in fields(Summary):
        if field.name == "shortages":
            summary[field.name] = {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {
                        "rule": kinds["str"],
                        "site": kinds["str"],
                        "pupils": {"type": "number", "minimum": 0},
                    },
                    "required": ["rule", "site", "pupils"],
                    "additionalProperties": False,
                },
            }
        elif field.name in _INFINITE:
            summary[field.name] = {"type": ["number", "null"], "description": "null is infinite"}
        else:
            summary[field.name] = kinds[str(field.type)]
    summary["status"] = {"enum": ["optimal", "gap", "stopped"]}
    tables = {
        table: {
            "type": "object",
            "description": "one list a column, all of one length",
            "properties": {
                name: {
                    "type": "array",
                    "items": {"type": "string"} if kind == "text" else number,
                }
                for name, kind in columns.items()
            },
            "required": list(columns),
            "additionalProperties": {"type": "array"},
        }
        for table, columns in COLUMNS.items()
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A plan of recommender",
        "type": "object",
        "properties": {
            "format": {"const": FORMAT},
            "summary": {
                "type": "object",
                "properties": summary,
                "required": list(summary),
                "additionalProperties": False,
            },
            **tables,
        },
        "required": ["format", "summary", *tables],
        "additionalProperties": False,
    }
