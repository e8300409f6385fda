"""The exact engine: published instances, model files, and time limits that are not trusted."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import scipy.sparse as sp

from recommender.allocation import AllocationProblem, Block, Effort, from_blocks, solve, write_model

MMKP = Path(__file__).parents[3].parent / "shared" / "data" / "mmkp"
OPTIMA = {"I01": 173, "I02": 364, "I03": 1602, "I04": 3597, "I05": 3905.7, "I06": 4799.3}


def exactly_one(path: Path) -> AllocationProblem:
    """At most one item a group is the block's limit; at least one is a row of negative use."""
    words = path.read_text().partition("Solutions")[0].split()
    numbers = [float(word) for word in words]
    groups, items, resources = (int(number) for number in numbers[:3])
    capacity = numbers[3 : 3 + resources]
    body = np.array(numbers[3 + resources :]).reshape(groups, 1 + items * (resources + 1))
    table = body[:, 1:].reshape(groups * items, resources + 1)
    group = np.repeat(np.arange(groups), items)
    least = sp.csc_array((-np.ones(group.size), (group, np.arange(group.size))))
    return AllocationProblem(
        value=table[:, 0].copy(),
        offer=np.arange(group.size, dtype=np.int32),
        start=np.arange(0, group.size + 1, items),
        limit=np.ones(groups),
        divisible=np.zeros(groups, dtype=np.bool_),
        use=sp.csc_array(sp.vstack([sp.csc_array(table[:, 1:].T), least], format="csc")),
        capacity=np.concatenate([capacity, -np.ones(groups)]),
        part=np.full(groups, -1, dtype=np.int32),
    )


@pytest.mark.many(1)
@pytest.mark.skipif(not MMKP.exists(), reason="public test data is not here")
@pytest.mark.parametrize(
    "name", [n if n < "I04" else pytest.param(n, marks=pytest.mark.slow) for n in OPTIMA]
)
def test_published_instances_reach_their_proven_optima(name) -> None:
    effort = Effort(gap=0.0, seconds=20 if name < "I04" else 200)
    found = solve(exactly_one(MMKP / name), effort, "exact")
    certificate = found.certificate
    assert certificate.integer
    assert len(found.solution.columns) == exactly_one(MMKP / name).blocks
    assert certificate.value <= OPTIMA[name] + 1e-6 <= certificate.better_bound + 2e-6
    if found.solution.status == "optimal":
        assert certificate.value == pytest.approx(OPTIMA[name])
    print(name, certificate.value, certificate.better_bound, certificate.better_gap)


def test_a_model_file_holds_the_names_it_was_given(tmp_path) -> None:
    problem = from_blocks([Block([30.0, 10.0], [[3.0], [6.0]])], [4.0])
    path = tmp_path / "plan.lp"
    write_model(problem, path, ["hours_teacher"], ["ann_tuition", "ann_mentor"])
    text = path.read_text()
    assert "hours_teacher: 6 ann_mentor + 3 ann_tuition <= 4" in text
    assert "-30 ann_tuition" in text.replace("- 30", "-30")
    write_model(problem, tmp_path / "plan.mps")
    assert "ROWS" in (tmp_path / "plan.mps").read_text()


def test_importing_the_room_loads_no_solver() -> None:
    code = (
        "import sys, recommender.allocation;"
        "print([m for m in ('pulp', 'highspy', 'scipy.optimize') if m in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


def test_a_time_limit_gives_a_plan_that_keeps_to_the_rules_or_none(region) -> None:
    problem = region(units=150, kinds=6, seed=5)
    found = solve(problem, Effort(gap=0.0, seconds=1.5), "exact")
    assert found.certificate.integer
    assert found.certificate.worst <= 1e-6
    assert found.certificate.better_bound >= found.certificate.value
