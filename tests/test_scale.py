"""What grows with pupils grows no faster than they do: bytes a column, stage by stage.

The stages are those of a plan from its tables to its files and back.  Python and numpy tell how
many bytes they hold; a stage that kept an object a pupil and intervention would hold hundreds.
"""

from __future__ import annotations

import sys
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import numpy as np
import pytest

from recommender.allocation import Effort
from recommender.allocation.decomposition import solve_in_parts
from recommender.export.plan_json import plan_text, read_plan_text
from recommender.export.tables import CSV_TABLES, csv_text, frames_of
from recommender.inputs.readers.catalogue_file import read_catalogue
from recommender.inputs.readers.policy_file import read_policy
from recommender.inputs.workspace import Inputs, read_workspace
from recommender.matching import match
from recommender.pipeline import Settings
from recommender.planning import formulate, plan_of
from recommender.planning.verify.verify import verify
from recommender.risk.profiles import RiskProfiles
from recommender.simulation import write_simulation

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parent.parent
SIZES = (900, 1_800)
"""Pupils, of one region each."""

MOST = {
    "reading": 150,
    "matching": 330,
    "formulating": 100,
    "writing up": 120,
    "writing": 110,
    "verifying": 330,
}
"""Bytes a column that a stage may hold at once beyond what there was before it."""

Made = TypeVar("Made")


@dataclass(frozen=True)
class Held:
    """The bytes that every stage held, and the columns of the problem."""

    bytes: dict[str, int]
    columns: int


def _risks(inputs: Inputs) -> RiskProfiles:
    """Risks as if they had been predicted: what fitting takes does not depend on the pupils."""
    rng = np.random.default_rng(7)
    outcomes = tuple(outcome.id for outcome in inputs.policy.outcomes)
    shape = (len(inputs.cohort.units), len(outcomes))
    risk = rng.beta(1.0, 5.0, shape)
    return RiskProfiles(outcomes, risk, np.full(shape, 0.1), ("model",) * len(outcomes))


def held_by_stages(folder: Path, pupils: int) -> Held:
    """Take a region of so many pupils through all stages and note what each holds."""
    for name in ("interventions.yaml", "planning.yaml"):
        (folder / name).write_text((ROOT / name).read_text("utf-8"), "utf-8")
    policy = read_policy(folder / "planning.yaml")
    catalogue = read_catalogue(folder / "interventions.yaml")
    write_simulation(folder, pupils, 1, policy, catalogue, table_format="parquet")
    held: dict[str, int] = {}

    def stage(name: str, work: Callable[[], Made]) -> Made:
        tracemalloc.start()
        try:
            made = work()
            held[name] = max(held.get(name, 0), tracemalloc.get_traced_memory()[1])
        finally:
            tracemalloc.stop()
        return made

    inputs = stage("reading", lambda: read_workspace(folder))
    effort = Effort(whole=False, seconds=300)
    settings = Settings.of(inputs.policy, effort=effort)
    risks = _risks(inputs)
    candidates = stage(
        "matching", lambda: match(inputs.cohort, inputs.catalogue, risks, settings.matching)
    )
    formulation = stage(
        "formulating", lambda: formulate(candidates, inputs.resources, settings.limits)
    )
    allocation = solve_in_parts(formulation.problem, effort)
    plan = stage(
        "writing up", lambda: plan_of(formulation, allocation, candidates, settings.matching)
    )
    frames = frames_of(plan)
    for table in CSV_TABLES:
        stage("writing", lambda table=table: csv_text(frames[table]))
    text = stage("writing", lambda: plan_text(plan))
    stage("writing", lambda: read_plan_text(text, "plan.json"))
    plan = replace(plan, summary=replace(plan.summary, status="stopped"))
    findings = stage(
        "verifying",
        lambda: verify(plan, inputs, settings.matching, settings.limits, whole=False),
    )
    assert findings == ()
    return Held(held, formulation.problem.columns)


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> tuple[Held, Held]:
    """What the stages of two sizes hold."""
    small, large = (held_by_stages(tmp_path_factory.mktemp("region"), pupils) for pupils in SIZES)
    return small, large


@pytest.mark.parametrize("stage", MOST)
def test_a_stage_holds_few_bytes_a_column(held: tuple[Held, Held], stage: str) -> None:
    large = held[1]
    assert large.bytes[stage] <= MOST[stage] * large.columns


@pytest.mark.parametrize("stage", MOST)
def test_twice_the_pupils_take_twice_the_bytes(held: tuple[Held, Held], stage: str) -> None:
    small, large = held
    times = large.columns / small.columns
    assert large.bytes[stage] <= 1.25 * times * small.bytes[stage] + 2_000_000


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
@pytest.mark.parametrize(("family", "gap"), [("schools", "1%"), ("region", "5%")])
def test_a_country_goes_from_parquet_to_a_verified_plan_in_bounded_memory(
    tmp_path: Path, family: str, gap: str
) -> None:
    from tests.benchmarks.scale import whole

    how = ("--gap", gap, "--seconds", "600", "--workers", "2")
    planned, verified, exported = whole(tmp_path, 20_000, family, how)
    assert planned.code in (0, 4, 5)
    assert verified.code == 0, verified.answer
    assert exported.code == 0
    assert max(run.peak for run in (planned, verified, exported)) < 2.5
