"""Other risks than the predicted: what help would avert with them, and what it would count for.

A choice is made by what help counts for, with the caution and the priority of the rules; what a
choice brings is the benefit, without them.
With site averages each unit has the average risk of its site.  Whom help suits (grades,
indications, the risks the catalogue asks for) stays as it is: every baseline has the same rules.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from recommender.matching import (
    Candidates,
    MatchingSettings,
    benefit_error,
    benefit_parts,
    cautious,
)
from recommender.planning import Formulation
from recommender.planning.formulation.indexing import Floats


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


def benefit_under(
    formulation: Formulation, candidates: Candidates, matching: MatchingSettings, risk: Floats
) -> Floats:
    """Return (unit columns,) the benefit of every column of a unit if units had other risks.

    Args:
        formulation: the problem with its meaning.
        candidates: what it was formulated from; they and the rules stay as they are.
        matching: the settings they were made with.
        risk: (units, outcomes).
    """
    return formulation.benefit_of(_worth(_with(candidates, risk), matching))


def value_under(
    formulation: Formulation, candidates: Candidates, matching: MatchingSettings, risk: Floats
) -> Floats:
    """Return (columns,) what every column counts for if units had other risks: what is maximised.

    Args:
        formulation, candidates, matching, risk: as of ``benefit_under``.
    """
    other = _with(candidates, risk)
    worth = _worth(other, matching)
    if candidates.caution:
        error = benefit_error(other, matching, np.arange(worth.size))
        worth = cautious(worth, error, candidates.caution)
    value = formulation.problem.value.copy()
    value[: formulation.candidate.size] = formulation.value_of(worth)
    return value


def _with(candidates: Candidates, risk: Floats) -> Candidates:
    return replace(candidates, risks=replace(candidates.risks, risk=risk))


def _worth(candidates: Candidates, matching: MatchingSettings) -> Floats:
    """Return (candidates,) the benefit for one pupil."""
    every = np.arange(candidates.unit.size)
    return np.asarray(benefit_parts(candidates, matching, every).sum(axis=1))
