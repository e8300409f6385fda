"""Cells become typed columns exactly, or a problem that shows no more than it may."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.inputs.checks import cells
from recommender.inputs.findings import Findings
from recommender.inputs.formats.tables import Table


def _table(values: list[object], comma: bool = False, secret: bool = False) -> Table:
    numeric = not any(isinstance(v, str) for v in values)
    frame = pd.DataFrame({"x": values} if numeric else {"x": pd.Series(values, dtype=str)})
    lines = np.arange(2, len(values) + 2)
    hidden = frozenset({"x"} if secret else ())
    return Table("t.csv", ("x",), frame, lines, comma, "", secret=hidden)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1))
def test_every_number_reads_back_exactly_from_text(values: list[float]) -> None:
    findings = Findings()
    read = cells.numbers(_table([repr(v) for v in values]), "x", findings)
    assert findings.problems == []
    np.testing.assert_array_equal(read, values)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(0, 1e6).map(lambda v: round(v, 4)), min_size=1))
def test_a_decimal_comma_is_read_where_it_can_be_meant(values: list[float]) -> None:
    written: list[object] = [f"{v:.4f}".replace(".", ",") for v in values]
    findings = Findings()
    np.testing.assert_array_equal(cells.numbers(_table(written, comma=True), "x", findings), values)
    assert findings.problems == []
    cells.numbers(_table(written), "x", findings)
    assert len(findings.problems) >= 1


@settings(max_examples=30, deadline=None)
@given(st.lists(st.one_of(st.integers(-5, 5), st.just(0.5)), min_size=1))
def test_numbers_of_a_parquet_file_are_checked_like_text(values: list[float]) -> None:
    as_text, as_numbers = Findings(), Findings()
    rules = {"minimum": 0.0, "maximum": 3.0, "whole": True, "show": True}
    one = cells.numbers(_table([f"{v:g}" for v in values]), "x", as_text, **rules)  # type: ignore[arg-type]
    two = cells.numbers(_table([float(v) for v in values]), "x", as_numbers, **rules)  # type: ignore[arg-type]
    np.testing.assert_array_equal(one, two)
    assert as_text.problems == as_numbers.problems


@pytest.mark.many(5)
@pytest.mark.parametrize(
    "word", ["nan", "NaN", "NA", "inf", "-inf", "1e999", "0x10", "1_000", "1 000", "1,5", "--1", "#N/A", "½", "١"]  # noqa: E501
)  # fmt: skip
def test_a_word_that_is_no_number_is_said_and_becomes_missing(word: str) -> None:
    findings = Findings()
    assert np.isnan(cells.numbers(_table([word, "1"]), "x", findings)[0])
    assert len(findings.problems) == 1
    assert findings.problems[0].line == 2
    assert word not in str(findings.problems[0])


def test_an_empty_cell_is_missing_unless_it_is_required() -> None:
    findings = Findings()
    np.testing.assert_array_equal(cells.numbers(_table(["", "2"]), "x", findings), [np.nan, 2.0])
    assert findings.problems == []
    cells.numbers(_table(["", "2"]), "x", findings, required=True)
    assert [str(p) for p in findings.problems] == [
        "t.csv line 2: x is empty; every row needs a number here"
    ]


def test_flags_are_read_in_two_languages() -> None:
    findings = Findings()
    words: list[object] = [
        "1",
        "0",
        "true",
        "False",
        "ja",
        "Nee",
        "WAAR",
        "onwaar",
        "yes",
        "no",
        "",
        "x",
    ]
    np.testing.assert_array_equal(
        cells.flags(_table(words), "x", findings), [1, 0, 1, 0, 1, 0, 1, 0, 1, 0, np.nan, np.nan]
    )
    assert [p.line for p in findings.problems] == [13]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.dates(dt.date(1900, 1, 1), dt.date(2200, 12, 31)), min_size=1))
def test_dates_read_back_from_iso_and_day_first(values: list[dt.date]) -> None:
    for form in ("%Y-%m-%d", "%d-%m-%Y", "%Y-%m-%d 00:00:00"):
        findings = Findings()
        words: list[object] = [v.strftime(form) for v in values]
        read = cells.dates(_table(words), "x", findings)
        assert findings.problems == []
        assert read.dt.date.tolist() == values


@pytest.mark.parametrize(
    "word", ["2026-13-01", "30-02-2026", "1/2/2026", "2026", "today", "20261101"]
)
def test_a_date_that_is_none_is_said_and_becomes_missing(word: str) -> None:
    findings = Findings()
    assert cells.dates(_table([word, "2026-11-01"]), "x", findings).isna().tolist() == [True, False]
    assert [str(p) for p in findings.problems] == [
        "t.csv line 2: x is not a date; write it as 2026-11-30"
    ]


def test_several_codes_in_a_cell_lose_blanks_and_repeats() -> None:
    findings = Findings()
    read = cells.codes_of(
        _table(["a; b", "b;;b", "", "c"]), "x", ("a", "b"), findings,
        where="a letter", many=True, required=False, default="*",
    )  # fmt: skip
    assert read.tolist() == ["a;b", "b", "*", ""]
    assert [str(p) for p in findings.problems] == [
        "t.csv line 5: x is 'c', which is not a letter; use a or b"
    ]


def test_a_wrong_code_is_not_shown_when_it_is_a_sentence_or_secret() -> None:
    for table, word in ((_table(["a b"]), "a b"), (_table(["zzzz"], secret=True), "zzzz")):
        findings = Findings()
        cells.codes_of(table, "x", ("aaaa",), findings, where="a letter")
        assert [str(p) for p in findings.problems] == ["t.csv line 2: x is not a letter; use aaaa"]
        assert word not in str(findings.problems)


def test_a_secret_number_is_not_shown() -> None:
    findings = Findings()
    cells.numbers(_table(["77"], secret=True), "x", findings, show=True, maximum=3)
    assert [str(p) for p in findings.problems] == ["t.csv line 2: x is above 3; use at most 3"]


def _eleven_test(number: str) -> bool:
    """The test as the tax office words it: 9·a + 8·b + … + 2·h − 1·i is a multiple of eleven."""
    total = 0
    for weight, digit in zip([9, 8, 7, 6, 5, 4, 3, 2, -1], number, strict=True):
        total += weight * int(digit)
    return total % 11 == 0


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 999_999_999).map(lambda n: f"{n:09}"), min_size=1))
def test_the_eleven_test_agrees_with_its_definition(numbers: list[str]) -> None:
    found = cells.looks_like_bsn(pd.Series(numbers, dtype=str))
    assert found.tolist() == [_eleven_test(n) for n in numbers]


@pytest.mark.parametrize(
    ("word", "is_one"),
    [("111222333", True), ("111.222.333", True), ("111 222 333", True), ("111222334", False),
     ("p111222333", False), ("11122233", False), ("1112223330", False), ("", False)],
)  # fmt: skip
def test_a_service_number_is_known_however_it_is_written(word: str, is_one: bool) -> None:
    assert cells.looks_like_bsn(pd.Series([word], dtype=str)).tolist() == [is_one]


def test_ids_of_a_parquet_file_may_be_whole_numbers() -> None:
    assert cells.text(_table([7, 12]), "x").tolist() == ["7", "12"]
    assert cells.text(_table([7.0, None]), "x").tolist() == ["7", ""]


def test_an_id_that_may_be_a_person_is_not_shown() -> None:
    assert cells.shown_id("p01") == "'p01'"
    for word in ("111222333", "Jan Jansen", "x" * 50):
        assert cells.shown_id(word) == "an id that is not shown here"
