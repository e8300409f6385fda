"""``solve_in_parts``: Lagrangian decomposition of a large problem over its shared rows.

What all parts share - a budget - gets one price, found on a sample of them.  Every part is then
solved for itself, its values net of that price.  Whatever the price, the bounds of the parts and
the price of the shared capacity add up to a bound of the whole (Lagrangian duality), so the
certificate is as good as if everything had been solved at once.  Where the parts together take
more than there is, those that take most are solved again within less; where they leave what has a
price, within more.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from typing import NoReturn

import numpy as np
import scipy.sparse as sp

from recommender.allocation import (
    Allocation,
    AllocationProblem,
    Effort,
    EngineName,
    Infeasible,
    Links,
    NoPlan,
    Solution,
    SolverName,
    Start,
    solve,
)
from recommender.allocation.decomposition.certificate import certify_in_parts
from recommender.allocation.decomposition.parts import Answer, Order, Part
from recommender.allocation.decomposition.shared_prices import PartBounds, shared_prices
from recommender.allocation.decomposition.split import Split, part_of, split
from recommender.allocation.decomposition.workers import Processes, Sequential, Workers
from recommender.allocation.model.problem import BoolArray, FloatArray, IntArray
from recommender.allocation.model.solution import TOLERANCE, row_scale
from recommender.allocation.solve import status_of

LARGE = 200_000
"""Columns from which a problem is solved in parts, if it has any."""

SAMPLE = 8
"""Parts on which the prices of shared rows are found."""

LEAST = 20.0
"""Seconds that every part may take, even where the time for all is over: half a plan is none."""

ROUNDS = 6
"""How often parts are solved again because all take too much together, or too little."""

GIVES = 0.15
"""The share of what it takes that a part gives up at first, at most; twice that the next time."""

IDLE = 0.05
"""The share of the gap asked for that may come from what is left of shared rows with a price."""

OWN = 0.9
"""The share of the gap asked for that parts may have where they share rows."""

REACHED = 0.8
"""The share of a gap within which a part is solved that has to make up for others."""

FULL = 0.5 * TOLERANCE
"""How far the parts together may exceed a shared row, relative to its scale: the solvers' own
accuracy, and half of what the certificate lets pass."""

Progress = Callable[[str], None]


def solve_in_parts(
    problem: AllocationProblem,
    effort: Effort | None = None,
    engine: EngineName = "auto",
    solver: SolverName = "highs",
    progress: Progress | None = None,
    workers: Workers | None = None,
    start: Start | None = None,
) -> Allocation:
    """Return the best allocation found within an effort, certified; large problems in parts.

    The bounds are the same whoever solves the parts, unless some part runs out of time; so is the
    choice, as far as the solver repeats itself in another process.

    Args:
        problem, effort, engine, solver, progress: as of ``solve``, which gets the whole problem
            where it is small, does not fall apart, or the engine is ``exact``.  The seconds are
            shared out among the parts, with a least that keeps a plan possible.
        workers: who solves the parts; ``effort.workers`` processes of this machine if None.
        start: as of ``solve``; parts begin from nothing.

    Raises:
        Infeasible, NoPlan, CertificateError, ValueError: as ``solve``.
        KeyboardInterrupt: if Ctrl-C comes before every part has a plan.
        AllocationError: if processes that solve parts die again and again.
    """
    effort = effort or Effort()
    say = progress or _silent
    if problem.columns < LARGE or engine == "exact":
        if workers is not None:
            say("the problem is not large: it is solved here")
        return solve(problem, effort, engine, solver, progress, start)
    began = time.monotonic()
    parts = split(problem)
    if parts is None:
        say("the problem does not fall into parts")
        return solve(problem, effort, engine, solver, progress, start)
    master = _MasterProblem(problem, parts, parts.blocks(), row_scale(problem)[parts.shared])
    master.refuse_impossible()
    say(f"{parts.parts} parts share {parts.shared.size} rows")
    with _at_work(workers, effort.workers) as at_work:
        work = _Work(master, at_work, effort, engine, solver, say, began)
        found = work.solved()
        if found is not None:
            return work.put_together(found)
    say("the parts cannot agree on what they share: all are solved together")
    return solve(problem, effort, engine, solver, progress, start)


@dataclass(frozen=True, eq=False, slots=True)
class _MasterProblem:
    """A problem with its parts.

    Attributes:
        blocks: the blocks of every part.
        scale: (shared,) the size of the numbers of the shared rows.
    """

    problem: AllocationProblem
    split: Split
    blocks: list[IntArray]

    scale: FloatArray

    @property
    def capacity(self) -> FloatArray:
        """Return (shared,) what there is of the shared rows."""
        return self.problem.capacity[self.split.shared]

    def excess(self, chosen: dict[int, Answer]) -> FloatArray:
        """Return (shared,) how much more than there is the parts take together."""
        return sum((answer.used for answer in chosen.values()), start=-self.capacity)

    def fits(self, chosen: dict[int, Answer]) -> bool:
        """Return whether the parts together take no more than there is."""
        return bool(np.all(self.excess(chosen) <= FULL * self.scale))

    def part(self, number: int) -> Part:
        """Return a part."""
        shared = self.split.shared
        blocks = self.blocks[number]
        found, use = part_of(self.problem, blocks, shared)
        return Part(found.problem, sp.csc_array(use), found.columns, blocks, found.rows)

    def refuse_impossible(self) -> None:
        """Refuse floors that nothing can meet, which no part would know of.

        Raises:
            Infeasible: if a row that no column uses has a negative capacity.
        """
        problem = self.problem
        used: BoolArray = np.zeros(problem.rows, dtype=np.bool_)
        offers = np.unique(problem.offer)
        used[problem.use[:, offers].indices] = True
        if (lost := np.flatnonzero(~used & (problem.capacity < 0))).size:
            raise Infeasible(tuple(lost.tolist()))


@dataclass(frozen=True, eq=False, slots=True)
class _Found:
    """What the parts have said.

    Attributes:
        price: (shared,) of the shared rows.
        proofs: of every part, the answer to that price alone: its prices prove the bound.
        chosen: of every part, the answer whose choice is taken.
    """

    price: FloatArray
    proofs: dict[int, Answer]
    chosen: dict[int, Answer]


@dataclass(frozen=True, eq=False, slots=True)
class _Work:
    """The solving of one problem in parts."""

    master: _MasterProblem
    workers: Workers
    effort: Effort
    engine: EngineName
    solver: SolverName
    say: Progress
    began: float

    def left(self) -> float:
        """Return how many seconds are left."""
        return self.effort.seconds - (time.monotonic() - self.began)

    def solved(self) -> _Found | None:
        """Return what the parts say, or None where they take too much together whatever is tried.

        Raises:
            Infeasible, NoPlan: if a part has no plan.
        """
        parts = range(self.master.split.parts)
        shared = self.master.split.shared.size
        price = self.shared_prices() if shared else np.zeros(0)
        share = OWN if shared and self.effort.whole else 1.0
        effort = replace(self.each(share), thorough=not self.effort.whole)
        order = Order(price, None, effort, self.engine, self.solver)
        answers = self.ask(dict.fromkeys(parts, order))
        for part in parts:
            self.refuse(part, answers[part])
        answers = self.within_gap(answers, order, share * self.effort.gap)
        found = _Found(price, answers, dict(answers))
        if shared == 0:
            return found
        return self.agreed(found)

    def within_gap(self, answers: dict[int, Answer], order: Order, gap: float) -> dict[int, Answer]:
        """Return answers of which all together are within a gap, as far as there is time for it.

        What counts is the sum: parts that miss the gap by a little are outweighed by others, and
        only as many as needed are solved again with all that the solver can do, the worst first.
        """
        answers = dict(answers)
        if not self.effort.whole:
            return answers
        parts = np.array(list(answers))
        lost = np.array([answers[part].absolute_gap for part in parts.tolist()])
        scale = np.array([answers[part].scale for part in parts.tolist()])
        excess = float(lost.sum() - gap * scale.sum())
        over = np.maximum(lost - REACHED * gap * scale, 0.0)
        order_of = np.argsort(-over, kind="stable")
        count = int(np.searchsorted(np.cumsum(over[order_of]), excess)) + 1
        worst = parts[order_of[:count][over[order_of[:count]] > 0]].tolist()
        if excess <= 0 or not worst:
            return answers
        self.say(f"{len(worst)} parts are solved again, nearer to the best")
        effort = replace(self.each(1.0), gap=REACHED * gap)
        again = self.ask({part: replace(order, effort=effort) for part in worst})
        for part, answer in again.items():
            if answer.allocation is not None and answer.absolute_gap < answers[part].absolute_gap:
                answers[part] = answer
        return answers

    def within(self, found: _Found, part: int, most: FloatArray) -> Order:
        """Return what is asked of a part that may take so much of the shared rows, at no price."""
        start, proof = None, found.proofs[part].allocation
        if proof is not None:
            prices = np.concatenate([proof.solution.price, found.price])
            start = Start(
                prices, proof.solution.columns, proof.solution.quantity, proof.solution.links
            )
        none = np.zeros_like(found.price)
        return Order(none, most, self.each(OWN), self.engine, self.solver, start)

    def agreed(self, found: _Found) -> _Found | None:
        """Return what the parts say once they take no more than there is, and leave little."""
        master = self.master
        best: dict[int, Answer] | None = None
        stiff: set[int] = set()
        try:
            for attempt in range(ROUNDS):
                fits = master.fits(found.chosen)
                if fits:
                    best = dict(found.chosen)
                    if self.left() <= 0 or self.idle(found) <= 0:
                        break
                gives = min(GIVES * 2**attempt, 1.0)
                most = _to_take(found, master, gives, stiff)
                if not most:
                    break
                self.say(f"{len(most)} parts are solved again within {'more' if fits else 'less'}")
                again = self.ask({part: self.within(found, part, most[part]) for part in most})
                for part, answer in again.items():
                    no_better = fits and answer.value <= found.chosen[part].value
                    if answer.allocation is not None and not no_better:
                        found.chosen[part] = answer
                    elif gives == 1.0 or not fits:
                        stiff.add(part)
            if master.fits(found.chosen):
                best = found.chosen
        except KeyboardInterrupt:
            if best is None:
                raise
        return None if best is None else replace(found, chosen=best)

    def idle(self, found: _Found) -> float:
        """Return how much too much is left of shared rows with a price, in worth."""
        value = sum(answer.value for answer in found.chosen.values())
        left = float(found.price @ -self.master.excess(found.chosen))
        return left - IDLE * self.effort.gap * abs(value)

    def each(self, share: float) -> Effort:
        """Return the effort for one part, with a share of the gap."""
        seconds = max(LEAST, self.left() * self.workers.count / self.master.split.parts)
        return replace(self.effort, gap=share * self.effort.gap, seconds=seconds, workers=1)

    def ask(self, orders: dict[int, Order], *, quietly: bool = False) -> dict[int, Answer]:
        """Return what parts answer."""
        reported = time.monotonic()
        found: dict[int, Answer] = {}
        for part, answer in self.workers.answers(self.master.part, orders):
            found[part] = answer
            if quietly or (time.monotonic() - reported < 1 and len(found) < len(orders)):
                continue
            reported = time.monotonic()
            self.say(f"{len(found)} of {len(orders)} parts solved")
        # in the order asked: sums over parts must not depend on who was first
        return {part: found[part] for part in orders}

    def refuse(self, number: int, answer: Answer) -> None:
        """Refuse a part without a plan.

        Raises:
            Infeasible, NoPlan: if it has none.
        """
        if answer.failure:
            _raise(answer, self.master.part(number))

    def shared_prices(self) -> FloatArray:
        """Return (shared,) prices of the shared rows, found on a sample of the parts."""
        master, shared = self.master, self.master.split.shared.size
        rng = np.random.default_rng(self.effort.seed)
        lots = np.sort(rng.permutation(master.split.parts)[:SAMPLE]).tolist()
        columns, highest = 0, np.zeros(shared)
        for number in lots:
            part = master.part(number)
            columns += part.columns.size
            highest = np.maximum(highest, _dearest(part))
        effort = replace(self.effort, whole=False, workers=1)
        starts: dict[int, Start] = {}

        def ask(price: FloatArray) -> PartBounds:
            order = Order(price, None, effort, "auto", self.solver)
            found = self.ask(
                {number: replace(order, start=starts.get(number)) for number in lots}, quietly=True
            )
            for number in lots:
                self.refuse(number, found[number])
                if (relaxed := found[number].allocation) is not None:
                    starts[number] = Start(relaxed.solution.price)
            shown = ", ".join(f"{one:.4g}" for one in price.tolist())
            self.say(f"prices of what is shared: {shown}")
            return PartBounds(
                np.array([found[number].proven for number in lots]),
                np.array([found[number].used for number in lots]),
            )

        there = columns / master.problem.columns * master.capacity
        return shared_prices(ask, there, highest, lambda: self.left() <= 0)

    def put_together(self, found: _Found) -> Allocation:
        """Return the allocation of the whole."""
        master, shared, effort = self.master, self.master.split.shared, self.effort
        problem = master.problem
        price = np.zeros(problem.rows)
        price[shared] = found.price
        columns, quantity, links = [], [], []
        for number in range(master.split.parts):
            part = master.part(number)
            proof, choice = found.proofs[number].allocation, found.chosen[number].allocation
            if proof is None or choice is None:
                raise RuntimeError("a part without a plan is put together")
            price[part.rows] = proof.solution.price
            columns.append(part.columns[choice.solution.columns])
            quantity.append(choice.solution.quantity)
            own = proof.solution.links
            links.append(Links(part.blocks[own.block], part.rows[own.row], own.price))
        every = np.concatenate(columns)
        order = np.argsort(every)
        some = next(iter(found.proofs.values())).allocation
        solution = Solution(
            columns=every[order],
            quantity=np.concatenate(quantity)[order],
            price=price,
            engine=f"{master.split.parts} parts, {some.solution.engine if some else ''}",
            status="stopped",
            links=Links(
                np.concatenate([link.block for link in links]),
                np.concatenate([link.row for link in links]),
                np.concatenate([link.price for link in links]),
            ),
        )
        certificate = certify_in_parts(problem, solution, integer=effort.whole, parts=master.split)
        for_shared = float(found.price @ master.capacity)
        if effort.whole:
            proven = for_shared + sum(answer.proven for answer in found.proofs.values())
            certificate = replace(certificate, better_bound=max(proven, certificate.value))
        relaxed = [answer.allocation.relaxation for answer in found.proofs.values()
                   if answer.allocation is not None]  # fmt: skip
        return Allocation(
            solution=replace(solution, status=status_of(certificate, effort)),
            certificate=certificate,
            relaxation=np.inf if shared.size else sum(relaxed),
            seconds=time.monotonic() - self.began,
            log=(f"{master.split.parts} parts share {shared.size} rows",),
        )


def _at_work(workers: Workers | None, processes: int) -> AbstractContextManager[Workers]:
    if workers is not None:
        return nullcontext(workers)
    return Processes(processes) if processes > 1 else nullcontext(Sequential())


def _raise(answer: Answer, part: Part) -> NoReturn:
    if answer.failure == "infeasible":
        raise Infeasible(tuple(part.rows[list(answer.rows)].tolist()))
    raise NoPlan("no plan was found for a part of the problem; allow more seconds")


def _dearest(part: Part) -> FloatArray:
    """Return (shared,) a price of every shared row at which no column would still change for it."""
    problem = part.problem
    best = np.zeros(problem.offers)
    np.maximum.at(best, problem.offer, np.abs(problem.value))
    table = sp.coo_array(part.use)
    highest = np.zeros(part.use.shape[0])
    some = table.data != 0
    np.maximum.at(highest, table.row[some], best[table.col[some]] / np.abs(table.data[some]))
    return 2.0 * highest


def _to_take(
    found: _Found, master: _MasterProblem, gives: float, stiff: set[int]
) -> dict[int, FloatArray]:
    """Return the parts to be solved again, with how much of the shared rows they may take.

    Args:
        found: what the parts say now.
        master: the problem.
        gives: the share of what it takes that a part gives up, or takes more, at most.
        stiff: parts that are left as they are.
    """
    able = np.array(sorted(found.chosen.keys() - stiff), dtype=np.int64)
    if able.size == 0:
        return {}
    used = np.array([found.chosen[part].used for part in able.tolist()])
    excess = master.excess(found.chosen)
    over = excess > FULL * master.scale
    judged = np.where(over, excess / master.scale, -np.inf) if over.any() else -excess * found.price
    row = int(np.argmax(judged))
    order = np.argsort(-np.abs(used[:, row]), kind="stable")
    given = np.cumsum(gives * np.abs(used[order, row]))
    chosen = order[: int(np.searchsorted(given, abs(excess[row]))) + 1]
    weight = np.abs(used[chosen])
    total = weight.sum(axis=0)
    share = np.where(total > 0, weight / np.where(total > 0, total, 1.0), 1.0 / chosen.size)
    return {
        int(able[part]): used[part] - share[place] * excess
        for place, part in enumerate(chosen.tolist())
    }


def _silent(_line: str) -> None:
    """Say nothing."""
