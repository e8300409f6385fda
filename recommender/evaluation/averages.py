"""Other risks than the predicted: what a choice made with them takes for value.

With site averages each unit has the average risk of its site.  Whom help suits (grades,
indications, the risks the catalogue asks for) stays as it is: every policy has the same rules.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from recommender.matching import Candidates, MatchingSettings, benefit_parts
from recommender.planning import Formulation
from recommender.planning.codes import Floats


def site_averages(candidates: Candidates) -> Floats:
    """Return (units, outcomes) the average risk of the unit's site, segments by their pupils."""
    units = candidates.cohort.units
    site, _ = pd.factorize(units["site"], sort=True)
    count = units["count"].to_numpy(dtype=np.float64)
    risk = candidates.risks.risk
    total = np.zeros((int(site.max(initial=-1)) + 1, risk.shape[1]))
    np.add.at(total, site, risk * count[:, None])
    people = np.bincount(site, weights=count, minlength=len(total))
    return np.asarray((total / people[:, None])[site])


def value_under(
    formulation: Formulation, candidates: Candidates, matching: MatchingSettings, risk: Floats
) -> Floats:
    """Return (columns,) the value of every column if units had other risks.

    Args:
        formulation: the problem with its meaning.
        candidates: what it was formulated from; they and the rules stay as they are.
        matching: the settings they were made with.
        risk: (units, outcomes).
    """
    other = replace(candidates, risks=replace(candidates.risks, risk=risk))
    every = np.arange(candidates.unit.size)
    benefit = benefit_parts(other, matching, every).sum(axis=1)
    problem, units = formulation.problem, formulation.candidate.size
    value = problem.value.copy()
    start = formulation.offers.period[problem.offer[:units]]
    value[:units] = benefit[formulation.candidate] * formulation.waited[start]
    return value
