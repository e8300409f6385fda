"""``on_cluster``: the machines of a Dask cluster as those who answer for parts.

Parts go to the scheduler once, as numbers without ids or names; after that every order says prices
and rooms only.  The scheduler keeps what it was sent, so what a machine that is lost had in hand is
done again by another.  This is the one module that knows Dask; it is imported when it is asked for.
"""

from __future__ import annotations

import platform
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from recommender.allocation.decomposition.parts import Answer, Order, Part, solve_part
from recommender.allocation.decomposition.workers import PartOf, Workers
from recommender.errors import RecommenderError
from recommender.version import __version__

PATIENCE = 10.0
"""Seconds within which a scheduler and its first worker must show themselves."""

AHEAD = 2
"""Parts that are under way for every thread of the cluster, so that none has to wait."""


class ClusterError(RecommenderError):
    """A cluster that cannot be used as it is (exit 74)."""

    exit_code = 74


class Cluster:
    """The workers of a Dask cluster."""

    def __init__(self, client: Any, count: int) -> None:
        """Remember the connection.

        Args:
            client: a connected ``distributed.Client``.
            count: how many tasks its workers do at a time.
        """
        self.count = count
        self._client = client
        self._held: dict[int, Any] = {}

    def answers(self, part: PartOf, orders: Mapping[int, Order]) -> Iterator[tuple[int, Answer]]:
        """Yield answers as they come.

        Raises:
            ClusterError: if workers die again and again, or the scheduler is lost.
        """
        import distributed

        waiting = list(orders)[::-1]
        as_completed: Any = distributed.as_completed
        coming = as_completed(loop=self._client.loop, with_results=True, raise_errors=False)
        asked: dict[str, int] = {}

        def send() -> None:
            while waiting and len(asked) < AHEAD * self.count:
                number = waiting.pop()
                held = self._part(number, part)
                future = self._client.submit(solve_part, held, orders[number], pure=False)
                asked[future.key] = number
                coming.add(future)

        try:
            send()
            while asked:
                future, found = next(coming)
                number = asked.pop(future.key)
                if not isinstance(found, Answer):
                    raise _lost(future)
                send()
                yield number, found
        finally:
            # nobody waits for what is still under way
            self._client.cancel([future for future in coming.futures if future.key in asked])

    def _part(self, number: int, part: PartOf) -> Any:
        if number not in self._held:
            # a task whose result is its argument: unlike data that are scattered, the scheduler
            # can make it again when the worker that holds it is lost
            self._held[number] = self._client.submit(_itself, part(number).numbers, pure=False)
        return self._held[number]


@contextmanager
def on_cluster(address: str) -> Iterator[Workers]:
    """Connect to the scheduler of a Dask cluster, and let go of it in the end.

    Args:
        address: such as ``tcp://host:8786``.

    Raises:
        ClusterError: if Dask is not installed here, nobody answers at the address, there are no
            workers, or they have other versions of Python or of this program.
    """
    try:
        import dask
        import distributed
    except ImportError:
        raise ClusterError(
            "a cluster needs Dask: install the program with its extra, recommender[cluster]"
        ) from None
    try:
        with dask.config.set({"distributed.comm.timeouts.connect": f"{PATIENCE:g}s"}):
            connect: Any = distributed.Client
            client = connect(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError) as error:
        raise ClusterError(
            f"no scheduler of a cluster answers at {address}; start one with `dask scheduler`"
            " and give the address that it tells"
        ) from error
    try:
        yield Cluster(client, _agreed(client, address))
    finally:
        client.close(timeout=PATIENCE)


def _agreed(client: Any, address: str) -> int:
    """Return how many threads the workers have, all of them with the versions of this machine."""
    try:
        client.wait_for_workers(1, timeout=PATIENCE)
    except TimeoutError:
        raise ClusterError(
            f"the cluster at {address} has no workers; start some with `dask worker {address}`"
        ) from None
    here = versions()
    for worker, found in sorted(client.run(versions, on_error="return").items()):
        if not isinstance(found, dict):
            raise ClusterError(
                f"the worker {worker} cannot run this program; install recommender {__version__}"
                " there, with its extra recommender[cluster]"
            )
        for name, version in here.items():
            if found.get(name) != version:
                raise ClusterError(
                    f"the worker {worker} has {name} {found.get(name)} and this machine {version};"
                    " use the same everywhere"
                )
    threads: dict[str, int] = client.nthreads()
    return max(1, sum(threads.values()))


def versions() -> dict[str, str]:
    """Return the versions on which the numbers of a plan depend."""
    import highspy
    import numpy as np
    import scipy

    python = ".".join(platform.python_version_tuple()[:2])
    return {
        "recommender": __version__,
        "Python": python,
        "numpy": np.__version__,
        "scipy": scipy.__version__,
        "highspy": _version_of(highspy),
    }


def _version_of(module: Any) -> str:
    from importlib.metadata import version

    return version(module.__name__)


def _itself(part: Part) -> Part:
    return part


def _lost(future: Any) -> Exception:
    """Return what to raise for a task that ended without an answer."""
    if future.status != "error":
        return ClusterError("the scheduler of the cluster was lost; start it again and plan again")
    error = future.exception()
    if type(error).__name__ == "KilledWorker":
        return ClusterError(
            "workers of the cluster died again and again, perhaps for want of memory; give them"
            " more memory or fewer threads"
        )
    return error if isinstance(error, Exception) else RuntimeError(type(error).__name__)
