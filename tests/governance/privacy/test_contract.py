"""The data contract says every column, what is not needed, and what may not be read any more."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from pathlib import Path

import pytest

from recommender.errors import InputError
from recommender.governance.markdown import to_html
from recommender.governance.privacy.contract import (
    Contract,
    contract_markdown,
    contract_of,
    contract_record,
    contract_text,
    point_lines,
    read_headers,
    retention_problems,
)
from recommender.inputs.catalogue import Catalogue, Eligible, Format, Intervention, Text
from recommender.inputs.policy import Column, Fairness, Outcome, Policy, Rules

TODAY = dt.date(2026, 11, 24)
FRAME = {"source": "s", "purpose": "p", "legal_basis": "law", "retention": dt.date(2027, 8, 1)}


def policy(*columns: Column, measures: str = "need") -> Policy:
    return Policy(
        reference_date=TODAY,
        outcomes=(Outcome("lag", Text("Lag"), measures=measures),),  # type: ignore[arg-type]
        roles=(), periods=(), columns=columns, evidence={},
    )  # fmt: skip


CATALOGUE = Catalogue(
    (
        Intervention(
            "bouw", Text("Bouw"), "selective", Format("individual"), (), (),
            eligible=Eligible(indications=("letters",)),
        ),
    )
)  # fmt: skip
GOOD = (
    Column("score", "number", ("feature",), **FRAME),
    Column("letters", "flag", ("eligibility",), **FRAME),
)
HEADERS = {"pupils": ("unit_id", "site", "grade", "score", "letters"), "sites": ("site", "name")}


def kinds(contract: Contract) -> list[tuple[str, str]]:
    return [(p.kind, p.subject) for p in contract.points]


def test_a_whole_contract_leaves_nothing_to_discuss() -> None:
    contract = contract_of(policy(*GOOD), CATALOGUE, HEADERS, TODAY)
    assert contract.points == ()
    assert contract.terms[1].asked_by == ("bouw",)
    assert "Nothing is open" in contract_text(contract, "en")


def test_a_column_that_no_table_has_or_nobody_asks_for_is_not_needed() -> None:
    more = (*GOOD, Column("ghost", "number", ("feature",), **FRAME),
            Column("idle", "flag", ("eligibility",), **FRAME))  # fmt: skip
    headers = {**HEADERS, "pupils": (*HEADERS["pupils"], "idle")}
    contract = contract_of(policy(*more), CATALOGUE, headers, TODAY)
    assert kinds(contract) == [("unused", "ghost"), ("unused", "idle")]


def test_a_column_without_an_entry_is_reported_wherever_it_stands() -> None:
    headers = {"pupils": (*HEADERS["pupils"], "hobby"), "sites": ("site", "name", "head_teacher")}
    contract = contract_of(policy(*GOOD), CATALOGUE, headers, TODAY)
    assert kinds(contract) == [("undeclared", "head_teacher"), ("undeclared", "hobby")]


def test_outcomes_are_at_home_in_history_only() -> None:
    headers = {**HEADERS, "history": ("unit_id", "date", "site", "grade", "score", "lag")}
    assert contract_of(policy(*GOOD), CATALOGUE, headers, TODAY).points == ()


def test_a_column_by_which_groups_are_alike_or_help_is_shared_is_asked_for() -> None:
    flag = Column("quiet", "flag", ("eligibility",), **FRAME)
    alike = replace(
        CATALOGUE.interventions[0], format=Format("group", 2, 4, same=("grade_band", "quiet"))
    )
    headers = {**HEADERS, "pupils": (*HEADERS["pupils"], "quiet")}
    plain = policy(*GOOD, flag)
    unused = contract_of(plain, CATALOGUE, headers, TODAY)
    assert kinds(unused) == [("unused", "quiet")]
    grouped = contract_of(plain, Catalogue((alike,)), headers, TODAY)
    assert (grouped.points, grouped.terms[2].asked_by) == ((), ("bouw",))
    shared = replace(plain, rules=Rules(fairness=(Fairness("share", by="quiet", floor=0.1),)))
    fair = contract_of(shared, CATALOGUE, headers, TODAY)
    assert (fair.points, fair.terms[2].asked_by) == ((), ("rules.fairness.share",))


@pytest.mark.parametrize("missing", ["source", "purpose", "legal_basis", "retention"])
def test_an_entry_that_lacks_a_part_of_its_frame_is_incomplete(missing: str) -> None:
    frame = {k: v for k, v in FRAME.items() if k != missing}
    columns = (Column("score", "number", ("feature",), **frame), GOOD[1])
    contract = contract_of(policy(*columns), CATALOGUE, HEADERS, TODAY)
    assert [(p.kind, p.detail) for p in contract.points] == [("incomplete", missing)]


@pytest.mark.parametrize(
    ("measures", "kind"), [("service_use", "service_use"), ("unknown", "unstated")]
)
def test_an_outcome_that_shows_past_use_is_warned_about(measures: str, kind: str) -> None:
    contract = contract_of(policy(*GOOD, measures=measures), CATALOGUE, HEADERS, TODAY)
    assert kinds(contract) == [(kind, "lag")]


@pytest.mark.parametrize(
    ("days", "kind"), [(-1, "expired"), (0, "expiring"), (60, "expiring"), (61, None)]
)
def test_retention_counts_from_the_day_that_is_handed_in(days: int, kind: str | None) -> None:
    frame = {**FRAME, "retention": TODAY + dt.timedelta(days=days)}
    columns = (Column("score", "number", ("feature",), **frame), GOOD[1])
    contract = contract_of(policy(*columns), CATALOGUE, HEADERS, TODAY)
    assert [p.kind for p in contract.points] == ([kind] if kind else [])
    assert bool(retention_problems(policy(*columns), TODAY, HEADERS)) == (kind == "expired")
    assert bool(contract.expired) == (kind == "expired")


def test_a_column_past_its_day_is_no_problem_once_it_is_deleted() -> None:
    old = Column("old", "number", ("feature",), **{**FRAME, "retention": dt.date(2025, 1, 1)})
    assert retention_problems(policy(old), TODAY, HEADERS) == ()
    assert retention_problems(policy(old), TODAY)[0].file == "planning.yaml"


def test_special_data_in_a_risk_model_are_discussed() -> None:
    column = Column("sdq", "number", ("feature",), sensitivity="special", **FRAME)
    headers = {"pupils": ("unit_id", "sdq")}
    assert kinds(contract_of(policy(column), CATALOGUE, headers, TODAY)) == [
        ("special_feature", "sdq")
    ]


@pytest.mark.parametrize(
    ("language", "word"), [("en", "Privacy officer"), ("nl", "Privacyfunctionaris")]
)
def test_the_page_is_in_both_languages_and_runs_nothing(language: str, word: str) -> None:
    evil = Column("x", "number", ("feature",), source="<script>alert(1)</script> | a", **{
        k: v for k, v in FRAME.items() if k != "source"})  # fmt: skip
    contract = contract_of(policy(evil, measures="service_use"), CATALOGUE, {}, TODAY)
    page = contract_markdown(contract, language)
    assert word in page
    html = to_html(page, "t", language)
    assert "<script" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt; | a</td>" in html
    assert f'lang="{language}"' in html


def test_two_languages_of_a_frame_are_each_said_in_their_own() -> None:
    frame = {
        "source": Text("intake form", "intakeformulier"),
        "purpose": Text("plan help", "hulp plannen"),
        "legal_basis": Text("GDPR 6", "AVG art. 6"),
        "retention": dt.date(2027, 8, 1),
    }
    columns = (
        Column("sdq", "number", ("feature",), sensitivity="special", **frame),
        Column("odd", "number", ("feature",), **{**frame, "purpose": Text("")}),
    )
    contract = contract_of(policy(*columns), CATALOGUE, {"pupils": ("sdq",)}, TODAY)
    page = contract_markdown(contract, "nl")
    for words in ("intakeformulier", "hulp plannen", "AVG art. 6", "het doel", "geen tabel heeft"):
        assert words in page
    assert not re.search("intake form|plan help|GDPR|purpose|no table", page)
    assert "GDPR 6" in contract_markdown(contract, "en")


def test_json_says_what_the_page_says() -> None:
    contract = contract_of(policy(*GOOD, measures="unknown"), CATALOGUE, HEADERS, TODAY)
    record = contract_record(contract, "nl")
    assert [c["column"] for c in record["columns"]] == ["score", "letters"]
    assert record["to_discuss"] == list(point_lines(contract, "nl"))


def test_headers_are_read_and_no_row_is(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data/pupils.csv").write_text("unit_id;a\n1;canary\n")
    assert read_headers(tmp_path) == {"pupils": ("unit_id", "a")}
    (tmp_path / "data/sites.xlsx").write_bytes(b"no zip")
    with pytest.raises(InputError):
        read_headers(tmp_path)


def test_no_line_of_the_text_is_wider_than_asked_where_words_allow() -> None:
    columns = (Column("score", "number", ("feature",), **{**FRAME, "purpose": "word " * 40}),)
    contract = contract_of(policy(*columns), CATALOGUE, {"pupils": ("score",)}, TODAY)
    table = contract_text(contract, "en", 90).split("\n\n")[1]
    assert max(map(len, table.splitlines())) <= 90
