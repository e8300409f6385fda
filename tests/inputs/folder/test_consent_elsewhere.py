"""A file that nothing reads and that speaks of consent stops; what is read later is told apart."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from recommender.inputs.findings import Findings
from recommender.inputs.folder.not_read import note, what_is_beside

PLAIN = "leerling;groep\n1;2\n"


def _noted(root: Path) -> Findings:
    findings = Findings()
    note(what_is_beside(root), root, findings)
    return findings


@pytest.mark.many(6)
@pytest.mark.parametrize(
    ("name", "text"),
    [
        *((f"{name}.csv", PLAIN) for name in (
            "objections", "bezwaar", "bezwaren", "toestemming", "Toestemmingen 2026", "consent",
            "consents", "opt_out", "opt-outs", "weigering", "weigeringen", "refusals")),
        ("bezwaren.pdf", "x"), ("oud/consent.csv", PLAIN),
        ("pupils_backup.csv", "unit_id,site,consent\n1,2,refused\n"),
        ("lijst.csv", '\ufeff"leerling";"Toestemming ouders (ja/nee)"\n1;nee\n'),
        ("lijst.tsv", "id\tbezwaar\n1\tja\n"),
    ],
)  # fmt: skip
def test_what_speaks_of_consent_and_is_not_read_stops(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / "data" / name
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    (tmp_path / "data" / "pupils.csv").write_text("unit_id\n")
    (said,) = map(str, _noted(tmp_path).problems)
    assert said.startswith(f"data/{name}: is not read")
    assert "data/pupils, column consent" in said


@pytest.mark.parametrize("suffix", ["xlsx", "parquet"])
def test_columns_are_looked_at_in_every_form(tmp_path: Path, suffix: str) -> None:
    (tmp_path / "data").mkdir()
    path = tmp_path / "data" / f"lijst.{suffix}"
    if suffix == "xlsx":
        book = openpyxl.Workbook()
        book.worksheets[0].append(["id", "Bezwaar"])
        book.save(path)
    else:
        pd.DataFrame({"id": [1], "Bezwaar": ["ja"]}).to_parquet(path)
    assert "a column of it speaks of consent" in str(_noted(tmp_path).problems[0])


@pytest.mark.parametrize("name", ["arrivals", "delivered", "effects", "propensities"])
def test_a_table_of_a_later_version_is_told_as_that(tmp_path: Path, name: str) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / f"{name}.csv").write_text("unit_id,consent\n1,given\n")
    found = _noted(tmp_path)
    assert found.problems == []
    assert "this version does not read it yet" in str(found.warnings[0])


@pytest.mark.parametrize(
    ("name", "text"),
    [("data/lijst.csv", PLAIN), ("toestemming.csv", PLAIN), ("data/objectives.csv", PLAIN),
     ("data/remarks.csv", "id\nthe parents gave no consent, and said it at length and twice\n")],
)  # fmt: skip
def test_anything_else_is_a_warning(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / name).write_text(text)
    found = _noted(tmp_path)
    assert found.problems == []
    assert len(found.warnings) == 1
