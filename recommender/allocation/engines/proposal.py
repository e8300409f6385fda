"""``Proposal``: what an engine hands to the certificate, not yet checked by anybody."""

from __future__ import annotations

from dataclasses import dataclass, field

from recommender.allocation.model.group_coupling_cuts import Links, no_links
from recommender.allocation.model.problem import FloatArray


@dataclass(frozen=True, eq=False, slots=True)
class Proposal:
    """What an engine hands to the certificate.

    Attributes:
        quantity: (columns,) how much of every column, or None if nothing was found.
        price: (rows,) prices >= 0.
        relaxation: the optimum of the relaxation, infinite if unknown.
        better_bound: the best bound any solver proved, infinite if none.
        engine: what found it.
        links: links with prices that lower the bound.
        interrupted: whether the user stopped it.
    """

    quantity: FloatArray | None
    price: FloatArray
    relaxation: float
    better_bound: float
    engine: str
    links: Links = field(default_factory=no_links)
    interrupted: bool = False
