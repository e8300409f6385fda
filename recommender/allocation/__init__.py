"""An optimiser that knows numbers only: problem in, certified allocation out.

    allocation = solve(problem, Effort(gap=0.005, seconds=60))

Importing this package loads no solver; ``solve`` does, when it needs one.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from recommender.allocation.bound.budget_path import BudgetPath, budget_path, path_of
from recommender.allocation.engines.effort import Effort, EngineName, SolverName
from recommender.allocation.model.group_coupling_cuts import Links
from recommender.allocation.model.problem import (
    AllocationProblem,
    Block,
    bound,
    from_blocks,
    net_value,
    restrict,
    usage,
)
from recommender.allocation.model.solution import (
    AllocationError,
    Certificate,
    CertificateError,
    Infeasible,
    NoPlan,
    Solution,
    certify,
)
from recommender.allocation.model.warm_start import Start, start_from
from recommender.allocation.solve import Allocation, solve

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "Allocation",
    "AllocationError",
    "AllocationProblem",
    "Block",
    "BudgetPath",
    "Certificate",
    "CertificateError",
    "Effort",
    "EngineName",
    "Infeasible",
    "Links",
    "NoPlan",
    "Solution",
    "SolverName",
    "Start",
    "bound",
    "budget_path",
    "certify",
    "from_blocks",
    "net_value",
    "path_of",
    "restrict",
    "solve",
    "start_from",
    "usage",
    "write_model",
]


def write_model(
    problem: AllocationProblem,
    path: Path,
    row_names: Sequence[str] | None = None,
    column_names: Sequence[str] | None = None,
    block_names: Sequence[str] | None = None,
) -> None:
    """Write the problem as an LP file (or an MPS file, by suffix) that any solver reads.

    Args:
        problem: the allocation problem.
        path: the file to write; its suffix is ``.lp`` or ``.mps``.
        row_names: (rows,) names for the rows.
        column_names: (columns,) names for the columns.
        block_names: (blocks,) names for the rows of their limits.
    """
    from recommender.allocation.solvers import pulp_model

    pulp_model.write_model(problem, path, row_names, column_names, block_names)
