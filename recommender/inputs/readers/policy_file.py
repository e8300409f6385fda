"""The policy of ``planning.yaml``, checked, or every problem in it."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from itertools import pairwise
from pathlib import Path
from typing import Any, get_args

from pydantic import TypeAdapter

from recommender.inputs.catalogue import EvidenceLevel
from recommender.inputs.checks.odd_numbers import odd_numbers
from recommender.inputs.findings import Findings, suggestion
from recommender.inputs.formats.yaml_reader import Document, KeyPlace, dotted, read_yaml, validated
from recommender.inputs.policy import (
    Change,
    Column,
    Fairness,
    MustServe,
    Outcome,
    Period,
    Policy,
    Role,
    Rules,
)  # fmt: skip
from recommender.inputs.ranges import LAST_DAY, MOST_LOST
from recommender.inputs.readers.entries import entries_at
from recommender.inputs.readers.rule_changes import (
    Complaint,
    complaints_of_changes,
    lineage,
    rules_in_scenarios,
)

FILE = "planning.yaml"

STRUCTURAL = (
    "unit_id", "site", "grade", "count", "family_id", "language", "consent", "must_serve",
    "completed", "waiting_since", "date", "intervention", "propensity",
)  # fmt: skip
"""Columns of the tables that need no declaration; only ``grade`` may be a feature."""

_ENTRIES = ("outcomes", "roles", "periods", "columns", "scenarios")
_STEMS = (
    "nationalit", "religi", "ethni", "etnic", "etnis", "herkomst", "afkomst", "geboorteland",
    "countryofbirth", "birthcountry", "landofbirth", "postcode", "postalcode", "zipcode",
    "migrationbackground", "migratieachtergrond", "godsdienst", "levensovertuiging",
)  # fmt: skip
_WORDS = ("origin", "origins", "race", "ras", "faith", "geloof", "zip", "pc4", "pc6", "postal")


@dataclass(frozen=True, eq=False, slots=True)
class PolicyDraft:
    """A policy of which some entries may be wrong.

    Attributes:
        document: the file as it stands.
        outcomes, roles, periods, must_serve, columns: every name in the file, also of wrong
            entries, so that nobody is told they are unknown.
        wrong: the top-level keys that are missing or cannot be used.
        policy: the policy, without its wrong entries and with neutral values for what is wrong.
        scenarios: every name of a scenario, also of wrong ones.
        homes: scenario -> the file beside the policy in which it stands.
        rules: scenario -> the rules in it, where they are right.
    """

    document: Document
    outcomes: tuple[str, ...]
    roles: tuple[str, ...]
    periods: tuple[str, ...]
    must_serve: tuple[str, ...]
    columns: tuple[str, ...]
    wrong: frozenset[str]
    policy: Policy
    scenarios: tuple[str, ...] = ()
    homes: Mapping[str, Document] = field(default_factory=dict)
    rules: Mapping[str, Rules] = field(default_factory=dict)

    def home(self, place: KeyPlace) -> Document:
        """The file in which a place of the policy stands."""
        if len(place) > 1 and place[0] == "scenarios":
            return self.homes.get(str(place[1]), self.document)
        return self.document


def read_policy(path: Path) -> Policy:
    """The policy in the file; raises InputError or PrivacyRefusal with every problem in it."""
    findings = Findings()
    document = read_yaml(path, path.name, findings)
    draft = draft_policy(document, findings) if document is not None else None
    findings.raise_if_any()
    assert draft is not None
    return draft.policy


def is_protected(name: str) -> bool:
    """Whether a column of this name tells origin, nationality, religion, ethnicity or address."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    words = "".join(c if c.isalnum() else " " for c in plain).split()
    squeezed = "".join(words)
    return any(s in squeezed for s in _STEMS) or any(w in _WORDS for w in words)


def draft_policy(
    document: Document, findings: Findings, beside: Sequence[Document] = ()
) -> PolicyDraft:
    """As much of the policy as can be read, its problems added to ``findings``.

    Args:
        document: the file.
        findings: takes the problems.
        beside: files with more scenarios (``scenario_files``).
    """
    file = document.file
    outcome_ids, outcomes = entries_at(document, ("outcomes",), Outcome, findings)
    role_ids, roles = entries_at(document, ("roles",), Role, findings)
    period_ids, periods = entries_at(document, ("periods",), Period, findings)
    column_ids, columns = entries_at(document, ("columns",), Column, findings, key="name")
    scenario_ids, scenarios = entries_at(document, ("scenarios",), Change, findings)
    homes: dict[str, Document] = {}
    for other in beside:
        more_ids, more = entries_at(other, ("scenarios",), Change, findings)
        for name in sorted({*more_ids} & {*scenario_ids}):
            findings.problem(
                other.file, other.line(("scenarios", name)), f"scenarios.{name}",
                f"stands in {homes[name].file if name in homes else file} already",
                "give it a name of its own",
            )  # fmt: skip
        scenarios += tuple(change for change in more if change.id not in scenario_ids)
        homes |= {name: other for name in more_ids if name not in scenario_ids}
        scenario_ids += tuple(name for name in more_ids if name not in scenario_ids)
    rule_ids, must_serve = entries_at(document, ("rules", "must_serve"), MustServe, findings)
    _, fairness = entries_at(document, ("rules", "fairness"), Fairness, findings)
    for key, ids in (("outcomes", outcome_ids), ("roles", role_ids), ("periods", period_ids)):
        if not ids and not document.value.get(key):
            findings.problem(
                file, document.line((key,)), key, "has no entries", "declare at least one"
            )
    # The entries were checked one by one above; what is left is checked as a whole with
    # placeholders, so that one wrong entry does not hide the rest.
    rest: dict[str, Any] = dict(document.value)
    rest |= {key: [] for key in _ENTRIES}
    if isinstance(rest.get("rules"), dict):
        rest["rules"] = {**rest["rules"], "must_serve": [], "fairness": []}
    whole, wrong = _whole(rest, document, findings)
    policy = replace(
        whole,
        outcomes=outcomes,
        roles=roles,
        periods=periods,
        columns=tuple(sorted(columns, key=lambda c: c.name)),
        scenarios=scenarios,
        rules=replace(whole.rules, must_serve=must_serve, fairness=fairness),
    )
    draft = PolicyDraft(
        document, outcome_ids, role_ids, period_ids, rule_ids, column_ids, wrong, policy,
        scenario_ids, homes,
    )  # fmt: skip
    if "rules" not in wrong:
        draft = replace(draft, rules=rules_in_scenarios(policy, draft.home, findings))
    for place, message, remedy in _problems(policy, draft):
        home = draft.home(place)
        findings.problem(home.file, home.line(place), dotted(place), message, remedy)
    for place, message, remedy in (*_warnings(policy), *odd_numbers(policy)):
        home = draft.home(place)
        findings.warn(home.file, home.line(place), dotted(place), message, remedy)
    for place, message, remedy in unequal(policy.rules, policy):
        findings.refuse(file, document.line(place), dotted(place), message, remedy)
    changed = complaints_of_changes(policy, draft.rules, lambda p: unequal(p.rules, p))
    for place, message, remedy in changed:
        home = draft.home(place)
        findings.refuse(home.file, home.line(place), dotted(place), message, remedy)
    for column in columns:
        at = ("columns", column.name)
        for message, remedy in _privacy(column, outcome_ids):
            findings.refuse(file, document.line((*at, "use")), dotted(at), message, remedy)
        for place, message, remedy in _column_problems(column):
            full = (*at, *place)
            findings.problem(file, document.line(full), dotted(full), message, remedy)
    return draft


def _whole(
    rest: dict[str, Any], document: Document, findings: Findings
) -> tuple[Policy, frozenset[str]]:
    """The policy without its entries, and the settings that are wrong, noted and left out."""
    adapter = TypeAdapter(Policy)
    whole = validated(adapter, rest, document, (), findings)
    if whole is not None:
        backwards = whole.grades[0] > whole.grades[1]
        return whole, frozenset({"grades"} if backwards else ())
    right: dict[str, Any] = {
        **{key: [] for key in _ENTRIES},
        "reference_date": LAST_DAY.isoformat(),
        "evidence": dict.fromkeys(get_args(EvidenceLevel), 1.0),
    }
    wrong = {key for key in ("reference_date", "evidence") if key not in rest}
    for key in sorted({f.name for f in fields(Policy)} & set(rest)):
        if validated(adapter, {**right, key: rest[key]}, document, (), Findings()) is None:
            wrong.add(key)
        else:
            right[key] = rest[key]
    whole = validated(adapter, right, document, (), Findings())
    assert whole is not None
    return whole, frozenset(wrong)


def _problems(policy: Policy, draft: PolicyDraft) -> Iterator[Complaint]:
    """What is wrong with the policy as a whole."""
    if policy.outcomes and not any(o.weight for o in policy.outcomes):
        yield ("outcomes",), "have no weight above 0", "nothing would count as a benefit"
    for outcome in policy.outcomes:
        low, high = outcome.base_rate
        if low > high:
            yield (
                ("outcomes", outcome.id, "base_rate"),
                f"runs from {low:g} to {high:g}",
                "write the lowest first",
            )
    if policy.grades[0] > policy.grades[1]:
        yield ("grades",), f"runs from {policy.grades[0]} to {policy.grades[1]}", "lowest first"
    for period in policy.periods:
        if period.end < period.start:
            yield ("periods", period.id, "end"), "lies before the start", "check both dates"
    for one, two in pairwise(policy.periods):
        if two.start < one.start:
            yield (
                ("periods", two.id, "start"),
                f"lies before the start of {one.id}",
                "write the periods in calendar order",
            )
        elif two.start <= one.end:
            yield (
                ("periods", two.id, "start"),
                f"lies within {one.id}, which ends {one.end}",
                "an hour may belong to one period only",
            )
    if policy.rules.travel_overhead > MOST_LOST:
        yield (
            ("rules", "travel_overhead"),
            f"is {policy.rules.travel_overhead:g}, and leaves nothing of an hour elsewhere",
            f"it is the share that is lost, {MOST_LOST:g} at most; 10% is 0.1",
        )
    yield from _role_problems(policy, draft)
    if policy.scenarios:
        yield from _scenario_problems(policy, draft)
        yield from complaints_of_changes(policy, draft.rules, lambda p: _problems(p, draft))


def _role_problems(policy: Policy, draft: PolicyDraft) -> Iterator[Complaint]:
    for role in policy.roles:
        for position, other in enumerate(role.may_act_as):
            if other not in draft.roles:
                yield (
                    ("roles", role.id, "may_act_as", position),
                    f"is '{other}', which is no role",
                    suggestion(other, draft.roles),
                )
    trail = circle({role.id: role.may_act_as for role in policy.roles})
    if trail:
        yield (
            ("roles", trail[0], "may_act_as"),
            f"closes a circle: {' may act as '.join(trail)}",
            "remove one of these; give one professional both roles as a;b instead",
        )
    for rule in policy.rules.fairness:
        for place, message, remedy in _unfair(rule, policy):
            yield ("rules", "fairness", rule.id, *place), message, remedy
    for name in policy.rules.caseload:
        if name not in draft.roles:
            yield ("rules", "caseload", name), "is no role", suggestion(name, draft.roles)
    for position, name in enumerate(policy.rules.coordinators):
        if name not in draft.roles:
            yield (
                ("rules", "coordinators", position),
                f"is '{name}', which is no role",
                suggestion(name, draft.roles),
            )


def _unfair(rule: Fairness, policy: Policy) -> Iterator[Complaint]:
    """What is wrong with a rule of fairness, what it may not know left to ``unequal``."""
    if rule.id == "no_worse_than":
        yield (), "is the name of another rule", "give it a name of its own"
    usable = ("site", "grade", *(c.name for c in policy.columns if "eligibility" in c.use))
    declared = {column.name for column in policy.columns}
    if rule.by not in usable and rule.by not in declared and not is_protected(rule.by):
        yield ("by",), f"is '{rule.by}', which is no column", suggestion(rule.by, usable)
    other = [c for c in policy.columns if c.name in rule.decided_by and c.name in usable]
    if any(column.type != "flag" for column in other):
        flags = [c.name for c in policy.columns if c.name in usable and c.type == "flag"]
        yield (
            ("by",),
            f"is '{rule.by}', a {other[0].type}: groups are told apart by site, grade or a flag",
            f"use one of {', '.join(('site', 'grade', *flags))}, or declare a 0/1 column",
        )
    if rule.bands and rule.by != "grade":
        yield ("bands",), f"are given for {rule.by}", "only grades have bands"
    for name, (low, high) in rule.bands.items():
        if low > high:
            yield ("bands", name), f"runs from {low} to {high}", "write the lowest first"
    bands = sorted(rule.bands.values())
    if any(two[0] <= one[1] for one, two in pairwise(bands)):
        yield ("bands",), "overlap", "give every grade one group"
    if (rule.alpha is None) != (rule.worth is None):
        lacks = "worth" if rule.worth is None else "alpha"
        yield (), f"lacks {lacks}", "alpha and worth go together"
    if all(n is None for n in (rule.floor, rule.cap, rule.lowest, rule.alpha)):
        yield (), "asks nothing", "give a floor, a cap, lowest, or alpha and worth"
    if rule.floor is not None and rule.cap is not None and rule.floor > rule.cap:
        yield ("floor",), f"is {rule.floor:g}, above the cap of {rule.cap:g}", "lower the floor"
    if rule.measure == "coverage" and max(rule.floor or 0, rule.cap or 0) > 1:
        yield (), "asks more than all pupils of a group", "coverage is a share: use 0 to 1"


def unequal(rules: Rules, policy: Policy) -> Iterator[Complaint]:
    """Rules of fairness that would let a column decide that may only be looked at afterwards."""
    usable = [c.name for c in policy.columns if "eligibility" in c.use and not is_protected(c.name)]
    others = {column.name for column in policy.columns} - set(usable)
    for rule in rules.fairness:
        if rule.by in ("site", "grade"):
            continue
        if is_protected(rule.by) or rule.by in others:
            yield (
                ("rules", "fairness", rule.id, "by"),
                f"is '{rule.by}', which may not decide who is offered help",
                f"use site, grade or a column for eligibility ({', '.join(usable) or 'none yet'}); "
                "the equity table shows other groups",
            )


def circle(acts: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """The first circle among names that lead to names, from a name back to it; or nothing."""
    for first in acts:
        trails: list[tuple[str, ...]] = [(first,)]
        seen: set[str] = set()
        while trails:
            trail = trails.pop()
            for name in acts.get(trail[-1], ()):
                if name == first:
                    return (*trail, name)
                if name not in seen:
                    seen.add(name)
                    trails.append((*trail, name))
    return ()


def _scenario_problems(policy: Policy, draft: PolicyDraft) -> Iterator[Complaint]:
    extends = {s.id: s.extends for s in policy.scenarios}
    known = draft.scenarios
    in_circle: set[str] = set()
    for scenario in policy.scenarios:
        at = ("scenarios", scenario.id)
        if scenario.id == "base":
            yield at, "is the name of the plan without a scenario", "give it another name"
        if scenario.extends is not None and scenario.extends not in known:
            others = [k for k in known if k != scenario.id]
            yield (
                (*at, "extends"),
                f"names '{scenario.extends}', which is no scenario",
                suggestion(scenario.extends, others),
            )
        trail: list[str] = []
        here: str | None = scenario.id
        while here is not None and here not in trail:
            trail.append(here)
            here = extends.get(here)
        if here == scenario.id and scenario.id not in in_circle:
            in_circle.update(trail)
            yield (
                (*at, "extends"),
                f"closes a circle: {' extends '.join((*trail, scenario.id))}",
                "remove one of these",
            )
        for position, change in enumerate(scenario.capacity):
            place = (*at, "capacity", position)
            if change.role not in ("*", *draft.roles):
                yield (
                    (*place, "role"),
                    f"is '{change.role}', which is no role",
                    suggestion(change.role, draft.roles),
                )
            if change.period not in ("*", *draft.periods):
                yield (
                    (*place, "period"),
                    f"is '{change.period}', which is no period",
                    suggestion(change.period, draft.periods),
                )
            if change.set is not None and (change.scale != 1 or change.add != 0):
                yield place, "has both set and scale or add", "use set alone, or leave it out"
        for position, hire in enumerate(scenario.hire):
            place = (*at, "hire", position)
            for role in hire.role.split(";"):
                if role.strip() not in draft.roles:
                    yield (
                        (*place, "role"),
                        f"is '{hire.role}', which is no role",
                        suggestion(role.strip(), draft.roles),
                    )
            if hire.period not in ("", "*", *draft.periods):
                yield (
                    (*place, "period"),
                    f"is '{hire.period}', which is no period",
                    suggestion(hire.period, draft.periods),
                )
        if scenario.budget is not None and "budget" in scenario.rules:
            yield (*at, "budget"), "stands under rules too", "keep one of the two"
        for name in scenario.weights:
            if name not in draft.outcomes:
                yield (
                    (*at, "weights", name),
                    "is no outcome",
                    suggestion(name, draft.outcomes),
                )
        for name in scenario.may_act_as:
            if name not in draft.roles:
                yield (*at, "may_act_as", name), "is no role", suggestion(name, draft.roles)
        for name, roles in scenario.may_act_as.items():
            for position, other in enumerate(roles):
                if other not in draft.roles:
                    yield (
                        (*at, "may_act_as", name, position),
                        f"is '{other}', which is no role",
                        suggestion(other, draft.roles),
                    )
        acting = circle(_acting(policy, scenario.id))
        if scenario.may_act_as and acting:
            yield (
                (*at, "may_act_as"),
                f"closes a circle: {' may act as '.join(acting)}",
                "remove one of these",
            )
        both = sorted(set(scenario.without) & set(scenario.only))
        if both:
            yield (*at, "without"), f"names {both[0]}, which is also under only", "drop one"


def _acting(policy: Policy, scenario: str) -> dict[str, tuple[str, ...]]:
    """Who may act as whom under a scenario and those it builds on."""
    acts = {role.id: role.may_act_as for role in policy.roles}
    for change in lineage(policy, scenario):
        acts |= change.may_act_as
    return acts


def _warnings(policy: Policy) -> Iterator[Complaint]:
    labels = Counter(o.name.en for o in policy.outcomes)
    for outcome in policy.outcomes:
        if labels[outcome.name.en] > 1:
            yield (
                ("outcomes", outcome.id, "name"),
                f"is '{outcome.name.en}', like another outcome",
                "give each its own name",
            )
    if policy.periods and policy.periods[-1].end < policy.reference_date:
        yield (
            ("reference_date",),
            "lies after the last period",
            "the plan would be for the past; check the dates",
        )


def _privacy(column: Column, outcomes: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Why the use of a column would break the legal frame: message and remedy."""
    use = set(column.use)
    for lonely in ("audit_only", "never"):
        if lonely in use and len(use) > 1:
            others = " and ".join(sorted(use - {lonely}))
            yield (
                f"has use {lonely} together with {others}",
                f"{lonely} excludes every other use; choose one",
            )
    if not use & {"feature", "eligibility"}:
        return
    names = (column.name, column.label.en, column.label.nl)
    if any(is_protected(n) for n in names):
        yield (
            "tells origin, nationality, religion, ethnicity or address and may not decide about "
            "a child",
            "use audit_only (equity tables) or never",
        )
    if column.name in outcomes:
        yield "is an outcome and cannot be known beforehand", "remove feature and eligibility"


def _column_problems(column: Column) -> Iterator[Complaint]:
    if not column.use:
        yield ("use",), "is empty", "use feature, eligibility, audit_only or never"
    if "feature" in column.use and column.type in ("text", "date"):
        yield (
            ("type",),
            f"is {column.type}, which cannot be a feature",
            "put free text in data/notes.csv; turn a date into a number",
        )
    if "eligibility" in column.use and column.type not in ("flag", "category"):
        yield ("type",), f"is {column.type}", "eligibility is decided by 0/1 columns: type: flag"
    structural = column.name in STRUCTURAL and column.name != "grade"
    if structural and set(column.use) & {"feature", "eligibility"}:
        yield (
            ("use",),
            f"makes {column.name} a feature or a condition, which it cannot be",
            "use audit_only, or copy what is meant into a column of its own",
        )
    if column.type != "number":
        for key in ("minimum", "maximum"):
            if getattr(column, key) is not None:
                yield (key,), f"is given for a {column.type}", "only a number has bounds"
    low, high = column.minimum, column.maximum
    if low is not None and high is not None and low > high:
        yield ("minimum",), f"is {low:g}, above the maximum of {high:g}", "swap them"
    if column.values and column.type != "category":
        yield ("values",), f"are given for a {column.type}", "only a category has values"
