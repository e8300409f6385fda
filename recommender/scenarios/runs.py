"""Runs: the plan of every scenario with what it was made from, nothing worked out twice.

Risks, candidates and whole plans are taken over from an earlier run where nothing they depend on
changed; every other search begins from the solution of the scenario it builds on.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, replace

from recommender.allocation import Allocation, Start, start_from
from recommender.inputs.workspace import Inputs
from recommender.matching import Candidates, match
from recommender.partition import solve_in_parts
from recommender.pipeline import Progress, Settings, settings_of, silent
from recommender.planning import Formulation, Plan, formulate, plan_of
from recommender.planning.readback import solution_of
from recommender.risk import RiskProfiles, assess_risk
from recommender.scenarios.changes import BASE, apply_scenario


@dataclass(frozen=True, eq=False, slots=True)
class Run:
    """One plan with everything it was made from.

    Attributes:
        name: the scenario.  title: what people call it.
        inputs, settings: under the scenario.
        candidates, formulation, allocation, plan: as the story of the pipeline makes them.
        seconds: how long formulating and solving took; 0 where a plan was taken over.
        begun_from: the run from which the search began, "" for none.
    """

    name: str
    title: str
    inputs: Inputs
    settings: Settings
    candidates: Candidates
    formulation: Formulation
    allocation: Allocation
    plan: Plan
    seconds: float
    begun_from: str


def run_scenarios(
    inputs: Inputs,
    names: Iterable[str],
    settings: Settings,
    *,
    cold: bool = False,
    risks: RiskProfiles | None = None,
    begun: tuple[Run, ...] = (),
    progress: Progress = silent,
) -> tuple[Run, ...]:
    """Return the run of ``base`` and of every scenario named, in that order.

    Args:
        inputs: of the workspace, without a scenario.
        names: scenarios; ``base`` comes first whether it is named or not.
        settings: of the base; those of a scenario follow from its own policy.
        cold: begin every search from nothing, as ``recommend`` does.
        risks: of the base, where they are known already.
        begun: runs of the same inputs and settings that are there already, and are taken over.
        progress: called with a short line about what is being done.

    Raises:
        UsageError: for a scenario that does not exist, before anything is worked out.
    """
    wanted = list(dict.fromkeys((BASE, *names)))
    under = {name: apply_scenario(inputs, name) for name in wanted}
    if risks is None:
        progress("assessing risks")
        risks = assess_risk(inputs.cohort, inputs.policy.outcomes, settings.risk, progress)
    builds_on = {change.id: change.extends for change in inputs.policy.scenarios}
    titles = {change.id: change.name.en for change in inputs.policy.scenarios}
    done: dict[str, Run] = {run.name: run for run in begun if run.name in wanted}
    for name in wanted:
        if name in done:
            continue
        progress(f"scenario {name}")
        run = _run(
            name, under[name], _settings_under(under[name], settings), risks,
            tuple(done.values()), done.get(builds_on.get(name) or BASE), progress, cold=cold,
        )  # fmt: skip
        title = titles.get(name, "") or ("As it is" if name == BASE else name)
        done[name] = replace(run, title=title)
    return tuple(done[name] for name in wanted)


def start_of(before: Plan, formulation: Formulation, candidates: Candidates) -> Start:
    """Return where the search for a plan may begin: at an earlier plan, as far as it still holds.

    Args:
        before: a plan of the same units.
        formulation: the problem to be solved.
        candidates: what it was formulated from.
    """
    solution, _ = solution_of(before, formulation, candidates)
    return start_from(solution, formulation.problem)


def _settings_under(inputs: Inputs, settings: Settings) -> Settings:
    under = settings_of(
        inputs.policy,
        seed=settings.limits.seed,
        effort=settings.effort,
        engine=settings.engine,
        solver=settings.solver,
    )
    return replace(under, risk=settings.risk)


def _run(
    name: str,
    inputs: Inputs,
    settings: Settings,
    risks: RiskProfiles,
    done: tuple[Run, ...],
    near: Run | None,
    progress: Progress,
    *,
    cold: bool,
) -> Run:
    began = time.monotonic()
    twin = next((run for run in done if _same(run, inputs, settings)), None)
    if twin is not None:
        plan = replace(twin.plan, summary=replace(twin.plan.summary, scenario=name))
        return replace(
            twin, name=name, inputs=inputs, settings=settings, plan=plan, seconds=0.0,
            begun_from=twin.name,
        )  # fmt: skip
    alike = next((run for run in done if _same_candidates(run, inputs, settings)), None)
    candidates = (
        match(inputs.cohort, inputs.catalogue, risks, settings.matching)
        if alike is None
        else alike.candidates
    )
    formulation = formulate(candidates, inputs.resources, settings.limits)
    start = None
    if near is not None and not cold:
        start = start_of(near.plan, formulation, candidates)
    allocation = solve_in_parts(
        formulation.problem, settings.effort, settings.engine, settings.solver, progress,
        start=start,
    )  # fmt: skip
    seconds = time.monotonic() - began
    plan = plan_of(
        formulation, allocation, candidates, settings.matching,
        scenario=name, synthetic=inputs.policy.synthetic,
    )  # fmt: skip
    begun = near.name if start is not None and near is not None else ""
    return Run(
        name, name, inputs, settings, candidates, formulation, allocation, plan, seconds, begun
    )


def _same_candidates(run: Run, inputs: Inputs, settings: Settings) -> bool:
    return (
        run.inputs.cohort is inputs.cohort
        and run.inputs.catalogue == inputs.catalogue
        and run.settings.matching == settings.matching
    )


def _same(run: Run, inputs: Inputs, settings: Settings) -> bool:
    """Whether the plan of these inputs is that of a run."""
    mine, other = run.inputs.resources, inputs.resources
    return (
        _same_candidates(run, inputs, settings)
        and run.settings == settings
        and mine.professionals.equals(other.professionals)
        and mine.sites.equals(other.sites)
        and (mine.roles, mine.periods) == (other.roles, other.periods)
    )
