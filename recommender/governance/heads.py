"""What is kept with the plans of a workspace and its log must hold.

Every manifest holds the head of the log before its plan was in it, and the log the hash of every
manifest; every status file holds the heads after its steps.  So a log that was taken away, or
written anew, is found as long as a plan is there that was made before.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from recommender.errors import UsageError
from recommender.governance.adoption import status_file
from recommender.governance.audit import Log, in_force, misses, parse_head
from recommender.governance.moves import sha256_of

_FORMAT = "recommender plan folder"


def missed_beside_plans(workspace: Path, log: Log) -> tuple[str, ...]:
    """What the log does not hold of what is kept with the plans in the folder of a workspace."""
    known = {digest for entry in in_force(log) for _, digest in entry.hashes}
    oldest = log.entries[0].time if log.pruned.number and log.entries else ""
    findings: list[str] = []
    for plan, manifest in _plans_of(workspace):
        pruned = str(manifest.get("created", "")) <= oldest
        if sha256_of(plan / "manifest.json") not in known and not pruned:
            findings.append(
                f"{plan.name}: no entry of the log is of this plan; it was changed, or made "
                "elsewhere, or the log was replaced"
            )
        for head, name in _heads(plan, manifest):
            try:
                findings += misses(log, parse_head(head), name)
            except UsageError:
                findings.append(f"{name} holds no head of a log")
    return tuple(findings)


def _plans_of(workspace: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """The plan folders in a workspace that were made from it, and their manifests."""
    home = workspace.resolve()
    for folder in sorted(home.iterdir()):
        manifest = _document(folder / "manifest.json")
        if folder.name.startswith(".") or not str(manifest.get("format")).startswith(_FORMAT):
            continue
        if (folder / str(manifest.get("workspace"))).resolve() == home:
            yield folder, manifest


def _heads(plan: Path, manifest: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The heads that are kept with a plan, and by what."""
    if manifest.get("log"):
        yield str(manifest["log"]), f"{plan.name}/manifest.json"
    path = status_file(plan)
    steps = _document(path).get("steps")
    for step in steps if isinstance(steps, list) else []:
        if isinstance(step, dict) and step.get("head"):
            yield str(step["head"]), path.name


def _document(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
