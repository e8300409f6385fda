"""A log that was taken away or written anew is found by what is kept with the plans."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from pathlib import Path

import pytest

from recommender.cli.main import run
from recommender.files.hashes import sha256_of
from recommender.governance.log.audit import record

NOON = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)


def test_a_log_that_was_taken_away_is_missed_while_its_plan_is_there(
    region: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["audit", "verify", str(region)]) == 0
    shutil.rmtree(region / ".audit")
    assert run(["audit", "verify", str(region)]) == 1
    assert "plan: no entry of the log is of this plan" in capsys.readouterr().err


def test_a_log_written_anew_is_missed_by_the_status_of_a_plan(
    region: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    who = ["--name", "N. Jansen", "--role", "leader", "-q"]
    assert run(["adopt", str(region / "plan"), *who]) == 0
    shutil.rmtree(region / ".audit")
    digest = sha256_of(region / "plan/manifest.json")
    for action in ("run", "status"):
        hashes = {"manifest.json": digest}
        record(region, action, "plan", who="N", role="leader", when=NOON, hashes=hashes)
    capsys.readouterr()
    assert run(["audit", "verify", str(region), "--json"]) == 1
    findings = json.loads(capsys.readouterr().out)["findings"]
    assert any("plan.status.json" in finding for finding in findings)


def test_a_manifest_of_another_plan_is_missed_and_one_made_elsewhere_is_not(
    region: Path,
) -> None:
    manifest = region / "plan/manifest.json"
    text = manifest.read_text()
    manifest.write_text(text.replace('"seed": 0', '"seed": 1'))
    assert manifest.read_text() != text
    assert run(["audit", "verify", str(region), "-q"]) == 1
    manifest.write_text(text.replace('"workspace": ".."', '"workspace": "../../elsewhere"'))
    assert run(["audit", "verify", str(region), "-q"]) == 0
