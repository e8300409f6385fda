"""Benefit: weighted adverse outcomes averted by bundles, shared out, with their standard errors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from recommender.matching.candidates import Bundle, Candidates
from recommender.matching.effects import EffectTerm, FloatArray, gain, slopes, terms_of
from recommender.matching.settings import MatchingSettings
from recommender.risk.profiles import RiskProfiles

IntegerArray = npt.NDArray[np.integer]

_DRAWN_UNITS = 2_000
_CELLS = 2_000_000


@dataclass(frozen=True, slots=True)
class Recipe:
    """Which terms a bundle adds up: for every outcome it touches, positions of its terms.

    Attributes:
        parts: (outcome, positions of its terms).
        late: the share of a term's gain that is left because its intervention starts later than
            others; terms that are not named lose nothing.
    """

    parts: tuple[tuple[int, tuple[int, ...]], ...]
    late: Mapping[int, float] = field(default_factory=dict)

    def left(self, term: int) -> float:
        """The share of a term's gain that is left."""
        return self.late.get(term, 1.0)

    @property
    def terms(self) -> tuple[int, ...]:
        """The positions of all its terms, in order of outcome."""
        return tuple(term for _, members in self.parts for term in members)


def recipes(bundles: Sequence[Bundle], terms: Sequence[EffectTerm]) -> tuple[Recipe, ...]:
    """Return the recipe of every bundle."""
    of: dict[int, list[int]] = {}
    for number, term in enumerate(terms):
        of.setdefault(term.intervention, []).append(number)
    found = []
    for bundle in bundles:
        touched: dict[int, list[int]] = {}
        for number in sorted(t for member in bundle.interventions for t in of.get(member, [])):
            touched.setdefault(terms[number].outcome, []).append(number)
        late = {
            number: left
            for member, left in zip(bundle.interventions, bundle.left, strict=False)
            if left < 1.0
            for number in of.get(member, [])
        }
        parts = tuple((outcome, tuple(touched[outcome])) for outcome in touched)
        found.append(Recipe(parts, late))
    return tuple(found)


def reached_gain(term: EffectTerm, value: FloatArray | float, risk: FloatArray) -> FloatArray:
    """Return the gain on one outcome that is expected once reach is counted."""
    return term.rate * gain(term.scale, value, risk)


def joint_gain(gains: Sequence[FloatArray], risk: FloatArray, diminishing: float) -> FloatArray:
    """Return what several effects on one outcome gain together.

    The strongest gain counts fully, the next times ``diminishing``, the next times its square, and
    so on; harm counts fully.  The risk that is left stays within 0 and 1.
    """
    if len(gains) == 1:
        return gains[0]
    if len(gains) == 2:
        strong, weak = np.maximum(*gains), np.minimum(*gains)
        total = strong + np.where(weak > 0, diminishing * weak, weak)
    else:
        total = np.zeros_like(gains[0])
        for rank, ranked in enumerate(np.sort(np.stack(gains), axis=0)[::-1]):
            total += np.where(ranked > 0, diminishing**rank * ranked, ranked)
    return np.asarray(np.clip(total, risk - 1.0, risk))


def shares(
    gains: Sequence[FloatArray], risk: FloatArray, diminishing: float
) -> tuple[FloatArray, npt.NDArray[np.bool_]]:
    """Return what share of each gain counts, and where the new risk is held at 0 or 1.

    Returns:
        (k, n) shares, so that shares times gains add up to ``joint_gain``; (n,) held or not.
    """
    stacked = np.stack(gains)
    if len(gains) == 1:
        return np.ones_like(stacked), np.zeros(stacked.shape[1:], dtype=np.bool_)
    order = np.argsort(-stacked, axis=0, kind="stable")
    rank = np.argsort(order, axis=0, kind="stable")
    share = np.where(stacked > 0, float(diminishing) ** rank, 1.0)
    good = np.sum(np.where(stacked > 0, share * stacked, 0.0), axis=0)
    harm = np.sum(np.where(stacked < 0, stacked, 0.0), axis=0)
    above, below = good + harm > risk, good + harm < risk - 1.0
    scaled = np.divide(risk - harm, good, out=np.ones_like(good), where=above)
    share = np.where((stacked > 0) & above, share * scaled, share)
    scaled = np.divide(risk - 1.0 - good, harm, out=np.ones_like(good), where=below)
    share = np.where((stacked < 0) & below, share * scaled, share)
    return share, above | below


def total_benefit(
    recipe: Recipe,
    terms: Sequence[EffectTerm],
    gains: Mapping[int, FloatArray],
    risk: Mapping[int, FloatArray],
    diminishing: float,
) -> FloatArray:
    """Return the benefit of a bundle from the gains of its terms and the risks of its outcomes."""
    total = np.zeros(1)
    for outcome, members in recipe.parts:
        reached = [
            gains[member] * recipe.late[member] if member in recipe.late else gains[member]
            for member in members
        ]
        joint = joint_gain(reached, risk[outcome], diminishing)
        total = total + terms[members[0]].weight * joint
    return total


def sensitivities(
    recipe: Recipe, terms: Sequence[EffectTerm], risk: Mapping[int, FloatArray], diminishing: float
) -> tuple[dict[int, FloatArray], dict[int, FloatArray]]:
    """Return how steeply a bundle's benefit rises with each of its terms and each of its risks.

    Args:
        risk: outcome -> (n,) risks.

    Returns:
        term -> (n,) per unit of the effect (ratios: of its logarithm), outcome -> (n,) per unit of
        risk.
    """
    by_term: dict[int, FloatArray] = {}
    by_outcome: dict[int, FloatArray] = {}
    for outcome, members in recipe.parts:
        before = risk[outcome]
        weight = terms[members[0]].weight
        found = [slopes(terms[m].scale, terms[m].value, before) for m in members]
        if len(members) == 1:
            scale = weight * terms[members[0]].rate * recipe.left(members[0])
            by_term[members[0]] = scale * found[0][0]
            by_outcome[outcome] = scale * found[0][1]
            continue
        gains = [recipe.left(m) * reached_gain(terms[m], terms[m].value, before) for m in members]
        share, held = shares(gains, before, diminishing)
        slope = np.zeros_like(before)
        for row, member in enumerate(members):
            counted = weight * terms[member].rate * recipe.left(member) * share[row]
            by_term[member] = np.where(held, 0.0, counted * found[row][0])
            slope = slope + counted * found[row][1]
        by_outcome[outcome] = np.where(held, weight, slope)
    return by_term, by_outcome


def variance(
    recipe: Recipe,
    terms: Sequence[EffectTerm],
    risk: Mapping[int, FloatArray],
    error: Mapping[int, FloatArray],
    diminishing: float,
) -> FloatArray:
    """Return the variance of a bundle's benefit for one pupil, by the delta method.

    The errors of the effects and of the unit's risks are independent of each other.
    """
    by_term, by_outcome = sensitivities(recipe, terms, risk, diminishing)
    total = np.zeros(1)
    for number, slope in by_term.items():
        total = total + (slope * terms[number].standard_error) ** 2
    for outcome, slope in by_outcome.items():
        total = total + (slope * error[outcome]) ** 2
    return total


def benefit_parts(
    candidates: Candidates, settings: MatchingSettings, which: IntegerArray
) -> FloatArray:
    """Return what each member of a bundle adds to the benefit; the parts add up to ``benefit``.

    Args:
        which: (k,) candidates.

    Returns:
        (k, largest bundle): columns as ``Bundle.interventions``, 0 beyond the bundle's size.
    """
    size = max((len(bundle.interventions) for bundle in candidates.bundles), default=1)
    parts = np.zeros((len(which), max(size, settings.bundle_size)))
    for _, member, rows, benefit in _pieces(candidates, settings, which):
        parts[rows, member] += benefit
    return parts


def benefit_by_outcome(
    candidates: Candidates, settings: MatchingSettings, which: IntegerArray
) -> FloatArray:
    """Return (k, outcomes) the weighted benefit on every outcome; rows add up to ``benefit``.

    Args:
        which: (k,) candidates.
    """
    table = np.zeros((len(which), len(candidates.risks.outcomes)))
    for outcome, _, rows, benefit in _pieces(candidates, settings, which):
        table[rows, outcome] += benefit
    return table


def benefit_error(
    candidates: Candidates, settings: MatchingSettings, which: IntegerArray
) -> FloatArray:
    """Return (k,) the standard error of the benefit of some candidates in double precision."""
    return errors_of(
        terms_of(candidates.catalogue, candidates.risks.outcomes, settings),
        candidates.bundles,
        candidates.unit[which],
        candidates.bundle[which],
        candidates.risks,
        settings.diminishing,
    )


def errors_of(
    terms: Sequence[EffectTerm],
    bundles: Sequence[Bundle],
    unit: IntegerArray,
    bundle: IntegerArray,
    risks: RiskProfiles,
    diminishing: float,
) -> FloatArray:
    """Return (k,) the standard errors of units in bundles (see ``variance``).

    Args:
        unit: (k,) rows of ``risks``.
        bundle: (k,) positions in ``bundles``.
    """
    found = np.zeros(len(unit))
    for recipe, _, rows in _by_bundle(terms, bundles, bundle):
        risk = _columns(risks.risk, unit[rows], recipe)
        error = _columns(risks.standard_error, unit[rows], recipe)
        found[rows] = np.sqrt(variance(recipe, terms, risk, error, diminishing))
    return found


def plan_error(
    candidates: Candidates, settings: MatchingSettings, chosen: IntegerArray, quantity: FloatArray
) -> float:
    """Return the standard error of a plan's total benefit when pupils share one draw of an effect.

    By the delta method: what the whole plan gains per unit of an effect is added up over pupils
    before it is squared, so that errors of effects do not average out; errors of risk are
    independent between units and shared by all pupils of a segment.

    Args:
        chosen: (k,) candidates in the plan.
        quantity: (k,) pupils of each, times any discount.
    """
    terms = terms_of(candidates.catalogue, candidates.risks.outcomes, settings)
    by_effect = np.zeros(len(terms))
    units, row = np.unique(candidates.unit[chosen], return_inverse=True)
    by_risk = np.zeros((len(units), len(candidates.risks.outcomes)))
    for recipe, _, rows in _by_bundle(terms, candidates.bundles, candidates.bundle[chosen]):
        risk = _columns(candidates.risks.risk, candidates.unit[chosen[rows]], recipe)
        of_term, of_outcome = sensitivities(recipe, terms, risk, settings.diminishing)
        for number, slope in of_term.items():
            by_effect[number] += float(slope @ quantity[rows])
        for outcome, slope in of_outcome.items():
            np.add.at(by_risk[:, outcome], row[rows], slope * quantity[rows])
    effect_error = np.array([term.standard_error for term in terms])
    risk_error = candidates.risks.standard_error[units]
    return float(
        np.sqrt(np.sum((by_effect * effect_error) ** 2) + np.sum((by_risk * risk_error) ** 2))
    )


def draw_benefit(
    candidates: Candidates,
    settings: MatchingSettings,
    chosen: IntegerArray,
    quantity: FloatArray,
    draws: int,
    seed: int,
) -> FloatArray:
    """Return (draws,) totals of a plan's benefit, drawn with the errors of effects and risks.

    In one draw all pupils share the value of an effect: normal on its scale (ratios: on the log
    scale), not truncated.  Each unit has its own draw of every risk: a beta distribution with its
    mean and standard error (errors that no probability can have are cut to what one can).

    Args:
        chosen: (k,) candidates in the plan.
        quantity: (k,) pupils of each, times any discount.
        draws: how many.
        seed: the totals depend on it and on the units, not on the order of ``chosen``.
    """
    terms = terms_of(candidates.catalogue, candidates.risks.outcomes, settings)
    of_effects, of_risks = np.random.default_rng(seed).spawn(2)
    drawn = _draw_effects(terms, draws, of_effects)
    totals = np.zeros(draws)
    order = np.lexsort((candidates.bundle[chosen], candidates.unit[chosen]))
    chosen, quantity = chosen[order], quantity[order]
    units, first = np.unique(candidates.unit[chosen], return_index=True)
    step = max(1, min(_DRAWN_UNITS, _CELLS // max(draws * len(candidates.risks.outcomes), 1)))
    for begin in range(0, len(units), step):
        some = units[begin : begin + step]
        last = first[begin + step] if begin + step < len(units) else len(chosen)
        here = slice(first[begin], last)
        risks = _draw_risks(candidates, some, draws, of_risks)
        column = np.searchsorted(some, candidates.unit[chosen[here]])
        for recipe, _, rows in _by_bundle(
            terms, candidates.bundles, candidates.bundle[chosen[here]]
        ):
            if recipe.parts:
                risk = {outcome: risks[outcome][:, column[rows]] for outcome, _ in recipe.parts}
                benefit = _drawn_benefit(recipe, terms, drawn, risk, settings.diminishing)
                totals += benefit @ quantity[here][rows]
    return totals


def drawn_benefits(
    candidates: Candidates, settings: MatchingSettings, draws: int, seed: int
) -> Iterator[FloatArray]:
    """Yield draw by draw (candidates,) the benefit of every candidate for one pupil.

    Drawn as in ``draw_benefit``: one draw an effect, shared by all pupils, and one a unit and
    outcome; all bundles of a unit share them.

    Args:
        candidates, settings: what may be offered, and how it is valued.
        draws: how many.
        seed: of all of them.
    """
    terms = terms_of(candidates.catalogue, candidates.risks.outcomes, settings)
    of_effects, of_risks = np.random.default_rng(seed).spawn(2)
    effects = _draw_effects(terms, draws, of_effects)
    units = np.arange(len(candidates.risks.risk))
    parts = [
        (recipe, rows, candidates.unit[rows])
        for recipe, _, rows in _by_bundle(terms, candidates.bundles, candidates.bundle)
        if recipe.parts
    ]
    for draw in range(draws):
        risks = _draw_risks(candidates, units, 1, of_risks)
        benefit = np.zeros(len(candidates.unit))
        for recipe, rows, unit in parts:
            risk = {outcome: risks[outcome][:, unit] for outcome, _ in recipe.parts}
            some = effects[draw : draw + 1]
            benefit[rows] = _drawn_benefit(recipe, terms, some, risk, settings.diminishing)[0]
        yield benefit


def _draw_effects(
    terms: Sequence[EffectTerm], draws: int, random: np.random.Generator
) -> FloatArray:
    values = np.array([term.value for term in terms])
    errors = np.array([term.standard_error for term in terms])
    return values + errors * random.standard_normal((draws, len(terms)))


def _drawn_benefit(
    recipe: Recipe,
    terms: Sequence[EffectTerm],
    effects: FloatArray,
    risk: Mapping[int, FloatArray],
    diminishing: float,
) -> FloatArray:
    """Return (draws, n) the benefit at (draws, terms) effects and outcome -> (draws, n) risks."""
    gains = {
        number: reached_gain(terms[number], effects[:, number, None], risk[terms[number].outcome])
        for number in recipe.terms
    }
    return total_benefit(recipe, terms, gains, risk, diminishing)


def _draw_risks(
    candidates: Candidates, units: IntegerArray, draws: int, random: np.random.Generator
) -> FloatArray:
    mean = candidates.risks.risk[units].T
    spread = mean * (1.0 - mean)
    squared = np.minimum(candidates.risks.standard_error[units].T ** 2, 0.98 * spread)
    uncertain = squared > 0
    sharpness = np.divide(spread, squared, out=np.full_like(mean, 2.0), where=uncertain) - 1.0
    alpha = np.where(uncertain, mean * sharpness, 1.0)
    beta = np.where(uncertain, (1.0 - mean) * sharpness, 1.0)
    drawn = random.beta(alpha[:, None], beta[:, None], size=(len(mean), draws, len(units)))
    return np.where(uncertain[:, None], drawn, mean[:, None])


def _pieces(
    candidates: Candidates, settings: MatchingSettings, which: IntegerArray
) -> Iterator[tuple[int, int, IntegerArray, FloatArray]]:
    terms = terms_of(candidates.catalogue, candidates.risks.outcomes, settings)
    for recipe, bundle, rows in _by_bundle(terms, candidates.bundles, candidates.bundle[which]):
        risk = _columns(candidates.risks.risk, candidates.unit[which[rows]], recipe)
        for outcome, members in recipe.parts:
            gains = [
                recipe.left(m) * reached_gain(terms[m], terms[m].value, risk[outcome])
                for m in members
            ]
            share, _ = shares(gains, risk[outcome], settings.diminishing)
            for row, member in enumerate(members):
                place = bundle.interventions.index(terms[member].intervention)
                yield outcome, place, rows, terms[member].weight * share[row] * gains[row]


def _by_bundle(
    terms: Sequence[EffectTerm], bundles: Sequence[Bundle], codes: IntegerArray
) -> Iterator[tuple[Recipe, Bundle, IntegerArray]]:
    order = np.argsort(codes, kind="stable")
    present, start = np.unique(codes[order], return_index=True)
    those = [bundles[code] for code in present]
    yield from zip(recipes(those, terms), those, np.split(order, start[1:]), strict=False)


def _columns(table: FloatArray, units: IntegerArray, recipe: Recipe) -> dict[int, FloatArray]:
    return {outcome: table[units, outcome] for outcome, _ in recipe.parts}
