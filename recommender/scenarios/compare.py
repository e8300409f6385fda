"""``compare``: the plans of scenarios and the choices of policies, side by side.

Policies share out the hours of ``base`` under exactly its rules; a plan and a policy are judged by
the same numbers, and nothing is worked out twice.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from recommender.allocation import Allocation, Solution, certify, start_from
from recommender.allocation.decomposition import Workers, solve_in_parts
from recommender.errors import UsageError
from recommender.evaluation.averages import site_averages, value_under
from recommender.evaluation.baselines import (
    Baseline,
    at_random,
    benefit_per_hour,
    first_come,
    follow,
    highest_risk,
)
from recommender.evaluation.history import Practice, practice_of, status_quo
from recommender.inputs.findings import unknown
from recommender.inputs.workspace import Inputs
from recommender.pipeline import Progress, Settings, silent
from recommender.planning.formulation.labels import tidy_frame
from recommender.risk import RiskProfiles
from recommender.scenarios.changes import BASE
from recommender.scenarios.comparison import TABLES, TEXTS, Comparison, no_rows
from recommender.scenarios.measures import Judged, SideTables, judge, side_of
from recommender.scenarios.order import consistent_runs
from recommender.scenarios.person_diff import Seen, changes_between, moved_between
from recommender.scenarios.solve import Run, run_scenarios, written_up

STATUS_QUO, SITE_AVERAGES = "status_quo", "site_averages"

POLICIES: Mapping[str, str] = {
    STATUS_QUO: "As in earlier years",
    "highest_risk": "Highest risk first",
    "first_come": "First come, first served",
    "random": "Drawn by lot",
    "benefit_per_hour": "Most good an hour first",
    SITE_AVERAGES: "Planned with site averages",
}
"""The built-in policies and what people call them."""

DRAWS = 5
"""How often a policy that draws lots is drawn."""


@dataclass(frozen=True, eq=False, slots=True)
class Compared:
    """A comparison with the runs whose plans it compares.

    Attributes:
        comparison: the numbers.
        runs: ``base`` and the other scenarios, in the order of the sides.
    """

    comparison: Comparison
    runs: tuple[Run, ...]

    def __repr__(self) -> str:
        """Return what is compared: a notebook shows no row of a person unasked."""
        return f"<Compared {', '.join(side.name for side in self.comparison.sides)}>"


def compare(
    inputs: Inputs,
    scenarios: tuple[str, ...] = (),
    policies: tuple[str, ...] = (),
    settings: Settings | None = None,
    *,
    between: tuple[tuple[str, str], ...] = (),
    draws: int = DRAWS,
    cold: bool = False,
    risks: RiskProfiles | None = None,
    workers: Workers | None = None,
    progress: Progress = silent,
) -> Compared:
    """Return scenarios and policies side by side.

    Args:
        inputs: of the workspace, without a scenario.
        scenarios: names; ``base`` always comes first.
        policies: names of ``POLICIES``.
        settings: of the base; those of the policy with seed 0 unless given.
        between: pairs of sides between whom it is told who gains and loses, besides ``base``
            against every other.
        draws: how often a policy that draws lots is drawn.
        cold: begin every search for a plan from nothing.
        risks: of the base, where they are known already.
        workers: who solves scenarios side by side; None for one after the other.
        progress: called with a short line about what is being done.

    Raises:
        UsageError: for a scenario, a policy or a pair that does not exist, and for no draws.
    """
    settings = settings or Settings.of(inputs.policy)
    if isinstance(scenarios, str) or isinstance(policies, str):
        raise UsageError("scenarios and policies are tuples of names, also where there is one")
    if draws < 1:
        raise UsageError(f"draws is {draws}; use 1 or more")
    _check(policies, tuple(POLICIES), "policy")
    sides = (*dict.fromkeys((BASE, *scenarios)), *policies)
    for pair in between:
        _check(pair, sides, "side of this comparison")
    runs = run_scenarios(
        inputs, scenarios, settings, cold=cold, risks=risks, workers=workers, progress=progress
    )
    runs = consistent_runs(runs, _written_again)
    judged: dict[str, Judged] = {run.name: judge(run, runs[0]) for run in runs}
    draws_of: dict[str, tuple[Judged, ...]] = {name: (one,) for name, one in judged.items()}
    base = judged[BASE]
    found = [
        side_of("scenario", run.name, run.title, (judged[run.name],), base, run.seconds)
        for run in runs
    ]
    remarks = []
    for name in policies:
        progress(f"policy {name}")
        answer = _followed(name, base, draws, progress)
        if answer is None:
            remarks.append(
                f"{name} is left out: the history shows too little of who was helped with what"
            )
            continue
        drawn, seconds = answer
        judged[name], draws_of[name] = drawn[0], drawn
        found.append(side_of("policy", name, POLICIES[name], drawn, base, seconds))
    asked_pairs = dict.fromkeys([*((BASE, side.side.name) for side in found[1:]), *between])
    pairs = [pair for pair in asked_pairs if pair[0] in judged and pair[1] in judged]
    progress("who gains and loses")
    seen = {name: Seen.of(one) for name, one in judged.items()}
    moved = [moved_between(seen[one], seen[other], (one, other)) for one, other in pairs]
    changes = [
        changes_between(draws_of[one], draws_of[other], (one, other)) for one, other in pairs
    ]
    return Compared(
        Comparison(
            sides=tuple(tables.side for tables in found),
            deciles=_stacked("deciles", found),
            hours=_stacked("hours", found),
            groups=_stacked("groups", found),
            shortages=_stacked("shortages", found),
            moved=_joined("moved", moved),
            seed=settings.limits.seed,
            asked_gap=settings.effort.gap,
            synthetic=inputs.policy.synthetic,
            remarks=tuple(remarks),
            changes=pd.DataFrame(changes) if changes else no_rows("changes"),
        ),
        runs,
    )


def _written_again(run: Run) -> Run:
    return replace(run, plan=written_up(run, run.allocation, in_turn=True))


def _check(names: tuple[str, ...], known: tuple[str, ...], what: str) -> None:
    for name in names:
        if name not in known:
            raise UsageError(unknown(what, name, known))


def _followed(
    name: str, base: Judged, draws: int, progress: Progress
) -> tuple[tuple[Judged, ...], float] | None:
    """Return every draw of a policy and the seconds one took; None if it cannot be followed."""
    run = base.run
    seed = run.settings.limits.seed
    began = time.monotonic()
    if name == SITE_AVERAGES:
        found: list[Solution] = [_by_averages(run, progress)]
    else:
        practice = None
        if name == STATUS_QUO:
            cohort = run.candidates.cohort
            practice = practice_of(cohort, run.inputs.catalogue.ids, run.settings.risk)
            if practice is None:
                return None
        make = _maker(name, run, base.given.need, practice)
        times = draws if name in (STATUS_QUO, "random", "first_come") else 1
        found = [follow(run.formulation, make(seed + draw)) for draw in range(times)]
    seconds = (time.monotonic() - began) / len(found)
    return tuple(judge(_chosen(name, run, solution), run) for solution in found), seconds


def _maker(
    name: str, run: Run, need: np.ndarray, practice: Practice | None
) -> Callable[[int], Baseline]:
    """Return a policy from a seed."""
    formulation = run.formulation
    if practice is not None:
        return lambda seed: status_quo(formulation, run.candidates, practice, seed)
    makers: Mapping[str, Callable[[int], Baseline]] = {
        "highest_risk": lambda _: highest_risk(formulation, need),
        "first_come": lambda seed: first_come(formulation, seed),
        "random": lambda seed: at_random(formulation, seed),
        "benefit_per_hour": lambda _: benefit_per_hour(formulation),
    }
    return makers[name]


def _by_averages(run: Run, progress: Progress) -> Solution:
    """Return the best choice for whoever knows the average risk of every site and nothing more."""
    problem, settings = run.formulation.problem, run.settings
    risk = site_averages(run.candidates)
    value = value_under(run.formulation, run.candidates, settings.matching, risk)
    start = start_from(run.allocation.solution, problem)
    answer = solve_in_parts(
        replace(problem, value=value), settings.effort, settings.engine, settings.solver, progress,
        start=start,
    )  # fmt: skip
    solution = answer.solution
    return Solution(
        columns=solution.columns,
        quantity=solution.quantity,
        price=np.zeros(problem.rows),
        engine=SITE_AVERAGES,
        status="stopped",
    )


def _chosen(name: str, run: Run, solution: Solution) -> Run:
    """Return a run with the choice of a policy in place of its own."""
    problem = run.formulation.problem
    certificate = certify(problem, solution, integer=run.settings.effort.whole)
    allocation = Allocation(solution, certificate, np.inf, 0.0, ())
    plan = written_up(run, allocation, in_turn=True)
    return replace(
        run, name=name, allocation=allocation, plan=plan, begun_from="", plan_from="", bound_from=""
    )


def _stacked(table: str, found: list[SideTables]) -> pd.DataFrame:
    return _joined(table, [getattr(tables, table) for tables in found])


def _joined(table: str, frames: list[pd.DataFrame]) -> pd.DataFrame:
    """Return frames below each other with the columns of a table; texts are texts."""
    columns = list(TABLES[table])
    kept = [frame[columns] for frame in frames if len(frame)]
    if not kept:
        kinds = {name: "str" if name in TEXTS else "float64" for name in columns}
        return pd.DataFrame(columns=columns).astype(kinds)
    return tidy_frame(pd.concat(kept))
