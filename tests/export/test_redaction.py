"""Every audience, every form: what leaves the house for anyone names nobody and counts no few."""

from __future__ import annotations

import json
import re
import sqlite3
import zipfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from recommender.errors import PrivacyRefusal, UsageError
from recommender.export.disclosure import rounding
from recommender.export.disclosure.disclosed_plan import KEYS, OPEN_TABLES
from recommender.export.disclosure.small_counts import hide_served_alike
from recommender.export.manifest import Manifest
from recommender.export.pages.report import open_plan
from recommender.export.redaction import Inside, InsideComparison
from recommender.export.targets import export_comparison, export_plan
from recommender.planning.plan.plan import Plan
from recommender.scenarios.comparison import Comparison, Side, no_rows

Region = tuple[Plan, Manifest]

AUDIENCES = ("coordinator", "board", "policy", "public")
PLAN_TARGETS = (
    "x.html", "x.csv", "x.parquet", "x.xlsx", "x.json", "x.ics", "d/datapackage.json", "sqlite",
)  # fmt: skip
SHOW_ALL = {"x.ics", "d/datapackage.json", "sqlite"}
COUNTS = ("pupils", "served", "owed", "met", "short", "new", "lost", "other", "better", "worse")


def texts(folder: Path) -> str:
    """All that the files below a folder say, zipped or in a database too."""
    found = []
    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        data = path.read_bytes()
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                found += [archive.read(name).decode() for name in archive.namelist()]
        elif path.suffix == ".parquet":
            found.append(pd.read_parquet(path).to_csv())
        elif data.startswith(b"SQLite"):
            with closing(sqlite3.connect(path)) as database:
                found += list(database.iterdump())
        else:
            found.append(data.decode())
    return "\n".join(found)


def few_in(tables: dict[str, pd.DataFrame]) -> list[tuple[str, str, float]]:
    """Every count of pupils from 1 to 9."""
    return [
        (name, column, value)
        for name, table in tables.items()
        for column in COUNTS
        if column in table
        for value in pd.to_numeric(table[column], errors="coerce").tolist()
        if 0 < value < 10
    ]


@pytest.fixture(scope="module")
def tiny(make: Callable[..., Region]) -> Region:
    """A plan of 60 pupils at three schools, with few of many things."""
    plan, manifest = make(5, 60, 3)
    return plan, replace(manifest, equity=())


def comparison_of(plan: Plan) -> Comparison:
    """Three ways that differ little, and who moves between them."""
    served = plan.summary.served
    base = Side(
        "scenario", "base", "base", "base", 40.123, 40.123, 4.05, 33.3, 46.7, 0.0, None, 0.0, 1,
        60, 50, served, 7, 6.0, 1.0, 3.5, 1003.0, 997.0, 6.0, 415.0, None, 0.31415, "site",
        "school_1", 0.1234, 0.2345, 41.0, 0.01, "optimal", 1.0, "",
    )  # fmt: skip
    names = ("base", "one_less", "by_lot")
    counts = {"base": [12.0, 15.0, 9.0], "one_less": [11.0, 15.0, 10.0], "by_lot": [13.0, 13, 10]}
    units = plan.profiles["unit_id"].unique()[:3].tolist()
    moved = pd.DataFrame(
        [("base", "one_less", unit, "school_1", "loses", 1.0, "a@w", "nothing", 0.4, 0.0, -0.4,
          "why", 0.0, 1.0, 0.0, 0.0, 1.0) for unit in units],
        columns=no_rows("moved").columns,
    )  # fmt: skip
    return Comparison(
        sides=tuple(replace(base, name=name, served=sum(counts[name])) for name in names),
        deciles=pd.DataFrame(
            [(name, tenth, 30.0, n, 1.2345, 0.1, 0.2)
             for name in names for tenth, n in enumerate(counts[name], 1)],
            columns=["side", "decile", "pupils", "served", "benefit", "lowest", "highest"],
        ),
        hours=pd.DataFrame(
            [(name, role, 100.0, used, 100 - used, pupils)
             for name in names for role, used, pupils in
             (("teacher", 83.0, 21.0), ("coach", 9.0, 4.0 if name == "base" else 12.0),
              ("nurse", 31.0, 17.0))],
            columns=["side", "role", "capacity", "used", "left", "pupils"],
        ),
        groups=pd.DataFrame(
            [(name, "site", f"school_{k}", 30.0, n, 2.0, 0.03)
             for name in names for k, n in enumerate(counts[name], 1)],
            columns=["side", "column", "group", "pupils", "served", "benefit", "share"],
        ),
        shortages=no_rows("shortages"), moved=moved, seed=0, asked_gap=0.01, synthetic=True,
        changes=pd.DataFrame(
            [("base", "one_less", 36.0, 35.0, 2.0, 3.0, 0.0, 31.0, 2.0, 3.0, -0.4321)],
            columns=no_rows("changes").columns,
        ),
    )  # fmt: skip


@pytest.mark.many(12)
@pytest.mark.parametrize(("audience", "target"), list(product(AUDIENCES, PLAN_TARGETS)))
def test_no_form_of_a_plan_shows_a_pupil_to_who_may_not_see_one(
    tiny: Region, tmp_path: Path, audience: str, target: str
) -> None:
    plan, manifest = tiny
    place = f"sqlite:///{tmp_path / 'x.db'}" if target == "sqlite" else str(tmp_path / target)
    (tmp_path / "d").mkdir()
    inside = audience in ("coordinator", "board")
    if target == "x.ics":
        pytest.importorskip("icalendar")
    tables = [*OPEN_TABLES] if target in ("x.csv", "x.parquet") else ["assignments"]
    if inside:
        export_plan(plan, manifest, place, audience=audience)
        assert texts(tmp_path)
        return
    if target in SHOW_ALL:
        with pytest.raises(PrivacyRefusal, match=r"end the target with \.html"):
            export_plan(plan, manifest, place, audience=audience)
        assert texts(tmp_path) == ""
        return
    people = {*plan.profiles["unit_id"], *plan.caseload["professional_id"]}
    for table in tables:
        export_plan(plan, manifest, place, audience=audience, table=table)
        said = texts(tmp_path)
        assert said
        assert not [person for person in people if person in said]
    assert few_in(open_plan(plan, manifest).tables()) == []


@pytest.mark.parametrize("table", ["assignments", "not_served", "caseload", "profiles"])
@pytest.mark.parametrize("form", [".csv", ".parquet"])
def test_a_table_by_unit_is_refused_to_anyone(
    tiny: Region, tmp_path: Path, table: str, form: str
) -> None:
    with pytest.raises(PrivacyRefusal, match="choose --table totals, risk"):
        export_plan(*tiny, str(tmp_path / f"x{form}"), table=table, audience="public")
    with pytest.raises(UsageError, match="there is no table 'nothing'"):
        export_plan(*tiny, str(tmp_path / f"x{form}"), table="nothing", audience="public")


@pytest.mark.many(5)
@pytest.mark.parametrize("target", ["x.html", "x.csv", "x.xlsx", "x.json"])
@pytest.mark.parametrize("audience", AUDIENCES)
def test_no_form_of_a_comparison_shows_a_pupil_to_who_may_not_see_one(
    tiny: Region, tmp_path: Path, audience: str, target: str
) -> None:
    plan, manifest = tiny
    comparison = comparison_of(plan)
    export_comparison(comparison, str(tmp_path / target), manifest=manifest, audience=audience)
    said = texts(tmp_path)
    if audience in ("coordinator", "board"):
        return
    assert not [unit for unit in plan.profiles["unit_id"].unique() if unit in said]
    assert "40.123" not in said
    if target == "x.json":
        tables = json.loads(said)["tables"]
        assert few_in({name: pd.DataFrame(rows) for name, rows in tables.items()}) == []
        assert {row["served"] for row in tables["sides"]} == {35.0}


@pytest.mark.parametrize("audience", ["policy", "public"])
def test_nothing_for_insiders_can_be_made_for_anyone(tiny: Region, audience: str) -> None:
    with pytest.raises(PrivacyRefusal):
        Inside(*tiny, audience)
    with pytest.raises(PrivacyRefusal):
        InsideComparison(comparison_of(tiny[0]), audience)


def test_one_pupil_fewer_shows_in_no_total(make: Callable[..., Region]) -> None:
    plan, manifest = make(5, 300, 3)
    summary = replace(plan.summary, served=77.0, cost=48_210.0, must_serve=45, benefit=30.31)
    fewer = replace(summary, served=76.0, cost=48_195.0, must_serve=44, benefit=30.14)
    told = [
        (totals.served, totals.cost, totals.benefit, totals.must_serve)
        for each in (summary, fewer)
        for totals in [open_plan(replace(plan, summary=each), manifest).totals]
    ]
    assert told == [(75.0, 48_200.0, 30.0, 45.0)] * 2


def test_small_counts_are_hidden_before_they_are_rounded() -> None:
    shown = [rounding.pupils(count) for count in (0.0, 1.0, 9.0, 10.0, 12.0, 13.0)]
    assert [shown[0], *shown[3:]] == [0.0, 10.0, 10.0, 15.0]
    assert np.isnan(shown[1:3]).all()


def test_a_row_hidden_in_one_plan_is_hidden_in_all_and_each_keeps_its_room() -> None:
    """Enumerated: of every side, which served counts fit what a reader sees of it."""
    sizes = [20.0, 21.0, 22.0, 23.0]
    sides = [[4.0, 12.0, 11.0, 12.0], [12.0, 12.0, 11.0, 11.0], [11.0, 12.0, 12.0, 2.0]]
    tables = [
        pd.DataFrame({"site": list("abcd"), "pupils": sizes, "served": served}) for served in sides
    ]
    shown = hide_served_alike(tables, "site")
    patterns = {tuple(table["served"].isna()) for table in shown}
    assert len(patterns) == 1
    for table, truth in zip(shown, sides, strict=True):
        hidden = np.flatnonzero(table["served"].isna())
        left = sum(truth) - table["served"].sum()
        worlds = [
            world
            for world in product(*(range(int(sizes[k]) + 1) for k in hidden))
            if sum(world) == left
        ]
        for at, k in enumerate(hidden):
            seen = {world[at] for world in worlds}
            assert max(seen) - min(seen) >= 9
            if truth[k] < 10:
                assert set(range(10)) <= seen


def test_what_was_hidden_once_stays_hidden(region: Region) -> None:
    plan, manifest = region
    first = open_plan(plan, manifest)
    row = str(first.rows["sites"]["site"][first.rows["sites"]["served"].notna()].iloc[0])
    again = open_plan(plan, manifest, earlier=frozenset({("sites", row)}))
    sites = again.rows["sites"].set_index("site")
    assert np.isnan(sites.loc[row, "served"])
    assert ("sites", row) in again.hidden
    for name, key in KEYS.items():
        assert key in first.tables()[name] or first.tables()[name].empty


def test_every_page_for_anyone_says_that_its_totals_are_rounded(
    region: Region, tmp_path: Path
) -> None:
    export_plan(*region, str(tmp_path / "x.html"), audience="policy", language="nl")
    words = re.sub(r"\s+", " ", (tmp_path / "x.html").read_text("utf-8"))
    assert "Totalen zijn afgerond" in words
    export_plan(*region, str(tmp_path / "y.html"), audience="board")
    assert "Totals are rounded" not in (tmp_path / "y.html").read_text("utf-8")
