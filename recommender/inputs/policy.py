"""The policy of a workspace: outcomes and weights, roles, periods, rules, columns, scenarios."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import Field
from pydantic.dataclasses import dataclass

from recommender.inputs import ranges
from recommender.inputs.catalogue import STRICT, EvidenceLevel, Text

Use: TypeAlias = Literal["feature", "eligibility", "audit_only", "never"]
ColumnType: TypeAlias = Literal["number", "category", "flag", "date", "text"]
Condition: TypeAlias = Literal["recipient", "same", "whole", "after", "repeat_after"]


@dataclass(frozen=True, config=STRICT)
class Outcome:
    """An adverse event to prevent.

    Attributes:
        name: what people call it.
        weight: how bad one case is beside the others; policy, set by people.
        base_rate: the lowest and highest share that is plausible for this population.
        description: what counts as a case, and how it is measured.
        measures: whether a case shows need itself, or that help was used before (which also shows
            who found the way to it); unknown where nobody has said.
    """

    id: str
    name: Text
    weight: ranges.Weight = 1.0
    base_rate: tuple[ranges.Probability, ranges.Probability] = (0.0, 1.0)
    description: Text = Field(default_factory=lambda: Text(en=""))
    measures: Literal["need", "service_use", "unknown"] = "unknown"


@dataclass(frozen=True, config=STRICT)
class Role:
    """A kind of professional.

    Attributes:
        name: what people call it.
        cost_per_hour: euros, where professionals.csv gives no cost of its own.
        may_act_as: roles whose work this role may do as well, and what those may act as in turn;
            never the other way round.
        full_time: hours of a full-time professional in one period; where it is given, the most
            cases at once (``rules.caseload``) shrink with the hours of who has fewer.
    """

    id: str
    name: Text
    cost_per_hour: ranges.EurosAnHour = 0.0
    may_act_as: tuple[str, ...] = ()
    full_time: ranges.FullTime | None = None


@dataclass(frozen=True, config=STRICT)
class Period:
    """A stretch of the school year with its own hours, in calendar order.

    Attributes:
        name: what people call it.
        start, end: the first and the last day.
    """

    id: str
    name: Text
    start: ranges.Day
    end: ranges.Day


@dataclass(frozen=True, config=STRICT)
class Column:
    """What one column of the tables may be used for, and on what legal ground.

    Attributes:
        type: number, category, flag (0/1), date or text.
        use: ``feature`` (risk models), ``eligibility`` (catalogue conditions), ``audit_only``
            (equity tables, never a model or a rule), ``never`` (not read beyond its header).
        label: what people call it.
        minimum, maximum: bounds of a number.
        values: the allowed categories; empty means any.
        source: where the data come from, in one language or two, as are the next two.
        purpose: what they are needed for.
        legal_basis: the ground on which they may be used.
        retention: the last day on which they may be used.
        sensitivity: low, personal, or special (GDPR article 9 and 10 data).
    """

    name: str
    type: ColumnType
    use: tuple[Use, ...]
    label: Text = Field(default_factory=lambda: Text(en=""))
    minimum: ranges.Measured | None = None
    maximum: ranges.Measured | None = None
    values: tuple[str, ...] = ()
    source: Text = Field(default_factory=lambda: Text(en=""))
    purpose: Text = Field(default_factory=lambda: Text(en=""))
    legal_basis: Text = Field(default_factory=lambda: Text(en=""))
    retention: dt.date | None = None
    sensitivity: Literal["low", "personal", "special"] = "personal"


@dataclass(frozen=True, config=STRICT)
class MustServe:
    """A must-serve rule: units that carry its id in ``must_serve`` are to be offered help.

    Attributes:
        name: what people call it.
        interventions: which help counts; empty means any.
        statutory: whether it is a duty in law; else it is a promise.
    """

    id: str
    name: Text
    interventions: tuple[str, ...] = ()
    statutory: bool = False


@dataclass(frozen=True, config=STRICT)
class WaitingPriority:
    """How much more help counts for who has waited (``waiting_since`` in data/pupils).

    It decides who goes first and is no benefit: what a plan reports to avert stays as it is.

    Attributes:
        per_year: share of the value of help that is added for every year of waiting.
        most: the largest share that is added.
    """

    per_year: ranges.Surcharge
    most: ranges.Surcharge = 1.0


@dataclass(frozen=True, config=STRICT)
class Fairness:
    """How help is to be shared between groups of pupils who may be offered something.

    Everything is measured per pupil of the group.

    Attributes:
        name: what people call it.
        by: what makes the groups: ``site``, ``grade`` or a flag that may be used for eligibility
            (not known counts as no).
        bands: name -> lowest and highest grade of a group, where groups are made by grade; empty
            means every grade is a group.
        measure: what is shared: ``coverage`` (pupils offered something), ``hours`` (of all roles)
            or ``benefit``.
        floor: the least of it that every group has, per pupil.
        cap: the most of it that any group has, per pupil.
        lowest: what it is worth (in benefit) to raise the group that has least by one per pupil.
        alpha: how much more it counts to give to groups that have little: 0 not at all, 1 in
            proportion, more the more.
        worth: with alpha: what one more (pupil, hour, benefit) is worth in a group that has one
            per pupil.
    """

    id: str
    by: str
    name: Text = Field(default_factory=lambda: Text(en=""))
    bands: dict[str, tuple[ranges.Grade, ranges.Grade]] = Field(default_factory=dict)
    measure: Literal["coverage", "hours", "benefit"] = "coverage"
    floor: ranges.PerPupil | None = None
    cap: ranges.PerPupil | None = None
    lowest: ranges.Benefit | None = None
    alpha: ranges.Aversion | None = None
    worth: ranges.Benefit | None = None

    @property
    def decided_by(self) -> tuple[str, ...]:
        """The declared columns that tell its groups apart; none where site or grade does."""
        return () if self.by in ("site", "grade") else (self.by,)


@dataclass(frozen=True, config=STRICT)
class NoWorse:
    """Nobody is worse off than under the plan in force (data/present), but for a margin.

    Attributes:
        margin: how much less benefit than under that plan a pupil may have; what a pupil may not
            be offered any more does not count.
    """

    margin: ranges.Benefit = 0.0


@dataclass(frozen=True, config=STRICT)
class Rules:
    """The rules in force.

    Attributes:
        budget: euros for the whole plan, or None for no limit.
        must_serve: rules under which help is owed; ``must_serve: 1`` in a table means the rule
            ``any``.
        consent: the consent states in which a unit may be offered help.
        travel_overhead: share of an hour lost when a professional serves more than one site.
        caps: intervention -> most pupils per site and plan.
        caseload: role -> most cases at once of one professional in that role; a case is a pupil
            with hours of the role, or a group that runs.
        coordinators: roles that coordinate a family, the first in preference; where nobody who
            helps the family has one of them, who gives it most hours does.
        at_once_per_pupil: the most interventions a pupil has in one period, running help included
            and what the whole class receives left out; None for no limit.
        at_once_per_family: the same for all children of a family together; what the parents
            receive counts once.
        waiting_priority: how much more help counts for who has waited; None for no more.
        caution: how many of its standard errors are taken off a benefit before it counts, so
            that well-proved help goes before uncertain help; what is reported stays the benefit.
        fairness: how help is to be shared between groups of pupils.
        no_worse_than: nobody is worse off than under the plan in force, which stands in
            data/present (assignments.csv of its folder); None where that is no rule.
        set_aside: keys of the catalogue that do not count, such as ``recipient`` (every child is
            then counted by itself).
    """

    budget: ranges.Euros | None = None
    must_serve: tuple[MustServe, ...] = ()
    consent: tuple[Literal["given", "asked", "not_needed"], ...] = ("given", "not_needed")
    travel_overhead: ranges.Probability = 0.0
    caps: dict[str, ranges.PupilCount] = Field(default_factory=dict)
    caseload: dict[str, ranges.CaseCount] = Field(default_factory=dict)
    coordinators: tuple[str, ...] = ()
    at_once_per_pupil: ranges.Few | None = None
    at_once_per_family: ranges.Few | None = None
    waiting_priority: WaitingPriority | None = None
    caution: ranges.Aversion = 0.0
    fairness: tuple[Fairness, ...] = ()
    no_worse_than: NoWorse | None = None
    set_aside: tuple[Condition, ...] = ()


@dataclass(frozen=True, config=STRICT)
class CapacityChange:
    """A change of hours: scale first, then add, unless set; ``*`` means all.

    Attributes:
        role, site, period: which hours change.
        scale: what the hours are multiplied by.
        add: hours added in each period.
        set: the hours, whatever they were.
    """

    role: str = "*"
    site: str = "*"
    period: str = "*"
    scale: ranges.Multiple = 1.0
    add: ranges.AddedHours = 0.0
    set: ranges.Hours | None = None


@dataclass(frozen=True, config=STRICT)
class Hire:
    """Somebody who is hired, written as a row of data/professionals.

    Attributes:
        professional_id: an id that nobody else has.
        role: a role, or several: ``a;b``.
        hours: in every period it names.
        sites: a site, several (``a;b``), or ``*`` for all.
        period: a period, or ``*`` for every one.
        cost_per_hour: euros; that of the first role unless given.
        languages: as in data/professionals: ``nl;en``.
    """

    professional_id: Annotated[str, Field(min_length=1)]
    role: str
    hours: ranges.Hours
    sites: str = "*"
    period: str = "*"
    cost_per_hour: ranges.EurosAnHour | None = None
    languages: str = ""


@dataclass(frozen=True, config=STRICT)
class ReachChange:
    """A change of how many of those offered an intervention start and finish.

    Attributes:
        uptake: share of the pupils offered it who start.
        completion: share of those who start who finish.
    """

    uptake: ranges.Probability | None = None
    completion: ranges.Probability | None = None


@dataclass(frozen=True, config=STRICT)
class Change:
    """A scenario: named changes, on top of the scenario it builds on.

    Who leaves goes first, then hours change, then who is hired comes with the hours written.

    Attributes:
        name: what people call it.
        extends: the scenario whose changes come first.
        capacity: changes of hours.
        hire: professionals who are hired.
        leave: ids of professionals who leave.
        budget: euros for the whole plan instead of the budget of the rules.
        rules: keys of ``rules`` that change, written as there: a mapping changes entry by entry,
            anything else is replaced, and null takes away what stands there.
        without: interventions that are left out.
        only: the interventions that are kept; empty means all.
        reach: intervention -> how many start and finish in this scenario.
        weights: outcome -> its weight in this scenario.
        may_act_as: role -> the roles it may act as in this scenario.
    """

    id: str
    name: Text = Field(default_factory=lambda: Text(en=""))
    extends: str | None = None
    capacity: tuple[CapacityChange, ...] = ()
    hire: tuple[Hire, ...] = ()
    leave: tuple[str, ...] = ()
    budget: ranges.Euros | None = None
    rules: dict[str, Any] = Field(default_factory=dict)
    without: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    reach: dict[str, ReachChange] = Field(default_factory=dict)
    weights: dict[str, ranges.Weight] = Field(default_factory=dict)
    may_act_as: dict[str, tuple[str, ...]] = Field(default_factory=dict)


@dataclass(frozen=True, config=STRICT)
class Policy:
    """Everything people decide before a plan is made.

    Attributes:
        reference_date: the day at which what is known of the pupils is taken.
        outcomes: the adverse events to prevent, with their weights.
        roles: the kinds of professionals.
        periods: the stretches of the year that are planned, in calendar order.
        columns: what each column of the tables may be used for, and on what ground.
        evidence: level -> share of a published effect that is believed, 0..1.
        rules: budget, must-serve rules, consent and caps.
        scenarios: named changes to compare with the plan as it is.
        bundle_size: the most interventions one unit may receive together.
        diminishing: weight of each further effect on the same outcome beside the one before it.
        waiting_discount: share of the benefit lost for every period an offer starts later.
        grades: the lowest and the highest grade that occur.
        synthetic: whether the data are made up.
        audit_days: how long the audit log is kept; six months at least.
    """

    reference_date: ranges.Day
    outcomes: tuple[Outcome, ...]
    roles: tuple[Role, ...]
    periods: tuple[Period, ...]
    columns: tuple[Column, ...]
    evidence: dict[EvidenceLevel, ranges.Probability]
    rules: Rules = Field(default_factory=Rules)
    scenarios: tuple[Change, ...] = ()
    bundle_size: Annotated[int, Field(ge=1, le=4)] = 2
    diminishing: ranges.Probability = 0.5
    waiting_discount: ranges.Probability = 0.0
    grades: tuple[ranges.Grade, ranges.Grade] = (1, 8)
    synthetic: bool = False
    audit_days: ranges.KeptDays = 183
