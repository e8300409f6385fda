"""What is said where: progress on a terminal's stderr, colour only where it is wanted."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from recommender.cli.output import ProgressLine
from recommender.cli.screens.headline import bar

pty = pytest.importorskip("pty")


def on_a_terminal(program: str, **environment: str) -> str:
    """What a program shows on a terminal that is both its stdout and its stderr."""
    ours, theirs = pty.openpty()
    env = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "TERM")}
    process = subprocess.Popen(
        [sys.executable, "-c", program],
        stdout=theirs,
        stderr=theirs,
        env=env | {"TERM": "xterm"} | environment,
    )
    os.close(theirs)
    shown = b""
    try:
        while piece := os.read(ours, 4096):
            shown += piece
    except OSError:  # how Linux says that the other side has gone
        pass
    os.close(ours)
    assert process.wait() == 0
    return shown.decode()


STEPS = (
    "from recommender.cli.output import ProgressLine, answer\n"
    "import click\n"
    "progress = ProgressLine({arguments})\n"
    "progress('one'); progress('two'); progress.done(); answer(click.style('done', fg='red'))"
)


def test_steps_share_one_line_of_a_terminal_which_is_wiped_at_the_end() -> None:
    shown = on_a_terminal(STEPS.format(arguments=""))
    assert "one" in shown
    assert "two" in shown
    assert shown.count("\n") == 1
    assert shown.rindex("\x1b[2K") > shown.rindex("two")


def test_quiet_shows_no_step() -> None:
    assert on_a_terminal(STEPS.format(arguments="quiet=True")).startswith("\x1b[31mdone")


def test_a_dumb_terminal_gets_no_control_signs() -> None:
    assert "\x1b" not in on_a_terminal(STEPS.format(arguments=""), TERM="dumb")


def test_no_color_keeps_colour_away() -> None:
    assert "\x1b[31m" in on_a_terminal(STEPS.format(arguments="quiet=True"))
    assert "\x1b[31m" not in on_a_terminal(STEPS.format(arguments="quiet=True"), NO_COLOR="1")


def test_short_work_says_nothing_where_nobody_watches(capsys: pytest.CaptureFixture[str]) -> None:
    progress = ProgressLine()
    progress("one")
    progress.done()
    assert capsys.readouterr().err == ""


def test_long_work_says_its_steps_where_nobody_watches(capsys: pytest.CaptureFixture[str]) -> None:
    ProgressLine(started=-100.0)("one")
    assert capsys.readouterr().err.endswith(" s  one\n")


@pytest.mark.parametrize(
    ("share", "full"), [(0.0, 0), (0.5, 5), (1.0, 10), (1.7, 10), (-0.2, 0), (0.04, 0)]
)
def test_a_bar_is_as_full_as_its_share(share: float, full: int) -> None:
    text = bar(share, 10)
    assert len(text) == 10
    assert sum(letter in "█#" for letter in text) == full


def test_a_plain_terminal_gets_a_plain_bar(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with (tmp_path / "ascii").open("w", encoding="ascii") as stream:
        monkeypatch.setattr(sys, "stdout", stream)
        assert bar(0.5, 4) == "##.."
