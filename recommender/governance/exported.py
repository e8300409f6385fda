"""The exports that the log knows and that hold pupils, and which of them are in the workspace."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from recommender.files.hashes import mark_of
from recommender.governance.log.audit import Log, effective_entries

OPEN: Final = ("policy", "public")
"""The audiences whose exports hold nobody."""

REMOVED: Final = "exports"
"""The subject of an entry that says which exports were removed because somebody was erased."""

_SOURCES: Final = ("manifest.json", "comparison.json")


@dataclass(frozen=True, slots=True)
class Export:
    """A file or folder that was exported, or a database.

    Attributes:
        name: of the file or folder, without where it went; of a database the kind.
        day: when, ISO 8601.
        digest: as ``mark_of``; "" for a database.
    """

    name: str
    day: str
    digest: str

    def __str__(self) -> str:
        return f"{self.name}, {self.day}"


def exported(log: Log) -> tuple[Export, ...]:
    """Return the exports that hold pupils and were not removed since, oldest first."""
    found: dict[tuple[str, str], Export] = {}
    for entry in effective_entries(log):
        said, day = dict(entry.details), entry.time[:10]
        if entry.action == "erase" and entry.subject == REMOVED:
            for key in entry.hashes:
                found.pop(key, None)
        if entry.action not in ("export", "document") or said.get("audience") in OPEN:
            continue
        to = said.get("to", "")
        for name, digest in entry.hashes:
            if name not in _SOURCES or name == to:
                found[name, digest] = Export(name, day, digest)
        if "://" in to:
            found[to, ""] = Export(to, day, "")
    return tuple(found.values())


def here(exports: Iterable[Export], files: Iterable[Path], root: Path) -> dict[Path, Export]:
    """Return which files of a workspace are exports, or stand in a folder that is one.

    Args:
        exports: as ``exported`` gives them.
        files: the files that are looked at.
        root: the workspace.
    """
    by = {export.digest: export for export in exports if export.digest}
    exact = {(export.name, export.digest): export for export in exports}
    marks: dict[Path, str] = {}
    found: dict[Path, Export] = {}
    names = {export.name for export in exports}
    for file in files:
        above = [p for p in file.parents if p.name in names and root in p.parents]
        for path in (file, *above):
            digest = marks.setdefault(path, "") or mark_of(path)
            marks[path] = digest
            if export := exact.get((path.name, digest)) or by.get(digest):
                found[file] = export
    return found
