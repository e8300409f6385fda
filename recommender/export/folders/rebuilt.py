"""A manifest rebuilt from the inputs of its plan: where it is not what they make of it.

What takes a solver or a person to say again cannot be rebuilt; ``unchecked`` names it, so that
nobody takes silence for proof.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from recommender.allocation import Effort
from recommender.export.folders.plan_folder import MANIFEST, PLAN, REPAIRS
from recommender.export.formats.parquet import SUFFIX, is_written_large
from recommender.export.manifest import Manifest, json_value, manifest_of, manifest_text
from recommender.export.plan_json import plan_text
from recommender.inputs.workspace import Inputs
from recommender.pipeline import Settings
from recommender.planning.plan.plan import Plan
from recommender.planning.verify.verify import CLOSE
from recommender.risk.assess import handed_in
from recommender.version import __version__

TOLD = ("version", "created", "workspace", "language", "front", "files", "log")
"""Fields of a manifest that the inputs do not tell (``unchecked`` names them), or hashes do."""

MADE = ("risk", "matching", "limits")
"""Settings that follow from the policy; the others say how a solver was to work."""


def rebuilt_findings(
    plan: Plan, manifest: Manifest, inputs: Inputs, settings: Settings
) -> tuple[str, ...]:
    """Return what in the manifest of a plan is not so, one finding a line.

    Args:
        plan, manifest: as read from their folder.
        inputs: what the plan was made from, under its scenario.
        settings: those that follow from them.
    """
    findings = []
    again = manifest_of(
        plan, inputs, settings,
        created=dt.datetime(1970, 1, 1, tzinfo=dt.UTC), workspace=manifest.workspace,
    )  # fmt: skip
    again = replace(again, synthetic=inputs.policy.synthetic)
    for field in fields(Manifest):
        if field.name in (*TOLD, "settings", "inputs"):
            continue
        where = _differs(
            json_value(getattr(manifest, field.name)), json_value(getattr(again, field.name))
        )
        if where is not None:
            at = f", {where}" if where else ""
            findings.append(f"{MANIFEST}: {field.name}{at} is not what the inputs say")
    if manifest.inputs != again.inputs:
        findings.append(f"{MANIFEST}: inputs is not what the inputs say")
    findings += _settings(manifest, again)
    listed = {file.path for file in manifest.files}
    if REPAIRS in listed and not _lacks(plan):
        findings.append(f"{REPAIRS}: there is nothing to repair in this plan")
    return tuple(findings)


def text_findings(directory: Path, plan: Plan, manifest: Manifest) -> tuple[str, ...]:
    """Return the files of JSON in a plan folder that hold more than is read, or anything twice."""
    if manifest.version != __version__:
        return ()
    beside = SUFFIX if is_written_large({file.path for file in manifest.files}) else ""
    texts = {MANIFEST: manifest_text(manifest), PLAN: plan_text(plan, beside=beside)}
    return tuple(
        f"{name}: holds more than a plan has, or holds it otherwise"
        for name, text in texts.items()
        if (directory / name).read_bytes() != text.encode()
    )


def unchecked(
    plan: Plan, manifest: Manifest, inputs: Inputs, settings: Settings, *, fitted: bool = False
) -> tuple[str, ...]:
    """Return what a check without a solver leaves to belief, a line each.

    Args:
        fitted: whether risks were learnt again.
    """
    summary = plan.summary
    given = handed_in(inputs.cohort, inputs.policy.outcomes, settings.risk)
    lines = []
    if not fitted and len(given) < len(inputs.policy.outcomes):
        lines.append(
            "risks and their calibration were not learnt again; `recommender verify --risks` does"
        )
    if summary.better_bound is not None:
        lines.append(
            f"the tighter bound of a solver, {summary.better_bound:,.4f}; `recommender replay` "
            "solves again"
        )
    lines.append(
        "how the solver was set and why it stopped (engine, status, effort); `recommender replay` "
        "solves again"
    )
    if summary.draws:
        lines.append("how often its offers stay in draws was not worked out again")
    if manifest.front:
        lines.append("the curve of what more hours would bring (front)")
    if _lacks(plan):
        lines.append("which hours would meet the rules that lack help (repairs.csv)")
    if json.loads(manifest.settings).get("keep"):
        lines.append("what it kept of an earlier plan; `recommender replay` does")
    if manifest.version != __version__:
        lines.append("the pages of the report, which another version of the program wrote")
    return tuple(lines)


def unsigned(manifest: Manifest) -> str:
    """Return what only a log or a signature can say of a plan."""
    return (
        f"that it was made at {manifest.created} by version {manifest.version}, for a report in "
        f"this language ({manifest.language}), and the head of the log before it"
    )


def _lacks(plan: Plan) -> bool:
    return any(shortage.pupils > 0 and shortage.site for shortage in plan.summary.shortages)


def _settings(manifest: Manifest, again: Manifest) -> list[str]:
    said, ours = json.loads(manifest.settings), json.loads(again.settings)
    if not isinstance(said, dict) or said.keys() != ours.keys():
        return [f"{MANIFEST}: settings are not those of a plan"]
    findings = [
        f"{MANIFEST}: settings, {name}{f'.{where}' if where else ''} is not what the inputs say"
        for name in MADE
        if (where := _differs(said[name], ours[name])) is not None
    ]
    try:
        effort = Effort(**said["effort"])
    except (TypeError, ValueError):
        return [*findings, f"{MANIFEST}: settings, effort are not those of a plan"]
    if effort.seed != manifest.seed:
        findings.append(f"{MANIFEST}: settings, effort.seed is not that of the plan")
    if said["engine"] not in ("auto", "exact", "prices") or said["solver"] not in ("highs", "cbc"):
        findings.append(f"{MANIFEST}: settings, engine and solver are not those of a plan")
    return findings


def _differs(said: Any, found: Any) -> str | None:
    """Return where two values of JSON first differ, or None; "" is the whole of them."""
    if isinstance(said, Mapping) and isinstance(found, Mapping):
        if said.keys() != found.keys():
            return ""
        return _first((key, said[key], found[key]) for key in said)
    if isinstance(said, list) and isinstance(found, list):
        if len(said) != len(found):
            return ""
        pairs = enumerate(zip(said, found, strict=True))
        return _first((str(n), one, other) for n, (one, other) in pairs)
    if isinstance(said, float) and isinstance(found, float):
        return None if abs(said - found) <= CLOSE * max(1.0, abs(found)) else ""
    return None if type(said) is type(found) and said == found else ""


def _first(pairs: Any) -> str | None:
    for key, said, found in pairs:
        where = _differs(said, found)
        if where is not None:
            return f"{key}.{where}" if where else str(key)
    return None
