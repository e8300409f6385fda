"""Exports: every form says what plan.json says, and none of them runs what a text says."""

from __future__ import annotations

import json
import re
import sqlite3
import zipfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import openpyxl
import pandas as pd
import pytest

from recommender.errors import CannotWrite, UsageError
from recommender.export import targets
from recommender.export.manifest import Manifest
from recommender.export.pages.cards import file_name
from recommender.export.plan_json import read_plan_text
from recommender.export.tables import CSV_TABLES, frames_of
from recommender.export.targets import export_plan, stands_there, without_password
from recommender.inputs.catalogue import Text
from recommender.planning.plan.plan import Plan

Region = tuple[Plan, Manifest]


def xlsx(folder: Path, table: str) -> pd.DataFrame:
    return pd.read_excel(folder / "plan.xlsx", sheet_name=table, keep_default_na=False)


def from_csv(folder: Path, table: str) -> pd.DataFrame:
    return pd.read_csv(folder / f"{table}.csv", keep_default_na=False)


def dutch_csv(folder: Path, table: str) -> pd.DataFrame:
    path = folder / f"{table}.nl.csv"
    return pd.read_csv(path, sep=";", decimal=",", keep_default_na=False, encoding="utf-8-sig")


def parquet(folder: Path, table: str) -> pd.DataFrame:
    pytest.importorskip("pyarrow")
    return pd.read_parquet(folder / f"{table}.parquet")


def package(folder: Path, table: str) -> pd.DataFrame:
    return from_csv(folder / "package", table)


def from_json(folder: Path, table: str) -> pd.DataFrame:
    return frames_of(read_plan_text((folder / "plan.json").read_text("utf-8"), "plan.json"))[table]


def sqlite(folder: Path, table: str) -> pd.DataFrame:
    with closing(sqlite3.connect(folder / "plan.db")) as database:
        return pd.read_sql(f"SELECT * FROM {table}", database).drop(columns="run_id")


def everything(region: Region, folder: Path) -> None:
    """Export a plan in every form."""
    for target in ("plan.xlsx", "plan.json", "plan.html"):
        export_plan(*region, str(folder / target))
    export_plan(*region, f"sqlite:///{folder / 'plan.db'}")
    export_plan(*region, str(folder / "package" / "datapackage.json"))
    for table in CSV_TABLES:
        export_plan(*region, str(folder / f"{table}.csv"), table=table)
        export_plan(*region, str(folder / f"{table}.nl.csv"), table=table, decimal_comma=True)
        if pytest.importorskip("pyarrow"):
            export_plan(*region, str(folder / f"{table}.parquet"), table=table)


@pytest.fixture(scope="module")
def exported(region: Region, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("exports")
    everything(region, folder)
    return folder


@pytest.mark.many(12)
@pytest.mark.parametrize("form", [xlsx, from_csv, dutch_csv, parquet, from_json, sqlite, package])
@pytest.mark.parametrize("table", CSV_TABLES)
def test_every_form_adds_up_to_the_plan(
    region: Region, exported: Path, form: Callable[[Path, str], pd.DataFrame], table: str
) -> None:
    frame, found = frames_of(region[0])[table], form(exported, table)
    assert list(found.columns) == list(frame.columns)
    assert len(found) == len(frame)
    for column in frame.columns:
        if pd.api.types.is_numeric_dtype(frame[column]):
            assert found[column].sum() == pytest.approx(frame[column].sum(), rel=1e-11)
        else:
            assert found[column].tolist() == frame[column].tolist()


def test_the_overview_of_a_workbook_is_the_summary(region: Region, exported: Path) -> None:
    sheet = pd.read_excel(exported / "plan.xlsx", sheet_name="overview", keep_default_na=False)
    values = dict(zip(sheet["item"], sheet["value"], strict=True))
    summary = region[0].summary
    assert values["benefit"] == pytest.approx(summary.benefit)
    assert values["gap"] == pytest.approx(summary.gap)
    assert values["served"] == summary.served
    assert (sheet["item"] == "shortage").sum() == len(summary.shortages)


def test_a_workbook_is_ready_to_filter_and_print(exported: Path) -> None:
    book = openpyxl.load_workbook(exported / "plan.xlsx")
    assert book.sheetnames == [
        "overview",
        "sites",
        "professionals",
        "capacity",
        "why_not",
        *CSV_TABLES,
    ]
    for sheet in book.worksheets:
        assert sheet.freeze_panes == "A2"
        assert sheet.auto_filter.ref.startswith("A1:")
        assert sheet.print_title_rows == "$1:$1"
        assert sheet["A1"].font.bold
        assert sheet.print_area


def test_the_sheets_to_look_at_add_up_to_the_plan(region: Region, exported: Path) -> None:
    plan = region[0]
    sites, staff, capacity = (xlsx(exported, s) for s in ("sites", "professionals", "capacity"))
    assert sites["served"].sum() == plan.summary.served
    assert sites["pupils"].sum() == plan.summary.pupils
    assert sites["benefit"].sum() == pytest.approx(plan.summary.benefit)
    assert staff["hours"].sum() == pytest.approx(plan.caseload["hours"].sum())
    periods = [column for column in staff.columns if column.startswith("hours ")]
    assert staff[periods].to_numpy().sum() == pytest.approx(plan.caseload["hours"].sum())
    hours = plan.resources[plan.resources["resource"] == "hours"]
    assert capacity["used"].sum() == pytest.approx(hours["used"].sum())
    why = xlsx(exported, "why_not")
    assert why["pupils"].sum() == plan.not_served["pupils"].sum()
    assert why["benefit_forgone"].sum() == pytest.approx(plan.not_served["benefit_forgone"].sum())
    assert capacity["left"].sum() == pytest.approx((hours["capacity"] - hours["used"]).sum())
    assert "Teaching assistant" in set(staff["role"])


def test_a_dutch_workbook_says_the_same_in_dutch(region: Region, tmp_path: Path) -> None:
    for language in ("en", "nl"):
        path = str(tmp_path / f"{language}.xlsx")
        export_plan(*region, path, language=language, beside=[("other", *region)])
    english, dutch = (openpyxl.load_workbook(tmp_path / f"{code}.xlsx") for code in ("en", "nl"))
    looked_at = len(english.sheetnames) - len(CSV_TABLES)
    assert dutch.sheetnames[:2] == ["overzicht", "scholen"]
    assert dutch.sheetnames[looked_at:] == list(CSV_TABLES)
    for one, other in zip(english.worksheets, dutch.worksheets, strict=True):
        assert one.dimensions == other.dimensions
        numbers = [
            [cell.value for row in sheet.rows for cell in row if cell.data_type == "n"]
            for sheet in (one, other)
        ]
        assert numbers[0] == numbers[1]
    heads = [[cell.value for cell in next(sheet.rows)] for sheet in dutch.worksheets[:looked_at]]
    assert not {"served", "pupils", "benefit", "role"} & {name for row in heads for name in row}
    sheet = english["comparison"]
    assert [row[0].value for row in sheet.rows] == ["name", "base", "other"]


def test_figures_of_every_form_are_those_of_plan_json(region: Region, exported: Path) -> None:
    export_plan(*region, str(exported / "board.html"))
    text = (exported / "board.html").read_text("utf-8")
    summary = json.loads((exported / "plan.json").read_text("utf-8"))["summary"]
    forms = [xlsx, from_csv, dutch_csv, parquet, from_json, sqlite, package]
    for form in forms:
        offered, left = form(exported, "assignments"), form(exported, "not_served")
        hours = form(exported, "resources").query("resource == 'hours'")
        first = offered.drop_duplicates(["unit_id", "bundle", "period"])
        assert first["units"].sum() == summary["served"], form
        assert first["units"].sum() + left["pupils"].sum() == summary["pupils"], form
        assert offered["benefit"].sum() == pytest.approx(summary["benefit"], rel=1e-9), form
        assert hours["used"].sum() == pytest.approx(summary["hours_used"], rel=1e-9), form
        assert hours["capacity"].sum() == pytest.approx(summary["hours_capacity"], rel=1e-9)
    with closing(sqlite3.connect(exported / "plan.db")) as database:
        (runs,) = database.execute("SELECT served, benefit, hours_used FROM runs").fetchall()
    assert runs == (summary["served"], summary["benefit"], summary["hours_used"])
    facts = re.findall(r'class="big">([^<]+)<', text)
    assert facts[0] == f"{summary['served']:,.0f}"
    assert float(facts[1].replace(",", "")) == pytest.approx(summary["benefit"], abs=0.6)
    rows = re.findall(r"<td class=\"n\">([\d,]+) / ([\d,]+)</td>", text)
    by_role = len(region[0].resources.query("resource == 'hours'")["role"].unique())
    used = [float(number.replace(",", "")) for number, _ in rows[:by_role]]
    assert sum(used) == pytest.approx(summary["hours_used"], abs=by_role)


def test_a_report_adds_up_to_the_plan_like_every_other_form(region: Region, exported: Path) -> None:
    plan = region[0]
    text = (exported / "plan.html").read_text("utf-8")
    feet = re.findall(r"<tfoot>(.*?)</tfoot>", text, re.DOTALL)
    numbers = [re.findall(r">([\d,.]+)</td>", foot) for foot in feet]
    served, benefit = f"{plan.summary.served:,.0f}", f"{plan.summary.benefit:,.2f}"
    assert sum(served in row for row in numbers) == 2
    assert sum(benefit in row for row in numbers) == 3
    left = f"{plan.not_served['pupils'].sum():,.0f}"
    forgone = f"{plan.not_served['benefit_forgone'].sum():,.2f}"
    assert [left, forgone] in numbers


def test_a_report_for_coordinators_has_its_cards_beside_it(region: Region, tmp_path: Path) -> None:
    export_plan(*region, str(tmp_path / "a b.html"), audience="coordinator", language="nl")
    text = (tmp_path / "a b.html").read_text("utf-8")
    links = [unquote(link) for link in re.findall(r'href="([^"#]+)"', text)]
    found = {p.relative_to(tmp_path).as_posix() for p in (tmp_path / "a b_cards").iterdir()}
    assert set(links) == found
    plan = region[0]
    cards = "".join((tmp_path / link).read_text("utf-8") for link in links)
    assert all(f">{unit}<" in cards for unit in plan.profiles["unit_id"].unique())
    assert stands_there(str(tmp_path / "a b.html"))


def test_cards_of_a_report_never_go_into_a_plan_beside_it(region: Region, tmp_path: Path) -> None:
    (tmp_path / "plan").mkdir()
    assert not stands_there(str(tmp_path / "plan.html"))
    export_plan(*region, str(tmp_path / "plan.html"), audience="coordinator")
    assert not any((tmp_path / "plan").iterdir())


IDS = [
    "../../../etc/passwd",
    "/etc/passwd",
    "..",
    "con",
    "a/b",
    "A",
    "x" * 300,
    "\x00",
    "é",
    "-",
    "",
]


@pytest.mark.many(4)
@pytest.mark.parametrize("site", IDS)
def test_no_site_id_leads_a_file_out_of_its_folder(
    region: Region, tmp_path: Path, site: str
) -> None:
    plan, manifest = region
    hostile = replace(
        plan,
        assignments=plan.assignments.assign(site=site),
        not_served=plan.not_served.assign(site=site),
    )
    export_plan(hostile, manifest, str(tmp_path / "in" / "r.html"), audience="coordinator")
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {path.parent.relative_to(tmp_path).as_posix() for path in files} == {"in", "in/r_cards"}
    assert len(files) == 2
    assert re.fullmatch(r"[a-z0-9_-]+", file_name(site))


def test_two_sites_never_share_a_file() -> None:
    assert len({file_name(site) for site in IDS}) == len(IDS)
    assert file_name("s01") == "s01"
    made = file_name("A")
    assert file_name(made) != made


def test_a_target_is_shown_without_what_it_hides() -> None:
    shown = without_password("postgresql://me:secret@host/db?password=secret")
    assert shown == "postgresql://host/db"
    assert without_password("plan.xlsx") == "plan.xlsx"


def test_the_runs_of_a_database_hold_the_summary(region: Region, exported: Path) -> None:
    with closing(sqlite3.connect(exported / "plan.db")) as database:
        runs = pd.read_sql("SELECT * FROM runs", database)
    assert runs["benefit"].tolist() == [region[0].summary.benefit]
    assert runs["shortages"].tolist() == [len(region[0].summary.shortages)]


def test_a_run_is_written_to_a_database_once_and_another_run_beside_it(
    region: Region, tmp_path: Path
) -> None:
    plan, manifest = region
    other = replace(plan, summary=replace(plan.summary, seed=99))
    url = f"sqlite:///{tmp_path / 'deep' / 'plan.db'}"
    for _ in range(2):
        export_plan(plan, manifest, url)
        export_plan(other, manifest, url)
    with closing(sqlite3.connect(tmp_path / "deep" / "plan.db")) as database:
        (runs,) = database.execute("SELECT count(*) FROM runs").fetchone()
        (rows,) = database.execute("SELECT count(*) FROM assignments").fetchone()
    assert runs == 2
    assert rows == 2 * len(plan.assignments)


def test_a_database_that_fails_half_way_is_as_it_was(
    region: Region, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from recommender.export.formats import database as databases

    url, insert = f"sqlite:///{tmp_path / 'plan.db'}", databases._insert
    export_plan(*region, url)
    before = (tmp_path / "plan.db").read_bytes()

    def failing(door: Any, name: str, *rest: Any) -> None:
        if name == "resources":
            raise sqlite3.OperationalError("disk is full")
        insert(door, name, *rest)

    monkeypatch.setattr(databases, "_insert", failing)
    with pytest.raises(CannotWrite, match="as it was"):
        export_plan(*region, url)
    with closing(sqlite3.connect(tmp_path / "plan.db")) as database:
        (rows,) = database.execute("SELECT count(*) FROM assignments").fetchone()
    assert rows == len(region[0].assignments)
    assert (tmp_path / "plan.db").read_bytes() == before


PAYLOADS = [
    "=1+1",
    "+1",
    "-1+2",
    "@SUM(1)",
    "\t=1",
    '=HYPERLINK("http://x")',
    "a\x00b\x07",
    "x\n=1",
]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_text_becomes_a_formula_or_breaks_a_workbook(
    region: Region, tmp_path: Path, payload: str
) -> None:
    plan, manifest = region
    hostile = replace(
        plan,
        assignments=plan.assignments.assign(unit_id=payload, **{payload: payload}),
        caseload=plan.caseload.assign(professional_id=payload, period=payload),
        summary=replace(plan.summary, engine=payload),
    )
    names = tuple(replace(name, text=Text(en=payload)) for name in manifest.names)
    export_plan(hostile, replace(manifest, names=names), str(tmp_path / "plan.xlsx"))
    with zipfile.ZipFile(tmp_path / "plan.xlsx") as archive:
        sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
        assert not [name for name in sheets if b"<f>" in archive.read(name)]
        names = archive.namelist()
    assert not [name for name in names if "external" in name.lower()]
    book = openpyxl.load_workbook(tmp_path / "plan.xlsx")
    assert all(cell.data_type != "f" for page in book for row in page.rows for cell in row)


def test_ids_cannot_break_out_of_a_database(region: Region, tmp_path: Path) -> None:
    plan, manifest = region
    hostile = replace(
        plan,
        assignments=plan.assignments.assign(unit_id="x'); DROP TABLE runs; --").rename(
            columns={"lot": 'lot"; DROP TABLE runs; --'}
        ),
    )
    export_plan(hostile, manifest, f"sqlite:///{tmp_path / 'plan.db'}")
    with closing(sqlite3.connect(tmp_path / "plan.db")) as database:
        (runs,) = database.execute("SELECT count(*) FROM runs").fetchone()
    assert runs == 1


@pytest.mark.parametrize("target", ["plan.pdf", "plan", "mysql://x/y", "plan.XLS"])
def test_a_form_that_is_not_known_is_refused(region: Region, tmp_path: Path, target: str) -> None:
    with pytest.raises(UsageError, match="does not say its form"):
        export_plan(*region, str(tmp_path / target))


def test_a_table_that_is_not_known_is_refused(region: Region, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no table 'x'"):
        export_plan(*region, str(tmp_path / "plan.csv"), table="x")


@pytest.mark.parametrize("suffix", [".csv", ".xlsx", ".json", ".html", ".parquet"])
def test_a_place_that_cannot_be_written_leaves_nothing(
    region: Region, tmp_path: Path, suffix: str
) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(CannotWrite):
        export_plan(*region, str(tmp_path / "file" / f"plan{suffix}"))
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_table_longer_than_a_sheet_is_refused(
    region: Region, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("recommender.export.formats.workbook.MOST_ROWS", 3)
    with pytest.raises(UsageError, match="more than a sheet holds"):
        export_plan(*region, str(tmp_path / "plan.xlsx"))


def test_parquet_without_its_library_says_what_to_install(
    region: Region, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(*_: Any, **__: Any) -> None:
        raise ImportError

    monkeypatch.setattr(pd.DataFrame, "to_parquet", missing)
    with pytest.raises(CannotWrite, match=r"recommender\[parquet\]"):
        export_plan(*region, str(tmp_path / "plan.parquet"))
    assert list(tmp_path.iterdir()) == []


def test_json_exported_is_the_plan(region: Region, exported: Path) -> None:
    again = read_plan_text((exported / "plan.json").read_text("utf-8"), "plan.json")
    assert again.summary == region[0].summary
    assert json.loads((exported / "plan.json").read_text("utf-8"))["format"]
    assert targets.SQLITE == "sqlite:///"
