"""A table of ours against its peers: ``python -m tests.benchmarks [--sizes 1000] [--peers ...]``.

Every measurement runs in a process of its own, one at a time, on one thread, so that peak memory
is its own and no run warms another.  Seconds are those of the processor, children included: what
would pass on a machine that does nothing else.  A peer that takes longer than the time-out is said
to.  ``pools``, ``region`` and ``qini`` are described in ``families.py``.  The second table is of
the commands ``plan`` and ``verify`` on countries of ``country.py``, from Parquet files to a plan
that was worked out again (see ``scale.py``, which says more).
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from tests.benchmarks.runs import RUNS
from tests.benchmarks.scale import HEAD, growth, measured

RELAXED, WHOLE, PATH = "ours relaxation", "ours whole", "ours path"
AGAIN = ("ours again, relaxation", "ours again, whole")
PEERS = [name for name in RUNS if not name.startswith("ours")]
INTEGER = "HiGHS MIP"

PATIENCE = 10
"""How many time-outs ours may take, so that the table always has its row."""

PIPELINE = (10_000, 30_000, 100_000, 300_000, 1_500_000)
"""Pupils of the countries that go through the commands."""

HOW = ("--gap", "0.5%", "--seconds", "6000", "--workers", "2")
"""How ``plan`` is told to solve them."""


@dataclass(frozen=True, slots=True)
class Task:
    """One measurement: who, on which instance, within how many processor seconds."""

    name: str
    family: str
    size: int
    seconds: float


def main() -> None:
    """Run what was asked for and print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="*", default=[1_000, 10_000, 100_000])
    parser.add_argument("--peers", nargs="*", choices=PEERS, default=PEERS)
    parser.add_argument("--timeout", type=float, default=300.0, help="processor seconds of a peer")
    parser.add_argument("--largest", type=int, default=1_500_000, help="for ours only; 0 for none")
    parser.add_argument("--units", type=int, default=1_000_000, help="of qini; 0 for none")
    parser.add_argument("--pupils", type=int, default=1_800, help="of region; 0 for none")
    parser.add_argument(
        "--pipeline", type=int, nargs="*", default=PIPELINE, help="pupils of whole countries"
    )
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args()
    tasks = list(_tasks(chosen))
    print(f"seed {chosen.seed}, Python {sys.version.split()[0]}, processor seconds on one thread")
    print("| family | units | engine | build s | solve s | peak GB | value | bound | gap | ratio |")
    print("|---|---:|---|---:|---:|---:|---:|---:|---:|---:|")
    taken: dict[tuple[str, int], float] = {}
    for task in tasks:
        found = measure(task, chosen.seed)
        if found is not None:
            taken[task.name, task.size] = (found["build"] or 0.0) + (found["solve"] or 0.0)
        print(line(task, found, taken), flush=True)
    for name in (RELAXED, WHOLE):
        exponent = growth([(size, s) for (who, size), s in taken.items() if who == name])
        if exponent is not None:
            print(f"{name}: time grows as pupils to the power {exponent:.2f} from 10,000 on")
    if chosen.pipeline:
        print("\n" + HEAD)
        whole = measured(chosen.pipeline, "schools", HOW, None, stages=False)
        exponent = growth(whole["all", "plan and verify"])
        if exponent is not None:
            print(f"plan and verify: time grows as pupils to the power {exponent:.2f}")


def _tasks(chosen: argparse.Namespace) -> Iterator[Task]:
    own = PATIENCE * chosen.timeout
    for size in chosen.sizes:
        yield Task(RELAXED, "pools", size, own)
        yield Task(WHOLE, "pools", size, own)
        for name in chosen.peers:
            # whole pupils beyond 10,000 are out of reach of any time-out
            if name != INTEGER or size <= 10_000:
                yield Task(name, "pools", size, chosen.timeout)
    if chosen.largest:
        yield Task(RELAXED, "pools", chosen.largest, own)
        yield Task(WHOLE, "pools", chosen.largest, 2 * own)
    if chosen.units:
        yield Task(PATH, "qini", chosen.units, own)
    if chosen.pupils:
        for name in AGAIN:
            yield Task(name, "region", chosen.pupils, own)


def line(
    task: Task, found: dict[str, float | None] | None, taken: dict[tuple[str, int], float]
) -> str:
    """Return a row of the table.

    The ratio of a peer is its build and solve against those of ours, of the same kind; that of a
    run that begins from an earlier plan is the same problem solved from nothing against it.
    """
    head = f"| {task.family} | {task.size:,} | {task.name} |"
    if found is None:
        return f"{head} | > {task.seconds:.0f} | | | | | |"
    total = taken[task.name, task.size]
    own = taken.get((WHOLE if task.name == INTEGER else RELAXED, task.size))
    ratio = ""
    if task.name in PEERS and own:
        ratio = f"{total / own:.1f}"
    elif found.get("cold") is not None:
        ratio = f"{(found['cold'] or 0.0) / total:.1f} from nothing"
    gap = "" if found["gap"] is None else f"{found['gap']:.2%}"
    bound = "" if found["bound"] is None else f"{found['bound']:.4f}"
    return (
        f"{head} {found['build']:.2f} | {found['solve']:.2f} | {found['peak']:.2f} |"
        f" {found['value']:.4f} | {bound} | {gap} | {ratio} |"
    )


def measure(task: Task, seed: int) -> dict[str, float | None] | None:
    """Return what one run in a process of its own measured, or None if it took too long."""
    what = [task.name, task.family, str(task.size), str(seed), str(task.seconds)]
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.runs", *what],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        if done.stderr.strip():
            print(f"{task.name}: {done.stderr.strip().splitlines()[-1]}", file=sys.stderr)
        return None
    found: dict[str, float | None] = json.loads(done.stdout.splitlines()[-1])
    return found


if __name__ == "__main__":
    main()
