"""What was meant to be read is read, or stops: nothing falls away and so permits everything."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from recommender.inputs import read_workspace
from recommender.inputs.checks.headers import near_misses
from recommender.inputs.findings import Findings
from recommender.inputs.folder.not_read import note, what_is_beside
from recommender.inputs.readers.cohort_tables import PROFILE_COLUMNS, UNIT_COLUMNS
from recommender.inputs.readers.resource_tables import PROFESSIONAL_COLUMNS, SITE_COLUMNS

Make = Callable[..., Path]
Say = Callable[[Path], list[str]]

P, S, W = "data/pupils.csv", "data/sites.csv", "data/professionals.csv"
COLUMNS = {
    P: (*UNIT_COLUMNS, "language_lag_only"), S: SITE_COLUMNS, W: PROFESSIONAL_COLUMNS,
    "data/profiles.csv": PROFILE_COLUMNS,
}  # fmt: skip
RUNNING = "unit_id,intervention,period\np01,small_group_tuition,winter\n"
SAID = "unit_id,intervention,decision\np01,small_group_tuition,forbid\n"


def as_sheet(root: Path, file: str) -> openpyxl.Workbook:
    """The table as a workbook that takes its place once it is saved."""
    path = root / file
    book = openpyxl.Workbook()
    with path.open(encoding="utf-8", newline="") as lines:
        for row in csv.reader(lines):
            book.active.append([cell or None for cell in row])
    path.unlink()
    return book


@pytest.mark.many(8)
@pytest.mark.parametrize(
    ("file", "name", "instead"),
    [
        (P, "consent", "Consent"),
        (P, "consent", "con sent"),
        (P, "consent", "con\u200bsent"),
        (P, "consent", "\u202aconsent"),
        (P, "consent", "сonsent"),
        (P, "consent", "consent (ja/nee)"),
        (P, "consent", "consent ja/nee"),
        (P, "consent", "toestemming"),
        (P, "consent", "consnet"),
        (P, "must_serve", "must-serve"),
        (P, "must_serve", "Must Serve"),
        (P, "must_serve", "zorgplicht"),
        (P, "completed", "compléted"),
        (P, "family_id", "FamilyID"),
        (P, "language_lag_only", "Language_lag_only"),
        (P, "unit_id", "leerlingnummer"),
        (P, "site", "sites"),
        (P, "grade", "groep"),
        (W, "sites", "site"),
        (W, "sites", "scholen"),
        (W, "period", "periode"),
        (W, "hours", "hours [per week]"),
        (W, "professional_id", "proffesional_id"),
        (S, "board", "Board"),
        ("data/profiles.csv", "standard_error", "standard error"),
    ],
)
def test_a_header_that_is_nearly_right_is_taken_for_the_name_meant(
    file: str, name: str, instead: str
) -> None:
    known = COLUMNS[file]
    assert near_misses([instead if h == name else h for h in known], known) == {instead: name}


@pytest.mark.many(3)
@pytest.mark.parametrize(
    "word", ["score_2", "given", "consequence", "remark", "school_changes", "sitting", "p01"]
)
def test_another_name_is_not_taken_for_a_near_miss(word: str) -> None:
    known = (*COLUMNS[P][:2], "score_1", *COLUMNS[P][3:])
    assert near_misses([*(k for k in known if k not in ("score_1", "consent")), word], known) == {}


@pytest.mark.parametrize("suffix", [".csv", ".xlsx", ".parquet"])
def test_it_stops_in_every_form_of_a_table(workspace: Make, problems: Say, suffix: str) -> None:
    root = workspace((P, "consent", "Consent"))
    if suffix == ".xlsx":
        as_sheet(root, P).save(root / "data/pupils.xlsx")
    if suffix == ".parquet":
        pd.read_csv(root / P, dtype=str, keep_default_na=False).to_parquet(
            root / "data/pupils.parquet"
        )
        (root / P).unlink()
    assert problems(root) == [
        f"data/pupils{suffix} line 1: has no column 'consent'; is it 'Consent'? rename that"
    ]


def test_a_site_column_that_is_nearly_right_does_not_mean_everywhere(
    workspace: Make, problems: Say
) -> None:
    root = workspace((W, "hours,sites", "hours,site"))
    assert problems(root) == [f"{W} line 1: has no column 'sites'; is it 'site'? rename that"]


def test_marks_that_nobody_sees_are_written_out(workspace: Make, problems: Say) -> None:
    root = workspace((P, "consent", "con\u200bsent"))
    assert problems(root) == [
        f"{P} line 1: has no column 'consent'; is it 'con<U+200B>sent'? rename that"
    ]


def test_history_stops_for_the_help_that_was_given(with_history: Make, problems: Say) -> None:
    root = with_history(("data/history.csv", "intervention,", "Intervention,"))
    assert problems(root) == [
        "data/history.csv line 1: has no column 'intervention'; is it 'Intervention'? rename that"
    ]


@pytest.mark.parametrize(
    ("file", "text", "name", "instead"),
    [
        ("data/commitments.csv", RUNNING, "period", "Periode"),
        ("data/commitments.csv", RUNNING, "unit_id", "Unit-ID"),
        ("data/decisions.csv", SAID, "decision", "Decisions"),
        ("data/decisions.csv", SAID, "decision", "besluit"),
        ("data/notes.csv", "unit_id,date,text\np01,2026-01-02,well\n", "text", "tekst"),
    ],
)
def test_every_other_table_stops_too(
    workspace: Make, problems: Say, file: str, text: str, name: str, instead: str
) -> None:
    root = workspace((file, "", text.replace(name, instead, 1)))
    assert problems(root) == [
        f"{file} line 1: has no column '{name}'; is it '{instead}'? rename that"
    ]


def test_a_column_and_its_near_miss_do_not_stand_side_by_side(
    workspace: Make, problems: Say
) -> None:
    root = workspace((P, "language_lag_only,sex", "language_lag_only,Consent"))
    assert problems(root) == [
        f"{P} line 1: consent stands beside 'Consent', which is the same name; keep one of the two "
        "columns"
    ]


def test_a_declared_name_is_no_near_miss(workspace: Make, problems: Say) -> None:
    declared = (
        "  language_lag_only:\n", "  languages:\n    type: text\n    use: [audit_only]\n"
        "    label: {en: a, nl: a}\n    source: {en: a, nl: a}\n    purpose: {en: a, nl: a}\n"
        "    legal_basis: {en: a, nl: a}\n    retention: 2027-08-01\n    sensitivity: personal\n"
        "  language_lag_only:\n",
    )  # fmt: skip
    root = workspace(("planning.yaml", *declared), (P, "language,", "languages,"))
    assert [p for p in problems(root) if "is it" in p] == []


def test_a_first_row_of_data_is_said_once_and_never_shown(workspace: Make, problems: Say) -> None:
    root = workspace()
    text = (root / P).read_text("utf-8").partition("\n")[2]
    (root / P).write_text(text.replace("nl,given,,", "Sjoerd,given,,", 1), "utf-8")
    (said,) = problems(root)
    assert "names none of the columns unit_id, site, grade" in said
    assert "Sjoerd" not in said


@pytest.mark.many(9)
@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("data/Commitments.csv", "data/commitments.csv"),
        ("data/commitment.csv", "data/commitments.csv"),
        ("data/comitments.csv", "data/commitments.csv"),
        ("data/commitments.CSV", "data/commitments.csv"),
        ("data/commitments.xls", "data/commitments.csv"),
        ("data/commitments.ods", "data/commitments.csv"),
        ("data/commitments.txt", "data/commitments.csv"),
        ("data/commitments", "data/commitments.csv"),
        ("data/commitments.csv.xlsx", "data/commitments.csv"),
        ("data/commitments (1).csv", "data/commitments.csv"),
        ("data/commitments - kopie.csv", "data/commitments.csv"),
        ("data/Kopie van commitments.csv", "data/commitments.csv"),
        ("data/commitments 2026-11-30.csv", "data/commitments.csv"),
        ("data/toezeggingen.xlsx", "data/commitments.csv"),
        ("commitments.csv", "data/commitments.csv"),
        ("Data/commitments.csv", "data/commitments.csv"),
        ("data/2026/commitments.csv", "data/commitments.csv"),
        ("data/Decisions.xlsx", "data/decisions.csv"),
        ("data/besluiten.csv", "data/decisions.csv"),
        ("data/Historie.csv", "data/history.csv"),
        ("Planning.yaml", "planning.yaml"),
        ("planning.yml", "planning.yaml"),
        ("intervention.yaml", "interventions.yaml"),
        ("scenarios.yml", "scenarios/scenarios.yaml"),
        ("Scenarios/less.yaml", "scenarios/less.yaml"),
        ("scenarios/less.YAML", "scenarios/less.yaml"),
        ("scenarios/less.yaml.txt", "scenarios/less.yaml"),
        ("data/pupils (1).csv", "data/pupils.csv"),
        ("data/Professionals.xlsx", "data/professionals.csv"),
    ],
)
def test_a_file_name_that_is_nearly_right_stops_with_the_name_meant(
    workspace: Make, name: str, meant: str
) -> None:
    root, findings = workspace((name, "", "x\n")), Findings()
    note(what_is_beside(root), root, findings)
    (said,) = map(str, findings.problems)
    assert said.startswith(f"{name}: is not read, and seems to be {meant};")


@pytest.mark.parametrize("name", ["pupils.CSV", "Pupils.csv", "pupil.csv", "pupils.ods"])
def test_the_only_table_of_pupils_under_a_wrong_name_is_said_once(
    workspace: Make, problems: Say, name: str
) -> None:
    root = workspace()
    (root / P).rename(root / "data" / name)
    (said,) = problems(root)
    assert said.startswith(
        f"data/{name}: is not read, and seems to be {P}; save it as {P} or .xlsx"
    )


def test_another_word_for_a_table_that_is_there_is_a_warning(
    workspace: Make, problems: Say, warnings: Say
) -> None:
    root = workspace(("data/leerlingen.xlsx", "", "x"))
    assert problems(root) == []
    (said,) = warnings(root)
    assert said.startswith("data/leerlingen.xlsx: is not read;")


@pytest.mark.parametrize("name", ["data/~$pupils.xlsx", "data/.~lock.pupils.csv#"])
def test_a_table_that_is_open_elsewhere_is_warned_about(
    workspace: Make, problems: Say, warnings: Say, name: str
) -> None:
    root = workspace((name, "", "x"))
    assert problems(root) == []
    (said,) = warnings(root)
    assert said.startswith(f"{name}: says that pupils.")
    assert "is open; save and close it" in said


@pytest.mark.parametrize(
    ("kind", "name", "text"),
    [
        ("EDEXML", "data/EDEX.xml", "<?xml version='1.0'?><EDEX></EDEX>"),
        ("EDEXML", "data/leerlingen.xml", "<?xml version='1.0'?>\n<EDEX xmlns='x'></EDEX>"),
        ("OneRoster", "data/users.csv", "sourcedId,status\nu1,active\n"),
        ("OneRoster", "data/classes.csv", '"sourcedId","status"\n"c1","active"\n'),
        ("OneRoster", P, '"sourcedId","status","role"\n"u1","active","student"\n'),
    ],
)
def test_a_roster_is_recognised_with_one_message(
    workspace: Make, problems: Say, kind: str, name: str, text: str
) -> None:
    root = workspace()
    (root / P).unlink()
    (root / name).write_text(text, "utf-8")
    (said,) = problems(root)
    assert said.startswith(f"{name}: is a roster in {kind} format, which is not read as it stands")
    assert "write data/pupils.csv with unit_id, site and grade" in said


@pytest.mark.parametrize("column", ["must_serve", "completed", "consent", "site"])
def test_a_formula_without_a_result_is_not_an_empty_cell(
    workspace: Make, problems: Say, column: str
) -> None:
    root = workspace()
    book = as_sheet(root, P)
    place = [cell.value for cell in book.active[1]].index(column) + 1
    book.active.cell(4, place).value = "=IF(1,1,0)"
    book.save(root / "data/pupils.xlsx")
    assert problems(root) == [
        f"data/pupils.xlsx line 4: {column} holds a formula without a stored result; open it in a "
        "spreadsheet program and save it, or write the value itself"
    ]


def test_a_formula_beside_what_is_read_stops_nothing(workspace: Make, problems: Say) -> None:
    root = workspace()
    book = as_sheet(root, P)
    book.active.cell(1, 11).value = "remark"
    book.active.cell(2, 11).value = "=A2"
    book.save(root / "data/pupils.xlsx")
    assert problems(root) == []


def test_merged_cells_are_not_empty_ones(workspace: Make, problems: Say) -> None:
    root = workspace()
    book = as_sheet(root, W)
    book.active.merge_cells("D2:D3")
    book.save(root / "data/professionals.xlsx")
    assert problems(root) == [
        "data/professionals.xlsx line 2: sites is merged with other cells (rows 2 to 3); undo the "
        "merging and fill every cell"
    ]


def test_hidden_rows_columns_and_sheets_are_told_and_read(
    workspace: Make, problems: Say, warnings: Say
) -> None:
    root = workspace()
    book = as_sheet(root, P)
    book.active.row_dimensions[3].hidden = True
    book.active.column_dimensions["C"].hidden = True
    book.save(root / "data/pupils.xlsx")
    assert problems(root) == []
    said = warnings(root)
    assert any("line 3: is hidden or filtered away, and read (1 rows)" in w for w in said)
    assert any("has hidden columns, which are read (1)" in w for w in said)
    assert len(read_workspace(root).cohort.units) == 8


@pytest.mark.parametrize("mark", ["#N/B", "#WAARDE!", "Err:502"])
def test_the_mark_of_a_failed_formula_is_not_a_value(
    workspace: Make, problems: Say, mark: str
) -> None:
    root = workspace((P, "p02,s01,3,f02,nl,given,,", f"p02,s01,3,{mark},nl,given,,"))
    assert problems(root) == [
        f"{P} line 3: family_id holds {mark}, the mark of a formula that failed; write the value "
        "itself, or empty the cell when it is not known"
    ]


@pytest.mark.parametrize("line", ["sep=;", '"sep=;"', "SEP=,", "sep=\t"])
def test_a_word_to_a_spreadsheet_program_is_one_message(
    workspace: Make, problems: Say, line: str
) -> None:
    root = workspace()
    (root / P).write_text(f"{line}\n" + (root / P).read_text("utf-8"), "utf-8")
    (said,) = problems(root)
    assert said.casefold().startswith(f"{P} line 1: is 'sep=")


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_title_above_the_header_is_one_message(workspace: Make, problems: Say, form: str) -> None:
    root = workspace()
    text = "School One 2026,,,,,,,,,\n\n" + (root / P).read_text("utf-8")
    (root / P).write_text(text, "utf-8")
    file = P
    if form == "xlsx":
        as_sheet(root, P).save(root / "data/pupils.xlsx")
        file = "data/pupils.xlsx"
    assert problems(root) == [
        f"{file} line 1: names no columns, line 3 does; delete what stands above line 3"
    ]


@pytest.mark.parametrize("column", ["consent", "must_serve"])
def test_a_column_that_planning_counts_on_may_not_be_absent(
    workspace: Make, problems: Say, column: str
) -> None:
    root = workspace()
    rows = [line.split(",") for line in (root / P).read_text("utf-8").splitlines()]
    place = rows[0].index(column)
    kept = [",".join(row[:place] + row[place + 1 :]) for row in rows]
    (root / P).write_text("\n".join(kept) + "\n", "utf-8")
    (said,) = problems(root)
    assert said.startswith(f"{P} line 1: has no column '{column}', which ")
