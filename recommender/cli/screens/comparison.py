"""A comparison on one screen: every plan and policy a line, and whom each serves by risk."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from recommender.scenarios.comparison import Comparison, Side


def screen(comparison: Comparison) -> str:
    """Return what the terminal shows of a comparison."""
    from recommender.export.summaries.plan_tables import digits_of

    base = comparison.sides[0]
    digits = digits_of(base.standard_error)
    lines = []
    if comparison.synthetic:
        lines += [click.style("Synthetic data: these pupils do not exist.", fg="yellow"), ""]
    lines.append(
        click.style(
            f"{len(comparison.sides)} ways to share out the hours for {base.pupils:,} pupils",
            bold=True,
        )
    )
    lines.append(
        "benefit: weighted adverse outcomes averted, in the interval that holds 90 %; at the "
        "weights of base"
    )
    rows: list[tuple[str, ...]] = [
        ("", "benefit", "interval", "more", "±", "served", "h used", "left", "short", "Gini",
         "worst-off", "gap", "s")
    ]  # fmt: skip
    rows += [_row(side, base, digits) for side in comparison.sides]
    lines += ["", *table(rows, left=(0, 10))]
    shown = comparison.deciles.copy()
    shown["share"] = shown["served"] / shown["pupils"]
    deciles = shown.pivot_table(index="side", columns="decile", values="share")
    tenths = [str(tenth) for tenth in deciles.columns]
    served = deciles.reindex([side.name for side in comparison.sides]).to_numpy(dtype=float)
    shares = [
        (side.name, *(f"{share:.0%}" for share in line))
        for side, line in zip(comparison.sides, served.tolist(), strict=True)
    ]
    lines += ["", click.style("Served, by tenth of risk (1 lowest, 10 highest)", bold=True)]
    lines += table([("", *tenths), *shares], left=(0,))
    lines += _changes(comparison)
    if not all(side.better_is_proven(base) for side in comparison.sides[1:]):
        lines.append("(~ within what the searches may have missed: which is better is not proven)")
    lines += [f"({text})" for side in comparison.sides for text in _taken_over(side)]
    drawn = [side for side in comparison.sides if side.draws > 1]
    if drawn:
        spreads = ", ".join(f"{side.name} {side.spread:.{digits}f}" for side in drawn)
        lines.append(f"(means of {drawn[0].draws} draws, whose benefit spreads: {spreads})")
    lines += [f"({remark})" for remark in comparison.remarks]
    return "\n".join(lines)


def _changes(comparison: Comparison) -> list[str]:
    """Pupils who gain, lose or change help, and who are better or worse off, pair by pair."""
    counts = comparison.changes
    if counts.empty:
        return []
    names = ["new", "lost", "other", "better", "worse"]
    rows: list[tuple[str, ...]] = [
        ("", "served", "gain help", "lose help", "other help", "better off", "worse off")
    ]
    rows += [
        (
            f"{row['from']} -> {row['to']}",
            f"{row['served_from']:,.0f} -> {row['served_to']:,.0f}",
            *(f"{row[name]:,.0f}" for name in names),
        )
        for row in counts.to_dict(orient="records")
    ]
    title = "Pupils who gain help, lose it or have other help, and whose benefit rises or falls"
    return ["", click.style(title, bold=True), *table(rows, left=(0,))]


def _taken_over(side: Side) -> list[str]:
    """Return what a side has from another that only tightens, or is only tightened by, it."""
    if side.kind != "scenario":
        return []
    found = []
    if side.plan_from:
        found.append(
            f"{side.name} has the plan of {side.plan_from}, whose limits are tighter: its own "
            "search found none as good"
        )
    if side.bound_from:
        found.append(
            f"{side.name} has the bound of {side.bound_from}, whose limits are looser: nothing can "
            "do more here than there"
        )
    return found


def _row(side: Side, base: Side, digits: int) -> tuple[str, ...]:
    error = side.difference_error
    worst = f"{side.worst_share:.1%} {side.worst_group}" if side.worst_group else ""
    short = f"{side.short:g}" + (f"+{side.short_hours:.0f}h" if side.short_hours > 0.5 else "")
    proven = side.better_is_proven(base)
    return (
        side.name,
        f"{side.common_benefit:,.{digits}f}",
        f"{side.common(side.low):,.{digits}f}-{side.common(side.high):,.{digits}f}",
        "" if side is base else f"{side.difference:+,.{digits}f}{'' if proven else '~'}",
        "" if side is base or error is None else f"{error:,.{digits}f}",
        f"{side.served:,.0f}",
        f"{side.hours_used:,.0f}",
        f"{side.hours_left:,.0f}",
        short,
        f"{side.gini:.2f}",
        worst,
        f"{side.gap:.1%}" if side.gap < 10 else "",
        f"{side.seconds:,.1f}",
    )


def table(rows: list[tuple[str, ...]], left: tuple[int, ...]) -> list[str]:
    """Return rows in columns: those at ``left`` flush left, the others flush right."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return [
        "  ".join(
            f"{cell:<{width}}" if i in left else f"{cell:>{width}}"
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
