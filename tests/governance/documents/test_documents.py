"""Documents are filled with what a run knows, say what is open, and hold no child's data."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace

import pytest
from scipy.stats import norm

from recommender.governance.documents.documents import KINDS, document, open_places
from recommender.governance.documents.facts import Facts, Provenance, count_text, facts_of
from recommender.governance.documents.power import design_effect, power_of_shares
from recommender.governance.documents.register import FIELDS, register_entry, register_problems
from recommender.governance.markdown import to_html
from recommender.inputs.catalogue import Catalogue
from recommender.inputs.policy import Column, Policy
from recommender.planning.plan.plan import Plan

RUN = Provenance(
    "2026-11-24T10:00:00Z",
    "0.1.0",
    (("data/pupils.csv", "ab" * 32, 200),),
    "proposed",
    dt.date(2026, 11, 24),
)


@pytest.fixture(params=["en", "nl"])
def facts(
    plan: Plan, policy: Policy, catalogue: Catalogue, request: pytest.FixtureRequest
) -> Facts:
    return facts_of(plan, policy, catalogue, RUN, request.param)


@pytest.mark.many(4)
@pytest.mark.parametrize("kind", KINDS)
def test_every_document_is_made_without_a_childs_data(kind: str, facts: Facts) -> None:
    text = document(kind, facts)  # type: ignore[arg-type]
    page = to_html(text, "t", facts.language)
    assert text.startswith("# ")
    assert "canary" not in text
    assert "{{" not in text
    assert "None" not in text
    assert "<h1>" in page
    assert "|--" not in page


@pytest.mark.parametrize("kind", [k for k in KINDS if k != "register"])
def test_what_only_people_know_stays_open(kind: str, facts: Facts) -> None:
    assert open_places(document(kind, facts))  # type: ignore[arg-type]


def test_small_numbers_are_not_told(facts: Facts) -> None:
    mentor = next(h for h in facts.help if h.id == "mentor")
    assert not mentor.pupils.isdigit()
    assert next(h for h in facts.help if h.id == "unused").pupils == "0"
    assert dict(facts.reasons)["consent"] in ("small group", "kleine groep")
    assert dict(facts.reasons)["price"] in ("small group", "kleine groep")
    assert count_text(9, "nl") == "minder dan 10"
    assert count_text(1234, "nl") == "1.234"


def test_the_register_entry_has_every_field_within_its_length(
    plan: Plan, policy: Policy, catalogue: Catalogue
) -> None:
    run = replace(RUN, organisation="Gemeente Voorbeeld", contact="info@voorbeeld.example")
    entry = register_entry(facts_of(plan, policy, catalogue, run, "nl"))
    assert list(entry) == [field.name for field in FIELDS]
    assert register_problems(entry) == ()
    assert entry["Status"] == "In ontwikkeling"
    assert "leesachterstand" in entry["Doel en impact"]


def test_the_register_entry_fits_however_many_columns_there_are(
    plan: Plan, policy: Policy, catalogue: Catalogue
) -> None:
    many = tuple(
        Column(f"column_{i}", "number", ("feature",), source=f"source {i} " * 5,
               legal_basis=f"law {i} " * 5, purpose="p")
        for i in range(300)
    )  # fmt: skip
    run = replace(RUN, organisation="X", contact="y", status="adopted")
    entry = register_entry(facts_of(plan, replace(policy, columns=many), catalogue, run, "nl"))
    assert register_problems(entry) == ()
    assert entry["Begindatum"] == "2026-11"
    assert "en nog" in entry["Gegevens"]


@pytest.mark.many(3)
@pytest.mark.parametrize(
    ("field", "text", "message"),
    [
        ("Naam", "x" * 100, "fewer than 100"),
        ("Korte omschrijving", "x" * 350, "fewer than 350"),
        ("Technische werking", "x" * 5000, "fewer than 5000"),
        ("Organisatie", "  ", "must be filled in"),
        ("Status", "klaar", "must be one of"),
        ("Begindatum", "2026-13", "is not written"),
        ("Link naar broncode", "ftp://x", "is not written"),
        ("Onzin", "x", "is no field"),
    ],
)
def test_the_register_check_names_what_is_wrong(
    plan: Plan, policy: Policy, catalogue: Catalogue, field: str, text: str, message: str
) -> None:
    run = replace(RUN, organisation="X", contact="y")
    entry = {**register_entry(facts_of(plan, policy, catalogue, run, "nl")), field: text}
    assert [p for p in register_problems(entry) if p.startswith(f"{field}: ") and message in p]


@pytest.mark.parametrize("language", ["en", "nl"])
def test_the_letter_for_parents_is_plain(
    plan: Plan, policy: Policy, catalogue: Catalogue, language: str
) -> None:
    run = replace(RUN, organisation="X", contact="y")
    letter = document("parents", facts_of(plan, policy, catalogue, run, language))
    body = re.sub(r"^(#.*|- .*)$", "", letter, flags=re.M)
    sentences = [s.split() for s in re.split(r"[.!?:]\s", body) if s.split()]
    assert max(map(len, sentences)) <= 17
    assert sum(map(len, sentences)) / len(sentences) <= 11
    assert "1 augustus 2027" in letter or "1 August 2027" in letter


def test_outcomes_that_show_past_use_are_named_in_the_cards(facts: Facts) -> None:
    for kind in ("model-card", "data-card", "fria"):
        assert ("Youth care" if facts.language == "en" else "Jeugdhulp") in document(kind, facts)  # type: ignore[arg-type]


def test_the_measurement_plan_rests_on_the_numbers_of_the_plan(
    plan: Plan, policy: Policy, catalogue: Catalogue
) -> None:
    (one,) = facts_of(plan, policy, catalogue, RUN, "en").measurements
    risk = plan.profiles[plan.profiles["outcome"] == "lag"]["risk"].to_numpy()[:60]
    before, after = risk.mean(), norm.cdf(norm.ppf(risk) - 0.4).mean()
    assert (one.before, one.after) == pytest.approx((before, after))
    assert (one.served, one.waiting, one.others) == ("40", "20", "100")
    taking = 60 * 0.72 / design_effect(4, 0.1)
    assert one.power == pytest.approx(power_of_shares(before, after, taking, 100))
    assert one.instruments == ("Score", "sdq")


def test_weak_evidence_lowers_what_is_expected(
    plan: Plan, policy: Policy, catalogue: Catalogue
) -> None:
    weak = replace(policy, evidence={"strong": 0.5, "assumed": 0.3})
    (one,) = facts_of(plan, weak, catalogue, RUN, "en").measurements
    (full,) = facts_of(plan, policy, catalogue, RUN, "en").measurements
    assert full.after < one.after < one.before
