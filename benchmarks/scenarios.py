"""A cold plan beside scenarios begun from it: ``python -m benchmarks.scenarios WORKSPACE``.

One process, one after the other: the plan of the workspace with everything it takes (risks,
candidates, solving from nothing), then every scenario twice - from nothing with everything, as
``recommender plan --scenario`` does, and begun from the plan with risks and candidates taken over,
as ``recommender compare`` does.  Processor time is compared: the clock tells how busy a machine is.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass

from recommender.allocation import Effort
from recommender.inputs import read_workspace
from recommender.pipeline import recommend, settings_of
from recommender.risk import assess_risk
from recommender.scenarios import apply_scenario
from recommender.scenarios.runs import run_scenarios

SIX = (
    "fewer_teachers", "more_social_work", "smaller_budget", "sick_winter", "proven_only",
    "lean_year",
)  # fmt: skip


@dataclass
class Watch:
    """Processor and clock seconds since the last look."""

    cpu: float = 0.0
    clock: float = 0.0

    def lap(self) -> tuple[float, float]:
        """Return what went by, and begin again."""
        now = time.process_time(), time.monotonic()
        gone = now[0] - self.cpu, now[1] - self.clock
        self.cpu, self.clock = now
        return gone


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scenarios", description=__doc__)
    parser.add_argument("workspace", nargs="?", default=".")
    parser.add_argument("--scenarios", nargs="+", default=list(SIX))
    parser.add_argument("--gap", type=float, default=0.01)
    parser.add_argument("--cold-scenarios", action="store_true", help="solve each cold as well")
    chosen = parser.parse_args()
    inputs = read_workspace(chosen.workspace)
    settings = settings_of(inputs.policy, effort=Effort(gap=chosen.gap))
    watch = Watch()
    watch.lap()
    risks = assess_risk(inputs.cohort, inputs.policy.outcomes, settings.risk)
    risk_cpu, _ = watch.lap()
    (base,) = run_scenarios(inputs, (), settings, cold=True, risks=risks)
    cpu, _ = watch.lap()
    whole = risk_cpu + cpu
    print(f"gap asked {chosen.gap:.1%}, {base.formulation.problem.columns:,} columns")
    gap = base.plan.summary.gap
    print(f"cold plan: {whole:.1f} s of processor ({risk_cpu:.1f} risks), gap {gap:.2%}")
    print("| scenario | from nothing s | gap | begun s | gap | cold plan / begun |")
    print("|---|---:|---:|---:|---:|---:|")
    ratios = []
    for name in chosen.scenarios:
        cold_cell, cold_gap = "", ""
        if chosen.cold_scenarios:
            under = apply_scenario(inputs, name)
            watch.lap()
            plan = recommend(under, settings_of(under.policy, effort=settings.effort))
            cold, _ = watch.lap()
            cold_cell, cold_gap = f"{cold:.1f}", f"{plan.summary.gap:.2%}"
        watch.lap()
        _, warm = run_scenarios(inputs, (name,), settings, risks=risks, begun=(base,))
        cpu, _ = watch.lap()
        ratios.append(whole / cpu)
        print(
            f"| {name} | {cold_cell} | {cold_gap} | {cpu:.1f} | {warm.plan.summary.gap:.2%} |"
            f" {whole / cpu:.1f} |",
            flush=True,
        )
    ratios.sort()
    print(f"median ratio {ratios[len(ratios) // 2]:.1f}, least {ratios[0]:.1f}")


if __name__ == "__main__":
    main()
