"""The data package: valid by the standard, its hashes right, its numbers those of the plan."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from recommender.export.formats.package import package_files
from recommender.export.manifest import Manifest
from recommender.export.tables import frames_of
from recommender.export.targets import export_plan, stands_there
from recommender.planning.plan.plan import Plan

Region = tuple[Plan, Manifest]


@pytest.fixture(scope="module")
def written(region: Region, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("package") / "datapackage.json"
    export_plan(*region, str(path))
    return path


def test_every_file_is_described_with_its_size_and_hash(region: Region, written: Path) -> None:
    package = json.loads(written.read_text("utf-8"))
    assert [resource["name"] for resource in package["resources"]] == list(frames_of(region[0]))
    for resource in package["resources"]:
        data = (written.parent / resource["path"]).read_bytes()
        assert resource["bytes"] == len(data)
        assert resource["hash"] == f"sha256:{hashlib.sha256(data).hexdigest()}"
        fields = [field["name"] for field in resource["schema"]["fields"]]
        assert fields == data.decode().split("\n")[0].split(",")
    assert "synthetic" in package["title"]
    assert stands_there(str(written)) == str(written)


def test_the_package_is_valid_and_reads_as_the_plan(region: Region, written: Path) -> None:
    frictionless = pytest.importorskip("frictionless")
    package = frictionless.Package(str(written))
    report = package.validate()
    assert report.valid, report.flatten(["rowNumber", "fieldName", "type", "note"])[:5]
    rows = package.get_resource("assignments").read_rows()
    assert float(sum(row["benefit"] for row in rows)) == pytest.approx(region[0].summary.benefit)


def test_the_same_plan_gives_the_same_package(region: Region) -> None:
    assert package_files(*region) == package_files(*region)
