"""report.html: what a plan says, for people, in one file that needs no network and no script.

The page allows itself nothing but its own style sheet, by the hash of it.  Every chart stands
beside, or inside, the table it shows.  It holds no row of a single unit with its id: the cards of
pupils are pages of their own (see ``cards``).
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from recommender.errors import UsageError
from recommender.export.because import reason_words
from recommender.export.disclosure import disclosed_plan, rounding
from recommender.export.disclosure.audience import AUDIENCES as AUDIENCES
from recommender.export.disclosure.audience import COORDINATOR, OPEN, refuse_unknown
from recommender.export.disclosure.disclosed_plan import (
    KEYS,
    Hidden,
    OpenPlan,
    hidden_rows,
    rows_hidden,
)
from recommender.export.disclosure.small_counts import (
    BEFORE,
    hidden_before,
    hide_counts,
    hide_served,
)
from recommender.export.manifest import Manifest
from recommender.export.pages import svg
from recommender.export.pages.rules_in_force import lacks_in_words, rule_name, rules_in_words
from recommender.export.pages.template import filled
from recommender.export.summaries import plan_tables, stability
from recommender.export.summaries.equity import RARE, UNSHOWN
from recommender.export.summaries.lacks import lacks_of, owed_by_basis
from recommender.export.summaries.marginal_hours import BudgetPoint
from recommender.export.summaries.trust import trust_in
from recommender.governance.privacy.suppression import HIDDEN, THRESHOLD
from recommender.messages import LANGUAGES, Language
from recommender.planning.formulation.labels import NOTHING
from recommender.planning.plan.plan import Plan, untested_outcomes
from recommender.planning.plan.proof import Proof

TableRow = dict[str, Any]

NINETY = 1.6449
"""Standard errors on either side of a mean that hold 90 % of a normal distribution."""

_SHOWN = 12


@dataclass(frozen=True, slots=True)
class CardsLink:
    """A page of pupil cards: the site, which part of it, and the way to it from the report."""

    site: str
    part: int
    parts: int
    href: str


def report_html(
    plan: Plan,
    manifest: Manifest,
    language: str = "en",
    audience: str = "board",
    cards: Sequence[CardsLink] = (),
    earlier: Hidden = frozenset(),
) -> str:
    """Return the report of a plan as a self-contained page.

    Args:
        plan: the plan.
        manifest: its manifest; hashes of the folder's files are not needed.
        language: a key of ``LANGUAGES``.
        audience: one of ``AUDIENCES``; policy and public hold no row about a single pupil and hide
            small counts and those beside them.
        cards: the pages of pupil cards that the report of a coordinator links to.
        earlier: what earlier reports for anyone hid, which such a report hides too.

    Raises:
        UsageError: if there is no such language or audience.
    """
    words = language_of(language)
    refuse_unknown(audience, "report")
    open_to_all = audience in OPEN
    named = names_of_ids(manifest, words)
    summary = plan.summary
    calendar = [name.id for name in manifest.names if name.kind == "period"]
    left = plan_tables.hours_left(plan, most=_SHOWN)
    owed = sum(duty.owed for duty in plan.owed) or float(summary.must_serve)
    if open_to_all:
        # who is owed help and does not agree would follow from the rules, which count the others
        owed = float(summary.must_serve)
        shown = open_plan(plan, manifest, language, earlier)
        tables, totals = shown.tables(), shown.totals
        known = tables["hours_by_role"]
        left = left[left["role"].isin(known.loc[known["used"].notna(), "role"])]
        left = left.assign(hours=rounding.column(left["hours"], rounding.HOURS))
    else:
        tables = _tables(plan, manifest, words, named)
        totals = disclosed_plan.totals_of(summary, NINETY)
    hours = {by: tables[f"hours_by_{by}"] for by in ("role", "period")}
    if not open_to_all:
        hours["site"] = plan_tables.hours_by(plan, "site")
    risk, sites, offered, why, must = (
        tables[name] for name in ("risk", "sites", "interventions", "reasons", "must_serve")
    )
    sums = _sums_of(plan, manifest, open_to_all=open_to_all)
    front, today = manifest.front, _today(plan, manifest)
    if open_to_all:
        front, today = _open_front(front), rounding.to_step(today, rounding.HOURS)
    return filled(
        "report.html",
        words,
        audience=audience,
        open_to_all=open_to_all,
        few=THRESHOLD,
        sign=HIDDEN,
        count=counter_of(words),
        named=named,
        summary=summary,
        proof=summary.proof,
        proof_said=proof_in_words(summary.proof, summary.status, words),
        totals=totals,
        owed=owed,
        bases=[] if open_to_all else owed_by_basis(plan.owed),
        lacks=lacks_of(plan, open_to_all=open_to_all),
        duties=[] if open_to_all else records(plan.duties),
        manifest=manifest,
        scenario=_scenario(summary.scenario, named, words),
        shortage=summary.pupils_short,
        lacking=[s for s in summary.shortages if s.hours > 0],
        unfair=[
            {
                "rule": rule_name(unmet.rule, words, named),
                "group": named("site", unmet.group),
                "lacks": lacks_in_words(unmet, words),
            }
            for unmet in plan.unmet
        ],
        digits=plan_tables.digits_of(summary.standard_error),
        hours={by: _in_time(records(table), calendar) for by, table in hours.items()},
        more=_more(plan, manifest),
        rest=rounding.to_digits(summary.bound - summary.value)
        if open_to_all
        else summary.bound - summary.value,
        trust=trust_in(plan, open_to_all=open_to_all),
        handed=[named("outcome", outcome) for outcome in untested_outcomes(plan)],
        in_force=rules_in_words(plan, manifest, words, named),
        used=sorted(set(plan.assignments["intervention"])),
        left=records(left),
        left_sum=float(left["hours"].sum()),
        account=plan_tables.account(plan),
        grid=_grid(plan, calendar),
        dear=[] if open_to_all else records(plan_tables.dear_hours(plan, _SHOWN)),
        risk=records(risk),
        interventions=records(offered),
        sites=records(sites),
        sums=sums,
        curve=[] if front else _curve(plan, manifest, open_to_all=open_to_all),
        front=front,
        today=today,
        front_chart=_front_chart(front, today, totals.benefit, words),
        stays=records(stability.by_share(plan, open_to_all=open_to_all)),
        stays_by=records(stability.stability_by_intervention(plan, open_to_all=open_to_all)),
        sessions=[] if open_to_all else _in_time(records(_sessions(plan)), calendar),
        equity=_equity(manifest, words, named),
        risks=_risks(plan, manifest),
        reasons=records(why),
        running=plan_tables.running_hours(plan),
        examples=[] if open_to_all else _examples(plan),
        must_serve=records(must),
        limits=records(_limits(plan, totals.cost if open_to_all else None)),
        settings=json.dumps(json.loads(manifest.settings), indent=1, sort_keys=True),
        cards=tuple(cards) if audience == COORDINATOR else (),
        many=audience == COORDINATOR and not cards and summary.pupils > 0,
    )


def open_plan(
    plan: Plan, manifest: Manifest, language: str = "en", earlier: Hidden = frozenset()
) -> OpenPlan:
    """Return what anyone may read of a plan; every form for anyone is written from it.

    Args:
        plan, manifest: as in ``report_html``.
        language: of the reasons.
        earlier: what earlier reports hid, which stays hidden.

    Raises:
        UsageError: if there is no such language.
    """
    words = language_of(language)
    named = names_of_ids(manifest, words)
    whole = _tables(plan, manifest, words, named)
    keys = {name: whole[name][key].astype("str") for name, key in KEYS.items()}
    keys["reasons"] = plan_tables.reasons(plan)["reason"]
    marked = {
        name: hidden_before(table, keys[name], rows_hidden(earlier, name))
        for name, table in whole.items()
    }
    offered = hide_counts(marked["interventions"], "pupils")
    few = set(whole["interventions"]["intervention"]) - set(
        offered.loc[offered["pupils"].notna(), "intervention"]
    )
    shown = {
        "risk": hide_served(marked["risk"]),
        "sites": hide_served(marked["sites"]),
        "interventions": _without_hours(offered),
        "reasons": hide_counts(marked["reasons"], "pupils"),
        "hours_by_role": _open_hours(plan, manifest, "role", marked["hours_by_role"], few),
        "hours_by_period": _open_hours(plan, manifest, "period", marked["hours_by_period"], few),
        "must_serve": _must_by_rule(marked["must_serve"]),
    }
    counts = {"risk": "served", "sites": "served", "interventions": "pupils", "reasons": "pupils"}
    hidden = {
        row
        for name, table in shown.items()
        if name != "must_serve"
        for row in hidden_rows(name, keys[name], table, (counts.get(name, "used"),))
    }
    lines = plan.assignments
    paying = float(lines["units"][lines["intervention"].isin(_paid(manifest))].sum())
    return OpenPlan(
        totals=disclosed_plan.open_totals(disclosed_plan.totals_of(plan.summary, NINETY), paying),
        rows={name: table.drop(columns=BEFORE, errors="ignore") for name, table in shown.items()},
        hidden=frozenset(hidden),
        scenario=plan.summary.scenario,
        created=manifest.created,
        synthetic=manifest.synthetic,
    )


def _tables(
    plan: Plan, manifest: Manifest, words: Language, named: Callable[[str, str], str]
) -> dict[str, pd.DataFrame]:
    """The tables of which anyone may read a part, as they are."""
    return {
        "risk": plan_tables.by_risk(plan, dict(manifest.weights)),
        "sites": plan_tables.by_site(plan),
        "interventions": _interventions(plan, manifest),
        "reasons": _reasons(plan, words, named),
        "hours_by_role": plan_tables.hours_by(plan, "role"),
        "hours_by_period": plan_tables.hours_by(plan, "period"),
        "must_serve": _must_serve(plan),
    }


def _sums_of(plan: Plan, manifest: Manifest, *, open_to_all: bool) -> dict[str, dict[str, float]]:
    """The last lines of tables, rounded for anyone; hours then stand only in their rows."""
    sums = {
        "risk": _sums(
            plan_tables.by_risk(plan, dict(manifest.weights)), "pupils", "served", "benefit"
        ),
        "sites": _sums(plan_tables.by_site(plan), "pupils", "served", "benefit"),
        "offered": _sums(plan_tables.by_intervention(plan), "hours", "benefit"),
        "why": _sums(plan_tables.reasons(plan), "pupils", "benefit_forgone"),
    }
    if not open_to_all:
        return sums
    return {
        table: {
            name: math.nan
            if name == "hours"
            else rounding.pupils(value)
            if name in ("pupils", "served")
            else rounding.to_digits(value)
            for name, value in columns.items()
        }
        for table, columns in sums.items()
    }


def _paid(manifest: Manifest) -> set[str]:
    """The interventions that cost money beside the hours."""
    return {key for key, euros in manifest.costs if euros > 0}


def language_of(code: str) -> Language:
    """Return a language of reports.

    Raises:
        UsageError: if there is no such language.
    """
    if code not in LANGUAGES:
        raise UsageError(f"there is no report in {code!r}; choose {', '.join(LANGUAGES)}")
    return LANGUAGES[code]


def proof_in_words(proof: Proof, status: str, words: Language) -> str:
    """Return how much better any plan could be, and what proves it, in a sentence or two."""
    if not proof.known:
        return str(words.say("proof_none"))
    if status == "optimal":
        key = "proof_optimal" if proof.kind == "prices" else "proof_exact"
    else:
        key = "proof_gap" if proof.kind == "prices" else "proof_solver"
    said = words.say(key, gap=words.percent(proof.gap, 2), plain=words.percent(proof.plain, 2))
    return f"{words.say('proof_stopped')} {said}" if proof.stopped else str(said)


def counter_of(words: Language) -> Callable[..., str]:
    """Return what writes a number, or the sign for one that is not shown."""

    def count(value: float | None, digits: int = 0) -> str:
        return HIDDEN if value is None or value != value else words.number(value, digits)

    return count


def _sums(frame: pd.DataFrame, *columns: str) -> dict[str, float]:
    return {column: float(frame[column].sum()) for column in columns}


def names_of_ids(manifest: Manifest, words: Language) -> Callable[[str, str], str]:
    """Return what names an id of a kind; a bundle ``a+b`` has the names of its members."""
    texts: Mapping[tuple[str, str], str] = {
        (name.kind, name.id): words.name(name.text) or name.id for name in manifest.names
    }

    def named(kind: str, key: str) -> str:
        if kind == "role" and ";" in key:
            return " / ".join(named(kind, member) for member in key.split(";"))
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


def records(frame: pd.DataFrame) -> list[TableRow]:
    """Return the rows of a table, column -> cell."""
    return [{str(k): v for k, v in row.items()} for row in frame.to_dict(orient="records")]


def _in_time(rows: list[TableRow], calendar: list[str]) -> list[TableRow]:
    """Rows in the order of their periods; rows without a period stay as they are."""
    place = {period: number for number, period in enumerate(calendar)}
    return sorted(rows, key=lambda row: place.get(row.get("period", ""), len(place)))


def _grid(plan: Plan, calendar: list[str]) -> TableRow:
    """Prices by role and period, each with a shade from 0 to 5."""
    table = plan_tables.price_grid(plan)
    found = set(table["period"].tolist())
    periods = [p for p in calendar if p in found] + sorted(found - set(calendar))
    most = float(table["price"].max()) if len(table) else 0.0
    keys = list(zip(table["role"].tolist(), table["period"].tolist(), strict=True))
    prices = dict(zip(keys, table["price"].tolist(), strict=True))
    short = {key for key, lacks in zip(keys, table["short"].tolist(), strict=True) if lacks}
    roles = sorted(
        {role for role, _ in prices},
        key=lambda role: (-max(prices.get((role, p), 0.0) for p in periods), role),
    )
    rows = [
        {
            "role": role,
            "cells": [
                {
                    "price": prices.get((role, p)),
                    "short": (role, p) in short,
                    "shade": 5 if (role, p) in short else _shade(prices.get((role, p)), most),
                }
                for p in periods
            ],
        }
        for role in roles
    ]
    return {"periods": periods, "rows": rows, "any": most > 0 or bool(short), "short": bool(short)}


def _shade(price: float | None, most: float) -> int:
    return 0 if not price or most <= 0 else 1 + min(4, int(5 * price / most))


def _interventions(plan: Plan, manifest: Manifest) -> pd.DataFrame:
    levels = ("strong", "good", "promising", "plausible", "elicited", "assumed")
    best: dict[str, str] = {}
    for effect in manifest.evidence:
        known = best.get(effect.intervention, levels[-1])
        best[effect.intervention] = min(known, effect.level, key=levels.index)
    table = plan_tables.by_intervention(plan)
    return table.assign(level=[best.get(key, "") for key in table["intervention"]])


def _without_hours(table: pd.DataFrame) -> pd.DataFrame:
    """Interventions without their hours where a count is hidden: hours say how many pupils."""
    hours = table["hours"] if table["pupils"].notna().all() else math.nan
    return table.assign(hours=hours)


def _open_hours(
    plan: Plan, manifest: Manifest, by: str, table: pd.DataFrame, hidden: Collection[str]
) -> pd.DataFrame:
    """Hours without those that few pupils take, or ``hidden`` help, which would say how many."""
    lines = plan.assignments[["unit_id", "intervention", "period", "units"]]
    order = [days.period for days in manifest.dates]
    if by == "role":
        needs = pd.DataFrame(
            [(need.intervention, need.role) for need in manifest.needs],
            columns=["intervention", "role"],
        )
        lines = lines.merge(needs.drop_duplicates(), on="intervention")
    else:
        length = {need.intervention: need.periods for need in manifest.needs}
        span = [
            order[at : at + max(1, length.get(what, 1))]
            if (at := _at(order, start)) >= 0
            else [start]
            for what, start in zip(lines["intervention"], lines["period"], strict=True)
        ]
        lines = lines.assign(period=pd.Series(span, index=lines.index)).explode("period")
    each = lines.drop_duplicates(["unit_id", by]).groupby(by)["units"].sum()
    counted = table[by].map(each).astype("float64").fillna(0.0).to_numpy()
    told_by = set(lines.loc[lines["intervention"].isin(hidden), by]) if by == "role" else set()
    few = (counted < THRESHOLD) | table[by].isin(told_by).to_numpy()
    if BEFORE in table:
        few |= table[BEFORE].to_numpy(dtype=np.bool_)
    if few.sum() == 1:
        few[np.argmin(np.where(few, np.inf, counted))] = True
    return table.assign(used=table["used"].where(~few), share=table["share"].where(~few))


def _at(order: list[str], period: str) -> int:
    return order.index(period) if period in order else -1


def _more(plan: Plan, manifest: Manifest) -> list[TableRow]:
    """What a tenth more hours could bring at most, role by role."""
    if plan.summary.shortages or not math.isfinite(plan.summary.bound):
        return []
    return [
        {"roles": more.role.split(";"), "hours": more.hours / 10, "worth": more.worth / 10}
        for more in manifest.more
    ]


def _curve(plan: Plan, manifest: Manifest, *, open_to_all: bool) -> list[TableRow]:
    """Between what and what the best benefit lies with more hours of everybody, by tenths more.

    This plan can still be carried out with more hours, and its prices bound every other one.
    """
    summary = plan.summary
    worth, hours = (sum(getattr(more, key) for more in manifest.more) for key in ("worth", "hours"))
    if not _more(plan, manifest) or worth <= 0:
        return []
    above = summary.benefit + summary.bound - summary.value
    digits = rounding.to_digits if open_to_all else float
    return [
        {"more": tenth / 10, "hours": hours * tenth / 10, "low": digits(summary.benefit),
         "high": digits(above + worth * tenth / 10)}
        for tenth in range(6)
    ]  # fmt: skip


def _open_front(front: Sequence[BudgetPoint]) -> tuple[BudgetPoint, ...]:
    """What hours of everybody could bring, rounded as totals are."""
    return tuple(
        replace(
            point,
            hours=rounding.to_step(point.hours, rounding.HOURS),
            benefit=rounding.to_digits(point.benefit),
            low=rounding.to_digits(point.low),
            high=rounding.to_digits(point.high),
            price=rounding.to_digits(point.price),
        )
        for point in front
    )


def _front_chart(
    front: Sequence[BudgetPoint], today: float, benefit_today: float, words: Language
) -> str:
    """Benefit along the hours of everybody, with this plan as a dot; "" where it is not known."""
    if not front:
        return ""
    hours, benefit, low, high = (
        np.array([getattr(point, key) for point in front])
        for key in ("hours", "benefit", "low", "high")
    )
    return svg.chart(
        [svg.Curve(hours, benefit, np.maximum(low, 0.0), high)],
        words.plain("front_across"),
        words.plain("front_up"),
        words.plain("front_chart"),
        words.round_number,
        today,
        (today, benefit_today),
    )


def _today(plan: Plan, manifest: Manifest) -> float:
    """Return all hours handed in, travel included, as the curve counts them."""
    known = plan_tables.account(plan)
    if known is not None:
        return known.handed
    front = manifest.front
    return next((p.hours for p in front if p.change == 0), front[0].hours if front else 0.0)


def _equity(
    manifest: Manifest, words: Language, named: Callable[[str, str], str]
) -> list[dict[str, Any]]:
    tables: dict[str, list[TableRow]] = {}
    for group in manifest.equity:
        each = (
            1000 * group.benefit / group.pupils
            if group.benefit is not None and group.pupils
            else None
        )
        share = group.served / group.pupils if group.served is not None and group.pupils else None
        rows = tables.setdefault(group.column, [])
        if group.group == UNSHOWN:
            continue
        rows.append(
            {"name": _group_name(group.group, words), "pupils": group.pupils,
             "served": group.served, "share": share, "each": each}
        )  # fmt: skip
    return [{"column": named("column", key), "rows": rows} for key, rows in tables.items()]


def _group_name(group: str, words: Language) -> str:
    return words.phrases["rare" if group == RARE else "unknown"] if group in ("", RARE) else group


def _risks(plan: Plan, manifest: Manifest) -> list[TableRow]:
    ranges = {share.outcome: (share.low, share.high) for share in manifest.plausible}
    rows = records(plan_tables.mean_risks(plan))
    for row in rows:
        row["low"], row["high"] = ranges.get(row["outcome"], (None, None))
    return rows


def _reasons(plan: Plan, words: Language, named: Callable[[str, str], str]) -> pd.DataFrame:
    """Why pupils are not offered help, in words of the language."""
    table = plan_tables.reasons(plan)
    return table.assign(reason=[reason_words(reason, words, named) for reason in table["reason"]])


def _sessions(plan: Plan) -> pd.DataFrame:
    sessions = plan.sessions
    if "family" in sessions:
        sessions = sessions[sessions["family"] == ""]
    table = sessions.groupby(["intervention", "period"], sort=True)[["groups", "pupils"]].sum()
    return table.reset_index()


def _examples(plan: Plan) -> list[TableRow]:
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
    return [row | {"title": title} for row, title in zip(records(chosen), titles, strict=True)]


def _must_serve(plan: Plan) -> pd.DataFrame:
    """Rule, site, owed, met, short: the statutory rules site by site."""
    rows = plan.resources[plan.resources["resource"] == "must_serve"]
    short = {
        (s.rule, s.site): s.pupils
        for s in plan.summary.shortages
        if s.pupils > 0 and not s.is_fairness
    }
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


def _must_by_rule(must: pd.DataFrame) -> pd.DataFrame:
    """The statutory rules of all sites together, small numbers hidden."""
    sums = must.groupby("rule", sort=True)[["owed", "met", "short"]].sum(min_count=1).reset_index()
    sums = sums.dropna().rename(columns={"owed": "pupils", "met": "served"})
    safe = hide_served(sums.assign(site=""))
    return safe.rename(columns={"pupils": "owed", "served": "met"})


def _limits(plan: Plan, cost: float | None) -> pd.DataFrame:
    """The budget and caps that cost benefit, dearest first; of the budget alone with its cost."""
    kinds = ["budget"] if cost is not None else ["budget", "cap"]
    rows = plan.resources[plan.resources["resource"].isin(kinds) & (plan.resources["price"] > 0)]
    if cost is not None:
        rows = rows.assign(used=cost)
    return rows.sort_values("price", ascending=False, kind="stable", ignore_index=True).head(_SHOWN)
