"""How often offers stay in draws, and what the plan delivers in them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from recommender.inputs.catalogue import Effect
from recommender.matching import draw_benefit, drawn_benefits
from recommender.planning import Plan
from recommender.planning.plan.stability import with_stability
from recommender.planning.verify.verify import verify

Help = Callable[..., Any]


def tried(base: Any, draws: int, seed: int = 0) -> Plan:
    formulation, allocation = base.solve()
    return with_stability(
        base.plan(), formulation, allocation, base.candidates, base.matching, draws,
        replace(base.effort, seed=seed),
    )  # fmt: skip


@pytest.fixture
def three(world: Any, make_help: Help) -> Any:
    """One hour; ann gains most, ben may gain more, cas never does."""
    units = {
        "ann": {"benefits": {"talk": 0.5}, "errors": {"talk": 0.1}},
        "ben": {"benefits": {"talk": 0.45}, "errors": {"talk": 0.1}},
        "cas": {"benefits": {"talk": 0.05}},
    }
    return world(units, [make_help("talk", {"teacher": 1})], [("t", "teacher", 1, "s1")])


def test_without_errors_everything_stays_in_every_draw(world: Any, make_help: Help) -> None:
    units = {f"p{n}": {"benefits": {"talk": 0.2 + n / 50}} for n in range(5)}
    base = world(units, [make_help("talk", {"teacher": 1})], [("t", "teacher", 3, "s1")])
    plan = tried(base, 4)
    assert plan.assignments["stays"].tolist() == [1.0, 1.0, 1.0]
    assert plan.summary.draws == 4
    assert plan.summary.benefit_low == pytest.approx(plan.summary.benefit)
    assert plan.summary.benefit_high == pytest.approx(plan.summary.benefit)


def test_an_offer_stays_in_the_draws_in_which_nobody_else_gains_more(three: Any) -> None:
    draws = 30
    best = [int(np.argmax(b)) for b in drawn_benefits(three.candidates, three.matching, draws, 7)]
    assert set(best) == {0, 1}
    plan = tried(three, draws, 7)
    assert plan.assignments["stays"].tolist() == pytest.approx([best.count(0) / draws])
    said = plan.summary
    assert said.benefit_low is not None
    assert said.benefit_high is not None
    assert said.benefit_low < said.benefit < said.benefit_high
    assert verify(plan, three.inputs, three.matching, three.limits) == ()


def test_seeds_reproduce(three: Any) -> None:
    first, again, other = tried(three, 6, 1), tried(three, 6, 1), tried(three, 6, 2)
    assert first.summary == again.summary
    assert first.assignments.equals(again.assignments)
    assert first.summary.benefit_low != other.summary.benefit_low


def test_one_draw_of_an_effect_is_shared_by_all_and_those_of_a_plan_are_drawn_alike(
    world: Any, make_help: Help
) -> None:
    effect = Effect("talk", "smd", 0.4, 0.2, "strong", "by hand")
    units = {name: {"benefits": {"talk": 0.3}} for name in ("ann", "ben")}
    help_ = replace(make_help("talk", {"teacher": 1}), effects=(effect,))
    base = world(units, [help_], [("t", "teacher", 2, "s1")])
    drawn = np.array(list(drawn_benefits(base.candidates, base.matching, 50, 3)))
    assert drawn[:, 0] == pytest.approx(drawn[:, 1], abs=0)
    assert np.unique(drawn[:, 0]).size == 50
    both = draw_benefit(base.candidates, base.matching, np.arange(2), np.ones(2), 50, 3)
    assert drawn.sum(axis=1) == pytest.approx(both)


def test_verify_refuses_shares_that_cannot_be(three: Any) -> None:
    plan = tried(three, 2)

    def found(**changes: Any) -> tuple[str, ...]:
        return verify(replace(plan, **changes), three.inputs, three.matching, three.limits)

    table = plan.assignments
    assert any("stays" in line for line in found(assignments=table.assign(stays=1.5)))
    assert any("stays" in line for line in found(assignments=table.drop(columns="stays")))
    for change in ({"draws": 0}, {"benefit_low": None}, {"benefit_low": 9.0}):
        assert any("draws" in line for line in found(summary=replace(plan.summary, **change)))


def test_no_draws_are_refused(three: Any) -> None:
    with pytest.raises(ValueError, match="draws"):
        tried(three, 0)
