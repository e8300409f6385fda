"""What groups have in common is a grade, a language, or a column that may decide about a child."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from recommender.errors import PrivacyRefusal
from recommender.inputs import check_workspace, read_workspace

Edit = tuple[str, str, str]
FORM = "format: {group: {min: 2, max: 4}}"
SEX = "values: [girl, boy, other]\n    use: [audit_only]"


def alike(names: str, more: str = "") -> Edit:
    return (
        "interventions.yaml",
        FORM,
        f"format: {{group: {{min: 2, max: 4, same: [{names}]{more}}}}}",
    )


def test_groups_may_be_alike_in_grade_band_and_language(workspace: Callable[..., Path]) -> None:
    root = workspace(alike("grade_band, language", ", bands: [[3, 5], [6, 8]]"))
    assert check_workspace(root) == ((), ())
    form = read_workspace(root).catalogue.interventions[1].format
    assert (form.same, form.bands) == (("grade_band", "language"), ((3, 5), (6, 8)))


def test_a_column_for_equal_treatment_may_not_decide_in_which_group_a_child_is(
    workspace: Callable[..., Path],
) -> None:
    with pytest.raises(PrivacyRefusal) as caught:
        read_workspace(workspace(alike("sex")))
    assert (
        "interventions.yaml line 11: interventions.small_group_tuition.format.same names 'sex', "
        "which is declared for audit_only: it may not decide in which group a child is placed; "
        "take it out, or declare sex as a category or flag with use: [eligibility] and the ground "
        "on which it may be used so"
    ) in str(caught.value)


def test_a_column_for_eligibility_may(workspace: Callable[..., Path]) -> None:
    root = workspace(alike("sex"), ("planning.yaml", SEX, SEX.replace("audit_only", "eligibility")))
    assert check_workspace(root)[0] == ()


def test_a_protected_column_may_not_whatever_it_is_declared_for(
    workspace: Callable[..., Path],
) -> None:
    root = workspace(
        alike("nationality"),
        ("planning.yaml", "  sex:\n", "  nationality:\n"),
        ("planning.yaml", SEX, SEX.replace("audit_only", "eligibility")),
        ("data/pupils.csv", "sex", "nationality"),
    )
    with pytest.raises(PrivacyRefusal):
        read_workspace(root)


@pytest.mark.many(4)
@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (alike("grade_bnad"), "did you mean 'grade_band'?"),
        (alike("grade_band"), "names grade_band without bands"),
        (alike("language", ", bands: [[3, 8]]"), "lacks grade_band of the bands"),
        (alike("language, language"), "names one thing twice"),
        (alike("grade_band", ", bands: [[3, 5]]"), "lack grade 6, which is eligible"),
        (alike("grade_band", ", bands: [[3, 5], [5, 8]]"), "have grade 5 twice"),
        (alike("grade_band", ", bands: [[8, 3]]"), "run from 8 to 3"),
        (
            ("interventions.yaml", FORM, "format: {class: {whole: true, max: 9}}"),
            "format.max is 9; a whole class is as large as it is; drop it",
        ),
        (
            ("interventions.yaml", "    recipient: pupil", "    recipient: mother"),
            "recipient",
        ),
        (("planning.yaml", "caps: {", "set_aside: [recipents]\n  caps: {"), "set_aside"),
    ],
)
def test_what_is_wrong_with_a_group_is_said_with_its_line(
    edit: Edit, message: str, workspace: Callable[..., Path], problems: Callable[[Path], list[str]]
) -> None:
    found = [line for line in problems(workspace(edit)) if message in line]
    assert found
    assert all(" line " in line for line in found)


def test_days_of_completion_stand_behind_the_name(workspace: Callable[..., Path]) -> None:
    root = workspace()
    pupils = (root / "data/pupils.csv").read_text(encoding="utf-8").splitlines()
    header = pupils[0].split(",")
    row = pupils[1].split(",")
    row[header.index("completed")] = "small_group_tuition@2026-01-31; one_to_one_tutoring"
    (root / "data/pupils.csv").write_text("\n".join([pupils[0], ",".join(row), *pupils[2:]]) + "\n")
    units = read_workspace(root).cohort.units
    mine = units[units["unit_id"] == row[0]].iloc[0]
    assert set(mine["completed"].split(";")) == {"small_group_tuition", "one_to_one_tutoring"}
    assert mine["completed_on"] == "small_group_tuition@2026-01-31"
    assert (units["completed_on"] != "").sum() == 1
    row[header.index("completed")] = "small_group_tuition@last year"
    (root / "data/pupils.csv").write_text("\n".join([pupils[0], ",".join(row), *pupils[2:]]) + "\n")
    (found,) = (str(problem) for problem in check_workspace(root)[0])
    assert found == (
        "data/pupils.csv line 2: completed holds a day that is none; write the day after the name: "
        "small_group_tuition@2026-01-31"
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("after: [{intervention: smal_group_tuition}]", "did you mean 'small_group_tuition'?"),
        ("after: [{intervention: one_to_one_tutoring}]", "names the intervention itself"),
        ("after: [{intervention: small_group_tuition, periods: -1}]", "it must be at least 0"),
        ("repeat_after: soon", "give a whole number"),
    ],
)
def test_what_is_wrong_with_a_sequence_is_said_with_its_line(
    text: str, message: str, workspace: Callable[..., Path], problems: Callable[[Path], list[str]]
) -> None:
    edit = ("interventions.yaml", "    recipient: pupil", f"    {text}")
    found = [line for line in problems(workspace(edit)) if message in line]
    assert found
    assert all(" line " in line for line in found)


def test_a_circle_of_what_comes_first_is_said(
    workspace: Callable[..., Path], problems: Callable[[Path], list[str]]
) -> None:
    root = workspace(
        (
            "interventions.yaml",
            "    recipient: pupil",
            "    after: [{intervention: small_group_tuition}]",
        ),
        ("interventions.yaml", "    excludes: [one", "    requires: [one"),
    )
    assert any("closes a circle" in line for line in problems(root))


def test_the_day_since_when_a_pupil_has_waited_is_read_and_lies_in_the_past(
    workspace: Callable[..., Path], problems: Callable[[Path], list[str]]
) -> None:
    root = workspace(("planning.yaml", "caps: {", "waiting_priority: {per_year: 0.25}\n  caps: {"))
    path = root / "data/pupils.csv"
    pupils = path.read_text(encoding="utf-8").splitlines()
    days = ["2026-01-31", *[""] * (len(pupils) - 2)]
    lines = [f"{row},{day}" for row, day in zip(pupils[1:], days, strict=True)]
    path.write_text("\n".join([f"{pupils[0]},waiting_since", *lines]) + "\n", encoding="utf-8")
    inputs = read_workspace(root)
    assert inputs.cohort.units["waiting_since"].notna().sum() == 1
    assert inputs.policy.rules.waiting_priority is not None
    path.write_text(path.read_text().replace("2026-01-31", "2027-01-31"), encoding="utf-8")
    (found,) = problems(root)
    assert "data/pupils.csv line 2: waiting_since lies after the reference_date" in found
