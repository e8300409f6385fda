"""Effects: how far one intervention lowers one risk, and how steeply that depends on its numbers.

An effect is believed for the share that its evidence level states in the policy.  The share scales
the value: of ``smd`` and ``risk_difference`` on the scale itself, of ratios on the log scale, where
no effect is zero, so that a share of zero always means no effect.  The standard error is taken
whole: believing less does not make an effect better known.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri

from recommender.errors import InputError, Problem
from recommender.inputs.catalogue import Catalogue, Scale
from recommender.matching.settings import MatchingSettings

FloatArray = npt.NDArray[np.float64]

_EDGE = 1e-9
_DENSITY = 1 / math.sqrt(2 * math.pi)


@dataclass(frozen=True, slots=True)
class EffectTerm:
    """One effect of one intervention on one outcome, ready to use.

    Attributes:
        intervention: position in the catalogue.
        outcome: position in the risk profiles.
        scale: how ``value`` changes a risk.
        value: the believed effect; of ratios its logarithm.
        standard_error: of ``value``.
        rate: uptake times completion.
        weight: of the outcome.
    """

    intervention: int
    outcome: int
    scale: Scale
    value: float
    standard_error: float
    rate: float
    weight: float


def terms_of(
    catalogue: Catalogue, outcomes: tuple[str, ...], settings: MatchingSettings
) -> tuple[EffectTerm, ...]:
    """Return the effects of a catalogue as terms, sorted by outcome, then intervention.

    Raises:
        InputError: for an effect on an outcome without a risk or weight, of an evidence level
            without a share, or with a ratio that is not above zero.
    """
    position = {outcome: number for number, outcome in enumerate(outcomes)}
    weights, evidence = dict(settings.weights), dict(settings.evidence)
    terms, problems = [], []
    for number, intervention in enumerate(catalogue.interventions):
        for effect in intervention.effects:
            column = f"{intervention.id}.effects"
            if effect.outcome not in position or effect.outcome not in weights:
                problems.append(
                    _problem(column, f"on {effect.outcome}, which has no risk or no weight")
                )
            elif effect.level not in evidence:
                problems.append(_problem(column, f"of level {effect.level}, which has no share"))
            elif effect.scale.endswith("ratio") and effect.value <= 0:
                problems.append(
                    _problem(column, f"with {effect.scale} {effect.value:g}, not above 0")
                )
            else:
                ratio = effect.scale in ("odds_ratio", "risk_ratio")
                value = math.log(effect.value) if ratio else effect.value
                terms.append(
                    EffectTerm(
                        intervention=number,
                        outcome=position[effect.outcome],
                        scale=effect.scale,
                        value=value * evidence[effect.level],
                        standard_error=effect.standard_error,
                        rate=intervention.reach.rate,
                        weight=weights[effect.outcome],
                    )
                )
    if problems:
        raise InputError(problems)
    return tuple(sorted(terms, key=lambda term: (term.outcome, term.intervention)))


def gain(scale: Scale, value: FloatArray | float, risk: FloatArray) -> FloatArray:
    """Return p - p', how far an effect lowers each risk; negative where it does harm.

    ``smd`` d: p' = Phi(Phi^-1(p) - d); ``odds_ratio``: odds' = odds * OR; ``risk_ratio``:
    p' = min(1, p * RR); ``risk_difference``: p' = p - RD, kept within 0 and 1.  A risk of 0 or 1
    is not moved by an smd or an odds ratio, and no effect gains exactly nothing.

    Args:
        scale: of the effect.
        value: the effect, ratios as logarithms; broadcasts against ``risk``.
        risk: probabilities.
    """
    if scale == "smd":
        after = np.asarray(ndtr(ndtri(risk) - value))
    elif scale == "odds_ratio":
        ratio = np.exp(value)
        after = ratio * risk / (1 - risk + ratio * risk)
    elif scale == "risk_ratio":
        after = np.minimum(risk * np.exp(value), 1.0)
    else:
        after = np.clip(risk - value, 0.0, 1.0)
    return np.asarray(np.where(np.equal(value, 0.0), 0.0, risk - after), dtype=np.float64)


def slopes(scale: Scale, value: float, risk: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return how steeply the gain rises with the effect (ratios: its logarithm) and with the risk.

    Where a new risk is held at 0 or 1 the effect no longer matters, and its slope is 0.  Risks of
    0 and 1 are moved inwards by 1e-9, where the normal scale is still defined.
    """
    if scale == "smd":
        before = ndtri(np.clip(risk, _EDGE, 1 - _EDGE))
        by_effect = _DENSITY * np.exp(-0.5 * (before - value) ** 2)
        by_risk = 1.0 - np.exp(before * value - 0.5 * value**2)
    elif scale == "odds_ratio":
        ratio = math.exp(value)
        below = 1 - risk + ratio * risk
        by_effect = -ratio * risk * (1 - risk) / below**2
        by_risk = 1.0 - ratio / below**2
    elif scale == "risk_ratio":
        ratio = math.exp(value)
        inside = risk * ratio <= 1.0
        by_effect = np.where(inside, -risk * ratio, 0.0)
        by_risk = np.where(inside, 1.0 - ratio, 1.0)
    else:
        inside = (risk - value >= 0.0) & (risk - value <= 1.0)
        by_effect = np.where(inside, 1.0, 0.0)
        by_risk = np.where(inside, 0.0, 1.0)
    return np.asarray(by_effect, dtype=np.float64), np.asarray(by_risk, dtype=np.float64)


def _problem(column: str, message: str) -> Problem:
    return Problem(
        "interventions.yaml", None, column, f"holds an effect {message}", "see planning.yaml"
    )
