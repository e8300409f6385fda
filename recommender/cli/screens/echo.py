"""What was understood of a workspace on one screen: whoever handed it in sees what fell away."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import click

from recommender.cli.screens.comparison import table

if TYPE_CHECKING:
    from recommender.inputs.policy import Policy
    from recommender.inputs.understood import Understood

ROWS, PERIODS = 12, 5
"""The most lines of a table, and the most periods side by side."""


def echo(said: Understood, policy: Policy) -> list[str]:
    """Return what the terminal shows of what was understood.

    Args:
        said: what was understood.
        policy: for the names of rules and outcomes.
    """
    everywhere = f", {said.everywhere:,} of them at every site" if said.everywhere else ""
    return [
        *_title(f"Hours a week of {said.professionals:,} professionals{everywhere}"),
        *_hours(said),
        *_title("Pupils of every site, and professionals of it alone or of several"),
        *_sites(said),
        *_title("What was said"),
        *_indented(table([*_of_pupils(said), *_of_the_plan(said, policy)], left=(0, 1))),
    ]


def met(said: Understood, file: str) -> str:
    """Return how the ids of a file meet other tables, behind a comma; "" where it has no such."""
    words = [
        f"{link.met:,} of {link.ids:,} {link.column} in {link.to}"
        + (f" ({link.nearly:,} more but for zeros or capitals)" if link.nearly else "")
        for link in said.links
        if file.rpartition(".")[0] == link.table
    ]
    return "".join(f", {word}" for word in words)


def _hours(said: Understood) -> list[str]:
    spans = said.periods[:PERIODS]
    week: dict[tuple[str, str], float] = {}
    most: dict[str, float] = {}
    for part in said.hours:
        key = (part.role, part.period)
        week[key] = week.get(key, 0.0) + part.hours / part.weeks
        most[part.role] = max(most.get(part.role, 0.0), part.most / part.weeks)
    names = (f"{span.period} ({span.weeks:.1f})" for span in spans)
    rows: list[tuple[str, ...]] = [
        ("role, and weeks of a period", "people", *names, "most", "hours", "euros/h")
    ]
    for role in said.roles:
        cost = f"{role.cost_from:,g}"
        if role.cost_to > role.cost_from:
            cost += f"-{role.cost_to:,g}"
        rows.append(
            (role.role, f"{role.people:,}",
             *(f"{week.get((role.role, span.period), 0.0):,.1f}" for span in spans),
             f"{most.get(role.role, 0.0):,.1f}", f"{role.hours:,.0f}", cost)
        )  # fmt: skip
    rows = _first(rows, "roles")
    rows.append(
        ("together", f"{said.professionals:,}",
         *(f"{span.hours / span.weeks:,.1f}" for span in spans),
         f"{max(most.values(), default=0.0):,.1f}", f"{sum(r.hours for r in said.roles):,.0f}", "")
    )  # fmt: skip
    return _indented(table(rows, left=(0,)))


def _sites(said: Understood) -> list[str]:
    weeks = sum(span.weeks for span in said.periods) or 1.0
    segments = any(site.segments for site in said.sites)
    rows: list[tuple[str, ...]] = [
        ("site", "pupils", *(("segments",) if segments else ()),
         "people", "hours a week", "of several")
    ]  # fmt: skip
    rows += [
        (site.site, f"{site.pupils:,}", *((f"{site.segments:,}",) if segments else ()),
         f"{site.people:,}", f"{site.hours / weeks:,.1f}", f"{site.shared:,}")
        for site in said.sites
    ]  # fmt: skip
    return _indented(table(_first(rows, "sites"), left=(0,)))


def _of_pupils(said: Understood) -> Iterable[tuple[str, str]]:
    pupils, absent = said.pupils, said.absent.get("pupils", ())
    offered = ", ".join(pupils.may_be_offered)
    yield (
        "consent",
        "no such column: nobody was asked"
        if "consent" in absent
        else f"{_counted(pupils.by_consent)}; help where {offered}",
    )
    yield (
        "must serve",
        "no such column: nobody is under a rule"
        if "must_serve" in absent
        else _counted(pupils.by_duty) or "planning.yaml has no such rule",
    )
    yield "grade", _counted(pupils.by_grade, most=14)
    yield (
        "families",
        "no such column: every pupil is one alone"
        if "family_id" in absent
        else f"{pupils.families:,} of {pupils.in_families:,} pupils; "
        f"the largest has {pupils.largest_family:,}",
    )
    yield (
        "completed",
        "no such column: nobody has completed anything"
        if "completed" in absent
        else _counted(pupils.by_completed, most=4) or "nothing by anybody",
    )
    yield "languages", _languages(said)
    running = sum(part.commitments for part in said.running)
    when = _counted(_by((part.period, part.commitments) for part in said.running), most=4)
    what = _counted(_by((part.intervention, part.commitments) for part in said.running), most=4)
    yield "running help", f"{running:,}; {when}; {what}" if running else "none: none is carried on"
    yield "decisions", _counted(said.decisions) or "none"


def _languages(said: Understood) -> str:
    pupils = said.pupils
    if "language" in said.absent.get("pupils", ()):
        return "no such column: nobody is met in a language of their own"
    if not pupils.by_language:
        return "none is said"
    counted = _counted({word or "other words": n for word, n in pupils.by_language.items()})
    if pupils.unspoken == pupils.by_language:
        return f"{counted}; no professional lists one of them"
    unspoken = ", ".join(word or "other words" for word in pupils.unspoken)
    return f"{counted}; no professional lists {unspoken}" if unspoken else counted


def _of_the_plan(said: Understood, policy: Policy) -> Iterable[tuple[str, str]]:
    budgets = [
        f"{euros:,.0f} euros in {name}" if name else f"{euros:,.0f} euros"
        for name, euros in said.budgets.items()
    ]
    yield "budget", "; ".join(budgets if "" in said.budgets else ["no limit", *budgets])
    learnt = [outcome.id for outcome in policy.outcomes if outcome.id not in said.risks]
    handed = [f"handed in for {_counted(said.risks)}"] if said.risks else []
    yield (
        "risks",
        "; ".join([*handed, *([f"learnt from history for {_named(learnt)}"] if learnt else [])]),
    )
    years = [f"{y.rows:,} of {y.year} ({y.treated:,} had help)" for y in said.history]
    yield "history", ", ".join(years) or "none"
    yield "rules", ", ".join(said.rules) or "none"
    yield "scenarios", f"{len(said.scenarios)}"
    columns = [f"{file}: {_named(names)}" for file, names in said.columns_not_read.items()]
    yield "not read", f"columns: {'; '.join(columns) or 'none'}"
    yield "", f"files: {_named(said.files_not_read) or 'none'}"


def _counted(counts: Mapping[str, int] | Mapping[int, int], most: int = 8) -> str:
    words = [f"{name}: {number:,}" for name, number in counts.items()]
    more = [f"{len(words) - most} more"] if len(words) > most else []
    return ", ".join([*words[:most], *more])


def _by(numbers: Iterable[tuple[str, int]]) -> dict[str, int]:
    sums: dict[str, int] = {}
    for name, number in numbers:
        sums[name] = sums.get(name, 0) + number
    return sums


def _named(names: Iterable[str]) -> str:
    from recommender.inputs.findings import some

    return some(tuple(names), 6)


def _first(rows: list[tuple[str, ...]], what: str) -> list[tuple[str, ...]]:
    """The header and the first lines of a table, and how many there are beyond them."""
    left = len(rows) - 1 - ROWS
    if left <= 0:
        return rows
    return [*rows[: ROWS + 1], (f"and {left:,} more {what}", *[""] * (len(rows[0]) - 1))]


def _title(text: str) -> list[str]:
    return ["", click.style(text, bold=True)]


def _indented(lines: Iterable[str]) -> list[str]:
    return [f"  {line}" for line in lines]
