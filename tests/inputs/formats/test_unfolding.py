"""A workbook is unfolded no further than its budgets, whatever it says of itself."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from recommender.inputs.findings import Findings
from recommender.inputs.formats import unfolding
from recommender.inputs.formats.tables import load_table
from recommender.inputs.formats.unfolding import Unreadable, measured_unfolding

BLANK = '<c r="B2" s="1"/>'
FILLED = '<c r="B2"><v>1</v></c>'


class Endless(io.RawIOBase):
    """A part that never ends, and how often it was read."""

    def __init__(self, start: str, again: str) -> None:
        self.reads = 0
        self._pieces = self._from(
            start.encode(), (again * (unfolding.PIECE // len(again))).encode()
        )

    @staticmethod
    def _from(start: bytes, again: bytes) -> Iterator[bytes]:
        yield start
        for _ in count():
            yield again

    def read(self, _size: int = -1) -> bytes:
        self.reads += 1
        return next(self._pieces)


def archive(sheet: str, **others: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/worksheets/sheet1.xml", sheet)
        for name, text in others.items():
            book.writestr(f"xl/{name}.xml", text)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("again", "budget", "why"),
    [
        (FILLED, "MOST_CELLS", "more than 1,000 cells"),
        (FILLED.replace("<c ", "<x:c "), "MOST_CELLS", "more than 1,000 cells"),
        ("<si><t>a</t></si>", "MOST_CELLS", "more than 1,000 cells"),
        (BLANK, "MOST_BLANKS", "more than 1,000 empty cells or rows"),
        ('<row r="7"/>', "MOST_BLANKS", "more than 1,000 empty cells or rows"),
        ("<xf/>", "MOST_OTHERS", "more than 1,000 styles"),
    ],
)
def test_a_part_without_end_is_read_no_further_than_its_budget(
    again: str, budget: str, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unfolding, "PIECE", 4096)
    monkeypatch.setattr(unfolding, budget, 1_000)
    part = Endless("<worksheet>", again)
    with pytest.raises(Unreadable, match=why):
        unfolding._measure_part(part, 2**40)  # type: ignore[arg-type]
    assert part.reads <= 3 + 1_000 * len(again) // 4096 * 2


def test_a_part_without_end_is_unfolded_no_further_than_there_are_bytes_left() -> None:
    part = Endless("<worksheet><c><v>", "a" * 1024)
    assert unfolding._measure_part(part, 10 * unfolding.PIECE) > 10 * unfolding.PIECE  # type: ignore[arg-type]
    assert part.reads <= 12


@pytest.mark.parametrize("piece", [1, 7, 64, 2**18])
def test_cells_are_counted_the_same_wherever_a_piece_ends(
    piece: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unfolding, "PIECE", piece)
    data = archive("<worksheet><row>" + FILLED * 10 + "</row></worksheet>")
    monkeypatch.setattr(unfolding, "MOST_CELLS", 10)
    measured_unfolding(data, 2**20)
    monkeypatch.setattr(unfolding, "MOST_CELLS", 9)
    with pytest.raises(Unreadable, match="more than 9 cells"):
        measured_unfolding(data, 2**20)


def test_a_sheet_of_empty_cells_is_refused_with_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unfolding, "MOST_BLANKS", 5_000)
    path = tmp_path / "pupils.xlsx"
    path.write_bytes(archive("<worksheet><row>" + BLANK * 6_000 + "</row></worksheet>"))
    findings = Findings()
    assert load_table(path, "data/pupils.xlsx", findings) is None
    assert [str(p) for p in findings.problems] == [
        "data/pupils.xlsx: has more than 5,000 empty cells or rows; delete the rows below and the "
        "columns beside the table, or save it as csv"
    ]


def test_a_part_in_two_bytes_a_letter_is_not_read_uncounted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = '<?xml version="1.0" encoding="UTF-16"?><worksheet>' + FILLED * 50 + "</worksheet>"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as book:
        book.writestr("xl/worksheets/sheet1.xml", text.encode("utf-16"))
    monkeypatch.setattr(unfolding, "MOST_CELLS", 10)
    with pytest.raises(Unreadable, match="UTF-8"):
        measured_unfolding(buffer.getvalue(), 2**20)
