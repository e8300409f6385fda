"""The catalogue: interventions with what they need, whom they suit and what they do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import replace
from typing import Any, Literal, TypeAlias

from pydantic import ConfigDict, Field, model_validator
from pydantic.dataclasses import dataclass

from recommender.inputs import ranges

STRICT = ConfigDict(extra="forbid", str_strip_whitespace=True)

EvidenceLevel: TypeAlias = Literal[
    "strong", "good", "promising", "plausible", "elicited", "assumed"
]
Scale: TypeAlias = Literal["smd", "odds_ratio", "risk_ratio", "risk_difference"]
Tier: TypeAlias = Literal["universal", "selective", "indicated"]
FormatKind: TypeAlias = Literal["individual", "group", "class", "school"]

ALIKE = ("grade_band", "language")
"""In what pupils of a group may be alike without a declared column."""


@dataclass(frozen=True, config=STRICT)
class Text:
    """A name or sentence in English and Dutch.

    Attributes:
        en: the English text.
        nl: the Dutch text; the English one is shown where it is left out.
    """

    en: str
    nl: str = ""

    @model_validator(mode="before")
    @classmethod
    def _plain_string_is_english(cls, value: Any) -> Any:
        return {"en": value} if isinstance(value, str) else value

    def said(self, language: str) -> str:
        """Return the text in a language (en, nl), or in the other where it is left out."""
        return (self.nl or self.en) if language == "nl" else (self.en or self.nl)


@dataclass(frozen=True, config=STRICT)
class Need:
    """Hours of a role, over the whole intervention: per pupil and per group that runs.

    Attributes:
        role: a role of planning.yaml.
        hours_per_pupil: hours for every pupil who takes part.
        hours_per_group: hours for every group or class that runs, whatever its size.
    """

    role: str
    hours_per_pupil: ranges.HoursEach = 0.0
    hours_per_group: ranges.HoursGroup = 0.0


@dataclass(frozen=True, config=STRICT)
class Format:
    """How an intervention is given: individually, to a group, to a class or to the whole school.

    ``class`` is given to one grade of one site at a time, ``school`` to all grades of a site (min 1
    unless said otherwise).

    Attributes:
        kind: individual, group, class or school.
        min: the fewest pupils a group or class session runs with.
        max: the most pupils in one session; for a class or school, 1 means its size.
        whole: of a class or school, that all who may take part do so, or nobody.
        same: of a group, in what its pupils are alike: grade_band, language, or a column (use
            ``eligibility``) such as sex.
        bands: the lowest and highest grade of every grade_band.
    """

    kind: FormatKind
    min: ranges.Size = 1
    max: ranges.Size = 1
    whole: bool = False
    same: tuple[str, ...] = ()
    bands: tuple[tuple[ranges.Grade, ranges.Grade], ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _as_written(cls, value: Any) -> Any:
        """``individual`` or ``{group: {min: 3, max: 5}}`` as people write it."""
        if isinstance(value, str):
            return {"kind": value}
        if isinstance(value, dict) and len(value) == 1 and "kind" not in value:
            ((kind, sizes),) = value.items()
            if sizes is None or isinstance(sizes, dict):
                lists = {k: _tuples(v) for k, v in (sizes or {}).items() if isinstance(v, list)}
                return {**(sizes or {}), **lists, "kind": kind}
        if isinstance(value, dict) and "kind" not in value:
            raise ValueError("is no format; give individual, class or {group: {min: 3, max: 5}}")
        return value


def _tuples(value: list[Any]) -> tuple[Any, ...]:
    return tuple(tuple(each) if isinstance(each, list) else each for each in value)


@dataclass(frozen=True, config=STRICT)
class Reach:
    """The share who start and the share of those who finish.

    Attributes:
        uptake: share of the pupils offered it who start.
        completion: share of those who start who finish.
    """

    uptake: ranges.Probability = 1.0
    completion: ranges.Probability = 1.0

    @property
    def rate(self) -> float:
        """Uptake times completion."""
        return self.uptake * self.completion


@dataclass(frozen=True, config=STRICT)
class Eligible:
    """Whom the intervention suits; every condition must hold.

    Attributes:
        grades: lowest and highest grade, inclusive (Dutch primary school: 1..8).
        minimum_risk: outcome -> the least risk for which it is offered.
        maximum_risk: outcome -> the highest risk for which it is offered.
        indications: 0/1 columns (use ``eligibility``) that must be 1.
    """

    grades: tuple[ranges.Grade, ranges.Grade] | None = None
    minimum_risk: dict[str, ranges.Probability] = Field(default_factory=dict)
    maximum_risk: dict[str, ranges.Probability] = Field(default_factory=dict)
    indications: tuple[str, ...] = ()


@dataclass(frozen=True, config=STRICT)
class Effect:
    """What an intervention does to one outcome, with its error and where it was read.

    Attributes:
        outcome: an outcome of planning.yaml.
        scale: smd, odds_ratio, risk_ratio or risk_difference.
        value: an improvement when positive (smd, risk_difference) or below one (ratios).
        standard_error: on the scale itself for smd and risk_difference, on the log scale for
            odds_ratio and risk_ratio.
        level: how strong the evidence is; planning.yaml says how much of each level is believed.
        source: where the effect was read: authors, year and publication.
        checked: the day somebody last compared it with its source.
        note: anything a reader should know.
    """

    outcome: str
    scale: Scale
    value: ranges.EffectSize
    standard_error: ranges.StandardError
    level: EvidenceLevel
    source: str
    checked: dt.date | None = None
    note: str = ""


@dataclass(frozen=True, config=STRICT)
class After:
    """What comes before an intervention: completed earlier, or given in the same plan and ended.

    Attributes:
        intervention: what comes first.
        periods: periods that lie between its end and the start at least.
    """

    intervention: str
    periods: ranges.Gap = 0


@dataclass(frozen=True, config=STRICT)
class Intervention:
    """One kind of help: what it takes, for whom it is, what it is known to do.

    Attributes:
        name: what people call it.
        tier: universal (everyone), selective (a group at risk) or indicated (this pupil).
        format: individual, {group: {min: 3, max: 5}} or class.
        needs: the hours of each role.
        effects: what it does to the outcomes; empty when nothing is known.
        description: one or two sentences for professionals and parents.
        periods: how many consecutive periods it runs; hours are spread evenly over them.
        cost_per_pupil, cost_per_group: euros beside the hours.
        reach: how many of those offered it start and finish.
        eligible: whom it suits.
        contraindications: 0/1 columns (use ``eligibility``) that rule a pupil out when 1.
        recipient: who receives it; what the parents receive is given once for all the children of
            a family who may be offered it: hours, money and places once, and the good of all.
        requires: interventions that must have been completed, be running, or be in the bundle.
        excludes: interventions that may not be given together with this one.
        after: what must have ended before it starts: a screening, or the lighter help it steps up
            from.  It may exclude this one: they are not given at the same time.
        repeat_after: days after which it may be repeated by who completed it on a known day; None
            for never.
        assumptions: what in this entry is an assumption rather than a finding.
    """

    id: str
    name: Text
    tier: Tier
    format: Format
    needs: tuple[Need, ...]
    effects: tuple[Effect, ...]
    description: Text = Field(default_factory=lambda: Text(en=""))
    periods: ranges.Few = 1
    cost_per_pupil: ranges.EurosEach = 0.0
    cost_per_group: ranges.EurosEach = 0.0
    reach: Reach = Field(default_factory=Reach)
    eligible: Eligible = Field(default_factory=Eligible)
    contraindications: tuple[str, ...] = ()
    recipient: Literal["pupil", "parents"] = "pupil"
    requires: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()
    after: tuple[After, ...] = ()
    repeat_after: ranges.Days | None = None
    assumptions: tuple[str, ...] = ()

    @property
    def decided_by(self) -> tuple[str, ...]:
        """The declared columns that decide who is offered it, and who shares a group."""
        alike = (name for name in self.format.same if name not in ALIKE)
        return tuple(sorted({*self.contraindications, *self.eligible.indications, *alike}))


@dataclass(frozen=True, config=STRICT)
class Catalogue:
    """All interventions, sorted by id.

    Attributes:
        interventions: what can be offered, each with a short id.
    """

    interventions: tuple[Intervention, ...]

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of the interventions, in order."""
        return tuple(i.id for i in self.interventions)


def in_force(catalogue: Catalogue, set_aside: Collection[str]) -> Catalogue:
    """The catalogue with some keys of its interventions put back to what they are when left out.

    Args:
        catalogue: the catalogue as written.
        set_aside: the keys that do not count.
    """
    if not set_aside:
        return catalogue
    plain: dict[str, Any] = {"recipient": "pupil", "after": (), "repeat_after": None}
    neutral = {key: value for key, value in plain.items() if key in set_aside}
    shape: dict[str, Any] = {"same": {"same": (), "bands": ()}, "whole": {"whole": False}}
    form = {key: value for name in set_aside for key, value in shape.get(name, {}).items()}
    return replace(
        catalogue,
        interventions=tuple(
            replace(it, **neutral, format=replace(it.format, **form))
            for it in catalogue.interventions
        ),
    )
