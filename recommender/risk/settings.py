"""The settings of risk models, which refuse nonsense at birth."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from recommender.inputs.policy import Policy


@dataclass(frozen=True, slots=True)
class RiskSettings:
    """How risk models are fitted, compared and scored.

    Attributes:
        seed: decides the folds; nothing else is random.
        folds: parts of the cross-fitting; a pupil and its siblings are always in one part.
        reference_date: the day at which what is known of today's units is taken; None takes the
            date of the latest note.  It decides which notes are theirs.
        note_days: a note counts if it was written in so many days up to the reference date.
        penalties: inverse strengths of the ridge penalty that cross-validation chooses from, from
            strong to weak.
        rounds, learning_rate, leaf_rows: the boosted trees (depth 3): how many, the weight of each,
            and the fewest rows in a leaf.
        minimum_families: a word is kept if so many different families' notes contain it, so that no
            name and nothing that identifies a child enters a model.
        terms: the most words and letter groups a model may use.
        minimum_events: fewer cases (or non-cases) of an outcome than this, and its risk is the base
            rate for everybody.
        largest_weight: rows without a recorded intervention weigh 1/propensity, scaled to mean one
            and cut off here.
        training_rows: above this, families are sampled for the fitting.
        chunk_rows: units scored at a time, which bounds the memory.
        spread, spread_error: what is believed, before seeing data, of the spread of true risk among
            pupils who look alike: mean and standard deviation on the probit scale.
        site_rows: a site's average is shrunk to the whole with the weight of so many pupils.
        smallest_group: groups with fewer rows are not shown.
        boosting: whether boosted trees are compared at all.
    """

    seed: int = 0
    folds: int = 5
    reference_date: dt.date | None = None
    note_days: int = 365
    penalties: tuple[float, ...] = (0.003, 0.02, 0.12)
    rounds: int = 60
    learning_rate: float = 0.1
    leaf_rows: int = 30
    minimum_families: int = 10
    terms: int = 2000
    minimum_events: int = 20
    largest_weight: float = 10.0
    training_rows: int = 20_000
    chunk_rows: int = 100_000
    spread: float = 0.5
    spread_error: float = 0.25
    site_rows: float = 30.0
    smallest_group: int = 10
    boosting: bool = True

    def __post_init__(self) -> None:
        wrong = [
            text
            for bad, text in (
                (self.seed < 0, "seed is negative"),
                (self.folds < 3, "folds is below 3"),
                (self.note_days < 1, "note_days is below 1"),
                (not self.penalties, "penalties is empty"),
                (any(not 0 < p < float("inf") for p in self.penalties), "a penalty is not > 0"),
                (list(self.penalties) != sorted(self.penalties), "penalties are not ascending"),
                (self.rounds < 1, "rounds is below 1"),
                (not 0 < self.learning_rate <= 1, "learning_rate is not in (0, 1]"),
                (self.leaf_rows < 1, "leaf_rows is below 1"),
                (self.minimum_families < 2, "minimum_families is below 2"),
                (self.terms < 1, "terms is below 1"),
                (self.minimum_events < 2, "minimum_events is below 2"),
                (not self.largest_weight >= 1, "largest_weight is below 1"),
                (self.training_rows < 100, "training_rows is below 100"),
                (self.chunk_rows < 1, "chunk_rows is below 1"),
                (not 0 <= self.spread < 5, "spread is not in [0, 5)"),
                (not 0 < self.spread_error < 5, "spread_error is not in (0, 5)"),
                (not self.site_rows > 0, "site_rows is not > 0"),
                (self.smallest_group < 2, "smallest_group is below 2"),
            )
            if bad
        ]
        if wrong:
            raise ValueError("RiskSettings: " + "; ".join(wrong))

    @classmethod
    def of(cls, policy: Policy, seed: int = 0) -> RiskSettings:
        """The settings that a policy asks for: its reference date, and the seed."""
        return cls(seed=seed, reference_date=policy.reference_date)
