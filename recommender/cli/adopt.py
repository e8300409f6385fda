"""``recommender adopt``: a plan is a proposal until somebody answers for it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Literal, cast

import click

from recommender.cli import options
from recommender.cli.output import answer, answer_json, remark


@click.command(short_help="Record that a plan was discussed or adopted, by whom.")
@options.plan_folder
@options.of_workspace
@click.option("--name", required=True, help="Who answers for it.")
@click.option("--role", required=True, help="In what role.")
@click.option(
    "--as", "status", type=click.Choice(["discussed", "adopted"]), default="adopted",
    show_default=True, help="How far the plan has come.",
)  # fmt: skip
@click.option("--note", default="", help="What was agreed; no names of pupils.")
@options.speech
def command(
    plan_folder: Path,
    elsewhere: Path | None,
    name: str,
    role: str,
    status: str,
    note: str,
    as_json: bool,
    quiet: bool,
    verbose: bool,  # noqa: ARG001
) -> int:
    """Record that a PLAN was discussed or adopted, by whom and in what role.

    Writes PLAN.status.json beside the plan, whose files stay as they are, and an entry in the
    audit log of the workspace. A plan that was changed after it was made, or that the log does not
    know, is refused (1).
    """
    from recommender.cli.again import looked_up, workspace_of
    from recommender.export.folder import changed_files, read_plan
    from recommender.governance import adoption

    _, manifest = read_plan(plan_folder)
    workspace = workspace_of(plan_folder, manifest, elsewhere)
    changed = changed_files(plan_folder)
    if not changed:
        found = looked_up(plan_folder, workspace)
        changed = found.findings
        if found.answer != "known":
            changed = (*changed, f"{plan_folder}: {found.why}")
    after = adoption.advance(
        plan_folder, workspace, cast(Literal["discussed", "adopted"], status),
        who=name, role=role, when=dt.datetime.now(dt.UTC), note=note,
        changed=changed,
    )  # fmt: skip
    last = after.steps[-1]
    if after.undiscussed and not quiet:
        remark("adopted without a recorded discussion; `--as discussed` records one")
    if as_json:
        answer_json(
            {
                "status": after.status,
                "steps": [
                    {field: getattr(step, field) for field in step.__dataclass_fields__}
                    for step in after.steps
                ],
            }
        )
        return 0
    answer(f"{plan_folder}: {after.status} by {last.who}, {last.role}, {last.time}.")
    answer(f"Note this head of the log down outside the workspace: {last.head}")
    return 0
