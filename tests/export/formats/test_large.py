"""Large plans: tables in Parquet files beside plan.json, as whole, equal and guarded as text."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pandas as pd
import pytest

from recommender.errors import InputError
from recommender.export.folders import plan_folder as folders
from recommender.export.folders.plan_folder import (
    changed_cells,
    changed_files,
    read_plan,
    write_plan,
)
from recommender.export.manifest import Manifest
from recommender.export.plan_json import plan_schema, plan_text, read_plan_text
from recommender.export.tables import frames_of
from recommender.planning.plan.columns import COLUMNS
from recommender.planning.plan.plan import Plan

pytest.importorskip("pyarrow")

Region = tuple[Plan, Manifest]


@pytest.fixture(autouse=True)
def _all_plans_are_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("recommender.export.formats.parquet.MOST_ROWS", 0)
    monkeypatch.setattr(folders, "report_pages", lambda *_: {"report.html": "<p>report</p>"})


def test_a_large_plan_has_its_tables_beside_and_reads_back_equal(
    region: Region, tmp_path: Path
) -> None:
    plan, manifest = region
    manifest = write_plan(plan, tmp_path / "plan", manifest)
    names = {path.name for path in (tmp_path / "plan").iterdir()}
    assert names == {
        "plan.json",
        "manifest.json",
        "report.html",
        *(f"{t}.parquet" for t in COLUMNS),
    }
    again, recorded = read_plan(tmp_path / "plan")
    assert recorded == manifest
    assert again.summary == plan.summary
    small = read_plan_text(plan_text(plan), "plan.json")
    for table, frame in frames_of(again).items():
        pd.testing.assert_frame_equal(frame, frames_of(plan)[table])
        pd.testing.assert_frame_equal(frame, frames_of(small)[table])
    assert changed_files(tmp_path / "plan") == ()
    assert changed_cells(tmp_path / "plan", again, recorded) == ()


def test_its_plan_json_keeps_to_the_schema(region: Region, tmp_path: Path) -> None:
    write_plan(region[0], tmp_path / "plan", region[1])
    document = json.loads((tmp_path / "plan" / "plan.json").read_text("utf-8"))
    jsonschema.validate(document, plan_schema())
    document["assignments"] = {"file": "elsewhere.parquet"}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document, plan_schema())


def test_the_same_plan_gives_the_same_bytes(region: Region, tmp_path: Path) -> None:
    for name in ("one", "other"):
        write_plan(region[0], tmp_path / name, region[1])
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "other" / path.name).read_bytes()


def test_a_table_that_was_touched_or_lost_is_named(region: Region, tmp_path: Path) -> None:
    folder = tmp_path / "plan"
    write_plan(region[0], folder, region[1])
    frame = pd.read_parquet(folder / "assignments.parquet")
    frame.loc[0, "benefit"] += 1.0
    frame.to_parquet(folder / "assignments.parquet", index=False)
    (folder / "profiles.parquet").unlink()
    found = changed_files(folder)
    assert "assignments.parquet: the file was changed after the plan was written" in found
    assert "profiles.parquet: the file is missing" in found
    with pytest.raises(InputError, match=r"profiles\.parquet: cannot be read"):
        read_plan(folder)


def test_a_manifest_that_forgets_a_table_is_found(region: Region, tmp_path: Path) -> None:
    folder = tmp_path / "plan"
    write_plan(region[0], folder, region[1])
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    del manifest["files"]["sessions.parquet"]
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    assert "manifest.json: the file sessions.parquet is not listed" in changed_files(folder)


@pytest.mark.parametrize(
    ("spoil", "finding"),
    [
        (lambda f: f.drop(columns="benefit"), "assignments lacks benefit"),
        (lambda f: f.assign(benefit="much"), "assignments.benefit holds a value of the wrong kind"),
        (lambda f: f.assign(site=1.0), "assignments.site holds a value of the wrong kind"),
        (
            lambda f: f.assign(benefit=float("nan")),
            "assignments.benefit holds a number that is not",
        ),
        (lambda f: f.assign(site=pd.Series([None] * len(f), dtype="str")), "holds an empty cell"),
    ],
)
def test_a_table_that_is_none_of_a_plan_is_refused(
    spoil, finding, region: Region, tmp_path
) -> None:
    write_plan(region[0], tmp_path / "plan", region[1])
    path = tmp_path / "plan" / "assignments.parquet"
    spoil(pd.read_parquet(path)).to_parquet(path, index=False)
    with pytest.raises(InputError, match=finding):
        read_plan(tmp_path / "plan")


def test_a_table_file_of_another_name_is_not_followed(region: Region, tmp_path: Path) -> None:
    write_plan(region[0], tmp_path / "plan", region[1])
    path = tmp_path / "plan" / "plan.json"
    text = path.read_text("utf-8").replace('"profiles.parquet"', '"../profiles.parquet"')
    path.write_text(text, "utf-8")
    with pytest.raises(InputError, match="profiles is not a table of columns"):
        read_plan(tmp_path / "plan")


def test_without_pyarrow_a_large_plan_is_written_as_text(
    region: Region, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("recommender.export.formats.parquet.find_spec", lambda _name: None)
    write_plan(region[0], tmp_path / "plan", region[1])
    assert (tmp_path / "plan" / "assignments.csv").exists()
    assert read_plan(tmp_path / "plan")[0].summary == region[0].summary


def test_a_plan_of_usual_size_is_written_as_text(
    region: Region, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("recommender.export.formats.parquet.MOST_ROWS", 1_000_000)
    write_plan(region[0], tmp_path / "plan", region[1])
    assert not list((tmp_path / "plan").glob("*.parquet"))
