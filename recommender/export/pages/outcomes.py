"""What each proposal is expected to avert, outcome by outcome, from a plan and its manifest alone.

The risks are those of the plan, the effects, reach, weights and evidence shares those that its
manifest records; the parts are scaled to add up to the benefit that the plan states.
"""

from __future__ import annotations

import json
import math

import numpy as np
import pandas as pd

from recommender.export.manifest import Manifest
from recommender.matching.benefit import reached_gain, recipes, shares
from recommender.matching.candidates import Bundle
from recommender.matching.effects import EffectTerm
from recommender.planning.plan.plan import Plan

KEYS = ["unit_id", "bundle", "period"]


def outcomes_of(plan: Plan, manifest: Manifest) -> pd.DataFrame:
    """Return unit_id, bundle, period and one column an outcome: benefit for all pupils of the unit.

    One row a proposal.  Outcomes that nothing is known to touch have no column; without what is
    needed in the manifest there is no column at all.
    """
    totals = plan.assignments.groupby(KEYS, sort=True)["benefit"].sum().reset_index()
    terms, names = _terms(manifest)
    outcomes = tuple(dict(manifest.weights))
    risks = plan.profiles.pivot(index="unit_id", columns="outcome", values="risk")
    if not terms or not set(outcomes) <= set(risks.columns):
        return totals[KEYS]
    risks = risks[list(outcomes)]
    settings = json.loads(manifest.settings).get("matching", {})
    diminishing = float(settings.get("diminishing", 0.5))
    table = np.zeros((len(totals), len(outcomes)))
    for bundle, rows in totals.groupby("bundle", sort=True).indices.items():
        members = str(bundle).split("+")
        if not set(members) <= set(names):
            continue
        (recipe,) = recipes([Bundle(tuple(names.index(member) for member in members))], terms)
        risk = risks.reindex(totals["unit_id"].to_numpy()[rows]).to_numpy(dtype=np.float64)
        for outcome, numbers in recipe.parts:
            before = risk[:, outcome]
            gains = [reached_gain(terms[n], terms[n].value, before) for n in numbers]
            share, _ = shares(gains, before, diminishing)
            parts = sum(s * gain for s, gain in zip(share, gains, strict=True))
            table[rows, outcome] = terms[numbers[0]].weight * np.asarray(parts)
    whole = np.nansum(table, axis=1)
    scale = np.divide(
        totals["benefit"].to_numpy(), whole, out=np.zeros_like(whole), where=whole > 0
    )
    found = pd.DataFrame(np.nan_to_num(table) * scale[:, None], columns=list(outcomes))
    return pd.concat([totals[KEYS], found.loc[:, (found != 0).any()]], axis=1)


def _terms(manifest: Manifest) -> tuple[tuple[EffectTerm, ...], tuple[str, ...]]:
    """The effects of the manifest as terms, and the interventions that their positions mean."""
    settings = json.loads(manifest.settings).get("matching", {})
    believed = {str(level): float(share) for level, share in settings.get("evidence", ())}
    weights, reach = dict(manifest.weights), dict(manifest.reach)
    names = tuple(sorted(reach))
    outcomes = tuple(weights)
    if not believed:
        return (), ()
    found = []
    for effect in manifest.evidence:
        ratio = effect.scale.endswith("ratio")
        if effect.outcome not in weights or effect.intervention not in reach:
            continue
        value = math.log(effect.value) if ratio else effect.value
        found.append(
            EffectTerm(
                intervention=names.index(effect.intervention),
                outcome=outcomes.index(effect.outcome),
                scale=effect.scale,  # type: ignore[arg-type]
                value=value * believed.get(effect.level, 0.0),
                standard_error=effect.standard_error,
                rate=reach[effect.intervention],
                weight=weights[effect.outcome],
            )
        )
    return tuple(sorted(found, key=lambda term: (term.outcome, term.intervention))), names
