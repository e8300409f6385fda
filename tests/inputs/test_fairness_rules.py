"""Rules of fairness are read whole, with their mistakes, and refuse what may not decide."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from recommender.errors import PrivacyRefusal
from recommender.inputs import read_workspace
from recommender.inputs.policy import Fairness

FILE = "planning.yaml"
BUDGET = "  budget: 2000"


def with_rule(text: str) -> tuple[str, str, str]:
    """The template workspace with one rule of fairness before its budget."""
    return (FILE, BUDGET, f"  fairness:\n    share: {{{text}}}\n{BUDGET}")


def test_a_rule_is_read_as_it_is_written(workspace: Callable[..., Path]) -> None:
    text = "by: grade, bands: {lower: [1, 4], upper: [5, 8]}, measure: hours, floor: 0.5"
    rules = read_workspace(workspace(with_rule(text))).policy.rules
    assert rules.fairness == (
        Fairness(
            id="share",
            by="grade",
            bands={"lower": (1, 4), "upper": (5, 8)},
            measure="hours",
            floor=0.5,
        ),
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("by: sites, floor: 0.1", "by is 'sites', which is no column; did you mean 'site'?"),
        ("by: site", "asks nothing; give a floor, a cap, lowest, or alpha and worth"),
        ("by: site, alpha: 1", "lacks worth; alpha and worth go together"),
        ("by: site, floor: 0.5, cap: 0.2", "floor is 0.5, above the cap of 0.2; lower the floor"),
        ("by: site, floor: 1.5", "asks more than all pupils of a group; coverage is a share"),
        ("by: site, floor: 0.1, bands: {low: [1, 4]}", "bands are given for site; only grades"),
        ("by: grade, floor: 0.1, bands: {low: [4, 1]}", "bands.low runs from 4 to 1; write the"),
        ("by: grade, floor: 0.1, bands: {a: [1, 4], b: [4, 8]}", "bands overlap; give every grade"),
        ("by: site, flor: 0.1", "flor is not a known key; did you mean 'floor'?"),
    ],
)
def test_a_mistake_is_said_with_its_line_and_remedy(
    workspace: Callable[..., Path],
    problems: Callable[[Path], list[str]],
    text: str,
    message: str,
) -> None:
    said = [line for line in problems(workspace(with_rule(text))) if "fairness.share" in line]
    assert any(message in line and "line 34" in line for line in said), said


@pytest.mark.parametrize("column", ["sex", "nationality", "postcode"])
def test_a_column_that_may_not_decide_is_refused_with_those_that_may(
    workspace: Callable[..., Path], column: str
) -> None:
    with pytest.raises(PrivacyRefusal) as caught:
        read_workspace(workspace(with_rule(f"by: {column}, floor: 0.1")))
    assert caught.value.exit_code == 6
    assert (
        f"rules.fairness.share.by is '{column}', which may not decide who is offered help; use "
        "site, grade or a column for eligibility (language_lag_only)"
    ) in str(caught.value)


def test_a_scenario_cannot_let_it_decide_either(workspace: Callable[..., Path]) -> None:
    capacity = "    capacity: [{role: teacher, scale: 0.8}]"
    rule = "    rules: {fairness: {share: {by: sex, floor: 0.1}}}"
    with pytest.raises(PrivacyRefusal, match="fewer_teachers"):
        read_workspace(workspace((FILE, capacity, f"{capacity}\n{rule}")))
