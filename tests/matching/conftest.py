"""Small worlds: a catalogue, a cohort, risks and settings, written in a line each."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

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
from recommender.matching import MatchingSettings
from recommender.risk.profiles import RiskProfiles


def effect(outcome="reading", scale="smd", value=0.3, error=0.1, level="strong"):
    return Effect(outcome, scale, value, error, level, "a source")


def intervention(name, *effects, kind="individual", rate=1.0, hours=1.0, role="teacher", **rest):
    return Intervention(
        id=name,
        name=Text(en=name),
        tier="selective",
        format=Format(kind=kind, min=1, max=1 if kind == "individual" else 5),
        needs=(Need(role=role, hours_per_pupil=hours),) if hours else (),
        effects=effects,
        reach=Reach(uptake=rate, completion=1.0),
        **rest,
    )


def catalogue(*interventions):
    return Catalogue(tuple(sorted(interventions, key=lambda i: i.id)))


def cohort(units: int | Sequence[dict], commitments=(), decisions=()):
    rows = [{}] * units if isinstance(units, int) else list(units)
    neutral = {
        "site": "a",
        "grade": 5,
        "count": 1,
        "family_id": "",
        "language": "",
        "consent": "given",
        "must_serve": "",
        "completed": "",
    }
    table = pd.DataFrame(
        [{"unit_id": f"u{n:04d}", **neutral, **row} for n, row in enumerate(rows)],
        columns=["unit_id", *dict.fromkeys([*neutral, *(key for row in rows for key in row)])],
    )
    return Cohort(
        units=table,
        columns=(),
        history=None,
        profiles=None,
        notes=None,
        commitments=pd.DataFrame(
            [(f"u{unit:04d}", name, "winter") for unit, name in commitments],
            columns=["unit_id", "intervention", "period"],
        ),
        decisions=pd.DataFrame(
            [(f"u{unit:04d}", name, what, "", "", "") for unit, name, what in decisions],
            columns=["unit_id", "intervention", "decision", "reason", "decided_by", "date"],
        ),
    )


def risks(table, outcomes=("reading",), error=0.0):
    risk = np.atleast_2d(np.asarray(table, dtype=np.float64))
    spread = np.broadcast_to(np.asarray(error, dtype=np.float64), risk.shape).copy()
    return RiskProfiles(tuple(outcomes), risk, spread, ("model",) * len(outcomes))


def settings(weights=None, **rest):
    evidence = {"strong": 1.0, "good": 0.85, "promising": 0.7, "plausible": 0.4}
    evidence |= {"elicited": 0.5, "assumed": 0.3}
    chosen = weights or {"reading": 1.0}
    return MatchingSettings(tuple(chosen.items()), tuple(evidence.items()), **rest)


@pytest.fixture(scope="session")
def world():
    """The builders of small worlds."""
    return SimpleNamespace(
        effect=effect,
        intervention=intervention,
        catalogue=catalogue,
        cohort=cohort,
        risks=risks,
        settings=settings,
        eligible=Eligible,
    )
