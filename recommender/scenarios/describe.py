"""What a scenario changes, in words that people check it by."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from recommender.inputs.policy import CapacityChange, Change, Hire, ReachChange
from recommender.inputs.workspace import Inputs
from recommender.scenarios.changes import BASE, apply_change, lineage


@dataclass(frozen=True, slots=True)
class Listed:
    """A scenario as a list shows it.

    Attributes:
        name, title: its id and what people call it.
        extends: the scenario it builds on, "" for the base.
        changes: what it changes itself, in words.
        hours: of everybody in all periods together, travel not taken off.
        budget: euros beside the hours, or None for no limit.
        interventions: how many may be offered.
        remarks: what is worth a look, such as a change that changes nothing.
    """

    name: str
    title: str
    extends: str
    changes: tuple[str, ...]
    hours: float
    budget: float | None
    interventions: int
    remarks: tuple[str, ...]


def listed_scenarios(inputs: Inputs) -> tuple[Listed, ...]:
    """Return the base and every scenario of a policy, in its order."""
    found = [_listing(BASE, "As it is", "", (), inputs, ())]
    for change in inputs.policy.scenarios:
        before = inputs
        for step in lineage(inputs.policy, change.id)[:-1]:
            before = apply_change(before, step)
        after = apply_change(before, change)
        remarks = [
            f"{_hours(part)}: nobody is there whose hours could change"
            for part in change.capacity
            if part.scale != 1 and part.add == 0 and part.set is None
            if _same(before, apply_change(before, Change(id=change.id, capacity=(part,))))
        ]
        if not remarks and _same(before, after):
            on = change.extends or "the base"
            remarks.append(f"it changes nothing: its plan will be that of {on}")
        found.append(
            _listing(
                change.id, change.name.en, change.extends or "", changes_in_words(change),
                after, tuple(remarks),
            )
        )  # fmt: skip
    return tuple(found)


def _listing(
    name: str, title: str, extends: str, changes: tuple[str, ...], inputs: Inputs,
    remarks: tuple[str, ...],
) -> Listed:  # fmt: skip
    return Listed(
        name=name,
        title=title,
        extends=extends,
        changes=changes,
        hours=float(inputs.resources.professionals["hours"].sum()),
        budget=inputs.policy.rules.budget,
        interventions=len(inputs.catalogue.interventions),
        remarks=remarks,
    )


def _same(one: Inputs, other: Inputs) -> bool:
    """Whether two inputs of one workspace lead to the same plan."""
    return (
        one.policy == other.policy
        and one.catalogue == other.catalogue
        and one.resources.professionals.equals(other.resources.professionals)
    )


def changes_in_words(change: Change) -> tuple[str, ...]:
    """Return what one scenario changes itself, a short line each; () for nothing."""
    lines = [_left(who) for who in change.leave]
    lines += [_hours(capacity) for capacity in change.capacity]
    lines += [_hired(hire) for hire in change.hire]
    if change.budget is not None:
        lines.append(f"budget: {change.budget:,.0f} euros")
    lines += [f"rules: {name} {_value(value)}" for name, value in _leaves(change.rules)]
    lines += [
        f"{role} may act as {', '.join(others) or 'nobody else'}"
        for role, others in change.may_act_as.items()
    ]
    if change.without:
        lines.append(f"without {_listed(change.without)}")
    if change.only:
        lines.append(f"only {_listed(change.only)}")
    lines += [_reach(name, reach) for name, reach in change.reach.items()]
    lines += [f"weight of {name}: {weight:g}" for name, weight in change.weights.items()]
    return tuple(lines)


def _hours(change: CapacityChange) -> str:
    what = f"hours of {'everybody' if change.role == '*' else change.role}"
    where = "" if change.site == "*" else f" at {change.site}"
    when = "" if change.period == "*" else f" in {change.period}"
    if change.set is not None:
        return f"{what}{where}{when}: {change.set:g} a period"
    how = [f"x {change.scale:g}"] if change.scale != 1 else []
    how += [f"{change.add:+g} a period"] if change.add else []
    return f"{what}{where}{when}: {', '.join(how) if how else 'as they are'}"


def _left(who: str) -> str:
    return f"{who} leaves"


def _hired(hire: Hire) -> str:
    where = "everywhere" if hire.sites == "*" else f"at {hire.sites}"
    when = "every period" if hire.period in ("", "*") else hire.period
    return f"{hire.professional_id} is hired: {hire.role} {where}, {hire.hours:g} h {when}"


def _reach(name: str, change: ReachChange) -> str:
    said = [
        f"{what} {share:.0%}"
        for what, share in (("uptake", change.uptake), ("completion", change.completion))
        if share is not None
    ]
    return f"reach of {name}: {', '.join(said) if said else 'as it is'}"


def _leaves(rules: dict[str, Any], path: str = "") -> Iterable[tuple[str, Any]]:
    """Every changed place of the rules, dotted, with what stands there."""
    for key, value in rules.items():
        name = f"{path}.{key}" if path else key
        if isinstance(value, dict) and value:
            yield from _leaves(value, name)
        else:
            yield name, value


def _value(value: Any) -> str:
    if value is None:
        return "is taken away"
    return f"becomes {value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}"


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(names) if len(names) <= 6 else f"{len(names)} interventions"
