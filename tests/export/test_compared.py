"""A comparison as a page and a workbook: what its document says, in words, and nobody by name."""

from __future__ import annotations

import math
import re
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from recommender.errors import UsageError
from recommender.export.folders.comparison_folder import read_comparison_text
from recommender.export.formats.comparison_report import comparison_html
from recommender.export.manifest import Manifest, Name
from recommender.export.targets import export_comparison
from recommender.inputs.catalogue import Text
from recommender.planning.plan.plan import Plan
from recommender.scenarios.comparison import Comparison, Side

Region = tuple[Plan, Manifest]

BASE = Side(
    kind="scenario", name="base", title="As it is", scenario="base", benefit=40.0,
    common_benefit=40.0, standard_error=4.0, low=33.4, high=46.6, difference=0.0,
    difference_error=0.0, spread=0.0, draws=1, pupils=300, eligible=250, served=120.0,
    must_serve=20, must_serve_met=20.0, short=0.0, short_hours=0.0, hours_capacity=900.0,
    hours_used=700.0, hours_left=200.0, cost=100.0, budget=None, gini=0.5, worst_column="sex",
    worst_group="boy", worst_share=0.02, share=0.03, bound=41.0, gap=0.02, status="gap",
    seconds=1.0, begun_from="",
)  # fmt: skip


@pytest.fixture
def comparison() -> Comparison:
    """A plan, one with fewer teachers, and a lottery that finds nobody's best."""
    sides = (
        BASE,
        replace(BASE, name="fewer", title="Fewer", scenario="fewer", common_benefit=36.0,
                benefit=36.0, low=30.0, high=42.0, difference=-4.0, difference_error=1.0),
        replace(BASE, kind="policy", name="random", title="random", common_benefit=20.0,
                benefit=20.0, low=15.0, high=25.0, difference=-20.0, difference_error=None,
                gap=math.inf, status="policy"),
    )  # fmt: skip
    names = [side.name for side in sides]
    deciles = pd.DataFrame(
        [(name, d, 30.0, float(3 * d), float(d), 0.1, 0.2) for name in names for d in range(1, 11)],
        columns=["side", "decile", "pupils", "served", "benefit", "lowest", "highest"],
    )
    return Comparison(
        sides=sides,
        deciles=deciles,
        hours=pd.DataFrame(
            [(name, "teacher", 100.0, 80.0, 20.0, 60.0) for name in names],
            columns=["side", "role", "capacity", "used", "left", "pupils"],
        ),
        groups=pd.DataFrame(
            [(name, "sex", sex, 150.0, 60.0, 20.0, 0.03)
             for name in names for sex in ("boy", "girl")],
            columns=["side", "column", "group", "pupils", "served", "benefit", "share"],
        ),
        shortages=pd.DataFrame(
            [("fewer", "youth_act", "school_1", 2.0, "", "", 0.0)],
            columns=["side", "rule", "site", "pupils", "role", "period", "hours"],
        ),
        moved=pd.DataFrame(
            [
                ("base", "fewer", "p00007", "school_1", "loses", 1.0, "a@w", "nothing", 0.4, 0.0,
                 -0.4, "why"),
                ("base", "fewer", "p00008", "school_1", "gains", 2.0, "nothing", "a@w", 0.0, 0.3,
                 0.3, "why"),
            ],
            columns=["from", "to", "unit_id", "site", "change", "pupils", "before", "after",
                     "benefit_before", "benefit_after", "difference", "reason"],
        ),
        seed=0, asked_gap=0.01, synthetic=True, remarks=("a remark",),
    )  # fmt: skip


def cells(text: str) -> list[list[str]]:
    rows = re.findall(r"<tr>(.*?)</tr>", text, re.DOTALL)
    return [
        [re.sub("<[^>]+>", "", cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)]
        for row in rows
    ]


def test_a_page_says_what_each_way_brings_and_names_nobody(
    region: Region, comparison: Comparison
) -> None:
    text = comparison_html(comparison, region[1])
    rows = cells(text)
    fewer = next(row for row in rows if row[0] == "Fewer" and "36" in row[1])
    assert fewer[4] == "\u22124.0 \u00b1 1.0"
    assert "Numbers below" not in text
    assert "numbers below 10 are shown" in " ".join(text.split())
    assert next(row for row in rows if row[0] == "by lot")[4] == "\u221220.0"
    assert ["as things are", *(f"{10 * d}%" for d in range(1, 11))] in rows
    assert ["as things are", "Fewer", "2", "1", "0", "\u22120.1"] in rows
    assert ["Teacher", "80 / 100", "80 / 100", "80 / 100"] in rows
    assert "Youth Act 2.3" in text
    assert "a remark" in text
    assert "p00007" not in text
    assert "do not exist" in " ".join(text.split())


def test_a_page_can_be_read_without_names_and_in_dutch(comparison: Comparison) -> None:
    words = " ".join(comparison_html(comparison, None, "nl").split())
    assert "3 manieren om de uren te verdelen over 300 leerlingen" in words
    assert "door loting" in words
    assert "teacher" in words


@pytest.mark.parametrize("payload", ["<script>x()</script>", '"><img src=x>', "{{7*7}}", "=1+1"])
def test_no_name_becomes_markup_or_a_formula(
    region: Region, comparison: Comparison, tmp_path: Path, payload: str
) -> None:
    hostile = replace(
        comparison,
        sides=(replace(BASE, worst_group=payload), replace(BASE, name=payload, title=payload)),
        deciles=comparison.deciles.replace({"fewer": payload}),
        groups=comparison.groups.assign(group=payload, side="base").head(1),
        hours=comparison.hours.assign(role=payload).head(1),
        shortages=comparison.shortages.assign(side="base", rule=payload),
        moved=comparison.moved.assign(to=payload),
        remarks=(payload,),
    )
    manifest = replace(region[1], names=(Name("role", payload, Text(en=payload)),))
    text = comparison_html(hostile, manifest)
    assert "<script" not in text
    assert "<img" not in text
    assert ">49<" not in text
    export_comparison(hostile, str(tmp_path / "c.xlsx"), manifest=manifest)
    with zipfile.ZipFile(tmp_path / "c.xlsx") as archive:
        sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
        assert not [name for name in sheets if b"<f>" in archive.read(name)]


def test_a_workbook_holds_every_way_and_adds_up(comparison: Comparison, tmp_path: Path) -> None:
    path = tmp_path / "c.xlsx"
    export_comparison(comparison, str(path))
    read: Any = pd.read_excel(path, sheet_name=None)
    assert list(read) == ["comparison", "tenths", "hours", "groups", "shortages", "moved"]
    assert read["comparison"]["benefit"].tolist() == [40.0, 36.0, 20.0]
    assert read["tenths"]["served"].sum() == comparison.deciles["served"].sum()
    assert read["moved"][["gains", "loses", "other"]].to_numpy().sum() == 3
    assert read["moved"]["difference"].sum() == pytest.approx(-0.1)
    for sheet in openpyxl.load_workbook(path).worksheets:
        assert sheet.freeze_panes == "A2"
        assert sheet.auto_filter.ref
        assert sheet.print_area


def test_a_comparison_goes_to_json_and_csv_and_nowhere_else(
    comparison: Comparison, tmp_path: Path
) -> None:
    export_comparison(comparison, str(tmp_path / "c.json"))
    again = read_comparison_text((tmp_path / "c.json").read_text("utf-8"), tmp_path)
    assert again.sides == comparison.sides
    export_comparison(comparison, str(tmp_path / "c.csv"), decimal_comma=True)
    found = pd.read_csv(tmp_path / "c.csv", sep=";", decimal=",", encoding="utf-8-sig")
    assert found["benefit"].tolist() == [40.0, 36.0, 20.0]
    with pytest.raises(UsageError, match="does not say its form"):
        export_comparison(comparison, str(tmp_path / "c.parquet"))


def test_a_page_for_anyone_shows_no_small_count_and_none_that_gives_one_away(
    region: Region, comparison: Comparison
) -> None:
    """Of the tenths the first three are small; a fourth goes with them, for their sum is known."""
    served = [2.0, 3.0, 3.0, *([30.0 - 5] * 7)]
    few = replace(
        comparison,
        deciles=comparison.deciles.assign(pupils=40.0, served=served * 3),
        hours=pd.DataFrame(
            [("base", "teacher", 100.0, 80.0, 20.0, 60.0), ("base", "coach", 50.0, 7.0, 43.0, 3.0),
             ("base", "nurse", 60.0, 31.0, 29.0, 21.0)],
            columns=["side", "role", "capacity", "used", "left", "pupils"],
        ),
        groups=pd.DataFrame(
            [("base", "sex", "boy", 150.0, 117.0, 20.0, 0.0311),
             ("base", "sex", "girl", 150.0, 3.0, 1.0, 0.0022)],
            columns=["side", "column", "group", "pupils", "served", "benefit", "share"],
        ),
    )  # fmt: skip
    board = cells(comparison_html(few, region[1]))
    assert ["as things are", "5%", "8%", "8%", *["62%"] * 7] in board
    for audience in ("policy", "public"):
        text = comparison_html(few, region[1], audience=audience)
        rows = cells(text)
        tenths = next(row for row in rows if row[0] == "as things are" and len(row) == 11)
        assert tenths[1:4] == ["·"] * 3
        assert tenths.count("·") == 4
        hours = {row[0]: row[1] for row in rows if len(row) == 4 and "/" in row[1]}
        assert hours == {"Teacher": "80 / 100", "coach": "· / 50", "nurse": "· / 60"}
        assert "3.1%" not in text
        assert "0.2%" not in text
        assert "Youth Act 2.3" not in text, "shortages stand by school"
        assert ["as things are", "Fewer", "·", "·", "·", "\u22120.1"] in rows
        assert "moved.csv" not in text
        assert "Numbers below 10 are left out" in " ".join(text.split())


def test_there_is_no_page_for_an_audience_that_does_not_exist(comparison: Comparison) -> None:
    with pytest.raises(UsageError, match="no page for 'press'"):
        comparison_html(comparison, audience="press")


def test_what_a_search_may_have_missed_is_said_beside_the_difference(
    comparison: Comparison,
) -> None:
    """The base may be 0.8 better than found, and so may the other: 0.5 proves nothing, 4 does."""
    near = replace(comparison.sides[1], common_benefit=39.5, benefit=39.5, difference=-0.5)
    found = replace(comparison, sides=(comparison.sides[0], near, comparison.sides[2]))
    text = " ".join(comparison_html(found).split())
    assert "\u22120.5 \u00b1 1.0 ~" in text
    assert "it is not proven which" in text
    assert "~" not in comparison_html(comparison)
    better = replace(near, difference=1.0)
    assert better.better_is_proven(comparison.sides[0])
    assert not replace(near, difference=0.7).better_is_proven(comparison.sides[0])
    assert replace(near, difference=0.0).better_is_proven(comparison.sides[0])
