"""What says the reasons of a plan in a language, for documents and sheets made below this floor."""

from __future__ import annotations

from collections.abc import Callable

from recommender.export.because import reason_words
from recommender.export.manifest import Manifest
from recommender.export.pages.report import language_of, names_of_ids


def reason_sayer(manifest: Manifest, language: str) -> Callable[[str], str]:
    """Return what says why a pupil has no offer, with the names of a manifest for its ids."""
    words = language_of(language)
    named = names_of_ids(manifest, words)
    return lambda reason: reason_words(reason, words, named)
