"""A plan on one screen: the headline, the hours, what an hour is worth, and what is lacking."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from recommender.cli.screens.comparison import table

if TYPE_CHECKING:
    from recommender.export.manifest import Manifest
    from recommender.planning.plan.plan import Plan
    from recommender.planning.plan.proof import Proof
    from recommender.planning.plan.summary import Summary
    from recommender.planning.selection.duties import Duty

BAR = 20

DEAR = ("role", "period", "sites", "price", "meets_shortage")
"""What is told of the dearest hours."""

BASES: Mapping[str, str] = {
    "statutory": "duty in law",
    "promise": "promised",
    "decision": "required by professionals",
}
"""What help is owed under, in words."""

CAUSES: Mapping[str, str] = {
    "no_consent": "without consent",
    "nothing_suits": "nothing suits",
    "forbidden": "forbidden by decision",
    "no_hours": "for lack of hours, money or places",
}
"""Why help that is owed is not offered, in words."""


def headline(plan: Plan, manifest: Manifest, folder: Path) -> str:
    """Return what the terminal shows of a plan.

    Args:
        plan: the plan.
        manifest: its manifest, for the names of roles, sites and rules.
        folder: where the plan was written.
    """
    from recommender.export.summaries import plan_tables

    names = {(name.kind, name.id): name.text.en for name in manifest.names}

    def named(kind: str) -> Callable[[str], str]:
        return lambda key: names.get((kind, key)) or key

    role, site, period, rule = named("role"), named("site"), named("period"), named("rule")
    lines = [*_first(plan.summary), *_facts(plan)]

    hours = plan_tables.hours_by(plan, "role")
    if len(hours):
        lines += ["", _title("Hours used")]
        lines += _columns(
            [
                (
                    " / ".join(map(role, r.split(";"))),
                    bar(share),
                    f"{used:,.0f}",
                    f"of {capacity:,.0f} h",
                    f"{share:.0%}",
                )
                for r, capacity, used, share in zip(
                    *(hours[c].tolist() for c in ("role", "capacity", "used", "share")), strict=True
                )
            ],
            left=2,
        )
    dear = plan_tables.dear_hours(plan, 5)
    if len(dear):
        lines += ["", _title("Where one more hour would do most (benefit an hour)")]
        lines += _columns(
            [
                (
                    role(r),
                    period(p),
                    _places(s.split(";"), site),
                    "a shortage" if lacks else f"{price:.4f}",
                )
                for r, p, s, price, lacks in zip(*(dear[c].tolist() for c in DEAR), strict=True)
            ],
            left=3,
        )
    owed = [s for s in plan.summary.shortages if s.pupils > 0 and not s.is_fairness]
    if owed:
        lines += ["", _alarm(_owed_title({s.cause for s in owed}))]
        lines += _columns(
            [
                (rule(s.rule), site(s.site), f"{s.pupils:g}", "pupils short",
                 f"({BASES[s.basis]}; {CAUSES[s.cause]})")
                for s in owed
            ],
            left=2,
        )  # fmt: skip
    if plan.unmet:
        lines += ["", _alarm("Rules of fairness that these hours cannot meet")]
        lines += _columns(
            [(rule(u.rule), site(u.group), *_short_of(u.rule, u.amount, u.unit))
             for u in plan.unmet], left=2
        )  # fmt: skip
    lacking = [s for s in plan.summary.shortages if s.hours > 0]
    if lacking:
        lines += ["", _alarm("Hours that running help lacks")]
        lines += _columns(
            [
                (role(s.role), site(s.site), period(s.period), f"{s.hours:,.1f}", "hours short")
                for s in lacking
            ],
            left=3,
        )
    lines += ["", f"Written to {folder}{'/' if not str(folder).endswith('/') else ''}"]
    lines.append("  report.html to read, assignments.csv to open in a spreadsheet")
    return "\n".join(lines)


def plan_record(plan: Plan, folder: Path) -> dict[str, Any]:
    """Return what ``--json`` says of a plan."""
    from dataclasses import asdict

    from recommender.export.manifest import json_value
    from recommender.export.summaries import plan_tables

    summary = {name: json_value(value) for name, value in asdict(plan.summary).items()}
    return {
        **summary,
        "proof": proof_record(plan.summary.proof),
        "account": json_value(plan_tables.account(plan)),
        "benefit_bound": json_value(plan.summary.best_counted_bound),
        "duties": plan.duties.to_dict(orient="records"),
        "hours": plan_tables.hours_by(plan, "role").to_dict(orient="records"),
        "prices": plan_tables.dear_hours(plan, 20).to_dict(orient="records"),
        "folder": str(folder),
    }


def proof_record(proof: Proof) -> dict[str, Any]:
    """Return what ``--json`` says of a proof."""
    from recommender.export.manifest import json_value

    return {name: json_value(getattr(proof, name)) for name in ("gap", "bound", "kind")}


def bar(share: float, width: int = BAR) -> str:
    """Return a bar of a share in [0, 1]; in plain letters where the terminal knows no others."""
    full = min(width, max(0, round(share * width)))
    try:
        "█░".encode(sys.stdout.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return "#" * full + "." * (width - full)
    return "█" * full + "░" * (width - full)


def _first(summary: Summary) -> list[str]:
    lines = []
    if summary.synthetic:
        lines += [click.style("Synthetic data: these pupils do not exist.", fg="yellow"), ""]
    scenario = f" in scenario {summary.scenario}" if summary.scenario else ""
    lines.append(
        click.style(
            f"Help for {summary.served:,.0f} of {summary.pupils:,} pupils{scenario}", bold=True
        )
    )
    return lines


def _facts(plan: Plan) -> list[str]:
    from recommender.export.summaries.plan_tables import digits_of

    summary = plan.summary
    digits = digits_of(summary.standard_error)
    facts: Mapping[str, str] = {
        "eligible": f"{summary.eligible:,} pupils may be offered something{_nobody(plan)}",
        "benefit": f"{summary.benefit:,.{digits}f} ± {summary.standard_error:,.{digits}f} "
        "weighted adverse outcomes averted (± one standard error)",
        **_promise(summary, digits),
        **_draws(plan, digits),
        "proven": proven(summary.proof, summary.status)
        if summary.eligible
        else "nobody may be offered anything, so no plan can do better",
        "hours": f"{summary.hours_used:,.0f} of {summary.hours_capacity:,.0f}{_travel(plan)}",
        "money": f"{summary.cost:,.0f} euros"
        + ("" if summary.budget is None else f" of {summary.budget:,.0f}"),
    }
    lines = [f"  {name:<11}{text}" for name, text in facts.items()]
    lines += _must_serve(plan)
    if summary.cases:
        lines.append(f"  {'caseload':<11}{_caseload(summary)}")
    return lines


def _travel(plan: Plan) -> str:
    """Return what travel leaves out of the hours handed in; "" where it takes none."""
    from recommender.export.summaries.plan_tables import account

    known = account(plan)
    if known is None or known.travel < 0.5:
        return ""
    return f" ({known.handed:,.0f} handed in, less {known.travel:,.0f} of travel)"


def _nobody(plan: Plan) -> str:
    """Return why nobody may be offered anything, where nobody may."""
    if plan.summary.eligible or plan.not_served.empty:
        return ""
    pupils = plan.not_served.groupby("reason")["pupils"].sum().sort_values(ascending=False)
    return ": " + ", ".join(f"{reason} ({n:,.0f})" for reason, n in pupils.head(3).items())


def _owed_title(causes: set[str]) -> str:
    if causes == {"no_hours"}:
        return "Must-serve rules that these hours cannot meet"
    return "Must-serve rules that are not met"


def _must_serve(plan: Plan) -> list[str]:
    """Return how many of those who are owed help have it, why not, and on what that rests."""
    summary, every = plan.summary, plan.owed
    if not every:
        if not summary.must_serve:
            return []
        return [f"  {'must serve':<11}{summary.must_serve_met:,.0f} of {summary.must_serve:,}"]
    lines = [f"  {'must serve':<11}{_met(every)}"]
    bases = [
        (words, duties)
        for basis, words in BASES.items()
        if (duties := [duty for duty in every if duty.basis == basis])
    ]
    if len(bases) > 1:
        lines += [f"  {'':<11}{words}: {_met(duties)}" for words, duties in bases]
    return lines


def _met(duties: Sequence[Duty]) -> str:
    met, owed = sum(duty.met for duty in duties), sum(duty.owed for duty in duties)
    lacking = [
        f"{pupils:,.0f} {words}"
        for cause, words in CAUSES.items()
        if (pupils := sum(getattr(duty, cause) for duty in duties)) > 0
    ]
    return f"{met:,.0f} of {owed:,.0f}" + (f"; {', '.join(lacking)}" if lacking else "")


def _promise(summary: Summary, digits: int) -> dict[str, str]:
    if summary.promise is None:
        return {}
    text = f"{summary.promise:,.{digits}f} of it to be expected, since true risks lie around"
    return {"promise": f"{text} what is estimated"}


def _draws(plan: Plan, digits: int) -> dict[str, str]:
    summary = plan.summary
    if summary.benefit_low is None or summary.benefit_high is None:
        return {}
    stays = plan.assignments["stays"]
    firm = f"; {(stays >= 0.8).mean():.0%} of offers stay in 8 of 10 or more" if len(stays) else ""
    text = f"{summary.benefit_low:,.{digits}f} to {summary.benefit_high:,.{digits}f} averted in 9 "
    return {"draws": f"{text}of 10 of {summary.draws:,} draws{firm}"}


def _caseload(summary: Summary) -> str:
    whole = summary.cases - summary.cases_divided
    text = f"{whole:,} of {summary.cases:,} cases whole with one professional"
    if summary.cases_unmatched:
        text += f", {summary.cases_unmatched:,} not in the language of the pupil"
    if summary.cases_handed_over:
        text += f", {summary.cases_handed_over:,} handed over to somebody else"
    if summary.sessions_apart:
        text += f"; {summary.sessions_apart:,} sessions whose professionals share no day"
    if summary.professionals_overloaded:
        text += f"; {summary.professionals_overloaded:,} professionals above their most cases"
    return text


def proven(proof: Proof, status: str) -> str:
    """Return in words how much better any plan could be, and what proves it."""
    plain = f"; {proof.plain:.2%} by the prices alone, without a solver"
    if proof.kind == "prices" or f"{proof.gap:.2%}" == f"{proof.plain:.2%}":
        plain = ""
    if status == "optimal":
        who = "prices prove" if proof.kind == "prices" else "solver proves"
        return f"gap {proof.gap:.2%}: the best plan within these hours, as the {who}{plain}"
    if not proof.known:
        gap = f"gap {proof.gap:,.0%}" if math.isfinite(proof.gap) else "no gap"
        return f"{gap}: stopped too early to say how much better a plan could be"
    text = f"gap {proof.gap:.2%}: no plan within these hours can do better by more than that"
    if proof.kind != "prices":
        text = f"gap {proof.gap:.2%}, as the solver proves{plain}"
    return f"{text} (stopped at a limit)" if proof.stopped else text


def _short_of(rule: str, amount: float, unit: str) -> tuple[str, str]:
    """Return how much a rule of fairness lacks, and in what it is counted."""
    from recommender.planning.formulation.rules.shares import PRESENT

    if rule == PRESENT.id:
        return f"{amount:g}", "pupils worse off than now"
    words = {"pupil": "pupils", "hour": "hours", "outcome": "of benefit"}
    return f"{amount:.4g}", f"{words.get(unit, '')} short"


def _places(sites: list[str], named: Callable[[str], str]) -> str:
    return named(sites[0]) if len(sites) == 1 else f"{len(sites)} sites"


def _alarm(text: str) -> str:
    return click.style(text, fg="red", bold=True)


def _title(text: str) -> str:
    return click.style(text, bold=True)


def _columns(rows: list[tuple[str, ...]], left: int) -> list[str]:
    """Rows in columns: the first ``left`` flush left, the others flush right."""
    return [f"  {line}" for line in table(rows, left=tuple(range(left)))]
