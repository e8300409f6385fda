"""The tables of a large plan, each in a Parquet file beside plan.json.

A plan of a country has millions of rows: as text it takes a gigabyte to write and several to read.
From ``MOST_ROWS`` rows in all its tables, plan.json names these files in place of the columns, and
they stand for the .csv files as well.  They read back equal, as plan.json does.
"""

from __future__ import annotations

from collections.abc import Collection
from importlib.util import find_spec
from pathlib import Path

import pandas as pd

from recommender.errors import InputError, Problem
from recommender.export.tables import frames_of
from recommender.planning.plan.columns import COLUMNS
from recommender.planning.plan.plan import Plan

SUFFIX = ".parquet"

MOST_ROWS = 1_000_000
"""Rows of all tables together up to which a plan is written as text: some 150,000 pupils."""


def is_large(plan: Plan) -> bool:
    """Return whether a plan is written with its tables beside plan.json, which needs pyarrow."""
    rows = sum(len(frame) for frame in frames_of(plan).values())
    return rows > MOST_ROWS and find_spec("pyarrow") is not None


def is_written_large(files: Collection[str]) -> bool:
    """Return whether the files of a plan folder are those of a large plan."""
    return any(f"{table}{SUFFIX}" in files for table in COLUMNS)


def write_table(frame: pd.DataFrame, path: Path) -> None:
    """Write one table."""
    frame.to_parquet(path, index=False, engine="pyarrow")


def read_parquet(path: Path) -> pd.DataFrame:
    """Return one table.

    Raises:
        InputError: if the file is missing or no Parquet, or pyarrow is not installed.
    """
    try:
        return pd.read_parquet(path, engine="pyarrow")
    except ImportError:
        why, remedy = "needs pyarrow", "pip install 'recommender[parquet]'"
    except (OSError, ValueError):
        why, remedy = "cannot be read", "make the plan again"
    raise InputError([Problem(str(path), None, None, why, remedy)])
