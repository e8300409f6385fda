"""Lines of totals that a spreadsheet program put below or between rows: they are nobody."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from recommender.inputs.text.matching import matches_part
from recommender.inputs.text.spelling import folded

OF_SOMEBODY = ("unit_id", "professional_id", "site", "name", "role")
"""Columns of which the first that is filled says whom or what a row is about."""
_WORDS = """
totaal totalen total totals eindtotaal subtotaal subtotalen subtotal subtotals som sum gemiddelde
gemiddeld average mean opgeteld"""
_LEADING = ("", "sub-", "sub ", "eind", "grand ", "het ", "algemeen ", "the ", "overall ")
TOTALS = frozenset(
    f"{before}{word}{behind}"
    for before in _LEADING
    for word in _WORDS.split()
    for behind in ("", ":", " :")
)
_LIKELY = r"tota|^som|^sum|gemid|average|mean|opgeteld"
_OF_SOME = re.compile(r"(?:sub)?tota(?:a?l|len|ls)\b[\s:].*|.*\s(?:sub)?totaa?l:?")
"""In a column of ids, which hold no blanks: ``Totaal s01``, ``s01 Totaal``."""


def totals(frame: pd.DataFrame) -> npt.NDArray[np.bool_] | None:
    """Which rows are lines of totals; None where none is."""
    found = np.zeros(len(frame), dtype=bool)
    for name in OF_SOMEBODY:
        if name in frame and frame[name].dtype.kind not in "iufb" and len(frame):
            found |= _said(frame[name], name.endswith("_id"))
    return found if found.any() else None


def _said(column: pd.Series[Any], ids: bool) -> npt.NDArray[np.bool_]:
    found = np.zeros(len(column), dtype=bool)
    likely = np.flatnonzero(matches_part(column, _LIKELY, any_case=True))
    for at in likely.tolist():
        word = folded(str(column.iloc[at]))
        found[at] = word in TOTALS or (ids and _OF_SOME.fullmatch(word) is not None)
    return found
