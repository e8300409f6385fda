"""The numbers that a risk model sees of a pupil: declared features and the grade, nothing else."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from recommender.errors import InputError, PrivacyRefusal, Problem
from recommender.inputs.cohort import Cohort
from recommender.inputs.policy import Column
from recommender.inputs.readers.policy_file import STRUCTURAL, is_protected
from recommender.risk.settings import RiskSettings

Floats = npt.NDArray[np.float64]

# Where a pupil lives, with whom and which language is spoken at home must not decide its risk.
NEVER = tuple(name for name in STRUCTURAL if name != "grade")
_RARE = 5


@dataclass(frozen=True, slots=True)
class Feature:
    """One declared column and how it becomes numbers.

    Attributes:
        name: the column.
        kind: number, category, flag or date (days before the reference date).
        levels: the categories that get a number of their own; others share "another".
    """

    name: str
    kind: str
    levels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Encoding:
    """The features of a model, in order, and the names of the numbers made of them."""

    features: tuple[Feature, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """(columns,) names of the columns of the design matrix."""
        out: list[str] = []
        for f in self.features:
            if f.kind == "category":
                out += [f"{f.name}={level}" for level in f.levels]
                out += [f"{f.name}=another", f"{f.name} missing"]
            else:
                out += [f.name, f"{f.name} missing"]
        return tuple(out)

    def design(self, frame: pd.DataFrame, date: pd.Series[pd.Timestamp]) -> Floats:
        """(rows, columns) numbers: NaN where a number is missing, with its own 0/1 column for that.

        Args:
            frame: a table with the columns of the features; an absent one is missing everywhere.
            date: (rows,) reference date, for columns that hold dates.
        """
        parts: list[Floats] = []
        for f in self.features:
            if f.name not in frame:
                column = pd.Series(np.full(len(frame), np.nan))
            else:
                column = frame[f.name]
            if f.kind == "category":
                parts.append(_one_hot(column, f.levels))
                continue
            if f.kind == "date":
                days = date.reset_index(drop=True) - pd.to_datetime(column.reset_index(drop=True))
                number = days.dt.days.to_numpy(dtype=np.float64, na_value=np.nan)
            else:
                number = pd.to_numeric(column, errors="coerce").to_numpy(
                    dtype=np.float64, na_value=np.nan
                )
            parts.append(np.stack([number, np.isnan(number).astype(np.float64)], axis=1))
        return np.concatenate(parts, axis=1) if parts else np.zeros((len(frame), 0))


def features_of(cohort: Cohort) -> tuple[Column, ...]:
    """The columns that risk models may use, refused when one of them may not be.

    Raises:
        PrivacyRefusal: a feature is declared ``audit_only`` or ``never`` too, or is a column that
            says who somebody is, where somebody lives or comes from, or what was done for it.
    """
    problems = [
        Problem(
            "planning.yaml",
            None,
            f"columns.{c.name}",
            "is declared both as a feature and as audit_only or never",
            "remove 'feature' from its use",
        )
        for c in cohort.features
        if {"audit_only", "never"} & set(c.use)
    ] + [
        Problem(
            "planning.yaml",
            None,
            f"columns.{c.name}",
            "tells who a pupil is, where it lives or comes from, or what it was given, and can "
            "never be a feature of a risk model",
            "remove 'feature' from its use",
        )
        for c in cohort.features
        if c.name in NEVER or is_protected(c.name)
    ]
    if problems:
        raise PrivacyRefusal(problems)
    return tuple(sorted((c for c in cohort.features if c.name != "grade"), key=lambda c: c.name))


def encoding_of(columns: tuple[Column, ...], frame: pd.DataFrame) -> Encoding:
    """How the columns (and ``grade``) become numbers, by what ``frame`` holds.

    A column that is absent or empty everywhere in ``frame`` cannot teach anything and is left out.
    """
    features: list[Feature] = []
    if "grade" in frame:
        levels = tuple(str(g) for g in sorted(frame["grade"].dropna().unique()))
        features.append(Feature("grade", "number"))
        features.append(Feature("grade", "category", levels))
    for column in columns:
        if column.type == "text" or column.name not in frame:
            continue
        values = frame[column.name]
        if column.type == "category":
            seen = values.fillna("").astype(str)
            counts = seen[seen != ""].value_counts()
            if counts.empty:
                continue
            kept = sorted(str(level) for level in counts.index[counts >= _RARE])
            features.append(Feature(column.name, "category", tuple(kept)))
        elif values.notna().any():
            kind = "date" if column.type == "date" else "number"
            features.append(Feature(column.name, kind))
    return Encoding(tuple(features))


def reference_date(cohort: Cohort, settings: RiskSettings) -> pd.Timestamp:
    """The day at which today's units are looked at: the setting, or the date of the latest note.

    Without either it is a year after the latest history; it then decides nothing but dates.
    """
    if settings.reference_date is not None:
        return pd.Timestamp(settings.reference_date)
    if cohort.notes is not None and len(cohort.notes):
        return pd.Timestamp(pd.to_datetime(cohort.notes["date"]).max())
    if cohort.history is not None and len(cohort.history):
        return pd.Timestamp(pd.to_datetime(cohort.history["date"]).max()) + pd.DateOffset(years=1)
    return pd.Timestamp(1970, 1, 1)


def check_outcomes(cohort: Cohort, outcomes: tuple[str, ...]) -> None:
    """Refuse an outcome's id that is also a feature: it would predict itself.

    Raises:
        InputError: names every such column.
    """
    both = sorted(set(outcomes) & {c.name for c in cohort.features})
    if both:
        raise InputError(
            Problem(
                "planning.yaml",
                None,
                f"columns.{name}",
                "is an outcome and a feature at once",
                "give last year's value a column of its own",
            )
            for name in both
        )


def _one_hot(column: pd.Series[str], levels: tuple[str, ...]) -> Floats:
    text = column.astype(object).where(column.notna(), "").astype(str).to_numpy(dtype=object)
    place = pd.Index(levels).get_indexer(pd.Index(text)) if levels else np.full(text.size, -1)
    place = np.where(text == "", len(levels) + 1, np.where(place < 0, len(levels), place))
    out = np.zeros((text.size, len(levels) + 2))
    out[np.arange(text.size), place] = 1.0
    return out
