"""Numbers as anyone may read them: rounded so far that one pupil more or less does not show.

Pupils go to fives, hours to tens, euros to hundreds, and benefit and prices to two digits that
count.  A count below ``THRESHOLD`` is not rounded but hidden.
"""

from __future__ import annotations

import math

import pandas as pd

from recommender.governance.privacy.suppression import THRESHOLD

PUPILS, HOURS, EUROS = 5.0, 10.0, 100.0
DIGITS = 2


def pupils(count: float) -> float:
    """Return a count of pupils to fives; NaN where it is small, 0 where there is nobody."""
    if math.isnan(count) or 0 < count < THRESHOLD:
        return math.nan
    return to_step(count, PUPILS)


def to_step(value: float, step: float) -> float:
    """Return the nearest multiple of a step, the higher of two."""
    return step * math.floor(value / step + 0.5) if math.isfinite(value) else value


def to_digits(value: float, digits: int = DIGITS) -> float:
    """Return a number to so many digits that count."""
    return float(f"{value:.{digits - 1}e}") if math.isfinite(value) else value


def column(values: pd.Series, step: float | None = None) -> pd.Series:
    """Return a column to a step, or to the digits that count without one."""
    floats = values.astype("float64")
    return floats.map(lambda v: to_digits(v) if step is None else to_step(v, step))
