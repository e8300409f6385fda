"""Hours are laid on professionals whole where they fit, and always add up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.planning.staffing.fill import fill

Help = Callable[..., Any]


def filled(cases: list[float], hands: list[float]) -> dict[tuple[int, int], float]:
    one_row = np.zeros(max(len(cases), len(hands)), dtype=np.int64)
    case, hand, hours = fill(
        one_row[: len(cases)], np.array(cases), one_row[: len(hands)], np.array(hands)
    )
    return {
        (c, h): amount
        for c, h, amount in zip(case.tolist(), hand.tolist(), hours.tolist(), strict=True)
    }


def test_whole_cases_go_to_who_has_room_for_them() -> None:
    assert filled([3, 2, 2, 1], [4, 4]) == {(0, 0): 3, (3, 0): 1, (1, 1): 2, (2, 1): 2}


def test_a_case_that_fits_nobody_is_divided() -> None:
    found = filled([5], [3, 2])
    assert found == {(0, 0): pytest.approx(3), (0, 1): pytest.approx(2)}


@settings(deadline=None, derandomize=True)
@given(
    st.lists(
        st.tuples(
            st.lists(st.floats(0.01, 9), min_size=1, max_size=6),
            st.lists(st.floats(0.01, 1), min_size=1, max_size=4),
        ),
        min_size=1,
        max_size=4,
    )
)
def test_cases_and_hands_both_add_up_in_every_row(
    rows: list[tuple[list[float], list[float]]],
) -> None:
    case_row = np.repeat(np.arange(len(rows)), [len(cases) for cases, _ in rows])
    hand_row = np.repeat(np.arange(len(rows)), [len(hands) for _, hands in rows])
    case_hours = np.concatenate([sorted(cases, reverse=True) for cases, _ in rows])
    hand_hours = np.concatenate(
        [np.array(hands) * sum(cases) / sum(hands) for cases, hands in rows]
    )
    case, hand, hours = fill(case_row, case_hours, hand_row, hand_hours)
    assert (case_row[case] == hand_row[hand]).all()
    assert (hours > 0).all()
    done = np.bincount(case, weights=hours, minlength=case_row.size)
    assert done == pytest.approx(case_hours, abs=1e-9)
    given_hours = np.bincount(hand, weights=hours, minlength=hand_row.size)
    assert given_hours == pytest.approx(hand_hours, abs=1e-6)


def test_members_of_a_team_are_each_given_no_more_than_they_have(
    world: Any, make_help: Help
) -> None:
    units = {f"p{n}": {"benefits": {"talk": 0.5}} for n in range(5)}
    plan = world(
        units,
        [make_help("talk", {"teacher": 1})],
        [("t", "teacher", 2.5, "s1"), ("u", "teacher", 2.5, "s1")],
    ).plan()
    hours = plan.caseload.groupby("professional_id")["hours"].sum()
    assert hours.to_dict() == {"t": pytest.approx(2.5), "u": pytest.approx(2.5)}
    assert plan.caseload.groupby("case")["hours"].sum().tolist() == pytest.approx([1] * 5)
    whole = plan.caseload["hours"] == 1.0
    assert whole.sum() == 4


def test_sessions_are_named_by_what_where_and_when(world: Any, make_help: Help) -> None:
    units = {f"p{n}": {"benefits": {"circle": 0.5, "lesson": 0.2}} for n in range(3)}
    plan = world(
        units,
        [
            make_help("circle", {"coach": 0.5}, {"teacher": 2}, group=(3, 3)),
            make_help("lesson", None, {"teacher": 1}, whole_class=True),
        ],
        [("c", "coach", 9, "s1"), ("t", "teacher", 3, "s1")],
        bundle_size=2,
    ).plan()
    assert plan.caseload[["professional_id", "case", "hours"]].values.tolist() == [
        ["c", "p0", 0.5],
        ["c", "p1", 0.5],
        ["c", "p2", 0.5],
        ["t", "circle/s1/autumn/", 2.0],
        ["t", "lesson/s1/autumn/5", 1.0],
    ]
