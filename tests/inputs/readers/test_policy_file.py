"""Every kind of mistake in planning.yaml, once, with its exact message."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from recommender.errors import PrivacyRefusal
from recommender.inputs import read_workspace
from recommender.inputs.readers.policy_file import is_protected, read_policy

FILE = "planning.yaml"
SEX = "  sex:\n    type: category\n    values: [girl, boy, other]\n    use: [audit_only] "
LESS = "    capacity: [{role: teacher, scale: 0.8}]"

MISTAKES = {
    "an unknown setting": (
        ("bundle_size: 2", "bundle_sise: 2"),
        ["line 28: bundle_sise is not a known key; did you mean 'bundle_size'?"],
    ),
    "a missing reference date": (
        ("reference_date: 2026-11-01", ""),
        [
            "line 1: reference_date is missing; add `reference_date:`, the day at which what is "
            "known of the pupils is taken"
        ],
    ),
    "a date the wrong way round": (
        ("reference_date: 2026-11-01", "reference_date: 1-11-2026"),
        ["line 6: reference_date is '1-11-2026'; give a date as 2026-11-30"],
    ),
    "a bundle size out of range": (
        ("bundle_size: 2", "bundle_size: 9"),
        ["line 28: bundle_size is 9; it must be at most 4"],
    ),
    "a weight below zero": (
        ("weight: 1.0 ", "weight: -1 "),
        ["line 11: outcomes.reading_lag.weight is -1; it must be at least 0"],
    ),
    "a base rate the wrong way round": (
        ("base_rate: [0.05, 0.6]", "base_rate: [0.6, 0.05]"),
        [
            "line 12: outcomes.reading_lag.base_rate runs from 0.6 to 0.05; write the lowest first"
        ],
    ),
    "a base rate in percent": (
        ("base_rate: [0.05, 0.6]", "base_rate: [0.5, 60]"),
        ["line 12: outcomes.reading_lag.base_rate[2] is 60; it must be at most 1"],
    ),
    "periods that overlap": (
        ("start: 2027-03-01", "start: 2027-02-19"),
        [
            "line 24: periods.spring.start lies within winter, which ends 2027-02-19; an hour may "
            "belong to one period only"
        ],
    ),
    "periods out of order": (
        ("start: 2026-11-30, end: 2027-02-19", "start: 2027-08-30, end: 2027-10-19"),
        [
            "line 24: periods.spring.start lies before the start of winter; write the periods in "
            "calendar order"
        ],
    ),
    "a period that ends before it starts": (
        ("end: 2027-06-18", "end: 2027-02-28"),
        ["line 24: periods.spring.end lies before the start; check both dates"],
    ),
    "no outcomes": (
        ("outcomes:  ", "outcome:  "),
        [
            "line 1: outcomes has no entries; declare at least one",
            "line 8: outcome is not a known key; did you mean 'outcomes'?",
        ],
    ),
    "a must-serve rule with an unknown intervention": (
        ("any: {name: {en: Promised help, nl: Toegezegde hulp}}", "any: {name: A, interventions: [one_to_one]}"),  # noqa: E501
        [
            "line 35: rules.must_serve.any.interventions[1] is 'one_to_one', which is not in "
            "interventions.yaml; did you mean 'one_to_one_tutoring'?"
        ],
    ),
    "help for the refused": (
        ("consent: [given, not_needed]", "consent: [given, refused]"),
        ["line 36: rules.consent[2] is 'refused'; use given, asked or not_needed"],
    ),
    "an overhead above one": (
        ("travel_overhead: 0.1", "travel_overhead: 10"),
        ["line 37: rules.travel_overhead is 10; it must be at most 1"],
    ),
    "a cap on an unknown intervention": (
        ("caps: {one_to_one_tutoring: 5}", "caps: {one_to_one: 5}"),
        [
            "line 38: rules.caps.one_to_one is not in interventions.yaml; did you mean "
            "'one_to_one_tutoring'?"
        ],
    ),
    "a cap below zero": (
        ("caps: {one_to_one_tutoring: 5}", "caps: {one_to_one_tutoring: -5}"),
        ["line 38: rules.caps.one_to_one_tutoring is -5; it must be at least 0"],
    ),
    "an unknown rule": (
        ("budget: 2000", "buget: 2000"),
        ["line 33: rules.buget is not a known key; did you mean 'budget'?"],
    ),
    "an unknown level of evidence": (
        ("strong: 1.0", "stronk: 1.0"),
        ["line 27: evidence.stronk is 'stronk'; did you mean 'strong'?"],
    ),
    "a level of evidence that the catalogue needs": (
        (", assumed: 0.3", ""),
        [
            "line 27: evidence lacks 'assumed', the level of an effect of one_to_one_tutoring; say "
            "how much of it is believed: assumed: 0.5"
        ],
    ),
    "a scenario with unknown names": (
        (LESS, "    capacity: [{role: techer, site: s9, period: wintr}]"),
        [
            "line 43: scenarios.fewer_teachers.capacity[1].period is 'wintr', which is no period; "
            "did you mean 'winter'?",
            "line 43: scenarios.fewer_teachers.capacity[1].role is 'techer', which is no role; did "
            "you mean 'teacher'?",
            "line 43: scenarios.fewer_teachers.capacity[1].site is 's9', which is not a site of "
            "data/sites; use s01 or s02",
        ],
    ),
    "a scenario that sets and scales": (
        (LESS, "    capacity: [{role: teacher, set: 3, scale: 0.8}]"),
        [
            "line 43: scenarios.fewer_teachers.capacity[1] has both set and scale or add; use set "
            "alone, or leave it out"
        ],
    ),
    "a scenario without unknown interventions": (
        (LESS, "    without: [tutoring_for_one]\n    weights: {reading: 2}"),
        [
            "line 43: scenarios.fewer_teachers.without[1] is 'tutoring_for_one', which is not in "
            "interventions.yaml; use small_group_tuition or one_to_one_tutoring",
            "line 44: scenarios.fewer_teachers.weights.reading is no outcome; did you mean "
            "'reading_lag'?",
        ],
    ),
    "a scenario that keeps and drops": (
        (LESS, "    without: [one_to_one_tutoring]\n    only: [one_to_one_tutoring]"),
        [
            "line 43: scenarios.fewer_teachers.without names one_to_one_tutoring, which is also "
            "under only; drop one"
        ],
    ),
    "a scenario that extends nothing": (
        (LESS, "    extends: fewer"),
        [
            "line 43: scenarios.fewer_teachers.extends names 'fewer', which is no scenario; none "
            "is declared"
        ],
    ),
    "scenarios that extend each other": (
        (LESS, "    extends: other\n  other: {extends: fewer_teachers}"),
        [
            "line 43: scenarios.fewer_teachers.extends closes a circle: fewer_teachers extends "
            "other extends fewer_teachers; remove one of these"
        ],
    ),
    "a role that may act as nobody knows whom": (
        ("Teacher, nl: Leerkracht}, ", "Teacher, nl: Leerkracht}, may_act_as: [care_cordinator], "),
        [
            "line 19: roles.teacher.may_act_as[1] is 'care_cordinator', which is no role; did you "
            "mean 'care_coordinator'?"
        ],
    ),
    "roles that act as each other": (
        ("cost_per_hour: 60}\n", "cost_per_hour: 60, may_act_as: [aide]}\n"
         "  aide: {name: Aide, may_act_as: [tutor]}\n  tutor: {name: T, may_act_as: [teacher]}\n"),
        [
            "line 19: roles.teacher.may_act_as closes a circle: teacher may act as aide may act as "
            "tutor may act as teacher; remove one of these; give one professional both roles as "
            "a;b instead"
        ],
    ),
    "most cases of an unknown role": (
        ("  travel_overhead: 0.1 ", "  caseload: {techer: 12}\n  travel_overhead: 0.1 "),
        ["line 37: rules.caseload.techer is no role; did you mean 'teacher'?"],
    ),
    "half a case": (
        ("  travel_overhead: 0.1 ", "  caseload: {teacher: 2.5}\n  travel_overhead: 0.1 "),
        ["line 37: rules.caseload.teacher is 2.5; give a whole number, without quotes"],
    ),
    "a scenario in which roles act in a circle": (
        (LESS, "    may_act_as: {teacher: [teacher]}\n    rules: {caseload: {nurse: 4}}"),
        [
            "line 43: scenarios.fewer_teachers.may_act_as closes a circle: teacher may act as "
            "teacher; remove one of these",
            "line 44: scenarios.fewer_teachers.rules.caseload.nurse is no role; use teacher or "
            "care_coordinator",
        ],
    ),
    "an unknown type of column": (
        ("type: flag  ", "type: flagg  "),
        ["line 49: columns.language_lag_only.type is 'flagg'; did you mean 'flag'?"],
    ),
    "an unknown use": (
        ("use: [audit_only]", "use: [audit]"),
        ["line 60: columns.sex.use[1] is 'audit'; did you mean 'audit_only'?"],
    ),
    "no use": (
        ("use: [audit_only]", "use: []"),
        ["line 60: columns.sex.use is empty; use feature, eligibility, audit_only or never"],
    ),
    "a condition on a category": (
        ("type: category\n    values: [girl, boy, other]\n    use: [audit_only]", "type: category\n    use: [eligibility]"),  # noqa: E501
        [
            "line 58: columns.sex.type is category; eligibility is decided by 0/1 columns: type: "
            "flag"
        ],
    ),
    "text as a feature": (
        ("type: category\n    values: [girl, boy, other]\n    use: [audit_only]", "type: text\n    use: [feature]"),  # noqa: E501
        [
            "line 58: columns.sex.type is text, which cannot be a feature; put free text in "
            "data/notes.csv; turn a date into a number"
        ],
    ),
    "bounds of a category": (
        ("    values: [girl, boy, other]", "    minimum: 3\n    values: [girl, boy, other]"),
        ["line 59: columns.sex.minimum is given for a category; only a number has bounds"],
    ),
    "values of a flag": (
        ("type: flag  ", "values: [a]\n    type: flag  "),
        ["line 49: columns.language_lag_only.values are given for a flag; only a category has values"],  # noqa: E501
    ),
    "a column with blanks around its name": (
        ("  sex:\n", '  " sex":\n'),
        [
            "line 57: columns. sex is not a usable name; write the header of the column, without "
            "blanks around it"
        ],
    ),
    "grades the wrong way round": (
        ("bundle_size: 2", "grades: [8, 1]\nbundle_size: 2"),
        ["line 28: grades runs from 8 to 1; lowest first"],
    ),
    "a mapping for a list": (
        (LESS, "    capacity: {role: teacher, scale: 0.8}"),
        ["line 43: scenarios.fewer_teachers.capacity is a mapping; give a list: [a, b]"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES)
def test_the_message_names_line_key_and_remedy_of(
    mistake: str, workspace: Callable[..., Path], problems: Callable[[Path], list[str]]
) -> None:
    (old, new), messages = MISTAKES[mistake]
    assert problems(workspace((FILE, old, new))) == [f"{FILE} {m}" for m in messages]


REFUSALS = {
    "a feature that is for audit only": (
        ("use: [audit_only]", "use: [feature, audit_only]"),
        "line 60: columns.sex has use audit_only together with feature; audit_only excludes every "
        "other use; choose one",
    ),
    "a column that is never to be read and read": (
        ("use: [eligibility]", "use: [never, eligibility]"),
        "line 50: columns.language_lag_only has use never together with eligibility; never "
        "excludes every other use; choose one",
    ),
    "a protected column by its name": (
        (SEX, "  Land_van_herkomst:\n    type: category\n    use: [feature] "),
        "line 59: columns.Land_van_herkomst tells origin, nationality, religion, ethnicity or "
        "address and may not decide about a child; use audit_only (equity tables) or never",
    ),
    "a protected column by its label": (
        (SEX + "                     # only tables on equal treatment read it\n    label: {en: Sex,",  # noqa: E501
         "  x1:\n    type: category\n    use: [feature]\n    label: {en: Nationality,"),
        "line 59: columns.x1 tells origin, nationality, religion, ethnicity or address and may not "
        "decide about a child; use audit_only (equity tables) or never",
    ),
    "an outcome as a feature": (
        (SEX, "  reading_lag:\n    type: flag\n    use: [feature] "),
        "line 59: columns.reading_lag is an outcome and cannot be known beforehand; remove feature "
        "and eligibility",
    ),
}  # fmt: skip


@pytest.mark.parametrize("mistake", REFUSALS)
def test_the_workspace_is_refused_for_privacy_with(
    mistake: str, workspace: Callable[..., Path]
) -> None:
    (old, new), message = REFUSALS[mistake]
    root = workspace((FILE, old, new))
    with pytest.raises(PrivacyRefusal) as caught:
        read_workspace(root)
    assert caught.value.exit_code == 6
    assert f"{FILE} {message}" in str(caught.value).splitlines()
    with pytest.raises(PrivacyRefusal):
        read_policy(root / FILE)


def test_a_refusal_lists_the_ordinary_problems_too(workspace: Callable[..., Path]) -> None:
    root = workspace(
        (FILE, "use: [audit_only]", "use: [feature, audit_only]"),
        ("interventions.yaml", "uptake: 0.9", "uptake: 7"),
    )
    with pytest.raises(PrivacyRefusal) as caught:
        read_workspace(root)
    assert [(p.file, p.line) for p in caught.value.problems] == [
        ("interventions.yaml", 17),
        (FILE, 60),
    ]


@pytest.mark.parametrize(
    "name",
    [
        "origin", "origin_group", "country_of_birth", "CountryOfBirth", "nationality", "religion",
        "ethnicity", "postcode", "postal code", "zip", "nationaliteit", "herkomst",
        "land-van-herkomst-moeder", "religie", "godsdienst", "etniciteit", "etnische_achtergrond",
        "geboorteland", "afkomst", "postcode4", "pc4", "migratieachtergrond", "migration_background",  # noqa: E501
    ],
)  # fmt: skip
def test_a_protected_name_is_known_in_english_and_dutch(name: str) -> None:
    assert is_protected(name)


@pytest.mark.parametrize(
    "name",
    ["reading_score", "original_score", "sdq_total", "grade", "terrace", "sex", "verzuim_dagen"],
)
def test_an_ordinary_name_is_not_protected(name: str) -> None:
    assert not is_protected(name)


def test_grade_may_be_a_feature_and_language_may_not(
    workspace: Callable[..., Path], problems: Callable[[Path], list[str]]
) -> None:
    root = workspace((FILE, SEX, "  grade:\n    type: number\n    use: [feature] "))
    assert problems(root) == []
    text = (root / FILE).read_text().replace("  grade:", "  language:").replace("number", "text")
    (root / FILE).write_text(text)
    assert (
        f"{FILE} line 59: columns.language.use makes language a feature or a condition, which it "
        "cannot be; use audit_only, or copy what is meant into a column of its own"
    ) in problems(root)


def test_the_policy_keeps_the_order_of_outcomes_periods_and_scenarios(
    workspace: Callable[..., Path],
) -> None:
    policy = read_policy(workspace() / FILE)
    assert [o.id for o in policy.outcomes] == ["reading_lag", "persistent_absence"]
    assert [p.id for p in policy.periods] == ["winter", "spring"]
    assert [c.name for c in policy.columns] == ["language_lag_only", "sex"]
    assert policy.rules.must_serve[0].id == "any"
    assert policy.grades == (1, 8)
