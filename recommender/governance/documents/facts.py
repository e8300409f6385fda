"""What a run knows and may tell outside: numbers of many, never of one child.

Every count that a document shows passes ``count_text``: below ten it says no more than that.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import norm

from recommender.governance.documents.power import (
    design_effect,
    detectable,
    needed_for_shares,
    power_of_shares,
)
from recommender.governance.privacy.suppression import THRESHOLD, suppress
from recommender.inputs.catalogue import Catalogue, Effect, Intervention, Text
from recommender.inputs.policy import Column, Policy
from recommender.planning.plan.plan import Plan, untested_outcomes
from recommender.planning.plan.summary import Summary

ICC = 0.1
"""How alike pupils of one group become: an assumption, to be replaced by a measured one."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a plan comes from.

    Attributes:
        created: UTC, ISO 8601.  version: of the program.
        inputs: path, SHA-256 and rows of every file read.
        status: proposed, discussed or adopted.  today: the day of the document.
        organisation, contact: who answers for it, or "".
    """

    created: str
    version: str
    inputs: tuple[tuple[str, str, int], ...]
    status: str
    today: dt.date
    organisation: str = ""
    contact: str = ""


@dataclass(frozen=True, slots=True)
class OutcomeFacts:
    """One outcome: its name, weight and the risks of all pupils, in shares."""

    id: str
    name: str
    description: str
    measures: str
    weight: float
    base_rate: tuple[float, float]
    mean: float
    low: float
    middle: float
    high: float


@dataclass(frozen=True, slots=True)
class HelpFacts:
    """One intervention: what it is, how many are offered it, what is known of its effect.

    ``pupils`` is a text: a count, "fewer than 10", or a mark where a count would give others away.
    """

    id: str
    name: str
    description: str
    tier: str
    kind: str
    pupils: str
    effects: tuple[Effect, ...]
    assumptions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Measurement:
    """How the effect of one intervention on one outcome could be seen.

    Attributes:
        help, outcome: names.  believed: the effect after the discount for its evidence.
        served, waiting, others: pupils offered it from the first period, from a later one, and
            not offered it although it would be their best help; texts.
        before, after: share with the outcome without and with help, of those who take part.
        needed: pupils a group for 80 % power.  power: with the pupils there are; None if few.
        detectable: the smallest effect (in standard deviations) seen with 80 % power.
    """

    help: str
    outcome: str
    scale: str
    value: float
    believed: float
    served: str
    waiting: str
    others: str
    before: float
    after: float
    needed: int | None
    power: float | None
    detectable: float | None
    instruments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything a document may say of a run, in one language.

    ``handed`` are the names of the outcomes whose risks were handed in: no model was fitted to
    them here, and nothing was tested.
    """

    language: str
    run: Provenance
    summary: Summary
    policy: Policy
    sites: int
    outcomes: tuple[OutcomeFacts, ...]
    help: tuple[HelpFacts, ...]
    measurements: tuple[Measurement, ...]
    roles: tuple[tuple[str, float, float], ...]
    reasons: tuple[tuple[str, str], ...]
    features: tuple[Column, ...]
    special: tuple[Column, ...]
    last_day: dt.date | None
    handed: tuple[str, ...] = ()

    @property
    def modelled(self) -> tuple[str, ...]:
        """Return the names of the outcomes whose risks a model estimated and tested here."""
        return tuple(o.name for o in self.outcomes if o.name not in self.handed)

    def told(self, number: float) -> str:
        """A count of pupils, or that there are fewer than ten."""
        return count_text(number, self.language)

    def said(self, text: Text) -> str:
        """A text in the language of the document."""
        return text.said(self.language)

    def words(self, texts: Iterable[Text]) -> list[str]:
        """Different texts in the language of the document, sorted."""
        return sorted({self.said(text) for text in texts} - {""})


def count_text(number: float, language: str) -> str:
    """A count of pupils, or that there are fewer than ten."""
    if number < THRESHOLD:
        return "fewer than 10" if language == "en" else "minder dan 10"
    return f"{round(number):,}" if language == "en" else f"{round(number):,}".replace(",", ".")


def facts_of(
    plan: Plan,
    policy: Policy,
    catalogue: Catalogue,
    run: Provenance,
    language: str,
    because: Callable[[str], str] = str,
) -> Facts:
    """What a plan, its policy and its catalogue tell.

    Args:
        because: says in the language why a pupil has no offer.
    """
    served = _served(plan)
    days = [c.retention for c in policy.columns if c.retention]
    hours = plan.staff
    if hours.empty:
        hours = plan.resources[plan.resources["resource"] == "hours"]
    by_role = hours.groupby("role")[["capacity", "used"]].sum()
    names = {r.id: r.name.said(language) for r in policy.roles}
    return Facts(
        language=language,
        run=run,
        summary=plan.summary,
        policy=policy,
        sites=int(pd.concat([plan.assignments["site"], plan.not_served["site"]]).nunique()),
        outcomes=_outcomes(plan, policy, language),
        help=_help(served, catalogue, language),
        measurements=tuple(_measurements(plan, policy, catalogue, language)),
        roles=tuple(
            (
                " / ".join(names.get(r, r) for r in str(role).split(";")),
                float(row["capacity"]),
                float(row["used"]),
            )
            for role, row in by_role.iterrows()
        ),
        reasons=_reasons(plan, language, because),
        features=tuple(c for c in policy.columns if "feature" in c.use),
        special=tuple(
            c for c in policy.columns if c.sensitivity == "special" and c.use != ("never",)
        ),
        last_day=max(days) if days else None,
        handed=tuple(
            o.name.said(language) for o in policy.outcomes if o.id in set(untested_outcomes(plan))
        ),
    )


def _served(plan: Plan) -> pd.Series[float]:
    """Intervention -> pupils who are offered it."""
    counted: pd.Series[float] = plan.assignments.groupby("intervention")["units"].sum()
    return counted


def _outcomes(plan: Plan, policy: Policy, language: str) -> tuple[OutcomeFacts, ...]:
    found = []
    for outcome in policy.outcomes:
        risk = plan.profiles.loc[plan.profiles["outcome"] == outcome.id, "risk"].to_numpy(float)
        many = len(risk) >= 10 * THRESHOLD
        low, middle, high = np.quantile(risk, [0.05, 0.5, 0.95]) if many else [math.nan] * 3
        mean = float(risk.mean()) if len(risk) >= THRESHOLD else math.nan
        found.append(
            OutcomeFacts(
                outcome.id, outcome.name.said(language), outcome.description.said(language),
                outcome.measures, outcome.weight, outcome.base_rate, mean,
                float(low), float(middle), float(high),
            )
        )  # fmt: skip
    return tuple(found)


def _help(served: pd.Series[float], catalogue: Catalogue, language: str) -> tuple[HelpFacts, ...]:
    counts = pd.Series({i.id: round(float(served.get(i.id, 0.0))) for i in catalogue.interventions})
    shown = suppress(counts, publish_zeros=True).table.iloc[:-1, 0]
    hidden = {"en": "not shown (small group)", "nl": "niet getoond (kleine groep)"}[language]
    return tuple(
        HelpFacts(
            i.id, i.name.said(language), i.description.said(language), i.tier, i.format.kind,
            hidden if pd.isna(shown[i.id]) else f"{int(shown[i.id])}", i.effects, i.assumptions,
        )
        for i in catalogue.interventions
    )  # fmt: skip


def _reasons(
    plan: Plan, language: str, because: Callable[[str], str]
) -> tuple[tuple[str, str], ...]:
    """Why pupils are not offered help, with how many, small groups hidden."""
    if plan.not_served.empty:
        return ()
    counts = plan.not_served.groupby("reason")["pupils"].sum()
    shown = suppress(counts.round().astype(int)).table.iloc[:-1, 0]
    hidden = {"en": "small group", "nl": "kleine groep"}[language]
    return tuple(
        (because(str(reason)), hidden if pd.isna(n) else f"{int(n)}") for reason, n in shown.items()
    )


def _measurements(
    plan: Plan, policy: Policy, catalogue: Catalogue, language: str
) -> list[Measurement]:
    """One for every effect of an intervention that enough pupils are offered."""
    names = {o.id: o for o in policy.outcomes}
    first = policy.periods[0].id if policy.periods else ""
    best = plan.not_served["best_alternative"].astype("str").str.split("@").str[0]
    risks = plan.profiles.set_index(["unit_id", "outcome"])["risk"]
    found = []
    for intervention in catalogue.interventions:
        rows = plan.assignments[plan.assignments["intervention"] == intervention.id]
        offered = float(rows["units"].sum())
        if offered < 2 * THRESHOLD:
            continue
        waiting = float(rows.loc[rows["period"] != first, "units"].sum())
        alike = ("+" + best + "+").str.contains(f"+{intervention.id}+", regex=False)
        beside = float(plan.not_served.loc[alike, "pupils"].sum())
        for effect in intervention.effects:
            outcome = names.get(effect.outcome)
            if outcome is None:
                continue
            weights = rows["units"].to_numpy(float)
            keys = pd.MultiIndex.from_arrays([rows["unit_id"], [effect.outcome] * len(rows)])
            risk = risks.reindex(keys).to_numpy(float)
            known = np.isfinite(risk)
            if weights[known].sum() < THRESHOLD:
                continue
            believed = dict(policy.evidence).get(effect.level, 1.0)
            before = float(np.average(risk[known], weights=weights[known]))
            after = float(
                np.average(_with_help(risk[known], effect, believed), weights=weights[known])
            )
            found.append(
                _measurement(
                    intervention, effect, believed, intervention.name.said(language),
                    outcome.name.said(language), (offered, waiting, beside), (before, after),
                    _instruments(policy, outcome.name.en, language), language,
                )
            )  # fmt: skip
    return found


def _measurement(
    intervention: Intervention,
    effect: Effect,
    believed: float,
    name: str,
    outcome: str,
    counts: tuple[float, float, float],
    shares: tuple[float, float],
    instruments: tuple[str, ...],
    language: str,
) -> Measurement:
    offered, waiting, beside = counts
    taking = intervention.reach.rate
    size = intervention.format.max if intervention.format.kind == "group" else 1
    size = max(size, 20) if intervention.format.kind in ("class", "school") else size
    inflation = design_effect(size, ICC)
    started, compared = offered * taking / inflation, beside
    needed = needed_for_shares(*shares)
    return Measurement(
        help=name,
        outcome=outcome,
        scale=effect.scale,
        value=effect.value,
        believed=believed,
        served=count_text(offered - waiting, language),
        waiting=count_text(waiting, language),
        others=count_text(beside, language),
        before=shares[0],
        after=shares[1],
        needed=None if needed is None else math.ceil(needed * inflation),
        power=power_of_shares(*shares, started, compared) if beside >= THRESHOLD else None,
        detectable=detectable(started, compared) if beside >= THRESHOLD else None,
        instruments=instruments,
    )


def _with_help(risk: Floats, effect: Effect, believed: float) -> Floats:
    """Risks of pupils who take part, the effect discounted by its evidence."""
    safe = np.clip(risk, 1e-9, 1 - 1e-9)
    if effect.scale == "smd":
        after = norm.cdf(norm.ppf(safe) - believed * effect.value)
    elif effect.scale == "risk_difference":
        after = risk - believed * effect.value
    elif effect.scale == "risk_ratio":
        after = risk * math.exp(believed * math.log(effect.value))
    else:
        odds = safe / (1 - safe) * math.exp(believed * math.log(effect.value))
        after = odds / (1 + odds)
    return np.clip(after, 0.0, 1.0)


def _instruments(policy: Policy, name: str, language: str) -> tuple[str, ...]:
    """Columns whose purpose names the outcome, by the start of its words: what is measured now."""
    stems = {w[:6] for w in name.lower().split() if len(w) > 3 and w != "problems"}
    return tuple(
        c.label.said(language) or c.name
        for c in policy.columns
        if "feature" in c.use
        and stems
        and all(f" {w}" in f" {c.purpose.en.lower()}" for w in stems)
    )


def evidence_tally(facts: Facts) -> Mapping[str, int]:
    """Level of evidence -> how many effects of the catalogue have it."""
    levels = [e.level for h in facts.help for e in h.effects]
    return {level: levels.count(level) for level in dict.fromkeys(levels)}
