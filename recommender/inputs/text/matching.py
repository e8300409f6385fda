"""Which words of a column a pattern fits, looked at one by one where they are few.

The columnar way costs about a millisecond before it sees the first word, which is most of the time
that a small table takes; from a few thousand words on it is faster.
"""

from __future__ import annotations

import re
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

Texts: TypeAlias = "pd.Series[Any]"
Bools: TypeAlias = npt.NDArray[np.bool_]

FEW = 2_000


def matches_whole(words: Texts, pattern: str, *, any_case: bool = False) -> Bools:
    """Return (words,) whether the whole word fits the pattern."""
    if len(words) <= FEW:
        found = re.compile(pattern, re.IGNORECASE if any_case else 0).fullmatch
        return np.array([found(word) is not None for word in words.tolist()], dtype=np.bool_)
    return words.str.fullmatch(pattern, case=not any_case).to_numpy(dtype=np.bool_)


def matches_part(words: Texts, pattern: str, *, any_case: bool = False) -> Bools:
    """Return (words,) whether the pattern fits a part of the word."""
    if len(words) <= FEW:
        found = re.compile(pattern, re.IGNORECASE if any_case else 0).search
        return np.array([found(word) is not None for word in words.tolist()], dtype=np.bool_)
    return words.str.contains(pattern, case=not any_case, regex=True).to_numpy(dtype=np.bool_)


def substituted(words: Texts, pattern: str, by: str) -> Texts:
    """Return the words with every part that fits the pattern replaced."""
    if len(words) <= FEW:
        compiled = re.compile(pattern)
        new = [compiled.sub(by, word) for word in words.tolist()]
        return pd.Series(new, index=words.index, dtype=str)
    return words.str.replace(pattern, by, regex=True)
