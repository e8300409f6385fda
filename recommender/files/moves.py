"""Moves of drafts to their places: each in one step, and so that it can be told who took place."""

from __future__ import annotations

import ctypes
import errno
import os
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from recommender.files.drafts import flush_folder, remove

_HERE, _NEW, _SWAP = -100, 1, 2
_CANNOT: Final = frozenset({errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EPERM})


@dataclass(frozen=True, slots=True)
class Move:
    """A draft and its place.

    Attributes:
        new: whether nothing may stand there but an empty folder for a folder.
        seal: the file in a folder whose hash stands for all of it; "" for a file, or a folder of
            which every file counts.
    """

    draft: Path
    place: Path
    new: bool = False
    seal: str = ""


def is_taken(place: Path) -> bool:
    """Whether something stands at a place, other than an empty folder."""
    if place.is_dir() and not place.is_symlink():
        return any(place.iterdir())
    return place.exists() or place.is_symlink()


def take_place(move: Move) -> None:
    """Put a draft in its place; what stood there ends up in the draft's place, or is gone.

    Raises:
        FileExistsError: something stands where nothing may; it still does.
        OSError: it could not be moved; what stood there still does.
    """
    if move.draft.is_dir():
        _folder(move)
    elif not move.new:
        move.draft.replace(move.place)
    elif not _renamed(move.draft, move.place, _NEW):
        _file_alone(move.draft, move.place)
    flush_folder(move.place.parent)


def _folder(move: Move) -> None:
    draft, place = move.draft, move.place
    if not is_taken(place):
        if os.name == "nt" and place.is_dir():
            place.rmdir()
        try:
            draft.rename(place)  # fails where somebody was quicker, unless the folder is empty
        except OSError as error:
            if error.errno not in (errno.ENOTEMPTY, errno.EEXIST) or move.new:
                raise _as_taken(error, place) from None
            _swapped(draft, place)
    elif move.new:
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(place))
    else:
        _swapped(draft, place)


def _as_taken(error: OSError, place: Path) -> OSError:
    if error.errno == errno.ENOTEMPTY:
        return FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(place))
    return error


def _swapped(draft: Path, place: Path) -> None:
    if exchange(draft, place):
        return
    aside = draft.with_name(f"{draft.name}.old")
    place.rename(aside)
    try:
        draft.rename(place)
    except BaseException:
        aside.rename(place)
        raise
    remove(aside)


def exchange(one: Path, other: Path) -> bool:
    """Swap two paths in one step where the system can (Linux: renameat2, RENAME_EXCHANGE)."""
    try:
        return _renamed(one, other, _SWAP)
    except OSError:
        return False


def _file_alone(draft: Path, place: Path) -> None:
    try:
        os.link(draft, place)
    except OSError as error:
        if error.errno not in _CANNOT:
            raise
        if is_taken(place):  # the best there is where files can neither be linked nor kept apart
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(place)) from None
        draft.rename(place)
    else:
        with suppress(OSError):
            draft.unlink()


def _renamed(one: Path, other: Path, how: int) -> bool:
    """Rename as renameat2 does; False where the system cannot.

    Raises:
        OSError: it can and would not.
    """
    if not sys.platform.startswith("linux"):
        return False
    try:
        renameat2 = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError):
        return False
    if renameat2(_HERE, os.fsencode(one), _HERE, os.fsencode(other), how) == 0:
        return True
    code = ctypes.get_errno()
    if code in _CANNOT:
        return False
    raise OSError(code, os.strerror(code), str(other))
