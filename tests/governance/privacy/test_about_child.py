"""The letter to parents names every kind of data that is used about their child."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from recommender.governance.documents.documents import document
from recommender.governance.documents.facts import facts_of
from recommender.governance.privacy.about_child import (
    FILES,
    STRUCTURE,
    checked_of_child,
    used_of_child,
)
from recommender.inputs.catalogue import Catalogue, Text
from recommender.inputs.policy import Column, Policy
from recommender.planning.plan.plan import Plan
from tests.governance.documents.test_documents import RUN

COLUMNS = (
    Column("score", "number", ("feature",), label=Text(en="Score (0-100)", nl="Cijfer")),
    Column("iq_known", "flag", ("eligibility",)),
    Column("sex", "category", ("audit_only",), label=Text(en="Sex", nl="Geslacht")),
    Column("bsn", "text", ("never",)),
    Column("grade", "number", ("feature",), label=Text(en="Year group", nl="Groep")),
)


def test_every_declared_and_structural_column_and_every_file_is_named_once() -> None:
    files = [(f"data/{name}.xlsx", 3) for name, _, _ in FILES] + [("planning.yaml", 1)]
    said = used_of_child(COLUMNS, files, "en")
    assert len(said) == len(set(said)) == len(STRUCTURE) + 2 + len(FILES)
    assert {"Score", "iq known", "Year group"} <= set(said)
    assert "Sex" not in said
    assert "bsn" not in said
    assert checked_of_child(COLUMNS, "nl") == ("Geslacht",)


def test_a_file_without_rows_is_not_used() -> None:
    assert "notes that professionals wrote" not in used_of_child((), [("data/notes.csv", 0)], "en")


@pytest.mark.parametrize("language", ["en", "nl"])
def test_the_letter_lists_all_of_it_even_when_one_column_is_declared(
    plan: Plan, policy: Policy, catalogue: Catalogue, language: str
) -> None:
    run = replace(RUN, inputs=(("data/pupils.csv", "0", 9), ("data/notes.csv", "0", 9)))
    lone = replace(policy, columns=COLUMNS[:1])
    letter = document("parents", facts_of(plan, lone, catalogue, run, language))
    for said in used_of_child(COLUMNS[:1], [("data/notes.csv", 9)], language):
        assert f"- {said}" in letter


def _calibrated(plan: Plan, outcomes: list[str]) -> Plan:
    rows = pd.DataFrame(
        [(name, "cases", 0.0, 1.0, 50.0, 0.2, 0.2, 0.01) for name in outcomes],
        columns=plan.calibration.columns,
    )
    return replace(plan, calibration=rows)


@pytest.mark.parametrize("language", ["en", "nl"])
def test_no_document_says_that_a_model_tested_risks_that_were_handed_in(
    plan: Plan, policy: Policy, catalogue: Catalogue, language: str
) -> None:
    facts = facts_of(_calibrated(plan, []), policy, catalogue, RUN, language)
    assert facts.modelled == ()
    for kind in ("register", "model-card", "dpia", "fria"):
        text = document(kind, facts)  # type: ignore[arg-type]
        for claim in ("recommender assess", "worden geijkt", "Statistische modellen", "Geijkte",
                      "statistical models", "Calibrated risk", "It estimates", "Het schat",
                      "Risk is estimated", "Risico's worden geschat"):  # fmt: skip
            assert claim not in text


def test_a_card_tells_outcome_by_outcome_which_risks_were_handed_in(
    plan: Plan, policy: Policy, catalogue: Catalogue
) -> None:
    first, *others = plan.profiles["outcome"].drop_duplicates().tolist()
    facts = facts_of(_calibrated(plan, [first]), policy, catalogue, RUN, "en")
    card = document("model-card", facts)
    assert len(facts.handed) == len(others) > 0
    assert f"were not tested here: {', '.join(facts.handed)}." in card
    assert "recommender assess" in card
