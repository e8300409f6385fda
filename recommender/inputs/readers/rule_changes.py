"""The rules under a partial change, written as in ``rules:`` and checked as the rules themselves.

A mapping changes entry by entry, anything else is replaced, and null takes away what stands there.
A rule that is added to ``Rules`` can be changed by scenarios without a line here.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, TypeAlias, get_args, get_type_hints

from pydantic import TypeAdapter

from recommender.inputs.findings import Findings
from recommender.inputs.formats.schema import KEYED
from recommender.inputs.formats.yaml_reader import Document, KeyPlace, validated
from recommender.inputs.policy import Change, Policy, Rules
from recommender.inputs.readers.entries import entries_at

Complaint: TypeAlias = tuple[KeyPlace, str, str]
"""Place, message and remedy."""

_ENTRIES = {field: key for (owner, field), key in KEYED.items() if owner == "Rules"}


def lineage(policy: Policy, name: str) -> tuple[Change, ...]:
    """Return the changes of a scenario, what it builds on first; a circle is left at its start.

    () for a name that is no scenario.
    """
    changes = {change.id: change for change in policy.scenarios}
    found: list[Change] = []
    while name in changes and changes[name] not in found:
        found.insert(0, changes[name])
        name = changes[name].extends or ""
    return tuple(found)


def changed_rules(rules: Rules, change: Mapping[str, Any]) -> Rules:
    """Return the rules under a partial change.

    Raises:
        pydantic.ValidationError: if the change does not fit; ``checked_rules`` says it in words.
    """
    if not change:
        return rules
    written = merged_mapping(as_written(rules), change)
    for field, key in _ENTRIES.items():
        entries = written.get(field, {})
        written[field] = [{**entry, key: name} for name, entry in entries.items()]
    return TypeAdapter(Rules).validate_json(json.dumps(written), strict=True)


def as_written(rules: Rules) -> dict[str, Any]:
    """Return the rules as a person would write them: entries as mappings by their id."""
    written: dict[str, Any] = TypeAdapter(Rules).dump_python(rules, mode="json")
    for field, key in _ENTRIES.items():
        written[field] = {
            entry[key]: {k: v for k, v in entry.items() if k != key} for entry in written[field]
        }
    return written


def merged_mapping(base: Mapping[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    """Return a mapping changed entry by entry; null takes an entry away."""
    whole = dict(base)
    for key, value in change.items():
        before = whole.get(key)
        if value is None:
            whole.pop(key, None)
        elif isinstance(value, dict):
            whole[key] = merged_mapping(before if isinstance(before, dict) else {}, value)
        else:
            whole[key] = value
    return whole


def checked_rules(
    rules: Rules, change: Mapping[str, Any], document: Document, at: KeyPlace, findings: Findings
) -> Rules | None:
    """Return the rules under a change that stands at ``at``; None with problems noted if wrong.

    Args:
        rules: what changes.
        change: the keys that change, as written.
        document: the file in which they stand.
        at: where in it.
        findings: takes the problems.
    """
    before = len(findings.problems)
    written = merged_mapping(as_written(rules), change)
    value: dict[str, Any] = {}
    inner = value
    for step in at[:-1]:
        inner[str(step)] = {}
        inner = inner[str(step)]
    inner[str(at[-1])] = written
    placed = Document(document.file, value, document.lines, document.unsure)
    hints = get_type_hints(Rules)
    entries: dict[str, Any] = {}
    for field in _ENTRIES:
        kind = get_args(hints[field])[0]
        _, entries[field] = entries_at(placed, (*at, field), kind, findings)
    rest = {**written, **{field: [] for field in _ENTRIES}}
    whole = validated(TypeAdapter(Rules), rest, placed, at, findings)
    if whole is None or len(findings.problems) > before:
        return None
    return replace(whole, **entries)


def rules_in_scenarios(
    policy: Policy, home: Callable[[KeyPlace], Document], findings: Findings
) -> dict[str, Rules]:
    """Return scenario -> the rules in it, for every scenario whose rules are right.

    Args:
        policy: with the scenarios that are right.
        home: the file in which a place stands.
        findings: takes the problems.
    """
    changes = {change.id: change for change in policy.scenarios}
    found: dict[str, Rules | None] = {}

    def rules_of(name: str, trail: tuple[str, ...]) -> Rules | None:
        change = changes.get(name)
        if change is None or name in trail:
            return policy.rules
        if name not in found:
            before = policy.rules
            if change.extends is not None:
                parent = rules_of(change.extends, (*trail, name))
                before = policy.rules if parent is None else parent
            at: KeyPlace = ("scenarios", name, "rules")
            found[name] = (
                checked_rules(before, change.rules, home(at), at, findings)
                if change.rules
                else before
            )
        return found[name]

    for name in changes:
        rules_of(name, ())
    return {name: rules for name, rules in found.items() if rules is not None}


def complaints_of_changes(
    policy: Policy,
    rules: Mapping[str, Rules],
    complain: Callable[[Policy], Iterable[Complaint]],
) -> Iterator[Complaint]:
    """What is wrong with the rules of scenarios, where a check of a whole policy says it.

    What holds before the change too is not said again.

    Args:
        policy: with its scenarios.
        rules: scenario -> the rules in it.
        complain: what is wrong with a policy, with places that begin with ``rules``.
    """

    def said(of: Rules) -> list[Complaint]:
        plain = replace(policy, rules=of, scenarios=())
        return [complaint for complaint in complain(plain) if complaint[0][:1] == ("rules",)]

    for change in policy.scenarios:
        if change.rules and change.id in rules:
            before = said(rules_before(policy, rules, change))
            for place, message, remedy in said(rules[change.id]):
                if (place, message, remedy) not in before:
                    yield ("scenarios", change.id, *place), message, remedy


def rules_before(policy: Policy, rules: Mapping[str, Rules], change: Change) -> Rules:
    """Return the rules that a scenario changes: those of the one it builds on, or of the base."""
    return policy.rules if change.extends is None else rules.get(change.extends, policy.rules)
