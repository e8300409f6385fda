"""However short the time, there is an answer: what must go on goes on, and nobody is given more."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.allocation import Effort, NoPlan, solve
from recommender.allocation.engines import exact
from recommender.allocation.engines.effort import EngineName, SolverName
from recommender.allocation.engines.proposal import Proposal
from recommender.allocation.model.problem import AllocationProblem, Block, from_blocks

WAYS: list[tuple[EngineName, SolverName]] = [
    ("exact", "highs"),
    ("exact", "cbc"),
    ("prices", "highs"),
    ("auto", "highs"),
    ("auto", "cbc"),
]
SHORT = (1e-300, 5e-324, 0.001)


@pytest.mark.parametrize("seconds", [math.nan, math.inf, -math.inf, -1.0, 0.0])
def test_an_effort_of_no_finite_time_above_nothing_is_refused_at_birth(seconds: float) -> None:
    with pytest.raises(ValueError, match="seconds is"):
        Effort(seconds=seconds)


def _world(owed: float, hours: float, units: int = 3) -> AllocationProblem:
    """Units that take 1 hour each; running help asks ``owed`` hours, which may be lacking."""
    takers = [Block([float(n + 1)], [[1.0]]) for n in range(units)]
    supply = Block([-0.001], [[-1.0]], limit=hours, divisible=True)
    lacking = Block([-1000.0], [[-1.0]], limit=max(owed, 1.0), divisible=True)
    return from_blocks([*takers, supply, lacking], [-owed])


@pytest.mark.many(8)
@pytest.mark.parametrize(("engine", "solver"), WAYS)
@pytest.mark.parametrize("seconds", SHORT)
@pytest.mark.parametrize("whole", [True, False])
def test_the_smallest_limit_ends_with_a_choice_that_keeps_what_is_owed(
    engine: EngineName, solver: SolverName, seconds: float, whole: bool
) -> None:
    found = solve(_world(2.0, 3.0), Effort(seconds=seconds, whole=whole), engine, solver)
    taken = dict(
        zip(found.solution.columns.tolist(), found.solution.quantity.tolist(), strict=True)
    )
    given_to = sum(amount for column, amount in taken.items() if column < 3)
    supplied, lacking = taken.get(3, 0.0), taken.get(4, 0.0)
    assert lacking == pytest.approx(0.0), "three hours are there, two are owed"
    assert supplied >= 2.0 + given_to - 1e-6
    assert found.certificate.value <= 3.0 + 1e-6, "the best of three units with one hour left"
    assert found.certificate.bound >= 2.9


@settings(max_examples=20, deadline=None)
@given(st.floats(0, 5), st.floats(0, 5), st.integers(0, 4))
def test_what_is_lacking_is_what_is_owed_beyond_what_there_is(
    owed: float, hours: float, units: int
) -> None:
    found = solve(_world(owed, hours, units), Effort(seconds=1e-300), "exact")
    lacking = float(found.solution.quantity[found.solution.columns == units + 1].sum())
    assert lacking == pytest.approx(max(owed - hours, 0.0), abs=1e-6)


def test_nothing_is_handed_back_where_it_is_not_wanted_in_any_case(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    nothing = Proposal(None, np.zeros(1), np.inf, np.inf, "exact")
    monkeypatch.setattr(exact, "solve_exactly", lambda *_: nothing)
    with pytest.raises(NoPlan):
        solve(_world(1.0, 1.0), engine="exact", in_any_case=False)
    assert solve(_world(1.0, 1.0), engine="exact").certificate.value == pytest.approx(-0.001)
