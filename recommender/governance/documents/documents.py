"""Documents made from a plan: cards, assessments, letters; what only people know stays open.

A document is a page of Markdown made from ``Facts``; no number in it is of one child.  Open places
read ``[to fill in: …]`` (Dutch: ``[in te vullen: …]``), so that nobody mistakes a draft for an
assessment.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable
from typing import Any, Literal, TypeAlias, get_args

import jinja2

from recommender.governance.documents.facts import ICC, Facts, Measurement
from recommender.governance.documents.register import register_entry, register_markdown
from recommender.governance.markdown import Markdown, inert, markdown_table
from recommender.governance.privacy.about_child import checked_of_child, used_of_child
from recommender.governance.privacy.contract import sensitivity_words, use_words

DocumentKind: TypeAlias = Literal[
    "register", "model-card", "data-card", "dpia", "fria", "parents", "measurement"
]
KINDS: tuple[DocumentKind, ...] = get_args(DocumentKind)

_MONTHS = {
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
    "en": "January February March April May June July August September October November December",
}
_CONSENT = {
    "en": {"given": "consent given", "asked": "consent asked for", "not_needed": "none needed"},
    "nl": {"given": "gegeven toestemming", "asked": "gevraagde toestemming",
           "not_needed": "geen toestemming nodig"},
}  # fmt: skip
_STATUS = {
    "en": {"proposed": "proposed", "discussed": "discussed", "adopted": "adopted"},
    "nl": {"proposed": "voorgesteld", "discussed": "besproken", "adopted": "vastgesteld"},
}
_SCALES_NL = {
    "smd": "verschil in SD",
    "odds_ratio": "oddsratio",
    "risk_ratio": "risicoverhouding",
    "risk_difference": "risicoverschil",
}
_LEVELS_NL = {
    "strong": "sterk",
    "good": "goed",
    "promising": "veelbelovend",
    "plausible": "aannemelijk",
    "elicited": "geschat door professionals",
    "assumed": "aangenomen",
}


def document(kind: DocumentKind, facts: Facts) -> str:
    """A document as Markdown, in the language of its facts (the register entry is in Dutch)."""
    if kind == "register":
        return register_markdown(register_entry(facts))
    name = kind.replace("-", "_") + (f"_{facts.language}" if kind == "parents" else "")
    text = _templates().get_template(f"{name}.md.j2").render(_context(facts))
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def open_places(text: str) -> tuple[str, ...]:
    """What people still have to fill in, in order."""
    return tuple(re.findall(r"\[(?:to fill in|in te vullen): ([^\]]+)\]", text))


def _templates() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.PackageLoader("recommender.governance", "templates"),
        undefined=jinja2.StrictUndefined,
        autoescape=False,
        finalize=_inert,
        keep_trailing_newline=True,
    )


def _inert(value: object) -> object:
    """What a template writes: every text but a table cannot become HTML."""
    return inert(value) if isinstance(value, str) and not isinstance(value, Markdown) else value


def _context(facts: Facts) -> dict[str, Any]:
    """What the templates may use; every row is text."""
    language, policy = facts.language, facts.policy
    own = [c for c in policy.columns if c.use != ("never",)]

    def t(en: str, nl: str) -> str:
        return nl if language == "nl" else en

    def number(value: float, digits: int = 1) -> str:
        text = "-" if math.isnan(value) else f"{value:.{digits}f}"
        return text.replace(".", ",") if language == "nl" else text

    def percent(share: float | None) -> str:
        return "-" if share is None or math.isnan(share) else f"{number(100 * share)} %"

    def day(date: dt.date) -> str:
        return f"{date.day} {_MONTHS[language].split()[date.month - 1]} {date.year}"

    proof = facts.summary.proof
    proof_by = {
        "prices": t("by the prices of the hours", "volgens de prijzen van de uren"),
        "solver": t("by a solver", "volgens een rekenprogramma"),
        "exact": t("by a solver that searched to the end",
                   "volgens een rekenprogramma dat tot het einde zocht"),
    }[proof.kind]  # fmt: skip
    return {
        "f": facts,
        "t": t,
        "table": markdown_table,
        "number": number,
        "percent": percent,
        "day": day,
        "icc": number(ICC),
        "gap": f"{number(100 * proof.gap, 2)} % ({proof_by})",
        "status": _STATUS[language].get(facts.run.status, facts.run.status),
        "consent": [_CONSENT[language][c] for c in policy.rules.consent],
        "service_use": [o.name for o in facts.outcomes if o.measures == "service_use"],
        "audit_only": [c.name for c in own if c.use == ("audit_only",)],
        "kinds_of_data": used_of_child(
            policy.columns, [(path, rows) for path, _, rows in facts.run.inputs], language
        ),
        "kinds_checked": checked_of_child(policy.columns, language),
        "offered": [h for h in facts.help if h.pupils != "0"],
        "purposes": facts.words(c.purpose for c in own),
        "grounds": facts.words(c.legal_basis for c in own),
        "outcome_rows": [
            [
                o.name, number(o.weight), percent(o.mean),
                "-" if math.isnan(o.low) else f"{percent(o.low)} – {percent(o.high)}",
                f"{percent(o.base_rate[0])} – {percent(o.base_rate[1])}",
                _measures(o.measures, t),
            ]
            for o in facts.outcomes
        ],
        "effect_rows": _effect_rows(facts, number, percent),
        "column_rows": [
            [
                c.name, use_words(c, language), sensitivity_words(c, language),
                *(facts.said(text) or "-" for text in (c.source, c.purpose, c.legal_basis)),
                str(c.retention or "-"),
            ]
            for c in own
        ],
        "input_rows": [
            [path, facts.told(rows) if _of_pupils(path) else f"{rows}", digest]
            for path, digest, rows in facts.run.inputs
        ],
        "period_rows": [
            f"{p.name.said(language)} ({day(p.start)} – {day(p.end)})" for p in policy.periods
        ],
        "reason_rows": [list(row) for row in facts.reasons],
        "measure_rows": [_measure_row(m, t, number, percent) for m in facts.measurements],
    }  # fmt: skip


def _of_pupils(path: str) -> bool:
    """Whether the rows of an input are pupils or something said of them."""
    return path.startswith("data/") and not path.startswith(("data/sites", "data/professionals"))


def _measures(measures: str, t: Callable[[str, str], str]) -> str:
    words = {
        "need": t("need", "nood"),
        "service_use": t("help used before", "eerder gebruik van hulp"),
    }
    return words.get(measures, t("not stated", "niet vermeld"))


def _effect_rows(
    facts: Facts, number: Callable[..., str], percent: Callable[[float | None], str]
) -> list[list[str]]:
    names = {o.id: o.name for o in facts.outcomes}
    believed = dict(facts.policy.evidence)
    dutch = facts.language == "nl"

    def scale(key: str) -> str:
        return _SCALES_NL.get(key, key) if dutch else key.replace("_", " ")

    def level(key: str) -> str:
        return _LEVELS_NL.get(key, key) if dutch else key

    return [
        [
            h.name, names.get(e.outcome, e.outcome),
            f"{scale(e.scale)} {number(e.value, 2)} ± {number(e.standard_error, 2)}",
            level(e.level),
            percent(believed.get(e.level)), e.source,
        ]
        for h in facts.help
        for e in h.effects
    ]  # fmt: skip


def _measure_row(
    m: Measurement,
    t: Callable[[str, str], str],
    number: Callable[..., str],
    percent: Callable[[float | None], str],
) -> list[str]:
    few = t("too few", "te weinig")
    return [
        m.help, m.outcome, f"{percent(m.before)} → {percent(m.after)}", m.served, m.waiting,
        m.others, few if m.needed is None else f"{m.needed}",
        few if m.power is None else percent(m.power),
        few if m.detectable is None else number(m.detectable, 2),
        "; ".join(m.instruments) or f"[{t('to fill in', 'in te vullen')}: instrument]",
    ]  # fmt: skip
