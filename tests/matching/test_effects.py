"""Effects against numbers worked out by hand, and slopes against differences."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.errors import InputError
from recommender.matching.effects import gain, slopes, terms_of

SCALES = ("smd", "odds_ratio", "risk_ratio", "risk_difference")


def test_an_smd_of_three_tenths_gains_what_the_design_says():
    points = 100 * gain("smd", 0.3, np.array([0.1, 0.5, 0.9]))
    assert points == pytest.approx([4.3, 11.8, 6.3], abs=0.05)


@pytest.mark.parametrize(
    ("scale", "value", "risk", "gained"),
    [
        ("odds_ratio", 0.5, 0.5, 0.5 - 1 / 3),
        ("odds_ratio", 0.5, 0.2, 0.2 - 1 / 9),
        ("odds_ratio", 2.0, 0.2, 0.2 - 1 / 3),
        ("risk_ratio", 0.75, 0.4, 0.1),
        ("risk_ratio", 1.5, 0.4, -0.2),
        ("risk_ratio", 1.5, 0.8, -0.2),
        ("risk_difference", 0.08, 0.3, 0.08),
        ("risk_difference", 0.08, 0.05, 0.05),
        ("risk_difference", -0.1, 0.3, -0.1),
        ("risk_difference", -0.1, 0.95, -0.05),
        ("smd", -0.3, 0.5, -0.1179),
    ],
)
def test_every_scale_gives_the_number_worked_out_by_hand(scale, value, risk, gained):
    value = math.log(value) if scale.endswith("ratio") else value
    assert gain(scale, value, np.array([risk])) == pytest.approx([gained], abs=5e-5)


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("value", [-0.4, 0.0, 0.4])
def test_certain_risks_are_finite_and_new_risks_are_probabilities(scale, value):
    risk = np.array([0.0, 1.0, 1e-300, 1 - 1e-16])
    with np.errstate(all="raise", under="ignore"):
        after = risk - gain(scale, value, risk)
        steep = slopes(scale, value, risk)
    assert np.all((after >= 0) & (after <= 1))
    assert np.isfinite(steep).all()


@pytest.mark.parametrize("scale", ["smd", "odds_ratio"])
def test_a_certain_outcome_is_not_moved_by_an_smd_or_an_odds_ratio(scale):
    assert gain(scale, 0.5, np.array([0.0, 1.0])).tolist() == [0.0, 0.0]


@given(st.sampled_from(SCALES), st.floats(0, 1))
def test_no_effect_gains_exactly_nothing(scale, risk):
    assert gain(scale, 0.0, np.array([risk])).tolist() == [0.0]


@given(st.sampled_from(SCALES), st.floats(0, 1), st.floats(-2, 2), st.floats(0, 1))
def test_a_better_effect_never_gains_less(scale, risk, value, more):
    better = value - more if scale.endswith("ratio") else value + more
    low, high = (gain(scale, v, np.array([risk]))[0] for v in (value, better))
    assert high >= low - 1e-12


@given(st.sampled_from(SCALES), st.floats(0.02, 0.98), st.floats(-1, 1))
def test_slopes_are_the_differences_of_gains(scale, risk, value):
    step = 1e-6
    after = risk * math.exp(value) if scale == "risk_ratio" else risk - value
    if scale.startswith("risk") and min(abs(after), abs(after - 1)) < 1e-4:
        return
    by_effect, by_risk = slopes(scale, value, np.array([risk]))
    up, down = (gain(scale, value + s, np.array([risk]))[0] for s in (step, -step))
    right, left = (gain(scale, value, np.array([risk + s]))[0] for s in (step, -step))
    assert by_effect[0] == pytest.approx((up - down) / (2 * step), abs=1e-5)
    if abs(value) > step:
        assert by_risk[0] == pytest.approx((right - left) / (2 * step), abs=1e-4)


@pytest.mark.parametrize("scale", SCALES)
def test_without_an_effect_the_risk_does_not_matter(scale):
    _, by_risk = slopes(scale, 0.0, np.array([0.0, 0.3, 1.0]))
    assert by_risk == pytest.approx([0.0, 0.0, 0.0])


@pytest.mark.parametrize(
    ("scale", "value", "believed"),
    [
        ("smd", 0.5, 0.2),
        ("smd", -0.5, -0.2),
        ("risk_difference", 0.1, 0.04),
        ("odds_ratio", 0.5, 0.4 * math.log(0.5)),
        ("risk_ratio", 2.0, 0.4 * math.log(2)),
    ],
)
def test_evidence_scales_the_value_and_leaves_its_error_whole(world, scale, value, believed):
    plausible = world.effect(scale=scale, value=value, error=0.2, level="plausible")
    (term,) = terms_of(
        world.catalogue(world.intervention("a", plausible)), ("reading",), world.settings()
    )
    assert (term.value, term.standard_error) == (pytest.approx(believed), 0.2)


def test_every_effect_that_cannot_be_used_is_named_at_once(world):
    wrong = world.catalogue(
        world.intervention("a", world.effect("sleep"), world.effect(scale="odds_ratio", value=0)),
        world.intervention("b", world.effect(level="good")),
    )
    settings = world.settings()
    settings = type(settings)(settings.weights, (("strong", 1.0),))
    with pytest.raises(InputError) as refused:
        terms_of(wrong, ("reading",), settings)
    assert [p.column for p in refused.value.problems] == ["a.effects", "a.effects", "b.effects"]
    assert "sleep" in str(refused.value)
    assert "good" in str(refused.value)
    assert "odds_ratio" in str(refused.value)
