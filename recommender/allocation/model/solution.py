"""A choice of columns, and the certificate of what it is worth and how much better any could be.

``certify`` trusts no engine: it needs the problem, the choice and the prices, and no solver.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

import numpy as np

from recommender.allocation.model.group_coupling_cuts import (
    Links,
    invalid_links,
    no_links,
    with_coupling_cuts,
)
from recommender.allocation.model.problem import (
    AllocationProblem,
    FloatArray,
    IntArray,
    blocks_at,
    bound,
    objective,
    usage,
)
from recommender.errors import RecommenderError

SolveStatus: TypeAlias = Literal["optimal", "gap", "stopped"]

TOLERANCE = 1e-6
"""How far, relative to a row's scale, use may exceed capacity: the solvers' own accuracy."""


class AllocationError(RecommenderError):
    """The optimiser could not do what was asked (exit 70)."""


class CertificateError(AllocationError):
    """A choice of columns that breaks the rules of its problem; one finding a line."""

    def __init__(self, findings: list[str]) -> None:
        self.findings = tuple(findings)
        super().__init__("\n".join(findings))


class Infeasible(AllocationError):
    """No choice of columns fits; ``rows`` are rows whose floors cannot be met together."""

    def __init__(self, rows: tuple[int, ...]) -> None:
        self.rows = rows
        shown = ", ".join(map(str, rows[:20])) + (", ..." if len(rows) > 20 else "")
        super().__init__(f"no choice fits: the capacity of row {shown} cannot be kept")


class NoPlan(AllocationError):
    """The time ran out before any choice that fits was found."""


@dataclass(frozen=True, eq=False, slots=True)
class Solution:
    """What an engine proposes: columns, how much of each, and row prices that prove a bound.

    Attributes:
        columns: (k,) the chosen columns, ascending.
        quantity: (k,) how much of each, > 0.
        price: (rows,) a price >= 0 for one unit of every row.
        engine: what found it, for people.
        status: ``optimal``, ``gap`` (as close as was asked) or ``stopped`` (at a limit).
        links: rows that every integer choice keeps anyway, with prices that lower the bound.
    """

    columns: IntArray
    quantity: FloatArray
    price: FloatArray
    engine: str
    status: SolveStatus
    links: Links = field(default_factory=no_links)


@dataclass(frozen=True, eq=False, slots=True)
class Certificate:
    """What was recomputed from a problem and a solution, without a solver.

    Attributes:
        value: what the chosen columns are worth together.
        bound: what no choice can exceed, from the prices alone.
        usage: (rows,) what the chosen columns use of every row.
        worst: the largest excess over a row or a limit, relative to its scale; 0 if none.
        integer: whether every integer block is taken in whole units.
        scale: what a gap is measured against: the value taken in columns worth more than
            nothing, so that penalties paid for shortages do not make a gap look small.
        linked_bound: the same from the prices of rows and links together, at most ``bound`` and
            as provable without a solver; of integer choices only.
        better_bound: a lower bound on what is out of reach that needed a solver to prove, or
            None; it cannot be recomputed from the prices alone.
    """

    value: float
    bound: float
    usage: FloatArray
    worst: float
    integer: bool
    scale: float
    linked_bound: float
    better_bound: float | None = None

    @property
    def plain_bound(self) -> float:
        """Return the lower of the bounds that can be proven without a solver."""
        return min(self.bound, self.linked_bound)

    @property
    def best_bound(self) -> float:
        """Return the lowest of all bounds."""
        if self.better_bound is None:
            return self.plain_bound
        return min(self.plain_bound, self.better_bound)

    @property
    def gap(self) -> float:
        """Return how much better any choice could be, relative to ``scale``, from prices alone."""
        return _gap(self.plain_bound - self.value, self.scale)

    @property
    def better_gap(self) -> float:
        """Return the same against the best of all bounds."""
        return _gap(self.best_bound - self.value, self.scale)


def certify(problem: AllocationProblem, solution: Solution, *, integer: bool = True) -> Certificate:
    """Return value, bound and use of a solution, recomputed with nothing but array sums.

    Args:
        problem: the allocation problem.
        solution: what an engine proposes.
        integer: whether integer blocks must be whole; False certifies a relaxation.

    Raises:
        CertificateError: if a row is overused, a limit exceeded, an integer block taken in parts,
            or a number is negative, not finite or out of place; with every finding.
    """
    columns, quantity, price = solution.columns, solution.quantity, solution.price
    findings = _shape_findings(problem, solution)
    if findings:
        raise CertificateError(findings)
    if np.any(price < 0):
        findings.append(f"the price of row {int(np.argmin(price))} is negative")
    if np.any(quantity < 0):
        findings.append(f"the quantity of column {columns[int(np.argmin(quantity))]} is negative")
    blocks = blocks_at(problem, columns)
    fractional = np.abs(quantity - np.rint(quantity)) > TOLERANCE
    fractional &= ~problem.divisible[blocks]
    if integer and fractional.any():
        findings.append(
            f"column {columns[int(np.argmax(fractional))]} of an integer block has parts"
        )
    taken = np.bincount(blocks, weights=quantity, minlength=problem.blocks)
    over_limit = (taken - problem.limit) / np.maximum(problem.limit, 1.0)
    used = usage(problem, columns, quantity)
    over_row = (used - problem.capacity) / row_scale(problem)
    for what, excess in (("block", over_limit), ("row", over_row)):
        findings.extend(
            f"{what} {index} is overused by {excess[index]:.3g} of its scale"
            for index in np.flatnonzero(excess > TOLERANCE)
        )
    if findings:
        raise CertificateError(findings)
    value = objective(problem, columns, quantity)
    proven = bound(problem, price)
    lower = proven
    if integer and solution.links.size:
        prices = np.concatenate([price, solution.links.price])
        lower = min(proven, bound(with_coupling_cuts(problem, solution.links), prices))
    scale = float(np.maximum(problem.value[columns], 0.0) @ quantity)
    return Certificate(
        value=value,
        bound=proven,
        usage=used,
        worst=max(0.0, over_limit.max(initial=0.0), over_row.max(initial=0.0)),
        integer=not fractional.any(),
        scale=scale if scale > 0 else max(abs(value), abs(proven)),
        linked_bound=lower,
    )


def row_scale(problem: AllocationProblem) -> FloatArray:
    """Return (rows,) the size of a row's numbers: its capacity or its largest use."""
    scale = np.maximum(np.abs(problem.capacity), 0.0)
    np.maximum.at(scale, problem.use.indices, np.abs(problem.use.data))
    return np.where(scale > 0, scale, 1.0)


def _shape_findings(problem: AllocationProblem, solution: Solution) -> list[str]:
    columns, quantity, price = solution.columns, solution.quantity, solution.price
    findings = []
    if columns.ndim != 1 or quantity.shape != columns.shape:
        findings.append("columns and quantity differ in shape")
    elif columns.size and (columns.min() < 0 or columns.max() >= problem.columns):
        findings.append(f"a column lies outside 0..{problem.columns - 1}")
    elif np.any(np.diff(columns) <= 0):
        findings.append("columns are not ascending without repeats")
    if price.shape != (problem.rows,):
        findings.append(f"there are {price.size} prices for {problem.rows} rows")
    if not np.isfinite(quantity).all():
        findings.append("a quantity is not finite")
    if not np.isfinite(price).all():
        findings.append("a price is not finite")
    return findings + invalid_links(problem, solution.links)


def _gap(difference: float, scale: float) -> float:
    if scale <= 0:
        return 0.0 if difference <= 0 else float("inf")
    return max(0.0, difference) / scale
