"""A plan as tables of a database, one row set a run; writing it again changes nothing.

SQLite is written with what Python has; any other database through SQLAlchemy (extra ``sql``).  Both
are given the same statements.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from recommender.errors import CannotWrite, LibraryMissing, UsageError
from recommender.export.manifest import Manifest, json_value
from recommender.export.plan_json import plan_text
from recommender.export.tables import frames_of
from recommender.planning.plan.plan import Plan

_LOCK = 7_412_055_318
"""The key under which runs are written one at a time (PostgreSQL advisory lock)."""


@dataclass(frozen=True, slots=True)
class Door:
    """A database inside one transaction.

    Attributes:
        run: executes a statement.  many: executes one for every row.
        columns: the columns that a table has.
        place: stands for a value in a statement.
        named: a name as it stands in a statement.
    """

    run: Callable[[str, Sequence[Any]], Any]
    many: Callable[[str, Iterable[Sequence[Any]]], Any]
    columns: Callable[[str], set[str]]
    place: str
    named: Callable[[str], str]


def run_id(plan: Plan) -> str:
    """Return what names a run: the SHA-256 of its plan.json."""
    return hashlib.sha256(plan_text(plan).encode()).hexdigest()


def write_sqlite(plan: Plan, manifest: Manifest, path: Path) -> str:
    """Write a plan to the tables ``runs``, ``assignments``, ... and return its run id.

    Every row carries ``run_id``.  A run that is there already is replaced, in one transaction.

    Raises:
        CannotWrite: if the database could not be written; it is then as it was.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(path)) as database, database:
            return _write(plan, manifest, _sqlite(database))
    except (OSError, sqlite3.Error) as error:
        raise CannotWrite(f"{path}: could not be written ({error}); it is as it was") from error


def write_database(plan: Plan, manifest: Manifest, url: str) -> str:
    """Write a plan to a database of SQLAlchemy and return its run id (see ``write_sqlite``).

    Args:
        plan, manifest: as read from a plan folder.
        url: such as ``postgresql://user@host/database``; passwords may also come from where the
            driver looks for them (PGPASSWORD, ~/.pgpass).

    Raises:
        UsageError: if the URL is none.
        CannotWrite: if the database could not be written; it is then as it was.
    """
    try:
        import sqlalchemy
    except ImportError:
        raise LibraryMissing(
            "writing to a database needs SQLAlchemy; pip install 'recommender[sql]'"
        ) from None
    try:
        parsed = sqlalchemy.make_url(url)
    except (sqlalchemy.exc.ArgumentError, ValueError):
        raise UsageError("the database URL cannot be read; see postgresql://HOST/NAME") from None
    where = parsed.render_as_string(hide_password=True)
    if parsed.drivername == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    try:
        engine = sqlalchemy.create_engine(parsed, hide_parameters=True)
        try:
            with engine.begin() as connection:
                return _write(plan, manifest, _alchemy(connection))
        finally:
            engine.dispose()
    except ImportError:
        raise LibraryMissing(
            f"{where}: its driver is missing; pip install 'recommender[sql]'"
        ) from None
    except sqlalchemy.exc.SQLAlchemyError as error:
        raise CannotWrite(
            f"{where}: could not be written ({_first_line(error)}); it is as it was"
        ) from None


def _first_line(error: Exception) -> str:
    """What went wrong, without the rows that a driver may quote after it."""
    cause = getattr(error, "orig", None) or error
    lines = str(cause).strip().splitlines()
    return lines[0] if lines else type(cause).__name__


def _sqlite(database: sqlite3.Connection) -> Door:
    return Door(
        run=database.execute,
        many=database.executemany,
        columns=lambda table: {
            row[1] for row in database.execute(f"PRAGMA table_info({_quoted(table)})")
        },
        place="?",
        named=_quoted,
    )


def _alchemy(connection: Any) -> Door:
    import sqlalchemy

    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
    places = {"qmark": "?", "format": "%s", "pyformat": "%s"}
    place = places[connection.dialect.paramstyle]
    quote = connection.dialect.identifier_preparer.quote_identifier

    def many(statement: str, rows: Iterable[Sequence[Any]]) -> None:
        values = [tuple(map(_storable, row)) for row in rows]
        if values:
            connection.exec_driver_sql(statement, values)

    return Door(
        run=lambda statement, values: connection.exec_driver_sql(statement, tuple(values)),
        many=many,
        columns=lambda table: {
            c["name"] for c in sqlalchemy.inspect(connection).get_columns(table)
        },
        place=place,
        named=quote,
    )


def _storable(value: Any) -> Any:
    """Databases other than SQLite store no NUL in a text."""
    return value.replace("\x00", "\ufffd") if isinstance(value, str) else value


def _write(plan: Plan, manifest: Manifest, door: Door) -> str:
    run = run_id(plan)
    summary = asdict(plan.summary)
    summary["shortages"] = len(plan.summary.shortages)
    head = {"run_id": run, "created": manifest.created, "version": manifest.version, **summary}
    frames = {"runs": pd.DataFrame([{k: json_value(v) for k, v in head.items()}])}
    for name, frame in frames_of(plan).items():
        frames[name] = frame.assign(run_id=run)[["run_id", *frame.columns]]
    for name, frame in frames.items():
        _insert(door, name, frame, run)
    return run


def _insert(door: Door, name: str, frame: pd.DataFrame, run: str) -> None:
    columns = [door.named(str(column)) for column in frame.columns]
    kinds = [_kind(str(column), frame[column]) for column in frame.columns]
    declared = ", ".join(f"{c} {k}" for c, k in zip(columns, kinds, strict=True))
    table = door.named(name)
    door.run(f"CREATE TABLE IF NOT EXISTS {table} ({declared})", ())
    known = door.columns(name)
    for column, quoted, kind in zip(frame.columns, columns, kinds, strict=True):
        if str(column) not in known:
            door.run(f"ALTER TABLE {table} ADD COLUMN {quoted} {kind}", ())
    door.run(f"DELETE FROM {table} WHERE {door.named('run_id')} = {door.place}", (run,))
    places = ", ".join([door.place] * len(columns))
    values = (map(_plain_bool, frame[column].tolist()) for column in frame.columns)
    door.many(
        f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})",
        zip(*values, strict=True),
    )


def _kind(name: str, column: pd.Series) -> str:
    """A type that every database knows; what may be missing or whole is a number with decimals."""
    if name in ("budget", "better_bound") or pd.api.types.is_float_dtype(column):
        return "DOUBLE PRECISION"
    if pd.api.types.is_integer_dtype(column) or pd.api.types.is_bool_dtype(column):
        return "BIGINT"
    return "TEXT"


def _plain_bool(value: Any) -> Any:
    return int(value) if isinstance(value, bool) else value


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
