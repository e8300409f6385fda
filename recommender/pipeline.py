"""The whole story on one page: from what people hand in to a plan, and back again to check it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from recommender.allocation import Effort, EngineName, SolverName
from recommender.allocation.decomposition import Workers, solve_in_parts
from recommender.errors import VerificationFailed
from recommender.inputs.policy import Policy
from recommender.inputs.workspace import Inputs
from recommender.matching import Candidates, MatchingSettings, match
from recommender.planning import LimitSettings, formulate, plan_of
from recommender.planning.explain.counterfactuals import Clock
from recommender.planning.explain.explain import Explanation, explain
from recommender.planning.explain.hours import Hours, hours_explained, hours_rows
from recommender.planning.explain.repair import Repair, repairs
from recommender.planning.formulation.formulation import Formulation
from recommender.planning.plan.plan import Plan
from recommender.planning.plan.stability import with_stability
from recommender.planning.replan.decision_costs import Costs, costs_of
from recommender.planning.replan.keep import Keep, Kept, kept_of, solve_keeping
from recommender.planning.verify.read_back import remade
from recommender.planning.verify.verify import verify
from recommender.risk import RiskSettings, assess_risk

Progress = Callable[[str], None]
Look = Callable[[Formulation, Candidates], None]


def silent(_message: str) -> None:
    """Say nothing."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How a plan is made; each part lives beside its reader.

    ``engine`` is auto, exact or prices; ``solver`` (highs or cbc) serves the exact engine; ``keep``
    says which earlier plan ``recommend_again`` was to keep, and how dearly.
    """

    risk: RiskSettings
    matching: MatchingSettings
    limits: LimitSettings
    effort: Effort = field(default_factory=Effort)
    engine: EngineName = "auto"
    solver: SolverName = "highs"
    keep: Keep | None = None


def settings_of(
    policy: Policy,
    *,
    seed: int = 0,
    effort: Effort | None = None,
    engine: EngineName = "auto",
    solver: SolverName = "highs",
) -> Settings:
    """The settings that follow from a policy, one seed and how long the solver may try."""
    return Settings(
        risk=RiskSettings.of(policy, seed),
        matching=MatchingSettings.of(policy),
        limits=LimitSettings.of(policy, seed),
        effort=replace(effort or Effort(), seed=seed),
        engine=engine,
        solver=solver,
    )


def recommend(
    inputs: Inputs,
    settings: Settings,
    progress: Progress = silent,
    workers: Workers | None = None,
    look: Look | None = None,
    draws: int = 0,
) -> Plan:
    """Turn pupils, catalogue and resources into a plan; workers solve the parts of a large one.

    ``look`` is shown the formulation before it is solved; with draws the plan says how stable it is
    (see ``planning.stability``).
    """
    progress("assessing risks")
    risks = assess_risk(inputs.cohort, inputs.policy.outcomes, settings.risk, progress)
    progress("matching pupils and interventions")
    candidates = match(inputs.cohort, inputs.catalogue, risks, settings.matching)
    progress(f"formulating the allocation of {len(candidates.unit):,} candidates")
    formulation = formulate(candidates, inputs.resources, settings.limits)
    if look is not None:
        look(formulation, candidates)
    progress(f"allocating {formulation.problem.value.size:,} columns")
    allocation = solve_in_parts(
        formulation.problem, settings.effort, settings.engine, settings.solver, progress, workers
    )
    progress("writing up the plan")
    plan = plan_of(formulation, allocation, candidates, settings.matching)
    if draws:
        plan = with_stability(
            plan, formulation, allocation, candidates, settings.matching,
            draws, settings.effort, progress,
        )  # fmt: skip
    return plan


@dataclass(frozen=True, eq=False, slots=True)
class Again:
    """A plan that keeps to an earlier one.

    Attributes:
        plan: the new plan, with its true values.
        keep: which plan it keeps to, and how dearly.
        kept: how much of the earlier one stays.
        costs: what the decisions of professionals cost in benefit, estimated.
    """

    plan: Plan
    keep: Keep
    kept: Kept
    costs: Costs


def recommend_again(
    inputs: Inputs, settings: Settings, before: Plan, keep: Keep, progress: Progress = silent
) -> Again:
    """Turn pupils, catalogue and resources into a plan that changes an earlier one least."""
    progress("assessing risks")
    risks = assess_risk(inputs.cohort, inputs.policy.outcomes, settings.risk, progress)
    progress("matching pupils and interventions")
    candidates = match(inputs.cohort, inputs.catalogue, risks, settings.matching)
    formulation = formulate(candidates, inputs.resources, settings.limits)
    progress(f"allocating {formulation.problem.value.size:,} columns, keeping what was planned")
    allocation, keeping, counted = solve_keeping(
        formulation, candidates, before, keep.threshold,
        settings.effort, settings.engine, settings.solver, progress,
    )  # fmt: skip
    progress("writing up the plan")
    plan = plan_of(formulation, allocation, candidates, settings.matching)
    costs = costs_of(
        formulation, candidates, allocation.solution,
        settings.matching, inputs.resources, settings.limits,
    )  # fmt: skip
    return Again(plan, keep, kept_of(before, plan, keeping, counted), costs)


def verify_plan(plan: Plan, inputs: Inputs, settings: Settings) -> tuple[str, ...]:
    """Return what in a plan does not hold, worked out again without a solver."""
    return verify(plan, inputs, settings.matching, settings.limits, whole=settings.effort.whole)


def explain_unit(
    plan: Plan,
    inputs: Inputs,
    settings: Settings,
    unit_id: str,
    clock: Clock | None = None,
    *,
    check: bool = False,
) -> Explanation:
    """Return why a plan offers a unit what it offers, and why not something else.

    With a clock the smallest changes that would bring the unit in are solved for; with ``check``
    each is solved again.

    Raises:
        UsageError: if the plan has no such unit.
        VerificationFailed: if the plan is not one of these inputs.
    """
    again, findings = remade(plan, inputs, settings.matching, settings.limits)
    if again is None:
        raise VerificationFailed(findings)
    return explain(
        again.formulation, again.solution, again.candidates, settings.matching, unit_id, clock,
        check=check,
    )  # fmt: skip


def explain_hours(
    plan: Plan,
    inputs: Inputs,
    settings: Settings,
    role: str,
    site: str,
    period: str,
    clock: Clock | None = None,
) -> tuple[Hours, ...]:
    """Return who gets what of some hours, why some are left, and what a block more would do.

    Raises:
        UsageError: if the plan has no such hours.
        VerificationFailed: if the plan is not one of these inputs.
    """
    again, findings = remade(plan, inputs, settings.matching, settings.limits)
    if again is None:
        raise VerificationFailed(findings)
    rows = hours_rows(again.formulation, role, site, period)
    ids = again.candidates.cohort.units["unit_id"].tolist()
    return hours_explained(
        again.formulation, again.solution, plan, rows, ids, clock, again.candidates
    )


def repairs_of(plan: Plan, inputs: Inputs, settings: Settings) -> tuple[Repair, ...]:
    """Return what its must-serve rules lack and the fewest hours that would do, solved again.

    That takes no longer than the plan was allowed to.  Nothing is returned for a plan that is not
    one of these inputs; ``verify`` says why.
    """
    if not any(shortage.pupils > 0 and shortage.site for shortage in plan.summary.shortages):
        return ()
    again, _ = remade(plan, inputs, settings.matching, settings.limits)
    if again is None:
        return ()
    return repairs(again.formulation, again.solution, settings.effort.seconds)
