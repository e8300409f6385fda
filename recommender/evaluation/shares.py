"""Shares: how evenly good is spread over pupils, by inequality, tenths of risk and groups."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from recommender.inputs.cohort import Cohort
from recommender.inputs.readers.policy_file import STRUCTURAL
from recommender.planning.formulation.indexing import Bools, Codes, Floats, Ints

FEW = 10
"""Groups of fewer pupils than this are not told apart."""

MOST_GROUPS = 20
"""Columns with more groups than this are not looked at by group."""


@dataclass(frozen=True, eq=False, slots=True)
class Given:
    """What units are given; all (units,) in the order of ``cohort.units``.

    Attributes:
        pupils: how many pupils the unit is.
        served: pupils offered help.
        benefit: weighted adverse outcomes averted, of all of them together.
        need: weighted risk of one pupil.
    """

    pupils: Floats
    served: Floats
    benefit: Floats
    need: Floats


def gini(benefit: Floats, pupils: Floats) -> float:
    """Return the Gini coefficient of benefit over pupils: 0 where all have alike, near 1 where one
    has all.

    It is the mean absolute difference between two pupils, over twice the mean; 0 where nobody has
    anything.

    Args:
        benefit: (n,) of all pupils of a unit together.
        pupils: (n,) above 0.
    """
    total, people = float(benefit.sum()), float(pupils.sum())
    if not total > 0:
        return 0.0
    order = np.argsort(benefit / pupils, kind="stable")
    gained = np.cumsum(benefit[order])
    between = gained - benefit[order] / 2
    return float(1.0 - 2.0 * np.sum(pupils[order] * between) / (people * total))


def deciles_of(need: Floats, pupils: Floats) -> Ints:
    """Return (units,) the tenth of the pupils a unit is in, 1 lowest to 10 highest by need.

    A unit of several pupils stands where the middle one of them would.
    """
    order = np.argsort(need, kind="stable")
    ends = np.cumsum(pupils[order])
    middle = (ends - pupils[order] / 2) / max(float(pupils.sum()), 1e-300)
    decile = np.empty(need.size, dtype=np.int64)
    decile[order] = np.minimum(np.floor(middle * 10).astype(np.int64) + 1, 10)
    return decile


def by_decile(given: Given) -> pd.DataFrame:
    """Return decile, pupils, served, benefit, lowest, highest; tenths without a unit are absent."""
    frame = pd.DataFrame(
        {
            "decile": deciles_of(given.need, given.pupils),
            "pupils": given.pupils,
            "served": given.served,
            "benefit": given.benefit,
            "need": given.need,
        }
    )
    return (
        frame.groupby("decile", sort=True)
        .agg(
            pupils=("pupils", "sum"),
            served=("served", "sum"),
            benefit=("benefit", "sum"),
            lowest=("need", "min"),
            highest=("need", "max"),
        )
        .reset_index()
    )


def audit_columns(cohort: Cohort) -> list[str]:
    """Return the ``audit_only`` categories and flags that the units of a cohort have."""
    return [
        column.name
        for column in cohort.columns
        if "audit_only" in column.use
        and column.type in ("category", "flag")
        and column.name not in STRUCTURAL
        and column.name in cohort.units
    ]


def texts_of(values: pd.Series) -> pd.Series:
    """Return the values of a category or flag as texts, "" where it is not known."""
    if pd.api.types.is_numeric_dtype(values):
        return values.map({0.0: "0", 1.0: "1"}).astype(object).fillna("").astype(str)
    return values.astype(object).fillna("").astype(str)


def by_group(given: Given, cohort: Cohort) -> pd.DataFrame:
    """Return column, group, pupils, served, benefit, share of sites and ``audit_only`` groups.

    ``share`` is the part of the group's weighted risk that is averted.  Groups of fewer than
    ``FEW`` pupils are left out, and so are columns with more than ``MOST_GROUPS`` groups but sites.
    """
    tables = []
    for column in ["site", *audit_columns(cohort)]:
        group = texts_of(cohort.units[column])
        frame = pd.DataFrame(
            {
                "group": group.to_numpy(),
                "pupils": given.pupils,
                "served": given.served,
                "benefit": given.benefit,
                "need": given.need * given.pupils,
            }
        )
        sums = frame.groupby("group", sort=True).sum().reset_index()
        if len(sums) < 2 or (len(sums) > MOST_GROUPS and column != "site"):
            continue
        sums = sums[sums["pupils"] >= FEW]
        sums.insert(0, "column", column)
        tables.append(sums)
    if not tables:
        names = ("column", "group", "pupils", "served", "benefit", "share")
        return pd.DataFrame({name: [] for name in names}).astype({"column": "str", "group": "str"})
    whole = pd.concat(tables, ignore_index=True)
    need = whole.pop("need").to_numpy(dtype=np.float64)
    benefit = whole["benefit"].to_numpy(dtype=np.float64)
    whole["share"] = np.divide(benefit, need, out=np.zeros_like(need), where=need > 0)
    return whole


def worst_of(groups: pd.DataFrame) -> tuple[str, str, float]:
    """Return column, group and share of the group of whose risk the smallest part is averted."""
    if not len(groups):
        return "", "", 0.0
    known = groups[groups["group"] != ""]
    if not len(known):
        return "", "", 0.0
    at = int(known["share"].to_numpy(dtype=np.float64).argmin())
    worst = known.iloc[at]
    return str(worst["column"]), str(worst["group"]), float(worst["share"])


def eligible_of(units: int, candidate_units: Codes | Ints) -> Bools:
    """Return (units,) whether a unit may be offered something."""
    found = np.zeros(units, dtype=np.bool_)
    found[candidate_units] = True
    return found
