"""Risk profiles of a cohort, and a report of how far they can be trusted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from recommender.errors import InputError, Problem
from recommender.inputs.cohort import Cohort
from recommender.inputs.policy import Outcome
from recommender.risk.models.dispersion import spread_of_risk
from recommender.risk.models.features import check_outcomes, features_of, reference_date
from recommender.risk.models.fitting import Fits, Progress, RiskModels, fit_models, score
from recommender.risk.profiles import RiskProfiles
from recommender.risk.reporting.report import CalibrationReport, report_of_model, report_of_profiles
from recommender.risk.reporting.trust import trust_of
from recommender.risk.settings import RiskSettings

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False, slots=True)
class Assessment:
    """Risk profiles with what is known of their quality.

    Attributes:
        profiles: the risks of the cohort's units.
        reports: one an outcome, in policy order.
        models: what was fitted, or None where every outcome came from ``profiles.csv``.
    """

    profiles: RiskProfiles
    reports: tuple[CalibrationReport, ...]
    models: RiskModels | None


def assess_risk(
    cohort: Cohort,
    outcomes: tuple[Outcome, ...],
    settings: RiskSettings,
    progress: Progress | None = None,
) -> RiskProfiles:
    """The calibrated risk of every unit and outcome, with its standard error.

    Outcomes that ``cohort.profiles`` holds are used as they are; the others are learnt from
    ``cohort.history``.  The same cohort and settings give the same risks, whatever the rows' order.

    Raises:
        PrivacyRefusal: a column that may not be a feature is declared as one.
        InputError: an outcome has neither history nor profiles, or profiles miss a unit.
    """
    _, profiles = _profiles(cohort, outcomes, settings, progress or _silent)
    return profiles


def assess(
    cohort: Cohort,
    outcomes: tuple[Outcome, ...],
    settings: RiskSettings,
    progress: Progress | None = None,
) -> Assessment:
    """Risk profiles, a calibration report an outcome, and the fitted models.

    Raises:
        PrivacyRefusal, InputError: as ``assess_risk``.
    """
    tell = progress or _silent
    fits, profiles = _profiles(cohort, outcomes, settings, tell)
    fitted = {} if fits is None else {f.model.outcome: f for f in fits.fits}
    reports = []
    for o, outcome in enumerate(outcomes):
        risk, error = profiles.risk[:, o], profiles.standard_error[:, o]
        if fits is not None and outcome.id in fitted:
            tell(f"calibration of {outcome.id}")
            reports.append(
                report_of_model(
                    cohort, outcome, risk, error, fits.rows, fitted[outcome.id], settings
                )
            )
        else:
            reports.append(report_of_profiles(cohort, outcome, risk, error, settings))
    return Assessment(profiles, tuple(reports), None if fits is None else fits.models)


def handed_in(
    cohort: Cohort, outcomes: tuple[Outcome, ...], settings: RiskSettings
) -> dict[str, tuple[Floats, Floats]]:
    """Outcome -> (units,) the risks and standard errors handed in for it; nothing is fitted.

    Raises:
        InputError: as ``assess_risk``.
    """
    given = _given(cohort, tuple(outcome.id for outcome in outcomes))
    return {
        name: (risk, _known_error(risk, error, settings)) for name, (risk, error) in given.items()
    }


def score_units(models: RiskModels, cohort: Cohort, settings: RiskSettings) -> RiskProfiles:
    """The risks of a cohort's units by models fitted before, as read by ``load_models``."""
    date = reference_date(cohort, settings)
    risk, error = score(models, cohort.units, cohort.notes, date, settings.chunk_rows)
    names = tuple(m.outcome for m in models.outcomes)
    return RiskProfiles(names, risk, error, ("model",) * len(names))


def _profiles(
    cohort: Cohort, outcomes: tuple[Outcome, ...], settings: RiskSettings, progress: Progress
) -> tuple[Fits | None, RiskProfiles]:
    names = tuple(o.id for o in outcomes)
    features_of(cohort)
    check_outcomes(cohort, names)
    given = _given(cohort, names)
    learnt = tuple(name for name in names if name not in given)
    _require_history(cohort, learnt, given)
    risk = np.empty((len(cohort.units), len(names)))
    error = np.empty_like(risk)
    fits = None
    if learnt:
        fits = fit_models(cohort, learnt, settings, progress)
        progress("scoring units")
        modelled = score_units(fits.models, cohort, settings)
        at = [names.index(name) for name in learnt]
        risk[:, at], error[:, at] = modelled.risk, modelled.standard_error
    for name, (given_risk, given_error) in given.items():
        o = names.index(name)
        risk[:, o], error[:, o] = given_risk, _known_error(given_risk, given_error, settings)
    origin = tuple("profiles.csv" if name in given else "model" for name in names)
    trust = None if fits is None else trust_of(fits, settings)
    return fits, RiskProfiles(names, risk, error, origin, trust)


def _known_error(risk: Floats, error: Floats, settings: RiskSettings) -> Floats:
    """Standard errors as given, or as risks spread where none is."""
    return np.where(~(error > 0), spread_of_risk(risk, settings.spread), error)


def _given(cohort: Cohort, names: tuple[str, ...]) -> dict[str, tuple[Floats, Floats]]:
    """Outcome -> (units,) risk and standard error from ``profiles.csv``; NaN errors are unknown."""
    profiles = cohort.profiles
    if profiles is None or len(profiles) == 0:
        return {}
    out: dict[str, tuple[Floats, Floats]] = {}
    problems: list[Problem] = []
    units = pd.Index(cohort.units["unit_id"].astype(str))
    for name in names:
        mine = profiles[profiles["outcome"].astype(str) == name]
        if mine.empty:
            continue
        keys = pd.Index(mine["unit_id"].astype(str))
        if keys.has_duplicates:
            problems.append(
                Problem(
                    "data/profiles.csv",
                    None,
                    "unit_id",
                    f"occurs more than once with outcome '{name}'",
                    "keep one row a unit and outcome",
                )
            )
            continue
        place = keys.get_indexer(units)
        missing = units[place < 0]
        if len(missing):
            problems.append(
                Problem(
                    "data/profiles.csv",
                    None,
                    "unit_id",
                    f"is missing for {len(missing)} of {len(units)} units with outcome '{name}'",
                    "give every unit a risk, or remove the outcome to have it learnt from history",
                )
            )
            continue
        risk = mine["risk"].to_numpy(dtype=np.float64, na_value=np.nan)[place]
        if not ((risk >= 0) & (risk <= 1)).all():
            problems.append(
                Problem("data/profiles.csv", None, "risk", "is not a probability", "use 0 to 1")
            )
            continue
        error = (
            mine["standard_error"].to_numpy(dtype=np.float64, na_value=np.nan)[place]
            if "standard_error" in mine
            else np.full(risk.size, np.nan)
        )
        out[name] = risk, error
    if problems:
        raise InputError(problems)
    return out


def _require_history(
    cohort: Cohort, learnt: tuple[str, ...], given: dict[str, tuple[Floats, Floats]]
) -> None:
    history = cohort.history
    problems = []
    for name in learnt:
        known = (
            history is not None
            and name in history
            and bool(
                (history[name].notna() & (history["intervention"].fillna("").astype(str) == ""))
                .to_numpy()
                .any()
            )
        )
        if not known:
            others = f" (it has {', '.join(given)})" if given else ""
            problems.append(
                Problem(
                    "data/history.csv",
                    None,
                    name,
                    "is known for no earlier pupil-year without a new intervention, and "
                    f"data/profiles.csv has no risks for it{others}",
                    "add the outcome to history.csv, or risks to profiles.csv, or remove the "
                    "outcome from planning.yaml",
                )
            )
    if problems:
        raise InputError(problems)


def _silent(_: str) -> None:
    return None
