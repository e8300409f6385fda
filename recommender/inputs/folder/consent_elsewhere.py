"""Whether a file that nothing reads speaks of consent: a refusal in it would be passed over."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path, PurePosixPath

from recommender.inputs.folder.file_names import FOLDERS_OF_TABLES
from recommender.inputs.text.names import plain_name

_SPEAKS = re.compile(
    "consent|toestemm|instemm|permission|akkoord|bezwaar|bezware|objection|weiger|refus"
    "|optout|optedout|afgemeld|uitgeschreven|ingetrokken|intrekking|geendeelname|nietmeedoen"
)
_NOT_YET = ("arrivals", "delivered", "effects", "propensities")
"""Tables that are declared, and that this version does not read."""
_MOST_BYTES = 2**16
_MOST_PACKED = 2**24


def is_of_another_version(file: str) -> bool:
    """Whether a path of a workspace is a table that is declared and not read yet."""
    path = PurePosixPath(file)
    return path.parent.as_posix() == "data" and path.stem in _NOT_YET


def where_consent_is_spoken_of(path: Path, file: str) -> str:
    """What of a file in data/ speaks of consent, as part of a sentence; "" if nothing does.

    Args:
        path: the file.
        file: its path inside the workspace.
    """
    parts = PurePosixPath(file).parts
    if (
        len(parts) < 2
        or plain_name(parts[0]) not in FOLDERS_OF_TABLES
        or is_of_another_version(file)
    ):
        return ""
    if any(_SPEAKS.search(plain_name(part)) for part in parts[1:]):
        return "its name speaks"
    names = [plain_name(name) for name in _first_names(path)]
    return "a column of it speaks" if any(map(_SPEAKS.search, names)) else ""


def _first_names(path: Path) -> list[str]:
    """The names in the first line of a table, of any length below that of a sentence."""
    reader = {".xlsx": _of_sheet, ".xlsm": _of_sheet, ".parquet": _of_parquet}.get(
        path.suffix.lower(), _of_text
    )
    if path.is_symlink():
        return []
    try:
        names = reader(path)
    except Exception:
        return []  # no table: what it is called is all that is known of it
    return [name for name in names if len(name) <= 60]


def _of_text(path: Path) -> list[str]:
    with path.open("rb") as stream:
        head = stream.read(_MOST_BYTES)
    if b"\0" in head:
        return []
    first = head.decode("utf-8-sig", errors="replace").lstrip().partition("\n")[0]
    mark = max(",;\t", key=first.count)
    return next(csv.reader(io.StringIO(first), delimiter=mark), [])


def _of_sheet(path: Path) -> list[str]:
    import openpyxl

    if path.stat().st_size > _MOST_PACKED:
        return []
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    try:
        sheet = book.worksheets[0]
        rows = sheet.iter_rows(max_row=1, max_col=200, values_only=True)
        return [str(cell) for cell in next(rows, ()) if cell is not None]
    finally:
        book.close()


def _of_parquet(path: Path) -> list[str]:
    import pyarrow.parquet as pq

    return [str(name) for name in pq.read_schema(path).names]
