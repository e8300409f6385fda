"""What of one unit is left in the files of a workspace, and which of them are logged exports."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from recommender.governance.audit import FOLDER, Log, in_force

_LARGEST: Final = 2**28
"""Bytes of a part of an archive that are looked at."""

OPEN: Final = ("policy", "public")
"""The audiences whose exports hold nobody."""


def exported(log: Log) -> dict[str, str]:
    """The exports that hold pupils: SHA-256 -> where it went, and when."""
    return {
        digest: f"{name}, {entry.time[:10]}"
        for entry in in_force(log)
        if entry.action in ("export", "document")
        and dict(entry.details).get("audience") not in OPEN
        for name, digest in entry.hashes
        if name == dict(entry.details).get("to", name) and not name.endswith("manifest.json")
    }


def holding(workspace: Path, unit: str) -> Iterator[Path]:
    """Yield the files of a workspace in which an id stands as a word, by path.

    Sheets and other archives are looked into; what is compressed in another way is not.
    """
    word = re.compile(rb"(?<![\w-])" + re.escape(unit.encode()) + rb"(?![\w-])", re.IGNORECASE)
    for path in sorted(workspace.rglob("*")):
        own = path.is_file() and FOLDER not in path.relative_to(workspace).parts
        if own and any(word.search(part) for part in _parts(path)):
            yield path


def _parts(path: Path) -> Iterator[bytes]:
    yield path.read_bytes()
    if path.suffix == ".parquet":
        yield _words(path)
    if not zipfile.is_zipfile(path):
        return
    with zipfile.ZipFile(path) as archive:
        for part in archive.infolist():
            if part.file_size <= _LARGEST:
                yield archive.read(part)


def _words(path: Path) -> bytes:
    try:
        import pyarrow.parquet as pq
    except ImportError:
        return b""
    table = pq.read_table(path)
    texts = {str(cell) for column in table.columns for cell in column.unique().to_pylist()}
    return "\n".join(texts).encode()
