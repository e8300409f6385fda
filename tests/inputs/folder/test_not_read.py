"""What nothing reads is named: columns of a table, files of a workspace."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from recommender.inputs import read_workspace

Make = Callable[..., Path]
Say = Callable[[Path], list[str]]


def test_a_right_workspace_has_nothing_that_is_not_read(workspace: Make) -> None:
    inputs = read_workspace(workspace())
    assert inputs.unread == ()
    assert all(source.unread == () for source in inputs.sources)


@pytest.mark.parametrize(
    ("file", "old", "column"),
    [
        ("data/pupils.csv", "completed,language_lag_only,sex", "shoe_size"),
        ("data/sites.csv", "site,name,area,board", "telephone"),
        ("data/professionals.csv", "cost_per_hour,languages", "car"),
        ("data/profiles.csv", "risk,standard_error", "model"),
    ],
)
def test_every_table_names_its_columns_that_nothing_reads(
    workspace: Make, warnings: Say, file: str, old: str, column: str
) -> None:
    root = workspace()
    lines = (root / file).read_text().splitlines()
    assert old in lines[0]
    wide = [f"{lines[0]},{column}", *(f"{line},1" for line in lines[1:])]
    (root / file).write_text("\n".join(wide) + "\n")
    (source,) = (s for s in read_workspace(root).sources if s.path == file)
    assert source.unread == (column,)
    (warning,) = warnings(root)
    assert warning.startswith(f"{file} line 1: has columns that were not read: {column};")


def test_every_file_that_nothing_reads_is_named_once(workspace: Make, warnings: Say) -> None:
    root = workspace(
        ("data/effects.csv", "", "unit_id\n"), ("data/old/lists.docx", "", "x"),
        ("data/README.md", "", "about"), ("data/.hidden", "", "x"), ("notes.pdf", "", "x"),
        ("sheet.xlsx", "", "x"), ("scenarios/plan.json", "", "{}"), ("more.yaml", "", "a: 1\n"),
    )  # fmt: skip
    files = (
        "data/effects.csv", "data/old/lists.docx", "more.yaml", "scenarios/plan.json", "sheet.xlsx",
    )  # fmt: skip
    assert read_workspace(root).unread == files
    assert [w.split(":")[0] for w in warnings(root)] == list(files)


def test_what_a_plan_says_beyond_its_offers_is_no_reason_to_warn(
    workspace: Make, warnings: Say
) -> None:
    header = "unit_id,site,intervention,period,units,benefit,price_paid,status"
    root = workspace(
        ("data/present.csv", "", f"{header}\np01,s01,small_group_tuition,winter,1,1,0,x\n")
    )
    assert warnings(root) == []
