"""The invented region of the package: risks learnt from its tables hold against its truth."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize
from scipy.special import logit

from recommender.inputs.readers.catalogue_file import read_catalogue
from recommender.inputs.readers.policy_file import read_policy
from recommender.inputs.workspace import Inputs, read_workspace
from recommender.risk import RiskSettings, assess, assess_risk, interval
from recommender.simulation import write_simulation

ROOT = Path(__file__).parents[2]


def region(folder: Path, pupils: int, seed: int) -> tuple[Inputs, np.ndarray]:
    """A simulated workspace as it is read, and its (units, outcomes) true risks."""
    for name in ("planning.yaml", "interventions.yaml"):
        shutil.copy(ROOT / name, folder / name)
    policy = read_policy(folder / "planning.yaml")
    catalogue = read_catalogue(folder / "interventions.yaml")
    write_simulation(folder, pupils, seed, policy, catalogue, with_truth=True)
    inputs = read_workspace(folder)
    risks = pd.read_csv(folder / "truth" / "risks.csv").pivot(
        index="unit_id", columns="outcome", values="risk"
    )
    names = [o.id for o in inputs.policy.outcomes]
    return inputs, risks.loc[inputs.cohort.units["unit_id"], names].to_numpy()


def slope_of(truth: np.ndarray, risk: np.ndarray) -> float:
    """The slope of the true risk on the log odds of the predicted one."""
    x = logit(risk)

    def loss(b):
        return -np.mean(truth * (b[0] + b[1] * x) - np.logaddexp(0, b[0] + b[1] * x))

    return minimize(loss, [0.0, 1.0]).x[1]


def held(truth: np.ndarray, profiles) -> np.ndarray:
    """(outcomes,) the share of true risks inside their 90 % interval."""
    low, high = interval(profiles.risk, profiles.standard_error, 0.9)
    return ((low <= truth) & (truth <= high)).mean(axis=0)


@pytest.mark.slow
def test_risks_of_the_invented_region_are_calibrated_and_covered(tmp_path):
    inputs, truth = region(tmp_path, 1800, seed=1)
    settings = replace(RiskSettings.of(inputs.policy), boosting=False)
    profiles = assess_risk(inputs.cohort, inputs.policy.outcomes, settings)
    coverage = held(truth, profiles)
    assert ((coverage >= 0.85) & (coverage <= 0.95)).all(), coverage
    slopes = np.array([slope_of(truth[:, o], profiles.risk[:, o]) for o in range(truth.shape[1])])
    common = truth.mean(axis=0) > 0.05
    assert common.sum() >= 4
    assert ((slopes >= 0.8) & (slopes <= 1.2))[common].all(), slopes


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_whole_assessments_of_invented_regions_hold_against_their_truth(tmp_path, seed):
    inputs, truth = region(tmp_path, 1800, seed)
    settings = RiskSettings.of(inputs.policy)
    assessment = assess(inputs.cohort, inputs.policy.outcomes, settings)
    coverage = held(truth, assessment.profiles)
    assert ((coverage >= 0.85) & (coverage <= 0.95)).all(), coverage
    common = truth.mean(axis=0) > 0.05
    for report, frequent in zip(assessment.reports, common, strict=True):
        if frequent:
            assert 0.8 <= report.slope.value <= 1.2
            kept = report.scores.set_index("model").loc[report.kept]
            assert kept["gain"] > 3 * kept["gain_error"]
