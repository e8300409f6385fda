"""``recommender schema``: the JSON Schema of a file that people write or programs read."""

from __future__ import annotations

import click

from recommender.cli.output import answer_json


@click.command(short_help="The JSON Schema of a file.")
@click.argument("kind", type=click.Choice(["catalogue", "planning", "plan"]))
def command(kind: str) -> int:
    """Print the JSON Schema of the catalogue, the planning or the plan.

    catalogue is interventions.yaml, planning is planning.yaml and plan is plan.json in a plan
    folder. An editor that knows JSON Schema completes the first two as they are written.
    """
    if kind == "plan":
        from recommender.export.document import plan_schema

        answer_json(plan_schema())
        return 0
    from recommender.inputs.schema import schema

    answer_json(schema("catalogue" if kind == "catalogue" else "planning"))
    return 0
