"""``explain``: why a unit is offered what it is offered, why not other help, what would help."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from recommender.allocation import Solution
from recommender.errors import UsageError
from recommender.inputs.findings import unknown_id
from recommender.matching import (
    Candidates,
    MatchingSettings,
    benefit_by_outcome,
    benefit_error,
    bundle_name,
    reason_texts,
)
from recommender.planning.explain.counterfactuals import (
    Clock,
    Counterfactuals,
    find_counterfactuals,
    holds,
)
from recommender.planning.explain.subproblem import unit_columns
from recommender.planning.formulation.formulation import Formulation
from recommender.planning.formulation.indexing import Ints
from recommender.planning.formulation.labels import UNITS, bare_words
from recommender.planning.plan.assignments import offers_named, runner_up
from recommender.planning.selection.reasons import (
    NO_GROUP,
    NO_TIME,
    NOT_NOW,
    NOT_WHOLE,
    reasons_of,
    waiting_of,
)
from recommender.planning.selection.selection import Selection, selection_of

NOT_BEST = "something else for this unit does at least as much good and needs no more"


@dataclass(frozen=True, slots=True)
class Share:
    """What one pupil's offer takes of one resource.

    Attributes:
        resource: in words.
        amount, unit: how much; negative where the offer adds to it.
        price: what one unit of it is worth elsewhere.
    """

    resource: str
    amount: float
    unit: str
    price: float

    @property
    def paid(self) -> float:
        """Return the amount at its price."""
        return self.amount * self.price


@dataclass(frozen=True, slots=True)
class Option:
    """One offer to one pupil of the unit.

    Attributes:
        bundle, period: what, and when it starts.
        benefit, standard_error: what it is expected to avert, what waiting loses taken off.
        outcomes: (outcome, benefit) of every outcome it touches.
        shares: what it takes, the dearest first.
        priority: how many times the benefit counts because the pupil has waited.
        caution: standard errors that are taken off the benefit before it counts.
    """

    bundle: str
    period: str
    benefit: float
    standard_error: float
    outcomes: tuple[tuple[str, float], ...]
    shares: tuple[Share, ...]
    priority: float = 1.0
    caution: float = 0.0

    @property
    def counts(self) -> float:
        """Return what the benefit counts for: less the caution, times the priority."""
        return (self.benefit - self.caution * self.standard_error) * self.priority

    @property
    def price(self) -> float:
        """Return what its resources are worth elsewhere."""
        return sum(share.paid for share in self.shares)

    @property
    def net_value(self) -> float:
        """Return what the benefit counts for minus the price."""
        return self.counts - self.price


@dataclass(frozen=True, slots=True)
class WhyNot:
    """Why an intervention is not offered.

    Attributes:
        reasons: in words.
        short: how much net value it falls short of what is offered (or of nothing), or None where
            it may not be offered at all.
    """

    intervention: str
    reasons: tuple[str, ...]
    short: float | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a unit is offered what it is offered.

    Attributes:
        unit_id, site, grade, pupils: the unit; ``rule`` is the statutory rule it is owed help
            under, "" for none.
        offered: (option, to how many pupils), none where nothing is offered.
        not_served: why some or all pupils are not offered anything; "" if all are.
        runner_up: the best offer the unit does not get, or None if none is worth its price.
        why_not: every intervention that is not offered.
        changes: what would change it, in words, each on its own and all else as it is.
        found: the same as data, with what was proved of it; None where nothing was solved for it.
    """

    unit_id: str
    site: str
    grade: int
    pupils: float
    rule: str
    offered: tuple[tuple[Option, float], ...]
    not_served: str
    runner_up: Option | None
    why_not: tuple[WhyNot, ...]
    changes: tuple[str, ...]
    found: Counterfactuals | None = None

    def __str__(self) -> str:
        return "\n".join(_lines(self))


def explain(
    formulation: Formulation,
    solution: Solution,
    candidates: Candidates,
    matching: MatchingSettings,
    unit_id: str,
    clock: Clock | None = None,
    *,
    check: bool = False,
) -> Explanation:
    """Return why a unit is offered what it is offered, and why not something else.

    Args:
        formulation: the problem with its meaning.
        solution: the choice, from an allocation or read back from a plan.
        candidates, matching: what the problem was formulated from.
        unit_id: the unit.
        clock: how many seconds are left to solve for the smallest changes that would bring the
            unit in; None to go by prices alone.
        check: whether every change is solved again, among many more offers.

    Raises:
        UsageError: if there is no such unit.
    """
    ids = candidates.cohort.units["unit_id"]
    found = np.flatnonzero((ids == unit_id).to_numpy(dtype=np.bool_))
    if found.size == 0:
        raise UsageError(unknown_id("unit", unit_id, ids.tolist(), "this plan"))
    unit = int(found[0])
    taken, people, book = selection_of(formulation, solution), formulation.units, formulation.book
    mine = np.flatnonzero(taken.unit == unit)
    offered = tuple(
        (_option(formulation, taken, candidates, matching, int(taken.column[at])), pupils)
        for at, pupils in zip(mine.tolist(), taken.pupils[mine].tolist(), strict=True)
    )
    waiting = waiting_of(formulation, taken)
    not_served = ""
    if unit in waiting.unit:
        not_served = str(
            reasons_of(formulation, taken, candidates, waiting)[waiting.unit == unit][0]
        )
    nearest = (
        waiting.column[waiting.unit == unit]
        if not offered
        else runner_up(formulation, taken)[mine[:1]]
    )
    other = None
    if nearest.size and nearest[0] >= 0:
        other = _option(formulation, taken, candidates, matching, int(nearest[0]))
    rule = int(people.rule[unit])
    changes = _changes(offered, other)
    solved: Counterfactuals | None = None
    if clock is not None:
        columns = unit_columns(formulation, unit)
        names = (tuple(ids), tuple(offers_named(formulation, candidates, columns)))
        solved = find_counterfactuals(formulation, solution, unit, *names, clock)
        if check:
            proofs = (
                holds(formulation, solution, unit, *names, change, clock)
                for change in solved.changes
            )
            solved = replace(solved, proofs=tuple(proofs))
        if not_served:
            changes = tuple(map(str, solved.changes))
    return Explanation(
        unit_id=unit_id,
        site=book.sites[people.site[unit]],
        grade=book.grades[people.grade[unit]],
        pupils=float(people.count[unit]),
        rule=book.rules[rule] if rule >= 0 else "",
        offered=offered,
        not_served=not_served,
        runner_up=other,
        why_not=_why_not(formulation, taken, candidates, unit, taken.column[mine]),
        changes=changes,
        found=solved,
    )


def _option(
    formulation: Formulation,
    selection: Selection,
    candidates: Candidates,
    matching: MatchingSettings,
    column: int,
) -> Option:
    problem, rows = formulation.problem, formulation.rows
    offer = int(problem.offer[column])
    candidate = np.array([formulation.candidate[column]])
    period = int(formulation.offers.period[offer])
    waited = float(formulation.waited[period])
    priority = float(formulation.units.priority[candidates.unit[candidate[0]]])
    by_outcome = benefit_by_outcome(candidates, matching, candidate)[0] * waited
    begin, end = problem.use.indptr[offer], problem.use.indptr[offer + 1]
    row, amount = problem.use.indices[begin:end], problem.use.data[begin:end]
    words = bare_words(rows, formulation.book, np.asarray(row, dtype=np.int64))
    shares = [
        Share(name, float(use), UNITS[rows.resource[r]], float(selection.price[r]))
        for name, use, r in zip(words, amount.tolist(), row.tolist(), strict=True)
    ]
    if selection.member_price[column] > 0:
        member = float(selection.member_price[column])
        shares.append(Share("for being in a group that must run as a whole", 1.0, "seat", member))
    return Option(
        bundle=bundle_name(candidates, int(candidates.bundle[candidate[0]])),
        period=formulation.book.periods[period],
        benefit=float(candidates.benefit[candidate[0]]) * waited,
        standard_error=float(benefit_error(candidates, matching, candidate)[0]) * waited,
        outcomes=tuple(
            (name, float(benefit))
            for name, benefit in zip(candidates.risks.outcomes, by_outcome.tolist(), strict=True)
            if benefit != 0
        ),
        shares=tuple(sorted(shares, key=lambda share: (-share.paid, share.resource))),
        priority=priority,
        caution=candidates.caution,
    )


def _why_not(
    formulation: Formulation, selection: Selection, candidates: Candidates, unit: int, chosen: Ints
) -> tuple[WhyNot, ...]:
    offered = {
        member
        for candidate in formulation.candidate[chosen].tolist()
        for member in candidates.bundles[candidates.bundle[candidate]].interventions
    }
    begin, end = np.searchsorted(candidates.unit, (unit, unit + 1))
    of_unit = candidates.bundle[begin:end].tolist()
    block = int(formulation.block[unit])
    columns = np.empty(0, dtype=np.int64)
    if block >= 0:
        columns = np.arange(formulation.problem.start[block], formulation.problem.start[block + 1])
    bundles = candidates.bundle[formulation.candidate[columns]].tolist()
    least = float(selection.net[chosen].min()) if chosen.size else 0.0
    found = []
    for number, name in enumerate(formulation.book.interventions):
        if number in offered:
            continue
        bits = int(candidates.reasons[unit, number])
        holds = [number in candidates.bundles[bundle].interventions for bundle in bundles]
        if bits:
            found.append(WhyNot(name, tuple(text.en for text in reason_texts(bits)), None))
        elif any(holds):
            best = float(selection.net[columns[np.array(holds)]].max())
            text = NOT_WHOLE
            if best < least:
                text = "worth less than " + ("what is offered" if chosen.size else "its price")
            found.append(WhyNot(name, (text,), max(0.0, least - best)))
        elif any(number in candidates.bundles[bundle].interventions for bundle in of_unit):
            late = formulation.terms.length[number] > len(formulation.book.periods)
            barred = candidates.bundle[
                formulation.barred[candidates.unit[formulation.barred] == unit]
            ].tolist()
            text = NO_TIME if late else NO_GROUP
            if any(number in candidates.bundles[bundle].interventions for bundle in barred):
                text = NOT_NOW
            found.append(WhyNot(name, (text,), None))
        else:
            found.append(WhyNot(name, (NOT_BEST,), None))
    return tuple(found)


def _changes(offered: tuple[tuple[Option, float], ...], other: Option | None) -> tuple[str, ...]:
    """Return what would bring the next best offer in (or, if there is none, nothing)."""
    if other is None:
        return ()
    least = min((option.net_value for option, _ in offered), default=0.0)
    short = least - other.net_value
    name = f"{other.bundle} from {other.period}"
    if short <= 0:
        return (
            f"{name} is worth its price: one more whole place or a few hours would bring it in",
        )
    found = []
    if other.benefit > 0:
        counts = other.benefit * other.priority
        factor = (counts + short) / counts
        found.append(f"{name} if its benefit were {factor:.3g} times what it is expected to be")
    for share in other.shares:
        if share.paid >= short and share.amount > 0:
            price = share.price - short / share.amount
            found.append(
                f"{name} if one {share.unit} {share.resource} were worth {price:.4g} elsewhere "
                f"rather than {share.price:.4g}"
            )
    return tuple(found)


def _lines(why: Explanation) -> list[str]:
    people = "" if why.pupils == 1 else f", {why.pupils:g} pupils"
    owed = f"; owed help under {why.rule}" if why.rule else ""
    lines = [f"{why.unit_id} ({why.site}, grade {why.grade}{people}{owed})", ""]
    for option, pupils in why.offered:
        to = "" if why.pupils == 1 else f" to {pupils:g} pupils"
        lines += [f"Offered: {option.bundle} from {option.period}{to}", *_of_option(option)]
    if why.not_served:
        who = "Not offered anything" if not why.offered else "Other pupils are not offered anything"
        lines.append(f"{who}: {why.not_served}.")
    if why.runner_up is not None:
        title = "Next best" if why.offered else "Nearest"
        lines += [
            "",
            f"{title}: {why.runner_up.bundle} from {why.runner_up.period}",
            *_of_option(why.runner_up),
        ]
    elif why.offered:
        lines += ["", "Next best: nothing else is worth its price."]
    if why.why_not:
        lines += ["", "Why not"]
        for other in why.why_not:
            short = "" if other.short is None else f" (short by {other.short:.4f})"
            lines.append(f"  {other.intervention}: {'; '.join(other.reasons)}{short}")
    if why.changes:
        lines += ["", "What would change it", *(f"  {change}" for change in _proved(why))]
    if why.found is not None:
        lines += _at_what_cost(why.found)
    return lines


def _proved(why: Explanation) -> list[str]:
    """Return the changes, each with what solving again says of it where that was asked."""
    if why.found is None or not why.found.proofs:
        return list(why.changes)
    said = {True: "proved", False: "NOT confirmed", None: "not proved in time"}
    return [
        f"{change}  [{said[proof]}]"
        for change, proof in zip(why.changes, why.found.proofs, strict=True)
    ]


def _at_what_cost(found: Counterfactuals) -> list[str]:
    lines = []
    if found.cost is not None:
        lines.append(
            f"Offering it as things are would cost {found.cost:.4f} of benefit, all told"
            + (f"; less for {', '.join(found.gives_way)}." if found.gives_way else ".")
        )
    if found.unproven:
        lines.append("Time ran out before everything could be proved; allow more with --seconds.")
    return ["", *lines] if lines else []


def _of_option(option: Option) -> list[str]:
    error = f" ± {option.standard_error:.4f}"
    lines = [f"  benefit    {option.benefit:9.4f}{error}"]
    lines += [f"    {name:<24}{benefit:9.4f}" for name, benefit in option.outcomes]
    why = []
    if option.caution:
        why.append(f"less {option.caution:.3g} standard errors, for caution")
    if option.priority != 1.0:
        why.append(f"{option.priority:.3g} times, for the time waited; no benefit")
    if why:
        lines.append(f"  counts     {option.counts:9.4f}  {'; '.join(why)}")
    lines.append(f"  price      {option.price:9.4f}")
    lines += [
        f"    {share.amount:.4g} {share.unit} {share.resource}".rstrip() + f": {share.paid:.4f}"
        for share in option.shares
        if share.paid != 0
    ]
    return [*lines, f"  net value  {option.net_value:9.4f}"]
