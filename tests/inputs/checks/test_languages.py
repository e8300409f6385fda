"""A language is a code that meets: names are answered, words for nothing refused, meetings told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from recommender.inputs import read_workspace
from recommender.inputs.checks import languages
from recommender.inputs.findings import Findings
from recommender.inputs.formats.tables import Table
from recommender.inputs.understood import understood


def _read(words: Sequence[str], many: bool) -> tuple[list[str], list[str]]:
    frame = pd.DataFrame({"x": pd.Series(words, dtype=str)})
    table = Table("t", ("x",), frame, np.arange(2, len(words) + 2), False, "")
    findings = Findings()
    read = languages.read(table, "x", findings, many=many).tolist()
    return read, [str(p) for p in findings.problems]


@pytest.mark.parametrize("many", [False, True])
def test_capitals_and_blanks_set_no_codes_apart(many: bool) -> None:
    assert _read(["nl", "NL", "Ar ", "rif", ""], many) == (["nl", "nl", "ar", "rif", ""], [])


@pytest.mark.many(8)
@pytest.mark.parametrize("many", [False, True])
@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("Nederlands", "languages are given by a code of two letters (in 2 rows); write nl"),
        ("Dutch", "write nl"), ("TURKS", "write tr"), ("Arabic", "write ar"), ("pools", "write pl"),
        ("Oekraïens", "write uk"), ("tur", "write tr"), ("nl-BE", "write nl"), ("UA", "write uk"),
        ("onbekend", "leave the cell empty"), ("nan", "leave"), ("inf", "leave"), ("-", "leave"),
        ("n.v.t.", "leave the cell empty"), ("#N/A", "leave the cell empty"),
    ],
)  # fmt: skip
def test_what_is_no_code_is_answered_once_with_what_is_meant(
    word: str, said: str, many: bool
) -> None:
    read, (problem,) = _read(["nl", word, word], many)
    assert read == ["nl", "", ""]
    assert problem.startswith("t line 3: x ")
    assert said in problem
    assert "in 2 rows" in problem


def test_several_languages_stand_in_the_table_of_professionals_alone() -> None:
    assert _read(["nl;en"], many=True) == (["nl;en"], [])
    assert "write the one that is to be met" in _read(["nl;en"], many=False)[1][0]
    assert "write a semicolon between them" in _read(["nl Engels"], many=True)[1][0]


MET: dict[str, tuple[list[str], list[str], list[str]]] = {
    "all are met": (["nl", "ar"], ["nl;ar"], []),
    "a known code that nobody speaks is a fact": (["nl", "nl", "uk"], ["nl"], []),
    "nobody lists any": (["zz", "nl"], [""], []),
    "a slip": (["nl", "taal1"], ["nl;taal2"],
               ["of 1 pupil is a word that no professional lists; write taal2", "holds 1 word"]),
    "a word is never shown": (["nl", "piet"], ["nl"], ["use a code of two letters"]),
    "few are met": (["tr", "ar", "nl"], ["nl"], ["for 1 of 3 pupils; write the same codes"]),
}  # fmt: skip


@pytest.mark.parametrize("case", MET)
def test_languages_that_meet_nobody_are_warned_of(case: str) -> None:
    pupils, staff, wanted = MET[case]
    findings = Findings()
    languages.check_meeting(
        pd.DataFrame({"language": pupils, "count": 1}), pd.DataFrame({"languages": staff}), findings
    )
    said = " ".join(map(str, findings.warnings))
    assert bool(said) == bool(wanted)
    assert "piet" not in said
    assert all(part in said for part in wanted)


def test_pupils_are_counted_by_language_and_by_who_is_not_met(
    workspace: Callable[..., Path],
) -> None:
    edits = [("data/pupils.csv", f"{f},nl", f"{f},{w}") for f, w in (("f02", "uk"), ("f03", "dop"))]
    pupils = understood(read_workspace(workspace(*edits))).pupils
    assert pupils.by_language == {"nl": 6, "uk": 1, "": 1}
    assert pupils.unspoken == {"uk": 1, "": 1}
