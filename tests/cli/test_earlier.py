"""Decisions that came after a plan are left out of its inputs, and only those."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from recommender.cli.earlier import DECISIONS, before_decisions
from recommender.export.tables import csv_text
from recommender.inputs.templates import write_templates
from recommender.inputs.workspace import Inputs, Source, read_workspace

COLUMNS = ["unit_id", "intervention", "decision", "reason", "decided_by", "date"]
FIRST = ["p01", "small_group_tuition", "forbid", "family", "N (leader)", "2026-10-01"]
SECOND = ["p02", "small_group_tuition", "accept", "", "N (leader)", "2026-11-02"]


def said(*rows: list[str]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=COLUMNS, dtype="str")


@pytest.fixture
def decided(tmp_path: Any) -> Inputs:
    root = tmp_path / "w"
    write_templates(root)
    (root / DECISIONS).write_text(csv_text(said(FIRST, SECOND)))
    return read_workspace(root)


def recorded(inputs: Inputs, rows: pd.DataFrame | None) -> tuple[Source, ...]:
    others = tuple(s for s in inputs.sources if s.path != DECISIONS)
    if rows is None:
        return others
    now = next(s for s in inputs.sources if s.path == DECISIONS)
    return (*others, replace(now, sha256=hashlib.sha256(csv_text(rows).encode()).hexdigest()))


def test_decisions_after_a_plan_are_told_by_number_and_day_and_left_out(decided: Inputs) -> None:
    written = said(FIRST, SECOND)
    inputs, later = before_decisions(decided, recorded(decided, said(FIRST)), written)
    assert inputs.cohort.decisions["unit_id"].tolist() == ["p01"]
    assert later == (
        "data/decisions.csv: 1 decision was recorded after this plan was made, the last on "
        "2026-11-02; make it again"
    )
    inputs, later = before_decisions(decided, recorded(decided, None), written)
    assert inputs.cohort.decisions.empty
    assert DECISIONS not in {s.path for s in inputs.sources}
    assert "2 decisions were recorded" in later


def test_a_file_that_was_changed_otherwise_is_not_taken_for_later_decisions(
    decided: Inputs,
) -> None:
    written = said(FIRST, SECOND)
    for rows in (written, said(["p03", *FIRST[1:]])):
        inputs, later = before_decisions(decided, recorded(decided, rows), written)
        assert later == ""
        assert inputs is decided
