"""What a rule costs is the difference between two proven plans, and no limit brings anything."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from recommender.allocation import solve
from recommender.errors import UsageError
from recommender.matching import match
from recommender.pipeline import Settings
from recommender.planning import formulate
from recommender.scenarios import apply_scenario
from recommender.scenarios.rule_prices import RulePrice, rule_prices, switches


@pytest.fixture(scope="module")
def priced(region: Any) -> tuple[RulePrice, ...]:
    effort = replace(region.settings.effort, whole=False)
    return rule_prices(
        region.inputs,
        ("base", "psychologists_help_out", "every_school", "cautious"),
        replace(region.settings, effort=effort),
        risks=region.risks,
    )


def test_every_rule_is_priced_once_at_the_first_scenario_that_has_it(
    priced: tuple[RulePrice, ...],
) -> None:
    at = {one.rule: one.scenario for one in priced}
    assert len(at) == len(priced)
    assert at["rules.budget"] == "base"
    assert at["rules.must_serve.youth_act"] == "base"
    assert at["roles.psychologist"] == "psychologists_help_out"
    assert at["rules.fairness.every_school"] == "every_school"
    assert at["rules.caution"] == "cautious"


def test_a_limit_never_brings_benefit_and_a_permission_never_costs_any(
    priced: tuple[RulePrice, ...],
) -> None:
    for one in priced:
        assert one.unproven <= 1e-5
        if not one.lacking:
            assert (one.price <= 1e-5) if one.rule.startswith("roles.") else (one.price >= -1e-5)
    assert any(one.price > 1e-3 for one in priced)


def test_a_price_is_what_solving_without_the_rule_gives(
    region: Any, priced: tuple[RulePrice, ...]
) -> None:
    (cap,) = (one for one in priced if one.rule == "rules.caps.rots_en_water")
    rules = replace(region.inputs.policy.rules, caps={"bbbs_school_based": 10})
    policy = replace(region.inputs.policy, rules=rules)
    own = Settings.of(policy, effort=replace(region.settings.effort, whole=False))
    candidates = match(region.inputs.cohort, region.inputs.catalogue, region.risks, own.matching)
    formulation = formulate(candidates, region.inputs.resources, own.limits)
    found = solve(formulation.problem, own.effort, "exact")
    assert cap.without == pytest.approx(found.certificate.value, abs=1e-6)


def test_what_is_left_out_is_in_force_no_more(region: Any) -> None:
    here = apply_scenario(region.inputs, "all_rules")
    known = switches(here)
    assert {"rules.waiting_priority", "rules.at_once_per_family", "interventions.same",
            "rules.caseload.social_worker", "interventions.format.min"} <= {
        switch.rule for switch in known
    }  # fmt: skip
    for switch in known:
        left = {other.rule for other in switches(switch.off(here))}
        assert left == {other.rule for other in known} - {switch.rule}, switch.rule


def test_a_scenario_that_does_not_exist_is_said_at_once(region: Any) -> None:
    with pytest.raises(UsageError, match="every_school"):
        rule_prices(region.inputs, ("every_scool",), region.settings)
