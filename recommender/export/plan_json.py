"""plan.json: a plan in full precision that reads back equal, and its JSON Schema."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import MISSING, asdict, fields
from io import StringIO
from typing import Any

import numpy as np
import pandas as pd

from recommender.errors import InputError, Problem
from recommender.export.tables import frames_of
from recommender.planning.plan.columns import COLUMNS, LATER, OPTIONAL, ColumnKind
from recommender.planning.plan.plan import Plan
from recommender.planning.plan.summary import Shortage, Summary
from recommender.planning.selection.duties import CAUSES

FORMAT = "recommender plan 1"

FILE = "file"
"""Says in place of the columns of a table in which file beside plan.json it stands."""

_INFINITE = ("value", "bound", "gap")
"""Numbers of the summary that may be infinite: null in JSON."""


_NEEDED = frozenset(field.name for field in fields(Summary) if field.default is MISSING)
"""What every summary has; plans of earlier versions lack the rest."""


def plan_text(plan: Plan, *, beside: str = "") -> str:
    """Return the text of plan.json: one line a column, floats as short as reads back equal.

    With ``beside``, the suffix of files that hold the tables, the text names these files instead.

    Raises:
        ValueError: if a table holds a number that is not finite.
    """
    summary = asdict(plan.summary)
    for name in _INFINITE:
        summary[name] = summary[name] if math.isfinite(summary[name]) else None
    out = StringIO()
    out.write('{\n"format": ' + json.dumps(FORMAT) + ',\n"summary": ')
    out.write(json.dumps(summary, indent=1, ensure_ascii=False, allow_nan=False))
    for table, frame in frames_of(plan).items():
        if beside:
            out.write(f',\n"{table}": {{"{FILE}": "{table}{beside}"}}')
            continue
        out.write(f',\n"{table}": {{')
        for position, name in enumerate(frame.columns):
            values = json.dumps(frame[name].tolist(), ensure_ascii=False, allow_nan=False)
            out.write(",\n" if position else "\n")
            out.write(f"{json.dumps(str(name), ensure_ascii=False)}: {values}")
        out.write("\n}")
    out.write("\n}\n")
    return out.getvalue()


Tables = Callable[[str], pd.DataFrame]
"""What reads a table that stands in a file beside plan.json, by the name of that file."""


def read_plan_text(text: str, file: str, tables: Tables | None = None) -> Plan:
    """Return the plan that a text holds.

    Args:
        text: the content of plan.json.
        file: what to call it in messages.
        tables: reads the tables that stand beside it; None refuses such a text.

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
    frames = {
        table: _frame(document, table, problems)
        if tables is None or not _is_beside(document.get(table), table)
        else _checked(tables(document[table][FILE]), table, problems)
        for table in COLUMNS
    }
    if problems or summary is None:
        raise _error(file, problems)
    return Plan(summary=summary, **frames)


def _refuse(constant: str) -> float:
    raise ValueError(constant)


def _error(file: str, messages: list[str]) -> InputError:
    return InputError(Problem(file, None, None, m, "make the plan again") for m in messages)


def _summary(value: Any, problems: list[str]) -> Summary | None:
    every = {field.name for field in fields(Summary)}
    if not isinstance(value, dict) or not _NEEDED <= set(value) <= every:
        problems.append("summary has not the fields of a plan's summary")
        return None
    try:
        known: dict[str, Any] = {
            field.name: math.inf
            if field.name in _INFINITE and value[field.name] is None
            else _scalar(value[field.name], str(field.type))
            for field in fields(Summary)
            if field.name != "shortages" and field.name in value
        }
        return Summary(**known, shortages=tuple(map(_shortage, value["shortages"])))
    except (TypeError, ValueError, KeyError, AttributeError, OverflowError):
        problems.append("summary holds a value of the wrong kind")
        return None


def _shortage(value: dict[str, Any]) -> Shortage:
    needed = {field.name for field in fields(Shortage) if field.default is MISSING}
    if not needed <= set(value) <= {field.name for field in fields(Shortage)}:
        raise ValueError
    known: dict[str, Any] = {
        field.name: _scalar(value[field.name], str(field.type))
        for field in fields(Shortage)
        if field.name in value
    }
    return Shortage(**known)


def _scalar(value: Any, kind: str) -> Any:
    if value is None and kind.endswith("| None"):
        return None
    if kind.startswith("float"):
        if type(value) not in (int, float):
            raise TypeError
        return float(value)
    if kind == "Cause":
        if value not in CAUSES:
            raise ValueError
        return value
    if type(value) is not {"str": str, "bool": bool, "int": int}[kind]:
        raise TypeError
    return value


def _frame(document: dict[str, Any], table: str, problems: list[str]) -> pd.DataFrame:
    none: dict[str, list[Any]] | None = (
        {name: [] for name in COLUMNS[table]} if table in OPTIONAL else None
    )
    columns = document.get(table, none)
    if not isinstance(columns, dict) or not all(isinstance(c, list) for c in columns.values()):
        problems.append(f"{table} is not a table of columns")
        return pd.DataFrame()
    missing = [n for n in COLUMNS[table] if n not in columns and (table, n) not in LATER]
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


def _is_beside(value: Any, table: str) -> bool:
    """Whether a table says nothing but in which file beside plan.json it stands."""
    return (
        isinstance(value, dict)
        and set(value) == {FILE}
        and isinstance(value[FILE], str)
        and value[FILE] == f"{table}.parquet"
    )


def _checked(frame: pd.DataFrame, table: str, problems: list[str]) -> pd.DataFrame:
    """The same table, with what keeps it from being one of a plan."""
    missing = [n for n in COLUMNS[table] if n not in frame and (table, n) not in LATER]
    if missing:
        problems.append(f"{table} lacks {', '.join(missing)}")
    for name in frame.columns:
        column, kind = frame[name], COLUMNS[table].get(name)
        if pd.api.types.is_numeric_dtype(column) and kind != "text":
            if not np.isfinite(column.to_numpy(dtype=np.float64, na_value=np.nan)).all():
                problems.append(f"{table}.{name} holds a number that is not finite")
        elif kind == "number" or not isinstance(column.dtype, pd.StringDtype):
            problems.append(f"{table}.{name} holds a value of the wrong kind")
        elif column.isna().any():
            problems.append(f"{table}.{name} holds an empty cell")
    return frame


def _column(values: list[Any], kind: ColumnKind | None) -> Any:
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
    kinds["Cause"] = {"enum": list(CAUSES)}
    shortage = record_schema({field.name: kinds[str(field.type)] for field in fields(Shortage)})
    shortage["required"] = [f.name for f in fields(Shortage) if f.default is MISSING]
    summary: dict[str, Any] = {}
    for field in fields(Summary):
        if field.name == "shortages":
            summary[field.name] = {"type": "array", "items": shortage}
        elif field.name in _INFINITE:
            summary[field.name] = {"type": ["number", "null"], "description": "null is infinite"}
        else:
            summary[field.name] = kinds[str(field.type)]
    summary["status"] = {"enum": ["optimal", "gap", "stopped"]}
    tables: dict[str, dict[str, Any]] = {
        table: {
            "type": "object",
            "description": "one list a column, all of one length; in a large plan, a file",
            "properties": {
                FILE: {"const": f"{table}.parquet"},
                **{
                    name: {
                        "type": "array",
                        "items": {"type": "string"} if kind == "text" else number,
                    }
                    for name, kind in columns.items()
                },
            },
            "anyOf": [
                {"required": [name for name in columns if (table, name) not in LATER]},
                {"required": [FILE], "maxProperties": 1},
            ],
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
            "summary": {**record_schema(summary), "required": sorted(_NEEDED)},
            **tables,
        },
        "required": ["format", "summary", *(name for name in tables if name not in OPTIONAL)],
        "additionalProperties": False,
    }


def record_schema(properties: dict[str, Any], description: str = "") -> dict[str, Any]:
    """Return the schema of an object with exactly these properties."""
    return {
        "type": "object",
        **({"description": description} if description else {}),
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
