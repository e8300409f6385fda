"""How often offers stay: counted by pupils, and hidden where few are counted."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from recommender.export.manifest import Manifest, manifest_text, read_manifest
from recommender.export.pages.report import report_html
from recommender.export.summaries.marginal_hours import BudgetPoint
from recommender.export.summaries.stability import by_share, stability_by_intervention
from recommender.planning.plan.plan import Plan

Region = tuple[Plan, Manifest]

FRONT = (
    BudgetPoint(-0.2, 800.0, 30.0, 22.0, 38.0, 0.011),
    BudgetPoint(0.0, 1000.0, 33.0, 24.0, 42.0, 0.009),
    BudgetPoint(0.5, 1500.0, 36.5, 27.0, 46.0, 0.002),
)


def tried(plan: Plan, stays: list[float], units: list[float]) -> Plan:
    """Return a plan whose offers, one line each, stay as often as is said."""
    lines = plan.assignments.iloc[: len(stays)]
    lines = lines.assign(
        unit_id=[f"u{n}" for n in range(len(stays))],
        intervention=["a" if n % 2 else "b" for n in range(len(stays))],
        units=units,
        stays=stays,
    )
    summary = replace(plan.summary, draws=20, benefit_low=11.5, benefit_high=13.25)
    return replace(plan, assignments=lines, summary=summary)


def test_pupils_are_counted_once_by_how_often_they_are_offered_the_same(region: Region) -> None:
    plan = tried(region[0], [0.0, 0.2, 0.79, 0.8, 1.0], [1.0, 2.0, 4.0, 8.0, 16.0])
    table = by_share(plan, open_to_all=False)
    assert table["low"].tolist() == [0.8, 0.6, 0.4, 0.2, 0.0]
    assert table["pupils"].tolist() == [24.0, 4.0, 0.0, 2.0, 1.0]
    assert np.isclose(table["share"].sum(), 1.0)
    twice = replace(plan, assignments=pd.concat([plan.assignments] * 2, ignore_index=True))
    assert by_share(twice, open_to_all=False)["pupils"].tolist() == table["pupils"].tolist()


def test_help_is_sorted_by_how_often_it_stays_weighed_by_pupils(region: Region) -> None:
    plan = tried(region[0], [0.5, 1.0, 1.0, 0.5], [1.0, 1.0, 3.0, 1.0])
    table = stability_by_intervention(plan, open_to_all=False)
    assert table["intervention"].tolist() == ["b", "a"]
    assert np.allclose(table["stays"], [3.5 / 4, 1.5 / 2])


def test_anyone_sees_no_count_below_ten_and_none_that_gives_one_away(region: Region) -> None:
    plan = tried(region[0], [0.0, 0.3, 0.5, 0.7, 1.0], [3.0, 40.0, 12.0, 30.0, 50.0])
    table = by_share(plan, open_to_all=True)
    hidden = table["pupils"].isna()
    assert hidden.tolist() == [False, False, True, False, True], "3, and the smallest beside it"
    assert table.loc[hidden, "share"].isna().all()
    assert table["low"].notna().all()
    few = tried(region[0], [0.0, 1.0], [3.0, 4.0])
    assert by_share(few, open_to_all=True).empty
    assert stability_by_intervention(few, open_to_all=True).empty


def test_a_report_says_what_may_be_expected(region: Region) -> None:
    plan, manifest = region
    text = " ".join(report_html(plan, manifest).split())
    assert "was not tried in draws" in text
    drawn = tried(replace(plan, summary=replace(plan.summary, promise=12.34)), [0.0, 1.0], [4, 5])
    text = " ".join(report_html(drawn, manifest, "nl").split())
    assert "in 20 lotingen" in text
    assert "11,5" in text
    assert "12,3" in text


def test_a_report_shows_benefit_along_hours_with_its_table(region: Region) -> None:
    plan, manifest = region
    again = read_manifest(manifest_text(replace(manifest, front=FRONT)), "manifest.json")
    assert again.front == FRONT
    html = report_html(plan, again, "nl", "public")
    assert '<svg viewBox="0 0 640' in html
    assert "<circle cx=" in html
    assert "1.500" in html
    assert "27,0 – 46,0" in html
    assert '<svg viewBox="0 0 640' not in report_html(plan, manifest, "nl")
