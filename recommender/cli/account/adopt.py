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
@click.option(
    "--sign", "key_file", metavar="KEY",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Sign with this private Ed25519 key (PEM).",
)  # fmt: skip
@options.speech
def command(
    plan_folder: Path,
    elsewhere: Path | None,
    name: str,
    role: str,
    status: str,
    note: str,
    key_file: Path | None,
    as_json: bool,
    quiet: bool,
    verbose: bool,  # noqa: ARG001
) -> int:
    """Record that a PLAN was discussed or adopted, by whom and in what role.

    Writes PLAN.status.json beside the plan, whose files stay as they are, and an entry in the
    audit log of the workspace. A plan that was changed after it was made, or that the log does not
    know, is refused (1).

    With --sign, PLAN.signature.json says the same to whoever has the public key and cannot ask the
    log; `recommender verify --public-key` reads it. A plan that has come so far already is signed
    without another entry. `openssl genpkey -algorithm ed25519 -out KEY.pem` makes a key,
    `openssl pkey -in KEY.pem -pubout -out PUBLIC.pem` the half to hand out.
    """
    from recommender.cli.reload import looked_up, workspace_of
    from recommender.errors import UsageError
    from recommender.export.folders.plan_folder import changed_files, read_plan
    from recommender.governance.log import adoption, signature
    from recommender.governance.log.logged import confirmed, unconfirmed

    key = None if key_file is None else signature.private_key(key_file)
    _, manifest = read_plan(plan_folder)
    workspace = workspace_of(plan_folder, manifest, elsewhere)
    changed = changed_files(plan_folder)
    found = looked_up(plan_folder, workspace)
    changed = (*changed, *found.findings)
    if not changed and found.answer != "known":
        changed = (f"{plan_folder}: {found.why}",)
    said = adoption.standing(plan_folder)
    after = confirmed(said, found)
    changed = changed or unconfirmed(adoption.status_file(plan_folder).name, said, found)
    signed_later = key is not None and not changed and after.status == status
    if signed_later and (after.steps[-1].who, after.steps[-1].role) != (name.strip(), role.strip()):
        raise UsageError(f"the plan is {status} already, by somebody else")
    if not signed_later:
        after = adoption.advance(
            plan_folder, workspace, cast(Literal["discussed", "adopted"], status),
            who=name, role=role, when=dt.datetime.now(dt.UTC), note=note, changed=changed,
        )  # fmt: skip
    if key is not None:
        signature.sign(plan_folder, after.steps[-1], key)
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
    if key is not None:
        answer(f"Signed in {signature.signature_file(plan_folder).name}.")
    answer(f"Note this head of the log down outside the workspace: {last.head}")
    return 0
