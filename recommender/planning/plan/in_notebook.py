"""A plan as a notebook shows it: one line of text, or a small table."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from recommender.planning.plan.plan import Plan

FRAMES = ("assignments", "not_served", "sessions", "resources")
"""The frames of a plan that are named below its table."""


def line_of(plan: Plan) -> str:
    """Return a plan in one line."""
    return f"<Plan {'; '.join(f'{name} {text}' for name, text in _facts(plan))}>"


def html_of(plan: Plan) -> str:
    """Return a plan as an HTML table of what it comes to; no cell of a person is in it."""
    rows = "".join(
        f"<tr><th style='text-align:left'>{escape(name)}</th>"
        f"<td style='text-align:left'>{escape(text)}</td></tr>"
        for name, text in _facts(plan)
    )
    frames = ", ".join(f"<code>{name}</code> ({len(getattr(plan, name)):,})" for name in FRAMES)
    return f"<table><tbody>{rows}</tbody></table><p>Frames (rows): {frames}</p>"


def _facts(plan: Plan) -> list[tuple[str, str]]:
    it = plan.summary
    said = [
        ("scenario", it.scenario),
        ("pupils", f"{it.served:,.0f} of {it.pupils:,} offered help"),
        ("benefit", f"{it.benefit:.1f} ± {it.standard_error:.1f}"),
        ("gap", f"{it.best_gap:.2%}"),
        ("hours", f"{it.hours_used:,.0f} of {it.hours_capacity:,.0f}"),
        ("must serve", f"{it.must_serve_met:,.0f} of {it.must_serve:,}" if it.must_serve else ""),
        ("status", it.status),
        ("data", "synthetic" if it.synthetic else ""),
    ]
    return [(name, text) for name, text in said if text]
