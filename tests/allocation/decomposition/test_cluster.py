"""Tests of plans made on a Dask cluster: the same plan, whatever happens to its workers."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from recommender.allocation import Effort
from recommender.allocation.decomposition import cluster, solve_in_parts
from recommender.allocation.decomposition.cluster import ClusterError, on_cluster

distributed = pytest.importorskip("distributed")

WHOLE = Effort(gap=0.001, seconds=900)
"""So much time that it is never up, even on a busy machine."""


@pytest.fixture(autouse=True)
def _always_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("recommender.allocation.decomposition.split.COLUMNS", 1)
    monkeypatch.setattr("recommender.allocation.decomposition.coordination.LARGE", 0)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A scheduler with two workers that live in this process."""
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=False, dashboard_address=None,
        protocol="tcp", silence_logs=50,
    ) as local:  # fmt: skip
        yield local.scheduler_address


def same(one, other) -> None:
    """Hold two allocations to be the same to the last bit."""
    assert np.array_equal(one.solution.columns, other.solution.columns)
    assert np.array_equal(one.solution.quantity, other.solution.quantity)
    assert np.array_equal(one.solution.price, other.solution.price)
    assert one.certificate.linked_bound == other.certificate.linked_bound
    assert one.certificate.better_bound == other.certificate.better_bound


def test_a_cluster_makes_the_same_plan_as_one_machine(country_of, address) -> None:
    problem = country_of(regions=3, seed=2)
    with on_cluster(address) as workers:
        assert workers.count == 2
        found = solve_in_parts(problem, WHOLE, workers=workers)
    assert "parts" in found.solution.engine
    same(solve_in_parts(problem, WHOLE), found)


def test_what_goes_wrong_on_a_worker_is_raised_here(country_of, address, monkeypatch) -> None:
    monkeypatch.setattr(cluster, "solve_part", _breaks)
    with on_cluster(address) as workers, pytest.raises(ZeroDivisionError):
        solve_in_parts(country_of(regions=2), WHOLE, workers=workers)


def _breaks(_part, _order):
    return 1 / 0


def test_workers_of_another_version_are_refused(address, monkeypatch) -> None:
    told = iter(["9.9.9", "1.0", "1.0"])
    monkeypatch.setattr(cluster, "versions", lambda: {"recommender": next(told)})
    with pytest.raises(ClusterError, match=r"has recommender 1\.0 and this machine 9\.9\.9"):
        _connect(address)


def test_a_worker_without_the_program_is_named_with_a_remedy(address, monkeypatch) -> None:
    monkeypatch.setattr(cluster, "versions", _only_here(os.getpid()))
    with pytest.raises(ClusterError, match=r"install recommender .* there"):
        _connect(address)


def _only_here(_process):
    calls = iter([True])

    def versions():
        if next(calls, False):
            return {"recommender": "1"}
        raise ModuleNotFoundError("recommender")

    return versions


def _connect(address: str) -> None:
    with on_cluster(address):
        pass


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "nonsense://", "tcp://"])
def test_a_scheduler_that_does_not_answer_is_named_with_a_remedy(address, monkeypatch) -> None:
    monkeypatch.setattr(cluster, "PATIENCE", 0.5)
    with pytest.raises(ClusterError, match="start one with `dask scheduler`"):
        _connect(address)


def test_a_scheduler_without_workers_is_named_with_a_remedy(monkeypatch, tmp_path) -> None:
    with machines(tmp_path, 0) as (address, _):
        monkeypatch.setattr(cluster, "PATIENCE", 0.5)
        with pytest.raises(ClusterError, match="has no workers"):
            _connect(address)


def test_without_dask_the_extra_is_named(monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ClusterError, match=r"recommender\[cluster\]"):
        _connect("tcp://127.0.0.1:9")


@contextmanager
def running(*words: str, folder: Path) -> Iterator[subprocess.Popen[str]]:
    """A process of Dask that ends with the block; what it says goes to a file of the folder."""
    with (folder / "said.txt").open("a") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "distributed.cli." + words[0], *words[1:]],
            stdout=said, stderr=said, text=True, cwd=folder,
        )  # fmt: skip
        try:
            yield process
        finally:
            process.kill()
            process.wait()


@contextmanager
def machines(folder: Path, workers: int) -> Iterator[tuple[str, list[subprocess.Popen[str]]]]:
    """A scheduler and so many workers, each a process of its own, as on several machines."""
    from contextlib import ExitStack

    with ExitStack() as stack:
        where = folder / "scheduler.json"
        scheduler = ("dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard",
                     "--scheduler-file", str(where))  # fmt: skip
        stack.enter_context(running(*scheduler, folder=folder))
        worker = ("dask_worker", "--scheduler-file", str(where), "--no-nanny", "--no-dashboard",
                  "--nthreads", "1", "--host", "127.0.0.1")  # fmt: skip
        while not where.exists():
            time.sleep(0.1)
        hands = [stack.enter_context(running(*worker, folder=folder)) for _ in range(workers)]
        with distributed.Client(scheduler_file=str(where), set_as_default=False) as client:
            if workers:
                client.wait_for_workers(workers, timeout=60)
            address = client.scheduler.address
        yield address, hands


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="kills as POSIX does")
def test_a_worker_that_is_killed_in_the_middle_changes_nothing(country_of, tmp_path) -> None:
    problem = country_of(regions=8, units=20, groups=True, seed=2)
    alone = solve_in_parts(problem, WHOLE)
    with machines(tmp_path, 3) as (address, hands):
        killed: list[int] = []

        def kill_one(line: str) -> None:
            if " parts solved" in line and not killed:
                hands[0].send_signal(signal.SIGKILL)
                killed.append(hands[0].wait())

        with on_cluster(address) as workers:
            assert workers.count == 3
            found_by_two = solve_in_parts(problem, WHOLE, progress=kill_one, workers=workers)
        assert killed == [-signal.SIGKILL]
    same(alone, found_by_two)


def test_the_command_ends_with_74_before_any_long_work(tmp_path, monkeypatch, capsys) -> None:
    from recommender.cli.main import run

    monkeypatch.setattr(cluster, "PATIENCE", 0.5)
    code = run(["plan", str(tmp_path), "--cluster", "tcp://127.0.0.1:9"])
    assert code == 74
    assert "no scheduler of a cluster answers at tcp://127.0.0.1:9" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
