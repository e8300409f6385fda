"""School rosters as administrations hand them out, recognised by name and first bytes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath

from recommender.inputs.text.names import plain_name

ONEROSTER = "OneRoster"
EDEXML = "EDEXML"
_BY_NAME = ("users", "orgs", "enrollments", "academicsessions", "demographics")
_ROSTER_ID = "sourcedid"
_HEAD = 4096


def is_oneroster(header: Sequence[str]) -> bool:
    """Whether a header is that of a OneRoster file."""
    return any(plain_name(h) == _ROSTER_ID for h in header)


def roster_of(path: Path) -> str | None:
    """Which kind of roster a file is, by its name and its first bytes; None if it is none."""
    name = PurePosixPath(path.name.lower())
    if name.suffix not in (".csv", ".xml", ".txt") or not path.is_file():
        return None
    try:
        with path.open("rb") as stream:
            head = stream.read(_HEAD)
    except OSError:
        return None
    if name.suffix == ".xml":
        is_edex = b"<edex" in head.lower() or name.stem.startswith("edex")
        return EDEXML if is_edex else None
    first = head.partition(b"\n")[0].decode("utf-8", errors="replace")
    words = [w.strip().strip('"') for w in first.lstrip("\ufeff").replace(";", ",").split(",")]
    if is_oneroster(words) or (name.stem in _BY_NAME and name.suffix == ".csv"):
        return ONEROSTER
    return None


def explained(kind: str, files: Iterable[str]) -> tuple[str, str]:
    """What to say of files that are a roster: what they are, and what is needed instead."""
    names = ", ".join(files)
    return (
        f"is a roster in {kind} format, which is not read as it stands ({names})",
        "write data/pupils.csv with unit_id, site and grade of every pupil, and data/sites.csv "
        "with site and name; no names of children and no numbers of citizens belong in them",
    )
