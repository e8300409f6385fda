"""A frontier as a page with charts and their tables, as JSON that reads back, and as csv."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import jinja2
import numpy as np
import pandas as pd

from recommender.errors import UsageError
from recommender.export import curves
from recommender.export.files import write_file
from recommender.export.tables import csv_text
from recommender.scenarios.frontier import COLUMNS, Frontier

FORMAT = "recommender frontier 1"
FORMS = (".html", ".json", ".csv")

RULES = {
    "plan": "the plan: most benefit a euro first",
    "site_averages": "the same with site averages for risks",
    "highest_risk": "highest risk first",
    "lot": "spread evenly",
}


def write_frontier(frontier: Frontier, target: Path) -> None:
    """Write a frontier to a file whose suffix says in which form.

    Raises:
        UsageError: for another suffix.
        CannotWrite: if it could not be written.
    """
    refuse_form(target)
    texts: dict[str, Callable[[Frontier], str]] = {
        ".html": frontier_html,
        ".json": frontier_text,
        ".csv": lambda f: csv_text(f.points),
    }
    write_file(target, texts[target.suffix](frontier).encode("utf-8"))


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


def frontier_html(frontier: Frontier) -> str:
    """Return a frontier as a page that needs no network and no script."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("recommender.export", "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    loader = environment.loader
    assert loader is not None
    style = loader.get_source(environment, "report.css")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    points, guesses = frontier.points, frontier.predictions
    today = int(np.argmin(np.abs(points["change"].to_numpy(dtype=np.float64))))
    return environment.get_template("frontier.html").render(
        style=style,
        digest=digest,
        frontier=frontier,
        names=names_of(frontier.resources),
        today=points.iloc[today].to_dict(),
        sentence=prediction_sentence(frontier),
        stop=stop_sentence(frontier),
        rules=RULES,
        keys=[curves.key(number) for number in range(len(RULES))],
        benefit=curves.chart(
            [
                curves.Curve(
                    "benefit",
                    _column(points, "hours"),
                    _column(points, "benefit"),
                    _column(points, "low"),
                    _column(points, "high"),
                )
            ],
            "hours", "benefit",
            "Benefit rises with hours, and more slowly the more there are", _today(points),
        ),
        price=curves.chart(
            [curves.Curve("price", _column(points, "hours"), _column(points, "price"))],
            "hours", "benefit of one more hour",
            "What one more hour is worth falls as hours are added", _today(points),
        ),
        prediction=curves.chart(
            [curves.Curve("benefit", _column(guesses, "auc"), _column(guesses, "benefit"))],
            "AUC of the predictions", "benefit",
            "What the same hours do with blunter and sharper predictions", frontier.from_auc,
        ),
        targeting=curves.chart(
            [
                curves.Curve(
                    rule, *(_column(rows, name) for name in ("cost", "benefit"))
                )
                for rule in RULES
                if len(rows := frontier.targeting[frontier.targeting["rule"] == rule])
            ],
            "euros", "benefit",
            "What every sum could buy under four rules of who comes first",
        ),
        points=points.to_dict(orient="records"),
        guesses=guesses.to_dict(orient="records"),
        areas=frontier.areas.to_dict(orient="records"),
        sums=_sums(frontier),
    )  # fmt: skip


def names_of(resources: Sequence[str]) -> str:
    """Return the hours that were varied, as a phrase."""
    if "all" in resources:
        return "hours of everybody"
    return "hours of " + " and ".join(text.replace("@", " @ ") for text in resources)


def prediction_sentence(frontier: Frontier) -> str:
    """Return what more hours are worth in better prediction, in one sentence."""
    more = f"{frontier.more:+.0%} hours"
    if frontier.to_auc is None:
        return (
            f"{more} do more good than any better prediction could: even with the true risks "
            "today's hours do less."
        )
    return (
        f"{more} do as much good as raising the AUC of the predictions from "
        f"{frontier.from_auc:.3f} to {frontier.to_auc:.3f}."
    )


def stop_sentence(frontier: Frontier) -> str:
    """Return from where one more hour no longer pays, in one sentence."""
    if frontier.stops is None:
        return "Within this range one more hour always pays."
    return f"From {frontier.stops:+.0%} hours on, one more hour brings next to nothing."


def _today(points: pd.DataFrame) -> float:
    at = int(np.argmin(np.abs(points["change"].to_numpy(dtype=np.float64))))
    return float(points["hours"].to_numpy(dtype=np.float64)[at])


def _column(frame: pd.DataFrame, name: str) -> curves.Floats:
    return frame[name].to_numpy(dtype=np.float64)


def _sums(frontier: Frontier) -> list[dict[str, Any]]:
    """Return the targeting curves as rows by cost, a few of them."""
    table = frontier.targeting.pivot_table(index="cost", columns="rule", values="benefit")
    rows = table[list(RULES)].iloc[:: max(1, len(table) // 8)].reset_index()
    return [dict(zip(rows.columns, line, strict=True)) for line in rows.to_numpy().tolist()]
