"""Cards: every pupil on one page of their site, with reasons, and no id that becomes markup."""

from __future__ import annotations

import html
import re
import subprocess
import sys
from dataclasses import replace

import pytest

from recommender.export.manifest import Manifest
from recommender.export.pages import cards
from recommender.export.pages.cards import report_pages
from recommender.planning.plan.plan import Plan

Region = tuple[Plan, Manifest]


def test_every_pupil_has_one_place_on_the_page_of_their_site(region: Region) -> None:
    plan, manifest = region
    pages = report_pages(plan, manifest)
    for table in (plan.assignments, plan.not_served):
        for unit, site in zip(table["unit_id"], table["site"], strict=True):
            assert [name for name, text in pages.items() if f">{unit}<" in text] == [
                f"report/{site}.html"
            ]


def test_a_card_says_benefit_hours_runner_up_and_how_to_object(region: Region) -> None:
    plan, manifest = region
    line = plan.assignments.iloc[0]
    page = report_pages(plan, manifest)[f"report/{line['site']}.html"]
    card = re.search(rf"<h3>{line['unit_id']}</h3>(.*?)</article>", page, re.DOTALL)
    assert card is not None
    hours = plan.caseload[plan.caseload["case"] == line["unit_id"]]["hours"].sum()
    for words in (f"{line['benefit']:.4f}", f"{hours:.1f}", "Reading lag", "Runner-up"):
        assert words in card[1]
    assert "Do you disagree?" in page
    assert "object at the school" in html.unescape(page)


def test_the_hours_of_a_group_are_shared_by_its_pupils(region: Region) -> None:
    plan, _ = region
    session = plan.sessions.iloc[0]
    case = f"{session['intervention']}/{session['site']}/{session['period']}/"
    lines = plan.assignments
    here = lines[["intervention", "site", "period"]] == session[["intervention", "site", "period"]]
    members = here.all(axis=1)
    assert members.sum() == session["pupils"]
    load = plan.caseload[~plan.caseload["case"].isin(lines.loc[members, "unit_id"])]
    group = load.iloc[:1].assign(case=case, hours=30.0, intervention=session["intervention"])
    shared = replace(plan, caseload=group)
    assert cards._hours_each(shared)[members].tolist() == pytest.approx(
        [30.0 / session["pupils"]] * int(members.sum())
    )


@pytest.mark.many(1)
@pytest.mark.parametrize(
    "payload",
    ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{7*7}}", "</h3><b>"],
)
def test_ids_and_reasons_on_cards_are_text(region: Region, payload: str) -> None:
    plan, manifest = region
    hostile = replace(
        plan,
        assignments=plan.assignments.assign(
            unit_id=payload, bundle=payload, period=payload, runner_up=payload, status=payload
        ),
        not_served=plan.not_served.assign(
            unit_id=payload, reason=payload, best_alternative=payload
        ),
        profiles=plan.profiles.iloc[:0],
    )
    plain = {tag for text in report_pages(plan, manifest).values() for tag in tags(text)}
    for name, text in report_pages(hostile, manifest).items():
        assert set(tags(text)) <= plain
        if name != "report.html":
            assert (
                html.escape(payload) in text
                or payload.replace('"', "&#34;") in text
                or ("&lt;" in text)
            )
            assert "49" not in re.findall(r">([^<]*)<", text)


def tags(text: str) -> list[str]:
    return re.findall(r"<([a-z][a-z0-9]*)", text)


def test_a_large_site_has_several_pages_and_a_large_plan_none(
    region: Region, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cards, "PER_PAGE", 40)
    pages = report_pages(*region)
    assert "report/school_1.1.html" in pages
    assert "report/school_1.2.html" in pages
    assert "School 1, part 2" in pages["report.html"]
    monkeypatch.setattr(cards, "MOST_UNITS", 100)
    pages = report_pages(*region)
    assert list(pages) == ["report.html"]
    assert "No cards are made for so many pupils" in pages["report.html"]


@pytest.mark.parametrize("audience", ["board", "policy", "public"])
def test_only_coordinators_have_cards(region: Region, audience: str) -> None:
    assert list(report_pages(*region, "en", audience)) == ["report.html"]


def test_the_program_starts_without_any_extra() -> None:
    program = """
import sys
for name in ("babel", "icalendar", "sqlalchemy", "psycopg", "frictionless", "pyarrow"):
    sys.modules[name] = None
import recommender.cli.understand.export, recommender.cli.understand.runs, recommender.cli.main
import recommender.export.folders.plan_folder, recommender.export.targets
import recommender.export.formats.workbook
import recommender.export.formats.database, recommender.export.formats.calendar
from recommender.messages import LANGUAGES
print(LANGUAGES["nl"].date("2026-11-24"))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout == "24 november 2026\n", done.stderr
