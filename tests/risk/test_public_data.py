"""Public data of pupils and students: cross-fitted risks beat the base rate by a margin."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from recommender.inputs.catalogue import Text
from recommender.inputs.policy import Column, Outcome
from recommender.risk import CalibrationReport, RiskSettings, assess

SHARED = Path(__file__).parents[3] / "shared" / "data"
SETTINGS = RiskSettings(folds=4, rounds=40)


def table(path: str) -> pd.DataFrame:
    file = SHARED / path
    if not file.exists():
        pytest.skip("the public data are not here")
    frame = pd.read_csv(file, sep=";", encoding="utf-8-sig")
    return frame.rename(columns=lambda name: str(name).strip().lower().replace(" ", "_"))


def report_of(build, frame: pd.DataFrame, y: pd.Series, audit: dict[str, str]) -> CalibrationReport:
    """The report of one outcome: text columns are categories, the others numbers."""
    frame = frame.reset_index(drop=True)
    columns, typed = [], pd.DataFrame({"unit_id": [f"u{i:05d}" for i in range(len(frame))]})
    for name in frame.columns:
        safe = "".join(c if c.isalnum() else "_" for c in name)
        if name in audit:
            columns.append(Column(name=audit[name], type="category", use=("audit_only",)))
            typed[audit[name]] = frame[name].astype(str)
        elif pd.api.types.is_numeric_dtype(frame[name]):
            columns.append(Column(name=safe, type="number", use=("feature",)))
            typed[safe] = frame[name].astype(float)
        else:
            columns.append(Column(name=safe, type="category", use=("feature",)))
            typed[safe] = frame[name].astype(str)
    cohort = build(typed, tuple(columns), typed.assign(outcome=y.astype(float).to_numpy()))
    (report,) = assess(cohort, (Outcome(id="outcome", name=Text(en="It")),), SETTINGS).reports
    return report


def gains(report: CalibrationReport) -> pd.Series:
    """How much better than the base rate the kept model is, as shares of the base rate's scores."""
    scores = report.scores.set_index("model")
    kept, base = scores.loc[report.kept], scores.loc["base rate"]
    assert kept["gain"] > 3 * kept["gain_error"]
    assert kept["brier_gain"] > 3 * kept["brier_gain_error"]
    return 1 - kept[["log_score", "brier"]].astype(float) / base[["log_score", "brier"]].astype(
        float
    )


def portuguese() -> tuple[pd.DataFrame, pd.Series]:
    frame = table("uci_student_por/student-por.csv")
    for grade in ("g1", "g2", "g3"):
        frame[grade] = pd.to_numeric(frame[grade])
    return frame.drop(columns=["g3"]), frame["g3"] < 10


def test_failing_is_foreseen_early_without_any_grade_of_the_year(build):
    frame, failed = portuguese()
    assert failed.mean() == pytest.approx(0.154, abs=0.001)
    report = report_of(build, frame.drop(columns=["g1", "g2"]), failed, {"sex": "sex"})
    gain = gains(report)
    assert gain["log_score"] > 0.12
    assert gain["brier"] > 0.11
    assert 0.8 <= report.slope.value <= 1.2


def test_failing_is_foreseen_well_with_the_grades_of_the_first_two_terms(build):
    frame, failed = portuguese()
    gain = gains(report_of(build, frame, failed, {"sex": "sex"}))
    assert gain["log_score"] > 0.50
    assert gain["brier"] > 0.50


def students() -> tuple[pd.DataFrame, pd.Series, dict[str, str]]:
    frame = table("uci_697/data.csv")
    dropout = frame.pop("target") == "Dropout"
    # Codes are names, not numbers; who somebody is stays out of the model.
    for name in ("marital_status", "application_mode", "course", "previous_qualification"):
        frame[name] = frame[name].map("code {}".format)
    audit = {"nacionality": "nationality", "international": "origin", "gender": "sex"}
    return frame, dropout, audit


def test_dropout_is_foreseen_from_what_is_known_at_enrolment(build):
    frame, dropout, audit = students()
    rows = np.random.default_rng(0).permutation(len(frame))[:1500]
    first = [c for c in frame.columns if not c.startswith("curricular_units")]
    report = report_of(build, frame.iloc[rows][first], dropout.iloc[rows], audit)
    gain = gains(report)
    assert gain["log_score"] > 0.20
    assert gain["brier"] > 0.24
    assert 0.8 <= report.slope.value <= 1.2


@pytest.mark.slow
def test_dropout_is_foreseen_well_from_the_whole_first_year(build):
    frame, dropout, audit = students()
    assert dropout.mean() == pytest.approx(0.321, abs=0.001)
    gain = gains(report_of(build, frame, dropout, audit))
    assert gain["log_score"] > 0.45
    assert gain["brier"] > 0.52
