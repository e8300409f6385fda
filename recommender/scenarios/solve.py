"""Runs: the plan of every scenario with what it was made from, nothing worked out twice.

Risks, candidates and whole plans are taken over from an earlier run where nothing they depend on
changed; every other search begins from the solution of the scenario it builds on.  Scenarios that
do not wait for each other may be solved side by side; what comes out is the same.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, replace

from recommender.allocation import Allocation, Start, start_from
from recommender.allocation.decomposition import Workers
from recommender.allocation.decomposition.several import Job, solve_several
from recommender.inputs.policy import Policy
from recommender.inputs.workspace import Inputs
from recommender.matching import Candidates, match
from recommender.pipeline import Progress, Settings, silent
from recommender.planning import Formulation, Plan, formulate, plan_of
from recommender.planning.verify.read_back import solution_of
from recommender.risk import RiskProfiles, assess_risk
from recommender.scenarios.changes import BASE, apply_scenario, lineage


@dataclass(frozen=True, eq=False, slots=True)
class Run:
    """One plan with everything it was made from.

    Attributes:
        name: the scenario.  title: what people call it.
        inputs, settings: under the scenario.
        candidates, formulation, allocation: as the story of the pipeline makes them.
        plan: what they come to, its cases laid on hours in turn (see ``to_work_by``).
        seconds: how long formulating and solving took; 0 where a plan was taken over.
        begun_from: the run from which the search began, "" for none.
        plan_from, bound_from: the runs whose plan or bound it took over (see ``order``).
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
    plan_from: str = ""
    bound_from: str = ""

    def to_work_by(self) -> Plan:
        """Return the plan with whole cases for whole professionals, which takes a solver."""
        return written_up(self, self.allocation, in_turn=False)


def run_scenarios(
    inputs: Inputs,
    names: Iterable[str],
    settings: Settings,
    *,
    cold: bool = False,
    risks: RiskProfiles | None = None,
    begun: tuple[Run, ...] = (),
    workers: Workers | None = None,
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
        workers: who solves scenarios side by side; None for one after the other.
        progress: called with a short line about what is being done.

    Raises:
        UsageError: for a scenario that does not exist, before anything is worked out.
    """
    wanted = list(dict.fromkeys((BASE, *names)))
    under = {name: apply_scenario(inputs, name) for name in wanted}
    near = {name: _near(inputs.policy, name, wanted) for name in wanted}
    if risks is None:
        progress("assessing risks")
        risks = assess_risk(inputs.cohort, inputs.policy.outcomes, settings.risk, progress)
    titles = {change.id: change.name.en for change in inputs.policy.scenarios} | {BASE: "As it is"}
    done = {run.name: run for run in begun if run.name in wanted}
    waiting = [name for name in wanted if name not in done]
    while waiting:
        drafts: dict[str, _Draft] = {}
        for name in [name for name in waiting if near[name] not in waiting]:
            progress(f"formulating scenario {name}")
            drafts[name] = _draft(
                name, titles.get(name) or name, under[name], settings_under(under[name], settings),
                risks, (*done.values(), *drafts.values()), None if cold else done.get(near[name]),
            )  # fmt: skip
        open_ones = [draft for draft in drafts.values() if not draft.twin]
        effort, engine, solver = settings.effort, settings.engine, settings.solver
        jobs = [Job(draft.formulation.problem, draft.start) for draft in open_ones]
        progress(f"solving {', '.join(draft.name for draft in open_ones)}")
        solved = dict(solve_several(jobs, effort, engine, solver, progress, workers))
        done |= {draft.name: _run(draft, solved[at]) for at, draft in enumerate(open_ones)}
        done |= {d.name: _taken_over(d, done[d.twin]) for d in drafts.values() if d.twin}
        waiting = [name for name in waiting if name not in done]
    return tuple(done[name] for name in wanted)


def _near(policy: Policy, name: str, wanted: list[str]) -> str:
    """Return the scenario nearest below one that is wanted too; "" below ``base``."""
    if name == BASE:
        return ""
    below = [change.id for change in lineage(policy, name)[:-1]]
    return next((one for one in reversed(below) if one in wanted), BASE)


def start_of(before: Plan, formulation: Formulation, candidates: Candidates) -> Start:
    """Return where the search for a plan may begin: at an earlier plan, as far as it still holds.

    Args:
        before: a plan of the same units.
        formulation: the problem to be solved.
        candidates: what it was formulated from.
    """
    solution, _ = solution_of(before, formulation, candidates)
    return start_from(solution, formulation.problem)


def settings_under(inputs: Inputs, settings: Settings) -> Settings:
    """Return the settings that follow from the policy of a scenario, all else as handed in."""
    under = Settings.of(
        inputs.policy,
        seed=settings.limits.seed,
        effort=settings.effort,
        engine=settings.engine,
        solver=settings.solver,
    )
    return replace(under, risk=settings.risk)


@dataclass(frozen=True, eq=False, slots=True)
class _Draft:
    """What is solved for a run.

    Attributes:
        start: where the search begins.  begun_from: which run that is, "" for none.
        seconds: how long it took to formulate.
        twin: the run or draft whose plan is the same, "" for none.
    """

    name: str
    title: str
    inputs: Inputs
    settings: Settings
    candidates: Candidates
    formulation: Formulation
    start: Start | None
    begun_from: str
    seconds: float
    twin: str


def _draft(
    name: str,
    title: str,
    inputs: Inputs,
    settings: Settings,
    risks: RiskProfiles,
    known: tuple[Run | _Draft, ...],
    near: Run | None,
) -> _Draft:
    began = time.monotonic()
    twin = next((one for one in known if _same(one, inputs, settings)), None)
    alike = twin or next((one for one in known if _same_candidates(one, inputs, settings)), None)
    candidates = (
        match(inputs.cohort, inputs.catalogue, risks, settings.matching)
        if alike is None
        else alike.candidates
    )
    formulation = (
        formulate(candidates, inputs.resources, settings.limits)
        if twin is None
        else twin.formulation
    )
    start = None
    if near is not None and twin is None:
        start = start_of(near.plan, formulation, candidates)
    return _Draft(
        name, title, inputs, settings, candidates, formulation, start,
        "" if near is None else near.name,
        time.monotonic() - began,
        "" if twin is None else twin.name,
    )  # fmt: skip


def _run(draft: _Draft, allocation: Allocation) -> Run:
    plan = written_up(draft, allocation, in_turn=True)
    return Run(
        draft.name, draft.title, draft.inputs, draft.settings, draft.candidates, draft.formulation,
        allocation, plan, draft.seconds + allocation.seconds, draft.begun_from,
    )  # fmt: skip


def written_up(one: Run | _Draft, allocation: Allocation, *, in_turn: bool) -> Plan:
    """Return the plan of an allocation; ``in_turn`` as of ``plan_of``."""
    return plan_of(
        one.formulation, allocation, one.candidates, one.settings.matching,
        scenario=one.name, synthetic=one.inputs.policy.synthetic, in_turn=in_turn,
        bound_from=one.bound_from if isinstance(one, Run) else "",
    )  # fmt: skip


def _taken_over(draft: _Draft, twin: Run) -> Run:
    """Return the run of a draft whose plan is that of another."""
    plan = replace(twin.plan, summary=replace(twin.plan.summary, scenario=draft.name))
    return replace(
        twin, name=draft.name, title=draft.title, inputs=draft.inputs, settings=draft.settings,
        plan=plan, seconds=0.0, begun_from=twin.name,
    )  # fmt: skip


def _same_candidates(one: Run | _Draft, inputs: Inputs, settings: Settings) -> bool:
    return (
        one.inputs.cohort is inputs.cohort
        and one.inputs.catalogue == inputs.catalogue
        and one.settings.matching == settings.matching
    )


def _same(one: Run | _Draft, inputs: Inputs, settings: Settings) -> bool:
    """Whether the plan of these inputs is that of a run."""
    mine, other = one.inputs.resources, inputs.resources
    return (
        _same_candidates(one, inputs, settings)
        and one.settings == settings
        and mine.professionals.equals(other.professionals)
        and mine.sites.equals(other.sites)
        and (mine.roles, mine.periods) == (other.roles, other.periods)
    )
