"""A frontier as a page with charts and their tables, as JSON that reads back, and as csv."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from recommender.errors import UsageError
from recommender.export.pages import svg
from recommender.export.pages.template import filled
from recommender.export.summaries.plan_tables import digits_of
from recommender.export.tables import csv_text
from recommender.governance.log.writing import write_file
from recommender.messages import LANGUAGES, Language
from recommender.scenarios.frontier import COLUMNS, Frontier

FORMAT = "recommender frontier 1"
FORMS = (".html", ".json", ".csv")

RULES = ("plan", "site_averages", "highest_risk", "lot")
"""The targeting rules in the order they are shown."""


def write_frontier(
    frontier: Frontier, target: Path, language: str = "en", names: Mapping[str, str] | None = None
) -> None:
    """Write a frontier to a file whose suffix says in which form.

    Args:
        frontier: the numbers.
        target: the file.
        language: of a page.
        names: id -> what people call it, of roles, sites and periods; for a page.

    Raises:
        UsageError: for another suffix.
        CannotWrite: if it could not be written.
    """
    refuse_form(target)
    texts: dict[str, Callable[[], str]] = {
        ".html": lambda: frontier_html(frontier, language, names),
        ".json": lambda: frontier_text(frontier),
        ".csv": lambda: csv_text(frontier.points),
    }
    write_file(target, texts[target.suffix]().encode("utf-8"))


def refuse_form(target: Path) -> None:
    """Refuse a file whose suffix names no form.

    Raises:
        UsageError: if so.
    """
    if target.suffix not in FORMS:
        raise UsageError(f"{target} ends with none of {', '.join(FORMS)}")


def frontier_record(frontier: Frontier) -> dict[str, Any]:
    """Return a frontier as JSON knows it: tables as lists of rows."""
    return {
        "format": FORMAT,
        "resources": list(frontier.resources),
        "stops": frontier.stops,
        "more": frontier.more,
        "more_benefit": frontier.more_benefit,
        "from_auc": frontier.from_auc,
        "to_auc": frontier.to_auc,
        "seed": frontier.seed,
        "synthetic": frontier.synthetic,
        **{table: getattr(frontier, table).to_dict(orient="records") for table in COLUMNS},
    }


def frontier_text(frontier: Frontier) -> str:
    """Return a frontier as the text of a JSON file."""
    return json.dumps(frontier_record(frontier), indent=1, allow_nan=False) + "\n"


def frontier_html(
    frontier: Frontier, language: str = "en", names: Mapping[str, str] | None = None
) -> str:
    """Return a frontier as a page that needs no network and no script.

    Args:
        frontier: the numbers.
        language: a key of ``LANGUAGES``.
        names: id -> what people call it, of roles, sites and periods.
    """
    words = LANGUAGES[language]
    points, guesses = frontier.points, frontier.predictions
    today = points.iloc[_today(points)]

    def chart(key: str, lines: Sequence[svg.Curve], mark: float | None = None) -> str:
        across, up, title = (words.plain(f"{key}_{part}") for part in ("across", "up", "chart"))
        return svg.chart(lines, across, up, title, words.round_number, mark)

    return filled(
        "frontier.html",
        words,
        summary=frontier,
        frontier=frontier,
        names=hours_phrase(frontier.resources, words, names),
        today=today.to_dict(),
        sentence=prediction_sentence(frontier, words),
        stop=stop_sentence(frontier, words),
        digits=digits_of(float(points["standard_error"].max())),
        rules=RULES,
        keys=[svg.key(number) for number in range(len(RULES))],
        benefit=chart(
            "front",
            [svg.Curve(*(_column(points, c) for c in ("hours", "benefit", "low", "high")))],
            float(today["hours"]),
        ),
        price=chart(
            "front_price",
            [svg.Curve(_column(points, "hours"), _column(points, "price"))],
            float(today["hours"]),
        ),
        prediction=chart(
            "front_known",
            [svg.Curve(_column(guesses, "auc"), _column(guesses, "benefit"))],
            frontier.from_auc,
        ),
        targeting=chart(
            "front_money",
            [
                svg.Curve(*(_column(rows, name) for name in ("cost", "benefit")))
                for rule in RULES
                if len(rows := frontier.targeting[frontier.targeting["rule"] == rule])
            ],
        ),
        points=points.to_dict(orient="records"),
        guesses=[
            row | {"known": words.plain("known_" + str(row["level"]).replace(" ", "_"))}
            for row in guesses.to_dict(orient="records")
        ],
        areas=frontier.areas.to_dict(orient="records"),
        sums=_sums(frontier),
    )


def hours_phrase(
    resources: Sequence[str], words: Language, names: Mapping[str, str] | None = None
) -> str:
    """Return the hours that were varied, as a phrase.

    Args:
        resources: as they were asked for.
        words: of the language.
        names: id -> what people call it.
    """
    if "all" in resources:
        return words.plain("front_everybody")
    named = names or {}
    said = [" @ ".join(named.get(part, part) for part in text.split("@")) for text in resources]
    return words.plain("front_hours_of", names=words.plain("front_and").join(said))


def prediction_sentence(frontier: Frontier, words: Language = LANGUAGES["en"]) -> str:
    """Return what more hours are worth in better prediction, in one sentence."""
    more = f"+{words.percent(frontier.more)}"
    if frontier.to_auc is None:
        return words.plain("front_no_prediction", more=more)
    before, after = (words.number(auc, 3) for auc in (frontier.from_auc, frontier.to_auc))
    return words.plain("front_prediction", more=more, before=before, after=after)


def stop_sentence(frontier: Frontier, words: Language = LANGUAGES["en"]) -> str:
    """Return from where one more hour no longer pays, in one sentence."""
    if frontier.stops is None:
        return words.plain("front_pays")
    sign = "+" if frontier.stops >= 0 else ""
    return words.plain("front_stops", change=sign + words.percent(frontier.stops))


def _today(points: pd.DataFrame) -> int:
    """Return the row of today's hours."""
    return int(np.argmin(np.abs(points["change"].to_numpy(dtype=np.float64))))


def _column(frame: pd.DataFrame, name: str) -> svg.Floats:
    return frame[name].to_numpy(dtype=np.float64)


def _sums(frontier: Frontier) -> list[dict[str, Any]]:
    """Return the targeting curves as rows by cost, a few of them."""
    table = frontier.targeting.pivot_table(index="cost", columns="rule", values="benefit")
    rows = table[list(RULES)].iloc[:: max(1, len(table) // 8)].reset_index()
    return [dict(zip(rows.columns, line, strict=True)) for line in rows.to_numpy().tolist()]
