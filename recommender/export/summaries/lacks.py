"""What must-serve rules lack, by what they rest on and why: a shortage of hours is no breach of law
where nothing suits, and a promise is no law."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from recommender.export.disclosure import rounding
from recommender.planning.plan.plan import Plan
from recommender.planning.selection.duties import BASES, Duty


@dataclass(frozen=True, slots=True)
class Lack:
    """Pupils who are owed help and have none that counts.

    Attributes:
        phrase: the phrase that says why.
        pupils: how many; NaN where that is not shown.
        alarm: whether the plan lacks something: it does not where there is no consent.
    """

    phrase: str
    pupils: float
    alarm: bool


def lacks_of(plan: Plan, *, open_to_all: bool) -> list[Lack]:
    """Return what must-serve rules lack, a statutory lack of hours first.

    Causes tell something about single pupils, so they are not told to everybody: only whether hours
    lack for a duty in law.
    """
    short: dict[str, float] = {}
    for each in plan.summary.shortages:
        if each.pupils > 0 and not each.is_fairness:
            law = each.basis == "statutory"
            phrase = f"lacks_{each.cause}_{'law' if law else 'promise'}"
            if open_to_all and phrase != "lacks_no_hours_law":
                phrase = "lacks_open"
            short[phrase] = short.get(phrase, 0.0) + each.pupils
    found = [
        Lack(phrase, rounding.pupils(pupils) if open_to_all else pupils, alarm=True)
        for phrase, pupils in sorted(
            short.items(), key=lambda item: item[0] != "lacks_no_hours_law"
        )
    ]
    without = sum(duty.no_consent for duty in plan.owed)
    if without > 0 and not open_to_all:
        found.append(Lack("lacks_no_consent", without, alarm=False))
    return found


def owed_by_basis(duties: Sequence[Duty]) -> list[tuple[str, float, float]]:
    """Return basis, pupils who are owed help and pupils who have it, of every basis there is."""
    return [
        (basis, sum(d.owed for d in mine), sum(d.met for d in mine))
        for basis in BASES
        if (mine := [duty for duty in duties if duty.basis == basis])
    ]
