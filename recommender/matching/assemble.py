"""Matching: from units, catalogue and risks to candidates, chunk by chunk in bounded memory."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from recommender.inputs.catalogue import Catalogue, in_force
from recommender.inputs.cohort import Cohort
from recommender.matching.benefit import Recipe, errors_of, reached_gain, recipes, total_benefit
from recommender.matching.bundles import (
    allowed_bundles,
    bundle_needs,
    counting_bundles,
    outside,
    within_reach,
)
from recommender.matching.candidates import Bundle, Candidates, cautious
from recommender.matching.dominance import Precedence, dominated, precedence
from recommender.matching.effects import EffectTerm, FloatArray, terms_of
from recommender.matching.eligibility import Eligibility, eligibility
from recommender.matching.present import present_of
from recommender.matching.relations import relations_of
from recommender.matching.settings import MatchingSettings
from recommender.risk.profiles import RiskProfiles

BoolArray = npt.NDArray[np.bool_]
UnitProgress: TypeAlias = Callable[[int, int], None]

_CELLS = 4_000_000


@dataclass(frozen=True, eq=False, slots=True)
class _Work:
    """Everything a chunk needs that does not depend on the chunk."""

    bundles: tuple[Bundle, ...]
    outside: tuple[tuple[int, ...], ...]
    terms: tuple[EffectTerm, ...]
    recipes: tuple[Recipe, ...]
    risks: RiskProfiles
    who: Eligibility
    rule: npt.NDArray[np.int16]
    order: dict[int, Precedence]
    diminishing: float
    caution: float


def match(
    cohort: Cohort,
    catalogue: Catalogue,
    risks: RiskProfiles,
    settings: MatchingSettings,
    progress: UnitProgress | None = None,
) -> Candidates:
    """Return who may receive which bundle, what good it would do, and how sure that is.

    A candidate is dropped when it does no good (benefit of 0 or less), unless its unit must be
    served or a professional requires help for it; and when it is dominated: another candidate of
    the unit brings at least the same benefit and needs no more of anything (``bundle_needs``).  Of
    equals the smaller bundle stays, then the first in order.  Nobody is put in a group only to fill
    it: a place in a group counts as a need, not as help towards its quorum.  Under ``caution`` all
    this is judged by the benefit less so many of its standard errors.

    Args:
        cohort: the units.
        catalogue: the interventions.
        risks: one row a unit.
        settings: weights, evidence, bundle size, consent and rules.
        progress: called with the number of units done and of all units.

    Raises:
        InputError: for an effect that cannot be used (``terms_of``) or a condition on a risk that
            is not assessed.
        ValueError: if the risks are not those of the cohort.
    """
    catalogue = in_force(catalogue, settings.set_aside)
    if len(risks.risk) != len(cohort.units):
        raise ValueError(f"there are risks of {len(risks.risk)} units, not of {len(cohort.units)}")
    work = _prepare(cohort, catalogue, risks, settings)
    units = len(cohort.units)
    step = max(64, _CELLS // max(len(work.bundles), 1))
    whole, filled = _empty(0), 0
    occurs = np.zeros(len(work.bundles), dtype=np.bool_)
    for begin in range(0, units, step):
        end = min(begin + step, units)
        chunk = _chunk(work, begin, end)
        whole = _extended(whole, filled, chunk, end / units)
        filled += len(chunk.unit)
        occurs[chunk.bundle] = True
        if progress is not None:
            progress(end, units)
    code = np.cumsum(occurs, dtype=np.int32) - np.int32(1)
    error = np.empty(filled, dtype=np.float32)
    for begin in range(0, filled, _CELLS):
        here = slice(begin, min(begin + _CELLS, filled))
        unit, bundle = whole.unit[here], whole.bundle[here]
        error[here] = errors_of(work.terms, work.bundles, unit, bundle, risks, settings.diminishing)
        whole.bundle[here] = code[bundle]
    candidates = Candidates(
        cohort=cohort,
        catalogue=catalogue,
        risks=risks,
        bundles=tuple(b for b, kept in zip(work.bundles, occurs, strict=True) if kept),
        unit=whole.unit[:filled],
        bundle=whole.bundle[:filled],
        benefit=whole.benefit[:filled],
        standard_error=error,
        reasons=work.who.reasons,
        required=_first(work.who.required),
        caution=settings.caution,
    )
    return replace(candidates, present=present_of(candidates, settings))


def _prepare(
    cohort: Cohort, catalogue: Catalogue, risks: RiskProfiles, settings: MatchingSettings
) -> _Work:
    known = relations_of(catalogue)
    every = allowed_bundles(known, settings.bundle_size, settings.waiting_discount)
    who = eligibility(cohort, catalogue, risks, known, every, settings)
    bundles = within_reach(every, known, who.reasons == 0, who.has)
    terms = terms_of(catalogue, risks.outcomes, settings)
    needs = bundle_needs(
        catalogue, bundles, settings.limited, at_once=settings.at_once, counted=settings.counted
    )
    statutory = cohort.units["must_serve"].to_numpy(dtype=object)
    rule = np.where(statutory == "", -1, 0).astype(np.int16)
    plain = precedence(needs)
    order = {-1: plain, 0: plain}
    for number, must in enumerate(settings.must_serve, start=1):
        rule[statutory == must.id] = number
        if (rule == number).any():
            counts = counting_bundles(catalogue, bundles, must)
            order[number] = precedence(np.column_stack([needs, ~counts]))
    return _Work(
        bundles=bundles,
        outside=tuple(outside(known, bundle) for bundle in bundles),
        terms=terms,
        recipes=recipes(bundles, terms),
        risks=risks,
        who=who,
        rule=rule,
        order=order,
        diminishing=settings.diminishing,
        caution=settings.caution,
    )


class _Columns(NamedTuple):
    """The arrays of candidates, but for their errors."""

    unit: npt.NDArray[np.int32]
    bundle: npt.NDArray[np.int32]
    benefit: FloatArray


def _chunk(work: _Work, begin: int, end: int) -> _Columns:
    benefit = _benefits(work, begin, end)
    rule = work.rule[begin:end]
    worth = _worth(work, benefit, begin)
    keep = worth > 0.0
    obliged = (rule >= 0) | np.any(work.who.required[begin:end], axis=1)
    keep[:, obliged] = worth[:, obliged] > -np.inf
    for number in np.unique(rule):
        columns = np.flatnonzero(rule == number)
        keep[:, columns] &= ~dominated(worth[:, columns], work.order[int(number)])
    unit, bundle = np.nonzero(keep.T)
    return _Columns(
        (unit + begin).astype(np.int32),
        bundle.astype(np.int32),
        benefit[bundle, unit],
    )


def _worth(work: _Work, benefit: FloatArray, begin: int) -> FloatArray:
    """Return what benefits count for under caution, -inf where a bundle may not be offered."""
    if not work.caution:
        return benefit
    bundle, unit = np.nonzero(benefit > -np.inf)
    error = errors_of(
        work.terms, work.bundles, unit + begin, bundle, work.risks, work.diminishing
    ).astype(np.float32)
    worth = benefit.copy()
    worth[bundle, unit] = cautious(benefit[bundle, unit], error, work.caution)
    return worth


def _benefits(work: _Work, begin: int, end: int) -> FloatArray:
    """Return (bundles, units of the chunk) the benefit, -inf where a bundle may not be offered."""
    eligible = np.ascontiguousarray((work.who.reasons[begin:end] == 0).T)
    has = np.ascontiguousarray(work.who.has[begin:end].T)
    required = np.ascontiguousarray(work.who.required[begin:end].T)
    wanted = required.sum(axis=0)
    risk = np.ascontiguousarray(work.risks.risk[begin:end].T)
    gains = [reached_gain(term, term.value, risk[term.outcome]) for term in work.terms]
    benefit = np.full((len(work.bundles), end - begin), -np.inf)
    for row, bundle in enumerate(work.bundles):
        members = list(bundle.interventions)
        allowed = eligible[members].all(axis=0)
        if work.outside[row]:
            allowed &= has[list(work.outside[row])].all(axis=0)
        if wanted.any():
            allowed &= required[members].sum(axis=0) == wanted
        rows = np.flatnonzero(allowed)
        if rows.size:
            recipe = work.recipes[row]
            benefit[row, rows] = total_benefit(
                recipe,
                work.terms,
                {number: gains[number][rows] for number in recipe.terms},
                {outcome: risk[outcome][rows] for outcome, _ in recipe.parts},
                work.diminishing,
            )
    return benefit


def _first(table: BoolArray) -> npt.NDArray[np.int32]:
    """Return (rows,) the first column that holds, or -1."""
    first = np.full(len(table), -1, dtype=np.int32)
    rows, columns = np.nonzero(table)
    first[rows[::-1]] = columns[::-1]
    return first


def _empty(size: int) -> _Columns:
    return _Columns(
        unit=np.empty(size, dtype=np.int32),
        bundle=np.empty(size, dtype=np.int32),
        benefit=np.empty(size, dtype=np.float64),
    )


def _extended(whole: _Columns, filled: int, chunk: _Columns, done: float) -> _Columns:
    """Return the arrays with a chunk added behind what is filled, with room for what may follow.

    Room is guessed from the share of the units that is done; memory that is never written to is
    not taken, so one set of arrays is all that a large cohort costs.
    """
    end = filled + len(chunk.unit)
    if end > len(whole.unit):
        larger = _empty(math.ceil(1.05 * end / done) if done < 1.0 else end)
        _write(larger, 0, whole, filled)
        whole = larger
    _write(whole, filled, chunk, len(chunk.unit))
    return whole


def _write(whole: _Columns, begin: int, piece: _Columns, size: int) -> None:
    here = slice(begin, begin + size)
    whole.unit[here] = piece.unit[:size]
    whole.bundle[here] = piece.bundle[:size]
    whole.benefit[here] = piece.benefit[:size]
