"""Exchange: how many pupils of every unit have new, lost, other or the same help in another plan.

Pupils are counted by what the words say: *new* are those helped only after, *lost* those helped
only before, *other* those helped both times with other help (other interventions, another period),
*same* the rest of those helped.  So of every unit, and of all of them together,

    helped after = helped before + new - lost
"""

from __future__ import annotations

import pandas as pd

COUNTS = ("new", "lost", "other", "same")
"""The columns of an exchange."""

KEYS = ["unit_id", "offer"]

LEAST = 1e-9
"""Parts of a pupil smaller than this are rounding."""


def exchanged(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Return new, lost, other and same of every unit that is offered something, by ``unit_id``.

    Args:
        before, after: unit_id, offer ("bundle@period"), pupils: one row or more for each offer.
    """
    sums = [table.groupby(KEYS, sort=True)["pupils"].sum() for table in (before, after)]
    offers = pd.concat(sums, axis=1, keys=["before", "after"]).fillna(0.0).astype("float64")
    same = offers.min(axis=1).groupby(level="unit_id").sum()
    helped = offers.groupby(level="unit_id").sum()
    both = helped.min(axis=1)
    counts = pd.DataFrame(
        {
            "new": helped["after"] - both,
            "lost": helped["before"] - both,
            "other": both - same,
            "same": same,
        },
        columns=list(COUNTS),
    )
    return counts.where(counts > LEAST, 0.0)
