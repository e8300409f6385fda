"""JSON Schema of the YAML files people write, with the descriptions of the dataclasses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from pydantic import TypeAdapter

from recommender.inputs import catalogue, policy
from recommender.inputs.formats.docstrings import field_descriptions, summary

Schema = dict[str, Any]

ID_PATTERN = "[a-z][a-z0-9_]*"
KEYED = {
    ("Catalogue", "interventions"): "id",
    ("Policy", "outcomes"): "id",
    ("Policy", "roles"): "id",
    ("Policy", "periods"): "id",
    ("Policy", "columns"): "name",
    ("Policy", "scenarios"): "id",
    ("Rules", "must_serve"): "id",
    ("Rules", "fairness"): "id",
}
"""Fields that hold a tuple of entries and are written as a mapping from the entry's key."""

_DOCUMENTED = (
    catalogue.Catalogue, catalogue.Intervention, catalogue.Effect, catalogue.Eligible,
    catalogue.After,
    catalogue.Reach, catalogue.Format, catalogue.Need, catalogue.Text,
    policy.Policy, policy.Outcome, policy.Role, policy.Period, policy.Column, policy.MustServe,
    policy.Fairness, policy.NoWorse,
    policy.Rules, policy.WaitingPriority, policy.CapacityChange, policy.Hire, policy.ReachChange,
    policy.Change,
)  # fmt: skip


def schema(kind: Literal["catalogue", "planning"]) -> Schema:
    """The JSON Schema (draft 2020-12) of ``interventions.yaml`` or ``planning.yaml``."""
    root: type = catalogue.Catalogue if kind == "catalogue" else policy.Policy
    whole = described_schema(TypeAdapter(root))
    definitions: dict[str, Schema] = whole.pop("$defs")
    definitions[root.__name__] = whole
    written = {name: _as_written(name, part) for name, part in sorted(definitions.items())}
    top = written.pop(root.__name__)
    if "Rules" in written:
        written["RulesChange"] = _as_changed(written["Rules"])
    top["title"] = "interventions.yaml" if kind == "catalogue" else "planning.yaml"
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **top,
        "$defs": written,
    }


def described_schema(adapter: TypeAdapter[Any]) -> Schema:
    """The schema of the dataclass itself, with the descriptions of its docstring."""
    plain = adapter.json_schema()
    for definition in (plain, *plain.get("$defs", {}).values()):
        cls = next((c for c in _DOCUMENTED if c.__name__ == definition.get("title")), None)
        if cls is None:
            continue
        definition["description"] = summary(cls)
        descriptions = field_descriptions(cls)
        for name, part in definition["properties"].items():
            part.pop("title", None)
            if name in descriptions:
                part["description"] = descriptions[name]
    return plain


def fields_at(whole: Schema, place: Sequence[str | int]) -> dict[str, str]:
    """The keys of the entry around the last key of ``place``, each with its description."""
    here = _resolved(whole, whole)
    for key in place[:-1]:
        inner = here.get("items") if isinstance(key, int) else None
        if isinstance(key, str):
            inner = here.get("properties", {}).get(key) or here.get("additionalProperties")
        here = _resolved(inner, whole)
    properties: Mapping[str, Schema] = here.get("properties", {})
    return {name: part.get("description", "") for name, part in properties.items()}


def _resolved(part: object, whole: Schema) -> Schema:
    """The part itself, behind references and beside null."""
    if not isinstance(part, dict):
        return {}
    for choice in part.get("anyOf", ()):
        if choice.get("type") != "null":
            return _resolved(choice, whole)
    if "$ref" in part:
        return _resolved(whole["$defs"][part["$ref"].rpartition("/")[2]], whole)
    return part


def _as_written(name: str, part: Schema) -> Schema:
    """The definition of a dataclass in the form people write it in YAML."""
    if name == "Text":
        return {
            "description": part["description"],
            "anyOf": [{"type": "string", "description": "the English text."}, part],
        }
    if name == "Format":
        return _format_as_written(part)
    properties: dict[str, Schema] = dict(part["properties"])
    for (owner, field), key in KEYED.items():
        if owner == name:
            properties[field] = _keyed(properties[field], key)
    if name == "Change":
        described = properties["rules"]["description"]
        properties["rules"] = {"description": described, "$ref": "#/$defs/RulesChange"}
    own_key = next((k for (_, f), k in KEYED.items() if _entry_of(f) == name), None)
    if own_key is not None:
        properties.pop(own_key)
    required = [r for r in part.get("required", ()) if r != own_key]
    return {**part, "properties": properties, "required": required}


def _as_changed(part: Schema) -> Schema:
    """The definition of rules in a scenario: any part of them, and null takes a part away."""
    properties = {}
    for key, field in part["properties"].items():
        described = field.get("description", "")
        if "additionalProperties" in field:
            free = {"type": "object", "additionalProperties": True}
            choices = [free, {"type": "null"}]
        else:
            choices = [field, {"type": "null"}]
        properties[key] = {"description": described, "anyOf": choices}
    return {
        "description": "A part of the rules that changes; null takes away what stands there.",
        "type": "object",
        "properties": properties,
        "required": [],
        "additionalProperties": False,
    }


def _entry_of(field: str) -> str:
    return {
        "interventions": "Intervention",
        "outcomes": "Outcome",
        "roles": "Role",
        "periods": "Period",
        "columns": "Column",
        "scenarios": "Change",
        "must_serve": "MustServe",
        "fairness": "Fairness",
    }[field]


def _keyed(part: Schema, key: str) -> Schema:
    """A list of entries with a key, written as a mapping from the key to the entry."""
    written: Schema = {k: v for k, v in part.items() if k in ("description",)}
    written |= {"type": "object", "additionalProperties": part["items"]}
    if key == "id":
        written["propertyNames"] = {"pattern": f"^{ID_PATTERN}$"}
    return written


def _format_as_written(part: Schema) -> Schema:
    """``individual``, ``class``, ``school``, ``{class: {...}}`` or ``{group: {min, max}}``."""

    def session(*keys: str) -> Schema:
        own = {k: v for k, v in part["properties"].items() if k in keys}
        return {"type": "object", "properties": own, "additionalProperties": False}

    group = {**session("min", "max", "same", "bands"), "required": ["max"]}
    together = session("min", "max", "whole")
    return {
        "description": part["description"],
        "anyOf": [
            {"enum": ["individual", "class", "school"]},
            {
                "type": "object",
                "properties": {
                    "individual": {"type": "object", "maxProperties": 0},
                    "group": group,
                    "class": together,
                    "school": together,
                },
                "minProperties": 1,
                "maxProperties": 1,
                "additionalProperties": False,
            },
        ],
    }
