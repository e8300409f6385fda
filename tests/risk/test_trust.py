"""How far risks can be trusted: the lines that lie beside them are the world's own counts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from recommender.risk import RiskSettings, assess, assess_risk
from recommender.risk.reporting.trust import CASES, CHANCE, OVER_SITES, SLOPE, TENTH, TRUST_COLUMNS

SETTINGS = replace(
    RiskSettings(reference_date=pd.Timestamp(2026, 11, 1).date()),
    folds=3, rounds=20, penalties=(0.02,),
)  # fmt: skip


@pytest.fixture(scope="module")
def trust(small):
    return assess_risk(small.cohort, small.outcomes, SETTINGS).trust


def test_the_tenths_of_an_outcome_add_up_to_its_history(small, trust):
    history = small.cohort.history
    assert list(trust.columns) == list(TRUST_COLUMNS)
    untreated = history[history["intervention"].fillna("") == ""]
    for outcome in small.outcomes:
        mine = trust[trust["outcome"] == outcome.id]
        tenths, whole = mine[mine["measure"] == TENTH], mine[mine["measure"] == CASES].iloc[0]
        known = untreated[outcome.id].dropna()
        assert whole["rows"] == tenths["rows"].sum() == len(known)
        assert (tenths["low"] <= tenths["expected"]).all()
        assert (tenths["expected"] <= tenths["high"]).all()
        assert tenths["expected"].is_monotonic_increasing
        if "propensity" not in history:
            assert (tenths["rows"] @ tenths["found"]) == pytest.approx(known.sum())


def test_what_lies_beside_the_risks_is_what_assess_reports(small, trust):
    for report in assess(small.cohort, small.outcomes, SETTINGS).reports:
        mine = trust[trust["outcome"] == report.outcome].set_index("measure")
        assert mine.loc[CASES, "found"] == pytest.approx(report.base_rate)
        if SLOPE not in mine.index:
            continue
        assert mine.loc[SLOPE, "found"] == pytest.approx(report.slope.value)
        kept = report.scores[report.scores["kept"]].iloc[0]
        assert mine.loc[CHANCE, "found"] == pytest.approx(kept["auc"])
        assert mine.loc[OVER_SITES, "found"] == pytest.approx(report.over_sites.value)


def test_every_number_is_finite_and_every_share_a_share(trust):
    numbers = trust[list(TRUST_COLUMNS[2:])].to_numpy(dtype=float)
    assert np.isfinite(numbers).all()
    shares = trust[trust["measure"].isin([TENTH, CASES])]
    assert shares["expected"].between(0, 1).all()
    assert shares["found"].between(0, 1).all()
    assert (trust["rows"] >= SETTINGS.smallest_group).all()
