"""Candidates against enumeration, and the laws of matching."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from statistics import NormalDist

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recommender.inputs.catalogue import Need, Text
from recommender.inputs.policy import MustServe
from recommender.matching import assemble, bundle_name, match

NORMAL = NormalDist()
OUTCOMES = ("reading", "absence")
ROLES = ("teacher", "nurse")


def named(candidates):
    return {
        (candidates.cohort.units["unit_id"][unit], bundle_name(candidates, bundle)): benefit
        for unit, bundle, benefit in zip(
            candidates.unit, candidates.bundle, candidates.benefit, strict=True
        )
    }


@st.composite
def worlds(draw, world, least=1):
    """A catalogue of up to five interventions, up to six units and their risks."""
    names = "abcde"[: draw(st.integers(least, 5))]
    amounts = st.sampled_from([0.0, 1.0, 2.0, 4.0])
    offered = []
    for number, name in enumerate(names):
        effects = [
            world.effect(outcome, "smd", draw(st.sampled_from([-0.2, 0.0, 0.2, 0.3, 0.5])), 0.1)
            for outcome in OUTCOMES
            if draw(st.booleans())
        ]
        made = world.intervention(
            name,
            *effects,
            kind=draw(st.sampled_from(["individual", "individual", "group"])),
            rate=draw(st.sampled_from([0.5, 1.0])),
            periods=draw(st.integers(1, 2)),
            cost_per_pupil=draw(amounts),
            requires=tuple(o for o in names[:number] if draw(st.integers(0, 5)) == 0),
        )
        excluded = tuple(
            o for o in names[:number] if o not in made.requires and draw(st.integers(0, 5)) == 0
        )
        needs = tuple(Need(role, draw(amounts)) for role in ROLES)
        offered.append(replace(made, excludes=excluded, needs=needs))
    units = draw(st.integers(1, 6))
    rows = [
        {
            "completed": ";".join(n for n in names if draw(st.integers(0, 7)) == 0),
            "must_serve": draw(st.sampled_from(["", "", "", "any", "statute"])),
        }
        for _ in range(units)
    ]
    probability = st.sampled_from([0.0, 0.05, 0.2, 0.5, 0.8, 1.0])
    table = np.array([[draw(probability) for _ in OUTCOMES] for _ in range(units)])
    chosen = world.settings(
        {"reading": 1.0, "absence": 2.0},
        bundle_size=draw(st.integers(1, 3)),
        diminishing=draw(st.sampled_from([0.0, 0.5, 1.0])),
        must_serve=(MustServe("statute", Text(en="S"), tuple(names[:2])),),
    )
    return world.catalogue(*offered), rows, world.risks(table, OUTCOMES, 0.05), chosen


def benefit_by_hand(members, risk, chosen):
    total = 0.0
    for column, outcome in enumerate(OUTCOMES):
        p, gains = risk[column], []
        for member in members:
            for effect in member.effects:
                if effect.outcome == outcome and 0 < p < 1 and effect.value:
                    after = NORMAL.cdf(NORMAL.inv_cdf(p) - effect.value)
                    gains.append((p - after) * member.reach.rate)
        good = sorted((g for g in gains if g > 0), reverse=True)
        joint = sum(chosen.diminishing**n * g for n, g in enumerate(good))
        joint += sum(g for g in gains if g < 0)
        total += dict(chosen.weights)[outcome] * min(max(joint, p - 1), p)
    return total


def needs_by_hand(members):
    needs = dict.fromkeys([(r, k) for r in ROLES for k in range(2)], 0.0)
    needs |= {"money": 0.0, "periods": 0.0}
    for member in members:
        for need in member.needs:
            for k in range(member.periods):
                needs[need.role, k] += need.hours_per_pupil * member.reach.rate / member.periods
        needs["money"] += member.cost_per_pupil * member.reach.rate
        needs["periods"] = max(needs["periods"], member.periods)
        if member.format.kind == "group":
            needs[member.id] = 1.0
    return needs


def needs_no_more(one, other):
    return all(amount <= other.get(key, 0.0) + 1e-12 for key, amount in one.items())


def everything(offered, rows, profile, chosen):
    """Return for every unit the bundles it may have, by plain enumeration."""
    for row, risk in zip(rows, profile.risk, strict=True):
        completed = set(filter(None, row["completed"].split(";")))
        found = []
        for size in range(1, chosen.bundle_size + 1):
            for members in combinations(offered.interventions, size):
                ids = {m.id for m in members}
                if (
                    not ids & completed
                    and all(set(m.requires) <= ids | completed for m in members)
                    and not any(set(m.excludes) & ids for m in members)
                ):
                    name = "+".join(sorted(ids))
                    found.append((name, benefit_by_hand(members, risk, chosen), members))
        yield row["must_serve"], found


WORLDS = settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@WORLDS
@given(st.data())
def test_candidates_are_the_enumerated_bundles_without_the_dominated_ones(world, data):
    offered, rows, profile, chosen = data.draw(worlds(world))
    found = match(world.cohort(rows), offered, profile, chosen)
    kept: dict[int, dict[str, float]] = {}
    for unit, bundle, benefit in zip(found.unit, found.bundle, found.benefit, strict=True):
        kept.setdefault(int(unit), {})[bundle_name(found, bundle)] = benefit
    statute = set(chosen.must_serve[0].interventions)
    for unit, (rule, bundles) in enumerate(everything(offered, rows, profile, chosen)):
        mine = kept.get(unit, {})
        all_of_them = {name: (benefit, members) for name, benefit, members in bundles}
        assert set(mine) <= set(all_of_them)

        def wins(one, other, margin, rule=rule, all_of_them=all_of_them):
            (good, members), (less, others) = all_of_them[one], all_of_them[other]
            counts = rule != "statute" or bool({m.id for m in members} & statute) >= bool(
                {m.id for m in others} & statute
            )
            cheap = needs_no_more(needs_by_hand(members), needs_by_hand(others))
            return counts and cheap and good >= less + margin

        for name, (benefit, _) in all_of_them.items():
            if name in mine:
                assert mine[name] == pytest.approx(benefit, abs=1e-12)
                assert rule or benefit > -1e-12
                assert not any(wins(o, name, 1e-9) for o in mine if o != name)
            else:
                useless = not rule and benefit <= 1e-12
                assert useless or any(wins(o, name, -1e-12) for o in mine)


@WORLDS
@given(st.data(), st.randoms(use_true_random=False))
def test_permuting_units_permutes_candidates(world, data, random):
    offered, rows, profile, chosen = data.draw(worlds(world))
    order = random.sample(range(len(rows)), len(rows))
    cohort = world.cohort(rows)
    turned = replace(cohort, units=cohort.units.iloc[order].reset_index(drop=True))
    there = match(turned, offered, replace(profile, risk=profile.risk[order]), chosen)
    assert named(match(cohort, offered, profile, chosen)) == named(there)


@WORLDS
@given(st.data())
def test_another_intervention_takes_away_nothing_better_than_it_brings(world, data):
    offered, rows, profile, chosen = data.draw(worlds(world, least=2))
    whole = match(world.cohort(rows), offered, profile, chosen)
    less = replace(offered, interventions=offered.interventions[:-1])
    part = match(world.cohort(rows), less, profile, chosen)
    best, best_before = (
        pd.Series(c.benefit).groupby(c.unit).max().to_dict() for c in (whole, part)
    )
    assert all(best[unit] >= before - 1e-12 for unit, before in best_before.items())
    added = offered.interventions[-1].id
    fresh = {unit for unit, name in named(whole) if added in name.split("+")}
    for (unit, name), benefit in named(part).items():
        assert unit in fresh or named(whole)[unit, name] == benefit


@given(st.floats(0.01, 0.99), st.floats(-1, 1), st.floats(0, 1))
def test_benefit_rises_with_the_effect(world, risk, value, more):
    cohort = world.cohort([{"must_serve": "any"}])
    low, high = (
        match(
            cohort,
            world.catalogue(world.intervention("a", world.effect(value=v))),
            world.risks([[risk]]),
            world.settings(),
        ).benefit[0]
        for v in (value, value + more)
    )
    assert high >= low - 1e-12


@given(st.floats(0, 1))
def test_no_effect_is_no_candidate_and_no_benefit(world, risk):
    offered = world.catalogue(world.intervention("a", world.effect(value=0.0)))
    cohort = world.cohort([{}, {"must_serve": "any"}])
    found = match(cohort, offered, world.risks([[risk], [risk]]), world.settings())
    assert found.unit.tolist() == [1]
    assert found.benefit.tolist() == [0.0]


@given(st.floats(0.01, 0.99), st.floats(0.01, 1))
def test_benefit_and_its_error_are_in_proportion_to_reach(world, risk, rate):
    full, reached = (
        match(
            world.cohort(1),
            world.catalogue(world.intervention("a", world.effect(), rate=r)),
            world.risks([[risk]], error=0.05),
            world.settings(),
        )
        for r in (1.0, rate)
    )
    assert reached.benefit == pytest.approx(rate * full.benefit)
    assert reached.standard_error == pytest.approx(rate * full.standard_error, rel=1e-5)


def test_of_equals_the_smaller_bundle_stays_and_then_the_first(world):
    offered = world.catalogue(
        world.intervention("a", hours=0),
        world.intervention("b", world.effect(), hours=2),
        world.intervention("c", world.effect(), hours=2),
    )
    found = match(world.cohort(1), offered, world.risks([[0.5]]), world.settings(diminishing=0))
    assert [name for _, name in named(found)] == ["b"]


def test_a_dearer_bundle_stays_when_it_does_more_good(world):
    offered = world.catalogue(
        world.intervention("a", world.effect(value=0.2), hours=1),
        world.intervention("b", world.effect(value=0.3), hours=2),
        world.intervention("c", world.effect(value=0.3), hours=3),
    )
    found = match(world.cohort(1), offered, world.risks([[0.5]]), world.settings(bundle_size=1))
    assert [name for _, name in named(found)] == ["a", "b"]


def test_candidates_are_sorted_and_bundles_are_those_that_occur(world):
    values = {"a": 0.1, "b": 0.4, "c": 0.2}
    offered = world.catalogue(
        *(world.intervention(n, world.effect(value=v), hours=v) for n, v in values.items()),
        world.intervention("d", world.effect(value=-0.3)),
    )  # fmt: skip
    found = match(world.cohort(3), offered, world.risks([[0.3]] * 3), world.settings())
    assert sorted(zip(found.unit, found.bundle, strict=True)) == list(
        zip(found.unit, found.bundle, strict=True)
    )
    assert [b.interventions for b in found.bundles][:3] == [(0,), (1,), (2,)]
    assert set(found.bundle) == set(range(len(found.bundles)))
    assert (found.unit.dtype, found.bundle.dtype) == (np.int32, np.int32)


def test_a_required_intervention_is_in_every_candidate_even_without_benefit(world):
    offered = world.catalogue(
        world.intervention("a", world.effect(value=0.4), hours=1),
        world.intervention("b", world.effect(value=-0.1), hours=5),
    )
    cohort = world.cohort(3, decisions=[(1, "b", "require"), (2, "a", "accept")])
    found = match(cohort, offered, world.risks([[0.3]] * 3), world.settings())
    assert [name for unit, name in named(found) if unit == "u0001"] == ["b", "a+b"]
    assert [name for unit, name in named(found) if unit != "u0001"] == ["a", "a"]
    assert found.required.tolist() == [-1, 1, -1]


def test_two_required_interventions_come_together(world):
    offered = world.catalogue(*(world.intervention(n, world.effect()) for n in "abc"))
    cohort = world.cohort(1, decisions=[(0, "c", "require"), (0, "b", "require")])
    found = match(cohort, offered, world.risks([[0.3]]), world.settings())
    assert list(named(found)) == [("u0000", "b+c")]
    assert found.required.tolist() == [1]


def test_what_is_required_and_already_running_is_done(world):
    offered = world.catalogue(*(world.intervention(n, world.effect()) for n in "ab"))
    cohort = world.cohort(1, commitments=[(0, "a")], decisions=[(0, "a", "require")])
    found = match(cohort, offered, world.risks([[0.3]]), world.settings())
    assert list(named(found)) == [("u0000", "b")]
    assert found.required.tolist() == [-1]


def test_a_decision_makes_nobody_eligible(world):
    offered = world.catalogue(
        world.intervention("a", world.effect(), eligible=world.eligible(grades=(8, 8)))
    )
    cohort = world.cohort(1, decisions=[(0, "a", "require")])
    found = match(cohort, offered, world.risks([[0.3]]), world.settings())
    assert found.unit.size == 0
    assert found.required.tolist() == [0]


def test_help_that_counts_for_a_statutory_rule_is_not_beaten_by_help_that_does_not(world):
    offered = world.catalogue(
        world.intervention("a", world.effect(value=0.4), hours=1),
        world.intervention("b", world.effect(value=0.2), hours=2),
    )
    cohort = world.cohort([{}, {"must_serve": "act"}, {"must_serve": "any"}])
    rule = MustServe("act", Text(en="Act"), ("b",))
    found = match(
        cohort,
        offered,
        world.risks([[0.3]] * 3),
        world.settings(bundle_size=1, must_serve=(rule, MustServe("any", Text(en="Any")))),
    )
    assert list(named(found)) == [("u0000", "a"), ("u0001", "a"), ("u0001", "b"), ("u0002", "a")]


def test_help_under_a_cap_does_not_beat_help_without_one(world):
    offered = world.catalogue(
        world.intervention("a", world.effect(value=0.4), hours=1),
        world.intervention("b", world.effect(value=0.2), hours=2),
    )
    chosen = world.settings(bundle_size=1, limited=("a",))
    found = match(world.cohort(1), offered, world.risks([[0.3]]), chosen)
    assert [name for _, name in named(found)] == ["a", "b"]


def test_chunks_change_nothing_and_progress_reaches_the_end(world, monkeypatch):
    offered = world.catalogue(
        *(
            world.intervention(n, world.effect(value=v), hours=v)
            for n, v in (("a", 0.2), ("b", 0.4))
        )
    )
    profile = world.risks(np.random.default_rng(0).uniform(0, 1, (300, 1)), error=0.03)
    whole = match(world.cohort(300), offered, profile, world.settings())
    monkeypatch.setattr(assemble, "_CELLS", 1)
    seen = []
    parts = match(
        world.cohort(300), offered, profile, world.settings(), lambda *done: seen.append(done)
    )
    assert seen[-1] == (300, 300)
    assert len(seen) > 2
    for name in ("unit", "bundle", "benefit", "standard_error", "reasons"):
        assert np.array_equal(getattr(whole, name), getattr(parts, name))


def test_an_empty_cohort_and_an_empty_catalogue_have_no_candidates(world):
    offered = world.catalogue(world.intervention("a", world.effect()))
    nobody = match(world.cohort(0), offered, world.risks(np.zeros((0, 1))), world.settings())
    nothing = match(world.cohort(2), world.catalogue(), world.risks([[0.3]] * 2), world.settings())
    assert (nobody.unit.size, nothing.unit.size) == (0, 0)
    assert (nobody.bundles, nothing.reasons.shape) == ((), (2, 0))


def test_risks_of_another_cohort_are_refused(world):
    with pytest.raises(ValueError, match="risks of 1 units"):
        match(world.cohort(2), world.catalogue(), world.risks([[0.3]]), world.settings())
