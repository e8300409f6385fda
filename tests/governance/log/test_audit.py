"""A log that was changed, cut or reordered is found out; one that was pruned as agreed is not."""

from __future__ import annotations

import datetime as dt
import json
import multiprocessing
import stat
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recommender.errors import CannotWrite, UsageError
from recommender.governance.log import audit
from recommender.governance.log.audit import Head, parse_head, prune, read_log, record

NOON = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)


def fill(workspace: Path, entries: int, start: dt.datetime = NOON, step_days: int = 0) -> Head:
    for i in range(entries):
        record(
            workspace, "run", f"plan{i}", who="A. Planner", role="planner",
            when=start + dt.timedelta(days=step_days * i), hashes={"plan.json": f"{i:064x}"},
        )  # fmt: skip
    return read_log(workspace).head


def log_of(workspace: Path) -> Path:
    return workspace / ".audit" / "log.jsonl"


def test_what_is_recorded_is_read_back_and_holds(tmp_path: Path) -> None:
    fill(tmp_path, 3)
    log = read_log(tmp_path)
    assert [e.subject for e in log.entries] == ["plan0", "plan1", "plan2"]
    assert log.entries[0].previous == "0" * 64
    assert log.entries[2].previous == log.entries[1].hash
    assert (log.findings, log.notes) == ((), ())
    assert stat.S_IMODE(log_of(tmp_path).stat().st_mode) == 0o600


def test_no_log_is_an_empty_log(tmp_path: Path) -> None:
    assert read_log(tmp_path).entries == ()
    assert read_log(tmp_path).findings == ()


@pytest.mark.parametrize("line", range(4))
def test_a_dropped_line_is_found_wherever_it_stood(tmp_path: Path, line: int) -> None:
    fill(tmp_path, 4)
    lines = log_of(tmp_path).read_bytes().splitlines(keepends=True)
    log_of(tmp_path).write_bytes(b"".join(lines[:line] + lines[line + 1 :]))
    assert read_log(tmp_path).findings


@pytest.mark.parametrize(("one", "other"), [(0, 1), (1, 2), (0, 3)])
def test_reordered_lines_are_found(tmp_path: Path, one: int, other: int) -> None:
    fill(tmp_path, 4)
    lines = log_of(tmp_path).read_bytes().splitlines(keepends=True)
    lines[one], lines[other] = lines[other], lines[one]
    log_of(tmp_path).write_bytes(b"".join(lines))
    assert read_log(tmp_path).findings


def test_a_line_written_twice_is_found(tmp_path: Path) -> None:
    fill(tmp_path, 3)
    lines = log_of(tmp_path).read_bytes().splitlines(keepends=True)
    log_of(tmp_path).write_bytes(b"".join([*lines, lines[-1]]))
    assert read_log(tmp_path).findings


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_any_changed_byte_is_found(tmp_path: Path, data: st.DataObject) -> None:
    if not log_of(tmp_path).exists():
        fill(tmp_path, 3)
    whole = log_of(tmp_path).read_bytes()
    place = data.draw(st.integers(0, len(whole) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda b: b != whole[place]))
    try:
        log_of(tmp_path).write_bytes(whole[:place] + bytes([byte]) + whole[place + 1 :])
        assert read_log(tmp_path).findings
    finally:
        log_of(tmp_path).write_bytes(whole)


def test_a_rewritten_line_with_a_fresh_hash_breaks_the_chain(tmp_path: Path) -> None:
    fill(tmp_path, 3)
    lines = log_of(tmp_path).read_bytes().splitlines(keepends=True)
    body = json.loads(lines[1])
    body["who"] = "Somebody Else"
    body["hash"] = audit._digest(body)
    lines[1] = audit._canonical(body) + b"\n"
    log_of(tmp_path).write_bytes(b"".join(lines))
    assert read_log(tmp_path).findings == ("line 3: entry 3 does not follow the one before",)


@pytest.mark.parametrize("kept", range(4))
def test_a_cut_off_end_is_found_by_the_head(tmp_path: Path, kept: int) -> None:
    fill(tmp_path, 4)
    lines = log_of(tmp_path).read_bytes().splitlines(keepends=True)
    log_of(tmp_path).write_bytes(b"".join(lines[:kept]))
    assert "the end of the log is missing" in read_log(tmp_path).findings[-1]


def test_a_whole_new_log_is_found_by_a_head_noted_elsewhere(tmp_path: Path) -> None:
    head = fill(tmp_path, 4)
    for name in ("log.jsonl", "head.json"):
        (tmp_path / ".audit" / name).unlink()
    fill(tmp_path, 4, NOON + dt.timedelta(hours=1))
    assert read_log(tmp_path).findings == ()
    assert read_log(tmp_path, anchor=head).findings


def test_a_missing_head_is_found(tmp_path: Path) -> None:
    fill(tmp_path, 1)
    (tmp_path / ".audit/head.json").unlink()
    assert read_log(tmp_path).findings


def test_a_torn_line_does_not_count_and_the_next_entry_says_so(tmp_path: Path) -> None:
    fill(tmp_path, 2)
    with log_of(tmp_path).open("ab") as file:
        file.write(b'{"action":"ru')
    log = read_log(tmp_path)
    assert log.findings == ()
    assert "unfinished" in log.notes[0]
    entry = record(tmp_path, "export", "plan.xlsx", who="B", role="planner", when=NOON)
    assert dict(entry.details)["torn"].startswith("13 bytes")
    assert read_log(tmp_path).findings == ()


def test_a_head_that_lags_after_a_crash_is_a_note(tmp_path: Path) -> None:
    fill(tmp_path, 1)
    before = (tmp_path / ".audit/head.json").read_bytes()
    fill(tmp_path, 1)
    (tmp_path / ".audit/head.json").write_bytes(before)
    log = read_log(tmp_path)
    assert log.findings == ()
    assert "behind" in log.notes[0]


def test_pruning_keeps_the_young_and_the_chain(tmp_path: Path) -> None:
    old_head = fill(tmp_path, 3, NOON - dt.timedelta(days=400), step_days=1)
    fill(tmp_path, 2, NOON - dt.timedelta(days=100), step_days=1)
    _, dropped = prune(tmp_path, keep_days=183, who="C", role="privacy officer", when=NOON)
    log = read_log(tmp_path, anchor=old_head)
    assert dropped == 3
    assert [e.number for e in log.entries] == [4, 5, 6]
    assert log.findings == ()
    fill(tmp_path, 1, NOON + dt.timedelta(days=200))
    prune(
        tmp_path, keep_days=183, who="C", role="privacy officer", when=NOON + dt.timedelta(days=201)
    )
    log = read_log(tmp_path)
    assert [e.number for e in log.entries] == [7, 8]
    assert log.findings == ()


def test_a_log_can_be_pruned_to_its_last_word(tmp_path: Path) -> None:
    fill(tmp_path, 3, NOON - dt.timedelta(days=400))
    prune(tmp_path, keep_days=200, who="C", role="privacy officer", when=NOON)
    log = read_log(tmp_path)
    assert [e.action for e in log.entries] == ["prune"]
    assert log.findings == ()


def test_a_beginning_cut_off_under_a_false_checkpoint_is_found(tmp_path: Path) -> None:
    fill(tmp_path, 4)
    lines = log_of(tmp_path).read_bytes().splitlines(keepends=True)
    second = json.loads(lines[1])
    false = audit._checkpoint(Head(2, second["hash"]))
    log_of(tmp_path).write_bytes(b"".join([false, *lines[2:]]))
    assert "pruned" in read_log(tmp_path).findings[0]


def test_nobody_prunes_below_six_months_or_a_broken_log(tmp_path: Path) -> None:
    fill(tmp_path, 2, NOON - dt.timedelta(days=400))
    with pytest.raises(UsageError, match="at least 183"):
        prune(tmp_path, keep_days=30, who="C", role="r", when=NOON)
    log_of(tmp_path).write_bytes(log_of(tmp_path).read_bytes().replace(b"plan0", b"plan9"))
    with pytest.raises(UsageError, match="not pruned"):
        prune(tmp_path, keep_days=200, who="C", role="r", when=NOON)


def test_many_writers_at_once_make_one_chain(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    writers = [context.Process(target=fill, args=(tmp_path, 5)) for _ in range(6)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    log = read_log(tmp_path)
    assert len(log.entries) == 30
    assert log.findings == ()


def test_a_log_that_cannot_be_written_says_so_and_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(tmp_path, 2)
    before = log_of(tmp_path).read_bytes()

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(audit.os, "fsync", full)
    with pytest.raises(CannotWrite, match="No space left"):
        fill(tmp_path, 1)
    monkeypatch.undo()
    assert log_of(tmp_path).read_bytes() == before
    assert read_log(tmp_path).findings == ()


@pytest.mark.parametrize("text", ["", "3", "x:" + "0" * 64, "3:abc", "²:" + "0" * 64])
def test_what_is_no_head_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="NUMBER:HASH"):
        parse_head(text)


def test_an_unknown_action_or_a_moment_without_a_zone_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no action"):
        record(tmp_path, "party", "x", who="a", role="b", when=NOON)
    with pytest.raises(UsageError, match="time zone"):
        record(tmp_path, "run", "x", who="a", role="b", when=NOON.replace(tzinfo=None))


@pytest.mark.slow
def test_a_writer_killed_at_any_moment_leaves_a_log_that_holds(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    broken = 0
    for n in range(40):
        writer = context.Process(target=fill, args=(tmp_path, 10_000))
        writer.start()
        time.sleep(0.01 + 0.003 * n)
        writer.kill()
        writer.join()
        broken += bool(read_log(tmp_path).findings)
    fill(tmp_path, 1)
    print(f"40 kills, {len(read_log(tmp_path).entries)} entries, {broken} broken logs")
    assert broken == 0
    assert read_log(tmp_path).findings == ()
