"""A planner's afternoon: hours change in Excel; check, plan, compare, review, export."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from recommender.export.folders.comparison_folder import read_comparison
from recommender.export.folders.plan_folder import read_plan

ROOT = Path(__file__).parents[2]


def into_excel(workspace: Path) -> Path:
    """The table of professionals as a planner keeps it: a workbook, ids as text."""
    table = workspace / "data" / "professionals.csv"
    frame = pd.read_csv(table)
    table.unlink()
    sheet = table.with_suffix(".xlsx")
    frame.to_excel(sheet, index=False)
    return sheet


def change_hours(sheet: Path, role: str, share: float) -> float:
    """Multiply the hours of a role in the workbook; return by how much they changed in all."""
    book = openpyxl.load_workbook(sheet)
    page = book.active
    assert page is not None
    header = [cell.value for cell in page[1]]
    at_role, at_hours = header.index("role"), header.index("hours")
    changed = 0.0
    for row in page.iter_rows(min_row=2):
        if row[at_role].value == role:
            before = float(row[at_hours].value)
            row[at_hours].value = round(before * share, 1)
            changed += row[at_hours].value - before
    book.save(sheet)
    return changed


def fill_in(sheet: Path) -> tuple[str, str]:
    """Reject the first offer on a review sheet, as a professional would; return what it was."""
    book = openpyxl.load_workbook(sheet)
    for page in book.worksheets[1:]:
        for line in range(5, page.max_row + 1):
            parts = str(page[f"K{line}"].value).split("|")
            if len(parts) > 1 and parts[1] and page[f"A{line}"].value:
                page["B2"], page["F2"] = "N. Jansen", "care coordinator"
                page[f"G{line}"], page[f"I{line}"] = "reject", "is helped already"
                book.save(sheet)
                return parts[0], parts[1]
    raise AssertionError("no offer on the sheet")


def afternoon(run: Callable, workspace: Path, desk: Path, effort: tuple[str, ...]) -> None:
    """All of it, each step looked at."""
    quiet = ("-q", *effort)
    codes = (0, 5)
    assert run("plan", workspace, "-o", desk / "morning", *quiet).code in codes
    sheet = into_excel(workspace)
    changed = change_hours(sheet, "teacher", 0.5)
    assert changed < 0
    assert run("check", workspace, "-q").code == 0

    assert run("plan", workspace, "-o", desk / "noon", *quiet).code in codes
    before, after = (read_plan(desk / name)[0].summary for name in ("morning", "noon"))
    assert after.hours_capacity < before.hours_capacity
    assert after.bound <= before.bound + 1e-6

    (workspace / "scenarios").mkdir()
    (workspace / "scenarios" / "help.yaml").write_text(
        "scenarios:\n  lent:\n    name: A teacher is lent\n"
        "    hire: [{professional_id: lent_01, role: teacher, hours: 40}]\n",
        encoding="utf-8",
    )
    said = run("scenarios", workspace, "--scenario", "lent")
    assert "lent_01 is hired: teacher everywhere, 40 h every period" in said.out
    said = run("compare", workspace, "--scenario", "lent", "--policy", "highest_risk",
               "-o", desk / "compared", *quiet)  # fmt: skip
    assert said.code in codes
    comparison = read_comparison(desk / "compared")
    assert comparison.side("lent").bound >= comparison.side("base").bound - 1e-6
    assert comparison.side("highest_risk").benefit <= comparison.side("base").bound + 1e-6
    if "--seconds" not in effort:
        again = read_plan(desk / "compared" / "plans" / "base")[0]
        assert again.assignments.equals(read_plan(desk / "noon")[0].assignments)

    pages = desk / "review.xlsx"
    assert run("review", desk / "noon", "-o", pages).code == 0
    unit, intervention = fill_in(pages)
    assert run("decide", workspace, pages, "--plan", desk / "noon", "-q").code == 0
    assert run("plan", workspace, "-o", desk / "evening", "--keep", desk / "noon", *quiet).code in (
        0,
        4,
        5,
    )
    evening = read_plan(desk / "evening")[0]
    theirs = evening.assignments[evening.assignments["unit_id"] == unit]
    assert intervention not in set(theirs["intervention"])

    workbook = desk / "evening.xlsx"
    assert run("export", desk / "evening", "--to", workbook).code == 0
    book = pd.read_excel(workbook, sheet_name=None)
    exported = next(f for f in book.values() if {"unit_id", "benefit"} <= set(f.columns))
    summary = json.loads((desk / "evening" / "plan.json").read_text(encoding="utf-8"))["summary"]
    assert exported["benefit"].sum() == pytest.approx(summary["benefit"])
    assert run("verify", desk / "evening").code == 0


def test_a_planner_has_an_afternoon(run, workspace: Path, tmp_path: Path) -> None:
    afternoon(run, workspace, tmp_path / "desk", ())


@pytest.mark.slow
def test_a_planner_has_an_afternoon_in_the_shipped_region(run, tmp_path: Path) -> None:
    region = tmp_path / "region"
    region.mkdir()
    for name in ("planning.yaml", "interventions.yaml"):
        shutil.copy(ROOT / name, region / name)
    shutil.copytree(ROOT / "data", region / "data")
    afternoon(run, region, tmp_path / "desk", ("--gap", "5%", "--seconds", "300"))
