"""A plan as tables of an SQLite database, one row set a run; writing it again changes nothing."""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing
from dataclasses import asdict
from pathlib import Path

import pandas as pd

from recommender.errors import CannotWrite
from recommender.export.document import plan_text
from recommender.export.manifest import Manifest, plain
from recommender.export.tables import frames_of
from recommender.planning.plan import Plan


def write_sqlite(plan: Plan, manifest: Manifest, path: Path) -> str:
    """Write a plan to the tables ``runs``, ``assignments``, ... and return its run id.

    Every row carries ``run_id``, the SHA-256 of plan.json.  A run that is there already is
    replaced, in one transaction.

    Raises:
        CannotWrite: if the database could not be written; it is then as it was.
    """
    run = hashlib.sha256(plan_text(plan).encode()).hexdigest()
    summary = asdict(plan.summary)
    summary["shortages"] = len(plan.summary.shortages)
    head = {"run_id": run, "created": manifest.created, "version": manifest.version, **summary}
    frames = {"runs": pd.DataFrame([{k: plain(v) for k, v in head.items()}])}
    for name, frame in frames_of(plan).items():
        frames[name] = frame.assign(run_id=run)[["run_id", *frame.columns]]
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(path)) as database, database:
            for name, frame in frames.items():
                _insert(database, name, frame, run)
    except (OSError, sqlite3.Error) as error:
        raise CannotWrite(f"{path}: could not be written ({error}); it is as it was") from error
    return run


def _insert(database: sqlite3.Connection, name: str, frame: pd.DataFrame, run: str) -> None:
    columns = [_quoted(str(column)) for column in frame.columns]
    kinds = [
        "REAL"
        if pd.api.types.is_float_dtype(frame[column])
        else "INTEGER"
        if pd.api.types.is_integer_dtype(frame[column]) or pd.api.types.is_bool_dtype(frame[column])
        else "TEXT"
        for column in frame.columns
    ]
    declared = ", ".join(f"{c} {k}" for c, k in zip(columns, kinds, strict=True))
    table = _quoted(name)
    database.execute(f"CREATE TABLE IF NOT EXISTS {table} ({declared})")
    known = {row[1] for row in database.execute(f"PRAGMA table_info({table})")}
    for column, quoted, kind in zip(frame.columns, columns, kinds, strict=True):
        if str(column) not in known:
            database.execute(f"ALTER TABLE {table} ADD COLUMN {quoted} {kind}")
    database.execute(f"DELETE FROM {table} WHERE run_id = ?", (run,))
    places = ", ".join("?" * len(columns))
    database.executemany(
        f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})",
        zip(*(frame[column].tolist() for column in frame.columns), strict=True),
    )


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
