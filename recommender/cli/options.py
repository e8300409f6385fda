"""Arguments and options that several commands share, each written once."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])


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
    from recommender.inputs.scenario_files import is_file_name, names_in

    names: list[str] = []
    files: list[Path] = []
    for word in words:
        if is_file_name(word):
            files.append(Path(word))
            names += names_in(Path(word))
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
        type=click.IntRange(min=0),
        default=0,
        show_default=True,
        help="Seed of every random choice.",
    )(function)
