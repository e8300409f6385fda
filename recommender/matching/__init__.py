"""Who may receive what, and what good it would do."""

from recommender.matching.assemble import match
from recommender.matching.benefit import (
    benefit_by_outcome,
    benefit_error,
    benefit_parts,
    draw_benefit,
    drawn_benefits,
    plan_error,
)
from recommender.matching.bundles import bundle_name
from recommender.matching.candidates import Bundle, Candidates, Reason, cautious
from recommender.matching.eligibility import names_listed, reason_texts
from recommender.matching.promise import promised
from recommender.matching.relations import Relations, relations_of
from recommender.matching.settings import MatchingSettings

__all__ = [
    "Bundle",
    "Candidates",
    "MatchingSettings",
    "Reason",
    "Relations",
    "benefit_by_outcome",
    "benefit_error",
    "benefit_parts",
    "bundle_name",
    "cautious",
    "draw_benefit",
    "drawn_benefits",
    "match",
    "names_listed",
    "plan_error",
    "promised",
    "reason_texts",
    "relations_of",
]
