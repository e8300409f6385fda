"""The one error boundary: every kind of error has its exit code and says no more than it may."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import click
import pytest
from click.testing import CliRunner

from recommender import errors
from recommender.cli import main as boundary
from recommender.cli.main import recommender

SECRET = "p00042-secret"


def a_command_that(monkeypatch: pytest.MonkeyPatch, does: Any) -> None:
    """Add a command ``boom`` that raises or returns."""

    @click.command()
    def command() -> int:
        result = does()
        if isinstance(result, BaseException):
            raise result
        return int(result)

    module = ModuleType("boom")
    module.command = command  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "boom", module)
    monkeypatch.setitem(recommender.modules, "boom", "boom")  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.VerificationFailed(["a", "b"]), 1),
        (errors.UsageError("a\nb"), 2),
        (errors.InputError([errors.Problem("f", 1, "c", "is wrong", "mend it")]), 3),
        (errors.PrivacyRefusal([errors.Problem("f", None, "postcode", "may not")]), 6),
        (errors.CannotWrite("plan: full"), 74),
        (errors.RecommenderError("odd"), 70),
        (KeyboardInterrupt(), 130),
        (click.Abort(), 130),
        (click.UsageError("no"), 2),
        (OSError(errno.ENOSPC, "No space left on device"), 74),
        (OSError(errno.EROFS, "Read-only file system"), 74),
        (OSError(errno.ENOENT, "No such file"), 70),
        (MemoryError(), 70),
        (KeyError(SECRET), 70),
        (ValueError(SECRET), 70),
        (RecursionError(SECRET), 70),
    ],
)
def test_every_kind_of_error_has_its_exit_code(
    run, monkeypatch: pytest.MonkeyPatch, error: BaseException, code: int
) -> None:
    a_command_that(monkeypatch, lambda: error)
    said = run("boom")
    assert said.code == code
    assert said.out == ""
    assert said.err != ""
    assert "Traceback" not in said.err
    assert SECRET not in said.err


@pytest.mark.parametrize("code", [0, 1, 4, 5])
def test_a_command_says_its_own_exit_code(run, monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    a_command_that(monkeypatch, lambda: code)
    assert run("boom").code == code


def test_every_problem_stands_on_a_line_of_its_own(run, monkeypatch: pytest.MonkeyPatch) -> None:
    problems = [errors.Problem("data/a.csv", n, "hours", "is odd", "mend it") for n in (3, 9)]
    a_command_that(monkeypatch, lambda: errors.InputError(problems))
    assert run("boom").err.splitlines() == [
        "data/a.csv line 3: hours is odd; mend it",
        "data/a.csv line 9: hours is odd; mend it",
    ]


def test_a_bug_says_where_and_where_to_report_it_but_no_value(
    run, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_command_that(monkeypatch, lambda: KeyError(SECRET))
    said = run("boom")
    assert "this is a bug: KeyError at " in said.err
    assert "please report" in said.err
    monkeypatch.setenv("RECOMMENDER_DEBUG", "1")
    said = run("boom")
    assert "lazy.py" in said.err or "test_main.py" in said.err
    assert SECRET not in said.err


def test_warnings_of_libraries_never_reach_the_answer(run, monkeypatch: pytest.MonkeyPatch) -> None:
    import warnings

    def warn() -> int:
        warnings.warn(SECRET, stacklevel=1)
        return 0

    a_command_that(monkeypatch, warn)
    assert SECRET not in run("boom").err


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["pln"], "did you mean 'plan'"),
        (["verfy", "x"], "did you mean 'verify'"),
        (["plan", "--scenaro", "x"], "--scenario"),
        (["zzzzzzz"], "see recommender --help"),
        (["schema", "catalog"], "catalogue"),
        (["plan", "--gap", "150%"], "0.01 or 1%"),
        (["plan", "--seconds", "0"], "seconds"),
    ],
)
def test_a_mistyped_word_says_which_one_was_meant(run, words: list[str], hint: str) -> None:
    said = run(*words)
    assert said.code == 2
    assert hint in said.err
    assert said.out == ""


def test_a_mistyped_scenario_says_which_one_was_meant(run, workspace: Path) -> None:
    from recommender.inputs.readers.policy_file import read_policy

    known = [change.id for change in read_policy(workspace / "planning.yaml").scenarios]
    said = run("plan", workspace, "-o", workspace / "other", "--scenario", known[0][:-1])
    assert said.code == 2
    assert f"did you mean {known[0]}" in said.err
    assert not (workspace / "other").exists()


def test_help_lists_every_command_and_the_exit_codes() -> None:
    result = CliRunner().invoke(recommender, ["--help"])
    assert result.exit_code == 0
    for name in boundary._COMMANDS:
        assert f"\n  {name} " in result.output
    for code in ("0", "1", "2", "3", "4", "5", "6", "70", "74", "130"):
        assert f" {code} " in " ".join(["", *result.output.split("Exit codes:")[1].split()])


@pytest.mark.parametrize(
    ("command", "documented"),
    [
        ("init", ["DIR"]),
        ("simulate", ["DIR", "--pupils", "--seed", "--with-truth", "--format", "--force"]),
        ("check", ["[WORKSPACE]"]),
        ("assess", ["[WORKSPACE]", "-o", "--seed"]),
        (
            "plan",
            [
                *("[WORKSPACE]", "-o", "--scenario", "--gap", "--seconds", "--engine", "--solver"),
                *("--seed", "--workers", "--relaxation", "--force"),
            ],
        ),
        ("explain", ["PLAN", "UNIT", "--workspace"]),
        ("verify", ["PLAN", "--workspace"]),
        ("export", ["PLAN", "--to"]),
        ("schema", ["catalogue|planning|plan"]),
        ("completion", ["bash|zsh|fish"]),
    ],
)
def test_every_documented_option_is_in_the_help(command: str, documented: list[str]) -> None:
    result = CliRunner().invoke(recommender, [command, "--help"], terminal_width=200)
    assert result.exit_code == 0
    for word in documented:
        assert word in result.output
    if command not in ("schema", "completion"):
        for word in ("--json", "--quiet", "--verbose"):
            assert word in result.output


def test_version_is_on_stdout(run) -> None:
    said = run("--version")
    assert said.code == 0
    assert said.out.startswith("recommender, version ")


def test_help_loads_no_heavy_library() -> None:
    program = (
        "import sys; from recommender.cli.main import run\n"
        "code = run(['--help'])\n"
        "heavy = {'pandas','numpy','scipy','sklearn','pulp','highspy','pydantic','jinja2','yaml',"
        "'networkx','openpyxl'} & set(sys.modules)\n"
        "print('HEAVY', sorted(heavy), code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "HEAVY [] 0"


@pytest.mark.parametrize("shell_name", ["bash", "zsh", "fish"])
def test_completion_prints_the_script_of_a_shell(run, shell_name: str) -> None:
    said = run("completion", shell_name)
    assert said.code == 0
    assert "_RECOMMENDER_COMPLETE" in said.out


def test_a_shell_that_asks_gets_commands_to_complete() -> None:
    env = {
        **os.environ,
        "_RECOMMENDER_COMPLETE": "bash_complete",
        "COMP_WORDS": "recommender ver",
        "COMP_CWORD": "1",
    }
    program = "from recommender.cli.main import main; main([])"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, env=env, check=False
    )
    assert "verify" in done.stdout


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_behind_stdout_is_exit_74(shell) -> None:
    with open("/dev/full", "w") as full:  # noqa: PTH123
        said = shell("schema", "plan", stdout=full, stderr=subprocess.PIPE)
    assert said.code == 74
    assert "stdout could not be written" in said.err
    assert "Traceback" not in said.err
    assert "Exception ignored" not in said.err


@pytest.mark.skipif(os.name == "nt", reason="POSIX pipes")
def test_a_reader_who_leaves_early_is_no_error() -> None:
    program = "from recommender.cli.main import main; main(['schema', 'planning'])"
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-c", program], stdout=writing, stderr=subprocess.PIPE, check=False
    )
    os.close(writing)
    assert done.returncode == 0
    assert done.stderr == b""


@pytest.mark.many(1)
@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
@pytest.mark.parametrize("which", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_with_130_and_leaves_no_plan(workspace: Path, which: signal.Signals) -> None:
    program = (
        "import os, signal, time\n"
        # what is started in the background of a shell may have been told to ignore it
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "import recommender.pipeline as pipeline\n"
        "def told(*_):\n"
        f"    os.kill(os.getpid(), signal.{which.name})\n"
        "    for _ in range(500):  # another thread may receive it first\n"
        "        time.sleep(0.01)\n"
        "pipeline.recommend = told\n"
        "from recommender.cli.main import main\n"
        f"main(['plan', {str(workspace)!r}, '-o', {str(workspace / 'new')!r}])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert done.returncode == 130, done.stderr
    assert done.stderr.splitlines()[-1] == "recommender: interrupted"
    assert not (workspace / "new").exists()
