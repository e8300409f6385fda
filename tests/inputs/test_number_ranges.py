"""Every number that people write has a finite, plausible range with a reason."""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from pydantic import TypeAdapter

from recommender.inputs import catalogue, policy, ranges
from recommender.inputs.formats.schema import schema

KINDS: tuple[Literal["catalogue", "planning"], ...] = ("catalogue", "planning")
Make = Callable[..., Path]
Say = Callable[[Path], list[str]]
P, Y, W, R = "data/pupils.csv", "planning.yaml", "data/professionals.csv", "data/profiles.csv"
C = "interventions.yaml"


def _unbounded(part: object, place: str) -> Iterator[str]:
    """The places of a schema that take a number without finite ends."""
    if isinstance(part, list):
        for number, each in enumerate(part):
            yield from _unbounded(each, f"{place}[{number}]")
    if not isinstance(part, dict):
        return
    kinds = part.get("type")
    if {"number", "integer"} & {*(kinds if isinstance(kinds, list) else [kinds])}:
        low = part.get("minimum", part.get("exclusiveMinimum", -math.inf))
        high = part.get("maximum", part.get("exclusiveMaximum", math.inf))
        if not (math.isfinite(low) and math.isfinite(high)):
            yield place
    for key, value in part.items():
        if key in ("properties", "$defs"):
            for name, each in value.items():
                yield from _unbounded(each, f"{place}.{name}")
        else:
            yield from _unbounded(value, f"{place}.{key}")


def test_the_walk_finds_a_number_without_an_end() -> None:
    whole = {"properties": {"a": {"anyOf": [{"type": "number", "minimum": 0}, {"type": "null"}]}}}
    assert list(_unbounded(whole, "")) == [".a.anyOf[0]"]


@pytest.mark.parametrize("kind", KINDS)
def test_every_number_of_a_schema_has_two_finite_ends(
    kind: Literal["catalogue", "planning"],
) -> None:
    assert list(_unbounded(schema(kind), kind)) == []


DATACLASSES = [
    each
    for module in (catalogue, policy)
    for each in vars(module).values()
    if dataclasses.is_dataclass(each) and getattr(each, "__module__", "") == module.__name__
]


@pytest.mark.parametrize("kind", DATACLASSES, ids=lambda kind: kind.__name__)
def test_every_field_that_takes_a_number_has_two_finite_ends(kind: type[Any]) -> None:
    assert list(_unbounded(TypeAdapter(kind).json_schema(), kind.__name__)) == []


def test_every_range_says_why_it_ends_where_it_ends() -> None:
    text = Path(ranges.__file__).read_text(encoding="utf-8")
    named = re.findall(r"^([A-Z]\w+)(?:: TypeAlias)? = .*\n(.*)$", text, re.MULTILINE)
    assert len(named) > 25
    assert [name for name, after in named if not after.startswith('"""')] == []


HUGE: dict[str, tuple[str, str, str, str]] = {
    "a weight of 1e308": (Y, "weight: 1.0", "weight: 1e308", "it must be at most 1000"),
    "a weight of 1e15": (Y, "weight: 1.0", "weight: 1e15", "it must be at most 1000"),
    "a budget of 30 digits": (Y, "budget: 2000", f"budget: {'9' * 30}", "at most 100,000,000,000"),
    "an hour of 1e308 euros": (Y, "cost_per_hour: 60", "cost_per_hour: 1e308", "at most 10000"),
    "a day in 1924": (Y, "reference_date: 20", "reference_date: 19", "at least 2000-01-01"),
    "all of an hour lost": (Y, "travel_overhead: 0.1", "travel_overhead: 1.0", "10% is 0.1"),
    "an audit of a thousand years": (Y, "synthetic:", "audit_days: 365000\nsynthetic:", "36525"),
    "a standard error of 1e300": (R, "0.42,0.08", "0.42,1e300", "use a number from 0 to 100"),
    "hours beyond a country": (W, "teacher,30", "teacher,1e10", "from 0 to 1,000,000,000"),
    "a price of 1e308": (C, "cost_per_pupil: 40", "cost_per_pupil: 1e308", "at most 10,000,000"),
    "a group of 1e9": (C, "max: 4", "max: 1000000000", "it must be at most 100000"),
}


@pytest.mark.many(4)
@pytest.mark.parametrize("case", HUGE)
def test_a_number_out_of_all_proportion_is_refused_with_its_bound(
    case: str, workspace: Make, problems: Say
) -> None:
    file, old, new, bound = HUGE[case]
    found = problems(workspace((file, old, new)))
    assert [p for p in found if p.startswith(file) and bound in p], found


def test_ten_thousand_hours_of_a_pool_are_no_mistake(workspace: Make, problems: Say) -> None:
    assert problems(workspace((W, "teacher,30", "teacher,250000"))) == []


def test_grades_beyond_primary_school_are_declared(
    workspace: Make, problems: Say, warnings: Say
) -> None:
    twelve = (P, "p01,s01,3", "p01,s01,12")
    root = workspace(twelve)
    assert any("use a number from 1 to 8" in p for p in problems(root))
    assert any("write grades: [1, 12] in planning.yaml" in w for w in warnings(root))


def test_grades_of_secondary_schools_may_be_declared(workspace: Make, problems: Say) -> None:
    root = workspace(
        (P, "p01,s01,3", "p01,s01,12"), (Y, "synthetic:", "grades: [1, 14]\nsynthetic:")
    )
    assert problems(root) == []
