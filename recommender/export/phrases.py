"""What reports say, phrase by phrase in every language, and how a language writes numbers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup, escape


@dataclass(frozen=True, slots=True)
class Language:
    """A language of reports.

    Attributes:
        code: as in HTML (en, nl).
        decimal, thousands: the signs in numbers.
        phrases: key -> phrase, with named places for what is filled in.
    """

    code: str
    decimal: str
    thousands: str
    phrases: Mapping[str, str]

    def say(self, key: str, **parts: object) -> Markup:
        """Return a phrase with its parts filled in, escaped for HTML.

        Raises:
            KeyError: if the language lacks the phrase or a part is not given.
        """
        safe = {name: escape(part) for name, part in parts.items()}
        return Markup(escape(self.phrases[key])).format(**safe)

    def number(self, value: float, digits: int = 0) -> str:
        """Return a number as people of this language write it."""
        if not math.isfinite(value):
            return "∞" if value > 0 else "−∞" if value < 0 else "–"
        text = f"{value:,.{digits}f}"
        if float(text.replace(",", "")) == 0:
            text = text.lstrip("-")
        signs = {",": self.thousands, ".": self.decimal, "-": "−"}
        return "".join(signs.get(sign, sign) for sign in text)

    def percent(self, share: float, digits: int = 0) -> str:
        """Return a share as a percentage."""
        return (
            f"{self.number(100 * share, digits)} %"
            if self.code == "nl"
            else (f"{self.number(100 * share, digits)}%")
        )


ENGLISH: Mapping[str, str] = {
    "title": "Plan of help",
    "synthetic": "Synthetic data. The pupils, professionals and schools in this report do "
    "not exist.",
    "proposal": "This is a proposal. Professionals decide, together with pupils and parents.",
    "made": "Made on {date} · scenario {scenario}",
    "made_plain": "Made on {date}",
    "contents": "Contents",
    "headline": "Help for {served} of {pupils} pupils",
    "headline_more": "It is expected to avert {benefit} weighted adverse outcomes; nine times in "
    "ten between {low} and {high}.",
    "proof_optimal": "It is the best plan there is within these hours and rules; by the prices of "
    "the hours alone, none can be more than {gap} better.",
    "proof_gap": "No plan within these hours and rules can do more than {gap} better. That is "
    "proven, not estimated.",
    "proof_stopped": "The search stopped at its limit. No plan within these hours and rules can do "
    "more than {gap} better; that is proven, not estimated.",
    "proof_none": "The search ended too early to say how much better a plan could be.",
    "fact_served": "pupils offered help",
    "fact_served_of": "of {eligible} who may be offered help",
    "fact_benefit": "outcomes averted",
    "fact_benefit_of": "± {error} (one standard error)",
    "fact_gap": "proven gap",
    "fact_gap_of": "from the best plan possible",
    "fact_hours": "of the hours used",
    "fact_hours_of": "{used} of {capacity} hours",
    "fact_must": "must-serve pupils reached",
    "fact_must_of": "of {must} under a statutory rule",
    "fact_money": "euros beside the hours",
    "fact_money_of": "of {budget}",
    "fact_money_free": "no budget was set",
    "hours": "Hours: what there is and what the plan uses",
    "hours_intro": "Hours can be left over because no pupil there fits the help they could give, "
    "another role it needs is full, a group cannot be filled, or a rule stands in the way.",
    "hours_role": "Hours by role",
    "hours_site": "Hours by site",
    "hours_period": "Hours by period",
    "role": "Role",
    "site": "Site",
    "period": "Period",
    "used": "Used",
    "of_hours": "Used, of hours",
    "share": "Share",
    "bar": "Share used",
    "several_sites": "{number} sites",
    "everywhere": "Shared by sites",
    "worth": "What one more hour would do",
    "worth_intro": "The price of an hour is the benefit that one more hour of that role would add "
    "at that place and time. Hours with a high price are the ones to look for; hours without a "
    "price are not the bottleneck.",
    "worth_grid": "Mean benefit of one more hour, by role and period (in thousandths)",
    "worth_top": "The dearest hours (benefit of one more hour, in thousandths)",
    "worth_none": "No hour has a price: more hours would not add benefit under these rules.",
    "price": "Price",
    "who": "Who is offered help",
    "who_intro": "Help goes where it is expected to do most good for the hours it takes, not to "
    "the highest risk alone. The table shows pupils in ten equally large groups, from the lowest "
    "to the highest weighted risk.",
    "who_chart": "Share of pupils offered help, by risk",
    "who_risk": "Pupils by risk, lowest to highest",
    "decile": "Risk group",
    "mean_risk": "Mean risk",
    "pupils": "Pupils",
    "served": "Offered help",
    "unserved": "Not offered",
    "benefit": "Benefit",
    "who_intervention": "Help by intervention",
    "intervention": "Intervention",
    "hours_short": "Hours",
    "evidence": "Evidence",
    "running": "Help that was already running takes another {hours} hours.",
    "who_site": "Help by site",
    "sessions": "Groups that run",
    "groups": "Groups",
    "places": "Pupils",
    "why_not": "Why the other pupils are not offered help",
    "reason": "Reason",
    "forgone": "Benefit forgone",
    "why_not_intro": "Benefit forgone is what the best help a pupil could have been offered was "
    "expected to do. It shows what scarcity costs; it says nothing against the pupil.",
    "examples": "Three decisions, worked out",
    "examples_intro": "Every decision follows one rule: the benefit expected, less the price of "
    "the hours it takes, is weighed against that of any other help for this pupil. Shown are the "
    "decisions with the highest, the middle and the lowest net value.",
    "example_high": "Highest net value",
    "example_middle": "Middle",
    "example_low": "Lowest",
    "decision": "Decision",
    "help": "Help",
    "price_paid": "Price it pays",
    "net": "Net value",
    "runner_up": "Runner-up",
    "nothing_else": "nothing else worth its hours",
    "rules": "Rules in force",
    "must_table": "Must-serve rules",
    "rule": "Rule",
    "owed": "Owed",
    "met": "Met",
    "short": "Short",
    "shortage_banner": "The hours do not suffice for every pupil under a statutory rule: {pupils} "
    "too few. The law asks for more hours or another arrangement; see Rules in force.",
    "lacking": "Hours that running help lacks",
    "lacking_intro": "Help that is already running takes more hours than there are.",
    "all_met": "Every statutory rule is met.",
    "no_rules": "No pupil is under a statutory rule.",
    "rules_price": "Other limits that cost benefit",
    "limit": "Limit",
    "limit_price": "Benefit of one more, in thousandths",
    "rule_budget": "Budget (euro)",
    "rule_cap": "Most pupils of a site",
    "method": "How this was made",
    "method_text": "For every pupil the risk of each outcome was estimated with its error. For "
    "every help a pupil may be offered, the risk averted follows from published effects, "
    "discounted by the strength of their evidence and by the share of pupils who start and "
    "finish. One linear "
    "program then divides the hours. Its prices prove how much better any other plan could be.",
    "method_error": "The error of the benefit counts that all pupils share the same uncertainty "
    "about an effect: it does not shrink with the number of pupils.",
    "method_limits": "Risks and effects are averages over alike pupils. They do not know this "
    "child, this class or this week. Whoever does know may, and should, decide otherwise.",
    "method_csv": "In the csv files an apostrophe stands before a text that a spreadsheet would "
    "run as a formula. plan.json holds every text as it was.",
    "weights": "Outcomes and their weights",
    "weights_intro": "One unit of benefit is one averted case of an outcome with weight 1. People "
    "set the weights, in planning.yaml.",
    "outcome": "Outcome",
    "weight": "Weight",
    "evidence_table": "Effects used",
    "scale": "Scale",
    "effect": "Effect",
    "level": "Level",
    "source": "Source",
    "certificate": "Certificate",
    "item": "Item",
    "value": "Value",
    "cert_value": "Value of the plan",
    "cert_bound": "Bound from the prices",
    "cert_better": "Tighter bound, by a solver",
    "cert_gap": "Gap",
    "cert_engine": "Engine",
    "cert_status": "Status",
    "cert_seed": "Seed",
    "cert_version": "Version of recommender",
    "cert_verify": "recommender verify works all of this out again from the inputs, without a "
    "solver. manifest.json holds the SHA-256 of every file in this folder.",
    "inputs": "Files this plan was made from",
    "file": "File",
    "rows": "Rows",
    "settings": "Settings",
    "status_optimal": "the best plan there is",
    "status_gap": "as close to the best as was asked",
    "status_stopped": "stopped at a limit",
    "level_strong": "strong",
    "level_good": "good",
    "level_promising": "promising",
    "level_plausible": "plausible",
    "level_elicited": "judged by professionals",
    "level_assumed": "assumed",
    "scale_smd": "standardised difference",
    "scale_odds_ratio": "odds ratio",
    "scale_risk_ratio": "risk ratio",
    "scale_risk_difference": "risk difference",
    "total": "Total",
    "base": "as things are",
}

LANGUAGES: Mapping[str, Language] = {"en": Language("en", ".", ",", ENGLISH)}
"""The languages of reports, by code."""
