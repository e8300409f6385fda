"""``recommender decide``: what professionals said, read back safely."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from recommender.cli import options
from recommender.cli.output import answer, answer_json, remark

_ANSWER = {
    "en": "{target}: {decisions} decisions of {sheet}; {looked_at} of {offers} offers looked at, "
    "{overruled} overruled, {added} asked for beside them.",
    "nl": "{target}: {decisions} besluiten van {sheet}; {looked_at} van de {offers} keer aanbod "
    "bekeken, van {overruled} afgeweken, {added} keer zelf hulp gevraagd.",
}


@click.command(short_help="Read the filled-in sheet back.")
@click.argument("workspace", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("sheet", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--plan", "plan_folder", type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The plan the sheet must be of.",
)  # fmt: skip
@options.share
@options.speech
def command(
    workspace: Path,
    sheet: Path,
    plan_folder: Path | None,
    as_json: bool,
    quiet: bool,
    verbose: bool,  # noqa: ARG001
) -> int:
    """Read what professionals said on a SHEET into data/decisions.csv of the WORKSPACE.

    Every problem of the sheet is listed, and with any nothing is written. A rejected offer becomes
    `forbid`, other help `require`; what was said of the same pair before is replaced. Make the plan
    again afterwards. What is wrong is said in the language of the sheet.
    """
    from recommender.errors import UsageError
    from recommender.export.folders.plan_folder import MANIFEST
    from recommender.export.tables import csv_text
    from recommender.files.hashes import sha256_of
    from recommender.governance.dialogue.review import merged_decisions, read_review
    from recommender.governance.log import audit
    from recommender.governance.log.transaction import LogRecord
    from recommender.governance.log.writing import write_file
    from recommender.inputs.decision_reasons import REASONS
    from recommender.inputs.formats.tables import read_table
    from recommender.inputs.workspace import read_workspace

    target = workspace / "data" / "decisions.csv"
    for other in (".xlsx", ".parquet"):
        if target.with_suffix(other).exists():
            raise UsageError(f"{target.with_suffix(other)} stands there; save it as decisions.csv")
    now = dt.datetime.now(dt.UTC)
    inputs = read_workspace(workspace, today=dt.date.today())
    decided = read_review(
        sheet,
        plan_hash=sha256_of(plan_folder / MANIFEST) if plan_folder else None,
        units=inputs.cohort.units["unit_id"].tolist(),
        catalogue=inputs.catalogue,
        day=now.date(),
    )
    rates = {reason: str(number) for reason, number in decided.by_reason}
    counts = {"offers": decided.offers, "looked_at": decided.looked_at,
              "overruled": decided.overruled, "added": decided.added}  # fmt: skip
    record = LogRecord(
        workspace, "decision", sheet.name,
        who="; ".join(sorted({*decided.decisions["decided_by"]})), role="professionals", when=now,
        hashes=((sheet.name, sha256_of(sheet)),),
        details=(*((name, str(number)) for name, number in counts.items()), *rates.items()),
    )  # fmt: skip
    with audit.locked(workspace, "decisions"):
        old = read_table(target, file="data/decisions.csv").frame if target.exists() else None
        write_file(target, csv_text(merged_decisions(old, decided.decisions)).encode(), record)
    if as_json:
        answer_json(
            {
                "offers": decided.offers,
                "looked_at": decided.looked_at,
                "overruled": decided.overruled,
                "added": decided.added,
                "by_reason": dict(decided.by_reason),
                "warnings": list(decided.warnings),
            }
        )
        return 0
    answer(
        _ANSWER[decided.language].format(
            target=target, sheet=sheet.name, decisions=len(decided.decisions),
            looked_at=decided.looked_at, offers=decided.offers, overruled=decided.overruled,
            added=decided.added,
        )
    )  # fmt: skip
    for reason, number in decided.by_reason:
        answer(f"  {REASONS[reason].said(decided.language):<44}{number:>6,}")
    if not quiet:
        for warning in decided.warnings:
            remark(warning)
    return 0
