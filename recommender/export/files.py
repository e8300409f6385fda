"""One file, written whole or not at all."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from recommender.errors import CannotWrite


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
            draft.replace(path)
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
