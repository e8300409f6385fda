"""One scenario that uses every rule there is makes a plan that can be verified."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

ROOT = Path(__file__).parents[3]
EVERYTHING = """\
scenarios:
  everything:
    name: {en: Every rule, nl: Elke regel}
    extends: all_rules
    rules:
      caution: 0.25
      no_worse_than: {margin: 0.1}
      fairness:
        every_school: {by: site, measure: coverage, floor: 0.1}
        lowest_school: {by: site, measure: benefit, lowest: 1}
"""


def test_every_rule_at_once_passes_verify(run: Callable[..., Any], tmp_path: Path) -> None:
    here, plan = tmp_path / "here", tmp_path / "plan"
    assert run("simulate", here, "--like", ROOT, "--pupils", 90, "--seed", 4).code == 0
    assert run("plan", here, "-o", tmp_path / "now", "--gap", "10%").code in (0, 5)
    shutil.copy(tmp_path / "now" / "assignments.csv", here / "data" / "present.csv")
    scenario = tmp_path / "everything.yaml"
    scenario.write_text(EVERYTHING, encoding="utf-8")
    said = run("plan", here, "-o", plan, "--scenario", scenario, "--gap", "10%", "--seconds", 20)
    assert said.code in (0, 4, 5), said.err
    held = run("verify", plan)
    assert held.code == 0, held.out
    resources = pd.read_csv(plan / "resources.csv")
    assert {
        "hours", "places", "quorum", "budget", "must_serve", "cap", "at_once", "caseload",
        "fair_coverage", "fair_benefit",
    } <= {*resources["resource"]}  # fmt: skip
    assert {"every_school", "lowest_school", "no_worse_than"} <= {
        rule.split("/")[0] for rule in resources["rule"].dropna()
    }
