"""A plan as a notebook shows it: one line of text, or a small table."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from recommender.planning.plan.summary import Summary


def line_of(summary: Summary) -> str:
    """Return a plan in one line."""
    return f"<Plan {'; '.join(f'{name} {text}' for name, text in _facts(summary))}>"


def html_of(summary: Summary, rows: Mapping[str, int]) -> str:
    """Return a plan as an HTML table of what it comes to, and how many rows its frames have."""
    lines = "".join(
        f"<tr><th style='text-align:left'>{escape(name)}</th>"
        f"<td style='text-align:left'>{escape(text)}</td></tr>"
        for name, text in _facts(summary)
    )
    frames = ", ".join(f"<code>{name}</code> ({number:,})" for name, number in rows.items())
    return f"<table><tbody>{lines}</tbody></table><p>Frames (rows): {frames}</p>"


def _facts(it: Summary) -> list[tuple[str, str]]:
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
