"""The files of a workspace that hold something and that nothing reads."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import islice
from pathlib import Path

from recommender.inputs.findings import Findings

DATA = "data"
TABLES = (".csv", ".xlsx", ".parquet")
"""Suffixes of the tables that are read."""
TABLE_LIKE = (*TABLES, ".xls", ".xlsm", ".xlsb", ".ods", ".tsv", ".numbers")
SCENARIO_LIKE = (".yaml", ".yml")
MOST_FILES = 1_000
_ABOUT = ("readme", "license", "licence", "leesmij")
_LEFT_BEHIND = ("thumbs.db", "desktop.ini")


def files_not_read(root: Path, read: Collection[str]) -> tuple[str, ...]:
    """The files of data/ and of scenarios/, and the tables and YAML files beside them, not read.

    Args:
        root: the workspace.
        read: the files that are read, as paths inside it.
    """
    targets = {(root / file).resolve() for file in read}
    found = (
        path
        for path in _files(root)
        if path.relative_to(root).as_posix() not in read and path.resolve() not in targets
    )
    return tuple(sorted(path.relative_to(root).as_posix() for path in found))


def warn_of(files: Collection[str], findings: Findings) -> None:
    """A warning for every file that is not read."""
    for file in files:
        beside = "/" not in file
        findings.warn(
            file, None, None, "is not read",
            "tables belong in data/, scenarios in scenarios/; `recommender decide` reads a review "
            "sheet" if beside else "give it the name of what it is, or put it elsewhere",
        )  # fmt: skip


def _files(root: Path) -> Iterator[Path]:
    """What may be meant as input: documentation and hidden files are not."""
    for folder in (root / DATA, root / "scenarios"):
        if folder.is_dir():
            inside = sorted(islice(folder.rglob("*"), MOST_FILES))
            yield from (f for f in inside if f.is_file() and not _is_apart(f.relative_to(root)))
    for file in sorted(root.iterdir()):
        likely = file.suffix.lower() in (*TABLE_LIKE, *SCENARIO_LIKE)
        if likely and file.is_file() and not _is_apart(file.relative_to(root)):
            yield file


def _is_apart(path: Path) -> bool:
    """Whether a file is hidden, left behind by a desktop, or about the others."""
    hidden = any(part.startswith(".") for part in path.parts)
    about = path.stem.casefold() in _ABOUT or path.suffix.lower() == ".md"
    return hidden or about or path.name.casefold() in _LEFT_BEHIND
