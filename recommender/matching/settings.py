"""The settings of matching: weights, belief in evidence, bundle size, and who may get an offer."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass

from recommender.inputs.policy import Condition, MustServe, Policy

LARGEST_BUNDLE = 4


@dataclass(frozen=True, slots=True)
class MatchingSettings:
    """What people decide about matching.

    Attributes:
        weights: outcome -> how bad one case is, as pairs.
        evidence: evidence level -> share of a published effect that is believed, as pairs.
        bundle_size: the most interventions one unit may receive together.
        diminishing: weight of each further effect on one outcome beside the one before it.
        consent: the consent states in which a unit may be offered help; never "refused".
        must_serve: statutory rules; a bundle that counts for a unit's rule is only dominated by a
            bundle that counts as well.
        limited: interventions with a cap on their pupils: a place under the cap is a need too.
        at_once: whether there is a limit to what a pupil or family has at once: every intervention
            is then a need of its own in the periods it runs.
        counted: roles whose cases at once are limited: a case is then a need too.
        set_aside: keys of the catalogue that do not count.
        waiting_discount: share of the benefit lost for every period that a member of a bundle
            starts later than the first.
        starts: the first days of the periods, in calendar order.
        caution: standard errors that are taken off a benefit before it counts.

    Raises:
        ValueError: for a number or a consent state that makes no sense.
    """

    weights: tuple[tuple[str, float], ...]
    evidence: tuple[tuple[str, float], ...]
    bundle_size: int = 2
    diminishing: float = 0.5
    consent: tuple[str, ...] = ("given", "not_needed")
    must_serve: tuple[MustServe, ...] = ()
    limited: tuple[str, ...] = ()
    at_once: bool = False
    counted: tuple[str, ...] = ()
    set_aside: tuple[Condition, ...] = ()
    waiting_discount: float = 0.0
    starts: tuple[dt.date, ...] = ()
    caution: float = 0.0

    def __post_init__(self) -> None:
        """Refuse nonsense."""
        for outcome, weight in self.weights:
            if not (math.isfinite(weight) and weight >= 0):
                raise ValueError(f"the weight of {outcome} is {weight}; use a number of 0 or more")
        for level, share in self.evidence:
            if not 0 <= share <= 1:
                raise ValueError(f"the share of evidence {level} is {share}; use 0 to 1")
        if not 1 <= self.bundle_size <= LARGEST_BUNDLE:
            raise ValueError(f"bundle_size is {self.bundle_size}; use 1 to {LARGEST_BUNDLE}")
        if not 0 <= self.diminishing <= 1:
            raise ValueError(f"diminishing is {self.diminishing}; use 0 to 1")
        if not 0 <= self.caution < math.inf:
            raise ValueError(f"caution is {self.caution}; use a number of 0 or more")
        if "refused" in self.consent:
            raise ValueError("consent lists 'refused'; who refused is never offered anything")

    @classmethod
    def of(cls, policy: Policy) -> MatchingSettings:
        """Return the settings a policy states."""
        return cls(
            weights=tuple((outcome.id, outcome.weight) for outcome in policy.outcomes),
            evidence=tuple(sorted(policy.evidence.items())),
            bundle_size=policy.bundle_size,
            diminishing=policy.diminishing,
            consent=tuple(policy.rules.consent),
            must_serve=policy.rules.must_serve,
            limited=tuple(sorted(policy.rules.caps)),
            at_once=(
                policy.rules.at_once_per_pupil is not None
                or policy.rules.at_once_per_family is not None
            ),
            counted=tuple(sorted(policy.rules.caseload)),
            set_aside=policy.rules.set_aside,
            waiting_discount=policy.waiting_discount,
            starts=tuple(period.start for period in policy.periods),
            caution=policy.rules.caution,
        )
