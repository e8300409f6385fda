"""Scores, slopes and tables, against hand-solved cases and simulated truths."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit, logit
from sklearn.metrics import roc_auc_score

from recommender.risk.models.calibration import (
    auc,
    auc_within,
    base_rates,
    brier,
    compared,
    fit_calibration,
    log_loss,
    mean_of,
    reliability,
    shrunk_site_averages,
    slope_and_intercept,
)


def truth(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    x = rng.normal(-1, 1, n)
    return x, (rng.random(n) < expit(x)).astype(float)


def test_scores_of_a_hand_solved_case():
    assert log_loss(np.array([0.8, 0.8]), np.array([1.0, 0.0])) == pytest.approx(
        [-np.log(0.8), -np.log(0.2)]
    )
    assert brier(np.array([0.8, 0.8]), np.array([1.0, 0.0])) == pytest.approx([0.04, 0.64])


def test_log_odds_that_are_twice_too_large_are_halved():
    x, y = truth(20_000, 1)
    fitted = fit_calibration(2 * x, y, np.ones(x.size))
    assert fitted.link == "logit"
    assert fitted.slope == pytest.approx(0.5, abs=0.03)
    assert fitted.intercept == pytest.approx(0.0, abs=0.05)


def test_a_normal_truth_gets_a_normal_curve():
    rng = np.random.default_rng(2)
    x = rng.normal(-2, 2, 50_000)
    y = (rng.standard_normal(x.size) < x).astype(float)
    assert fit_calibration(x, y, np.ones(x.size)).link == "probit"


def test_a_model_that_ranks_backwards_becomes_constant():
    x, y = truth(5000, 3)
    risk = fit_calibration(-x, y, np.ones(x.size)).risk(-x)
    assert np.ptp(risk) < 1e-9
    assert risk[0] == pytest.approx(y.mean(), abs=1e-6)


def test_a_perfect_separation_still_gives_a_finite_curve():
    x = np.r_[np.full(50, -1.0), np.full(50, 1.0)]
    risk = fit_calibration(x, (x > 0).astype(float), np.ones(100)).risk(x)
    assert np.isfinite(risk).all()
    assert risk[0] < 0.1
    assert risk[-1] > 0.9


@pytest.mark.parametrize("stretch", [0.5, 1.0, 1.5])
def test_the_calibration_slope_of_a_stretched_truth_is_found_within_its_error(stretch):
    x, y = truth(5000, 4)
    risk = expit(stretch * x)
    slope, _ = slope_and_intercept(risk, y, np.ones(x.size), np.arange(x.size))
    assert abs(slope.value - 1 / stretch) < 3 * slope.standard_error
    assert slope.standard_error < 0.12


def test_the_error_of_the_slope_counts_families_not_rows():
    x, y = truth(1000, 5)
    family = np.tile(np.arange(1000), 4)
    many = slope_and_intercept(np.tile(expit(x), 4), np.tile(y, 4), np.ones(4000), family)[0]
    once = slope_and_intercept(expit(x), y, np.ones(1000), np.arange(1000))[0]
    assert many.standard_error == pytest.approx(once.standard_error, rel=1e-6)


def test_the_error_of_a_mean_is_the_textbook_one_for_single_rows():
    value = np.random.default_rng(6).normal(size=400)
    mean = mean_of(value, np.ones(400), np.arange(400))
    assert mean.value == pytest.approx(value.mean())
    assert mean.standard_error == pytest.approx(value.std() / 20)


def test_the_auc_is_that_of_another_library_also_with_ties_and_weights():
    rng = np.random.default_rng(7)
    risk, y = rng.integers(0, 10, 300) / 10, rng.integers(0, 2, 300).astype(float)
    weight = rng.uniform(0.5, 2, 300)
    assert auc(risk, y, weight) == pytest.approx(roc_auc_score(y, risk, sample_weight=weight))


def test_the_auc_within_sites_forgets_what_the_site_tells():
    site = np.repeat([0, 1], 100)
    y = np.r_[np.zeros(90), np.ones(10), np.zeros(10), np.ones(90)]
    by_site = np.where(site == 1, 0.9, 0.1)
    one = np.ones(200)
    assert auc(by_site, y, one) == pytest.approx(0.9)
    assert auc_within(by_site, y, one, site) == pytest.approx(0.5)


def test_reliability_counts_every_row_once_and_hides_small_bins():
    x, y = truth(500, 8)
    one, own = np.ones(500), np.arange(500)
    table = reliability(expit(x), y, one, own, smallest=10)
    assert table["rows"].sum() == 500
    assert len(table) == 10
    assert (table["low"].to_numpy()[1:] >= table["high"].to_numpy()[:-1]).all()
    few = reliability(expit(x[:50]), y[:50], one[:50], own[:50], smallest=10)
    assert few["rows"].isna().all()
    assert few["observed"].isna().all()


def test_a_small_group_is_hidden_with_the_one_that_would_give_it_away():
    group = np.array(["a"] * 50 + ["b"] * 20 + ["c"] * 9)
    y = np.zeros(79)
    table = compared(group, y, y, np.ones(79), np.arange(79), smallest=10).set_index("group")
    assert table["rows"].isna().to_dict() == {"a": False, "b": True, "c": True}


def test_a_group_without_cases_still_has_the_error_of_chance():
    n = 100
    table = compared(
        np.array(["a"] * n), np.full(n, 0.01), np.zeros(n), np.ones(n), np.arange(n), smallest=10
    )
    assert table["standard_error"][0] == pytest.approx(np.sqrt(0.01 * 0.99 / n))


def test_site_averages_and_base_rates_never_use_their_own_part():
    site = np.array(["s"] * 6, dtype=object)
    fold = np.array([0, 0, 0, 1, 1, 1])
    y = np.array([1.0, 1, 1, 0, 0, 0])
    one = np.ones(6)
    assert base_rates(y, one, fold).tolist() == [0, 0, 0, 1, 1, 1]
    assert shrunk_site_averages(site, y, one, fold, 10.0).tolist() == [0, 0, 0, 1, 1, 1]


def test_a_slope_of_a_constant_risk_is_unknown_but_its_intercept_is_not():
    y = np.array([1.0] * 30 + [0.0] * 70)
    slope, intercept = slope_and_intercept(np.full(100, 0.5), y, np.ones(100), np.arange(100))
    assert np.isnan(slope.value)
    assert intercept.value == pytest.approx(logit(0.3))
