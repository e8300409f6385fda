"""Segment mode: a workspace of aggregated cells only is planned with the same commands."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest


@pytest.fixture
def cells(workspace: Path) -> Path:
    """The template workspace with 24 alike pupils in every row, and 24 times the hours."""
    path = workspace / "data" / "pupils.csv"
    pd.read_csv(path, dtype=str).assign(count="24").to_csv(path, index=False)
    path = workspace / "data" / "professionals.csv"
    staff = pd.read_csv(path)
    staff.assign(hours=staff["hours"] * 24).to_csv(path, index=False)
    return workspace


def test_a_workspace_of_cells_is_checked_planned_verified_and_explained(
    run, cells: Path, tmp_path: Path
) -> None:
    rows = len(pd.read_csv(cells / "data" / "pupils.csv"))
    assert run("check", cells).code == 0
    plan = tmp_path / "plan of cells"
    said = run("plan", cells, "-o", plan, "--gap", "5%", "--seconds", "30")
    assert said.code in (0, 5), said.err
    assert f"of {24 * rows:,} pupils" in said.out
    offered = pd.read_csv(plan / "assignments.csv")
    assert (offered["units"] % 1 == 0).all()
    assert offered["units"].max() > 1
    bundles = offered.drop_duplicates(["unit_id", "bundle", "period"])
    assert bundles.groupby("unit_id")["units"].sum().max() <= 24
    assert run("verify", plan, "--workspace", cells).code == 0
    assert run("explain", plan, offered["unit_id"].iloc[0], "--workspace", cells).code == 0
