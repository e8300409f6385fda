"""A table as it was handed in, without the rows of one unit: every other row stays as it was."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from pathlib import Path

from recommender.inputs.formats.tables import cell_text
from recommender.inputs.text.spelling import folded

TABLES = ("pupils", "history", "profiles", "notes", "commitments", "decisions", "present")
"""The tables that have rows of units, in the column ``unit_id``."""

COLUMN = "unit_id"


def table_without_unit(path: Path, unit: str) -> tuple[bytes, int]:
    """Return what a table holds without the rows of a unit, and how many rows those are.

    Args:
        path: a .csv, .xlsx or .parquet that ``check`` accepts.
        unit: its id; spellings that count as the same id are meant too.
    """
    data = path.read_bytes()
    key = _key(unit)
    if path.suffix == ".xlsx":
        return _sheet(data, key)
    if path.suffix == ".parquet":
        return _parquet(path, data, key)
    return _text(data, key)


def _text(data: bytes, key: str) -> tuple[bytes, int]:
    encoding = _encoding(data)
    lines = list(io.StringIO(data.decode(encoding), newline=""))
    first = next((line for line in lines if line.strip()), "")
    separator = ";" if first.count(";") > first.count(",") else ","
    reader = csv.reader(iter(lines), delimiter=separator)
    kept: list[str] = []
    at, begin, gone = -1, 0, 0
    for row in reader:
        here = lines[begin : reader.line_num]
        begin = reader.line_num
        if at < 0 and any(row):
            at = _place(row)
        elif 0 <= at < len(row) and _key(row[at]) == key:
            gone += 1
            continue
        kept += here
    return ("".join(kept).encode(encoding) if gone else data), gone


def _encoding(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if data.startswith(b"\xef\xbb\xbf"):
        return "utf-8-sig"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _sheet(data: bytes, key: str) -> tuple[bytes, int]:
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(data))
    page = book.worksheets[0]
    at, gone = -1, []
    for number, cells in enumerate(page.iter_rows(values_only=True), 1):
        if at < 0:
            if any(cell is not None for cell in cells):
                at = _place(cells)
        elif at < len(cells) and _key(cells[at]) == key:
            gone.append(number)
    if not gone:
        return data, 0
    for number in reversed(gone):
        page.delete_rows(number)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue(), len(gone)


def _parquet(path: Path, data: bytes, key: str) -> tuple[bytes, int]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pq.read_table(path)
    if COLUMN not in table.column_names:
        return data, 0
    keep = [_key(value) != key for value in table.column(COLUMN).to_pylist()]
    if all(keep):
        return data, 0
    stream = io.BytesIO()
    pq.write_table(table.filter(pa.array(keep)), stream)
    return stream.getvalue(), keep.count(False)


def _key(cell: object) -> str:
    return folded(cell_text(cell))


def _place(header: Iterable[object]) -> int:
    """The position of the ids, past the end where there are none."""
    names = [str(name or "").strip() for name in header]
    return names.index(COLUMN) if COLUMN in names else len(names)
