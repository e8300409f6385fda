"""Where catalogue and policy contradict each other: names one uses and the other lacks."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from recommender.inputs.catalogue import ALIKE, Intervention
from recommender.inputs.findings import Findings, suggestion
from recommender.inputs.formats.yaml_reader import Key, dotted
from recommender.inputs.policy import Column, Policy
from recommender.inputs.readers.catalogue_file import CatalogueDraft
from recommender.inputs.readers.policy_file import PolicyDraft
from recommender.inputs.readers.rule_changes import Complaint, complaints_of_changes


def check_agreement(catalogue: CatalogueDraft, policy: PolicyDraft, findings: Findings) -> None:
    """Every name the catalogue takes from the policy, and the other way round, exists."""
    _check_alike(catalogue, policy, findings)
    for it in catalogue.catalogue.interventions:
        for place, message, remedy in _unknown_in_policy(it, policy):
            full = ("interventions", it.id, *place)
            document = catalogue.document
            findings.problem(document.file, document.line(full), dotted(full), message, remedy)
    known = catalogue.ids
    for place, message, remedy in (
        *_unknown_in_catalogue(policy.policy, known),
        *complaints_of_changes(
            policy.policy, policy.rules, lambda p: _unknown_in_catalogue(p, known)
        ),
    ):
        document = policy.home(place)
        findings.problem(document.file, document.line(place), dotted(place), message, remedy)
    _check_levels(catalogue, policy, findings)


def decided_by(
    interventions: Iterable[Intervention], policy: Policy
) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """Column -> the interventions and the rules of fairness in which it decides, of scenarios too.

    A column that stands in none of them decides about nobody.
    """
    helps: dict[str, set[str]] = {}
    rules: dict[str, set[str]] = {}
    for it in interventions:
        for column in it.decided_by:
            helps.setdefault(column, set()).add(it.id)
    for rule in policy.rules.fairness:
        for column in rule.decided_by:
            rules.setdefault(column, set()).add(rule.id)
    for change in policy.scenarios:
        written = change.rules.get("fairness")
        for name, entry in written.items() if isinstance(written, dict) else ():
            by = entry.get("by") if isinstance(entry, dict) else None
            if isinstance(by, str) and by not in ("site", "grade"):
                rules.setdefault(by, set()).add(str(name))
    return {
        column: (tuple(sorted(helps.get(column, ()))), tuple(sorted(rules.get(column, ()))))
        for column in sorted({*helps, *rules})
    }


def _unknown_in_policy(it: Intervention, policy: PolicyDraft) -> Iterator[Complaint]:
    for position, need in enumerate(it.needs):
        if policy.roles and need.role not in policy.roles:
            yield (
                ("needs", position, "role"),
                f"is '{need.role}', which is no role of planning.yaml",
                suggestion(need.role, policy.roles),
            )
    for position, effect in enumerate(it.effects):
        if policy.outcomes and effect.outcome not in policy.outcomes:
            yield (
                ("effects", position, "outcome"),
                f"is '{effect.outcome}', which is no outcome of planning.yaml",
                suggestion(effect.outcome, policy.outcomes),
            )
    for key, risks in (
        ("minimum_risk", it.eligible.minimum_risk),
        ("maximum_risk", it.eligible.maximum_risk),
    ):
        for outcome in risks:
            if policy.outcomes and outcome not in policy.outcomes:
                yield (
                    ("eligible", key, outcome),
                    "is no outcome of planning.yaml",
                    suggestion(outcome, policy.outcomes),
                )
    conditions: list[tuple[tuple[Key, ...], str]] = []
    conditions += [(("contraindications", p), c) for p, c in enumerate(it.contraindications)]
    conditions += [
        (("eligible", "indications", p), c) for p, c in enumerate(it.eligible.indications)
    ]
    right = {c.name for c in policy.policy.columns}
    usable = {c.name for c in policy.policy.columns if "eligibility" in c.use and c.type == "flag"}
    for place, column in conditions:
        if column not in policy.columns:
            yield (
                place,
                f"is '{column}', which is no column of planning.yaml",
                suggestion(
                    column, sorted(usable), "declare it with type: flag and use: [eligibility]"
                ),
            )
        elif column in right - usable:
            yield (
                place,
                f"is '{column}', which is declared for another use",
                "give it type: flag and use: [eligibility] in planning.yaml",
            )
    if it.eligible.grades is not None and "grades" not in policy.wrong:
        low, high = policy.policy.grades
        if it.eligible.grades[0] > high or it.eligible.grades[1] < low:
            yield (
                ("eligible", "grades"),
                f"runs from {it.eligible.grades[0]} to {it.eligible.grades[1]}",
                f"grades run from {low} to {high}; nobody would be eligible",
            )
    if it.periods > len(policy.periods) > 0:
        yield (
            ("periods",),
            f"is {it.periods}, but planning.yaml has {len(policy.periods)}",
            "it would never fit; give fewer periods or declare more",
        )


def _check_alike(catalogue: CatalogueDraft, policy: PolicyDraft, findings: Findings) -> None:
    """Groups are alike in columns that may decide about a child, and such columns are needed."""
    columns = {c.name: c for c in policy.policy.columns}
    asked: set[str] = set()
    for it in catalogue.catalogue.interventions:
        for name in it.format.same:
            asked.add(name)
            if name in ALIKE:
                continue
            place = ("interventions", it.id, "format", "same")
            document = catalogue.document
            at = (document.file, document.line(place), dotted(place))
            if name not in policy.columns:
                fit = [c.name for c in columns.values() if _may_group(c)]
                findings.problem(
                    *at, f"names '{name}', which is no column of planning.yaml",
                    suggestion(name, [*ALIKE, *sorted(fit)], "name grade_band or language"),
                )  # fmt: skip
            elif name in columns and not _may_group(columns[name]):
                use = " and ".join(columns[name].use) or "nothing"
                findings.refuse(
                    *at, f"names '{name}', which is declared for {use}: it may not decide in which "
                    "group a child is placed",
                    f"take it out, or declare {name} as a category or flag with use: [eligibility] "
                    "and the ground on which it may be used so",
                )  # fmt: skip
    for column in policy.policy.columns:
        lonely = "eligibility" in column.use and column.type == "category"
        if lonely and column.name not in asked:
            document, key = policy.document, ("columns", column.name, "type")
            findings.problem(
                document.file, document.line(key), dotted(key), "is category",
                "eligibility is decided by 0/1 columns: type: flag",
            )  # fmt: skip


def _may_group(column: Column) -> bool:
    return "eligibility" in column.use and column.type in ("category", "flag")


def _unknown_in_catalogue(policy: Policy, known: Collection[str]) -> Iterator[Complaint]:
    places: list[tuple[tuple[Key, ...], str]] = []
    for rule in policy.rules.must_serve:
        at: tuple[Key, ...] = ("rules", "must_serve", rule.id, "interventions")
        places += [((*at, p), name) for p, name in enumerate(rule.interventions)]
    for scenario in policy.scenarios:
        for key, names in (("without", scenario.without), ("only", scenario.only)):
            places += [(("scenarios", scenario.id, key, p), n) for p, n in enumerate(names)]
    for place, name in places:
        if name not in known:
            yield (
                place,
                f"is '{name}', which is not in interventions.yaml",
                suggestion(name, known),
            )
    for scenario in policy.scenarios:
        for name in scenario.reach:
            if name not in known:
                at = ("scenarios", scenario.id, "reach", name)
                yield at, "is not in interventions.yaml", suggestion(name, known)
    for name in policy.rules.caps:
        if name not in known:
            yield ("rules", "caps", name), "is not in interventions.yaml", suggestion(name, known)


def _check_levels(catalogue: CatalogueDraft, draft: PolicyDraft, findings: Findings) -> None:
    """Every level of evidence that an effect has is given a weight."""
    users: dict[str, str] = {}
    for it in catalogue.catalogue.interventions:
        for effect in it.effects:
            users.setdefault(effect.level, it.id)
    document = draft.document
    for level in sorted(set(users) - set(draft.policy.evidence)):
        findings.problem(
            document.file,
            document.line(("evidence",)),
            "evidence",
            f"lacks '{level}', the level of an effect of {users[level]}",
            f"say how much of it is believed: {level}: 0.5",
        )
