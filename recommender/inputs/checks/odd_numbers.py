"""Numbers that may be right and seldom are: hours beyond a week, FTE, minutes, a percentage."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence

import numpy as np
import pandas as pd

from recommender.inputs.catalogue import Intervention
from recommender.inputs.checks import cells
from recommender.inputs.checks.cells import shown_id, text
from recommender.inputs.findings import Findings
from recommender.inputs.formats.tables import Table
from recommender.inputs.formats.yaml_reader import KeyPlace
from recommender.inputs.policy import Change, Period, Policy

FULL_WEEK = 40.0
"""Hours that one person works in a week at most, as a rule."""
MINUTE = 1 / 60
"""In hours: less than that is no help, and slips through the accuracy of a solver."""
MOST_FTE = 1.5
"""Up to so much, a number of hours may well be a number of full-time jobs."""
FEW_WEEKS = 2.0
"""In fewer weeks than that, a professional may have an hour and no more."""
MOST_SCALE = 5.0
"""Beyond five times the hours, a percentage is likelier than a plan."""
MOST_LOST = 0.5
"""A larger share of an hour lost on the way is likelier a slip."""
FAR = dt.timedelta(days=800)
"""Between what is known of pupils and what is planned for them lies a year, or two."""

Remark = tuple[KeyPlace, str, str]
"""Place, message and remedy."""


def warn_of_hours(table: Table, periods: Sequence[Period], findings: Findings) -> None:
    """Warn of the hours of data/professionals that one person seldom has: once a kind.

    Args:
        table: the professionals as they stand in their file.
        periods: of planning.yaml; a line without a period is held against the shortest.
        findings: takes the warnings.
    """
    if "hours" not in table.frame or not table.rows or not periods:
        return
    hours = cells.numbers(table, "hours", Findings())
    weeks = {period.id: _weeks(period) for period in periods}
    shortest = min(weeks.values())
    lasting = text(table, "period").map(weeks).fillna(shortest).to_numpy(dtype=np.float64)
    small = (hours > 0) & (hours < MINUTE)
    fte = ~small & (hours > 0) & (hours <= MOST_FTE) & (lasting >= FEW_WEEKS)
    many = hours > FULL_WEEK * lasting
    who = text(table, "professional_id")
    for wrong, tell in ((small, _is_small), (fte, _may_be_fte), (many, _is_much)):
        rows = np.flatnonzero(wrong)
        if rows.size:
            row = int(rows[0])
            message, remedy = tell(float(hours[row]), float(lasting[row]))
            more = f", as are {rows.size - 1:,} more lines" if rows.size > 1 else ""
            findings.warn(
                table.file, int(table.lines[row]), "hours",
                f"of {shown_id(str(who[row]))} {message}{more}", remedy,
            )  # fmt: skip


def odd_numbers(policy: Policy) -> Iterator[Remark]:
    """Yield what is odd among the numbers of a policy and its scenarios."""
    if policy.rules.travel_overhead > MOST_LOST:
        lost = policy.rules.travel_overhead
        yield ("rules", "travel_overhead"), f"loses {lost:.0%} of every hour", "10% is 0.1"
    if policy.periods and policy.periods[0].start - policy.reference_date > FAR:
        yield (
            ("reference_date",),
            f"lies {(policy.periods[0].start - policy.reference_date).days:,} days before the "
            "first period",
            "check the year",
        )
    for change in policy.scenarios:
        yield from _odd_change(change, policy)


def odd_needs(intervention: Intervention) -> Iterator[Remark]:
    """Yield the hours of an intervention that are less than a minute."""
    for position, need in enumerate(intervention.needs):
        for key in ("hours_per_pupil", "hours_per_group"):
            if 0 < getattr(need, key) < MINUTE:
                message, remedy = _is_small(getattr(need, key), 0.0)
                yield ("needs", position, key), message, remedy


def _odd_change(change: Change, policy: Policy) -> Iterator[Remark]:
    at: KeyPlace = ("scenarios", change.id)
    for position, hours in enumerate(change.capacity):
        if hours.scale > MOST_SCALE:
            yield (
                (*at, "capacity", position, "scale"),
                f"is {hours.scale:g}: {hours.scale:g} times the hours",
                f"{hours.scale:g}% is {hours.scale / 100:g}",
            )
    weeks = {period.id: _weeks(period) for period in policy.periods}
    if not weeks:
        return
    for position, hire in enumerate(change.hire):
        lasting = weeks.get(hire.period, min(weeks.values()))
        tell: Callable[[float, float], tuple[str, str]] | None = None
        if 0 < hire.hours < MINUTE:
            tell = _is_small
        elif 0 < hire.hours <= MOST_FTE and lasting >= FEW_WEEKS:
            tell = _may_be_fte
        elif hire.hours > FULL_WEEK * lasting:
            tell = _is_much
        if tell is not None:
            yield (*at, "hire", position, "hours"), *tell(hire.hours, lasting)


def _is_small(hours: float, _weeks: float) -> tuple[str, str]:
    return f"is {hours:g}, less than a minute", "give hours: 0.5 is half an hour"


def _may_be_fte(hours: float, weeks: float) -> tuple[str, str]:
    whole = hours * FULL_WEEK * weeks
    return (
        f"is {hours:g} in {_told(weeks)}",
        f"if it is FTE, write the hours of the period: {hours:g} of a full-time job is about "
        f"{whole:,.0f}",
    )


def _is_much(hours: float, weeks: float) -> tuple[str, str]:
    return (
        f"is {hours:,.0f} in {_told(weeks)}: {hours / weeks:,.0f} hours a week",
        "give the hours of one period; where one line stands for several people, it may be right",
    )


def _told(weeks: float) -> str:
    return f"{weeks:.0f} weeks" if weeks >= 1.5 else f"{weeks * 7:.0f} days"


def _weeks(period: Period) -> float:
    """The weeks of a period, holidays within it included; a day at least."""
    days = (pd.Timestamp(period.end) - pd.Timestamp(period.start)).days + 1
    return max(days, 1) / 7
