"""A model file in the user's words says the same as the model, to solvers that never saw ours."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import highspy
import pulp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.allocation import solve
from recommender.planning import LimitSettings
from recommender.planning.formulation.limits import LABELS
from recommender.planning.formulation.model_names import (
    ORDER,
    WORDS,
    distinct_names,
    problem_names,
    write_named_model,
)

SAFE = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


@pytest.fixture
def school(world: Any, make_help: Any, must: Any) -> Any:
    """Ids that differ only in what files cannot hold; a group, an own help and a rule."""
    return world(
        units={
            "p 1": {"benefits": {"mentor": 0.3, "tuition": 0.4}, "must_serve": "act"},
            "p-1": {"benefits": {"mentor": 0.2, "tuition": 0.35}},
            "9é": {"benefits": {"mentor": 0.5}, "site": "s2"},
            "e5": {"benefits": {"mentor": 0.1, "tuition": 0.1}},
        },
        helps=[
            make_help("mentor", {"teacher": 3.0}, cost_per_pupil=10.0),
            make_help("tuition", None, {"teacher": 4.0}, group=(2, 3)),
        ],
        staff=[("ann", "teacher", 5.0, "s1"), ("bob", "teacher", 4.0, "s1;s2")],
        periods=("autumn", "winter"),
        limits=LimitSettings(
            budget=25.0, must_serve=(must("act"),), travel_overhead=0.1, waiting_discount=0.1
        ),
        bundle_size=2,
    )


def test_rows_and_columns_are_called_what_people_call_them(school) -> None:
    formulation = school.formulate()
    names = problem_names(formulation, school.candidates)
    assert len(names.rows) == formulation.problem.rows
    assert len(names.columns) == formulation.problem.columns
    assert len(names.blocks) == formulation.problem.blocks
    assert {"hours_teacher_s1_winter", "budget", "must_serve_act_s1"} <= set(names.rows)
    assert {"places_tuition_s1_autumn", "quorum_tuition_s1_autumn"} <= set(names.rows)
    assert {"p_1_mentor_tuition_autumn", "p_1_mentor_winter_2"} <= set(names.columns)
    assert {"x9_mentor_winter", "groups_tuition_s1_winter", "short_act_s1"} <= set(names.columns)
    assert "bob_hours_teacher_s2_autumn" in names.columns
    assert {"limit_p_1", "limit_p_1_2", "limit_bob_winter"} <= set(names.blocks)
    for given_names in (names.columns, [*names.rows, *names.blocks]):
        assert len(set(given_names)) == len(given_names)
        assert all(SAFE.fullmatch(name) for name in given_names)


def test_every_label_of_a_row_is_part_of_its_name() -> None:
    assert set(ORDER) == set(LABELS)


@pytest.mark.parametrize("suffix", [".lp", ".mps"])
def test_another_solver_finds_the_same_value_in_the_file(school, suffix, tmp_path) -> None:
    formulation = school.formulate()
    path = tmp_path / f"model{suffix}"
    write_named_model(formulation, school.candidates, path)
    best = solve(formulation.problem, school.effort, "exact").certificate.value
    assert by_highs(path) == pytest.approx(-best, abs=1e-6)
    assert by_cbc(path) == pytest.approx(-best, abs=1e-6)


def by_highs(path: Path) -> float:
    """What HiGHS finds, reading the file by itself."""
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    assert highs.readModel(str(path)) == highspy.HighsStatus.kOk
    highs.run()
    assert highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
    return float(highs.getInfo().objective_function_value)


def by_cbc(path: Path) -> float:
    """What CBC finds, reading the file by itself."""
    cbc = pulp.PULP_CBC_CMD.pulp_cbc_path
    answer = path.with_suffix(".txt")
    command = [cbc, str(path), "solve", "solution", str(answer)]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    first = answer.read_text().splitlines()[0]
    assert first.startswith("Optimal")
    return float(first.split()[-1])


@pytest.mark.parametrize("suffix", [".lp", ".mps"])
def test_ids_that_begin_like_a_number_do_not_spoil_the_file(world, make_help, suffix, tmp_path):
    units = {
        name: {"benefits": {"mentor": 0.1 + 0.1 * n}}
        for n, name in enumerate(("inf", "nan", "infinity", "nancy1", "Inf2", "e5", "free", "end"))
    }
    school = world(
        units=units,
        helps=[make_help("mentor", {"teacher": 3.0})],
        staff=[("nan1", "teacher", 7.0, "s1")],
    )
    formulation = school.formulate()
    path = tmp_path / f"model{suffix}"
    write_named_model(formulation, school.candidates, path)
    best = solve(formulation.problem, school.effort, "exact").certificate.value
    assert by_highs(path) == pytest.approx(-best, abs=1e-6)
    assert by_cbc(path) == pytest.approx(-best, abs=1e-6)


def test_equal_names_are_told_apart_and_the_first_keeps_its_own() -> None:
    assert distinct_names(["a b", "a-b", "a_b_2", "a+b"]) == ["a_b", "a_b_2", "a_b_2_2", "a_b_3"]


@given(st.lists(st.text(max_size=120), max_size=30))
def test_any_texts_become_safe_and_different_names(texts) -> None:
    names = distinct_names(texts)
    assert len(set(names)) == len(texts)
    for name in names:
        assert SAFE.fullmatch(name)
        assert name.lower() not in WORDS
        assert not re.fullmatch("[eE][0-9]*", name)
        assert len(name) <= 100
