"""Risk profiles: for every unit and outcome a calibrated probability with its standard error."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd


@dataclass(frozen=True, eq=False, slots=True)
class RiskProfiles:
    """Calibrated risks without a new intervention.

    A unit's true risk is taken as probit-normal around ``risk`` with that standard error:
    ``recommender.risk.interval`` gives the interval that holds it, ``risk_quantile`` draws it.

    Attributes:
        outcomes: (outcomes,) ids in policy order.
        risk: (units, outcomes) probabilities in [0, 1], rows as ``cohort.units``.
        standard_error: (units, outcomes) >= 0, spread of a unit's true risk around ``risk``.
        origin: (outcomes,) "model" or "profiles.csv".
        trust: how they compare with what happened, as ``trust_of`` gives it; None if not known.
    """

    outcomes: tuple[str, ...]
    risk: npt.NDArray[np.float64]
    standard_error: npt.NDArray[np.float64]
    origin: tuple[str, ...]
    trust: pd.DataFrame | None = None
