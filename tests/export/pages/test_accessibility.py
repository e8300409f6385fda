"""Pages in a real browser, as people with other eyes and hands meet them, judged by axe."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from recommender.export.manifest import Manifest
from recommender.export.pages.cards import report_pages
from recommender.planning.plan.plan import Plan

Region = tuple[Plan, Manifest]

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium to open reports in")

PHONE, DESK = 390, 1200


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as player:
        try:
            opened = player.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        except playwright.Error as error:
            pytest.skip(f"Chromium does not start here: {str(error).splitlines()[0]}")
        yield opened
        opened.close()


def judged(browser: Any, page: Path, width: int) -> tuple[list[str], int]:
    """What axe holds against a page at a width, and by how much it is wider than the window."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    context = browser.new_context(viewport={"width": width, "height": 900}, bypass_csp=True)
    try:
        tab = context.new_page()
        tab.goto(page.as_uri())
        tab.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true })")
        wider = tab.evaluate("document.documentElement.scrollWidth - innerWidth")
        found = axe.Axe().run(tab, options={"resultTypes": ["violations"]}).response
    finally:
        context.close()
    return [
        f"{fault['id']} ({fault['impact']}): {fault['nodes'][0]['html'][:200]}"
        for fault in found["violations"]
    ], int(wider)


def written(folder: Path, pages: dict[str, str]) -> Path:
    for name, text in pages.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    return folder


@pytest.mark.many(1)
@pytest.mark.parametrize("width", [PHONE, DESK])
def test_axe_finds_nothing_in_a_report_and_its_cards(
    browser: Any, region: Region, tmp_path: Path, width: int
) -> None:
    folder = written(tmp_path, report_pages(*region, "nl"))
    for name in ("report.html", "report/school_1.html"):
        assert judged(browser, folder / name, width) == ([], 0), name


@pytest.mark.slow
def test_axe_finds_fault_with_a_page_that_has_one(
    browser: Any, region: Region, tmp_path: Path
) -> None:
    text = report_pages(*region)["report.html"].replace("--soft: #5a666e", "--soft: #c9cdd0")
    folder = written(tmp_path, {"report.html": text.replace('<html lang="en">', "<html>")})
    faults, _ = judged(browser, folder / "report.html", DESK)
    assert {fault.split(" ")[0] for fault in faults} == {"color-contrast", "html-has-lang"}


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "nl"])
@pytest.mark.parametrize("audience", ["coordinator", "board", "policy", "public"])
def test_axe_finds_nothing_for_any_audience(
    browser: Any, region: Region, tmp_path: Path, audience: str, language: str
) -> None:
    folder = written(tmp_path, report_pages(*region, language, audience))
    for page in sorted(folder.rglob("*.html")):
        for width in (PHONE, DESK):
            assert judged(browser, page, width) == ([], 0), page.name
