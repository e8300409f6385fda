"""``recommender runs``: which plans there are, one of them, and what differs between two."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from recommender.cli import options
from recommender.cli.output import answer, answer_json, remark

if TYPE_CHECKING:
    from recommender.export.folders.diff import Difference, PlanAndManifest

SHOWN = 30

MIXED = ("value", "bound", "better_bound", "shortage_penalty")
"""Numbers of a summary in which the cost of shortages is mixed with benefit: for machines only."""

PUPILS = ("new", "lost", "other", "better", "worse")
"""What is counted of pupils whose help differs."""


class Runs(click.Group):
    """A group whose first word may also be a folder, which is then listed."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take anything that is no command of this group as words for ``list``."""
        if not args or (args[0] not in self.commands and args[0] not in ctx.help_option_names):
            args = ["list", *args]
        return super().parse_args(ctx, args)


@click.group(cls=Runs, short_help="Which plans there are, and what differs between two.")
def command() -> None:
    """List the plan folders in DIR (here unless said otherwise), show one, or compare two.

    `recommender runs [DIR]` is short for `recommender runs list [DIR]`.
    """


@command.command(name="list", short_help="The plan folders in a folder, oldest first.")
@click.argument(
    "directory",
    metavar="[DIR]",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=Path(),
)
@options.speech
def list_runs(directory: Path, as_json: bool, quiet: bool, verbose: bool) -> int:  # noqa: ARG001
    """List the plan folders in DIR, oldest first: when, which scenario, benefit, gap and status."""
    from recommender.export.folders.diff import runs_in

    found, broken = runs_in(directory)
    lines = [_line(run) for run in found]
    if as_json:
        answer_json({"runs": lines, "broken": list(broken)})
        return 0
    if found:
        widest = max(6, *(len(run.folder.name or ".") for run in found))
        answer(
            f"{'folder':<{widest}}  created               scenario        benefit      gap  status"
        )
        for run, line in zip(found, lines, strict=True):
            gap = "-" if line["gap"] is None else f"{line['gap']:.2%}"
            answer(
                f"{run.folder.name or '.':<{widest}}  {line['created']:<20}  "
                f"{line['scenario'] or 'base':<14}{_two(line['benefit'])}{gap:>9}  "
                f"{line['status']}, {line['standing']}{_mark(line)}"
            )
    else:
        answer(f"There is no plan in {directory}.")
    if not quiet:
        for problem in broken:
            remark(problem)
    return 0


@command.command(short_help="The headline of a plan.")
@options.plan_folder
@options.speech
def show(plan_folder: Path, as_json: bool, quiet: bool, verbose: bool) -> int:  # noqa: ARG001
    """Show the headline of a PLAN as it was when it was made."""
    from recommender.cli.screens.headline import headline, plan_record
    from recommender.export.folders.plan_folder import read_plan

    plan, manifest = read_plan(plan_folder)
    if as_json:
        answer_json(plan_record(plan, plan_folder))
    else:
        answer(headline(plan, manifest, plan_folder))
    return 0


@command.command(short_help="Who moved, and which numbers and settings changed.")
@click.argument("before", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("after", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--units", is_flag=True, help="Name every unit whose help differs.")
@options.speech
def diff(
    before: Path,
    after: Path,
    units: bool,
    as_json: bool,
    quiet: bool,  # noqa: ARG001
    verbose: bool,  # noqa: ARG001
) -> int:
    """Say what differs between the plans BEFORE and AFTER: who moved, numbers, settings, inputs.

    Units are counted, and named only with --units.
    """
    from recommender.export.folders.diff import compare_folders

    found = compare_folders(before, after)
    if as_json:
        answer_json(_record(found, units))
    else:
        answer("\n".join(_lines(found, units)))
    return 0


def _line(run: PlanAndManifest) -> dict[str, Any]:
    from math import isfinite

    from recommender.cli.reload import looked_up, workspace_if_any
    from recommender.cli.screens.headline import proof_record
    from recommender.errors import RecommenderError
    from recommender.governance.log.adoption import standing, status_file
    from recommender.governance.log.logged import confirmed, unconfirmed
    from recommender.planning.plan.proof import proof_of

    manifest, proof = run.manifest, proof_of(run.manifest)
    workspace = workspace_if_any(run.folder, manifest, None)
    status = said = "unknown"
    logged, wrong = None, [*_changed(run)]
    try:
        found = looked_up(run.folder, workspace, manifest.created)
        logged = {"known": True, "stranger": False}.get(found.answer)
        file = standing(run.folder)
        said, status = file.status, confirmed(file, found).status
        wrong += [*found.findings, *unconfirmed(status_file(run.folder).name, file, found)]
    except (RecommenderError, OSError, ValueError, KeyError):
        pass
    return {
        "folder": str(run.folder),
        "created": manifest.created,
        "scenario": manifest.scenario,
        "seed": manifest.seed,
        "value": manifest.value,
        "benefit": _benefit_of(run),
        "gap": proof.gap if isfinite(proof.gap) else None,
        "proof": proof_record(proof),
        "status": manifest.status,
        "standing": status,
        "said": said,
        "logged": logged,
        "findings": wrong,
        "synthetic": manifest.synthetic,
    }


def _changed(run: PlanAndManifest) -> tuple[str, ...]:
    """What differs between the files of a plan and its manifest, as far as they can be read."""
    from recommender.errors import InputError
    from recommender.export.folders.plan_folder import changed_files

    try:
        return changed_files(run.folder)
    except (InputError, OSError):
        return ("its files cannot be read",)


def _mark(line: dict[str, Any]) -> str:
    """What is to be known of a plan that its log does not bear out."""
    marks = []
    if line["logged"] is False:
        marks.append("not the plan that was logged")
    if line["said"] != line["standing"]:
        marks.append(f"a file says {line['said']}, and no audit log does")
    marks += line["findings"][:1]
    return f" ({'; '.join(marks)})" if marks else ""


def _two(number: float | None) -> str:
    return f"{'-' if number is None else format(number, ',.2f'):>9}"


def _benefit_of(run: PlanAndManifest) -> float | None:
    """Return the benefit of a plan; manifests of earlier versions tell it where nothing lacks."""
    known, value = run.manifest.benefit, run.manifest.value
    return value if known is None and value >= 0 else known


def _record(found: Difference, units: bool) -> dict[str, Any]:
    from recommender.export.manifest import json_value

    kinds = found.moved["kind"].value_counts()
    record: dict[str, Any] = {
        "same": found.same,
        "numbers": [json_value(change) for change in found.numbers],
        "settings": [json_value(change) for change in found.settings],
        "inputs": list(found.inputs),
        "moved": {kind: int(kinds.get(kind, 0)) for kind in ("gains", "loses", "changes")},
        "pupils": {name: float(found.moved[name].sum()) for name in PUPILS},
        "by_intervention": found.by_intervention.to_dict(orient="records"),
    }
    if units:
        record["units"] = found.moved.to_dict(orient="records")
    return record


def _lines(found: Difference, units: bool) -> list[str]:
    if found.same:
        return ["Nothing differs."]
    new, lost, other, better, worse = (float(found.moved[name].sum()) for name in PUPILS)
    lines = [
        f"Help differs for {new + lost + other:,.0f} pupils: {new:,.0f} gain help, "
        f"{lost:,.0f} lose it, {other:,.0f} have other help.",
        f"Of them {better:,.0f} are better off in benefit, {worse:,.0f} worse off.",
    ]
    if len(found.by_intervention):
        lines += ["", "Pupils by intervention"]
        for row in found.by_intervention.to_dict(orient="records"):
            lines.append(
                f"  {row['intervention']:<32}{row['before']:>8,.0f} -> {row['after']:,.0f}"
            )
    for title, changes in (("Numbers", found.numbers), ("Settings", found.settings)):
        if changes:
            lines += ["", title]
            lines += [
                f"  {c.name:<32}{_text(c.before)} -> {_text(c.after)}"
                for c in changes
                if c.name not in MIXED
            ]
    if found.inputs:
        lines += ["", "Inputs", *(f"  {line}" for line in found.inputs)]
    if units:
        lines += ["", "Units"]
        for row in found.moved.to_dict(orient="records"):
            lines.append(
                f"  {row['unit_id']}, {row['site']}: {row['before'] or 'nothing'} -> "
                f"{row['after'] or 'nothing'}"
            )
    return lines


def _text(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:,.6g}"
    text = "nothing" if value is None else str(value)
    return text if len(text) <= SHOWN * 2 else f"{text[: SHOWN * 2]}..."
