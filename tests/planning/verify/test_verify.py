"""A plan that was tampered with does not pass, and the finding says where."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from recommender.planning import LimitSettings, Plan
from recommender.planning.plan.summary import Shortage
from recommender.planning.verify.verify import verify

Help = Callable[..., Any]
Made = tuple[Any, Plan]


@pytest.fixture
def made(world: Any, make_help: Help, must: Any) -> Made:
    units = {
        f"p{n}": {
            "site": "s1" if n % 2 else "s2",
            "benefits": {"talk": 0.1 * n, "circle": 0.08 * n, "lesson": 0.01},
            "must_serve": "law" if n == 1 else "",
        }
        for n in range(1, 10)
    }
    base = world(
        units,
        [
            make_help("talk", {"teacher": 1}, cost_per_pupil=3),
            make_help("circle", None, {"teacher": 2}, group=(2, 3)),
            make_help("lesson", None, {"coach": 1}, whole_class=True),
        ],
        [
            ("t", "teacher", 2, "*"),
            ("u", "teacher", 1.5, "s1;s2"),
            ("v", "teacher;coach", 1.5, "s1"),
        ],
        periods=("autumn", "winter"),
        limits=LimitSettings(
            budget=12.0,
            must_serve=(must("law"),),
            caps=(("talk", 2.0),),
            travel_overhead=0.1,
            waiting_discount=0.1,
        ),
        bundle_size=2,
        commitments=[("p2", "talk", "autumn")],
    )
    return base, base.plan()


def findings(made: Made, **changes: Any) -> tuple[str, ...]:
    base, plan = made
    return verify(replace(plan, **changes), base.inputs, base.matching, base.limits)


def altered(frame: pd.DataFrame, column: str, row: int) -> pd.DataFrame:
    frame = frame.copy()
    numeric = pd.api.types.is_numeric_dtype(frame[column])
    frame[column] = [
        (value + 1 if numeric else "tampered") if at == row else value
        for at, value in enumerate(frame[column])
    ]
    return frame


def test_an_honest_plan_passes(made: Made) -> None:
    assert findings(made) == ()


@pytest.mark.many(2)
@pytest.mark.parametrize(
    "table", ["assignments", "not_served", "sessions", "resources", "caseload"]
)
def test_every_cell_of_every_table_counts_and_is_named(made: Made, table: str) -> None:
    frame = getattr(made[1], table)
    row = len(frame) // 2
    for column in frame.columns:
        found = findings(made, **{table: altered(frame, column, row)})
        assert any(table in finding for finding in found), (column, found)


@pytest.mark.many(2)
@pytest.mark.parametrize(
    "table", ["assignments", "not_served", "sessions", "resources", "caseload"]
)
def test_a_line_more_or_less_or_twice_is_found(made: Made, table: str) -> None:
    frame = getattr(made[1], table)
    less = frame.iloc[1:].reset_index(drop=True)
    twice = pd.concat([frame, frame.iloc[-1:]], ignore_index=True)
    turned = frame.iloc[::-1].reset_index(drop=True)
    for other in (less, twice, turned):
        found = findings(made, **{table: other})
        assert any(table in finding for finding in found), found


@pytest.mark.parametrize("column", ["unit_id", "outcome", "risk"])
def test_a_tampered_profile_is_found(made: Made, column: str) -> None:
    frame = made[1].profiles
    frame = altered(frame, column, 4)
    assert any("profiles" in finding for finding in findings(made, profiles=frame))


def test_altered_errors_of_risks_show_in_the_error_of_the_plan(made: Made) -> None:
    frame = made[1].profiles.assign(standard_error=0.01)
    found = findings(made, profiles=frame)
    assert any(finding.startswith("summary, standard_error") for finding in found)


def test_a_slightly_altered_risk_shows_in_what_it_bears_on(made: Made) -> None:
    frame = made[1].profiles.copy()
    frame["risk"] = frame["risk"] * 0.999
    found = findings(made, profiles=frame)
    assert any(finding.startswith("assignments.csv line 2, benefit") for finding in found)


@pytest.mark.many(5)
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("value", 99.0),
        ("bound", 0.1),
        ("gap", 0.5),
        ("better_bound", 0.1),
        ("benefit", 99.0),
        ("standard_error", 99.0),
        ("pupils", 3),
        ("eligible", 3),
        ("served", 3.0),
        ("must_serve", 3),
        ("must_serve_met", 0.0),
        ("hours_capacity", 99.0),
        ("hours_used", 99.0),
        ("cost", 0.0),
        ("budget", 99.0),
        ("seed", 7),
        ("shortages", (Shortage("law", "elsewhere", 1.0),)),
    ],
)
def test_every_number_of_the_summary_counts(made: Made, field: str, value: Any) -> None:
    summary = replace(made[1].summary, **{field: value})
    assert any(f"summary, {field}" in finding for finding in findings(made, summary=summary))


def test_a_shortage_that_is_not_there_costs_value(made: Made) -> None:
    summary = replace(made[1].summary, shortages=(Shortage("law", "s1", 1.0),))
    found = findings(made, summary=summary)
    assert any(finding.startswith("summary, value") for finding in found)


def test_a_plan_in_parts_passes_only_as_a_relaxation(world: Any, make_help: Help) -> None:
    from recommender.allocation import Effort

    base = world(
        {f"p{n}": {"benefits": {"talk": 0.5 + n / 10, "circle": 0.3}} for n in range(3)},
        [
            make_help("talk", {"teacher": 1}),
            make_help("circle", None, {"teacher": 2}, group=(2, 3)),
        ],
        [("t", "teacher", 1.5, "s1")],
        effort=Effort(gap=0.0, seconds=30.0, whole=False),
    )
    plan = base.plan()
    parts = (base.inputs, base.matching, base.limits)
    assert verify(plan, *parts, whole=False) == ()
    assert any("has parts" in finding for finding in verify(plan, *parts))
