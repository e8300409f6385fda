"""Power is what textbooks say and what simulation shows."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from recommender.governance.documents.power import (
    design_effect,
    detectable,
    needed_for_means,
    needed_for_shares,
    power_of_means,
    power_of_shares,
)


@pytest.mark.parametrize(("d", "n"), [(0.2, 394), (0.5, 64), (0.8, 26)])
def test_needed_numbers_are_those_of_the_textbook(d: float, n: int) -> None:
    assert needed_for_means(d) == n


def test_needed_numbers_for_shares_are_those_of_the_textbook() -> None:
    assert needed_for_shares(0.5, 0.6) == 388
    assert needed_for_shares(0.6, 0.5) == 388


def test_power_is_how_often_a_simulated_test_rejects() -> None:
    rng = np.random.default_rng(1)
    a, b = rng.standard_normal((4000, 30)), rng.standard_normal((4000, 50)) + 0.6
    seen = (stats.ttest_ind(a, b, axis=1).pvalue < 0.05).mean()
    assert power_of_means(0.6, 30, 50) == pytest.approx(seen, abs=0.025)


def test_power_for_shares_is_how_often_a_simulated_test_rejects() -> None:
    rng = np.random.default_rng(2)
    n1, n2, p1, p2 = 150, 200, 0.4, 0.25
    x, y = rng.binomial(n1, p1, 20_000) / n1, rng.binomial(n2, p2, 20_000) / n2
    pooled = (n1 * x + n2 * y) / (n1 + n2)
    z = (x - y) / np.sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n2))
    assert power_of_shares(p1, p2, n1, n2) == pytest.approx((abs(z) > 1.96).mean(), abs=0.02)


def test_without_an_effect_power_is_the_level() -> None:
    assert power_of_means(0, 40, 40) == pytest.approx(0.05, abs=1e-6)
    assert power_of_shares(0.3, 0.3, 100, 100) == pytest.approx(0.05, abs=1e-6)
    assert needed_for_means(0) is None
    assert needed_for_shares(0.2, 0.2) is None


def test_what_is_detectable_has_the_power_asked_for() -> None:
    d = detectable(40, 60)
    assert d is not None
    assert power_of_means(d, 40, 60) == pytest.approx(0.8, abs=1e-6)
    assert detectable(1, 60) is None


def test_pupils_helped_together_count_for_less() -> None:
    assert design_effect(5, 0.1) == pytest.approx(1.4)
    assert design_effect(1, 0.5) == 1.0
