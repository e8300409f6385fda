"""Benefit by outcome: worked out from a plan and its manifest, against sums by hand."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import pytest
from scipy.stats import norm

from recommender.export.manifest import Evidence, Manifest
from recommender.export.pages.outcomes import KEYS, outcomes_of
from recommender.planning.plan.plan import Plan

Region = tuple[Plan, Manifest]


def test_outcomes_add_up_to_the_benefit_of_every_proposal(region: Region) -> None:
    plan, manifest = region
    table = outcomes_of(plan, manifest)
    benefit = plan.assignments.groupby(KEYS, sort=True)["benefit"].sum()
    assert table.drop(columns=KEYS).sum(axis=1).tolist() == pytest.approx(benefit.tolist())


def test_two_outcomes_share_a_benefit_as_their_effects_and_weights_do(region: Region) -> None:
    plan, manifest = region
    line = plan.assignments[plan.assignments["intervention"] == "mentoring"].iloc[:1]
    unit = line["unit_id"].item()
    profiles = plan.profiles.assign(risk=0.3)
    evidence = (
        Evidence("mentoring", "reading_lag", "smd", 0.4, 0.1, "good", "a"),
        Evidence("mentoring", "persistent_absence", "odds_ratio", 0.5, 0.1, "good", "b"),
    )
    table = outcomes_of(
        replace(plan, assignments=line, profiles=profiles), replace(manifest, evidence=evidence)
    )
    reading = 0.3 - norm.cdf(norm.ppf(0.3) - 0.85 * 0.4)
    odds = 0.3 / 0.7 * math.exp(0.85 * math.log(0.5))
    absence = 1.5 * (0.3 - odds / (1 + odds))
    share = reading / (reading + absence)
    row = table[table["unit_id"] == unit].iloc[0]
    assert row["reading_lag"] == pytest.approx(share * line["benefit"].item())
    assert row["persistent_absence"] == pytest.approx((1 - share) * line["benefit"].item())


def test_the_weaker_of_a_bundle_counts_for_less(region: Region) -> None:
    plan, manifest = region
    one = plan.assignments.iloc[:1]
    pair = one.assign(bundle="mentoring+parent_course")
    evidence = (
        Evidence("mentoring", "reading_lag", "risk_difference", 0.2, 0.1, "good", "a"),
        Evidence("parent_course", "reading_lag", "risk_difference", 0.1, 0.1, "good", "b"),
        Evidence("parent_course", "emotional", "risk_difference", 0.1, 0.1, "good", "c"),
    )
    changed = replace(plan, assignments=pair, profiles=plan.profiles.assign(risk=0.9))
    row = outcomes_of(changed, replace(manifest, evidence=evidence)).iloc[0]
    assert row["reading_lag"] / row["emotional"] == pytest.approx((0.2 + 0.5 * 0.1) / 0.1)


def test_a_manifest_that_lacks_reach_or_settings_gives_no_outcomes(region: Region) -> None:
    plan, manifest = region
    for bare in (replace(manifest, reach=()), replace(manifest, settings=json.dumps({}))):
        assert list(outcomes_of(plan, bare).columns) == KEYS
