"""What there is of hours does not depend on the plan, and why some are left is so."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given

from recommender.inputs.catalogue import Intervention
from recommender.planning import LimitSettings, plan_of
from recommender.planning.verify.verify import verify
from tests.planning.test_laws import few, helps, ingredients

__all__ = ["helps"]

Help = Callable[..., Any]


def lines(base: Any, role: str) -> list[tuple[Any, ...]]:
    staff = base.plan().staff
    mine = staff[staff["role"] == role]
    return list(mine[["sites", "reason", "name"]].itertuples(index=False, name=None))


def pupils(name: str, **benefit: float) -> dict[str, dict[str, Any]]:
    return {unit: {"benefits": {name: worth}} for unit, worth in benefit.items()}


def test_hours_that_no_help_takes_are_left_for_that(world: Any, make_help: Help) -> None:
    base = world(
        pupils("talk", ann=0.5),
        [make_help("talk", {"teacher": 1})],
        [("t", "teacher", 1, "s1"), ("n", "nurse", 5, "s1")],
    )
    assert lines(base, "nurse") == [("s1", "none", "")]
    assert lines(base, "teacher") == [("s1", "", "")]


def test_nobody_waits_where_everybody_has_help(world: Any, make_help: Help) -> None:
    base = world(
        pupils("talk", ann=0.5), [make_help("talk", {"teacher": 2})], [("t", "teacher", 9, "s1")]
    )
    assert lines(base, "teacher") == [("s1", "suit", "")]


def test_too_few_hours_of_another_role_are_named(world: Any, make_help: Help) -> None:
    base = world(
        pupils("talk", ann=0.5, ben=0.4),
        [make_help("talk", {"teacher": 1, "coach": 1})],
        [("t", "teacher", 5, "s1"), ("c", "coach", 1, "s1")],
    )
    assert lines(base, "teacher") == [("s1", "other", "coach")]


def test_too_few_hours_for_one_more_case_are_little(world: Any, make_help: Help) -> None:
    base = world(
        pupils("talk", ann=0.5, ben=0.4),
        [make_help("talk", {"teacher": 2})],
        [("t", "teacher", 3, "s1")],
    )
    assert lines(base, "teacher") == [("s1", "little", "")]


def test_money_is_the_reason_only_where_it_is_short(world: Any, make_help: Help) -> None:
    units, talk = pupils("talk", ann=0.5, ben=0.4), make_help("talk", {"teacher": 1})
    dear = replace(talk, cost_per_pupil=10.0)
    staff = [("t", "teacher", 5, "s1")]
    assert lines(world(units, [dear], staff, limits=LimitSettings(budget=15.0)), "teacher") == [
        ("s1", "money", "")
    ]
    assert lines(world(units, [dear], staff, limits=LimitSettings(budget=20.0)), "teacher") == [
        ("s1", "suit", "")
    ]


def test_a_cap_is_a_rule(world: Any, make_help: Help) -> None:
    base = world(
        pupils("talk", ann=0.5, ben=0.4),
        [make_help("talk", {"teacher": 1})],
        [("t", "teacher", 5, "s1")],
        limits=LimitSettings(caps=(("talk", 1.0),)),
    )
    assert lines(base, "teacher") == [("s1", "rule", "")]


def test_pupils_too_few_for_a_group_are_not_nobody(world: Any, make_help: Help) -> None:
    base = world(
        pupils("circle", ann=0.5, ben=0.4),
        [make_help("circle", None, {"teacher": 2}, group=(3, 4))],
        [("t", "teacher", 5, "s1")],
    )
    assert lines(base, "teacher") == [("s1", "start", "")]


def test_who_works_at_several_sites_is_on_a_line_that_no_plan_changes(
    world: Any, make_help: Help
) -> None:
    staff = [("a", "teacher", 2, "s1"), ("b", "teacher", 3, "s2"), ("c", "teacher", 4, "*")]
    found = []
    for ann, ben in ((0.5, 0.1), (0.1, 0.5)):
        base = world(
            {
                "ann": {"benefits": {"talk": ann}, "site": "s1"},
                "ben": {"benefits": {"talk": ben}, "site": "s2"},
            },
            [make_help("talk", {"teacher": 6})],
            staff,
        )
        plan = base.plan()
        found.append(plan.staff[["sites", "capacity"]].to_numpy().tolist())
        at = plan.resources.set_index("site")["used"]
        assert at.max() == pytest.approx(6.0)
        assert plan.staff["used"].sum() == pytest.approx(6.0)
    assert found[0] == found[1] == [["*", 4.0], ["s1", 2.0], ["s2", 3.0]]


@few
@given(parts=ingredients())
def test_hours_add_up_and_nobody_is_said_to_wait_only_where_nobody_does(
    parts: Mapping[str, Any], world: Any, helps: list[Intervention]
) -> None:
    base = world(helps=helps, bundle_size=2, **parts)
    plan, people = base.plan(), base.resources.professionals
    staff = plan.staff
    left = (staff["capacity"] - staff["used"]).to_numpy()
    assert staff["hours"].sum() == pytest.approx(people["hours"].sum())
    assert staff["capacity"].sum() == pytest.approx(plan.summary.hours_capacity)
    assert staff["used"].sum() == pytest.approx(plan.summary.hours_used, abs=1e-9)
    assert (left >= -1e-9).all()
    assert ((staff["reason"] != "").to_numpy() == (left > 1e-6)).all()
    by_reason = staff.assign(left=left).groupby("reason")["left"].sum()
    assert by_reason.sum() == pytest.approx(staff["capacity"].sum() - staff["used"].sum())
    candidates = base.candidates
    unserved = set(plan.not_served["unit_id"])
    units = candidates.cohort.units
    asks: set[tuple[str, str]] = set()
    for unit, bundle in zip(candidates.unit.tolist(), candidates.bundle.tolist(), strict=True):
        if units["unit_id"].iloc[unit] in unserved:
            for member in candidates.bundles[bundle].interventions:
                asks |= {(need.role, units["site"].iloc[unit]) for need in helps[member].needs}
    for row in staff[staff["reason"].isin(["suit", "none"])].itertuples(index=False):
        for role in row.role.split(";"):
            for site in SITES if row.sites == "*" else row.sites.split(";"):
                assert (role, site) not in asks
    assert verify(plan, base.inputs, base.matching, base.limits) == ()


SITES = ("s1", "s2")


def test_a_tampered_reason_or_a_tampered_capacity_does_not_verify(
    world: Any, make_help: Help
) -> None:
    base = world(
        pupils("talk", ann=0.5, ben=0.4),
        [make_help("talk", {"teacher": 2})],
        [("t", "teacher", 3, "s1")],
    )
    formulation, allocation = base.solve()
    plan = plan_of(formulation, allocation, base.candidates, base.matching)
    for column, cell in (("reason", "suit"), ("capacity", 9.0)):
        staff = plan.staff.assign(**{column: [cell]})
        found = verify(replace(plan, staff=staff), base.inputs, base.matching, base.limits)
        assert any(column in finding for finding in found)
    empty = replace(plan, staff=plan.staff.iloc[:0])
    found = verify(empty, base.inputs, base.matching, base.limits)
    assert any(finding.startswith("staff.csv") for finding in found)
    assert np.isfinite(plan.staff.select_dtypes("number").to_numpy()).all()
    assert isinstance(plan.staff, pd.DataFrame)
