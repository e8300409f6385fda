"""Labels: what codes, offers and rows are called, in the user's own names."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from recommender.matching import Candidates, bundle_name
from recommender.planning.formulation.conditions import Book, ObjectArray
from recommender.planning.formulation.indexing import Codes, Ints
from recommender.planning.formulation.limits import Rows

NOTHING = "nothing"
"""The runner-up of a unit for which no other offer is worth its price."""

UNITS = {
    "hours": "hour",
    "places": "place",
    "quorum": "pupil",
    "fair_coverage": "pupil",
    "fair_hours": "hour",
    "fair_benefit": "outcome",
    "budget": "euro",
    "must_serve": "pupil",
    "cap": "pupil",
    "at_once": "intervention",
    "caseload": "case",
}
"""What one of each resource is."""


EXTRA = ("family", "alike")
"""Labels of rows and sessions that a table has only where they say something."""


def named(names: Sequence[object], codes: Codes) -> ObjectArray:
    """Return (n,) the names of codes, "" for -1."""
    table = np.array([*map(str, names), ""], dtype=object)
    return table[codes]


def bundle_names(candidates: Candidates) -> ObjectArray:
    """Return (bundles,) the ids of the interventions joined with "+"."""
    names = [bundle_name(candidates, bundle) for bundle in range(len(candidates.bundles))]
    return np.array(names, dtype=object)


def offer_names(bundles: ObjectArray, book: Book, bundle: Codes, period: Codes) -> ObjectArray:
    """Return (n,) "bundle@period" of offers to units, "nothing" where the bundle is -1.

    Args:
        bundles: (bundles,) names.
        book: the names behind the codes.
        bundle, period: (n,) codes.
    """
    names = np.array(
        [f"{name}@{at}" for name in bundles for at in book.periods] + [NOTHING], dtype=object
    )
    return names[np.where(bundle < 0, names.size - 1, bundle * len(book.periods) + period)]


def extra_labels(book: Book, **codes: Ints) -> dict[str, ObjectArray]:
    """Return the columns of labels that only some plans have, for those that say something.

    Args:
        book: the names behind the codes.
        codes: label -> (n,) codes: ``family`` or ``alike``.
    """
    names = {"family": book.families, "alike": book.alike}
    return {label: named(names[label], of) for label, of in codes.items() if np.any(of >= 0)}


def session_names(sessions: pd.DataFrame) -> pd.Series:
    """Return what a table of sessions calls each in the caseload: "intervention/site/period/grade".

    Behind that stands the id of a family whose parents receive help, or in what pupils are alike.
    """
    names = sessions["intervention"] + "/" + sessions["site"] + "/" + sessions["period"]
    names += "/" + sessions["grade"]
    for label in (name for name in EXTRA if name in sessions):
        names += sessions[label].where(sessions[label] == "", "/" + sessions[label])
    return names


def tidy_frame(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame with a plain index whose texts are texts."""
    texts = [name for name in frame.columns if frame[name].dtype == object]
    return frame.reset_index(drop=True).astype(dict.fromkeys(texts, "str"))


def row_words(rows: Rows, book: Book, at: Ints) -> list[str]:
    """Return what some rows are called: "hours of teacher at s1 in autumn"."""
    bare = bare_words(rows, book, at)
    first = [rows.resource[row].replace("_", " ") for row in at.tolist()]
    return [f"{resource} {words}".strip() for resource, words in zip(first, bare, strict=True)]


def bare_words(rows: Rows, book: Book, at: Ints) -> list[str]:
    """Return what some rows limit one of: "of teacher at s1 in autumn"."""
    found = []
    for row in at.tolist():
        parts = []
        for before, names, codes in (
            ("of", book.roles, rows.role),
            ("of", book.rules, rows.rule),
            ("in", book.interventions, rows.intervention),
            ("at", book.places, rows.site),
            ("grade", book.grades, rows.grade),
            ("for family", book.families, rows.family),
            ("for", book.alike, rows.alike),
            ("in", book.periods, rows.period),
        ):
            if codes[row] >= 0:
                parts.append(f"{before} {names[codes[row]]}")
        found.append(" ".join(parts))
    return found
