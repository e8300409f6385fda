"""What a command says: answers on stdout, progress and remarks on stderr."""

from __future__ import annotations

import json
import os
import sys
import time
from dataclasses import dataclass, field
from typing import IO, Any

import click

from recommender.errors import CannotWrite

PATIENCE = 5.0
"""Seconds after which progress is worth a line even where nobody watches a terminal."""


def colour() -> bool | None:
    """Return False where NO_COLOR or the terminal wants no colour, else let click decide."""
    return False if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb" else None


def answer(text: str) -> None:
    """Write a line of the answer to stdout; a reader who leaves early is no error.

    Raises:
        CannotWrite: if stdout cannot be written, for example on a full disk.
    """
    try:
        click.echo(text, color=colour())
        sys.stdout.flush()
    except BrokenPipeError:
        silence(sys.stdout)
    except OSError as error:
        silence(sys.stdout)
        raise CannotWrite(f"stdout could not be written ({error.strerror})") from error


def answer_json(value: Any) -> None:
    """Write the answer to stdout as JSON."""
    answer(json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False))


def remark(text: str) -> None:
    """Write a line to stderr; where that fails there is nobody to tell."""
    try:
        click.echo(text, err=True, color=colour())
    except OSError:
        silence(sys.stderr)


def silence(stream: IO[str]) -> None:
    """Let nothing more be written to a stream that broke, not even when Python ends."""
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
    except (OSError, ValueError):
        return


@dataclass
class ProgressLine:
    """Says on stderr what is going on: one changing line on a terminal, few lines elsewhere.

    Attributes:
        quiet: say nothing at all.
        verbose: say everything, a line each, wherever stderr goes.
    """

    quiet: bool = False
    verbose: bool = False
    started: float = field(default_factory=time.monotonic)
    shown: bool = False

    def __call__(self, message: str) -> None:
        """Take note of a step that begins."""
        if self.quiet:
            return
        seconds = time.monotonic() - self.started
        if self.verbose:
            remark(f"{seconds:7.1f} s  {message}")
        elif sys.stderr.isatty() and os.environ.get("TERM") != "dumb":
            width = max(20, _columns() - 12)
            self._line(f"{seconds:5.0f} s  {message[:width]}")
        elif seconds > PATIENCE:
            remark(f"{seconds:7.0f} s  {message}")

    def done(self) -> None:
        """Wipe the line, so that what follows starts clean."""
        if self.shown:
            self._write("\r\x1b[2K")
            self.shown = False

    def _line(self, text: str) -> None:
        self._write("\r\x1b[2K" + text)
        self.shown = True

    def _write(self, text: str) -> None:
        try:
            sys.stderr.write(text)
            sys.stderr.flush()
        except OSError:
            silence(sys.stderr)


def _columns() -> int:
    try:
        return os.get_terminal_size(sys.stderr.fileno()).columns
    except (OSError, ValueError):
        return 80
