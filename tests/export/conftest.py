"""A hand-made plan of a small region whose tables add up, and its manifest."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from recommender import __version__
from recommender.export.manifest import (
    Evidence,
    HoursNeeded,
    Manifest,
    Name,
    PeriodDates,
    Plausible,
)
from recommender.export.summaries.equity import EquityGroup
from recommender.export.summaries.marginal_hours import MarginalHours
from recommender.inputs.catalogue import Text
from recommender.inputs.workspace import Source
from recommender.planning.plan.plan import Plan
from recommender.planning.plan.summary import Shortage, Summary
from recommender.risk.reporting.trust import TRUST_COLUMNS

HELP = {
    "one_to_one_tutoring": ("teaching_assistant", 35.0, 0.9),
    "small_group_tuition": ("teacher", 10.5, 0.6),
    "anxiety_group": ("school_psychologist", 4.7, 0.5),
    "parent_course": ("youth_worker", 6.0, 0.7),
    "attendance_plan": ("school_social_worker", 8.0, 0.8),
    "mentoring": ("volunteer", 15.0, 0.2),
}
NAMES = {
    "one_to_one_tutoring": "One-to-one tutoring",
    "small_group_tuition": "Small-group tuition",
    "anxiety_group": "Group course against anxiety",
    "parent_course": "Parenting course",
    "attendance_plan": "Attendance plan",
    "mentoring": "Mentoring",
    "teaching_assistant": "Teaching assistant",
    "teacher": "Teacher",
    "school_psychologist": "School psychologist",
    "youth_worker": "Youth worker",
    "school_social_worker": "School social worker",
    "volunteer": "Volunteer",
}
PERIODS = ("autumn", "winter", "spring")
OUTCOMES = {"reading_lag": 1.0, "persistent_absence": 1.5, "emotional": 1.0}


def made_up(
    seed: int, pupils: int, sites: int, often: tuple[float, ...] | None = None
) -> tuple[Plan, Manifest]:
    """A plan that no optimiser made: numbers are random, sums are right.

    ``often`` says how often each help of ``HELP`` is chosen.
    """
    rng = np.random.default_rng(seed)
    units = np.array([f"p{number:05d}" for number in range(pupils)])
    site = np.array([f"school_{number + 1}" for number in rng.integers(0, sites, pupils)])
    risk = 1 / (1 + np.exp(-rng.normal(-1.6, 1.1, (pupils, len(OUTCOMES)))))
    what = np.array(list(HELP))
    chance = np.clip(risk.mean(axis=1) * 1.8, 0, 0.9)
    served = np.sort(np.flatnonzero(rng.random(pupils) < chance))
    choice = what[
        rng.integers(0, len(what), served.size)
        if often is None
        else rng.choice(len(what), served.size, p=np.array(often) / sum(often))
    ]
    hours_each = np.array([HELP[c][1] for c in choice])
    role = np.array([HELP[c][0] for c in choice])
    period = np.array(PERIODS)[rng.integers(0, 3, served.size)]
    benefit = np.round(risk[served].max(axis=1) * rng.uniform(0.1, 0.4, served.size), 6)
    price = np.round(benefit * rng.uniform(0.1, 0.9, served.size), 6)
    assignments = pd.DataFrame(
        {
            "unit_id": units[served],
            "site": site[served],
            "intervention": choice,
            "period": period,
            "units": 1.0,
            "benefit": benefit,
            "standard_error": benefit / 3,
            "price_paid": price,
            "net_value": benefit - price,
            "runner_up": [f"{w}@winter" for w in what[rng.integers(0, len(what), served.size)]],
            "status": "proposed",
            "bundle": choice,
            "lot": served,
        }
    )
    left = np.setdiff1d(np.arange(pupils), served)
    reason = np.where(
        rng.random(left.size) < 0.3,
        "no hours left for which this does most good",
        np.where(rng.random(left.size) < 0.8, "no help fits", "consent was refused"),
    )
    short = reason == "no hours left for which this does most good"
    not_served = pd.DataFrame(
        {
            "unit_id": units[left],
            "site": site[left],
            "reason": reason,
            "best_alternative": np.where(short, "small_group_tuition", ""),
            "benefit_forgone": np.where(short, np.round(rng.uniform(0, 0.1, left.size), 6), 0.0),
            "pupils": 1.0,
            "lot": left,
        }
    )
    caseload = pd.DataFrame(
        {
            "professional_id": [f"staff_{r}_{s}" for r, s in zip(role, site[served], strict=True)],
            "role": role,
            "site": site[served],
            "period": period,
            "case": units[served],
            "hours": hours_each,
            "intervention": choice,
        }
    ).sort_values(["professional_id", "case"], ignore_index=True)
    used = caseload.groupby(["role", "site", "period"])["hours"].sum()
    keys = pd.MultiIndex.from_product(
        [sorted(set(role)), sorted(set(site)), PERIODS], names=["role", "site", "period"]
    )
    hours = used.reindex(keys, fill_value=0.0).reset_index(name="used")
    slack = rng.choice([1.0, 1.0, 1.1, 1.5], len(hours))
    resources = pd.DataFrame(
        {
            "resource": "hours",
            "role": hours["role"],
            "site": hours["site"],
            "period": hours["period"],
            "unit": "hour",
            "capacity": np.maximum(hours["used"] * slack, 5.0),
            "used": hours["used"],
            "price": np.where(slack == 1.0, rng.uniform(0.001, 0.03, len(hours)), 0.0),
            "intervention": "",
            "rule": "",
            "grade": "",
        }
    )
    money = pd.DataFrame(
        [
            ["budget", "", "", "", "euro", 60000.0, 48210.5, 0.00001, "", "", ""],
            ["must_serve", "", "school_1", "", "pupil", 20.0, 20.0, 0.0, "", "youth_act", ""],
            ["must_serve", "", "school_2", "", "pupil", 25.0, 23.0, 0.0, "", "youth_act", ""],
        ],
        columns=resources.columns,
    )
    group = assignments[assignments["intervention"] == "small_group_tuition"]
    sessions = (
        group.groupby(["intervention", "site", "period"])["units"].sum().reset_index(name="pupils")
    )
    sessions["groups"] = np.ceil(sessions["pupils"] / 5)
    sessions["grade"] = ""
    total = float(benefit.sum())
    calibration = pd.DataFrame(
        [
            (outcome, measure, low, high, rows, expected, found, 0.02)
            for outcome in OUTCOMES
            for measure, low, high, rows, expected, found in (
                ("cases", 0.0, 1.0, 900.0, 0.2, 0.19),
                *(("tenth", t / 20, t / 20 + 0.05, 90.0, t / 20 + 0.02, t / 22) for t in range(10)),
                ("slope", 0.0, 1.0, 900.0, 1.0, 0.93),
                ("chance", 0.0, 1.0, 900.0, 0.5, 0.74),
                ("over_sites", 0.0, 1.0, 900.0, 0.0, 0.08),
            )
        ],
        columns=list(TRUST_COLUMNS),
    )
    summary = Summary(
        value=total * 0.98 - 2.0,
        bound=total * 0.98 - 2.0 + 0.0043 * total,
        gap=0.0043,
        better_bound=None,
        benefit=total,
        standard_error=total * 0.11,
        pupils=pupils,
        eligible=int(pupils * 0.8),
        served=float(served.size),
        must_serve=45,
        must_serve_met=43.0,
        hours_capacity=float(resources["capacity"].sum()),
        hours_used=float(resources["used"].sum()),
        cost=48210.5,
        budget=60000.0,
        status="gap",
        engine="prices, then exact (highs)",
        seed=seed,
        scenario="base",
        synthetic=True,
        shortages=(
            Shortage("youth_act", "school_2", 2.0),
            Shortage("running_help", "school_1", 0.0, "youth_worker", "winter", 3.5),
        ),
    )
    profiles = pd.DataFrame(
        {
            "unit_id": np.repeat(units, len(OUTCOMES)),
            "outcome": np.tile(np.array(list(OUTCOMES)), pupils),
            "risk": risk.ravel(),
            "standard_error": 0.05,
        }
    )
    memberships = pd.DataFrame(
        {
            "resource": ["places"],
            "unit_id": units[:1],
            **{name: sessions[name].iloc[:1].to_list() for name in ("intervention", "site")},
            "period": sessions["period"].iloc[:1].to_list(),
            "grade": [""],
            "price": [0.25],
        }
    )
    plan = Plan(
        summary=summary,
        assignments=assignments,
        not_served=not_served,
        sessions=sessions[["intervention", "site", "period", "groups", "pupils", "grade"]],
        resources=pd.concat([resources, money], ignore_index=True),
        caseload=caseload,
        memberships=memberships,
        profiles=profiles,
        calibration=calibration,
    )
    return plan, manifest(plan)


def manifest(plan: Plan) -> Manifest:
    """The manifest of a plan made from files that never were."""
    summary = plan.summary
    roles = {role for role, _, _ in HELP.values()}
    return Manifest(
        version=__version__,
        created="2026-11-24T09:00:00Z",
        workspace="..",
        scenario=summary.scenario,
        synthetic=summary.synthetic,
        seed=summary.seed,
        engine=summary.engine,
        status=summary.status,
        value=summary.value,
        bound=summary.bound,
        better_bound=summary.better_bound,
        gap=summary.gap,
        settings='{"effort": {"gap": 0.005}, "matching": {"diminishing": 0.5, '
        '"evidence": [["good", 0.85]]}}',
        weights=tuple(OUTCOMES.items()),
        names=(
            *(Name("intervention", key, Text(en=NAMES[key])) for key in HELP),
            *(Name("role", key, Text(en=NAMES[key])) for key in sorted(roles)),
            *(Name("period", key, Text(en=key.capitalize())) for key in PERIODS),
            Name("outcome", "reading_lag", Text(en="Reading lag", nl="Leesachterstand")),
            Name("outcome", "persistent_absence", Text(en="Persistent absence")),
            Name("outcome", "emotional", Text(en="Emotional problems")),
            Name("rule", "youth_act", Text(en="Youth Act 2.3", nl="Jeugdwet 2.3")),
            *(Name("site", f"school_{n}", Text(en=f"School {n}")) for n in range(1, 9)),
        ),
        evidence=tuple(
            Evidence(key, "reading_lag", "smd", value, 0.08, "good", "A review, 2021")
            for key, (_, _, value) in HELP.items()
        ),
        inputs=(
            Source("data/pupils.csv", "a" * 64, summary.pupils),
            Source("interventions.yaml", "b" * 64, 6),
        ),
        reach=tuple((key, 0.8) for key in HELP),
        needs=tuple(HoursNeeded(key, role, 5.0, 0.0, 1) for key, (role, _, _) in HELP.items()),
        costs=(("mentoring", 40.0),),
        dates=(
            PeriodDates("autumn", "2026-09-01", "2026-10-16"),
            PeriodDates("winter", "2026-11-30", "2027-02-12"),
            PeriodDates("spring", "2027-02-22", "2027-04-23"),
        ),
        plausible=(Plausible("reading_lag", 0.1, 0.3),),
        equity=(
            EquityGroup("sex", "boy", 150, 60, 6.5),
            EquityGroup("sex", "girl", 140, None, None),
            EquityGroup("sex", "", None, None, None),
        ),
        more=(MarginalHours("teacher", 400.0, 4.5), MarginalHours("volunteer", 150.0, 0.0)),
    )


@pytest.fixture(scope="session")
def make() -> Callable[..., tuple[Plan, Manifest]]:
    """Makes plans as ``made_up`` does."""
    return made_up


@pytest.fixture(scope="session")
def region() -> tuple[Plan, Manifest]:
    """A plan of 300 pupils at four schools."""
    return made_up(seed=1, pupils=300, sites=4)
