"""``plan --write-model``: a file for other solvers, in the words of the workspace."""

from __future__ import annotations

import json

import highspy
import pytest


@pytest.mark.slow
@pytest.mark.parametrize("name", ["model.lp", "model.mps"])
def test_another_solver_reaches_the_value_of_the_plan(run, workspace, tmp_path, name) -> None:
    said = run(
        "plan", workspace, "--force", "--json", "--gap", "0", "--write-model", tmp_path / name
    )
    assert said.code == 0
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    assert highs.readModel(str(tmp_path / name)) == highspy.HighsStatus.kOk
    highs.run()
    value = json.loads(said.out)["value"]
    assert -highs.getInfo().objective_function_value == pytest.approx(value, abs=1e-6)
    assert "hours_" in (tmp_path / name).read_text()


def test_a_model_file_says_its_format_and_goes_with_a_plan_made_afresh(run, workspace) -> None:
    said = run("plan", workspace, "--force", "--write-model", "model.txt")
    assert (said.code, "does not end in .lp or .mps" in said.err) == (2, True)
    said = run(
        "plan", workspace, "--keep", workspace / "plan", "-o", workspace / "new",
        "--write-model", "model.lp",
    )  # fmt: skip
    assert (said.code, "does not go with --keep" in said.err) == (2, True)
