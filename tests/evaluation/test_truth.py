"""On an invented region, where the truth is known: the plan beats what people do without it."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from recommender.allocation import Allocation, Effort, certify, solve
from recommender.evaluation import (
    Truth,
    benefit_per_hour,
    delivered,
    first_come,
    follow,
    highest_risk,
)
from recommender.evaluation.baselines import Baseline, at_random
from recommender.inputs.readers.catalogue_file import read_catalogue
from recommender.inputs.readers.policy_file import read_policy
from recommender.inputs.workspace import read_workspace
from recommender.matching import Candidates, MatchingSettings, match
from recommender.planning import Formulation, LimitSettings, Plan, formulate, plan_of
from recommender.risk import RiskSettings, assess_risk
from recommender.simulation import write_simulation

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Known:
    """A region whose truth is known, and the plan made for it without knowing."""

    candidates: Candidates
    formulation: Formulation
    matching: MatchingSettings
    allocation: Allocation
    plan: Plan
    truth: Truth
    need: np.ndarray

    def baselines(self) -> tuple[Baseline, ...]:
        """What people do without a plan."""
        return (
            highest_risk(self.formulation, self.need),
            first_come(self.formulation, 1),
            at_random(self.formulation, 1),
            benefit_per_hour(self.formulation),
        )

    def delivers(self, solution) -> float:
        """What a choice truly averts."""
        return delivered(self.formulation, self.candidates, solution, self.matching, self.truth)


def known(folder: Path, pupils: int, seed: int) -> Known:
    """A simulated region, planned for from its tables alone."""
    for name in ("planning.yaml", "interventions.yaml"):
        shutil.copy(ROOT / name, folder / name)
    policy = read_policy(folder / "planning.yaml")
    catalogue = read_catalogue(folder / "interventions.yaml")
    write_simulation(folder, pupils, seed, policy, catalogue, with_truth=True)
    inputs = read_workspace(folder)
    settings = replace(RiskSettings.of(policy), boosting=False)
    risks = assess_risk(inputs.cohort, policy.outcomes, settings)
    matching = MatchingSettings.of(policy)
    candidates = match(inputs.cohort, inputs.catalogue, risks, matching)
    formulation = formulate(candidates, inputs.resources, LimitSettings.of(policy))
    allocation = solve(formulation.problem, Effort(gap=0.05, seconds=60))
    return Known(
        candidates=candidates,
        formulation=formulation,
        matching=matching,
        allocation=allocation,
        plan=plan_of(formulation, allocation, candidates, matching),
        truth=Truth.of(
            pd.read_csv(folder / "truth" / "risks.csv"),
            pd.read_csv(folder / "truth" / "effects.csv"),
            inputs.catalogue,
            inputs.cohort.units["unit_id"],
            policy.outcomes,
        ),
        need=risks.risk @ np.array([outcome.weight for outcome in policy.outcomes]),
    )


@pytest.fixture(scope="module")
def region(tmp_path_factory: pytest.TempPathFactory) -> Known:
    return known(tmp_path_factory.mktemp("region"), 700, seed=4)


@pytest.mark.slow
def test_every_policy_keeps_every_rule_and_stays_below_the_bound_of_the_plan(region: Known) -> None:
    bound = region.plan.summary.bound
    for policy in region.baselines():
        certificate = certify(region.formulation.problem, follow(region.formulation, policy))
        assert certificate.integer
        assert 0 < certificate.value <= bound, policy.name


@pytest.mark.slow
def test_the_plan_truly_averts_more_than_any_policy(region: Known) -> None:
    plan = region.delivers(region.allocation.solution)
    for policy in region.baselines():
        theirs = region.delivers(follow(region.formulation, policy))
        print(f"{policy.name}: {theirs:.1f} against {plan:.1f} of the plan")
        assert plan > theirs, policy.name


@pytest.mark.slow
def test_what_the_plan_promises_is_within_its_own_error_of_what_it_delivers(region: Known) -> None:
    summary = region.plan.summary
    real = region.delivers(region.allocation.solution)
    print(f"promised {summary.benefit:.1f} ± {summary.standard_error:.1f}, delivered {real:.1f}")
    assert abs(summary.benefit - real) <= 2.5 * summary.standard_error


@pytest.mark.slow
def test_a_policy_is_the_same_every_time(region: Known) -> None:
    first, again = (follow(region.formulation, first_come(region.formulation, 7)) for _ in range(2))
    assert first.columns.tolist() == again.columns.tolist()
    assert first.quantity.tolist() == again.quantity.tolist()


@pytest.mark.slow
def test_over_many_regions_the_promise_is_right_on_average(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    scores = []
    for seed in range(8):
        found = known(tmp_path_factory.mktemp("region"), 700, seed)
        scores.append(
            (
                found.plan.summary.benefit,
                found.delivers(found.allocation.solution),
                found.plan.summary.standard_error,
            )
        )
    promised, real, error = np.array(scores).T
    print(f"promised {promised.mean():.2f}, delivered {real.mean():.2f}")
    z = (promised - real) / error
    assert abs(z.mean()) <= 3 / np.sqrt(z.size)


@pytest.mark.slow
def test_over_twenty_regions_the_promise_is_within_five_per_cent_of_what_is_delivered(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    table = []
    for seed in range(20):
        found = known(tmp_path_factory.mktemp("region"), 700, seed)
        summary = found.plan.summary
        row = (summary.benefit, summary.promise, found.delivers(found.allocation.solution))
        table.append(row)
        print(f"{seed:>2}  benefit {row[0]:6.2f}  promise {row[1]:6.2f}  delivered {row[2]:6.2f}")
    benefit, promise, real = np.array(table).mean(axis=0)
    print(f"mean  benefit {benefit:.2f}  promise {promise:.2f}  delivered {real:.2f}")
    assert abs(promise / real - 1) <= 0.05
    assert abs(promise - real) < abs(benefit - real)
