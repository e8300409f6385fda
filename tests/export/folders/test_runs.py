"""Runs: the plans of a folder in order, and exactly what differs between two of them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from recommender.cli.main import run
from recommender.export.folders.diff import compare_folders, plan_difference, runs_in
from recommender.export.folders.plan_folder import write_plan
from recommender.export.manifest import Manifest
from recommender.inputs.workspace import Source
from recommender.planning.plan.plan import Plan

Region = tuple[Plan, Manifest]


@pytest.fixture(scope="module")
def other(region: Region) -> Region:
    """The same plan, but the first pupil loses help, the second has other help, one gains it."""
    plan, manifest = region
    lines, left = plan.assignments, plan.not_served
    changed = lines.iloc[1:].copy()
    changed.loc[changed.index[0], ["intervention", "bundle"]] = "mentoring_twice"
    gained = lines.iloc[[0]].assign(unit_id=left["unit_id"].iloc[0], site=left["site"].iloc[0])
    lost = left.iloc[[0]].assign(unit_id=lines["unit_id"].iloc[0], site=lines["site"].iloc[0])
    moved = replace(
        plan,
        assignments=pd.concat([changed, gained], ignore_index=True),
        not_served=pd.concat([left.iloc[1:], lost], ignore_index=True),
        summary=replace(plan.summary, seed=7),
    )
    settings = json.loads(manifest.settings)
    settings["matching"]["evidence"] = [["good", 0.5]]
    return moved, replace(
        manifest,
        seed=7,
        created="2026-11-25T09:00:00Z",
        settings=json.dumps(settings, sort_keys=True),
        inputs=(*manifest.inputs[:1], Source("interventions.yaml", "c" * 64, 6)),
    )


def test_a_plan_does_not_differ_from_itself(region: Region) -> None:
    assert plan_difference(*region, *region).same


def test_who_moved_and_what_changed_is_said_exactly(region: Region, other: Region) -> None:
    found = plan_difference(*region, *other)
    plan = region[0]
    expected = {
        plan.assignments["unit_id"].iloc[0]: "loses",
        plan.assignments["unit_id"].iloc[1]: "changes",
        plan.not_served["unit_id"].iloc[0]: "gains",
    }
    assert dict(zip(found.moved["unit_id"], found.moved["kind"], strict=True)) == expected
    sites = found.moved.set_index("unit_id")["site"]
    assert sites[plan.not_served["unit_id"].iloc[0]] == plan.not_served["site"].iloc[0]
    assert [(c.name, c.before, c.after) for c in found.numbers] == [("seed", 1, 7)]
    assert [(c.name, c.before, c.after) for c in found.settings] == [
        ("matching.evidence.good", 0.85, 0.5)
    ]
    assert found.inputs == ("interventions.yaml: the input was changed after the plan was made",)
    changes = found.by_intervention["after"] - found.by_intervention["before"]
    units = [p.assignments["units"].sum() for p in (other[0], plan)]
    assert changes.sum() == units[0] - units[1]
    back = plan_difference(*other, *region)
    assert sorted(back.moved["kind"]) == ["changes", "gains", "loses"]


@pytest.fixture
def folders(region: Region, other: Region, tmp_path: Path) -> Path:
    write_plan(other[0], tmp_path / "a_later", other[1])
    write_plan(region[0], tmp_path / "b_earlier", region[1])
    (tmp_path / "no plan").mkdir()
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "manifest.json").write_text("{}")
    return tmp_path


def test_runs_are_listed_oldest_first_and_broken_ones_named(folders: Path) -> None:
    found, broken = runs_in(folders)
    assert [run.folder.name for run in found] == ["b_earlier", "a_later"]
    assert len(broken) == 1
    assert "broken" in broken[0]
    assert [run.folder for run in runs_in(folders / "a_later")[0]] == [folders / "a_later"]


def test_the_command_lists_shows_and_compares(
    folders: Path, capsys: pytest.CaptureFixture[str], region: Region
) -> None:
    assert run(["runs", str(folders), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert [Path(line["folder"]).name for line in said["runs"]] == ["b_earlier", "a_later"]
    assert run(["runs", "list", str(folders)]) == 0
    out = capsys.readouterr()
    assert out.out.index("b_earlier") < out.out.index("a_later")
    assert "proposed" in out.out
    assert "not the manifest" in out.err
    assert run(["runs", "show", str(folders / "a_later")]) == 0
    assert "Help for" in capsys.readouterr().out
    pair = [str(folders / "b_earlier"), str(folders / "a_later")]
    assert run(["runs", "diff", *pair]) == 0
    out = capsys.readouterr()
    assert "1 gain help, 1 lose it, 1 have other help" in out.out
    assert "matching.evidence.good" in out.out
    units = set(region[0].profiles["unit_id"])
    assert not [unit for unit in units if unit in out.out]
    assert run(["runs", "diff", *pair, "--units", "--json"]) == 0
    named = json.loads(capsys.readouterr().out)["units"]
    assert len(named) == 3
    assert compare_folders(*map(Path, pair)).moved["unit_id"].tolist() == [
        row["unit_id"] for row in named
    ]


def test_a_folder_without_plans_and_one_that_is_not_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["runs", str(tmp_path)]) == 0
    assert "There is no plan" in capsys.readouterr().out
    assert run(["runs", str(tmp_path / "nowhere")]) == 2
