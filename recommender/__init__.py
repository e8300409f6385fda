"""A prescriptive intervention recommender: limited hours of help, where they do most good.

    from recommender import read_workspace, recommend

    plan = recommend(read_workspace("."))
    plan.assignments

Names are imported when they are first used, so that ``import recommender`` costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from recommender.version import __version__

if TYPE_CHECKING:
    from recommender.allocation.engines.effort import Effort
    from recommender.allocation.model.solution import AllocationError
    from recommender.errors import (
        InputError,
        PrivacyRefusal,
        RecommenderError,
        UsageError,
        VerificationFailed,
    )
    from recommender.inputs.workspace import Inputs, read_workspace, workspace_from
    from recommender.pipeline import Replanned, Settings, explain, recommend, replan, verify
    from recommender.planning.plan.plan import Plan
    from recommender.scenarios.changes import apply_scenario
    from recommender.scenarios.compare import compare

__all__ = [
    "AllocationError",
    "Effort",
    "InputError",
    "Inputs",
    "Plan",
    "PrivacyRefusal",
    "RecommenderError",
    "Replanned",
    "Settings",
    "UsageError",
    "VerificationFailed",
    "__version__",
    "apply_scenario",
    "compare",
    "explain",
    "read_workspace",
    "recommend",
    "replan",
    "verify",
    "workspace_from",
]

_HOMES = {
    "recommender.allocation.engines.effort": ("Effort",),
    "recommender.allocation.model.solution": ("AllocationError",),
    "recommender.errors": (
        "InputError",
        "PrivacyRefusal",
        "RecommenderError",
        "UsageError",
        "VerificationFailed",
    ),
    "recommender.inputs.workspace": ("Inputs", "read_workspace", "workspace_from"),
    "recommender.pipeline": ("Replanned", "Settings", "explain", "recommend", "replan", "verify"),
    "recommender.planning.plan.plan": ("Plan",),
    "recommender.scenarios.changes": ("apply_scenario",),
    "recommender.scenarios.compare": ("compare",),
}


if not TYPE_CHECKING:  # or a name that is not there would pass as anything

    def __getattr__(name: str) -> Any:
        """Import a public name from where it lives (PEP 562)."""
        for home, names in _HOMES.items():
            if name in names:
                value = getattr(import_module(home), name)
                globals()[name] = value
                return value
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    """List the public names, imported or not."""
    return sorted(__all__)
