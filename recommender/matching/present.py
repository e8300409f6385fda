"""Present: what the plan in force would do for every unit, at the risks of today."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from recommender.matching.benefit import benefit_parts
from recommender.matching.bundles import in_time
from recommender.matching.candidates import Candidates, Present
from recommender.matching.relations import relations_of
from recommender.matching.settings import MatchingSettings


def present_of(candidates: Candidates, settings: MatchingSettings) -> Present | None:
    """Return the offers of the plan in force with what they would do now; None if none is known.

    Help that is not in the catalogue any more does nothing.

    Args:
        candidates: who may be offered what today; the offers in force need not be among it.
        settings: how they are valued.
    """
    table = candidates.cohort.present
    if table is None:
        return None
    unit = pd.Index(candidates.cohort.units["unit_id"]).get_indexer(pd.Index(table["unit_id"]))
    what = pd.Index(candidates.catalogue.ids).get_indexer(pd.Index(table["intervention"]))
    lines = table.assign(unit=unit, what=what)[(unit >= 0) & (what >= 0)]
    offers = (
        lines.sort_values(["unit", "period", "bundle", "what"], kind="stable")
        .groupby(["unit", "period", "bundle"], sort=True)
        .agg(members=("what", tuple), units=("units", "first"))
        .reset_index()
    )
    code, members = pd.factorize(offers["members"])
    relations = relations_of(candidates.catalogue)
    there = replace(
        candidates,
        bundles=tuple(in_time(relations, each, settings.waiting_discount) for each in members),
        unit=offers["unit"].to_numpy(dtype=np.int32),
        bundle=code.astype(np.int32),
    )
    return Present(
        unit=offers["unit"].to_numpy(dtype=np.int64),
        period=tuple(offers["period"].tolist()),
        pupils=offers["units"].to_numpy(dtype=np.float64),
        benefit=benefit_parts(there, settings, np.arange(len(offers))).sum(axis=1),
    )
