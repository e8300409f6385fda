"""Help by groups: counted right, never with a small cell, from columns no model may use."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from recommender.export.manifest import Manifest
from recommender.export.pages.report import report_html
from recommender.export.summaries.equity import RARE, equity_of
from recommender.inputs.catalogue import Text
from recommender.inputs.cohort import Cohort
from recommender.inputs.policy import Column
from recommender.planning.plan.plan import Plan

Region = tuple[Plan, Manifest]


def cohort_of(plan: Plan, *, declared: bool = False, **columns: list[str]) -> Cohort:
    units = pd.DataFrame({"unit_id": sorted(plan.profiles["unit_id"].unique()), **columns})
    empty = pd.DataFrame()
    return Cohort(
        units=units,
        columns=tuple(
            Column(
                name, "category", ("audit_only",), Text(en=name),
                values=tuple(sorted(set(values))) if declared else (),
            )
            for name, values in sorted(columns.items())
        ),
        history=None, profiles=None, notes=None, commitments=empty, decisions=empty,
    )  # fmt: skip


def test_groups_add_up_to_the_plan(region: Region) -> None:
    plan = region[0]
    groups = equity_of(plan, cohort_of(plan, half=["a", "b"] * 150))
    assert [group.group for group in groups] == ["a", "b"]
    assert sum(group.pupils or 0 for group in groups) == plan.summary.pupils
    assert sum(group.served or 0 for group in groups) == plan.summary.served
    assert sum(group.benefit or 0 for group in groups) == pytest.approx(plan.summary.benefit)


def test_a_small_group_is_hidden_with_another_beside_it(region: Region) -> None:
    plan = region[0]
    origin = ["x"] * 4 + ["y"] * 140 + ["z"] * 156
    cohort = cohort_of(plan, declared=True, origin=origin)
    groups = {group.group: group for group in equity_of(plan, cohort)}
    assert groups["x"].pupils is None
    assert groups["x"].served is None
    assert groups["x"].benefit is None
    hidden = [group for group in groups.values() if group.served is None]
    assert len(hidden) >= 2
    for group in groups.values():
        for count in (group.pupils, group.served):
            assert count is None or count >= 10


def test_what_few_wrote_in_a_cell_is_no_name_of_a_group(region: Region) -> None:
    plan = region[0]
    written = ["seen by a judge", "ill", ""] * 4 + ["y"] * 138 + ["z"] * 150
    groups = equity_of(plan, cohort_of(plan, origin=written))
    assert {group.group for group in groups} == {"", RARE, "y", "z"}
    rare = next(group for group in groups if group.group == RARE)
    assert rare.served is None
    words = report_html(plan, replace(region[1], equity=groups), "nl")
    assert "judge" not in words
    assert "zeldzame waarden samen" in words


def test_columns_of_other_use_or_with_many_values_are_left_out(region: Region) -> None:
    plan = region[0]
    postcode = [f"{number // 10}" for number in range(300)]
    cohort = cohort_of(plan, half=["a", "b"] * 150, postcode=postcode)
    assert {group.column for group in equity_of(plan, cohort)} == {"half"}
    model = replace(cohort, columns=tuple(replace(c, use=("feature",)) for c in cohort.columns))
    assert equity_of(plan, model) == ()


def test_unknown_is_a_group_and_flags_are_groups(region: Region) -> None:
    plan = region[0]
    cohort = cohort_of(plan)
    flags = np.tile([0.0, 1.0, np.nan], 100)
    flagged = replace(
        cohort,
        units=cohort.units.assign(flag=flags),
        columns=(Column("flag", "flag", ("audit_only",), Text(en="flag")),),
    )
    assert [group.group for group in equity_of(plan, flagged)] == ["", "0", "1"]
