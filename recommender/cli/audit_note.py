"""What the audit log is to say of what a command does, before it takes effect."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from recommender.cli.output import remark

if TYPE_CHECKING:
    from recommender.governance.log.transaction import LogRecord


def record_of(
    workspace: Path,
    action: str,
    subject: str,
    *,
    files: Mapping[str, Path] | None = None,
    details: Mapping[str, str] | None = None,
) -> LogRecord:
    """Return that the present account ran a command in a workspace.

    Args:
        action: one of ``audit.ACTIONS``.
        subject: what it was done to, without ids of pupils.
        files: name -> a file whose hash is kept beside those of what is written.
        details: anything else worth knowing.
    """
    from recommender.files.hashes import sha256_of
    from recommender.governance.log.transaction import LogRecord

    return LogRecord(
        workspace, action, subject, who=_account(), role="account",
        when=dt.datetime.now(dt.UTC),
        hashes=tuple((name, sha256_of(path)) for name, path in (files or {}).items()),
        details=tuple((details or {}).items()),
    )  # fmt: skip


def settle_quietly(workspace: Path) -> None:
    """Settle what commands that died left open in a workspace; say so where that cannot be."""
    from recommender.errors import RecommenderError
    from recommender.governance.log import transaction
    from recommender.governance.log.journal import not_followed

    try:
        transaction.tidy(workspace, when=dt.datetime.now(dt.UTC))
    except RecommenderError as error:
        remark(f"what an interrupted command left cannot be settled yet: {error}")
    for line in not_followed(workspace):
        remark(line)


def _account() -> str:
    import getpass

    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "unknown"
