"""A comparison for people: a page with charts, each beside its table, and a workbook.

Neither names a unit; who gains and who loses, person by person, is in the folder's moved.csv.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from recommender.export.disclosure.audience import COORDINATOR, OPEN, refuse_unknown
from recommender.export.disclosure.disclosed_comparison import OpenComparison, changes_of, openly
from recommender.export.formats.workbook import Translate, book_bytes, translated
from recommender.export.manifest import Manifest
from recommender.export.pages.report import TableRow, counter_of, language_of, names_of_ids, records
from recommender.export.pages.template import filled
from recommender.export.summaries import plan_tables
from recommender.governance.privacy.suppression import HIDDEN, THRESHOLD
from recommender.messages import Language
from recommender.scenarios.comparison import Comparison

Named = Callable[[str, str], str]

WIDE, EDGE = 100.0, 1.0
"""The width of a chart in a cell, and the room left at its ends."""


def comparison_html(
    comparison: Comparison,
    manifest: Manifest | None = None,
    language: str = "en",
    audience: str = "board",
    opened: OpenComparison | None = None,
) -> str:
    """Return the page of a comparison.

    Args:
        comparison: the numbers.
        manifest: of one of its plans, for the names of sites, roles and scenarios.
        language: a key of ``LANGUAGES``.
        audience: one of ``AUDIENCES`` (a coordinator reads what a board does); policy and public
            see no small counts, nor those beside them.
        opened: what such an audience sees, where it is made already.

    Raises:
        UsageError: if there is no such language or audience.
    """
    words = language_of(language)
    refuse_unknown(audience, "page")
    open_to_all = audience in OPEN
    proven = {side.name: side.better_is_proven(comparison.sides[0]) for side in comparison.sides}
    if open_to_all:
        comparison = (opened or openly(comparison)).comparison
    named = names_of_ids(manifest, words) if manifest is not None else _ids
    base = comparison.sides[0]
    titles = titles_of(comparison, words, named)
    top = max(side.common(side.high) for side in comparison.sides)

    def place(benefit: float) -> float:
        return EDGE + (WIDE - 2 * EDGE) * max(0.0, benefit) / (top or 1.0)

    sides = [
        {
            "title": titles[side.name],
            "side": side,
            "proven": proven[side.name],
            "proof": words.say(f"proof_by_{side.proof}")
            if side.proof and side.kind == "scenario"
            else "",
            "low": side.common(side.low),
            "high": side.common(side.high),
            "x": place(side.common_benefit),
            "x_low": place(side.common(side.low)),
            "x_high": place(side.common(side.high)),
            "worst": named("site", side.worst_group)
            if side.worst_column == "site"
            else f"{named('column', side.worst_column)}: {side.worst_group}"
            if side.worst_group
            else "",
        }
        for side in comparison.sides
    ]
    return filled(
        "comparison.html",
        words,
        summary=comparison,
        comparison=comparison,
        named=named,
        base=base,
        base_x=place(base.common_benefit),
        digits=plan_tables.digits_of(base.standard_error),
        sides=sides,
        titles=titles,
        tenths=_tenths(comparison, titles),
        hours=_hours(comparison, titles),
        groups=_groups(comparison, titles, named),
        moved=records(_moved_frame(comparison, titles)),
        shortages=[{"cause": "", "basis": "", **row} for row in records(comparison.shortages)],
        audience="board" if audience == COORDINATOR else audience,
        open_to_all=open_to_all,
        few=THRESHOLD,
        sign=HIDDEN,
        count=counter_of(words),
    )


def comparison_workbook(
    comparison: Comparison, manifest: Manifest | None = None, language: str = "en"
) -> bytes:
    """Return a comparison as a workbook: sides, tenths, hours, groups, moves.

    Raises:
        UsageError: if there is no such language.
    """
    words = language_of(language)
    named = names_of_ids(manifest, words) if manifest is not None else _ids
    titles = titles_of(comparison, words, named)
    frames = {
        "comparison": sides_sheet(comparison, titles, translated(language)),
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
    return book_bytes(frames, translated(language))


def sides_sheet(
    comparison: Comparison, titles: dict[str, str], say: Translate = str
) -> pd.DataFrame:
    """Return one row a side, with what a planner reads first in front."""
    return pd.DataFrame(
        [
            {
                "side": titles[side.name],
                "kind": side.kind,
                "name": side.name,
                "benefit": side.common_benefit,
                "low": side.common(side.low),
                "high": side.common(side.high),
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
                "proof": say(side.proof),
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


def _tenths(comparison: Comparison, titles: dict[str, str]) -> list[TableRow]:
    """Side by side, what share of each tenth by risk is offered help, with a shade from 0 to 5.

    The share is NaN where it is not shown.
    """
    table = comparison.deciles.set_index(["side", "decile"])
    tenths = sorted(set(comparison.deciles["decile"])) or list(range(1, 11))
    shares = table["served"] / table["pupils"].where(table["pupils"] > 0)
    return [
        {
            "title": titles[side.name],
            "cells": [
                {"share": share, "shade": min(5, int(6 * share)) if share > 0 else 0}
                for share in (float(shares.get((side.name, tenth), np.nan)) for tenth in tenths)
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


def _groups(comparison: Comparison, titles: dict[str, str], named: Named) -> list[TableRow]:
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
    """From, to, and how many pupils gain, lose or get other help, and are better or worse off."""
    known = changes_of(comparison).drop(columns=["served_from", "served_to"], errors="ignore")
    table = known.rename(columns={"new": "gains", "lost": "loses"})
    order = {name: place for place, name in enumerate(titles)}
    table = table.sort_values(
        ["from", "to"], key=lambda names: names.map(order), kind="stable", ignore_index=True
    )
    return table.assign(**{end: table[end].map(titles) for end in ("from", "to")})
