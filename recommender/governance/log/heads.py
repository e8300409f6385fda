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
from recommender.files.hashes import sha256_of
from recommender.governance.log.adoption import standing, status_file
from recommender.governance.log.audit import Log, misses, parse_head
from recommender.governance.log.folders import folders_with
from recommender.governance.log.logged import look_up_in, unconfirmed

_FORMAT = "recommender plan folder"
_STRANGER = (
    "no entry of the log is of this plan; it was changed, or made elsewhere, or the log was "
    "replaced"
)


def missed_beside_plans(workspace: Path, log: Log) -> tuple[str, ...]:
    """What the log does not hold of what is kept with the plans in a workspace, however deep.

    Raises:
        InputError: it holds too many folders to look through.
    """
    oldest = log.entries[0].time if log.pruned.number and log.entries else ""
    findings: list[str] = []
    for plan, name, manifest in _plans_of(workspace):
        pruned = str(manifest.get("created", "")) <= oldest
        found = look_up_in(log, sha256_of(plan / "manifest.json"))
        if found.answer != "known" and not pruned:
            findings.append(f"{name}: {_STRANGER}")
        beside = Path(name).with_name(status_file(plan).name).as_posix()
        findings += unconfirmed(beside, standing(plan), found)
        for head, file in _heads(plan, name, manifest):
            try:
                findings += misses(log, parse_head(head), file)
            except UsageError:
                findings.append(f"{file} holds no head of a log")
    return tuple(findings)


def _plans_of(workspace: Path) -> Iterator[tuple[Path, str, dict[str, Any]]]:
    """The plan folders in a workspace that were made from it, as it calls them, their manifests."""
    home = workspace.resolve()
    for folder in folders_with(home, "manifest.json"):
        manifest = _document(folder / "manifest.json")
        if not str(manifest.get("format")).startswith(_FORMAT):
            continue
        if (folder / str(manifest.get("workspace"))).resolve() == home:
            yield folder, folder.relative_to(home).as_posix(), manifest


def _heads(plan: Path, name: str, manifest: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The heads that are kept with a plan, and by what."""
    if manifest.get("log"):
        yield str(manifest["log"]), f"{name}/manifest.json"
    path = status_file(plan)
    steps = _document(path).get("steps")
    for step in steps if isinstance(steps, list) else []:
        if isinstance(step, dict) and step.get("head"):
            yield str(step["head"]), Path(name).with_name(path.name).as_posix()


def _document(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
