"""Seconds and memory of every stage of the commands, from Parquet files to a verified plan.

    python -m tests.benchmarks.scale [--sizes 10000 100000 1500000] [--family schools] [--keep DIR]

Each size is a fresh workspace: ``schools``, ``scarce`` and ``groups`` are countries of
``benchmarks.country``, ``region`` is what ``simulate`` makes with the shipped catalogue and policy.
``plan``, ``verify`` and ``export`` run as a user runs them, one after the other, each in a process
of its own.  A stage lasts from one line of ``--verbose`` to the next; its seconds are those of the
processor, of the command and the processes it started; its memory is the most that they held at any
moment of it (resident, looked at every 50 ms; shared pages of several processes count for each).
The last table is the exponent b of seconds ~ pupils^b, fitted over the sizes from 10,000 on.
It reads /proc, so it runs on Linux.
"""

from __future__ import annotations

import argparse
import json
import math
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

from tests.benchmarks.country import write_country

ROOT = Path(__file__).resolve().parents[2]
"""Where the shipped catalogue and policy are."""

FAMILIES = ("schools", "scarce", "groups", "region")
"""Kinds of workspaces."""

STEPS = {
    "read": ("starting", "reading"),
    "risk": ("assessing", "risk", "scoring"),
    "match": ("matching",),
    "formulate": ("formulating",),
    "solve": ("allocating",),
    "write up": ("writing up",),
    "write": ("writing the plan",),
}
"""The stages of ``plan`` by the words with which ``--verbose`` names them; others are solving."""

HEAD = (
    "| family | pupils | read | risk | match | formulate | solve | write up | write | plan s |"
    " plan GB | verify s | verify GB | gap | verify |\n"
    "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---|"
)
"""The table of the whole pipeline: processor seconds of every stage of ``plan``, and of both."""

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
        seconds: of the processor.  peak: most gigabytes held at once.
    """

    command: str
    name: str
    seconds: float
    peak: float


@dataclass(frozen=True, slots=True)
class Run:
    """One command that ended.

    Attributes:
        command: its name.  stages: in order.  seconds: of the processor.  clock: seconds that
            went by.  peak: gigabytes.  code: how it ended.
        answer: what it said, as JSON where it is.
    """

    command: str
    stages: tuple[Stage, ...]
    seconds: float
    clock: float
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


def worked(process: int) -> float:
    """Return the processor seconds of a process and all that it started."""
    total, waiting = 0, [process]
    while waiting:
        one = waiting.pop()
        try:
            # user and system time, its own and that of children that ended; the name before them
            # stands in brackets and may hold blanks
            told = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
            total += sum(map(int, told[11:15]))
            for task in Path(f"/proc/{one}/task").iterdir():
                waiting += map(int, (task / "children").read_text().split())
        except (OSError, IndexError):  # it ended meanwhile
            continue
    return total / os.sysconf("SC_CLK_TCK")


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
    marks: list[tuple[float, float, str]] = [(began, 0.0, "starting")]

    def listen() -> None:
        assert process.stderr is not None
        for line in process.stderr:
            if found := LINE.match(line):
                name = SOLVED.sub("solving parts", found.group(2))
                for part in PARTS:
                    name = name.split(part)[0]
                name = re.sub(r" [\d,.]+", "", name)
                if name != marks[-1][2]:
                    marks.append((time.monotonic(), worked(process.pid), name))
                    print(
                        f"  {command}: {marks[-1][1]:.1f} s  {held(process.pid):.2f} GB  {name}",
                        file=sys.stderr,
                        flush=True,
                    )
            else:
                print(f"  {command}: {line.rstrip()}", file=sys.stderr, flush=True)

    listener = threading.Thread(target=listen, daemon=True)
    listener.start()
    assert process.stdout is not None
    said = process.stdout.read()
    _, code, taken = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(code)
    ended = time.monotonic()
    listener.join()
    watch.end()
    seconds = taken.ru_utime + taken.ru_stime
    ends = [*((at, cpu) for at, cpu, _ in marks[1:]), (ended, seconds)]
    stages = tuple(
        Stage(command, name, cpu_end - cpu, watch.peak(at, end))
        for (at, cpu, name), (end, cpu_end) in zip(marks, ends, strict=True)
    )
    try:
        answer = json.loads(said)
    except ValueError:
        answer = {}
    peak = watch.peak(began, ended)
    return Run(command, stages, seconds, ended - began, peak, process.returncode, answer)


def workspace(region: Path, pupils: int) -> None:
    """Make a workspace with the shipped catalogue and policy, and a budget for so many pupils."""
    region.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(ROOT / "interventions.yaml", region / "interventions.yaml")
    policy = (ROOT / "planning.yaml").read_text("utf-8")
    budget = re.compile(r"^(  budget: )([\d.]+)", re.MULTILINE)
    policy = budget.sub(lambda b: f"{b[1]}{float(b[2]) * pupils / SHIPPED:.0f}", policy)
    (region / "planning.yaml").write_text(policy, "utf-8")


def make(folder: Path, pupils: int, family: str, seed: int = 1) -> None:
    """Make the workspace of a family (one of ``FAMILIES``) with so many pupils in a folder."""
    if family == "region":
        workspace(folder, pupils)
        words = ("--pupils", str(pupils), "--seed", str(seed), "--format", "parquet", "--force")
        if run("simulate", str(folder), *words).code:
            raise RuntimeError("the region could not be made")
    else:
        kind = {name: family == name for name in ("groups", "scarce")}
        write_country(folder, pupils, seed, **kind)


def whole(folder: Path, pupils: int, family: str, plan: Sequence[str]) -> list[Run]:
    """Run the commands on the workspace of a family in a folder and return what each took."""
    made, out = folder / f"{family}-{pupils}", folder / f"plan-{family}-{pupils}"
    if not (made / "planning.yaml").exists():
        make(made, pupils, family)
    return [
        run("plan", str(made), "-o", str(out), "--force", "--verbose", *plan),
        run("verify", str(out), "--verbose"),
        run("export", str(out), "--to", f"{out}.parquet", "--force"),
    ]


def growth(taken: list[tuple[int, float]]) -> float | None:
    """Return the exponent of time against size, fitted from 10,000 pupils on."""
    points = [
        (math.log(size), math.log(seconds))
        for size, seconds in taken
        if size >= 10_000 and seconds > 0
    ]
    if len(points) < 2:
        return None
    x = sum(a for a, _ in points) / len(points)
    y = sum(b for _, b in points) / len(points)
    return sum((a - x) * (b - y) for a, b in points) / sum((a - x) ** 2 for a, _ in points)


Taken = dict[tuple[str, str], list[tuple[int, float]]]
"""Pupils and processor seconds, by command and stage."""


def exponents(taken: Taken) -> list[str]:
    """Return the lines of a table of growth exponents of the stages that take a second or more."""
    lines = ["| command | stage | exponent |", "|---|---|---:|"]
    for (command, name), points in taken.items():
        exponent = growth(points)
        if exponent is not None and points[-1][1] >= 1:
            lines.append(f"| {command} | {name} | {exponent:.2f} |")
    return lines


def summary(pupils: int, family: str, runs: Sequence[Run]) -> str:
    """Return the row of a size in the table of the whole pipeline (``HEAD``)."""
    plan, verify = runs[0], runs[1]
    taken = dict.fromkeys(STEPS, 0.0)
    for stage in plan.stages:
        step = next((step for step, words in STEPS.items() if stage.name.startswith(words)), None)
        taken["solve" if step is None else step] += stage.seconds
    cells = [family, f"{pupils:,}"]
    cells += [f"{taken[step]:.1f}" for step in STEPS]
    cells += [f"{plan.seconds:.0f}", f"{plan.peak:.2f}", f"{verify.seconds:.0f}"]
    gap = plan.answer.get("gap")
    cells += [f"{verify.peak:.2f}", f"{gap:.2%}" if isinstance(gap, float) else ""]
    cells.append("holds" if verify.code == 0 else f"exit {verify.code}")
    return "| " + " | ".join(cells) + " |"


def measured(
    sizes: Sequence[int], family: str, how: Sequence[str], keep: Path | None, *, stages: bool
) -> Taken:
    """Run the commands in every size, print a row each, and return what every stage took.

    Args:
        sizes: pupils.
        family: one of ``FAMILIES``.
        how: words of ``plan``.
        keep: a folder for workspaces and plans; None for one that is removed.
        stages: whether to print a row for every stage, too.
    """
    taken: Taken = {}
    with tempfile.TemporaryDirectory() as fresh:
        for pupils in sizes:
            runs = whole(keep or Path(fresh), pupils, family, how)
            for one in runs:
                for stage in (*one.stages, Stage("all", one.command, one.seconds, one.peak)):
                    points = taken.setdefault((stage.command, stage.name), [])
                    if not points or points[-1][0] != pupils:
                        points.append((pupils, 0.0))
                    points[-1] = (pupils, points[-1][1] + stage.seconds)
                    if stages and stage.seconds >= 0.5:
                        print(
                            f"    {stage.command:8} {stage.name:40}"
                            f" {stage.seconds:9.1f} s {stage.peak:6.2f} GB"
                        )
                if stages or one.code:
                    print(f"    {one.command}: {one.clock:.0f} s by the clock, exit {one.code}")
            taken.setdefault(("all", "plan and verify"), []).append(
                (pupils, runs[0].seconds + runs[1].seconds)
            )
            print(summary(pupils, family, runs), flush=True)
    return taken


def main() -> None:
    """Run what was asked for and print the tables."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.scale", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--family", choices=FAMILIES, default=FAMILIES[0])
    parser.add_argument("--keep", type=Path, help="a folder for the workspaces and plans")
    parser.add_argument("--gap", default="0.5%")
    parser.add_argument("--seconds", default="6000", help="solving may take")
    parser.add_argument("--workers", default="2")
    chosen = parser.parse_args()
    how = ("--gap", chosen.gap, "--seconds", chosen.seconds, "--workers", chosen.workers)
    print(HEAD)
    taken = measured(chosen.sizes, chosen.family, how, chosen.keep, stages=True)
    if len(chosen.sizes) > 1:
        print("\n" + "\n".join(exponents(taken)))


if __name__ == "__main__":
    main()
