"""What a workbook unfolds to, measured as it unfolds: nothing is taken from what it says of itself.

A workbook of a few hundred kilobytes may hold a hundred million empty cells, each of which takes
its time; an XML part with a document type may hold more still.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from typing import IO

MOST_PARTS = 2_000
MOST_CELLS = 3_000_000
"""Cells of one sheet, empty ones too: 100,000 pupils with thirty columns each."""
MOST_BLANKS = 500_000
"""Cells in which nothing stands, and rows without a cell."""
MOST_OTHERS = 500_000
"""Elements of one part that are no cells: styles and the like."""
PIECE = 2**18
"""Bytes that are unfolded at once."""

_ELEMENT = re.compile(rb"<(?:[\w.\-]+:)?([A-Za-z][\w.\-]*)(?=[\s/>])")
_CELLS = frozenset((b"c", b"row", b"v", b"f", b"is", b"t", b"si", b"r"))
_LONGEST = 100


class Unreadable(Exception):
    """Why a workbook is not read: the message and the remedy."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.message, self.remedy = message, remedy


def measured_unfolding(data: bytes, most_bytes: int) -> None:
    """Unfold the XML parts of a workbook once, and stop as soon as there is too much of anything.

    Raises:
        Unreadable: it is no archive, declares entities, or unfolds to more than fits.
    """
    too_much = Unreadable(f"unpacks to more than {most_bytes // 2**20} MiB", "save it as csv")
    left = most_bytes
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            if len(parts) > MOST_PARTS or sum(p.file_size for p in parts) > most_bytes:
                raise too_much
            for part in parts:
                if part.filename.lower().endswith((".xml", ".rels")):
                    with archive.open(part) as stream:
                        _check_prolog(stream)
            for part in parts:
                if part.filename.lower().endswith((".xml", ".rels")):
                    with archive.open(part) as stream:
                        left -= _measure_part(stream, left)
                if left < 0:
                    raise too_much
    except (
        zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, ValueError,
    ):  # fmt: skip
        raise Unreadable(
            "is not a readable xlsx file", "save it again as .xlsx or as csv"
        ) from None


def _measure_part(stream: IO[bytes], most_bytes: int) -> int:
    """Return how many bytes a part unfolds to; raises Unreadable at the first budget it passes."""
    size, rest = 0, b""
    found: dict[bytes, int] = {}
    while piece := stream.read(PIECE):
        if not size and b"\0" in piece:
            raise Unreadable("is not written as UTF-8", "save it again from a spreadsheet program")
        size += len(piece)
        rest += piece
        last = rest.rfind(b"<")
        end = last if last >= 0 and len(rest) - last < _LONGEST else len(rest)
        for name in _ELEMENT.findall(rest[:end]):
            found[name] = found.get(name, 0) + 1
        rest = rest[end:]
        _judge(found)
        if size > most_bytes:
            break
    return size


def _judge(found: dict[bytes, int]) -> None:
    cells, texts = found.get(b"c", 0), found.get(b"si", 0)
    if max(cells, texts, found.get(b"t", 0), found.get(b"r", 0)) > MOST_CELLS:
        raise Unreadable(f"has more than {MOST_CELLS:,} cells", "save it as csv or as parquet")
    blank = cells - found.get(b"v", 0) - found.get(b"is", 0) - found.get(b"f", 0)
    if max(blank, found.get(b"row", 0) - cells) > MOST_BLANKS:
        raise Unreadable(
            f"has more than {MOST_BLANKS:,} empty cells or rows",
            "delete the rows below and the columns beside the table, or save it as csv",
        )
    if sum(number for name, number in found.items() if name not in _CELLS) > MOST_OTHERS:
        raise Unreadable(
            f"holds more than {MOST_OTHERS:,} styles or other things that are no cells",
            "copy the values into a new workbook, or save it as csv",
        )


class _PrologEnd(Exception):
    """The first element of an XML part was reached."""


def _check_prolog(stream: IO[bytes]) -> None:
    """Refuse an XML part with a document type: sheets have none, entity bombs need one."""
    from xml.parsers import expat

    def refuse(*_: object) -> None:
        raise Unreadable("declares XML entities", "save it again from a spreadsheet program")

    def stop(*_: object) -> None:
        raise _PrologEnd

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = stop
    try:
        while block := stream.read(4096):
            parser.Parse(block, False)
    except _PrologEnd:
        return
    except expat.ExpatError:
        raise Unreadable("is not a readable xlsx file", "save it again") from None
