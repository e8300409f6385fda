"""Professionals: their days in two languages, and who gives running help."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from recommender.inputs import read_workspace
from recommender.inputs.workspace import check_workspace

STAFF = "data/professionals.csv"
HEADER = "professional_id,role,hours,sites,period,cost_per_hour,languages"


def test_days_are_read_in_english_and_dutch_and_put_in_order(
    workspace: Callable[..., Path],
) -> None:
    root = workspace(
        (STAFF, HEADER, f"{HEADER},days"),
        (STAFF, "w01,teacher,30,s01,,,nl", "w01,teacher,30,s01,,,nl,woensdag;Mon."),
        (STAFF, "w02,teacher,24,s01;s02,,62,nl;en", "w02,teacher,24,s01;s02,,62,nl;en,vr ma"),
        (STAFF, "w03,care_coordinator,8,*,,,nl", "w03,care_coordinator,8,*,,,nl,"),
    )
    staff = read_workspace(root).resources.professionals
    days = staff.drop_duplicates("professional_id").set_index("professional_id")["days"]
    assert days.to_dict() == {"w01": "mon;wed", "w02": "mon;fri", "w03": ""}


def test_a_word_that_is_no_day_is_said_with_its_line(
    workspace: Callable[..., Path], problems: Callable[[Path], list[str]]
) -> None:
    root = workspace(
        (STAFF, HEADER, f"{HEADER},days"),
        (STAFF, "w01,teacher,30,s01,,,nl", "w01,teacher,30,s01,,,nl,mon;sometimes"),
        (STAFF, "62,nl;en", "62,nl;en,"),
        (STAFF, "8,*,,,nl", "8,*,,,nl,"),
    )
    assert problems(root) == [
        f"{STAFF} line 2: days names something that is no day; write days as mon;wed or ma;wo, "
        "or leave it empty"
    ]


def test_who_gives_running_help_and_is_gone_is_a_warning(workspace: Callable[..., Path]) -> None:
    root = workspace()
    (root / "data/commitments.csv").write_text(
        "unit_id,intervention,period,professional_id\n"
        "p01,one_to_one_tutoring,winter,w01\n"
        "p02,one_to_one_tutoring,winter,w77\n"
        "p03,one_to_one_tutoring,winter,w77\n",
        encoding="utf-8",
    )
    inputs = read_workspace(root)
    assert inputs.cohort.commitments["professional_id"].tolist() == ["w01", "w77", "w77"]
    _, warnings = check_workspace(root)
    assert [str(w) for w in warnings if "professional_id" in str(w)] == [
        "data/commitments.csv line 3: professional_id is 'w77', who is not in data/professionals; "
        "somebody else goes on with the help; correct the id if it is a slip"
    ]
