"""Files with scenarios beside planning.yaml: which there are, and what they hold."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from recommender.errors import InputError
from recommender.files.no_file import why_no_file
from recommender.inputs.findings import Findings, suggestion
from recommender.inputs.formats.yaml_reader import Document, dotted, read_yaml

FOLDER = "scenarios"
SUFFIXES = (".yaml", ".yml")
KEY = "scenarios"


def files_in(workspace: Path) -> tuple[str, ...]:
    """The scenario files of a workspace, as paths inside it, sorted."""
    folder = workspace / FOLDER
    if not folder.is_dir():
        return ()
    names = sorted(f.name for f in folder.iterdir() if f.suffix in SUFFIXES)
    return tuple(f"{FOLDER}/{name}" for name in names)


def is_file_name(word: str) -> bool:
    """Whether a word names a file with scenarios rather than a scenario."""
    return word.endswith(SUFFIXES)


def more_files(workspace: Path, files: Iterable[Path]) -> tuple[str, ...]:
    """Those of some files that are not among the workspace's own, as paths from the workspace."""
    own = {Path(os.path.realpath(workspace / f)) for f in files_in(workspace)}
    apart: dict[Path, str] = {}
    for file in files:
        real = Path(os.path.realpath(file))
        if real not in own:
            apart[real] = Path(os.path.relpath(real, workspace.resolve())).as_posix()
    return tuple(apart[real] for real in sorted(apart))


def draft_scenarios(path: Path, file: str, findings: Findings) -> Document | None:
    """The document of a scenario file: ``scenarios:`` with entries as in planning.yaml."""
    if not path.is_file():
        why = why_no_file(path, "name a file with `scenarios:`")
        findings.problem(file, None, None, *why)
        return None
    document = read_yaml(path, file, findings)
    if document is None:
        return None
    for key in document.value:
        if key != KEY:
            findings.problem(
                file, document.line((key,)), dotted((key,)), "is not a known key",
                suggestion(key, (KEY,), f"write everything under `{KEY}:`"),
            )  # fmt: skip
    if KEY not in document.value:
        findings.problem(
            file, 1, None, f"has no `{KEY}:`", "start with it, then one entry a scenario"
        )
    return document


def scenarios_in(path: Path) -> tuple[str, ...]:
    """The names of the scenarios in a file.

    Raises:
        InputError: what keeps it from being read.
    """
    findings = Findings()
    document = draft_scenarios(path, path.name, findings)
    if findings.problems:
        raise InputError(findings.problems)
    entries = document.value.get(KEY) if document is not None else None
    return tuple(entries) if isinstance(entries, dict) else ()
