"""What a choice truly delivers, where the truth is known because the region is invented."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from recommender.allocation import Solution
from recommender.inputs.catalogue import Catalogue
from recommender.inputs.policy import Outcome
from recommender.matching import Candidates, MatchingSettings, benefit_by_outcome
from recommender.planning import Formulation
from recommender.planning.formulation.indexing import Floats
from recommender.risk import RiskProfiles


@dataclass(frozen=True, eq=False, slots=True)
class Truth:
    """What nobody knows outside an invented region.

    Attributes:
        risks: (units, outcomes) true risks without a new intervention, as risk profiles.
        catalogue: the catalogue with what its interventions truly do.
    """

    risks: RiskProfiles
    catalogue: Catalogue

    @classmethod
    def of(
        cls,
        risks: pd.DataFrame,
        effects: pd.DataFrame,
        catalogue: Catalogue,
        unit_ids: pd.Series,
        outcomes: tuple[Outcome, ...],
    ) -> Truth:
        """Return the truth of a simulation.

        Args:
            risks: unit_id, outcome, risk.
            effects: intervention, outcome, scale, value.
            catalogue: the catalogue the region was made with.
            unit_ids: (units,) in the order of the cohort.
            outcomes: in the order of the policy.
        """
        names = [outcome.id for outcome in outcomes]
        table = risks.pivot(index="unit_id", columns="outcome", values="risk")
        risk = table.loc[unit_ids, names].to_numpy(dtype=np.float64)
        value = effects.set_index(["intervention", "outcome"])["value"].to_dict()
        interventions = tuple(
            replace(
                intervention,
                effects=tuple(
                    replace(effect, value=float(value[intervention.id, effect.outcome]))
                    for effect in intervention.effects
                ),
            )
            for intervention in catalogue.interventions
        )
        return cls(
            risks=RiskProfiles(
                outcomes=tuple(names),
                risk=risk,
                standard_error=np.zeros_like(risk),
                origin=("truth",) * len(names),
            ),
            catalogue=replace(catalogue, interventions=interventions),
        )


def delivered(
    formulation: Formulation,
    candidates: Candidates,
    solution: Solution,
    matching: MatchingSettings,
    truth: Truth,
) -> float:
    """Return the weighted adverse outcomes that a choice truly averts.

    Args:
        formulation, candidates: what the choice was made from.
        solution: the choice, of a plan or of a baseline.
        matching: the settings of the plan; true effects are believed in full.
        truth: what is truly so.
    """
    believed = replace(matching, evidence=tuple((level, 1.0) for level, _ in matching.evidence))
    real = replace(candidates, risks=truth.risks, catalogue=truth.catalogue)
    of_units = solution.columns < formulation.candidate.size
    columns = solution.columns[of_units]
    chosen = formulation.candidate[columns]
    benefit = benefit_by_outcome(real, believed, chosen).sum(axis=1)
    waited: Floats = formulation.waited[
        formulation.offers.period[formulation.problem.offer[columns]]
    ]
    return float(solution.quantity[of_units] @ (benefit * waited))
