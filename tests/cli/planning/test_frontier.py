"""``recommender frontier``: on screen, for programs, and as a page."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pandas as pd
import pytest

from recommender.export.pages.svg import marks


def test_the_screen_the_page_and_the_tables_say_the_same(
    run, template: Path, tmp_path: Path
) -> None:
    page, table, document = (tmp_path / f"frontier{s}" for s in (".html", ".csv", ".json"))
    said = run("frontier", template, "--resource", "teacher", "--steps", "3", "-q",
               "-o", page, "-o", table, "-o", document)  # fmt: skip
    assert said.code == 0
    record = json.loads(document.read_text(encoding="utf-8"))
    points = pd.read_csv(table)
    assert points["benefit"].tolist() == pytest.approx([p["benefit"] for p in record["points"]])
    html = page.read_text(encoding="utf-8")
    for change, benefit in zip(points["change"], points["benefit"], strict=True):
        assert f"{change:+.0%}" in said.out
        assert f'<td class="n">{benefit:,.2f}</td>' in html
    assert html.count('<svg viewBox="0 0 640') == 4
    assert html.count("<table>") == 3


def test_the_page_needs_no_network_and_no_script(run, template: Path, tmp_path: Path) -> None:
    page = tmp_path / "frontier.html"
    assert run("frontier", template, "--steps", "2", "-q", "-o", page).code == 0
    html = page.read_text(encoding="utf-8")
    assert "<script" not in html
    assert not re.search(r"(?:src|href)=\"(?!#)", html)
    assert " style=" not in html
    assert "default-src 'none'" in html


def test_programs_read_the_answer(run, template: Path) -> None:
    said = run("frontier", template, "--steps", "2", "--json", "-q", "--scenario", "fewer_teachers")
    answer = json.loads(said.out)
    assert [point["change"] for point in answer["points"]] == [-0.2, 0.0, 0.5]
    assert answer["format"] == "recommender frontier 1"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--resource", "teecher"), "did you mean teacher?"),
        (("--from", "10%", "--to", "5%"), "--from lies above --to"),
        (("--from", "-200%"), "is not a change"),
        (("-o", "x.pdf"), "ends with none of"),
    ],
)
def test_a_mistake_is_said(run, template: Path, words: tuple[str, ...], said: str) -> None:
    answer = run("frontier", template, "-q", *words)
    assert answer.code == 2
    assert said in answer.err


@pytest.mark.parametrize(
    ("low", "high"), [(0.0, 1.0), (257.0, 482.0), (0.0, 0.0098), (3.0, 3.0), (0.0, 215436.0)]
)
def test_marks_are_few_and_round_and_go_around_what_is_shown(low: float, high: float) -> None:
    found = marks(low, high)
    assert found[0] <= low + 1e-12
    assert found[-1] >= high - 1e-12
    assert 2 <= len(found) <= 8
