"""Where a file is wanted and something else stands, that is said, and not that nothing is there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from recommender.errors import InputError
from recommender.inputs.findings import Findings
from recommender.inputs.folder.not_read import what_is_beside
from recommender.inputs.formats.tables import read_table
from recommender.inputs.formats.yaml_reader import read_yaml
from recommender.inputs.readers.scenario_files import draft_scenarios


@pytest.mark.skipif(os.name == "nt", reason="needs pipes")
@pytest.mark.parametrize(
    ("kind", "said"),
    [("pipe", "a pipe"), ("folder", "is a folder"), ("loop", "leads nowhere"), ("", "is missing")],
)
def test_what_stands_in_the_place_of_a_file_is_said(tmp_path: Path, kind: str, said: str) -> None:
    table, text = tmp_path / "notes.csv", tmp_path / "planning.yaml"
    for path in (table, text):
        if kind == "pipe":
            os.mkfifo(path)
        elif kind == "folder":
            path.mkdir()
        elif kind == "loop":
            path.symlink_to(path.name)
    with pytest.raises(InputError, match=said):
        read_table(table)
    findings = Findings()
    assert read_yaml(text, text.name, findings) is None
    assert draft_scenarios(text, text.name, findings) is None
    assert [said in str(problem) for problem in findings.problems] == [True, True]


@pytest.mark.skipif(os.name == "nt", reason="needs pipes")
def test_a_pipe_and_a_link_to_nowhere_are_files_that_are_not_read(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    os.mkfifo(tmp_path / "data" / "zzz.csv")
    (tmp_path / "data" / "yyy.csv").symlink_to("yyy.csv")
    assert what_is_beside(tmp_path).files == ("data/yyy.csv", "data/zzz.csv")
