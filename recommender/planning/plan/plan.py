"""The plan: who is offered which help, when, by whom, at what price, with what proof."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from recommender.allocation import Allocation, certify
from recommender.matching import Candidates, MatchingSettings, plan_error, promised
from recommender.planning.formulation.formulation import Formulation
from recommender.planning.formulation.labels import UNITS
from recommender.planning.formulation.limits import PieceKind, euros
from recommender.planning.formulation.rules.fairness import settled
from recommender.planning.plan.assignments import assignments_of, not_served_of
from recommender.planning.plan.in_notebook import html_of, line_of
from recommender.planning.plan.proof import rounding
from recommender.planning.plan.resources import resources_of, sessions_of
from recommender.planning.plan.summary import RUNNING, Shortage, Summary, Unmet
from recommender.planning.plan.unused_hours import STAFF_COLUMNS, staff_of_plan
from recommender.planning.selection.duties import (
    Duty,
    Owing,
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
from recommender.planning.selection.selection import WHOLE, Selection, selection_of
from recommender.planning.staffing.caseload import NOBODY, caseload_of, described
from recommender.risk.reporting.trust import TRUST_COLUMNS


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
        return line_of(self.summary)

    def _repr_html_(self) -> str:
        """Return the plan as a notebook shows it."""
        frames = ("assignments", "not_served", "sessions", "resources")
        return html_of(self.summary, {name: len(getattr(self, name)) for name in frames})

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


def untested_outcomes(plan: Plan) -> tuple[str, ...]:
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
    selection = selection_of(formulation, allocation.solution)
    assignments = assignments_of(formulation, selection, candidates, matching)
    waiting = waiting_of(formulation, selection)
    owing = owing_of(formulation, selection, candidates)
    if caseload is None:
        caseload = caseload_of(formulation, selection, candidates, in_turn=in_turn)
    caseload, told, selection = described(caseload, formulation, selection, candidates)
    discounted = selection.pupils * formulation.waited[formulation.offers.period[selection.offer]]
    benefit = float(assignments["benefit"].sum())
    certificate, solution = allocation.certificate, allocation.solution
    bound = certificate.plain_bound
    people, staff = formulation.units, formulation.staff
    owed = (people.rule >= 0) & people.agreed
    kind = formulation.pieces.kind
    summary = Summary(
        value=certificate.value,
        bound=bound,
        gap=_gap(bound - certificate.value, benefit, certificate.value),
        better_bound=certificate.better_bound,
        benefit=benefit,
        standard_error=plan_error(candidates, matching, selection.candidate, discounted),
        pupils=int(people.count.sum()),
        eligible=int(people.count[np.unique(candidates.unit)].sum()),
        served=float(selection.pupils.sum()),
        must_serve=int(people.count[owed].sum()),
        must_serve_met=float(
            selection.piece[kind == PieceKind.SERVED].sum() + people.count[owed & people.met].sum()
        ),
        hours_capacity=float(staff.hours @ staff.rate),
        hours_used=float(caseload["hours"][caseload["professional_id"] != NOBODY].sum()),
        cost=float(euros(formulation.pieces, formulation.terms) @ selection.piece),
        budget=formulation.settings.budget,
        status=solution.status,
        engine=solution.engine,
        seed=formulation.settings.seed,
        scenario=scenario,
        synthetic=synthetic,
        shortages=_shortages(formulation, selection, owing),
        cases=told.cases,
        cases_divided=told.divided,
        cases_unmatched=told.unmatched,
        cases_handed_over=told.handed_over,
        sessions_apart=told.apart,
        professionals_overloaded=told.overloaded,
        promise=promised(candidates, matching, selection.candidate, discounted),
        shortage_penalty=penalty_of(formulation, solution),
        bound_from=bound_from,
    )
    return Plan(
        summary=summary,
        assignments=assignments,
        not_served=not_served_of(formulation, selection, candidates, waiting, owing),
        sessions=sessions_of(formulation, selection),
        resources=resources_of(formulation, selection),
        caseload=caseload,
        memberships=memberships_of(formulation, solution.links, candidates.cohort.units["unit_id"]),
        profiles=_profiles(candidates),
        calibration=no_calibration() if candidates.risks.trust is None else candidates.risks.trust,
        staff=staff_of_plan(formulation, selection, candidates),
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


def _shortages(
    formulation: Formulation, selection: Selection, owing: Owing
) -> tuple[Shortage, ...]:
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
        for rule, site, cause, pupils in lacking_by_cause(formulation, selection, owing)
    ]
    lacking = np.flatnonzero((pieces.kind > PieceKind.SHORT) & (selection.piece > WHOLE))
    for piece in lacking.tolist():
        kind, amount = pieces.kind[piece], float(selection.piece[piece])
        site = book.sites[pieces.site[piece]] if pieces.site[piece] >= 0 else ""
        if kind == PieceKind.LACK:
            found.append(Shortage(book.rules[pieces.rule[piece]], site, amount))
        elif kind == PieceKind.BORROWED:
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
