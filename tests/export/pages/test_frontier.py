"""A frontier as a page: the same figures in English and in Dutch, in people's own names."""

from __future__ import annotations

import re
from dataclasses import replace

import pandas as pd
import pytest

from recommender.export.pages.frontier import (
    frontier_html,
    hours_phrase,
    prediction_sentence,
    stop_sentence,
)
from recommender.messages import LANGUAGES
from recommender.scenarios.frontier import COLUMNS, LEVELS, Frontier

NAMES = {"teacher": "Leerkracht", "school_1": "De Wilg"}


@pytest.fixture
def frontier() -> Frontier:
    """Three points, and everything else as short as it may be."""
    points = [
        (-0.2, 1000.0, -250.0, 40.25, 2.0, 37.0, 43.5, 0.0123, 900.0, 100.0),
        (0.0, 1250.0, 0.0, 45.5, 2.1, 42.0, 49.0, 0.0101, 1100.0, 120.0),
        (0.5, 1875.0, 625.0, 50.75, 2.2, 47.1, 54.4, 0.0002, 1300.0, 140.0),
    ]
    levels = [
        (level, s.kept, s.revealed, 0.5 + at / 20, -0.4, 30.0 + at)
        for at, (level, s) in enumerate(LEVELS.items())
    ]
    rules = ("plan", "site_averages", "highest_risk", "lot")
    money = [(rule, 1000.0 * k, k / n) for n, rule in enumerate(rules, 1) for k in range(3)]
    areas = [(rule, 1.0, 0.1, share) for rule, share in zip(rules, (1, 0.7, 0.5, 0), strict=True)]
    return Frontier(
        resources=("teacher@school_1",),
        points=pd.DataFrame(points, columns=list(COLUMNS["points"])),
        stops=0.5,
        predictions=pd.DataFrame(levels, columns=list(COLUMNS["predictions"])),
        more=0.1,
        more_benefit=46.0,
        from_auc=0.7,
        to_auc=0.755,
        targeting=pd.DataFrame(money, columns=list(COLUMNS["targeting"])),
        areas=pd.DataFrame(areas, columns=list(COLUMNS["areas"])),
        seed=0,
        synthetic=True,
    )


def test_a_dutch_page_is_dutch_throughout(frontier: Frontier) -> None:
    html = frontier_html(frontier, "nl", NAMES)
    assert '<html lang="nl">' in html
    words = " ".join(re.sub("<[^>]+>", " ", html.split("</style>")[1]).split())
    assert "uren van Leerkracht @ De Wilg" in words
    assert "Nu zijn er 1.250 van deze uren." in words
    assert "40,2 37,0 – 43,5 0,01230 100" in words
    assert "0,5 is niet beter dan loten" in words
    assert "de AUC van 0,700 naar 0,755" in words
    assert "ook de tijd om te reizen" in words
    assert not re.search(r"\b(hours|benefit|pupils|the|and|with)\b", words)
    assert re.search(r">0,4<|>0,5<", html), "axes have decimal commas too"


def test_an_english_page_says_the_same(frontier: Frontier) -> None:
    html = frontier_html(frontier)
    words = " ".join(re.sub("<[^>]+>", " ", html).split())
    assert "hours of teacher @ school_1" in words
    assert "40.2 37.0 – 43.5 0.01230 100" in words
    assert "0.5 is no better than drawing lots" in words
    assert "travel between sites included" in words
    assert html.count('<svg viewBox="0 0 640') == 4


def test_names_become_no_markup(frontier: Frontier) -> None:
    hostile = '<img src=x onerror="x()">'
    html = frontier_html(frontier, names={"teacher": hostile})
    assert "<img" not in html
    assert "&lt;img" in html


def test_sentences_say_where_more_stops_paying(frontier: Frontier) -> None:
    dutch = LANGUAGES["nl"]
    assert stop_sentence(frontier, dutch).startswith("Vanaf +50% uren")
    assert stop_sentence(replace(frontier, stops=None)).endswith("always pays.")
    assert "even with the true risks" in prediction_sentence(replace(frontier, to_auc=None))
    assert hours_phrase(("teacher", "all"), dutch) == "uren van iedereen"
