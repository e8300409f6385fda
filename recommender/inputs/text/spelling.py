"""Two spellings of one word, known for the same: case, accents, look-alikes, hidden marks."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

import numpy as np
import pandas as pd

from recommender.inputs.text.matching import Texts, matches_whole

_LOOK_ALIKE = str.maketrans(
    "аеорсухіѕјԁһԛԝвкмнт" + "οανρικτυ",
    "aeopcyxisjdhqwbkmht" + "oavpiktu",
)
"""Cyrillic and Greek letters -> the Latin ones they are taken for."""

_SCRIPTS = ("LATIN", "CYRILLIC", "GREEK")


_BLANKS = "\u00a0\u202f\u2007"
_UNSEEN = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u3164\uffa0"
    + _BLANKS
    + "".join(map(chr, range(0xFE00, 0xFE10)))
)


def has_hidden_mark(word: str) -> bool:
    """Whether the word holds a mark that nobody sees: zero width, a direction, a soft hyphen."""
    return any(unicodedata.category(c) == "Cf" or c in _UNSEEN for c in word)


def unmarked(word: str) -> str:
    """The word without hidden marks, its blanks plain and its characters in their usual form."""
    if word.isascii():
        return word
    seen = "".join(" " if c in _BLANKS else c for c in word)
    seen = "".join(c for c in seen if not has_hidden_mark(c))
    return unicodedata.normalize("NFKC", seen)


def folded(word: str) -> str:
    """What all spellings of a word have in common; folding it again changes nothing."""
    if word.isascii():
        return " ".join(word.casefold().split())
    before = ""
    while word != before:
        before = word
        word = " ".join(unmarked(unmarked(word).casefold()).translate(_LOOK_ALIKE).split())
    return word


def folded_all(words: Texts) -> Texts:
    """The same for a column; only what is not plain ASCII takes time."""
    plain = words.str.lower()
    odd = ~matches_whole(words, r"[!-~]*")
    if not odd.any():
        return plain
    values = plain.to_numpy(dtype=object).copy()
    values[odd] = [folded(str(word)) for word in words[odd]]
    return pd.Series(np.asarray(values, dtype=object), index=words.index, dtype=str)


def mixed_scripts(word: str) -> tuple[str, ...]:
    """The scripts of a word's letters, such as Latin and Cyrillic, if there is more than one."""
    if word.isascii():
        return ()
    found = {
        script
        for c in word
        if c.isalpha()
        for script in _SCRIPTS
        if unicodedata.name(c, "").startswith(script)
    }
    return tuple(s.capitalize() for s in _SCRIPTS if s in found) if len(found) > 1 else ()


def number_in(word: str) -> str:
    """The number of a code without the zeros in front of it: 7 of p007; "" of any other word."""
    match = _NUMBERED.fullmatch(folded(word))
    return match[2] if match else ""


def without_zeros(word: str) -> str:
    """A folded code without the zeros in front of its number: p007 and P-7 are p7."""
    match = _NUMBERED.fullmatch(folded(word))
    return match[1] + match[2] if match else ""


_NUMBERED = re.compile(r"([a-z]*)[_\-. ]?0*([0-9]+)")


def meant(word: str, known: Iterable[str]) -> str | None:
    """The one known word that ``word`` is another spelling of; else the same but for zeros.

    A bare number means the code with that number.  None if no word fits, or more than one.
    """
    choices = set(known)
    ways = [folded, without_zeros, *([number_in] if word.strip().isdecimal() else [])]
    for way in ways:
        wanted = way(word)
        found = {k for k in choices if way(k) == wanted} if wanted else set()
        if found:
            return found.pop() if len(found) == 1 else None
    return None


def spelling_difference(word: str, other: str) -> str:
    """What sets two spellings of one word apart: "in capitals", "with a hidden mark"."""
    for one in (word, other):
        if has_hidden_mark(one):
            return "there is a mark in it that nobody sees"
    if mixed_scripts(word) or mixed_scripts(other):
        return "it has letters of another script"
    if unicodedata.normalize("NFC", word) == unicodedata.normalize("NFC", other):
        return "its accents are stored in another way"
    if word.casefold() == other.casefold():
        return "capitals differ"
    return "it has characters of another form that look the same"
