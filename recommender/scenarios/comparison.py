"""``Comparison``: plans of scenarios and choices of policies side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

import pandas as pd

from recommender.planning.plan.summary import Shortage

SideKind: TypeAlias = Literal["scenario", "policy"]


@dataclass(frozen=True, slots=True)
class Side:
    """One plan, or one policy, beside the others.

    Attributes:
        kind: ``scenario`` (a plan) or ``policy`` (what people choose without one).
        name: the scenario or the policy.  title: what people call it.
        scenario: the scenario whose rules hold: the side's own, or ``base`` for a policy.
        benefit: weighted adverse outcomes averted, as the side itself weighs them.
        common_benefit: the same at the weights of ``base``: the yardstick between sides.
        standard_error: of the benefit, when all pupils share one draw of every effect.
        low, high: the interval that holds the benefit with 90 %.
        difference: ``common_benefit`` minus that of ``base``.
        difference_error: the standard error of the difference where both choose from the same
            candidates, so that what is unknown of an effect is unknown of both; else None.
        spread: standard deviation of the benefit over the draws of a policy that draws lots.
        draws: how many of them; 1 where nothing is drawn.  All numbers are means over the draws.
        pupils, eligible, served: numbers of pupils.
        must_serve, must_serve_met: pupils owed help, and those offered help that counts.
        short: pupils that statutory rules still lack.  short_hours: hours that running help lacks.
        hours_capacity, hours_used, hours_left: over all roles, sites and periods.
        cost, budget: euros beside the hours; budget None is no limit.
        gini: of benefit over pupils who may be offered something, from 0 (all alike) to 1.
        worst_column, worst_group: the group of 10 pupils or more of whose weighted risk the
            smallest part is averted ("site", "s03"); "" where there are no groups.
        worst_share: that part.  share: the same of all pupils.
        bound, gap: what no choice under these rules that lacks no more can exceed (the lower of
            what prices and a solver prove; the cost of shortages is no part of it), and how much
            of the benefit may be missed; a policy is held against the bound of its scenario.
        status: optimal, gap or stopped; ``policy`` for a policy.
        seconds: how long it took to solve or to follow.
        proof: what proves the bound: prices, solver or exact (see ``planning.Proof``); "" in
            comparisons of earlier versions.
        begun_from: the scenario whose solution the search began from, "" for none.
        plan_from: the scenario under tighter limits whose plan it has, because its own search found
            none as good; "" where it has its own.
        bound_from: the scenario under looser limits whose bound holds here too and is lower than
            its own; "" where its own is.
    """

    kind: SideKind
    name: str
    title: str
    scenario: str
    benefit: float
    common_benefit: float
    standard_error: float
    low: float
    high: float
    difference: float
    difference_error: float | None
    spread: float
    draws: int
    pupils: int
    eligible: int
    served: float
    must_serve: int
    must_serve_met: float
    short: float
    short_hours: float
    hours_capacity: float
    hours_used: float
    hours_left: float
    cost: float
    budget: float | None
    gini: float
    worst_column: str
    worst_group: str
    worst_share: float
    share: float
    bound: float
    gap: float
    status: str
    seconds: float
    begun_from: str
    proof: str = ""
    plan_from: str = ""
    bound_from: str = ""

    def common(self, benefit: float) -> float:
        """Return a benefit of this side at the weights of ``base``."""
        return benefit * self.common_benefit / self.benefit if self.benefit > 0 else benefit

    def better_is_proven(self, base: Side) -> bool:
        """Return whether the searches missed too little to turn round which of two is better.

        A policy is what it is; the plan that it is held against can only get better.  What is
        equal needs no proof.
        """
        if abs(self.difference) <= 1e-9:
            return True
        missed = self.gap * self.common_benefit if self.kind == "scenario" else 0.0
        if self.difference > 0:
            return self.difference > base.gap * base.common_benefit
        return -self.difference > missed


TABLES: Mapping[str, tuple[str, ...]] = {
    "deciles": ("side", "decile", "pupils", "served", "benefit", "lowest", "highest"),
    "hours": ("side", "role", "capacity", "used", "left", "pupils"),
    "groups": ("side", "column", "group", "pupils", "served", "benefit", "share"),
    "shortages": (
        "side", "rule", "site", "pupils", "role", "period", "hours", "cause", "basis",
    ),
    "moved": (
        "from", "to", "unit_id", "site", "change", "pupils", "before", "after",
        "benefit_before", "benefit_after", "difference", "reason",
        "new", "lost", "other", "better", "worse",
    ),
    "changes": (
        "from", "to", "served_from", "served_to", "new", "lost", "other", "same",
        "better", "worse", "difference",
    ),
}  # fmt: skip
"""The columns of the tables of a comparison."""

LATER = frozenset(
    {("shortages", "cause"), ("shortages", "basis")}
    | {("moved", name) for name in ("new", "lost", "other", "better", "worse")}
    | {("changes", name) for name in TABLES["changes"]}
)
"""The columns that comparisons of earlier versions lack."""

TEXTS = frozenset(
    {"side", "column", "group", "rule", "site", "role", "period", "from", "to", "unit_id",
     "change", "before", "after", "reason", "cause", "basis"}
)  # fmt: skip
"""Those that hold texts; the others hold numbers."""


@dataclass(frozen=True, eq=False, slots=True)
class Comparison:
    """Plans and policies side by side.

    Attributes:
        sides: ``base`` first, then the other scenarios, then the policies.
        deciles: side, decile (1 lowest to 10 highest weighted risk), pupils, served, benefit,
            lowest, highest (weighted risk of a pupil): what each tenth of the pupils is offered.
        hours: side, role, capacity, used, left, pupils (offered help that takes such hours).
        groups: side, column, group, pupils, served, benefit, share (of the group's weighted risk
            that is averted): sites and groups of ``audit_only`` columns with 10 pupils or more.
        shortages: side, rule, site, pupils, role, period, hours, cause, basis: as
            ``planning.Shortage``; "" of running help and of rules of fairness.
        moved: from, to, unit_id, site, change (gains | loses | other help), pupils, before, after
            ("bundle@period", "nothing"), benefit_before, benefit_after, difference, reason, new,
            lost, other, better, worse: one row a unit whose offer differs between two sides (of a
            policy that draws lots, its first draw); benefit at the weights of ``base``.  It gains
            help that it had not at all, loses all it had, or has other help; new, lost and other
            count its pupils so, better and worse those whose benefit rises or falls.
        changes: from, to, served_from, served_to, new, lost, other, same, better, worse,
            difference: pupils of every two sides, means over their draws; served_to is
            served_from + new - lost.
        seed: of every random choice.
        asked_gap: the gap at which the search for a plan stopped.
        synthetic: whether the pupils are made up.
        remarks: what a reader should know, such as a policy that could not be followed.
    """

    sides: tuple[Side, ...]
    deciles: pd.DataFrame
    hours: pd.DataFrame
    groups: pd.DataFrame
    shortages: pd.DataFrame
    moved: pd.DataFrame
    seed: int
    asked_gap: float
    synthetic: bool
    remarks: tuple[str, ...] = ()
    changes: pd.DataFrame = field(default_factory=lambda: no_rows("changes"))

    def __repr__(self) -> str:
        """Return what is compared: a notebook shows no row of a person unasked."""
        return f"<Comparison {', '.join(side.name for side in self.sides)}>"

    def side(self, name: str) -> Side:
        """Return the side of a name.

        Raises:
            KeyError: if there is none.
        """
        for side in self.sides:
            if side.name == name:
                return side
        raise KeyError(name)


def no_rows(table: str) -> pd.DataFrame:
    """Return a table of a comparison without a row."""
    return pd.DataFrame(
        {name: pd.Series([], dtype="str" if name in TEXTS else "float64") for name in TABLES[table]}
    )


def shortages_of(side: str, shortages: tuple[Shortage, ...]) -> pd.DataFrame:
    """Return the shortages of a side as rows of ``Comparison.shortages``."""
    rows = [
        (side, s.rule, s.site, s.pupils, s.role, s.period, s.hours, *_why(s)) for s in shortages
    ]
    return pd.DataFrame(rows, columns=list(TABLES["shortages"]))


def _why(shortage: Shortage) -> tuple[str, str]:
    """Return the cause of a shortage and what its rule rests on; "" where nobody is owed help."""
    owed = shortage.pupils > 0 and not shortage.is_fairness
    return (shortage.cause, shortage.basis) if owed else ("", "")
