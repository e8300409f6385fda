"""Hours explained: who gets what of them, what is left and why, and their marginal value.

The price of a resource is that of a plan in parts.  Pupils are whole and groups run or do not, so
what people are shown beside it is measured: the best choice at the site with one more block of
hours, solved again, less the best choice without it.  A block is what the smallest case or group
takes there; where one block does nothing two are tried, then four.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from recommender.allocation import Solution
from recommender.errors import UsageError
from recommender.inputs.findings import unknown
from recommender.matching import Candidates
from recommender.planning.explain.counterfactuals import Clock, unhurried
from recommender.planning.explain.subproblem import (
    EXACT,
    SECONDS,
    Optimum,
    solve_subproblem,
    subproblem_of,
    with_more,
)
from recommender.planning.formulation.formulation import Formulation
from recommender.planning.formulation.indexing import Ints
from recommender.planning.formulation.limits import PieceKind
from recommender.planning.plan.plan import Plan
from recommender.planning.plan.unused_hours import reason_of_row
from recommender.planning.selection.reasons import waiting_of
from recommender.planning.selection.selection import Selection, selection_of

BLOCKS = (1, 2, 4)
"""How many blocks are tried, until they do some good."""

LEFT = 1e-6
"""Hours below which nothing is left over."""

NUMBERS = ["capacity", "used", "price"]

WHY = {
    "suit": "nobody here who waits for help suits what takes these hours",
    "start": "what suits who waits here may not start then, or has too few pupils for a group",
    "other": "the groups that could use them here also need hours of {name}, which are too few",
    "periods": "the groups that could use them here need such hours later too, which are too few",
    "little": "they are too few for one more group",
    "money": "a further group here costs more than is left of the money",
    "rule": "a cap, a caseload or what a family may have at once stands in the way",
    "price": "what takes these hours does those who wait here less good than what it needs does "
    "for others",
    "group": "a further group would have to run; probably it cannot be filled",
    "whole": "probably what is left does not fit a whole case",
}
"""Why nobody takes hours by themselves, by the reasons of ``planning.left``."""

SHOWN = 12
"""Cases that are written out; more are counted."""


@dataclass(frozen=True, slots=True)
class More:
    """What a little more of some hours would do.

    Attributes:
        hours: how many more.
        benefit: what the best choice at the site then gains, measured; 0 where nothing up to so
            many hours does any good.
        units: who would have more than in the best choice without them.
    """

    hours: float
    benefit: float
    units: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HoursExplained:
    """Some hours: a role at a site in a period.

    Attributes:
        role, site, period: which.
        capacity, used: hours there are, and hours the plan spends.
        price: what one more hour would be worth in a plan in parts (the dual price).
        cases: (case, hours) who gets them: units, or sessions "intervention/site/period/grade".
        left: hours left over, and why nobody has them; "" if none are left.
        more: what a block more would do, measured; None where that was not asked or not in time.
    """

    role: str
    site: str
    period: str
    capacity: float
    used: float
    price: float
    cases: tuple[tuple[str, float], ...]
    left: str
    more: More | None

    def __str__(self) -> str:
        return "\n".join(_lines(self))


def hours_rows(formulation: Formulation, role: str, site: str, period: str) -> Ints:
    """Return the rows of hours that are asked for; "" or "*" stands for all.

    Raises:
        UsageError: for a role, site or period that is not in the plan, or hours nobody asks for.
    """
    rows, book = formulation.rows, formulation.book
    asked = np.array(rows.resource, dtype=object) == "hours"
    for what, name, names, codes in (
        ("role", role, book.roles, rows.role),
        ("site", site, book.sites, rows.site),
        ("period", period, book.periods, rows.period),
    ):
        if name in ("", "*"):
            continue
        if name not in names:
            raise UsageError(unknown(what, name, tuple(names)))
        asked &= codes == names.index(name)
    found = np.flatnonzero(asked)
    if found.size == 0:
        raise UsageError("no help asks for these hours, and nobody has them to give")
    return found[np.lexsort((rows.period[found], rows.site[found], rows.role[found]))]


def hours_explained(
    formulation: Formulation,
    solution: Solution,
    plan: Plan,
    rows: Ints,
    unit_ids: Sequence[str],
    clock: Clock | None = unhurried,
    candidates: Candidates | None = None,
) -> tuple[HoursExplained, ...]:
    """Return who gets what of some hours, what is left and why, and what more would do.

    Args:
        formulation, solution, plan: the plan.
        rows: rows of hours, as of ``hours_rows``.
        unit_ids: (units,) the ids.
        clock: how many seconds are left to measure; None to measure nothing.
        candidates: what the plan was formulated from, so that who cannot start is told from nobody.
    """
    selection = selection_of(formulation, solution)
    book, labels = formulation.book, formulation.rows
    table = plan.resources[plan.resources["resource"] == "hours"]
    found = []
    for row in rows.tolist():
        key = (
            book.roles[labels.role[row]],
            book.sites[labels.site[row]],
            book.periods[labels.period[row]],
        )
        capacity, used, price = (float(n) for n in _mine(table, key)[NUMBERS].iloc[0])
        left = capacity - used
        found.append(
            HoursExplained(
                *key,
                capacity=capacity,
                used=used,
                price=price,
                cases=_cases(_mine(plan.caseload, key)),
                left=_left(formulation, selection, candidates, row, left) if left > LEFT else "",
                more=None
                if clock is None
                else measured(formulation, solution, row, unit_ids, clock),
            )
        )
    return tuple(found)


def measured(
    formulation: Formulation,
    solution: Solution,
    row: int,
    unit_ids: Sequence[str],
    clock: Clock = unhurried,
) -> More | None:
    """Return what a block more of some hours would do, or None if that could not be proved.

    Args:
        formulation, solution: the plan.
        row: a row of hours.
        unit_ids: (units,) the ids.
        clock: how many seconds are left.
    """
    subproblem = subproblem_of(formulation, solution, int(formulation.rows.site[row]), row=row)
    before = solve_subproblem(subproblem, min(SECONDS, clock()))
    if before is None or not before.proven:
        return None
    one = least_use(formulation, row)
    after = before
    for blocks in BLOCKS:
        found = solve_subproblem(
            with_more(subproblem, row, one * blocks, formulation), min(SECONDS, clock())
        )
        if found is None or not found.proven:
            return None
        after = found
        gain = after.value - before.value
        if gain > 10 * EXACT * max(1.0, abs(before.value)):
            return More(one * blocks, gain, _gaining(formulation, before, after, unit_ids))
    return More(one * BLOCKS[-1], 0.0, ())


def least_use(formulation: Formulation, row: int) -> float:
    """Return the hours that the smallest case or group takes of a row."""
    use = formulation.rows.use[[row]].toarray()[0]
    some = use[(use > 0) & np.isin(formulation.pieces.kind, (PieceKind.PLACE, PieceKind.GROUP))]
    return float(some.min()) if some.size else 1.0


def _gaining(
    formulation: Formulation, before: Optimum, after: Optimum, unit_ids: Sequence[str]
) -> tuple[str, ...]:
    start, value = formulation.problem.start, formulation.problem.value
    worth = np.zeros(formulation.unit.size)
    for choice, sign in ((after, 1.0), (before, -1.0)):
        mine = choice.columns < formulation.candidate.size
        column = choice.columns[mine]
        block = np.searchsorted(start, column, side="right") - 1
        np.add.at(worth, block, sign * value[column] * choice.quantity[mine])
    more = np.flatnonzero(worth > 1e-9)
    more = more[np.argsort(-worth[more], kind="stable")]
    return tuple(unit_ids[unit] for unit in formulation.unit[more].tolist())


def _mine(table: pd.DataFrame, key: tuple[str, str, str]) -> pd.DataFrame:
    role, site, period = key
    mine = (table["role"] == role) & (table["site"] == site) & (table["period"] == period)
    return table[mine]


def _cases(caseload: pd.DataFrame) -> tuple[tuple[str, float], ...]:
    shares = caseload.groupby("case", sort=True)["hours"].sum()
    shares = shares.sort_values(ascending=False, kind="stable")
    return tuple(zip(map(str, shares.index), shares.tolist(), strict=True))


def _left(
    formulation: Formulation,
    selection: Selection,
    candidates: Candidates | None,
    row: int,
    left: float,
) -> str:
    """Return why hours are left over: nobody suits, they are too few, or other things lack."""
    problem, labels, book = formulation.problem, formulation.rows, formulation.book
    site, waiting = int(labels.site[row]), waiting_of(formulation, selection)
    here = waiting.unit[formulation.units.site[waiting.unit] == site]
    block = formulation.block[here]
    block = block[block >= 0]
    start = problem.start
    columns = np.concatenate(
        [np.arange(start[b], start[b + 1]) for b in block.tolist()] or [np.empty(0, np.int64)]
    ).astype(np.int64)
    use = problem.use[:, problem.offer[columns]].tocsr()
    mine = use[[row]].toarray()[0] > 0
    if not mine.any():
        groups = _group_hours(formulation, row)
        if groups > left:
            return f"{left:.3g} hours are too few for one more group ({groups:.3g})"
        reason, name = reason_of_row(formulation, selection, candidates, row)
        return WHY[reason].format(name=name)
    least = float(use[[row]].toarray()[0][mine].min())
    if least > left:
        return f"{left:.3g} hours are too few for one more case ({least:.3g})"
    other = use[:, mine]
    price = selection.price.copy()
    price[row] = 0.0
    paid = other.multiply(price[:, None]).tocsr().max(axis=1).toarray().ravel()
    dear = int(np.argmax(paid))
    if paid[dear] <= 0:
        return "what takes these hours does those who wait here less good than what they need"
    what = labels.resource[dear]
    if what == "hours":
        name = f"hours of {book.roles[labels.role[dear]]}"
    elif what in ("places", "quorum"):
        name = f"places in {book.interventions[labels.intervention[dear]]}"
    else:
        name = {"budget": "money", "cap": "places under a cap"}.get(what, what.replace("_", " "))
    return f"who could use them here also needs {name}, which would do more good for others"


def _group_hours(formulation: Formulation, row: int) -> float:
    """Return the fewest hours one group takes of a row, 0 where no group does."""
    use = formulation.rows.use[[row]].toarray()[0]
    some = use[(use > 0) & (formulation.pieces.kind == PieceKind.GROUP)]
    return float(some.min()) if some.size else 0.0


def _lines(hours: HoursExplained) -> list[str]:
    lines = [
        f"{hours.role} at {hours.site} in {hours.period}: "
        f"{hours.used:,.1f} of {hours.capacity:,.1f} hours"
    ]
    lines += [f"  {amount:>8.2f}  {case}" for case, amount in hours.cases[:SHOWN]]
    if len(hours.cases) > SHOWN:
        rest = sum(amount for _, amount in hours.cases[SHOWN:])
        lines.append(f"  {rest:>8.2f}  {len(hours.cases) - SHOWN} more")
    if hours.left:
        lines.append(f"  left over: {hours.left}")
    lines.append(f"  one more hour, in a plan in parts: {hours.price:.4f}")
    if hours.more is not None and hours.more.benefit > 0:
        who = f", for {', '.join(hours.more.units)}" if hours.more.units else ""
        lines.append(
            f"  measured: {hours.more.hours:.4g} more hours bring {hours.more.benefit:.4f}{who}"
        )
    elif hours.more is not None:
        lines.append(f"  measured: up to {hours.more.hours:.4g} more hours would bring nothing")
    return lines
