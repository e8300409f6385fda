"""Well-proved help goes before uncertain help where the rules ask for caution."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recommender.evaluation.averages import benefit_under, value_under
from recommender.matching import benefit_error
from recommender.planning import Plan
from recommender.planning.explain.explain import explain
from recommender.planning.verify.verify import verify

Help = Callable[..., Any]
Who = Callable[[Plan], dict[str, str]]
ENGINES = ("exact", "prices")


@pytest.fixture
def base(world: Any, make_help: Help) -> Any:
    units = {
        "ann": {
            "benefits": {"known": 0.4, "wild": 0.5},
            "errors": {"known": 0.05, "wild": 0.2},
        },
        "ben": {"benefits": {"known": 0.3}, "errors": {"known": 0.1}},
    }
    helps = [make_help(name, {"teacher": 1}) for name in ("known", "wild")]
    return world(units, helps, [("t", "teacher", 1, "s1")])


@pytest.mark.parametrize("engine", ENGINES)
def test_what_is_better_known_goes_first_and_its_benefit_stays_what_it_is(
    engine: Any, base: Any, who: Who
) -> None:
    assert who(base.plan(engine)) == {"ann": "wild@autumn"}
    careful = base.replace(caution=2.0)
    plan = careful.plan(engine)
    assert who(plan) == {"ann": "known@autumn"}
    assert plan.summary.value == pytest.approx(0.4 - 2 * 0.05)
    assert plan.summary.benefit == pytest.approx(0.4)
    row = plan.assignments.iloc[0]
    assert (row["benefit"], row["standard_error"]) == (pytest.approx(0.4), pytest.approx(0.05))
    assert row["net_value"] == pytest.approx(0.3 - row["price_paid"])
    assert plan.not_served["benefit_forgone"].tolist() == pytest.approx([0.3])
    assert verify(plan, careful.inputs, careful.matching, careful.limits) == ()
    assert verify(plan, base.inputs, base.matching, base.limits) != ()
    formulation, allocation = careful.solve(engine)
    why = str(
        explain(formulation, allocation.solution, careful.candidates, careful.matching, "ann")
    )
    assert "benefit       0.4000 ± 0.0500" in why
    assert "counts        0.3000  less 2 standard errors, for caution" in why


def test_what_counts_for_nothing_is_not_offered_unless_it_is_owed(base: Any, who: Who) -> None:
    assert base.replace(caution=4.0).plan().assignments["unit_id"].tolist() == ["ann"]
    most = base.replace(caution=9.0)
    assert most.candidates.unit.size == 0
    assert who(most.plan()) == {}
    units = {**base.units, "ben": {**base.units["ben"], "must_serve": "any"}}
    owed = most.replace(units=units)
    assert owed.candidates.worth.tolist() == pytest.approx([0.3 - 9 * 0.1], abs=1e-6)
    assert who(owed.plan()) == {"ben": "known@autumn"}


def test_a_bundle_is_dominated_by_what_counts_and_not_by_what_it_promises(
    world: Any, make_help: Help
) -> None:
    units = {"ann": {"benefits": {"a": 0.5, "b": 0.4}, "errors": {"a": 0.3, "b": 0.01}}}
    helps = [make_help("a", {"teacher": 1}), make_help("b", {"teacher": 1})]
    plain = world(units, helps, [("t", "teacher", 1, "s1")])
    assert plain.candidates.benefit.tolist() == [0.5]
    assert plain.replace(caution=1.0).candidates.benefit.tolist() == [0.4]


def test_nonsense_is_refused(base: Any) -> None:
    with pytest.raises(ValueError, match="caution"):
        _ = base.replace(caution=-1.0).matching


few = settings(
    max_examples=6,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@few
@given(
    worth=st.lists(st.integers(1, 9), min_size=4, max_size=4),
    errors=st.lists(st.integers(0, 20), min_size=4, max_size=4),
    caution=st.sampled_from([0.5, 1.0, 2.0]),
    engine=st.sampled_from(ENGINES),
)
def test_more_caution_trades_benefit_for_certainty_and_never_the_other_way(
    worth: list[int], errors: list[int], caution: float, engine: Any, world: Any, make_help: Help
) -> None:
    units = {
        f"p{n}": {"benefits": {"talk": w / 10}, "errors": {"talk": e / 100}}
        for n, (w, e) in enumerate(zip(worth, errors, strict=True))
    }
    plain = world(units, [make_help("talk", {"teacher": 1})], [("t", "teacher", 2, "s1")])
    careful = plain.replace(caution=caution)
    sums = []
    for each in (plain, careful):
        formulation, allocation = each.solve(engine)
        taken = formulation.candidate[
            allocation.solution.columns[allocation.solution.columns < formulation.candidate.size]
        ]
        error = float(np.sum(benefit_error(each.candidates, each.matching, taken)))
        sums.append((float(each.candidates.benefit[taken].sum()), error))
    (benefit, error), (less, surer) = sums
    assert less <= benefit + 1e-9
    assert surer <= error + 1e-9
    assert less - caution * surer >= benefit - caution * error - 1e-9
    counts = sorted((w / 10 - caution * e / 100 for w, e in zip(worth, errors, strict=True)))[2:]
    assert careful.plan(engine).summary.value == pytest.approx(
        sum(max(0.0, each) for each in counts), abs=1e-6
    )


def test_under_other_risks_caution_and_waiting_decide_and_are_no_benefit(
    world: Any, make_help: Help
) -> None:
    today = dt.date(2026, 9, 1)
    units = {
        "ann": {
            "benefits": {"talk": 0.4},
            "errors": {"talk": 0.1},
            "waiting_since": dt.date(2025, 9, 1),
        },
        "ben": {"benefits": {"talk": 0.5}, "errors": {"talk": 0.2}},
    }
    base = world(units, [make_help("talk", {"teacher": 1})], [("t", "teacher", 1, "s1")])
    limits = replace(base.limits, waiting_priority=(0.5, 0.8), today=today)
    base = base.replace(caution=1.0, limits=limits)
    known = (base.formulate(), base.candidates, base.matching)
    same = base.risks.risk
    assert value_under(*known, same) == pytest.approx(known[0].problem.value)
    assert benefit_under(*known, same) == pytest.approx(known[0].benefit)
    averages = np.full_like(same, 0.45)
    mine = known[0].unit.tolist()
    counts = 1 + 0.5 * 365 / 365.25
    expected = {0: (0.45 - 0.1) * counts, 1: 0.45 - 0.2}
    found = value_under(*known, averages)[: len(mine)]
    assert found == pytest.approx([expected[unit] for unit in mine])
    assert benefit_under(*known, averages) == pytest.approx([0.45, 0.45])
