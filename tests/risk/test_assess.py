"""Risks of a simulated region: calibrated, covered, the same in any order, honestly reported."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize
from scipy.special import logit

from recommender.errors import InputError
from recommender.inputs.catalogue import Text
from recommender.inputs.policy import Column, Outcome
from recommender.risk import (
    RiskSettings,
    assess,
    assess_risk,
    interval,
    render_report,
)
from recommender.risk.models.dispersion import spread_of_risk

SETTINGS = RiskSettings(reference_date=pd.Timestamp(2026, 11, 1).date())
QUICK = replace(SETTINGS, folds=3, rounds=20, penalties=(0.02,))


def slope_of(truth: np.ndarray, risk: np.ndarray) -> float:
    """The slope of the true risk (not of outcomes) on the log odds of the predicted one."""
    x = logit(risk)

    def loss(b):
        return -np.mean(truth * (b[0] + b[1] * x) - np.logaddexp(0, b[0] + b[1] * x))

    return minimize(loss, [0.0, 1.0]).x[1]


@pytest.fixture(scope="module")
def assessed(world):
    return assess(world.cohort, world.outcomes, SETTINGS)


@pytest.mark.slow
def test_risks_are_calibrated_to_the_truth(world, assessed):
    for o in range(len(world.outcomes)):
        risk = assessed.profiles.risk[:, o]
        assert 0.8 <= slope_of(world.truth[:, o], risk) <= 1.2
        assert risk.mean() == pytest.approx(world.truth[:, o].mean(), abs=0.03)


def test_ninety_percent_intervals_hold_85_to_95_percent_of_the_true_risks(world, assessed):
    low, high = interval(assessed.profiles.risk, assessed.profiles.standard_error, 0.9)
    held = ((low <= world.truth) & (world.truth <= high)).mean(axis=0)
    assert ((held >= 0.85) & (held <= 0.95)).all(), held


def test_reported_calibration_slopes_are_within_the_promised_range(assessed):
    for report in assessed.reports:
        assert 0.8 <= report.slope.value <= 1.2
        assert report.slope.standard_error < 0.2


def test_the_kept_model_has_the_best_log_score_and_beats_the_base_rate(assessed):
    for report in assessed.reports:
        models = report.scores.set_index("model")
        rivals = models.drop(["base rate", "site averages"])
        assert rivals["log_score"].idxmin() == report.kept
        assert models["kept"].sum() == 1
        kept = models.loc[report.kept]
        assert kept["gain"] > 2 * kept["gain_error"]
        assert kept["brier"] < models.loc["base rate", "brier"]
        assert set(rivals.index) == {
            "linear", "linear with notes", "boosting", "boosting with notes",
        }  # fmt: skip


def test_notes_that_tell_something_are_seen_to(assessed):
    gains = [r.notes_add.value / r.notes_add.standard_error for r in assessed.reports]
    assert sum(gains) / np.sqrt(len(gains)) > 2


def test_individual_scores_add_over_site_averages_where_sites_do_not_differ(assessed):
    for report in assessed.reports:
        assert report.over_sites.value > 2 * report.over_sites.standard_error
        assert report.auc_within_sites > 0.6
        assert report.share_between_sites < 0.05


def test_the_temporal_check_is_of_the_last_year_only(world, assessed):
    history = world.cohort.history
    untreated = history["intervention"] == ""
    for report in assessed.reports:
        assert report.temporal.year == "2025-11-01"
        late = history["date"] == pd.Timestamp("2025-11-01")
        assert report.temporal.tested == (late & untreated).sum()
        assert report.temporal.fitted == (~late & untreated).sum()
        assert report.temporal.gain.value > 0


def test_counts_of_the_report_are_those_of_the_history(world, assessed):
    history = world.cohort.history
    untreated = history["intervention"] == ""
    report = assessed.reports[1]
    assert report.rows == untreated.sum()
    assert report.treated == (~untreated).sum()
    assert report.cases == history.loc[untreated, "outcome_1"].sum()
    assert report.reliability["rows"].sum() == report.rows
    assert report.sites["rows"].sum() == report.rows
    groups = report.groups[report.groups["column"] == "origin"]
    assert groups["rows"].sum() == report.rows
    assert set(report.groups["column"]) == {"origin", "glasses"}


def test_a_report_reads_as_text_and_as_json(assessed):
    for report in assessed.reports:
        text = render_report(report)
        assert max(map(len, text.splitlines())) <= 100
        assert "calibration slope" in text
        assert "1/propensity" in text
        back = json.loads(json.dumps(report.to_json(), allow_nan=False))
        assert back["outcome"] == report.outcome
        assert len(back["reliability"]) == 10


def test_assess_risk_gives_the_profiles_of_assess(world):
    one = world.outcomes[:1]
    profiles = assess_risk(world.cohort, one, QUICK)
    full = assess(world.cohort, one, QUICK).profiles
    assert np.array_equal(profiles.risk, full.risk)
    assert profiles.origin == ("model",)
    assert profiles.outcomes == ("outcome_0",)


def test_the_order_of_rows_changes_nothing(world, shuffle):
    one = world.outcomes[:1]
    before = assess_risk(world.cohort, one, QUICK)
    mixed = shuffle(world.cohort, 5)
    after = assess_risk(mixed, one, QUICK)
    place = pd.Index(mixed.units["unit_id"]).get_indexer(world.cohort.units["unit_id"])
    assert np.array_equal(before.risk, after.risk[place])
    assert np.array_equal(before.standard_error, after.standard_error[place])


def test_scoring_in_chunks_changes_nothing(small):
    whole = assess_risk(small.cohort, small.outcomes, QUICK)
    parts = assess_risk(small.cohort, small.outcomes, replace(QUICK, chunk_rows=37))
    assert parts.risk == pytest.approx(whole.risk, abs=1e-12)


def test_another_audit_column_changes_no_risk(small):
    rng = np.random.default_rng(0)
    cohort = small.cohort
    happened = cohort.history["outcome_0"].map({0.0: "no", 1.0: "yes"})
    leaking = replace(
        cohort,
        units=cohort.units.assign(nationality=rng.choice(["x", "y"], len(cohort.units))),
        history=cohort.history.assign(nationality=happened),
        columns=(*cohort.columns, Column(name="nationality", type="category", use=("audit_only",))),
    )
    before = assess_risk(cohort, small.outcomes, QUICK)
    after = assess_risk(leaking, small.outcomes, QUICK)
    assert np.array_equal(before.risk, after.risk)
    report = assess(leaking, small.outcomes, QUICK).reports[0]
    assert "nationality" in set(report.groups["column"])


def test_site_family_and_language_change_no_risk_by_themselves(small):
    cohort = small.cohort
    moved = replace(cohort, units=cohort.units.assign(site="elsewhere", language="xx"))
    before = assess_risk(cohort, small.outcomes, QUICK)
    assert np.array_equal(before.risk, assess_risk(moved, small.outcomes, QUICK).risk)


def missing_world(build, share_if_case, share_if_not):
    rng = np.random.default_rng(3)
    n = 1500
    y = (rng.random(n) < 0.3).astype(float)
    score = rng.normal(50 - 8 * y, 10)
    lost = rng.random(n) < np.where(y == 1, share_if_case, share_if_not)
    history = pd.DataFrame(
        {"unit_id": [f"h{i:04d}" for i in range(n)], "score": np.where(lost, np.nan, score), "y": y}
    )
    units = pd.DataFrame({"unit_id": ["high", "low", "lost"], "score": [75.0, 25.0, np.nan]})
    columns = (Column(name="score", type="number", use=("feature",)),)
    cohort = build(units, columns, history)
    profiles = assess_risk(cohort, (Outcome(id="y", name=Text(en="Y")),), SETTINGS)
    return dict(zip(cohort.units["unit_id"], profiles.risk[:, 0], strict=True))


def test_a_pupil_whose_score_is_missing_is_not_taken_for_a_pupil_at_low_risk(build):
    alarming = missing_world(build, 0.6, 0.1)
    assert alarming["lost"] > 0.55
    never_before = missing_world(build, 0.0, 0.0)
    assert never_before["high"] + 0.1 < never_before["lost"] < never_before["low"] - 0.1


def test_pupils_who_got_help_do_not_make_risk_look_small(make):
    """Help halves risk and goes to those who look worse: risks must be those without help."""
    for seed in (11, 12):
        world = make(1500, seed=seed, outcomes=1, notes=False, treated=0.9)
        risk = assess_risk(world.cohort, world.outcomes, replace(QUICK, boosting=False)).risk
        naive = world.cohort.history["outcome_0"].mean()
        assert naive < world.truth.mean() - 0.025
        assert risk.mean() == pytest.approx(world.truth.mean(), abs=0.02)


def profiles_of(cohort, risk=0.2, error=np.nan):
    return pd.DataFrame(
        {
            "unit_id": cohort.units["unit_id"],
            "outcome": "outcome_0",
            "risk": risk,
            "standard_error": error,
        }
    )


def test_risks_from_elsewhere_are_used_as_they_are(small):
    given = profiles_of(small.cohort, error=0.05)
    given["risk"] = np.linspace(0.1, 0.9, len(given))
    cohort = replace(small.cohort, profiles=given, history=None)
    profiles = assess_risk(cohort, small.outcomes, SETTINGS)
    assert profiles.risk[:, 0].tolist() == given["risk"].tolist()
    assert (profiles.standard_error == 0.05).all()
    assert profiles.origin == ("profiles.csv",)


def test_a_risk_from_elsewhere_without_an_error_gets_the_stated_spread(small):
    cohort = replace(small.cohort, profiles=profiles_of(small.cohort))
    assessment = assess(cohort, small.outcomes, SETTINGS)
    expected = spread_of_risk(np.array([0.2]), SETTINGS.spread)[0]
    assert assessment.profiles.standard_error == pytest.approx(expected)
    assert "no standard error" in " ".join(assessment.reports[0].warnings)
    assert assessment.models is None


def test_risks_from_elsewhere_that_are_implausible_on_average_are_warned_of(small):
    outcome = (replace_base(small.outcomes[0], 0.3, 0.4),)
    cohort = replace(small.cohort, profiles=profiles_of(small.cohort))
    text = render_report(assess(cohort, outcome, SETTINGS).reports[0])
    assert "20.0 %, outside the plausible 30.0 % to 40.0 %" in text.replace("\n  ", " ")


def replace_base(outcome: Outcome, low: float, high: float) -> Outcome:
    return Outcome(id=outcome.id, name=outcome.name, base_rate=(low, high))


def test_units_without_a_given_risk_are_named_in_one_problem(small):
    some = profiles_of(small.cohort).iloc[5:]
    cohort = replace(small.cohort, profiles=some)
    with pytest.raises(InputError, match="unit_id is missing for 5 of 300 units") as error:
        assess_risk(cohort, small.outcomes, SETTINGS)
    assert "p00000" not in str(error.value)


@pytest.mark.parametrize("history", [None, "all treated", "all unknown"])
def test_an_outcome_that_nothing_is_known_of_is_refused_with_a_remedy(small, history):
    table = small.cohort.history
    if history is None:
        table = None
    elif history == "all treated":
        table = table.assign(intervention="tuition")
    else:
        table = table.assign(outcome_0=np.nan)
    with pytest.raises(InputError, match=r"add the outcome to history\.csv, or risks to profiles"):
        assess_risk(replace(small.cohort, history=table), small.outcomes, SETTINGS)


def test_an_outcome_with_a_handful_of_cases_gets_its_base_rate_and_says_so(small):
    history = small.cohort.history.assign(outcome_0=0.0)
    history.loc[:6, "outcome_0"] = 1.0
    cohort = replace(small.cohort, history=history)
    assessment = assess(cohort, small.outcomes, SETTINGS)
    assert np.ptp(assessment.profiles.risk) < 1e-12
    assert 0 < assessment.profiles.risk[0, 0] < 0.05
    assert assessment.profiles.standard_error[0, 0] > 0
    assert "too few cases" in render_report(assessment.reports[0])


def test_without_any_feature_everybody_gets_the_base_rate(small):
    cohort = replace(small.cohort, columns=(), history=small.cohort.history.drop(columns=["grade"]))
    risk = assess_risk(cohort, small.outcomes, SETTINGS).risk
    assert np.ptp(risk) < 1e-12


def test_segments_weigh_by_their_pupils_and_get_risks_the_same_way(build):
    rng = np.random.default_rng(4)
    records = []
    for year in (2024, 2025):
        for cell in range(60):
            share = 0.1 + 0.4 * (cell % 4) / 3
            count = int(rng.integers(15, 40))
            cases = rng.binomial(count, share)
            for y, c in ((1.0, cases), (0.0, count - cases)):
                records.append((f"c{cell:02d}", pd.Timestamp(year, 11, 1), str(cell % 4), c, y))
    history = pd.DataFrame(records, columns=["unit_id", "date", "area", "count", "y"])
    units = pd.DataFrame(
        {"unit_id": [f"c{c:02d}" for c in range(60)], "area": [str(c % 4) for c in range(60)]}
    ).assign(count=25)
    columns = (Column(name="area", type="category", use=("feature",)),)
    cohort = build(units, columns, history[history["count"] > 0])
    outcomes = (Outcome(id="y", name=Text(en="Y")),)
    assessment = assess(cohort, outcomes, SETTINGS)
    area = np.arange(60) % 4
    by_area = [assessment.profiles.risk[area == a, 0].mean() for a in range(4)]
    assert by_area == pytest.approx([0.1, 0.2333, 0.3667, 0.5], abs=0.05)
    assert assessment.reports[0].base_rate == pytest.approx(0.3, abs=0.03)
    # Cells of one area are truly alike here, and that is seen from their two years.
    assert assessment.reports[0].spread.omega < 0.25


def test_progress_says_which_outcome_is_being_assessed(small):
    said: list[str] = []
    assess_risk(small.cohort, small.outcomes, QUICK, said.append)
    assert said[0] == "risk of outcome_0 (1 of 1)"


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(20, 26))
def test_coverage_and_slopes_hold_over_many_regions(make, seed):
    world = make(1800, seed=seed, outcomes=6)
    profiles = assess_risk(world.cohort, world.outcomes, SETTINGS)
    low, high = interval(profiles.risk, profiles.standard_error, 0.9)
    held = ((low <= world.truth) & (world.truth <= high)).mean(axis=0)
    assert 0.86 <= held.mean() <= 0.94
    assert ((held > 0.80) & (held < 0.97)).all()
    slopes = [slope_of(world.truth[:, o], profiles.risk[:, o]) for o in range(6)]
    assert 0.9 <= np.mean(slopes) <= 1.1
