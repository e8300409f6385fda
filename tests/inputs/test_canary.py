"""No value of a sensitive cell stands in any message, warning or traceback, whatever goes wrong."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from recommender.errors import InputError
from recommender.inputs import check_workspace, read_workspace

CANARY = "kwetter48151623"

P, H, N, R, D = (
    f"data/{name}.csv" for name in ("pupils", "history", "notes", "profiles", "decisions")
)
PLANTED: dict[str, list[tuple[str, str, str]]] = {
    "a flag": [(P, ",,,0,girl", f",,,{CANARY},girl")],
    "a category": [(P, ",,,0,girl", f",,,0,{CANARY}")],
    "a number": [
        ("planning.yaml", "type: category\n    values: [girl, boy, other]", "type: number"),
        (P, ",,,0,girl", f",,,0,{CANARY}"),
    ],
    "a number out of bounds": [
        ("planning.yaml", "type: category\n    values: [girl, boy, other]",
         "type: number\n    maximum: 3"),
        (P, ",,,0,girl", f",,,0,{CANARY[7:]}"),
    ],
    "a date": [
        ("planning.yaml", "type: category\n    values: [girl, boy, other]", "type: date"),
        (P, ",,,0,girl", f",,,0,{CANARY}"),
    ],
    "a cell too many": [(P, ",,,0,girl", f",,,0,girl,{CANARY}")],
    "a cell too few": [(P, ",,,0,girl", f",,,{CANARY}")],
    "a quotation mark": [(P, ",,,0,girl", f',,,0,"{CANARY}')],
    "a quote inside a cell": [(P, ",,,0,girl", f',,,{CANARY}" x,girl,')],
    "no header": [
        (P, "unit_id,site,grade,family_id,language,consent,must_serve,completed,"
         "language_lag_only,sex\n", f"{CANARY},{CANARY} x,,{CANARY}1,,{CANARY}\n")],
    "a name as an id": [(P, "p02,", f"{CANARY} Jansen,")],
    "a name as an id twice": [(P, "p02,", f"{CANARY} Jansen,"), (P, "p03,", f"{CANARY} Jansen,")],
    "a sentence for a consent": [(P, "f01,nl,given", f"f01,nl,{CANARY} zegt nee")],
    "a sentence for a site": [(P, "p01,s01", f"p01,{CANARY} is gepest")],
    "a sentence for a grade": [(P, "p01,s01,3", f"p01,s01,{CANARY} x")],
    "a sentence for a rule": [(P, "given,1,", f"given,{CANARY} wordt geslagen,")],
    "a secret code": [
        ("planning.yaml", "columns:\n",
         "columns:\n  consent: {type: category, use: [audit_only], sensitivity: special}\n"),
        (P, "f01,nl,given", f"f01,nl,{CANARY}")],
    "a note": [(N, "", f"unit_id,date,text\np99,never,{CANARY}\n")],
    "a note in a date": [(N, "", f"unit_id,date,text\np01,{CANARY},x\n")],
    "a note with an open quote": [(N, "", f'unit_id,date,text\np01,2026-01-01,"{CANARY}\n')],
    "a note of somebody": [(N, "", f"unit_id,date,text\n{CANARY} Jansen,2026-01-01,x\n")],
    "notes without a header": [(N, "", f"{CANARY},x,y\n")],
    "notes in another order": [(N, "", f"unit_id,text,{CANARY} ik\n")],
    "a risk": [(R, "p01,reading_lag,0.42", f"p01,reading_lag,{CANARY}")],
    "a standard error": [(R, "0.42,0.08", f"0.42,{CANARY}")],
    "a reason": [(D, "", "unit_id,intervention,decision,reason\n"
                  f"p99,x,y,{CANARY}\np01,small_group_tuition,accept,{CANARY}\n")],
    "bytes": [(P, ",,,0,girl", f",,,0,{CANARY}\x00")],
}  # fmt: skip


def _everything_said(root: Path) -> str:
    problems, warnings = check_workspace(root)
    said = [*map(str, problems), *map(str, warnings), *map(repr, problems)]
    try:
        read_workspace(root)
    except InputError as error:
        said += [str(error), repr(error), *traceback.format_exception(error)]
    return "\n".join(said)


@pytest.mark.many(9)
@pytest.mark.parametrize("place", PLANTED)
def test_nothing_is_said_of_a_canary_planted_in(place: str, workspace: Callable[..., Path]) -> None:
    said = _everything_said(workspace(*PLANTED[place]))
    if place not in ("a reason", "bytes"):
        assert said
    assert CANARY not in said
    assert CANARY[7:] not in said


@pytest.mark.many(3)
@pytest.mark.parametrize("suffix", [".xlsx", ".parquet"])
@pytest.mark.parametrize("column", ["language_lag_only", "sex", "family_id", "consent"])
def test_nothing_is_said_of_a_canary_in_another_kind_of_file(
    column: str, suffix: str, workspace: Callable[..., Path]
) -> None:
    root = workspace()
    frame = pd.read_csv(root / P, dtype=str, keep_default_na=False)
    frame.loc[2, column] = f"{CANARY} x"
    (root / P).unlink()
    target = (root / P).with_suffix(suffix)
    if suffix == ".parquet":
        frame.to_parquet(target)
    else:
        frame.to_excel(target, index=False)
        openpyxl.load_workbook(target).close()
    assert CANARY not in _everything_said(root)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (",0,0,,0.9", f",{CANARY},0,,0.9"),
        (",0,0,,0.9", f",0,0,,{CANARY}"),
        ("p01,2025-11-01", f"{CANARY} x,2027-01-01"),
        ("2,0,girl", f"2,{CANARY},girl"),
    ],
)
def test_nothing_is_said_of_a_canary_in_a_history(
    old: str, new: str, with_history: Callable[..., Path]
) -> None:
    said = _everything_said(with_history((H, old, new)))
    assert said
    assert CANARY not in said
