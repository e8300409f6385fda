"""A comparison as files: comparison.json reads back equal, a page, csv tables, plan folders.

The folder appears whole or not at all, as a plan folder does.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Callable, Mapping
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import pandas as pd

from recommender.errors import InputError, Problem, UsageError
from recommender.export.folders.plan_folder import (
    MANIFEST,
    refuse_target,
    replacing_folder,
    write_plan,
    write_text,
)
from recommender.export.formats.comparison_report import comparison_html
from recommender.export.manifest import Manifest
from recommender.export.plan_json import record_schema
from recommender.export.tables import csv_text
from recommender.files.drafts import flush_folder
from recommender.governance.log.transaction import LogRecord
from recommender.governance.log.writing import writing
from recommender.planning.plan.plan import Plan
from recommender.scenarios.comparison import LATER, TABLES, TEXTS, Comparison, Side, no_rows

FORMAT = "recommender comparison 1"
DOCUMENT = "comparison.json"
SIDES = "comparison.csv"
PAGE = "comparison.html"
PLANS = "plans"

FILES = (DOCUMENT, PAGE, SIDES, *(f"{table}.csv" for table in TABLES))
"""The files of a comparison folder beside its plans."""

_INFINITE = ("bound", "gap")


def comparison_text(comparison: Comparison) -> str:
    """Return the text of comparison.json; infinite bounds and gaps are null."""
    document = {
        "format": FORMAT,
        "seed": comparison.seed,
        "asked_gap": comparison.asked_gap,
        "synthetic": comparison.synthetic,
        "remarks": list(comparison.remarks),
        "sides": [_side_record(side) for side in comparison.sides],
        **{
            table: {name: frame[name].tolist() for name in frame.columns}
            for table, frame in tables_of(comparison).items()
        },
    }
    return json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def tables_of(comparison: Comparison) -> dict[str, pd.DataFrame]:
    """Return the tables of a comparison by name."""
    return {name: getattr(comparison, name) for name in TABLES}


def sides_frame(comparison: Comparison) -> pd.DataFrame:
    """Return one row a side with every field of ``Side``; what is not known is empty."""
    return pd.DataFrame([asdict(side) for side in comparison.sides])


def read_comparison(directory: Path) -> Comparison:
    """Return the comparison of a folder.

    Raises:
        InputError: if it is not a comparison folder, or its document is damaged.
    """
    path = directory / DOCUMENT
    try:
        text = path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError):
        raise _wrong(path, f"is not a comparison folder: it has no readable {DOCUMENT}") from None
    return read_comparison_text(text, path)


def read_comparison_text(text: str, path: Path) -> Comparison:
    """Return the comparison that the text of a document holds; ``path`` is for messages.

    Raises:
        InputError: if it is damaged.
    """
    try:
        document = json.loads(text)
        if document["format"] != FORMAT:
            raise ValueError
        sides = tuple(_side(record) for record in document["sides"])
        frames = {table: _frame(document.get(table, {}), table) for table in TABLES}
        return Comparison(
            sides=sides,
            seed=int(document["seed"]),
            asked_gap=float(document["asked_gap"]),
            synthetic=bool(document["synthetic"]),
            remarks=tuple(map(str, document["remarks"])),
            **frames,
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise _wrong(path, "is not the document of a comparison") from None


def _wrong(path: Path, message: str) -> InputError:
    return InputError([Problem(str(path), None, None, message, "make the comparison again")])


def _side_record(side: Side) -> dict[str, Any]:
    record = asdict(side)
    for name in _INFINITE:
        record[name] = record[name] if math.isfinite(record[name]) else None
    return record


def _side(record: dict[str, Any]) -> Side:
    every = {field.name for field in fields(Side)}
    if not every - {"proof", "plan_from", "bound_from"} <= set(record) <= every:
        raise ValueError
    known = dict(record)
    for field in fields(Side):
        if field.name not in known:
            continue
        value = known[field.name]
        if field.name in _INFINITE and value is None:
            known[field.name] = math.inf
        elif field.type == "float" or (field.type == "float | None" and value is not None):
            known[field.name] = float(value)
    return Side(**known)


def _frame(columns: Mapping[str, list[Any]], table: str) -> pd.DataFrame:
    """Return a table; columns that came later and are not there are left out."""
    frame = no_rows(table)
    names = [name for name in TABLES[table] if name in columns or (table, name) not in LATER]
    if any(columns[name] for name in names):
        frame = pd.DataFrame(
            {
                name: pd.Series(columns[name], dtype="str" if name in TEXTS else None)
                for name in names
            }
        )
    return frame


def comparison_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of comparison.json."""
    kinds: dict[str, dict[str, Any]] = {
        "str": {"type": "string"},
        "int": {"type": "integer"},
        "float": {"type": "number"},
        "float | None": {"type": ["number", "null"]},
        "SideKind": {"enum": ["scenario", "policy"]},
    }
    side = {field.name: dict(kinds[str(field.type)]) for field in fields(Side)}
    for name in _INFINITE:
        side[name] = {"type": ["number", "null"], "description": "null is infinite"}
    text, number = {"type": "string"}, {"type": "number"}
    tables = {
        table: record_schema(
            {name: {"type": "array", "items": text if name in TEXTS else number} for name in names},
            "one list a column, all of one length",
        )
        for table, names in TABLES.items()
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A comparison of plans and policies by recommender",
        **record_schema(
            {
                "format": {"const": FORMAT},
                "seed": {"type": "integer"},
                "asked_gap": number,
                "synthetic": {"type": "boolean"},
                "remarks": {"type": "array", "items": text},
                "sides": {"type": "array", "items": record_schema(side), "minItems": 1},
                **tables,
            }
        ),
    }


def refuse_comparison_target(directory: Path, *, overwrite: bool) -> None:
    """Refuse a target that holds something a comparison must not replace.

    Raises:
        UsageError: if something else than a comparison stands there, or one and not ``overwrite``.
        CannotWrite: if the place cannot be looked at.
    """
    with writing(directory):
        if not directory.exists():
            return
        if not directory.is_dir():
            raise UsageError(f"{directory} is a file; choose another folder with -o")
        names = {entry.name for entry in directory.iterdir()}
        plans = directory / PLANS
        inside = sorted(plans.iterdir()) if plans.is_dir() else []
    if not names:
        return
    strangers = names - {*FILES, PLANS}
    if DOCUMENT not in names or strangers or any(not plan.is_dir() for plan in inside):
        raise UsageError(
            f"{directory} holds files that are not of a comparison; choose another folder with -o"
        )
    read_comparison(directory)
    for plan in inside:
        refuse_target(plan, overwrite=True)
    if not overwrite:
        raise UsageError(
            f"{directory} holds a comparison already; replace it with --force or choose another "
            "with -o"
        )


def write_comparison(
    comparison: Comparison,
    plans: Mapping[str, Callable[[Path], tuple[Plan, Manifest]]],
    directory: Path,
    *,
    overwrite: bool = False,
    language: str = "en",
    record: LogRecord | None = None,
) -> None:
    """Write a comparison folder whole or not at all.

    Args:
        comparison: the numbers.
        plans: scenario -> its plan and manifest, once it is known where its folder will be; the
            names of the first are those of the page.
        directory: the folder to make.
        overwrite: whether a comparison that stands there may be replaced.
        language: of the page.
        record: what the log of a workspace says first, with the hash of the document.

    Raises:
        UsageError: as ``refuse_comparison_target``.
        CannotWrite: if it could not be written; nothing is left behind.
    """
    directory = Path(os.path.realpath(directory))
    refuse_comparison_target(directory, overwrite=overwrite)
    also = tuple(f"{PLANS}/{name}/{MANIFEST}" for name in plans)
    with replacing_folder(directory, DOCUMENT, record, overwrite=overwrite, also=also) as draft:
        names: Manifest | None = None
        for name, made in plans.items():
            plan, manifest = made(directory / PLANS / name)
            write_plan(plan, draft / PLANS / name, manifest)
            names = names or manifest
        write_text(draft, SIDES, csv_text(sides_frame(comparison)))
        for table, frame in tables_of(comparison).items():
            write_text(draft, f"{table}.csv", csv_text(frame))
        write_text(draft, PAGE, comparison_html(comparison, names, language))
        write_text(draft, DOCUMENT, comparison_text(comparison))
        flush_folder(draft)
