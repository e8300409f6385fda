"""Numbers that are seldom right are said, each with what may have been meant."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

Make = Callable[..., Path]
Say = Callable[[Path], list[str]]
W, Y, C = "data/professionals.csv", "planning.yaml", "interventions.yaml"
H = "data/history.csv"

ODD: dict[str, tuple[tuple[str, str, str], str]] = {
    "a year of hours in a period": (
        (W, "teacher,30", "teacher,1659"),
        "hours a week; give the hours of one period",
    ),
    "a full-time job": ((W, "teacher,30", "teacher,0.8"), "if it is FTE, write the hours"),
    "less than a minute": ((W, "teacher,30", "teacher,1e-9"), "is 1e-09, less than a minute"),
    "less than a minute a pupil": (
        (C, "hours_per_group: 20", "hours_per_group: 20, hours_per_pupil: 1e-9"),
        "needs[1].hours_per_pupil is 1e-09, less than a minute",
    ),
    "a percentage as a scale": (
        ("scenarios/more.yaml", "", "scenarios:\n  m:\n    capacity: [{scale: 80}]\n"),
        "scenarios/more.yaml line 3: scenarios.m.capacity[1].scale is 80: 80 times the hours; "
        "80% is 0.8",
    ),
    "a full-time job that is hired": (
        ("scenarios/more.yaml", "",
         "scenarios:\n  m:\n    hire: [{professional_id: w99, role: teacher, hours: 0.8}]\n"),
        "scenarios.m.hire[1].hours is 0.8 in",
    ),
    "most of an hour lost": (
        (Y, "travel_overhead: 0.1", "travel_overhead: 0.7"),
        "rules.travel_overhead loses 70% of every hour; 10% is 0.1",
    ),
    "another decade": ((Y, "reference_date: 202", "reference_date: 201"), "check the year"),
}  # fmt: skip


@pytest.mark.many(4)
@pytest.mark.parametrize("case", ODD)
def test_a_number_that_is_seldom_right_is_said(
    case: str, workspace: Make, problems: Say, warnings: Say
) -> None:
    edit, message = ODD[case]
    root = workspace(edit)
    assert problems(root) == []
    assert any(message in said for said in warnings(root)), warnings(root)


def test_a_right_workspace_has_no_odd_numbers(workspace: Make, warnings: Say) -> None:
    assert warnings(workspace()) == []


def test_the_hours_a_week_are_those_of_the_period(workspace: Make, warnings: Say) -> None:
    period = (Y, "start: 2026-11-30, end: 2027-02-19", "start: 2026-11-30, end: 2027-02-21")
    said = warnings(workspace((W, "teacher,30", "teacher,1656"), period))
    assert any("is 1,656 in 12 weeks: 138 hours a week" in each for each in said), said


def test_history_of_another_century_is_refused(with_history: Make, problems: Say) -> None:
    root = with_history((H, "2025-11-01", "1925-11-01"))
    assert any("date lies before 2000-01-01" in each for each in problems(root))
