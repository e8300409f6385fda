"""All rules of practice at once: both engines agree, and verify knows every one of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from recommender.inputs.catalogue import After
from recommender.planning import LimitSettings
from recommender.planning.verify.verify import verify

Help = Callable[..., Any]
TODAY = dt.date(2026, 9, 1)
LIMITS = LimitSettings(
    budget=200.0,
    caps=(("talk", 4.0),),
    travel_overhead=0.1,
    waiting_discount=0.05,
    waiting_priority=(0.25, 0.5),
    today=TODAY,
    at_once_per_pupil=2,
    at_once_per_family=2,
)


def region(make_help: Help, seed: int, pupils: int) -> dict[str, Any]:
    """Pupils with brothers and sisters, languages and waits, and one help of every kind."""
    random = np.random.default_rng(seed)
    names = ("circle", "course", "evening", "lesson", "steps", "talk", "walk")
    units = {
        f"p{n:02}": {
            "site": ("s1", "s1", "s2")[n % 3],
            "grade": int(random.integers(4, 6)),
            "family_id": f"f{n // 3}" if n % 5 else "",
            "language": "nl" if random.random() < 0.7 else "ar",
            "completed": "talk" if n % 4 == 0 else "",
            "waiting_since": TODAY - dt.timedelta(days=int(random.integers(0, 800))),
            "benefits": {
                name: round(float(random.random()) / 2, 3)
                for name in names
                if random.random() < 0.6
            },
        }
        for n in range(pupils)
    }
    shape = {"same": ("grade_band", "language"), "bands": ((3, 4), (5, 8))}
    helps = [
        make_help("talk", {"teacher": 1.0}, cost_per_pupil=10),
        make_help("steps", {"teacher": 2.0}, after=(After("talk"),)),
        make_help("walk", {"coach": 1.0}, periods=2),
        make_help("circle", None, {"coach": 1.0}, group=(2, 3), shape=shape),
        make_help("course", {"teacher": 2.0}, recipient="parents", cost_per_pupil=20),
        make_help("evening", None, {"coach": 2.0}, group=(2, 3), recipient="parents"),
        make_help("lesson", None, {"coach": 1.0}, whole_class=True, shape={"whole": True}),
    ]
    return {
        "units": units,
        "helps": helps,
        "staff": [("a", "teacher", pupils / 4, "s1;s2"), ("b", "coach", pupils / 5, "*")],
        "periods": ("autumn", "winter"),
        "limits": LIMITS,
        "bundle_size": 2,
        "commitments": [("p01", "walk", "autumn"), ("p02", "talk", "autumn")],
    }


def agree(world: Any, parts: dict[str, Any]) -> None:
    base = world(**parts)
    plans = [base.plan(engine) for engine in ("exact", "prices")]
    for plan in plans:
        assert verify(plan, base.inputs, base.matching, base.limits) == ()
        assert plan.summary.value <= plan.summary.bound + 1e-9
        assert plan.summary.benefit < plan.summary.value
    exact, prices = (plan.summary.value for plan in plans)
    assert exact == pytest.approx(prices, abs=1e-6)


def test_both_engines_agree_on_all_rules_at_once(world: Any, make_help: Help) -> None:
    agree(world, region(make_help, 3, 9))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(8))
def test_both_engines_agree_on_all_rules_in_larger_worlds(
    seed: int, world: Any, make_help: Help
) -> None:
    agree(world, region(make_help, seed, 15))
