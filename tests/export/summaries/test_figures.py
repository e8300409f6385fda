"""Figures of a plan: small tables that add up, whatever stands for a row."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from recommender.export.manifest import Manifest
from recommender.export.summaries import plan_tables
from recommender.planning.plan.plan import Plan

Region = tuple[Plan, Manifest]


def test_people_by_site_risk_and_reason_add_up_to_the_plan(region: Region) -> None:
    plan, manifest = region
    sites = plan_tables.by_site(plan)
    assert sites["served"].sum() == plan.summary.served
    assert sites["pupils"].sum() == plan.summary.pupils
    assert sites["benefit"].sum() == pytest.approx(plan.summary.benefit)
    risk = plan_tables.by_risk(plan, dict(manifest.weights))
    assert list(risk["decile"]) == list(range(1, 11))
    assert risk["pupils"].sum() == plan.summary.pupils
    assert risk["served"].sum() == plan.summary.served
    assert np.all(np.diff(risk["risk"]) > 0)
    assert plan_tables.reasons(plan)["pupils"].sum() == plan.summary.pupils - plan.summary.served


def test_hours_add_up_by_role_site_and_period(region: Region) -> None:
    plan, _ = region
    for by in ("role", "site", "period"):
        table = plan_tables.hours_by(plan, by)
        assert table["used"].sum() == pytest.approx(plan.summary.hours_used)
        assert table["capacity"].sum() == pytest.approx(plan.summary.hours_capacity)
        assert table["share"].between(0, 1).all()


def test_hours_of_running_help_are_not_counted_as_help_offered(region: Region) -> None:
    plan, _ = region
    running = plan.caseload.iloc[[0]].assign(case="somebody", hours=1000.0)
    more = replace(plan, caseload=pd.concat([plan.caseload, running], ignore_index=True))
    before, after = plan_tables.by_intervention(plan), plan_tables.by_intervention(more)
    assert after["hours"].sum() == before["hours"].sum() == plan.caseload["hours"].sum()


def test_hours_of_a_session_are_help_offered(region: Region) -> None:
    plan, _ = region
    row = plan.sessions.iloc[0]
    name = f"{row['intervention']}/{row['site']}/{row['period']}/{row['grade']}"
    session = plan.caseload.iloc[[0]].assign(case=name, hours=7.0, intervention=row["intervention"])
    more = replace(plan, caseload=pd.concat([plan.caseload, session], ignore_index=True))
    hours = [plan_tables.by_intervention(p)["hours"].sum() for p in (plan, more)]
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
    served = plan_tables.served_units(plan)
    assert served["pupils"].tolist() == [1.0, 8.0]
    people = plan_tables.people(plan)
    assert people["unit_id"].tolist() == ["a", "b", "c"]
    assert people["pupils"].tolist() == [1.0, 10.0, 4.0]
    assert people["served"].tolist() == [1.0, 8.0, 0.0]


@pytest.mark.parametrize(
    ("error", "digits"), [(8.2, 1), (120.0, 1), (0.19, 2), (0.0123, 3), (0.0, 1), (1e-9, 6)]
)
def test_an_error_decides_how_many_digits_are_shown(error: float, digits: int) -> None:
    assert plan_tables.digits_of(error) == digits


def test_sites_that_share_staff_stand_on_one_line(region: Region) -> None:
    plan, _ = region
    rows = plan.resources.iloc[:4].assign(
        role=["nurse", "nurse", "nurse", "teacher"],
        site=["b", "a", "c", "a"],
        period="winter",
        price=[0.0456789, 0.04567891, 0.02, 0.0],
    )
    table = plan_tables.dear_hours(replace(plan, resources=rows))
    assert table["sites"].tolist() == ["b;a", "c"]
    assert table["price"].tolist() == pytest.approx([0.04567891, 0.02])


def test_hours_of_help_offered_and_of_running_help_add_up(region: Region) -> None:
    plan, _ = region
    running = plan.caseload.iloc[[0]].assign(case="somebody", hours=12.5)
    more = replace(plan, caseload=pd.concat([plan.caseload, running], ignore_index=True))
    assert plan_tables.running_hours(plan) == pytest.approx(0.0)
    assert plan_tables.running_hours(more) == pytest.approx(12.5)


def _staffed(plan: Plan) -> Plan:
    columns = ["role", "sites", "period", "hours", "capacity", "used", "price", "reason", "name"]
    rows = [
        ("nurse", "s", "p", 10.0, 10.0, 2.0, 0.0, "other", "doctor"),
        ("doctor", "s", "p", 5.0, 5.0, 5.0, 0.1, "", ""),
        ("tutor", "*", "p", 5.0, 4.0, 3.8, 0.0, "little", ""),
        ("tutor", "s", "p", 4.0, 4.0, 3.9, 0.0, "money", ""),
        ("coach;tutor", "s", "p", 9.0, 9.0, 6.0, 0.0, "suit", ""),
    ]
    return replace(plan, staff=pd.DataFrame(rows, columns=columns))


@pytest.mark.parametrize("most", [None, 1])
def test_hours_left_add_up_however_small_or_many_the_lines_are(
    region: Region, most: int | None
) -> None:
    plan = _staffed(region[0])
    table = plan_tables.hours_left(plan, most=most)
    found = [(row.role, row.reason, row.name) for row in table.itertuples(index=False)]
    assert found[0] == ("nurse", "other", "doctor")
    assert found[-1] == ("rest", "rest", "")
    assert table["hours"].sum() == pytest.approx(8.0 + 0.2 + 0.1 + 3.0)


def test_who_works_at_several_sites_is_on_a_line_of_their_own(region: Region) -> None:
    plan = _staffed(region[0])
    table = plan_tables.hours_by(plan, "site").set_index("site")
    assert table.loc["s", "capacity"] == 28.0
    assert table.loc["*", "capacity"] == 4.0
    for by in ("role", "site", "period"):
        sums = plan_tables.hours_by(plan, by)[["capacity", "used"]].sum()
        assert sums.tolist() == pytest.approx([32.0, 20.7])


def test_all_hours_handed_in_are_accounted_for(region: Region) -> None:
    known = plan_tables.account(_staffed(region[0]))
    assert known is not None
    assert known.handed == 33.0
    assert known.travel + known.offered + known.running + known.left == pytest.approx(33.0)
    assert plan_tables.account(region[0]) is None


def test_mean_risks_count_pupils_not_units(region: Region) -> None:
    plan, _ = region
    weights = plan_tables.people(plan).set_index("unit_id")["pupils"]
    table = plan_tables.mean_risks(plan).set_index("outcome")["risk"]
    for outcome, part in plan.profiles.groupby("outcome"):
        expected = np.average(part["risk"], weights=weights.loc[part["unit_id"]])
        assert table[outcome] == pytest.approx(expected)


def test_the_cost_of_a_shortage_in_a_price_is_no_benefit(region: Region) -> None:
    """No pupil's help is worth 40 an hour: that hour would go to help that is owed."""
    plan = region[0]
    resources = plan.resources.copy()
    hours = resources.index[(resources["resource"] == "hours") & (resources["price"] > 0)]
    resources.loc[hours[0], "price"] = 4432.8
    dear = plan_tables.dear_hours(replace(plan, resources=resources))
    assert dear["meets_shortage"].tolist() == [True] + [False] * (len(dear) - 1)
    grid = plan_tables.price_grid(replace(plan, resources=resources))
    assert grid["short"].sum() == 1
    assert grid["price"].max() < 1
