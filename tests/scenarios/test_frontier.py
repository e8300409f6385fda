"""More hours never hurt and bring ever less; prediction and targeting are counted honestly."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.allocation import Effort, solve
from recommender.errors import UsageError
from recommender.evaluation.sharpness import (
    Sharpness,
    expected_auc,
    log_score,
    predicted,
    true_risks,
)
from recommender.inputs.policy import CapacityChange
from recommender.matching import match
from recommender.planning import formulate
from recommender.risk import RiskProfiles
from recommender.scenarios.changes import change_capacity
from recommender.scenarios.frontier import LEVELS, Frontier, frontier, resource_named

GRID = (-0.5, -0.2, 0.1, 0.5, 1.0)


@pytest.fixture(scope="module")
def line(region) -> Frontier:
    return frontier(region.inputs, ("teacher", "social_worker"), GRID, region.settings,
                    risks=region.risks)  # fmt: skip


def test_more_hours_never_hurt_and_each_brings_less_than_the_one_before(line: Frontier) -> None:
    hours, benefit = line.points["hours"].to_numpy(), line.points["benefit"].to_numpy()
    slope = np.diff(benefit) / np.diff(hours)
    assert (slope >= -1e-9).all()
    assert (np.diff(slope) <= 1e-7).all()


def test_the_price_of_an_hour_lies_between_the_slopes_beside_it(line: Frontier) -> None:
    hours, benefit = line.points["hours"].to_numpy(), line.points["benefit"].to_numpy()
    slope, price = np.diff(benefit) / np.diff(hours), line.points["price"].to_numpy()
    assert (price[:-1] >= slope - 1e-6).all()
    assert (price[1:] <= slope + 1e-6).all()


def test_today_is_among_the_points_and_is_the_relaxation_of_the_plan(region, line) -> None:
    today = line.points[line.points["change"] == 0.0].iloc[0]
    candidates = match(
        region.inputs.cohort, region.inputs.catalogue, region.risks, region.settings.matching
    )
    problem = formulate(candidates, region.inputs.resources, region.settings.limits).problem
    alone = solve(problem, Effort(whole=False)).certificate
    # More groups may run in parts where there could be more hours; never fewer.
    assert today["benefit"] >= alone.value - 1e-6
    assert today["benefit"] == pytest.approx(alone.value, rel=0.05)


def test_hours_of_everything_in_the_range_are_those_of_the_staff(region, line: Frontier) -> None:
    staff = region.inputs.resources.professionals
    roles = staff["role"].str.split(";").map(set)
    mine = roles.map(lambda names: bool(names & {"teacher", "social_worker"}))
    today = float(staff.loc[mine, "hours"].sum())
    assert line.points["hours"].to_numpy() == pytest.approx(
        today * (1 + line.points["change"].to_numpy())
    )


def test_hours_used_never_exceed_what_there_is(region, line: Frontier) -> None:
    total = float(region.inputs.resources.professionals["hours"].sum())
    there = total + line.points["more_hours"].to_numpy()
    assert (line.points["hours_used"].to_numpy() <= there + 1e-6).all()


def test_a_scenario_of_the_same_change_has_the_same_optimum(region, line: Frontier) -> None:
    """At the widest point the problem is the scenario's own, group limits and all."""
    resources = region.inputs.resources
    for role in ("teacher", "social_worker"):
        resources = change_capacity(resources, CapacityChange(role=role, scale=2.0))
    candidates = match(
        region.inputs.cohort, region.inputs.catalogue, region.risks, region.settings.matching
    )
    problem = formulate(candidates, resources, region.settings.limits).problem
    alone = solve(problem, Effort(whole=False)).certificate.value
    assert line.points["benefit"].iloc[-1] == pytest.approx(alone, rel=1e-6)


def test_the_model_lies_between_knowing_nothing_and_knowing_all(line: Frontier) -> None:
    table = line.predictions.set_index("level")
    assert table.loc["everybody alike", "auc"] == pytest.approx(0.5, abs=0.02)
    assert table["auc"].idxmax() == "true risks"
    assert table.loc["true risks", "benefit"] == table["benefit"].max()
    assert table.loc["true risks", "log_score"] == table["log_score"].max()
    assert line.from_auc == table.loc["the model", "auc"]
    assert line.to_auc is None or line.to_auc >= line.from_auc


def test_nobody_targets_better_than_the_plan_and_spending_evenly_gains_nothing(
    line: Frontier,
) -> None:
    areas = line.areas.set_index("rule")
    assert areas["area"].idxmax() == "plan"
    assert areas.loc["lot", "lift"] == 0.0
    assert areas.loc["plan", "share"] == 1.0
    curves = line.targeting.pivot_table(index="cost", columns="rule", values="benefit")
    for rule in ("highest_risk", "site_averages", "lot"):
        assert (curves["plan"] >= curves[rule] - 1e-9).all(), rule
    assert (np.diff(curves["plan"], n=2) <= 1e-9).all()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("teecher", "did you mean teacher?"),
        ("teacher@wintr", "did you mean winter?"),
        ("teacher@winter@spring", "names two periods"),
    ],
)
def test_mistyped_hours_say_what_was_meant(region, text: str, said: str) -> None:
    with pytest.raises(UsageError) as error:
        resource_named(text, region.inputs)
    assert said in str(error.value)


def test_hours_are_named_by_role_site_and_period_in_any_order(region) -> None:
    expected = CapacityChange(role="teacher", site="s01", period="winter")
    assert resource_named("teacher@s01@winter", region.inputs) == expected
    assert resource_named("teacher@winter@s01", region.inputs) == expected
    assert resource_named("all", region.inputs) == CapacityChange()


def test_hours_that_nobody_has_are_refused(region) -> None:
    staff = region.inputs.resources.professionals
    nobody = replace(
        region.inputs, resources=replace(region.inputs.resources, professionals=staff.iloc[:0])
    )
    with pytest.raises(UsageError, match="nobody has hours of teacher"):
        frontier(nobody, ("teacher",), (0.5,), region.settings, risks=region.risks)


RISKS = RiskProfiles(
    outcomes=("x",),
    risk=np.random.default_rng(3).beta(2, 8, size=(4000, 1)),
    standard_error=np.full((4000, 1), 0.08),
    origin=("model",),
)


@pytest.mark.parametrize("revealed", [0.0, 0.3, 1.0])
def test_sharper_predictions_stay_calibrated(revealed: float) -> None:
    truth, drawn = true_risks(RISKS, 0)
    known = predicted(RISKS, Sharpness(revealed=revealed), drawn, 1)
    for part in np.array_split(np.argsort(known[:, 0]), 5):
        assert known[part].mean() == pytest.approx(truth[part].mean(), abs=0.012)


@pytest.mark.parametrize("kept", [0.0, 0.5, 0.9])
def test_blunter_predictions_stay_calibrated(kept: float) -> None:
    known = predicted(RISKS, Sharpness(kept=kept), np.zeros_like(RISKS.risk), 1)
    for part in np.array_split(np.argsort(known[:, 0]), 5):
        assert known[part].mean() == pytest.approx(RISKS.risk[part].mean(), abs=0.02)


def test_the_more_is_known_the_better_cases_are_told_from_others() -> None:
    truth, drawn = true_risks(RISKS, 0)
    found = [
        expected_auc(predicted(RISKS, sharpness, drawn, 1)[:, 0], truth[:, 0])
        for sharpness in LEVELS.values()
    ]
    assert found[0] == pytest.approx(0.5)
    assert (np.diff(found) > 0.005).all()


def test_all_revealed_is_the_truth_and_all_kept_the_model() -> None:
    truth, drawn = true_risks(RISKS, 0)
    assert predicted(RISKS, Sharpness(revealed=1.0), drawn, 1) == pytest.approx(truth, abs=1e-9)
    assert predicted(RISKS, Sharpness(), drawn, 1) is RISKS.risk


@given(st.lists(st.tuples(st.integers(0, 5), st.floats(0.01, 0.99)), min_size=2, max_size=12))
def test_auc_is_the_share_of_pairs_ranked_right(pairs: list[tuple[int, float]]) -> None:
    prediction = np.array([p for p, _ in pairs], dtype=float)
    truth = np.array([t for _, t in pairs])
    case, other = truth[:, None], (1 - truth)[None, :]
    right = (prediction[:, None] > prediction[None, :]) + 0.5 * (
        prediction[:, None] == prediction[None, :]
    )
    assert expected_auc(prediction, truth) == pytest.approx(
        float((case * other * right).sum() / (case * other).sum())
    )


def test_the_truth_has_the_best_log_score() -> None:
    truth, drawn = true_risks(RISKS, 0)
    best = log_score(truth[:, 0], truth[:, 0])
    assert best > log_score(predicted(RISKS, Sharpness(), drawn, 1)[:, 0], truth[:, 0])
