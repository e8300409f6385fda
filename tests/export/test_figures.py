"""Figures of a plan: small tables that add up, whatever stands for a row."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from recommender.export import figures
from recommender.export.manifest import Manifest
from recommender.planning.plan import Plan

Region = tuple[Plan, Manifest]


def test_people_by_site_risk_and_reason_add_up_to_the_plan(region: Region) -> None:
    plan, manifest = region
    sites = figures.by_site(plan)
    assert sites["served"].sum() == plan.summary.served
    assert sites["pupils"].sum() == plan.summary.pupils
    assert sites["benefit"].sum() == pytest.approx(plan.summary.benefit)
    risk = figures.by_risk(plan, dict(manifest.weights))
    assert list(risk["decile"]) == list(range(1, 11))
    assert risk["pupils"].sum() == plan.summary.pupils
    assert risk["served"].sum() == plan.summary.served
    assert np.all(np.diff(risk["risk"]) > 0)
    assert figures.reasons(plan)["pupils"].sum() == plan.summary.pupils - plan.summary.served


def test_hours_add_up_by_role_site_and_period(region: Region) -> None:
    plan, _ = region
    for by in ("role", "site", "period"):
        table = figures.hours_by(plan, by)
        assert table["used"].sum() == pytest.approx(plan.summary.hours_used)
        assert table["capacity"].sum() == pytest.approx(plan.summary.hours_capacity)
        assert table["share"].between(0, 1).all()


def test_hours_of_running_help_are_not_counted_as_help_offered(region: Region) -> None:
    plan, _ = region
    running = plan.caseload.iloc[[0]].assign(case="somebody", hours=1000.0)
    more = replace(plan, caseload=pd.concat([plan.caseload, running], ignore_index=True))
    before, after = figures.by_intervention(plan), figures.by_intervention(more)
    assert after["hours"].sum() == before["hours"].sum() == plan.caseload["hours"].sum()


def test_hours_of_a_session_are_help_offered(region: Region) -> None:
    plan, _ = region
    row = plan.sessions.iloc[0]
    name = f"{row['intervention']}/{row['site']}/{row['period']}/{row['grade']}"
    session = plan.caseload.iloc[[0]].assign(case=name, hours=7.0, intervention=row["intervention"])
    more = replace(plan, caseload=pd.concat([plan.caseload, session], ignore_index=True))
    hours = [figures.by_intervention(p)["hours"].sum() for p in (plan, more)]
    assert hours[1] == pytest.approx(hours[0] + 7.0)


def test_a_bundle_counts_its_pupil_once_and_a_segment_counts_its_pupils() -> None:
    offered = pd.DataFrame(
        {
            "unit_id": ["a", "a", "b", "b"],
            "site": ["s", "s", "t", "t"],
            "intervention": ["x", "y", "x", "x"],
            "period": ["one", "one", "one", "two"],
            "units": [1.0, 1.0, 5.0, 3.0],
            "benefit": [0.1, 0.2, 1.0, 0.5],
            "bundle": ["x+y", "x+y", "x", "x"],
        }
    )
    left = pd.DataFrame({"unit_id": ["b", "c"], "site": ["t", "t"], "pupils": [2.0, 4.0]})
    plan = Plan(None, offered, left, *[pd.DataFrame()] * 5)  # type: ignore[arg-type]
    served = figures.served_units(plan)
    assert served["pupils"].tolist() == [1.0, 8.0]
    people = figures.people(plan)
    assert people["unit_id"].tolist() == ["a", "b", "c"]
    assert people["pupils"].tolist() == [1.0, 10.0, 4.0]
    assert people["served"].tolist() == [1.0, 8.0, 0.0]


@pytest.mark.parametrize(
    ("error", "digits"), [(8.2, 1), (120.0, 1), (0.19, 2), (0.0123, 3), (0.0, 1), (1e-9, 6)]
)
def test_an_error_decides_how_many_digits_are_shown(error: float, digits: int) -> None:
    assert figures.digits_of(error) == digits


def test_sites_that_share_staff_stand_on_one_line(region: Region) -> None:
    plan, _ = region
    rows = plan.resources.iloc[:4].assign(
        role=["nurse", "nurse", "nurse", "teacher"],
        site=["b", "a", "c", "a"],
        period="winter",
        price=[0.0456789, 0.04567891, 0.02, 0.0],
    )
    table = figures.dear_hours(replace(plan, resources=rows))
    assert table["sites"].tolist() == ["b;a", "c"]
    assert table["price"].tolist() == pytest.approx([0.04567891, 0.02])


def test_hours_of_help_offered_and_of_running_help_add_up(region: Region) -> None:
    plan, _ = region
    running = plan.caseload.iloc[[0]].assign(case="somebody", hours=12.5)
    more = replace(plan, caseload=pd.concat([plan.caseload, running], ignore_index=True))
    assert figures.running_hours(plan) == pytest.approx(0.0)
    assert figures.running_hours(more) == pytest.approx(12.5)


def test_hours_left_are_explained_by_what_keeps_the_help_back(region: Region) -> None:
    plan, _ = region
    columns = ["role", "site", "period", "capacity", "used"]
    rows = [
        ("idle", "s", "p", 10.0, 0.0),  # nothing needs it
        ("nurse", "s", "p", 10.0, 2.0),  # needs a doctor, who is full
        ("doctor", "s", "p", 5.0, 5.0),
        ("tutor", "s", "p", 4.0, 1.0),  # 3 left, the smallest help takes 5
        ("coach", "s", "p", 20.0, 5.0),  # costs money
        ("guide", "s", "p", 20.0, 6.0),  # costs none
    ]
    hours = pd.DataFrame(rows, columns=columns).assign(
        resource="hours", unit="hour", price=0.0, intervention="", rule="", grade=""
    )
    budget = hours.iloc[:1].assign(resource="budget", role="", capacity=100.0, used=100.0)
    needs = {
        "visit": {"nurse": 1.0, "doctor": 1.0},
        "lessons": {"tutor": 5.0},
        "course": {"coach": 2.0},
        "walk": {"guide": 2.0},
    }
    changed = replace(plan, resources=pd.concat([hours, budget], ignore_index=True))
    table = figures.hours_left(changed, needs, {"course"})
    found = {row.role: (row.reason, row.name, row.hours) for row in table.itertuples(index=False)}
    assert found == {
        "idle": ("none", "", 10.0),
        "nurse": ("other", "doctor", 8.0),
        "tutor": ("little", "", 3.0),
        "coach": ("money", "", 15.0),
        "guide": ("suit", "", 14.0),
    }


def test_mean_risks_count_pupils_not_units(region: Region) -> None:
    plan, _ = region
    weights = figures.people(plan).set_index("unit_id")["pupils"]
    table = figures.mean_risks(plan).set_index("outcome")["risk"]
    for outcome, part in plan.profiles.groupby("outcome"):
        expected = np.average(part["risk"], weights=weights.loc[part["unit_id"]])
        assert table[outcome] == pytest.approx(expected)
