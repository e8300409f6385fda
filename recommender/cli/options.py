"""Arguments and options that several commands share, each written once."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])

SHARED = 0o022
"""The mask of files that others may read."""


class Number(click.ParamType[float]):
    """A finite number within two bounds, also as a percentage where that is said."""

    name = "number"

    def __init__(
        self, low: float, high: float, what: str, *, above: bool = False, below: bool = False,
        percent: bool = False,
    ) -> None:  # fmt: skip
        """Keep the bounds.

        Args:
            low, high: the bounds; ``above`` and ``below`` leave them out themselves.
            what: what the number is, for the message: "a share from 0 up to 1, such as 1%".
            percent: whether 1% is 0.01.
        """
        self.low, self.high, self.what = low, high, what
        self.above, self.below, self.percent = above, below, percent

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Return the number, or fail in the words of the command line."""
        text = str(value)
        try:
            share = self.percent and text.endswith("%")
            number = float(text[:-1]) / 100 if share else float(text)
        except ValueError:
            number = math.nan
        over = number > self.low if self.above else number >= self.low
        under = number < self.high if self.below else number <= self.high
        if not (over and under):
            self.fail(f"{text!r} is not {self.what}", param, ctx)
        return number


SECONDS = Number(0, 604_800, "a time above 0, of a week (604800 seconds) at most", above=True)
SHARE = Number(0, 1, "a share from 0 up to 1, such as 0.01 or 1%", below=True, percent=True)
CHANGE = Number(-1, 10, "a change from -100% to +1000%, such as -20%", percent=True)
BENEFIT = Number(0, 1e6, "a benefit from 0 to a million, such as 0.01")
WORKERS = click.IntRange(1, 1_024)
"""Processes side by side: more than a machine has processors."""
DRAWS = click.IntRange(1, 1_000)
"""How often something is drawn: more say nothing new."""
PUPILS = click.IntRange(1, 20_000_000)
"""Pupils to invent: as many as a table may have rows."""
SEED = click.IntRange(0, 2**32 - 1)
"""The seeds that every generator of random numbers takes."""
DAYS = click.IntRange(183, 36_525)
"""Days that a log is kept: six months, which the law asks, to a century."""


def workspace(function: Command) -> Command:
    """Add the workspace: a folder, the current one unless said otherwise."""
    return click.argument(
        "workspace",
        type=click.Path(exists=True, file_okay=False, path_type=Path),
        default=Path(),
    )(function)


def plan_folder(function: Command) -> Command:
    """Add the plan folder that a command reads."""
    return click.argument(
        "plan_folder",
        metavar="PLAN",
        type=click.Path(exists=True, file_okay=False, path_type=Path),
    )(function)


def of_workspace(function: Command) -> Command:
    """Add where the inputs of a plan are, if not where they were."""
    return click.option(
        "--workspace",
        "elsewhere",
        type=click.Path(exists=True, file_okay=False, path_type=Path),
        help="Where the inputs are, if not where the plan was made from.",
    )(function)


def share(function: Command) -> Command:
    """Add --share: others on this machine may read what is written, which may name children."""
    return click.option(
        "--share",
        is_flag=True,
        expose_value=False,
        is_eager=True,
        callback=_open_to_others,
        help="Let others on this machine read what is written.",
    )(function)


def _open_to_others(_context: click.Context, _option: click.Parameter, wanted: bool) -> None:
    if wanted:
        os.umask(SHARED)


def speech(function: Command) -> Command:
    """Add --json, -q/--quiet and -v/--verbose."""
    for option in (
        click.option("-v", "--verbose", is_flag=True, help="Say every step, with its time."),
        click.option("-q", "--quiet", is_flag=True, help="Say nothing but the answer and errors."),
        click.option("--json", "as_json", is_flag=True, help="Answer in JSON on stdout."),
    ):
        function = option(function)
    return function


def scenario_words(words: Iterable[str]) -> tuple[tuple[str, ...], tuple[Path, ...]]:
    """Return the scenarios that words ask for, and the files with scenarios among them.

    A file stands for every scenario in it.

    Raises:
        InputError: if a file cannot be read as scenarios.
    """
    from recommender.inputs.readers.scenario_files import is_file_name, scenarios_in

    names: list[str] = []
    files: list[Path] = []
    for word in words:
        if is_file_name(word):
            files.append(Path(word))
            names += scenarios_in(Path(word))
        else:
            names.append(word)
    return tuple(dict.fromkeys(names)), tuple(files)


def processes(asked: int | None, most: int = 4) -> int:
    """Return how many processes work side by side: as asked, else one a processor."""
    if asked is not None:
        return asked
    mine = getattr(os, "sched_getaffinity", None)
    return min(most, len(mine(0)) if mine is not None else os.cpu_count() or 1)


def language(function: Command) -> Command:
    """Add --language, of the report."""
    return click.option(
        "--language",
        type=click.Choice(["en", "nl"]),
        default="en",
        show_default=True,
        help="Of the report: English or Dutch.",
    )(function)


def seed(function: Command) -> Command:
    """Add --seed, of every random choice."""
    return click.option(
        "--seed",
        type=SEED,
        default=0,
        show_default=True,
        help="Seed of every random choice.",
    )(function)
