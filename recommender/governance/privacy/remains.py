"""What of one unit is left in the files of a workspace."""

from __future__ import annotations

import gzip
import html
import io
import json
import re
import sqlite3
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from recommender.governance.log.audit import FOLDER

_LARGEST: Final = 2**28
"""Bytes of a part of an archive that are looked at."""

_DEEPEST: Final = 3
"""Archives inside each other that are looked into."""

_SQLITE: Final = b"SQLite format 3\0"
_WORD: Final = rb"(?<![\w-])(?:%s)(?![\w-])"
_CLOSED: Final = (
    OSError, EOFError, ValueError, RuntimeError, zipfile.BadZipFile, zlib.error, sqlite3.Error
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Remains:
    """The files of a workspace in which an id stands, and those nobody can look into, by path."""

    holding: tuple[Path, ...]
    closed: tuple[Path, ...]


def files_of(workspace: Path) -> tuple[Path, ...]:
    """Return the files of a workspace but those of its log, by path."""
    return tuple(
        path
        for path in sorted(workspace.rglob("*"))
        if path.is_file() and FOLDER not in path.relative_to(workspace).parts
    )


def remains_of(workspace: Path, unit: str) -> Remains:
    """Return in which files of a workspace an id stands as a word.

    Sheets, databases and archives are looked into; what is compressed in another way is not.
    """
    spelled = {unit, html.escape(unit), json.dumps(unit)[1:-1]}
    words = b"|".join(sorted(re.escape(one.encode()) for one in spelled))
    word = re.compile(_WORD % words, re.IGNORECASE)
    holding, closed = [], []
    for path in files_of(workspace):
        try:
            if any(word.search(part) for part in _parts(path.read_bytes(), path.name)):
                holding.append(path)
        except _CLOSED:
            closed.append(path)
    return Remains(tuple(holding), tuple(closed))


def _parts(data: bytes, name: str, deep: int = 0) -> Iterator[bytes]:
    """What stands in a file, as bytes in which words can be sought."""
    yield data
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        yield data.decode("utf-16", "ignore").encode()
    elif data.startswith(_SQLITE):
        yield _cells(data)
    elif data.startswith(b"PAR1"):
        yield _words(data)
    elif data and name.endswith(("-wal", "-journal")):
        raise ValueError("pages of a database, whose cells nothing parts")
    elif deep >= _DEEPEST:
        return
    elif data.startswith(b"\x1f\x8b"):
        with gzip.open(io.BytesIO(data)) as stream:
            yield from _parts(stream.read(_LARGEST), name.removesuffix(".gz"), deep + 1)
    elif data.startswith(b"PK\3\4") or zipfile.is_zipfile(io.BytesIO(data)):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for part in archive.infolist():
                if part.file_size <= _LARGEST:
                    yield from _parts(archive.read(part), part.filename, deep + 1)


def _cells(data: bytes) -> bytes:
    """The cells of a SQLite database, a line each."""
    rolled_back = data[:18] + b"\1\1" + data[20:]  # as if it had no log beside it
    with closing(sqlite3.connect(":memory:")) as database:
        database.deserialize(rolled_back)
        database.text_factory = bytes
        query = "SELECT name FROM sqlite_master WHERE type = 'table'"
        names = [name.decode() for (name,) in database.execute(query)]
        quoted = [name.replace('"', '""') for name in names]
        cells = (
            cell if isinstance(cell, bytes) else str(cell).encode()
            for name in quoted
            for row in database.execute(f'SELECT * FROM "{name}"')
            for cell in row
        )  # fmt: skip
        return b"\n".join(cells)


def _words(data: bytes) -> bytes:
    try:
        import pyarrow.parquet as pq
    except ImportError:
        raise RuntimeError("pyarrow is missing") from None
    table = pq.read_table(io.BytesIO(data))
    texts = {str(cell) for column in table.columns for cell in column.unique().to_pylist()}
    return "\n".join(texts).encode()
