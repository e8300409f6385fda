"""No cell of a table of people is shown unless it is a slip of a declared code."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from recommender.inputs import check_workspace
from recommender.inputs.text.shown import short_number, showable, shown_id, slip

SITES = ("s01", "s02", "s10")
CONSENT = ("given", "refused", "asked", "not_needed")
KINDS = (
    lambda n: f"Sjoerd{chr(97 + n)}",
    lambda n: f"sjoerd{chr(97 + n)}",
    lambda n: f"{111222333 + 1_000_003 * n}",
    lambda n: f"2015-03-{n + 10}",
    lambda n: f"{n + 10}-04-2016",
    lambda n: f"06123{n + 10}789",
    lambda n: f"351{n % 10}A{chr(65 + n)}",
    lambda n: f"Dorpsstraat {n + 70}",
    lambda n: f"wordt gepest door {chr(97 + n)}",
    lambda n: f"ouder{n}@voorbeeld.nl",
)
"""A name, one in small letters, service numbers, days, telephones, postcodes, streets, notes."""


@pytest.mark.parametrize(
    ("word", "known", "may"),
    [
        ("s03", SITES, True), ("S01", SITES, True), ("s99", SITES, True), ("Sam", SITES, False),
        ("s0612345678", SITES, False), ("p01", SITES, False), ("refusd", CONSENT, True),
        ("Given", CONSENT, True), ("not-needed", CONSENT, True), ("Sjoerd", CONSENT, False),
        ("sjoerd", CONSENT, False), ("123456782", CONSENT, False), ("Amy", ("any",), False),
        ("123456782", ("1", "2"), False), ("1", ("01", "02"), True),
    ],
)  # fmt: skip
def test_a_word_is_a_slip_of_a_code_only_when_it_is_near(
    word: str, known: tuple[str, ...], may: bool
) -> None:
    assert slip(word, known) is may


def test_of_words_that_are_no_slips_only_plain_ones_and_parts_are_shown() -> None:
    assert showable({"maybe", "Onbekend"}, CONSENT) == {"maybe", "Onbekend"}
    assert showable({"jansen"}, CONSENT) == frozenset()
    assert showable({"youth", "youths", "act"}, ("youth_act",)) == {"youth"}
    assert showable({"no", "jan", "piet", "refusd"}, CONSENT) == {"no", "refusd"}


def test_numbers_are_shown_when_they_are_too_short_to_be_somebodys() -> None:
    assert [w for w in ("9", "12,5", "1.200", "7/8", "NaN", "1e999") if not short_number(w)] == []
    for word in ("123456782", "12-04-2016", "2016-04-12", "3511AB", "0612345678", "Sam", "12345"):
        assert not short_number(word)


def test_an_id_is_shown_when_it_is_built_like_the_ids_there_are() -> None:
    assert shown_id("p99", ["p01", "p02"]) == "'p99'"
    for word in ("sjoerd", "2015-03-02", "girl", "3511AB", "0612345678", "q77"):
        assert "not shown" in shown_id(word, ["p01", "p02"])
    for word in ("sjoerd", "2015-03-02", "3511AB", "0612345678", "Sjoerd"):
        assert "not shown" in shown_id(word)


@pytest.mark.parametrize(
    ("table", "suffix"), [("pupils", ".csv"), ("pupils", ".xlsx"), ("professionals", ".csv")]
)
def test_a_table_whose_columns_slipped_by_one_is_told_without_a_cell_of_it(
    table: str, suffix: str, workspace: Callable[..., Path]
) -> None:
    root = workspace()
    path = root / f"data/{table}.csv"
    names = list(pd.read_csv(path, dtype=str, keep_default_na=False).columns)
    path.unlink()
    for turn in (0, 3, 7):
        cells = [
            [KINDS[(turn + place) % len(KINDS)](line) for place in range(len(names))]
            for line in range(10)
        ]
        frame = pd.DataFrame(cells, columns=names)
        target = path.with_suffix(suffix)
        frame.to_csv(target, index=False) if suffix == ".csv" else frame.to_excel(
            target, index=False
        )
        problems, warnings = check_workspace(root)
        said = "\n".join([*map(str, problems), *map(str, warnings), *map(repr, problems)])
        assert problems
        planted = {cell for row in cells for cell in row}
        assert not {cell for cell in planted if cell in said}


def test_what_a_sheet_typed_as_a_number_or_day_is_not_shown_either(
    workspace: Callable[..., Path],
) -> None:
    import datetime as dt

    root = workspace()
    (root / "data/pupils.csv").unlink()
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["unit_id", "site", "grade", "family_id", "consent", "must_serve", "sex"])
    for n in range(10):
        day = dt.datetime(2015, 3, 10 + n)
        sheet.append([f"p0{n}", day, day, f"f{n}", 61234567 + n, 123456782 + n, day])
    book.save(root / "data/pupils.xlsx")
    said = "\n".join(map(str, check_workspace(root)[0]))
    assert said
    for part in ("2015-03-1", "6123456", "612345", "1234567"):
        assert part not in said
