"""Calibrated risk with its error: profiles for the plan, reports for people, models for storage.

    profiles = assess_risk(cohort, policy.outcomes, RiskSettings.of(policy, seed=1))
    low, high = interval(profiles.risk, profiles.standard_error, 0.9)

Importing this package loads no scikit-learn; fitting does.
"""

from __future__ import annotations

from recommender.risk.assess import Assessment, assess, assess_risk, score_units
from recommender.risk.models.calibration import Estimate
from recommender.risk.models.dispersion import Spread, interval, risk_quantile
from recommender.risk.models.fitting import RiskModels
from recommender.risk.profiles import RiskProfiles
from recommender.risk.reporting.render import render_report
from recommender.risk.reporting.report import CalibrationReport, TemporalCheck
from recommender.risk.settings import RiskSettings
from recommender.risk.store import load_models, save_models

__all__ = [
    "Assessment",
    "CalibrationReport",
    "Estimate",
    "RiskModels",
    "RiskProfiles",
    "RiskSettings",
    "Spread",
    "TemporalCheck",
    "assess",
    "assess_risk",
    "interval",
    "load_models",
    "render_report",
    "risk_quantile",
    "save_models",
    "score_units",
]
