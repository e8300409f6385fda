"""Files and folders of files, written whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias

from recommender.errors import CannotWrite
from recommender.files.drafts import write_flushed
from recommender.governance.log.transaction import Destination, LogRecord, changing

Content: TypeAlias = bytes | Mapping[str, bytes]
"""What a file holds, or the files of a folder by name."""


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


def write_file(
    path: Path, data: bytes, record: LogRecord | None = None, *, new: bool = False
) -> None:
    """Write a file whole or not at all, replacing what stood there.

    Args:
        record, new: as in ``write_files``.

    Raises:
        CannotWrite: if it could not be written; what stood there still does.
    """
    write_files({path: data}, record, new=new)


def write_files(
    files: Mapping[Path, Content], record: LogRecord | None = None, *, new: bool = False
) -> None:
    """Write files and whole folders, all of them or none, replacing what stood there.

    Args:
        files: path -> what is to stand there.
        record: what the log of a workspace says first, with the SHA-256 of each.
        new: whether nothing may stand there.

    Raises:
        UsageError: if something stands where nothing may.
        VerificationFailed: if the log is damaged.
        CannotWrite: if it could not be written; what stood there still does.
    """
    places = [Destination(path, named=path.name) for path in files]
    with changing(places, record, new=new) as drafts:
        for draft, (path, content) in zip(drafts, files.items(), strict=True):
            with writing(path):
                if isinstance(content, bytes):
                    write_flushed(draft, content)
                    continue
                draft.mkdir()
                for name, data in content.items():
                    write_flushed(draft / name, data)


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a path to write to that takes the place of ``path`` once everything went well.

    Raises:
        CannotWrite: if it could not take that place.
    """
    with changing([Destination(path)], None) as (draft,):
        yield draft
