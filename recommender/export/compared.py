"""A comparison for people: a page with charts, each beside its table, and a workbook.

Neither names a unit; who gains and who loses, person by person, is in the folder's moved.csv.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

from recommender.export import figures
from recommender.export.files import write_file
from recommender.export.manifest import Manifest
from recommender.export.phrases import Language
from recommender.export.report import Record, language_of, names_in, page, records
from recommender.export.workbook import book_bytes, translated
from recommender.scenarios.comparison import Comparison, Side

Named = Callable[[str, str], str]

WIDE, EDGE = 100.0, 1.0
"""The width of a chart in a cell, and the room left at its ends."""


def comparison_html(
    comparison: Comparison, manifest: Manifest | None = None, language: str = "en"
) -> str:
    """Return the page of a comparison.

    Args:
        comparison: the numbers.
        manifest: of one of its plans, for the names of sites, roles and scenarios.
        language: a key of ``LANGUAGES``.

    Raises:
        UsageError: if there is no such language.
    """
    words = language_of(language)
    named = names_in(manifest, words) if manifest is not None else _ids
    base = comparison.sides[0]
    titles = titles_of(comparison, words, named)
    top = max(_common(side, side.high) for side in comparison.sides)

    def place(benefit: float) -> float:
        return EDGE + (WIDE - 2 * EDGE) * max(0.0, benefit) / (top or 1.0)

    sides = [
        {
            "title": titles[side.name],
            "side": side,
            "low": _common(side, side.low),
            "high": _common(side, side.high),
            "x": place(side.common_benefit),
            "x_low": place(_common(side, side.low)),
            "x_high": place(_common(side, side.high)),
            "worst": named("site", side.worst_group)
            if side.worst_column == "site"
            else f"{named('column', side.worst_column)}: {side.worst_group}"
            if side.worst_group
            else "",
        }
        for side in comparison.sides
    ]
    return page(
        "comparison.html",
        words,
        summary=comparison,
        comparison=comparison,
        named=named,
        base=base,
        base_x=place(base.common_benefit),
        digits=figures.digits_of(base.standard_error),
        sides=sides,
        titles=titles,
        tenths=_tenths(comparison, titles),
        hours=_hours(comparison, titles),
        groups=_groups(comparison, titles, named),
        moved=_moved(comparison, titles),
        shortages=records(comparison.shortages),
        infinite=math.inf,
    )


def write_comparison_workbook(
    comparison: Comparison, path: Path, manifest: Manifest | None = None, language: str = "en"
) -> None:
    """Write a comparison as a workbook whole or not at all: sides, tenths, hours, groups, moves.

    Raises:
        UsageError: if there is no such language.
        CannotWrite: if it could not be written.
    """
    words = language_of(language)
    named = names_in(manifest, words) if manifest is not None else _ids
    titles = titles_of(comparison, words, named)
    frames = {
        "comparison": sides_sheet(comparison, titles),
        "tenths": comparison.deciles.assign(
            side=comparison.deciles["side"].map(titles),
            share_served=comparison.deciles["served"]
            / comparison.deciles["pupils"].where(comparison.deciles["pupils"] > 0),
        ).fillna({"share_served": 0.0}),
        "hours": comparison.hours.assign(
            side=comparison.hours["side"].map(titles),
            role=[named("role", role) for role in comparison.hours["role"]],
        ),
        "groups": comparison.groups.assign(
            side=comparison.groups["side"].map(titles),
            column=[named("column", column) for column in comparison.groups["column"]],
        ).rename(columns={"share": "share_averted"}),
        "shortages": comparison.shortages.assign(side=comparison.shortages["side"].map(titles)),
        "moved": _moved_frame(comparison, titles),
    }
    write_file(path, book_bytes(frames, translated(language)))


def sides_sheet(comparison: Comparison, titles: dict[str, str]) -> pd.DataFrame:
    """Return one row a side, with what a planner reads first in front."""
    return pd.DataFrame(
        [
            {
                "side": titles[side.name],
                "kind": side.kind,
                "name": side.name,
                "benefit": side.common_benefit,
                "low": _common(side, side.low),
                "high": _common(side, side.high),
                "difference": side.difference,
                "served": float(side.served),
                "pupils": float(side.pupils),
                "hours_used": side.hours_used,
                "hours_left": side.hours_left,
                "short": float(side.short),
                "gini": side.gini,
                "worst_group": side.worst_group,
                "share_worst": side.worst_share,
                "cost": side.cost,
                "gap": side.gap,
                "status": side.status,
            }
            for side in comparison.sides
        ]
    )


def titles_of(comparison: Comparison, words: Language, named: Named) -> dict[str, str]:
    """Return side -> what people call it in a language."""
    say = words.phrases
    return {
        side.name: say["base"]
        if side.name == "base"
        else say.get(f"policy_{side.name}", side.title)
        if side.kind == "policy"
        else named("scenario", side.name)
        if named("scenario", side.name) != side.name
        else side.title or side.name
        for side in comparison.sides
    }


def _ids(kind: str, key: str) -> str:  # noqa: ARG001
    return key


def _common(side: Side, benefit: float) -> float:
    """An end of an interval at the weights of ``base``."""
    return benefit * side.common_benefit / side.benefit if side.benefit > 0 else benefit


def _tenths(comparison: Comparison, titles: dict[str, str]) -> list[Record]:
    """Side by side, what share of each tenth by risk is offered help, with a shade from 0 to 5."""
    table = comparison.deciles
    return [
        {
            "title": titles[side.name],
            "cells": [
                {"share": share, "shade": min(5, int(6 * share)) if share > 0 else 0}
                for share in (
                    row["served"] / row["pupils"] if row["pupils"] else 0.0
                    for row in records(table[table["side"] == side.name].sort_values("decile"))
                )
            ],
        }
        for side in comparison.sides
    ]


def _hours(comparison: Comparison, titles: dict[str, str]) -> dict[str, Any]:
    """Hours used and what there is, role by role and side by side."""
    table = comparison.hours.set_index(["role", "side"])
    order = comparison.hours.groupby("role", sort=True)["capacity"].max()
    roles = order.sort_values(ascending=False, kind="stable").index.tolist()
    names = [side.name for side in comparison.sides]
    rows = []
    for role in roles:
        cells = []
        for name in names:
            known = (role, name) in table.index
            used, there = (
                (float(table.loc[(role, name), key]) for key in ("used", "capacity"))
                if known
                else (0.0, 0.0)
            )
            cells.append({"used": used, "capacity": there})
        rows.append({"role": role, "cells": cells})
    return {"titles": [titles[name] for name in names], "rows": rows}


def _groups(comparison: Comparison, titles: dict[str, str], named: Named) -> list[Record]:
    """Column by column, what share of the risk of each group is averted, side by side."""
    found = []
    names = [side.name for side in comparison.sides]
    for column, table in comparison.groups.groupby("column", sort=True):
        shares = table.pivot_table(index="group", columns="side", values="share", aggfunc="first")
        shares = shares.reindex(columns=names)
        found.append(
            {
                "column": column,
                "titles": [titles[name] for name in names],
                "rows": [
                    {
                        "name": named("site", str(group)) if column == "site" else str(group),
                        "cells": [None if share != share else share for share in line],
                    }
                    for group, line in zip(
                        shares.index.tolist(), shares.to_numpy(dtype=float).tolist(), strict=True
                    )
                ],
            }
        )
    return found


def _moved_frame(comparison: Comparison, titles: dict[str, str]) -> pd.DataFrame:
    """From, to, and how many pupils gain, lose or get other help, with what it does to benefit."""
    moved = comparison.moved
    if moved.empty:
        columns = ["from", "to", "gains", "loses", "other", "difference"]
        return pd.DataFrame({name: [] for name in columns}).astype({"from": "str", "to": "str"})
    table = moved.pivot_table(
        index=["from", "to"], columns="change", values="pupils", aggfunc="sum", fill_value=0.0
    ).reindex(columns=["gains", "loses", "other help"], fill_value=0.0)
    sums = moved.groupby(["from", "to"])["difference"].sum()
    table = table.astype("float64").rename(columns={"other help": "other"})
    table = table.assign(difference=sums).reset_index()
    order = {name: place for place, name in enumerate(titles)}
    table = table.sort_values(["from", "to"], key=lambda names: names.map(order), kind="stable")
    return table.assign(**{end: table[end].map(titles) for end in ("from", "to")})


def _moved(comparison: Comparison, titles: dict[str, str]) -> list[Record]:
    return records(_moved_frame(comparison, titles))
