"""A calibration report as plain text, for people at a terminal."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Hashable, Iterator
from typing import Any

import pandas as pd

from recommender.risk.models.calibration import Estimate
from recommender.risk.models.fitting import BASE
from recommender.risk.reporting.report import CalibrationReport, percent


def render_report(report: CalibrationReport) -> str:
    """The report as plain text of at most 100 characters a line."""
    r = report
    title = f"{r.name} ({r.outcome})"
    lines = [title, "=" * len(title)]
    if r.origin == "profiles.csv":
        lines.append(f"mean risk today {percent(r.mean_risk)}, taken from profiles.csv")
        return "\n".join([*lines, *_warned(r.warnings)])
    lines += [
        f"{r.rows} pupil-years of {r.pupils} units, {r.cases} cases",
        f"left out: {r.treated} with a new intervention, {r.unknown} with unknown outcome",
        f"base rate {percent(r.base_rate)}, mean risk today {percent(r.mean_risk)} "
        f"(plausible: {percent(r.expected[0])} to {percent(r.expected[1])})",
        "",
        f"kept: {r.kept}; all scores are of families the model had not seen",
        f"{'model':<22}{'log score':>10}{'Brier':>9}{'AUC':>7}   better than the base rate by",
        *(_score_line(row) for row in r.scores.to_dict("records")),
        "",
    ]
    for sentence in _findings(r):
        lines += _wrapped(sentence)
    lines += ["", "predicted and observed, by tenths of risk", *_table(r.reliability, "bin")]
    lines += ["by site", *_table(r.sites, "group")]
    for column in r.groups["column"].unique():
        lines += [f"by {column}", *_table(r.groups[r.groups["column"] == column], "group")]
    if r.warnings:
        lines += ["", *_warned(r.warnings)]
    return "\n".join(lines)


def _score_line(row: dict[Hashable, Any]) -> str:
    base = row["model"] == BASE
    area = "" if base else f"{row['auc']:.3f}"
    gain = "" if base else _pm(Estimate(row["gain"], row["gain_error"]))
    mark = "  <" if row["kept"] else ""
    scores = f"{row['log_score']:>10.4f}{row['brier']:>9.4f}{area:>7}"
    return f"{row['model']:<22}{scores}   {gain}{mark}".rstrip()


def _findings(r: CalibrationReport) -> Iterator[str]:
    """What the numbers say, a sentence each; "±" is one standard error."""
    if r.choice is not None:
        yield f"boosting instead of the linear model gains {_pm(r.choice)} of log score"
    if r.notes_add is not None:
        yield f"notes gain {_pm(r.notes_add)} of log score"
    if r.over_sites is not None and r.over_sites_brier is not None:
        yield (
            f"individual risks instead of site averages gain {_pm(r.over_sites)} of log score and "
            f"{_pm(r.over_sites_brier)} of Brier score"
        )
        yield (
            f"of two pupils of one site the case has the higher risk in "
            f"{percent(r.auc_within_sites)}; {percent(r.share_between_sites)} of the variance of "
            "risk lies between sites"
        )
    if r.slope is not None and r.intercept is not None:
        yield (
            f"calibration slope {_pm(r.slope, 2)} (1 is right), "
            f"intercept {_pm(r.intercept, 2)} (0 is right)"
        )
    if r.spread is not None:
        yield (
            f"true risks of pupils who look alike differ by {r.spread.omega:.2f} ± "
            f"{r.spread.error:.2f} (probit), says {r.spread.source}"
        )
        yield f"mean standard error of a pupil's risk today: {_points(r.mean_error)}"
    if r.temporal is not None:
        t = r.temporal
        yield (
            f"fitted before {t.year} ({t.fitted} rows) and tested on it ({t.tested}): gains "
            f"{_pm(t.gain)} of log score over the earlier base rate, slope {_pm(t.slope, 2)}, "
            f"intercept {_pm(t.intercept, 2)}"
        )


def _table(table: pd.DataFrame, label: str) -> list[str]:
    out = [f"  {'':<24}{'rows':>7}{'predicted':>11}{'observed':>10}{'observed − predicted':>26}"]
    for row in table.to_dict("records"):
        name = str(row[label])
        if label == "bin" and not math.isnan(row["rows"]):
            name = f"{percent(row['low'])} to {percent(row['high'])}"
        if math.isnan(row["rows"]):
            out.append(f"  {name[:24]:<24}{'too few to show':>24}")
            continue
        apart = Estimate(100 * row["difference"], 100 * row["standard_error"])
        out.append(
            f"  {name[:24]:<24}{int(row['rows']):>7}{percent(row['predicted']):>11}"
            f"{percent(row['observed']):>10}{_pm(apart, 1):>21} pts."
        )
    return out


def _wrapped(sentence: str, mark: str = "- ") -> list[str]:
    return textwrap.wrap(sentence, 100, initial_indent=mark, subsequent_indent="  ")


def _warned(sentences: tuple[str, ...]) -> list[str]:
    return [line for sentence in sentences for line in _wrapped(sentence, "! ")]


def _points(share: float) -> str:
    return f"{100 * share:.1f} points"


def _pm(estimate: Estimate, digits: int = 4) -> str:
    return f"{estimate.value:+.{digits}f} ± {estimate.standard_error:.{digits}f}"
