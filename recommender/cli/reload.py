"""A plan folder and the inputs it was made from, read again by the commands that look back."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from recommender.export.manifest import Manifest
    from recommender.governance.log.logged import Lookup
    from recommender.inputs.workspace import Inputs
    from recommender.pipeline import Settings
    from recommender.planning.plan.plan import Plan

OWN = ("interventions.yaml", "planning.yaml")
"""The files of a workspace that are no scenarios."""


@dataclass(frozen=True, eq=False, slots=True)
class Again:
    """What made a plan.

    Attributes:
        inputs: without decisions that were recorded after the plan, where that is all there is.
        changed: one line for every input file that is not what it was.
        only_later: whether decisions on the plan are all that changed.
    """

    inputs: Inputs
    settings: Settings
    changed: tuple[str, ...]
    only_later: bool = False


def workspace_of(folder: Path, manifest: Manifest, elsewhere: Path | None) -> Path:
    """Return where the inputs of a plan are.

    What a manifest says is followed to a folder that holds the plan, or that stands beside it (or
    beside the comparison it is part of), or whose audit log knows the plan, and nowhere else:
    whoever sends a plan does not choose which log is asked and written to.

    Raises:
        UsageError: the manifest leads elsewhere, and nobody named a workspace.
    """
    from recommender.errors import UsageError

    if elsewhere is not None:
        return elsewhere
    here = folder.resolve()
    said = (here / manifest.workspace).resolve()
    if said in here.parents or said.is_relative_to(_around(here)):
        return said
    sealed = (folder / "manifest.json").is_file()
    if sealed and looked_up(folder, said, manifest.created).answer == "known":
        return said
    raise UsageError(
        f"{folder}: its manifest leads to a workspace elsewhere, which is not followed; say where "
        "its inputs are with --workspace"
    )


def workspace_if_any(folder: Path, manifest: Manifest, elsewhere: Path | None) -> Path | None:
    """Return where the inputs of a plan are, or None where its manifest does not lead to them."""
    from recommender.errors import UsageError

    try:
        found = workspace_of(folder, manifest, elsewhere)
    except UsageError:
        return None
    return found if (found / "planning.yaml").is_file() else None


def _around(folder: Path) -> Path:
    from recommender.export.folders.comparison_folder import DOCUMENT, PLANS

    beside = folder.parent
    if beside.name == PLANS and (beside.parent / DOCUMENT).is_file():
        return beside.parent.parent
    return beside


def looked_up(
    folder: Path, workspace: Path | None, created: str = "", file: str = "manifest.json"
) -> Lookup:
    """Return what the log of a workspace says of the plan (or comparison) in a folder."""
    from recommender.files.hashes import sha256_of
    from recommender.governance.log.logged import look_up

    return look_up(workspace, sha256_of(folder / file), created)


def refuse_strangers(folder: Path, found: Lookup, *, quiet: bool = False) -> None:
    """Go on only with a plan that a whole log knows; say so where there is no log to ask.

    Raises:
        VerificationFailed: the log does not know it, or is not whole.
    """
    from recommender.cli.output import remark
    from recommender.errors import VerificationFailed

    if found.answer == "stranger" or found.findings:
        why = (found.why,) if found.answer == "stranger" else ()
        raise VerificationFailed([f"{folder}: {line}" for line in (*found.findings, *why)])
    if found.answer == "unknown" and not quiet:
        remark(f"{folder}: {found.why}")


def made_from(plan: Plan, manifest: Manifest, workspace: Path) -> Again:
    """Return the inputs and settings of a plan, and which inputs have changed since.

    Raises:
        InputError: if the inputs cannot be read.
        PrivacyRefusal: if a column is past its retention today.
        UsageError: if they have no scenario of the plan's name any more.
    """
    from recommender.allocation import Effort
    from recommender.cli.earlier import DECISIONS, before_decisions
    from recommender.export.folders.plan_folder import changed_inputs
    from recommender.inputs.formats.tables import read_table
    from recommender.inputs.readers.scenario_files import FOLDER, is_file_name
    from recommender.inputs.workspace import read_workspace
    from recommender.pipeline import Settings
    from recommender.scenarios import BASE, apply_scenario

    named = [file.path for file in manifest.inputs if is_file_name(file.path)]
    beside = [path for path in named if path not in OWN and not path.startswith(f"{FOLDER}/")]
    inputs = read_workspace(
        workspace, today=dt.date.today(), scenarios=[workspace / path for path in beside]
    )
    inputs = apply_scenario(inputs, manifest.scenario or BASE)
    table = workspace / DECISIONS
    written = read_table(table, file=DECISIONS).frame if table.is_file() else None
    inputs, later = before_decisions(inputs, manifest.inputs, written)
    changed = changed_inputs(manifest.inputs, inputs.sources)
    effort = Effort(whole=bool(json.loads(manifest.settings).get("effort", {}).get("whole", True)))
    settings = Settings.of(inputs.policy, seed=plan.summary.seed, effort=effort)
    said = (*changed, later) if later else changed
    return Again(inputs, settings, said, only_later=bool(later) and not changed)
