"""The catalogue of ``interventions.yaml``, checked, or every problem in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, pairwise
from pathlib import Path

from recommender.inputs.catalogue import Catalogue, Effect, Intervention
from recommender.inputs.checks.odd_numbers import odd_needs
from recommender.inputs.findings import Findings, closest_word, suggestion
from recommender.inputs.formats.yaml_reader import MOST_PROBLEMS, Document, dotted, read_yaml
from recommender.inputs.readers.entries import entries_at
from recommender.inputs.readers.relations import contradictions, requirement_cycles
from recommender.inputs.readers.rule_changes import Complaint

FILE = "interventions.yaml"


@dataclass(frozen=True, eq=False, slots=True)
class CatalogueDraft:
    """A catalogue of which some entries may be wrong.

    Attributes:
        document: the file as it stands.
        ids: every id in the file, also of wrong entries, so that nobody is told they are unknown.
        catalogue: the entries that are right, sorted by id.
    """

    document: Document
    ids: tuple[str, ...]
    catalogue: Catalogue


def read_catalogue(path: Path) -> Catalogue:
    """The catalogue in the file; raises InputError with every problem in it."""
    findings = Findings()
    document = read_yaml(path, path.name, findings)
    draft = draft_catalogue(document, findings) if document is not None else None
    findings.raise_if_any()
    assert draft is not None
    return draft.catalogue


def draft_catalogue(document: Document, findings: Findings) -> CatalogueDraft:
    """As much of the catalogue as can be read, its problems added to ``findings``."""
    file = document.file
    for key in islice((k for k in document.value if k != "interventions"), MOST_PROBLEMS):
        findings.problem(
            file, document.line((key,)), key or None, "is not a known key",
            suggestion(key, ["interventions"]),
        )  # fmt: skip
    ids, interventions = entries_at(document, ("interventions",), Intervention, findings)
    if not ids:
        findings.problem(
            file, document.line(("interventions",)), "interventions", "has no entries",
            "add at least one intervention; `recommender init DIR` writes examples",
        )  # fmt: skip
    for intervention in interventions:
        for place, message, remedy in _own_problems(intervention, ids):
            full = ("interventions", intervention.id, *place)
            findings.problem(file, document.line(full), dotted(full), message, remedy)
        for place, message, remedy in _own_warnings(intervention):
            full = ("interventions", intervention.id, *place)
            findings.warn(file, document.line(full), dotted(full), message, remedy)
    _check_relations(interventions, document, findings)
    ordered = tuple(sorted(interventions, key=lambda i: i.id))
    return CatalogueDraft(document, ids, Catalogue(ordered))


def _own_problems(it: Intervention, known: tuple[str, ...]) -> Iterator[Complaint]:
    """What is wrong with one intervention on its own."""
    if not it.name.en:
        yield ("name",), "is empty", "say what people call it"
    yield from _format_problems(it)
    for role, times in Counter(n.role for n in it.needs).items():
        if times > 1:
            yield ("needs",), f"names {role} {times} times", "add its hours up in one entry"
    for outcome, times in Counter(e.outcome for e in it.effects).items():
        if times > 1:
            yield ("effects",), f"has {times} effects on {outcome}", "pool them into one"
    for position, effect in enumerate(it.effects):
        for place, message, remedy in _effect_problems(effect):
            yield ("effects", position, *place), message, remedy
    grades = it.eligible.grades
    if grades is not None and grades[0] > grades[1]:
        yield (
            ("eligible", "grades"),
            f"runs from {grades[0]} to {grades[1]}",
            "write the lowest grade first",
        )
    for outcome, least in it.eligible.minimum_risk.items():
        most = it.eligible.maximum_risk.get(outcome, 1.0)
        if least > most:
            yield (
                ("eligible", "minimum_risk", outcome),
                f"is {least:g}, above the maximum_risk of {most:g}",
                "nobody would be eligible; lower it",
            )
    for column in sorted(set(it.contraindications) & set(it.eligible.indications)):
        yield (
            ("contraindications",),
            f"names {column}, which is also an indication",
            "nobody would be eligible; drop one of the two",
        )
    before = tuple(a.intervention for a in it.after)
    if len(set(before)) < len(before):
        yield ("after",), "names one intervention twice", "name it once"
    for relation, names in (
        ("requires", it.requires),
        ("excludes", it.excludes),
        ("after", before),
    ):
        for position, name in enumerate(names):
            if name == it.id:
                yield (relation, position), "names the intervention itself", "remove it"
            elif name not in known:
                near = closest_word(name, [k for k in known if k != it.id])
                yield (
                    (relation, position),
                    f"names '{name}', which is not in the catalogue",
                    f"did you mean '{near}'?" if near else "add it or remove the name",
                )


def _format_problems(it: Intervention) -> Iterator[Complaint]:
    form = it.format
    if form.kind == "individual":
        if form.min != 1 or form.max != 1:
            yield ("format",), "is individual and has a size", "write `format: individual`"
        for position, need in enumerate(it.needs):
            if need.hours_per_group:
                yield (
                    ("needs", position, "hours_per_group"),
                    "is given, but the format is individual",
                    "use hours_per_pupil, or give the format as group or class",
                )
        if it.cost_per_group:
            yield (
                ("cost_per_group",),
                "is given, but the format is individual",
                "use cost_per_pupil",
            )
    together = form.kind in ("class", "school")
    if together and it.recipient == "parents":
        yield ("recipient",), f"is parents, but the format is {form.kind}", "a class is of pupils"
    if form.whole and not together:
        yield ("format", "whole"), f"is given for {form.kind}", "only a class or school is whole"
    if form.whole and form.max != 1:
        yield ("format", "max"), f"is {form.max}", "a whole class is as large as it is; drop it"
    yield from _alike_problems(it)
    open_class = together and form.max == 1
    if form.min > form.max and not open_class:
        yield (
            ("format", "min"),
            f"is {form.min}, above max {form.max}",
            f"give max: {form.min} or more, or a smaller min",
        )


def _alike_problems(it: Intervention) -> Iterator[Complaint]:
    form, place = it.format, ("format",)
    if form.same and (form.kind != "group" or it.recipient == "parents"):
        of = "parents" if form.kind == "group" else form.kind
        yield (*place, "same"), f"is given for {of}", "only pupils in a group can be alike"
    if len(set(form.same)) < len(form.same):
        yield (*place, "same"), "names one thing twice", "name it once"
    if ("grade_band" in form.same) != bool(form.bands):
        yield (
            (*place, "same"),
            "names grade_band without bands" if not form.bands else "lacks grade_band of the bands",
            "give both: same: [grade_band], bands: [[3, 4], [5, 8]]",
        )
    for low, high in form.bands:
        if low > high:
            yield (*place, "bands"), f"run from {low} to {high}", "write the lowest grade first"
    for one, two in pairwise(sorted(form.bands)):
        if two[0] <= one[1]:
            yield (*place, "bands"), f"have grade {two[0]} twice", "a grade is in one band"
    if form.bands and it.eligible.grades is not None:
        held = {g for low, high in form.bands for g in range(low, high + 1)}
        lost = [g for g in range(it.eligible.grades[0], it.eligible.grades[1] + 1) if g not in held]
        if lost:
            yield (
                (*place, "bands"),
                f"lack grade {lost[0]}, which is eligible",
                "put every eligible grade in a band",
            )


def _effect_problems(effect: Effect) -> Iterator[Complaint]:
    if not effect.source:
        yield (
            ("source",),
            "is empty",
            "say where the effect was read; an assumption is `level: assumed` and says whose it is",
        )
    if effect.scale in ("odds_ratio", "risk_ratio") and effect.value <= 0:
        yield ("value",), f"is {effect.value:g}", f"an {effect.scale} is above 0; 1 is no effect"
    if effect.scale == "risk_difference" and abs(effect.value) > 1:
        yield (
            ("value",),
            f"is {effect.value:g}",
            "a risk_difference lies between -1 and 1; 5 points is 0.05",
        )


def _own_warnings(it: Intervention) -> Iterator[Complaint]:
    for position, effect in enumerate(it.effects):
        harm = effect.value > 1 if effect.scale.endswith("ratio") else effect.value < 0
        if harm:
            yield (
                ("effects", position, "value"),
                f"is {effect.value:g}, which is harm",
                "an improvement is positive for smd and risk_difference, below 1 for ratios",
            )
        if effect.scale == "smd" and abs(effect.value) > 2:
            yield (
                ("effects", position, "value"),
                f"is {effect.value:g}, larger than any prevention programme has shown",
                "check the scale",
            )
    if not any(n.hours_per_pupil or n.hours_per_group for n in it.needs):
        yield (), "needs no hours of anybody", "give its hours, or it will be offered to all"
    yield from odd_needs(it)


def _check_relations(
    interventions: tuple[Intervention, ...], document: Document, findings: Findings
) -> None:
    """Cycles in requires, and requirements that exclude each other."""
    for cycle in requirement_cycles(interventions):
        place = ("interventions", cycle[0], "requires")
        findings.problem(
            document.file,
            document.line(place),
            dotted(place),
            f"closes a circle: {' needs '.join((*cycle, cycle[0]))}",
            "remove one of these requirements",
        )
    for id_, a, b in islice(contradictions(interventions), MOST_PROBLEMS):
        place = ("interventions", id_, "requires")
        if a == id_:
            message = f"leads to {b}, and {a} and {b} exclude each other"
        else:
            message = f"leads to {a} and {b}, which exclude each other"
        findings.problem(
            document.file,
            document.line(place),
            dotted(place),
            message,
            "it could never be given; remove the requirement or the exclusion",
        )
