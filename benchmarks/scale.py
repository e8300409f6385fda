"""Seconds and memory of every stage of the commands, from Parquet files to a verified plan.

    python -m benchmarks.scale [--sizes 10000 100000 1500000] [--catalogue DIR] [--keep DIR]

Each size is a fresh invented region; ``simulate``, ``plan``, ``verify`` and ``export`` run as a
user runs them, one after the other, each in a process of its own.  A stage lasts from one line of
``--verbose`` to the next; its memory is the most that the command and the processes it started
held at any moment of it (resident, looked at every 50 ms; shared pages of several processes count
for each).  The last table is the exponent b of seconds ~ pupils^b, fitted over the sizes.
It reads /proc, so it runs on Linux.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.__main__ import growth

ROOT = Path(__file__).resolve().parent.parent
"""Where the shipped catalogue and policy are."""

EVERY = 0.05
"""Seconds between two looks at the memory."""

SHIPPED = 1_800
"""Pupils of the shipped region, for whom its budget is meant."""

LINE = re.compile(r"^\s*([\d.]+) s  (.*)$")
"""A line of ``--verbose``: the moment a step begins, and what it is."""

SOLVED = re.compile(r"^\d+ of \d+ parts solved$")
"""A line on how many parts are solved."""

PARTS = (": ", " of ", " columns")
"""What follows one of these differs from run to run and is no part of a stage's name."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of one command.

    Attributes:
        command, name: the command, and its first words on what it does then.
        seconds: how long.  peak: most gigabytes held at once.
    """

    command: str
    name: str
    seconds: float
    peak: float


@dataclass(frozen=True, slots=True)
class Run:
    """One command that ended.

    Attributes:
        command: its name.  stages: in order.  seconds: of the whole.  peak: gigabytes.
        code: how it ended.  answer: what it said, as JSON where it is.
    """

    command: str
    stages: tuple[Stage, ...]
    seconds: float
    peak: float
    code: int
    answer: dict[str, object]


class Watch:
    """The memory of a process and its children, looked at until told to stop."""

    def __init__(self, process: int) -> None:
        """Begin to look."""
        self._process = process
        self._seen: list[tuple[float, float]] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def _look(self) -> None:
        while not self._stop.wait(EVERY):
            self._seen.append((time.monotonic(), held(self._process)))

    def end(self) -> None:
        """Stop looking."""
        self._stop.set()
        self._thread.join()

    def peak(self, begin: float, end: float) -> float:
        """Return the most gigabytes held between two moments."""
        return max((held for at, held in self._seen if begin <= at <= end), default=0.0)


def held(process: int) -> float:
    """Return the resident gigabytes of a process and all that it started."""
    total, waiting = 0, [process]
    while waiting:
        one = waiting.pop()
        try:
            total += int(Path(f"/proc/{one}/statm").read_text().split()[1])
            for task in Path(f"/proc/{one}/task").iterdir():
                waiting += map(int, (task / "children").read_text().split())
        except (OSError, IndexError):  # it ended meanwhile
            continue
    return total * os.sysconf("SC_PAGE_SIZE") / 1e9


def run(command: str, *arguments: str) -> Run:
    """Run one command of the program and return what it took, stage by stage."""
    began = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "recommender", command, *arguments, "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={"OMP_NUM_THREADS": "1", **os.environ},
    )
    watch = Watch(process.pid)
    marks: list[tuple[float, str]] = [(began, "starting")]

    def listen() -> None:
        assert process.stderr is not None
        for line in process.stderr:
            if found := LINE.match(line):
                name = SOLVED.sub("solving parts", found.group(2))
                for part in PARTS:
                    name = name.split(part)[0]
                name = re.sub(r" [\d,.]+", "", name)
                if name != marks[-1][1]:
                    marks.append((time.monotonic(), name))
            else:
                print(f"  {command}: {line.rstrip()}", file=sys.stderr, flush=True)

    listener = threading.Thread(target=listen, daemon=True)
    listener.start()
    assert process.stdout is not None
    said = process.stdout.read()
    code = process.wait()
    ended = time.monotonic()
    listener.join()
    watch.end()
    ends = [*(at for at, _ in marks[1:]), ended]
    stages = tuple(
        Stage(command, name, end - at, watch.peak(at, end))
        for (at, name), end in zip(marks, ends, strict=True)
    )
    try:
        answer = json.loads(said)
    except ValueError:
        answer = {}
    return Run(command, stages, ended - began, watch.peak(began, ended), code, answer)


def workspace(region: Path, catalogue: Path, pupils: int) -> None:
    """Make a workspace with the catalogue and policy of another, and a budget for so many."""
    region.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(catalogue / "interventions.yaml", region / "interventions.yaml")
    policy = (catalogue / "planning.yaml").read_text("utf-8")
    budget = re.compile(r"^(  budget: )([\d.]+)", re.MULTILINE)
    policy = budget.sub(lambda b: f"{b[1]}{float(b[2]) * pupils / SHIPPED:.0f}", policy)
    (region / "planning.yaml").write_text(policy, "utf-8")


def whole(
    folder: Path, pupils: int, catalogue: Path, plan: Sequence[str], seed: int = 1
) -> list[Run]:
    """Run the commands on a region of so many pupils in a folder and return what each took."""
    region, out = folder / f"region-{pupils}", folder / f"plan-{pupils}"
    workspace(region, catalogue, pupils)
    simulate = ("--pupils", str(pupils), "--seed", str(seed), "--format", "parquet", "--force")
    return [
        run("simulate", str(region), *simulate, "--verbose"),
        run("plan", str(region), "-o", str(out), "--force", "--verbose", *plan),
        run("verify", str(out), "--verbose"),
        run("export", str(out), "--to", f"{out}.parquet", "--force"),
    ]


def exponents(taken: dict[tuple[str, str], list[tuple[int, float]]]) -> list[str]:
    """Return the lines of a table of growth exponents of the stages that take a second or more."""
    lines = ["| command | stage | exponent |", "|---|---|---:|"]
    for (command, name), points in taken.items():
        exponent = growth(points)
        if exponent is not None and points[-1][1] >= 1:
            lines.append(f"| {command} | {name} | {exponent:.2f} |")
    return lines


def main() -> None:
    """Run what was asked for and print the tables."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--catalogue", type=Path, default=ROOT, help="a workspace")
    parser.add_argument("--keep", type=Path, help="a folder for the regions and plans")
    parser.add_argument("--gap", default="0.5%")
    parser.add_argument("--seconds", default="3000", help="solving may take")
    parser.add_argument("--workers", default="2")
    chosen = parser.parse_args()
    how = ("--gap", chosen.gap, "--seconds", chosen.seconds, "--workers", chosen.workers)
    taken: dict[tuple[str, str], list[tuple[int, float]]] = {}
    print("| pupils | command | stage | seconds | peak GB |\n|---:|---|---|---:|---:|")
    with tempfile.TemporaryDirectory() as fresh:
        folder = chosen.keep or Path(fresh)
        for pupils in chosen.sizes:
            for one in whole(folder, pupils, chosen.catalogue, how):
                for stage in one.stages:
                    taken.setdefault((one.command, stage.name), []).append((pupils, stage.seconds))
                    if stage.seconds >= 0.5:
                        print(
                            f"| {pupils:,} | {one.command} | {stage.name} |"
                            f" {stage.seconds:.1f} | {stage.peak:.2f} |"
                        )
                taken.setdefault((one.command, "all"), []).append((pupils, one.seconds))
                said = "" if one.code == 0 else f" (exit {one.code})"
                if isinstance(gap := one.answer.get("gap"), float):
                    said += f" (gap {gap:.2%})"
                print(
                    f"| {pupils:,} | {one.command} | **all**{said} |"
                    f" {one.seconds:.1f} | {one.peak:.2f} |",
                    flush=True,
                )
    if len(chosen.sizes) > 1:
        print("\n" + "\n".join(exponents(taken)))


if __name__ == "__main__":
    main()
