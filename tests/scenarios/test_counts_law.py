"""Who gains and loses help adds up to who is served, in every table and every way."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from recommender.cli.screens.comparison import screen
from recommender.export.disclosure.disclosed_comparison import counts_openly
from recommender.export.folders.comparison_folder import comparison_text, read_comparison_text
from recommender.export.formats.comparison_report import comparison_html
from recommender.scenarios.compare import Compared, compare


def holds(compared: Compared) -> None:
    comparison = compared.comparison
    assert len(comparison.changes)
    for row in comparison.changes.to_dict(orient="records"):
        before, after = comparison.side(row["from"]), comparison.side(row["to"])
        assert row["served_from"] == pytest.approx(before.served)
        assert row["served_to"] == pytest.approx(after.served)
        assert after.served == pytest.approx(before.served + row["new"] - row["lost"])
        assert row["new"] + row["other"] + row["same"] == pytest.approx(after.served)
        assert row["better"] + row["worse"] <= row["new"] + row["lost"] + row["other"] + 1e-9
        if max(before.draws, after.draws) > 1:
            continue
        moved = comparison.moved
        lines = moved[(moved["from"] == row["from"]) & (moved["to"] == row["to"])]
        for name in ("new", "lost", "other", "better", "worse", "difference"):
            assert lines[name].sum() == pytest.approx(row[name], abs=1e-9)
        pupils = lines.groupby("change")["pupils"].sum()
        assert pupils.get("gains", 0.0) == pytest.approx(row["new"])
        assert pupils.get("loses", 0.0) == pytest.approx(row["lost"])
        gains = lines["change"] == "gains"
        assert (gains == ((lines["before"] == "nothing") & (lines["after"] != "nothing"))).all()


def test_served_there_is_served_here_and_new_less_lost(compared: Compared) -> None:
    holds(compared)


@pytest.mark.many(2)
@pytest.mark.parametrize(
    ("scale", "budget"), [(0.2, None), (0.7, 200.0), (1.3, 50.0), (2.0, None), (0.0, 0.0)]
)
def test_so_it_is_in_regions_with_other_hours_and_money(
    region, scale: float, budget: float | None
) -> None:
    people = region.inputs.resources.professionals
    people = people.assign(hours=people["hours"] * scale)
    inputs = replace(
        region.inputs,
        resources=replace(region.inputs.resources, professionals=people),
        policy=replace(
            region.inputs.policy, rules=replace(region.inputs.policy.rules, budget=budget)
        ),
    )
    holds(compare(inputs, ("more_hours", "few"), ("random", "highest_risk"), region.settings,
                  between=(("few", "random"),), draws=2, risks=region.risks))  # fmt: skip


@pytest.mark.parametrize("language", ["en", "nl"])
def test_page_screen_and_document_say_the_same_counts(compared: Compared, language: str) -> None:
    comparison = compared.comparison
    document = json.loads(comparison_text(comparison))
    page = comparison_html(comparison, None, language)
    shown = screen(comparison)
    for at, row in enumerate(comparison.changes.to_dict(orient="records")):
        counts = [f"{row[name]:,.0f}" for name in ("new", "lost", "other")]
        assert [f"{document['changes'][n][at]:,.0f}" for n in ("new", "lost", "other")] == counts
        assert '</td><td class="n">'.join(counts) in page
        line = next(
            line for line in shown.splitlines() if line.startswith(f"{row['from']} -> {row['to']} ")
        )
        assert line.split()[6:9] == counts
    again = read_comparison_text(comparison_text(comparison), Path("c.json"))
    assert again.changes.equals(comparison.changes)


def test_a_comparison_of_an_earlier_version_is_read(compared: Compared) -> None:
    document = json.loads(comparison_text(compared.comparison))
    del document["changes"]
    for name in ("new", "lost", "other", "better", "worse"):
        del document["moved"][name]
    again = read_comparison_text(json.dumps(document), Path("c.json"))
    assert again.changes.empty
    assert comparison_html(again)


def test_a_count_that_another_would_tell_is_hidden_with_it() -> None:
    """Served 102 and 92 are known, so 16 lost would tell the 6 new."""
    counts = pd.DataFrame(
        {"new": [6.0, 12.0], "lost": [16.0, 15.0], "other": [54.0, 3.0],
         "better": [20.0, 10.0], "worse": [56.0, 2.0],
         "difference": [1.25, -0.5]}
    )  # fmt: skip
    shown = counts_openly(counts)
    assert shown.isna().to_numpy().tolist() == [
        [True, True, False, False, False, False],
        [False, False, True, True, True, False],
    ]
