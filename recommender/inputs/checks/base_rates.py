"""Whether outcomes occur about as often as the policy finds plausible."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from recommender.inputs.findings import Findings
from recommender.inputs.formats.tables import Table
from recommender.inputs.policy import Outcome


def warn_of_base_rates(
    outcomes: Iterable[Outcome],
    past: Table | None,
    history: pd.DataFrame | None,
    foretold: Table | None,
    profiles: pd.DataFrame | None,
    units: pd.DataFrame | None,
    findings: Findings,
) -> None:
    """Warn of every share of an outcome, found or foretold, outside its ``base_rate``."""
    for outcome in outcomes:
        shares = []
        if past is not None and history is not None:
            shares.append((past.file, _mean(history[outcome.id], history["count"])))
        if foretold is not None and profiles is not None and units is not None:
            mine = profiles[profiles["outcome"] == outcome.id]
            counts = mine["unit_id"].map(
                units.drop_duplicates("unit_id").set_index("unit_id")["count"]
            )
            shares.append((foretold.file, _mean(mine["risk"], counts)))
        low, high = outcome.base_rate
        for file, share in shares:
            if share is not None and low <= high and not low <= share <= high:
                findings.warn(
                    file, None, outcome.id,
                    f"occurs in {share:.1%}, outside the {low:.0%} to {high:.0%} of its base_rate",
                    "check the data, the definition of the outcome, or the base_rate",
                )  # fmt: skip


def _mean(values: pd.Series[float], counts: pd.Series[float]) -> float | None:
    """The mean weighted by counts where both are known; None where nothing is."""
    if not len(values):
        return None
    there = values.notna() & counts.notna()
    total = float(counts[there].sum())
    return float((values[there] * counts[there]).sum()) / total if total else None
