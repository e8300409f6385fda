"""A line in the audit log for what a command did; a log that cannot be written stops nobody."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

from recommender.cli.output import remark


def note(
    workspace: Path,
    action: str,
    subject: str,
    *,
    files: Mapping[str, Path] | None = None,
    details: Mapping[str, str] | None = None,
) -> None:
    """Write to the log of a workspace that the present account ran a command.

    Args:
        action: one of ``audit.ACTIONS``.
        subject: what it was done to, without ids of pupils.
        files: name -> a file whose hash is kept.
        details: anything else worth knowing.
    """
    from recommender.errors import CannotWrite, InputError
    from recommender.governance import audit

    try:
        audit.record(
            workspace, action, subject, who=_account(), role="account",
            when=dt.datetime.now(dt.UTC),
            hashes={name: audit.sha256_of(path) for name, path in (files or {}).items()},
            details=details,
        )  # fmt: skip
    except (CannotWrite, InputError) as error:
        remark(f"not noted in the audit log: {error}")


def _account() -> str:
    import getpass

    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "unknown"
