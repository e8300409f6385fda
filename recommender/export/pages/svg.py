"""Curves as inline SVG: lines, a band and axes with few round marks; colours by attributes only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
import numpy.typing as npt
from markupsafe import Markup

Floats = npt.NDArray[np.float64]

WIDTH, HEIGHT = 640.0, 300.0
LEFT, RIGHT, TOP, BOTTOM = 64.0, 16.0, 14.0, 46.0
COLOURS = ("#1d5c7d", "#9a3412", "#3f7d4e", "#6b5b95", "#6b4e00")
DASHES = ("", "7 4", "2 3", "9 3 2 3", "1 4")
"""Lines differ by their dashes too: not everybody tells colours apart."""


@dataclass(frozen=True, eq=False, slots=True)
class Curve:
    """A line through points, and a band around it where ``low`` and ``high`` are given."""

    x: Floats
    y: Floats
    low: Floats | None = None
    high: Floats | None = None


def chart(
    curves: Sequence[Curve],
    across: str,
    up: str,
    title: str,
    shown: Callable[[float], str],
    mark: float | None = None,
    dot: tuple[float, float] | None = None,
) -> Markup:
    """Return a chart as an ``svg`` element.

    Args:
        curves: at least one.
        across, up: what the axes show.
        title: what the chart says, for who cannot see it.
        shown: writes the numbers of the axes.
        mark: a place across that is marked with a line.
        dot: a point, across and up, that is marked.
    """
    xs = np.concatenate([curve.x for curve in curves])
    ys = np.concatenate([v for c in curves for v in (c.y, c.low, c.high) if v is not None])
    x_marks = marks(float(xs.min()), float(xs.max()))
    y_marks = marks(min(0.0, float(ys.min())), float(ys.max()))
    x_low, x_high = min(float(xs.min()), x_marks[0]), max(float(xs.max()), x_marks[-1])
    y_low, y_high = y_marks[0], max(float(ys.max()), y_marks[-1])

    def right(x: float) -> float:
        return LEFT + (x - x_low) / ((x_high - x_low) or 1.0) * (WIDTH - LEFT - RIGHT)

    def down(y: float) -> float:
        return HEIGHT - BOTTOM - (y - y_low) / ((y_high - y_low) or 1.0) * (HEIGHT - TOP - BOTTOM)

    def points(x: Floats, y: Floats) -> str:
        return " ".join(
            f"{right(a):.1f},{down(b):.1f}" for a, b in zip(x.tolist(), y.tolist(), strict=True)
        )

    parts = [
        f'<svg viewBox="0 0 {WIDTH:g} {HEIGHT:g}" width="100%" role="img" '
        f'aria-label="{escape(title, quote=True)}" font-size="12" fill="#1c2429">'
    ]
    for y in y_marks:
        parts.append(
            f'<line x1="{LEFT:g}" x2="{WIDTH - RIGHT:g}" y1="{down(y):.1f}" y2="{down(y):.1f}" '
            'stroke="#d9dfe3"/>'
            f'<text x="{LEFT - 8:g}" y="{down(y) + 4:.1f}" text-anchor="end">{shown(y)}</text>'
        )
    for x in x_marks:
        parts.append(
            f'<text x="{right(x):.1f}" y="{HEIGHT - BOTTOM + 18:g}" text-anchor="middle">'
            f"{shown(x)}</text>"
        )
    if mark is not None:
        parts.append(
            f'<line x1="{right(mark):.1f}" x2="{right(mark):.1f}" y1="{TOP:g}" '
            f'y2="{HEIGHT - BOTTOM:g}" stroke="#5a666e" stroke-dasharray="3 3"/>'
        )
    for number, curve in enumerate(curves):
        colour = COLOURS[number % len(COLOURS)]
        if curve.low is not None and curve.high is not None:
            there = points(curve.x, curve.low)
            back = points(curve.x[::-1], curve.high[::-1])
            parts.append(f'<polygon points="{there} {back}" fill="{colour}" fill-opacity="0.14"/>')
    for number, curve in enumerate(curves):
        dash = DASHES[number % len(DASHES)]
        parts.append(
            f'<polyline points="{points(curve.x, curve.y)}" fill="none" '
            f'stroke="{COLOURS[number % len(COLOURS)]}" stroke-width="2.2"'
            + (f' stroke-dasharray="{dash}"' if dash else "")
            + "/>"
        )
    if dot is not None:
        parts.append(
            f'<circle cx="{right(dot[0]):.1f}" cy="{down(dot[1]):.1f}" r="4.5" fill="#1c2429"/>'
        )
    middle = (LEFT + WIDTH - RIGHT) / 2
    parts.append(
        f'<text x="{middle:g}" y="{HEIGHT - 8:g}" text-anchor="middle">{escape(across)}</text>'
        f'<text x="14" y="{(TOP + HEIGHT - BOTTOM) / 2:g}" text-anchor="middle" '
        f'transform="rotate(-90 14 {(TOP + HEIGHT - BOTTOM) / 2:g})">{escape(up)}</text></svg>'
    )
    return Markup("".join(parts))


def key(number: int) -> Markup:
    """Return the line of a curve as a small ``svg`` element for a legend."""
    dash = DASHES[number % len(DASHES)]
    return Markup(
        '<svg viewBox="0 0 34 8" width="34" height="8" aria-hidden="true" focusable="false">'
        f'<line x1="0" x2="34" y1="4" y2="4" stroke="{COLOURS[number % len(COLOURS)]}" '
        'stroke-width="2.4"' + (f' stroke-dasharray="{dash}"' if dash else "") + "/></svg>"
    )


def marks(low: float, high: float, most: int = 6) -> list[float]:
    """Return round numbers from at most ``low`` to at least about ``high``, ``most`` or so."""
    if not high > low:
        return [low, low + 1.0]
    rough = (high - low) / (most - 1)
    size = 10.0 ** np.floor(np.log10(rough))
    step = next(float(size * m) for m in (1, 2, 2.5, 5, 10) if size * m >= rough * (1 - 1e-9))
    first, last = np.floor(low / step + 1e-9), np.ceil(high / step - 1e-9)
    return [float(round(n * step, 10)) for n in np.arange(first, last + 1)]
