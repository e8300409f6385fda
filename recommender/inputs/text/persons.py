"""Which cells say who somebody is: citizen service numbers in any dress, and names.

A random number passes the eleven-test with a chance of one in eleven.  Nine bare digits that pass
are refused each by itself; what only may be such a number (the leading zero lost, letters around
it) is judged by the column: where most of the like pass, they are no random numbers.
"""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from recommender.inputs.text.matching import Bools, Texts, matches_part, matches_whole, substituted
from recommender.inputs.text.spelling import unmarked

FEW = 5
"""Below so many cells of a kind all of them must pass; from here on more than half."""

_WEIGHTS = np.array([9, 8, 7, 6, 5, 4, 3, 2, -1])
_SAID = re.compile(
    r"(?:bsn|burgerservice(?:nummer|nr)|sofi(?:nummer|nr)?|pgn|onderwijs(?:nummer|nr)|nl)[^a-z0-9]*",
    re.IGNORECASE,
)
_POWER = re.compile(r"([0-9])[.,]([0-9]{1,15})[eE]\+?0*([0-9]{1,2})")
_DIGITS_ENOUGH = r"(?:[0-9][^0-9]*){8}|[0-9][.,][0-9]+[eE]"
_COUNTED = r"[A-Za-z]?0?[0-9]{0,7}|[A-Za-z][0-9]{8}"
_AROUND = re.compile(r"[^0-9]{0,6}([0-9]{9})[^0-9]{0,6}")
_CODE = re.compile(r"[\w.*/\-]{1,40}")
_PARTICLE = "van|von|de|den|der|het|ten|ter|te|el|al|la|le|du|da|dos|di|bin|ibn"


def looks_like_bsn(cells: Texts) -> Bools:
    """Which cells are nine digits that pass the eleven-test of Dutch citizen service numbers."""
    bare = substituted(cells, r"[ .\-]", "")
    candidate = matches_whole(bare, r"[0-9]{9}")
    result = np.zeros(len(cells), dtype=bool)
    if candidate.any():
        digits = np.array(bare[candidate].to_list(), dtype="S9").view(np.uint8).reshape(-1, 9)
        result[candidate] = ((digits.astype(np.int64) - 48) @ _WEIGHTS) % 11 == 0
    return result


def service_numbers(cells: Texts) -> Bools:
    """Which cells of a column are citizen service numbers, however they are dressed.

    With ``BSN`` or ``NL`` before them, ``.0`` or ``E8`` behind them, blanks, dots, dashes or an
    apostrophe, and (judged by the column) without their leading zero or among letters.
    """
    surely = looks_like_bsn(cells)
    many = matches_part(cells, _DIGITS_ENOUGH) & ~matches_whole(cells, _COUNTED)
    perhaps = many | ~matches_whole(cells, r"[ -~]*")
    if not perhaps.any():
        return surely
    at = np.flatnonzero(perhaps)
    kinds = {"surely": 0, "eight": 1, "among": 2}
    passes = np.full((len(kinds), len(at)), -1, dtype=np.int8)
    for place, word in enumerate(cells.iloc[at].tolist()):
        found = _digits_in(str(word))
        if found is not None:
            kind, digits = found
            passes[kinds[kind], place] = _passes(digits)
    surely[at] |= passes[0] == 1
    for judged in passes[1:]:
        like, right = int((judged >= 0).sum()), int((judged == 1).sum())
        if right and (right == like or (like >= FEW and right * 2 > like)):
            surely[at] |= judged == 1
    return surely


def _digits_in(word: str) -> tuple[str, str] | None:
    """The kind of dress, and the nine digits in it; None where there are not so many."""
    plain = unmarked(word).strip(" '\"`´’")
    said = _SAID.match(plain)
    if said is not None:
        plain = plain[said.end() :]
    power = _POWER.fullmatch(plain)
    if power is not None and len(power[2]) <= int(power[3]) <= 8:
        plain = (power[1] + power[2]).ljust(int(power[3]) + 1, "0")
    plain = re.sub(r"(?<=[0-9]{8})[.,]0+$", "", plain)
    bare = re.sub(r"[\s.,_'\-/]", "", plain)
    if not bare.isascii():
        bare = "".join(_digit(c) for c in bare)
    if re.fullmatch(r"[0-9]{9}", bare):
        return "surely", bare
    if re.fullmatch(r"[1-9][0-9]{7}", bare if said else plain):
        return ("surely" if said else "eight"), "0" + (bare if said else plain)
    among = _AROUND.fullmatch(bare)
    if among is not None and not among[1].startswith("00"):
        return "among", among[1]
    return None


def _digit(character: str) -> str:
    return str(int(character)) if character.isdecimal() else character


def _passes(digits: str) -> bool:
    numbers = np.array([int(d) for d in digits])
    return bool(numbers.any()) and int(numbers @ _WEIGHTS) % 11 == 0


def names(cells: Texts, *, staff: bool = False) -> Bools:
    """Which ids are a name or an address of mail rather than a code.

    Two words of letters, a word with one capital in front, and anything with an @ are names; a code
    has a digit, or is one word.  Of professionals two words in small letters are a code too
    (``team_west``), unless a particle stands between them.
    """
    digitless = ~matches_part(cells, r"[0-9]")
    two = matches_part(cells, r"^[^\W\d_]{2,}(?:[\s,._-]+[^\W\d_]{1,})*[\s,._-]+[^\W\d_]{2,}$")
    if staff:
        small = matches_whole(cells, r"[a-z]+(?:[_-][a-z]+)+")
        joined = matches_part(cells, rf"[_-](?:{_PARTICLE})[_-]")
        two &= ~(small & ~joined)
    capital = matches_whole(cells, r"[A-ZÀ-ÖØ-Þ][a-zß-öø-ÿ]{2,}(?:[A-ZÀ-ÖØ-Þ][a-zß-öø-ÿ]*)*")
    with_number = matches_part(
        cells,
        r"^[A-ZÀ-ÖØ-Þ][a-zß-öø-ÿ]{2,}[\s,._-]+(?:[^\W\d_]{2,}[\s,._-]+)*[A-ZÀ-ÖØ-Þ][a-zß-öø-ÿ]{2,}",
    )
    return np.asarray((digitless & (two | capital)) | with_number | matches_part(cells, "@"))


def harmless(word: str) -> bool:
    """Whether a word may stand in a message: a code, and neither a name nor a service number."""
    if _CODE.fullmatch(word) is None:
        return False
    cell = pd.Series([word], dtype=str)
    return not (service_numbers(cell).any() or names(cell, staff=True).any())
