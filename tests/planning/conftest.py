"""Small worlds written out by hand, in which every benefit is a number one can see."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import pytest

from recommender.allocation import Allocation, Effort, EngineName, solve
from recommender.inputs.catalogue import (
    Catalogue,
    Effect,
    Eligible,
    Format,
    Intervention,
    Need,
    Reach,
    Text,
)
from recommender.inputs.cohort import Cohort
from recommender.inputs.policy import (
    MustServe,
    Outcome,
    Period,
    Policy,
    Role,
    Rules,
    WaitingPriority,
)
from recommender.inputs.resources import Resources
from recommender.inputs.workspace import Inputs
from recommender.matching import Candidates, MatchingSettings, match
from recommender.planning import Formulation, LimitSettings, Plan, formulate, plan_of
from recommender.risk.profiles import RiskProfiles

TEXT_COLUMNS = ("family_id", "language", "must_serve", "completed")


def help_of(
    name: str,
    needs: Mapping[str, float] | None = None,
    per_group: Mapping[str, float] | None = None,
    **more: Any,
) -> Intervention:
    """An intervention that averts outcome ``name`` for certain: its benefit is the risk of it."""
    group = more.pop("group", None)
    shape = more.pop("shape", {})
    form = Format("individual") if group is None else Format("group", *group, **shape)
    if more.pop("class_of", None) is not None or more.get("whole_class"):
        kind = more.pop("whole_class", None)
        form = Format(kind if isinstance(kind, str) else "class", **shape)
    wanted = [Need(role, hours_per_pupil=hours) for role, hours in (needs or {}).items()]
    wanted += [Need(role, hours_per_group=hours) for role, hours in (per_group or {}).items()]
    return Intervention(
        id=name,
        name=Text(en=name),
        tier="selective",
        format=form,
        needs=tuple(wanted),
        effects=(Effect(name, "risk_difference", 1.0, 0.1, "strong", "by hand"),),
        reach=more.pop("reach", Reach()),
        eligible=more.pop("eligible", Eligible()),
        **more,
    )


@dataclass(frozen=True)
class World:
    """Inputs and settings by hand.

    ``units`` maps unit_id to its fields; ``benefits`` of a unit maps an intervention to what it is
    worth for one pupil (a number in [0, 1]; left out is not eligible), and ``errors`` how unsure
    that is.  ``staff`` lists
    professional_id, role, hours, sites[, period]; ``speaks`` and ``days`` say more of them.  A
    commitment may name who gives the help as its fourth part.  ``present`` lists unit_id,
    intervention, period and pupils of the plan in force, one intervention a bundle.
    """

    units: Mapping[str, Mapping[str, Any]]
    helps: Sequence[Intervention]
    staff: Sequence[tuple[Any, ...]]
    periods: Sequence[str] = ("autumn",)
    limits: LimitSettings = field(default_factory=LimitSettings)
    bundle_size: int = 1
    commitments: Sequence[tuple[str, ...]] = ()
    decisions: Sequence[tuple[str, str, str]] = ()
    speaks: Mapping[str, str] = field(default_factory=dict)
    days: Mapping[str, str] = field(default_factory=dict)
    full_time: float | None = None
    may_act_as: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    set_aside: tuple[Any, ...] = ()
    caution: float = 0.0
    columns: tuple[str, ...] = ()
    present: Sequence[tuple[Any, ...]] = ()
    effort: Effort = field(default_factory=lambda: Effort(gap=0.0, seconds=30.0))

    def replace(self, **changes: Any) -> World:
        return replace(self, **changes)

    @cached_property
    def catalogue(self) -> Catalogue:
        helps = sorted(self.helps, key=lambda each: each.id)
        marked = [replace_eligible(each) if each.eligible == Eligible() else each for each in helps]
        return Catalogue(tuple(marked))

    @cached_property
    def policy(self) -> Policy:
        ids = sorted(each.id for each in self.helps)
        roles = sorted({need.role for each in self.helps for need in each.needs})
        roles = sorted({*roles, *(r for row in self.staff for r in str(row[1]).split(";"))})
        starts = [dt.date(2026, 9, 1) + dt.timedelta(days=60 * n) for n in range(len(self.periods))]
        return Policy(
            reference_date=dt.date(2026, 9, 1),
            outcomes=tuple(Outcome(name, Text(en=name)) for name in ids),
            roles=tuple(
                Role(
                    name,
                    Text(en=name),
                    may_act_as=self.may_act_as.get(name, ()),
                    full_time=self.full_time,
                )
                for name in roles
            ),
            periods=tuple(
                Period(name, Text(en=name), start, start + dt.timedelta(days=59))
                for name, start in zip(self.periods, starts, strict=True)
            ),
            columns=(),
            evidence={"strong": 1.0},
            rules=Rules(
                budget=self.limits.budget,
                must_serve=self.limits.must_serve,
                travel_overhead=self.limits.travel_overhead,
                caps=dict(self.limits.caps),
                at_once_per_pupil=self.limits.at_once_per_pupil,
                at_once_per_family=self.limits.at_once_per_family,
                waiting_priority=(
                    None
                    if self.limits.waiting_priority is None
                    else WaitingPriority(*self.limits.waiting_priority)
                ),
                set_aside=self.set_aside,
                caution=self.caution,
            ),
            bundle_size=self.bundle_size,
            waiting_discount=self.limits.waiting_discount,
        )

    @cached_property
    def matching(self) -> MatchingSettings:
        return MatchingSettings.of(self.policy)

    @cached_property
    def cohort(self) -> Cohort:
        ids = sorted(self.units)
        rows = [self.units[name] for name in ids]
        frame = pd.DataFrame(
            {
                "unit_id": pd.Series(ids, dtype="str"),
                "site": pd.Series([row.get("site", "s1") for row in rows], dtype="str"),
                "grade": np.array([row.get("grade", 5) for row in rows], dtype=np.int64),
                "count": np.array([row.get("count", 1) for row in rows], dtype=np.int64),
                "consent": pd.Series([row.get("consent", "given") for row in rows], dtype="str"),
            }
        )
        for name in (*TEXT_COLUMNS, *self.columns):
            frame[name] = pd.Series([row.get(name, "") for row in rows], dtype="str")
        if any("waiting_since" in row for row in rows):
            days = [pd.Timestamp(row.get("waiting_since")) for row in rows]
            frame["waiting_since"] = pd.Series(days, dtype="datetime64[s]")
        return Cohort(
            units=frame,
            columns=(),
            history=None,
            profiles=None,
            notes=None,
            commitments=_frame(
                self.commitments,
                ("unit_id", "intervention", "period", "professional_id")[
                    : max(map(len, self.commitments), default=3)
                ],
            ),
            decisions=_frame(
                [(*row, "reason", "somebody", "2026-09-01") for row in self.decisions],
                ("unit_id", "intervention", "decision", "reason", "decided_by", "date"),
            ),
            present=self._present() if self.present else None,
        )

    def _present(self) -> pd.DataFrame:
        names = ["unit_id", "intervention", "period", "units"]
        frame = pd.DataFrame(self.present, columns=names)
        frame["bundle"] = frame["intervention"]
        texts = dict.fromkeys(("unit_id", "intervention", "period", "bundle"), "str")
        return frame.astype({**texts, "units": "float64"})

    @cached_property
    def risks(self) -> RiskProfiles:
        ids = sorted(each.id for each in self.helps)
        risk, error = (
            np.array(
                [
                    [float(self.units[unit].get(key, {}).get(name, 0.0)) for name in ids]
                    for unit in sorted(self.units)
                ],
                dtype=np.float64,
            ).reshape(len(self.units), len(ids))
            for key in ("benefits", "errors")
        )
        return RiskProfiles(tuple(ids), risk, error, ("profiles.csv",) * len(ids))

    @cached_property
    def resources(self) -> Resources:
        rows = [
            (row[0], row[1], float(row[2]), row[3], period, 0.0)
            for row in self.staff
            for period in ([row[4]] if len(row) > 4 else self.periods)
        ]
        columns = ["professional_id", "role", "hours", "sites", "period", "cost_per_hour"]
        frame = pd.DataFrame(rows, columns=columns)
        frame["languages"] = [self.speaks.get(name, "") for name in frame["professional_id"]]
        frame["days"] = [self.days.get(name, "") for name in frame["professional_id"]]
        frame = frame.sort_values(["professional_id", "period"], ignore_index=True)
        frame["hours"] = frame["hours"].astype(np.float64)
        for name in ("professional_id", "role", "sites", "period", "languages", "days"):
            frame[name] = frame[name].astype("str")
        named = {site for row in self.staff for site in str(row[3]).split(";")} - {"*"}
        sites = sorted({row.get("site", "s1") for row in self.units.values()} | named)
        return Resources(
            sites=pd.DataFrame(
                {name: pd.Series(sites, dtype="str") for name in ("site", "name", "area", "board")}
            ),
            professionals=frame,
            roles=self.policy.roles,
            periods=self.policy.periods,
        )

    @cached_property
    def inputs(self) -> Inputs:
        return Inputs(self.cohort, self.catalogue, self.resources, self.policy, ())

    @cached_property
    def candidates(self) -> Candidates:
        return match(self.cohort, self.catalogue, self.risks, self.matching)

    def formulate(self) -> Formulation:
        return formulate(self.candidates, self.resources, self.limits)

    def solve(self, engine: EngineName = "exact") -> tuple[Formulation, Allocation]:
        formulation = self.formulate()
        return formulation, solve(formulation.problem, self.effort, engine)

    def plan(self, engine: EngineName = "exact") -> Plan:
        formulation, allocation = self.solve(engine)
        return plan_of(formulation, allocation, self.candidates, self.matching)


def replace_eligible(help_: Intervention) -> Intervention:
    """Only units with a benefit are eligible."""
    return replace(help_, eligible=Eligible(minimum_risk={help_.id: 1e-9}))


def _frame(rows: Sequence[tuple[str, ...]], columns: Sequence[str]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=list(columns))
    return frame.astype(dict.fromkeys(columns, "str"))


def served(plan: Plan) -> dict[str, str]:
    """unit_id -> "bundle@period", of plans with one bundle a unit."""
    table = plan.assignments
    return {
        unit: f"{bundle}@{period}"
        for unit, bundle, period in zip(
            table["unit_id"], table["bundle"], table["period"], strict=True
        )
    }


@pytest.fixture
def world() -> type[World]:
    return World


@pytest.fixture
def make_help() -> Callable[..., Intervention]:
    return help_of


@pytest.fixture
def who() -> Callable[[Plan], dict[str, str]]:
    return served


@pytest.fixture
def must() -> Callable[..., MustServe]:
    return lambda name, *helps: MustServe(name, Text(en=name), tuple(helps))
