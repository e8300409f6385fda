"""Help as people type it: by its id, its name in either language or both, in any spelling."""

from __future__ import annotations

from collections.abc import Mapping

from recommender.inputs.catalogue import Catalogue
from recommender.inputs.text.spelling import folded


def help_words(catalogue: Catalogue) -> dict[str, str]:
    """What each help may be called, folded -> its id; what two are called is left out."""
    found: dict[str, set[str]] = {}
    for it in catalogue.interventions:
        names = {it.name.said("en"), it.name.said("nl")}
        for word in (it.id, *names, *(f"{name} ({it.id})" for name in names)):
            found.setdefault(_plain(word), set()).add(it.id)
    return {word: ids.pop() for word, ids in found.items() if len(ids) == 1}


def help_named(word: str, options: Mapping[str, str], words: Mapping[str, str]) -> str:
    """The id of the help that a cell names, if it is among the options; "" otherwise.

    Args:
        word: the cell.
        options: what the drop-down shows -> id.
        words: as of ``help_words``.
    """
    if word in options:
        return options[word]
    meant = words.get(_plain(word), "")
    return meant if meant in options.values() else ""


def _plain(word: str) -> str:
    return folded(word).replace("_", " ").replace("-", " ")
