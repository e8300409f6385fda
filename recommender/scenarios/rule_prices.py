"""Prices of rules: the optimum with each and, all else as it is, without it.

Both are solved as relaxations, in parts of pupils and groups, where a difference of a thousandth is
a difference; between whole plans it would drown in their gaps.  A rule that permits something, such
as a role that may act as another, has a price below 0: what it brings.  Who does which case is
settled after the hours are shared out, so whole cases, continuity and coordinators cost nothing.
(D. Bertsimas, V. F. Farias and N. Trichakis, The price of fairness, Operations Research 59, 2011.)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from recommender.allocation import Allocation
from recommender.allocation.decomposition import solve_in_parts
from recommender.inputs.catalogue import Intervention
from recommender.inputs.policy import Change, Fairness
from recommender.inputs.workspace import Inputs
from recommender.matching import Candidates, match
from recommender.pipeline import Progress, Settings, silent
from recommender.planning import Formulation, formulate
from recommender.planning.formulation.limits import PieceKind
from recommender.planning.formulation.rules.shares import PRESENT
from recommender.risk import RiskProfiles, assess_risk
from recommender.scenarios.changes import BASE, apply_change, apply_scenario
from recommender.scenarios.solve import settings_under

Off = Callable[[Inputs], Inputs]


@dataclass(frozen=True, slots=True)
class Switch:
    """A rule that can be left out.

    Attributes:
        rule: its place in planning.yaml or interventions.yaml, such as ``rules.budget``.
        says: what it says, in words.
        off: the inputs without it.
    """

    rule: str
    says: str
    off: Off


@dataclass(frozen=True, slots=True)
class RulePrice:
    """What one rule costs.

    Attributes:
        rule, says: as of ``Switch``.
        scenario: under which the rule holds.
        benefit: of the plan with it, in weighted adverse outcomes averted.
        without: of the plan without it.
        unproven: how much more both objectives together could be: the price is known so well.
        lacking: whether something is lacking with the rule (a statutory rule, a floor of fairness,
            hours of running help): the price is that of coming so near to it.
    """

    rule: str
    says: str
    scenario: str
    benefit: float
    without: float
    unproven: float
    lacking: bool

    @property
    def price(self) -> float:
        """Return how much benefit the rule costs; below 0 what it brings."""
        return self.without - self.benefit


def rule_prices(
    inputs: Inputs,
    scenarios: Iterable[str],
    settings: Settings,
    *,
    risks: RiskProfiles | None = None,
    progress: Progress = silent,
) -> tuple[RulePrice, ...]:
    """Return what every rule costs, each at the first scenario in which it is in force.

    Args:
        inputs: of the workspace, without a scenario.
        scenarios: names; ``base`` where there are none.
        settings: of the base; those of a scenario follow from its own policy.
        risks: of the base, where they are known already.
        progress: called with a short line about what is being done.

    Raises:
        UsageError: for a scenario that does not exist, before anything is worked out.
    """
    names = tuple(dict.fromkeys(scenarios)) or (BASE,)
    under = {name: apply_scenario(inputs, name) for name in names}
    if risks is None:
        risks = assess_risk(inputs.cohort, inputs.policy.outcomes, settings.risk, progress)
    found: list[RulePrice] = []
    told: set[tuple[str, str]] = set()
    for name, here in under.items():
        rules = [switch for switch in switches(here) if (switch.rule, switch.says) not in told]
        if not rules:
            continue
        progress(f"scenario {name}")
        base = _solved(here, settings, risks)
        for number, switch in enumerate(rules, start=1):
            progress(f"scenario {name}, rule {number} of {len(rules)}: without {switch.rule}")
            told.add((switch.rule, switch.says))
            other = _solved(switch.off(here), settings, risks)
            found.append(
                RulePrice(
                    switch.rule,
                    switch.says,
                    name,
                    base.benefit,
                    other.benefit,
                    base.unproven + other.unproven,
                    base.lacking,
                )
            )
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Solved:
    benefit: float
    unproven: float
    lacking: bool


def _solved(inputs: Inputs, settings: Settings, risks: RiskProfiles) -> _Solved:
    own = settings_under(inputs, settings)
    candidates: Candidates = match(inputs.cohort, inputs.catalogue, risks, own.matching)
    formulation: Formulation = formulate(candidates, inputs.resources, own.limits)
    allocation: Allocation = solve_in_parts(
        formulation.problem, own.effort, own.engine, own.solver, silent
    )
    solution, certificate = allocation.solution, allocation.certificate
    mine = solution.columns < formulation.candidate.size
    short = solution.columns[~mine]
    piece = formulation.offers.piece[formulation.problem.offer[short]]
    kind = np.where(piece >= 0, formulation.pieces.kind[piece], int(PieceKind.PLACE))
    lacks = np.isin(kind, (PieceKind.SHORT, PieceKind.BORROWED, PieceKind.LACK))
    return _Solved(
        benefit=float(formulation.benefit[solution.columns[mine]] @ solution.quantity[mine]),
        unproven=max(0.0, certificate.best_bound - certificate.value),
        lacking=bool(np.any(lacks & (solution.quantity[~mine] > 1e-6))),
    )


def switches(inputs: Inputs) -> tuple[Switch, ...]:
    """Return every rule in force that can be left out, those of planning.yaml first.

    Consent and what a pupil's age, risk or condition rules out are no rules of sharing out.
    """
    return (*_of_policy(inputs), *_of_staff(inputs), *_of_catalogue(inputs))


def _rules(**change: Any) -> Off:
    return partial(apply_change, change=Change(id="without", rules=change))


def _of_policy(inputs: Inputs) -> Iterator[Switch]:
    rules = inputs.policy.rules
    if rules.budget is not None:
        says = f"{rules.budget:,.0f} euros beside the hours"
        yield Switch("rules.budget", says, _rules(budget=None))
    for name, most in rules.caps.items():
        says = f"at most {most:g} pupils a site"
        yield Switch(f"rules.caps.{name}", says, _rules(caps={name: None}))
    for must in rules.must_serve:
        says = must.name.en or must.id
        yield Switch(f"rules.must_serve.{must.id}", says, _rules(must_serve={must.id: None}))
    if rules.travel_overhead:
        says = f"who serves several sites loses {rules.travel_overhead:.0%} of the hours"
        yield Switch("rules.travel_overhead", says, _rules(travel_overhead=0.0))
    for role, cases in rules.caseload.items():
        says = f"at most {cases} cases at once"
        yield Switch(f"rules.caseload.{role}", says, _rules(caseload={role: None}))
    for key, who in (("at_once_per_pupil", "a pupil"), ("at_once_per_family", "a family")):
        most = getattr(rules, key)
        if most is not None:
            says = f"at most {most} kinds of help at once for {who}"
            yield Switch(f"rules.{key}", says, _rules(**{key: None}))
    if rules.waiting_priority is not None:
        says = f"{rules.waiting_priority.per_year:.0%} more for every year of waiting"
        yield Switch("rules.waiting_priority", says, _rules(waiting_priority=None))
    if rules.caution:
        says = f"{rules.caution:g} standard errors off before it counts"
        yield Switch("rules.caution", says, _rules(caution=0.0))
    for fair in rules.fairness:
        says = fair.name.en or _fair_words(fair)
        yield Switch(f"rules.fairness.{fair.id}", says, _rules(fairness={fair.id: None}))
    if rules.no_worse_than is not None:
        says = f"nobody more than {rules.no_worse_than.margin:g} worse off than now"
        yield Switch(f"rules.{PRESENT.id}", says, _rules(no_worse_than=None))


def _fair_words(rule: Fairness) -> str:
    asks = {
        "at least": rule.floor, "at most": rule.cap,
        "for the lowest": rule.lowest, "alpha": rule.alpha,
    }  # fmt: skip
    parts = [f"{word} {number:g}" for word, number in asks.items() if number is not None]
    return f"{rule.measure} by {rule.by}: {', '.join(parts)}"


def _of_staff(inputs: Inputs) -> Iterator[Switch]:
    for role in inputs.policy.roles:
        if role.may_act_as:
            says = f"may act as {', '.join(role.may_act_as)}"
            change = Change(id="without", may_act_as={role.id: ()})
            yield Switch(f"roles.{role.id}", says, partial(apply_change, change=change))
    staff = inputs.resources.professionals
    if "days" in staff and (staff["days"] != "").any():
        says = "groups meet when all their professionals are there"
        yield Switch("professionals.days", says, _without_days)


def _without_days(inputs: Inputs) -> Inputs:
    staff = inputs.resources.professionals
    there = staff.assign(days=pd.Series([""] * len(staff), dtype="str", index=staff.index))
    return replace(inputs, resources=replace(inputs.resources, professionals=there))


_CONDITIONS: tuple[tuple[str, str, Callable[[Intervention], bool]], ...] = (
    ("recipient", "parents receive help once for all their children",
     lambda it: it.recipient == "parents"),
    ("same", "pupils of a group are alike", lambda it: bool(it.format.same)),
    ("whole", "all of a class take part or nobody", lambda it: it.format.whole),
    ("after", "a step up follows the lighter help", lambda it: bool(it.after)),
    ("repeat_after", "what was completed long ago may be repeated",
     lambda it: it.repeat_after is not None),
)  # fmt: skip
"""Keys of the catalogue that ``rules.set_aside`` leaves out, what they say and who has them."""


def _of_catalogue(inputs: Inputs) -> Iterator[Switch]:
    aside = inputs.policy.rules.set_aside
    entries = inputs.catalogue.interventions
    for key, says, has in _CONDITIONS:
        if key not in aside and any(map(has, entries)):
            yield Switch(f"interventions.{key}", says, _rules(set_aside=[*aside, key]))
    if any(it.format.kind == "group" and it.format.min > 1 for it in entries):
        says = "groups run with the least number of pupils or not at all"
        yield Switch("interventions.format.min", says, _changed(_any_size))
    if any(it.excludes for it in entries):
        says = "what may not be given together"
        yield Switch("interventions.excludes", says, _changed(lambda it: replace(it, excludes=())))
    if any(it.requires for it in entries):
        says = "what must have come before or go together"
        yield Switch("interventions.requires", says, _changed(lambda it: replace(it, requires=())))


def _any_size(entry: Intervention) -> Intervention:
    if entry.format.kind != "group":
        return entry
    return replace(entry, format=replace(entry.format, min=1))


def _changed(change: Callable[[Intervention], Intervention]) -> Off:
    def off(inputs: Inputs) -> Inputs:
        entries = tuple(map(change, inputs.catalogue.interventions))
        return replace(inputs, catalogue=replace(inputs.catalogue, interventions=entries))

    return off
