"""``solve_part``: what one part says to an order, with nothing but numbers in and out.

Parts and orders are small enough to be sent to another process or another machine, and what comes
back is the same wherever it was worked out: the threads of linear algebra are held to one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import scipy.sparse as sp
from threadpoolctl import threadpool_limits

from recommender.allocation import (
    Allocation,
    AllocationProblem,
    Effort,
    EngineName,
    Infeasible,
    NoPlan,
    SolverName,
    Start,
    solve,
)
from recommender.allocation.model.problem import FloatArray, IntArray

PATIENCE = 4
"""How often a part that found no plan is given twice the time."""


@dataclass(frozen=True, eq=False, slots=True)
class Part:
    """One part of a larger problem.

    Attributes:
        problem: without the rows that parts share; values as in the larger problem.
        use: (shared, offers of it) what one unit of an offer uses of the shared rows.
        columns: (columns,) the column of the larger problem behind each column.
        blocks: (blocks,) the block of the larger problem behind each block.
        rows: (rows,) the row of the larger problem behind each row.
    """

    problem: AllocationProblem
    use: sp.csc_array
    columns: IntArray
    blocks: IntArray
    rows: IntArray

    @property
    def numbers(self) -> Part:
        """Return the part without where it comes from: what its solution depends on."""
        none = np.zeros(0, dtype=np.int64)
        return replace(self, columns=none, blocks=none, rows=none)


@dataclass(frozen=True, eq=False, slots=True)
class Order:
    """What is asked of a part.

    Attributes:
        price: (shared,) what a unit of every shared row costs.
        most: (shared,) how much of them it may take, or None where only the price holds it back.
        effort, engine, solver: as ``solve`` takes them.
        start: of this part within ``most``, or None.
    """

    price: FloatArray
    most: FloatArray | None
    effort: Effort
    engine: EngineName = "auto"
    solver: SolverName = "highs"
    start: Start | None = None


@dataclass(frozen=True, eq=False, slots=True)
class Answer:
    """What a part says.

    Attributes:
        allocation: of values net of the price, or None where none was found.
        used: (shared,) what it takes of the shared rows.
        value: what it is worth, the price not taken off.
        failure: ``infeasible`` (no choice fits), ``no plan`` (none was found in time) or "".
        rows: rows of the part whose floors cannot be met together.
    """

    allocation: Allocation | None
    used: FloatArray
    value: float
    failure: Literal["", "infeasible", "no plan"] = ""
    rows: tuple[int, ...] = ()

    @property
    def proven(self) -> float:
        """Return what the part can be worth at most, net of the price."""
        if self.allocation is None:
            return float("inf")
        return self.allocation.certificate.best_bound

    @property
    def scale(self) -> float:
        """Return what its gap is relative to."""
        return 0.0 if self.allocation is None else self.allocation.certificate.scale

    @property
    def absolute_gap(self) -> float:
        """Return how far it may be from what it can be worth at most."""
        if self.allocation is None:
            return 0.0
        certificate = self.allocation.certificate
        return max(certificate.best_bound - certificate.value, 0.0)


def net_problem(part: Part, price: FloatArray, most: FloatArray | None = None) -> AllocationProblem:
    """Return the problem of a part with values net of a price, within ``most`` if it is given."""
    problem = part.problem
    cost = np.asarray(part.use.T @ price, dtype=np.float64)
    net = replace(problem, value=problem.value - cost[problem.offer])
    if most is None:
        return net
    return replace(
        net,
        use=sp.csc_array(sp.vstack([problem.use, part.use], format="csc")),
        capacity=np.concatenate([problem.capacity, most]),
    )


def solve_part(part: Part, order: Order) -> Answer:
    """Return what a part says to an order; where no plan is found in time, after some more."""
    problem = net_problem(part, order.price, order.most)
    effort = order.effort
    nothing = np.zeros(part.use.shape[0])
    with threadpool_limits(1):
        for patience in range(PATIENCE + 1):
            try:
                found = solve(
                    problem, effort, order.engine, order.solver, start=order.start,
                    in_any_case=patience == PATIENCE,
                )  # fmt: skip
            except Infeasible as error:
                return Answer(None, nothing, -np.inf, "infeasible", error.rows)
            except NoPlan:
                if patience == PATIENCE:
                    break
                effort = replace(effort, seconds=2 * effort.seconds)
            else:
                columns, quantity = found.solution.columns, found.solution.quantity
                used = np.asarray(part.use[:, part.problem.offer[columns]] @ quantity)
                value = float(part.problem.value[columns] @ quantity)
                return Answer(found, used.astype(np.float64), value)
    return Answer(None, nothing, -np.inf, "no plan")
