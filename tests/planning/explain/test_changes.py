"""What would bring a unit in is found by solving again, and says no more than it can prove."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from recommender.allocation import Effort, solve
from recommender.inputs.workspace import read_workspace
from recommender.matching import match
from recommender.pipeline import Settings
from recommender.planning import formulate
from recommender.planning.explain.counterfactuals import (
    Counterfactual,
    Counterfactuals,
    find_counterfactuals,
    holds,
)
from recommender.planning.explain.explain import explain
from recommender.planning.explain.subproblem import Extra, unit_columns
from recommender.planning.formulation.limits import LimitSettings
from recommender.planning.plan.assignments import offers_named
from recommender.planning.selection.selection import selection_of
from recommender.risk import assess_risk

Help = Callable[..., Any]
ROOT = Path(__file__).parents[3]


def pupils(help_name: str, **benefit: float) -> dict[str, dict[str, Any]]:
    """unit_id=benefit of one intervention, all at s1."""
    return {unit: {"benefits": {help_name: worth}} for unit, worth in benefit.items()}


def of(base: Any, unit: str) -> tuple[Counterfactuals, list[bool | None]]:
    """What was found for a unit, and what solving again says of it."""
    formulation, allocation = base.solve()
    ids = tuple(base.cohort.units["unit_id"])
    row = ids.index(unit)
    offers = tuple(offers_named(formulation, base.candidates, unit_columns(formulation, row)))
    known = (formulation, allocation.solution, row, ids, offers)
    found = find_counterfactuals(*known)
    return found, [holds(*known, change) for change in found.changes]


def test_the_hours_of_one_case_bring_in_who_is_next(world: Any, make_help: Help) -> None:
    found, proofs = of(
        world(
            pupils("talk", ann=0.5, ben=0.4, cas=0.3),
            [make_help("talk", {"teacher": 2})],
            [("t", "teacher", 2, "s1")],
        ),
        "ben",
    )
    assert {change.kind for change in found.changes} == {"hours", "weight", "freed"}
    by_kind = {change.kind: change for change in found.changes}
    assert by_kind["hours"] == Counterfactual(
        "hours", "talk@autumn", "s1", (Extra("teacher", "s1", "autumn", 2.0),)
    )
    assert by_kind["freed"].unit_id == "ann"
    assert by_kind["weight"].factor == pytest.approx(0.5 / 0.4, rel=1e-3)
    assert by_kind["weight"].factor > 0.5 / 0.4
    assert found.cost == pytest.approx(0.1)
    assert found.gives_way == ("ann",)
    assert proofs == [True, True, True]


def test_who_is_second_in_line_needs_the_hours_of_who_is_first_too(
    world: Any, make_help: Help
) -> None:
    found, proofs = of(
        world(
            pupils("talk", ann=0.5, ben=0.4, cas=0.3),
            [make_help("talk", {"teacher": 2})],
            [("t", "teacher", 2, "s1")],
        ),
        "cas",
    )
    by_kind = {change.kind: change for change in found.changes}
    assert by_kind["hours"].more[0].hours == 4
    assert "freed" not in by_kind
    assert by_kind["weight"].factor == pytest.approx(0.5 / 0.3, rel=1e-3)
    assert all(proofs)


def test_hours_nobody_has_are_named_even_where_no_price_says_so(
    world: Any, make_help: Help
) -> None:
    found, proofs = of(
        world(
            pupils("talk", ann=0.5),
            [make_help("talk", {"nurse": 1.5})],
            [("t", "teacher", 2, "s1")],
        ),
        "ann",
    )
    assert [str(change) for change in found.changes] == [
        "talk@autumn with 1.5 more hours of nurse at s1 in autumn"
    ]
    assert found.cost is None
    assert proofs == [True]


def test_the_hours_of_a_whole_group_bring_in_a_member(world: Any, make_help: Help) -> None:
    found, proofs = of(
        world(
            pupils("circle", ann=0.5, ben=0.4, cas=0.3),
            [make_help("circle", None, {"teacher": 3}, group=(3, 5))],
            [("t", "teacher", 2, "s1")],
        ),
        "cas",
    )
    by_kind = {change.kind: change for change in found.changes}
    assert by_kind["hours"].more[0].hours == 1
    assert proofs == [True] * len(proofs)


def test_money_brings_in_who_is_next_where_money_is_what_lacks(world: Any, make_help: Help) -> None:
    found, proofs = of(
        world(
            pupils("talk", ann=0.5, ben=0.4, cas=0.3),
            [make_help("talk", {"teacher": 2}, cost_per_pupil=60)],
            [("t", "teacher", 9, "s1")],
            limits=LimitSettings(budget=100.0),
        ),
        "ben",
    )
    by_kind = {change.kind: change for change in found.changes}
    assert str(by_kind["money"]).startswith("talk@autumn with 2")
    assert 20 <= by_kind["money"].euros <= 24
    assert all(proofs)


def test_hours_and_money_are_named_together_where_neither_will_do_alone(
    world: Any, make_help: Help
) -> None:
    found, proofs = of(
        world(
            pupils("talk", ann=0.5, ben=0.4),
            [make_help("talk", {"teacher": 2, "coach": 1}, cost_per_pupil=60)],
            [("t", "teacher", 2, "s1"), ("c", "coach", 1, "s1")],
            limits=LimitSettings(budget=60.0),
        ),
        "ben",
    )
    by_kind = {change.kind: change for change in found.changes}
    assert "hours" not in by_kind
    assert "money" not in by_kind
    assert sorted(extra.role for extra in by_kind["together"].more) == ["coach", "teacher"]
    assert str(by_kind["together"]).endswith(", 60 more euros")
    assert all(proofs)


def test_who_has_help_or_may_have_none_needs_no_change(world: Any, make_help: Help) -> None:
    base = world(
        pupils("talk", ann=0.5) | {"ben": {"benefits": {"talk": 0.4}, "consent": "refused"}},
        [make_help("talk", {"teacher": 1})],
        [("t", "teacher", 1, "s1")],
    )
    assert of(base, "ann")[0] == Counterfactuals()
    assert of(base, "ben")[0] == Counterfactuals()


def test_a_pupil_of_a_cell_is_brought_in_one_at_a_time(world: Any, make_help: Help) -> None:
    units = pupils("talk", ann=0.5)
    units["ann"]["count"] = 5
    found, proofs = of(
        world(units, [make_help("talk", {"teacher": 2})], [("t", "teacher", 4, "s1")]), "ann"
    )
    by_kind = {change.kind: change for change in found.changes}
    assert by_kind["hours"].more[0].hours == 2
    assert all(proofs)


def test_no_time_is_said_and_nothing_is_claimed(world: Any, make_help: Help) -> None:
    base = world(
        pupils("talk", ann=0.5, ben=0.4),
        [make_help("talk", {"teacher": 2})],
        [("t", "teacher", 2, "s1")],
    )
    formulation, allocation = base.solve()
    why = explain(
        formulation, allocation.solution, base.candidates, base.matching, "ben", lambda: 0.0
    )
    assert why.found == Counterfactuals(unproven=True)
    assert why.changes == ()
    assert "Time ran out" in str(why)


def test_a_proof_is_written_beside_every_change(world: Any, make_help: Help) -> None:
    base = world(
        pupils("talk", ann=0.5, ben=0.4),
        [make_help("talk", {"teacher": 2})],
        [("t", "teacher", 2, "s1")],
    )
    formulation, allocation = base.solve()
    why = explain(
        formulation,
        allocation.solution,
        base.candidates,
        base.matching,
        "ben",
        lambda: 60.0,
        check=True,
    )
    text = str(why)
    assert "talk@autumn with 2 more hours of teacher at s1 in autumn  [proved]" in text
    assert "less for ann" in text


@pytest.mark.slow
def test_of_a_hundred_pupils_of_the_region_the_changes_hold_for_ninety_nine() -> None:
    inputs = read_workspace(ROOT)
    settings = Settings.of(inputs.policy)
    quick = replace(settings.risk, boosting=False)
    risks = assess_risk(inputs.cohort, inputs.policy.outcomes, quick)
    candidates = match(inputs.cohort, inputs.catalogue, risks, settings.matching)
    formulation = formulate(candidates, inputs.resources, settings.limits)
    solution = solve(formulation.problem, Effort(gap=0.01, seconds=120)).solution
    offered = selection_of(formulation, solution).unit
    waiting = np.setdiff1d(np.flatnonzero(formulation.block >= 0), offered)
    ids = tuple(inputs.cohort.units["unit_id"])
    right = wrong = unknown = none = 0
    kinds: Counter[str] = Counter()
    for unit in np.random.default_rng(3).choice(waiting, 100, replace=False).tolist():
        offers = tuple(offers_named(formulation, candidates, unit_columns(formulation, unit)))
        known = (formulation, solution, unit, ids, offers)
        found = find_counterfactuals(*known)
        proofs = [holds(*known, change) for change in found.changes]
        none += not proofs
        unknown += None in proofs
        wrong += False in proofs
        right += bool(proofs) and all(proofs)
        kinds.update(change.kind for change in found.changes)
        print(f"right {right}, wrong {wrong}, unknown {unknown}, none {none}, {dict(kinds)}")
    print(f"right {right}, wrong {wrong}, not proved in time {unknown}, no change found {none}")
    assert wrong <= 1
    assert right >= 80
