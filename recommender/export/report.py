"""report.html: what a plan says, for people, in one file that needs no network and no script.

The page allows itself nothing but its own style sheet, by the hash of it.  Every chart stands
beside, or inside, the table it shows.  It holds no row of a single unit with its id.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import jinja2
import pandas as pd
from markupsafe import Markup

from recommender.errors import UsageError
from recommender.export import figures
from recommender.export.manifest import Manifest
from recommender.export.phrases import LANGUAGES, Language
from recommender.planning.plan import Plan
from recommender.planning.words import NOTHING

Record = dict[str, Any]

NINETY = 1.6449
"""Standard errors on either side of a mean that hold 90 % of a normal distribution."""

_SHOWN = 12

_NAMED = re.compile(r"\b(place in|cap on|hours of) ([a-z][a-z0-9_]*)")
"""Where a reason names an intervention or a role by its id."""


def report_html(plan: Plan, manifest: Manifest, language: str = "en") -> str:
    """Return the report of a plan as a self-contained page.

    Args:
        plan: the plan.
        manifest: its manifest; hashes of the folder's files are not needed.
        language: a key of ``LANGUAGES``.

    Raises:
        UsageError: if there is no such language.
    """
    if language not in LANGUAGES:
        raise UsageError(f"there is no report in {language!r}; choose {', '.join(LANGUAGES)}")
    words = LANGUAGES[language]
    style = _source("report.css")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    named = _names(manifest, words)
    summary = plan.summary
    calendar = [name.id for name in manifest.names if name.kind == "period"]
    return (
        _templates()
        .get_template("report.html")
        .render(
            style=Markup(style),
            digest=digest,
            language=words,
            say=words.say,
            number=words.number,
            percent=words.percent,
            named=named,
            summary=summary,
            manifest=manifest,
            scenario=_scenario(summary.scenario, named, words),
            shortage=sum(shortage.pupils for shortage in summary.shortages),
            lacking=[s for s in summary.shortages if s.hours > 0],
            used_share=summary.hours_used / summary.hours_capacity
            if summary.hours_capacity
            else 0.0,
            digits=figures.digits_of(summary.standard_error),
            low=summary.benefit - NINETY * summary.standard_error,
            high=summary.benefit + NINETY * summary.standard_error,
            hours={
                by: _in_time(_records(figures.hours_by(plan, by)), calendar)
                for by in ("role", "site", "period")
            },
            grid=_grid(plan, calendar),
            dear=_records(figures.dear_hours(plan, _SHOWN)),
            risk=_records(figures.by_risk(plan, dict(manifest.weights))),
            interventions=_interventions(plan, manifest),
            sites=_records(figures.by_site(plan)),
            sessions=_in_time(_records(_sessions(plan)), calendar),
            reasons=_reasons(plan, named),
            running=figures.running_hours(plan),
            examples=_examples(plan),
            must_serve=_records(_must_serve(plan)),
            limits=_records(_limits(plan)),
            settings=json.dumps(json.loads(manifest.settings), indent=1, sort_keys=True),
        )
    )


@cache
def _templates() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.PackageLoader("recommender.export", "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _source(name: str) -> str:
    loader = _templates().loader
    assert loader is not None
    return loader.get_source(_templates(), name)[0]


def _names(manifest: Manifest, words: Language) -> Callable[[str, str], str]:
    """The name of an id of a kind; a bundle ``a+b`` has the names of its members."""
    texts: Mapping[tuple[str, str], str] = {
        (name.kind, name.id): (words.code == "nl" and name.text.nl) or name.text.en or name.id
        for name in manifest.names
    }

    def named(kind: str, key: str) -> str:
        if kind == "site" and key in ("", "*"):
            return str(words.say("everywhere"))
        if kind == "offer":
            bundle, _, period = key.partition("@")
            if not period:
                return "" if key == NOTHING else named("intervention", key)
            return f"{named('intervention', bundle)}, {named('period', period)}"
        if kind == "intervention" and "+" in key:
            return " + ".join(named(kind, member) for member in key.split("+"))
        return texts.get((kind, key), key)

    return named


def _scenario(scenario: str, named: Callable[[str, str], str], words: Language) -> str:
    return str(words.say("base")) if scenario == "base" else named("scenario", scenario)


def _records(frame: pd.DataFrame) -> list[Record]:
    return [{str(k): v for k, v in row.items()} for row in frame.to_dict(orient="records")]


def _in_time(rows: list[Record], calendar: list[str]) -> list[Record]:
    """Rows in the order of their periods; rows without a period stay as they are."""
    place = {period: number for number, period in enumerate(calendar)}
    return sorted(rows, key=lambda row: place.get(row.get("period", ""), len(place)))


def _grid(plan: Plan, calendar: list[str]) -> Record:
    """Prices by role and period, each with a shade from 0 to 5."""
    table = figures.price_grid(plan)
    found = set(table["period"].tolist())
    periods = [p for p in calendar if p in found] + sorted(found - set(calendar))
    most = float(table["price"].max()) if len(table) else 0.0
    prices = {
        (role, period): price
        for role, period, price in zip(
            table["role"].tolist(), table["period"].tolist(), table["price"].tolist(), strict=True
        )
    }
    roles = sorted(
        {role for role, _ in prices},
        key=lambda role: (-max(prices.get((role, p), 0.0) for p in periods), role),
    )
    rows = [
        {
            "role": role,
            "cells": [
                {"price": price, "shade": _shade(price, most)}
                for price in (prices.get((role, p)) for p in periods)
            ],
        }
        for role in roles
    ]
    return {"periods": periods, "rows": rows, "most": most}


def _shade(price: float | None, most: float) -> int:
    return 0 if not price or most <= 0 else 1 + min(4, int(5 * price / most))


def _interventions(plan: Plan, manifest: Manifest) -> list[Record]:
    levels = ("strong", "good", "promising", "plausible", "elicited", "assumed")
    best: dict[str, str] = {}
    for effect in manifest.evidence:
        known = best.get(effect.intervention, levels[-1])
        best[effect.intervention] = min(known, effect.level, key=levels.index)
    rows = _records(figures.by_intervention(plan))
    for row in rows:
        row["level"] = best.get(row["intervention"], "")
    return rows


def _reasons(plan: Plan, named: Callable[[str, str], str]) -> list[Record]:
    """Why pupils are not offered help, with the names of what stands in the way."""

    def with_name(found: re.Match[str]) -> str:
        return f"{found[1]} {named('role' if found[1] == 'hours of' else 'intervention', found[2])}"

    return [
        row | {"reason": _NAMED.sub(with_name, row["reason"])}
        for row in _records(figures.reasons(plan))
    ]


def _sessions(plan: Plan) -> pd.DataFrame:
    table = plan.sessions.groupby(["intervention", "period"], sort=True)[["groups", "pupils"]].sum()
    return table.reset_index()


def _examples(plan: Plan) -> list[Record]:
    """The bundles with the highest, the middle and the lowest net value, without their units.

    Help that a rule or a professional demands is left out: its price says what the demand is worth.
    """
    keys = ["unit_id", "bundle", "period"]
    free = plan.assignments[plan.assignments["status"] == "proposed"]
    bundles = (
        free.groupby(keys, sort=True)
        .agg(
            site=("site", "first"),
            units=("units", "first"),
            benefit=("benefit", "sum"),
            price_paid=("price_paid", "sum"),
            net_value=("net_value", "sum"),
            runner_up=("runner_up", "first"),
        )
        .reset_index()
    )
    for column in ("benefit", "price_paid"):
        bundles[column] = bundles[column] / bundles["units"].where(bundles["units"] > 0, 1.0)
    bundles["net_value"] = bundles["benefit"] - bundles["price_paid"]
    bundles = bundles.sort_values(["net_value", "unit_id"], kind="stable", ignore_index=True)
    if len(bundles) < 3:
        return []
    chosen = bundles.iloc[[len(bundles) - 1, len(bundles) // 2, 0]].drop(columns="unit_id")
    titles = ("example_high", "example_middle", "example_low")
    return [row | {"title": title} for row, title in zip(_records(chosen), titles, strict=True)]


def _must_serve(plan: Plan) -> pd.DataFrame:
    """Rule, site, owed, met, short: the statutory rules site by site."""
    rows = plan.resources[plan.resources["resource"] == "must_serve"]
    short = {(s.rule, s.site): s.pupils for s in plan.summary.shortages if s.pupils > 0}
    table = pd.DataFrame(
        {
            "rule": rows["rule"],
            "site": rows["site"],
            "owed": rows["capacity"].abs(),
            "met": rows["used"].abs(),
        }
    ).reset_index(drop=True)
    known = set(zip(table["rule"].tolist(), table["site"].tolist(), strict=True))
    extra = [(r, s, float("nan"), float("nan")) for r, s in short if (r, s) not in known]
    if extra:
        more = pd.DataFrame(extra, columns=["rule", "site", "owed", "met"])
        table = more if table.empty else pd.concat([table, more], ignore_index=True)
    table["short"] = [
        short.get(key, 0.0)
        for key in zip(table["rule"].tolist(), table["site"].tolist(), strict=True)
    ]
    return table.sort_values(["rule", "site"], kind="stable", ignore_index=True)


def _limits(plan: Plan) -> pd.DataFrame:
    """The budget and caps that cost benefit, dearest first."""
    rows = plan.resources[
        plan.resources["resource"].isin(["budget", "cap"]) & (plan.resources["price"] > 0)
    ]
    return rows.sort_values("price", ascending=False, kind="stable", ignore_index=True).head(_SHOWN)
