"""What a risk model sees of a pupil, and what it never sees."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from recommender.errors import InputError, PrivacyRefusal
from recommender.inputs.catalogue import Text
from recommender.inputs.policy import Column, Outcome
from recommender.risk import RiskSettings, assess_risk
from recommender.risk.models.features import encoding_of, features_of

DATE = pd.Series([pd.Timestamp(2025, 11, 1)] * 3)


def declared(name: str, kind: str, *use: str) -> Column:
    return Column(name=name, type=kind, use=use or ("feature",))


def test_a_missing_number_is_a_state_of_its_own():
    frame = pd.DataFrame({"score": [1.0, np.nan, 3.0]})
    encoding = encoding_of((declared("score", "number"),), frame)
    design = encoding.design(frame, DATE)
    assert encoding.names == ("score", "score missing")
    assert np.isnan(design[1, 0])
    assert design[:, 1].tolist() == [0, 1, 0]


def test_a_category_has_a_column_a_level_one_for_the_rest_and_one_for_missing():
    frame = pd.DataFrame({"kind": ["a"] * 6 + ["b"] * 5 + ["c"] * 4 + [""]})
    encoding = encoding_of((declared("kind", "category"),), frame)
    assert encoding.names == ("kind=a", "kind=b", "kind=another", "kind missing")
    new = encoding.design(pd.DataFrame({"kind": ["b", "never seen", ""]}), DATE)
    assert new.argmax(axis=1).tolist() == [1, 2, 3]
    assert new.sum(axis=1).tolist() == [1, 1, 1]


def test_a_date_counts_the_days_before_the_reference_date():
    frame = pd.DataFrame({"arrived": pd.to_datetime(["2025-10-31", None, "2024-11-01"])})
    design = encoding_of((declared("arrived", "date"),), frame).design(frame, DATE)
    assert design[0, 0] == 1
    assert np.isnan(design[1, 0])
    assert design[2, 0] == 365


def test_a_column_that_history_does_not_have_is_not_used_and_an_absent_one_is_missing_today():
    past = pd.DataFrame({"score": [1.0, 2.0, 3.0]})
    encoding = encoding_of((declared("score", "number"), declared("other", "flag")), past)
    assert encoding.names == ("score", "score missing")
    assert encoding.design(pd.DataFrame({"x": [1, 2, 3]}), DATE)[:, 1].tolist() == [1, 1, 1]


@pytest.mark.parametrize(
    "column",
    [
        declared("origin", "category", "feature", "audit_only"),
        declared("score", "number", "feature", "never"),
        declared("language", "category"),
        declared("family_id", "category"),
        declared("site", "category"),
        declared("herkomst", "category"),
        declared("Country of birth", "category"),
        declared("postcode_area", "category"),
        declared("propensity", "number"),
    ],
)
def test_a_column_that_may_not_be_a_feature_is_refused_for_privacy(build, column):
    units = pd.DataFrame({"unit_id": ["a"], column.name: ["x"]})
    cohort = build(units, (column,), units.assign(y=1.0))
    with pytest.raises(PrivacyRefusal, match=f"columns.{column.name}") as refusal:
        assess_risk(cohort, (Outcome(id="y", name=Text(en="Y")),), RiskSettings())
    assert refusal.value.exit_code == 6


def test_columns_for_audit_or_eligibility_only_are_no_features(build):
    columns = (
        declared("origin", "category", "audit_only"),
        declared("iq", "number", "eligibility"),
    )
    cohort = build(pd.DataFrame({"unit_id": ["a"], "origin": ["x"], "iq": [1.0]}), columns)
    assert features_of(cohort) == ()


def test_an_outcome_that_is_a_feature_too_is_refused(build):
    units = pd.DataFrame({"unit_id": ["a"], "y": [1.0]})
    cohort = build(units, (declared("y", "flag"),), units)
    with pytest.raises(InputError, match="an outcome and a feature at once"):
        assess_risk(cohort, (Outcome(id="y", name=Text(en="Y")),), RiskSettings())
