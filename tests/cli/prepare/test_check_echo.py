"""``check`` ends with what it understood, and ``plan`` repeats what costs somebody a right."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from recommender.inputs.templates import write_templates


@pytest.fixture
def fresh(tmp_path: Path) -> Path:
    """A workspace of the templates, without a plan."""
    write_templates(tmp_path / "fresh")
    return tmp_path / "fresh"


def drop(path: Path, column: str) -> None:
    """Take a column out of a table."""
    lines = [line.split(",") for line in path.read_text("utf-8").splitlines()]
    place = lines[0].index(column)
    kept = [",".join(line[:place] + line[place + 1 :]) for line in lines]
    path.write_text("\n".join(kept) + "\n", "utf-8")


def row(out: str, name: str) -> list[str]:
    """The words behind the name of a line."""
    (words,) = [line.split() for line in out.splitlines() if line.startswith(f"  {name}  ")]
    return words[len(name.split()) :]


def test_check_ends_with_what_it_understood(run, fresh: Path) -> None:
    out = run("check", fresh).out
    # 30 and 24 hours in periods of 82 and of 110 days
    assert row(out, "teacher") == ["2", "4.6", "3.4", "2.6", "108", "60-62"]
    assert row(out, "care_coordinator") == ["1", "0.7", "0.5", "0.7", "16", "75"]
    assert row(out, "s01") == ["5", "1", "2.2", "1"]
    assert row(out, "s02") == ["3", "0", "0.0", "1"]
    assert "asked: 1, given: 5, not_needed: 1, refused: 1; help where given, not_needed" in out
    assert row(out, "must serve") == ["any:", "1"]
    assert row(out, "running help") == ["none:", "none", "is", "carried", "on"]
    assert row(out, "budget") == ["2,000", "euros"]
    assert "16 rows, 8 of 8 unit_id in data/pupils" in out
    assert "columns: none" in out
    assert len(out.splitlines()) <= 45


def test_check_says_so_where_a_column_or_a_limit_is_absent(run, fresh: Path) -> None:
    for column in ("consent", "must_serve", "completed", "family_id"):
        drop(fresh / "data/pupils.csv", column)
    policy = fresh / "planning.yaml"
    said_in = policy.read_text("utf-8").replace("  budget: 2000", "  #")
    for rule in ("  consent: [", "  must_serve:\n    any: {"):
        assert rule in said_in
        said_in = said_in.replace(rule, f"  #{' '.join(rule.split())}")
    policy.write_text(said_in, "utf-8")
    out = run("check", fresh).out
    for said in ("nobody was asked", "nobody is under a rule", "nobody has completed anything",
                 "every pupil is one alone", "no limit"):  # fmt: skip
        assert said in out


def test_check_as_json_holds_all_of_it_and_nothing_where_something_is_wrong(
    run, fresh: Path
) -> None:
    record = json.loads(run("check", fresh, "--json").out)
    said = record["understood"]
    assert said["pupils"]["by_grade"] == {"3": 3, "4": 1, "5": 1, "6": 1, "7": 1, "8": 1}
    assert sum(part["hours"] for part in said["hours"]) == 2 * (30 + 24 + 8)
    assert said["risks"] == {"persistent_absence": 8, "reading_lag": 8}
    assert [stake["about"] for stake in record["rights"]] == ["consent", "running_help"]
    for key in said:
        assert key in run("check", "--help").out
    (fresh / "data/sites.csv").unlink()
    wrong = run("check", fresh, "--json")
    assert wrong.code == 3
    assert json.loads(wrong.out)["understood"] is None
    assert {"file", "line", "column", "message", "remedy"} == set(
        json.loads(wrong.out)["problems"][0]
    )


def test_quiet_check_does_not_echo(run, fresh: Path) -> None:
    assert len(run("check", fresh, "-q").out.splitlines()) == 2


@pytest.mark.slow
def test_plan_repeats_what_silence_costs_somebody_even_when_quiet(run, fresh: Path) -> None:
    drop(fresh / "data/pupils.csv", "consent")
    policy = fresh / "planning.yaml"
    policy.write_text(policy.read_text("utf-8").replace("  consent: [", "  #consent: ["), "utf-8")
    pupils = fresh / "data/pupils.csv"
    pupils.write_text(pupils.read_text("utf-8").replace("nl,1,,0,girl", "nl,,,0,girl"), "utf-8")
    said = run("plan", fresh, "-q")
    assert said.code == 0
    assert "recommender: consent: data/pupils has no such column, so nobody was asked" in said.err
    assert "recommender: must_serve: planning.yaml has 1 rule" in said.err
    assert len(said.err.splitlines()) == 2
    again = run("plan", fresh, "-q", "--force", "--json")
    assert [s["about"] for s in json.loads(again.out)["rights"]] == [
        "consent", "duties", "running_help",
    ]  # fmt: skip
    for words in (
        ("compare", fresh, "--scenario", "base", "--policy", "none"),
        ("frontier", fresh, "--steps", "2"),
        ("prices", fresh),
    ):
        other = run(*words, "-q")
        assert other.code == 0, words
        assert other.err == said.err, words


def test_plan_says_at_its_end_what_was_said_and_costs_somebody_a_right(run, fresh: Path) -> None:
    said = run("plan", fresh, "-q")
    assert said.err == ""
    assert "2 pupils without it (asked: 1, refused: 1) are offered nothing" in said.out
    assert "running help: none was handed in" in said.out


def test_columns_and_files_that_nothing_reads_are_told_by_both(run, fresh: Path) -> None:
    path = fresh / "data/pupils.csv"
    head, *rows = path.read_text("utf-8").splitlines()
    table = [f"{head},shoe_size", *(f"{line},Canary" for line in rows)]
    path.write_text("\n".join(table) + "\n", "utf-8")
    (fresh / "data" / "leftover.csv").write_text("a,b\n1,2\n", "utf-8")
    out = run("check", fresh).out
    assert "columns: data/pupils.csv: shoe_size" in out
    assert "files: data/leftover.csv" in out
    err = run("plan", fresh, "-q").err
    assert "data/pupils.csv: columns not read: shoe_size" in err
    assert "files not read: data/leftover.csv" in err
    assert "Canary" not in out + err
