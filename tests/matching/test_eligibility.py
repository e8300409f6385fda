"""Every reason for a no, each by a world of one line."""

from __future__ import annotations

import numpy as np
import pytest

from recommender.errors import InputError
from recommender.matching import Reason, match, reason_texts


def reasons(world, cohort, offered, risk=0.5, **chosen):
    profile = world.risks(np.full((len(cohort.units), 1), risk), error=0.05)
    found = match(cohort, world.catalogue(*offered), profile, world.settings(**chosen))
    return [[Reason(int(bits)) for bits in row] for row in found.reasons]


def one(world, **rest):
    return [world.intervention("a", world.effect(), **rest)]


NO = Reason(0)


@pytest.mark.parametrize(
    ("grade", "reason"), [(2, Reason.GRADE), (3, NO), (8, NO), (9, Reason.GRADE)]
)
def test_grades_are_inclusive(world, grade, reason):
    offered = one(world, eligible=world.eligible(grades=(3, 8)))
    assert reasons(world, world.cohort([{"grade": grade}]), offered) == [[reason]]


@pytest.mark.parametrize(
    ("risk", "reason"),
    [(0.19, Reason.RISK_TOO_LOW), (0.2, NO), (0.6, NO), (0.61, Reason.RISK_TOO_HIGH)],
)
def test_risk_conditions_are_inclusive(world, risk, reason):
    condition = world.eligible(minimum_risk={"reading": 0.2}, maximum_risk={"reading": 0.6})
    offered = one(world, eligible=condition)
    assert reasons(world, world.cohort(1), offered, risk) == [[reason]]


def test_a_condition_on_a_risk_that_is_not_assessed_is_refused(world):
    offered = one(world, eligible=world.eligible(minimum_risk={"sleep": 0.2}))
    with pytest.raises(InputError, match="sleep"):
        reasons(world, world.cohort(1), offered)


@pytest.mark.parametrize(
    ("flag", "reason"), [(1.0, Reason.CONTRAINDICATED), (0.0, NO), (np.nan, NO)]
)
def test_a_contraindication_rules_out_only_when_known(world, flag, reason):
    offered = one(world, contraindications=("only_language",))
    assert reasons(world, world.cohort([{"only_language": flag}]), offered) == [[reason]]


@pytest.mark.parametrize(
    ("flag", "reason"), [(1.0, NO), (0.0, Reason.NOT_INDICATED), (np.nan, Reason.NOT_INDICATED)]
)
def test_an_indication_must_be_known_to_hold(world, flag, reason):
    offered = one(world, eligible=world.eligible(indications=("second_screening",)))
    assert reasons(world, world.cohort([{"second_screening": flag}]), offered) == [[reason]]


def test_a_flag_that_is_not_there_is_unknown(world):
    offered = one(world, contraindications=("x",), eligible=world.eligible(indications=("y",)))
    assert reasons(world, world.cohort(1), offered) == [[Reason.NOT_INDICATED]]


@pytest.mark.parametrize(
    ("consent", "reason"),
    [("given", NO), ("not_needed", NO), ("asked", Reason.CONSENT), ("refused", Reason.CONSENT)],
)
def test_only_listed_consent_is_offered_help(world, consent, reason):
    assert reasons(world, world.cohort([{"consent": consent}]), one(world)) == [[reason]]


def test_consent_that_was_asked_for_can_be_listed(world):
    cohort = world.cohort([{"consent": "asked"}, {"consent": "refused"}])
    listed = ("given", "asked")
    assert reasons(world, cohort, one(world), consent=listed) == [[NO], [Reason.CONSENT]]


def test_refusal_can_never_be_listed(world):
    with pytest.raises(ValueError, match="refused"):
        world.settings(consent=("given", "refused"))


def test_completed_help_is_not_repeated(world):
    assert reasons(world, world.cohort([{"completed": "b;a"}]), one(world)) == [[Reason.COMPLETED]]


def test_running_help_is_not_repeated(world):
    cohort = world.cohort(2, commitments=[(1, "a"), (7, "a"), (0, "unknown")])
    assert reasons(world, cohort, one(world)) == [[NO], [Reason.RUNNING]]


@pytest.mark.parametrize("excluding", ["a", "b"])
def test_running_help_blocks_what_it_excludes_either_way(world, excluding):
    offered = [
        world.intervention("a", world.effect(), excludes=("b",) if excluding == "a" else ()),
        world.intervention("b", world.effect(), excludes=("a",) if excluding == "b" else ()),
    ]
    cohort = world.cohort(1, commitments=[(0, "b")])
    assert reasons(world, cohort, offered) == [[Reason.EXCLUDED, Reason.RUNNING]]


def test_help_completed_blocks_nothing(world):
    offered = [world.intervention("a", world.effect(), excludes=("b",))]
    assert reasons(world, world.cohort([{"completed": "b"}]), offered) == [[NO]]


def test_a_decision_forbids(world):
    cohort = world.cohort(
        3, decisions=[(0, "a", "forbid"), (1, "a", "accept"), (2, "a", "require")]
    )
    assert reasons(world, cohort, one(world)) == [[Reason.FORBIDDEN], [NO], [NO]]


def first_and_then(world, **first):
    return [
        world.intervention("first", world.effect(), **first),
        world.intervention("then", world.effect(), requires=("first",)),
    ]


def test_a_requirement_is_met_by_completed_running_or_bundled_help(world):
    cohort = world.cohort([{"completed": "first"}, {}, {}], commitments=[(1, "first")])
    assert reasons(world, cohort, first_and_then(world)) == [
        [Reason.COMPLETED, NO],
        [Reason.RUNNING, NO],
        [NO, NO],
    ]


def test_a_requirement_that_may_not_be_offered_is_not_met(world):
    offered = first_and_then(world, eligible=world.eligible(grades=(8, 8)))
    assert reasons(world, world.cohort(1), offered) == [[Reason.GRADE, Reason.REQUIREMENT]]


def test_a_requirement_is_not_met_when_bundles_are_too_small(world):
    assert reasons(world, world.cohort(1), first_and_then(world), bundle_size=1) == [
        [NO, Reason.REQUIREMENT]
    ]


def test_a_chain_of_requirements_is_met_as_far_as_a_bundle_reaches(world):
    offered = [
        world.intervention("a", world.effect()),
        world.intervention("b", world.effect(), requires=("a",)),
        world.intervention("c", world.effect(), requires=("b",)),
    ]
    cohort = world.cohort([{}, {"completed": "a"}])
    lacking = Reason.REQUIREMENT
    assert reasons(world, cohort, offered) == [[NO, NO, lacking], [Reason.COMPLETED, NO, NO]]
    assert reasons(world, cohort, offered, bundle_size=3)[0] == [NO, NO, NO]


def test_a_requirement_that_is_no_longer_offered_can_only_have_been_met_before(world):
    offered = [world.intervention("then", world.effect(), requires=("gone",))]
    cohort = world.cohort([{}, {"completed": "gone"}, {}], commitments=[(2, "gone")])
    assert reasons(world, cohort, offered) == [[Reason.REQUIREMENT], [NO], [NO]]


def test_all_reasons_are_given_at_once(world):
    offered = one(
        world,
        contraindications=("x",),
        requires=("gone",),
        excludes=("b",),
        eligible=world.eligible(
            grades=(7, 8), minimum_risk={"reading": 0.9}, maximum_risk={"reading": 0.1},
            indications=("y",),
        ),
    )  # fmt: skip
    cohort = world.cohort(
        [{"x": 1.0, "consent": "refused", "completed": "a"}],
        commitments=[(0, "a"), (0, "b")],
        decisions=[(0, "a", "forbid")],
    )
    assert reasons(world, cohort, offered) == [[Reason(2 * Reason.FORBIDDEN - 1)]]


def test_every_reason_has_its_own_words_in_both_languages():
    texts = reason_texts(2 * Reason.FORBIDDEN - 1)
    assert len({text.en for text in texts}) == len({text.nl for text in texts}) == len(Reason)
    assert reason_texts(0) == ()
    (text,) = reason_texts(Reason.RUNNING)
    assert (text.en, text.nl) == ("already running", "loopt al")
