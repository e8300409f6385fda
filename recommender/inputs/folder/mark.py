"""The mark on invented tables: which files ``simulate`` and ``init`` wrote, by their hashes.

``synthetic: true`` lets data outlive their retention and calls pupils invented, so it counts only
for tables that hold the rows that were invented, in any order; any other table is treated as real.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from recommender.files.hashes import sha256_of
from recommender.inputs.folder.file_names import MARK as FILE
from recommender.inputs.folder.file_names import TABLES

__all__ = ["FILE", "PEOPLE", "fingerprint", "marked", "strangers", "write_mark"]

FORMAT: Final = "recommender invented tables 1"
PEOPLE: Final = ("pupils", "history", "notes")
"""Tables that say who there is; the others only speak of them."""

_MODULUS = 1 << 256


def write_mark(workspace: Path, tables: Iterable[Path]) -> Path:
    """Mark tables of a workspace as invented and return the file that says so.

    Raises:
        OSError: it could not be written.
    """
    hashes = {table.relative_to(workspace).as_posix(): fingerprint(table) for table in tables}
    document = {"format": FORMAT, "tables": dict(sorted(hashes.items()))}
    path = workspace / FILE
    path.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    return path


def marked(path: Path) -> frozenset[str]:
    """The fingerprint of every table that a mark calls invented; none where there is no mark."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        if document["format"] != FORMAT:
            return frozenset()
        return frozenset(map(str, document["tables"].values()))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return frozenset()


def strangers(workspace: Path) -> tuple[str, ...]:
    """The tables of people in a workspace that hold other rows than were invented, as paths in it.

    Where there is one, whoever the other tables speak of may be real.
    """
    known = marked(workspace / FILE)
    files = [f"data/{name}{suffix}" for name in PEOPLE for suffix in TABLES]
    there = [file for file in files if (workspace / file).is_file()]
    return tuple(file for file in there if not known or fingerprint(workspace / file) not in known)


def fingerprint(path: Path) -> str:
    """What tells a table from any other: of a .csv whatever the order of its lines and their ends.

    Raises:
        OSError: it could not be read.
    """
    if path.suffix != ".csv":
        return sha256_of(path)
    total = 0
    with path.open("rb") as file:
        for line in file:
            digest = hashlib.sha256(line.rstrip(b"\r\n")).digest()
            total = (total + int.from_bytes(digest, "big")) % _MODULUS
    return f"{total:064x}"
