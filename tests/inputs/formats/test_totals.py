"""Lines of totals are nobody: each is said, and taken for no person."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from recommender.inputs.findings import Findings
from recommender.inputs.formats.tables import load_table


@pytest.mark.many(5)
@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize(
    "row",
    [["Totaal", "", "9"], ["TOTAL", "", ""], ["Som", "", "9"], ["Sum:", "", "9"],
     ["", "Eindtotaal", "9"], ["Subtotaal s01", "", "9"], ["s01 Totaal", "", "9"]],
)  # fmt: skip
def test_a_line_of_totals_is_said_and_dropped(tmp_path: Path, form: str, row: list[str]) -> None:
    rows = [["unit_id", "site", "count"], ["p1", "s01", "9"], row]
    path = tmp_path / f"t.{form}"
    if form == "csv":
        path.write_text("\n".join(map(",".join, rows)), encoding="utf-8")
    else:
        book = openpyxl.Workbook()
        for cells in rows:
            book.worksheets[0].append(cells)
        book.save(path)
    findings = Findings()
    table = load_table(path, "t", findings)
    assert [str(p) for p in findings.problems] == [
        "t line 3: looks like a line of totals; delete the row"
    ]
    assert findings.refusals == []
    assert table is not None
    assert table.frame["unit_id"].tolist() == ["p1"]
    assert not table.complete


@pytest.mark.parametrize("word", ["p1", "somers", "summer", "total_care_1", "s-totaal1", "m01"])
def test_other_codes_are_no_totals(tmp_path: Path, word: str) -> None:
    (tmp_path / "t.csv").write_text(f"unit_id,site\n{word},s01\n")
    findings = Findings()
    load_table(tmp_path / "t.csv", "t", findings)
    assert findings.problems == []
