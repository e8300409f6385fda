"""``Formulation``: an allocation problem with the meaning of its numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recommender.allocation import AllocationProblem
from recommender.inputs.resources import Resources
from recommender.planning.formulation.conditions import Book, Conditions
from recommender.planning.formulation.indexing import Codes, Floats, Ints
from recommender.planning.formulation.limits import LimitSettings, Pieces, Rows
from recommender.planning.formulation.offers import Offers
from recommender.planning.formulation.teams import Staff
from recommender.planning.formulation.units import Running, Units


@dataclass(frozen=True, slots=True)
class Spans:
    """Where the columns of each kind of block stand.

    Attributes:
        sessions, staff, shortages, borrowed: the first block of its kind; units begin at 0.
        blocks: one past the last block.
    """

    sessions: int
    staff: int
    shortages: int
    borrowed: int
    blocks: int


@dataclass(frozen=True, eq=False, slots=True)
class Formulation:
    """An allocation problem with the meaning of its numbers.

    Attributes:
        problem: the numbers.
        book, terms: the names behind the codes, and the conditions of the catalogue.
        settings, resources: the rules in force; sites, professionals and periods.
        rows: what every row of the problem is.
        pieces, offers: what offers are made of, and what every offer of the problem is.
        units, running: the units as codes, and the help that is already running.
        staff: the teams, in the order of their blocks; ways in the order of their columns.
        spans: where each kind of block begins.
        unit: (unit blocks,) the row of ``cohort.units`` of every unit block.
        candidate: (unit columns,) the candidate of every column of a unit; its start period is
            that of its offer.
        block: (units,) the block of every unit, -1 where nothing can be offered.
        barred: (k,) candidates that may not start in any period beside or after what is running.
        honest: (candidates,) the benefit for one pupil where caution makes it count for less;
            None where it counts in full.
    """

    problem: AllocationProblem
    book: Book
    terms: Conditions
    settings: LimitSettings
    resources: Resources
    rows: Rows
    pieces: Pieces
    offers: Offers
    units: Units
    running: Running
    staff: Staff
    spans: Spans
    unit: Ints
    candidate: Codes
    block: Ints
    barred: Codes
    honest: Floats | None = None

    @property
    def waited(self) -> Floats:
        """Return (periods,) the share of a benefit that is left when help starts in a period."""
        return waited(self.settings, len(self.book.periods))

    @property
    def priority(self) -> Floats:
        """Return (unit columns,) how many times a benefit counts because the pupil has waited."""
        units = self.unit.size
        return np.repeat(self.units.priority[self.unit], np.diff(self.problem.start[: units + 1]))

    def value_of(self, worth: Floats) -> Floats:
        """Return (unit columns,) the value when (candidates,) help were worth so much."""
        period = self.offers.period[self.problem.offer[: self.candidate.size]]
        return counting(worth[self.candidate], self.waited[period], self.priority)

    def benefit_of(self, worth: Floats) -> Floats:
        """Return (unit columns,) the benefit when (candidates,) help averted so much a pupil."""
        period = self.offers.period[self.problem.offer[: self.candidate.size]]
        return np.asarray(worth[self.candidate] * self.waited[period])

    @property
    def benefit(self) -> Floats:
        """Return (unit columns,) the benefit: the value without priority and without caution."""
        if self.honest is not None:
            return self.benefit_of(self.honest)
        return np.asarray(self.problem.value[: self.candidate.size] / self.priority)


def counting(worth: Floats, left: Floats, priority: Floats) -> Floats:
    """Return (n,) the value of columns: what help is worth, what waiting leaves of it, and how
    many times that counts for who has waited already."""
    return np.asarray(worth * left * priority)


def waited(limits: LimitSettings, periods: int) -> Floats:
    """Return (periods,) the share of a benefit that is left when help starts in a period."""
    return np.asarray((1.0 - limits.waiting_discount) ** np.arange(periods), dtype=np.float64)
