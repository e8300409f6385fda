"""A small invented region and its comparison, made once."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from recommender.allocation import Effort
from recommender.inputs import Inputs, read_workspace
from recommender.inputs.readers.catalogue_file import read_catalogue
from recommender.inputs.readers.policy_file import read_policy
from recommender.pipeline import Settings
from recommender.risk import RiskProfiles, assess_risk
from recommender.scenarios.compare import POLICIES, Compared, compare
from recommender.simulation import write_simulation

ROOT = Path(__file__).parents[2]

SCENARIOS = """scenarios:
  same: {}
  more_hours: {capacity: [{scale: 1.5}]}
  fewer_hours: {capacity: [{scale: 0.5}]}
  little_money: {extends: fewer_hours, rules: {budget: 300}}
  few: {only: [small_group_tuition, one_to_one_tutoring, school_social_work, mentoring]}
  lessons: {weights: {reading_lag: 3.0}}
"""


@dataclass(frozen=True)
class Region:
    """An invented region with its settings and risks."""

    folder: Path
    inputs: Inputs
    settings: Settings
    risks: RiskProfiles


@pytest.fixture(scope="session")
def region(tmp_path_factory: pytest.TempPathFactory) -> Region:
    folder = tmp_path_factory.mktemp("compared") / "region"
    folder.mkdir()
    for name in ("planning.yaml", "interventions.yaml"):
        shutil.copy(ROOT / name, folder / name)
    (folder / "scenarios").mkdir()
    (folder / "scenarios" / "more.yaml").write_text(SCENARIOS, encoding="utf-8")
    policy = read_policy(folder / "planning.yaml")
    write_simulation(
        folder, 60, 5, policy, read_catalogue(folder / "interventions.yaml"), with_truth=False
    )
    inputs = read_workspace(folder)
    settings = Settings.of(inputs.policy, effort=Effort(gap=0.3, seconds=20))
    settings = replace(settings, risk=replace(settings.risk, boosting=False))
    risks = assess_risk(inputs.cohort, inputs.policy.outcomes, settings.risk)
    return Region(folder, inputs, settings, risks)


@pytest.fixture(scope="session")
def compared(region: Region) -> Compared:
    return compare(
        region.inputs,
        ("same", "more_hours", "fewer_hours", "little_money", "few", "lessons"),
        tuple(POLICIES),
        region.settings,
        between=(("few", "random"),),
        draws=2,
        risks=region.risks,
    )
