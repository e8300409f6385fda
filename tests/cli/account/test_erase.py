"""One child out of everything: neither a file of the workspace nor its log holds the id."""

from __future__ import annotations

import csv
import json
import re
import zipfile
from pathlib import Path

import openpyxl
import pytest

from recommender.inputs.formats.rows_of_unit import table_without_unit


def mentions(folder: Path, unit: str) -> list[str]:
    """The files below a folder that hold an id, archives opened; written without the program."""
    word = re.compile(rf"(?<![\w-]){re.escape(unit)}(?![\w-])".encode())
    found = []
    for path in folder.rglob("*"):
        if path.is_file():
            parts = [path.read_bytes()]
            if zipfile.is_zipfile(path):
                with zipfile.ZipFile(path) as archive:
                    parts += [archive.read(name) for name in archive.namelist()]
            if any(word.search(part) for part in parts):
                found.append(path.relative_to(folder).as_posix())
    return sorted(found)


def a_child_of(plan: Path) -> str:
    with (plan / "assignments.csv").open(newline="") as file:
        return next(csv.DictReader(file))["unit_id"]


def test_a_child_is_out_of_tables_plans_comparisons_and_exports(workspace, run):
    plan = workspace / "plan"
    unit = a_child_of(plan)
    assert run("export", plan, "--to", workspace / "sheet.xlsx").code == 0
    assert run("compare", workspace, "-o", workspace / "beside", "--gap", "20%", "-q").code in (
        0,
        5,
    )
    before = mentions(workspace, unit)
    assert {"data/pupils.csv", "plan/plan.json", "sheet.xlsx"} <= set(before)
    said = run("erase", unit, workspace)
    assert said.code == 0, said.err
    assert mentions(workspace, unit) == []
    assert not (workspace / "sheet.xlsx").exists()
    assert len(mentions(workspace, "benefit")) > 0


def test_what_counts_many_children_stays(workspace, run):
    plan = workspace / "plan"
    unit = a_child_of(plan)
    before = json.loads((plan / "plan.json").read_text())["summary"]
    assert run("erase", unit, workspace).code == 0
    assert json.loads((plan / "plan.json").read_text())["summary"] == before


def test_the_log_keeps_that_somebody_was_erased_and_verify_says_so(workspace, run):
    plan = workspace / "plan"
    unit = a_child_of(plan)
    assert run("erase", unit, workspace).code == 0
    log = (workspace / ".audit" / "log.jsonl").read_text()
    assert '"action":"erase"' in log
    assert unit not in log
    assert run("audit", "verify", workspace).code == 0
    said = run("verify", plan)
    assert said.code == 0, said.err
    assert "erased" in said.out
    page = plan / "report.html"
    page.write_text(page.read_text().replace("</body>", "<p>more</p></body>"))
    assert run("verify", plan).code == 1


def test_erasing_again_finds_nobody(workspace, run):
    unit = a_child_of(workspace / "plan")
    assert run("erase", unit, workspace).code == 0
    before = (workspace / ".audit" / "log.jsonl").read_bytes()
    again = run("erase", unit, workspace, "--json")
    assert again.code == 0
    assert json.loads(again.out)["found"] is False
    assert (workspace / ".audit" / "log.jsonl").read_bytes() == before


def test_a_file_that_is_no_export_is_named_and_left(workspace, run):
    unit = a_child_of(workspace / "plan")
    (workspace / "mine.txt").write_text(f"call {unit} back")
    said = run("erase", unit, workspace)
    assert said.code == 1
    assert "mine.txt" in said.err
    assert (workspace / "mine.txt").exists()


@pytest.mark.parametrize("separator", [",", ";"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_other_rows_of_a_text_stay_byte_for_byte(tmp_path, separator, encoding):
    rows = ["unit_id,text", 'p1,"a\r\nb, é"', "P2,x", 'p3,"say ""p2"""', "", "p2,last"]
    text = "\r\n".join(row.replace(",", separator) for row in rows) + "\r\n"
    path = tmp_path / "notes.csv"
    path.write_bytes(text.encode(encoding))
    data, gone = table_without_unit(path, "p2")
    kept = [row for row in rows if not row.casefold().startswith("p2")]
    assert gone == 2
    assert data == ("\r\n".join(r.replace(",", separator) for r in kept) + "\r\n").encode(encoding)


def test_a_sheet_loses_the_rows_of_a_child_whose_id_is_a_number(tmp_path):
    book = openpyxl.Workbook()
    for row in (["unit_id", "site"], [12, "a"], [123, "b"], [12, "c"]):
        book.active.append(row)
    book.save(tmp_path / "pupils.xlsx")
    data, gone = table_without_unit(tmp_path / "pupils.xlsx", "12")
    (tmp_path / "left.xlsx").write_bytes(data)
    left = openpyxl.load_workbook(tmp_path / "left.xlsx").active
    assert gone == 2
    assert list(left.iter_rows(values_only=True)) == [("unit_id", "site"), (123, "b")]


def test_what_was_exported_is_removed_or_named_and_the_rest_stays(workspace, run):
    plan = workspace / "plan"
    unit = a_child_of(plan)
    for to in ("pk/datapackage.json", "a.ics", "cards.html", f"sqlite:///{workspace}/a.sqlite"):
        to = to if ":" in to else workspace / to
        assert run("export", plan, "--to", to, "--audience", "coordinator").code == 0
    (workspace / "old.txt").write_bytes(f"\ufeff{unit}\r\n".encode("utf-16-le"))
    said = json.loads(run("erase", unit, workspace, "--json").out)
    assert said["remains"] == ["a.sqlite", "old.txt"]
    own = ("datapackage.json", "a.ics", "cards.html")
    assert [name for name in said["exports_elsewhere"] if name.startswith(own)] == []
    assert "pk/assignments.csv" in said["exports_removed"]
    assert mentions(workspace, unit) == []
    assert (workspace / "a.ics").exists() != ("a.ics" in said["exports_removed"])
    (workspace / "a.sqlite").unlink()
    (workspace / "old.txt").unlink()
    assert run("erase", unit, workspace).code == 0


def test_a_file_that_cannot_be_read_stops_no_erasure_and_is_named(workspace, run):
    unit = a_child_of(workspace / "plan")
    (workspace / "data" / "notes.xlsx").write_bytes(b"PK\3\4 torn")
    (workspace / "plan" / "mine.txt").write_text("not of the plan")
    said = run("erase", unit, workspace)
    assert said.code == 1
    assert "data/notes.xlsx" in said.err
    assert "mine.txt" in said.err
    assert unit not in (workspace / "data" / "pupils.csv").read_text()
