"""``solve_in_parts``: the allocation of a large problem, put together from those of its parts.

What all parts share - a budget - gets one price, found on a sample of them.  Every part is then
solved for itself, its values net of that price.  Whatever the price, the bounds of the parts and
the price of the shared capacity add up to a bound of the whole (Lagrangian duality), so the
certificate is as good as if everything had been solved at once.  Where the parts together take
more than there is, those that take most are solved again within less.

Parts go to ``workers`` processes, or to any ``concurrent.futures`` executor that is handed in,
such as that of a Dask client; what comes back does not depend on who solved what.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor, Future, ProcessPoolExecutor, as_completed
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from multiprocessing import get_context

import numpy as np
import scipy.sparse as sp

from recommender.allocation import (
    Allocation,
    AllocationProblem,
    Effort,
    EngineName,
    Links,
    NoPlan,
    Solution,
    SolverName,
    solve,
    usage,
)
from recommender.allocation.engines import PROVEN
from recommender.allocation.problem import FloatArray, IntArray
from recommender.partition.certificate import certify_in_parts
from recommender.partition.prices import Answers, shared_prices
from recommender.partition.split import Split, part_of, split

LARGE = 200_000
"""Columns from which a problem is solved in parts, if it has any."""

SAMPLE = 8
"""Parts on which the prices of shared rows are found."""

LEAST = 20.0
"""Seconds that every part may take, even where the time for all is over: half a plan is none."""

PATIENCE = 4
"""How often a part that found no plan is given twice the time."""

ROUNDS = 6
"""How often parts are solved again because all take too much together."""

GIVES = 0.15
"""The share of what it takes that a part gives up at once, at most."""

AHEAD = 16
"""Parts that wait for a process, so that the problems of all are not in memory at once."""

Progress = Callable[[str], None]


@dataclass(frozen=True, eq=False, slots=True)
class Job:
    """One part to be solved.

    Attributes:
        problem: values net of the prices of shared rows; no shared rows but those that are tight.
        effort, engine, solver: as ``solve`` takes them.
    """

    problem: AllocationProblem
    effort: Effort
    engine: EngineName
    solver: SolverName


def solve_in_parts(
    problem: AllocationProblem,
    effort: Effort | None = None,
    engine: EngineName = "auto",
    solver: SolverName = "highs",
    progress: Progress | None = None,
    executor: Executor | None = None,
) -> Allocation:
    """Return the best allocation found within an effort, certified; large problems in parts.

    Args:
        problem, effort, engine, solver, progress: as of ``solve``, which gets the whole problem
            where it is small, does not fall apart, or the engine is ``exact``.  The seconds are
            shared out among the parts, with a least that keeps a plan possible.
        executor: where parts are solved; processes of this machine if None.

    Raises:
        Infeasible, NoPlan, KeyboardInterrupt, CertificateError, ValueError: as ``solve``.
    """
    effort = effort or Effort()
    say = progress or _silent
    if problem.columns < LARGE or engine == "exact":
        return solve(problem, effort, engine, solver, progress)
    began = time.monotonic()
    parts = split(problem)
    if parts is None:
        say("the problem does not fall into parts")
        return solve(problem, effort, engine, solver, progress)
    whole = _Whole(problem, parts, parts.blocks())
    shared = parts.shared.size
    say(f"{parts.parts} parts share {shared} rows")
    each = replace(effort, workers=1)
    orders = dict.fromkeys(range(parts.parts))
    with _pool(executor, effort.workers) as pool:
        price = _shared_prices(whole, pool, each, solver, say) if shared else np.zeros(0)
        left = effort.seconds - (time.monotonic() - began)
        each = replace(each, seconds=max(LEAST, left * effort.workers / parts.parts))
        job = partial(_job, whole, price, each, engine, solver)
        found = dict(_solved(pool, orders, job, say))
        better = sum(_proven(allocation) for allocation in found.values())
        relaxation = sum(allocation.relaxation for allocation in found.values())
        for _ in range(ROUNDS):
            again = _too_much(whole, found)
            if not again:
                break
            say(f"{len(again)} parts are solved again within less")
            found |= dict(_solved(pool, again, job, say))
    return _put_together(
        whole,
        found,
        price,
        effort,
        better + float(price @ problem.capacity[parts.shared]),
        relaxation if not shared else np.inf,
        time.monotonic() - began,
    )


@dataclass(frozen=True, eq=False, slots=True)
class _Whole:
    """A problem with its parts.

    Attributes:
        blocks: the blocks of every part.
    """

    problem: AllocationProblem
    split: Split
    blocks: list[IntArray]

    def part(self, number: int, price: FloatArray, most: FloatArray | None) -> AllocationProblem:
        """Return the problem of a part, within ``most`` of the shared rows where it is given."""
        found, use = part_of(self.problem, self.blocks[number], self.split.shared, price)
        if most is None:
            return found.problem
        return replace(
            found.problem,
            use=sp.vstack([found.problem.use, sp.csc_array(use)], format="csc"),
            capacity=np.concatenate([found.problem.capacity, most]),
        )

    def used(self, number: int, allocation: Allocation) -> FloatArray:
        """Return (shared,) what a part takes of the shared rows."""
        found, use = part_of(
            self.problem, self.blocks[number], self.split.shared, np.zeros(self.split.shared.size)
        )
        solution = allocation.solution
        taken = use[:, found.problem.offer[solution.columns]] @ solution.quantity
        return np.asarray(taken, dtype=np.float64)


def solved(job: Job) -> Allocation:
    """Return the allocation of one part; where none is found in time, after some more.

    Raises:
        Infeasible, NoPlan: as ``solve``.
    """
    effort = job.effort
    for _ in range(PATIENCE):
        try:
            return solve(job.problem, effort, job.engine, job.solver)
        except NoPlan:
            effort = replace(effort, seconds=2 * effort.seconds)
    return solve(job.problem, effort, job.engine, job.solver)


Orders = Mapping[int, FloatArray | None]
"""Parts to be solved, and how much of the shared rows they may take where that is said."""


def _job(
    whole: _Whole,
    price: FloatArray,
    effort: Effort,
    engine: EngineName,
    solver: SolverName,
    part: int,
    most: FloatArray | None,
) -> Job:
    return Job(whole.part(part, price, most), effort, engine, solver)


def _solved(
    pool: Executor | None,
    orders: Orders,
    job: Callable[[int, FloatArray | None], Job],
    say: Progress,
) -> Iterator[tuple[int, Allocation]]:
    """Yield parts with their allocations as they come."""
    told = time.monotonic()
    found = _one_by_one(orders, job) if pool is None else _side_by_side(pool, orders, job)
    for done, (part, allocation) in enumerate(found, 1):
        yield part, allocation
        if time.monotonic() - told > 1 or done == len(orders):
            told = time.monotonic()
            say(f"{done} of {len(orders)} parts solved")


def _one_by_one(
    orders: Orders, job: Callable[[int, FloatArray | None], Job]
) -> Iterator[tuple[int, Allocation]]:
    for part, most in orders.items():
        yield part, solved(job(part, most))


def _side_by_side(
    pool: Executor, orders: Orders, job: Callable[[int, FloatArray | None], Job]
) -> Iterator[tuple[int, Allocation]]:
    waiting: dict[Future[Allocation], int] = {}
    for part, most in orders.items():
        waiting[pool.submit(solved, job(part, most))] = part
        if len(waiting) >= AHEAD:
            first = next(as_completed(waiting))
            yield waiting.pop(first), first.result()
    for future in as_completed(waiting):
        yield waiting[future], future.result()


@contextmanager
def _pool(executor: Executor | None, workers: int) -> Iterator[Executor | None]:
    if executor is not None or workers == 1:
        yield executor
        return
    with ExitStack() as stack:
        # a fresh process knows nothing of threads that the solver may have started here
        pool = ProcessPoolExecutor(workers, mp_context=get_context("spawn"))
        stack.callback(pool.shutdown, cancel_futures=True)
        yield pool


def _shared_prices(
    whole: _Whole, pool: Executor | None, effort: Effort, solver: SolverName, say: Progress
) -> FloatArray:
    """Return (shared,) prices of the shared rows, found on a sample of the parts."""
    problem, parts = whole.problem, whole.split
    none = np.zeros(parts.shared.size)
    lots = np.sort(np.random.default_rng(effort.seed).permutation(parts.parts)[:SAMPLE])
    columns, highest = 0, none
    for part in lots.tolist():
        small, use = part_of(problem, whole.blocks[part], parts.shared, none)
        columns += small.columns.size
        highest = np.maximum(highest, _dearest(small.problem, use))
    each = replace(effort, whole=False)
    orders: Orders = dict.fromkeys(lots.tolist())

    def ask(price: FloatArray) -> Answers:
        found = dict(
            _solved(pool, orders, partial(_job, whole, price, each, "auto", solver), _silent)
        )
        used = np.array([whole.used(part, found[part]) for part in lots.tolist()])
        worth = np.array([found[part].certificate.bound for part in lots.tolist()])
        say("prices of what is shared: " + ", ".join(f"{one:.4g}" for one in price.tolist()))
        return Answers(worth, used)

    return shared_prices(ask, columns / problem.columns * problem.capacity[parts.shared], highest)


def _dearest(problem: AllocationProblem, use: FloatArray) -> FloatArray:
    """Return (shared,) the most that a column is worth for a unit of a shared row that it uses."""
    best = np.full(problem.offers, -np.inf)
    np.maximum.at(best, problem.offer, problem.value)
    worth = np.where(use > 0, np.maximum(best, 0.0) / np.where(use > 0, use, 1.0), 0.0)
    return np.asarray(2.0 * worth.max(axis=1, initial=0.0), dtype=np.float64)


def _too_much(whole: _Whole, found: dict[int, Allocation]) -> dict[int, FloatArray]:
    """Return the parts to be solved again, with how much of the shared rows they may take."""
    shared = whole.split.shared
    capacity = whole.problem.capacity[shared]
    if shared.size == 0:
        return {}
    used = np.array([whole.used(part, found[part]) for part in range(whole.split.parts)])
    excess = used.sum(axis=0) - capacity
    over = excess > 1e-9 * np.maximum(np.abs(capacity), 1.0)
    if not over.any():
        return {}
    row = int(np.argmax(np.where(over, excess / np.maximum(np.abs(capacity), 1.0), -np.inf)))
    order = np.argsort(-np.abs(used[:, row]), kind="stable")
    give = GIVES * np.abs(used[order, row])
    needed = int(np.searchsorted(np.cumsum(give), excess[row])) + 1
    chosen = order[:needed]
    weight = np.abs(used[chosen])
    total = weight.sum(axis=0)
    cut = np.where(over, excess, 0.0) * weight / np.where(total > 0, total, 1.0)
    room = np.where(over, 0.0, -excess / needed)
    return {int(part): used[part] - cut[place] + room for place, part in enumerate(chosen.tolist())}


def _proven(allocation: Allocation) -> float:
    certificate = allocation.certificate
    bounds = (certificate.bound, certificate.linked_bound, certificate.better_bound)
    return min(bound for bound in bounds if bound is not None)


def _put_together(
    whole: _Whole,
    found: dict[int, Allocation],
    shared_price: FloatArray,
    effort: Effort,
    better: float,
    relaxation: float,
    seconds: float,
) -> Allocation:
    problem, shared = whole.problem, whole.split.shared
    price = np.zeros(problem.rows)
    price[shared] = shared_price
    columns, quantity, links = [], [], []
    none = np.zeros(shared.size)
    for part in range(whole.split.parts):
        solution = found[part].solution
        small, _ = part_of(problem, whole.blocks[part], shared, none)
        price[small.rows] = solution.price[: small.rows.size]
        columns.append(small.columns[solution.columns])
        quantity.append(solution.quantity)
        own = solution.links.row < small.rows.size
        links.append(
            Links(
                whole.blocks[part][solution.links.block[own]],
                small.rows[solution.links.row[own]],
                solution.links.price[own],
            )
        )
    every = np.concatenate(columns)
    order = np.argsort(every)
    answer = Solution(
        columns=every[order],
        quantity=np.concatenate(quantity)[order],
        price=price,
        engine=f"{whole.split.parts} parts, {found[0].solution.engine}",
        status="stopped",
        links=Links(
            np.concatenate([link.block for link in links]),
            np.concatenate([link.row for link in links]),
            np.concatenate([link.price for link in links]),
        ),
    )
    used = usage(problem, answer.columns, answer.quantity)[shared]
    if np.any(used - problem.capacity[shared] > 1e-6 * np.maximum(problem.capacity[shared], 1.0)):
        raise NoPlan("the parts take more than there is of what they share; allow more seconds")
    certificate = certify_in_parts(problem, answer, whole=effort.whole, parts=whole.split)
    if effort.whole:
        certificate = replace(certificate, better_bound=max(better, certificate.value))
    gap = certificate.better_gap
    status = "optimal" if gap <= PROVEN else "gap" if gap <= effort.gap else "stopped"
    return Allocation(
        solution=replace(answer, status=status),  # type: ignore[arg-type]
        certificate=certificate,
        relaxation=relaxation,
        seconds=seconds,
        log=(f"{whole.split.parts} parts share {shared.size} rows",),
    )


def _silent(_line: str) -> None:
    """Say nothing."""
