"""The smallest time limit ends with a plan that holds, and with the exit code of a limit."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from recommender.inputs.templates import write_templates

FAIR = "rules:\n  fairness:\n    even: {by: grade, floor: 0.9}"


@pytest.fixture
def small(tmp_path: Path) -> Path:
    root = tmp_path / "small"
    write_templates(root)
    return root


@pytest.mark.many(3)
@pytest.mark.parametrize("seconds", ["1e-300", "0.001"])
@pytest.mark.parametrize("rules", ["rules:", FAIR])
@pytest.mark.parametrize("engine", ["exact", "prices"])
def test_a_plan_that_had_no_time_is_kept_and_holds(
    run: Callable[..., Any], small: Path, seconds: str, engine: str, rules: str
) -> None:
    policy = small / "planning.yaml"
    policy.write_text(policy.read_text(encoding="utf-8").replace("rules:", rules, 1))
    done = run("plan", small, "-o", small / "p", "--seconds", seconds, "--engine", engine)
    assert done.code in (0, 5), done.err
    assert "inf%" not in done.out + done.err
    assert run("verify", small / "p").code == 0


@pytest.mark.slow
def test_scenarios_that_had_no_time_are_compared(run: Callable[..., Any], small: Path) -> None:
    done = run("compare", small, "--seconds", "1e-300")
    assert done.code in (0, 5), done.err


@pytest.mark.slow
def test_a_plan_that_keeps_another_without_time_keeps_nothing_and_holds(
    run: Callable[..., Any], small: Path
) -> None:
    assert run("plan", small, "-o", small / "one").code in (0, 4)
    done = run("plan", small, "-o", small / "two", "--keep", small / "one", "--seconds", "1e-300")
    assert done.code in (0, 5), done.err
    assert run("verify", small / "two").code == 0
