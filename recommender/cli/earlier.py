"""The inputs as they were before decisions were recorded on a plan that was made from them."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from recommender.inputs.workspace import Inputs, Source

DECISIONS = "data/decisions.csv"


def before_decisions(
    inputs: Inputs, recorded: tuple[Source, ...], written: pd.DataFrame | None
) -> tuple[Inputs, str]:
    """Return the inputs without decisions that came after the plan, and a line that says so.

    The file as it was is found by leaving out the newest days until what is left has the hash
    that the plan recorded; where there was no file, every decision came later.  Where neither
    holds, the inputs stay as they are and the line is "".

    Args:
        recorded: the files the plan was made from.
        written: the cells of data/decisions.csv today; None if it is not there.
    """
    from recommender.export.tables import csv_text

    then = {source.path: source for source in recorded}.get(DECISIONS)
    now = {source.path: source for source in inputs.sources}.get(DECISIONS)
    if now is None or written is None or (then is not None and then.sha256 == now.sha256):
        return inputs, ""
    dates = written.get("date", pd.Series("", index=written.index, dtype="str"))
    if then is None:
        kept = dates < ""
    else:
        for day in sorted(set(dates), reverse=True):
            kept = dates < day
            data = csv_text(written[kept].reset_index(drop=True)).encode()
            if hashlib.sha256(data).hexdigest() == then.sha256:
                break
        else:
            return inputs, ""
    days = sorted(set(dates[~kept]))
    all_of_them = inputs.cohort.decisions
    later = all_of_them["date"].dt.strftime("%Y-%m-%d").isin(days) | (then is None)
    decisions = all_of_them[~later].reset_index(drop=True)
    sources = [s for s in inputs.sources if s.path != DECISIONS] + ([then] if then else [])
    earlier = replace(
        inputs,
        cohort=replace(inputs.cohort, decisions=decisions),
        sources=tuple(sorted(sources, key=lambda source: source.path)),
    )
    number = int((~kept).sum())
    last = f", the last on {days[-1]}" if days and days[-1] else ""
    return earlier, (
        f"{DECISIONS}: {number} decision{'s were' if number != 1 else ' was'} recorded after this "
        f"plan was made{last}; make it again"
    )
