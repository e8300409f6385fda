"""A plan as a data package: csv files and a datapackage.json that says what their columns are.

The description follows the Data Package standard of Frictionless (Tabular Data Package).
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from recommender.export.formats.database import run_id
from recommender.export.manifest import Manifest
from recommender.export.tables import csv_text, frames_of
from recommender.planning.plan.columns import COLUMNS
from recommender.planning.plan.plan import Plan

DESCRIPTION = "datapackage.json"

_TITLES = {
    "assignments": "What is proposed for each unit: one row a unit, bundle and intervention",
    "not_served": "Units that are not offered anything, and why",
    "sessions": "Groups that run",
    "resources": "Hours, places, money and rules: what there is, what is used, what more is worth",
    "caseload": "Hours of each professional by unit or session",
    "memberships": "What units pay on top of resources to be in a group; part of the proof",
    "profiles": "The risks the plan was made with",
    "staff": "Who is there: hours handed in, given and left by those alike, and why some are left",
    "calibration": "How such risks compared with what happened to earlier pupils",
    "duties": "What every must-serve rule comes to: pupils owed help, helped, and not, by cause",
}


def package_files(plan: Plan, manifest: Manifest) -> dict[str, bytes]:
    """Return the files of the package by name, the description last."""
    frames = frames_of(plan)
    files = {f"{name}.csv": csv_text(frame).encode() for name, frame in frames.items()}
    resources = [
        {
            "name": name,
            "path": f"{name}.csv",
            "profile": "tabular-data-resource",
            "title": _TITLES[name],
            "format": "csv",
            "mediatype": "text/csv",
            "encoding": "utf-8",
            "bytes": len(files[f"{name}.csv"]),
            "hash": f"sha256:{hashlib.sha256(files[f'{name}.csv']).hexdigest()}",
            "schema": {
                "fields": [
                    {"name": str(column), "type": _type(name, str(column))}
                    for column in frame.columns
                ],
                "missingValues": [],
            },
        }
        for name, frame in frames.items()
    ]
    package: dict[str, Any] = {
        "name": "plan-of-help",
        "id": run_id(plan),
        "profile": "tabular-data-package",
        "title": "Plan of help" + (" (synthetic data)" if manifest.synthetic else ""),
        "description": "A proposal of who is offered which help; professionals decide. Rows are "
        "about single pupils: keep this package as you would keep a file about a child.",
        "created": manifest.created,
        "version": manifest.version,
        "sources": [
            {"title": f"SHA-256 {source.sha256}", "path": source.path} for source in manifest.inputs
        ],
        "resources": resources,
    }
    text = json.dumps(package, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
    return files | {DESCRIPTION: text.encode()}


def _type(table: str, column: str) -> str:
    return "number" if COLUMNS[table].get(column) == "number" else "string"
