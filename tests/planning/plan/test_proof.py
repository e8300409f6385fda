"""One proof on every page: the sharpest, and what proves it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import pytest

from recommender.planning.plan.proof import proof_of


@dataclass(frozen=True)
class Said:
    value: float = 9.0
    bound: float = 10.0
    gap: float = 0.1
    better_bound: float | None = None
    status: str = "gap"


@pytest.mark.parametrize(
    ("said", "gap", "kind"),
    [
        (Said(), 0.1, "prices"),
        (Said(better_bound=11.0), 0.1, "prices"),
        (Said(better_bound=9.5), 0.05, "solver"),
        (Said(better_bound=9.5, status="stopped"), 0.05, "solver"),
        (Said(better_bound=9.0, status="optimal"), 0.0, "exact"),
        (Said(bound=9.0, gap=0.0, better_bound=9.0, status="optimal"), 0.0, "prices"),
        (Said(bound=math.inf, gap=math.inf), math.inf, "prices"),
    ],
)
def test_the_lower_of_two_bounds_is_the_proof_and_says_what_proves_it(
    said: Said, gap: float, kind: str
) -> None:
    proof = proof_of(said)
    assert (proof.gap, proof.kind) == (pytest.approx(gap), kind)
    assert proof.stopped == (said.status == "stopped")


def test_a_manifest_without_the_benefit_tells_the_same_gap_as_the_summary() -> None:
    said = Said(better_bound=9.25)
    assert proof_of(said).gap == pytest.approx(proof_of(said, benefit=10.0).gap)


def test_a_solvers_bound_counts_where_prices_prove_nothing() -> None:
    said = Said(bound=math.inf, gap=math.inf, better_bound=9.5)
    assert proof_of(said, benefit=10.0).gap == pytest.approx(0.05)
