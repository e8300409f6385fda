"""``recommender review``: the sheet on which professionals say what they think of a plan."""

from __future__ import annotations

from pathlib import Path

import click

from recommender.cli import options
from recommender.cli.output import answer


@click.command(short_help="The sheet professionals fill in.")
@options.plan_folder
@options.of_workspace
@click.option(
    "-o", "--output", required=True, type=click.Path(dir_okay=False, path_type=Path),
    help="The .xlsx file to write.",
)  # fmt: skip
@click.option("--language", type=click.Choice(["en", "nl"]), default="nl", show_default=True)
@options.share
def command(plan_folder: Path, elsewhere: Path | None, output: Path, language: str) -> int:
    """Write the sheet on which professionals accept, reject or change the offers of a PLAN.

    One sheet a site, a line for every offer and every pupil without one. Lists hold only help that
    the pupil may be offered. `recommender decide` reads it back.
    """
    from recommender.cli.reload import looked_up, made_from, refuse_strangers, workspace_of
    from recommender.errors import InputError, Problem, UsageError, VerificationFailed
    from recommender.export.folders.plan_folder import MANIFEST, read_plan
    from recommender.export.pages.spoken import reason_sayer
    from recommender.files.hashes import sha256_of
    from recommender.governance.dialogue.review import Options, review_sheet
    from recommender.governance.log.writing import write_file
    from recommender.matching import match
    from recommender.planning.verify.read_back import risks_of

    if output.suffix.lower() != ".xlsx":
        raise UsageError(f"{output}: write an .xlsx file")
    plan, manifest = read_plan(plan_folder)
    workspace = workspace_of(plan_folder, manifest, elsewhere)
    refuse_strangers(plan_folder, looked_up(plan_folder, workspace, manifest.created))
    again = made_from(plan, manifest, workspace)
    if again.changed:
        raise VerificationFailed(again.changed)
    inputs = again.inputs
    risks, findings = risks_of(plan, inputs)
    if risks is None:
        raise InputError([Problem(str(plan_folder), None, None, f) for f in findings])
    candidates = match(inputs.cohort, inputs.catalogue, risks, again.settings.matching)
    choices = Options.eligible(
        inputs.cohort.units["unit_id"].tolist(), inputs.catalogue.ids, candidates.reasons
    )
    sites = inputs.resources.sites
    data = review_sheet(
        plan, inputs.catalogue, choices,
        plan_hash=sha256_of(plan_folder / MANIFEST),
        site_names=dict(zip(sites["site"], sites["name"], strict=True)),
        period_names={p.id: p.name.said(language) for p in inputs.policy.periods},
        language=language,
        because=reason_sayer(manifest, language),
    )  # fmt: skip
    write_file(output, data)
    offers = f"{len(plan.assignments):,}"
    answer(
        f"{output}: {offers.replace(',', '.')} keer aanbod om te bekijken."
        if language == "nl"
        else f"{output}: {offers} offers to look at."
    )
    return 0
