"""What is invented is marked as it was written, and only as long as it stands there so."""

from __future__ import annotations

import shutil
from pathlib import Path

from recommender.cli.main import run
from recommender.inputs.folder.mark import FILE, PEOPLE, fingerprint, marked, strangers
from recommender.inputs.workspace import read_workspace

ROOT = Path(__file__).parents[3]


def test_the_shipped_tables_are_marked() -> None:
    tables = {path.stem for path in (ROOT / "data").glob("*.csv")}
    assert {*PEOPLE} <= tables
    assert strangers(ROOT) == ()
    assert {fingerprint(path) for path in (ROOT / "data").glob("*.csv")} == marked(ROOT / FILE)


def test_simulate_marks_what_it_writes(tmp_path: Path) -> None:
    words = ["simulate", str(tmp_path / "ws"), "--pupils", "40", "--like", str(ROOT), "-q"]
    assert run(words) == 0
    inputs = read_workspace(tmp_path / "ws")
    assert (inputs.policy.synthetic, inputs.unmarked) == (True, ())
    assert FILE not in inputs.unread
    assert "pupils.csv" in (tmp_path / "ws" / FILE).read_text("utf-8")


def test_a_mark_of_other_tables_marks_nothing(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "data", tmp_path / "data")
    (tmp_path / "data/pupils.csv").write_text("unit_id,site,grade\np1,s01,3\n", "utf-8")
    assert strangers(tmp_path) == ("data/pupils.csv",)
    (tmp_path / FILE).unlink()
    assert strangers(tmp_path) == ("data/pupils.csv", "data/history.csv", "data/notes.csv")


def test_the_order_of_rows_and_the_ends_of_lines_change_nothing(tmp_path: Path) -> None:
    one, other = tmp_path / "one.csv", tmp_path / "other.csv"
    one.write_bytes(b"a,b\n1,2\n3,4\n")
    other.write_bytes(b"a,b\r\n3,4\r\n1,2\r\n")
    assert fingerprint(one) == fingerprint(other)
    for text in (b"a,b\n1,2\n", b"a,b\n1,2\n3,4\n3,4\n", b"a,b\n1,2\n3,5\n"):
        other.write_bytes(text)
        assert fingerprint(one) != fingerprint(other)
