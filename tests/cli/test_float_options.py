"""Every number on the command line has two ends, and nan and infinity lie between none."""

from __future__ import annotations

import math
from collections.abc import Iterator

import click
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.cli.main import recommender
from recommender.cli.options import Number

OTHER = (
    click.Path,
    click.Choice,
    click.DateTime,
    click.types.StringParamType,
    click.types.BoolParamType,
)


def _parameters(command: click.Command, name: str) -> Iterator[tuple[str, click.Parameter]]:
    for parameter in command.params:
        yield f"{name} {parameter.name}", parameter
    if isinstance(command, click.Group):
        context = click.Context(command)
        for inner in command.list_commands(context):
            found = command.get_command(context, inner)
            assert found is not None
            yield from _parameters(found, f"{name} {inner}")


NUMBERS = [
    pytest.param(parameter, id=name)
    for name, parameter in _parameters(recommender, "recommender")
    if not isinstance(parameter.type, OTHER)
]


def test_the_walk_finds_the_numbers_that_people_know() -> None:
    names = {str(each.id) for each in NUMBERS}
    assert {"recommender plan seconds", "recommender plan gap", "recommender plan draws"} <= names
    assert {"recommender frontier low", "recommender simulate pupils"} <= names
    assert "recommender audit prune keep_days" in names


@pytest.mark.parametrize("parameter", NUMBERS)
@pytest.mark.parametrize(
    "word", ["nan", "NaN", "inf", "-inf", "Infinity", "1e400", "-1e400", "1e308", "9" * 30, "1,5"]
)
def test_what_is_no_finite_number_in_range_is_refused(
    parameter: click.Parameter, word: str
) -> None:
    with pytest.raises(click.BadParameter):
        parameter.type.convert(word, parameter, None)


@pytest.mark.parametrize("parameter", NUMBERS)
def test_every_number_has_a_lowest_and_a_highest(parameter: click.Parameter) -> None:
    kind = parameter.type
    ends = (kind.low, kind.high) if isinstance(kind, Number) else (kind.min, kind.max)  # type: ignore[attr-defined]
    assert all(end is not None and math.isfinite(end) for end in ends)


@pytest.mark.parametrize("parameter", NUMBERS)
def test_the_default_of_a_number_is_in_its_range(parameter: click.Parameter) -> None:
    default = parameter.default
    if isinstance(default, int | float | str):
        parameter.type.convert(default, parameter, None)


@settings(max_examples=50, deadline=None)
@given(st.floats())
def test_a_range_holds_what_lies_between_its_ends_and_nothing_else(number: float) -> None:
    kind = Number(0, 10, "a number above 0 up to 10", above=True)
    if 0 < number <= 10:
        assert kind.convert(repr(number), None, None) == number
    else:
        with pytest.raises(click.BadParameter, match="is not a number above 0 up to 10"):
            kind.convert(repr(number), None, None)


def test_a_percentage_is_a_share_only_where_that_is_said() -> None:
    assert Number(0, 1, "", percent=True).convert("20%", None, None) == 0.2
    with pytest.raises(click.BadParameter):
        Number(0, 1, "").convert("20%", None, None)
