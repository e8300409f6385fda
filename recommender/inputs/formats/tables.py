"""A table of text columns with the line each row stands on, from csv, xlsx or parquet.

Nothing is guessed: cells stay text (numbers of a parquet file stay numbers) until a declaration
says what they are.  Columns nobody asked for are read no further than their header.
"""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from recommender.files.hashes import sha256_of
from recommender.files.no_file import why_no_file
from recommender.inputs.findings import Findings
from recommender.inputs.formats.failed_cells import failed
from recommender.inputs.formats.sheet_marks import SheetMarks, marks_of, unreadable_rows
from recommender.inputs.formats.totals import totals
from recommender.inputs.formats.unfolding import Unreadable, measured_unfolding
from recommender.inputs.text.names import probably_meant, same_name

MOST_BYTES = 4 * 2**30
MOST_UNPACKED = 2**29
MOST_COLUMNS = 2_000
MOST_ROWS = 20_000_000
MOST_SHEET_ROWS = 1_048_576
MOST_MESSAGES = 20
MOST_TITLES = 15
MOST_HEAD = 2**16

LineNumbers: TypeAlias = npt.NDArray[np.int64]
WantedColumns: TypeAlias = Collection[str] | None


@dataclass(frozen=True, eq=False, slots=True)
class Table:
    """A table as it stands in its file.

    Attributes:
        file: the name used in messages.
        header: the names of all columns, also of those that were not read.
        frame: the columns that were asked for: text ("" where empty, blanks around it removed),
            or the numbers of a parquet file.
        lines: (rows,) the line (csv) or row (xlsx, parquet: from 1, header included) of each row.
        decimal_comma: whether "0,5" is a number here (semicolon tables and sheets).
        sha256: of the file's bytes.
        complete: whether every row could be read; rows with too many or too few cells could not.
        secret: columns of which no cell may ever stand in a message.
        typed: of a sheet, column -> the cells with a comma or dot that were typed as text, where
            numbers are numbers; {} where every cell is text or a number.
        near: column that is lacking -> the name under which it seems to stand here.
    """

    file: str
    header: tuple[str, ...]
    frame: pd.DataFrame
    lines: LineNumbers
    decimal_comma: bool
    sha256: str
    complete: bool = True
    secret: frozenset[str] = frozenset()
    typed: Mapping[str, frozenset[str]] = field(default_factory=dict)
    near: Mapping[str, str] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        """How many rows of data there are."""
        return len(self.lines)


class _Unread(Exception):
    """Why a table is not read any further."""

    def __init__(self, line: int | None, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.line, self.message, self.remedy = line, message, remedy


def read_table(path: Path, *, file: str | None = None, wanted: WantedColumns = None) -> Table:
    """The table in a .csv, .xlsx or .parquet file; raises InputError with every problem in it.

    Args:
        path: the file.
        file: its name in messages; the file's own name unless given.
        wanted: the columns to read, or None for all.
    """
    findings = Findings()
    table = load_table(path, file or path.name, findings, wanted=wanted)
    findings.raise_if_any()
    assert table is not None
    return table


def load_table(
    path: Path, file: str, findings: Findings, *, wanted: WantedColumns = None
) -> Table | None:
    """The table, or None when it cannot be read; problems are added to ``findings``."""
    reader = _READERS.get(path.suffix.lower())
    try:
        if reader is None:
            raise _Unread(None, "is no table", "use .csv, .xlsx or .parquet")
        if not path.is_file():
            raise _Unread(None, *why_no_file(path, "put the file there"))
        if path.stat().st_size > MOST_BYTES:
            raise _Unread(
                None, f"is larger than {MOST_BYTES // 2**30} GiB", "split it or use segments"
            )
        table = _without_failed(reader(path, file, findings, wanted), findings)
        return _without_totals(table, findings)
    except _Unread as why:
        findings.problem(file, why.line, None, why.message, why.remedy)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        findings.problem(file, None, None, f"cannot be read ({reason})", "check its rights")
    except MemoryError:
        findings.problem(file, None, None, "does not fit in memory", "use segments or parquet")
    return None


def table_of_columns(
    file: str,
    names: Sequence[str],
    cells: Callable[[int, str], pd.Series[Any]],
    lines: LineNumbers,
    sha256: str,
    findings: Findings,
    wanted: WantedColumns = None,
) -> Table | None:
    """The table of columns that stand in no file, through the same checks; None without names.

    Args:
        file: its name in messages.
        names: of its columns.
        cells: the text or numbers of a column, by its position and name.
        lines: (rows,) what messages call the rows.
        sha256: the hash of all of it.
        findings: takes the problems.
        wanted: the columns to read, or None for all.
    """
    try:
        header = _header(names, file, 1, findings, wanted)
    except _Unread as why:
        findings.problem(file, why.line, None, why.message, why.remedy)
        return None
    chosen = _chosen(header, wanted)
    columns = {name: cells(position, name) for name, position in chosen.items()}
    frame = pd.DataFrame(columns, index=pd.RangeIndex(len(lines)))
    table = _finished(file, header, frame, lines, False, sha256)
    return _without_totals(_without_failed(table, findings), findings)


def recognised(names: Sequence[str], wanted: WantedColumns) -> bool:
    """Whether a line names columns: one that was asked for, or two that resemble one."""
    if not wanted or any(n in wanted for n in names):
        return True
    words = [n for n in names if n]
    if any(same_name(n, wanted) for n in words):
        return True
    return sum(probably_meant(n, wanted) is not None for n in words) > 1


def _check_title(
    first: int, others: Iterable[tuple[int, Sequence[str]]], wanted: WantedColumns
) -> None:
    """Refuse a table whose columns are named below its first line."""
    for line, cells in others:
        if wanted and sum(same_name(c.strip(), wanted) is not None for c in cells if c.strip()) > 1:
            raise _Unread(
                first,
                f"names no columns, line {line} does",
                f"delete what stands above line {line}",
            )


def _without_failed(table: Table, findings: Findings) -> Table:
    """The table without the rows in which a formula failed; each of them is noted."""
    lost = np.zeros(table.rows, dtype=bool)
    for name in table.frame.columns:
        marks = failed(table.frame[name])
        if marks is None:
            continue
        lost |= marks
        at = np.flatnonzero(marks)
        for row in at[:MOST_MESSAGES].tolist():
            findings.problem(
                table.file, int(table.lines[row]), name,
                f"holds {table.frame[name].iloc[row]}, the mark of a formula that failed",
                "write the value itself, or empty the cell when it is not known",
            )  # fmt: skip
        if len(at) > MOST_MESSAGES:
            findings.problem(
                table.file, int(table.lines[at[MOST_MESSAGES]]), name,
                f"holds such a mark from here on, {len(at) - MOST_MESSAGES:,} more rows",
                "repair the rows above first",
            )  # fmt: skip
    if not lost.any():
        return table
    frame = table.frame[~lost].reset_index(drop=True)
    return replace(table, frame=frame, lines=table.lines[~lost], complete=False)


def _without_totals(table: Table, findings: Findings) -> Table:
    """The table without lines of totals; each of them is noted."""
    lines = totals(table.frame)
    if lines is None:
        return table
    for line in table.lines[lines][:MOST_MESSAGES].tolist():
        findings.problem(
            table.file, int(line), None, "looks like a line of totals", "delete the row"
        )
    frame = table.frame[~lines].reset_index(drop=True)
    return replace(table, frame=frame, lines=table.lines[~lines], complete=False)


def _header(
    cells: Sequence[str], file: str, line: int, findings: Findings, wanted: WantedColumns
) -> tuple[str, ...]:
    """The column names, blanks around them removed; problems with them noted.

    Only names that were asked for are shown: without a header the first line is a row of data.
    """
    names = tuple(c.strip() for c in cells)
    if not any(names):
        raise _Unread(line, "has no column names", "the first line must name the columns")
    if len(names) > MOST_COLUMNS:
        raise _Unread(line, f"has more than {MOST_COLUMNS:,} columns", "keep what is needed")
    if not recognised(names, wanted):
        return names  # that it names nothing is said once, by who needs a column
    for position, name in enumerate(names, 1):
        if not name:
            findings.problem(
                file, line, None, f"column {position} has no name", "name it or delete it"
            )
    for name, times in Counter(names).items():
        if name and times > 1:
            at = " and ".join(str(p) for p, n in enumerate(names, 1) if n == name)
            known = wanted is not None and name in wanted
            findings.problem(
                file, line, name if known else "a name",
                f"stands {times} times in the header (columns {at})", "keep one of them",
            )  # fmt: skip
    return names


def _chosen(header: Sequence[str], wanted: WantedColumns) -> dict[str, int]:
    """Name -> position of the columns to read; the first of equal names."""
    chosen: dict[str, int] = {}
    for position, name in enumerate(header):
        if name and name not in chosen and (wanted is None or name in wanted):
            chosen[name] = position
    return chosen


def _uneven(
    file: str,
    lines: LineNumbers,
    cells: npt.NDArray[np.int64],
    width: int,
    findings: Findings,
    *,
    sheet: bool = False,
) -> None:
    """Note the rows that have another number of cells than the header; a sheet has no separator."""
    odd = np.flatnonzero(cells != width)
    for row in odd[:MOST_MESSAGES].tolist():
        message = f"has {cells[row]} cells, the header has {width}"
        remedy = "fill the row up with empty cells"
        if sheet:
            column = int(cells[row])
            message = f"has a cell in column {column}, the header names {width}"
            remedy = f"name column {column} in the header, or empty the cell"
        elif cells[row] > width:
            remedy = 'put a cell that holds the separator between quotes (")'
        findings.problem(file, int(lines[row]), None, message, remedy)
    if len(odd) > MOST_MESSAGES:
        findings.problem(
            file, int(lines[odd[MOST_MESSAGES]]), None,
            f"and {len(odd) - MOST_MESSAGES:,} more rows have too many or too few cells",
            "repair these first",
        )  # fmt: skip


def _finished(
    file: str,
    header: tuple[str, ...],
    frame: pd.DataFrame,
    lines: LineNumbers,
    decimal_comma: bool,
    sha256: str,
    *,
    complete: bool = True,
) -> Table:
    """The table with blanks removed around cells, and without rows in which nothing stands."""
    for name in frame.columns:
        if not _is_number(frame[name]):
            frame[name] = _stripped(frame[name])
    filled = np.zeros(len(frame), dtype=bool)
    for name in frame.columns:
        if filled.all():
            break
        column = frame[name]
        filled |= (column.notna() if _is_number(column) else column != "").to_numpy(dtype=bool)
    if not filled.all():
        frame, lines = frame[filled], lines[filled]
    return Table(
        file, header, frame.reset_index(drop=True), lines, decimal_comma, sha256, complete
    )  # fmt: skip


def _is_number(column: pd.Series[Any]) -> bool:
    return column.dtype.kind in "iufb"


def _stripped(column: pd.Series[Any]) -> pd.Series[Any]:
    """The column without blanks around its cells."""
    return column.str.strip()


# --- csv ---------------------------------------------------------------------------------------


def _read_csv(path: Path, file: str, findings: Findings, wanted: WantedColumns) -> Table:
    data = path.read_bytes()
    sha256 = hashlib.sha256(data).hexdigest()
    data = _as_utf8(data, file, findings)
    _check_start(data, wanted)
    separator, end = _separator(data)
    records = _records(data, ord(separator))
    if records is None:
        return _read_csv_by_record(data, separator, file, findings, wanted, sha256)
    try:
        head = next(csv.reader([data[:end].decode("utf-8")], delimiter=separator), [])
    except csv.Error:
        raise _Unread(1, "names no columns that can be read", "check the first line") from None
    header = _header(head, file, 1, findings, wanted)
    chosen = _chosen(header, wanted)
    starts, lines, cells, blank = (
        records.starts[1:],
        records.lines[1:],
        records.cells[1:],
        records.blank[1:],
    )
    even = (cells == len(header)) | blank
    if recognised(header, wanted):
        _uneven(file, lines[~blank], cells[~blank], len(header), findings)
    keep = even & ~blank
    body = _body(data, starts, keep)
    lines = lines[keep]
    if not chosen or not len(lines):
        frame = pd.DataFrame({n: pd.Series([], dtype=str) for n in chosen})
        lines = lines[: len(frame)]
        return _finished(
            file, header, frame, lines, separator == ";", sha256, complete=bool(even.all())
        )
    frame = pd.read_csv(
        io.BytesIO(body), sep=separator, header=None, names=list(range(len(header))),
        usecols=sorted(chosen.values()), dtype=str, na_filter=False, index_col=False,
        skip_blank_lines=False, encoding="utf-8", engine="c",
    )  # fmt: skip
    if len(frame) != len(lines):
        return _read_csv_by_record(data, separator, file, findings, wanted, sha256)
    frame = frame[list(chosen.values())].set_axis(list(chosen), axis=1)
    return _finished(
        file, header, frame, lines, separator == ";", sha256, complete=bool(even.all())
    )


def _check_start(data: bytes, wanted: WantedColumns) -> None:
    """Refuse a text that does not begin with the names of its columns."""
    head = data[:MOST_HEAD].decode("utf-8", errors="ignore")
    first = head.lstrip().partition("\n")[0].strip().strip('"')
    if re.fullmatch(r"sep\s*=.?.?", first, re.IGNORECASE):
        raise _Unread(
            1, f"is '{first}', a word to Excel alone", "delete the line: the separator is found"
        )
    for separator in ";,\t":
        rows = csv.reader(io.StringIO(head, newline=""), delimiter=separator)
        try:
            lines = [(rows.line_num, row) for row in islice(rows, MOST_TITLES) if any(row)]
        except csv.Error:
            return
        if not lines or recognised([c.strip() for c in lines[0][1]], wanted):
            return
        _check_title(1, lines[1:], wanted)


def _as_utf8(data: bytes, file: str, findings: Findings) -> bytes:
    """The text as UTF-8 without a byte-order mark, whatever of the two encodings it came in."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _Unread(None, "is UTF-16 text", "save it as 'CSV UTF-8'")
    if data.startswith(b"\xef\xbb\xbf"):
        data = data[3:]
    if not data.strip():
        raise _Unread(None, "is empty", "the first line must name the columns")
    nul = data.find(b"\0")
    if nul >= 0:
        raise _Unread(data.count(b"\n", 0, nul) + 1, "holds a NUL byte", "save it as csv again")
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as not_utf8:
        line = data.count(b"\n", 0, not_utf8.start) + 1
        try:
            text = data.decode("cp1252")
        except UnicodeDecodeError:
            raise _Unread(
                line, "is neither UTF-8 nor Windows text", "save it as 'CSV UTF-8'"
            ) from None
        findings.warn(
            file, line, None, "is not UTF-8 and is read as Windows text (cp1252)",
            "save it as 'CSV UTF-8' to be sure of accents",
        )  # fmt: skip
        return text.encode("utf-8")
    return data


def _separator(data: bytes) -> tuple[str, int]:
    """The separator of the header line, and where that line ends."""
    inside = False
    counts = {",": 0, ";": 0, "\t": 0}
    end = len(data)
    for position in range(min(len(data), 1_000_000)):
        character = chr(data[position])
        if character == '"':
            inside = not inside
        elif not inside and character in "\r\n":
            end = position
            break
        elif not inside and character in counts:
            counts[character] += 1
    if counts["\t"] and not counts[","] and not counts[";"]:
        raise _Unread(1, "is separated by tabs", "save it with commas or semicolons")
    return (";" if counts[";"] > counts[","] else ","), end


@dataclass(frozen=True, eq=False, slots=True)
class _Records:
    """Where each record of a csv file starts (and the last ends), its line and its cells."""

    starts: npt.NDArray[np.int64]
    lines: LineNumbers
    cells: npt.NDArray[np.int64]
    blank: npt.NDArray[np.bool_]


def _records(data: bytes, separator: int, step: int = 2**24) -> _Records | None:
    """The records of a csv text; None where quotes stand inside cells, which needs a real parser.

    A newline or separator counts when the number of quotes before it is even (RFC 4180).
    """
    ends: list[npt.NDArray[np.int64]] = []
    lines: list[npt.NDArray[np.int64]] = []
    cells: list[npt.NDArray[np.int64]] = []
    newlines = separators = 0
    inside = False
    text = np.frombuffer(data, dtype=np.uint8)
    quoted = b'"' in data
    for start in range(0, len(text), step):
        part = text[start : start + step]
        after = np.append(part[1:], text[start + step : start + step + 1])
        if len(after) < len(part):
            after = np.append(after, np.uint8(13))
        newline = part == 10
        lone_return = (part == 13) & (after != 10)
        newline |= lone_return
        apart = part == separator
        outside_newline = newline
        if quoted:
            quote = part == 34
            state = np.logical_xor.accumulate(quote) ^ inside
            before = np.append(text[start - 1 : start] if start else np.uint8(10), part[:-1])
            opening = quote & state
            if not np.isin(before[opening], (separator, 10, 13, 34)).all():
                return None
            closing = quote & ~state
            if not np.isin(after[closing], (separator, 10, 13, 34)).all():
                return None
            inside = bool(state[-1])
            outside_newline = newline & ~state
            apart &= ~state
        at = np.flatnonzero(outside_newline)
        ends.append(at + start)
        every_newline, every_separator = np.flatnonzero(newline), np.flatnonzero(apart)
        lines.append(np.searchsorted(every_newline, at, side="right") + newlines)
        cells.append(np.searchsorted(every_separator, at) + separators)
        newlines += len(every_newline)
        separators += len(every_separator)
    if inside:
        opened = data.rfind(b'"')
        raise _Unread(
            data.count(b"\n", 0, opened) + 1, "opens a quotation mark that is never closed",
            "close it, or remove it",
        )  # fmt: skip
    if data[-1] not in b"\r\n":
        ends.append(np.array([len(data)]))
        lines.append(np.array([newlines + 1]))
        cells.append(np.array([separators]))
    end = np.concatenate(ends)
    last_line = np.concatenate(lines)
    total = np.concatenate(cells)
    starts = np.concatenate(([0], np.minimum(end + 1, len(data))))
    first_line = np.concatenate(([1], last_line[:-1] + 1))
    count = np.diff(total, prepend=0)
    length = np.diff(starts)
    blank = (count == 0) & (length <= 64)
    short = np.flatnonzero(blank)
    blank[short] = [not data[starts[i] : starts[i + 1]].strip() for i in short]
    return _Records(starts, first_line, count + 1, blank)


def _body(data: bytes, starts: npt.NDArray[np.int64], keep: npt.NDArray[np.bool_]) -> bytes:
    """The records that are kept."""
    if keep.all():
        return data[int(starts[0]) :] if len(starts) else b""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], keep, [False])).astype(np.int8)))
    return b"".join(
        data[int(starts[a]) : int(starts[b])] for a, b in zip(edges[::2], edges[1::2], strict=True)
    )


def _read_csv_by_record(
    data: bytes, separator: str, file: str, findings: Findings, wanted: WantedColumns, sha256: str
) -> Table:
    """The same table by the slower parser of the standard library, for unusual quoting."""
    reader = csv.reader(io.StringIO(data.decode("utf-8"), newline=""), delimiter=separator)
    rows: list[list[str]] = []
    lines: list[int] = []
    before = 0
    try:
        for row in reader:
            if any(row):
                rows.append(row)
                lines.append(before + 1)
            before = reader.line_num
    except csv.Error as error:
        raise _Unread(reader.line_num, f"is not valid csv ({error})", "save it again") from None
    header = _header(rows[0], file, lines[0], findings, wanted)
    chosen = _chosen(header, wanted)
    at = np.array(lines[1:], dtype=np.int64)
    cells = np.array([len(r) for r in rows[1:]], dtype=np.int64)
    if recognised(header, wanted):
        _uneven(file, at, cells, len(header), findings)
    keep = np.flatnonzero(cells == len(header))
    frame = pd.DataFrame(
        {n: pd.Series([rows[i + 1][p] for i in keep], dtype=str) for n, p in chosen.items()}
    )
    complete = len(keep) == len(at)
    return _finished(file, header, frame, at[keep], separator == ";", sha256, complete=complete)


# --- xlsx --------------------------------------------------------------------------------------


def _read_xlsx(path: Path, file: str, findings: Findings, wanted: WantedColumns) -> Table:
    import openpyxl

    data = path.read_bytes()
    sha256 = hashlib.sha256(data).hexdigest()
    try:
        measured_unfolding(data, MOST_UNPACKED)
    except Unreadable as why:
        raise _Unread(None, why.message, why.remedy) from None
    broken = _Unread(None, "is not a readable xlsx file", "save it again as .xlsx or as csv")
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheets = book.worksheets
        if not sheets:
            raise broken
        if len(sheets) > 1:
            findings.warn(
                file, None, None, f"has {len(sheets)} sheets; only the first is read",
                "move the table to the first sheet",
            )  # fmt: skip
        sheet: Any = sheets[0]
        sheet.reset_dimensions()
        marks = partial(marks_of, io.BytesIO(data), sheet._worksheet_path)
        if sheet.sheet_state != "visible":
            findings.warn(
                file, None, None, "has a hidden first sheet, which is the one that is read",
                "show it, or move the table to the first place",
            )  # fmt: skip
        return _read_sheet(sheet, marks, file, findings, wanted, sha256)
    except _Unread:
        raise
    except Exception:
        # openpyxl raises a dozen kinds of errors on broken files, some of them quoting cells.
        raise broken from None


def _read_sheet(
    sheet: Any,
    marks: Callable[[], SheetMarks],
    file: str,
    findings: Findings,
    wanted: WantedColumns,
    sha256: str,
) -> Table:
    every = sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS + 1)
    rows: Iterator[tuple[int, tuple[Any, ...]]] = _filled(every)
    head: tuple[str, ...] = ()
    first = 1
    for first, cells in rows:  # noqa: B007
        head = tuple(cell_text(c) for c in cells)
        if any(head):
            break
    while head and not head[-1]:
        head = head[:-1]
    if not head:
        raise _Unread(None, "is empty", "the first row must name the columns")
    if not recognised(head, wanted):
        soon = list(islice(rows, MOST_TITLES))
        _check_title(first, [(n, [cell_text(c) for c in row]) for n, row in soon], wanted)
        rows = chain(soon, rows)
    header = _header(head, file, first, findings, wanted)
    chosen = _chosen(header, wanted)
    width = len(header)
    columns: dict[str, list[str]] = {name: [] for name in chosen}
    typed: dict[str, set[str]] = {name: set() for name in chosen}
    lines: list[int] = []
    wide: list[tuple[int, int]] = []
    for line, cells in rows:
        beyond = cells[width:]
        if beyond.count(None) < len(beyond):
            used = max(i for i, c in enumerate(cells, 1) if c is not None)
            wide.append((line, used))
            if len(wide) > 10 * MOST_MESSAGES:
                break
            continue
        lines.append(line)
        for name, position in chosen.items():
            value = cells[position] if position < len(cells) else None
            columns[name].append(cell_text(value))
            if isinstance(value, str) and len(value) < 40 and ("." in value or "," in value):
                typed[name].add(value.strip())
    over = np.array(wide, dtype=np.int64).reshape(-1, 2)
    if recognised(header, wanted):
        _uneven(file, over[:, 0], over[:, 1], width, findings, sheet=True)
    frame = pd.DataFrame({n: pd.Series(v, dtype=str) for n, v in columns.items()})
    at = np.array(lines, dtype=np.int64)
    last = max([first, *lines[-1:], *(line for line, _ in wide[-1:])])
    lost = unreadable_rows(marks(), file, (first, last), chosen, findings)
    if lost:
        whole = ~np.isin(at, np.array(sorted(lost), dtype=np.int64))
        frame, at = frame[whole], at[whole]
    table = _finished(file, header, frame, at, True, sha256, complete=not wide and not lost)
    return replace(table, typed={name: frozenset(words) for name, words in typed.items()})


def _filled(rows: Iterable[tuple[Any, ...]]) -> Iterator[tuple[int, tuple[Any, ...]]]:
    """The rows that hold something, with their numbers; a million empty ones take no time."""
    empty: tuple[Any, ...] = ()
    for line, cells in enumerate(rows, 1):
        if line > MOST_SHEET_ROWS:
            raise _Unread(None, "has more rows than a sheet can hold", "save it again")
        if cells is empty:
            continue
        if cells.count(None) == len(cells):
            empty = cells
        else:
            yield line, cells


def cell_text(value: object) -> str:
    """A cell of a sheet as the text a csv file would hold."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else f"{value:.15g}"
    if isinstance(value, dt.datetime):
        midnight = value.time() == dt.time()
        return value.date().isoformat() if midnight else value.isoformat(sep=" ")
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, dt.timedelta):
        minutes, seconds = divmod(round(value.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
    return str(value)


# --- parquet -----------------------------------------------------------------------------------


def _read_parquet(path: Path, file: str, findings: Findings, wanted: WantedColumns) -> Table:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        raise _Unread(
            None,
            "is parquet, and pyarrow is not installed",
            "`pip install 'recommender[parquet]'`, or save it as csv",
        ) from None
    sha256 = sha256_of(path)
    try:
        parts = pq.ParquetFile(path)
        facts = parts.metadata
        size = sum(facts.row_group(g).total_byte_size for g in range(facts.num_row_groups))
        if facts.num_rows > MOST_ROWS or size > MOST_BYTES:
            raise _Unread(None, f"has more than {MOST_ROWS:,} rows", "use segments")
        header = _header(parts.schema_arrow.names, file, 1, findings, wanted)
        chosen = _chosen(header, wanted)
        names = [parts.schema_arrow.names[p] for p in chosen.values()]
        columns = {}
        for name, original in zip(chosen, names, strict=True):
            columns[name] = _from_arrow(parts.read(columns=[original]).column(0), name)
    except pa.ArrowException:
        raise _Unread(None, "is not a readable parquet file", "write it again") from None
    frame = pd.DataFrame(columns, index=pd.RangeIndex(facts.num_rows))
    lines = np.arange(2, facts.num_rows + 2, dtype=np.int64)
    return _finished(file, header, frame, lines, False, sha256)


def _from_arrow(column: Any, name: str) -> pd.Series[Any]:
    """Numbers as numbers (null is NaN), everything else as text (null is empty).

    True and false are text: a number of hours or a grade is neither.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = column.type
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
        column = column.cast(kind)
    if pa.types.is_decimal(kind) and kind.scale <= 0 and kind.precision > 15:
        return pd.Series(pc.fill_null(column.cast(pa.string()), "").to_pandas(), dtype=str)
    if pa.types.is_decimal(kind) or pa.types.is_float16(kind):
        column = column.cast(pa.float64())
    if pa.types.is_decimal(kind) or pa.types.is_floating(kind):
        return pd.Series(column.to_numpy(), dtype=np.float64)
    if pa.types.is_integer(kind):
        if column.null_count == 0:
            return pd.Series(column.to_numpy())
        try:
            return pd.Series(column.cast(pa.float64()).to_numpy(), dtype=np.float64)
        except pa.ArrowInvalid:  # more digits than a float holds: ids, kept as text
            return pd.Series(pc.fill_null(column.cast(pa.string()), "").to_pandas(), dtype=str)
    if pa.types.is_null(kind):
        return pd.Series([""] * len(column), dtype=str)
    if pa.types.is_timestamp(kind):
        column = pc.strftime(column.cast(pa.timestamp("s")), "%Y-%m-%d %H:%M:%S")
    elif not (pa.types.is_string(kind) or pa.types.is_large_string(kind)):
        if pa.types.is_nested(kind) or pa.types.is_binary(kind):
            raise _Unread(1, f"column {name} holds no plain values", "write text or numbers")
        column = column.cast(pa.string())
    return pd.Series(pc.fill_null(column, "").to_pandas(), dtype=str)


_READERS: dict[str, Callable[[Path, str, Findings, WantedColumns], Table]] = {
    ".csv": _read_csv,
    ".xlsx": _read_xlsx,
    ".parquet": _read_parquet,
}
"""Suffix -> reader."""
