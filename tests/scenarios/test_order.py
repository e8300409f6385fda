"""Scenarios that only tighten others are never better than they, nor less closely proven."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from recommender.allocation import certify
from recommender.inputs.policy import CapacityChange, Change
from recommender.pipeline import verify
from recommender.scenarios.compare import Compared, _written_again, compare
from recommender.scenarios.order import consistent_runs, within
from recommender.scenarios.solve import Run, run_scenarios


def by_name(runs: tuple[Run, ...]) -> dict[str, Run]:
    return {run.name: run for run in runs}


def poor(run: Run) -> Run:
    """A run whose search found nothing but what everybody must have: no help, all shortages."""
    solution = run.allocation.solution
    start = run.formulation.problem.start
    lacks = solution.columns >= start[run.formulation.spans.borrowed]
    empty = replace(solution, columns=solution.columns[lacks], quantity=solution.quantity[lacks])
    short = np.arange(start[run.formulation.spans.shortages], start[run.formulation.spans.borrowed])
    limit = run.formulation.problem.limit[
        run.formulation.spans.shortages : run.formulation.spans.borrowed
    ]
    way = solution.columns[
        (solution.columns >= start[run.formulation.spans.staff])
        & (solution.columns < start[run.formulation.spans.shortages])
    ]
    spent = solution.quantity[np.isin(solution.columns, way)]
    columns = np.concatenate([way, short[limit > 0], empty.columns])
    quantity = np.concatenate([spent, limit[limit > 0], empty.quantity])
    found = replace(solution, columns=columns, quantity=quantity)
    certificate = certify(run.formulation.problem, found)
    return _written_again(
        replace(run, allocation=replace(run.allocation, solution=found, certificate=certificate))
    )


def test_which_scenarios_lie_within_which(compared: Compared) -> None:
    runs = by_name(compared.runs)
    inside = {
        (one, other)
        for one in runs
        for other in runs
        if one != other and within(runs[one], runs[other])
    }
    tight = ["little_money", "fewer_hours"]
    assert inside == {
        *((one, other) for one in tight for other in ("base", "same", "more_hours")),
        ("little_money", "fewer_hours"),
        ("base", "same"), ("same", "base"), ("base", "more_hours"), ("same", "more_hours"),
    }  # fmt: skip


def test_a_tighter_scenario_is_not_better_and_not_less_proven(compared: Compared) -> None:
    runs = by_name(compared.runs)
    sides = {side.name: side for side in compared.comparison.sides}
    for one in runs.values():
        for other in runs.values():
            if one is other or not within(one, other):
                continue
            assert one.plan.summary.value <= other.plan.summary.value + 1e-6
            assert one.plan.summary.best_bound <= other.plan.summary.best_bound + 1e-6
            if sides[one.name].short == sides[other.name].short == 0:
                assert sides[one.name].benefit <= sides[other.name].benefit + 1e-6
                assert sides[one.name].bound <= sides[other.name].bound + 1e-6


def test_a_poor_search_takes_the_plan_of_a_tighter_scenario(compared: Compared) -> None:
    runs = by_name(compared.runs)
    bad = poor(runs["base"])
    assert bad.plan.summary.value < runs["fewer_hours"].plan.summary.value
    found = by_name(
        consistent_runs((bad, runs["fewer_hours"], runs["little_money"]), _written_again)
    )
    base = found["base"]
    assert base.plan_from == "fewer_hours"
    assert base.plan.summary.value == pytest.approx(runs["fewer_hours"].plan.summary.value)
    assert base.plan.summary.bound == bad.plan.summary.bound
    assert verify(base.plan, base.inputs, base.settings) == ()
    assert found["fewer_hours"].plan_from == ""


def test_a_loose_bound_gives_way_to_that_of_a_looser_scenario(compared: Compared) -> None:
    runs = by_name(compared.runs)
    tight = runs["fewer_hours"]
    summary = replace(
        tight.plan.summary, better_bound=None, bound=runs["base"].plan.summary.bound + 5
    )
    bad = replace(tight, plan=replace(tight.plan, summary=summary), bound_from="")
    others = (runs["base"], runs["lessons"], runs["few"])
    found = by_name(consistent_runs((*others, bad), _written_again))["fewer_hours"]
    lowest = runs["base"].plan.summary.best_bound
    assert found.bound_from == found.plan.summary.bound_from == "base"
    assert found.plan.summary.best_bound == pytest.approx(lowest)
    assert found.plan.summary.bound == summary.bound
    alone = by_name(consistent_runs((runs["lessons"], bad), _written_again))["fewer_hours"]
    assert alone.bound_from == ""


def test_what_is_taken_over_is_said(region) -> None:
    changes = tuple(
        Change(
            id=f"s{number}",
            capacity=(CapacityChange(scale=scale),),
            budget=budget,
        )
        for number, (scale, budget) in enumerate([(0.9, 9000.0), (0.9, 400.0), (0.5, 400.0)])
    )
    policy = replace(region.inputs.policy, scenarios=changes)
    inputs = replace(region.inputs, policy=policy)
    names = tuple(change.id for change in changes)
    found = compare(inputs, names, (), region.settings, risks=region.risks)
    values = [run.plan.summary.value for run in found.runs]
    bounds = [run.plan.summary.best_bound for run in found.runs]
    assert values == sorted(values, reverse=True)
    assert all(low <= high + 1e-9 for high, low in pairwise(bounds))
    raw = by_name(run_scenarios(inputs, names, region.settings, risks=region.risks))
    for run, side in zip(found.runs, found.comparison.sides, strict=True):
        assert (side.plan_from, side.bound_from) == (run.plan_from, run.bound_from)
        assert verify(run.plan, run.inputs, run.settings) == ()
        lowered = run.plan.summary.best_bound < raw[run.name].plan.summary.best_bound - 1e-6
        assert lowered == bool(run.bound_from)
