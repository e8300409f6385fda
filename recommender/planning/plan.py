"""The plan: who is offered which help, when, by whom, at what price, with what proof."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True, slots=True)
class Shortage:
    """What a must-serve rule still lacks: pupils of one site that could not be offered help."""

    rule: str
    site: str
    pupils: float


@dataclass(frozen=True, slots=True)
class Summary:
    """The headline of a plan.

    Attributes:
        value: objective of the plan (benefit after waiting discount, less the cost of shortages).
        bound: no plan within these hours can have a higher objective (proved from the prices).
        gap: (bound - value) / benefit of the plan; 0.01 is one per cent.
        better_bound: a tighter bound proved with a solver, or None.
        benefit, standard_error: expected weighted adverse outcomes averted, and its error when all
            pupils share one draw of every effect.
        pupils, eligible, served: numbers of pupils (segments count their pupils).
        must_serve, must_serve_met: pupils under a statutory rule, and how many are served.
        hours_capacity, hours_used: over all roles, sites and periods.
        cost, budget: euros; budget None is no limit.
        status: optimal | gap | stopped.  engine: what solved it.  seed: of every random choice.
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


@dataclass(frozen=True, eq=False, slots=True)
class Plan:
    """A proposal; professionals decide.

    Frames are sorted by their first columns, floats are finite, texts never missing.

    Attributes:
        assignments: unit_id, site, intervention, period (start), units, benefit, standard_error,
            price_paid, net_value, runner_up, status, bundle ("a+b"): one row per unit, bundle and
            intervention; benefit and price_paid add up over the rows of a bundle and are totals for
            ``units`` pupils.
        not_served: unit_id, site, reason, best_alternative, benefit_forgone.
        sessions: intervention, site, period, groups, pupils, grade (of a class, else "").
        resources: resource (hours|places|quorum|budget|must_serve|cap), role, site, period, unit
            (hour|place|pupil|euro), capacity, used, price, intervention, rule, grade: one row for
            every row of the model.
        caseload: professional_id, role, site, period, case (a unit_id, or a session written
            "intervention/site/period/grade"), hours, intervention.
        profiles: unit_id, outcome, risk, standard_error: the risks the plan was made with.
    """

    summary: Summary
    assignments: pd.DataFrame
    not_served: pd.DataFrame
    sessions: pd.DataFrame
    resources: pd.DataFrame
    caseload: pd.DataFrame
    profiles: pd.DataFrame
