"""Every problem, refusal and warning of one reading, gathered before anything is raised."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from recommender.errors import InputError, PrivacyRefusal, Problem
from recommender.inputs.text.persons import harmless
from recommender.inputs.text.spelling import meant

MOST_COMPARED = 5_000
"""Known words up to which the closest one is looked for."""


@dataclass(slots=True)
class Findings:
    """What one reading found; it grows while files are read and is judged once, at the end.

    Attributes:
        problems: what must be repaired before a plan can be made.
        refusals: what would break the legal frame of the data.
        warnings: what is worth a look and stops nothing.
    """

    problems: list[Problem] = field(default_factory=list)
    refusals: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)

    def problem(
        self, file: str, line: int | None, column: str | None, message: str, remedy: str = ""
    ) -> None:
        """Note something that must be repaired."""
        self.problems.append(Problem(file, line, column, message, remedy))

    def refuse(
        self, file: str, line: int | None, column: str | None, message: str, remedy: str = ""
    ) -> None:
        """Note something that may not be used at all."""
        self.refusals.append(Problem(file, line, column, message, remedy))

    def warn(
        self, file: str, line: int | None, column: str | None, message: str, remedy: str = ""
    ) -> None:
        """Note something worth a look."""
        self.warnings.append(Problem(file, line, column, message, remedy))

    def raise_if_any(self) -> None:
        """Raise all at once: PrivacyRefusal when anything is refused, else InputError."""
        if self.refusals:
            raise PrivacyRefusal([*self.problems, *self.refusals], self.warnings)
        if self.problems:
            raise InputError(self.problems, self.warnings)


def closest_word(word: str, known: Iterable[str]) -> str | None:
    """The known word that ``word`` is another spelling of, else the closest, or None.

    Codes of fewer than four characters (s01, p2) are all alike; none is suggested for another.
    Among very many words only spellings are looked for.
    """
    known = list(known)
    same = meant(word, known)
    if same is not None or len(word) < 4 or len(known) > MOST_COMPARED:
        return same
    by_case = {k.casefold(): k for k in sorted(known)}
    near = difflib.get_close_matches(word.casefold(), by_case, n=1, cutoff=0.6)
    return by_case[near[0]] if near else None


def unknown(what: str, word: str, known: Collection[str]) -> str:
    """Return the sentence for a word that names nothing, with the nearest known one."""
    near = closest_word(word, known)
    hint = f"; did you mean {near}?" if near else ""
    return f"there is no {what} {word!r}{hint} (known: {', '.join(known)})"


def unknown_id(what: str, word: str, known: Collection[str], where: str) -> str:
    """Return the sentence for an id of many that names nothing, with the one that may be meant.

    Args:
        where: what holds them, such as "this plan"; none but the nearest is shown.
    """
    near = closest_word(word, known)
    hint = f"; did you mean {near}?" if near and harmless(near) else ""
    return f"there is no {what} {word!r} in {where}{hint}"


def one_of(known: Collection[str]) -> str:
    """The known words as a phrase, in the order given: ``a, b or c`` (at most twelve)."""
    words = list(known)
    if not words:
        return "nothing is declared"
    if len(words) > 12:
        return f"{', '.join(words[:12])} … ({len(words)} in all)"
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def some(names: Collection[str], most: int = 12) -> str:
    """The first names, and how many there are where that is not all."""
    words = list(names)
    more = f" … ({len(words)} in all)" if len(words) > most else ""
    return ", ".join(words[:most]) + more


def suggestion(word: str, known: Collection[str], otherwise: str = "") -> str:
    """A remedy for an unknown word: the nearest known one, or all that are known."""
    near = closest_word(word, known)
    if near is not None:
        return f"did you mean '{near}'?"
    return otherwise or (f"use {one_of(known)}" if known else "none is declared")
