"""Stability by Monte Carlo: how often each offer stays when effects and risks turn out otherwise.

In every draw the plan is made again with the drawn benefits: in whole pupils and groups, by the
engine of prices, with a loose gap.  It begins from the prices of the plan and not from its choice:
in most draws other groups are worth running, and to look near the old ones first takes longer than
all the rest.  A relaxation would be quicker, but it
offers parts of pupils where the plan offers none, so offers would seem to go that stay.  The new
plan counts only where it is better than this one by more than the gap this one was proven within:
below that the two could not be told apart without a draw either.  Who may be offered what, and the
floors of fairness in benefit, stay those of the plan.
(Probabilistic sensitivity analysis, as in K. Claxton and others, Health Economics 14, 2005.)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd

from recommender.allocation import (
    Allocation,
    AllocationProblem,
    Effort,
    NoPlan,
    Solution,
    Start,
    solve,
    start_from,
)
from recommender.allocation.model.problem import objective
from recommender.matching import Candidates, MatchingSettings, cautious, drawn_benefits
from recommender.planning.formulation.formulation import Formulation
from recommender.planning.formulation.indexing import Floats
from recommender.planning.formulation.labels import bundle_names, named
from recommender.planning.plan.plan import Plan
from recommender.planning.selection.selection import Selection, selection_of

GAP = 0.05
"""A draw is planned to within this share of its best, or to the gap asked for if wider; within 2 %
the same offers stay on the shipped region, and every draw takes half as long again."""

INTERVAL = (0.05, 0.95)


def with_stability(
    plan: Plan,
    formulation: Formulation,
    allocation: Allocation,
    candidates: Candidates,
    matching: MatchingSettings,
    draws: int,
    effort: Effort,
    progress: Callable[[str], None] | None = None,
) -> Plan:
    """Return a plan with the column ``stays`` and the interval of what it delivers.

    Args:
        plan: the plan.
        formulation, allocation: what was solved.
        candidates, matching: what it was formulated from.
        draws: how many, at least 1.
        effort: how hard to try in every draw, and the seed of the draws.
        progress: called before every draw.

    Raises:
        ValueError: for no draws.
    """
    if draws < 1:
        raise ValueError(f"draws is {draws}; use 1 or more")
    selection = selection_of(formulation, allocation.solution)
    quantity = selection.pupils * formulation.waited[formulation.offers.period[selection.offer]]
    effort = replace(effort, gap=max(effort.gap, GAP))
    stays, totals = np.zeros(selection.column.size), np.zeros(draws)
    benefits = drawn_benefits(candidates, matching, draws, effort.seed)
    for draw, benefit in enumerate(benefits):
        if progress is not None:
            progress(f"planning in draw {draw + 1} of {draws}")
        totals[draw] = float(benefit[selection.candidate] @ quantity)
        counts = cautious(benefit, candidates.standard_error, candidates.caution)
        value = formulation.problem.value.copy()
        value[: formulation.candidate.size] = formulation.value_of(counts)
        problem = replace(formulation.problem, value=value)
        again = _again(problem, allocation, effort)
        stays += _kept(formulation, selection, again)
    low, high = np.quantile(totals, INTERVAL).tolist()
    return replace(
        plan,
        summary=replace(plan.summary, draws=draws, benefit_low=low, benefit_high=high),
        assignments=plan.assignments.assign(
            stays=_per_line(plan, formulation, candidates, selection, stays / draws)
        ),
    )


def _again(problem: AllocationProblem, allocation: Allocation, effort: Effort) -> Solution:
    """Return the plan of a draw, or the plan's own choice where that is as good as any found."""
    own, certificate = allocation.solution, allocation.certificate
    unproven = max(certificate.best_bound - certificate.value, 0.0) + 1e-9 * abs(certificate.value)
    try:
        known = start_from(own, problem)
        start = Start(known.price, links=known.links)
        found = solve(problem, effort, "prices", start=start, in_any_case=False)
    except NoPlan:
        return own
    value = objective(problem, own.columns, own.quantity)
    return found.solution if found.certificate.value > value + unproven else own


def _kept(formulation: Formulation, selection: Selection, again: Solution) -> Floats:
    """Return (offered,) the share of its pupils to whom each offer is made again."""
    pupils = np.zeros(formulation.candidate.size)
    mine = again.columns < formulation.candidate.size
    pupils[again.columns[mine]] = again.quantity[mine]
    return np.asarray(np.minimum(np.rint(pupils[selection.column]) / selection.pupils, 1.0))


def _per_line(
    plan: Plan,
    formulation: Formulation,
    candidates: Candidates,
    selection: Selection,
    share: Floats,
) -> Floats:
    """Return (lines of assignments,) the share of the offer that each line is part of."""
    keys = ["unit_id", "bundle", "period"]
    offers = pd.MultiIndex.from_arrays(
        [
            candidates.cohort.units["unit_id"].to_numpy(dtype=object)[selection.unit],
            bundle_names(candidates)[candidates.bundle[selection.candidate]],
            named(formulation.book.periods, formulation.offers.period[selection.offer]),
        ],
        names=keys,
    )
    lines = pd.MultiIndex.from_frame(plan.assignments[keys].astype(object))
    return np.asarray(share[offers.get_indexer(lines)], dtype=np.float64)
