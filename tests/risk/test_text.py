"""What is counted of notes: whose, from when, which words, and no names."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from recommender.risk.models.text_features import (
    TEXT_SCALE,
    Vocabulary,
    documents_of,
    inverse_frequency,
    joined_documents,
    vocabulary_of,
    weighted,
)


def test_a_note_counts_in_the_year_up_to_the_reference_date_only():
    notes = pd.DataFrame(
        {
            "unit_id": ["a", "a", "a", "a", "b"],
            "date": ["2025-11-01", "2024-11-02", "2024-11-01", "2025-11-02", "2025-10-01"],
            "text": ["today", "oldest", "too old", "too late", "another pupil"],
        }
    )
    date = pd.Series([pd.Timestamp(2025, 11, 1)] * 2)
    documents = documents_of(notes, pd.Series(["a", "c"]), date, 365)
    assert documents.tolist() == ["oldest\ntoday", ""]


def test_two_years_of_a_pupil_get_their_own_notes():
    notes = pd.DataFrame(
        {"unit_id": ["a", "a"], "date": ["2024-10-01", "2025-10-01"], "text": ["one", "two"]}
    )
    date = pd.Series([pd.Timestamp(2024, 11, 1), pd.Timestamp(2025, 11, 1)])
    assert documents_of(notes, pd.Series(["a", "a"]), date, 365).tolist() == ["one", "two"]


def test_words_of_too_few_families_and_names_are_no_terms():
    documents = pd.Series(
        [f"Vandaag was Karim {word}" for word in ("boos", "boos", "blij")] + ["was boos", "", ""]
    )
    family = np.array([0, 1, 2, 2, 3, 4])
    terms = vocabulary_of(documents, family, minimum=3, most=100).terms
    assert "w:boos" in terms
    assert "w:blij" not in terms
    assert not any("karim" in t or "vandaag" in t for t in terms)


def test_one_family_with_many_notes_does_not_make_a_term():
    documents = pd.Series(["is erg stil"] * 50)
    assert vocabulary_of(documents, np.zeros(50, dtype=int), minimum=2, most=10).terms == ()


def test_counts_find_words_pairs_and_letter_groups():
    terms = Vocabulary(("c: sla", "w:slaapt", "w:slaapt slecht"))
    counts = terms.counts(pd.Series(["Slaapt slecht, slaapt niet", "", "slaat"])).toarray()
    assert counts.tolist() == [[2, 2, 1], [0, 0, 0], [1, 0, 0]]


def test_weighted_rows_have_one_length_and_rare_words_weigh_more():
    counts = Vocabulary(("w:a", "w:b")).counts(pd.Series(["a b", "a", "a", ""]))
    idf = inverse_frequency(counts)
    assert idf == pytest.approx([np.log(4 / 4) + 1, np.log(4 / 2) + 1])
    matrix = weighted(counts, idf).toarray()
    assert np.linalg.norm(matrix, axis=1) == pytest.approx([TEXT_SCALE] * 3 + [0])
    assert matrix[0, 1] > matrix[0, 0]


def test_declared_free_text_is_read_after_the_notes():
    documents = pd.Series(["a note", ""])
    frame = pd.DataFrame({"remark": ["one", "two"], "other": ["x", ""]})
    assert joined_documents(documents, frame, ("remark", "other")).tolist() == [
        "a note\none\nx",
        "two",
    ]
    assert joined_documents(documents, frame, ()).tolist() == ["a note", ""]
