"""A plan is a proposal until somebody answers for it by name and role."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

from recommender.errors import UsageError, VerificationFailed
from recommender.governance.log.adoption import advance, standing, status_file
from recommender.governance.log.audit import parse_head, read_log

NOON = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    folder = tmp_path / "plan"
    folder.mkdir()
    (folder / "manifest.json").write_text('{"files": {}}')
    return folder


def step(plan: Path, status: str, **more: object) -> object:
    words = {"who": "N. Jansen", "role": "school leader", "when": NOON, **more}
    return advance(plan, plan.parent, status, **words)  # type: ignore[arg-type]


def test_a_plan_is_proposed_then_discussed_then_adopted(plan: Path) -> None:
    assert standing(plan).status == "proposed"
    step(plan, "discussed", note="team meeting")
    step(plan, "adopted")
    after = standing(plan)
    assert [s.status for s in after.steps] == ["discussed", "adopted"]
    assert not after.undiscussed
    log = read_log(plan.parent, anchor=parse_head(after.steps[-1].head))
    assert [dict(e.details)["status"] for e in log.entries] == ["discussed", "adopted"]
    assert log.findings == ()


def test_the_plan_folder_stays_as_it_was(plan: Path) -> None:
    step(plan, "adopted")
    assert [p.name for p in plan.iterdir()] == ["manifest.json"]
    assert status_file(plan) == plan.parent / "plan.status.json"


def test_an_adoption_without_a_discussion_says_so(plan: Path) -> None:
    step(plan, "adopted")
    assert standing(plan).undiscussed
    assert dict(read_log(plan.parent).entries[0].details)["undiscussed"] == "yes"


@pytest.mark.parametrize("missing", [{"who": " "}, {"role": ""}])
def test_nobody_adopts_without_a_name_and_a_role(plan: Path, missing: dict[str, str]) -> None:
    with pytest.raises(UsageError, match="give a"):
        step(plan, "adopted", **missing)
    assert standing(plan).status == "proposed"
    assert read_log(plan.parent).entries == ()


def test_a_plan_does_not_go_back(plan: Path) -> None:
    step(plan, "adopted")
    for status in ("proposed", "discussed", "adopted"):
        with pytest.raises(UsageError, match="adopted already"):
            step(plan, status)


def test_a_changed_plan_is_not_adopted(plan: Path) -> None:
    with pytest.raises(VerificationFailed, match="was changed"):
        step(plan, "adopted", changed=("plan.json: the file was changed",))


def test_the_status_of_another_plan_does_not_count(plan: Path) -> None:
    step(plan, "adopted")
    (plan / "manifest.json").write_text('{"files": {"a": 1}}')
    assert standing(plan).status == "proposed"


@pytest.mark.parametrize("text", ["", "[]", '{"manifest": 1}', "null"])
def test_a_broken_status_file_leaves_a_proposal(plan: Path, text: str) -> None:
    step(plan, "discussed")
    status_file(plan).write_text(text)
    assert standing(plan).status == "proposed"


def test_a_status_file_is_readable_json(plan: Path) -> None:
    step(plan, "discussed")
    assert json.loads(status_file(plan).read_text())["status"] == "discussed"


def test_what_is_no_plan_folder_has_no_status(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no plan folder"):
        standing(tmp_path)
