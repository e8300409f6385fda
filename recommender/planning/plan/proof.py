"""The proof of a plan, its optimality gap: how much better any could be, and what says so."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias, get_args

ProofKind: TypeAlias = Literal["prices", "solver", "exact"]
KINDS: tuple[ProofKind, ...] = get_args(ProofKind)


class Proven(Protocol):
    """What a summary and a manifest both say of how far a plan was proven."""

    @property
    def value(self) -> float:
        """The objective."""

    @property
    def bound(self) -> float:
        """What prices alone prove that no plan exceeds."""

    @property
    def gap(self) -> float:
        """(bound - value) / benefit."""

    @property
    def better_bound(self) -> float | None:
        """What a solver proved, or None."""

    @property
    def status(self) -> str:
        """Return optimal, gap or stopped."""


@dataclass(frozen=True, slots=True)
class Proof:
    """The sharpest thing that is proven of a plan.

    Attributes:
        gap: no plan under these rules is better by more than this share of its benefit.
        bound: what no plan's objective exceeds.
        kind: ``prices`` (from the prices of resources, by arithmetic that ``verify`` repeats),
            ``solver`` (a bound that a solver found, which is to be believed) or ``exact`` (a solver
            searched until no better plan was left).
        plain: the gap by prices alone.
        stopped: whether the search stopped at a limit.
    """

    gap: float
    bound: float
    kind: ProofKind
    plain: float
    stopped: bool

    @property
    def known(self) -> bool:
        """Return whether it tells anything: not where the search ended far too early."""
        return self.gap < 1


def rounding(value: float) -> float:
    """Return what a difference to an objective may come to by rounding alone."""
    return 1e-9 * max(1.0, abs(value))


def proof_of(plan: Proven, benefit: float | None = None) -> Proof:
    """Return the sharpest proof of a plan.

    Args:
        plan: its summary or its manifest.
        benefit: what the gap is a share of, where that is at hand; else it follows from the gap.
    """
    bound = plan.bound if plan.better_bound is None else min(plan.bound, plan.better_bound)
    sharper = bound < plan.bound
    gap = plan.gap
    if sharper and math.isfinite(bound) and benefit is not None and benefit > 0:
        gap = min(gap, max(0.0, bound - plan.value) / benefit)
    elif sharper and bound - plan.value <= rounding(plan.value):
        gap = 0.0
    elif sharper and math.isfinite(plan.gap) and plan.bound > plan.value:
        gap *= max(0.0, bound - plan.value) / (plan.bound - plan.value)
    by_prices = not sharper or round(gap, 6) >= round(plan.gap, 6)
    kind: ProofKind = "prices" if by_prices else "solver"
    if kind == "solver" and plan.status == "optimal":
        kind = "exact"
    return Proof(gap, bound, kind, plan.gap, plan.status == "stopped")
