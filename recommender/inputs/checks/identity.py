"""What may be an id, in every table alike; whether ids of two tables are the same, and why not.

An id is letters, digits, ``.``, ``_`` and ``-``, of at most 80 characters, a letter or digit first.
What a spreadsheet leaves behind (``#N/B``, ``1,23E+11``), words for nothing (``onbekend``, ``0``),
citizen service numbers and names are none.  Two spellings of one id are one id written wrong.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from recommender.inputs.checks.cells import report, text
from recommender.inputs.findings import Findings
from recommender.inputs.formats.tables import Table
from recommender.inputs.text import persons
from recommender.inputs.text.matching import Bools, Texts, matches_part, matches_whole
from recommender.inputs.text.spelling import (
    folded,
    folded_all,
    has_hidden_mark,
    mixed_scripts,
    number_in,
    spelling_difference,
)

IdKind: TypeAlias = Literal["unit", "family", "professional", "place"]
"""Whose ids they are; places (sites) may have names and blanks."""

MOST = 80
LARGEST_EXACT = 2**53
"""Whole numbers from here on are not exact as floats."""

_PLAIN = rf"[A-Za-z0-9][A-Za-z0-9._-]{{0,{MOST - 1}}}"
_CODES = "use letters, digits, - and _"
OWN_NUMBER = "put a number of your own there; a service number or name may stand nowhere"
_A_NAME = "looks like a name"
_NOBODY = """
0|x|xx|xxx|nan|null|none|nil|na|n/a|n.a|n.a.|nvt|n.v.t|n.v.t.|nb|n.b|n.b.|n/b|nnb|geen|niets|leeg|
onbekend|onb|onb.|niet-bekend|niet_bekend|niet bekend|unknown|unk|not known|missing|empty|blank|
undefined|nothing|no-one|nobody|niemand|tbd|tbc|todo|inf|infinity|-inf|+inf|true|false|waar|onwaar|
nat|pd.na|<na>|(leeg)|(blank)|(empty)|(geen)|(none)|no data"""
NOBODY = frozenset(_NOBODY.replace("\n", "").split("|"))
"""Words that stand for an empty cell; they would make one child, or one family, of many."""

_ERROR = re.compile(r"#[\w/]*[!?]?|err:[0-9]+", re.IGNORECASE)
_ROUNDED = re.compile(r"[0-9][.,][0-9]+[eE]\+?[0-9]+|[0-9]+[eE]\+[0-9]+")
_LONG = re.compile(r"[0-9]{10,}")
_SURELY_DIGITS = 15


def is_nothing(word: str) -> bool:
    """Whether a word stands for an empty cell, or for an error of a spreadsheet."""
    plain = folded(word).strip("'\"")
    if plain in NOBODY or _ERROR.fullmatch(plain) is not None:
        return True
    return not any(c.isalnum() for c in plain) or not plain.strip("0")


def why_no_id(word: str, *, place: bool = False) -> str:
    """What keeps a word from being an id; "" if nothing does.

    Args:
        word: as it was written.
        place: whether it may hold blanks, as the ids of sites may.
    """
    if re.fullmatch(_PLAIN, word) and ".." not in word:
        return ""
    if re.search(r"[\x00-\x1f\x7f-\x9f;\u2028\u2029]", word):
        return "holds a line break, control character or semicolon"
    if has_hidden_mark(word):
        return "holds a mark that nobody sees"
    if word != word.strip():
        return "has blanks around it"
    if len(word) > MOST:
        return f"is longer than {MOST} characters"
    if re.search(r"[/\\]|\.\.", word):
        return "looks like the path of a file"
    scripts = mixed_scripts(word)
    if scripts:
        return f"mixes {' and '.join(scripts)} letters, which look alike"
    composed = unicodedata.normalize("NFC", word)
    if unicodedata.normalize("NFKC", word) != composed:
        return "holds characters of another form, such as wide digits"
    allowed = " ._-" if place else "._-"
    for c in composed:
        if c.isalpha() or c in allowed or (c.isascii() and c.isdigit()):
            continue
        if unicodedata.category(c) in ("Mn", "Mc"):
            continue
        return "holds a blank" if c == " " else "holds a character that no id may have"
    return "" if composed[:1].isalnum() else "starts with neither a letter nor a digit"


def why_no_professional(word: str) -> str:
    """What keeps a word outside of a table from being a professional's id; "" if nothing does."""
    cell = pd.Series([word], dtype=str)
    if persons.service_numbers(cell).any():
        return "looks like a citizen service number (BSN)"
    if persons.names(cell, staff=True).any():
        return _A_NAME
    return "stands for nobody" if is_nothing(word) else why_no_id(word)


def ids(
    table: Table,
    column: str,
    findings: Findings,
    *,
    unique: bool,
    kind: IdKind = "unit",
    optional: bool = False,
    instead: str = OWN_NUMBER,
) -> Texts:
    """The column as ids; what is none of them is noted, and what may be a person refused.

    Args:
        unique: whether an id stands once, in one spelling.
        kind: whose ids they are.
        optional: whether a cell may be empty.
        instead: what is done about citizen service numbers.
    """
    cells = text(table, column)
    if column not in table.frame:
        return cells
    empty = (cells == "").to_numpy(dtype=bool)
    if not optional:
        report(findings, table, column, empty, "is empty", "every row needs an id")
    codes, distinct = pd.factorize(cells)
    words = pd.Series(np.asarray(distinct, dtype=object), dtype=str)
    wrong = empty.copy()
    for at, message, remedy, refuse in _judged(
        table, column, words, codes, kind, optional, instead
    ):
        there = at[codes] & ~wrong
        if message == _A_NAME:
            there &= ~several(table.frame)
        if there.any():
            report(findings, table, column, there, message, remedy, refuse=refuse)
            wrong |= there
    _report_spellings(table, column, cells, words, codes, wrong, findings, unique=unique)
    return cells


def several(frame: pd.DataFrame) -> Bools:
    """Which rows are segments, of more than one pupil: their ids may be words."""
    if "count" not in frame:
        return np.zeros(len(frame), dtype=bool)
    counts = pd.to_numeric(frame["count"], errors="coerce").to_numpy(dtype=np.float64)
    return np.asarray(counts > 1, dtype=np.bool_)


_Judged: TypeAlias = tuple[Bools, str | Callable[[int], str], str, bool]


def _judged(
    table: Table,
    column: str,
    words: Texts,
    codes: npt.NDArray[np.intp],
    kind: IdKind,
    optional: bool,
    instead: str,
) -> list[_Judged]:
    """What is wrong with the distinct words of a column: which, message, remedy, refused."""
    filled = (words != "").to_numpy(dtype=bool)
    rounded = rounded_numbers(words, table.frame[column]) & filled
    bsn = persons.service_numbers(words) & filled
    nothing, form = _formless(words, place=kind == "place")
    found: list[_Judged] = [
        (bsn, "looks like a citizen service number (BSN)", instead, True),
        (nothing & filled, "is a word or an error that stands for an empty cell",
         "leave the cell empty" if optional else "give every row an id of its own", False),
        (rounded, "is a number that lost its last digits when it was saved",
         "take the ids from their source again, as text", False),
    ]  # fmt: skip
    if kind != "place":
        people = persons.names(words, staff=kind == "professional") & filled
        found.append(
            (people, _A_NAME, "use a number without meaning instead", True),
        )
    reason = form[codes]
    found.append(
        (form != "", lambda row: str(reason[row]), _CODES, False),
    )
    return found


def _formless(words: Texts, *, place: bool) -> tuple[Bools, npt.NDArray[np.object_]]:
    """Which words stand for nothing, and what keeps each from being an id."""
    nothing = np.zeros(len(words), dtype=bool)
    form = np.full(len(words), "", dtype=object)
    plain = matches_whole(words, _PLAIN) & ~matches_part(words, r"\.\.")
    nobody = words.str.lower().isin(NOBODY).to_numpy(dtype=bool) | matches_whole(words, "[0._-]+")
    plain &= ~nobody
    for at in np.flatnonzero(~plain).tolist():
        word = str(words.iloc[at])
        nothing[at] = bool(word) and is_nothing(word) and not (place and word == "*")
        if word and not nothing[at] and word != "*":
            form[at] = why_no_id(word, place=place)
    return nothing, form


def rounded_numbers(words: Texts, column: Texts) -> Bools:
    """Which distinct words of a column are numbers that a spreadsheet or a float rounded."""
    if column.dtype.kind == "f":
        values = pd.to_numeric(words, errors="coerce").to_numpy(dtype=np.float64)
        known = np.isfinite(values)
        inexact = (np.abs(values) >= LARGEST_EXACT) | (values != np.floor(values))
        return np.asarray(inexact & known, dtype=np.bool_)
    rounded = matches_whole(words, _ROUNDED.pattern)
    if column.dtype.kind in "iu":
        return rounded
    long = np.flatnonzero(matches_whole(words, _LONG.pattern))
    if not len(long):
        return rounded
    numbers = [str(words.iloc[at]) for at in long]
    for test in (_lost_after_fifteen, _few_digits):
        like = [bool(n) and test(n) is not None for n in numbers]
        lost = [bool(test(n)) for n in numbers]
        if sum(lost) * 2 > sum(like):
            rounded[long[np.array(lost)]] = True
    return rounded


def _lost_after_fifteen(number: str) -> bool | None:
    """Whether nothing but zeros stands beyond the digits a spreadsheet keeps."""
    tail = number[_SURELY_DIGITS:]
    return None if not tail else not tail.strip("0")


def _few_digits(number: str) -> bool | None:
    """Whether the number has six digits and zeros: 123457000000."""
    return len(number.rstrip("0")) <= 6


def _report_spellings(
    table: Table,
    column: str,
    cells: Texts,
    words: Texts,
    codes: npt.NDArray[np.intp],
    wrong: Bools,
    findings: Findings,
    *,
    unique: bool,
) -> None:
    """Note ids that stand again, and ids that stand in two spellings."""
    first = pd.Series(np.arange(len(cells))).groupby(codes, sort=False).first()
    line_of = pd.Series(table.lines[first.to_numpy()], index=first.index.to_numpy())
    if unique:
        again = cells.duplicated().to_numpy(dtype=bool) & ~wrong
        report(
            findings, table, column, again,
            lambda row: f"stands here again; line {line_of[codes[row]]} has the same",
            "every id may stand once",
        )  # fmt: skip
    plain = folded_all(words)
    leader = pd.Series(np.arange(len(words))).groupby(plain.to_numpy(), sort=False).transform("min")
    other = (leader.to_numpy() != np.arange(len(words)))[codes] & ~cells.duplicated().to_numpy()
    taken = leader.to_numpy()

    def message(row: int) -> str:
        same = int(taken[codes[row]])
        how = spelling_difference(str(words.iloc[codes[row]]), str(words.iloc[same]))
        return f"is the id of line {line_of[same]} in another spelling: {how}"

    report(
        findings, table, column, other & ~wrong, message,
        "write an id the same everywhere, or give it another number",
    )  # fmt: skip


def spelled_otherwise(
    table: Table,
    column: str,
    cells: Texts,
    known: Collection[str] | Texts,
    where: str,
    findings: Findings,
) -> Bools:
    """Which rows hold an id of ``known`` in another spelling; they are noted.

    Args:
        known: the ids of the other table.
        where: that table, for the message.
    """
    result = np.zeros(len(cells), dtype=bool)
    codes, distinct = pd.factorize(cells)
    words = pd.Series(np.asarray(distinct, dtype=object), dtype=str)
    others = pd.Series(known if isinstance(known, pd.Series) else list(known), dtype=str)
    strangers = np.flatnonzero((~words.isin(others) & (words != "")).to_numpy(dtype=bool))
    if not len(strangers):
        return result
    meant = dict(zip(folded_all(others), others, strict=True))
    strange = words.iloc[strangers]
    found = {
        at: meant[plain]
        for at, plain in zip(strangers.tolist(), folded_all(strange), strict=True)
        if plain in meant
    }
    if not found:
        return result
    result = np.isin(codes, list(found))

    def message(row: int) -> str:
        mine, theirs = str(words.iloc[codes[row]]), str(found[codes[row]])
        shown = f" ({theirs})" if persons.harmless(theirs) else ""
        return f"is spelled otherwise in {where}{shown}: {spelling_difference(mine, theirs)}"

    report(findings, table, column, result, message, "write an id the same in every table")
    return result


def one_cause(words: Texts, known: Texts, where: str) -> tuple[Bools, str, str]:
    """Which ids that nobody has would be met but for one cause; message and remedy for them all.

    Args:
        words: a column of ids.
        known: the ids of the other table.
        where: that table, for the message.
    """
    strange = sorted({*words[~words.isin(known)]} - {""})
    cause = likely_cause(strange, {*known})
    met: Bools = np.zeros(len(words), dtype=bool)
    here = next((way for way, why in _WAYS.items() if why == cause), None)
    if here is None or (here is number_in and not all(map(str.isdecimal, strange))):
        return met, "", ""
    there = {here(k) for k in known} - {""}
    those = {word for word in strange if here(word) in there}
    met = words.isin(those).to_numpy(dtype=bool)
    if here is _without_front_zeros and sum(k.startswith("0") for k in known) < sum(
        word.startswith("0") for word in those
    ):
        cause = f"the zeros in front of the numbers were lost in {where}"
    return (
        met,
        f"has {len(those):,} id{'s' * (len(those) != 1)} that would be in {where} but for one "
        f"thing: {cause}",
        "write ids the same way in every table; a spreadsheet keeps zeros in cells of text",
    )


def _without_front_zeros(word: str) -> str:
    return folded(word).lstrip("0")


def _without_decimals(word: str) -> str:
    return re.sub(r"\.0+$", "", folded(word)).lstrip("0")


_WAYS: Mapping[Callable[[str], str], str] = {
    folded: "they are spelled otherwise (capitals, accents or hidden marks)",
    _without_front_zeros: "the zeros in front of the numbers were lost",
    _without_decimals: "the numbers were saved with decimals",
    number_in: "the letters in front of the numbers, or zeros, differ",
}
"""How ids of two tables may be one id after all -> why they are not the same."""


def likely_cause(words: Collection[str], known: Collection[str]) -> str:
    """Why ids of one table meet none of another: "the zeros in front were lost"; "" if unclear.

    Args:
        words: ids that nobody has.
        known: the ids there are.
    """
    some, others = {w for w in words if w}, {k for k in known if k}
    if not some or not others:
        return ""

    def share(meeting: Callable[[str], str]) -> float:
        there = {meeting(k) for k in others} - {""}
        return sum(meeting(w) in there for w in some) / len(some)

    return next((cause for way, cause in _WAYS.items() if share(way) > 0.5), "")
