"""``recommender assess``: fit the risk models and say how far they can be trusted."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from recommender.cli import options
from recommender.cli.output import ProgressLine, answer, answer_json, remark


@click.command(short_help="Fit the risk models; how far they can be trusted.")
@options.workspace
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path),
    help="Folder of the report and the models.  [default: assessment, in the workspace]",
)
@options.seed
@options.speech
def command(
    workspace: Path, out: Path | None, seed: int, as_json: bool, quiet: bool, verbose: bool
) -> int:
    """Fit the risk models of a WORKSPACE and report their calibration.

    All scores are of pupils that a model had not seen. Writes calibration.txt, calibration.json
    and the models (models.npz, without pickle and without pupils).
    """
    import json

    from recommender.governance.log.writing import replacing, write_file
    from recommender.inputs.workspace import read_workspace
    from recommender.risk import RiskSettings, assess, render_report, save_models

    folder = workspace / "assessment" if out is None else out
    progress = ProgressLine(quiet=quiet, verbose=verbose)
    progress("reading the workspace")
    inputs = read_workspace(workspace, today=dt.date.today())
    settings = RiskSettings.of(inputs.policy, seed)
    try:
        assessment = assess(inputs.cohort, inputs.policy.outcomes, settings, progress)
    finally:
        progress.done()
    synthetic = "Synthetic data: these pupils do not exist.\n\n" if inputs.policy.synthetic else ""
    text = synthetic + "\n\n\n".join(map(render_report, assessment.reports))
    record = {
        "synthetic": inputs.policy.synthetic,
        "seed": seed,
        "outcomes": [report.to_json() for report in assessment.reports],
    }
    plain = json.dumps(record, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
    write_file(folder / "calibration.txt", (text + "\n").encode())
    write_file(folder / "calibration.json", plain.encode())
    if assessment.models is not None:
        with replacing(folder / "models.npz") as draft:
            save_models(assessment.models, draft)
    if as_json:
        answer_json(record)
    else:
        answer(text)
    if not quiet:
        remark(f"written to {folder}/")
    return 0
