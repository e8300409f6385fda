"""``recommender``: the commands, and the one place where an error becomes an exit code."""

from __future__ import annotations

import ctypes
import errno
import os
import signal
import sys
import threading
import traceback
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import NoReturn

import click

from recommender.cli.lazy import LazyGroup
from recommender.cli.output import remark, silence
from recommender.errors import InputError, RecommenderError, VerificationFailed
from recommender.version import __version__

BUG, CANNOT_WRITE, INTERRUPTED, USAGE = 70, 74, 130, 2

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
"""What says how many threads linear algebra may use."""

MMAP_THRESHOLD = -3
"""The number of this option of ``mallopt``."""

_DISK = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EFBIG, errno.EIO}

_ROOMS = {
    "init": "prepare",
    "simulate": "prepare",
    "check": "prepare",
    "assess": "prepare",
    "plan": "planning",
    "scenarios": "planning",
    "compare": "planning",
    "frontier": "planning",
    "prices": "planning",
    "explain": "understand",
    "verify": "understand",
    "replay": "planning",
    "export": "understand",
    "runs": "understand",
    "schema": "prepare",
    "contract": "prepare",
    "pseudonymise": "prepare",
    "erase": "account",
    "adopt": "account",
    "audit": "account",
    "elicit": "prepare",
    "document": "account",
    "review": "account",
    "decide": "account",
    "completion": "account",
}
"""Command -> the room it is in, in the order of the help."""

_COMMANDS = {name: f"recommender.cli.{room}.{name}" for name, room in _ROOMS.items()}


@click.group(
    cls=LazyGroup,
    modules=_COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 fine, 1 a check failed, 2 usage, 3 bad input, 4 a must-serve rule cannot "
    "be met, 5 stopped at a limit, 6 refused for privacy, 70 a bug, 74 could not write, "
    "130 interrupted.",
)
@click.version_option(__version__, prog_name="recommender")
def recommender() -> None:
    """Place limited hours of help where they do the most good, and say why.

    Start with `recommender check` and `recommender plan` in a workspace, or with
    `recommender init DIR`.
    """


def main(args: Sequence[str] | None = None) -> NoReturn:
    """Run the command that the words ask for and end with its exit code."""
    _hold_threads()
    _hold_memory()
    sys.exit(run(args))


def run(args: Sequence[str] | None = None) -> int:
    """Run the command that the words ask for and return its exit code."""
    try:
        with _privacy(), _manners():
            code = _run(list(sys.argv[1:] if args is None else args))
            sys.stdout.flush()
            return code
    except BrokenPipeError:
        silence(sys.stdout)
        return 0
    except OSError as error:
        silence(sys.stdout)
        remark(f"recommender: stdout could not be written ({error.strerror})")
        return CANNOT_WRITE


def _run(args: list[str]) -> int:
    try:
        outcome = recommender.main(args, prog_name="recommender", standalone_mode=False)
        return outcome if isinstance(outcome, int) else 0
    except click.ClickException as error:
        return _usage(error)
    except (click.Abort, KeyboardInterrupt):
        remark("recommender: interrupted")
        return INTERRUPTED
    except RecommenderError as error:
        for line in _lines(error):
            remark(line)
        return error.exit_code
    except BrokenPipeError:
        raise
    except OSError as error:
        if error.errno not in _DISK:
            return _bug(error)
        remark(f"recommender: could not write ({error.strerror})")
        return CANNOT_WRITE
    except MemoryError:
        remark("recommender: there is not enough memory for this on this machine")
        return BUG
    except Exception as error:
        return _bug(error)


def _lines(error: RecommenderError) -> list[str]:
    """One line a problem; what is one sentence says which program speaks."""
    if isinstance(error, InputError):
        warnings = [f"{warning} (a warning)" for warning in error.warnings]
        return [*warnings, *map(str, error.problems)]
    if isinstance(error, VerificationFailed):
        return list(error.findings)
    return [f"recommender: {line}" for line in str(error).splitlines()]


def _usage(error: click.ClickException) -> int:
    message = error.format_message()
    remark(f"recommender: {message[:1].lower()}{message[1:]}")
    if isinstance(error, click.UsageError) and error.ctx is not None:
        remark(f"see {error.ctx.command_path} --help")
    return USAGE


def _bug(error: BaseException) -> int:
    """Say what broke and where, without the message: it may hold what a file holds."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if f"{os.sep}recommender{os.sep}" in frame.filename]
    last = (own or list(frames))[-1:]
    place = "".join(f" at {Path(frame.filename).name} line {frame.lineno}" for frame in last)
    remark(f"recommender {__version__}: this is a bug: {type(error).__name__}{place}")
    if os.environ.get("RECOMMENDER_DEBUG") == "1":
        for line in "".join(traceback.format_list(frames)).splitlines():
            remark(line)
    else:
        remark("RECOMMENDER_DEBUG=1 shows where it happened, without data of the workspace")
    remark("please report these lines as README.md says, under Reporting a problem")
    return BUG


def _hold_threads() -> None:
    """Let linear algebra use one thread, unless the user says otherwise with OMP_NUM_THREADS.

    Threads that wait for each other keep processors busy: on two processors with other work, the
    fitting of risks took twelve times the processor time with two threads.  It must be said before
    the libraries are loaded, and processes that are started here hear it too.
    """
    if not any(os.environ.get(name) for name in THREADS):
        os.environ.update(dict.fromkeys(THREADS, "1"))


def _hold_memory() -> None:
    """Let arrays of megabytes go back to the system as soon as they are dropped (Linux).

    Left to itself, the allocator raises the size from which it does so up to 32 megabytes, and
    keeps what is freed below it: at 100,000 pupils as much again as what is in use.
    """
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
    if sys.platform.startswith("linux"):
        with suppress(OSError, AttributeError):
            mallopt = ctypes.CDLL(None).mallopt
            mallopt(MMAP_THRESHOLD, 1 << 20)


@contextmanager
def _privacy() -> Iterator[None]:
    """Let nobody else read what is written: it may name children; ``--share`` opens it."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


@contextmanager
def _manners() -> Iterator[None]:
    """Keep stray warnings and unprintable letters from breaking an answer; end politely."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")
    main_thread = threading.current_thread() is threading.main_thread()
    before = signal.signal(signal.SIGTERM, _interrupt) if main_thread else None
    with warnings.catch_warnings():
        if os.environ.get("RECOMMENDER_DEBUG") != "1":
            warnings.simplefilter("ignore")
        try:
            yield
        finally:
            if main_thread:
                signal.signal(signal.SIGTERM, before)


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
