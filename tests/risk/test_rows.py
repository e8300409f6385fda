"""Which pupil-years a model learns from, with whose company and what weight."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.risk import RiskSettings
from recommender.risk.models.fitting import sample_of
from recommender.risk.models.rows import family_numbers, folds, pupil_years_of


def history(**columns: object) -> pd.DataFrame:
    return pd.DataFrame({"unit_id": [f"p{i}" for i in range(4)], **columns})


def test_siblings_and_all_years_of_a_pupil_are_one_family():
    unit = pd.Series(["a", "b", "a", "c", "d"])
    units = pd.DataFrame({"unit_id": ["a", "b", "c", "e"], "family_id": ["f", "f", "", "f"]})
    assert family_numbers(unit, units).tolist() == [0, 0, 0, 1, 2]


def test_a_pupil_that_moved_between_families_ties_them_together():
    unit = pd.Series(["a", "b", "c"])
    units = pd.DataFrame({"unit_id": ["a", "b"], "family_id": ["f", "g"]})
    in_history = pd.Series(["g", "", "f"])
    assert len(set(family_numbers(unit, units, in_history).tolist())) == 1


@given(st.lists(st.integers(0, 40), min_size=1, max_size=200), st.integers(0, 5))
def test_a_family_is_in_one_fold_and_folds_are_of_like_size(members, seed):
    _, family = np.unique(members, return_inverse=True)
    fold = folds(family, 5, seed)
    assert all(np.unique(fold[family == f]).size == 1 for f in np.unique(family))
    of_family = fold[np.unique(family, return_index=True)[1]]
    assert np.ptp(np.bincount(of_family, minlength=5)) <= 2


def test_rows_with_a_new_intervention_weigh_nothing_and_others_one_over_their_chance(build):
    frame = history(
        intervention=["", "tuition", "", ""], propensity=[0.5, 0.5, 0.25, np.nan], y=[0.0, 1, 0, 1]
    )
    cohort = build(pd.DataFrame({"unit_id": ["p0"]}), (), frame)
    rows = pupil_years_of(cohort, RiskSettings())
    assert rows.weight == pytest.approx([2 / 3, 0, 4 / 3, 1])
    assert rows.untreated.tolist() == [True, False, True, True]


def test_weights_are_cut_off(build):
    frame = history(propensity=[1.0, 1.0, 1.0, 0.001])
    cohort = build(pd.DataFrame({"unit_id": ["p0"]}), (), frame)
    assert pupil_years_of(cohort, RiskSettings(largest_weight=2.0)).weight.max() == 2.0


def test_a_row_with_an_unknown_outcome_is_left_out_and_a_share_becomes_two_rows(build):
    frame = history(y=[0.0, np.nan, 0.25, 1.0], count=[1, 1, 20, 3])
    cohort = build(pd.DataFrame({"unit_id": ["p0"]}), (), frame)
    index, sample = sample_of("y", pupil_years_of(cohort, RiskSettings()), np.zeros((4, 0)), None)
    assert index.tolist() == [0, 2, 2, 3]
    assert sample.y.tolist() == [0, 0, 1, 1]
    assert sample.weight == pytest.approx([1, 15, 5, 3])


def test_a_large_history_is_sampled_by_family_and_the_same_families_each_time(build):
    frame = pd.DataFrame({"unit_id": [f"p{i // 2:04d}" for i in range(1000)], "y": 0.0})
    cohort = build(pd.DataFrame({"unit_id": ["p0000"]}), (), frame)
    settings = RiskSettings(training_rows=300)
    first, again = pupil_years_of(cohort, settings), pupil_years_of(cohort, settings)
    assert len(first.frame) == 300
    assert first.frame["unit_id"].value_counts().eq(2).all()
    assert first.frame.equals(again.frame)


def test_no_history_gives_no_rows(build):
    assert pupil_years_of(build(pd.DataFrame({"unit_id": ["a"]}), ()), RiskSettings()) is None


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"folds": 2}, "folds is below 3"),
        ({"penalties": ()}, "penalties is empty"),
        ({"penalties": (1.0, 0.1)}, "not ascending"),
        ({"seed": -1}, "seed is negative"),
        ({"smallest_group": 1}, "smallest_group is below 2"),
        ({"largest_weight": float("nan")}, "largest_weight"),
    ],
)
def test_settings_that_make_no_sense_are_refused_at_birth(change, message):
    with pytest.raises(ValueError, match=message):
        RiskSettings(**change)
