"""The log says first what then stands there; what dies between is carried out, or undone aloud."""

from __future__ import annotations

import datetime as dt
import json
import os
from pathlib import Path

import pytest

from recommender.errors import CannotWrite, UsageError, VerificationFailed
from recommender.files import hashes, moves
from recommender.files.drafts import draft_of, sweep
from recommender.governance.log import journal, transaction
from recommender.governance.log.audit import effective_entries, read_log
from recommender.governance.log.transaction import (
    Destination,
    LogRecord,
    announced,
    changing,
    settle,
    tidy,
)

NOON = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)


def record(workspace: Path) -> LogRecord:
    return LogRecord(workspace, "export", "plan", "N", "account", NOON)


def write(workspace: Path, texts: dict[str, str], *, new: bool = False) -> None:
    places = [Destination(workspace / name, named=name) for name in texts]
    with changing(places, record(workspace), new=new) as drafts:
        for draft, text in zip(drafts, texts.values(), strict=True):
            draft.write_text(text)


def died(workspace: Path, texts: dict[str, str], at: int) -> None:
    """Write in a child that dies before the move ``at``, counted from 0."""
    child = os.fork()
    if not child:
        count, take = iter(range(100)), transaction.take_place

        def taken(move: moves.Move) -> None:
            if next(count) == at:
                os._exit(7)
            take(move)

        transaction.take_place = taken  # type: ignore[attr-defined]
        write(workspace, texts)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7


def left(workspace: Path) -> list[str]:
    return [p.name for p in workspace.rglob("*") if "partial" in p.name]


def test_what_stands_there_is_what_the_log_said_first(tmp_path: Path) -> None:
    write(tmp_path, {"a": "one", "b": "two"})
    (entry,) = read_log(tmp_path).entries
    assert dict(entry.hashes) == {n: hashes.sha256_of(tmp_path / n) for n in ("a", "b")}
    assert left(tmp_path) == []


@pytest.mark.parametrize("at", [0, 1])
def test_files_whose_maker_died_after_the_entry_are_all_there_after_the_next_command(
    tmp_path: Path, at: int
) -> None:
    write(tmp_path, {"a": "old", "b": "old"})
    died(tmp_path, {"a": "new", "b": "new"}, at)
    assert (tmp_path / "b").read_text() == "old"
    tidy(tmp_path, when=NOON)
    assert {(tmp_path / name).read_text() for name in "ab"} == {"new"}
    log = read_log(tmp_path)
    assert [e.action for e in log.entries] == ["export", "export"]
    assert (log.findings, left(tmp_path)) == ((), [])


def test_a_draft_that_is_gone_makes_the_log_say_that_nothing_changed(tmp_path: Path) -> None:
    write(tmp_path, {"a": "old"})
    died(tmp_path, {"a": "new"}, 0)
    for draft in tmp_path.glob(".a.*.partial"):
        draft.unlink()
    settle(tmp_path, when=NOON)
    log = read_log(tmp_path)
    assert (tmp_path / "a").read_text() == "old"
    assert dict(log.entries[-1].details)["entry"] == "2"
    assert [e.number for e in effective_entries(log)] == [1]


def test_a_draft_that_was_changed_is_not_put_in_force(tmp_path: Path) -> None:
    died(tmp_path, {"a": "new"}, 0)
    for draft in tmp_path.glob(".a.*.partial"):
        draft.write_text("forged")
    settle(tmp_path, when=NOON)
    assert not (tmp_path / "a").exists()
    assert effective_entries(read_log(tmp_path)) == ()
    assert left(tmp_path) == []


def test_a_journal_that_names_other_files_moves_and_removes_none(tmp_path: Path) -> None:
    write(tmp_path, {"a": "old"})
    entry = read_log(tmp_path).entries[0].hash
    mine = tmp_path / "mine.txt"
    mine.write_text("keep")
    move = {"draft": str(mine), "place": str(tmp_path / "a"), "new": False, "seal": ""}
    said = {"entry": entry, "marks": [hashes.sha256_of(mine)], "elsewhere": False}
    path = draft_of(tmp_path / ".audit/open/change")
    path.write_text(f"{json.dumps({'moves': [move]})}\n{json.dumps(said)}\n")
    settle(tmp_path, when=NOON)
    assert (mine.read_text(), (tmp_path / "a").read_text()) == ("keep", "old")


@pytest.mark.parametrize("way", ["another file", "an older entry", "a database"])
def test_a_journal_that_the_log_does_not_bear_out_is_left_and_said(
    tmp_path: Path, way: str
) -> None:
    ws, mine = tmp_path / "ws", tmp_path / "mine"
    ws.mkdir()
    mine.write_text("keep")
    write(ws, {"a": "one"})
    if way == "an older entry":
        write(ws, {"a": "two"})
    entry = read_log(ws).entries[0]
    path = draft_of(ws / ".audit/open/change")
    place = mine if way == "another file" else ws / "a"
    draft = place.with_name(path.name.replace("change", place.name, 1))
    draft.write_text("forged")
    marks = [hashes.sha256_of(draft) if place == mine else dict(entry.hashes)["a"]]
    move = {"draft": str(draft), "place": str(place), "new": False, "seal": ""}
    said = {"entry": entry.hash, "marks": marks, "elsewhere": way == "a database"}
    path.write_text(f"{json.dumps({'moves': [move]})}\n{json.dumps(said)}\n")
    if way == "a database":  # such a journal counts only once its maker is gone
        died = os.fork()
        if not died:
            gone = draft_of(ws / ".audit/open/change")
            path.rename(gone)
            draft.rename(draft.with_name(gone.name.replace("change", place.name, 1)))
            gone.write_text(gone.read_text().replace(path.name[8:], gone.name[8:]))
            os._exit(0)
        os.waitpid(died, 0)
    before = (ws / ".audit/log.jsonl").read_bytes()
    settle(ws, when=NOON)
    assert (mine.read_text(), (ws / ".audit/log.jsonl").read_bytes()) == ("keep", before)
    (line,) = journal.not_followed(ws)
    assert "not followed" in line
    assert len(list((ws / ".audit/open").iterdir())) == 1


def test_a_damaged_log_lets_nothing_be_written(tmp_path: Path) -> None:
    write(tmp_path, {"a": "old"})
    log = tmp_path / ".audit/log.jsonl"
    log.write_bytes(log.read_bytes().replace(b'"subject":"plan"', b'"subject":"plot"'))
    with pytest.raises(VerificationFailed, match="the audit log is damaged"):
        write(tmp_path, {"a": "new"})
    log.write_bytes(b"no entry\n")
    with pytest.raises(VerificationFailed, match="the audit log is damaged"):
        write(tmp_path, {"a": "new"})
    assert (tmp_path / "a").read_text() == "old"
    assert left(tmp_path) == []


def test_a_place_that_cannot_be_taken_is_said_to_be_undone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(_move: moves.Move) -> None:
        raise OSError(5, "broken")

    monkeypatch.setattr(transaction, "take_place", refused)
    with pytest.raises(CannotWrite, match="broken"):
        write(tmp_path, {"a": "new"})
    assert [e.action for e in read_log(tmp_path).entries] == ["export", "undone"]
    assert (effective_entries(read_log(tmp_path)), left(tmp_path)) == ((), [])


def test_what_goes_elsewhere_is_logged_first_and_said_to_be_undone_if_it_fails(
    tmp_path: Path,
) -> None:
    with announced(record(tmp_path)):
        assert len(read_log(tmp_path).entries) == 1
    with pytest.raises(UsageError), announced(record(tmp_path)):
        raise UsageError("no such database")
    assert [e.action for e in read_log(tmp_path).entries] == ["export", "export", "undone"]
    assert journal.left_open(tmp_path) == ()


def test_nobody_knows_whether_a_database_was_written_by_what_died(tmp_path: Path) -> None:
    child = os.fork()
    if not child:
        with announced(record(tmp_path)):
            os._exit(0)
    os.waitpid(child, 0)
    tidy(tmp_path, when=NOON)
    assert "not known" in dict(read_log(tmp_path).entries[-1].details)["why"]


def test_where_nothing_may_stand_nothing_is_replaced_or_logged(tmp_path: Path) -> None:
    (tmp_path / "b").write_text("mine")
    with pytest.raises(UsageError, match="stands there"):
        write(tmp_path, {"a": "new", "b": "new"}, new=True)
    assert not (tmp_path / "a").exists()
    assert read_log(tmp_path).entries == ()


def test_a_clock_that_was_set_back_leaves_a_log_in_order(tmp_path: Path) -> None:
    write(tmp_path, {"a": "one"})
    earlier = LogRecord(tmp_path, "export", "plan", "N", "account", NOON - dt.timedelta(hours=1))
    with changing([Destination(tmp_path / "a")], earlier) as (draft,):
        draft.write_text("two")
    assert read_log(tmp_path).findings == ()


def test_drafts_of_the_dead_are_swept_and_those_of_the_living_stay(tmp_path: Path) -> None:
    mine = draft_of(tmp_path / "x.csv")
    mine.write_text("at work")
    child = os.fork()
    if not child:
        draft_of(tmp_path / "y.csv").write_text("pupils")
        os._exit(0)
    os.waitpid(child, 0)
    assert len(left(tmp_path)) == 2
    sweep(tmp_path)
    assert left(tmp_path) == [mine.name]


@pytest.mark.parametrize("way", ["_renamed", "link"])
def test_a_file_takes_a_free_place_only(
    tmp_path: Path, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if way == "link":
        monkeypatch.setattr(moves, "_renamed", lambda *_: False)
    for name in ("one", "other"):
        (tmp_path / name).write_text(name)
    moves.take_place(moves.Move(tmp_path / "one", tmp_path / "place", new=True))
    with pytest.raises(FileExistsError):
        moves.take_place(moves.Move(tmp_path / "other", tmp_path / "place", new=True))
    assert (tmp_path / "place").read_text() == "one"
    assert not (tmp_path / "one").exists()
