"""Benefit by hand, its parts, and its errors against simulation."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.matching import (
    benefit_by_outcome,
    benefit_error,
    benefit_parts,
    bundle_name,
    draw_benefit,
    match,
    plan_error,
)
from recommender.matching.benefit import joint_gain, shares

GAINS = st.lists(st.floats(-1, 1), min_size=1, max_size=4)


def rd(world, value, outcome="reading", error=0.02):
    return world.effect(outcome, "risk_difference", value, error)


def named(candidates):
    return {
        (int(unit), bundle_name(candidates, int(bundle))): number
        for number, (unit, bundle) in enumerate(
            zip(candidates.unit, candidates.bundle, strict=True)
        )
    }


@pytest.fixture
def pair(world):
    """Two interventions that meet on reading; one also touches absence."""
    offered = world.catalogue(
        world.intervention("a", rd(world, 0.1), rd(world, 0.04, "absence"), rate=0.5, hours=2),
        world.intervention("b", rd(world, 0.08, error=0.03), role="nurse"),
    )
    profile = world.risks([[0.4, 0.3]], ("reading", "absence"), error=[[0.1, 0.05]])
    settings = world.settings({"reading": 2.0, "absence": 5.0})
    return match(world.cohort(1), offered, profile, settings), settings


def test_benefit_is_weight_times_gain_times_reach_with_the_weaker_gain_halved(pair):
    candidates, _ = pair
    row = named(candidates)
    assert candidates.benefit[row[0, "a"]] == pytest.approx(2 * 0.05 + 5 * 0.02)
    assert candidates.benefit[row[0, "b"]] == pytest.approx(2 * 0.08)
    assert candidates.benefit[row[0, "a+b"]] == pytest.approx(2 * (0.08 + 0.025) + 5 * 0.02)


def test_the_error_adds_up_squares_of_effects_on_their_scale(pair):
    candidates, settings = pair
    row = named(candidates)
    # The risk itself has no part in a risk difference that is not held at 0.
    expected = {
        "a": np.hypot(2 * 0.5 * 0.02, 5 * 0.5 * 0.02),
        "b": 2 * 0.03,
        "a+b": np.sqrt((2 * 0.25 * 0.02) ** 2 + (5 * 0.5 * 0.02) ** 2 + (2 * 0.03) ** 2),
    }
    for name, error in expected.items():
        assert candidates.standard_error[row[0, name]] == pytest.approx(error, rel=1e-6)
    which = np.arange(len(candidates.unit))
    assert benefit_error(candidates, settings, which) == pytest.approx(
        candidates.standard_error, rel=1e-6
    )


def test_a_null_effect_keeps_its_error(world):
    offered = world.catalogue(
        world.intervention(
            "a", world.effect(value=0.0, error=0.1), world.effect("absence", value=1)
        )
    )
    profile = world.risks([[0.5, 0.1]], ("reading", "absence"))
    weights = {"reading": 1.0, "absence": 0.0001}
    found = match(world.cohort(1), offered, profile, world.settings(weights))
    assert found.standard_error[0] == pytest.approx(0.1 * 0.3989, abs=1e-4)


def test_parts_go_to_the_members_that_bring_them(pair):
    candidates, settings = pair
    row = named(candidates)
    which = np.array([row[0, "a+b"], row[0, "b"]])
    assert benefit_parts(candidates, settings, which) == pytest.approx(
        np.array([[2 * 0.025 + 5 * 0.02, 2 * 0.08], [0.16, 0.0]])
    )
    assert benefit_by_outcome(candidates, settings, which) == pytest.approx(
        np.array([[2 * 0.105, 5 * 0.02], [0.16, 0.0]])
    )


def test_harm_counts_fully(world):
    offered = world.catalogue(
        world.intervention("a", rd(world, 0.1)),
        world.intervention("b", rd(world, -0.04), rd(world, 0.2, "absence")),
    )
    profile = world.risks([[0.4, 0.5]], ("reading", "absence"))
    found = match(
        world.cohort(1), offered, profile, world.settings({"reading": 1.0, "absence": 1.0})
    )
    assert found.benefit[named(found)[0, "a+b"]] == pytest.approx(0.1 - 0.04 + 0.2)


def test_no_more_than_the_whole_risk_is_averted_and_then_only_the_risk_is_uncertain(world):
    offered = world.catalogue(
        *(world.intervention(n, rd(world, 0.07), hours=h) for n, h in (("a", 1), ("b", 2)))
    )
    profile = world.risks([[0.08]], error=0.01)
    settings = world.settings(diminishing=0.5)
    found = match(world.cohort(1), offered, profile, settings)
    row = named(found)[0, "a+b"]
    assert found.benefit[row] == pytest.approx(0.08)
    assert found.standard_error[row] == pytest.approx(0.01)
    assert benefit_parts(found, settings, np.array([row])).sum() == pytest.approx(0.08)


@given(GAINS, st.floats(0, 1), st.floats(0, 1))
def test_shares_times_gains_are_the_joint_gain_and_leave_a_probability(gains, risk, diminishing):
    stacked, before = [np.array([g]) for g in gains], np.array([risk])
    if len(gains) == 1 and not risk - 1 <= gains[0] <= risk:
        return
    total = joint_gain(stacked, before, diminishing)
    share, held = shares(stacked, before, diminishing)
    assert (share * np.stack(stacked)).sum(axis=0) == pytest.approx(total, abs=1e-12)
    assert -1e-12 <= risk - total[0] <= 1 + 1e-12
    harm = sum(g for g in gains if g < 0)
    good = sum(
        diminishing**n * g for n, g in enumerate(sorted((g for g in gains if g > 0), reverse=True))
    )
    assert total == pytest.approx(min(max(good + harm, risk - 1), risk), abs=1e-12)
    if len(gains) > 1 and not risk - 1 < good + harm < risk:
        assert held[0] == (good + harm > risk or good + harm < risk - 1)


@given(GAINS, st.integers(0, 3), st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
def test_a_stronger_effect_never_lowers_the_joint_gain(gains, which, more, risk, diminishing):
    better = list(gains)
    better[which % len(gains)] += more
    low, high = (
        joint_gain([np.array([g]) for g in some], np.array([risk]), diminishing)[0]
        for some in (gains, better)
    )
    assert high >= low - 1e-12


@pytest.fixture(scope="module")
def crowd(world):
    """Forty pupils, three interventions on every scale, all bundles of two."""
    offered = world.catalogue(
        world.intervention(
            "a",
            world.effect(value=0.4, error=0.08),
            world.effect("absence", "odds_ratio", 0.7, 0.1),
        ),
        world.intervention("b", world.effect(value=0.3, error=0.05), rate=0.7, role="nurse"),
        world.intervention(
            "c", world.effect("absence", "risk_ratio", 0.8, 0.06), rd(world, 0.05, error=0.01),
            role="coach",
        ),
    )  # fmt: skip
    random = np.random.default_rng(5)
    profile = world.risks(
        random.uniform(0.2, 0.8, (40, 2)), ("reading", "absence"), error=[[0.03, 0.04]]
    )
    settings = world.settings({"reading": 1.0, "absence": 2.0})
    return match(world.cohort(40), offered, profile, settings), settings


def test_one_pupils_error_is_that_of_simulated_effects_and_risks(crowd):
    candidates, settings = crowd
    for number in named(candidates)[3, "a+b"], named(candidates)[7, "a+c"]:
        drawn = draw_benefit(
            candidates, settings, np.array([number]), np.ones(1), draws=20_000, seed=1
        )
        assert drawn.std() == pytest.approx(candidates.standard_error[number], rel=0.04)
        assert drawn.mean() == pytest.approx(candidates.benefit[number], rel=0.03)


def test_a_plans_error_is_that_of_simulation_with_shared_effects(crowd):
    candidates, settings = crowd
    row = named(candidates)
    chosen = np.array([row[n, ("a+b", "a+c", "b")[n % 3]] for n in range(40)])
    quantity = np.linspace(0.5, 3.0, 40)
    drawn = draw_benefit(candidates, settings, chosen, quantity, draws=8_000, seed=2)
    error = plan_error(candidates, settings, chosen, quantity)
    assert drawn.std() == pytest.approx(error, rel=0.04)
    assert drawn.mean() == pytest.approx(candidates.benefit[chosen] @ quantity, rel=0.03)
    apart = np.sqrt(((candidates.standard_error[chosen] * quantity) ** 2).sum())
    assert error > 2 * apart


def test_errors_of_effects_add_up_over_pupils_and_errors_of_risks_do_not(world):
    offered = world.catalogue(world.intervention("a", world.effect(value=0.4, error=0.1)))
    settings = world.settings()

    def error(units, effect_error, risk_error, quantity=1.0):
        with_error = world.catalogue(
            world.intervention("a", world.effect(value=0.4, error=effect_error))
        )
        profile = world.risks(np.full((units, 1), 0.3), error=risk_error)
        found = match(world.cohort(units), with_error, profile, settings)
        return plan_error(found, settings, np.arange(units), np.full(units, quantity))

    assert offered.ids == ("a",)
    assert error(9, 0.1, 0.0) == pytest.approx(9 * error(1, 0.1, 0.0))
    assert error(9, 0.0, 0.1) == pytest.approx(3 * error(1, 0.0, 0.1))
    assert error(1, 0.0, 0.1, quantity=9.0) == pytest.approx(9 * error(1, 0.0, 0.1))


def test_a_segment_in_two_bundles_has_one_draw_of_its_risk(world):
    offered = world.catalogue(
        world.intervention("a", world.effect(value=0.4, error=0.0)),
        world.intervention("b", world.effect(value=0.4, error=0.0), role="nurse"),
    )
    settings = world.settings(bundle_size=1)
    found = match(world.cohort(1), offered, world.risks([[0.3]], error=0.1), settings)
    both = plan_error(found, settings, np.array([0, 1]), np.array([2.0, 3.0]))
    assert both == pytest.approx(5 * plan_error(found, settings, np.array([0]), np.ones(1)))
    drawn = draw_benefit(found, settings, np.array([0, 1]), np.array([2.0, 3.0]), 20_000, 3)
    assert drawn.std() == pytest.approx(both, rel=0.1)


def test_draws_depend_on_the_seed_and_not_on_the_order_of_the_choice(crowd):
    candidates, settings = crowd
    chosen = np.array([n for (unit, name), n in named(candidates).items() if name == "a+b"])
    quantity = np.arange(1.0, len(chosen) + 1)
    first = draw_benefit(candidates, settings, chosen, quantity, 50, 4)
    turned = draw_benefit(candidates, settings, chosen[::-1], quantity[::-1], 50, 4)
    assert first.tolist() == turned.tolist()
    assert first.tolist() != draw_benefit(candidates, settings, chosen, quantity, 50, 5).tolist()


def test_without_errors_every_draw_is_the_plan(world):
    offered = world.catalogue(world.intervention("a", world.effect(error=0.0)))
    profile = world.risks([[0.0], [0.3], [1.0]], error=0.0)
    cohort = world.cohort([{"must_serve": "any"}] * 3)
    found = match(cohort, offered, profile, world.settings())
    drawn = draw_benefit(found, world.settings(), np.arange(3), np.ones(3), 5, 0)
    assert drawn == pytest.approx(np.full(5, found.benefit.sum()))


def test_an_empty_choice_is_worth_nothing_for_sure(crowd):
    candidates, settings = crowd
    nothing = np.zeros(0, dtype=np.int64)
    assert draw_benefit(candidates, settings, nothing, np.zeros(0), 3, 0).tolist() == [0.0] * 3
    assert plan_error(candidates, settings, nothing, np.zeros(0)) == 0.0
    assert benefit_parts(candidates, settings, nothing).shape == (0, 2)
    assert benefit_by_outcome(candidates, settings, nothing).shape == (0, 2)


def test_parts_and_outcomes_add_up_to_the_benefit_of_every_candidate(crowd):
    candidates, settings = crowd
    which = np.arange(len(candidates.unit))[::-1]
    for table in (benefit_parts, benefit_by_outcome):
        assert table(candidates, settings, which).sum(axis=1) == pytest.approx(
            candidates.benefit[which], abs=1e-12
        )
