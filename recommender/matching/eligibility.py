"""Eligibility: for every unit and intervention, every reason why it may not be offered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from recommender.errors import InputError, Problem
from recommender.inputs.catalogue import Catalogue, Intervention, Text
from recommender.inputs.cohort import Cohort
from recommender.matching.bundles import outside
from recommender.matching.candidates import Bundle, Reason
from recommender.matching.relations import Relations
from recommender.matching.settings import MatchingSettings
from recommender.risk.profiles import RiskProfiles

BoolArray = npt.NDArray[np.bool_]

_WORDS = {
    Reason.GRADE: Text(en="not meant for this grade", nl="niet bedoeld voor deze groep"),
    Reason.RISK_TOO_LOW: Text(
        en="the risk is below the threshold for it", nl="het risico ligt onder de drempel ervoor"
    ),
    Reason.RISK_TOO_HIGH: Text(
        en="the risk is above what it can help with",
        nl="het risico ligt hoger dan waar het bij kan helpen",
    ),
    Reason.CONTRAINDICATED: Text(
        en="a contra-indication rules it out", nl="een contra-indicatie sluit het uit"
    ),
    Reason.NOT_INDICATED: Text(
        en="the indication for it is not established", nl="de indicatie ervoor is niet vastgesteld"
    ),
    Reason.CONSENT: Text(
        en="there is no consent to offer help",
        nl="er is geen toestemming om hulp aan te bieden",
    ),
    Reason.COMPLETED: Text(en="already completed", nl="al afgerond"),
    Reason.RUNNING: Text(en="already running", nl="loopt al"),
    Reason.REQUIREMENT: Text(
        en="what must come first is neither done, running nor on offer",
        nl="wat eraan vooraf moet gaan is niet afgerond, loopt niet en kan niet worden aangeboden",
    ),
    Reason.EXCLUDED: Text(
        en="it may not go together with help already running",
        nl="het gaat niet samen met hulp die al loopt",
    ),
    Reason.FORBIDDEN: Text(
        en="a professional decided against it", nl="een professional heeft ertegen besloten"
    ),
}


@dataclass(frozen=True, eq=False, slots=True)
class Eligibility:
    """Who may receive what.

    Attributes:
        reasons: (units, interventions) ``Reason`` bits, 0 where the unit is eligible.
        has: (units, names) completed or running, by the positions of ``Relations.names``.
        required: (units, interventions) a professional's decision requires it, and it is not done.
    """

    reasons: npt.NDArray[np.uint16]
    has: BoolArray
    required: BoolArray


def reason_texts(bits: int) -> tuple[Text, ...]:
    """Return every reason in a bit mask in words, English and Dutch, in the order of ``Reason``."""
    return tuple(text for reason, text in _WORDS.items() if Reason(int(bits)) & reason)


def eligibility(
    cohort: Cohort,
    catalogue: Catalogue,
    risks: RiskProfiles,
    relations: Relations,
    bundles: tuple[Bundle, ...],
    settings: MatchingSettings,
) -> Eligibility:
    """Return who may receive what, with every reason for a no.

    The rules:

    - consent that is not listed in the settings rules out everything, a refusal always;
    - a flag that is 1 contra-indicates, an indication must be 1; an unknown flag (or a column that
      is not there) does not establish anything: it neither rules out nor indicates;
    - what was completed or is running is not repeated, nor what the parents completed or receive
      for another child of the family; running help blocks what it excludes, but for what comes
      after it; what was completed on a known day may be repeated after the days the catalogue says,
      if a period starts then;
    - a requirement is met by help that was completed or is running, or by a bundle in which every
      member may be offered and brings the rest; REQUIREMENT says that no such bundle exists;
    - a decision ``forbid`` removes an intervention; ``require`` and ``accept`` remove none, and
      make nobody eligible; what is required and was completed or is running has been done.

    Args:
        bundles: the sets of interventions that may go together.

    Raises:
        InputError: for a condition on the risk of an outcome that has no risk.
    """
    units = cohort.units
    _check_conditions(catalogue, risks)
    parents = [n for n, it in enumerate(catalogue.interventions) if it.recipient == "parents"]
    completed = names_listed(units["completed"], relations.names)
    running = _marked(cohort.commitments, units["unit_id"], relations.names)
    again = _repeatable(units, catalogue, settings)
    for table in (completed, running):
        _share_in_families(table, units, parents)
    forbids = cohort.decisions[cohort.decisions["decision"] == "forbid"]
    requires = cohort.decisions[cohort.decisions["decision"] == "require"]
    forbidden = _marked(forbids, units["unit_id"], relations.names)
    refused = ~units["consent"].isin(set(settings.consent) - {"refused"}).to_numpy(dtype=np.bool_)

    reasons = np.zeros((len(units), relations.offered), dtype=np.uint16)
    for position, intervention in enumerate(catalogue.interventions):
        bits = reasons[:, position]
        _conditions(bits, units, intervention, risks)
        sequence = (relations.lead[position] > 0) | (relations.lead[:, position] > 0)
        blocking = np.flatnonzero(relations.excludes[position] & ~sequence)
        _set(bits, refused, Reason.CONSENT)
        _set(bits, completed[:, position] & ~again[:, position], Reason.COMPLETED)
        _set(bits, running[:, position], Reason.RUNNING)
        _set(bits, _any(running[:, blocking]), Reason.EXCLUDED)
        _set(bits, forbidden[:, position], Reason.FORBIDDEN)

    has = completed | running
    eligible = reasons == 0
    for position in range(relations.offered):
        if relations.requires[position].any():
            met = _can_be_met(position, relations, bundles, eligible, has)
            _set(reasons[:, position], ~met, Reason.REQUIREMENT)
    required = _marked(requires, units["unit_id"], relations.names) & ~has
    return Eligibility(reasons, has, required[:, : relations.offered])


def _conditions(
    bits: npt.NDArray[np.uint16],
    units: pd.DataFrame,
    intervention: Intervention,
    risks: RiskProfiles,
) -> None:
    eligible = intervention.eligible
    if eligible.grades is not None:
        lowest, highest = eligible.grades
        grade = units["grade"].to_numpy()
        _set(bits, (grade < lowest) | (grade > highest), Reason.GRADE)
    for outcome, least in eligible.minimum_risk.items():
        _set(bits, risks.risk[:, risks.outcomes.index(outcome)] < least, Reason.RISK_TOO_LOW)
    for outcome, most in eligible.maximum_risk.items():
        _set(bits, risks.risk[:, risks.outcomes.index(outcome)] > most, Reason.RISK_TOO_HIGH)
    for column in intervention.contraindications:
        _set(bits, _flagged(units, column), Reason.CONTRAINDICATED)
    for column in eligible.indications:
        _set(bits, ~_flagged(units, column), Reason.NOT_INDICATED)


def _can_be_met(
    position: int,
    relations: Relations,
    bundles: tuple[Bundle, ...],
    eligible: BoolArray,
    has: BoolArray,
) -> BoolArray:
    met = np.zeros(len(has), dtype=np.bool_)
    for bundle in bundles:
        others = [member for member in bundle.interventions if member != position]
        if position in bundle.interventions and relations.closure[position, others].all():
            brought = has[:, list(outside(relations, bundle))]
            met |= eligible[:, others].all(axis=1) & brought.all(axis=1)
    return met


def _any(table: BoolArray) -> BoolArray:
    return np.asarray(table.any(axis=1), dtype=np.bool_)


def _set(bits: npt.NDArray[np.uint16], where: BoolArray, reason: Reason) -> None:
    bits[where] |= np.uint16(reason)


def _flagged(units: pd.DataFrame, column: str) -> BoolArray:
    if column not in units:
        return np.zeros(len(units), dtype=np.bool_)
    return np.asarray(units[column].to_numpy(dtype=np.float64) == 1.0)


def names_listed(lists: pd.Series[str], names: Sequence[str]) -> BoolArray:
    """Return (texts, names) whether each name stands in a text such as "a;b"."""
    codes, texts = pd.factorize(lists.to_numpy(dtype=object))
    position = {name: number for number, name in enumerate(names)}
    table = np.zeros((len(texts) + 1, len(names)), dtype=np.bool_)
    for row, text in enumerate(texts):
        for name in map(str.strip, str(text).split(";")):
            if name in position:
                table[row, position[name]] = True
    return np.asarray(table[codes])


def _marked(table: pd.DataFrame, ids: pd.Series[str], names: tuple[str, ...]) -> BoolArray:
    marked = np.zeros((len(ids), len(names)), dtype=np.bool_)
    if len(table):
        rows = pd.Index(ids).get_indexer(pd.Index(table["unit_id"]))
        columns = pd.Index(names).get_indexer(pd.Index(table["intervention"]))
        known = (rows >= 0) & (columns >= 0)
        marked[rows[known], columns[known]] = True
    return marked


def _repeatable(units: pd.DataFrame, catalogue: Catalogue, settings: MatchingSettings) -> BoolArray:
    """Return (units, interventions) whether what was completed may be repeated in some period."""
    again = np.zeros((len(units), len(catalogue.interventions)), dtype=np.bool_)
    last = max(settings.starts, default=None)
    if last is None:
        return again
    for unit, intervention, day in free_again(units, catalogue):
        again[unit, intervention] = day <= last
    return again


def free_again(units: pd.DataFrame, catalogue: Catalogue) -> Iterator[tuple[int, int, dt.date]]:
    """Yield unit, intervention and the first day on which it may be repeated, where that is known.

    Of several completions the last counts; one without a day is never repeated.
    """
    if "completed_on" not in units:
        return
    after = {
        it.id: (position, it.repeat_after)
        for position, it in enumerate(catalogue.interventions)
        if it.repeat_after is not None
    }
    dated = units["completed_on"]
    for unit in np.flatnonzero((dated != "").to_numpy(dtype=np.bool_)).tolist():
        last: dict[str, dt.date] = {}
        for item in str(dated.iloc[unit]).split(";"):
            name, _, day = item.partition("@")
            last[name] = max(last.get(name, dt.date.min), dt.date.fromisoformat(day))
        for name, ended in sorted(last.items()):
            if name in after:
                position, days = after[name]
                yield unit, position, ended + dt.timedelta(days=days)


def _share_in_families(table: BoolArray, units: pd.DataFrame, parents: list[int]) -> None:
    """Mark for all children of a family what stands under one of them, in some columns."""
    if not parents:
        return
    family, names = pd.factorize(units["family_id"].to_numpy(dtype=object))
    known = ((units["count"] == 1) & (units["family_id"] != "")).to_numpy(dtype=np.bool_)
    for column in parents:
        marked = np.zeros(len(names), dtype=np.bool_)
        marked[family[known & table[:, column]]] = True
        table[known, column] |= marked[family[known]]


def _check_conditions(catalogue: Catalogue, risks: RiskProfiles) -> None:
    problems = [
        Problem(
            "interventions.yaml",
            None,
            f"{intervention.id}.eligible",
            f"names the risk of {outcome}, which is not assessed",
            "declare it under outcomes in planning.yaml",
        )
        for intervention in catalogue.interventions
        for outcome in (*intervention.eligible.minimum_risk, *intervention.eligible.maximum_risk)
        if outcome not in risks.outcomes
    ]
    if problems:
        raise InputError(problems)
