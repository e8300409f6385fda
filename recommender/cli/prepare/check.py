"""``recommender check``: every problem of every file at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from recommender.cli import options
from recommender.cli.audit_note import settle_quietly
from recommender.cli.output import answer, answer_json, remark
from recommender.cli.screens import rights
from recommender.cli.screens.echo import echo, met

if TYPE_CHECKING:
    from recommender.errors import Problem
    from recommender.inputs.policy import Policy


@click.command(short_help="Every problem of every file at once, with its remedy.")
@options.workspace
@options.speech
def command(workspace: Path, as_json: bool, quiet: bool, verbose: bool) -> int:
    """Check all files of a WORKSPACE and say every problem with its line and remedy.

    Ends with 0 if a plan can be made, 3 if something is wrong and 6 if the legal frame of the data
    would be broken: a column past the day until which it was to be kept, for example. Warnings on
    stderr stop nothing.

    Then it says what was understood, in counts: hours by role, site and week, pupils by consent,
    duty and grade, running help, money, how the tables meet, and what was not read. With --json
    that is `understood` (null where something is wrong): professionals, everywhere, hours, roles,
    sites, periods, pupils, running, decisions, notes, history, risks, present, budgets, rules,
    scenarios, links, absent, columns_not_read, files_not_read; and `rights`: what costs somebody
    one.
    """
    from recommender.errors import InputError
    from recommender.inputs.stakes import stakes
    from recommender.inputs.understood import understood
    from recommender.inputs.workspace import read_workspace

    settle_quietly(workspace)
    try:
        inputs = read_workspace(workspace, today=dt.date.today())
    except InputError as error:
        if not as_json:
            raise
        problems = [_record(problem) for problem in error.problems]
        beside = [_record(warning) for warning in error.warnings]
        answer_json({"problems": problems, "warnings": beside, "understood": None})
        return error.exit_code
    facts = {
        "pupils": int(inputs.cohort.units["count"].sum()),
        "units": len(inputs.cohort.units),
        "sites": len(inputs.resources.sites),
        "professionals": int(inputs.resources.professionals["professional_id"].nunique()),
        "interventions": len(inputs.catalogue.interventions),
        "outcomes": len(inputs.policy.outcomes),
        "synthetic": inputs.policy.synthetic,
    }
    said = understood(inputs)
    warnings = (*inputs.warnings, *_unmarked(inputs.unmarked), *_service_use(inputs.policy))
    if as_json:
        files = [_file(source) for source in inputs.sources]
        answer_json(
            {
                "problems": [],
                "warnings": [_record(w) for w in warnings],
                **facts,
                "files": files,
                "understood": asdict(said),
                "rights": rights.rights_record(stakes(said)),
            }
        )
        return 0
    if not quiet:
        for warning in warnings:
            remark(f"{warning} (a warning)")
    if not quiet:
        width = max((len(source.path) for source in inputs.sources), default=0)
        for source in inputs.sources:
            digest = f"  SHA-256 {source.sha256}" if verbose else ""
            answer(
                f"  {source.path:<{width}}  {source.rows:>9,} rows{met(said, source.path)}{digest}"
            )
    answer(
        f"{workspace}: nothing wrong. {facts['pupils']:,} pupils at {facts['sites']} sites, "
        f"{facts['interventions']} interventions, {facts['professionals']} professionals."
    )
    if inputs.policy.synthetic:
        answer("This workspace is synthetic: its pupils do not exist.")
    if not quiet:
        answer("\n".join(echo(said, inputs.policy)))
    return 0


def _unmarked(files: Sequence[str]) -> tuple[Problem, ...]:
    """A warning for every table of people that is not as it was invented."""
    from recommender.errors import Problem

    return tuple(
        Problem(
            file, None, None,
            "does not hold what `recommender simulate` or `init` wrote: its pupils are treated as "
            "real, retention included, although planning.yaml says `synthetic: true`",
            "remove `synthetic: true` if they are real; else run `recommender simulate` again",
        )
        for file in files
    )  # fmt: skip


def _service_use(policy: Policy) -> tuple[Problem, ...]:
    """A warning for every outcome that is past use of help rather than need."""
    from recommender.errors import Problem

    return tuple(
        Problem(
            "planning.yaml", None, f"outcomes.{outcome.id}",
            "measures help used before, which also shows who found the way to it",
            "a model of it passes over children whose need nobody saw; look for a measure of need",
        )
        for outcome in policy.outcomes
        if outcome.measures == "service_use"
    )  # fmt: skip


def _record(problem: object) -> dict[str, object]:
    names = ("file", "line", "column", "message", "remedy")
    return {name: getattr(problem, name) for name in names}


def _file(source: object) -> dict[str, object]:
    return {name: getattr(source, name) for name in ("path", "rows", "sha256")}
