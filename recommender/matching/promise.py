"""Promise: what a choice is expected to avert when true risks lie around their estimates.

The benefit of an offer is worked out at the estimated risk.  Help does most good at middling risks,
so it gains less than that where the true risk is lower or higher, and a plan picks out the pupils
for whom the estimate says most.  True risks are probit-normal around the estimate with its standard
error (see ``RiskProfiles``); the expectation over them is taken by Gauss-Hermite quadrature, so it
needs no seed.  Effects are taken as they are believed: the shares of the evidence levels already
shrink them.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.special import ndtr, ndtri

from recommender.matching.benefit import IntegerArray, benefit_by_outcome
from recommender.matching.candidates import Candidates
from recommender.matching.effects import FloatArray
from recommender.matching.settings import MatchingSettings
from recommender.risk.models.dispersion import omega_of

NODES = 9
"""Points of the quadrature; with more the promise of the shipped region does not move."""

EDGE = 1e-12


def promised(
    candidates: Candidates, settings: MatchingSettings, chosen: IntegerArray, quantity: FloatArray
) -> float:
    """Return what a choice is expected to avert, over the spread of true risks.

    Args:
        candidates, settings: what may be offered, and how it is valued.
        chosen: (k,) candidates in the plan.
        quantity: (k,) pupils of each, times any discount.
    """
    if len(chosen) == 0:
        return 0.0
    units, row = np.unique(candidates.unit[chosen], return_inverse=True)
    risk, error = candidates.risks.risk[units], candidates.risks.standard_error[units]
    omega = omega_of(risk, error)
    middle = ndtri(np.clip(risk, EDGE, 1 - EDGE)) * np.sqrt(1 + omega**2)
    sure = (omega <= 0) | (risk <= 0) | (risk >= 1)
    node, weight = np.polynomial.hermite_e.hermegauss(NODES)
    which = np.arange(len(chosen))
    total = 0.0
    for z, share in zip(node.tolist(), (weight / weight.sum()).tolist(), strict=True):
        true = np.where(sure, risk, ndtr(middle + omega * z))
        there = replace(
            candidates,
            unit=row.astype(np.int32),
            bundle=candidates.bundle[chosen],
            risks=replace(candidates.risks, risk=true, standard_error=error),
        )
        total += share * float(benefit_by_outcome(there, settings, which).sum(axis=1) @ quantity)
    return total
