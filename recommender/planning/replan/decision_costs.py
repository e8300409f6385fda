"""Opportunity costs: what decisions of professionals cost in benefit, from prices, without blame.

A decision closes the offer that would do most by the model's reckoning, or asks for another; the
hours go to somebody else instead, at the prices of the plan.  So its cost is what the best offer of
the unit is worth above its price without the unit's decisions, less the same with them.  By weak
duality a plan without any decision would be worth no more than this plan, its proven gap and all
these costs together - but for lumps, which prices do not know: a group that decisions call into
being or leave too small shows in the benefit of the plan rather than here.  A duty that these
hours cannot meet has no price in benefit.  Nor is here what professionals know and the model does
not.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from recommender.allocation import Solution
from recommender.allocation.model.problem import blocks_at
from recommender.inputs.decision_reasons import REASONS
from recommender.inputs.resources import Resources
from recommender.matching import Candidates, MatchingSettings, match
from recommender.planning.formulation.formulate import formulate
from recommender.planning.formulation.formulation import Formulation
from recommender.planning.formulation.indexing import Floats, Ints
from recommender.planning.formulation.limits import LimitSettings
from recommender.planning.formulation.units import DECISION
from recommender.planning.selection.group_prices import (
    KEYS,
    member_price,
    membership_links,
    memberships_of,
)
from recommender.planning.verify.read_back import row_labels

ROW = ["resource", "role", "site", "period", "intervention", "rule", "grade"]


@dataclass(frozen=True, eq=False, slots=True)
class Costs:
    """What decisions cost.

    Attributes:
        decisions: unit_id, site, decided ("forbid a; require b"), reason (codes joined with "; "),
            cost (weighted adverse outcomes averted that the model expects to be lost, of all
            pupils of the unit), how ("estimated", or "cannot be met": required help that these
            hours or conditions do not allow, without a cost); one row a unit, sorted by it.
    """

    decisions: pd.DataFrame

    @property
    def total(self) -> float:
        """Return the cost of all decisions together."""
        return float(self.decisions["cost"].sum())

    def by_reason(self) -> tuple[tuple[str, int, float], ...]:
        """Return reason, how many units and cost; a unit with several reasons counts for each."""
        some = self.decisions.assign(reason=self.decisions["reason"].str.split("; "))
        some = some.explode("reason")
        found = some.groupby("reason")["cost"].agg(["size", "sum"])
        return tuple((str(r), int(n), float(c)) for r, n, c in found.itertuples())


def costs_of(
    formulation: Formulation,
    candidates: Candidates,
    solution: Solution,
    matching: MatchingSettings,
    resources: Resources,
    limits: LimitSettings,
) -> Costs:
    """Return what the decisions in a cohort cost, at the prices of a solution.

    Args:
        formulation, candidates: the problem with the decisions, and what it was made from.
        solution: what was chosen, with its prices.
        matching, resources, limits: as the problem was made with.
    """
    cohort = candidates.cohort
    said = cohort.decisions[cohort.decisions["decision"].isin(["forbid", "require"])]
    unit = pd.Index(cohort.units["unit_id"]).get_indexer(pd.Index(said["unit_id"]))
    said, unit = said[unit >= 0], unit[unit >= 0]
    who = np.unique(unit)
    free = match(
        replace(cohort, decisions=cohort.decisions.iloc[:0]),
        candidates.catalogue,
        candidates.risks,
        matching,
    )
    without = formulate(free, resources, limits)
    owed = formulation.book.rules.index(DECISION) if DECISION in formulation.book.rules else -2
    units = formulation.problem.value[: formulation.candidate.size]
    beyond = (formulation.rows.rule >= 0) & (solution.price > units.max(initial=0.0))
    price = np.where((formulation.rows.rule == owed) | beyond, 0.0, solution.price)
    best = _best_net(formulation, price, member_price(formulation, solution.links))
    freely = _best_net(without, *_carried(formulation, candidates, solution, price, without))
    required = candidates.required[who] >= 0
    met = np.isin(who, _offered(formulation, solution)) | ~required
    best, freely = best[who], np.maximum(freely[who], 0.0)
    count = formulation.units.count[who]
    possible = np.isfinite(best) | ~required
    held = np.where(required, np.where(possible, best, 0.0), np.maximum(best, 0.0))
    cost = np.where(met & possible, np.maximum(freely - held, 0.0) * count, 0.0)
    said = said.assign(
        text=said["decision"] + " " + said["intervention"],
        reason=[_code(text) for text in said["reason"]],
    )
    by_unit = said.groupby("unit_id")
    ids = cohort.units["unit_id"].iloc[who]
    frame = pd.DataFrame(
        {
            "unit_id": ids.to_numpy(dtype=object),
            "site": cohort.units["site"].iloc[who].to_numpy(dtype=object),
            "decided": by_unit["text"].agg("; ".join).reindex(ids).to_numpy(dtype=object),
            "reason": by_unit["reason"].agg(_joined).reindex(ids).to_numpy(dtype=object),
            "cost": cost,
            "how": np.where(met & possible, "estimated", "cannot be met").astype(object),
        }
    )
    texts = ("unit_id", "site", "decided", "reason", "how")
    return Costs(frame.astype(dict.fromkeys(texts, "str")))


def _joined(codes: pd.Series) -> str:
    return "; ".join(sorted(set(codes)))


def _code(reason: object) -> str:
    """Return the code that a reason begins with; a remark is never repeated."""
    code = str(reason).split(":", 1)[0].strip()
    return code if code in REASONS else "other"


def _best_net(formulation: Formulation, price: Floats, member: Floats) -> Floats:
    """Return (units,) the best value above its price of every unit, -inf where there is none."""
    problem, units = formulation.problem, formulation.candidate.size
    cost = np.asarray(problem.use.T @ price)
    net = problem.value[:units] - cost[problem.offer[:units]] - member
    best = np.full(formulation.units.site.size, -np.inf)
    if units:
        start = problem.start[: formulation.spans.sessions]
        best[formulation.unit] = np.maximum.reduceat(net, start)
    return best


def _carried(
    formulation: Formulation,
    candidates: Candidates,
    solution: Solution,
    price: Floats,
    other: Formulation,
) -> tuple[Floats, Floats]:
    """Return the prices of rows and of memberships in another problem of the same words."""
    own, labels = row_labels(formulation), row_labels(other)
    at = pd.MultiIndex.from_frame(own[ROW]).get_indexer(pd.MultiIndex.from_frame(labels[ROW]))
    rows = np.append(price, 0.0)[at]
    ids = candidates.cohort.units["unit_id"]
    table = memberships_of(formulation, solution.links, ids).drop_duplicates(list(KEYS))
    links, _ = membership_links(table, other, labels, ids)
    return rows, member_price(other, links)


def _offered(formulation: Formulation, solution: Solution) -> Ints:
    """Return the units that are offered something."""
    mine = solution.columns[solution.columns < formulation.candidate.size]
    return np.unique(formulation.unit[blocks_at(formulation.problem, mine)])
