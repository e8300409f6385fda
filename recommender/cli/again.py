"""A plan folder and the inputs it was made from, read again by the commands that look back."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from recommender.export.manifest import Manifest
    from recommender.inputs.workspace import Inputs
    from recommender.pipeline import Settings
    from recommender.planning.plan import Plan

OWN = ("interventions.yaml", "planning.yaml")
"""The files of a workspace that are no scenarios."""


@dataclass(frozen=True, eq=False, slots=True)
class Again:
    """What made a plan.

    Attributes:
        changed: one line for every input file that is not what it was.
    """

    inputs: Inputs
    settings: Settings
    changed: tuple[str, ...]


def workspace_of(folder: Path, manifest: Manifest, elsewhere: Path | None) -> Path:
    """Return where the inputs of a plan are."""
    return elsewhere or (folder.resolve() / manifest.workspace).resolve()


def made_from(plan: Plan, manifest: Manifest, workspace: Path) -> Again:
    """Return the inputs and settings of a plan, and which inputs have changed since.

    Raises:
        InputError: if the inputs cannot be read.
        UsageError: if they have no scenario of the plan's name any more.
    """
    from recommender.allocation import Effort
    from recommender.export.folder import changed_inputs
    from recommender.inputs.scenario_files import FOLDER, is_file_name
    from recommender.inputs.workspace import read_workspace
    from recommender.pipeline import settings_of
    from recommender.scenarios import BASE, apply_scenario

    named = [file.path for file in manifest.inputs if is_file_name(file.path)]
    beside = [path for path in named if path not in OWN and not path.startswith(f"{FOLDER}/")]
    inputs = read_workspace(workspace, scenarios=[workspace / path for path in beside])
    inputs = apply_scenario(inputs, manifest.scenario or BASE)
    changed = changed_inputs(manifest.inputs, inputs.sources)
    effort = Effort(whole=bool(json.loads(manifest.settings).get("effort", {}).get("whole", True)))
    settings = settings_of(inputs.policy, seed=plan.summary.seed, effort=effort)
    return Again(inputs, settings, changed)
