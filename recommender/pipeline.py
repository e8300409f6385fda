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
from recommender.planning.explain import explain as explaining
from recommender.planning.explain.counterfactuals import Clock
from recommender.planning.explain.explain import Explanation
from recommender.planning.explain.hours import HoursExplained, hours_explained, hours_rows
from recommender.planning.explain.repair import Repair, repairs
from recommender.planning.formulation.formulation import Formulation
from recommender.planning.plan.plan import Plan
from recommender.planning.plan.stability import with_stability
from recommender.planning.replan.decision_costs import Costs, costs_of
from recommender.planning.replan.keep import (
    THRESHOLD,
    Keep,
    Kept,
    check_threshold,
    kept_of,
    solve_keeping,
)
from recommender.planning.verify import verify as verifying
from recommender.planning.verify.read_back import malformed_tables, remade
from recommender.risk import RiskSettings, assess_risk

Progress = Callable[[str], None]
Look = Callable[[Formulation, Candidates], None]


def silent(_message: str) -> None:
    """Say nothing."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How a plan is made; each part lives beside its reader.

    Attributes:
        risk, matching, limits: what follows from the policy.
        effort: when the search for a plan may stop, and its seed.
        engine: auto | exact | prices.
        solver: highs | cbc, for the exact engine.
        keep: which folder's plan ``replan`` was to keep, and how dearly; None of any other plan.
    """

    risk: RiskSettings
    matching: MatchingSettings
    limits: LimitSettings
    effort: Effort = field(default_factory=Effort)
    engine: EngineName = "auto"
    solver: SolverName = "highs"
    keep: Keep | None = None

    @classmethod
    def of(
        cls,
        policy: Policy | Inputs,
        *,
        seed: int | None = None,
        effort: Effort | None = None,
        engine: EngineName = "auto",
        solver: SolverName = "highs",
    ) -> Settings:
        """Return the settings that follow from a policy.

        Args:
            policy: of the workspace, or the workspace.
            seed: of every random choice; that of the effort, or 0, unless given.
            effort: the gap in parts of the benefit (0.01 is one per cent), the seconds, and more.
            engine: auto, or exact or prices.
            solver: highs, or cbc for the exact engine.
        """
        policy = policy.policy if isinstance(policy, Inputs) else policy
        effort = effort or Effort()
        seed = effort.seed if seed is None else seed
        return cls(
            risk=RiskSettings.of(policy, seed),
            matching=MatchingSettings.of(policy),
            limits=LimitSettings.of(policy, seed),
            effort=replace(effort, seed=seed),
            engine=engine,
            solver=solver,
        )


def _settings(inputs: Inputs, settings: Settings | None, *, seed: int) -> Settings:
    """Return the settings that were given, or those that follow from the policy.

    Raises:
        TypeError: something else was given for the inputs or the settings.
    """
    if not isinstance(inputs, Inputs):
        raise TypeError(
            f"inputs is a {type(inputs).__name__}; use read_workspace or workspace_from"
        )
    if settings is None:
        return Settings.of(inputs.policy, seed=seed)
    if not isinstance(settings, Settings):
        raise TypeError(f"settings is a {type(settings).__name__}; use Settings.of(policy, ...)")
    return settings


def _plan(plan: Plan) -> Plan:
    """Return the plan.

    Raises:
        TypeError: it is something else, such as what ``replan`` returns.
    """
    if not isinstance(plan, Plan):
        raise TypeError(f"plan is a {type(plan).__name__}; use what recommend returns")
    return plan


def _candidates(inputs: Inputs, settings: Settings, progress: Progress) -> Candidates:
    """Return who may have what, by risks that are learnt or were handed in."""
    progress("assessing risks")
    risks = assess_risk(inputs.cohort, inputs.policy.outcomes, settings.risk, progress)
    progress("matching pupils and interventions")
    return match(inputs.cohort, inputs.catalogue, risks, settings.matching)


def recommend(
    inputs: Inputs,
    settings: Settings | None = None,
    progress: Progress = silent,
    workers: Workers | None = None,
    look: Look | None = None,
    draws: int = 0,
) -> Plan:
    """Turn pupils, catalogue and resources into a plan.

    Args:
        inputs: of ``read_workspace`` or ``workspace_from``.
        settings: those of the policy with seed 0 unless given.
        progress: called with a short line about what is being done.
        workers: who solves the parts of a large problem; None for this process alone.
        look: shown the formulation and its candidates before they are solved.
        draws: of effects and risks in which the plan is tried; 0 says nothing of how stable it is
            (see ``planning.plan.stability``).

    Raises:
        TypeError: an argument is of another kind.
        ValueError: an engine, a solver or a number of draws that makes no sense.
        AllocationError: the solver fails.
    """
    settings = _settings(inputs, settings, seed=0)
    candidates = _candidates(inputs, settings, progress)
    progress(f"formulating the allocation of {len(candidates.unit):,} candidates")
    formulation = formulate(candidates, inputs.resources, settings.limits)
    if look is not None:
        look(formulation, candidates)
    progress(f"allocating {formulation.problem.value.size:,} columns")
    allocation = solve_in_parts(
        formulation.problem, settings.effort, settings.engine, settings.solver, progress, workers
    )
    progress("writing up the plan")
    plan = plan_of(
        formulation, allocation, candidates, settings.matching, synthetic=inputs.policy.synthetic
    )
    if draws:
        plan = with_stability(
            plan, formulation, allocation, candidates, settings.matching,
            draws, settings.effort, progress,
        )  # fmt: skip
    return plan


@dataclass(frozen=True, eq=False, slots=True)
class Replanned:
    """A plan that keeps to an earlier one.

    Attributes:
        plan: the new plan, with its true values.
        kept: how much of the earlier one stays.
        costs: what the decisions of professionals cost in benefit, estimated.
    """

    plan: Plan
    kept: Kept
    costs: Costs

    def __repr__(self) -> str:
        """Return the plan and how much it keeps, in one line."""
        return f"<Replanned {self.kept.share:.1%} kept; {self.plan!r}>"


def replan(
    inputs: Inputs,
    before: Plan,
    settings: Settings | None = None,
    *,
    threshold: float = THRESHOLD,
    progress: Progress = silent,
) -> Replanned:
    """Turn pupils, catalogue and resources into a plan that changes an earlier one least.

    Args:
        inputs: as they are now, with decisions, other hours and what else has changed.
        before: the plan to keep to.
        settings: those of the policy and of the seed of ``before`` unless given.
        threshold: the benefit that changing one assignment must be worth, in weighted adverse
            outcomes averted.
        progress: called with a short line about what is being done.

    The bound and the gap of the plan are those of the prices alone, without a solver: they hold,
    and can be many times as wide as those of ``recommend``.

    Raises:
        TypeError: an argument is of another kind.
        ValueError: the threshold is below 0 or not finite.
        VerificationFailed: the tables of ``before`` cannot be read.
        AllocationError: the solver fails.
    """
    check_threshold(threshold)
    settings = _settings(inputs, settings, seed=_plan(before).summary.seed)
    if damaged := malformed_tables(before):
        raise VerificationFailed(damaged)
    candidates = _candidates(inputs, settings, progress)
    formulation = formulate(candidates, inputs.resources, settings.limits)
    progress(f"allocating {formulation.problem.value.size:,} columns, keeping what was planned")
    allocation, keeping, counted = solve_keeping(
        formulation, candidates, before, threshold,
        settings.effort, settings.engine, settings.solver, progress,
    )  # fmt: skip
    progress("writing up the plan")
    plan = plan_of(
        formulation, allocation, candidates, settings.matching, synthetic=inputs.policy.synthetic
    )
    costs = costs_of(
        formulation, candidates, allocation.solution,
        settings.matching, inputs.resources, settings.limits,
    )  # fmt: skip
    return Replanned(plan, kept_of(before, plan, keeping, counted), costs)


def verify(plan: Plan, inputs: Inputs, settings: Settings | None = None) -> tuple[str, ...]:
    """Return what in a plan does not hold, worked out again without a solver; () where all does.

    Args:
        plan: of ``recommend`` or ``replan``.
        inputs: those it was made from.
        settings: those it was made with; those of the policy and the plan's seed unless given.

    Risks, the bound of a solver, and how the solver was set and why it stopped are not worked out
    again.

    Raises:
        TypeError: an argument is of another kind.
    """
    settings = _settings(inputs, settings, seed=_plan(plan).summary.seed)
    return verifying.verify(
        plan, inputs, settings.matching, settings.limits, whole=settings.effort.whole
    )


def explain(
    plan: Plan,
    inputs: Inputs,
    unit_id: str,
    settings: Settings | None = None,
    clock: Clock | None = None,
    *,
    check: bool = False,
) -> Explanation:
    """Return why a plan offers a unit what it offers, and why not something else.

    Args:
        plan: of ``recommend`` or ``replan``.
        inputs: those it was made from.
        unit_id: the pupil or segment.
        settings: those it was made with; those of the policy and the plan's seed unless given.
        clock: how long the smallest changes that would bring the unit in may be sought; None for
            not at all.
        check: whether each of these changes is solved again.

    Raises:
        UsageError: the plan has no such unit.
        VerificationFailed: the plan is not one of these inputs.
    """
    settings = _settings(inputs, settings, seed=_plan(plan).summary.seed)
    again, findings = remade(plan, inputs, settings.matching, settings.limits)
    if again is None:
        raise VerificationFailed(findings)
    return explaining.explain(
        again.formulation, again.solution, again.candidates, settings.matching, str(unit_id), clock,
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
) -> tuple[HoursExplained, ...]:
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
