"""All that a unit may have been offered: what its hashes in earlier reports can be of."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from itertools import chain, combinations, islice
from typing import Final

from recommender.governance.privacy.published import SEPARATOR, OfferCounts
from recommender.planning.formulation.labels import NOTHING

MOST: Final = 50_000
"""Bundles that are tried: as many as a plan can have."""


def offered(
    plans: Iterable[OfferCounts],
    sites: Collection[str],
    interventions: Collection[str],
    size: int,
    periods: Collection[str],
) -> frozenset[str]:
    """Return everything of an ``Offers`` but the unit, of all that is and was in a workspace.

    Args:
        plans: what ``offers_of`` says of the plans that are there.
        sites, interventions, periods: as the workspace has them now, in their order.
        size: the most interventions in a bundle.
    """
    said = {key.partition(SEPARATOR)[2] for plan in plans for key in plan}
    parts = [offer.split(SEPARATOR) for offer in said]
    places = {*sites, *(part[0] for part in parts)}
    times = {*periods, *(part[2] for part in parts if len(part) > 2)}
    sets = chain.from_iterable(combinations(interventions, n) for n in range(1, size + 1))
    bundles = {part[1] for part in parts if len(part) > 2}
    bundles.update("+".join(members) for members in islice(sets, MOST))
    return frozenset(
        SEPARATOR.join(words)
        for site in places
        for words in ((site, NOTHING), *((site, b, t) for b in bundles for t in times))
    )
