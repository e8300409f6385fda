"""Columns of data/pupils that planning.yaml counts on and that are absent: silence permits much."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from recommender.inputs.catalogue import Intervention
from recommender.inputs.policy import Rules


@dataclass(frozen=True, slots=True)
class Silence:
    """A column that is absent, though something counts on it.

    Attributes:
        column: its name.
        because: what counts on it, as part of a sentence.
        remedy: what to do.
        costs: whether its absence costs somebody a right: then nothing may be planned.
    """

    column: str
    because: str
    remedy: str
    costs: bool


def silences(
    header: Collection[str],
    declared: Collection[str],
    written: Collection[str],
    rules: Rules,
    interventions: Collection[Intervention],
    *,
    segments: bool,
) -> Iterator[Silence]:
    """What is absent from a table of pupils and counted on.

    Args:
        header: the columns of the table.
        declared: the columns that planning.yaml declares.
        written: the rules that planning.yaml writes down itself.
        interventions: the catalogue.
        segments: whether rows stand for many pupils, of whom nobody is told apart.
    """
    found = {s.column: s for s in _counted_on(declared, written, rules, interventions, segments)}
    yield from (s for column, s in found.items() if column not in header)


def _counted_on(
    declared: Collection[str],
    written: Collection[str],
    rules: Rules,
    interventions: Collection[Intervention],
    segments: bool,
) -> Iterator[Silence]:
    parents = any(i.recipient == "parents" for i in interventions) and (
        "recipient" not in rules.set_aside
    )
    for column in ("completed", "family_id", "language"):
        if column in declared:
            yield Silence(
                column, "planning.yaml declares", "add it, or delete the declaration", False
            )
    if any(i.requires or i.after or i.repeat_after is not None for i in interventions):
        yield Silence(
            "completed", "conditions of interventions.yaml need",
            "nobody has completed anything unless it says so", False,
        )  # fmt: skip
    if parents or rules.coordinators:
        yield Silence(
            "family_id", "families are told apart by", "every pupil is one alone without it", False
        )
    if rules.at_once_per_family is not None:
        yield Silence(
            "family_id", "the rule at_once_per_family needs", "add it, or drop the rule",
            not segments,
        )  # fmt: skip
    if rules.waiting_priority is not None or "waiting_since" in declared:
        yield Silence(
            "waiting_since", "the rule waiting_priority needs", "add it, or drop the rule",
            rules.waiting_priority is not None and not segments,
        )  # fmt: skip
    if rules.must_serve or "must_serve" in declared:
        yield Silence(
            "must_serve", "the must-serve rules of planning.yaml need",
            "add it, empty where nobody is owed help, or drop the rules", not segments,
        )  # fmt: skip
    if "consent" in written or "consent" in declared:
        yield Silence(
            "consent", "planning.yaml asks for",
            "add it (given, refused, asked or not_needed), or delete consent from planning.yaml",
            not segments,
        )  # fmt: skip
