"""Cells that hold the mark of a formula that failed, in any language: they are not empty."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from recommender.inputs.text.matching import matches_part, matches_whole

_MARK = (
    r"#(?:N/[AB]|NV|N/D|REF!|VERW!|BEZUG!|VALUE!|WAARDE!|WERT!|NAME\?|NAAM\?|DIV/0!|DEEL/0!|NUM!"
    r"|GETAL!|ZAHL!|NULL!|LEEG!|SPILL!|OVERLOOP!|CALC!|BEREKENEN!|FIELD!|VELD!|CONNECT!|BLOCKED!"
    r"|BUSY!|BEZIG!|UNKNOWN!|GETTING_DATA|#+)|Err:[0-9]{3}"
)


def failed(column: pd.Series[Any]) -> npt.NDArray[np.bool_] | None:
    """Which cells of a text column are such a mark; None where none is."""
    if column.dtype.kind in "iufb" or not len(column):
        return None
    likely = matches_part(column, r"\A(?:#|Err:)")
    if not likely.any():
        return None
    at = np.flatnonzero(likely)
    sure = matches_whole(column.iloc[at], _MARK, any_case=True)
    marks = np.zeros(len(column), dtype=bool)
    marks[at[sure]] = True
    return marks if marks.any() else None
