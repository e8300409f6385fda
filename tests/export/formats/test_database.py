"""PostgreSQL: the same rows as SQLite, once for every run, whatever the texts say."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from recommender.errors import CannotWrite, UsageError
from recommender.export.formats.database import run_id, write_database
from recommender.export.manifest import Manifest
from recommender.export.tables import frames_of
from recommender.export.targets import export_plan
from recommender.planning.plan.plan import Plan

Region = tuple[Plan, Manifest]

sqlalchemy = pytest.importorskip("sqlalchemy")


def programs() -> Path | None:
    """Where initdb and pg_ctl are."""
    places = [*sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)]
    if found := shutil.which("pg_ctl"):
        places.append(Path(found).parent)
    return next((p for p in places if (p / "initdb").exists() and (p / "pg_ctl").exists()), None)


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    """The URL of an empty PostgreSQL: RECOMMENDER_TEST_POSTGRES, or one started for this test."""
    pytest.importorskip("psycopg")
    if url := os.environ.get("RECOMMENDER_TEST_POSTGRES"):
        yield url
        return
    there = programs()
    if there is None:
        pytest.skip("no PostgreSQL: install postgresql or set RECOMMENDER_TEST_POSTGRES")
    owner: list[str] = []
    home = Path(tempfile.mkdtemp(prefix="pg-"))
    if os.getuid() == 0:  # PostgreSQL refuses to run as root
        try:
            account = pwd.getpwnam("postgres")
        except KeyError:
            pytest.skip("no PostgreSQL: it does not run as root and there is no account for it")
        os.chown(home, account.pw_uid, account.pw_gid)
        owner = ["runuser", "-u", "postgres", "--"]
    data = str(home / "data")
    options = f"-k {home} -c listen_addresses='' -c fsync=off"
    start = [
        str(there / "pg_ctl"),
        "-D",
        data,
        "-w",
        "-l",
        str(home / "log"),
        "-o",
        options,
        "start",
    ]
    try:
        init = [str(there / "initdb"), "-D", data, "-A", "trust", "-U", "postgres", "-E", "UTF8"]
        for words in (init, start):
            done = subprocess.run([*owner, *words], capture_output=True, text=True, cwd="/")
            if done.returncode:
                pytest.skip(f"PostgreSQL does not start here: {done.stderr.strip()[-200:]}")
        yield f"postgresql://postgres@/postgres?host={home}"
    finally:
        with suppress(OSError):
            stop = [str(there / "pg_ctl"), "-D", data, "-m", "immediate", "stop"]
            subprocess.run([*owner, *stop], capture_output=True, cwd="/")
        shutil.rmtree(home, ignore_errors=True)


def ask(url: str, words: str) -> pd.DataFrame:
    engine = sqlalchemy.create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    try:
        with engine.connect() as connection:
            return pd.read_sql(sqlalchemy.text(words), connection)
    finally:
        engine.dispose()


@pytest.fixture
def empty(postgres: str) -> str:
    engine = sqlalchemy.create_engine(postgres.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP SCHEMA public CASCADE")
        connection.exec_driver_sql("CREATE SCHEMA public")
    engine.dispose()
    return postgres


def test_postgresql_holds_the_plan_once_however_often_it_is_written(
    region: Region, empty: str
) -> None:
    plan, manifest = region
    other = replace(plan, summary=replace(plan.summary, seed=99))
    for _ in range(2):
        export_plan(plan, manifest, empty)
        export_plan(other, manifest, empty)
    runs = ask(empty, "SELECT * FROM runs ORDER BY seed")
    assert runs["run_id"].tolist() == [run_id(plan), run_id(other)]
    assert runs["benefit"].tolist() == [plan.summary.benefit] * 2
    for name, frame in frames_of(plan).items():
        found = ask(empty, f"SELECT * FROM {name} WHERE run_id = '{run_id(plan)}'")
        assert list(found.columns) == ["run_id", *frame.columns]
        for column in frame.columns:
            if pd.api.types.is_numeric_dtype(frame[column]):
                assert found[column].sum() == pytest.approx(frame[column].sum(), rel=1e-12)
            else:
                assert sorted(found[column]) == sorted(frame[column])


def test_ids_cannot_break_out_of_postgresql(region: Region, empty: str) -> None:
    plan, manifest = region
    texts = ["x'); DROP TABLE runs; --", "100%s %(a)s ? :b", "nul\x00", "=1+1", "é\u200b\n"]
    many = [texts[n % len(texts)] for n in range(len(plan.assignments))]
    hostile = replace(
        plan,
        assignments=plan.assignments.assign(unit_id=many, **{'l"; DROP TABLE runs; -- %s': "y"}),
    )
    export_plan(plan, manifest, empty)
    export_plan(hostile, manifest, empty)
    assert len(ask(empty, "SELECT * FROM runs")) == 2
    found = ask(empty, f"SELECT * FROM assignments WHERE run_id = '{run_id(hostile)}'")
    assert set(found["unit_id"]) == {text.replace("\x00", "\ufffd") for text in texts}
    assert set(found['l"; DROP TABLE runs; -- %s']) == {"y"}


def test_a_run_that_fails_half_way_leaves_postgresql_as_it_was(
    region: Region, empty: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from recommender.export.formats import database

    export_plan(*region, empty)
    insert = database._insert

    def failing(door: Any, name: str, *rest: Any) -> None:
        if name == "resources":
            door.run("SELECT no_such_column FROM runs", ())
        insert(door, name, *rest)

    monkeypatch.setattr(database, "_insert", failing)
    with pytest.raises(CannotWrite, match="as it was"):
        export_plan(*region, empty)
    assert len(ask(empty, "SELECT * FROM assignments")) == len(region[0].assignments)


def test_sqlalchemy_writes_sqlite_as_sqlite_itself_does(region: Region, tmp_path: Path) -> None:
    one, two = tmp_path / "one.db", tmp_path / "two.db"
    export_plan(*region, f"sqlite:///{one}")
    write_database(*region, f"sqlite:///{two}")
    for name in ("runs", *frames_of(region[0])):
        frames = [ask(f"sqlite:///{path}", f"SELECT * FROM {name}") for path in (one, two)]
        pd.testing.assert_frame_equal(*frames)


def test_a_password_is_never_shown(region: Region) -> None:
    pytest.importorskip("psycopg")
    url = "postgresql://me:hunter2@localhost:1/none?connect_timeout=1"
    with pytest.raises(CannotWrite) as failed:
        write_database(*region, url)
    assert "hunter2" not in str(failed.value)
    with pytest.raises(UsageError) as refused:
        write_database(*region, "postgresql://me:hunter2@host:port/none")
    assert "hunter2" not in str(refused.value)


def test_without_sqlalchemy_the_message_says_what_to_install(
    region: Region, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "sqlalchemy", None)
    with pytest.raises(CannotWrite, match=r"recommender\[sql\]"):
        write_database(*region, "postgresql://host/name")
