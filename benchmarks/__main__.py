"""A table of ours against its peers: ``python -m benchmarks [--sizes 1000 10000] [--peers ...]``.

Every measurement runs in a process of its own, one at a time, on one thread, so that peak memory
is its own and no run warms another.  A peer that takes longer than the time-out is said to.
"""

from __future__ import annotations

import argparse
import json
import math
import subprocess
import sys

from benchmarks.runs import RUNS

OURS = ("ours relaxation", "ours whole")


def main() -> None:
    """Run what was asked for and print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--family", choices=["pools", "region", "qini"], default="pools")
    parser.add_argument("--peers", nargs="*", default=[name for name in RUNS if name not in OURS])
    parser.add_argument("--timeout", type=float, default=300.0, help="seconds a run may take")
    parser.add_argument("--largest", type=int, help="one more size, for ours only")
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args()
    sizes = [(size, (*OURS, *chosen.peers)) for size in chosen.sizes]
    if chosen.largest:
        sizes.append((chosen.largest, OURS))
    print(f"family {chosen.family}, seed {chosen.seed}, Python {sys.version.split()[0]}")
    print("| pupils | engine | build s | solve s | peak GB | value | bound | gap | times ours |")
    print("|---:|---|---:|---:|---:|---:|---:|---:|---:|")
    taken: dict[str, list[tuple[int, float]]] = {}
    for size, names in sizes:
        own: float | None = None
        for name in names:
            timeout = chosen.timeout * (10 if name in OURS else 1)
            found = measure(name, chosen.family, size, chosen.seed, timeout)
            if found is None:
                print(f"| {size:,} | {name} | | > {timeout:.0f} | | | | | |", flush=True)
                continue
            total = found["build"] + found["solve"]
            if name == OURS[0]:
                own = total
            taken.setdefault(name, []).append((size, total))
            ratio = f"{total / own:.1f}" if own and name != OURS[1] else ""
            gap = "" if found["gap"] is None else f"{found['gap']:.2%}"
            bound = "" if found["bound"] is None else f"{found['bound']:.6f}"
            print(
                f"| {size:,} | {name} | {found['build']:.2f} | {found['solve']:.2f} |"
                f" {found['peak']:.2f} | {found['value']:.6f} | {bound} | {gap} | {ratio} |",
                flush=True,
            )
    for name in OURS:
        exponent = growth(taken.get(name, []))
        if exponent is not None:
            print(f"{name}: time grows as pupils to the power {exponent:.2f}")


def measure(
    name: str, family: str, size: int, seed: int, timeout: float
) -> dict[str, float | None] | None:
    """Return what one run in a process of its own measured, or None if it took too long."""
    command = [sys.executable, "-m", "benchmarks.runs", name, family, str(size), str(seed)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=timeout, check=True)
    except subprocess.TimeoutExpired:
        return None
    except subprocess.CalledProcessError as error:
        print(f"{name} failed: {error.stderr.strip().splitlines()[-1:]}", file=sys.stderr)
        return None
    found: dict[str, float | None] = json.loads(done.stdout.splitlines()[-1])
    return found


def growth(taken: list[tuple[int, float]]) -> float | None:
    """Return the exponent of time against size, fitted from 10,000 pupils on."""
    points = [(math.log(size), math.log(seconds)) for size, seconds in taken if size >= 10_000]
    if len(points) < 2:
        return None
    x = sum(a for a, _ in points) / len(points)
    y = sum(b for _, b in points) / len(points)
    return sum((a - x) * (b - y) for a, b in points) / sum((a - x) ** 2 for a, _ in points)


if __name__ == "__main__":
    main()
