"""The plausible range of every number people write, each with the reason for its bounds.

A number outside its range is a slip (a thousand times too much, a share as a percentage), and
would drown every other number of a plan.  Wide enough for a national user with segments.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Annotated, TypeAlias

from pydantic import Field


@dataclass(frozen=True, slots=True)
class Range:
    """The lowest and the highest plausible number, both inclusive."""

    low: float
    high: float


HOURS = Range(0, 1e9)
"""Hours of one line: all who work in Dutch education work about that much in a year."""
EUROS_AN_HOUR = Range(0, 10_000)
"""The dearest physician costs about 200 euros an hour."""
UNITS = Range(0, 1e9)
"""Pupils: no country has more."""
MEASURED = Range(-1e12, 1e12)
"""A column that planning.yaml gives no bounds of its own: beyond, a float keeps no cents."""
UNCERTAIN = Range(0, 100)
"""A standard error: those of published effects lie below 1, those of risks below 0.5."""
MOST_LOST = 0.9
"""Share of an hour lost on the way: of who loses more, nothing is left to plan."""
GRADES = (0, 30)
"""Primary 1 to 8, secondary on to 14, or ages up to 23."""
SHARE = Range(0, 1)
"""A part of a whole; 45 % is 0.45."""

Hours: TypeAlias = Annotated[float, Field(ge=0, le=1e9, allow_inf_nan=False)]
"""As ``HOURS``."""
AddedHours: TypeAlias = Annotated[float, Field(ge=-1e9, le=1e9, allow_inf_nan=False)]
"""As ``HOURS``, or as many taken away."""
HoursEach: TypeAlias = Annotated[float, Field(ge=0, le=10_000, allow_inf_nan=False)]
"""Hours that one pupil takes: about six years of a full-time professional."""
HoursGroup: TypeAlias = Annotated[float, Field(ge=0, le=100_000, allow_inf_nan=False)]
"""Hours that one group, class or school takes: sixty years of a full-time professional."""
FullTime: TypeAlias = Annotated[float, Field(gt=0, le=10_000, allow_inf_nan=False)]
"""Hours of one professional in one period: a working year has about 1,659."""
Euros: TypeAlias = Annotated[float, Field(ge=0, le=1e11, allow_inf_nan=False)]
"""Euros of a plan: more than the country spends on education and youth care in a year."""
EurosAnHour: TypeAlias = Annotated[float, Field(ge=0, le=10_000, allow_inf_nan=False)]
"""As ``EUROS_AN_HOUR``."""
EurosEach: TypeAlias = Annotated[float, Field(ge=0, le=1e7, allow_inf_nan=False)]
"""Euros for one pupil or one group: a year of closed youth care costs about 200,000."""
Probability: TypeAlias = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
"""As ``SHARE``."""
Weight: TypeAlias = Annotated[float, Field(ge=0, le=1_000, allow_inf_nan=False)]
"""How bad one case is beside others: a thousand times as bad leaves the others no say."""
Multiple: TypeAlias = Annotated[float, Field(ge=0, le=1_000, allow_inf_nan=False)]
"""What hours are multiplied by: beyond a thousand is no hiring of people."""
EffectSize: TypeAlias = Annotated[float, Field(ge=-100, le=100, allow_inf_nan=False)]
"""An effect on any scale: published ones lie between -5 and 30."""
StandardError: TypeAlias = Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)]
"""As ``UNCERTAIN``."""
Benefit: TypeAlias = Annotated[float, Field(ge=0, le=1e6, allow_inf_nan=False)]
"""What something is worth beside cases averted: the weight of a thousand of the worst."""
PerPupil: TypeAlias = Annotated[float, Field(ge=0, le=10_000, allow_inf_nan=False)]
"""Pupils, hours or benefit per pupil of a group: as ``HoursEach``."""
Surcharge: TypeAlias = Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)]
"""A share added to the value of help: a hundred times as much decides everything already."""
Aversion: TypeAlias = Annotated[float, Field(ge=0, le=10, allow_inf_nan=False)]
"""How strongly inequality or uncertainty counts: beyond ten only the extreme counts."""
Measured: TypeAlias = Annotated[float, Field(ge=-1e12, le=1e12, allow_inf_nan=False)]
"""As ``MEASURED``."""

Grade: TypeAlias = Annotated[int, Field(ge=0, le=30)]
"""As ``GRADES``."""
Size: TypeAlias = Annotated[int, Field(ge=1, le=100_000)]
"""Pupils of a session: the largest school has some thousands."""
CaseCount: TypeAlias = Annotated[int, Field(ge=0, le=100_000)]
"""Cases at once of one professional."""
PupilCount: TypeAlias = Annotated[float, Field(ge=0, le=1e9, allow_inf_nan=False)]
"""As ``UNITS``."""
Few: TypeAlias = Annotated[int, Field(ge=1, le=100)]
"""Interventions at once, or periods in a row: more than a catalogue or a school career has."""
Gap: TypeAlias = Annotated[int, Field(ge=0, le=100)]
"""Periods in between: more than a school career has."""
Days: TypeAlias = Annotated[int, Field(ge=0, le=36_525)]
"""Days: a century."""
KeptDays: TypeAlias = Annotated[int, Field(ge=183, le=36_525)]
"""Days a log is kept: from six months, which the AI Act asks, to a century."""

FIRST_DAY, LAST_DAY = dt.date(2000, 1, 1), dt.date(2100, 12, 31)
Day: TypeAlias = Annotated[dt.date, Field(ge=FIRST_DAY, le=LAST_DAY)]
"""A day that is planned for: 1924 and 2206 are slips of the keyboard."""
