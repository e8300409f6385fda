"""How a plan compares: with other ways to share out the same hours, and with the truth."""

from recommender.evaluation.baselines import (
    benefit_per_hour,
    first_come,
    follow,
    highest_risk,
)
from recommender.evaluation.truth import Truth, delivered

__all__ = ["Truth", "benefit_per_hour", "delivered", "first_come", "follow", "highest_risk"]
