"""The rules a plan was made under, in words, with what each costs where that is known."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from recommender.export.manifest import Manifest
from recommender.messages import Language
from recommender.planning.formulation.rules.shares import PRESENT
from recommender.planning.plan.plan import Plan
from recommender.planning.plan.summary import Unmet

Named = Callable[[str, str], str]

HOURLY = frozenset({"hours", "places", "quorum"})
"""The resources that are no rule of people."""


@dataclass(frozen=True, slots=True)
class RuleInWords:
    """A rule in words.

    ``price`` is the benefit of one more of what it limits, at its dearest; None where nothing in
    the plan says it, and 0 where the rule holds nothing back.
    """

    name: str
    says: str
    price: float | None = None


def rules_in_words(
    plan: Plan, manifest: Manifest, words: Language, named: Named
) -> tuple[RuleInWords, ...]:
    """Return every rule in force: consent, money, caps, statutory rules, and how benefit counts."""
    settings = json.loads(manifest.settings)
    matching: dict[str, Any] = settings.get("matching", {})
    limits: dict[str, Any] = settings.get("limits", {})
    say = words.phrases
    dearest = _dearest(plan)
    found = []
    if consent := matching.get("consent"):
        states = ", ".join(say.get(f"consent_{state}", state) for state in consent)
        found.append(RuleInWords(say["rule_consent"], say["says_consent"].format(states=states)))
    budget = plan.summary.budget
    if budget is not None:
        says = say["says_budget"].format(budget=words.number(budget))
        found.append(RuleInWords(say["rule_budget"], says, dearest.get(("budget", ""), 0.0)))
    for rule in limits.get("must_serve", ()):
        helps = rule.get("interventions", ())
        says = say["says_must_some" if helps else "says_must_any"]
        says = says.format(helps=", ".join(named("intervention", key) for key in helps))
        says += " " + say["says_law" if rule.get("statutory") else "says_promise"]
        found.append(RuleInWords(named("rule", rule["id"]), says))
    for key, most in limits.get("caps", ()):
        says = say["says_cap"].format(most=words.number(most), help=named("intervention", key))
        found.append(RuleInWords(say["rule_cap"], says, dearest.get(("cap", key), 0.0)))
    for rule in limits.get("fairness", ()):
        name, says = rule_name(rule["id"], words, named), _fair_words(rule, words, named)
        found.append(RuleInWords(name, says, _dearest_of(dearest, rule["id"])))
    margin = limits.get("no_worse_than")
    if margin is not None:
        says = say["says_no_worse"].format(margin=_short(margin, words))
        found.append(RuleInWords(say["rule_no_worse"], says, _dearest_of(dearest, PRESENT.id)))
    told = {"budget", "must_serve", "cap"}
    for kind, key in sorted(dearest):
        if kind not in told and not kind.startswith("fair_"):
            name = say.get(f"rule_{kind}", kind.replace("_", " "))
            found.append(RuleInWords(name, named("rule", key) if key else "", dearest[kind, key]))
    numbers = {
        "bundle": matching.get("bundle_size"),
        "diminishing": matching.get("diminishing"),
        "waiting": limits.get("waiting_discount"),
        "travel": limits.get("travel_overhead"),
        "caution": matching.get("caution") or None,
    }
    for name, value in numbers.items():
        if value is not None:
            text = words.percent(value)
            if name in ("bundle", "caution"):
                text = words.number(value, 0 if name == "bundle" else 2)
            found.append(RuleInWords(say[f"rule_{name}"], say[f"says_{name}"].format(value=text)))
    if evidence := matching.get("evidence"):
        shares = sorted(evidence, key=lambda pair: -pair[1])
        levels = ", ".join(f"{say[f'level_{level}']} {words.percent(s)}" for level, s in shares)
        found.append(RuleInWords(say["rule_evidence"], say["says_evidence"].format(levels=levels)))
    return tuple(found)


def rule_name(rule: str, words: Language, named: Named) -> str:
    """Return what a rule of fairness is called."""
    return words.phrases["rule_no_worse"] if rule == PRESENT.id else named("rule", rule)


def lacks_in_words(unmet: Unmet, words: Language) -> str:
    """Return how much a group lacks of what a rule of fairness asks, in what it measures."""
    kind = "no_worse" if unmet.rule == PRESENT.id else unmet.unit or "pupil"
    return words.phrases[f"lacks_{kind}"].format(
        amount=words.number(unmet.amount, {"hour": 1, "outcome": 3}.get(kind, 0))
    )


def _fair_words(rule: dict[str, Any], words: Language, named: Named) -> str:
    say, measure = words.phrases, rule.get("measure", "coverage")
    parts = []
    for key in ("floor", "cap"):
        if rule.get(key) is not None:
            whole = measure == "coverage"
            amount = words.percent(rule[key]) if whole else _short(rule[key], words)
            parts.append(say[f"fair_{key}"].format(amount=amount))
    if rule.get("lowest"):
        parts.append(say["fair_lowest"].format(worth=_short(rule["lowest"], words)))
    if rule.get("alpha") is not None:
        parts.append(say["fair_alpha"].format(alpha=_short(rule["alpha"], words)))
    by = say.get(f"fair_by_{rule['by']}") or named("column", rule["by"])
    return say["says_fair"].format(by=by, measure=say[f"fair_{measure}"], asks="; ".join(parts))


def _short(value: float, words: Language) -> str:
    """Return a number with the digits that it has."""
    return words.number(value, len(f"{value:.3f}".rstrip("0").partition(".")[2]))


def _dearest_of(dearest: dict[tuple[str, str], float], rule: str) -> float:
    """Return the highest price of one more in any group of a rule of fairness."""
    mine = [
        price
        for (kind, about), price in dearest.items()
        if kind.startswith("fair_") and about.split("/", 1)[0] == rule
    ]
    return max(mine, default=0.0)


def _dearest(plan: Plan) -> dict[tuple[str, str], float]:
    """Kind of rule and the intervention or rule it is about -> its highest price."""
    rows = plan.resources[~plan.resources["resource"].isin(HOURLY)]
    about = rows["rule"].where(rows["rule"] != "", rows["intervention"])
    table = rows.assign(about=about).groupby(["resource", "about"], sort=True)["price"].max()
    return {
        (str(row["resource"]), str(row["about"])): float(row["price"])
        for row in table.reset_index().to_dict(orient="records")
    }
