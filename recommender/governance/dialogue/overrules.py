"""How often professionals overrule a plan, month by month and by reason, from the audit log.

A plan that nobody ever overrules is a plan that nobody looks at: the rate is a sign of life, not of
who is right.  Rates are of offers that were looked at; nobody is named.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from recommender.governance.log.audit import Log, effective_entries
from recommender.inputs.decision_reasons import REASONS

ENOUGH: Final = 20
"""Offers that were looked at from which on it means something that nobody overruled any."""


@dataclass(frozen=True, slots=True)
class Month:
    """What professionals said in one month.

    Attributes:
        month: YYYY-MM.
        sheets: sheets that were handed in.
        offers: offers on them.  looked_at: of those with a decision.
        overruled: of those rejected or swapped.  added: help asked for pupils without an offer.
        by_reason: reason code -> how often, in the order of the sheet.
    """

    month: str
    sheets: int
    offers: int
    looked_at: int
    overruled: int
    added: int
    by_reason: tuple[tuple[str, int], ...]

    @property
    def rate(self) -> float | None:
        """Return the share of the offers looked at that was overruled; None where none was."""
        return self.overruled / self.looked_at if self.looked_at else None


@dataclass(frozen=True, slots=True)
class Overrules:
    """What professionals said, over time.

    Attributes:
        months: in order of time.
        total: of all months, with ``month`` "all".
        warnings: what is worth a look.
    """

    months: tuple[Month, ...]
    total: Month
    warnings: tuple[str, ...]


def overrules_of(log: Log) -> Overrules:
    """Return how often professionals overruled plans, from the decisions in a log.

    The same sheet that was handed in again counts once.
    """
    sheets: dict[str, list[Mapping[str, int]]] = {}
    seen: set[str] = set()
    for entry in effective_entries(log):
        if entry.action == "decision":
            sheet = dict(entry.hashes).get(entry.subject, "")
            if sheet in seen:
                continue
            seen |= {sheet} - {""}
            counts = {key: int(text) for key, text in entry.details if text.isdecimal()}
            sheets.setdefault(entry.time[:7], []).append(counts)
    months = tuple(_month(month, sheets[month]) for month in sorted(sheets))
    total = _month("all", [counts for month in sorted(sheets) for counts in sheets[month]])
    return Overrules(months, total, tuple(_warnings(months, total)))


def _month(month: str, sheets: list[Mapping[str, int]]) -> Month:
    def count(key: str) -> int:
        return sum(counts.get(key, 0) for counts in sheets)

    return Month(
        month=month,
        sheets=len(sheets),
        offers=count("offers"),
        looked_at=count("looked_at"),
        overruled=count("overruled"),
        added=count("added"),
        by_reason=tuple((code, count(code)) for code in REASONS if count(code)),
    )


def _warnings(months: tuple[Month, ...], total: Month) -> list[str]:
    if not months:
        return ["nobody has handed in a review sheet yet: no plan was looked at by professionals"]
    if total.looked_at >= ENOUGH and not total.overruled:
        return [
            f"nobody ever overruled any of {total.looked_at} offers; were they looked at by "
            "somebody who knows the pupil, and could that person say no?"
        ]
    last, before = months[-1], months[:-1]
    if last.looked_at >= ENOUGH and not last.overruled and any(m.overruled for m in before):
        return [
            f"nobody overruled any of {last.looked_at} offers in {last.month}, and before that "
            "people did; are offers still looked at?"
        ]
    if total.looked_at < total.offers / 2:
        return [f"{total.looked_at} of {total.offers} offers were looked at, fewer than half"]
    return []
