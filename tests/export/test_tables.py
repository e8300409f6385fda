"""Tables as text: bytes that depend on the plan alone, and no cell that a spreadsheet runs."""

from __future__ import annotations

import csv
from io import StringIO

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.export.tables import csv_text, neutral

PAYLOADS = [
    '=HYPERLINK("http://x","y")',
    "+1+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(1)",
    "\t=1",
    "\r=1",
    " =1",
    "name;=1+1",
    "name,=1+1",
    'a";=1',
    "line\n=1",
    "\uff1d1",
    "\uff20SUM(1)",
    "\u00a0=1",
]


def cells_of(text: str, delimiter: str) -> list[str]:
    """Every cell as a spreadsheet with this delimiter sees it, also when it ignores quotes."""
    quoted = [c for row in csv.reader(StringIO(text, newline=""), delimiter=delimiter) for c in row]
    plain = [c for line in text.splitlines() for c in line.split(delimiter)]
    return quoted + plain + [c.strip('"') for c in plain]


@pytest.mark.many(12)
@pytest.mark.parametrize("payload", PAYLOADS)
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_no_cell_starts_a_formula_whatever_the_delimiter(payload: str, delimiter: str) -> None:
    text = csv_text(pd.DataFrame({"unit_id": [payload, f"a{payload}", "ok"], "n": [1.0, 2.0, 3.0]}))
    for cell in cells_of(text, delimiter):
        assert not cell.lstrip(" \t\r\n\u00a0").startswith(
            ("=", "+", "@", "\uff1d", "\uff20", "-2")
        )


@given(st.text(st.sampled_from("=+-@;,|\t\r\n\"' ab1\uff1d"), max_size=12))
def test_a_neutral_text_starts_with_no_sign_of_a_formula(text: str) -> None:
    safe = neutral(text)
    assert not safe.strip().startswith(("=", "+", "-", "@", "\uff1d"))
    assert not safe.startswith(("\t", "\r", "\n"))
    for separator in (";", ",", "|", "\t", "\n"):
        for part in safe.split(separator):
            assert not part.lstrip(" \r").startswith(("=", "+", "-", "@", "\uff1d"))


@given(st.text(st.characters(codec="utf-8"), max_size=20))
def test_neutral_only_adds_apostrophes(text: str) -> None:
    assert neutral(text).replace("'", "") == text.replace("'", "")


@pytest.mark.parametrize(
    "text", ["p00012", "small_group_tuition+mentoring", "O'Hara", "a-b", "é", ""]
)
def test_harmless_texts_stay_as_they_are(text: str) -> None:
    assert neutral(text) == text


def test_numbers_have_twelve_digits_and_lines_end_with_a_newline() -> None:
    frame = pd.DataFrame({"a": ["x", "y"], "b": [1 / 3, -0.0], "c": [1, 2]})
    assert csv_text(frame) == "a,b,c\nx,0.333333333333,1\ny,0,2\n"


def test_negative_numbers_are_numbers_and_stay_so() -> None:
    assert csv_text(pd.DataFrame({"net": [-1.5]})) == "net\n-1.5\n"


def test_the_same_table_gives_the_same_bytes(region) -> None:  # type: ignore[no-untyped-def]
    plan, _ = region
    again = plan.assignments.copy()
    again["benefit"] = again["benefit"] + 1e-15 * np.sign(again["benefit"])
    assert csv_text(plan.assignments) == csv_text(again)


def test_a_header_is_neutral_too() -> None:
    assert csv_text(pd.DataFrame({"=x": [1]})).startswith("'=x\n")
