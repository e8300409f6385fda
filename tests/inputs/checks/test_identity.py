"""One gate for all ids: what is none is said, a person is refused, and spellings are known."""

from __future__ import annotations

import string
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.errors import InputError, PrivacyRefusal
from recommender.governance.privacy.pseudonyms import pseudonymise
from recommender.inputs import read_workspace
from recommender.inputs.checks import identity
from recommender.inputs.findings import Findings, closest_word
from recommender.inputs.formats.tables import Table, load_table
from recommender.inputs.text.persons import names, service_numbers
from recommender.inputs.text.spelling import folded, meant

P, W, R, S = (f"data/{n}.csv" for n in ("pupils", "professionals", "profiles", "sites"))
Make, Say = Callable[..., Path], Callable[[Path], list[str]]


def table_of(words: list[Any], column: str = "unit_id", **more: list[Any]) -> Table:
    frame = pd.DataFrame({column: words, **more})
    if frame[column].dtype.kind not in "iuf":
        frame[column] = frame[column].astype(str)
    lines = np.arange(2, len(words) + 2)
    return Table("t.csv", tuple(frame.columns), frame, lines, False, "")


def said(words: list[Any], **rules: Any) -> Findings:
    """What the gate says of a column."""
    findings = Findings()
    identity.ids(table_of(words), "unit_id", findings, **{"unique": True, **rules})
    return findings


HONEST = [
    ["p00376", "p00377"],
    ["s01"],
    ["2026-0001", "2026-0002", "2026-0003"],
    [str(n) for n in range(1, 501)],
    [f"{n:08d}" for n in range(1, 60)],
    [f"p{n:09d}" for n in range(1, 60)],
    ["9f86d081884c7d65", "2c26b46b68ffc68f", "12e4", "3e5"],
    ["123e4567-e89b-12d3-a456-426614174000"],
    ["123456789012345678", "123456789012345679"],
    ["zoë1", "café-2"],
    ["a.b_c-1", "u_abcdefgh"],
    [1000000000, 1000000001],
]


@pytest.mark.many(4)
@pytest.mark.parametrize("words", HONEST, ids=lambda words: str(words[0]))
def test_honest_ids_pass(words: list[Any]) -> None:
    findings = said(words)
    assert (findings.problems, findings.refusals, findings.warnings) == ([], [], [])


@pytest.mark.many(6)
@pytest.mark.parametrize(
    "word",
    ["p|1", "../../x", "a/b", "a\\b", "p;1", "p\n1", "a..b", "x" * 300, "-p1", ".p1", "p 1", "p,1",
     "p\u200b1", "p\u00ad1", "\u202ep1", "p\u00a01", "\ufeffp1", "р1a", "p１", "p\u0663", "p\x85a"],
)  # fmt: skip
def test_what_no_id_may_look_like_is_a_problem_and_not_shown(word: str) -> None:
    findings = said([word, "p2"])
    assert [p.line for p in findings.problems] == [2]
    assert word not in str(findings.problems[0])


@pytest.mark.many(12)
@pytest.mark.parametrize(
    "word",
    ["#N/B", "#N/A", "#REF!", "#VALUE!", "#WAARDE!", "#DEEL/0!", "####", "Err:502", "0", "000", "-",
     "?", "onbekend", "Unknown", "NULL", "None", "nan", "n.v.t.", "NVT", "geen", "x", "leeg", "inf",
     "Infinity", "--", "N/A", "niet bekend"],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["unit", "family", "professional", "place"])
def test_a_word_for_nothing_is_nobody(word: str, kind: str) -> None:
    findings = said([word, "p2"], kind=kind, optional=kind == "family", unique=False)
    assert [(p.line, p.message) for p in findings.problems] == [
        (2, "is a word or an error that stands for an empty cell")
    ]
    remedy = "leave the cell empty" if kind == "family" else "give every row an id of its own"
    assert findings.problems[0].remedy == remedy


@pytest.mark.many(3)
@pytest.mark.parametrize(
    "words",
    [["1,23457E+11"], ["1.23457E+11", "1.23457E+11"], ["123457000000", "123458000000"],
     ["1234567890123450", "1234567890123460"], ["123456789012345000"],
     [1.2345678901234567e17], [7.0, 9.1e15]],
)  # fmt: skip
def test_rounded_numbers_are_called_rounded(words: list[Any]) -> None:
    findings = said(words)
    assert {p.message for p in findings.problems} == {
        "is a number that lost its last digits when it was saved"
    }


def test_big_numbers_of_a_parquet_file_keep_every_digit(tmp_path: Path) -> None:
    numbers = [2**53 + 1, 2**60 + 1, None]
    frame = pd.DataFrame({"unit_id": pd.array(numbers, dtype="Int64")})
    frame.to_parquet(tmp_path / "t.parquet")
    findings = Findings()
    table = load_table(tmp_path / "t.parquet", "t.parquet", findings)
    assert table is not None
    assert findings.problems == []
    read = identity.ids(table, "unit_id", findings, unique=True, optional=True)
    assert read.tolist() == [str(2**53 + 1), str(2**60 + 1)]


@pytest.mark.many(10)
@pytest.mark.parametrize(
    "word",
    ["111222333", "BSN111222333", "bsn: 111222333", "111222333.0", "1.11222333E8",
     "1,11222333E+08", "'111222333", "111.222.333", "1112 22 333", "111-222-333", "NL111222333",
     "111\u00a0222\u00a0333", "111\u200b222333", "BSN 12345672",
     "１１１２２２３３３", "111222333x"],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["unit", "family", "professional", "place"])
def test_a_service_number_is_refused_in_every_dress(word: str, kind: str) -> None:
    findings = said([word, "p2", "p3"], kind=kind)
    assert [(p.line, p.message) for p in findings.refusals] == [
        (2, "looks like a citizen service number (BSN)")
    ]
    assert findings.problems == []


def _passing(count: int) -> list[str]:
    """Numbers of eight digits that pass with a zero before them, by the definition of the test."""
    weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
    found: list[str] = []
    number = 11_111_111
    while len(found) < count:
        if sum(w * int(d) for w, d in zip(weights, f"0{number}", strict=True)) % 11 == 0:
            found.append(str(number))
        number += 1
    return found


def test_eight_digits_are_judged_by_their_column() -> None:
    lost = _passing(6)
    assert service_numbers(pd.Series(lost)).all()
    assert service_numbers(pd.Series([*lost, "p1", "", "11111111"])).sum() == 6
    others = [str(n) for n in range(20_260_001, 20_260_100)]
    assert not service_numbers(pd.Series(others)).any()
    assert service_numbers(pd.Series([float(n) for n in lost]).map(str)).all()


@pytest.mark.many(4)
@pytest.mark.parametrize(
    ("word", "unit", "staff"),
    [("Jan Jansen", True, True), ("Jan de Vries", True, True), ("jan_de_vries", True, True),
     ("Pietje", True, True), ("jan.devries", True, True), ("j@x.nl", True, True),
     ("Jan_Jansen_2017", True, True), ("team_west", True, False), ("p01", False, False),
     ("ann", False, False), ("A-17", False, False), ("klas3-02", False, False)],
)  # fmt: skip
def test_names_are_no_codes(word: str, unit: bool, staff: bool) -> None:
    assert names(pd.Series([word])).tolist() == [unit]
    assert names(pd.Series([word]), staff=True).tolist() == [staff]


@pytest.mark.parametrize("word", ["Jan Jansen", "111222333", "NL111222333", "#N/B", "p/1"])
def test_what_check_does_not_take_pseudonymise_does_not_copy(
    word: str, workspace: Make, problems: Say, tmp_path: Path
) -> None:
    root = workspace((P, "p02,", f"{word},"))
    assert any(f"{P} line 3: unit_id" in p for p in problems(root))
    with pytest.raises(InputError, match=f"{P} line 3: unit_id"):
        pseudonymise(root, tmp_path / "copy", bytes(range(32)))
    assert not (tmp_path / "copy").exists()


def test_names_of_segments_may_be_words() -> None:
    findings = Findings()
    table = table_of(["young-girls", "Jan Jansen"], count=["12", "1"])
    identity.ids(table, "unit_id", findings, unique=True)
    assert [p.line for p in findings.refusals] == [3]


@pytest.mark.parametrize(
    ("one", "other", "how"),
    [("p01", "P01", "capitals differ"),
     ("zo\u00eb1", "zoe\u03081", "its accents are stored in another way"),
     ("p01", "\u044001", "it has characters of another form that look the same")],
)  # fmt: skip
def test_two_spellings_of_an_id_are_one_id(one: str, other: str, how: str) -> None:
    findings = said([one, "p2", other])
    assert [p.message for p in findings.problems] == [
        f"is the id of line 2 in another spelling: {how}"
    ]
    findings = Findings()
    table = table_of([other])
    found = identity.spelled_otherwise(
        table, "unit_id", table.frame["unit_id"], ["p2", one], "data/pupils", findings
    )
    assert found.tolist() == [True]
    assert how in findings.problems[0].message


def test_an_id_spelled_otherwise_in_another_table_is_said(workspace: Make, problems: Say) -> None:
    root = workspace((R, "p01,reading_lag", "P01,reading_lag"))
    assert (
        f"{R} line 2: unit_id is spelled otherwise in data/pupils (p01): capitals differ; write an "
        "id the same in every table"
    ) in problems(root)


def test_a_history_that_lost_its_zeros_says_so(with_history: Make, warnings: Say) -> None:
    root = with_history()
    for file, width in ((P, 5), ("data/history.csv", 0)):
        text = (root / file).read_text(encoding="utf-8")
        for number in range(1, 9):
            text = text.replace(f"\np{number:02}", f"\n{number:0{width}d}")
        (root / file).write_text(text, encoding="utf-8")
    assert (
        "data/history.csv: unit_id names nobody of data/pupils: the zeros in front of the numbers "
        "were lost; take the ids of both tables from one source, as text"
    ) in warnings(root)


@pytest.mark.parametrize(
    ("words", "known", "cause"),
    [(["123", "7"], ["00123", "00007"], "zeros"), (["P01"], ["p01"], "spelled"),
     (["1.0", "2.0"], ["1", "2"], "decimals"), (["1", "2"], ["p01", "p02"], "letters"),
     (["a1"], ["p77"], "")],
)  # fmt: skip
def test_why_two_tables_do_not_meet(words: list[str], known: list[str], cause: str) -> None:
    found = identity.likely_cause(words, known)
    assert cause in found
    assert bool(found) == bool(cause)


def test_a_family_of_more_than_ten_is_worth_a_look() -> None:
    from recommender.inputs.readers.cohort_tables import _warn_of_large_families

    for size in (10, 11):
        findings = Findings()
        table = table_of(["f1"] * size, "family_id")
        _warn_of_large_families(table, table.frame["family_id"], findings)
        assert len(findings.warnings) == (size > 10)


@pytest.mark.parametrize(
    ("file", "old", "new", "column"),
    [(W, "62,nl;en", '62,"nl, en"', "languages"), (W, "62,nl;en", "62,nl/en", "languages"),
     (W, "24,s01;s02", '24,"s01,s02"', "sites"), (W, "24,s01;s02", "24,s01 s02", "sites")],
)  # fmt: skip
def test_a_comma_between_codes_is_said(
    file: str, old: str, new: str, column: str, workspace: Make, problems: Say
) -> None:
    assert problems(workspace((file, old, new))) == [
        f"{file} line 3: {column} has codes that no semicolon sets apart; write a semicolon "
        "between them: a;b"
    ]


def test_the_id_that_is_meant_is_found_by_its_spelling() -> None:
    assert meant("P05", ["p04", "p05"]) == "p05"
    assert meant("p5", ["p04", "p05"]) == "p05"
    assert meant("5", ["p04", "p05"]) == "p05"
    assert meant("q05", ["p04", "p05"]) is None
    assert meant("5", ["p05", "f05"]) is None
    assert closest_word("S1", ["s01", "s02"]) == "s01"


WORDS = st.text(
    st.one_of(st.characters(codec="utf-8"), st.sampled_from("aAеЕ\u0308\u200b\u00ad１ßİ")),
    max_size=12,
)


@settings(max_examples=200, deadline=None)
@given(WORDS)
def test_folding_twice_is_folding_once(word: str) -> None:
    assert folded(folded(word)) == folded(word)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(string.ascii_letters + string.digits + "._-é", min_size=1, max_size=20)))
def test_the_gate_says_the_same_of_a_word_and_of_a_column(words: list[str]) -> None:
    for word in words:
        findings = said([word, "p2"], kind="place", unique=False)
        if identity.why_no_id(word, place=True) or identity.is_nothing(word):
            assert findings.problems
        elif word.lower() != "p2":
            rest = [p.message for p in findings.problems]
            assert all("lost its last digits" in message for message in rest)


IDS = st.from_regex(r"[a-zé][a-z0-9._\-]{0,12}[0-9]", fullmatch=True).filter(
    lambda w: not identity.why_no_id(w)
)


@settings(max_examples=15, deadline=None)
@given(words=st.lists(IDS, min_size=1, max_size=5, unique_by=folded))
@pytest.mark.parametrize("suffix", [".csv", ".xlsx", ".parquet"])
def test_every_accepted_id_reads_back_from_every_form(
    suffix: str, words: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("ids") / f"t{suffix}"
    frame = pd.DataFrame({"unit_id": words})
    write = {".csv": frame.to_csv, ".xlsx": frame.to_excel, ".parquet": frame.to_parquet}[suffix]
    write(path, index=False)
    findings = Findings()
    table = load_table(path, path.name, findings)
    assert table is not None
    assert identity.ids(table, "unit_id", findings, unique=True).tolist() == words


def test_a_refused_id_stops_the_workspace(workspace: Make) -> None:
    with pytest.raises(PrivacyRefusal, match="looks like a name"):
        read_workspace(workspace((P, "f02,", "Jan Jansen,")))


@pytest.mark.parametrize(
    ("written", "remedy"),
    [("[s01, s02]", "write one text, several set apart by `;`: 's01;s02'"),
     ('"s01,s02"', "set several apart by `;`: s01;s02")],
)  # fmt: skip
def test_several_sites_of_a_scenario_are_set_apart_by_semicolons(
    written: str, remedy: str, workspace: Make, problems: Say
) -> None:
    hire = f"{{professional_id: w77, role: teacher, hours: 5, sites: {written}}}"
    end = "more in scenarios/*.yaml\n"
    found = problems(workspace(("planning.yaml", end, f"{end}  hired:\n    hire: [{hire}]\n")))
    assert len(found) == 1
    assert found[0].endswith(remedy)


def test_who_is_hired_has_a_code_and_no_name(workspace: Make, problems: Say) -> None:
    hire = "{professional_id: Jan de Vries, role: teacher, hours: 5}"
    end = "more in scenarios/*.yaml\n"
    found = problems(workspace(("planning.yaml", end, f"{end}  hired:\n    hire: [{hire}]\n")))
    assert len(found) == 1
    assert "professional_id looks like a name" in found[0]
    assert "Vries" not in found[0]


def test_a_copy_does_not_part_a_child_from_its_notes(workspace: Make, tmp_path: Path) -> None:
    notes = "unit_id,date,text\nP02,2026-01-05,x\n"
    root = workspace(("data/notes.csv", "", notes))
    with pytest.raises(InputError, match="unit_id is spelled otherwise"):
        pseudonymise(root, tmp_path / "copy", bytes(range(32)))
