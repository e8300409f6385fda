"""``recommender pseudonymise``: a copy of a workspace in which ids say nothing."""

from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path

import click

from recommender.cli import options
from recommender.cli.audit_note import record_of
from recommender.cli.output import answer, answer_json, remark


@click.command(short_help="Copy a workspace with keyed pseudonyms for ids.")
@click.argument("source", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("target", type=click.Path(path_type=Path))
@click.option(
    "--key", required=True, type=click.Path(dir_okay=False, path_type=Path),
    help="The key file, outside SOURCE and TARGET; only its owner may read it.",
)  # fmt: skip
@click.option("--create-key", is_flag=True, help="Make the key file first; nothing may be there.")
@click.option("--professionals", is_flag=True, help="Replace the ids of professionals too.")
@options.share
@options.speech
def command(
    source: Path,
    target: Path,
    key: Path,
    create_key: bool,
    professionals: bool,
    as_json: bool,
    quiet: bool,
    verbose: bool,  # noqa: ARG001
) -> int:
    """Copy the tables of SOURCE to the new folder TARGET with pseudonyms for ids.

    unit_id and family_id become keyed hashes (HMAC-SHA256), the same in every table; rows lose
    their order and notes are scrubbed. Ids that look like citizen service numbers or names, and
    columns that name a pupil or are past their retention, are refused (6). Who has the key and the
    old ids can make the same pseudonyms again; lose the key and nobody can.
    """
    import secrets

    from recommender.errors import UsageError
    from recommender.governance.privacy import pseudonyms
    from recommender.governance.privacy.retention import refuse_expired

    if target.exists():
        raise UsageError(f"{target} exists already; name a new folder")
    refuse_expired(source, dt.date.today())
    outside = (source, target)
    if create_key:
        material = secrets.token_bytes(pseudonyms.KEY_BYTES)
        pseudonyms.create_key(key, material, outside=outside)
        if not quiet:
            remark(f"{key} made; keep it apart from the data, and keep it")
    secret = pseudonyms.read_key(key, outside=outside)
    record = None
    if (source / "planning.yaml").is_file():  # else it is no workspace and keeps no log
        said = {"to": target.name, "professionals": "yes" if professionals else "no"}
        record = record_of(source, "pseudonymise", source.resolve().name, details=said)
    done = pseudonyms.pseudonymise(
        source, target, secret, professionals=professionals, record=record
    )
    if as_json:
        answer_json(
            {
                "target": str(target),
                "tables": [dataclasses.asdict(copied) for copied in done.tables],
                "ids": dict(done.ids),
                "left_out": list(done.left_out),
            }
        )
        return 0
    for copied in done.tables:
        what = ", ".join(copied.columns) or "no ids"
        answer(f"  {copied.path:<24}{copied.rows:>10,} rows  {what}")
    counts = ", ".join(f"{number:,} {kind} ids" for kind, number in done.ids)
    answer(f"{target}: {counts} replaced.")
    if done.left_out and not quiet:
        remark(f"not copied: {', '.join(done.left_out)}")
    return 0
