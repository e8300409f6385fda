"""The JSON Schemas are valid, described, shipped as generated, and agree with the reader."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import Any, Literal

import jsonschema
import pytest

from recommender.inputs.findings import Findings
from recommender.inputs.formats.schema import schema
from recommender.inputs.formats.yaml_reader import read_yaml

ROOT = Path(__file__).parents[3]
KINDS: tuple[Literal["catalogue", "planning"], ...] = ("catalogue", "planning")
FILES = {"catalogue": "interventions.yaml", "planning": "planning.yaml"}


def _value(path: Path) -> dict[str, Any]:
    document = read_yaml(path, path.name, Findings())
    assert document is not None
    return document.value


@pytest.mark.parametrize("kind", KINDS)
def test_the_shipped_schema_is_the_generated_one(kind: Literal["catalogue", "planning"]) -> None:
    shipped = resources.files("recommender.inputs").joinpath(f"templates/{kind}.schema.json")
    text = json.dumps(schema(kind), indent=2, ensure_ascii=False) + "\n"
    assert shipped.read_text(encoding="utf-8") == text


@pytest.mark.parametrize("kind", KINDS)
def test_the_schema_is_a_schema_and_describes_every_key(
    kind: Literal["catalogue", "planning"],
) -> None:
    whole = schema(kind)
    jsonschema.Draft202012Validator.check_schema(whole)
    for name, part in [("top", whole), *whole["$defs"].items()]:
        for key, field in part.get("properties", {}).items():
            assert field.get("description"), f"{name}.{key} has no description"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("root", ["templates", "shipped"])
def test_right_files_are_right_by_schema(
    kind: Literal["catalogue", "planning"], root: str, workspace: Callable[..., Path]
) -> None:
    folder = workspace() if root == "templates" else ROOT
    jsonschema.Draft202012Validator(schema(kind)).validate(_value(folder / FILES[kind]))


@pytest.mark.many(3)
@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("interventions.yaml", "tier: selective", "tier: best"),
        ("interventions.yaml", "format: individual", "format: solo"),
        ("interventions.yaml", "uptake: 0.9", "uptake: 9"),
        ("interventions.yaml", "    tier: indicated\n", ""),
        ("interventions.yaml", "reach:", "raech:"),
        ("interventions.yaml", "\n  one_to_one_tutoring:", "\n  One:"),
        ("planning.yaml", "bundle_size: 2", "bundle_size: 7"),
        ("planning.yaml", "use: [audit_only]", "use: [audit]"),
        ("planning.yaml", "strong: 1.0", "stronk: 1.0"),
    ],
)
def test_what_the_reader_refuses_in_one_entry_the_schema_refuses_too(
    file: str, old: str, new: str, workspace: Callable[..., Path],
    problems: Callable[[Path], list[str]],
) -> None:  # fmt: skip
    root = workspace((file, old, new))
    kind: Literal["catalogue", "planning"] = (
        "catalogue" if file == "interventions.yaml" else "planning"
    )
    assert problems(root)
    assert not jsonschema.Draft202012Validator(schema(kind)).is_valid(_value(root / file))


@pytest.mark.parametrize("kind", KINDS)
def test_the_modeline_of_a_shipped_file_leads_to_its_schema(
    kind: str, workspace: Callable[..., Path]
) -> None:
    for root in (workspace(), ROOT):
        first = (root / FILES[kind]).read_text(encoding="utf-8").splitlines()[0]
        place = first.removeprefix("# yaml-language-server: $schema=")
        assert json.loads((root / place).read_text(encoding="utf-8"))["title"] == FILES[kind]
