"""Reports for anyone, one after another: no two of them tell what a few pupils are offered."""

from __future__ import annotations

import datetime as dt
import json
import os
from pathlib import Path

import pytest

from recommender.errors import InputError, PrivacyRefusal
from recommender.governance.log import audit
from recommender.governance.log.transaction import LogRecord
from recommender.governance.privacy.offered import offered
from recommender.governance.privacy.published import (
    ERASED,
    FILE,
    NOTED,
    changed,
    forget,
    publishing,
)

NOW = dt.datetime(2026, 11, 24, tzinfo=dt.UTC)
NONE: frozenset[tuple[str, str]] = frozenset()


def offers(helped: int, of: int = 40) -> dict[str, float]:
    """So many pupils are offered help, the first of them."""
    return {f"p{k}\x1fs1\x1f{'help' if k < helped else 'nothing'}": 1.0 for k in range(of)}


def publish(
    workspace: Path,
    *plans: dict[str, float],
    kind: str = "plan",
    hidden: frozenset[tuple[str, str]] = NONE,
) -> frozenset[tuple[str, str]]:
    """Publish plans; returns what earlier reports hid."""
    with publishing(workspace, kind, plans, "2026") as report:
        report.note(hidden, NOW)
        return report.hidden


@pytest.mark.parametrize(("first", "second", "apart"), [(20, 19, 1), (20, 11, 9), (20, 10, 10)])
def test_a_pupil_whose_offer_changes_counts_once(first: int, second: int, apart: int) -> None:
    assert changed(offers(first), offers(second)) == apart


def test_a_pupil_who_is_new_or_gone_counts() -> None:
    assert changed(offers(20), offers(20, of=43)) == 3
    assert changed(offers(20, of=43), offers(20)) == 3


@pytest.mark.parametrize("second", [19, 21, 11, 29])
def test_a_report_that_differs_in_few_pupils_is_refused(tmp_path: Path, second: int) -> None:
    publish(tmp_path, offers(20))
    with pytest.raises(PrivacyRefusal, match=r"1 earlier public report .*2026-11-24") as refused:
        publish(tmp_path, offers(second))
    assert refused.value.exit_code == 6
    assert "p1" not in str(refused.value)
    with pytest.raises(PrivacyRefusal):
        publish(tmp_path, offers(35), offers(second), kind="comparison")


def test_the_same_report_in_another_form_and_one_that_differs_much_are_not(tmp_path: Path) -> None:
    publish(tmp_path, offers(20))
    publish(tmp_path, offers(20))
    publish(tmp_path, offers(31))
    with pytest.raises(PrivacyRefusal, match="2 earlier public reports"):
        publish(tmp_path, offers(25))


def test_small_steps_are_held_against_every_report_before(tmp_path: Path) -> None:
    publish(tmp_path, offers(10))
    publish(tmp_path, offers(25))
    with pytest.raises(PrivacyRefusal):
        publish(tmp_path, offers(12))


def test_of_a_comparison_one_plan_may_be_reported_and_not_a_second_near_it(tmp_path: Path) -> None:
    both = (offers(20), offers(18))
    publish(tmp_path, *both, kind="comparison")
    publish(tmp_path, both[0])
    with pytest.raises(PrivacyRefusal):
        publish(tmp_path, both[1])
    publish(tmp_path, *both, kind="comparison")


def test_what_was_hidden_is_told_to_the_next(tmp_path: Path) -> None:
    assert publish(tmp_path, offers(20), hidden=frozenset({("sites", "s1")})) == NONE
    assert publish(tmp_path, offers(32)) == {("sites", "s1")}


def test_the_list_holds_no_unit_and_is_for_its_owner_alone(tmp_path: Path) -> None:
    publish(tmp_path, offers(20))
    path = tmp_path / ".audit" / FILE
    text = path.read_text("utf-8")
    assert "p1" not in text
    assert "help" not in text
    if os.name == "posix":
        assert path.stat().st_mode & 0o077 == 0
        assert path.parent.stat().st_mode & 0o077 == 0


def test_a_damaged_list_stops_what_it_should_guard(tmp_path: Path) -> None:
    publish(tmp_path, offers(20))
    (tmp_path / ".audit" / FILE).write_text("{", "utf-8")
    with pytest.raises(InputError, match="restore it from a backup"):
        publish(tmp_path, offers(35))


def logged(workspace: Path, report: dict[str, float]) -> None:
    """Publish a plan and have the log name the report, as an export does."""
    with publishing(workspace, "plan", (report,), "2026", when=NOW) as open_report:
        told = {"audience": "public", NOTED: open_report.note(NONE, NOW)}
    audit.record(workspace, "export", "plan", who="N", role="r", when=NOW, details=told)


@pytest.mark.parametrize("text", [None, '{"format": "recommender published 1", "reports": []}'])
def test_a_list_that_lacks_what_the_log_names_refuses_the_next(
    tmp_path: Path, text: str | None
) -> None:
    logged(tmp_path, offers(20))
    logged(tmp_path, offers(20))
    path = tmp_path / ".audit" / FILE
    path.unlink()
    if text is not None:
        path.write_text(text, "utf-8")
    with pytest.raises(PrivacyRefusal, match="does not hold what the audit log says"):
        logged(tmp_path, offers(35))


def test_an_erased_unit_is_in_no_report_and_still_tells_the_next_from_it(tmp_path: Path) -> None:
    before = offers(20)
    logged(tmp_path, before)
    path = tmp_path / ".audit" / FILE
    names = set(json.loads(path.read_bytes())["reports"][0]["plans"][0])
    every = offered([{"q\x1fs2\x1fold\x1ft0": 1.0}], ["s1"], ["help", "b"], 2, ["t1"])
    assert every > {"s1\x1fnothing", "s2\x1fhelp+b\x1ft1", "s1\x1fold\x1ft1", "s1\x1fb\x1ft0"}
    record = LogRecord(tmp_path, "erase", FILE, "N", "account", NOW)
    assert forget(tmp_path, "p5", {"s1\x1fhelp", "s1\x1fnothing"}, record) == 1
    left = json.loads(path.read_bytes())["reports"][0]["plans"][0]
    assert len(names - set(left)) == 1
    assert left[ERASED] == 1.0
    without = {key: n for key, n in before.items() if not key.startswith("p5\x1f")}
    with pytest.raises(PrivacyRefusal, match="fewer than"):
        logged(tmp_path, without)
    logged(tmp_path, offers(35))
