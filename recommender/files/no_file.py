"""Why a path at which a file is wanted is none: nothing there, or something of another kind."""

from __future__ import annotations

from pathlib import Path


def why_no_file(path: Path, missing: str) -> tuple[str, str]:
    """Return what is wrong with a path that is no file, and what to do.

    Args:
        path: where a file is wanted, and none is.
        missing: what to do where nothing is there.
    """
    if path.is_symlink():
        if not path.exists():
            return "is a link that leads nowhere", "put the file itself there"
        path = path.resolve()
    if path.is_dir():
        return "is a folder", "put a file in its place"
    if path.exists():
        return "is no file, but a pipe or a device", "put a file in its place"
    return "is missing", missing
