"""Files made to harm are refused quickly and in bounded memory, with an exit code and no traceback.

Every payload is handed to a command in a child of this process that may use little memory and
little time, and dies if it needs more.
"""

from __future__ import annotations

import io
import os
import resource
import shutil
import struct
import sys
import traceback
import zipfile
from collections.abc import Callable, Collection, Iterable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from recommender.cli.main import run

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")

MEMORY = 1 << 30
SECONDS = 20
LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12)).replace("a0;", "a;")
    + "]>"
)
OUTSIDE = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>'
ALL = "A1:XFD1048576"


def bounded(words: list[str]) -> tuple[int, str]:
    """Exit code (or minus the signal) and words of a command that may take little."""
    heard, said = os.pipe()
    child = os.fork()
    if not child:
        code = 99
        try:
            os.dup2(said, 1)
            os.dup2(said, 2)
            sys.stdout, sys.stderr = os.fdopen(1, "w"), os.fdopen(2, "w")
            used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
            resource.setrlimit(resource.RLIMIT_AS, (used + MEMORY, used + MEMORY))
            resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
            code = run(words)
            sys.stdout.flush()
            sys.stderr.flush()
        except BaseException:
            os.write(2, traceback.format_exc().encode())
        finally:
            os._exit(code)
    os.close(said)
    with os.fdopen(heard, "rb") as pipe:
        text = pipe.read().decode(errors="replace")
    _, status = os.waitpid(child, 0)
    return (-os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)), text


Edit = Callable[[dict[str, bytes]], None]


def rewritten(sheet: Path, target: Path, edit: Edit) -> None:
    """A copy of a workbook whose parts were edited."""
    with zipfile.ZipFile(sheet) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    edit(parts)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name, data in parts.items():
            new.writestr(name, data)


def first_sheet(parts: dict[str, bytes]) -> str:
    """The part that holds the first site of a review, or the only sheet of a table."""
    names = sorted(n for n in parts if n.startswith("xl/worksheets/sheet"))
    return names[min(1, len(names) - 1)]


def with_prolog(part: str, prolog: str) -> Edit:
    def edit(parts: dict[str, bytes]) -> None:
        name = first_sheet(parts) if part == "sheet" else part
        body = parts[name].decode()
        parts[name] = (prolog + body[body.index("?>") + 2 :] if "?>" in body else body).encode()
        if "?>" not in body:
            parts[name] = (prolog + body).encode()

    return edit


def in_sheet(old: str, new: str) -> Edit:
    def edit(parts: dict[str, bytes]) -> None:
        name = first_sheet(parts)
        body = parts[name].decode()
        assert old in body, body[-300:]
        parts[name] = body.replace(old, new, 1).encode()

    return edit


def more(name: str, data: bytes) -> Edit:
    return lambda parts: parts.__setitem__(name, data)


def many_parts(parts: dict[str, bytes]) -> None:
    parts.update({f"xl/media/{n}.bin": b"" for n in range(5_000)})


def many_rows(parts: dict[str, bytes]) -> None:
    rows = "".join(f'<row r="{n}"><c r="A{n}"/></row>' for n in range(5_000, 400_000))
    in_sheet("</sheetData>", rows + "</sheetData>")(parts)


def deep(parts: dict[str, bytes]) -> None:
    in_sheet("</sheetData>", "<row>" * 300_000 + "</row>" * 300_000 + "</sheetData>")(parts)


BOMBS: dict[str, Edit] = {
    **{
        f"laughs in {part}": with_prolog(part, LAUGHS)
        for part in ("sheet", "xl/workbook.xml", "xl/styles.xml", "[Content_Types].xml",
                     "xl/_rels/workbook.xml.rels", "docProps/core.xml")
    },
    "an outer file in the sheet": with_prolog("sheet", OUTSIDE),
    "an outer file in the workbook": with_prolog("xl/workbook.xml", OUTSIDE),
    "zeros": more("xl/media/a.bin", b"\0" * (600 << 20)),
    "many parts": many_parts,
    "a merge of all cells": in_sheet(
        "</sheetData>", f'</sheetData><mergeCells><mergeCell ref="{ALL}"/></mergeCells>'
    ),
    "many merges of many cells": in_sheet(
        "</sheetData>",
        "</sheetData><mergeCells>" + '<mergeCell ref="A9:ZZ9999"/>' * 50 + "</mergeCells>",
    ),
    "a last cell": in_sheet(
        "</sheetData>", '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    ),
    "a cell beyond the last": in_sheet(
        "</sheetData>", '<row r="99999999"><c r="XFD99999999"><v>1</v></c></row></sheetData>'
    ),
    "a list for all cells": in_sheet(
        "</sheetData>",
        f'</sheetData><conditionalFormatting sqref="{ALL}"><cfRule type="expression" priority="1">'
        "<formula>1</formula></cfRule></conditionalFormatting>",
    ),
    "many rows": many_rows,
    "depth": deep,
    "a text without end": in_sheet(
        "</sheetData>",
        '<row r="9000"><c r="G9000" t="inlineStr"><is><t>' + "a" * (40 << 20)
        + "</t></is></c></row></sheetData>",
    ),
    "a cycle of shared formulas": in_sheet(
        "</sheetData>",
        f'<row r="9000"><c r="G9000"><f t="shared" ref="{ALL}" si="0">G9000</f></c></row>'
        "</sheetData>",
    ),
    "an array of all cells": in_sheet(
        "</sheetData>",
        f'<row r="9000"><c r="G9000"><f t="array" ref="{ALL}">1</f></c></row></sheetData>',
    ),
    "broken XML": in_sheet("</sheetData>", "</sheetDat"),
    "a name of a part that climbs": more("../../../../climbed.xml", b"<x/>"),
}  # fmt: skip


def lying(sheet: Path, target: Path) -> None:
    """A part of 300 MB that says it is small."""
    rewritten(sheet, target, more("xl/big.xml", b"<x>" + b" " * (300 << 20) + b"</x>"))
    data = bytearray(target.read_bytes())
    at = data.rindex(b"PK\x01\x02", 0, data.rindex(b"xl/big.xml"))
    data[at + 24 : at + 28] = struct.pack("<I", 10)
    target.write_bytes(bytes(data))


def flagged(sheet: Path, target: Path) -> None:
    """A workbook that says it is encrypted."""
    data = bytearray(sheet.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(mark)
        while at >= 0:
            data[at + offset] |= 1
            at = data.find(mark, at + 4)
    target.write_bytes(bytes(data))


def nested(sheet: Path, target: Path) -> None:
    """A zip of zips."""
    inner = sheet.read_bytes()
    for n in range(5):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            archive.writestr(f"{n}.xlsx", inner)
        inner = buffer.getvalue()
    target.write_bytes(inner)


FILES: dict[str, Callable[[Path, Path], object]] = {
    "a part that lies about its size": lying,
    "encrypted": flagged,
    "zips in zips": nested,
    "cut off": lambda s, t: t.write_bytes(s.read_bytes()[:-200]),
    "cut in half": lambda s, t: t.write_bytes(s.read_bytes()[: s.stat().st_size // 2]),
    "a wrong sum": lambda s, t: t.write_bytes(s.read_bytes().replace(b"PK\x03\x04", b"PK\x03\x05")),
    "empty": lambda _, t: t.write_bytes(b""),
    "no zip": lambda _, t: t.write_bytes(b"\xd0\xcf\x11\xe0" + b"\0" * 5_000),
    "the end of a zip only": lambda _, t: t.write_bytes(b"PK\x05\x06" + b"\0" * 18),
}


HEAVY = {"many rows", "depth", "zeros", "a part that lies about its size", "a text without end"}


def some(names: Iterable[str], slow: Collection[str]) -> list[Any]:
    """The names as parameters, some of them for long runs only."""
    mark = pytest.mark.slow
    return [pytest.param(n, marks=mark) if n in slow else n for n in names]


HARMLESS = {
    "a list for all cells", "a name of a part that climbs", "a last cell",
    "a merge of all cells", "many merges of many cells",
}  # fmt: skip
"""What is passed over where it stands, and so may be read."""

ONE_CELL = {"a cycle of shared formulas", "an array of all cells", "many rows", "depth"}
"""What is one cell or none of a table, and so may be read there."""


@pytest.mark.many(5)
@pytest.mark.parametrize("name", some([*BOMBS, *FILES], HEAVY))
def test_a_sheet_made_to_harm_is_refused_within_bounds(
    name: str, region: Path, handed_in: Path, tmp_path: Path, record_property: Any
) -> None:
    target = tmp_path / "sheet.xlsx"
    if name in BOMBS:
        rewritten(handed_in, target, BOMBS[name])
    else:
        FILES[name](handed_in, target)
    code, said = bounded(["decide", str(region), str(target)])
    assert code == 3 or (name in HARMLESS and code == 0), (code, said[-2000:])
    assert "Traceback" not in said
    assert len(said) < 5_000
    assert (region / "data/decisions.csv").exists() == (code == 0)
    assert not (tmp_path.parent / "climbed.xml").exists()
    record_property("payloads", 1)


@pytest.mark.many(5)
@pytest.mark.parametrize("name", some([*BOMBS, *FILES], HEAVY))
def test_a_table_made_to_harm_is_refused_within_bounds(
    name: str, region: Path, tmp_path: Path, record_property: Any
) -> None:
    table, good, target = (
        region / "data/pupils.csv",
        tmp_path / "good.xlsx",
        region / "data/pupils.xlsx",
    )
    pd.read_csv(table, dtype=str).to_excel(good, index=False)
    table.unlink()
    if name in BOMBS:
        rewritten(good, target, BOMBS[name])
    else:
        FILES[name](good, target)
    code, said = bounded(["check", str(region)])
    assert code == 3 or (name in HARMLESS | ONE_CELL and code == 0), (code, said[-2000:])
    assert "Traceback" not in said
    record_property("payloads", 1)


DOCUMENTS = {
    "depth": "[" * 200_000,
    "depth of objects": '{"a":' * 100_000,
    "a number without end": '{"format": ' + "9" * 100_000 + "}",
    "infinity": '{"format": 1e999}',
    "not a number": '{"format": NaN}',
    "null": "null",
    "a list": "[]",
    "a text": '"x"',
    "half": '{"format": "recommender plan folder 1", "version"',
    "bytes": "\udcff\udcfe",
    "a twin": '{"format": "a", "format": "b"}',
    "keys": "{" + ",".join(f'"{n}": {n}' for n in range(200_000)) + "}",
}


LONGER = {"depth of objects", "infinity", "not a number", "null", "a list", "a text", "a twin"}


@pytest.mark.many(6)
@pytest.mark.parametrize("file", ["manifest.json", "plan.json"])
@pytest.mark.parametrize("name", some(DOCUMENTS, LONGER))
def test_a_document_made_to_harm_is_refused_within_bounds(
    name: str, file: str, region: Path, tmp_path: Path, record_property: Any
) -> None:
    plan = region / "plan"
    data = DOCUMENTS[name].encode("utf-8", "surrogateescape")
    (plan / file).write_bytes(data)
    commands = [
        ["verify", str(plan)],
        ["review", str(plan), "-o", str(tmp_path / "x.xlsx")],
        ["replay", str(plan)],
        ["document", str(plan), "--kind", "dpia", "-o", str(tmp_path / "x.md")],
        ["export", str(plan), "--to", str(tmp_path / "x.csv")],
        ["plan", str(region), "-o", str(region / "b"), "--keep", str(plan)],
    ]
    for words in commands:
        code, said = bounded(words)
        assert code in (1, 2, 3), (words[0], code, said[-2000:])
        assert "Traceback" not in said
        assert "bug" not in said
        assert len(said) < 5_000
    record_property("payloads", len(commands))


TEXTS = {
    "one long line": b"person,a,b,ratio\n" + b"x" * (30 << 20),
    "nuls": b"person,a,b,ratio\n" + b"\0" * 1_000_000,
    "an open quote": b'person,a,b,ratio\n"' + b"a,b\n" * 1_000_000,
    "a million columns": b",".join(b"c%d" % n for n in range(1_000_000)) + b"\n1\n",
    "utf-16": "person,a,b,ratio\n".encode("utf-16"),
    "a number without end": b"person,a,b,ratio\nann,lag,care," + b"9" * 1_000_000 + b"\n",
    "infinity": b"person,a,b,ratio\nann,lag,care,inf\n",
    "a formula": b"person,a,b,ratio\n=cmd|'/c calc'!A0,lag,care,x\n",
    "empty": b"",
}


@pytest.mark.many(4)
@pytest.mark.parametrize("name", TEXTS)
def test_a_text_made_to_harm_is_refused_within_bounds(
    name: str, tmp_path: Path, record_property: Any
) -> None:
    (tmp_path / "said.csv").write_bytes(TEXTS[name])
    code, said = bounded(["elicit", str(tmp_path / "said.csv")])
    assert code == 3, (code, said[-2000:])
    assert "Traceback" not in said
    assert len(said) < 5_000
    record_property("payloads", 1)


@pytest.mark.many(4)
@pytest.mark.parametrize("name", ["log.jsonl", "head.json"])
@pytest.mark.parametrize("payload", some(DOCUMENTS, LONGER))
def test_a_log_made_to_harm_is_found_within_bounds(
    name: str, payload: str, region: Path, record_property: Any
) -> None:
    data = DOCUMENTS[payload].encode("utf-8", "surrogateescape")
    (region / ".audit" / name).write_bytes(data + b"\n")
    for words in (["audit", "verify"], ["audit", "list"], ["audit", "overrules"]):
        code, said = bounded([*words, str(region)])
        assert code == 1 or words[1] != "verify", said[-2000:]
        assert code in (0, 1, 3), (words, code, said[-2000:])
        assert "Traceback" not in said
        assert "bug" not in said
    record_property("payloads", 3)


def test_a_folder_of_links_that_turn_in_circles_is_no_workspace(region: Path) -> None:
    shutil.rmtree(region / "data")
    (region / "data").symlink_to(region / "data")
    code, said = bounded(["check", str(region)])
    assert code == 3, said
    assert "Traceback" not in said
