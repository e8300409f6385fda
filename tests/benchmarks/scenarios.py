"""Scenarios solved from nothing beside the same begun from the plan, in processor seconds.

    python -m tests.benchmarks.scenarios [WORKSPACE] [--scenarios NAME ...] [--gap SHARE]

Two ratios for every scenario, both at the same gap:

- *plan*: what ``recommender plan --scenario`` takes from the files on (reading, risks, candidates,
  formulating, solving from nothing, who does which case), over what ``recommender compare`` takes
  for one more scenario (candidates where they change, formulating, solving from the plan it builds
  on, the sums).
- *solve*: the solver alone, from nothing over from that plan.

One process does one thing after the other; processor time is compared, as the clock tells how busy
a machine is.  Risks are fitted once and counted for every scenario.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass

from recommender.allocation import Effort, solve
from recommender.inputs import read_workspace
from recommender.matching import match
from recommender.pipeline import Settings
from recommender.planning import formulate, plan_of
from recommender.risk import assess_risk
from recommender.scenarios import apply_scenario
from recommender.scenarios.solve import Run, run_scenarios, start_of

SIX = (
    "fewer_teachers", "more_social_work", "smaller_budget", "sick_winter", "proven_only",
    "lean_year",
)  # fmt: skip


@dataclass
class Watch:
    """Processor seconds since the last look."""

    cpu: float = 0.0

    def lap(self) -> float:
        """Return what went by, and begin again."""
        now = time.process_time()
        gone, self.cpu = now - self.cpu, now
        return gone


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser("python -m tests.benchmarks.scenarios", description=__doc__)
    parser.add_argument("workspace", nargs="?", default=".")
    parser.add_argument("--scenarios", nargs="+", default=list(SIX))
    parser.add_argument("--gap", type=float, default=0.02)
    parser.add_argument("--seconds", type=float, default=600.0)
    chosen = parser.parse_args()
    watch = Watch()
    watch.lap()
    inputs = read_workspace(chosen.workspace)
    effort = Effort(gap=chosen.gap, seconds=chosen.seconds)
    settings = Settings.of(inputs.policy, effort=effort)
    risks = assess_risk(inputs.cohort, inputs.policy.outcomes, settings.risk)
    before = watch.lap()
    (base,) = run_scenarios(inputs, (), settings, cold=True, risks=risks)
    watch.lap()
    base.to_work_by()
    print(
        f"gap asked {chosen.gap:.1%}, {base.formulation.problem.columns:,} columns; reading and "
        f"risks {before:.1f} s, solving base {base.seconds:.1f} s, its cases {watch.lap():.1f} s"
    )
    print(
        "| scenario | plan from nothing | in a comparison | ratio | solve from nothing | begun |"
        " ratio | gaps |"
    )
    print("|---|---:|---:|---:|---:|---:|---:|---:|")
    plans, solves = [], []
    for name in chosen.scenarios:
        watch.lap()
        under = apply_scenario(inputs, name)
        mine = Settings.of(under.policy, effort=effort)
        candidates = match(under.cohort, under.catalogue, risks, mine.matching)
        formulation = formulate(candidates, under.resources, mine.limits)
        rest = watch.lap()
        cold = solve(formulation.problem, effort)
        solved = watch.lap()
        plan = plan_of(formulation, cold, candidates, mine.matching)
        whole = before + rest + solved + watch.lap()
        *_, warm = run_scenarios(inputs, (name,), settings, risks=risks, begun=(base,))
        in_comparison = watch.lap()
        begun = _solved_again(warm, base, effort)
        plans.append(whole / in_comparison)
        solves.append(solved / begun)
        print(
            f"| {name} | {whole:.1f} | {in_comparison:.1f} | {plans[-1]:.1f} | {solved:.1f} |"
            f" {begun:.1f} | {solves[-1]:.1f} | {plan.summary.best_gap:.2%},"
            f" {warm.plan.summary.best_gap:.2%} |",
            flush=True,
        )
    for what, ratios in (("plan", plans), ("solve", solves)):
        ratios.sort()
        print(f"{what}: median ratio {ratios[len(ratios) // 2]:.1f}, least {ratios[0]:.1f}")


def _solved_again(warm: Run, base: Run, effort: Effort) -> float:
    """Return what solving a scenario from the plan takes, measured by itself."""
    start = start_of(base.plan, warm.formulation, warm.candidates)
    watch = Watch()
    watch.lap()
    solve(warm.formulation.problem, effort, start=start)
    return watch.lap()


if __name__ == "__main__":
    main()
