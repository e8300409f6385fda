"""``recommender schema``: the JSON Schema of a file that people write or programs read."""

from __future__ import annotations

import click

from recommender.cli.output import answer_json


@click.command(short_help="The JSON Schema of a file.")
@click.argument("kind", type=click.Choice(["catalogue", "planning", "plan", "comparison"]))
def command(kind: str) -> int:
    """Print the JSON Schema of the catalogue, the planning, the plan or the comparison.

    catalogue is interventions.yaml, planning is planning.yaml, plan is plan.json in a plan folder
    and comparison is comparison.json in a folder of compare. An editor that knows JSON Schema
    completes the first two as they are written.
    """
    if kind == "comparison":
        from recommender.export.folders.comparison_folder import comparison_schema

        answer_json(comparison_schema())
        return 0
    if kind == "plan":
        from recommender.export.plan_json import plan_schema

        answer_json(plan_schema())
        return 0
    from recommender.inputs.formats.schema import schema

    answer_json(schema("catalogue" if kind == "catalogue" else "planning"))
    return 0
