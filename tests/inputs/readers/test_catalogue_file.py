"""Every kind of mistake in interventions.yaml, once, with its exact message."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from recommender.errors import InputError
from recommender.inputs.readers.catalogue_file import read_catalogue

FILE = "interventions.yaml"
GROUP = "interventions.small_group_tuition"
ONE = "interventions.one_to_one_tutoring"
SOURCE = '        source: "An example; write here where the effect was read"\n'

MISTAKES = {
    "an unknown key": (
        ("assumptions: [", "asumptions: ["),
        f"line 28: {GROUP}.asumptions is not a known key; did you mean 'assumptions'?",
    ),
    "a missing key": (
        ("    tier: indicated\n", ""),
        f"line 30: {ONE}.tier is missing; add `tier:`, universal (everyone), selective (a group "
        "at risk) or indicated (this pupil)",
    ),
    "an effect without a source": (
        (SOURCE, ""),
        f"line 22: {GROUP}.effects[1].source is missing; add `source:`, where the effect was "
        "read: authors, year and publication",
    ),
    "an effect with an empty source": (
        (SOURCE, '        source: ""\n'),
        f"line 27: {GROUP}.effects[1].source is empty; say where the effect was read; an "
        "assumption is `level: assumed` and says whose it is",
    ),
    "an effect with a source of null": (
        (SOURCE, "        source:\n"),
        f"line 27: {GROUP}.effects[1].source is empty; give it a value or leave the key out",
    ),
    "a group min above max": (
        ("{min: 2, max: 4}", "{min: 5, max: 4}"),
        f"line 11: {GROUP}.format.min is 5, above max 4; give max: 5 or more, or a smaller min",
    ),
    "a group min above max, written as a block": (
        ("{group: {min: 2, max: 4}}", "\n      group:\n        min: 5\n        max: 4"),
        f"line 13: {GROUP}.format.min is 5, above max 4; give max: 5 or more, or a smaller min",
    ),
    "hours per group in an individual format": (
        ("hours_per_pupil: 12", "hours_per_group: 12"),
        f"line 34: {ONE}.needs[1].hours_per_group is given, but the format is individual; use "
        "hours_per_pupil, or give the format as group or class",
    ),
    "costs per group in an individual format": (
        ("    format: individual\n", "    format: individual\n    cost_per_group: 3\n"),
        f"line 34: {ONE}.cost_per_group is given, but the format is individual; use cost_per_pupil",
    ),
    "a format that does not exist": (
        ("format: individual", "format: alone"),
        f"line 33: {ONE}.format is 'alone'; use individual, group, class or school",
    ),
    "two formats": (
        ("format: individual", "format: {group: {max: 3}, class: {}}"),
        f"line 33: {ONE}.format is no format; give individual, class or {{group: {{min: 3, "
        "max: 5}}",
    ),
    "a size in an individual format": (
        ("format: individual", "format: {individual: {max: 3}}"),
        f"line 33: {ONE}.format is individual and has a size; write `format: individual`",
    ),
    "a ratio of zero": (
        (
            "scale: smd                         # smd | odds_ratio | risk_ratio | risk_difference\n"
            "        value: 0.3 ",
            "scale: odds_ratio\n        value: 0 ",
        ),
        f"line 24: {GROUP}.effects[1].value is 0; an odds_ratio is above 0; 1 is no effect",
    ),
    "a risk difference in points": (
        ("scale: smd, value: 0.4", "scale: risk_difference, value: 4"),
        f"line 38: {ONE}.effects[1].value is 4; a risk_difference lies between -1 and 1; 5 points "
        "is 0.05",
    ),
    "an effect that is not a number": (
        ("value: 0.3", "value: .nan"),
        f"line 24: {GROUP}.effects[1].value is nan; give a finite number",
    ),
    "a standard error that is infinite": (
        ("standard_error: 0.1\n", "standard_error: .inf\n"),
        f"line 25: {GROUP}.effects[1].standard_error is inf; give a finite number",
    ),
    "a standard error below zero": (
        ("standard_error: 0.1\n", "standard_error: -1\n"),
        f"line 25: {GROUP}.effects[1].standard_error is -1; it must be at least 0",
    ),
    "an unknown scale": (
        ("scale: smd  ", "scale: smdd  "),
        f"line 23: {GROUP}.effects[1].scale is 'smdd'; did you mean 'smd'?",
    ),
    "an unknown level": (
        ("level: assumed  ", "level: certain  "),
        f"line 26: {GROUP}.effects[1].level is 'certain'; use strong, good, promising, plausible, "
        "elicited or assumed",
    ),
    "an uptake above one": (
        ("uptake: 0.9", "uptake: 1.9"),
        f"line 17: {GROUP}.reach.uptake is 1.9; it must be at most 1",
    ),
    "a number between quotes": (
        ("uptake: 0.9", 'uptake: "0.9"'),
        f"line 17: {GROUP}.reach.uptake is '0.9'; give a number, without quotes",
    ),
    "a truth for a number": (
        ("cost_per_pupil: 40", "cost_per_pupil: true"),
        f"line 16: {GROUP}.cost_per_pupil is true; give a number, without quotes",
    ),
    "a broken number of periods": (
        ("periods: 1 ", "periods: 1.5 "),
        f"line 15: {GROUP}.periods is 1.5; give a whole number, without quotes",
    ),
    "one grade": (
        ("grades: [3, 8]", "grades: [3]"),
        f"line 18: {GROUP}.eligible.grades has too few values; give the lowest and the highest",
    ),
    "three grades": (
        ("grades: [3, 8]", "grades: [3, 5, 8]"),
        f"line 18: {GROUP}.eligible.grades has 3 values; give at most 2",
    ),
    "grades that are no list": (
        ("grades: [3, 8]", "grades: 3"),
        f"line 18: {GROUP}.eligible.grades is 3; give a list: [a, b]",
    ),
    "grades the wrong way round": (
        ("grades: [3, 8]", "grades: [8, 3]"),
        f"line 18: {GROUP}.eligible.grades runs from 8 to 3; write the lowest grade first",
    ),
    "a risk that nobody can have": (
        ("{reading_lag: 0.15}}", "{reading_lag: 0.15}, maximum_risk: {reading_lag: 0.1}}"),
        f"line 18: {GROUP}.eligible.minimum_risk.reading_lag is 0.15, above the maximum_risk of "
        "0.1; nobody would be eligible; lower it",
    ),
    "an indication that is a contraindication": (
        ("eligible: {grades: [3, 8],", "eligible: {indications: [language_lag_only],"),
        f"line 19: {GROUP}.contraindications names language_lag_only, which is also an "
        "indication; nobody would be eligible; drop one of the two",
    ),
    "an unknown intervention": (
        ("excludes: [one_to_one_tutoring]", "excludes: [one_to_one_tutorin]"),
        f"line 20: {GROUP}.excludes[1] names 'one_to_one_tutorin', which is not in the catalogue; "
        "did you mean 'one_to_one_tutoring'?",
    ),
    "an intervention that excludes itself": (
        ("excludes: [one_to_one_tutoring]", "excludes: [small_group_tuition]"),
        f"line 20: {GROUP}.excludes[1] names the intervention itself; remove it",
    ),
    "a requirement that is excluded": (
        ("    periods: 1 ", "    requires: [one_to_one_tutoring]\n    periods: 1 "),
        f"line 15: {GROUP}.requires leads to one_to_one_tutoring, and small_group_tuition and "
        "one_to_one_tutoring exclude each other; it could never be given; remove the requirement "
        "or the exclusion",
    ),
    "two effects on one outcome": (
        (
            "      - {outcome: reading_lag, scale: smd, value: 0.4,",
            "      - {outcome: reading_lag, scale: smd, value: 0.1, standard_error: 1,"
            " level: good, source: x}\n"
            "      - {outcome: reading_lag, scale: smd, value: 0.4,",
        ),
        f"line 37: {ONE}.effects has 2 effects on reading_lag; pool them into one",
    ),
    "a role that is needed twice": (
        ("[{role: teacher, hours_per_pupil: 12}]", "[{role: teacher}, {role: teacher}]"),
        f"line 34: {ONE}.needs names teacher 2 times; add its hours up in one entry",
    ),
    "a key that stands twice": (
        ("    tier: indicated\n", "    tier: indicated\n    tier: universal\n"),
        f"line 33: {ONE}.tier stands here again; line 32 has it already; keep one of the two",
    ),
    "an entry with an id inside": (
        ("    tier: indicated\n", "    tier: indicated\n    id: x\n"),
        f"line 33: {ONE}.id is not a known key; remove it; 'one_to_one_tutoring' is already the id",
    ),
    "an entry without anything": (
        ("\n  one_to_one_tutoring:", "\n  nothing:\n  one_to_one_tutoring:"),
        "line 30: interventions.nothing is empty; write its keys under it, indented",
    ),
    "an unknown key at the top": (
        ("interventions:\n", "intervention: 3\ninterventions:\n"),
        "line 6: intervention is not a known key; did you mean 'interventions'?",
    ),
    "a name without English": (
        ("name: {en: One-to-one tutoring, nl: Individuele bijles}", "name: {nl: Bijles}"),
        f"line 31: {ONE}.name.en is missing; add `en:`, the English text",
    ),
    "a name of blanks": (
        ("name: {en: One-to-one tutoring, nl: Individuele bijles}", "name: '  '"),
        f"line 31: {ONE}.name is empty; say what people call it",
    ),
    "a number for a name": (
        ("name: {en: One-to-one tutoring, nl: Individuele bijles}", "name: 3"),
        f"line 31: {ONE}.name is 3; give a mapping: {{key: value}}",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_the_message_names_line_key_and_remedy_of(
    mistake: str, workspace: Callable[..., Path], problems: Callable[[Path], list[str]]
) -> None:
    (old, new), message = MISTAKES[mistake]
    assert problems(workspace((FILE, old, new))) == [f"{FILE} {message}"]


def test_a_circle_of_requirements_is_said_once_from_its_first_member(
    workspace: Callable[..., Path], problems: Callable[[Path], list[str]]
) -> None:
    root = workspace(
        (FILE, "excludes: [one_to_one_tutoring]", "requires: [one_to_one_tutoring]"),
        (FILE, "tier: indicated", "tier: indicated\n    requires: [small_group_tuition]"),
    )
    assert problems(root) == [
        f"{FILE} line 33: {ONE}.requires closes a circle: one_to_one_tutoring needs "
        "small_group_tuition needs one_to_one_tutoring; remove one of these requirements"
    ]


def test_an_entry_that_stands_twice_keeps_the_first(
    workspace: Callable[..., Path], problems: Callable[[Path], list[str]]
) -> None:
    root = workspace((FILE, "\n  one_to_one_tutoring:", "\n  small_group_tuition:"))
    assert (
        f"{FILE} line 30: {GROUP} stands here again; line 7 has it already; keep one of the two"
    ) in problems(root)


def test_an_id_with_capitals_is_not_usable(
    workspace: Callable[..., Path], problems: Callable[[Path], list[str]]
) -> None:
    root = workspace((FILE, "\n  one_to_one_tutoring:", "\n  One-to-one:"))
    assert (
        f"{FILE} line 30: interventions.One-to-one is not a usable name; start with a small "
        "letter and use only small letters, digits and _"
    ) in problems(root)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "value: 0.3",
            "value: -0.3",
            f"line 24: {GROUP}.effects[1].value is -0.3, which is harm; an improvement is positive "
            "for smd and risk_difference, below 1 for ratios",
        ),
        (
            "value: 0.3",
            "value: 3",
            f"line 24: {GROUP}.effects[1].value is 3, larger than any prevention programme has "
            "shown; check the scale",
        ),
        (
            "[{role: teacher, hours_per_pupil: 12}]",
            "[]",
            f"line 30: {ONE} needs no hours of anybody; give its hours, or it will be offered to "
            "all",
        ),
    ],
)
def test_what_is_odd_but_possible_is_only_a_warning(
    old: str,
    new: str,
    message: str,
    workspace: Callable[..., Path],
    problems: Callable[[Path], list[str]],
    warnings: Callable[[Path], list[str]],
) -> None:
    root = workspace((FILE, old, new))
    assert problems(root) == []
    assert warnings(root) == [f"{FILE} {message}"]


def test_all_problems_of_a_catalogue_are_raised_together(workspace: Callable[..., Path]) -> None:
    root = workspace((FILE, "uptake: 0.9", "uptake: 7"), (FILE, "tier: indicated", "tier: best"))
    with pytest.raises(InputError) as caught:
        read_catalogue(root / FILE)
    assert [p.line for p in caught.value.problems] == [17, 32]


def test_the_catalogue_is_sorted_and_reads_every_short_form(workspace: Callable[..., Path]) -> None:
    root = workspace((FILE, "{en: One-to-one tutoring, nl: Individuele bijles}", "Tutoring"))
    catalogue = read_catalogue(root / FILE)
    one, group = catalogue.interventions
    assert catalogue.ids == ("one_to_one_tutoring", "small_group_tuition")
    assert (one.name.en, one.name.nl) == ("Tutoring", "")
    assert (one.format.kind, one.format.min, one.format.max) == ("individual", 1, 1)
    assert (group.format.kind, group.format.min, group.format.max) == ("group", 2, 4)
    assert group.reach.rate == pytest.approx(0.765)
    assert group.eligible.grades == (3, 8)
    assert one.excludes == ()
