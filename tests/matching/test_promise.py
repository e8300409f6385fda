"""The promise of a plan counts that true risks lie around their estimates."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import ndtr, ndtri

from recommender.matching import match, promised
from recommender.risk.models.dispersion import omega_of


def promise_of(world, risk, error, *effects, quantity=1.0):
    offered = world.catalogue(world.intervention("a", *effects))
    profile = world.risks([[risk]], error=[[error]])
    settings = world.settings()
    candidates = match(world.cohort(1), offered, profile, settings)
    chosen = np.array([0])
    return promised(candidates, settings, chosen, np.array([quantity])), candidates.benefit[0]


def test_without_spread_the_promise_is_the_benefit(world):
    promise, benefit = promise_of(world, 0.4, 0.0, world.effect())
    assert promise == pytest.approx(benefit)


@pytest.mark.parametrize(("risk", "error"), [(0.5, 0.2), (0.2, 0.1), (0.8, 0.15), (0.1, 0.12)])
def test_an_smd_is_promised_as_its_closed_form_says(world, risk, error):
    promise, benefit = promise_of(world, risk, error, world.effect(value=0.3), quantity=2.0)
    omega = float(omega_of(np.array(risk), np.array(error)))
    expected = risk - ndtr(ndtri(risk) - 0.3 / np.sqrt(1 + omega**2))
    assert promise == pytest.approx(2 * expected, rel=1e-3)
    assert promise < 2 * benefit


def test_a_ratio_of_risks_is_promised_in_full(world):
    risk_ratio = world.effect(scale="risk_ratio", value=0.8)
    promise, benefit = promise_of(world, 0.3, 0.15, risk_ratio)
    assert promise == pytest.approx(benefit, rel=1e-3)


def test_nothing_chosen_promises_nothing(world):
    offered = world.catalogue(world.intervention("a", world.effect()))
    candidates = match(world.cohort(1), offered, world.risks([[0.4]]), world.settings())
    empty = np.array([], dtype=np.int64)
    assert promised(candidates, world.settings(), empty, np.zeros(0)) == 0.0


def test_the_order_of_pupils_changes_nothing(world):
    offered = world.catalogue(world.intervention("a", world.effect()))
    profile = world.risks([[0.2], [0.5], [0.7]], error=0.1)
    settings = world.settings()
    candidates = match(world.cohort(3), offered, profile, settings)
    some, amount = np.array([0, 1, 2]), np.array([1.0, 2.0, 3.0])
    assert promised(candidates, settings, some, amount) == pytest.approx(
        promised(candidates, settings, some[::-1], amount[::-1])
    )
