"""A mark before three digits has two readings: both are shown, unless something decides."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.inputs.checks import cells
from recommender.inputs.findings import Findings
from recommender.inputs.formats.tables import read_table
from recommender.inputs.text.number_words import readings, remedy_of

Make = Callable[..., Path]
Say = Callable[[Path], list[str]]
Y, C, W = "planning.yaml", "interventions.yaml", "data/professionals.csv"


def _read(path: Path, maximum: float = 1e9) -> tuple[list[float], list[str]]:
    findings = Findings()
    table = read_table(path, file="t")
    read = cells.numbers(table, "x", findings, show=True, minimum=0, maximum=maximum)
    return list(read), [str(p) for p in findings.problems]


def _csv(folder: Path, words: list[str], separator: str = ";", beside: str = "a") -> Path:
    rows = [("x", "y"), *((word, beside) for word in words)]
    quoted = [separator.join(f'"{word}"' for word in row) for row in rows]
    (folder / "t.csv").write_text("\n".join(quoted), encoding="utf-8")
    return folder / "t.csv"


def _xlsx(folder: Path, values: list[object]) -> Path:
    book = openpyxl.Workbook()
    for row in (("x", "y"), *((value, "a") for value in values)):
        book.active.append(row)
    book.save(folder / "t.xlsx")
    return folder / "t.xlsx"


BOTH = "which may be 1.2 or 1200; write 1200 or 1,2"


def test_thousands_of_a_semicolon_file_are_refused_with_both_readings(tmp_path: Path) -> None:
    read, said = _read(_csv(tmp_path, ["1.200", "57"]))
    assert np.isnan(read[0])
    assert read[1] == 57
    assert said == [f"t line 2: x is '1.200', {BOTH}"]


@pytest.mark.parametrize("sure", ["0.125", "1.25", "12.5", "1234.567"])
def test_a_clear_decimal_point_decides_for_its_column(sure: str, tmp_path: Path) -> None:
    assert _read(_csv(tmp_path, ["1.200", sure])) == ([1.2, float(sure)], [])


@pytest.mark.parametrize("sure", ["0,125", "1,25"])
def test_a_clear_decimal_comma_leaves_the_point_in_doubt(sure: str, tmp_path: Path) -> None:
    assert _read(_csv(tmp_path, ["1.200", sure]))[1] == [f"t line 2: x is '1.200', {BOTH}"]


def test_a_comma_of_a_semicolon_file_is_a_decimal_mark(tmp_path: Path) -> None:
    assert _read(_csv(tmp_path, ["1,200", "12,345"])) == ([1.2, 12.345], [])


def test_a_comma_beside_decimal_points_is_in_doubt(tmp_path: Path) -> None:
    assert len(_read(_csv(tmp_path, ["1,200", "12.5"]))[1]) == 1


def test_a_point_of_a_comma_file_is_a_decimal_mark(tmp_path: Path) -> None:
    words = ["0.125", "12.345", "1.234"]
    assert _read(_csv(tmp_path, words, ",")) == ([0.125, 12.345, 1.234], [])
    assert _read(_csv(tmp_path, ["1.234"], ",")) == ([1.234], [])


def test_a_point_of_a_comma_file_is_in_doubt_beside_decimal_commas(tmp_path: Path) -> None:
    assert len(_read(_csv(tmp_path, ["1.200"], ",", beside="111,6"))[1]) == 1


def test_a_quoted_comma_of_a_comma_file_is_refused_with_both_readings(tmp_path: Path) -> None:
    said = _read(_csv(tmp_path, ["1,200"], ","))[1]
    assert len(said) == 1
    assert "may be 1.2 or 1200: write 1200 or 1.2" in said[0]


@pytest.mark.parametrize("word", ["1.200", "1,200"])
def test_text_of_a_sheet_is_in_doubt_and_its_numbers_are_not(word: str, tmp_path: Path) -> None:
    assert len(_read(_xlsx(tmp_path, [word, 57]))[1]) == 1
    assert _read(_xlsx(tmp_path, [1.234, 57])) == ([1.234, 57], [])
    assert len(_read(_xlsx(tmp_path, [word, 12.5]))[1]) == 1, "numbers say nothing of texts"


def test_numbers_of_a_parquet_file_are_never_in_doubt(tmp_path: Path) -> None:
    pd.DataFrame({"x": [1.2, 1.234], "y": ["a", "b"]}).to_parquet(tmp_path / "t.parquet")
    assert _read(tmp_path / "t.parquet") == ([1.2, 1.234], [])


def test_a_reading_out_of_range_is_no_reading(tmp_path: Path) -> None:
    assert _read(_csv(tmp_path, ["1.200"]), maximum=100) == ([1.2], [])


def test_cells_that_may_not_be_shown_are_not(tmp_path: Path) -> None:
    findings = Findings()
    table = read_table(_csv(tmp_path, ["7.431", "8.542 uur", "63%"]), file="t")
    cells.numbers(table, "x", findings)
    text = " ".join(str(p) for p in findings.problems)
    assert len(findings.problems) == 3
    assert not any(part in text for part in ("7.431", "7431", "8.542", "8542", "63"))


@given(st.integers(1, 999), st.integers(0, 999), st.sampled_from(".,"))
def test_three_digits_after_a_mark_have_two_readings(first: int, rest: int, mark: str) -> None:
    word = f"{first}{mark}{rest:03}"
    assert readings(word) == (Decimal(f"{first}.{rest:03}"), Decimal(1000 * first + rest))


@given(st.decimals(0, 10**6, places=2))
def test_two_digits_after_a_mark_have_one_reading_however_thousands_are_parted(
    number: Decimal,
) -> None:
    for thousands, mark in ((",", "."), (".", ","), (" ", ","), ("'", "."), ("\u00a0", ",")):
        whole, _, cents = f"{number:,.2f}".partition(".")
        assert readings(whole.replace(",", thousands) + mark + cents) == (number,)


REMEDIES = {
    "45%": "write 0.45, without %",
    "12,5 %": "write 0.125, without %",
    "12 uur": "write 12, without the unit",
    "1,5 fte": "write hours and not FTE: a full-time year has about 1659 hours",
    "1.659,5": "write 1659.5",
    "1 200": "write 1200",
    "1'200": "write 1200",
    "1\u00a0200": "write 1200",
    "1.200.000": "write 1200000",
    "€ 9.000": "it may be 9 or 9000: write 9000 or 9",
    "9.000,-": "it may be 9 or 9000: write 9000 or 9",
    "€ 12,50": "write 12.5, without marks",
}


@pytest.mark.parametrize("word", REMEDIES)
def test_the_remedy_says_what_to_write_instead_of(word: str) -> None:
    assert remedy_of(word, comma=False) == REMEDIES[word]


@pytest.mark.parametrize("word", ["7/8", "2026-07-08", "8-jul", "08-07-2026", "jul-26", "3 en 4"])
def test_a_grade_of_which_a_date_was_made_is_told_how(word: str) -> None:
    assert "a spreadsheet makes a date of 7/8" in remedy_of(word, comma=True)


@pytest.mark.parametrize("word", ["abc", "groep 3", "", "-", "n.v.t.", "12", "0.5", "1e3"])
def test_nothing_is_said_of_a_word_that_is_like_no_number(word: str) -> None:
    assert remedy_of(word, comma=False) == ""


YAML: dict[str, tuple[tuple[str, str, str], str]] = {
    "a budget": ((Y, "budget: 2000", "budget: 9.000"),
                 "rules.budget is 9.000, which may be 9 or 9000; write 9000 or 9"),
    "a budget with a comma": ((Y, "budget: 2000", "budget: 9,000"),
                              "rules.budget is '9,000'; it may be 9 or 9000: write 9000 or 9"),
    "a budget in euros": ((Y, "budget: 2000", "budget: € 9.000,-"), "write 9000 or 9"),
    "a scenario": ((Y, "", ""), "scenarios.more.budget is 9.000, which may be 9 or 9000"),
    "the rules of a scenario": ((Y, "", ""), "scenarios.more.rules.budget is 9.000, which may be"),
    "hours of somebody hired": ((Y, "", ""), "scenarios.more.hire[1].hours is 1.200, which may be"),
    "the size of a group": ((C, "max: 4", "max: 1.200"), "is 1.200; write 1200"),
    "a price": ((C, "cost_per_pupil: 40", "cost_per_pupil: 4.000"), "is 4.000, which may be 4 or"),
}  # fmt: skip
SCENARIOS = {
    "a scenario": "budget: 9.000",
    "the rules of a scenario": "rules: {budget: 9.000}",
    "hours of somebody hired": "hire: [{professional_id: w99, role: teacher, hours: 1.200}]",
}


@pytest.mark.many(3)
@pytest.mark.parametrize("case", YAML)
def test_thousands_of_a_yaml_file_are_refused_with_both_readings(
    case: str, workspace: Make, problems: Say
) -> None:
    edit, message = YAML[case]
    if case in SCENARIOS:
        text = f"scenarios:\n  more:\n    {SCENARIOS[case]}\n"
        edit = ("scenarios/more.yaml", "", text)
    found = problems(workspace(edit))
    assert sum(message in p for p in found) == 1, found


def test_a_decimal_of_a_yaml_file_of_which_thousands_fit_nowhere_is_read(
    workspace: Make, problems: Say
) -> None:
    assert problems(workspace((Y, "weight: 1.0", "weight: 1.250"))) == []


def test_a_comma_within_braces_is_told_to_end_a_value(workspace: Make, problems: Say) -> None:
    root = workspace((C, "hours_per_group: ", "hours_per_group: 4,"))
    found = problems(root)
    assert any("a comma ends a value within { }: write hours_per_group: 4." in p for p in found)
