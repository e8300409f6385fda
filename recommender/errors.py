"""The errors a user can act on, each with its exit code.

A message names a file, a line, a column and a remedy; it never contains a value of a sensitive
column.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that is wrong with the input, where it stands and what to do about it.

    ``line_is_called`` is the word for a line in the language of the message.
    """

    file: str
    line: int | None
    column: str | None
    message: str
    remedy: str = ""
    line_is_called: str = "line"

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file} {self.line_is_called} {self.line}"
        text = f"{self.column} {self.message}" if self.column else self.message
        return f"{place}: {text}; {self.remedy}" if self.remedy else f"{place}: {text}"


class RecommenderError(Exception):
    """An error with an exit code that the user can act on."""

    exit_code = 70


class InputError(RecommenderError):
    """Everything that is wrong with the files handed in, all at once (exit 3).

    ``warnings`` are told with it: one of them may be the cause of a problem.
    """

    exit_code = 3

    def __init__(self, problems: Iterable[Problem], warnings: Iterable[Problem] = ()) -> None:
        self.problems = tuple(sorted(set(problems), key=_order))
        self.warnings = tuple(sorted(set(warnings), key=_order))
        super().__init__("\n".join(map(str, self.problems)))


class PrivacyRefusal(InputError):
    """Something that would break the legal frame of the data (exit 6)."""

    exit_code = 6


class VerificationFailed(RecommenderError):
    """A plan that does not survive recomputation; one finding a line (exit 1)."""

    exit_code = 1

    def __init__(self, findings: Iterable[str]) -> None:
        self.findings = tuple(findings)
        super().__init__("\n".join(self.findings))


class UsageError(RecommenderError):
    """A request that names something which does not exist (exit 2)."""

    exit_code = 2


class CannotWrite(RecommenderError):
    """The result could not be written; nothing half-written is left behind (exit 74)."""

    exit_code = 74


class LibraryMissing(CannotWrite):
    """A form that needs a library which is not installed; the message says which (exit 2)."""

    exit_code = 2


def _order(problem: Problem) -> tuple[str, int, str, str]:
    return (problem.file, problem.line or 0, problem.column or "", problem.message)
