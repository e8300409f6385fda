"""One measurement: an engine on an instance, printed as one line of JSON."""

from __future__ import annotations

import json
import os
import resource
import sys
from collections.abc import Callable
from dataclasses import replace

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import scipy.sparse as sp

from recommender.allocation import (
    AllocationProblem,
    Effort,
    bound,
    path_of,
    solve,
    start_from,
)
from tests.benchmarks import families

Found = dict[str, float | None]

LESS = 0.9
"""What is left of every second capacity in the scenario that begins from an earlier plan."""


def clock() -> float:
    """Return the processor seconds of this process and those it started.

    Everything runs on one thread, so on a quiet machine these are the seconds that pass; on a
    shared one they are what would have passed, about.
    """
    both = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(used.ru_utime + used.ru_stime for used in map(resource.getrusage, both))


def _ours(problem: AllocationProblem, *, whole: bool) -> Found:
    began = clock()
    found = solve(problem, Effort(gap=0.005, seconds=3000, whole=whole), "prices")
    return {
        "build": 0.0,
        "solve": clock() - began,
        "value": found.certificate.value,
        "bound": found.certificate.linked_bound,
        "gap": found.certificate.gap,
    }


def ours_relaxation(problem: AllocationProblem) -> Found:
    """Measure the relaxation by prices."""
    return _ours(problem, whole=False)


def ours_whole(problem: AllocationProblem) -> Found:
    """Measure whole units by prices, to a certified gap of 0.5 %."""
    return _ours(problem, whole=True)


def ours_path(problem: AllocationProblem) -> Found:
    """Measure the value of every budget at once, where there is one row."""
    began = clock()
    path = path_of(problem)
    value = float(path.value_at(problem.capacity)[0])
    return {
        "build": 0.0,
        "solve": clock() - began,
        "value": value,
        "bound": bound(problem, path.price_at(problem.capacity)),
        "gap": 0.0,
    }


def _again(problem: AllocationProblem, *, whole: bool) -> Found:
    """Measure a changed problem from nothing, and from the plan before the change."""
    effort = Effort(gap=0.01, seconds=3000, whole=whole)
    before = solve(problem, effort, "prices")
    less = problem.capacity.copy()
    less[::2] *= np.where(less[::2] > 0, LESS, 1.0)
    divisible = np.flatnonzero(problem.divisible)[::2]
    limit = problem.limit.copy()
    limit[divisible] *= LESS
    changed = replace(problem, capacity=less, limit=limit)
    began = clock()
    cold = solve(changed, effort, "prices")
    taken = clock() - began
    began = clock()
    found = solve(changed, effort, "prices", start=start_from(before.solution, changed))
    return {
        "build": 0.0,
        "solve": clock() - began,
        "value": found.certificate.value,
        "bound": found.certificate.linked_bound,
        "gap": found.certificate.better_gap,
        "cold": taken,
        "cold_gap": cold.certificate.better_gap,
    }


def again_relaxation(problem: AllocationProblem) -> Found:
    """Measure the relaxation of a changed problem from the prices before the change."""
    return _again(problem, whole=False)


def again_whole(problem: AllocationProblem) -> Found:
    """Measure a whole plan of a changed problem from the plan before the change."""
    return _again(problem, whole=True)


def _pulp(problem: AllocationProblem, solver: str) -> Found:
    import pulp

    from recommender.allocation.solvers import pulp_model

    began = clock()
    built = pulp_model.build(problem, whole=False)
    build = clock() - began
    began = clock()
    engine = (
        pulp.COIN_CMD(path=pulp.PULP_CBC_CMD.pulp_cbc_path, mip=False, msg=False)
        if solver == "cbc"
        else pulp.HiGHS(mip=False, msg=False)
    )
    built.model.solve(engine)
    return {
        "build": build,
        "solve": clock() - began,
        "value": -float(pulp.value(built.model.objective)),
        "bound": None,
        "gap": None,
    }


def pulp_cbc(problem: AllocationProblem) -> Found:
    """Measure the relaxation in PuLP with CBC."""
    return _pulp(problem, "cbc")


def pulp_highs(problem: AllocationProblem) -> Found:
    """Measure the relaxation in PuLP with HiGHS."""
    return _pulp(problem, "highs")


def _table(problem: AllocationProblem) -> sp.csc_array:
    blocks = np.repeat(np.arange(problem.blocks), np.diff(problem.start))
    ones = sp.csc_array(
        (np.ones(problem.columns), (blocks, np.arange(problem.columns))),
        shape=(problem.blocks, problem.columns),
    )
    return sp.csc_array(sp.vstack([problem.use[:, problem.offer], ones], format="csc"))


def _highspy(problem: AllocationProblem, *, whole: bool) -> Found:
    import highspy

    began = clock()
    table = _table(problem)
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = table.shape[1], table.shape[0]
    model.col_cost_ = -problem.value
    model.col_lower_ = np.zeros(problem.columns)
    model.col_upper_ = np.full(problem.columns, highspy.kHighsInf)
    model.row_lower_ = np.full(table.shape[0], -highspy.kHighsInf)
    model.row_upper_ = np.concatenate([problem.capacity, problem.limit])
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_ = table.indptr
    model.a_matrix_.index_ = table.indices
    model.a_matrix_.value_ = table.data
    if whole:
        kinds = (highspy.HighsVarType.kInteger, highspy.HighsVarType.kContinuous)
        in_parts = np.repeat(problem.divisible, np.diff(problem.start))
        model.integrality_ = [kinds[int(part)] for part in in_parts]
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("mip_rel_gap", 0.005)
    if not whole:
        highs.setOptionValue("solver", "simplex")
    highs.passModel(model)
    build = clock() - began
    began = clock()
    highs.run()
    info = highs.getInfo()
    return {
        "build": build,
        "solve": clock() - began,
        "value": -info.objective_function_value,
        "bound": -info.mip_dual_bound if whole else None,
        "gap": info.mip_gap if whole else None,
    }


def highs_simplex(problem: AllocationProblem) -> Found:
    """Measure the relaxation in HiGHS simplex, without a modelling layer."""
    return _highspy(problem, whole=False)


def highs_mip(problem: AllocationProblem) -> Found:
    """Measure whole units in HiGHS, to a gap of 0.5 % by its own bound."""
    return _highspy(problem, whole=True)


def _ortools(problem: AllocationProblem, name: str) -> Found:
    from ortools.linear_solver.python import model_builder_helper

    began = clock()
    table = _table(problem).tocsr()
    helper = model_builder_helper.ModelBuilderHelper()
    helper.fill_model_from_sparse_data(
        np.zeros(problem.columns),
        np.full(problem.columns, np.inf),
        -problem.value,
        np.full(table.shape[0], -np.inf),
        np.concatenate([problem.capacity, problem.limit]),
        table,
    )
    solver = model_builder_helper.ModelSolverHelper(name)
    build = clock() - began
    began = clock()
    solver.solve(helper)
    return {
        "build": build,
        "solve": clock() - began,
        "value": -float(solver.objective_value()),
        "bound": None,
        "gap": None,
    }


def ortools_pdlp(problem: AllocationProblem) -> Found:
    """Measure the relaxation in OR-tools PDLP, at its own accuracy."""
    return _ortools(problem, "pdlp")


def ortools_glop(problem: AllocationProblem) -> Found:
    """Measure the relaxation in OR-tools GLOP."""
    return _ortools(problem, "glop")


RUNS: dict[str, Callable[[AllocationProblem], Found]] = {
    "ours relaxation": ours_relaxation,
    "ours whole": ours_whole,
    "ours path": ours_path,
    "ours again, relaxation": again_relaxation,
    "ours again, whole": again_whole,
    "PuLP+CBC": pulp_cbc,
    "PuLP+HiGHS": pulp_highs,
    "HiGHS simplex": highs_simplex,
    "HiGHS MIP": highs_mip,
    "OR-tools PDLP": ortools_pdlp,
    "OR-tools GLOP": ortools_glop,
}


def main() -> None:
    """Run one measurement named on the command line, within so many processor seconds."""
    name, family, size, seed, most = sys.argv[1:6]
    resource.setrlimit(resource.RLIMIT_CPU, (int(float(most)), int(float(most)) + 5))
    make = {"pools": families.pools, "region": families.region, "qini": families.qini}[family]
    found = RUNS[name](make(int(size), seed=int(seed)))
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    found["peak"] = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss + children) / 1e6
    print(json.dumps(found))


if __name__ == "__main__":
    main()
