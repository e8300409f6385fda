"""A plan folder without one unit: no row, page or card of it; what counts many stays as it was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from recommender.export.folders.comparison_folder import (
    DOCUMENT,
    PAGE,
    PLANS,
    comparison_text,
    read_comparison,
    tables_of,
)
from recommender.export.folders.plan_folder import MANIFEST, read_plan, write_plan
from recommender.export.formats.comparison_report import comparison_html
from recommender.export.manifest import Manifest, read_manifest
from recommender.export.tables import csv_text
from recommender.governance.log.transaction import LogRecord
from recommender.governance.log.writing import write_files
from recommender.inputs.text.spelling import folded, folded_all
from recommender.planning.plan.plan import Plan

_IDS = ("unit_id", "case")


def is_unit(table: pd.DataFrame, columns: Sequence[str], unit: str) -> npt.NDArray[np.bool_]:
    """Return which rows of a table are of a unit, in whatever spelling counts as its id."""
    mine = np.zeros(len(table), dtype=np.bool_)
    for name in columns:
        mine |= (folded_all(table[name].astype("str")) == folded(unit)).to_numpy(dtype=np.bool_)
    return mine


def without_unit(plan: Plan, unit: str) -> tuple[Plan, int]:
    """Return a plan whose tables have no row of a unit, and how many rows those were.

    Its summary stays: it counts all pupils.
    """
    gone = 0
    tables: dict[str, pd.DataFrame] = {}
    for field in fields(plan):
        table = getattr(plan, field.name)
        if not isinstance(table, pd.DataFrame):
            continue
        columns = [name for name in _IDS if name in table]
        mine = is_unit(table, columns, unit)
        if mine.any():
            gone += int(mine.sum())
            tables[field.name] = table[~mine].reset_index(drop=True)
    return replace(plan, **tables), gone  # type: ignore[arg-type]


def erase_from(folder: Path, unit: str, record: LogRecord) -> int:
    """Write a plan folder anew without a unit, logged first; return how many rows are gone.

    A plan that was changed is erased from as well; that it is known is for the record to say.

    Raises:
        InputError: it cannot be read.
        UsageError: it holds files that are not of it.
        CannotWrite: it could not be written; it is as it was.
    """
    plan, manifest = read_plan(folder, sealed=False)
    left, gone = without_unit(plan, unit)
    if gone:
        beside = _beside(folder, manifest)
        write_plan(left, folder, manifest, overwrite=True, beside=beside, record=record)
    return gone


def _beside(folder: Path, manifest: Manifest) -> Mapping[str, str]:
    """The files of a plan that are not made from it alone: its repairs."""
    names = {"repairs.csv"} & {file.path for file in manifest.files}
    return {name: (folder / name).read_text(encoding="utf-8") for name in names}


def erase_from_comparison(folder: Path, unit: str, record: LogRecord) -> int:
    """Write the files of a comparison anew without a unit; its plans are erased for themselves.

    Raises:
        InputError, CannotWrite: as ``erase_from``.
    """
    comparison = read_comparison(folder)
    moved = comparison.moved
    mine = is_unit(moved, ["unit_id"], unit)
    if not mine.any():
        return 0
    left = replace(comparison, moved=moved[~mine].reset_index(drop=True))
    first = folder / PLANS / left.sides[0].name / MANIFEST
    names = read_manifest(first.read_text("utf-8"), str(first)) if first.is_file() else None
    texts = {f"{name}.csv": csv_text(table) for name, table in tables_of(left).items()}
    texts[PAGE] = comparison_html(left, names, names.language if names else "en")
    texts[DOCUMENT] = comparison_text(left)
    write_files({folder / name: text.encode() for name, text in texts.items()}, record)
    return int(mine.sum())
