"""The plan: who is offered which help, when, by whom, at what price, with what proof."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from recommender.allocation import Allocation, certify
from recommender.matching import Candidates, MatchingSettings, plan_error, promised
from recommender.planning.formulation.formulation import Formulation
from recommender.planning.formulation.labels import UNITS
from recommender.planning.formulation.limits import Kind, euros
from recommender.planning.formulation.rules.fairness import settled
from recommender.planning.plan.assignments import assignments_of, not_served_of
from recommender.planning.plan.in_notebook import html_of, line_of
from recommender.planning.plan.proof import Proof, proof_of, rounding
from recommender.planning.plan.resources import resources_of, sessions_of
from recommender.planning.plan.unused_hours import STAFF_COLUMNS, staff_of_plan
from recommender.planning.selection.duties import (
    Basis,
    Cause,
    Duty,
    Owing,
    basis_of,
    duties_in,
    duties_of,
    duties_table,
    lacking_by_cause,
    owing_of,
    penalty_of,
    statutory_rules,
)
from recommender.planning.selection.group_prices import memberships_of
from recommender.planning.selection.reasons import waiting_of
from recommender.planning.selection.selection import WHOLE, Taken, taken_of
from recommender.planning.staffing.caseload import NOBODY, caseload_of, described
from recommender.risk.reporting.trust import TRUST_COLUMNS

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


@dataclass(frozen=True, eq=False, slots=True)
class Plan:
    """A proposal; professionals decide.

    Frames are sorted by their first columns, floats are finite, texts never missing.

    Attributes:
        assignments: unit_id, site, intervention, period (start), units, benefit, standard_error,
            price_paid, net_value, runner_up, status (proposed|must_serve|required), bundle
            ("a+b"), lot[, starts: when this member starts, where a bundle does not start all at
            once; ``period`` is then that of the first][, priority: how many times the benefit
            counts in the objective and in net_value, for the time waited][, stays: the share of the
            draws in which the unit is still offered this bundle from this period]: one row per
            unit, bundle and intervention; benefit, standard_error and price_paid add up over the
            rows of a bundle and are totals for ``units`` pupils.  The lot is the unit's
            place in the seeded order that breaks ties.
        not_served: unit_id, site, reason, best_alternative ("bundle@period" or "nothing"),
            benefit_forgone, pupils, lot, rule (under which help is owed, "" for none), cause (of
            ``duties``, "" where none is owed): one row per unit with pupils who are not offered
            anything.
        sessions: intervention, site, period, groups, pupils, grade (of a class, else "")[, family:
            whose parents receive help once for ``pupils`` children; a group of parents counts its
            families as pupils].
        resources: resource (hours|places|quorum|budget|must_serve|cap|at_once), role, site, period,
            unit (hour|place|pupil|euro|intervention), capacity, used, price, intervention, rule,
            grade[, family: where a rule speaks of families]: one row for
            every row of the model; ``used`` is at most ``capacity``, and ``price`` is what one
            more would be worth (of must_serve: what one more pupil owed help would cost).
        caseload: professional_id, role, site, period, case (a unit_id, or a session written
            "intervention/site/period/grade", of parents with "/family" behind it), hours,
            intervention, match (language|none|""), split (yes|""), day (of a session: "mon;wed",
            none or ""), coordinator (of the pupil's family); the professional "" stands for hours
            of running help that nobody has.
        memberships: resource, unit_id, intervention, site, period, grade, price: what a unit pays
            on top of the resources so that it is in no half group (see ``memberships``); they
            lower the bound and are part of its proof.
        profiles: unit_id, outcome, risk, standard_error: the risks the plan was made with.
        calibration: outcome, measure, low, high, rows, expected, found, standard_error: how such
            risks compared with what happened to earlier pupils (see ``risk.trust``); empty where
            that is not known.
        staff: role, sites, period, hours, capacity, used, price, reason, name: who is there, a
            line for those alike; what there is never depends on the plan (see ``left``).  Empty in
            plans of earlier versions.
        duties: rule, basis (statutory|promise|decision), owed, met, no_hours, nothing_suits,
            forbidden, no_consent: what every must-serve rule comes to, in pupils (see ``duties``);
            empty in plans of earlier versions.
    """

    summary: Summary
    assignments: pd.DataFrame
    not_served: pd.DataFrame
    sessions: pd.DataFrame
    resources: pd.DataFrame
    caseload: pd.DataFrame
    memberships: pd.DataFrame
    profiles: pd.DataFrame
    calibration: pd.DataFrame = field(default_factory=lambda: no_calibration())
    staff: pd.DataFrame = field(default_factory=lambda: no_staff())
    duties: pd.DataFrame = field(default_factory=lambda: duties_table(()))

    def __repr__(self) -> str:
        """Return the plan in one line."""
        return line_of(self)

    def _repr_html_(self) -> str:
        """Return the plan as a notebook shows it."""
        return html_of(self)

    @property
    def owed(self) -> tuple[Duty, ...]:
        """Return what every must-serve rule comes to."""
        return duties_in(self.duties)

    @property
    def unmet(self) -> tuple[Unmet, ...]:
        """Return what the rules of fairness lack, in what they measure."""
        mine = [each for each in self.summary.shortages if each.is_fairness]
        rows = self.resources[self.resources["rule"].isin([each.rule for each in mine])]
        unit = {
            str(rule): UNITS.get(str(resource), "")
            for rule, resource in zip(rows["rule"], rows["resource"], strict=True)
        }
        parts = [(*each.rule.partition("/"), each) for each in mine]
        return tuple(
            Unmet(rule, group, each.pupils, unit.get(each.rule, ""))
            for rule, _, group, each in parts
        )


def handed_in(plan: Plan) -> tuple[str, ...]:
    """Return the outcomes whose risks were handed in, or come from where nothing tested them."""
    outcomes = plan.profiles["outcome"].drop_duplicates().tolist()
    tested = set(plan.calibration["outcome"])
    return tuple(str(outcome) for outcome in outcomes if outcome not in tested)


def no_calibration() -> pd.DataFrame:
    """Return a table of calibration without a line."""
    texts = dict.fromkeys(TRUST_COLUMNS[:2], "str")
    numbers = dict.fromkeys(TRUST_COLUMNS[2:], "float64")
    return pd.DataFrame(columns=list(TRUST_COLUMNS)).astype(texts | numbers)


def no_staff() -> pd.DataFrame:
    """Return a table of staff without a line."""
    return pd.DataFrame(columns=list(STAFF_COLUMNS)).astype(STAFF_COLUMNS)


def plan_of(
    formulation: Formulation,
    allocation: Allocation,
    candidates: Candidates,
    matching: MatchingSettings,
    *,
    scenario: str = "",
    synthetic: bool = False,
    caseload: pd.DataFrame | None = None,
    in_turn: bool = False,
    bound_from: str = "",
) -> Plan:
    """Return the plan that an allocation stands for.

    Args:
        formulation: the problem with its meaning.
        allocation: what was solved.
        candidates: what the problem was formulated from.
        matching: the settings the candidates were made with.
        scenario: the name of the scenario, "" for none.
        synthetic: whether the pupils are made up.
        caseload: who does what, as it was read back; worked out where it is None.
        in_turn: lay cases on hours in turn: a plan that holds and adds up, in a hundredth of the
            time, whose caseload is not the one to work by.
        bound_from: as of ``Summary``.
    """
    allocation = _settled(formulation, allocation)
    taken = taken_of(formulation, allocation.solution)
    assignments = assignments_of(formulation, taken, candidates, matching)
    waiting = waiting_of(formulation, taken)
    owing = owing_of(formulation, taken, candidates)
    if caseload is None:
        caseload = caseload_of(formulation, taken, candidates, in_turn=in_turn)
    caseload, told, taken = described(caseload, formulation, taken, candidates)
    discounted = taken.pupils * formulation.waited[formulation.offers.period[taken.offer]]
    benefit = float(assignments["benefit"].sum())
    certificate, solution = allocation.certificate, allocation.solution
    bound = certificate.plain_bound
    people, staff = formulation.people, formulation.staff
    owed = (people.rule >= 0) & people.agreed
    kind = formulation.pieces.kind
    summary = Summary(
        value=certificate.value,
        bound=bound,
        gap=_gap(bound - certificate.value, benefit, certificate.value),
        better_bound=certificate.better_bound,
        benefit=benefit,
        standard_error=plan_error(candidates, matching, taken.candidate, discounted),
        pupils=int(people.count.sum()),
        eligible=int(people.count[np.unique(candidates.unit)].sum()),
        served=float(taken.pupils.sum()),
        must_serve=int(people.count[owed].sum()),
        must_serve_met=float(
            taken.piece[kind == Kind.SERVED].sum() + people.count[owed & people.met].sum()
        ),
        hours_capacity=float(staff.hours @ staff.rate),
        hours_used=float(caseload["hours"][caseload["professional_id"] != NOBODY].sum()),
        cost=float(euros(formulation.pieces, formulation.terms) @ taken.piece),
        budget=formulation.settings.budget,
        status=solution.status,
        engine=solution.engine,
        seed=formulation.settings.seed,
        scenario=scenario,
        synthetic=synthetic,
        shortages=_shortages(formulation, taken, owing),
        cases=told.cases,
        cases_divided=told.divided,
        cases_unmatched=told.unmatched,
        cases_handed_over=told.handed_over,
        sessions_apart=told.apart,
        professionals_overloaded=told.overloaded,
        promise=promised(candidates, matching, taken.candidate, discounted),
        shortage_penalty=penalty_of(formulation, solution),
        bound_from=bound_from,
    )
    return Plan(
        summary=summary,
        assignments=assignments,
        not_served=not_served_of(formulation, taken, candidates, waiting, owing),
        sessions=sessions_of(formulation, taken),
        resources=resources_of(formulation, taken),
        caseload=caseload,
        memberships=memberships_of(formulation, solution.links, candidates.cohort.units["unit_id"]),
        profiles=_profiles(candidates),
        calibration=no_calibration() if candidates.risks.trust is None else candidates.risks.trust,
        staff=staff_of_plan(formulation, taken, candidates),
        duties=duties_table(duties_of(formulation, owing)),
    )


def _gap(difference: float, benefit: float, value: float) -> float:
    if benefit > 0:
        return max(0.0, difference) / benefit
    return 0.0 if difference <= rounding(value) else float("inf")


def _settled(formulation: Formulation, allocation: Allocation) -> Allocation:
    """Return an allocation whose columns of fairness follow from its pupils."""
    solution = settled(formulation, allocation.solution)
    if solution is allocation.solution:
        return allocation
    before = allocation.certificate
    certificate = certify(formulation.problem, solution, integer=before.integer)
    # what the links of levels prove stands in no table, so it counts as proved by the solver
    better = before.linked_bound if before.better_bound is None else before.better_bound
    better = max(min(better, before.linked_bound), certificate.value)
    certificate = replace(certificate, better_bound=better)
    return replace(allocation, solution=solution, certificate=certificate)


def _shortages(formulation: Formulation, taken: Taken, owing: Owing) -> tuple[Shortage, ...]:
    pieces, book = formulation.pieces, formulation.book
    law = statutory_rules(formulation)
    found = [
        Shortage(
            book.rules[rule],
            book.sites[site],
            pupils,
            cause=cause,
            statutory=book.rules[rule] in law,
        )
        for rule, site, cause, pupils in lacking_by_cause(formulation, taken, owing)
    ]
    lacking = np.flatnonzero((pieces.kind > Kind.SHORT) & (taken.piece > WHOLE))
    for piece in lacking.tolist():
        kind, amount = pieces.kind[piece], float(taken.piece[piece])
        site = book.sites[pieces.site[piece]] if pieces.site[piece] >= 0 else ""
        if kind == Kind.LACK:
            found.append(Shortage(book.rules[pieces.rule[piece]], site, amount))
        elif kind == Kind.BORROWED:
            role, period = book.roles[pieces.role[piece]], book.periods[pieces.period[piece]]
            found.append(Shortage(RUNNING, site, 0.0, role, period, amount))
    return tuple(found)


def _profiles(candidates: Candidates) -> pd.DataFrame:
    risks = candidates.risks
    outcomes = np.array(risks.outcomes, dtype=object)
    unit_ids = candidates.cohort.units["unit_id"].to_numpy(dtype=object)
    return pd.DataFrame(
        {
            "unit_id": np.repeat(unit_ids, outcomes.size),
            "outcome": np.tile(outcomes, unit_ids.size),
            "risk": risks.risk.ravel(),
            "standard_error": risks.standard_error.ravel(),
        }
    ).astype({"unit_id": "str", "outcome": "str"})
