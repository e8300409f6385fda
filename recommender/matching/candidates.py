"""Candidates: who may receive which bundle, what good it would do, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntFlag

import numpy as np
import numpy.typing as npt

from recommender.inputs.catalogue import Catalogue
from recommender.inputs.cohort import Cohort
from recommender.risk.profiles import RiskProfiles


class Reason(IntFlag):
    """Why a unit may not be offered an intervention; zero means it may."""

    GRADE = 1
    RISK_TOO_LOW = 2
    RISK_TOO_HIGH = 4
    CONTRAINDICATED = 8
    NOT_INDICATED = 16
    CONSENT = 32
    COMPLETED = 64
    RUNNING = 128
    REQUIREMENT = 256
    EXCLUDED = 512
    FORBIDDEN = 1024


@dataclass(frozen=True, slots=True)
class Bundle:
    """Interventions one unit may receive together, by their positions in the catalogue.

    Attributes:
        interventions: positions, ascending.
        offsets: how many periods after the first each of them starts; empty where all start
            together.
        left: the share of its benefit that is left when it starts so much later; empty as above.
    """

    interventions: tuple[int, ...]
    offsets: tuple[int, ...] = ()
    left: tuple[float, ...] = ()

    @property
    def starts(self) -> tuple[int, ...]:
        """How many periods after the first each member starts."""
        return self.offsets or (0,) * len(self.interventions)


@dataclass(frozen=True, eq=False, slots=True)
class Present:
    """The offers of the plan in force, sorted by unit: a unit, a bundle and a start each.

    Attributes:
        unit: (offers,) row of ``cohort.units``.
        period: (offers,) the id of the period in which it starts.
        pupils: (offers,) to how many pupils of the unit.
        benefit: (offers,) for ONE pupil at the risks of today, when it starts in the first period.
    """

    unit: npt.NDArray[np.int64]
    period: tuple[str, ...]
    pupils: npt.NDArray[np.float64]
    benefit: npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False, slots=True)
class Candidates:
    """Unit x bundle pairs, sorted by unit then bundle.

    Attributes:
        bundles: (bundles,) the bundles that occur, singles first.
        unit: (candidates,) row of ``cohort.units``.
        bundle: (candidates,) position in ``bundles``.
        benefit: (candidates,) expected weighted adverse outcomes averted for ONE pupil of the unit
            when the offer starts in the first period; reach is in it.
        standard_error: (candidates,) of the benefit, for one pupil, by the delta method; single
            precision, since a national run holds tens of millions.
        reasons: (units, interventions) ``Reason`` bits, 0 where the unit is eligible.
        required: (units,) position of the intervention a professional's decision requires (the
            first, of several), or -1; every candidate of such a unit contains all it requires.
        caution: standard errors that are taken off a benefit before it counts.
        present: the offers of the plan in force, None where none is known.
    """

    cohort: Cohort
    catalogue: Catalogue
    risks: RiskProfiles
    bundles: tuple[Bundle, ...]
    unit: npt.NDArray[np.int32]
    bundle: npt.NDArray[np.int32]
    benefit: npt.NDArray[np.float64]
    standard_error: npt.NDArray[np.float32]
    reasons: npt.NDArray[np.uint16]
    required: npt.NDArray[np.int32]
    caution: float = 0.0
    present: Present | None = None

    @property
    def worth(self) -> npt.NDArray[np.float64]:
        """Return (candidates,) what a benefit counts for: less the caution about its error."""
        return cautious(self.benefit, self.standard_error, self.caution)


def cautious(
    benefit: npt.NDArray[np.float64], error: npt.NDArray[np.floating], caution: float
) -> npt.NDArray[np.float64]:
    """Return what benefits count for when ``caution`` standard errors are taken off."""
    return benefit - caution * error.astype(np.float64) if caution else benefit
