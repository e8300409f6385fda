"""One file, written whole or not at all."""

from __future__ import annotations

import glob
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from recommender.errors import CannotWrite

STALE = 3600.0
"""Seconds after which a draft is one of a run that was killed: none takes so long to be written."""


def sweep(path: Path, draft: Path) -> None:
    """Remove what killed runs left of ``path`` an hour or more before ``draft`` was written.

    A draft holds what the file was to hold, so it must not lie about.
    """
    with suppress(OSError):
        now = draft.stat().st_mtime
        for old in path.parent.glob(f".{glob.escape(path.name)}.*.partial"):
            if now - old.stat().st_mtime > STALE:
                if old.is_dir() and not old.is_symlink():
                    shutil.rmtree(old, ignore_errors=True)
                else:
                    old.unlink()


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn what the system says against writing ``path`` into an error people can act on.

    Raises:
        CannotWrite: for any OSError inside.
    """
    try:
        yield
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise CannotWrite(
            f"{path}: could not be written ({why}); nothing was left behind"
        ) from error


def write_file(path: Path, data: bytes) -> None:
    """Write a file whole or not at all, replacing what stood there.

    Raises:
        CannotWrite: if it could not be written; what stood there still does.
    """
    with replacing(path) as draft, writing(path), draft.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a path to write to that takes the place of ``path`` once everything went well.

    Raises:
        CannotWrite: if it could not take that place.
    """
    draft = path.with_name(f".{path.name}.{secrets.token_hex(6)}.partial")
    try:
        with writing(path):
            path.parent.mkdir(parents=True, exist_ok=True)
        yield draft
        with writing(path):
            sweep(path, draft)
            draft.replace(path)
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
