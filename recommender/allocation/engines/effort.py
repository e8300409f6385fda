"""``Effort``: how hard an engine tries, and which engine and solver it is."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

EngineName: TypeAlias = Literal["auto", "exact", "prices"]
SolverName: TypeAlias = Literal["highs", "cbc"]
Progress: TypeAlias = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Effort:
    """How hard to try.

    Attributes:
        gap: the relative gap at which to stop; 0 asks for the optimum.
        seconds: the time limit.
        whole: whether integer blocks must be whole; False asks for the relaxation only.
        workers: how many integer problems are solved side by side.
        seed: the seed of every random choice.
        thorough: whether integer problems may be solved once exchanges find nothing better; only
            blocks that supply others (sessions) need them in any case.

    Raises:
        ValueError: at birth, if a number makes no sense.
    """

    gap: float = 0.005
    seconds: float = 120.0
    whole: bool = True
    workers: int = 1
    seed: int = 0
    thorough: bool = True

    def __post_init__(self) -> None:
        if not 0 <= self.gap < 1:
            raise ValueError(f"gap is {self.gap}; it lies from 0 up to 1")
        if not 0 < self.seconds < math.inf:
            raise ValueError(f"seconds is {self.seconds}; it is above 0 and finite")
        if self.workers < 1:
            raise ValueError(f"workers is {self.workers}; it is at least 1")
        if self.seed < 0:
            raise ValueError(f"seed is {self.seed}; it is at least 0")
