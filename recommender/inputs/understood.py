"""What a workspace was understood to say, counted: the reading of what was handed in, no cell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from typing import Any

import numpy as np
import pandas as pd

from recommender.inputs.checks.languages import CODES, spoken_by
from recommender.inputs.checks.links import Link
from recommender.inputs.policy import Period
from recommender.inputs.readers.policy_file import STRUCTURAL
from recommender.inputs.workspace import Inputs


@dataclass(frozen=True, slots=True)
class HoursRead:
    """The hours of the professionals with these roles at these sites in one period.

    Attributes:
        role, sites: as in the table: "a" or "a;b"; "*" is every site.
        period: its id.
        people: how many there are.
        hours: of all of them together, in the whole period.
        most: of the one who has most.
        weeks: of the period.
    """

    role: str
    sites: str
    period: str
    people: int
    hours: float
    most: float
    weeks: float


@dataclass(frozen=True, slots=True)
class RoleRead:
    """Who has a role ("a" or "a;b"), and what an hour costs: the least and the most, in euros."""

    role: str
    people: int
    hours: float
    cost_from: float
    cost_to: float


@dataclass(frozen=True, slots=True)
class Site:
    """One site: its pupils, who works there alone, and who works elsewhere as well.

    Attributes:
        segments: units that stand for more than one pupil.
        hours: of who works there alone, in all periods.
        shared: people of several sites, this one among them; who works everywhere is not one.
    """

    site: str
    pupils: int
    segments: int
    people: int
    hours: float
    shared: int


@dataclass(frozen=True, slots=True)
class Span:
    """One period: how long it is, who works in it, and their hours."""

    period: str
    weeks: float
    people: int
    hours: float


@dataclass(frozen=True, slots=True)
class PupilsRead:
    """The pupils, counted by what was said of them; a segment counts as its pupils.

    Attributes:
        by_consent, by_grade, by_duty, by_completed: what was said -> pupils; a duty that no pupil
            is under is there with 0, who completed several interventions counts for each.
        may_be_offered: the states of consent in which a pupil is offered help.
        by_language, unspoken: code of the language -> pupils; of those that no professional lists.
            Words that are no such code are counted together under "".
        families, in_families, largest_family: how many, their pupils, and the most in one.
    """

    units: int
    pupils: int
    segments: int
    by_consent: Mapping[str, int]
    may_be_offered: tuple[str, ...]
    without_consent: int
    by_grade: Mapping[int, int]
    by_duty: Mapping[str, int]
    by_completed: Mapping[str, int]
    families: int
    in_families: int
    largest_family: int
    by_language: Mapping[str, int]
    unspoken: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class RunningRead:
    """Help that is running already, by intervention and period."""

    intervention: str
    period: str
    commitments: int
    pupils: int


@dataclass(frozen=True, slots=True)
class Year:
    """The rows of history of one year of reference, and how many of them had help."""

    year: int
    rows: int
    treated: int


@dataclass(frozen=True, slots=True)
class Understood:
    """What was handed in, as it was understood: counts alone, never a cell of a person.

    Attributes:
        professionals: people, whatever the rows.
        everywhere: of them, those who work at every site.
        hours: everybody's, by role, sites and period as they stand in the table.
        budgets: where it holds ("" is the plan as it is, else a scenario) -> euros.
        decisions: require, forbid and accept -> how many.
        notes: rows, 0 without the table.
        risks: outcome -> risks handed in.
        present: offers of the plan in force, 0 without the table.
        rules: the names of the rules in force.
        links: how the ids of the tables meet.
        absent: table -> optional columns that it has not; a table that is not there is not here.
        columns_not_read: file -> names of its columns that nothing reads.
        files_not_read: files of the workspace that nothing reads.
    """

    professionals: int
    everywhere: int
    hours: tuple[HoursRead, ...]
    roles: tuple[RoleRead, ...]
    sites: tuple[Site, ...]
    periods: tuple[Span, ...]
    pupils: PupilsRead
    running: tuple[RunningRead, ...]
    decisions: Mapping[str, int]
    notes: int
    history: tuple[Year, ...]
    risks: Mapping[str, int]
    present: int
    budgets: Mapping[str, float]
    rules: tuple[str, ...]
    scenarios: tuple[str, ...]
    links: tuple[Link, ...]
    absent: Mapping[str, tuple[str, ...]]
    columns_not_read: Mapping[str, tuple[str, ...]]
    files_not_read: tuple[str, ...]


def understood(inputs: Inputs) -> Understood:
    """Return what the inputs were understood to say."""
    cohort, policy, rules = inputs.cohort, inputs.policy, inputs.policy.rules
    staff = inputs.resources.professionals
    profiles, history = cohort.profiles, cohort.history
    # What is declared and not read was meant so; a copy of a plan's offers has more columns.
    meant = {c.name for c in policy.columns} - {*STRUCTURAL}
    budgets = {c.id: c.budget for c in policy.scenarios if c.budget is not None}
    return Understood(
        professionals=int(staff["professional_id"].nunique()),
        everywhere=int(staff.loc[staff["sites"] == "*", "professional_id"].nunique()),
        hours=_hours(staff, inputs.resources.periods),
        roles=tuple(
            RoleRead(
                str(role), int(rows["professional_id"].nunique()), float(rows["hours"].sum()),
                float(rows["cost_per_hour"].min()), float(rows["cost_per_hour"].max()),
            )
            for role, rows in staff.groupby("role")
        ),
        sites=_sites(inputs),
        periods=tuple(
            Span(p.id, weeks_of(p), int((rows["hours"] > 0).sum()), float(rows["hours"].sum()))
            for p in inputs.resources.periods
            for rows in (staff[staff["period"] == p.id],)
        ),
        pupils=_pupils(inputs),
        running=tuple(
            RunningRead(str(what), str(when), len(rows), int(rows["unit_id"].nunique()))
            for (what, when), rows in cohort.commitments.groupby(["intervention", "period"])
        ),
        decisions=_counts(cohort.decisions["decision"]),
        notes=0 if cohort.notes is None else len(cohort.notes),
        history=() if history is None else _years(history),
        risks={} if profiles is None else _counts(profiles["outcome"]),
        present=0 if cohort.present is None else len(cohort.present),
        budgets=({} if rules.budget is None else {"": rules.budget}) | budgets,
        rules=tuple(f.name for f in fields(rules) if _is_set(rules, f)),
        scenarios=tuple(change.id for change in policy.scenarios),
        links=inputs.links,
        absent=inputs.absent,
        columns_not_read={
            source.path: left
            for source in inputs.sources
            if not source.path.startswith("data/present.")
            and (left := tuple(name for name in source.unread if name not in meant))
        },
        files_not_read=inputs.unread,
    )  # fmt: skip


def weeks_of(period: Period) -> float:
    """Return how many weeks a period has, its first and its last day among them."""
    return ((period.end - period.start).days + 1) / 7


def _hours(staff: pd.DataFrame, periods: tuple[Period, ...]) -> tuple[HoursRead, ...]:
    weeks = {period.id: weeks_of(period) for period in periods}
    grouped = staff.groupby(["role", "sites", "period"], sort=False)["hours"]
    found = grouped.agg(["size", "sum", "max"]).reset_index()
    found["order"] = found["period"].map({p: n for n, p in enumerate(weeks)})
    found = found.sort_values(["role", "sites", "order"], kind="stable")
    return tuple(
        HoursRead(role, sites, period, people, hours, most, weeks[period])
        for role, sites, period, people, hours, most in zip(
            *(found[c].tolist() for c in ("role", "sites", "period", "size", "sum", "max")),
            strict=True,
        )
    )


def _sites(inputs: Inputs) -> tuple[Site, ...]:
    units, staff = inputs.cohort.units, inputs.resources.professionals
    pupils = units.groupby("site")["count"].sum()
    segments = units[units["count"] > 1].groupby("site").size()
    own = staff.groupby("sites").agg(people=("professional_id", "nunique"), hours=("hours", "sum"))
    several = staff[staff["sites"].str.contains(";", regex=False)]
    at = several[["professional_id", "sites"]].assign(site=several["sites"].str.split(";"))
    shared = at.explode("site").groupby("site")["professional_id"].nunique()
    return tuple(
        Site(
            site, int(pupils.get(site, 0)), int(segments.get(site, 0)),
            int(own["people"].get(site, 0)), float(own["hours"].get(site, 0.0)),
            int(shared.get(site, 0)),
        )
        for site in inputs.resources.sites["site"].tolist()
    )  # fmt: skip


def _pupils(inputs: Inputs) -> PupilsRead:
    units, rules = inputs.cohort.units, inputs.policy.rules
    count = units["count"]
    completed = units["completed"].str.split(";").explode()
    family = count[units["family_id"] != ""].groupby(units["family_id"]).sum()
    spoken = spoken_by(inputs.resources.professionals)
    duties = {rule.id: 0 for rule in rules.must_serve}
    return PupilsRead(
        units=len(units),
        pupils=int(count.sum()),
        segments=int((count > 1).sum()),
        by_consent=_counts(units["consent"], count),
        may_be_offered=rules.consent,
        without_consent=int(count[~units["consent"].isin(rules.consent)].sum()),
        by_grade={int(g): int(n) for g, n in count.groupby(units["grade"]).sum().items()},  # type: ignore[call-overload]
        by_duty=duties | _counts(units["must_serve"], count),
        by_completed=_counts(completed, count.reindex(completed.index)),
        families=len(family),
        in_families=int(family.sum()),
        largest_family=int(family.max()) if len(family) else 0,
        by_language=_languages(units, count),
        unspoken=_languages(units[~units["language"].isin(spoken)], count),
    )


def _languages(units: pd.DataFrame, count: pd.Series[Any]) -> dict[str, int]:
    """Code of a language -> pupils; words that are none may be somebody's, and stand as one."""
    said = _counts(units["language"], count[units.index])
    codes = {word: n for word, n in said.items() if word in CODES}
    others = sum(said.values()) - sum(codes.values())
    return codes | ({"": others} if others else {})


def _counts(said: pd.Series[Any], weight: pd.Series[Any] | None = None) -> dict[str, int]:
    """What was said -> how often, or the weight of it; what is empty was not said."""
    there = (said != "").to_numpy(dtype=bool)
    weights = np.ones(len(said)) if weight is None else weight.to_numpy(dtype=np.float64)
    codes, words = pd.factorize(said.to_numpy(dtype=object)[there], sort=True)
    sums = np.bincount(codes, weights[there], minlength=len(words))
    return {str(w): round(n) for w, n in zip(words.tolist(), sums.tolist(), strict=True)}


def _years(history: pd.DataFrame) -> tuple[Year, ...]:
    year, treated = history["date"].dt.year, history["intervention"] != ""
    rows = treated.groupby(year).agg(["size", "sum"])
    return tuple(
        Year(int(y), int(n), int(t))
        for y, n, t in zip(rows.index.tolist(), *(rows[c].tolist() for c in rows), strict=True)
    )


def _is_set(rules: object, field: Any) -> bool:
    default = field.default if field.default_factory is MISSING else field.default_factory()
    return bool(getattr(rules, field.name) != default)
