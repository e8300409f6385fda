"""Workers: those who answer for the parts of a problem - this process, several, or a cluster.

What comes back does not depend on who they are, only the order in which it comes.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager, suppress
from multiprocessing.connection import wait as wait_for
from types import TracebackType
from typing import Protocol, Self

from recommender.allocation import AllocationError
from recommender.allocation.decomposition.parts import Answer, Order, Part, solve_part

AHEAD = 2
"""Parts that wait for every process, so that not all of them are in memory at once."""

DEATHS = 3
"""How often processes may die before it is given up."""

PartOf = Callable[[int], Part]


class Workers(Protocol):
    """Whoever answers for parts.

    Attributes:
        count: how many parts are answered for at a time.
    """

    @property
    def count(self) -> int:
        """Return how many parts are answered for at a time."""

    def answers(self, part: PartOf, orders: Mapping[int, Order]) -> Iterator[tuple[int, Answer]]:
        """Yield the number of every part that is asked, with its answer, as they come.

        Args:
            part: gives a part by its number.
            orders: what is asked, by the number of the part.
        """


class Sequential:
    """This process, one part after the other."""

    count = 1

    def answers(self, part: PartOf, orders: Mapping[int, Order]) -> Iterator[tuple[int, Answer]]:
        """Yield answers in the order of the orders."""
        for number, order in orders.items():
            yield number, solve_part(part(number), order)


class Processes(AbstractContextManager["Processes"]):
    """Several processes of this machine, started when first needed and ended with the block.

    A process that dies (killed for its memory, say) is replaced and its parts are asked again.
    """

    def __init__(self, count: int) -> None:
        """Remember how many processes there may be."""
        self.count = count
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._end(kill=kind is not None)

    def answers(self, part: PartOf, orders: Mapping[int, Order]) -> Iterator[tuple[int, Answer]]:
        """Yield answers as they come.

        Raises:
            AllocationError: if processes die again and again.
        """
        waiting = list(orders)[::-1]
        running: dict[Future[Answer], int] = {}
        deaths = 0
        try:
            while waiting or running:
                try:
                    while waiting and len(running) < AHEAD * self.count:
                        number = waiting[-1]
                        job = part(number).numbers, orders[number]
                        running[self._started().submit(solve_part, *job)] = waiting.pop()
                    done, _ = wait(running, return_when=FIRST_COMPLETED)
                    found = [(running[future], future.result()) for future in done]
                except BrokenProcessPool:
                    deaths += 1
                    self._end(kill=True)
                    if deaths == DEATHS:
                        raise AllocationError(
                            f"processes that solve parts died {DEATHS} times, perhaps for want"
                            " of memory; use fewer --workers"
                        ) from None
                    waiting += sorted(running.values(), reverse=True)
                    running.clear()
                else:
                    for future in done:
                        del running[future]
                    yield from found
        finally:
            if running:
                # nobody waits for these any more
                self._end(kill=True)

    def _started(self) -> ProcessPoolExecutor:
        if self._pool is None:
            # a fresh process knows nothing of threads that the solver may have started here
            context = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(
                self.count, mp_context=context, initializer=_initialise
            )
        return self._pool

    def _end(self, *, kill: bool) -> None:
        pool, self._pool = self._pool, None
        if pool is None:
            return
        if kill:
            # without waiting for what nobody wants any more
            for process in list((getattr(pool, "_processes", None) or {}).values()):
                with suppress(OSError, ValueError):
                    process.terminate()
        pool.shutdown(wait=True, cancel_futures=True)


def _initialise() -> None:
    """Leave Ctrl-C to the process that asked, and end when it ends, however it does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _end_with(sentinel: int) -> None:
    wait_for([sentinel])
    os._exit(1)
