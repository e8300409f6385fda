"""What a sheet of a workbook says beyond its values: formulas without one, merged and hidden cells.

Readers of values see nothing where a formula was never calculated or where cells are merged; here
is said that something stands there.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from xml.etree import ElementTree

from recommender.inputs.findings import Findings

CellRange = tuple[int, int, int, int]
MOST_MARKS = 100_000
MOST_NOTES = 20
_CALCULATE = "open it in a spreadsheet program and save it, or write the value itself"
_WORTH_READING = re.compile(rb"<(?:\w+:)?(?:f[ >/]|mergeCell )|\shidden=")
_PLACE = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})")


@dataclass(frozen=True, slots=True)
class SheetMarks:
    """Marks of one sheet; rows and columns count from 1.

    Attributes:
        uncalculated: (row, column) of the cells with a formula and no stored result.
        merged: first row, first column, last row and last column of the cells merged into one.
        hidden_rows: rows that are hidden or filtered away.
        hidden_columns: how many columns are hidden.
    """

    uncalculated: tuple[tuple[int, int], ...] = ()
    merged: tuple[CellRange, ...] = ()
    hidden_rows: tuple[int, ...] = ()
    hidden_columns: int = 0


def marks_of(book: Path | IO[bytes], part: str) -> SheetMarks:
    """The marks of a sheet, in one pass over its XML; a sheet without any is not parsed.

    Args:
        book: the workbook.
        part: where the sheet stands in it, such as ``xl/worksheets/sheet1.xml``.
    """
    with zipfile.ZipFile(book) as archive:
        with archive.open(part) as stream:
            if not any(_WORTH_READING.search(block) for block in _blocks(stream)):
                return SheetMarks()
        with archive.open(part) as stream:
            return _marks(stream)


def _blocks(stream: IO[bytes], size: int = 2**20, overlap: int = 64) -> Iterator[bytes]:
    """The stream in blocks that share their ends, so that no mark is cut in two."""
    tail = b""
    while block := stream.read(size):
        yield tail + block
        tail = block[-overlap:]


def _marks(stream: IO[bytes]) -> SheetMarks:
    uncalculated: list[tuple[int, int]] = []
    merged: list[CellRange] = []
    hidden: list[int] = []
    hidden_columns = row = column = 0
    rows: Any = None
    for event, element in ElementTree.iterparse(stream, events=("start", "end")):
        tag = element.tag.rpartition("}")[2]
        if event == "start":
            if tag == "sheetData":
                rows = element
            elif tag == "row":
                row, column = int(element.get("r", row + 1)), 0
                if _is_true(element.get("hidden")):
                    hidden.append(row)
            continue
        if tag == "c":
            place = _place(element.get("r", ""))
            column = place[1] if place else column + 1
            if _is_uncalculated(element) and len(uncalculated) < MOST_MARKS:
                uncalculated.append((row, column))
        elif tag == "mergeCell" and len(merged) < MOST_MARKS:
            first, _, last = element.get("ref", "").partition(":")
            ends = _place(first), _place(last or first)
            if ends[0] and ends[1]:
                merged.append((*ends[0], *ends[1]))
        elif tag == "col" and _is_true(element.get("hidden")):
            hidden_columns += int(element.get("max", 1)) - int(element.get("min", 1)) + 1
        if tag == "row" and rows is not None:
            rows.clear()  # a million rows are never held at once
    return SheetMarks(tuple(uncalculated), tuple(merged), tuple(hidden), hidden_columns)


def _is_uncalculated(cell: Any) -> bool:
    """Whether a cell has a formula and no result; an empty text is a result."""
    parts = {part.tag.rpartition("}")[2]: part.text for part in cell}
    empty_text = "v" in parts and cell.get("t") == "str"
    return "f" in parts and not parts.get("v") and not empty_text


def _is_true(word: str | None) -> bool:
    return word in ("1", "true")


def _place(reference: str) -> tuple[int, int] | None:
    """Row and column of ``B12``."""
    found = _PLACE.fullmatch(reference)
    if found is None:
        return None
    column = 0
    for letter in found.group(1):
        column = column * 26 + ord(letter) - 64
    return int(found.group(2)), column


def unreadable_rows(
    marks: SheetMarks,
    file: str,
    rows: tuple[int, int],
    columns: Mapping[str, int],
    findings: Findings,
) -> frozenset[int]:
    """The rows of a table of which a cell cannot be read, each noted with its remedy.

    Args:
        rows: that of the header, and the last.
        columns: those that are read -> their position, from 0.
    """
    header, last = rows
    name_of = {position + 1: name for name, position in columns.items()}
    notes: list[tuple[int, str | None, str, str]] = []
    lost: set[int] = set()
    for row, column in marks.uncalculated:
        if row == header:
            notes.append((row, None, f"column {column} is named by a formula", _CALCULATE))
        elif row > header and column in name_of:
            lost.add(row)
            notes.append(
                (row, name_of[column], "holds a formula without a stored result", _CALCULATE)
            )
    for top, left, bottom, right in marks.merged:
        touched = [name for at, name in name_of.items() if left <= at <= right]
        if touched and bottom >= header and top <= last:
            lost.update(range(max(top, header + 1), min(bottom, last) + 1))
            name = touched[0] if left == right else None
            what = f"is merged with other cells (rows {top} to {bottom})"
            notes.append((max(top, header), name, what, "undo the merging and fill every cell"))
    for line, name, message, remedy in notes[:MOST_NOTES]:
        findings.problem(file, line, name, message, remedy)
    if len(notes) > MOST_NOTES:
        findings.problem(
            file, notes[MOST_NOTES][0], None,
            f"has {len(notes) - MOST_NOTES:,} more cells from here on that cannot be read",
            "repair the cells above first",
        )  # fmt: skip
    unseen = [row for row in marks.hidden_rows if header < row <= last]
    if unseen:
        findings.warn(
            file, unseen[0], None, f"is hidden or filtered away, and read ({len(unseen):,} rows)",
            "show all rows, and delete those that do not belong",
        )  # fmt: skip
    if marks.hidden_columns:
        findings.warn(
            file, None, None, f"has hidden columns, which are read ({marks.hidden_columns:,})",
            "show them, and delete those that do not belong",
        )  # fmt: skip
    return frozenset(lost)
