"""What a written number may mean: its readings, and what to write where it is none or has two.

A mark before exactly three digits parts thousands in one country and decimals in the next, so
``1.200`` has two readings and ``0.125``, ``1.25`` and ``1.659,5`` have one each.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from decimal import Decimal

_SIGN = r"[+-]?"
TWO_READINGS = re.compile(rf"{_SIGN}[1-9][0-9]{{0,2}}[.,][0-9]{{3}}")
_ONE_MARK = re.compile(rf"{_SIGN}[0-9]*([.,])[0-9]+")
_GAP = r" \u00a0\u202f'\u2019_"
_MARKED = re.compile(rf"({_SIGN})([0-9][0-9.,{_GAP}]*)")
_PARTED = re.compile(rf"[0-9]{{1,3}}(?:[{_GAP}][0-9]{{3}})+(?:[.,][0-9]+)?")
_BLANKS = re.compile(f"[{_GAP}]")
_MONEY = re.compile(r"\u20ac|\beuros?\b|\beur\b|[.,](?:-+|\u2013|\u2014)$", re.IGNORECASE)
_PERCENT = re.compile(r"\s*(?:%|procent|percent|pct)\.?$", re.IGNORECASE)
_POWER = re.compile(rf"{_SIGN}[0-9.,]+[eE][+-]?[0-9]+")
_UNIT = re.compile(r"\s*([^\W\d_].*)$")
_UNIT_WORDS = """
u uur uren h hr hrs hour hours euro euros leerling leerlingen pupil pupils kind kinderen child
children student students punt punten point points"""
_UNITS = frozenset(_UNIT_WORDS.split())
"""Words behind a number that change nothing; thousands, minutes and weeks do."""
_CLOCK = re.compile(r"([0-9]{1,4}):([0-5][0-9])(?::([0-5][0-9])(?:\.0+)?)?")
_MONTHS = (
    "jan", "feb", "mar", "mrt", "maa", "apr", "mei", "may", "jun", "jul", "aug", "sep", "okt",
    "oct", "nov", "dec",
)  # fmt: skip
_DATE = re.compile(
    r"\d{4}-\d{1,2}-\d{1,2}(?:[ T].*)?|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}|\d{1,2}-\d{1,2}"
    rf"|\d{{1,4}}[- ]?(?:{'|'.join(_MONTHS)})[a-z]*\.?(?:[- ]?\d{{2,4}})?"
    rf"|(?:{'|'.join(_MONTHS)})[a-z]*\.?[- ]?\d{{1,4}}",
    re.IGNORECASE,
)
_BOTH = re.compile(r"\d+(?:[.,]\d+)?\s*(?:/|&|en|and)\s*\d+(?:[.,]\d+)?")
_SUM = re.compile(r"\d+(?:[.,]\d+)?(?:\s*\+\s*\d+(?:[.,]\d+)?)+")
_SWITCHES = ("true", "false", "yes", "no", "ja", "nee", "waar", "onwaar")
_MOST_DIGITS = 8  # a longer number may be somebody's
_FEW_DIGITS = 6
FTE = "fte"


def readings(word: str) -> tuple[Decimal, ...]:
    """The numbers a word may stand for, what a decimal mark makes of it first; () for none."""
    marked = _MARKED.fullmatch(word.strip())
    if marked is None:
        return ()
    sign, body = marked.groups()
    if _PARTED.fullmatch(body):
        return (_decimal(sign, _BLANKS.sub("", body).replace(",", ".")),)
    if _BLANKS.search(body):
        return ()
    if "." in body and "," in body:
        decimal = max(".,", key=body.rfind)
        other = "," if decimal == "." else "."
        whole, _, rest = body.partition(decimal)
        if decimal in rest or not _in_thousands(whole, other):
            return ()
        return (_decimal(sign, f"{whole.replace(other, '')}.{rest}"),)
    mark = "." if "." in body else ","
    if body.count(mark) > 1:
        return (_decimal(sign, body.replace(mark, "")),) if _in_thousands(body, mark) else ()
    plain = body.replace(",", ".")
    if not re.fullmatch(r"[0-9]+(?:\.[0-9]*)?", plain):
        return ()
    if TWO_READINGS.fullmatch(body):
        return _decimal(sign, plain), _decimal(sign, plain.replace(".", ""))
    return (_decimal(sign, plain),)


def doubtful(
    words: Collection[str], *, comma: bool, typed: Collection[str] | None, dutch: bool = False
) -> frozenset[str]:
    """The words of a column with two readings between which the column does not decide.

    Args:
        words: the distinct cells of the column.
        comma: whether a comma is a decimal mark in this table.
        typed: of a sheet, the cells that were typed as text; None where every cell is text.
        dutch: whether the table shows decimal commas elsewhere.
    """
    told = words if typed is None else [word for word in words if word in typed]
    unsure = [word for word in told if TWO_READINGS.fullmatch(word)]
    if not unsure:
        return frozenset()
    marks = {
        found[1]
        for word in told
        if not TWO_READINGS.fullmatch(word) and (found := _ONE_MARK.fullmatch(word))
    }
    if len(marks) == 1:
        (clear,) = marks
        return frozenset(word for word in unsure if clear not in word)
    if marks or typed is not None:
        return frozenset(unsure)
    if dutch and not comma:
        return frozenset(unsure)
    usual = "," if comma else "."
    return frozenset(word for word in unsure if usual not in word)


def two_ways(word: str, *, comma: bool) -> tuple[str, str]:
    """What a word with two readings may be, and what to write instead."""
    small, large = readings(word)
    return (
        f"which may be {written(small)} or {written(large)}",
        f"write {written(large)} or {written(small, comma=comma)}",
    )


def remedy_of(word: str, *, comma: bool, shown: bool = True) -> str:
    """What to write in place of a word that is no number; "" where it is like none.

    Args:
        word: as written.
        comma: whether a comma is a decimal mark in this file.
        shown: whether the number in it may be repeated; an example stands for it otherwise.
    """
    word = word.strip()
    shown = shown and sum(c.isdigit() for c in word) <= _MOST_DIGITS
    if word.casefold() in _SWITCHES:
        return "give a number; yes and no are none"
    if _BOTH.fullmatch(word) or _DATE.fullmatch(word):
        return (
            "write one number; a spreadsheet makes a date of 7/8, so give the column the format "
            "text first"
        )
    share = _PERCENT.sub("", word)
    if share != word:
        found = readings(share)
        if found and shown:
            return f"write {written(found[0] / 100, comma=comma)}, without %"
        return f"write a share as {written(Decimal('0.45'), comma=comma)}, without %"
    if _POWER.fullmatch(word):
        return ""
    if _SUM.fullmatch(word):
        return "write one number, and no sum"
    clock = _CLOCK.fullmatch(word)
    if clock is not None:
        hours = Decimal(clock[1]) + Decimal(60 * int(clock[2]) + int(clock[3] or 0)) / 3600
        if not shown:
            return (
                f"write hours as a number: half an hour is {written(Decimal('0.5'), comma=comma)}"
            )
        return f"write {written(round(hours, 4), comma=comma)}: a time of day is no number"
    found, what = _undressed(word)
    if what == FTE:
        return "write hours and not FTE: a full-time year has about 1659 hours"
    if not found:
        return ""
    if not shown:
        return f"write the number alone, such as 12 or {written(Decimal('0.5'), comma=comma)}"
    if len(found) == 2:
        small, large = found
        return (
            f"it may be {written(small)} or {written(large)}: write {written(large)} or "
            f"{written(small, comma=comma)}"
        )
    clean = written(found[0], comma=comma)
    if clean == word:
        return ""
    return f"write {clean}, without {what}" if what else f"write {clean}"


def may_be_shown(word: str) -> bool:
    """Whether a word is a number with marks or a unit around it, too short to be anybody's."""
    digits = sum(c.isdigit() for c in word)
    if digits > _FEW_DIGITS or (
        re.search(r"(?<![0-9.,])0[0-9]", word) and not _CLOCK.fullmatch(word)
    ):
        return False
    return _CLOCK.fullmatch(word) is not None or bool(_undressed(word)[0])


def _undressed(word: str) -> tuple[tuple[Decimal, ...], str]:
    """The readings of a number without marks of money or a unit, and what stood around it."""
    bare = _MONEY.sub("", word).strip()
    unit = _UNIT.search(bare)
    if unit and readings(bare[: unit.start()]):
        name = unit[1].casefold().strip(".")
        if name in ("fte", "wtf"):
            return (), FTE
        return (readings(bare[: unit.start()]), "the unit") if name in _UNITS else ((), "")
    return readings(bare), "marks" if bare != word else ""


def written(number: Decimal, *, comma: bool = False) -> str:
    """A number as it is to be written: no exponent, no needless zeros."""
    plain = f"{number:f}"
    if "." in plain:
        plain = plain.rstrip("0").rstrip(".")
    return plain.replace(".", ",") if comma else plain


def _in_thousands(body: str, mark: str) -> bool:
    parts: Iterable[str]
    first, *parts = body.split(mark)
    return 1 <= len(first) <= 3 and all(len(part) == 3 for part in parts)


def _decimal(sign: str, plain: str) -> Decimal:
    return Decimal(f"{sign}{plain.removesuffix('.')}")
