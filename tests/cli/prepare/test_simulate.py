"""A simulated region takes its catalogue and policy from a workspace, and passes the checks."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[3]


def test_a_new_region_takes_catalogue_and_policy_from_another_workspace(
    run, tmp_path: Path
) -> None:
    region = tmp_path / "region"
    said = run("simulate", region, "--pupils", 300, "--seed", 5, "--like", ROOT)
    assert said.code == 0, said.err
    theirs = (region / "interventions.yaml").read_text(encoding="utf-8").splitlines()
    ours = (ROOT / "interventions.yaml").read_text(encoding="utf-8").splitlines()
    assert theirs[0] == "# yaml-language-server: $schema=schemas/catalogue.schema.json"
    assert theirs[1:] == ours[1:]
    assert not (region / "data" / "profiles.csv").exists()
    assert run("check", region).code == 0


def test_a_policy_of_real_pupils_is_not_taken_over(run, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "interventions.yaml").write_text("interventions: {}\n", encoding="utf-8")
    (other / "planning.yaml").write_text("\nsynthetic: false\n", encoding="utf-8")
    said = run("simulate", tmp_path / "region", "--pupils", 40, "--like", other)
    assert said.code == 0, said.err
    assert "synthetic: true" in (tmp_path / "region" / "planning.yaml").read_text(encoding="utf-8")
