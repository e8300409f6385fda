"""The cohort: the units to plan for, what is known of them, and what happened before."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from recommender.inputs.policy import Column


@dataclass(frozen=True, eq=False, slots=True)
class Cohort:
    """The units of one planning run.

    Frames are sorted by id, have a RangeIndex and are never written to.

    Attributes:
        units: unit_id (str), site (str), grade (int), count (int >= 1; > 1 is a segment),
            family_id, language, consent (given|refused|asked|not_needed), must_serve (id of a
            statutory rule, "any" or ""), completed ("a;b"), and every declared column typed by its
            declaration: number -> float64 (NaN missing), category -> str ("" missing),
            flag -> float64 0/1/NaN, date -> datetime64[s] (NaT missing), text -> str.
            Absent optional columns are there with their neutral value, but for waiting_since (day
            from which the pupil waits, NaT unknown), which is there where it was handed in.
        columns: the declarations of the declared columns present in ``units``, in name order.
        history: earlier pupil-years or None: unit_id, date (reference date of that year), site,
            grade, count, the declared columns, one 0/1 float column an outcome (NaN unknown), and
            ``intervention`` ("" none), ``propensity`` (probability of what was given, NaN unknown).
        profiles: risks predicted elsewhere or None: unit_id, outcome, risk, standard_error.
        notes: unit_id, date, text, or None.
        commitments: help already running: unit_id, intervention, period[, professional_id: who
            gives it] (empty frame if none).
        decisions: unit_id, intervention, decision (require|forbid|accept), reason, decided_by and
            date (empty frame if none).
        present: the offers of the plan in force or None: unit_id, intervention, period (start),
            units (pupils), bundle ("" where all of a unit and period go together).
    """

    units: pd.DataFrame
    columns: tuple[Column, ...]
    history: pd.DataFrame | None
    profiles: pd.DataFrame | None
    notes: pd.DataFrame | None
    commitments: pd.DataFrame
    decisions: pd.DataFrame
    present: pd.DataFrame | None = None

    def __repr__(self) -> str:
        """Return how many units there are: a notebook shows no row of a person unasked."""
        return f"<Cohort {len(self.units):,} units>"

    @property
    def features(self) -> tuple[Column, ...]:
        """The declared columns that risk models may use."""
        return tuple(c for c in self.columns if "feature" in c.use)
