"""Files that were meant as input and carry a name under which nothing is read."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from recommender.inputs.checks.known import NEEDED
from recommender.inputs.text.names import is_slip, plain_name, probably_meant, same_name

TABLES = (".csv", ".xlsx", ".parquet")
"""Suffixes of the tables that are read."""
TABLE_LIKE = (*TABLES, ".xls", ".xlsm", ".xlsb", ".ods", ".tsv", ".tab", ".numbers")
YAML = (".yaml", ".yml")
FILES = {"planning": "planning.yaml", "interventions": "interventions.yaml"}
SCENARIOS = "scenarios"
FOLDERS_OF_TABLES = ("data", "datas", "gegevens")
MARK = "data/synthetic.json"
"""Says which tables are invented."""
_SUFFIXES = (*TABLE_LIKE, *YAML, ".txt", ".dat", ".json", ".xml", ".gz", ".zip", ".xlt", ".xltx")
_COPY = re.compile(
    r"^(?:kopie van|copy of)\s+|\s*-?\s*(?:kopie|copy)(?:\s*\(\d+\))?$|\s*\(\d+\)$|^~\$",
    re.IGNORECASE,
)
_VERSION = re.compile(
    r"[\s_\-.]*(?:v?\d[\d\-_.]*|oud|old|new|nieuw|final|definitief|def|backup|bak|concept|draft)$",
    re.IGNORECASE,
)
_OTHER_WORDS = {
    "pupils": (
        "leerlingen", "leerling", "students", "student", "kinderen", "children", "units",
        "leerlinglijst", "pupillijst",
    ),
    "sites": ("scholen", "school", "schools", "locaties", "vestigingen", "locations"),
    "professionals": (
        "medewerkers", "personeel", "staff", "professional", "begeleiders", "employees",
        "formatie",
    ),
    "history": ("historie", "geschiedenis", "verleden", "histories"),
    "profiles": ("profielen", "risico", "risicos", "risks", "risk"),
    "notes": ("notities", "notitie", "aantekeningen", "opmerkingen"),
    "commitments": ("verplichtingen", "toezeggingen", "lopend", "lopende_hulp", "running"),
    "decisions": ("besluiten", "beslissingen", "besluit"),
    "present": ("huidig", "huidige", "huidig_plan"),
    "planning": ("plan", "beleid", "policy"),
    "interventions": ("interventies", "interventie", "catalogue", "catalogus", "aanbod"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stray:
    """A file with a name that is nearly right.

    Attributes:
        file: its path inside the workspace.
        meant: that of the file it seems to be.
        sure: whether the names are one name to a person; else they resemble each other.
    """

    file: str
    meant: str
    sure: bool


def is_right(file: str) -> bool:
    """Whether a path is one that is read."""
    path = PurePosixPath(file)
    if path.parent == PurePosixPath("data"):
        return file == MARK or (path.suffix in TABLES and path.stem in NEEDED)
    if path.parent == PurePosixPath(SCENARIOS):
        return path.suffix in YAML
    return file in FILES.values()


def strays(files: Iterable[str]) -> tuple[Stray, ...]:
    """Those of some paths inside a workspace that seem to be a file which is read."""
    found = (_stray(file) for file in files if not is_right(file))
    return tuple(stray for stray in found if stray is not None)


def lock_of(file: str) -> str | None:
    """The name of the table that a lock file of a spreadsheet program stands for, if it is one."""
    name = PurePosixPath(file).name
    if name.startswith("~$"):
        return name[2:]
    held = re.fullmatch(r"\.~lock\.(.+)#", name)
    return held.group(1) if held else None


def _stray(file: str) -> Stray | None:
    path = PurePosixPath(file)
    stem, suffixes = _apart(path.name)
    likely = suffixes or "." not in path.name
    folder = [plain_name(part) for part in path.parts[:-1]]
    if folder and folder[0] in ("scenarios", "scenario", "scenarioss"):
        if any(s in YAML for s in suffixes):
            return Stray(file, f"{SCENARIOS}/{stem}.yaml", sure=True)
        return None
    if (not folder and any(s in YAML for s in suffixes)) or (not folder and suffixes == (".txt",)):
        if plain_name(stem) in ("scenario", "scenarios"):
            return Stray(file, f"{SCENARIOS}/{path.stem}.yaml", sure=True)
        return _nearest(file, stem, FILES)
    if not likely or (not folder and not any(s in TABLE_LIKE for s in suffixes)):
        return None
    if len(folder) > 1 or (folder and folder[0] not in FOLDERS_OF_TABLES):
        near = _nearest(file, stem, _TABLE_FILES)
        return near and Stray(file, near.meant, sure=False)
    return _nearest(file, stem, _TABLE_FILES)


_TABLE_FILES = {name: f"data/{name}.csv" for name in NEEDED}


def _nearest(file: str, stem: str, names: dict[str, str]) -> Stray | None:
    """The one of some names that a file's name resembles."""
    bare = _COPY.sub("", _COPY.sub("", stem)).strip() or stem
    near = same_name(bare, names)
    if near is not None or (near := _plural(bare, names)) is not None:
        return Stray(file, names[near], sure=True)
    for word in (bare, _VERSION.sub("", bare)):
        for name in names:
            if plain_name(word) in map(plain_name, (name, *_OTHER_WORDS.get(name, ()))):
                return Stray(file, names[name], sure=False)
        guess = probably_meant(word, names) if word else None
        if guess is not None and is_slip(plain_name(word), plain_name(guess)):
            return Stray(file, names[guess], sure=False)
    return None


def _plural(word: str, names: dict[str, str]) -> str | None:
    bare = plain_name(word)
    return next((n for n in names if bare in (n.removesuffix("s"), f"{n}s")), None)


def _apart(name: str) -> tuple[str, tuple[str, ...]]:
    """The name without the suffixes of tables and texts, and these in small letters."""
    suffixes: list[str] = []
    while (suffix := PurePosixPath(name).suffix.strip()) and suffix.lower() in _SUFFIXES:
        suffixes.append(suffix.lower())
        name = name[: -len(suffix)].rstrip()
    return name.strip(), tuple(suffixes)


def below(root: Path, path: Path) -> str:
    """The path as messages name it."""
    return path.relative_to(root).as_posix()
