"""Overrule rates from the log, counted by hand."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

from recommender.cli.main import run
from recommender.governance.dialogue.overrules import overrules_of
from recommender.governance.log import audit


def sheet(workspace: Path, month: int, looked_at: int, **counts: int) -> None:
    """Note a sheet of 40 offers in the log, in a month of 2026."""
    details = {"offers": 40, "looked_at": looked_at, "overruled": 0, "added": 0, **counts}
    audit.record(
        workspace, "decision", "sheet.xlsx", who="Canary Jansen (coordinator)",
        role="professionals", when=dt.datetime(2026, month, 3, tzinfo=dt.UTC),
        details={key: str(number) for key, number in details.items()},
    )  # fmt: skip


def test_rates_are_by_month_and_reason(tmp_path: Path) -> None:
    sheet(tmp_path, 9, 30, overruled=6, family=4, practical=2)
    sheet(tmp_path, 9, 10, overruled=2, family=1, wrong_data=1)
    sheet(tmp_path, 10, 20, overruled=1, added=3, other=4)
    found = overrules_of(audit.read_log(tmp_path))
    september, october = found.months
    assert (september.month, september.sheets, september.looked_at) == ("2026-09", 2, 40)
    assert september.rate == 0.2
    assert dict(september.by_reason) == {"family": 5, "practical": 2, "wrong_data": 1}
    assert (october.rate, october.added) == (0.05, 3)
    assert (found.total.offers, found.total.overruled) == (120, 9)
    assert found.warnings == ()


def test_a_sheet_that_was_handed_in_twice_counts_once(tmp_path: Path) -> None:
    for digest in ("a" * 64, "a" * 64, "b" * 64):
        audit.record(
            tmp_path, "decision", "sheet.xlsx", who="N", role="professionals",
            when=dt.datetime(2026, 9, 3, tzinfo=dt.UTC), hashes={"sheet.xlsx": digest},
            details={"offers": "40", "looked_at": "30", "overruled": "3"},
        )  # fmt: skip
    total = overrules_of(audit.read_log(tmp_path)).total
    assert (total.sheets, total.offers, total.overruled) == (2, 80, 6)


def test_a_plan_that_nobody_ever_overrules_is_warned_of(tmp_path: Path) -> None:
    for month in (9, 10):
        sheet(tmp_path, month, 40)
    assert "nobody ever overruled any of 80" in overrules_of(audit.read_log(tmp_path)).warnings[0]


def test_people_who_stop_overruling_are_noticed(tmp_path: Path) -> None:
    sheet(tmp_path, 9, 40, overruled=3)
    sheet(tmp_path, 10, 40)
    assert "2026-10" in overrules_of(audit.read_log(tmp_path)).warnings[0]


def test_few_offers_say_nothing_yet(tmp_path: Path) -> None:
    sheet(tmp_path, 9, 19, offers=19)
    assert overrules_of(audit.read_log(tmp_path)).warnings == ()


def test_sheets_that_are_half_empty_are_noticed(tmp_path: Path) -> None:
    sheet(tmp_path, 9, 10, overruled=1)
    assert "fewer than half" in overrules_of(audit.read_log(tmp_path)).warnings[0]


def test_a_log_without_sheets_says_that_nobody_looked(tmp_path: Path) -> None:
    found = overrules_of(audit.read_log(tmp_path))
    assert found.months == ()
    assert found.total.rate is None
    assert "nobody has handed in" in found.warnings[0]


def test_the_command_names_nobody(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sheet(tmp_path, 9, 40, overruled=3, family=3)
    assert run(["audit", "overrules", str(tmp_path)]) == 0
    assert run(["audit", "overrules", str(tmp_path), "-q"]) == 0
    said = capsys.readouterr()
    assert "7.5%" in said.out
    assert "Canary" not in said.out + said.err
    assert run(["audit", "overrules", str(tmp_path), "--json"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["all"]["rate"] == 0.075
    assert record["months"][0]["by_reason"] == {"family": 3}
