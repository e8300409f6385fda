"""Which cells of a table of people may stand in a message: none but a slip of a declared code.

Columns that slipped by one put names, numbers and remarks where codes belong, so that what a column
is for says nothing of what stands in it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from recommender.inputs.text.persons import harmless
from recommender.inputs.text.spelling import folded, meant

MOST_DIGITS = 4
"""Digits of a number that may be shown: a longer one may be somebody's."""
MOST_EDITS = 2

_NUMBER = re.compile(
    r"[+-]?[0-9.,]{1,8}(?:e[+-]?[0-9]+|%)?|[0-9]{1,2}/[0-9]{1,2}|[+-]?(?:nan|inf|infinity)",
    re.IGNORECASE,
)
_PLAIN = """
yes no maybe perhaps unknown none true false ja nee misschien onbekend geen waar onwaar
youth jeugd law wet autumn herfst lente zomer coach mentor tutor teacher leraar docent"""
PLAIN = frozenset(_PLAIN.split())
"""Words that people write where codes belong, and that say nothing of anybody."""
SHORTEST_PART = 5
"""Letters from which a part of a code is taken for that code: youth of youth_act."""
_DAY = re.compile(r"[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4}|(?:19|20)[0-9]{6}")
_POSTCODE = re.compile(r"[1-9][0-9]{3}[A-Za-z]{2}(?:[0-9]{1,4}[A-Za-z]?)?")
_LONG = re.compile(r"[0-9]{7,}")


def showable(words: Collection[str], known: Collection[str]) -> frozenset[str]:
    """The wrong words of a column of codes that may be shown: slips, parts, letters, plain words.

    Any other word may be a name in small letters.
    """
    return frozenset(
        w
        for w in words
        if len(w) == 1 or slip(w, known) or folded(w) in PLAIN or _is_part(folded(w), known)
    )


def _is_part(word: str, known: Collection[str]) -> bool:
    """Whether a word is whole words of a known code."""
    return len(word) >= SHORTEST_PART and any(f"_{word}_" in f"_{folded(k)}_" for k in known)


def slip(word: str, known: Collection[str]) -> bool:
    """Whether a word is a slip of the pen in a known code: another spelling, or an edit or two.

    A code of few letters allows fewer: ``Sam`` is no slip of ``s01``.
    """
    if len(word) > MOST_DIGITS * 10 or not harmless(word):
        return meant(word, known) is not None
    plain = folded(word)
    shapes = {_shape(folded(k)) for k in known}
    if any(c.isdigit() for c in plain) and _shape(plain) in shapes:
        return sum(c.isdigit() for c in plain) <= MOST_DIGITS
    if meant(word, known) is not None:
        return True
    return any(_edits(plain, folded(k), min(MOST_EDITS, len(k) // 4)) for k in known)


def short_number(word: str) -> bool:
    """Whether a cell of a column of numbers is a number too short to be anybody's."""
    return bool(_NUMBER.fullmatch(word)) and sum(c.isdigit() for c in word) <= MOST_DIGITS


def shown_id(word: str, known: Iterable[str] | None = None) -> str:
    """The id between quotes if it may stand in a message, words that say so if not.

    Args:
        known: ids of the like; the word must then be built like one of them.
    """
    alike = known is None or _shape(word) in {_shape(k) for k in known}
    shown = alike and harmless(word) and not tells(word)
    return f"'{word}'" if shown else "an id that is not shown here"


def tells(word: str) -> bool:
    """Whether a code may be a day, a postcode, a number of a telephone, or a plain word."""
    return bool(
        _DAY.search(word)
        or _POSTCODE.fullmatch(word)
        or _LONG.search(re.sub(r"[-.]", "", word))
        or not (any(c.isdigit() for c in word) or re.search(r"[_-]", word))
    )


def _shape(word: str) -> str:
    """The word with every run of digits as one 9: s01 and s7 are alike, s01 and p01 are not."""
    return re.sub(r"[0-9]+", "9", word)


def _edits(word: str, other: str, most: int) -> bool:
    """Whether one becomes the other by at most so many letters put in, left out or changed."""
    if most < 1 or abs(len(word) - len(other)) > most:
        return False
    row = list(range(len(other) + 1))
    for i, a in enumerate(word, 1):
        before, row = row, [i]
        for j, b in enumerate(other, 1):
            row.append(min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b)))
    return row[-1] <= most
