"""Cells of text become typed columns by declaration; every wrong cell becomes a problem.

Values are converted once per distinct cell and then spread over the rows, so that a million rows
cost little.  A message shows a cell only when ``show`` says that the column holds ids, codes or
plain numbers, and the cell is near one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from recommender.inputs.findings import Findings, one_of, suggestion
from recommender.inputs.formats.tables import MOST_MESSAGES, Table
from recommender.inputs.text.matching import Bools, Texts, matches_whole, substituted
from recommender.inputs.text.number_words import (
    TWO_READINGS,
    doubtful,
    may_be_shown,
    remedy_of,
    two_ways,
)
from recommender.inputs.text.persons import looks_like_bsn as looks_like_bsn
from recommender.inputs.text.shown import short_number, showable
from recommender.inputs.text.shown import shown_id as shown_id
from recommender.inputs.text.spelling import meant

Floats: TypeAlias = npt.NDArray[np.float64]

_NUMBER = r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
_COMMA_NUMBER = r"[+-]?[0-9]+,[0-9]+"
_TRUE = ("1", "1.0", "true", "yes", "ja", "waar")
_FALSE = ("0", "0.0", "false", "no", "nee", "onwaar")


def text(table: Table, column: str, default: str = "") -> Texts:
    """The column as text; ``default`` everywhere when the table has no such column."""
    if column not in table.frame:
        return pd.Series(np.full(table.rows, default, dtype=object), dtype=str)
    cells = table.frame[column]
    if cells.dtype.kind in "iu":
        return cells.astype(str)
    if cells.dtype.kind == "f":
        codes, values = pd.factorize(cells)
        words = [
            str(int(v)) if v.is_integer() and abs(v) < 2**53 else repr(float(v)) for v in values
        ]
        return pd.Series(np.array([*words, ""], dtype=object)[codes], dtype=str)
    return cells


def report(
    findings: Findings,
    table: Table,
    column: str | None,
    wrong: Bools,
    message: str | Callable[[int], str],
    remedy: str | Callable[[int], str] = "",
    *,
    refuse: bool = False,
) -> None:
    """Note the rows that are wrong: the first of them one by one, the others as a number."""
    rows = np.flatnonzero(wrong)
    note = findings.refuse if refuse else findings.problem
    for row in rows[:MOST_MESSAGES].tolist():
        note(
            table.file,
            int(table.lines[row]),
            column,
            message if isinstance(message, str) else message(row),
            remedy if isinstance(remedy, str) else remedy(row),
        )
    if len(rows) > MOST_MESSAGES:
        more = len(rows) - MOST_MESSAGES
        note(
            table.file,
            int(table.lines[rows[MOST_MESSAGES]]),
            column,
            f"is wrong in the same way from here on, {more:,} more rows",
            "repair the rows above first",
        )


def numbers(
    table: Table,
    column: str,
    findings: Findings,
    *,
    show: bool = False,
    minimum: float | None = None,
    maximum: float | None = None,
    whole: bool = False,
    required: bool = False,
    when_low: str = "",
) -> Floats:
    """The column as float64, NaN where empty, wrong or of two readings (and noted).

    Args:
        show: whether a wrong cell may be shown in a message.
        minimum, maximum: the bounds, inclusive.
        whole: only whole numbers are right.
        required: an empty cell is wrong.
        when_low: what to do about a number below the minimum, if not to keep to the bounds.
    """
    if column not in table.frame:
        return np.full(table.rows, np.nan)
    show = show and column not in table.secret
    cells = table.frame[column]
    codes, distinct = pd.factorize(cells)
    if cells.dtype.kind in "iufb":
        values = np.asarray(distinct, dtype=np.float64)
        empty = np.zeros(len(values), dtype=bool)
        readable = np.ones(len(values), dtype=bool)
        words = np.array([f"{v:g}" for v in values], dtype=object) if show else values
        unsure = np.zeros(len(values), dtype=bool)
    else:
        words = np.asarray(distinct, dtype=object)
        cleaned = pd.Series(words, dtype=str)
        if table.decimal_comma:
            comma = matches_whole(cleaned, _COMMA_NUMBER)
            cleaned = cleaned.where(~comma, cleaned.str.replace(",", ".", regex=False))
        empty = (cleaned == "").to_numpy(dtype=bool)
        readable = matches_whole(cleaned, _NUMBER)
        values = np.full(len(words), np.nan)
        values[readable] = cleaned[readable].to_numpy(dtype=object).astype(np.float64)
        unsure = readable & _unsure(table, column, words, values, maximum)
        if not table.decimal_comma:
            few = readable & ~unsure
            _warn_of_thousands(findings, table, column, words, values, codes, few, maximum, show)
    finite = np.isfinite(values)
    _report_two_readings(
        findings, table, column, words, codes, np.append(unsure, False)[codes], show
    )
    finite &= ~unsure
    usual = _number_remedy(required)
    if whole and minimum is not None and maximum is not None:
        usual = f"give a whole number from {_plain(minimum)} to {_plain(maximum)}"

    def instead(row: int) -> str:
        word = str(words[codes[row]])
        shown = show and (short_number(word) or may_be_shown(word))
        return remedy_of(word, comma=table.decimal_comma, shown=shown) or usual

    checks: list[tuple[Bools, str, str | Callable[[int], str]]] = [
        (~readable & ~empty, "is not a number", instead),
        (readable & ~finite & ~unsure, "is not a finite number", usual),
    ]
    with np.errstate(invalid="ignore"):
        if whole:
            odd = finite & (values != np.floor(values))
            checks.append((odd, "is not a whole number", "give a whole number"))
        low = np.zeros(len(values), dtype=bool) if minimum is None else finite & (values < minimum)
        high = np.zeros(len(values), dtype=bool) if maximum is None else finite & (values > maximum)
    bounds = _bounds(minimum, maximum)
    checks.append((low, f"is below {_plain(minimum)}", when_low or bounds))
    checks.append((high, f"is above {_plain(maximum)}", bounds))
    spread = np.append(np.where(unsure, np.nan, values), np.nan)
    for wrong, message, remedy in checks:
        if wrong.any():
            spread[:-1][wrong] = np.nan
            at = np.append(wrong, False)[codes]
            shown = _showing(words, codes, message) if show else message
            report(findings, table, column, at, shown, remedy)
    if required:
        nothing = np.append(empty, True)[codes]
        report(findings, table, column, nothing, "is empty", "every row needs a number here")
    return spread[codes]


def flags(table: Table, column: str, findings: Findings, *, required: bool = False) -> Floats:
    """The column as 0.0, 1.0 or NaN where empty or wrong (and noted)."""
    if column not in table.frame:
        return np.full(table.rows, np.nan)
    cells = text(table, column)
    codes, distinct = pd.factorize(cells)
    words = pd.Series(np.asarray(distinct, dtype=object), dtype=str).str.casefold()
    values = np.where(words.isin(_TRUE), 1.0, np.where(words.isin(_FALSE), 0.0, np.nan))
    empty = (words == "").to_numpy(dtype=bool)
    wrong = np.isnan(values) & ~empty
    remedy = "use 1 or 0" if required else "use 1 or 0, or leave the cell empty when unknown"
    report(findings, table, column, wrong[codes], "is neither 0 nor 1", remedy)
    if required:
        report(findings, table, column, empty[codes], "is empty", remedy)
    return np.asarray(values, dtype=np.float64)[codes]


def dates(table: Table, column: str, findings: Findings, *, required: bool = False) -> Texts:
    """The column as datetime64[s], NaT where empty or wrong (and noted)."""
    cells = text(table, column)
    codes, distinct = pd.factorize(cells)
    words = pd.Series(np.asarray(distinct, dtype=object), dtype=str)
    plain = substituted(words, r"[ T]00:00(?::00(?:\.0+)?)?$", "")
    iso = plain.where(matches_whole(plain, r"\d{4}-\d{2}-\d{2}"))
    day_first = plain.where(matches_whole(plain, r"\d{1,2}-\d{1,2}-\d{4}"))
    values = pd.to_datetime(iso, format="%Y-%m-%d", errors="coerce").fillna(
        pd.to_datetime(day_first, format="%d-%m-%Y", errors="coerce")
    )
    values = values.astype("datetime64[s]")
    empty = (words == "").to_numpy(dtype=bool)
    wrong = values.isna().to_numpy(dtype=bool) & ~empty
    report(findings, table, column, wrong[codes], "is not a date", "write it as 2026-11-30")
    if required:
        report(findings, table, column, empty[codes], "is empty", "write a date as 2026-11-30")
    return pd.Series(values.to_numpy()[codes])


def codes_of(
    table: Table,
    column: str,
    known: Collection[str] | None,
    findings: Findings,
    *,
    where: str,
    show: bool = True,
    many: bool = False,
    required: bool = True,
    also: Collection[str] = (),
    default: str = "",
    instead: str = "",
) -> Texts:
    """The column as text in which every cell is a known code ("" where wrong, and noted).

    Args:
        known: the codes that exist, or None when nobody can tell; ``also`` are special ones such
            as ``*``.
        show: whether a wrong cell may be shown, if it looks like a code.
        where: what the codes are, for the message: "a site of data/sites.csv".
        many: several codes separated by semicolons.
        required: an empty cell is wrong.
        default: what stands in an absent column or (where not required) an empty cell.
        instead: the remedy, where not one of the codes is the only one.
    """
    show = show and column not in table.secret
    cells = text(table, column, default)
    row_codes, distinct = pd.factorize(cells)
    if many:
        joined = np.array([not_by_semicolon(w, known, also) for w in distinct], dtype=bool)
        report(
            findings, table, column, joined[row_codes], "has codes that no semicolon sets apart",
            "write a semicolon between them: a;b",
        )  # fmt: skip
    else:
        joined = np.array([names_several(w, known) for w in distinct], dtype=bool)
        report(
            findings, table, column, joined[row_codes], "holds several codes",
            "one may stand here: keep the one that counts",
        )  # fmt: skip
    right: list[str] = []
    unknown: list[str | None] = []
    for word, unread in zip(distinct, joined, strict=True):
        if unread:
            unknown.append(None)
            right.append("")
            continue
        parts = [p.strip() for p in word.split(";")] if many else [word]
        parts = [p for p in parts if p]
        odd = [p for p in parts if known is not None and p not in known and p not in also]
        unknown.append(odd[0] if odd else None)
        right.append("" if odd else (";".join(dict.fromkeys(parts)) or default))
    wrong = np.array([u is not None for u in unknown], dtype=bool)
    if known is not None and wrong.any():
        choices = [*known, *also]
        unknown_at = np.array(unknown, dtype=object)
        near = showable({u for u in unknown if u}, choices) if show else frozenset()

        def message(row: int) -> str:
            word = unknown_at[row_codes[row]]
            if word not in near:
                return f"is not {where or 'one of the words that may stand here'}"
            return f"is '{word}', which is not {where}" if where else f"is '{word}'"

        def remedy(row: int) -> str:
            word = unknown_at[row_codes[row]]
            if instead:
                return instead
            if not choices:
                return "leave it empty; none is declared"
            if show:
                return suggestion(word, choices)
            alike = word is not None and meant(word, choices) is not None
            return f"use {one_of(choices)}" + (": capitals and blanks count" if alike else "")

        report(findings, table, column, wrong[row_codes], message, remedy)
    if required:
        empty = np.array([w == "" for w in distinct], dtype=bool)
        report(
            findings,
            table,
            column,
            empty[row_codes],
            "is empty",
            f"give {where or one_of(known or also)}",
        )
    return pd.Series(np.array(right, dtype=object)[row_codes], dtype=str)


_BETWEEN = re.compile(r"[,/|+&\n]")
_BETWEEN_CODES = re.compile(r"[;,/|+&\n]|\s(?:en|and)\s")
_BETWEEN_KNOWN = re.compile(r"[,/|+&\s]|\s(?:en|and)\s")


def names_several(cell: str, known: Collection[str] | None) -> bool:
    """Whether a cell holds more codes than one, every one of them known in some spelling."""
    if known is None or cell in known or not _BETWEEN_CODES.search(cell):
        return False
    pieces = [p.strip() for p in _BETWEEN_CODES.split(cell) if p.strip()]
    return len(pieces) > 1 and all(p in known or meant(p, known) for p in pieces)


def not_by_semicolon(cell: str, known: Collection[str] | None, also: Collection[str] = ()) -> bool:
    """Whether a cell holds several codes with something else than a semicolon between them.

    Where nobody can tell which codes there are, a comma or the like is enough.
    """
    between = _BETWEEN if known is None else _BETWEEN_KNOWN
    for part in cell.split(";"):
        word = part.strip()
        if not word or word in also or (known is not None and word in known):
            continue
        pieces = [p.strip() for p in between.split(word) if p.strip()]
        if len(pieces) < 2:
            continue
        if known is None or all(p in also or meant(p, known) for p in pieces):
            return True
    return False


def _showing(
    words: npt.NDArray[Any], codes: npt.NDArray[np.intp], message: str
) -> Callable[[int], str]:
    def say(row: int) -> str:
        word = str(words[codes[row]])
        return f"is '{word}', which {message}" if short_number(word) else message

    return say


def _unsure(
    table: Table, column: str, words: npt.NDArray[Any], values: Floats, maximum: float | None
) -> Bools:
    """Which distinct cells have two readings that both fit, and nothing that decides."""
    two: Bools = np.array([TWO_READINGS.fullmatch(word) is not None for word in words], dtype=bool)
    if maximum is not None:
        with np.errstate(invalid="ignore"):
            two &= ~(np.abs(values) * 1000 > maximum)
    if not two.any():
        return two
    found = doubtful(
        words.tolist(),
        comma=table.decimal_comma,
        typed=table.typed.get(column),
        dutch=not table.decimal_comma and _shows_decimal_commas(table),
    )
    two &= np.array([word in found for word in words], dtype=bool)
    return two


def _warn_of_thousands(
    findings: Findings,
    table: Table,
    column: str,
    words: npt.NDArray[Any],
    values: Floats,
    codes: npt.NDArray[np.intp],
    read: Bools,
    maximum: float | None,
    show: bool,
) -> None:
    """Warn once of ``12.000`` among whole numbers, which a comma table makes 12."""
    if not any("." in word for word in words):
        return
    two = read & np.array([TWO_READINGS.fullmatch(w) is not None for w in words], dtype=bool)
    others = values[read & ~two]
    zeros = all(str(word).endswith("0") for word in words[two])
    if not two.any() or (others != np.floor(others)).any() or not (others.size or zeros):
        return
    if maximum is not None and (np.abs(values[two]) * 1000 > maximum).any():
        return
    rows = np.flatnonzero(np.append(two, False)[codes])
    word, value = str(words[codes[rows[0]]]), values[codes[rows[0]]]
    told = show and may_be_shown(word)
    findings.warn(
        table.file, int(table.lines[rows[0]]), column,
        (f"is '{word}', which is read as {value:g}" if told else "is read with its dot as decimal")
        + (f", as are {rows.size - 1:,} more" if rows.size > 1 else "")
        + (": all others are whole numbers" if others.size else ""),
        "where thousands are meant, write 12000 and not 12.000",
    )  # fmt: skip


def _shows_decimal_commas(table: Table) -> bool:
    """Whether a cell anywhere in the table is a number with a comma that parts no thousands."""
    for name in table.frame:
        cells = table.frame[name]
        if cells.dtype.kind not in "iufb":
            words = pd.Series(cells.unique(), dtype=str)
            numbers = words[matches_whole(words, _COMMA_NUMBER)]
            if not matches_whole(numbers, TWO_READINGS.pattern).all():
                return True
    return False


def _report_two_readings(
    findings: Findings,
    table: Table,
    column: str,
    words: npt.NDArray[Any],
    codes: npt.NDArray[np.intp],
    at: Bools,
    show: bool,
) -> None:
    """Note the cells with two readings, both of them shown."""

    def ways(row: int) -> tuple[str, str, str]:
        word = str(words[codes[row]])
        word = word if show and short_number(word) else "1.200"
        return (word, *two_ways(word, comma=table.decimal_comma))

    def message(row: int) -> str:
        word, what, _ = ways(row)
        own = word == str(words[codes[row]])
        return f"is '{word}', {what}" if own else f"has two readings, as {word}, {what}"

    report(findings, table, column, at, message, lambda row: ways(row)[2])


def _plain(bound: float | None) -> str:
    if bound is None:
        return ""
    return f"{bound:,.0f}" if float(bound).is_integer() else f"{bound:g}"


def _number_remedy(required: bool) -> str:
    plain = "give a number such as 12 or 0.5"
    return plain if required else f"{plain}, or leave the cell empty when it is not known"


def _bounds(minimum: float | None, maximum: float | None) -> str:
    if minimum is None:
        return f"use at most {_plain(maximum)}"
    if maximum is None:
        return f"use {_plain(minimum)} or more"
    return f"use a number from {_plain(minimum)} to {_plain(maximum)}"
