"""Every kind of mistake in the tables, once, with its exact message; and what a right one gives."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from recommender.errors import InputError, PrivacyRefusal
from recommender.inputs import check_workspace, read_workspace

Make = Callable[..., Path]
Say = Callable[[Path], list[str]]

P, S, W = "data/pupils.csv", "data/sites.csv", "data/professionals.csv"
R, H, N = "data/profiles.csv", "data/history.csv", "data/notes.csv"
C, D, POLICY = "data/commitments.csv", "data/decisions.csv", "planning.yaml"
UNKNOWN = "or leave the cell empty when it is not known"

MISTAKES: dict[str, tuple[tuple[str, str, str], list[str]]] = {
    "an unknown site": (
        (P, "p01,s01,3", "p01,s99,3"),
        [f"{P} line 2: site is 's99', which is not a site of data/sites; use s01 or s02"],
    ),
    "an empty site": (
        (P, "p01,s01,3", "p01,,3"),
        [f"{P} line 2: site is empty; give a site of data/sites"],
    ),
    "a grade out of range": (
        (P, "p01,s01,3", "p01,s01,9"),
        [f"{P} line 2: grade is '9', which is above 8; use a number from 1 to 8"],
    ),
    "a grade in words": (
        (P, "p01,s01,3", "p01,s01,groep 3"),
        [f"{P} line 2: grade is not a number; give a whole number from 1 to 8"],
    ),
    "half a grade": (
        (P, "p01,s01,3", "p01,s01,3.5"),
        [f"{P} line 2: grade is '3.5', which is not a whole number; give a whole number"],
    ),
    "no grade": (
        (P, "p01,s01,3", "p01,s01,"),
        [f"{P} line 2: grade is empty; every row needs a number here"],
    ),
    "a consent that does not exist": (
        (P, "f01,nl,given", "f01,nl,maybe"),
        [f"{P} line 2: consent is 'maybe'; use given, refused, asked or not_needed"],
    ),
    "no consent": (
        (P, "f01,nl,given", "f01,nl,"),
        [f"{P} line 2: consent is empty; give given, refused, asked or not_needed"],
    ),
    "an unknown must-serve rule": (
        (P, "given,1,", "given,youth,"),
        [f"{P} line 8: must_serve is 'youth', which is not a must-serve rule of planning.yaml; "
         "use any"],
    ),
    "an unknown completed intervention": (
        (P, ",small_group_tuition,", ",one_to_one_tutoring;small_group_tuitio,"),
        [f"{P} line 9: completed is 'small_group_tuitio', which is not an intervention of "
         "interventions.yaml; did you mean 'small_group_tuition'?"],
    ),
    "an id with a semicolon": (
        (P, "small_group_tuition,0,other", "small_group_tuition,0,other\np;9,s01,3,,,given,,,,"),
        [f"{P} line 10: unit_id holds a line break, control character or semicolon; use letters, "
         "digits, - and _",
         f"{R}: persistent_absence has no risk for 1 of the units: an id that is not shown here; "
         "predict it for every unit, or leave the outcome to the model",
         f"{R}: reading_lag has no risk for 1 of the units: an id that is not shown here; "
         "predict it for every unit, or leave the outcome to the model"],
    ),
    "a flag that is not": (
        (P, ",,,0,girl", ",,,2,girl"),
        [f"{P} line 2: language_lag_only is neither 0 nor 1; use 1 or 0, or leave the cell empty "
         "when unknown"],
    ),
    "a category that is not allowed": (
        (P, ",,,0,girl", ",,,0,meisje"),
        [f"{P} line 2: sex is not a value that planning.yaml allows; use girl, boy or other, leave "
         "the cell empty, or add the value to planning.yaml"],
    ),
    "a row longer than the header": (
        (P, ",,,0,girl", ",,,0,girl,extra"),
        [f'{P} line 2: has 11 cells, the header has 10; put a cell that holds the separator '
         'between quotes (")'],
    ),
    "a row shorter than the header": (
        (P, ",,,0,girl", ",,,0"),
        [f"{P} line 2: has 9 cells, the header has 10; fill the row up with empty cells"],
    ),
    "a needed column under another name": (
        (P, "unit_id,site,", "unit_id,Site,"),
        [f"{P} line 1: has no column 'site'; is it 'Site'? rename that"],
    ),
    "no header": (
        (P, "unit_id,site,grade,family_id,language,consent,must_serve,completed,"
         "language_lag_only,sex\n", ""),
        [f"{P} line 1: names none of the columns unit_id, site, grade; the first line must name "
         "the columns"],
    ),
    "a column twice": (
        (P, "language_lag_only,sex", "language_lag_only,site"),
        [f"{P} line 1: site stands 2 times in the header (columns 2 and 10); keep one of them"],
    ),
    "a column that conditions need": (
        (P, "language_lag_only,sex", "language_lag,sex"),
        [f"{P} line 1: has no column 'language_lag_only', which conditions of interventions.yaml "
         "need; add it, or drop the conditions"],
    ),
    "no rows": (
        (P, "", "unit_id,site,grade,language_lag_only\n"),
        [f"{P}: has no rows; there is nobody to plan for"],
    ),
    "an empty file": (
        (P, "", " \n"),
        [f"{P}: is empty; the first line must name the columns"],
    ),
    "two files for one table": (
        ("data/pupils.parquet", "", "x"),
        [f"{P}: stands beside data/pupils.parquet; keep one of them"],
    ),
    "a site that means all": (
        (S, "s02,", "*,"),
        [f"{P} line {n}: site is 's02', which is not a site of data/sites; use s01"
         for n in (7, 8, 9)]
        + [f"{W} line 3: sites is 's02', which is not a site of data/sites; use s01 or *",
           f"{S} line 3: site is '*', which means all sites; give the site an id of its own"],
    ),
    "an unknown role": (
        (W, "w02,teacher", "w02,techer"),
        [f"{W} line 3: role is 'techer', which is not a role of planning.yaml; did you mean "
         "'teacher'?"],
    ),
    "one of two roles unknown": (
        (W, "w02,teacher", "w02,teacher;coach"),
        [f"{W} line 3: role is 'coach', which is not a role of planning.yaml; use teacher or "
         "care_coordinator"],
    ),
    "hours below zero": (
        (W, "teacher,30", "teacher,-30"),
        [f"{W} line 2: hours is '-30', which is below 0; use 0 or more"],
    ),
    "hours that are NaN": (
        (W, "teacher,30", "teacher,NaN"),
        [f"{W} line 2: hours is 'NaN', which is not a number; give a number such as 12 or 0.5"],
    ),
    "hours beyond all numbers": (
        (W, "teacher,30", "teacher,1e999"),
        [f"{W} line 2: hours is '1e999', which is not a finite number; give a number such as 12 "
         "or 0.5"],
    ),
    "infinite costs": (
        (W, "s01;s02,,62", "s01;s02,,inf"),
        [f"{W} line 3: cost_per_hour is 'inf', which is not a number; give a number such as 12 or "
         f"0.5, {UNKNOWN}"],
    ),
    "an unknown period": (
        (W, "30,s01,,", "30,s01,autumn,"),
        [f"{W} line 2: period is 'autumn', which is not a period of planning.yaml; use winter or "
         "spring"],
    ),
    "a professional twice": (
        (W, "w02,teacher,24,s01;s02,,", "w01,teacher,24,s01;s02,spring,"),
        [f"{W} line 3: professional_id 'w01' has hours in spring already on an earlier line; one "
         "row per professional and period; two roles are written as a;b"],
    ),
    "a risk above one": (
        (R, "p01,reading_lag,0.42", "p01,reading_lag,1.42"),
        [f"{R} line 2: risk is above 1; use a number from 0 to 1"],
    ),
    "a standard error below zero": (
        (R, "0.42,0.08", "0.42,-0.08"),
        [f"{R} line 2: standard_error is below 0; use 0 or more"],
    ),
    "a risk of nobody": (
        (R, "p08,persistent_absence,0.04,0.02", "p08,persistent_absence,0.04,0.02\np99,reading_lag,0.1,"),  # noqa: E501
        [f"{R} line 18: unit_id is 'p99', which is not in data/pupils; correct the id or remove "
         "the row"],
    ),
    "an unknown outcome": (
        (R, "p08,persistent_absence,0.04,0.02", "p08,persistent_absence,0.04,0.02\np08,reading,0.1,"),  # noqa: E501
        [f"{R} line 18: outcome is 'reading', which is not an outcome of planning.yaml; did you "
         "mean 'reading_lag'?"],
    ),
    "the same risk twice": (
        (R, "p08,persistent_absence,0.04,0.02", "p08,persistent_absence,0.04,0.02\np08,reading_lag,0.1,"),  # noqa: E501
        [f"{R} line 18: outcome 'reading_lag' stands here again for 'p08'; keep one risk for every "
         "unit and outcome"],
    ),
    "a unit without a risk": (
        (R, "p08,persistent_absence,0.04,0.02\n", ""),
        [f"{R}: persistent_absence has no risk for 1 of the units: 'p08'; predict it for every "
         "unit, or leave the outcome to the model"],
    ),
    "no risks at all": (
        (R, "", "unit_id,outcome,risk\n"),
        [f"{H}: is missing, and data/profiles has no risks of reading_lag, persistent_absence; "
         "hand in earlier years, or risks predicted elsewhere"],
    ),
    "a note of nobody": (
        (N, "", "unit_id,date,text\np99,2026-01-01,x\n"),
        [f"{N} line 2: unit_id is 'p99', which is not in data/pupils; correct the id or remove the "
         "row"],
    ),
    "a note with a date that is none": (
        (N, "", "unit_id,date,text\np01,2026-02-30,x\np01,1/2/2026,y\np01,,z\np01,1-2-2026,ok\n"),
        [f"{N} line 2: date is not a date; write it as 2026-11-30",
         f"{N} line 3: date is not a date; write it as 2026-11-30",
         f"{N} line 4: date is empty; write a date as 2026-11-30"],
    ),
    "notes without a text": (
        (N, "", "unit_id,date\n"),
        [f"{N} line 1: has no column 'text'; the header needs unit_id, date, text"],
    ),
    "commitments that do not exist": (
        (C, "", "unit_id,intervention,period\np99,tutoring,autumn\n"),
        [f"{C} line 2: intervention is 'tutoring', which is not an intervention of "
         "interventions.yaml; use small_group_tuition or one_to_one_tutoring",
         f"{C} line 2: period is 'autumn', which is not a period of planning.yaml; use winter or "
         "spring",
         f"{C} line 2: unit_id is 'p99', which is not in data/pupils; correct the id or remove the "
         "row"],
    ),
    "a commitment twice": (
        (C, "", "unit_id,intervention,period\n" + 2 * "p01,small_group_tuition,winter\n"),
        [f"{C} line 3: says the same as an earlier line; keep one of them"],
    ),
    "a decision that does not exist": (
        (D, "", "unit_id,intervention,decision\np01,small_group_tuition,forbit\n"),
        [f"{D} line 2: decision is 'forbit'; did you mean 'forbid'?"],
    ),
    "two decisions": (
        (D, "", "unit_id,intervention,decision\np01,small_group_tuition,forbid\n"
         "p01,small_group_tuition,require\n"),
        [f"{D} line 3: decision is 'require' for a unit and intervention that an earlier line "
         "decides otherwise; keep the decision that holds"],
    ),
}  # fmt: skip


@pytest.mark.many(15)
@pytest.mark.parametrize("mistake", MISTAKES)
def test_the_message_names_file_line_column_and_remedy_of(
    mistake: str, workspace: Make, problems: Say
) -> None:
    edit, messages = MISTAKES[mistake]
    assert problems(workspace(edit)) == sorted(messages)


IN_HISTORY: dict[str, tuple[tuple[str, str, str], list[str]]] = {
    "an outcome that is neither 0 nor 1": (
        (H, ",0,0,,0.9", ",0.5,0,,0.9"),
        [f"{H} line 2: reading_lag is neither 0 nor 1; use 1 or 0, or leave the cell empty when "
         "unknown"],
    ),
    "a propensity above one": (
        (H, ",0,0,,0.9", ",0,0,,90"),
        [f"{H} line 2: propensity is above 1; use a number from 0 to 1"],
    ),
    "an unknown intervention": (
        (H, "0,small_group_tuition", "0,small_group"),
        [f"{H} line 3: intervention is 'small_group', which is not an intervention of "
         "interventions.yaml; did you mean 'small_group_tuition'?"],
    ),
    "a date after the reference date": (
        (H, "p01,2025-11-01", "p01,2026-11-02"),
        [f"{H} line 2: date lies after the reference_date 2026-11-01 of planning.yaml; history is "
         "what happened before; check the year"],
    ),
    "a year twice": (
        (H, "p01,2024-11-01", "p01,2025-11-01"),
        [f"{H} line 4: unit_id 'p01' has this date already on an earlier line; keep one row a unit "
         "and year"],
    ),
    "a missing outcome": (
        (H, ",reading_lag,", ",reading,"),
        [f"{H} line 1: has no column 'reading_lag'; is it 'reading'? rename that"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("mistake", IN_HISTORY)
def test_the_message_names_the_place_in_the_history_of(
    mistake: str, with_history: Make, problems: Say
) -> None:
    edit, messages = IN_HISTORY[mistake]
    assert problems(with_history(edit)) == messages


@pytest.mark.parametrize("table", ["history", "pupils"])
def test_a_feature_that_one_of_two_tables_lacks_is_a_problem(
    table: str, with_history: Make, problems: Say
) -> None:
    lacks, has = (H, P) if table == "history" else (P, H)
    root = with_history(
        (POLICY, "use: [audit_only]", "use: [feature]"), (lacks, "lag_only,sex", "lag_only,s")
    )
    assert problems(root) == [
        f"{lacks} line 1: has no column 'sex', which {has} has and risk models use; add it, or "
        "remove `feature` from its use in planning.yaml"
    ]


BSN = "111222333"


@pytest.mark.parametrize(
    ("file", "old", "column"),
    [(P, "p02,", "unit_id"), (P, "f02,", "family_id"), (W, "w02,", "professional_id")],
)
def test_a_citizen_service_number_is_refused_and_never_shown(
    file: str, old: str, column: str, workspace: Make
) -> None:
    with pytest.raises(PrivacyRefusal) as caught:
        read_workspace(workspace((file, old, f"{BSN},")))
    assert (
        f"{file} line 3: {column} looks like a citizen service number (BSN); put a number "
        "of your own there; a service number or name may stand nowhere"
    ) in str(caught.value).splitlines()
    assert BSN not in str(caught.value)


def test_a_column_past_its_retention_is_refused(workspace: Make) -> None:
    root = workspace(("planning.yaml", "synthetic: true", "synthetic: false"))
    read_workspace(root, today=dt.date(2027, 8, 1))
    with pytest.raises(PrivacyRefusal) as caught:
        read_workspace(root, today=dt.date(2027, 8, 2))
    assert str(caught.value).splitlines() == [
        f"{P} line 1: {name} was to be kept until 2027-08-01; delete the column, or renew its "
        "ground and its retention in planning.yaml"
        for name in ("language_lag_only", "sex")
    ]


def test_made_up_data_do_not_expire_with_the_calendar(workspace: Make) -> None:
    assert read_workspace(workspace(), today=dt.date(2099, 1, 1)).policy.synthetic


def test_the_first_twenty_rows_are_named_and_the_others_counted(
    workspace: Make, problems: Say
) -> None:
    rows = "".join(f"q{n:03},s01,3,0\n" for n in range(100))
    root = workspace((P, "", "unit_id,site,grade,language_lag_only\n" + rows.replace(",3,", ",0,")))
    found = [p for p in problems(root) if "grade" in p]
    assert found[0] == f"{P} line 2: grade is '0', which is below 1; use a number from 1 to 8"
    assert found[20:] == [
        f"{P} line 22: grade is wrong in the same way from here on, 80 more rows; repair the rows "
        "above first"
    ]


def test_one_wrong_file_does_not_hide_the_problems_of_another(
    workspace: Make, problems: Say
) -> None:
    root = workspace(
        ("interventions.yaml", "tier: selective", "tier: [selective"),
        (POLICY, "reference_date: 2026-11-01", ""),
        (P, "p01,s01,3", "p01,s99,3"),
        (W, "teacher,30", "teacher,-30"),
        (R, "0.42,0.08", "7,0.08"),
    )
    assert [p.split(":")[0] for p in problems(root)] == [
        f"{W} line 2", f"{R} line 2", f"{P} line 2", "interventions.yaml line 11",
        f"{POLICY} line 1",
    ]  # fmt: skip


def test_the_tables_are_checked_even_without_a_policy(workspace: Make, problems: Say) -> None:
    root = workspace((P, "p01,s01,3", "p01,s99,3"))
    (root / POLICY).unlink()
    assert problems(root) == [
        f"{P} line 2: site is 's99', which is not a site of data/sites; use s01 or s02",
        f"{POLICY}: is missing; `recommender init DIR` writes an example",
    ]


def test_a_folder_that_does_not_exist_is_said_once(tmp_path: Path, problems: Say) -> None:
    assert problems(tmp_path / "nowhere") == [
        f"{tmp_path / 'nowhere'}: is no folder; name the workspace's folder"
    ]


@pytest.mark.parametrize("place", ["data/pupils.csv", "planning.yaml", "data"])
def test_no_link_leads_out_of_the_workspace(
    place: str, workspace: Make, problems: Say, tmp_path: Path
) -> None:
    root = workspace()
    outside = tmp_path / "outside"
    (root / place).rename(outside)
    (root / place).symlink_to(outside)
    found = problems(root)
    assert found
    assert all("is a link out of the workspace; put the file itself there" in p for p in found)


def test_a_link_within_the_workspace_is_followed(workspace: Make, problems: Say) -> None:
    root = workspace()
    (root / P).rename(root / "data/real.csv")
    (root / P).symlink_to("real.csv")
    assert problems(root) == []


def test_undeclared_and_unused_columns_are_warned_about(workspace: Make, warnings: Say) -> None:
    root = workspace((P, "language_lag_only,sex", "language_lag_only,shoe_size"))
    assert warnings(root) == [
        f"{P} line 1: has columns that were not read: shoe_size; declare them in planning.yaml if "
        "they are needed; else delete them",
        f"{POLICY} line 57: columns.sex is declared, and no table has it; delete the declaration "
        "if it is not needed",
    ]
    assert "shoe_size" not in read_workspace(root).cohort.units


def test_a_column_for_conditions_that_nobody_has_is_warned_about(
    workspace: Make, warnings: Say
) -> None:
    root = workspace(("interventions.yaml", "contraindications: [language_lag_only]", ""))
    assert warnings(root) == [
        f"{POLICY} line 48: columns.language_lag_only is read for conditions, and no intervention "
        "or rule has one; hand in no more than is needed: delete it"
    ]


def test_implausible_base_rates_are_warned_about(workspace: Make, warnings: Say) -> None:
    assert warnings(workspace((POLICY, "[0.05, 0.6]", "[0.01, 0.1]"))) == [
        f"{R}: reading_lag occurs in 35.5%, outside the 1% to 10% of its base_rate; check the "
        "data, the definition of the outcome, or the base_rate"
    ]


def test_a_role_that_nobody_has_is_warned_about(workspace: Make, warnings: Say) -> None:
    assert warnings(workspace((W, "w03,care_coordinator,8,*,,,nl\n", ""))) == [
        "interventions.yaml line 14: interventions.small_group_tuition.needs[2].role is "
        "'care_coordinator', which nobody in data/professionals has; the intervention cannot be "
        "offered until somebody has"
    ]


def test_never_means_not_read(workspace: Make) -> None:
    root = workspace((POLICY, "use: [audit_only]", "use: [never]"), (P, ",0,girl", ",0,whatever"))
    assert "sex" not in read_workspace(root).cohort.units


def test_the_templates_read_as_typed_frames(workspace: Make) -> None:
    inputs = read_workspace(workspace())
    units = inputs.cohort.units
    assert units["unit_id"].tolist() == [f"p{n:02}" for n in range(1, 9)]
    assert units["grade"].tolist() == [3, 3, 5, 6, 7, 3, 4, 8]
    assert units["count"].tolist() == [1] * 8
    assert units["must_serve"].tolist() == ["", "", "", "", "", "", "any", ""]
    assert units["completed"].tolist()[-1] == "small_group_tuition"
    np.testing.assert_equal(units["language_lag_only"].to_numpy(), [0, 0, 1, 0, 0, np.nan, 0, 0])
    assert [c.name for c in inputs.cohort.columns] == ["language_lag_only", "sex"]
    assert inputs.cohort.history is None
    assert inputs.cohort.notes is None
    assert len(inputs.cohort.commitments) == 0
    assert list(inputs.cohort.decisions) == [
        "unit_id", "intervention", "decision", "reason", "decided_by", "date",
    ]  # fmt: skip
    profiles = inputs.cohort.profiles
    assert profiles is not None
    assert profiles["risk"].iloc[1] == 0.42


def test_a_professional_without_a_period_works_in_every_period(workspace: Make) -> None:
    people = read_workspace(workspace()).resources.professionals
    assert people["professional_id"].tolist() == ["w01", "w01", "w02", "w02", "w03", "w03"]
    assert people["period"].tolist() == ["winter", "spring"] * 3
    assert people["cost_per_hour"].tolist() == [60, 60, 62, 62, 75, 75]
    assert people["sites"].tolist() == ["s01", "s01", "s01;s02", "s01;s02", "*", "*"]


def test_absent_optional_columns_have_their_neutral_value(workspace: Make) -> None:
    bare = "".join(f"p{n:02},s01,3,0\n" for n in range(1, 9))
    units = read_workspace(
        workspace(
            (P, "", "unit_id,site,grade,language_lag_only\n" + bare),
            (POLICY, "  consent: [given, not_needed]", "  #"),
            (POLICY, "  must_serve:\n    any: ", "  # "),
        )
    ).cohort.units
    for column, neutral in {
        "count": 1, "family_id": "", "language": "", "consent": "not_needed", "must_serve": "",
        "completed": "", "sex": "",
    }.items():  # fmt: skip
        assert units[column].tolist() == [neutral] * 8


def test_segments_are_units_with_a_count(workspace: Make, problems: Say) -> None:
    rows = "".join(f"p{n:02},s01,3,{10 * n},0\n" for n in range(1, 9))
    root = workspace((P, "", "unit_id,site,grade,count,language_lag_only\n" + rows))
    assert read_workspace(root).cohort.units["count"].tolist() == list(range(10, 90, 10))
    (root / P).write_text(
        (root / P).read_text().replace(",10,0", ",2.5,0").replace(",20,0", ",0,0")
    )
    assert problems(root) == [
        f"{P} line 2: count is '2.5', which is not a whole number; give a whole number",
        f"{P} line 3: count is '0', which is below 1; use a number from 1 to 1,000,000,000",
    ]


def test_a_history_is_sorted_typed_and_complete(with_history: Make) -> None:
    history = read_workspace(with_history()).cohort.history
    assert history is not None
    assert history["unit_id"].tolist() == ["p01", "p01", "p02"]
    assert history["date"].tolist() == [
        pd.Timestamp("2024-11-01"), pd.Timestamp("2025-11-01"), pd.Timestamp("2025-11-01"),
    ]  # fmt: skip
    assert history["persistent_absence"].tolist() == [1, 0, 0]
    assert history["intervention"].tolist() == ["", "", "small_group_tuition"]
    assert history["propensity"].tolist() == [0.8, 0.9, 0.4]


def test_the_order_of_rows_does_not_matter(workspace: Make) -> None:
    root = workspace()
    one = read_workspace(root)
    for name in ("pupils", "sites", "professionals", "profiles"):
        path = root / f"data/{name}.csv"
        head, *rows = path.read_text().splitlines()
        path.write_text("\n".join([head, *reversed(rows)]) + "\n")
    other = read_workspace(root)
    pd.testing.assert_frame_equal(one.cohort.units, other.cohort.units)
    pd.testing.assert_frame_equal(one.resources.sites, other.resources.sites)
    pd.testing.assert_frame_equal(one.resources.professionals, other.resources.professionals)
    assert one.cohort.profiles is not None
    assert other.cohort.profiles is not None
    pd.testing.assert_frame_equal(one.cohort.profiles, other.cohort.profiles)


def test_every_file_is_a_source_with_its_hash_and_rows(workspace: Make) -> None:
    root = workspace()
    sources = read_workspace(root).sources
    assert [(s.path, s.rows) for s in sources] == [
        (W, 3), (R, 16), (P, 8), (S, 2), ("interventions.yaml", 2), (POLICY, 1),
    ]  # fmt: skip
    for source in sources:
        assert source.sha256 == hashlib.sha256((root / source.path).read_bytes()).hexdigest()


def test_check_and_read_agree(workspace: Make) -> None:
    root = workspace((P, "p01,s01,3", "p01,s99,3"), (W, "teacher,30", "teacher,x"))
    with pytest.raises(InputError) as caught:
        read_workspace(root)
    assert caught.value.exit_code == 3
    assert caught.value.problems == check_workspace(root)[0]
