"""One cause is one message, and a remedy names what is meant."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest

from recommender.inputs.checks import cells, identity
from recommender.inputs.checks.headers import check_header
from recommender.inputs.findings import Findings
from recommender.inputs.folder.not_read import note, what_is_beside
from recommender.inputs.formats.tables import Table, load_table
from recommender.inputs.readers.cohort_tables import UNIT_COLUMNS
from recommender.inputs.readers.resource_tables import PROFESSIONAL_COLUMNS
from recommender.inputs.text.names import probably_meant


def _table(words: list[str], header: tuple[str, ...] = ("x",), comma: bool = False) -> Table:
    frame = pd.DataFrame({"x": pd.Series(words, dtype=str)})
    return Table("t", header, frame, np.arange(2, len(words) + 2), comma, "")


def _numbers(words: list[str], comma: bool = False, **rules: float | bool) -> Findings:
    findings = Findings()
    cells.numbers(_table(words, comma=comma), "x", findings, show=True, **rules)  # type: ignore[arg-type]
    return findings


@pytest.mark.parametrize("form", ["xlsx", "parquet"])
def test_true_is_a_flag_and_no_number(tmp_path: Path, form: str) -> None:
    path = tmp_path / f"t.{form}"
    if form == "xlsx":
        book = openpyxl.Workbook()
        for row in (["x"], [True], [False]):
            book.worksheets[0].append(row)
        book.save(path)
    else:
        pd.DataFrame({"x": [True, False]}).to_parquet(path)
    findings = Findings()
    table = load_table(path, "t", findings)
    assert table is not None
    assert cells.flags(table, "x", findings).tolist() == [1.0, 0.0]
    assert findings.problems == []
    cells.numbers(table, "x", findings)
    assert [p.remedy for p in findings.problems] == ["give a number; yes and no are none"] * 2


def test_a_duration_of_a_sheet_is_hours_and_minutes(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (["x"], [dt.timedelta(hours=37, minutes=30)], [dt.time(7, 15)]):
        book.worksheets[0].append(row)
    book.save(tmp_path / "t.xlsx")
    findings = Findings()
    table = load_table(tmp_path / "t.xlsx", "t", findings)
    assert table is not None
    cells.numbers(table, "x", findings, show=True)
    assert [p.remedy.split(":")[0] for p in findings.problems] == ["write 37,5", "write 7,25"]


@pytest.mark.many(4)
@pytest.mark.parametrize(
    ("word", "remedy"),
    [("15 uur", "write 15, without the unit"), ("1.659,5", "write 1659.5"),
     ("1\u00a0200", "write 1200"), ("€ 78,-", "write 78, without marks"),
     ("37:30", "write 37.5: a time of day is no number"), ("15+4", "write one number, and no sum"),
     ("90 min", "give a number such as 12 or 0.5"), ("100k", "give a number such as 12 or 0.5"),
     ("0x10", "give a number such as 12 or 0.5"), ("1e", "give a number such as 12 or 0.5"),
     ("06 123 456", "write the number alone, such as 12 or 0.5")],
)  # fmt: skip
def test_a_remedy_is_the_number_meant_or_names_none(word: str, remedy: str) -> None:
    (problem,) = _numbers([word], required=True).problems
    assert problem.remedy == remedy


@pytest.mark.parametrize("word", ["3a", "groep 3", "abc"])
def test_a_whole_number_is_asked_for_within_its_bounds(word: str) -> None:
    (problem,) = _numbers([word], minimum=1, maximum=8, whole=True).problems
    assert problem.remedy == "give a whole number from 1 to 8"


@pytest.mark.parametrize(
    ("words", "warned"),
    [(["12.000", "30", "24"], True), (["12.000"], True), (["1.200", "39", "1.300"], True),
     (["1.234", "2.345"], False), (["12.000", "30.5"], False), (["0.125", "1"], False)],
)  # fmt: skip
def test_three_digits_behind_a_dot_among_whole_numbers_are_told_once(
    words: list[str], warned: bool
) -> None:
    found = _numbers(words)
    assert found.problems == []
    assert len(found.warnings) == warned
    assert all(f"is '{words[0]}', which is read as" in str(w) for w in found.warnings)


@pytest.mark.parametrize(("many", "said"), [(3, 3), (4, 1), (10, 1)])
def test_many_names_in_capitals_are_one_message(many: int, said: int) -> None:
    names = [f"column_{'abcdefghij'[n]}" for n in range(many)]
    findings = Findings()
    check_header(_table([], tuple(n.upper() for n in names)), names, (), findings)
    assert len(findings.problems) == said
    assert "COLUMN_A" in str(findings.problems[0])


@pytest.mark.parametrize(
    ("words", "known", "where"),
    [(["26", "7", "99"], ["00026", "00007"], "the zeros in front of the numbers were lost;"),
     (["00026", "00007"], ["26", "7"], "were lost in data/pupils;")],
)  # fmt: skip
def test_zeros_that_were_lost_are_one_cause_with_the_table_that_lost_them(
    words: list[str], known: list[str], where: str
) -> None:
    met, message, _ = identity.one_cause(
        pd.Series(words, dtype=str), pd.Series(known, dtype=str), "data/pupils"
    )
    assert met.tolist() == [word != "99" for word in words]
    assert where in f"{message};"


@pytest.mark.parametrize(
    ("cell", "said"),
    [("youth_act;any", "holds several codes; one may stand here"),
     ("any, youth_act", "holds several codes"), ("any en any", "holds several codes"),
     ("Youth_act", "did you mean 'youth_act'?"), ("neither", "use any or youth_act")],
)  # fmt: skip
def test_several_codes_where_one_may_stand_are_said(cell: str, said: str) -> None:
    findings = Findings()
    cells.codes_of(_table([cell]), "x", ("any", "youth_act"), findings, where="a rule")
    (problem,) = findings.problems
    assert said in str(problem)


@pytest.mark.parametrize("name", ["planning", "interventions"])
def test_a_file_of_another_suffix_is_to_be_renamed_and_said_once(
    workspace: Callable[..., Path], problems: Callable[[Path], list[str]], name: str
) -> None:
    root = workspace()
    (root / f"{name}.yaml").rename(root / f"{name}.yml")
    assert problems(root) == [
        f"{name}.yml: is not read, and seems to be {name}.yaml; rename it to {name}.yaml"
    ]


def test_one_of_two_is_to_be_kept(workspace: Callable[..., Path]) -> None:
    root, findings = workspace(("planning.yml", "", "a: 1\n")), Findings()
    note(what_is_beside(root), root, findings)
    assert [p.remedy for p in findings.problems] == ["keep one of the two"]


@pytest.mark.many(3)
@pytest.mark.parametrize(
    ("column", "words"),
    [("family_id", "fam_id familie household gezinsnr"),
     ("completed", "done gedaan afgemaakt finished eerdere_hulp"),
     ("language", "lang moedertaal thuistaal mother_tongue"),
     ("consent", "akkoord bezwaar opt_out permission parental_consent"),
     ("must_serve", "zorgplicht mandatory jeugdwet wettelijk"),
     ("waiting_since", "wachtlijst waiting_list sinds"), ("count", "aantal_kinderen n_pupils")],
)  # fmt: skip
def test_another_word_for_a_column_whose_absence_permits_is_known(column: str, words: str) -> None:
    for word in words.split():
        assert probably_meant(word, UNIT_COLUMNS) == column


@pytest.mark.parametrize(
    ("column", "words"),
    [("sites", "locaties standplaats works_at"), ("period", "periode term blok"),
     ("languages", "talen spreekt"), ("days", "werkdagen dag weekdays"),
     ("cost_per_hour", "uurloon hourly_rate kosten")],
)  # fmt: skip
def test_the_same_of_professionals(column: str, words: str) -> None:
    for word in words.split():
        assert probably_meant(word, PROFESSIONAL_COLUMNS) == column
