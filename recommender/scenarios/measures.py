"""Sides: runs and policies as numbers that stand beside each other."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from recommender.evaluation.baselines import hours_by_role
from recommender.evaluation.shares import (
    Given,
    by_decile,
    by_group,
    eligible_of,
    gini,
    worst_of,
)
from recommender.matching import benefit_parts, plan_error
from recommender.planning.formulation.indexing import Floats
from recommender.planning.selection.selection import Selection, selection_of
from recommender.scenarios.comparison import Side, SideKind, shortages_of
from recommender.scenarios.solve import Run

INTERVAL = 1.6448536269514722
"""Standard errors on either side of an interval that holds 90 %."""


@dataclass(frozen=True, eq=False, slots=True)
class Judged:
    """A run, or one draw of a policy, with what it gives to whom.

    Attributes:
        run: the run; of a policy, the run of its scenario with the choice of the policy.
        taken: its choice of columns read back.
        common: (offered,) benefit at the weights of the base, of all pupils of the offer.
        given: what units are given, at the weights of the base.
    """

    run: Run
    taken: Selection
    common: Floats
    given: Given


def judge(run: Run, base: Run) -> Judged:
    """Return what a run gives to whom.

    Args:
        run: the run.
        base: the run whose weights are the yardstick.
    """
    formulation, candidates = run.formulation, run.candidates
    selection = selection_of(formulation, run.allocation.solution)
    weights = base.settings.matching.weights
    matching = replace(run.settings.matching, weights=weights)
    if matching == run.settings.matching:
        common = formulation.benefit[selection.column] * selection.pupils
    else:
        parts = benefit_parts(candidates, matching, selection.candidate).sum(axis=1)
        start = formulation.offers.period[selection.offer]
        common = parts * formulation.waited[start] * selection.pupils
    units = len(candidates.cohort.units)
    need = base.candidates.risks.risk @ np.array([weight for _, weight in weights])
    return Judged(
        run=run,
        taken=selection,
        common=np.asarray(common),
        given=Given(
            pupils=formulation.units.count,
            served=_by_unit(selection, selection.pupils, units),
            benefit=_by_unit(selection, np.asarray(common), units),
            need=need,
        ),
    )


def _by_unit(selection: Selection, amount: Floats, units: int) -> Floats:
    total = np.bincount(selection.unit, weights=amount, minlength=units)
    return np.asarray(total, dtype=np.float64)


def error_of_difference(one: Judged, other: Judged) -> float | None:
    """Return the standard error of what one gives more than the other; None if they choose from
    other candidates or with other weights."""
    if one.run.candidates is not other.run.candidates:
        return None
    if one is other:
        return 0.0
    chosen, quantity = zip(*(_discounted(judged) for judged in (one, other)), strict=True)
    return plan_error(
        one.run.candidates,
        one.run.settings.matching,
        np.concatenate(chosen),
        np.concatenate([quantity[0], -quantity[1]]),
    )


def _discounted(judged: Judged) -> tuple[np.ndarray, Floats]:
    formulation, taken = judged.run.formulation, judged.taken
    waited = formulation.waited[formulation.offers.period[taken.offer]]
    return taken.candidate, taken.pupils * waited


@dataclass(frozen=True, eq=False, slots=True)
class SideTables:
    """A side with its rows of the tables of a comparison."""

    side: Side
    deciles: pd.DataFrame
    hours: pd.DataFrame
    groups: pd.DataFrame
    shortages: pd.DataFrame


def side_of(
    kind: SideKind, name: str, title: str, draws: tuple[Judged, ...], base: Judged, seconds: float
) -> SideTables:
    """Return a side and its tables, averaged over the draws of a policy.

    Args:
        kind, name, title: as of ``Side``.
        draws: a run, or every draw of a policy.
        base: what the side is held against.
        seconds: how long one draw took.
    """
    first = draws[0]
    plans = [judged.run.plan for judged in draws]
    summary = first.run.plan.summary

    def mean(numbers: list[float]) -> float:
        return float(np.mean(numbers))

    def averaged(tables: list[pd.DataFrame], keys: list[str]) -> pd.DataFrame:
        whole = pd.concat(tables, ignore_index=True)
        found = whole.groupby(keys, sort=True).sum().reset_index()
        numbers = [column for column in found.columns if column not in keys]
        found[numbers] = found[numbers] / len(tables)
        found.insert(0, "side", name)
        return found

    benefit = mean([plan.summary.benefit for plan in plans])
    error = mean([plan.summary.standard_error for plan in plans])
    common = [float(judged.common.sum()) for judged in draws]
    deciles = averaged([by_decile(judged.given) for judged in draws], ["decile"])
    groups = averaged(
        [by_group(judged.given, judged.run.candidates.cohort) for judged in draws],
        ["column", "group"],
    )
    worst = worst_of(groups)
    hours = averaged([_hours(judged) for judged in draws], ["role"])
    fair = []
    for judged in draws:
        there = eligible_of(judged.given.pupils.size, judged.run.candidates.unit)
        fair.append(gini(judged.given.benefit[there], judged.given.pupils[there]))
    needs = mean([float(judged.given.need @ judged.given.pupils) for judged in draws])
    proof = base.run.plan.summary.proof if kind == "policy" else summary.proof
    held = base.run.plan.summary if kind == "policy" else summary
    bound = held.best_counted_bound
    value = mean([plan.summary.counted for plan in plans])
    gap = max(0.0, bound - value) / benefit if benefit > 0 else float(bound > value)
    if kind == "scenario":
        gap = proof.gap
    used = mean([plan.summary.hours_used for plan in plans])
    side = Side(
        kind=kind,
        name=name,
        title=title,
        scenario=first.run.name if kind == "scenario" else base.run.name,
        benefit=benefit,
        common_benefit=mean(common),
        standard_error=error,
        low=benefit - INTERVAL * error,
        high=benefit + INTERVAL * error,
        difference=mean(common) - float(base.common.sum()),
        difference_error=error_of_difference(first, base),
        spread=float(np.std(common, ddof=1)) if len(draws) > 1 else 0.0,
        draws=len(draws),
        pupils=summary.pupils,
        eligible=summary.eligible,
        served=mean([plan.summary.served for plan in plans]),
        must_serve=summary.must_serve,
        must_serve_met=mean([plan.summary.must_serve_met for plan in plans]),
        short=mean([sum(s.pupils for s in plan.summary.shortages) for plan in plans]),
        short_hours=mean([sum(s.hours for s in plan.summary.shortages) for plan in plans]),
        hours_capacity=summary.hours_capacity,
        hours_used=used,
        hours_left=summary.hours_capacity - used,
        cost=mean([plan.summary.cost for plan in plans]),
        budget=summary.budget,
        gini=mean(fair),
        worst_column=worst[0],
        worst_group=worst[1],
        worst_share=worst[2],
        share=mean(common) / needs if needs > 0 else 0.0,
        bound=bound,
        gap=gap,
        status=summary.status if kind == "scenario" else "policy",
        seconds=seconds,
        begun_from=first.run.begun_from if kind == "scenario" else "",
        plan_from=first.run.plan_from,
        bound_from=(base if kind == "policy" else first).run.bound_from,
        proof=proof.kind,
    )
    return SideTables(side, deciles, hours, groups, shortages_of(name, summary.shortages))


def _hours(judged: Judged) -> pd.DataFrame:
    """Return role, capacity, used, left, pupils: of the people handed in with each role."""
    table = judged.run.plan.staff
    found = table.groupby("role", sort=True)[["capacity", "used"]].sum().reset_index()
    found["left"] = found["capacity"] - found["used"]
    formulation, taken = judged.run.formulation, judged.taken
    takes = hours_by_role(formulation)[:, taken.offer] > 0
    roles = formulation.book.roles
    pupils = []
    for names in found["role"].str.split(";").tolist():
        mine = takes[[roles.index(name) for name in names if name in roles]].any(axis=0)
        pupils.append(float(mine @ taken.pupils))
    return found.assign(pupils=pd.Series(pupils, index=found.index, dtype="float64"))
