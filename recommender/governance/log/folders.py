"""The folders of a workspace that hold a file of one name, however deep: its plans, for one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from recommender.errors import InputError, Problem

MOST: Final = 100_000
"""Folders that are looked through."""


def folders_with(workspace: Path, name: str) -> Iterator[Path]:
    """Yield the folders of a workspace in which a file of a name stands, by path.

    Hidden folders are passed over, and links are followed nowhere.

    Raises:
        InputError: there are more than ``MOST`` folders.
    """
    for seen, (path, inside, files) in enumerate(os.walk(workspace), 1):
        if seen > MOST:
            raise InputError(
                [
                    Problem(
                        str(workspace), None, None, f"holds more than {MOST:,} folders",
                        "keep a workspace apart from what is none of it",
                    )
                ]
            )  # fmt: skip
        inside[:] = sorted(one for one in inside if not one.startswith("."))
        if name in files:
            yield Path(path)
