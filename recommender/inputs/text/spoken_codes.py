"""Codes as people say them, in English and Dutch: ja and nee, gegeven and geweigerd."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np
import pandas as pd

from recommender.inputs.text.matching import Texts

DUTIES: Mapping[str, str] = {
    **dict.fromkeys(("1", "1.0", "ja", "yes", "true", "waar", "j", "y"), "any"),
    **dict.fromkeys(("0", "0.0", "nee", "no", "false", "onwaar", "n"), ""),
}
"""``must_serve``: yes is the rule ``any``, no is none."""

CONSENTS: Mapping[str, str] = {
    "gegeven": "given",
    "toestemming": "given",
    "geweigerd": "refused",
    "gevraagd": "asked",
    **dict.fromkeys(("niet nodig", "niet_nodig", "niet-nodig", "not needed"), "not_needed"),
}
"""``consent``; ja and nee are none, for they may answer another question."""


def in_codes(said: Texts, words: Mapping[str, str], known: Collection[str]) -> Texts:
    """The column with words people say as the codes they stand for; what is a code stays."""
    codes, distinct = pd.factorize(said)
    plain = [
        word if word in known else words.get(" ".join(word.casefold().split()), word)
        for word in distinct
    ]
    return pd.Series(np.array([*plain, ""], dtype=object)[codes], dtype=str)
