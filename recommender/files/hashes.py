"""SHA-256 of files and folders: what tells one from any other."""

from __future__ import annotations

import hashlib
from pathlib import Path


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            digest.update(piece)
    return digest.hexdigest()


def mark_of(path: Path, seal: str = "") -> str:
    """What tells a file or folder from any other, "" where there is none."""
    try:
        if not path.is_dir():
            return sha256_of(path)
        if seal:
            return sha256_of(path / seal)
        files = sorted(p.relative_to(path).as_posix() for p in path.rglob("*") if p.is_file())
        lines = "".join(f"{sha256_of(path / name)}  {name}\n" for name in files)
        return hashlib.sha256(lines.encode()).hexdigest()
    except OSError:
        return ""
