"""Sharper and blunter predictions: what risks would be known as, if less or more were known.

Truth is drawn: every unit's true risk from the probit-normal distribution around the predicted one.
Blunter: noise is added to the predicted risk on the probit scale, and what can be expected given
the noisy one is taken for the prediction; with all of it gone everybody has about the same risk.
Sharper: part of what lies between the prediction and the drawn truth is revealed, the rest expected
away.  Every prediction made like this stays calibrated; only its sharpness changes.
(T. Gneiting, F. Balabdaoui and A. E. Raftery, Probabilistic forecasts, calibration and sharpness,
Journal of the Royal Statistical Society B 69, 2007.)
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from recommender.planning.formulation.indexing import Floats
from recommender.risk import RiskProfiles
from recommender.risk.models.dispersion import risk_quantile

NODES = 9
"""Points of the Gauss-Hermite rule that expects the hidden part away."""


@dataclass(frozen=True, slots=True)
class Sharpness:
    """How much is known: ``kept`` of the variance of predictions, ``revealed`` of what is left.

    ``kept`` below 1 is blunter than the model, ``revealed`` above 0 sharper; (1, 0) is the model.
    """

    kept: float = 1.0
    revealed: float = 0.0

    def __post_init__(self) -> None:
        """Refuse nonsense."""
        if not (0 <= self.kept <= 1 and 0 <= self.revealed <= 1):
            raise ValueError("shares lie from 0 to 1")
        if self.kept < 1 and self.revealed > 0:
            raise ValueError("a prediction is blunter or sharper, not both")


def true_risks(risks: RiskProfiles, seed: int) -> tuple[Floats, Floats]:
    """Return (units, outcomes) drawn true risks, and the standard normal draws behind them."""
    drawn = np.random.default_rng(seed).standard_normal(risks.risk.shape)
    return risk_quantile(risks.risk, risks.standard_error, ndtr(drawn)), drawn


def predicted(risks: RiskProfiles, sharpness: Sharpness, drawn: Floats, seed: int) -> Floats:
    """Return (units, outcomes) the risks that would be predicted.

    Args:
        risks: what the model predicts.
        sharpness: how much would be known.
        drawn: the draws behind the true risks.
        seed: of the noise.
    """
    noise = np.random.default_rng(seed).standard_normal(risks.risk.shape)
    if sharpness.revealed > 0:
        nodes, weights = np.polynomial.hermite_e.hermegauss(NODES)
        weights = weights / weights.sum()
        known, hidden = np.sqrt(sharpness.revealed), np.sqrt(1.0 - sharpness.revealed)
        heard = known * drawn + hidden * noise
        total = np.zeros_like(risks.risk)
        for node, weight in zip(nodes.tolist(), weights.tolist(), strict=True):
            at = ndtr(known * heard + hidden * node)
            total += weight * risk_quantile(risks.risk, risks.standard_error, at)
        return total
    if sharpness.kept >= 1:
        return risks.risk
    score = ndtri(np.clip(risks.risk, 1e-9, 1 - 1e-9))
    mean, spread = score.mean(axis=0), score.std(axis=0)
    kept = sharpness.kept
    heard = mean + kept * (score - mean) + np.sqrt(kept * (1.0 - kept)) * spread * noise
    left = 1.0 + spread**2 * (1.0 - kept)
    return np.asarray(ndtr(heard / np.sqrt(left)))


def expected_auc(prediction: Floats, truth: Floats) -> float:
    """Return how often a pupil who will be a case has a higher prediction than one who will not.

    Expected over outcomes drawn from the true risks; ties count half.

    Args:
        prediction, truth: (units,).
    """
    values, at = np.unique(prediction, return_inverse=True)
    cases = np.bincount(at, weights=truth, minlength=values.size)
    others = np.bincount(at, weights=1.0 - truth, minlength=values.size)
    below = np.cumsum(others) - others / 2
    pairs = float(cases.sum() * others.sum())
    return float(cases @ below / pairs) if pairs > 0 else 0.5


def log_score(prediction: Floats, truth: Floats) -> float:
    """Return the expected logarithmic score, in nats a pupil; 0 is perfect, lower is worse."""
    p = np.clip(prediction, 1e-12, 1 - 1e-12)
    return float(np.mean(truth * np.log(p) + (1.0 - truth) * np.log1p(-p)))
