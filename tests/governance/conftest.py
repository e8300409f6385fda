"""A small made-up plan with its policy and catalogue, for tests of documents and reviews."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from recommender.inputs.catalogue import (
    Catalogue,
    Effect,
    Eligible,
    Format,
    Intervention,
    Reach,
    Text,
)
from recommender.inputs.policy import Column, Outcome, Period, Policy, Role
from recommender.planning.plan import Plan, Summary

FRAME = {
    "source": "pupil register",
    "purpose": "estimate the risk of a reading lag",
    "legal_basis": "WPO art. 8",
    "retention": dt.date(2027, 8, 1),
}


@pytest.fixture
def policy() -> Policy:
    return Policy(
        reference_date=dt.date(2026, 11, 1),
        outcomes=(
            Outcome(
                "lag", Text("Reading lag", "Leesachterstand"), 1.0, (0.1, 0.4), measures="need"
            ),
            Outcome("care", Text("Youth care", "Jeugdhulp"), 2.0, measures="service_use"),
        ),
        roles=(Role("teacher", Text("Teacher", "Leerkracht"), 60.0),),
        periods=(
            Period("winter", Text("Winter"), dt.date(2026, 11, 30), dt.date(2027, 2, 12)),
            Period(
                "spring", Text("Spring", "Voorjaar"), dt.date(2027, 2, 22), dt.date(2027, 4, 23)
            ),
        ),
        columns=(
            Column("score", "number", ("feature",), Text("Score", "Score"), **FRAME),
            Column("sdq", "number", ("feature",), sensitivity="special", **FRAME),
            Column("origin", "category", ("audit_only",), **FRAME),
        ),
        evidence={"strong": 1.0, "assumed": 0.3},
        synthetic=True,
    )


@pytest.fixture
def catalogue() -> Catalogue:
    def one(key: str, name: str, kind: str, level: str, size: int = 1) -> Intervention:
        return Intervention(
            key, Text(name, f"{name} (nl)"), "selective", Format(kind, 1, size), (),  # type: ignore[arg-type]
            (Effect("lag", "smd", 0.4, 0.1, level, "Somebody 2020"),),  # type: ignore[arg-type]
            reach=Reach(0.9, 0.8), eligible=Eligible(),
        )  # fmt: skip

    return Catalogue(
        (
            one("tuition", "Tuition", "group", "strong", 4),
            one("mentor", "Mentor", "individual", "assumed"),
            one("unused", "Unused", "individual", "assumed"),
        )
    )


@pytest.fixture
def plan() -> Plan:
    """200 pupils called canary0001 …: 60 get tuition, 4 a mentor, the others wait."""
    rng = np.random.default_rng(5)
    units = [f"canary{i:04d}" for i in range(200)]
    served = pd.DataFrame(
        {
            "unit_id": units[:64],
            "site": ["s1"] * 40 + ["s2"] * 24,
            "intervention": ["tuition"] * 60 + ["mentor"] * 4,
            "period": ["winter"] * 40 + ["spring"] * 24,
            "units": 1.0,
            "benefit": 0.1,
            "standard_error": 0.02,
            "price_paid": 0.05,
            "net_value": 0.05,
            "runner_up": "mentor@winter",
            "status": "proposed",
            "bundle": ["tuition"] * 60 + ["mentor"] * 4,
            "lot": range(1, 65),
        }
    )
    left = pd.DataFrame(
        {
            "unit_id": units[64:],
            "site": "s2",
            "reason": ["price"] * 130 + ["consent"] * 6,
            "best_alternative": ["tuition@winter"] * 100 + ["nothing"] * 36,
            "benefit_forgone": 0.05,
            "pupils": 1.0,
            "lot": range(65, 201),
        }
    )
    return Plan(
        summary=Summary(
            value=6.1, bound=6.2, gap=0.016, better_bound=None, benefit=6.4, standard_error=1.1,
            pupils=200, eligible=194, served=64.0, must_serve=0, must_serve_met=0.0,
            hours_capacity=500.0, hours_used=480.0, cost=1000.0, budget=None, status="gap",
            engine="prices", seed=3, scenario="", synthetic=True, shortages=(),
        ),
        assignments=served,
        not_served=left,
        sessions=pd.DataFrame(
            columns=["intervention", "site", "period", "groups", "pupils", "grade"]
        ),
        resources=pd.DataFrame(
            {
                "resource": ["hours"], "role": ["teacher"], "site": ["s1"], "period": ["winter"],
                "unit": ["hour"], "capacity": [500.0], "used": [480.0], "price": [0.01],
                "intervention": [""], "rule": [""], "grade": [""],
            }
        ),
        caseload=pd.DataFrame(
            columns=["professional_id", "role", "site", "period", "case", "hours", "intervention"]
        ),
        memberships=pd.DataFrame(
            columns=["resource", "unit_id", "intervention", "site", "period", "grade", "price"]
        ),
        profiles=pd.DataFrame(
            {
                "unit_id": np.repeat(units, 2),
                "outcome": ["lag", "care"] * 200,
                "risk": rng.uniform(0.05, 0.6, 400),
                "standard_error": 0.05,
            }
        ),
    )  # fmt: skip
