"""Large problems solved part by part: what hardly depends on each other is solved side by side.

    allocation = solve_in_parts(problem, Effort(gap=0.005, seconds=3600, workers=2))

This room knows numbers only, like the rest of ``allocation``, whose engines solve every part.
"""

from __future__ import annotations

from recommender.allocation.decomposition.certificate import certify_in_parts
from recommender.allocation.decomposition.coordination import solve_in_parts
from recommender.allocation.decomposition.workers import Workers

__all__ = ["Workers", "certify_in_parts", "solve_in_parts"]
