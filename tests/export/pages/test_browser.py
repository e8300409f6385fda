"""The report in a real browser: it opens, keeps its own security policy, and fits the window."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from recommender.export.manifest import Manifest
from recommender.export.pages.cards import report_pages
from recommender.planning.plan.plan import Plan

Region = tuple[Plan, Manifest]

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium to open reports in")

WIDE = """<script>addEventListener("load", () => {
document.title = document.documentElement.scrollWidth + " of " + innerWidth })</script></body>"""


def opened(page: Path, folder: Path, width: int = 1200) -> tuple[str, list[str]]:
    """The page as the browser has it, and what its console said."""
    assert CHROMIUM is not None
    words = [
        CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
        "--disable-background-networking", f"--user-data-dir={folder / 'profile'}",
        "--enable-logging=stderr", "--virtual-time-budget=5000", f"--window-size={width},900",
        "--dump-dom", page.as_uri(),
    ]  # fmt: skip
    environment = {**os.environ, "HOME": str(folder)}
    done = subprocess.run(words, capture_output=True, text=True, timeout=120, env=environment)
    if not done.stdout.strip():
        pytest.skip(f"Chromium does not start here: {done.stderr.strip()[-200:]}")
    return done.stdout, [line for line in done.stderr.splitlines() if "CONSOLE" in line]


@pytest.fixture(scope="module")
def pages(region: Region, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pages")
    for name, text in report_pages(*region, "nl").items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    return folder


@pytest.mark.parametrize("name", ["report.html", "report/school_1.html"])
def test_a_browser_opens_a_page_without_a_word_of_complaint(
    pages: Path, tmp_path: Path, name: str
) -> None:
    dom, said = opened(pages / name, tmp_path)
    assert said == []
    assert '<html lang="nl">' in dom
    assert "</main>" in dom
    source = (pages / name).read_text("utf-8")
    assert dom.count("<tr") == source.count("<tr")
    assert dom.count("<article") == source.count("<article")


def test_a_browser_says_when_the_policy_is_broken(pages: Path, tmp_path: Path) -> None:
    text = (pages / "report.html").read_text("utf-8")
    broken = tmp_path / "broken.html"
    broken.write_text(
        text.replace("</main>", "<script>document.title = 1</script></main>"), "utf-8"
    )
    dom, said = opened(broken, tmp_path)
    assert any("Content Security Policy" in line for line in said)
    assert "<title>1" not in dom


@pytest.mark.many(2)
@pytest.mark.parametrize("name", ["report.html", "report/school_1.html"])
@pytest.mark.parametrize("width", [500, 1200])
def test_no_page_is_wider_than_the_window(
    pages: Path, tmp_path: Path, name: str, width: int
) -> None:
    text = (pages / name).read_text("utf-8")
    probe = tmp_path / "probe.html"
    probe.write_text(re.sub(r"<meta http-equiv=[^>]*>", "", text).replace("</body>", WIDE), "utf-8")
    dom, _ = opened(probe, tmp_path, width)
    found = re.search(r"<title>(\d+) of (\d+)</title>", dom)
    assert found is not None
    assert int(found[1]) <= int(found[2])
