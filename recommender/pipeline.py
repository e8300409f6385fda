"""The whole story on one page: from what people hand in to a plan, and back again to check it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from recommender.allocation import Effort, EngineName, SolverName, solve
from recommender.errors import VerificationFailed
from recommender.inputs.policy import Policy
from recommender.inputs.workspace import Inputs
from recommender.matching import MatchingSettings, match
from recommender.planning import LimitSettings, formulate, plan_of
from recommender.planning.explain import Explanation, explain
from recommender.planning.plan import Plan
from recommender.planning.readback import remade
from recommender.planning.verify import verify
from recommender.risk import RiskSettings, assess_risk

Progress = Callable[[str], None]


def silent(_message: str) -> None:
    """Say nothing."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How a plan is made; each part lives beside its reader.

    ``engine`` is auto, exact or prices; ``solver`` (highs or cbc) serves the exact engine.
    """

    risk: RiskSettings
    matching: MatchingSettings
    limits: LimitSettings
    effort: Effort = field(default_factory=Effort)
    engine: EngineName = "auto"
    solver: SolverName = "highs"


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


def recommend(inputs: Inputs, settings: Settings, progress: Progress = silent) -> Plan:
    """Turn pupils, catalogue and resources into a plan."""
    progress("assessing risks")
    risks = assess_risk(inputs.cohort, inputs.policy.outcomes, settings.risk, progress)
    progress("matching pupils and interventions")
    candidates = match(inputs.cohort, inputs.catalogue, risks, settings.matching)
    progress(f"formulating the allocation of {len(candidates.unit):,} candidates")
    formulation = formulate(candidates, inputs.resources, settings.limits)
    progress(f"allocating {formulation.problem.value.size:,} columns")
    allocation = solve(
        formulation.problem, settings.effort, settings.engine, settings.solver, progress
    )
    progress("writing up the plan")
    return plan_of(formulation, allocation, candidates, settings.matching)


def verify_plan(plan: Plan, inputs: Inputs, settings: Settings) -> tuple[str, ...]:
    """Return what in a plan does not hold, worked out again without a solver."""
    return verify(plan, inputs, settings.matching, settings.limits, whole=settings.effort.whole)


def explain_unit(plan: Plan, inputs: Inputs, settings: Settings, unit_id: str) -> Explanation:
    """Return why a plan offers a unit what it offers, and why not something else.

    Raises:
        UsageError: if the plan has no such unit.
        VerificationFailed: if the plan is not one of these inputs.
    """
    again, findings = remade(plan, inputs, settings.matching, settings.limits)
    if again is None:
        raise VerificationFailed(findings)
    return explain(again.formulation, again.solution, again.candidates, settings.matching, unit_id)
