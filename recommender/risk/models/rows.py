"""The pupil-years that a risk model may learn from, with their weights, families and folds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from recommender.inputs.cohort import Cohort
from recommender.risk.settings import RiskSettings

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False, slots=True)
class PupilYears:
    """Earlier pupil-years in an order of their own, whatever the order they came in.

    Attributes:
        frame: (rows,) history sorted by unit, date and content.
        family: (rows,) number of the family (pupils that share a family_id; a pupil's own years).
        fold: (rows,) part of the cross-fitting; a family is never in two.
        weight: (rows,) pupils x stabilised inverse propensity; 0 with a new intervention.
        untreated: (rows,) no new intervention recorded.
    """

    frame: pd.DataFrame
    family: Ints
    fold: Ints
    weight: Floats
    untreated: npt.NDArray[np.bool_]


def pupil_years_of(cohort: Cohort, settings: RiskSettings) -> PupilYears | None:
    """The rows of history in a fixed order with families, folds and weights; None without any."""
    history = cohort.history
    if history is None or len(history) == 0:
        return None
    unit_id = history["unit_id"].astype(str)
    kept, family = _sample(
        family_numbers(unit_id, cohort.units, history.get("family_id")), settings
    )
    frame = history[kept].assign(unit_id=unit_id[kept], date=pd.to_datetime(history["date"][kept]))
    frame = frame.assign(_family=family)
    first = ["unit_id", "date"]
    rest = sorted(str(c) for c in frame.columns if c not in first)
    frame = frame.sort_values(first + rest, kind="stable").reset_index(drop=True)
    family = frame.pop("_family").to_numpy(dtype=np.int64)
    untreated = (frame["intervention"].fillna("").astype(str) == "").to_numpy(dtype=bool)
    return PupilYears(
        frame=frame,
        family=family,
        fold=folds(family, settings.folds, settings.seed),
        weight=_weights(frame, untreated, settings.largest_weight),
        untreated=untreated,
    )


def family_numbers(
    unit_id: pd.Series[str], units: pd.DataFrame, family_id: pd.Series[str] | None = None
) -> Ints:
    """(rows,) family numbers: rows of one pupil, and of pupils with the same family_id, share one.

    Numbers follow the sorted unit ids, so they do not depend on the order of rows.
    """
    ids, row = np.unique(unit_id.to_numpy(dtype=object).astype(str), return_inverse=True)
    of_unit = [np.zeros(0, dtype=np.int64)]
    names = [np.zeros(0, dtype=object)]
    if "family_id" in units:
        place = pd.Index(ids).get_indexer(units["unit_id"].astype(str))
        of_unit.append(place[place >= 0].astype(np.int64))
        names.append(units["family_id"].fillna("").to_numpy(dtype=object)[place >= 0])
    if family_id is not None:
        of_unit.append(row.astype(np.int64))
        names.append(family_id.fillna("").to_numpy(dtype=object))
    unit, name = np.concatenate(of_unit), np.concatenate(names).astype(str)
    unit, name = unit[name != ""], name[name != ""]
    codes, labels = pd.factorize(name, sort=True)
    size = ids.size + len(labels)
    graph = coo_array((np.ones(unit.size), (unit, ids.size + codes)), shape=(size, size))
    _, component = connected_components(graph, directed=False)
    _, first, number = np.unique(component[: ids.size], return_index=True, return_inverse=True)
    rank = np.empty(first.size, dtype=np.int64)
    rank[np.argsort(first, kind="stable")] = np.arange(first.size)
    return np.asarray(rank[number][row], dtype=np.int64)


def folds(family: Ints, parts: int, seed: int) -> Ints:
    """(rows,) part of each row: families dealt out in a seeded order, the largest first."""
    size = np.bincount(family)
    lot = np.random.default_rng(seed).permutation(size.size)
    order = np.lexsort((lot, -size))
    part = np.empty(size.size, dtype=np.int64)
    turn = np.arange(size.size)
    # There and back again, so that the first part does not always get the larger family.
    part[order] = np.where(turn // parts % 2 == 0, turn % parts, parts - 1 - turn % parts)
    return np.asarray(part[family])


def _sample(family: Ints, settings: RiskSettings) -> tuple[npt.NDArray[np.bool_], Ints]:
    """(rows,) which rows are kept, and (kept,) their families numbered anew."""
    size = np.bincount(family)
    chosen = np.ones(size.size, dtype=bool)
    if family.size > settings.training_rows:
        order = np.random.default_rng(settings.seed).permutation(size.size)
        chosen[order[np.cumsum(size[order]) > settings.training_rows]] = False
    kept = chosen[family]
    return kept, np.asarray((np.cumsum(chosen) - 1)[family[kept]])


def _weights(frame: pd.DataFrame, untreated: npt.NDArray[np.bool_], largest: float) -> Floats:
    count = frame["count"].to_numpy(dtype=np.float64) if "count" in frame else np.ones(len(frame))
    chance = (
        frame["propensity"].to_numpy(dtype=np.float64)
        if "propensity" in frame
        else np.full(len(frame), np.nan)
    )
    known = untreated & np.isfinite(chance) & (chance > 0)
    weight = np.ones(len(frame))
    if known.any():
        weight[known] = 1 / chance[known]
        weight[known] /= np.average(weight[known], weights=count[known])
        weight[known] = np.minimum(weight[known], largest)
    return np.where(untreated, weight * count, 0.0)
