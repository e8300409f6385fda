"""The resources from their tables: sites and professionals."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pandas as pd

from recommender.inputs.checks import cells, identity, languages
from recommender.inputs.checks.cells import report, shown_id, text
from recommender.inputs.checks.known import NEEDED, Known, has_columns
from recommender.inputs.findings import Findings
from recommender.inputs.formats.tables import Table
from recommender.inputs.policy import Role
from recommender.inputs.ranges import EUROS_AN_HOUR, HOURS
from recommender.inputs.text.matching import Texts

SITE_COLUMNS = ("site", "name", "area", "board")
PROFESSIONAL_COLUMNS = (
    "professional_id", "role", "hours", "sites", "period", "cost_per_hour", "languages", "days",
)  # fmt: skip
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY_NAMES = (
    ("monday", "maandag"), ("tuesday", "dinsdag"), ("wednesday", "woensdag"),
    ("thursday", "donderdag"), ("friday", "vrijdag"), ("saturday", "zaterdag"),
    ("sunday", "zondag"),
)  # fmt: skip
_DAY_OF = {
    short: day
    for day, (english, dutch) in zip(DAYS, _DAY_NAMES, strict=True)
    for short in (day, english, dutch, dutch[:2])
}


def read_sites(table: Table, findings: Findings) -> pd.DataFrame | None:
    """``Resources.sites``: site, name, area, board, sorted by site."""
    if not has_columns(table, NEEDED["sites"], findings):
        return None
    site = identity.ids(table, "site", findings, unique=True, kind="place")
    report(
        findings, table, "site", (site == "*").to_numpy(dtype=bool),
        "is '*', which means all sites", "give the site an id of its own",
    )  # fmt: skip
    frame = {"site": site} | {c: text(table, c) for c in SITE_COLUMNS[1:]}
    return pd.DataFrame(frame).sort_values("site", kind="stable", ignore_index=True)


def read_professionals(
    table: Table,
    known: Known,
    roles: Collection[Role],
    findings: Findings,
) -> pd.DataFrame | None:
    """``Resources.professionals``: a row per professional and period, in calendar order.

    A row without a period stands for every period; one without days for every day.
    """
    if not has_columns(table, NEEDED["professionals"], findings):
        return None
    cost = cells.numbers(
        table, "cost_per_hour", findings, show=True,
        minimum=EUROS_AN_HOUR.low, maximum=EUROS_AN_HOUR.high,
    )  # fmt: skip
    role = cells.codes_of(
        table, "role", known.roles, findings, where="a role of planning.yaml", many=True
    )
    usual = {r.id: r.cost_per_hour for r in roles}
    by_role = role.str.split(";").str[0].map(usual).fillna(0.0).to_numpy(dtype=np.float64)
    frame = pd.DataFrame(
        {
            "professional_id": identity.ids(
                table, "professional_id", findings, unique=False, kind="professional"
            ),
            "role": role,
            "hours": cells.numbers(
                table, "hours", findings, show=True,
                minimum=HOURS.low, maximum=HOURS.high, required=True,
                when_low="use 0 or more",
            ),
            "sites": cells.codes_of(
                table, "sites", known.sites, findings, where="a site of data/sites", many=True,
                also=("*",), required=False, default="*",
            ),
            "period": cells.codes_of(
                table, "period", known.periods, findings, where="a period of planning.yaml",
                required=False,
            ),
            "cost_per_hour": np.where(np.isnan(cost), by_role, cost),
            "languages": languages.read(table, "languages", findings, many=True),
            "days": _days(table, findings),
            "row": np.arange(table.rows),
        }
    )  # fmt: skip
    periods = known.periods or ()
    every = text(table, "period") == ""
    spread = (
        frame[every]
        .drop(columns="period")
        .merge(pd.DataFrame({"period": pd.Series(periods, dtype=str)}), how="cross")
    )
    whole = pd.concat([frame[~every], spread], ignore_index=True)
    again = whole.sort_values("row").duplicated(["professional_id", "period"])
    rows = whole.loc[again[again].index].drop_duplicates("row").set_index("row")
    wrong = np.zeros(table.rows, dtype=bool)
    wrong[rows.index.to_numpy()] = True
    wrong &= (frame["professional_id"] != "").to_numpy(dtype=bool)
    report(
        findings, table, "professional_id", wrong,
        lambda row: f"{shown_id(rows['professional_id'][row])} has hours in {rows['period'][row]} "
        "already on an earlier line",
        "one row per professional and period; two roles are written as a;b",
    )  # fmt: skip
    order = {p: n for n, p in enumerate(periods)}
    whole["order"] = whole["period"].map(order).fillna(-1)
    whole = whole.sort_values(["professional_id", "order"], kind="stable", ignore_index=True)
    return whole[list(PROFESSIONAL_COLUMNS)]


def _days(table: Table, findings: Findings) -> Texts:
    """The days as "mon;wed", in the order of the week; "" for any day.

    English and Dutch names and their first letters are known, whatever their case.
    """
    said = text(table, "days")
    codes, words = pd.factorize(said)
    known: list[str] = []
    wrong = np.zeros(len(words), dtype=bool)
    for number, word in enumerate(words):
        names = str(word).casefold().replace(",", ";").replace(" ", ";").split(";")
        days = {_DAY_OF.get(name.strip(" .")) for name in names if name.strip(" .")}
        wrong[number] = None in days
        known.append(";".join(day for day in DAYS if day in days))
    report(
        findings, table, "days", wrong[codes] if len(words) else np.zeros(table.rows, dtype=bool),
        "names something that is no day", "write days as mon;wed or ma;wo, or leave it empty",
    )  # fmt: skip
    return pd.Series(np.array([*known, ""], dtype=object)[codes], dtype=str)
