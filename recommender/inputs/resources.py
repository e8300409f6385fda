"""The resources: sites, professionals and their hours, in every period."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from recommender.inputs.policy import Period, Role


@dataclass(frozen=True, eq=False, slots=True)
class Resources:
    """Who is there to help, where and how long.

    Attributes:
        sites: site, name, area, board (str), sorted by site.
        professionals: one row per professional and period, sorted by professional_id, period:
            professional_id, role ("a" or "a;b"), hours (float, in that period), sites ("*" or
            "a;b"), period (id), cost_per_hour (float), languages ("nl;en" or ""), days ("mon;wed",
            or "" for any, as in a frame without it).
            A row of the file without a period stands for every period.
        roles, periods: from the policy, periods in calendar order.
    """

    sites: pd.DataFrame
    professionals: pd.DataFrame
    roles: tuple[Role, ...]
    periods: tuple[Period, ...]
