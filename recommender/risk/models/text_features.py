"""What notes say, as counts of words and letter groups; names stay out and no text is kept."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import csr_array

from recommender.risk.models.rows import Ints

Floats = npt.NDArray[np.float64]

_WORD = re.compile(r"[^\W\d_]+", re.UNICODE)
_GRAM = 4


@dataclass(frozen=True, eq=False, slots=True)
class Vocabulary:
    """The words ("w:…"), pairs of words and letter groups ("c:…") that models may use, sorted."""

    terms: tuple[str, ...]

    def counts(self, documents: pd.Series[str]) -> csr_array:
        """(rows, terms) how often each term occurs in each document."""
        place = {term: i for i, term in enumerate(self.terms)}
        indices: list[int] = []
        starts = [0]
        for document in documents:
            indices.extend(place[t] for t in _tokens(document) if t in place)
            starts.append(len(indices))
        matrix = csr_array(
            (np.ones(len(indices)), np.asarray(indices, dtype=np.int64), np.asarray(starts)),
            shape=(len(documents), len(self.terms)),
        )
        matrix.sum_duplicates()
        return matrix


def documents_of(
    notes: pd.DataFrame | None, unit_id: pd.Series[str], date: pd.Series[pd.Timestamp], days: int
) -> pd.Series[str]:
    """(rows,) the notes of each row in one text, "" for none.

    A note belongs to a row of the same unit if it was written in the ``days`` days up to its date
    (the day itself included, the day a full span earlier not).
    """
    none = pd.Series([""] * len(unit_id), dtype=object)
    if notes is None or len(notes) == 0 or len(unit_id) == 0:
        return none
    notes = notes[notes["unit_id"].astype(str).isin(unit_id.astype(str))]
    rows = pd.DataFrame(
        {
            "unit_id": unit_id.astype(str).to_numpy(),
            "reference": pd.to_datetime(date).to_numpy(),
            "row": np.arange(len(unit_id)),
        }
    )
    written = pd.DataFrame(
        {
            "unit_id": notes["unit_id"].astype(str).to_numpy(),
            "date": pd.to_datetime(notes["date"]).to_numpy(),
            "text": notes["text"].fillna("").astype(str).to_numpy(),
        }
    )
    pairs = rows.merge(written, on="unit_id", how="inner")
    age = (pairs["reference"] - pairs["date"]).dt.days
    pairs = pairs[(age >= 0) & (age < days)].sort_values(["row", "date", "text"], kind="stable")
    texts = pairs.groupby("row")["text"].agg("\n".join)
    none.loc[texts.index] = texts.astype(object)
    return none


def vocabulary_of(documents: pd.Series[str], family: Ints, minimum: int, most: int) -> Vocabulary:
    """The terms that at least ``minimum`` families' documents contain, the commonest ``most``.

    Terms that occur in nearly every document say nothing and are left out.  So is every word
    that is only written with a capital: it may be a name.
    """
    filled = [(f, d) for f, d in zip(family.tolist(), documents, strict=True) if d]
    seen: dict[str, set[int]] = {}
    for member, document in filled:
        for term in set(_tokens(document, plain=True)):
            seen.setdefault(term, set()).add(member)
    all_families = len({f for f, _ in filled})
    frequent = [
        (-len(who), term)
        for term, who in seen.items()
        if minimum <= len(who) <= max(minimum, 0.95 * all_families)
    ]
    return Vocabulary(tuple(sorted(term for _, term in sorted(frequent)[:most])))


def inverse_frequency(counts: csr_array) -> Floats:
    """(terms,) ``log((1 + documents) / (1 + documents with the term)) + 1``; empty rows aside."""
    documents = int((np.diff(counts.indptr) > 0).sum())
    holding = np.bincount(counts.indices, minlength=counts.shape[1])
    return np.asarray(np.log((1 + documents) / (1 + holding)) + 1)


def weighted(counts: csr_array, idf: Floats) -> csr_array:
    """(rows, terms) TF-IDF with ``1 + log count``, every non-empty row of length ``TEXT_SCALE``."""
    data = (1 + np.log(counts.data)) * idf[counts.indices]
    rows = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
    length = np.sqrt(np.bincount(rows, weights=data * data, minlength=counts.shape[0]))
    data = TEXT_SCALE * data / np.where(length > 0, length, 1.0)[rows]
    return csr_array((data, counts.indices, counts.indptr), shape=counts.shape)


# The length of a note's vector beside standardised features, which weighs how hard the same penalty
# presses on words.
TEXT_SCALE = 5.0


def _tokens(text: str, plain: bool = False) -> Iterable[str]:
    """Words, pairs and letter groups; with ``plain`` only of words that cannot be a name.

    A word written in lower case (or all in capitals, as ADHD) cannot be one.
    """
    words = _WORD.findall(text)
    kept = [w.islower() or (len(w) > 1 and w.isupper()) or not plain for w in words]
    words = [w.lower() for w in words]
    for word, use in zip(words, kept, strict=True):
        if not use:
            continue
        yield "w:" + word
        if len(word) > _GRAM:
            padded = f" {word} "
            for i in range(len(padded) - _GRAM + 1):
                yield "c:" + padded[i : i + _GRAM]
    for (a, use_a), (b, use_b) in pairwise(zip(words, kept, strict=True)):
        if use_a and use_b:
            yield f"w:{a} {b}"


def joined_documents(
    documents: pd.Series[str], frame: pd.DataFrame, names: tuple[str, ...]
) -> pd.Series[str]:
    """(rows,) documents with the free-text columns of the table added."""
    parts = [documents.to_numpy(dtype=object)]
    parts += [frame[n].fillna("").to_numpy(dtype=object) for n in names if n in frame]
    if len(parts) == 1:
        return documents
    return pd.Series(["\n".join(filter(None, row)) for row in zip(*parts, strict=True)])
