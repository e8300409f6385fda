"""A sheet goes out with what is possible and comes back as decisions or as every problem in it."""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import zipfile
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from openpyxl.comments import Comment

from recommender.errors import InputError
from recommender.governance.dialogue import review
from recommender.governance.dialogue.review import (
    Decided,
    Options,
    merged_decisions,
    read_review,
    review_sheet,
)
from recommender.inputs.catalogue import Catalogue
from recommender.inputs.readers.cohort_tables import DECISION_COLUMNS
from recommender.planning.plan.plan import Plan

DAY = dt.date(2026, 11, 24)
UNITS = [f"canary{i:04d}" for i in range(200)]
NL = {"accept": "akkoord", "reject": "afwijzen", "swap": "andere hulp", "offer": "hulp aanbieden"}
REASON = {"en": "the data are wrong", "nl": "de gegevens kloppen niet"}


@pytest.fixture(params=["en", "nl"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


MADE: dict[str, bytes] = {}
"""Language -> the sheet, made once: the same plan and catalogue give the same bytes."""


@pytest.fixture
def sheet(plan: Plan, catalogue: Catalogue, tmp_path: Path, language: str) -> Path:
    reasons = np.zeros((200, 3), np.uint16)
    reasons[:, 2] = 1
    if language not in MADE:
        MADE[language] = review_sheet(
            plan, catalogue, Options.eligible(UNITS, catalogue.ids, reasons), plan_hash="abc",
            site_names={"s1": "=School [One]: a/b", "s2": "School Two"},
            period_names={"winter": "Winter", "spring": "Spring"}, language=language,
        )  # fmt: skip
    path = tmp_path / "sheet.xlsx"
    path.write_bytes(MADE[language])
    return path


def fill(path: Path, cells: dict[tuple[int, str], object], who: bool = True, site: int = 1) -> None:
    """Fill in cells of a site's sheet, given as (line of the sheet, column letter)."""
    book = openpyxl.load_workbook(path)
    page = book.worksheets[site]
    if who:
        page["B2"], page["F2"] = "N. Jansen", "care coordinator"
    for (line, column), value in cells.items():
        page[f"{column}{line}"] = value
    book.save(path)


def read(path: Path, catalogue: Catalogue, plan_hash: str | None = "abc") -> Decided:
    return read_review(path, plan_hash=plan_hash, units=UNITS, catalogue=catalogue, day=DAY)


def word(code: str, language: str) -> str:
    return NL[code] if language == "nl" else {"offer": "offer help"}.get(code, code)


def mentor(language: str) -> str:
    return "Mentor (nl) (mentor)" if language == "nl" else "Mentor (mentor)"


def test_an_empty_sheet_decides_nothing(sheet: Path, catalogue: Catalogue) -> None:
    decided = read(sheet, catalogue)
    assert decided.decisions.empty
    assert (decided.offers, decided.looked_at) == (64, 0)
    assert decided.warnings in (
        ("64 of 64 offers have no decision yet",),
        ("over 64 van de 64 keer aanbod is nog niet besloten",),
    )


def test_there_is_a_line_for_every_offer_and_every_pupil_without_one(sheet: Path) -> None:
    book = openpyxl.load_workbook(sheet)
    assert [s.sheet_state for s in book.worksheets[-2:]] == ["veryHidden"] * 2
    lines = [s.max_row - 4 for s in book.worksheets[1:-2]]
    assert sum(lines) == 64 + 136
    assert book.worksheets[1].title == "School  One   a b"
    assert book.worksheets[1]["A1"].value == "=School [One]: a/b"
    assert book.worksheets[1]["A1"].data_type == "s"


def test_what_is_said_comes_back_as_decisions(
    sheet: Path, catalogue: Catalogue, language: str
) -> None:
    fill(sheet, {
        (5, "G"): word("accept", language),
        (6, "G"): word("reject", language), (6, "I"): REASON[language],
        (7, "G"): word("swap", language), (7, "H"): mentor(language), (7, "I"): REASON[language],
        (7, "J"): "Jan de Vries wil dit",
    })  # fmt: skip
    decided = read(sheet, catalogue)
    assert decided.decisions.to_numpy().tolist() == [
        ["canary0000", "tuition", "accept", "", "N. Jansen (care coordinator)", "2026-11-24"],
        ["canary0001", "tuition", "forbid", "wrong_data", "N. Jansen (care coordinator)",
         "2026-11-24"],
        ["canary0002", "mentor", "require", "wrong_data: [name] de [name] wil dit",
         "N. Jansen (care coordinator)", "2026-11-24"],
        ["canary0002", "tuition", "forbid", "wrong_data: [name] de [name] wil dit",
         "N. Jansen (care coordinator)", "2026-11-24"],
    ]  # fmt: skip
    assert (decided.looked_at, decided.overruled) == (3, 2)
    assert decided.by_reason == (("wrong_data", 2),)


def test_a_decision_over_merged_lines_does_not_count_for_the_first_alone(
    sheet: Path, catalogue: Catalogue, language: str
) -> None:
    fill(sheet, {(5, "G"): word("accept", language)})
    book = openpyxl.load_workbook(sheet)
    book.worksheets[1].merge_cells("G5:G7")
    book.save(sheet)
    with pytest.raises(InputError, match=r"is merged with other|is samengevoegd met andere"):
        read(sheet, catalogue)


def test_what_stands_beside_the_columns_is_not_passed_over(
    sheet: Path, catalogue: Catalogue
) -> None:
    book = openpyxl.load_workbook(sheet)
    book.worksheets[1]["N8"] = "reject this one too"
    book.worksheets[1]["G6"].comment = Comment("reject!", "N")
    book.save(sheet)
    with pytest.raises(InputError) as error:
        read(sheet, catalogue)
    assert [p.line for p in error.value.problems] == [None, 8]
    assert "reject" not in str(error.value)


def test_lines_that_were_deleted_are_counted(
    sheet: Path, catalogue: Catalogue, language: str
) -> None:
    fill(sheet, {(5, "G"): word("accept", language)})
    book = openpyxl.load_workbook(sheet)
    book.worksheets[1].delete_rows(20, 5)
    book.save(sheet)
    assert any(w.startswith("5 ") for w in read(sheet, catalogue).warnings)


def test_a_sheet_with_other_columns_is_said_once(sheet: Path, catalogue: Catalogue) -> None:
    book = openpyxl.load_workbook(sheet)
    book.worksheets[1].insert_cols(3)
    book.save(sheet)
    with pytest.raises(InputError) as error:
        read(sheet, catalogue)
    assert [p.line for p in error.value.problems] == [4]


def test_help_can_be_asked_for_a_pupil_without_an_offer(
    sheet: Path, catalogue: Catalogue, language: str
) -> None:
    book = openpyxl.load_workbook(sheet)
    line = next(r for r in range(5, 400) if book.worksheets[2][f"A{r}"].value == "canary0100")
    fill(sheet, {(line, "G"): word("offer", language), (line, "H"): mentor(language),
                 (line, "I"): REASON[language]}, site=2)  # fmt: skip
    decided = read(sheet, catalogue)
    assert decided.decisions.iloc[0, :3].tolist() == ["canary0100", "mentor", "require"]
    assert decided.added == 1


@pytest.mark.many(3)
@pytest.mark.parametrize("typed", ["mentor", "MENTOR", "Mentor", "mentor (MENTOR)", "Mentor (nl)"])
def test_help_may_be_typed_by_its_id_or_its_name(
    sheet: Path, catalogue: Catalogue, language: str, typed: str
) -> None:
    fill(sheet, {(7, "G"): word("swap", language), (7, "H"): typed, (7, "I"): REASON[language]})
    decided = read(sheet, catalogue)
    assert decided.decisions.iloc[0, :3].tolist() == ["canary0002", "mentor", "require"]


@pytest.mark.many(8)
@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ({"G": "maybe"}, "a decision that is not on the list|een besluit dat niet op de"),
        ({"G": "reject"}, "gives no reason|geeft geen reden"),
        ({"G": "reject", "I": "because"}, "a reason that is not on the list|een reden die niet op"),
        ({"G": "reject", "I": "other (say what)"}, "no remark|zonder opmerking"),
        ({"G": "swap", "I": "other_need"}, "does not say which help|zegt niet welke hulp"),
        ({"G": "swap", "I": "other_need", "H": "Unused (unused)"}, "cannot be offered|niet kan"),
        ({"G": "swap", "I": "other_need", "H": "x"}, "cannot be offered|niet kan"),
        ({"G": "accept", "H": "Mentor (mentor)"}, "without swapping|niet voor ruilen"),
        ({"J": "canary remark"}, "decides nothing|geen besluit"),
        ({"G": "=1+1"}, "formula|formule"),
        ({"G": "reject", "I": "other_need", "J": '=HYPERLINK("http://x")'}, "formula|formule"),
        ({"K": "somebody|tuition|winter", "G": "accept"}, "not a line of|geen regel van"),
        ({"K": "canary0001|tuition|winter", "G": "accept"}, "stands there twice|twee keer"),
    ],
)  # fmt: skip
def test_every_wrong_line_is_named_and_no_remark_is_shown(
    sheet: Path, catalogue: Catalogue, language: str, cells: dict[str, str], message: str
) -> None:
    fill(sheet, {(5, column): value for column, value in cells.items()})
    with pytest.raises(InputError) as caught:
        read(sheet, catalogue)
    english, dutch = message.split("|")
    assert {"en": english, "nl": dutch}[language] in str(caught.value)
    assert {"en": " line ", "nl": " regel "}[language] in str(caught.value)
    assert "canary remark" not in str(caught.value)


def test_all_problems_come_at_once(sheet: Path, catalogue: Catalogue) -> None:
    fill(sheet, {(5, "G"): "maybe", (6, "G"): "reject", (7, "G"): "accept"}, who=False)
    with pytest.raises(InputError) as caught:
        read(sheet, catalogue)
    assert len(caught.value.problems) == 3


def test_lines_that_contradict_each_other_are_refused(
    sheet: Path, catalogue: Catalogue, language: str
) -> None:
    book = openpyxl.load_workbook(sheet)
    line = next(r for r in range(5, 400) if book.worksheets[2][f"A{r}"].value == "canary0100")
    fill(sheet, {(line, "G"): "accept", (line, "K"): "canary0100|mentor|winter",
                 (line, "B"): "mentor", (line + 1, "A"): "canary0100", (line + 1, "B"): "mentor"},
         site=2)  # fmt: skip
    fill(sheet, {(line + 1, "G"): "reject", (line + 1, "K"): "canary0100|mentor|spring",
                 (line + 1, "I"): REASON[language]}, site=2)  # fmt: skip
    with pytest.raises(InputError, match=r"refuses help that line|wijst hulp af die regel"):
        read(sheet, catalogue)


def test_help_that_one_line_accepts_and_another_asks_for_is_required_once(
    sheet: Path, catalogue: Catalogue, language: str
) -> None:
    book = openpyxl.load_workbook(sheet)
    line = next(r for r in range(5, 400) if book.worksheets[2][f"A{r}"].value == "canary0100")
    fill(sheet, {(line, "G"): word("accept", language), (line, "K"): "canary0100|mentor|winter",
                 (line + 1, "G"): word("swap", language), (line + 1, "I"): REASON[language],
                 (line + 1, "K"): "canary0100|tuition|spring", (line + 1, "H"): mentor(language),
                 (line, "B"): "mentor", (line + 1, "A"): "canary0100", (line + 1, "B"): "tuition"},
         site=2)  # fmt: skip
    decisions = read(sheet, catalogue).decisions
    assert not decisions.duplicated(["unit_id", "intervention"]).any()
    assert decisions[["intervention", "decision"]].to_numpy().tolist() == [
        ["mentor", "require"],
        ["tuition", "forbid"],
    ]


def test_who_accepts_what_was_required_keeps_it_required() -> None:
    columns = ["unit_id", "intervention", "decision", "reason", "decided_by", "date"]
    old = pd.DataFrame([["a", "x", "require", "more_need", "p", "2026-01-01"],
                        ["b", "x", "forbid", "family", "p", "2026-01-01"]],
                       columns=columns)  # fmt: skip
    new = pd.DataFrame([["a", "x", "accept", "", "q", "2026-11-24"],
                        ["b", "x", "accept", "", "q", "2026-11-24"]], columns=columns)  # fmt: skip
    assert merged_decisions(old, new)["decision"].tolist() == ["require", "accept"]


def test_a_dutch_sheet_has_no_english_word_that_people_read(sheet: Path, language: str) -> None:
    if language == "nl":
        book = openpyxl.load_workbook(sheet)
        assert [c.value for c in book["guide"][1]] == ["lijst", "keuze", "betekenis"]
        texts = " ".join(str(page[f"F{n}"].value) for page in book.worksheets[1:3]
                         for n in range(5, page.max_row + 1))  # fmt: skip
        assert "nothing" not in texts
        assert "niets" in texts


def test_a_sheet_of_another_plan_is_refused(sheet: Path, catalogue: Catalogue) -> None:
    with pytest.raises(InputError, match="another plan"):
        read(sheet, catalogue, plan_hash="def")
    assert read(sheet, catalogue, plan_hash=None).offers == 64


def test_a_team_that_never_overrules_is_asked_why(
    sheet: Path, catalogue: Catalogue, language: str
) -> None:
    fill(sheet, {(line, "G"): word("accept", language) for line in range(5, 30)})
    said = read(sheet, catalogue).warnings[0]
    assert {"en": "nobody overruled", "nl": "niemand week af"}[language] in said


@pytest.mark.parametrize("unit", ["=cmd|'/c calc'!A0", "+1", "-1", "@x", "\tx"])
def test_no_text_becomes_a_formula(plan: Plan, catalogue: Catalogue, unit: str) -> None:
    for frame, column in ((plan.assignments, "unit_id"), (plan.not_served, "reason")):
        frame.loc[0, column] = unit
    data = review_sheet(
        plan, catalogue, Options({}), plan_hash="=1", site_names={"s1": "=1+1"},
        period_names={"winter": "=2"}, language="en",
    )  # fmt: skip
    book = openpyxl.load_workbook(io.BytesIO(data))
    for page in book.worksheets:
        assert all(c.data_type != "f" for row in page.iter_rows() for c in row)


def test_only_the_cells_to_fill_in_are_open(sheet: Path) -> None:
    page = openpyxl.load_workbook(sheet).worksheets[1]
    assert page.protection.sheet
    assert page["A5"].protection.locked
    assert not page["G5"].protection.locked


def test_drop_downs_fit_what_a_workbook_allows(sheet: Path) -> None:
    page = openpyxl.load_workbook(sheet).worksheets[1]
    formulas = [v.formula1 for v in page.data_validations.dataValidation]
    assert all(len(f) <= 255 for f in formulas)
    assert any(f.startswith(("choices!", "=choices!")) for f in formulas)


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 not a zip", b"<xml/>"])
def test_what_is_no_workbook_is_refused(tmp_path: Path, catalogue: Catalogue, data: bytes) -> None:
    path = tmp_path / "x.xlsx"
    path.write_bytes(data)
    with pytest.raises(InputError):
        read(path, catalogue)


def test_bombs_are_refused(sheet: Path, tmp_path: Path, catalogue: Catalogue) -> None:
    bomb = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(sheet) as old, zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            data = old.read(part)
            if part.filename.endswith("sheet1.xml"):
                data = data.replace(
                    b"<worksheet", b'<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet', 1
                )
            new.writestr(part.filename, data)
    with pytest.raises(InputError, match="entities"):
        read(bomb, catalogue)


def test_a_new_decision_replaces_the_old_one_of_the_same_pair() -> None:
    columns = ["unit_id", "intervention", "decision", "reason", "decided_by", "date"]
    old = pd.DataFrame([["a", "x", "accept", "", "p", "2026-01-01"],
                        ["b", "x", "accept", "", "p", "2026-01-01"]], columns=columns)  # fmt: skip
    new = pd.DataFrame([["a", "x", "forbid", "family", "q", "2026-11-24"]], columns=columns)
    assert merged_decisions(old, new)["decision"].tolist() == ["forbid", "accept"]
    assert merged_decisions(None, new) is new


def test_titles_are_what_a_workbook_allows() -> None:
    taken: set[str] = set()
    titles = [review._title(n, "s1", taken) for n in ("a" * 40, "a" * 40, "History", "[]:*?/\\")]
    assert len({t.casefold() for t in titles}) == 4
    assert all(1 <= len(t) <= 31 for t in titles)


@pytest.mark.many(4)
@pytest.mark.parametrize("seed", range(8))
def test_a_sheet_with_broken_bytes_is_read_or_refused(
    sheet: Path, catalogue: Catalogue, seed: int
) -> None:
    data = bytearray(sheet.read_bytes())
    rng = np.random.default_rng(seed)
    for place in rng.integers(0, len(data), 12):
        data[place] = rng.integers(256)
    sheet.write_bytes(bytes(data))
    with contextlib.suppress(InputError):
        read(sheet, catalogue)


@pytest.mark.parametrize("columns", ["AB", "K"])
def test_a_decision_on_a_row_whose_key_is_of_another_pupil_is_refused(
    columns: str, sheet: Path, catalogue: Catalogue, language: str
) -> None:
    """Two rows change places in some columns; the others stay."""
    book = openpyxl.load_workbook(sheet)
    page = book.worksheets[1]
    other = 6
    for column in columns:
        one, two = page[f"{column}5"].value, page[f"{column}{other}"].value
        page[f"{column}5"], page[f"{column}{other}"] = two, one
    book.save(sheet)
    fill(sheet, {(5, "G"): word("reject", language), (5, "I"): REASON[language]})
    with pytest.raises(InputError) as error:
        read(sheet, catalogue)
    assert {p.line for p in error.value.problems} == {5, other}
    assert "canary" not in str(error.value)


def test_it_is_said_that_names_were_left_out_of_a_remark(
    sheet: Path, catalogue: Catalogue, language: str
) -> None:
    fill(sheet, {(5, "G"): word("reject", language), (5, "I"): REASON[language],
                 (5, "J"): "Jan de Vries wil dit"})  # fmt: skip
    first = read(sheet, catalogue).warnings[0]
    assert ("opmerking" if language == "nl" else "remarks are kept without") in first


def test_decisions_of_a_first_sheet_stay_when_a_second_decides_others() -> None:
    def said(unit: str, decision: str) -> pd.DataFrame:
        row = [unit, "tuition", decision, "", "N (leader)", "2026-11-24"]
        return pd.DataFrame([row], columns=list(DECISION_COLUMNS))

    both = merged_decisions(merged_decisions(None, said("p1", "forbid")), said("p2", "accept"))
    assert both[["unit_id", "decision"]].to_numpy().tolist() == [["p1", "forbid"], ["p2", "accept"]]
