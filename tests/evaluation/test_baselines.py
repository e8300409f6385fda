"""Choices without an optimiser keep every rule, and the greedy one is greedy in increments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recommender.allocation import certify
from recommender.evaluation import benefit_per_hour, follow
from recommender.evaluation.baselines import at_random
from tests.planning.conftest import World, help_of
from tests.planning.test_laws import ingredients

TALK, COURSE, CAMP = (
    help_of(n, {"coach": h}) for n, h in (("talk", 2), ("course", 8), ("camp", 9))
)


def found(units: Mapping[str, Any], hours: float, *helps: Any) -> dict[str, str]:
    """Who gets what of a coach's hours, the most good an hour first."""
    world = World(units, helps or (TALK, COURSE), [("c", "coach", hours, "s1")])
    formulation = world.formulate()
    chosen = follow(formulation, benefit_per_hour(formulation))
    assert certify(formulation.problem, chosen).integer
    mine = chosen.columns[chosen.columns < formulation.candidate.size]
    of, helps = world.candidates, world.catalogue.interventions
    return {
        str(of.cohort.units["unit_id"].iloc[of.unit[at]]): "+".join(
            helps[one].id for one in of.bundles[of.bundle[at]].interventions
        )
        for at in formulation.candidate[mine].tolist()
    }


def test_hours_left_over_go_to_more_help_for_the_one_who_gains_most_by_it() -> None:
    units = {
        "ann": {"benefits": {"talk": 0.4, "course": 0.9}},
        "ben": {"benefits": {"talk": 0.3, "course": 0.5}},
    }
    assert found(units, 4) == {"ann": "talk", "ben": "talk"}
    assert found(units, 9) == {"ann": "talk", "ben": "talk"}
    assert found(units, 10) == {"ann": "course", "ben": "talk"}
    assert found(units, 16) == {"ann": "course", "ben": "course"}


def test_what_lies_below_the_hull_is_no_step_but_is_taken_where_nothing_else_fits() -> None:
    units = {"ann": {"benefits": {"course": 0.9, "camp": 0.1}}}
    assert found(units, 20, COURSE, CAMP) == {"ann": "course"}
    only = {"ann": {"benefits": {"talk": 0.1, "course": 0.9, "camp": 0.8}}}
    assert found(only, 7, TALK, COURSE, CAMP) == {"ann": "talk"}


def test_nobody_leaves_a_group_that_others_need() -> None:
    circle = help_of("circle", None, {"coach": 4.0}, group=(2, 2))
    units = {
        "ann": {"benefits": {"circle": 0.5, "course": 0.9}},
        "ben": {"benefits": {"circle": 0.4}},
    }
    assert found(units, 12, circle, COURSE) == {"ann": "circle", "ben": "circle"}


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(parts=ingredients(), seed=st.integers(0, 5))
def test_every_choice_keeps_the_rules_and_is_no_better_than_the_best(
    parts: dict[str, Any], seed: int
) -> None:
    world = World(
        helps=[
            help_of("talk", {"teacher": 1.0}, cost_per_pupil=10),
            help_of("circle", {"coach": 0.25}, {"teacher": 2.0}, group=(2, 3)),
            help_of("lesson", None, {"coach": 1.0}, class_of=True, cost_per_group=5),
        ],
        **parts,
    )
    formulation, best = world.solve()
    for policy in (benefit_per_hour(formulation), at_random(formulation, seed)):
        found = certify(formulation.problem, follow(formulation, policy))
        assert found.integer
        assert found.value <= best.certificate.value + 1e-6
