"""Who something is written for, and which of them may see pupils."""

from __future__ import annotations

from recommender.errors import UsageError

COORDINATOR = "coordinator"
AUDIENCES = (COORDINATOR, "board", "policy", "public")
"""Who a report is for."""

OPEN = frozenset({"policy", "public"})
"""The audiences that see nothing about a single pupil and no small counts."""


def refuse_unknown(audience: str, what: str) -> None:
    """Refuse an audience that does not exist.

    Raises:
        UsageError: if there is none of this name.
    """
    if audience not in AUDIENCES:
        raise UsageError(f"there is no {what} for {audience!r}; choose {', '.join(AUDIENCES)}")
