"""Scenarios: the same inputs under named changes, and the plans they lead to side by side."""

from recommender.scenarios.changes import (
    BASE,
    apply_change,
    apply_scenario,
    change_capacity,
    lineage,
    scenario_names,
)

__all__ = [
    "BASE",
    "apply_change",
    "apply_scenario",
    "change_capacity",
    "lineage",
    "scenario_names",
]
