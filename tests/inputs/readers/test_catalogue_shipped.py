"""The shipped catalogue and policy are complete, sourced, bilingual and agree with each other."""

from __future__ import annotations

import datetime as dt
import json
import math
from pathlib import Path

import jsonschema
import pytest
import yaml

from recommender.inputs.catalogue import Catalogue, Effect, Intervention
from recommender.inputs.policy import Policy
from recommender.inputs.readers.catalogue_file import read_catalogue
from recommender.inputs.readers.policy_file import STRUCTURAL, is_protected, read_policy

ROOT = Path(__file__).parents[3]
CHECKED = dt.date(2026, 11, 23)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return read_catalogue(ROOT / "interventions.yaml")


@pytest.fixture(scope="module")
def policy() -> Policy:
    return read_policy(ROOT / "planning.yaml")


def entry(catalogue: Catalogue, name: str) -> Intervention:
    return next(i for i in catalogue.interventions if i.id == name)


def effect(catalogue: Catalogue, name: str, outcome: str) -> Effect:
    return next(e for e in entry(catalogue, name).effects if e.outcome == outcome)


def test_the_first_line_of_both_files_tells_editors_their_schema() -> None:
    for file, schema in (("interventions.yaml", "catalogue"), ("planning.yaml", "planning")):
        with (ROOT / file).open(encoding="utf-8") as stream:
            first = stream.readline()
        assert first.startswith("# yaml-language-server: $schema=")
        assert first.strip().endswith(f"{schema}.schema.json")


def test_at_least_24_interventions_are_named_and_described_in_two_languages(
    catalogue: Catalogue,
) -> None:
    assert len(catalogue.interventions) >= 24
    for it in catalogue.interventions:
        for text in (it.name, it.description):
            assert text.en, it.id
            assert text.nl, it.id
        assert it.description.en.endswith(".")
        assert it.description.nl.endswith(".")


def test_every_effect_has_a_source_a_date_and_an_error(catalogue: Catalogue) -> None:
    for it in catalogue.interventions:
        assert it.effects, it.id
        for one in it.effects:
            assert one.source, it.id
            assert one.checked == CHECKED, it.id
            assert one.standard_error > 0, it.id


def test_what_is_assumed_says_so(catalogue: Catalogue) -> None:
    for it in catalogue.interventions:
        assert it.assumptions, it.id
    verified = {
        ("clinical_cbt_anxiety", "emotional"),
        ("friends_group", "emotional"),
        ("voorzorg", "youth_protection"),
    }
    for it in catalogue.interventions:
        for one in it.effects:
            if one.level != "assumed" and (it.id, one.outcome) not in verified:
                assert "assumed" in one.note, (it.id, one.outcome)


def test_sizes_are_those_of_the_sources(catalogue: Catalogue) -> None:
    assert effect(catalogue, "one_to_one_tutoring", "reading_lag").value == 0.29
    assert effect(catalogue, "one_to_one_tutoring_maths", "maths_lag").value == 0.268
    assert effect(catalogue, "small_group_tuition", "reading_lag").value == 0.36
    assert effect(catalogue, "friends_group", "emotional").standard_error == 0.115
    assert effect(catalogue, "mentoring", "emotional").value == 0.21
    protection = effect(catalogue, "voorzorg", "youth_protection")
    assert (protection.scale, protection.value, protection.standard_error) == (
        "risk_difference", 0.08, 0.033,
    )  # fmt: skip


def test_errors_of_ratios_follow_from_the_published_intervals(catalogue: Catalogue) -> None:
    remission = effect(catalogue, "clinical_cbt_anxiety", "emotional")
    assert remission.value == pytest.approx(1 / 5.45, abs=0.001)
    assert remission.standard_error == pytest.approx(
        (math.log(7.60) - math.log(3.90)) / (2 * 1.96), abs=0.001
    )
    bullying = effect(catalogue, "kiva", "behaviour")
    assert bullying.standard_error == pytest.approx(
        (math.log(1.06) - math.log(0.55)) / (2 * 1.96), abs=0.001
    )


def test_a_null_and_a_low_value_entry_stay_for_the_plan_to_leave(catalogue: Catalogue) -> None:
    assert [e.value for e in entry(catalogue, "taakspel").effects] == [0.0]
    low = entry(catalogue, "bbbs_school_based")
    assert all(0 < e.value < 0.05 for e in low.effects)
    assert low.cost_per_pupil > 100
    assert "language_lag_only" in entry(catalogue, "bouw").contraindications


def test_excludes_hold_both_ways(catalogue: Catalogue) -> None:
    for it in catalogue.interventions:
        for other in it.excludes:
            assert it.id in entry(catalogue, other).excludes, (it.id, other)


def test_all_formats_tiers_scales_and_roles_are_in_use(
    catalogue: Catalogue, policy: Policy
) -> None:
    every = catalogue.interventions
    assert {i.format.kind for i in every} == {"individual", "group", "class"}
    assert {i.tier for i in every} == {"universal", "selective", "indicated"}
    assert {e.scale for i in every for e in i.effects} == {
        "smd", "odds_ratio", "risk_ratio", "risk_difference",
    }  # fmt: skip
    assert {n.role for i in every for n in i.needs} == {r.id for r in policy.roles}
    assert {e.outcome for i in every for e in i.effects} == {o.id for o in policy.outcomes}
    assert any(i.requires for i in every)


def test_who_finishes_parent_training_is_what_studies_found(catalogue: Catalogue) -> None:
    assert entry(catalogue, "triple_p_group").reach.rate == pytest.approx(0.49, abs=0.01)
    assert entry(catalogue, "incredible_years").reach.rate == pytest.approx(0.48 * 0.61)
    assert entry(catalogue, "bouw").reach.completion == pytest.approx(40 / 71, abs=0.005)


def test_the_policy_has_six_outcomes_eight_roles_and_three_coming_periods(policy: Policy) -> None:
    assert [o.id for o in policy.outcomes] == [
        "reading_lag", "maths_lag", "persistent_absence", "behaviour", "emotional",
        "youth_protection",
    ]  # fmt: skip
    assert len(policy.roles) == 8
    assert all(dt.date(2026, 11, 24) < p.start < p.end for p in policy.periods)
    assert len(policy.periods) == 3
    assert policy.periods[-1].end <= dt.date(2027, 7, 16)
    assert policy.synthetic


def test_names_of_the_policy_are_in_two_languages(policy: Policy) -> None:
    named = [*policy.outcomes, *policy.roles, *policy.periods, *policy.scenarios]
    for one in [*named, *policy.rules.must_serve]:
        assert one.name.en, one.id
        assert one.name.nl, one.id
    for column in policy.columns:
        assert column.label.en, column.name
        assert column.label.nl, column.name


def test_every_column_has_its_legal_frame(policy: Policy) -> None:
    for column in policy.columns:
        for text in (column.source, column.purpose, column.legal_basis):
            assert text.en, column.name
            assert text.nl, column.name
        assert "GDPR" in column.legal_basis.en
        assert "AVG" in column.legal_basis.nl
        assert column.retention == dt.date(2027, 8, 1)
    assert set(STRUCTURAL) - {c.name for c in policy.columns} == {"count", "waiting_since"}
    special = {c.name for c in policy.columns if c.sensitivity == "special"}
    assert {"sdq_parent_total", "earlier_youth_care", "origin_group"} <= special


def test_columns_that_could_discriminate_are_for_audit_only(policy: Policy) -> None:
    use = {c.name: c.use for c in policy.columns}
    for name in ("home_language", "origin_group", "postcode_area", "sex"):
        assert use[name] == ("audit_only",)
    for name, uses in use.items():
        if is_protected(name):
            assert uses == ("audit_only",)


def test_conditions_of_the_catalogue_are_declared_for_eligibility(
    catalogue: Catalogue, policy: Policy
) -> None:
    usable = {c.name for c in policy.columns if "eligibility" in c.use}
    named = {
        column
        for it in catalogue.interventions
        for column in (*it.contraindications, *it.eligible.indications)
    }
    assert named == usable
    assert not usable & set(STRUCTURAL)


def test_rules_and_scenarios_use_every_kind_of_change(catalogue: Catalogue, policy: Policy) -> None:
    rules = policy.rules
    assert rules.budget is not None
    assert rules.caps
    assert rules.travel_overhead > 0
    assert {"any", "youth_act", "compulsory_education"} == {r.id for r in rules.must_serve}
    changes = policy.scenarios
    assert len(changes) >= 6
    assert any(c.extends for c in changes)
    assert any(c.budget is not None and c.budget < rules.budget for c in changes)
    assert any(c.without for c in changes)
    assert any(c.only for c in changes)
    assert any(c.weights for c in changes)
    moved = [one for c in changes for one in c.capacity]
    assert any(one.scale < 1 and one.role != "*" for one in moved)
    assert any(one.scale > 1 for one in moved)
    assert any(one.site != "*" for one in moved)
    for change in changes:
        assert set(change.only) | set(change.without) <= set(catalogue.ids)


def test_must_serve_rules_can_be_met_by_somebody_of_every_grade(
    catalogue: Catalogue, policy: Policy
) -> None:
    for rule in policy.rules.must_serve:
        open_to = {
            grade
            for name in rule.interventions or catalogue.ids
            for it in [entry(catalogue, name)]
            if not it.eligible.minimum_risk and not it.eligible.indications
            for grade in range(
                (it.eligible.grades or (1, 8))[0], (it.eligible.grades or (1, 8))[1] + 1
            )
        }
        assert open_to == set(range(1, 9)), rule.id


@pytest.mark.parametrize(
    ("file", "schema"), [("interventions.yaml", "catalogue"), ("planning.yaml", "planning")]
)
def test_editors_find_nothing_wrong_by_the_schema_of_the_modeline(file: str, schema: str) -> None:
    text = (ROOT / file).read_text(encoding="utf-8")
    named = text.splitlines()[0].split("$schema=")[1]
    rules = json.loads((ROOT / named).read_text(encoding="utf-8"))
    assert named.endswith(f"{schema}.schema.json")
    value = json.loads(json.dumps(yaml.safe_load(text), default=str))
    jsonschema.validate(value, rules)
