"""The efficient frontier: benefit against hours, the price of hours, the worth of prediction.

Along the frontier one problem is solved, formulated with the most hours there could be: only the
hours of the staff that was named differ from point to point.  It is the relaxation (pupils and
groups in parts): a bound that a whole plan comes within its gap of, and by the laws of linear
programs never falling and ever flatter with more hours.  Each point begins from the one before.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from recommender.allocation import Allocation, Solution, Start, solve, start_from
from recommender.allocation.bound.budget_path import area_under, budget_path
from recommender.allocation.model.problem import block_best
from recommender.errors import UsageError
from recommender.evaluation.averages import benefit_under, site_averages, value_under
from recommender.evaluation.baselines import spent_by_offers
from recommender.evaluation.sharpness import (
    Sharpness,
    expected_auc,
    log_score,
    predicted,
    true_risks,
)
from recommender.inputs.findings import unknown
from recommender.inputs.policy import CapacityChange
from recommender.inputs.workspace import Inputs
from recommender.matching import Candidates, match, plan_error
from recommender.pipeline import Progress, Settings, silent
from recommender.planning import Formulation, Plan, formulate
from recommender.planning.formulation.indexing import Bools, Floats, Ints, first_best
from recommender.planning.verify.read_back import risks_of
from recommender.risk import RiskProfiles, assess_risk
from recommender.scenarios.changes import change_capacity
from recommender.scenarios.measures import INTERVAL
from recommender.scenarios.solve import start_of

PAYS = 0.01
"""An hour no longer pays when it is worth less than this share of what one is worth today."""

MORE = 0.1
"""The share of more hours that is held against better prediction."""

LEVELS: Mapping[str, Sharpness] = {
    "everybody alike": Sharpness(kept=0.0),
    "a quarter known": Sharpness(kept=0.25),
    "half known": Sharpness(kept=0.5),
    "three quarters known": Sharpness(kept=0.75),
    "the model": Sharpness(),
    "a quarter of the rest": Sharpness(revealed=0.25),
    "half of the rest": Sharpness(revealed=0.5),
    "true risks": Sharpness(revealed=1.0),
}
"""How much could be known of the risks, from nothing to all."""

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "points": (
        "change", "hours", "more_hours", "benefit", "standard_error", "low", "high", "price",
        "hours_used", "pupils",
    ),
    "predictions": ("level", "kept", "revealed", "auc", "log_score", "benefit"),
    "targeting": ("rule", "cost", "benefit"),
    "areas": ("rule", "area", "lift", "share"),
}  # fmt: skip
"""The columns of the tables of a frontier."""


@dataclass(frozen=True, eq=False, slots=True)
class Frontier:
    """Benefit against hours, and what else could be bought instead.

    Attributes:
        resources: what was varied, as it was asked for.
        points: change (of the hours named, as a share), hours (of them, all periods together),
            more_hours (than today), benefit, standard_error, low, high (90 %), price (benefit of
            one more of these hours, in the mix there is), hours_used (of everybody), pupils.
        stops: the smallest change on the grid from which one more hour is worth less than ``PAYS``
            of what it is worth today; None if it pays everywhere.
        predictions: level, kept, revealed, auc (mean over outcomes, by weight), log_score (the
            same), benefit: today's hours, given out by predictions blunter and sharper than the
            model's, counted by true risks that were drawn.
        more: the share of more hours held against prediction.
        more_benefit: what today's model does with them, by the same true risks.
        from_auc, to_auc: prediction must rise so far to do as much with today's hours; ``to_auc``
            is None where not even the true risks would do.
        targeting: rule, cost (euros: hours at the cost of their role, and money), benefit: what
            every sum could buy if money were all that is scarce, under ``plan``,
            ``site_averages``, ``highest_risk`` and ``lot`` (spread evenly).
        areas: rule, area (under the curve), lift (area above that of ``lot``), share (of the lift
            of ``plan``).
        seed: of every draw.
        synthetic: whether the pupils are made up.
    """

    resources: tuple[str, ...]
    points: pd.DataFrame
    stops: float | None
    predictions: pd.DataFrame
    more: float
    more_benefit: float
    from_auc: float
    to_auc: float | None
    targeting: pd.DataFrame
    areas: pd.DataFrame
    seed: int
    synthetic: bool


def resource_named(text: str, inputs: Inputs) -> CapacityChange:
    """Return the hours that ``ROLE[@SITE][@PERIOD]`` names; ``all`` is everybody.

    Raises:
        UsageError: for a role, site or period that does not exist; the nearest is suggested.
    """
    if text in ("all", "*"):
        return CapacityChange()
    role, *rest = text.split("@")
    roles = tuple(r.id for r in inputs.policy.roles)
    sites = tuple(inputs.resources.sites["site"].tolist())
    periods = tuple(p.id for p in inputs.policy.periods)
    if role not in (*roles, "*"):
        raise UsageError(unknown("role", role, (*roles, "all")))
    found = {"site": "*", "period": "*"}
    for word in rest:
        kind = "site" if word in sites else "period" if word in periods else None
        if kind is None:
            raise UsageError(unknown("site or period", word, (*sites, *periods)))
        if found[kind] != "*":
            raise UsageError(f"{text!r} names two {kind}s; give --resource twice instead")
        found[kind] = word
    return CapacityChange(role=role, site=found["site"], period=found["period"])


def frontier(
    inputs: Inputs,
    resources: tuple[str, ...],
    changes: tuple[float, ...],
    settings: Settings,
    *,
    risks: RiskProfiles | None = None,
    progress: Progress = silent,
) -> Frontier:
    """Return benefit against the hours that are named.

    Args:
        inputs: of the workspace, under the scenario that is looked at.
        resources: ``ROLE[@SITE][@PERIOD]`` or ``all``; hours named twice count once.
        changes: shares by which the hours change, at least -1; 0 is added where it is missing.
        settings: of the plan.
        risks: where they are known already.
        progress: called with a short line about what is being done.

    Raises:
        UsageError: for hours that nobody has, names that do not exist, or a change below -1.
    """
    asked = tuple(resource_named(text, inputs) for text in resources)
    grid = tuple(sorted({*changes, 0.0}))
    if grid[0] < -1:
        raise UsageError("hours cannot fall by more than all of them: -100%")
    named = rows_named(inputs, asked)
    if not named.any():
        raise UsageError(f"nobody has hours of {', '.join(resources)}")
    if risks is None:
        progress("assessing risks")
        risks = assess_risk(inputs.cohort, inputs.policy.outcomes, settings.risk, progress)
    candidates = match(inputs.cohort, inputs.catalogue, risks, settings.matching)
    line = _line(inputs, candidates, settings, named, 1.0 + max(grid[-1], MORE))
    progress("following the frontier")
    points = line.points(grid, progress)
    progress("what prediction is worth")
    predictions, more_benefit, model = line.predictions(progress)
    progress("what targeting is worth")
    targeting, areas = _targeting(line)
    quality = predictions["auc"].to_numpy(dtype=np.float64)
    reached = np.maximum.accumulate(predictions["benefit"].to_numpy(dtype=np.float64))
    to_auc = None
    if more_benefit <= reached[-1]:
        to_auc = float(np.interp(more_benefit, *_rising(reached, quality)))
    return Frontier(
        resources=resources,
        points=points,
        stops=_stops(points),
        predictions=predictions,
        more=MORE,
        more_benefit=more_benefit,
        from_auc=model,
        to_auc=None if to_auc is None else max(to_auc, model),
        targeting=targeting,
        areas=areas,
        seed=settings.limits.seed,
        synthetic=inputs.policy.synthetic,
    )


FRONT = (-0.2, -0.1, 0.0, 0.1, 0.2, 0.3, 0.4, 0.5)
"""Changes of the hours of everybody that a report shows."""

LARGEST = 200_000
"""Columns up to which a report follows benefit along hours: that takes seconds, not minutes."""


def front_of(
    plan: Plan, inputs: Inputs, settings: Settings, progress: Progress = silent
) -> pd.DataFrame | None:
    """Return the points of a frontier around a plan (``COLUMNS``), by the hours of everybody.

    None where nobody has hours, the problem is large, or the plan is not one of these inputs.

    Args:
        plan: the plan; its risks are taken over, and its prices are where the search begins.
        inputs, settings: what it was made from.
        progress: called with a short line about what is being done.
    """
    if plan.assignments["unit_id"].nunique() > LARGEST:  # each has a column: nothing to work out
        return None
    risks, _ = risks_of(plan, inputs)
    if risks is None or not (inputs.resources.professionals["hours"] > 0).any():
        return None
    candidates = match(inputs.cohort, inputs.catalogue, risks, settings.matching)
    named = rows_named(inputs, (CapacityChange(),))
    line = _line(inputs, candidates, settings, named, 1.0 + FRONT[-1])
    if line.formulation.problem.columns > LARGEST:
        return None
    return line.points(FRONT, progress, start_of(plan, line.formulation, candidates))


def _line(
    inputs: Inputs, candidates: Candidates, settings: Settings, named: Bools, most: float
) -> _Line:
    """Return the problem in which the hours named vary up to ``most`` times those of today."""
    staff = inputs.resources.professionals
    wide = staff.assign(hours=np.where(named, staff["hours"] * most, staff["hours"]))
    formulation = formulate(
        candidates, replace(inputs.resources, professionals=wide), settings.limits
    )
    return _Line(candidates, formulation, settings, named, most)


def rows_named(inputs: Inputs, asked: tuple[CapacityChange, ...]) -> Bools:
    """Return (professionals rows,) whose hours are named."""
    named = np.zeros(len(inputs.resources.professionals), dtype=np.bool_)
    before = inputs.resources.professionals.assign(hours=1.0)
    for change in asked:
        probe = replace(inputs.resources, professionals=before)
        after = change_capacity(probe, replace(change, scale=2.0)).professionals
        named |= (after["hours"] == 2.0).to_numpy(dtype=np.bool_)
    return named & (inputs.resources.professionals["hours"] > 0).to_numpy(dtype=np.bool_)


def _stops(points: pd.DataFrame) -> float | None:
    price = points["price"].to_numpy(dtype=np.float64)
    change = points["change"].to_numpy(dtype=np.float64)
    today = price[int(np.argmin(np.abs(change)))]
    over = np.flatnonzero(price <= PAYS * today)
    return float(change[over[0]]) if over.size else None


def _rising(reached: Floats, quality: Floats) -> tuple[Floats, Floats]:
    """Return the levels at which more is reached than before."""
    kept = np.flatnonzero(np.diff(reached, prepend=-np.inf) > 0)
    return reached[kept], quality[kept]


@dataclass(eq=False, slots=True)
class _Line:
    """One problem whose named hours vary; solved again and again from where it was.

    ``most`` is how many times the hours of today the problem was formulated with.
    """

    candidates: Candidates
    formulation: Formulation
    settings: Settings
    named: Bools
    most: float

    def points(
        self, grid: tuple[float, ...], progress: Progress, start: Start | None = None
    ) -> pd.DataFrame:
        """Return a row for every change of the hours."""
        rows = []
        today = self._hours(0.0)
        for change in grid:
            progress(f"hours {change:+.0%}")
            answer = self.solve(change, start=start)
            start = start_from(answer.solution, self.formulation.problem)
            rows.append(self._point(change, answer, today))
        return pd.DataFrame(rows, columns=list(COLUMNS["points"]))

    def solve(
        self, change: float, value: Floats | None = None, start: Start | None = None
    ) -> Allocation:
        """Return the optimum of the relaxation under a change of the hours."""
        problem = self.formulation.problem
        limit = problem.limit.copy()
        limit[self._teams()] = self._team_hours(change)
        problem = replace(problem, limit=limit)
        if value is not None:
            problem = replace(problem, value=value)
        effort = replace(self.settings.effort, whole=False)
        return solve(problem, effort, self.settings.engine, self.settings.solver, start=start)

    def _teams(self) -> slice:
        spans = self.formulation.spans
        return slice(spans.staff, spans.shortages)

    def _team_hours(self, change: float) -> Floats:
        """Return (teams,) hours under a change: those of today but for what is named."""
        share = self._named_share()
        hours = self.formulation.staff.hours
        today = hours / (1.0 + share * (self.most - 1.0))
        return np.asarray(today * (1.0 + share * change))

    def _named_share(self) -> Floats:
        """Return (teams,) the share of today's hours that is named, 0 or 1 but for hours of 0."""
        staff = self.formulation.staff
        whole = self.formulation.resources.professionals["hours"].to_numpy(dtype=np.float64)
        today = np.where(self.named, whole / self.most, whole)
        total = np.bincount(staff.member_of, weights=today, minlength=staff.hours.size)
        mine = np.bincount(
            staff.member_of, weights=np.where(self.named, today, 0.0), minlength=staff.hours.size
        )
        return np.divide(mine, total, out=np.zeros_like(mine), where=total > 0)

    def _hours(self, change: float) -> float:
        named = self._named_share() * self._team_hours(0.0)
        return float(named.sum()) * (1.0 + change)

    def _point(self, change: float, answer: Allocation, today: float) -> tuple[float, ...]:
        formulation, solution = self.formulation, answer.solution
        chosen, quantity, discounted = self._offered(solution)
        benefit = float(formulation.benefit[chosen] @ quantity)
        error = plan_error(
            self.candidates, self.settings.matching, formulation.candidate[chosen], discounted
        )
        hours = self._hours(change)
        return (
            change,
            hours,
            hours - today,
            benefit,
            error,
            benefit - INTERVAL * error,
            benefit + INTERVAL * error,
            self._price(solution.price),
            self._used(solution),
            float(quantity.sum()),
        )

    def _used(self, solution: Solution) -> float:
        """Return the hours that help takes, running help included."""
        problem, rows = self.formulation.problem, self.formulation.rows
        hours = np.array([name == "hours" for name in rows.resource], dtype=np.bool_)
        helping = solution.columns < problem.start[self.formulation.spans.staff]
        taken = np.bincount(
            problem.offer[solution.columns[helping]],
            weights=solution.quantity[helping],
            minlength=problem.offers,
        )
        return float((problem.use @ taken)[hours].sum() - problem.capacity[hours].sum())

    def _offered(self, solution: Solution) -> tuple[Ints, Floats, Floats]:
        """Return columns of units, pupils, and pupils with what waiting loses taken off."""
        formulation = self.formulation
        mine = solution.columns < formulation.candidate.size
        chosen, quantity = solution.columns[mine], solution.quantity[mine]
        start = formulation.offers.period[formulation.problem.offer[chosen]]
        return chosen, quantity, quantity * formulation.waited[start]

    def _price(self, price: Floats) -> float:
        """Return what one more of the named hours is worth, in the mix there is of them."""
        worth = block_best(self.formulation.problem, price)[self._teams()]
        named = self._named_share() * self._team_hours(0.0)
        return float(worth @ named / named.sum())

    def predictions(self, progress: Progress) -> tuple[pd.DataFrame, float, float]:
        """Return the table of levels, what more hours do with the model, and the model's AUC."""
        seed = self.settings.limits.seed
        risks = self.candidates.risks
        truth, drawn = true_risks(risks, seed)
        averted = self._benefit(truth)
        weights = np.array([weight for _, weight in self.settings.matching.weights])
        rows = []
        start: Start | None = None
        for level, sharpness in LEVELS.items():
            progress(f"prediction: {level}")
            known = predicted(risks, sharpness, drawn, seed + 1)
            answer = self.solve(0.0, self._value(known), start)
            start = start_from(answer.solution, self.formulation.problem)
            rows.append(
                (
                    level,
                    sharpness.kept,
                    sharpness.revealed,
                    _weighted(expected_auc, known, truth, weights),
                    _weighted(log_score, known, truth, weights),
                    self._counted(answer, averted),
                )
            )
        table = pd.DataFrame(rows, columns=list(COLUMNS["predictions"]))
        more = self.solve(MORE, start=start)
        model = float(table.loc[table["level"] == "the model", "auc"].iloc[0])
        return table, self._counted(more, averted), model

    def _value(self, risk: Floats) -> Floats:
        return value_under(self.formulation, self.candidates, self.settings.matching, risk)

    def _benefit(self, risk: Floats) -> Floats:
        return benefit_under(self.formulation, self.candidates, self.settings.matching, risk)

    def _counted(self, answer: Allocation, benefit: Floats) -> float:
        chosen, quantity, _ = self._offered(answer.solution)
        return float(benefit[chosen] @ quantity)


def _weighted(
    score: Callable[[Floats, Floats], float], prediction: Floats, truth: Floats, weights: Floats
) -> float:
    each = [score(prediction[:, o], truth[:, o]) for o in range(truth.shape[1])]
    total = float(weights.sum())
    return float(np.array(each) @ weights / total) if total > 0 else float(np.mean(each))


def _targeting(line: _Line) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the curves and their areas, if money were all that is scarce."""
    formulation, problem = line.formulation, line.formulation.problem
    units = formulation.candidate.size
    value = formulation.benefit
    euros = spent_by_offers(
        formulation, {role.id: role.cost_per_hour for role in formulation.resources.roles}
    )
    cost = euros[problem.offer[:units]]
    start = problem.start[: formulation.unit.size + 1]
    limit = problem.limit[: formulation.unit.size]
    best = budget_path(value, cost, start, limit)
    end = float(best.budget[-1])
    averages = line._benefit(site_averages(line.candidates))
    coarse = budget_path(averages, cost, start, limit)
    before = np.where(coarse.before >= 0, value[np.maximum(coarse.before, 0)], 0.0)
    gained = np.cumsum((value[coarse.column] - before) * coarse.amount)
    free = float(value[coarse.free] @ coarse.free_amount)
    curves = {
        "plan": (best.budget, best.value),
        "site_averages": (coarse.budget, np.concatenate([[free], free + gained])),
        "highest_risk": _by_need(line, value, cost, start, limit),
        "lot": (np.array([0.0, end]), np.array([best.value[0], best.value[-1]])),
    }
    grid = np.linspace(0.0, end, 41)
    tables, areas = [], []
    for rule, (spent, worth) in curves.items():
        at = np.interp(grid, spent, worth)
        tables.append(pd.DataFrame({"rule": rule, "cost": grid, "benefit": at}))
        areas.append((rule, area_under(spent, worth, end)))
    even = areas[-1][1]
    lift = areas[0][1] - even
    rows = [
        (rule, area, area - even, (area - even) / lift if lift > 0 else 0.0) for rule, area in areas
    ]
    return (
        pd.concat(tables, ignore_index=True).astype({"rule": "str"}),
        pd.DataFrame(rows, columns=list(COLUMNS["areas"])),
    )


def _by_need(
    line: _Line, value: Floats, cost: Floats, start: Ints, limit: Floats
) -> tuple[Floats, Floats]:
    """Return cost and benefit when the highest weighted risk gets what helps it most, in turn."""
    weights = np.array([weight for _, weight in line.settings.matching.weights])
    need = (line.candidates.risks.risk @ weights)[line.formulation.unit]
    best = first_best(value, start)
    order = np.argsort(-need, kind="stable")
    chosen = best[order]
    good = value[chosen] > 0
    chosen, many = chosen[good], limit[order][good]
    spent = np.concatenate([[0.0], np.cumsum(cost[chosen] * many)])
    return spent, np.concatenate([[0.0], np.cumsum(value[chosen] * many)])
