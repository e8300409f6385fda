"""Where names and rules become numbers, and numbers become a plan."""

from recommender.planning.formulation.formulate import formulate
from recommender.planning.formulation.formulation import Formulation
from recommender.planning.formulation.limits import LimitSettings
from recommender.planning.plan.plan import Plan, plan_of
from recommender.planning.plan.summary import Shortage, Summary

__all__ = [
    "Formulation",
    "LimitSettings",
    "Plan",
    "Shortage",
    "Summary",
    "formulate",
    "plan_of",
]
