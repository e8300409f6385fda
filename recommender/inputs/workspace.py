"""Everything a workspace hands in, read and checked as one value."""

from __future__ import annotations

from dataclasses import dataclass

from recommender.inputs.catalogue import Catalogue
from recommender.inputs.cohort import Cohort
from recommender.inputs.policy import Policy
from recommender.inputs.resources import Resources


@dataclass(frozen=True, slots=True)
class Source:
    """A file that was read: its path inside the workspace, SHA-256 and data rows."""

    path: str
    sha256: str
    rows: int


@dataclass(frozen=True, eq=False, slots=True)
class Inputs:
    """What people handed in, checked: cohort, catalogue, resources and policy agree."""

    cohort: Cohort
    catalogue: Catalogue
    resources: Resources
    policy: Policy
    sources: tuple[Source, ...]
