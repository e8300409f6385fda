"""The exact engine: the allocation problem as a PuLP model, solved by HiGHS or CBC.

The model minimises minus the value, because the duals of a maximised model come back with
opposite signs from HiGHS and CBC; prices are read from the relaxation, because an integer model
has none (both report zeros in silence).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal, TypeAlias

import highspy
import numpy as np
import pulp
import scipy.sparse as sp

from recommender.allocation.model.problem import (
    AllocationProblem,
    FloatArray,
    IntArray,
    block_of,
    blocks_at,
    residual,
    restrict,
    usage,
)
from recommender.allocation.model.solution import Infeasible, row_scale
from recommender.allocation.solvers import highs

SolverName: TypeAlias = Literal["highs", "cbc"]

INTEGRALITY = 1e-6
"""How far from a whole number the solvers leave integer columns."""


@dataclass(frozen=True, eq=False, slots=True)
class SolverResult:
    """What a solver answered, before anyone has checked it.

    Attributes:
        quantity: (columns,) how much of every column, or None if nothing was found.
        price: (rows,) prices >= 0 of a relaxation, or None of an integer model.
        bound: what the solver says no choice can exceed; infinite if it says nothing.
        proven: whether the solver says it reached the gap that was asked.
        interrupted: whether the user stopped it.
    """

    quantity: FloatArray | None
    price: FloatArray | None
    bound: float
    proven: bool
    interrupted: bool


@dataclass(frozen=True, eq=False, slots=True)
class Model:
    """A PuLP model with its variables and row constraints, in the order of the problem."""

    model: pulp.LpProblem
    variables: list[pulp.LpVariable]
    rows: list[pulp.LpConstraint]


def build(
    problem: AllocationProblem,
    *,
    integer: bool = True,
    row_names: Sequence[str] | None = None,
    column_names: Sequence[str] | None = None,
    block_names: Sequence[str] | None = None,
) -> Model:
    """Return the problem as a PuLP model that minimises minus the value.

    Args:
        problem: the allocation problem.
        integer: whether the columns of integer blocks are integer variables.
        row_names: (rows,) names for the rows; ``r0, r1, ...`` if None.
        column_names: (columns,) names for the columns; ``x0, x1, ...`` if None.
        block_names: (blocks,) names for the rows of their limits; ``b0, b1, ...`` if None.
    """
    model = pulp.LpProblem("allocation", pulp.LpMinimize)
    blocks = block_of(problem)
    upper = problem.limit[blocks].tolist()
    is_integer = (integer & ~problem.divisible[blocks]).tolist()
    names = column_names or [f"x{column}" for column in range(problem.columns)]
    variables = [
        model.add_variable(
            name, lowBound=0, upBound=limit, cat=pulp.LpInteger if part else pulp.LpContinuous
        )
        for name, limit, part in zip(names, upper, is_integer, strict=True)
    ]
    model.setObjective(
        pulp.LpAffineExpression(zip(variables, (-problem.value).tolist(), strict=True))
    )
    table = problem.use[:, problem.offer].tocsr()
    rows = []
    for row in range(problem.rows):
        begin, end = table.indptr[row], table.indptr[row + 1]
        uses = zip(
            [variables[column] for column in table.indices[begin:end].tolist()],
            table.data[begin:end].tolist(),
            strict=True,
        )
        name = row_names[row] if row_names else f"r{row}"
        constraint = pulp.LpConstraint(
            pulp.LpAffineExpression(uses), pulp.LpConstraintLE, name, float(problem.capacity[row])
        )
        model.addConstraint(constraint)
        rows.append(constraint)
    for block in np.flatnonzero(np.diff(problem.start) > 1).tolist():
        members = variables[problem.start[block] : problem.start[block + 1]]
        model.addConstraint(
            pulp.LpConstraint(
                pulp.LpAffineExpression((member, 1.0) for member in members),
                pulp.LpConstraintLE,
                block_names[block] if block_names else f"b{block}",
                float(problem.limit[block]),
            )
        )
    return Model(model, variables, rows)


def solve_relaxation(
    problem: AllocationProblem, *, seconds: float, solver: SolverName = "highs"
) -> SolverResult:
    """Return the optimum of the relaxation (integer blocks in parts) and its prices.

    Args:
        problem: the allocation problem.
        seconds: the time limit.
        solver: ``highs`` or ``cbc``.

    Raises:
        Infeasible: if no choice fits even in parts.
    """
    built = build(problem, integer=False)
    answer = _run(built, problem, integer=False, seconds=seconds, absolute_gap=0.0, solver=solver)
    if not answer.proven or answer.quantity is None:
        return answer
    price = np.array([constraint.pi or 0.0 for constraint in built.rows], dtype=np.float64)
    return SolverResult(
        answer.quantity, np.maximum(-price, 0.0), answer.bound, True, answer.interrupted
    )


def branch_and_bound(
    problem: AllocationProblem,
    *,
    seconds: float,
    absolute_gap: float = 0.0,
    solver: SolverName = "highs",
    start: FloatArray | None = None,
    stop: threading.Event | None = None,
    seed: int = 0,
    objective_target: float = np.inf,
    nodes: int | None = None,
    explain: bool = True,
) -> SolverResult:
    """Return the best integer solution that a solver finds by branch and bound.

    Args:
        problem: the allocation problem.
        seconds: the time limit.
        absolute_gap: how much value may be left out of reach.
        solver: ``highs`` or ``cbc``.
        start: (columns,) an integer choice to begin from, used by HiGHS.
        stop: an event that ends the search early.
        seed: the seed of the solver's own random choices.
        objective_target: a value at which HiGHS may stop, whatever is still out of reach.
        nodes: how many nodes HiGHS may branch on; a limit that does not depend on the machine.
        explain: whether to look for the rows that stand in the way when nothing fits.

    Raises:
        Infeasible: if no integer choice fits.
    """
    answer = _run(
        build(problem),
        problem,
        integer=True,
        seconds=seconds,
        absolute_gap=absolute_gap,
        solver=solver,
        start=start,
        stop=stop,
        seed=seed,
        objective_target=objective_target,
        nodes=nodes,
        explain=explain,
    )
    if answer.quantity is None:
        return answer
    quantity = rounded_solution(problem, answer.quantity)
    return SolverResult(quantity, None, answer.bound, answer.proven, answer.interrupted)


def write_model(
    problem: AllocationProblem,
    path: Path,
    row_names: Sequence[str] | None = None,
    column_names: Sequence[str] | None = None,
    block_names: Sequence[str] | None = None,
) -> None:
    """Write the problem as an LP file (or an MPS file, by suffix) that any solver reads.

    The file minimises minus the value.

    Args:
        problem: the allocation problem.
        path: the file to write; its suffix is ``.lp`` or ``.mps``.
        row_names: (rows,) names for the rows.
        column_names: (columns,) names for the columns.
        block_names: (blocks,) names for the rows of their limits.
    """
    model = build(
        problem, row_names=row_names, column_names=column_names, block_names=block_names
    ).model
    if path.suffix == ".mps":
        model.writeMPS(str(path))
    else:
        model.writeLP(str(path), max_length=1000)


def infeasible_rows(
    problem: AllocationProblem, *, integer: bool, seconds: float
) -> tuple[int, ...]:
    """Return rows whose capacity, raised together, would let a choice fit; as little as possible.

    An elastic programme: every row may be exceeded, at a price by its scale.  (J. W. Chinneck,
    Feasibility and Infeasibility in Optimization, 2008.)

    Args:
        problem: an allocation problem that no choice fits.
        integer: whether integer blocks must be whole.
        seconds: the time limit.
    """
    rows = problem.rows
    scale = row_scale(problem)
    elastic = AllocationProblem(
        value=np.concatenate([np.zeros(problem.columns), -1.0 / scale]),
        offer=np.concatenate([problem.offer, problem.offers + np.arange(rows)]).astype(np.int32),
        start=np.concatenate([problem.start, problem.columns + 1 + np.arange(rows)]),
        limit=np.concatenate([problem.limit, _most_use(problem)]),
        divisible=np.concatenate([problem.divisible, np.ones(rows, dtype=np.bool_)]),
        use=_with_supply(problem),
        capacity=problem.capacity,
        part=np.concatenate([problem.part, np.full(rows, -1, dtype=np.int32)]),
    )
    answer = _run(
        build(elastic, integer=integer), elastic, integer=integer, seconds=seconds, absolute_gap=0.0
    )
    if answer.quantity is None:
        return tuple(np.flatnonzero(problem.capacity < 0).tolist())
    raised = answer.quantity[problem.columns :] > 1e-6 * scale
    return tuple(np.flatnonzero(raised).tolist())


def _with_supply(problem: AllocationProblem) -> sp.csc_array:
    supply = -sp.eye_array(problem.rows, format="csc")
    return sp.csc_array(sp.hstack([problem.use, supply], format="csc"))


def _most_use(problem: AllocationProblem) -> FloatArray:
    largest = np.zeros(problem.rows)
    np.maximum.at(largest, problem.use.indices, np.abs(problem.use.data))
    most: FloatArray = np.abs(problem.capacity) + largest * problem.limit.sum()
    return most


class _Highs(pulp.HiGHS):  # type: ignore[misc]
    """PuLP's HiGHS, run so that it stays quiet, can be interrupted and tells how it ended."""

    def __init__(
        self,
        start: FloatArray | None,
        stop: threading.Event | None,
        variables: list[pulp.LpVariable],
        **options: Any,
    ) -> None:
        super().__init__(msg=False, **options)
        self.start = start
        self.stop = stop
        self.variables = variables
        self.ending: highs.Ending | None = None

    def callSolver(self, lp: pulp.LpProblem) -> None:  # noqa: N802
        """Run the model."""
        model = highs.quiet(lp.solverModel)
        if self.start is not None:
            used = [(v.index, x) for v, x in zip(self.variables, self.start.tolist(), strict=True)]
            solution = highspy.HighsSolution()
            values = np.zeros(model.getNumCol())
            for index, quantity in used:
                if index is not None:
                    values[index] = quantity
            solution.col_value = values.tolist()
            model.setSolution(solution)
        self.ending = highs.run_highs(model, self.stop)

    def findSolutionValues(self, lp: pulp.LpProblem) -> tuple[int, int]:  # noqa: N802
        """Read the values; PuLP does not know every way HiGHS can end, ``ending`` does."""
        try:
            status: tuple[int, int] = super().findSolutionValues(lp)
        except KeyError:
            return pulp.LpStatusNotSolved, pulp.LpSolutionNoSolutionFound
        return status


def _run(
    built: Model,
    problem: AllocationProblem,
    *,
    integer: bool,
    seconds: float,
    absolute_gap: float,
    solver: SolverName = "highs",
    start: FloatArray | None = None,
    stop: threading.Event | None = None,
    seed: int = 0,
    objective_target: float = np.inf,
    nodes: int | None = None,
    explain: bool = True,
) -> SolverResult:
    if problem.columns == 0:
        if np.any(problem.capacity < 0):
            raise Infeasible(tuple(np.flatnonzero(problem.capacity < 0).tolist()))
        return SolverResult(np.zeros(0), np.zeros(problem.rows), 0.0, True, False)
    seconds = max(seconds, 0.01)
    if solver == "highs":
        engine = _Highs(
            start,
            stop,
            built.variables,
            mip=integer,
            timeLimit=seconds,
            gapRel=0.0,
            gapAbs=absolute_gap,
            random_seed=seed,
            **({"objective_target": -objective_target} if np.isfinite(objective_target) else {}),
            **({} if nodes is None else {"mip_max_nodes": nodes}),
        )
        built.model.solve(engine)
        ending = engine.ending
        if ending is None:
            raise RuntimeError("HiGHS was not run")
    else:
        ending = _run_cbc(
            built, integer=integer, seconds=seconds, absolute_gap=absolute_gap, seed=seed
        )
    if ending.infeasible:
        if not explain:
            raise Infeasible(())
        raise Infeasible(infeasible_rows(problem, integer=integer, seconds=max(seconds, 10.0)))
    quantity = None
    if ending.found:
        found = [variable.varValue or 0.0 for variable in built.variables]
        quantity = np.maximum(np.array(found, dtype=np.float64), 0.0)
    bound = -ending.bound if integer else np.inf
    return SolverResult(quantity, None, bound, ending.proven, ending.interrupted)


def _run_cbc(
    built: Model, *, integer: bool, seconds: float, absolute_gap: float, seed: int
) -> highs.Ending:
    engine = pulp.COIN_CMD(
        path=pulp.PULP_CBC_CMD.pulp_cbc_path,
        mip=integer,
        msg=False,
        timeLimit=seconds,
        gapAbs=absolute_gap if absolute_gap > 0 else None,
        options=[f"randomSeed {seed + 1}"],
    )
    began = time.monotonic()
    interrupted = False
    with TemporaryDirectory(prefix="recommender-", ignore_cleanup_errors=True) as folder:
        engine.tmpDir = folder  # numbers of pupils, for nobody else and gone afterwards
        try:
            built.model.solve(engine)
        except KeyboardInterrupt:
            interrupted = True
    status, found = built.model.status, built.model.sol_status
    in_time = time.monotonic() - began < seconds
    proven = status == pulp.LpStatusOptimal and found == pulp.LpSolutionOptimal and in_time
    objective = pulp.value(built.model.objective) if proven else None
    return highs.Ending(
        found=found in (pulp.LpSolutionOptimal, pulp.LpSolutionIntegerFeasible),
        proven=proven,
        infeasible=status == pulp.LpStatusInfeasible and in_time,
        bound=-np.inf if objective is None else float(objective) - absolute_gap,
        interrupted=interrupted,
    )


def rounded_solution(problem: AllocationProblem, quantity: FloatArray) -> FloatArray | None:
    """Return the quantities with integer columns exactly whole, or None if that cannot be.

    Of nothing at all it is the choice that takes nothing new and meets every floor all the same.

    Args:
        problem: the allocation problem.
        quantity: (columns,) how much of every column, about whole where that is asked.
    """
    integer = ~problem.divisible[block_of(problem)]
    settled = quantity.copy()
    settled[integer] = np.rint(quantity[integer])
    chosen = np.flatnonzero(settled)
    if fits(problem, chosen, settled[chosen]):
        return settled
    fixed = np.flatnonzero(integer & (settled > 0))
    free = np.flatnonzero(~integer)
    rest = restrict(residual(problem, fixed, settled[fixed]), free)
    try:
        answer = solve_relaxation(rest, seconds=60.0)
    except Infeasible:
        return None
    if answer.quantity is None:
        return None
    settled[free] = answer.quantity
    return settled


def fits(problem: AllocationProblem, columns: IntArray, quantity: FloatArray) -> bool:
    """Return whether a choice keeps to every limit and capacity, within the solvers' accuracy."""
    taken = np.bincount(blocks_at(problem, columns), quantity, minlength=problem.blocks)
    used = usage(problem, columns, quantity)
    return bool(
        np.all(taken <= problem.limit + INTEGRALITY * np.maximum(problem.limit, 1.0) / 2)
        and np.all(used <= problem.capacity + INTEGRALITY * row_scale(problem) / 2)
    )
