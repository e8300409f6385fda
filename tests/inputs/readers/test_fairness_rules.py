"""Rules of fairness are read whole, with their mistakes, and refuse what may not decide."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from recommender.errors import PrivacyRefusal
from recommender.inputs import read_workspace
from recommender.inputs.policy import Fairness, NoWorse

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


FLAG = """  needs_quiet:
    type: flag
    use: [eligibility]
    label: {en: Needs quiet, nl: Heeft rust nodig}
    source: school
    purpose: share help
    legal_basis: article 6
    retention: 2027-08-01
    sensitivity: personal
"""
COLUMNS = "columns:\n"


def with_column(root: Path, column: str) -> Path:
    """A workspace whose pupils have one column more, 0 and 1 in turn."""
    path = root / "data/pupils.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    more = [f"{line},{n % 2}" for n, line in enumerate(lines[1:])]
    path.write_text("\n".join([f"{lines[0]},{column}", *more, ""]), encoding="utf-8")
    return root


def test_a_flag_that_only_a_rule_of_fairness_reads_is_needed(
    workspace: Callable[..., Path], warnings: Callable[[Path], list[str]]
) -> None:
    declared = (FILE, COLUMNS, COLUMNS + FLAG)
    rule = with_rule("by: needs_quiet, floor: 0.1")
    idle = with_column(workspace(declared), "needs_quiet")
    assert any("needs_quiet is read for conditions" in line for line in warnings(idle))
    idle.joinpath(FILE).write_text(
        idle.joinpath(FILE).read_text(encoding="utf-8").replace(rule[1], rule[2], 1),
        encoding="utf-8",
    )
    assert not any("needs_quiet" in line for line in warnings(idle))


@pytest.mark.parametrize("in_scenario", [False, True])
def test_a_flag_that_no_table_has_cannot_tell_groups_apart(
    workspace: Callable[..., Path], problems: Callable[[Path], list[str]], in_scenario: bool
) -> None:
    rule = with_rule("by: needs_quiet, floor: 0.1")
    if in_scenario:
        capacity = "    capacity: [{role: teacher, scale: 0.8}]"
        change = "    rules: {fairness: {share: {by: needs_quiet, floor: 0.1}}}"
        rule = (FILE, capacity, f"{capacity}\n{change}")
    said = problems(workspace((FILE, COLUMNS, COLUMNS + FLAG), rule))
    assert said == [
        "data/pupils.csv line 1: has no column 'needs_quiet', which the rule of fairness share "
        "needs; add it, or drop the rule"
    ]


def test_a_category_tells_no_groups_of_fairness_apart_even_where_groups_are_alike_in_it(
    workspace: Callable[..., Path], problems: Callable[[Path], list[str]]
) -> None:
    category = FLAG.replace("type: flag", "type: category")
    groups = "{group: {min: 2, max: 4"
    alike = ("interventions.yaml", groups, f"{groups}, same: [needs_quiet]")
    root = with_column(
        workspace(
            (FILE, COLUMNS, COLUMNS + category), alike, with_rule("by: needs_quiet, floor: 0.1")
        ),
        "needs_quiet",
    )
    said = problems(root)
    assert len(said) == 1
    assert (
        "rules.fairness.share.by is 'needs_quiet', a category: groups are told apart by site, "
        "grade or a flag; use one of site, grade, language_lag_only, or declare a 0/1 column"
    ) in said[0]


PRESENT = "data/present.csv"
KEEP = (FILE, BUDGET, f"  no_worse_than: {{margin: 0.05}}\n{BUDGET}")
OFFERS = """unit_id,intervention,period,units,bundle,benefit
p02,small_group_tuition,winter,1,small_group_tuition,0.1
gone,small_group_tuition,winter,1,small_group_tuition,0.1
p01,small_group_tuition,spring,,,0.2
"""


def test_the_plan_in_force_is_read_from_its_assignments(
    workspace: Callable[..., Path], warnings: Callable[[Path], list[str]]
) -> None:
    root = workspace(KEEP, (PRESENT, "", OFFERS))
    inputs = read_workspace(root)
    assert inputs.policy.rules.no_worse_than == NoWorse(margin=0.05)
    present = inputs.cohort.present
    assert present is not None
    assert present.to_dict(orient="list") == {
        "unit_id": ["p01", "p02"],
        "intervention": ["small_group_tuition"] * 2,
        "period": ["spring", "winter"],
        "units": [1.0, 1.0],
        "bundle": ["", "small_group_tuition"],
    }
    assert any("names 1 units that are not in data/pupils" in line for line in warnings(root))
    assert PRESENT in {source.path for source in inputs.sources}


def test_the_rule_says_that_it_needs_the_plan_in_force(
    workspace: Callable[..., Path], problems: Callable[[Path], list[str]]
) -> None:
    assert problems(workspace(KEEP)) == [
        "planning.yaml line 33: rules.no_worse_than needs the plan in force, and data/present.csv "
        "is missing; put assignments.csv of its folder there"
    ]


def test_a_plan_in_force_of_other_help_or_periods_is_a_mistake(
    workspace: Callable[..., Path], problems: Callable[[Path], list[str]]
) -> None:
    offers = OFFERS.replace("p02,small_group_tuition,winter", "p02,tuition,wintr")
    said = "\n".join(problems(workspace((PRESENT, "", offers))))
    assert "data/present.csv line 2: intervention" in said
    assert "data/present.csv line 2: period" in said
