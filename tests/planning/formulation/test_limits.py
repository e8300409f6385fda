"""Every rule is rows one can write down."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from recommender.inputs.catalogue import Catalogue, Reach
from recommender.planning.formulation.conditions import conditions_of
from recommender.planning.formulation.limits import (
    LimitSettings,
    PieceKind,
    Pieces,
    Rows,
    RuleContext,
    at_once,
    budget,
    caps,
    hours,
    must_serve,
    places,
    quorum,
    stacked,
)
from recommender.planning.formulation.offers import joined_pieces, pieces_of

NONE = (np.empty(0, np.int64),) * 3 + (np.empty(0),)


def one(kind: PieceKind, rate: float = 1.0, **codes: int) -> Pieces:
    labels = {name: np.array([code], dtype=np.int64) for name, code in codes.items()}
    return pieces_of(np.array([int(kind)]), rate=np.array([rate]), **labels)


def table(rows: Rows, *labels: str) -> dict[tuple[int, ...], tuple[list[float], float]]:
    """Label codes -> what every piece uses, and the capacity."""
    keys = zip(*(getattr(rows, label).tolist() for label in labels), strict=True)
    uses = rows.use.toarray().tolist()
    return {
        key: (use, capacity)
        for key, use, capacity in zip(keys, uses, rows.capacity.tolist(), strict=True)
    }


@pytest.fixture
def facts(make_help: Callable[..., Any]) -> RuleContext:
    catalogue = Catalogue(
        (
            make_help("long", {"teacher": 6.0}, periods=2, reach=Reach(0.5, 1.0), cost_per_pupil=8),
            make_help("pair", {"coach": 1.0}, {"teacher": 4.0}, group=(2, 3), cost_per_group=30),
        )
    )
    return RuleContext(
        terms=conditions_of(catalogue, ("coach", "teacher")),
        budget=100.0,
        cap=np.array([np.inf, 7.0]),
        committed=NONE,
        owed=(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0)),
    )


@pytest.fixture
def pieces() -> Pieces:
    """Long help from period 0, a place and a group of pair, and an hour of a travelling teacher."""
    return joined_pieces(
        one(PieceKind.PLACE, intervention=0, site=0, period=0),
        one(PieceKind.PLACE, intervention=1, site=0, period=1, most=3),
        one(PieceKind.GROUP, intervention=1, site=0, period=1, most=3),
        one(PieceKind.HOUR, rate=0.9, role=1, site=0, period=1),
    )


def test_hours_are_spread_over_periods_at_the_reach_rate_and_groups_take_theirs_in_full(
    pieces: Pieces, facts: RuleContext
) -> None:
    assert table(hours(pieces, facts), "role", "site", "period") == {
        (0, 0, 1): ([0, 1.0, 0, 0], 0),
        (1, 0, 0): ([1.5, 0, 0, 0], 0),
        (1, 0, 1): ([1.5, 0, 4.0, -0.9], 0),
    }


def test_running_help_comes_off_the_hours(pieces: Pieces, facts: RuleContext) -> None:
    at = np.array([1]), np.array([0]), np.array([0]), np.array([2.5])
    facts = RuleContext(facts.terms, facts.budget, facts.cap, at, facts.owed)
    assert hours(pieces, facts).capacity.tolist() == [0, -2.5, 0]


def test_pupils_are_at_most_the_places_and_at_least_the_quorum(
    pieces: Pieces, facts: RuleContext
) -> None:
    assert table(places(pieces, facts), "intervention", "site", "period") == {
        (1, 0, 1): ([0, 1.0, -3.0, 0], 0)
    }
    assert table(quorum(pieces, facts), "intervention", "site", "period") == {
        (1, 0, 1): ([0, -1.0, 2.0, 0], 0)
    }


def test_the_budget_counts_euros_per_pupil_reached_and_per_group(
    pieces: Pieces, facts: RuleContext
) -> None:
    rows = budget(pieces, facts)
    assert rows.use.toarray().tolist() == [[4.0, 0, 30.0, 0]]
    assert rows.capacity.tolist() == [100.0]
    free = RuleContext(facts.terms, None, facts.cap, facts.committed, facts.owed)
    assert budget(pieces, free).size == 0


def test_a_cap_counts_pupils_of_a_site_over_all_periods(facts: RuleContext) -> None:
    pieces = joined_pieces(
        one(PieceKind.PLACE, intervention=0, site=0, period=0),
        one(PieceKind.PLACE, intervention=1, site=0, period=0, most=3),
        one(PieceKind.PLACE, intervention=1, site=0, period=1, most=3),
        one(PieceKind.PLACE, intervention=1, site=1, period=1, most=3),
    )
    assert table(caps(pieces, facts), "intervention", "site") == {
        (1, 0): ([0, 1.0, 1.0, 0], 7.0),
        (1, 1): ([0, 0, 0, 1.0], 7.0),
    }


@pytest.fixture
def family(make_help: Callable[..., Any]) -> tuple[Pieces, RuleContext]:
    """A child's talk, two children's places in a family, and the family among parents who meet."""
    evening = make_help(
        "evening", {"coach": 2.0}, None, group=(2, 3), recipient="parents", periods=2
    )
    talk = make_help("talk", {"coach": 1.0}, cost_per_pupil=8)
    facts = RuleContext(
        terms=conditions_of(Catalogue((evening, talk)), ("coach",)),
        budget=None,
        cap=np.array([5.0, np.inf]),
        committed=NONE,
        owed=(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0)),
        at_once=np.array([[2.0, 1.0]]),
    )
    pieces = joined_pieces(
        one(PieceKind.PLACE, intervention=1, site=0, period=0, family=0),
        one(PieceKind.PLACE, intervention=0, site=0, period=0, family=0, most=2),
        one(PieceKind.GROUP, intervention=0, site=0, period=0, family=0, most=2),
        one(PieceKind.GROUP, intervention=0, site=0, period=0, most=3),
    )
    return pieces, facts


def test_children_have_places_in_their_family_and_the_family_one_among_parents(
    family: tuple[Pieces, RuleContext],
) -> None:
    assert table(places(*family), "intervention", "family") == {
        (0, -1): ([0, 0, 1.0, -3.0], 0),
        (0, 0): ([0, 1.0, -2.0, 0], 0),
    }
    assert table(quorum(*family), "intervention", "family") == {
        (0, -1): ([0, 0, -1.0, 2.0], 0),
        (0, 0): ([0, -1.0, 1.0, 0], 0),
    }


def test_a_family_takes_hours_money_and_caps_once(family: tuple[Pieces, RuleContext]) -> None:
    assert table(hours(*family), "period") == {
        (0,): ([1.0, 0, 1.0, 0], 0),
        (1,): ([0, 0, 1.0, 0], 0),
    }
    assert table(caps(*family), "intervention") == {(0,): ([0, 0, 1.0, 0], 5.0)}


def test_what_a_family_has_at_once_counts_children_and_parents_in_every_period(
    family: tuple[Pieces, RuleContext],
) -> None:
    assert table(at_once(*family), "family", "period") == {
        (0, 0): ([1.0, 0, 1.0, 0], 2.0),
        (0, 1): ([0, 0, 1.0, 0], 1.0),
    }
    pieces, facts = family
    assert at_once(pieces, replace(facts, at_once=None)).size == 0


def test_a_statutory_rule_is_met_by_served_and_short_pupils(facts: RuleContext) -> None:
    pieces = joined_pieces(
        one(PieceKind.SERVED, rule=0, site=1), one(PieceKind.SHORT, rule=0, site=1)
    )
    owed = np.array([0]), np.array([1]), np.array([5.0])
    facts = RuleContext(facts.terms, None, facts.cap, facts.committed, owed)
    assert table(must_serve(pieces, facts), "rule", "site") == {(0, 1): ([-1.0, -1.0], -5.0)}


def test_rows_of_several_rules_are_stacked_in_order(pieces: Pieces, facts: RuleContext) -> None:
    rows = stacked([hours(pieces, facts), budget(pieces, facts)])
    assert rows.resource == ("hours", "hours", "hours", "budget")
    assert rows.use.shape == (4, 4)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("budget", -1.0),
        ("budget", float("nan")),
        ("caps", (("pair", -1.0),)),
        ("travel_overhead", 1.5),
        ("waiting_discount", float("nan")),
        ("seed", -1),
        ("at_once_per_pupil", 0),
        ("at_once_per_family", -1),
        ("waiting_priority", (-0.1, 1.0)),
    ],
)
def test_settings_refuse_nonsense(field: str, value: Any) -> None:
    with pytest.raises(ValueError, match=r"use|is"):
        LimitSettings(**{field: value})
