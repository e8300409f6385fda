"""One table reads equal in every dialect; hostile and broken files are refused with their place."""

from __future__ import annotations

import builtins
import hashlib
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recommender.errors import InputError
from recommender.inputs.findings import Findings
from recommender.inputs.formats import tables
from recommender.inputs.formats.tables import load_table, read_table

LETTERS = st.text(
    st.sampled_from("abcXYZ019 -_.:'/éëïüñß\"\n,;"), max_size=8
).map(lambda s: s.strip())  # fmt: skip
ROWS = st.integers(1, 4).flatmap(
    lambda width: st.lists(
        st.lists(LETTERS, min_size=width, max_size=width).filter(any), min_size=1, max_size=6
    )
)
ANY_TMP = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def _quoted(cell: str, separator: str, always: bool) -> str:
    special = any(c in cell for c in (separator, '"', "\n", "\r"))
    doubled = cell.replace('"', '""')
    return f'"{doubled}"' if special or always else cell


def _as_csv(
    rows: list[list[str]], separator: str, newline: str, always: bool = False, last: bool = True
) -> str:
    lines = [separator.join(_quoted(c, separator, always) for c in row) for row in rows]
    return newline.join(lines) + (newline if last else "")


def _cells(table: tables.Table) -> list[list[str]]:
    return table.frame.to_numpy(dtype=object).tolist()


def _lines(rows: list[list[str]]) -> list[int]:
    """The line each row starts on, header first, counted by hand."""
    line, found = 1, []
    for row in rows:
        found.append(line)
        line += 1 + sum(c.count("\n") for c in row)
    return found


@ANY_TMP
@given(
    rows=ROWS,
    separator=st.sampled_from(",;"),
    newline=st.sampled_from(["\n", "\r\n", "\r"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "cp1252"]),
    always=st.booleans(),
    last=st.booleans(),
)
def test_a_csv_table_reads_equal_in_every_dialect(
    tmp_path: Path, rows: list[list[str]], separator: str, newline: str, encoding: str,
    always: bool, last: bool,
) -> None:  # fmt: skip
    header = [f"column {n}" for n in range(len(rows[0]))]
    if len(header) == 1:
        separator = ","
    text = _as_csv([header, *rows], separator, newline, always, last)
    data = text.encode(encoding)
    path = tmp_path / "table.csv"
    path.write_bytes(data)
    table = read_table(path)
    assert table.header == tuple(header)
    assert _cells(table) == rows
    assert table.lines.tolist() == _lines([header, *rows])[1:]
    assert table.sha256 == hashlib.sha256(data).hexdigest()
    assert table.decimal_comma == (separator == ";")


@settings(ANY_TMP, max_examples=20)
@given(rows=ROWS)
def test_sheets_and_parquet_read_like_csv(tmp_path: Path, rows: list[list[str]]) -> None:
    header = [f"column {n}" for n in range(len(rows[0]))]
    book = openpyxl.Workbook()
    sheet: Any = book.active
    for at, row in enumerate([header, *rows], 1):
        for column, cell in enumerate(row, 1):
            sheet.cell(at, column).value = cell
            sheet.cell(at, column).data_type = "s"
    book.save(tmp_path / "table.xlsx")
    pd.DataFrame(rows, columns=header).to_parquet(tmp_path / "table.parquet")
    for suffix in ("xlsx", "parquet"):
        table = read_table(tmp_path / f"table.{suffix}")
        assert table.header == tuple(header)
        assert _cells(table) == rows
        assert table.lines.tolist() == list(range(2, len(rows) + 2))


def _read(
    tmp_path: Path, data: str | bytes, name: str = "t.csv"
) -> tuple[tables.Table | None, Findings]:
    path = tmp_path / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    findings = Findings()
    return load_table(path, name, findings), findings


def test_the_last_record_counts_whatever_ends_it() -> None:
    for end in (b"", b"\r", b"\n", b"\r\n"):
        records = tables._records(b"a\r0" + end, ord(","))
        assert records is not None
        assert records.lines.tolist() == [1, 2]


@pytest.mark.parametrize("step", [1, 2, 3, 7])
def test_records_are_found_however_the_text_is_cut_up(step: int) -> None:
    text = b'a,b\r\n"x,\r\n""y""",2\r\n\r\n3,"4"\n5,6\r7,8'
    whole = tables._records(text, ord(","))
    parts = tables._records(text, ord(","), step=step)
    assert whole is not None
    assert parts is not None
    assert whole.lines.tolist() == [1, 2, 4, 5, 6, 7]
    assert whole.cells.tolist() == [2, 2, 1, 2, 2, 2]
    for field in ("starts", "lines", "cells", "blank"):
        assert getattr(whole, field).tolist() == getattr(parts, field).tolist()


def test_quotes_inside_a_cell_are_ordinary_letters(tmp_path: Path) -> None:
    table, findings = _read(tmp_path, 'a,b\n5" pipe,"x\ny"\n3,4\n')
    assert table is not None
    assert findings.problems == []
    assert _cells(table) == [['5" pipe', "x\ny"], ["3", "4"]]
    assert table.lines.tolist() == [2, 4]


def test_blank_lines_and_rows_without_anything_are_skipped(tmp_path: Path) -> None:
    table, findings = _read(tmp_path, "a,b\n\n1,2\n,\n  \n3,4\n\n")
    assert table is not None
    assert findings.problems == []
    assert _cells(table) == [["1", "2"], ["3", "4"]]
    assert table.lines.tolist() == [3, 6]


def test_blanks_around_names_and_cells_do_not_count(tmp_path: Path) -> None:
    table, _ = _read(tmp_path, " a ; b\n x ;\u00a0y\u00a0\n")
    assert table is not None
    assert table.header == ("a", "b")
    assert _cells(table) == [["x", "y"]]


def test_columns_nobody_asked_for_are_not_read(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("a,b,c\n1,2,3\n")
    table = read_table(tmp_path / "t.csv", wanted=["c", "a", "z"])
    assert table.header == ("a", "b", "c")
    assert list(table.frame) == ["a", "c"]
    assert _cells(table) == [["1", "3"]]


def test_a_table_that_is_read_as_windows_text_is_warned_about(tmp_path: Path) -> None:
    table, findings = _read(tmp_path, "a,b\n1,2\ncafé,3\n".encode("cp1252"))
    assert table is not None
    assert _cells(table)[1] == ["café", "3"]
    assert [str(w) for w in findings.warnings] == [
        "t.csv line 3: is not UTF-8 and is read as Windows text (cp1252); save it as 'CSV UTF-8' "
        "to be sure of accents"
    ]


@pytest.mark.parametrize(
    ("data", "messages"),
    [
        ("", ["t.csv: is empty; the first line must name the columns"]),
        (",\n1,2\n", ["t.csv line 1: has no column names; the first line must name the columns"]),
        ("a,\n1,2\n", ["t.csv line 1: column 2 has no name; name it or delete it"]),
        ("a,b,a\n1,2,3\n", ["t.csv line 1: a name stands 2 times in the header (columns 1 and 3); keep one of them"]),  # noqa: E501
        ("a\tb\n1\t2\n", ["t.csv line 1: is separated by tabs; save it with commas or semicolons"]),
        ('a,b\n1,"2\n3,4\n', ["t.csv line 2: opens a quotation mark that is never closed; close it, or remove it"]),  # noqa: E501
        ("a,b\n1,2\n\x00,4\n", ["t.csv line 3: holds a NUL byte; save it as csv again"]),
        (b"\xff\xfea\x00", ["t.csv: is UTF-16 text; save it as 'CSV UTF-8'"]),
        (b"a,b\n1,\x81\xff\n", ["t.csv line 2: is neither UTF-8 nor Windows text; save it as 'CSV UTF-8'"]),  # noqa: E501
        (
            'a,b\n"x\ny",2\n1,2,3\n4\n',
            [
                't.csv line 4: has 3 cells, the header has 2; put a cell that holds the separator between quotes (")',  # noqa: E501
                "t.csv line 5: has 1 cells, the header has 2; fill the row up with empty cells",
            ],
        ),
        (
            'a,b\n5" x,2\n1,2,3\n',
            ['t.csv line 3: has 3 cells, the header has 2; put a cell that holds the separator between quotes (")'],  # noqa: E501
        ),
        ("," .join(f"c{n}" for n in range(3000)) + "\n", ["t.csv line 1: has more than 2,000 columns; keep what is needed"]),  # noqa: E501
    ],
    ids=["empty", "no names", "no name", "twice", "tabs", "quote", "nul", "utf-16", "bytes", "uneven", "uneven odd", "wide"],  # noqa: E501
)  # fmt: skip
def test_a_broken_csv_is_said_with_its_line(
    tmp_path: Path, data: str | bytes, messages: list[str]
) -> None:
    _, findings = _read(tmp_path, data)
    assert [str(p) for p in findings.problems] == messages


def test_uneven_rows_are_left_out_and_the_others_kept(tmp_path: Path) -> None:
    table, findings = _read(tmp_path, "a,b\n1,2\n3,4,5\n6,7\n" + "8\n" * 50)
    assert table is not None
    assert _cells(table) == [["1", "2"], ["6", "7"]]
    assert not table.complete
    assert len(findings.problems) == 21
    assert "31 more rows have too many or too few cells" in str(findings.problems[-1])


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("t.ods", "t.ods: is no table; use .csv, .xlsx or .parquet"),
        ("gone.csv", "gone.csv: is missing; put the file there"),
    ],
)
def test_another_kind_of_file_is_said(tmp_path: Path, name: str, message: str) -> None:
    (tmp_path / "t.ods").write_text("x")
    with pytest.raises(InputError) as caught:
        read_table(tmp_path / name)
    assert str(caught.value) == message


@pytest.fixture
def sheet_of(tmp_path: Path) -> Callable[..., Path]:
    def make(*rows: list[object], second: bool = False) -> Path:
        book = openpyxl.Workbook()
        sheet: Any = book.active
        for row in rows:
            sheet.append(row)
        if second:
            book.create_sheet("more")
        book.save(tmp_path / "t.xlsx")
        return tmp_path / "t.xlsx"

    return make


def test_cells_of_a_sheet_become_clean_text(sheet_of: Callable[..., Path]) -> None:
    import datetime as dt

    path = sheet_of(
        ["id", "n", "x", "d", "t", "b", None],
        [7, 3.0, 0.1 + 0.2, dt.datetime(2026, 11, 1), dt.datetime(2026, 11, 1, 8, 30), True, None],
        [None] * 7,
        ["007", None, -1.5, dt.date(2026, 1, 2), None, False, None],
    )
    table = read_table(path)
    assert table.header == ("id", "n", "x", "d", "t", "b")
    assert _cells(table) == [
        ["7", "3", "0.3", "2026-11-01", "2026-11-01 08:30:00", "true"],
        ["007", "", "-1.5", "2026-01-02", "", "false"],
    ]
    assert table.lines.tolist() == [2, 4]


def test_a_row_beyond_the_header_of_a_sheet_is_said(sheet_of: Callable[..., Path]) -> None:
    with pytest.raises(InputError) as caught:
        read_table(sheet_of(["a", "b"], [1, 2], [1, 2, None, 9]))
    assert str(caught.value) == (
        "t.xlsx line 3: has a cell in column 4, the header names 2; name column 4 in the header, "
        "or empty the cell"
    )


def test_only_the_first_sheet_is_read_and_that_is_said(sheet_of: Callable[..., Path]) -> None:
    findings = Findings()
    table = load_table(sheet_of(["a"], [1], second=True), "t.xlsx", findings)
    assert table is not None
    assert [str(w) for w in findings.warnings] == [
        "t.xlsx: has 2 sheets; only the first is read; move the table to the first sheet"
    ]


def _with_part(path: Path, part: str, content: bytes) -> None:
    """The sheet with one part of its archive replaced or added."""
    parts: dict[str, bytes] = {}
    with zipfile.ZipFile(path) as archive:
        parts = {n: archive.read(n) for n in archive.namelist()}
    parts[part] = content
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)


LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
    + b"]><worksheet>&j;</worksheet>"
)


@pytest.mark.parametrize(
    ("bomb", "why"),
    [
        ("unpacks", "unpacks to more than 64 MiB; save it as csv"),
        ("parts", "unpacks to more than 64 MiB; save it as csv"),
        ("laughs", "declares XML entities; save it again from a spreadsheet program"),
        ("laughs in utf-16", "declares XML entities; save it again from a spreadsheet program"),
        ("text", "is not a readable xlsx file; save it again as .xlsx or as csv"),
        ("zip", "is not a readable xlsx file; save it again as .xlsx or as csv"),
        ("torn", "is not a readable xlsx file; save it again as .xlsx or as csv"),
    ],
)
def test_a_sheet_that_is_a_bomb_is_refused_in_little_memory(
    bomb: str, why: str, sheet_of: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = sheet_of(["a"], [1])
    monkeypatch.setattr(tables, "MOST_UNPACKED", 2**26)
    if bomb == "unpacks":
        with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
            zeros = b"\0" * 2**24
            with archive.open("xl/worksheets/sheet9.xml", "w", force_zip64=True) as part:
                for _ in range(5):
                    part.write(zeros)
    elif bomb == "parts":
        with zipfile.ZipFile(path, "a") as archive:
            for n in range(2_100):
                archive.writestr(f"x{n}", b"")
    elif bomb == "laughs":
        _with_part(path, "xl/worksheets/sheet1.xml", LAUGHS)
    elif bomb == "laughs in utf-16":
        text = LAUGHS.decode().replace('version="1.0"', 'version="1.0" encoding="UTF-16"')
        _with_part(path, "xl/worksheets/sheet1.xml", text.encode("utf-16"))
    elif bomb == "text":
        path.write_text("a,b\n")
    elif bomb == "zip":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("readme", b"x")
    else:
        path.write_bytes(path.read_bytes()[:-200])
    findings = Findings()
    tracemalloc.start()
    try:
        assert load_table(path, "t.xlsx", findings) is None
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert [str(p) for p in findings.problems] == [f"t.xlsx: {why}"]
    assert peak < 50e6


def test_a_sheet_that_claims_to_be_huge_is_read_as_it_is(sheet_of: Callable[..., Path]) -> None:
    path = sheet_of(["a", "b"], [1, 2])
    with zipfile.ZipFile(path) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    assert b'ref="A1:B2"' in sheet
    _with_part(path, "xl/worksheets/sheet1.xml", sheet.replace(b"A1:B2", b"A1:XFD1048576"))
    assert _cells(read_table(path)) == [["1", "2"]]


def test_parquet_keeps_numbers_and_turns_the_rest_into_text(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "i": [1, 2],
            "x": [0.5, None],
            "b": pd.array([True, None], dtype="boolean"),
            "d": pd.to_datetime(["2026-11-01", None]),
            "c": pd.Categorical(["u", None]),
            "s": ["x ", None],
        }
    )
    frame.to_parquet(tmp_path / "t.parquet")
    table = read_table(tmp_path / "t.parquet")
    assert table.frame["i"].tolist() == [1, 2]
    assert table.frame["x"].dtype == "float64"
    assert table.frame["b"].tolist() == ["true", ""]
    assert [table.frame[c].tolist() for c in "dcs"] == [
        ["2026-11-01 00:00:00", ""], ["u", ""], ["x", ""],
    ]  # fmt: skip


@pytest.mark.parametrize("data", [b"", b"PAR1", b"PAR1xxxxPAR1"])
def test_a_broken_parquet_file_is_said(tmp_path: Path, data: bytes) -> None:
    _, findings = _read(tmp_path, data, "t.parquet")
    assert [str(p) for p in findings.problems] == [
        "t.parquet: is not a readable parquet file; write it again"
    ]


def test_parquet_without_its_package_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = builtins.__import__

    def without(name: str, *args: Any, **kwargs: Any) -> Any:
        if name.startswith("pyarrow"):
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without)
    _, findings = _read(tmp_path, b"PAR1", "t.parquet")
    assert [str(p) for p in findings.problems] == [
        "t.parquet: is parquet, and pyarrow is not installed; `pip install "
        "'recommender[parquet]'`, or save it as csv"
    ]


@pytest.mark.slow
def test_two_hundred_thousand_rows_are_read_with_bounded_memory(tmp_path: Path) -> None:
    rows = 200_000
    frame = pd.DataFrame(
        {
            "unit_id": [f"p{n:06}" for n in range(rows)],
            "note": ['a "word", and\nmore'] * rows,
            **{f"x{k}": [(7 * n + k) % 1000 / 10 for n in range(rows)] for k in range(20)},
        }
    )
    path = tmp_path / "t.csv"
    frame.to_csv(path, index=False)
    tracemalloc.start()
    table = read_table(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert table.rows == rows
    assert table.lines[-1] == 2 * rows
    assert table.frame["note"].nunique() == 1
    assert (table.frame["x3"].astype(float) == frame["x3"]).all()
    assert peak < 12 * path.stat().st_size


def test_a_stream_of_commas_in_the_header_is_bounded() -> None:
    assert tables._separator(b"," * 10_000_000)[0] == ","
