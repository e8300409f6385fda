"""Cards of pupils: one page a site, with what is proposed for each pupil, why, and how to object.

They are for those who work with these pupils and lie beside the report of a coordinator.  File
names are made from site ids, so that no id can lead out of the folder.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from urllib.parse import quote

import pandas as pd

from recommender.export.because import reason_words
from recommender.export.disclosure.audience import COORDINATOR
from recommender.export.disclosure.disclosed_plan import Hidden
from recommender.export.manifest import Manifest
from recommender.export.pages.outcomes import KEYS, outcomes_of
from recommender.export.pages.report import (
    CardsLink,
    TableRow,
    language_of,
    names_of_ids,
    records,
    report_html,
)
from recommender.export.pages.template import filled
from recommender.export.summaries import plan_tables
from recommender.messages import Language
from recommender.planning.formulation.labels import session_names
from recommender.planning.plan.plan import Plan

MOST_UNITS = 30_000
"""Plans with more units than this have no cards: ``explain`` gives the reasons of any of them."""

PER_PAGE = 500
"""Units on one page, which keeps a page well under a megabyte."""

_PLAIN = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_TAKEN = re.compile(r"(con|prn|aux|nul|com\d|lpt\d|site-.*)")
"""Names that some systems keep for themselves, and those made here."""


def report_pages(
    plan: Plan,
    manifest: Manifest,
    language: str = "en",
    audience: str = COORDINATOR,
    stem: str = "report",
    folder: str = "report",
    earlier: Hidden = frozenset(),
) -> dict[str, str]:
    """Return the pages of a report by relative path: ``stem``.html, then the cards in ``folder``.

    Raises:
        UsageError: if there is no such language or audience.
    """
    if audience != COORDINATOR:
        return {f"{stem}.html": report_html(plan, manifest, language, audience, (), earlier)}
    cards, links = _cards(plan, manifest, language_of(language), stem, folder)
    return {f"{stem}.html": report_html(plan, manifest, language, audience, links)} | cards


def file_name(site: str) -> str:
    """Return a name for the files of a site: its id where that is plain, else made from it."""
    if _PLAIN.fullmatch(site) and not _TAKEN.fullmatch(site):
        return site
    return f"site-{hashlib.sha256(site.encode()).hexdigest()[:16]}"


def _cards(
    plan: Plan, manifest: Manifest, words: Language, stem: str, folder: str
) -> tuple[dict[str, str], list[CardsLink]]:
    units = plan_tables.people(plan)
    if len(units) > MOST_UNITS:
        return {}, []
    named = names_of_ids(manifest, words)
    served, waiting = _served(plan, manifest), _waiting(plan, words, named)
    pages: dict[str, str] = {}
    links: list[CardsLink] = []
    for site in sorted(units["site"].unique().tolist()):
        here = [row | {"offered": True} for row in served.get(site, [])]
        here += [row | {"offered": False} for row in waiting.get(site, [])]
        parts = [here[at : at + PER_PAGE] for at in range(0, len(here), PER_PAGE)]
        for number, part in enumerate(parts, 1):
            name = file_name(site) + (f".{number}" if len(parts) > 1 else "")
            pages[f"{folder}/{name}.html"] = filled(
                "cards.html",
                words,
                manifest=manifest,
                summary=plan.summary,
                named=named,
                site=named("site", site),
                part=number if len(parts) > 1 else 0,
                back=f"../{quote(stem)}.html",
                offered=[row for row in part if row["offered"]],
                waiting=[row for row in part if not row["offered"]],
                digits=4,
            )
            links.append(CardsLink(site, number, len(parts), f"{quote(folder)}/{name}.html"))
    return pages, links


def _served(plan: Plan, manifest: Manifest) -> dict[str, list[TableRow]]:
    """Site -> its units that are offered help, with their proposals."""
    lines = plan.assignments.assign(hours=_hours_each(plan))
    parts = outcomes_of(plan, manifest)
    outcomes = [name for name in parts.columns if name not in KEYS]
    by = {
        (unit, bundle, period): [(o, v) for o, v in zip(outcomes, values, strict=True) if v]
        for unit, bundle, period, *values in parts.itertuples(index=False, name=None)
    }
    offers = (
        lines.groupby(["site", *KEYS], sort=True)
        .agg(
            pupils=("units", "first"),
            benefit=("benefit", "sum"),
            price_paid=("price_paid", "sum"),
            standard_error=("standard_error", "sum"),
            hours=("hours", "sum"),
            runner_up=("runner_up", "first"),
            status=("status", "first"),
        )
        .reset_index()
    )
    found: dict[str, dict[str, TableRow]] = {}
    for row in records(offers):
        each = row["pupils"] or 1.0
        row["outcomes"] = [
            (outcome, value / each)
            for outcome, value in by.get((row["unit_id"], row["bundle"], row["period"]), [])
        ]
        for column in ("benefit", "price_paid", "standard_error"):
            row[column] /= each
        site = found.setdefault(row["site"], {})
        card = site.setdefault(row["unit_id"], {"unit_id": row["unit_id"], "offers": []})
        card["offers"].append(row)
    return {site: list(cards.values()) for site, cards in found.items()}


def _hours_each(plan: Plan) -> pd.Series:
    """Hours per pupil of every line of assignments: its own, and its share of a group's."""
    load, lines = plan.caseload, plan.assignments
    own = load.groupby(["case", "intervention"])["hours"].sum()
    keys = pd.MultiIndex.from_frame(lines[["unit_id", "intervention"]])
    mine = pd.Series(own.reindex(keys).fillna(0.0).to_numpy(), index=lines.index)
    sessions = plan.sessions
    names = sessions["intervention"] + "/" + sessions["site"] + "/" + sessions["period"]
    hours = load.groupby("case")["hours"].sum().reindex(session_names(sessions)).fillna(0.0)
    totals = pd.DataFrame({"hours": hours.to_numpy(), "pupils": sessions["pupils"]})
    families = sessions["family"] != "" if "family" in sessions else names != names
    begins = lines["starts"] if "starts" in lines else lines["period"]
    wanted = lines["intervention"] + "/" + lines["site"] + "/" + begins
    of_group, of_family = (
        wanted.map(_each(totals[kind], names[kind])).astype("float64").fillna(0.0)
        for kind in (~families, families)
    )
    units = lines["units"].where(lines["units"] > 0, 1.0)
    # parents who take no hours for this child alone take them for its family
    return mine / units + of_group + of_family.where(mine == 0, 0.0)


def _each(totals: pd.DataFrame, names: pd.Series) -> pd.Series:
    """Name -> hours for each pupil of its sessions."""
    sums = totals.groupby(names)[["hours", "pupils"]].sum()
    return sums["hours"] / sums["pupils"].where(sums["pupils"] > 0)


def _waiting(
    plan: Plan, words: Language, named: Callable[[str, str], str]
) -> dict[str, list[TableRow]]:
    """Site -> its units that are not offered help, with the reason."""
    texts = {
        reason: reason_words(reason, words, named)
        for reason in plan.not_served["reason"].unique().tolist()
    }
    found: dict[str, list[TableRow]] = {}
    for row in records(plan.not_served.sort_values(["site", "unit_id"], kind="stable")):
        row["reason"] = texts[row["reason"]]
        found.setdefault(row["site"], []).append(row)
    return found
