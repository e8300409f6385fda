"""Two commands at once on one place without --force: one wins, the other is told."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from pathlib import Path

import pytest

from recommender import pipeline
from recommender.cli.main import run
from recommender.export.folders.plan_folder import changed_files, read_plan
from recommender.governance.log import transaction
from recommender.governance.log.audit import read_log
from recommender.governance.log.transaction import Destination, changing


def together(work: Callable[[int], int], many: int) -> list[int]:
    """The exit codes of several processes that work at once."""
    context = multiprocessing.get_context("fork")

    def end(number: int) -> None:
        raise SystemExit(work(number))

    processes = [context.Process(target=end, args=(n,)) for n in range(many)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    return sorted(process.exitcode or 0 for process in processes)


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch, invented: Path) -> None:
    """All have found the place free before the first takes it, and plans take no time."""
    plan, _ = read_plan(invented / "plan")
    monkeypatch.setattr(pipeline, "recommend", lambda *_: plan)
    barrier = multiprocessing.get_context("fork").Barrier(2)
    commit = transaction._commit

    def met(*args: object) -> None:
        barrier.wait(60)
        commit(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(transaction, "_commit", met)


@pytest.mark.usefixtures("at_once")
def test_of_two_plans_into_one_folder_one_wins(region: Path) -> None:
    words = ["plan", str(region), "-o", str(region / "b"), "-q", "--gap", "20%"]
    codes = together(lambda _: run(words), 2)
    assert codes in ([0, 2], [2, 4])
    assert changed_files(region / "b") == ()
    assert [e.subject for e in read_log(region).entries if e.action == "run"][1:2] == ["b"]


@pytest.mark.usefixtures("at_once")
def test_of_two_exports_to_one_file_one_wins(region: Path) -> None:
    words = ["export", str(region / "plan"), "--to", str(region / "x.csv"), "-q"]
    assert together(lambda _: run(words), 2) == [0, 2]
    assert [e.action for e in read_log(region).entries] == ["run", "export"]


def test_of_many_who_keep_different_logs_one_takes_a_folder(tmp_path: Path) -> None:
    """No lock is shared here: the system alone decides."""
    from recommender.errors import UsageError

    barrier = multiprocessing.get_context("fork").Barrier(4)

    def work(number: int) -> int:
        try:
            with changing([Destination(tmp_path / "folder")], None, new=True) as (draft,):
                draft.mkdir()
                (draft / "who").write_text(str(number))
                barrier.wait(60)
        except UsageError:
            return 2
        return 0

    assert together(work, 4) == [0, 2, 2, 2]
    assert [p.name for p in tmp_path.iterdir()] == ["folder"]
