"""The headline of a plan: what it is worth, what it proves and what it lacks."""

from __future__ import annotations

from dataclasses import dataclass

from recommender.planning.plan.proof import Proof, proof_of
from recommender.planning.selection.duties import Basis, Cause, basis_of

RUNNING = "running_help"
"""Stands where a rule's id would, for running help that has no hours."""


@dataclass(frozen=True, slots=True)
class Shortage:
    """What a must-serve rule still lacks: pupils of one site that could not be offered help.

    A rule may lack pupils of one site for several causes, each a shortage of its own.

    Attributes:
        rule: the rule, or ``running_help`` where help that is already running lacks hours; of a
            rule of fairness "rule/group".
        site: where; "" of a rule of fairness.
        pupils: pupils that could not be offered help; 0 for running help; of a rule of fairness
            what the group lacks of its floor (pupils, hours or benefit).
        role, period, hours: the hours that running help lacks; "" and 0 for a rule.
        cause: why (see ``duties``); who does not agree to help is no shortage.
        statutory: whether the rule is a duty in law.
    """

    rule: str
    site: str
    pupils: float
    role: str = ""
    period: str = ""
    hours: float = 0.0
    cause: Cause = "no_hours"
    statutory: bool = False

    @property
    def basis(self) -> Basis:
        """Return on what the rule rests."""
        return basis_of(self.rule, statutory=self.statutory)

    @property
    def is_fairness(self) -> bool:
        """Return whether a rule of fairness lacks it: no statutory rule does."""
        return "/" in self.rule


@dataclass(frozen=True, slots=True)
class Unmet:
    """What a group still lacks of what a rule of fairness asks.

    Attributes:
        rule, group: the rule and the group; the rule ``no_worse_than`` lacks pupils who would be
            worse off than under the plan in force.
        amount, unit: how many of pupil, hour or outcome (weighted adverse outcomes averted).
    """

    rule: str
    group: str
    amount: float
    unit: str


@dataclass(frozen=True, slots=True)
class Summary:
    """The headline of a plan.

    Attributes:
        value: objective of the plan: its benefit, more of it for who has waited and less of it for
            its standard errors where the rules say so, less the cost of shortages.
        bound: no plan within these hours can have a higher objective (proved from the prices of
            resources and memberships, by arithmetic alone).
        gap: (bound - value) / benefit of the plan; 0.01 is one per cent.
        better_bound: a tighter bound proved with a solver, or None.
        benefit, standard_error: expected weighted adverse outcomes averted, what waiting loses
            taken off, and its error when all pupils share one draw of every effect.
        promise: what the plan is expected to avert once true risks are taken to lie around their
            estimates, which is less than ``benefit``; None in plans of earlier versions.
        draws: how many draws of effects and risks the plan was tried in; 0 for none.
        benefit_low, benefit_high: nine in ten of the draws of what this plan delivers lie between
            them; None without draws.
        pupils, eligible, served: numbers of pupils (segments count their pupils); eligible are
            those with at least one candidate.
        must_serve, must_serve_met: pupils under a must-serve rule who agree to help, and how many
            of them are offered help that counts or have it already; ``Plan.duties``
            counts all pupils.
        hours_capacity, hours_used: over all roles, sites and periods, travel taken off; running
            help is part of the use.
        cost, budget: euros beside the hours; budget None is no limit.
        cases, cases_divided, cases_unmatched: cases of one role for a pupil or session, how many of
            them more than one professional has, and how many a professional who does not speak the
            language of the pupil.
        cases_handed_over: cases of running help with another professional than who gave it.
        sessions_apart: sessions whose professionals share no day.
        professionals_overloaded: with more cases at once than the rules allow.
        status: optimal | gap | stopped.  engine: what solved it.  seed: of every random choice.
        shortage_penalty: what the shortages take off the value; None in plans of earlier versions.
        bound_from: the scenario from which ``better_bound`` was taken over, "" for none: what
            nothing exceeds there, nothing exceeds under tighter limits.
    """

    value: float
    bound: float
    gap: float
    better_bound: float | None
    benefit: float
    standard_error: float
    pupils: int
    eligible: int
    served: float
    must_serve: int
    must_serve_met: float
    hours_capacity: float
    hours_used: float
    cost: float
    budget: float | None
    status: str
    engine: str
    seed: int
    scenario: str
    synthetic: bool
    shortages: tuple[Shortage, ...]
    cases: int = 0
    cases_divided: int = 0
    cases_unmatched: int = 0
    cases_handed_over: int = 0
    sessions_apart: int = 0
    professionals_overloaded: int = 0
    promise: float | None = None
    draws: int = 0
    benefit_low: float | None = None
    benefit_high: float | None = None
    shortage_penalty: float | None = None
    bound_from: str = ""

    @property
    def counted(self) -> float:
        """Return the value without the cost of shortages: the benefit, as the rules count it."""
        if self.shortage_penalty is None:
            return self.benefit if self.shortages else self.value
        return self.value + self.shortage_penalty

    @property
    def counted_bound(self) -> float:
        """Return what nothing that lacks no more can count for, by the prices alone."""
        return self.bound + (self.counted - self.value)

    @property
    def best_counted_bound(self) -> float:
        """Return the same at the lower of both bounds."""
        return self.best_bound + (self.counted - self.value)

    @property
    def pupils_short(self) -> float:
        """Return how many pupils the must-serve rules lack."""
        return sum(each.pupils for each in self.shortages if not each.is_fairness)

    @property
    def proof(self) -> Proof:
        """Return the sharpest proof, which every page shows."""
        return proof_of(self, self.benefit)

    @property
    def best_bound(self) -> float:
        """Return the lower of both bounds: that of the prices and that which a solver proved."""
        return self.proof.bound

    @property
    def best_gap(self) -> float:
        """Return ``gap`` at the lower bound, for which a solver is to be believed."""
        return self.proof.gap
