"""Fitted models as arrays: they predict what the library that fitted them predicts."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.special import expit
from sklearn.ensemble import HistGradientBoostingClassifier

from recommender.risk import RiskSettings
from recommender.risk.models.model import fit_linear, fit_trees
from recommender.risk.models.text_features import Vocabulary


def data(n: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    x = np.column_stack([rng.normal(size=n), rng.integers(0, 3, n), rng.normal(size=n)])
    y = (rng.random(n) < expit(x[:, 0] + (x[:, 1] == 1) - 1)).astype(float)
    x[rng.random((n, 3)) < 0.2] = np.nan
    return x, y, rng.uniform(0.5, 2, n)


def test_the_linear_model_minimises_the_penalised_weighted_loss():
    x, y, w = data(400, 1)
    (model,) = fit_linear(x, None, y, w, (0.1,))
    here = ~np.isnan(x)
    centre = np.array([np.average(x[here[:, j], j], weights=w[here[:, j]]) for j in range(3)])
    filled = np.where(here, x, centre) - centre
    z = filled / np.sqrt(np.average(filled**2, weights=w, axis=0))

    def loss(b):
        line = b[0] + z @ b[1:]
        return w @ (np.logaddexp(0, line) - y * line) + b[1:] @ b[1:] / (2 * 0.1)

    best = minimize(loss, np.zeros(4), tol=1e-10).x
    assert model.coefficient == pytest.approx(best[1:], abs=1e-3)
    assert model.logit(x, None) == pytest.approx(best[0] + z @ best[1:], abs=1e-3)


def test_a_missing_number_counts_as_average_never_as_zero():
    rng = np.random.default_rng(2)
    x = rng.normal(100, 10, (500, 1))
    y = (rng.random(500) < expit((x[:, 0] - 100) / 5)).astype(float)
    (model,) = fit_linear(x, None, y, np.ones(500), (1.0,))
    missing, average = model.logit(np.array([[np.nan], [x.mean()]]), None)
    assert missing == pytest.approx(average)


def test_words_change_the_log_odds_by_what_the_text_score_says():
    rng = np.random.default_rng(3)
    bad = rng.random(600) < 0.5
    counts = Vocabulary(("w:goed", "w:slecht")).counts(["slecht" if b else "goed" for b in bad])
    y = (rng.random(600) < np.where(bad, 0.6, 0.2)).astype(float)
    x = rng.normal(size=(600, 2))
    (model,) = fit_linear(x, counts, y, np.ones(600), (1.0,))
    without = model.logit(x, counts) - model.text(counts)
    assert np.ptp(without) < 1.5
    assert model.text(counts)[bad].min() > model.text(counts)[~bad].max()


@pytest.mark.parametrize("weighted", [False, True])
def test_exported_trees_predict_what_the_library_predicts_on_binned_numbers(weighted):
    x, y, w = data(800, 4)
    x = np.column_stack([np.round(x[:, :1], 1), x[:, 1:2], np.round(x[:, 2:], 0)])
    x = np.clip(x, -1.9, 1.9)  # at most 40 different values a column: no binning of our own
    w = w if weighted else np.ones(800)
    settings = RiskSettings(rounds=20, leaf_rows=10)
    ours = fit_trees(x, y, w, settings)
    theirs = HistGradientBoostingClassifier(
        learning_rate=settings.learning_rate, max_iter=20, max_depth=3, max_leaf_nodes=8,
        min_samples_leaf=10, l2_regularization=5.0, early_stopping=False, random_state=0,
    ).fit(x, y, sample_weight=w)  # fmt: skip
    assert ours.logit(x) == pytest.approx(theirs.decision_function(x), abs=1e-9)


def test_trees_send_missing_numbers_where_they_learnt_to():
    rng = np.random.default_rng(5)
    x = rng.normal(size=(2000, 1))
    x[:600] = np.nan
    y = (rng.random(2000) < np.where(np.isnan(x[:, 0]), 0.8, 0.2)).astype(float)
    trees = fit_trees(x, y, np.ones(2000), RiskSettings())
    missing, known = trees.logit(np.array([[np.nan], [0.0]]))
    assert missing > known + 1.5
