"""What several people say becomes one number that keeps their disagreement."""

from __future__ import annotations

import datetime as dt
import math
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.errors import InputError
from recommender.governance.dialogue.elicitation import (
    Guess,
    effect_of,
    elicit,
    pool,
    pool_weights,
    snippet,
)

DAY = dt.date(2026, 11, 24)


def pairs_of(weights: dict[str, float]) -> dict[tuple[str, str], float]:
    names = sorted(weights)
    return {(a, b): weights[a] / weights[b] for i, a in enumerate(names) for b in names[i + 1 :]}


@given(st.lists(st.floats(1, 5), min_size=2, max_size=6))
@settings(max_examples=40, deadline=None)
def test_comparisons_without_contradiction_give_back_the_weights(values: list[float]) -> None:
    truth = {f"o{i}": v for i, v in enumerate(values)}
    weights = pool_weights({"ann": pairs_of(truth)})
    assert np.allclose(weights.pooled, np.array(values) / np.mean(values))
    assert weights.judges[0].ratio == pytest.approx(0, abs=1e-9)
    assert weights.judges[0].worst == ""


def test_a_textbook_table_has_its_textbook_ratio() -> None:
    # Rows 1 3 5; 1/3 1 3: largest eigenvalue 3.0385, geometric means .637 .258 .105.
    weights = pool_weights({"ann": {("a", "b"): 3, ("a", "c"): 5, ("b", "c"): 3}})
    means = np.array([15 ** (1 / 3), 1.0, 15 ** (-1 / 3)])
    assert np.allclose(weights.pooled, means / means.mean())
    assert weights.judges[0].ratio == pytest.approx((3.0385 - 3) / 2 / 0.58, abs=1e-4)


def test_a_circle_is_a_contradiction_and_the_worst_pair_is_named() -> None:
    pairs = {("a", "b"): 9.0, ("b", "c"): 9.0, ("a", "c"): 1 / 9}
    weights = pool_weights({"ann": pairs})
    assert weights.judges[0].ratio > 0.1


def test_a_missing_pair_is_filled_by_the_others() -> None:
    weights = pool_weights({"ann": {("a", "b"): 2.0, ("b", "c"): 3.0}})
    assert np.allclose(np.array(weights.pooled) / weights.pooled[2], [6, 3, 1])


def test_people_count_equally_and_their_spread_is_told() -> None:
    both = pool_weights({"ann": {("a", "b"): 4.0}, "bob": {("a", "b"): 1.0}})
    assert both.pooled[0] / both.pooled[1] == pytest.approx(2.0)
    assert both.low[0] == pytest.approx(1.0)
    assert both.high[0] == pytest.approx(1.6)
    assert both.spread[0] > 0


def test_pairs_that_leave_an_outcome_alone_are_refused() -> None:
    with pytest.raises(InputError, match="nothing connects a with c"):
        pool_weights({"ann": {("a", "b"): 2.0}, "bob": {("a", "b"): 2.0, ("b", "c"): 2.0}})


def test_the_three_points_of_a_normal_give_back_its_mean_and_error() -> None:
    z = 1.6448536269514722
    one = pool("x", "lag", "smd", [Guess("ann", 0.3 - 0.1 * z, 0.3, 0.3 + 0.1 * z)])
    assert one.value == pytest.approx(0.3)
    assert one.standard_error == pytest.approx(0.1, rel=0.001)


def test_pooling_is_the_law_of_total_variance_over_people() -> None:
    guesses = [Guess("ann", 0.1, 0.2, 0.3), Guess("bob", 0.4, 0.6, 0.8)]
    alone = [pool("x", "lag", "smd", [g]) for g in guesses]
    both = pool("x", "lag", "smd", guesses)
    rng = np.random.default_rng(0)
    who = rng.integers(0, 2, 400_000)
    draws = np.array([a.value for a in alone])[who] + np.array([a.standard_error for a in alone])[
        who
    ] * rng.standard_normal(who.size)
    assert both.value == pytest.approx(draws.mean(), abs=0.002)
    assert both.standard_error == pytest.approx(draws.std(), abs=0.002)
    assert both.apart == (("ann", "bob"),)
    assert 0.5 < both.between < 1


def test_ratios_are_pooled_on_the_log_scale() -> None:
    pooled = pool("x", "lag", "odds_ratio", [Guess("a", 0.5, 0.5, 0.5), Guess("b", 2, 2, 2)])
    assert pooled.value == pytest.approx(1.0)
    assert pooled.standard_error == pytest.approx(math.log(2))
    assert pooled.between == pytest.approx(1.0)


def test_agreement_makes_an_effect_no_surer_than_people_are() -> None:
    guesses = [Guess(p, 0.1, 0.2, 0.3) for p in "abcdef"]
    assert pool("x", "lag", "smd", guesses).standard_error == pytest.approx(
        pool("x", "lag", "smd", guesses[:1]).standard_error
    )


def test_an_elicited_effect_is_marked_as_such() -> None:
    effect = effect_of(pool("x", "lag", "smd", [Guess("ann", 0.1, 0.2, 0.3)]), DAY)
    assert (effect.level, effect.outcome, effect.checked) == ("elicited", "lag", DAY)
    assert "elicited from 1 professionals" in effect.source
    assert "ann" not in effect.source + effect.note


def test_a_file_of_comparisons_is_read_with_fractions_and_commas(tmp_path: Path) -> None:
    path = tmp_path / "weights.csv"
    path.write_text("person;a;b;ratio\nann;lag;absence;1/3\nbob;absence;lag;1,5\n")
    elicited = elicit(path)
    assert elicited.weights is not None
    assert elicited.weights.outcomes == ("absence", "lag")
    assert elicited.weights.pooled[0] / elicited.weights.pooled[1] == pytest.approx(4.5**0.5)
    assert set(snippet(elicited, DAY)["outcomes"]) == {"absence", "lag"}


def test_a_workbook_of_effects_becomes_a_catalogue_snippet(tmp_path: Path) -> None:
    path = tmp_path / "effects.xlsx"
    pd.DataFrame(
        [
            ["ann", "tutoring", "lag", "smd", 0.1, 0.2, 0.3],
            ["bob", "tutoring", "lag", "smd", 0, 0.1, 0.4],
        ],
        columns=["person", "intervention", "outcome", "scale", "low", "likely", "high"],
    ).to_excel(path, index=False)
    entries = snippet(elicit(path), DAY)
    effect = yaml.safe_load(yaml.safe_dump(entries))["interventions"]["tutoring"]["effects"][0]
    assert effect["level"] == "elicited"
    assert effect["value"] == pytest.approx(0.5 * 0.2 + 0.5 * (0.63 * 0.1 + 0.185 * 0.4), abs=1e-4)


def test_people_are_called_after_their_line_and_never_named(tmp_path: Path) -> None:
    path = tmp_path / "weights.csv"
    path.write_text("person,a,b,ratio\nann,x,y,9\nbob,x,y,1/9\nann,y,z,2\nbob,y,z,2\n")
    elicited = elicit(path)
    assert elicited.weights is not None
    assert [judge.person for judge in elicited.weights.judges] == ["line 2", "line 3"]
    assert not re.search("ann|bob", str(elicited))


def test_reach_is_a_share(tmp_path: Path) -> None:
    path = tmp_path / "reach.csv"
    path.write_text("person,intervention,part,low,likely,high\nann,x,uptake,0.5,0.6,0.7\n")
    entries = snippet(elicit(path), DAY)
    assert entries["interventions"]["x"]["reach"]["uptake"] == pytest.approx(0.6, abs=1e-3)
    assert any("one person only" in line for line in elicit(path).disagreements)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("person,a,b,ratio\nann,x,y,10\n", "1/9 to 9"),
        ("person,a,b,ratio\nann,x,x,2\n", "two different"),
        ("person,a,b,ratio\nann,x,y,2\nann,y,x,2\n", "compared already"),
        ("person,a,b,ratio\nann,x,y,lots\n", "1/9 to 9"),
        ("person,a,b,ratio\n", "compares nothing"),
        ("person,a\nann,x\n", "none of the three"),
        ("person,intervention,part,low,likely,high\na,x,uptake,0.5,0.4,0.9\n", "in this order"),
        ("person,intervention,part,low,likely,high\na,x,uptake,0.5,0.6,1.9\n", "outside 0 to 1"),
        ("person,intervention,part,low,likely,high\na,x,luck,0.5,0.6,0.9\n", "neither uptake"),
        (
            "person,intervention,outcome,scale,low,likely,high\na,x,l,odds_ratio,0,1,2\n",
            "above zero",
        ),
        ("person,intervention,outcome,scale,low,likely,high\na,x,l,d,0,1,2\n", "scales smd"),
        ("person,intervention,outcome,scale,low,likely,high\na,x,l,smd,0,1,1e308\n", "beyond 100"),
    ],
)
def test_a_wrong_line_is_named_with_its_reason(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "said.csv"
    path.write_text(text)
    with pytest.raises(InputError, match=message):
        elicit(path)
