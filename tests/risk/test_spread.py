"""The spread of true risk: its inverse, quantiles and intervals, and learning it from pairs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtr, ndtri

from recommender.risk import interval, risk_quantile
from recommender.risk.models.dispersion import (
    likelihood_of_spread,
    omega_of,
    pooled_spreads,
    spread_of_risk,
)

RISKS = st.floats(0.01, 0.99)
OMEGAS = st.floats(0.05, 1.5)
GRID = np.linspace(0.0, 2.4, 49)


def drawn(risk: float, omega: float, n: int = 200_000) -> np.ndarray:
    """True risks drawn directly from the model, without the code under test."""
    z = np.random.default_rng(0).standard_normal(n)
    return ndtr(ndtri(risk) * np.sqrt(1 + omega**2) + omega * z)


@pytest.mark.parametrize(("risk", "omega"), [(0.02, 0.8), (0.1, 0.5), (0.5, 1.0), (0.9, 0.3)])
def test_the_spread_is_the_standard_deviation_of_drawn_true_risks(risk, omega):
    true = drawn(risk, omega)
    assert true.mean() == pytest.approx(risk, abs=0.003)
    assert spread_of_risk(np.array([risk]), omega)[0] == pytest.approx(true.std(), rel=0.01)


@settings(max_examples=20, deadline=None)
@given(RISKS, OMEGAS)
def test_the_probit_spread_is_found_back_from_the_standard_error(risk, omega):
    error = spread_of_risk(np.array([risk]), omega)
    assert omega_of(np.array([risk]), error)[0] == pytest.approx(omega, rel=0.02, abs=0.01)


@settings(max_examples=20, deadline=None)
@given(RISKS, OMEGAS, st.floats(0.5, 0.99))
def test_an_interval_is_a_part_of_zero_to_one_that_widens_with_its_level(risk, omega, level):
    p = np.array([risk])
    error = spread_of_risk(p, omega)
    low, high = interval(p, error, level)
    inner_low, inner_high = interval(p, error, level / 2)
    assert 0 <= low[0] <= high[0] <= 1
    assert inner_high[0] - inner_low[0] < high[0] - low[0]


@pytest.mark.many(3)
@pytest.mark.parametrize(("risk", "omega"), [(0.02, 0.8), (0.1, 0.5), (0.5, 1.0), (0.95, 0.7)])
@pytest.mark.parametrize("level", [0.5, 0.9])
def test_an_interval_holds_its_level_of_drawn_true_risks_and_none_shorter_by_quantiles_does(
    risk, omega, level
):
    true = drawn(risk, omega)
    p = np.array([risk])
    error = spread_of_risk(p, omega)
    low, high = interval(p, error, level)
    assert ((low <= true) & (true <= high)).mean() == pytest.approx(level, abs=0.01)
    equal_tails = np.quantile(true, [(1 - level) / 2, (1 + level) / 2])
    assert high[0] - low[0] <= np.ptp(equal_tails) + 0.005


def test_quantiles_match_those_of_drawn_true_risks():
    true = drawn(0.2, 0.6)
    error = spread_of_risk(np.array([0.2]), 0.6)
    for q in (0.05, 0.5, 0.95):
        assert risk_quantile(np.array([0.2]), error, q)[0] == pytest.approx(
            np.quantile(true, q), abs=0.005
        )


def test_a_risk_without_error_or_at_the_bounds_is_its_own_interval():
    risk, error = np.array([0.0, 0.3, 1.0]), np.array([0.0, 0.0, 0.2])
    low, high = interval(risk, error)
    assert low.tolist() == risk.tolist() == high.tolist()


def test_a_level_outside_zero_and_one_is_refused():
    with pytest.raises(ValueError, match="level is 90"):
        interval(np.array([0.1]), np.array([0.1]), 90)


def pairs(omega: float, n: int, seed: int) -> np.ndarray:
    """The likelihood of every spread for pupils seen twice, simulated with a known spread."""
    rng = np.random.default_rng(seed)
    p = ndtr(rng.normal(-0.9, 0.5, n))
    true = ndtr(ndtri(p) * np.sqrt(1 + omega**2) + omega * rng.standard_normal(n))
    first, second = (rng.random((2, n)) < true).astype(float)
    return likelihood_of_spread(p, p, first, second, np.ones(n), GRID)


@pytest.mark.parametrize("omega", [0.0, 0.4, 0.8])
def test_the_spread_is_learnt_from_pupils_seen_twice(omega):
    best = GRID[pairs(omega, 10_000, seed=3).argmax()]
    assert best == pytest.approx(omega, abs=0.15)


def test_the_likelihood_of_a_pair_is_that_of_enumeration():
    p, q, omega = np.array([0.2]), np.array([0.3]), 0.7
    z = np.linspace(-8, 8, 20_001)
    density = np.exp(-z * z / 2) / np.sqrt(2 * np.pi) * (z[1] - z[0])
    scale = np.sqrt(1 + omega**2)
    both = (ndtr(ndtri(p) * scale + omega * z) * ndtr(ndtri(q) * scale + omega * z)) @ density
    one = np.ones(1)
    value = likelihood_of_spread(p, q, one, one, one, np.array([omega]))
    assert value[0] == pytest.approx(np.log(both), abs=1e-6)


def test_without_any_pair_the_spread_is_the_stated_default():
    (spread,) = pooled_spreads((np.zeros(GRID.size),), (0,), GRID, 0.5, 0.25)
    assert spread.omega == pytest.approx(0.5, abs=0.06)
    assert "default" in spread.source


def test_many_pairs_outweigh_the_default_and_lend_to_an_outcome_without_pairs():
    curve = pairs(1.0, 5000, seed=4)
    seen, unseen = pooled_spreads((curve, np.zeros(GRID.size)), (5000, 0), GRID, 0.3, 0.25)
    assert seen.omega == pytest.approx(1.0, abs=0.15)
    assert 0.4 < unseen.omega < seen.omega
    assert unseen.error > seen.error
