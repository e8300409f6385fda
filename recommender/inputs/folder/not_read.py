"""The files of a workspace that hold something and that nothing reads."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from recommender.inputs.findings import Findings
from recommender.inputs.folder.consent_elsewhere import (
    is_of_another_version,
    where_consent_is_spoken_of,
)
from recommender.inputs.folder.file_names import (
    FOLDERS_OF_TABLES,
    SCENARIOS,
    TABLE_LIKE,
    TABLES,
    YAML,
    Stray,
    below,
    is_right,
    lock_of,
    strays,
)
from recommender.inputs.formats.rosters import EDEXML, ONEROSTER, explained, roster_of
from recommender.inputs.text.names import plain_name, shown

MOST_FILES = 1_000
_ABOUT = ("readme", "license", "licence", "leesmij")
_LEFT_BEHIND = ("thumbs.db", "desktop.ini")
_FOLDERS = dict.fromkeys(FOLDERS_OF_TABLES, "data") | dict.fromkeys(
    ("scenarios", "scenario"), SCENARIOS
)


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands in a workspace beside what is read.

    Attributes:
        files: every file that may be meant as input, and is not read.
        strays: those of them whose name is nearly that of a file which is read.
        locks: lock files of spreadsheet programs.
        rosters: kind -> its files.
    """

    files: tuple[str, ...] = ()
    strays: tuple[Stray, ...] = ()
    locks: tuple[str, ...] = ()
    rosters: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def stands_for(self, file: str) -> bool:
        """Whether something here was probably meant as that file, and is said to be."""
        if any(s.meant == file and s.sure for s in self.strays):
            return True
        return bool(self.rosters) and file in ("data/pupils.csv", "data/sites.csv")


def what_is_beside(root: Path, more: Collection[str] = ()) -> Beside:
    """What stands in a workspace and is not read.

    Args:
        root: the workspace.
        more: files that are read although they do not stand at one of the usual places.
    """
    held = {_identity(root / file) for file in more}
    paths = {below(root, path): path for path in _files(root)}
    linked = {_identity(p) for f, p in paths.items() if is_right(f) and p.is_symlink()}
    files = sorted(
        f
        for f, p in paths.items()
        if not is_right(f) and (not p.exists() or _identity(p) not in held | linked)
    )
    locks = tuple(f for f in files if lock_of(f))
    kinds = {f: roster_of(paths[f]) for f in files if f not in locks}
    rosters = tuple(
        (kind, tuple(f for f in files if kinds.get(f) == kind))
        for kind in (EDEXML, ONEROSTER)
        if kind in kinds.values()
    )
    near = strays(f for f in files if f not in locks and kinds[f] is None)
    return Beside(tuple(f for f in files if f not in locks), near, locks, rosters)


def note(found: Beside, root: Path, findings: Findings) -> None:
    """A problem for every file that was meant to be read, a warning for every other one."""
    said: set[str] = set()
    for kind, files in found.rosters:
        findings.problem(files[0], None, None, *explained(kind, files))
        said.update(files)
    for stray in found.strays:
        forms = TABLES if stray.meant.endswith(TABLES) else YAML
        others = [(root / stray.meant).with_suffix(form) for form in forms]
        there = any(o.exists() and _identity(o) != _identity(root / stray.file) for o in others)
        if stray.sure or not there:
            findings.problem(
                shown(stray.file), None, None, f"is not read, and seems to be {stray.meant}",
                "keep one of the two" if there else _remedy(stray.meant),
            )  # fmt: skip
            said.add(stray.file)
    for file in found.files:
        where = where_consent_is_spoken_of(root / file, file) if file not in said else ""
        if where:
            findings.problem(
                shown(file), None, None,
                f"is not read, and {where} of consent: who refuses would be planned for",
                "this version reads consent from data/pupils, column consent: put it there, or "
                "move the file out of data/",
            )  # fmt: skip
            said.add(file)
    for lock in found.locks:
        findings.warn(
            shown(lock), None, None, f"says that {shown(lock_of(lock) or '')} is open",
            "save and close it in the spreadsheet program: what is not saved is not read",
        )  # fmt: skip
    for file in found.files:
        if file in said:
            continue
        if is_of_another_version(file):
            findings.warn(
                shown(file), None, None, "is not read: this version does not read it yet",
                "nothing in it counts in a plan",
            )  # fmt: skip
        else:
            findings.warn(
                shown(file), None, None, "is not read",
                "tables belong in data/, scenarios in scenarios/; `recommender decide` reads a "
                "review sheet" if "/" not in file
                else "give it the name of what it is, or put it elsewhere",
            )  # fmt: skip


def _files(root: Path) -> Iterator[Path]:
    """What may be meant as input: documentation and hidden files are not, but locks are told."""
    for entry in sorted(root.iterdir()):
        if entry.is_dir() and plain_name(entry.name) in _FOLDERS:
            inside = sorted(islice(entry.rglob("*"), MOST_FILES))
            yield from (f for f in inside if not f.is_dir() and not _is_apart(f.relative_to(root)))
        elif not entry.is_dir() and not _is_apart(entry.relative_to(root)):
            suffix = entry.suffix.lower()
            text = suffix == ".txt" and bool(strays([entry.name]))
            if suffix in (*TABLE_LIKE, *YAML, ".xml") or text or lock_of(entry.name):
                yield entry


def _remedy(file: str) -> str:
    """Under which name a file is to stand."""
    return f"save it as {file} or .xlsx" if file.endswith(".csv") else f"rename it to {file}"


def _is_apart(path: Path) -> bool:
    """Whether a file is hidden, left behind by a desktop, or about the others."""
    hidden = any(part.startswith(".") for part in path.parts) and not lock_of(path.as_posix())
    about = path.stem.casefold() in _ABOUT or path.suffix.lower() == ".md"
    return hidden or about or path.name.casefold() in _LEFT_BEHIND


def _identity(path: Path) -> tuple[int, int]:
    """What a file is, whatever leads to it."""
    try:
        facts = path.stat()
    except OSError:
        return (0, 0)
    return facts.st_dev, facts.st_ino
