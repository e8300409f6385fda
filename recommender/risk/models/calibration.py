"""How well probabilities agree with what happened: scores, slopes and tables with their errors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import expit, logit, ndtr, ndtri

from recommender.risk.models.model import Calibration

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_SMALLEST = 1e-6
# Where a probit curve follows a logistic one in the range of most risks.
_PROBIT_SLOPE = 0.57


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number and its standard error (over families, which are taken as independent)."""

    value: float
    standard_error: float


def fit_calibration(log_odds: Floats, y: Floats, weight: Floats) -> Calibration:
    """The recalibration, logistic or probit, that explains the outcomes best.

    Both have two numbers to fit, so their likelihoods compare fairly.  The slope is held to that of
    an unchanged model with the weight of about one pupil, and is never (nearly) negative: a model
    that ranks pupils backwards is made constant.
    """
    fitted = [_calibrated(log_odds, y, weight, link) for link in ("logit", "probit")]
    return min(fitted, key=lambda c: float(weight @ log_loss(c.risk(log_odds), y)))


def _calibrated(log_odds: Floats, y: Floats, weight: Floats, link: str) -> Calibration:
    unchanged = 1.0 if link == "logit" else _PROBIT_SLOPE
    middle = float(np.average(log_odds, weights=weight))
    centred = log_odds - middle
    scale = max(float(np.std(log_odds)), 1e-6)
    rate = float(np.clip(np.average(y, weights=weight), _SMALLEST, 1 - _SMALLEST))
    level = float(logit(rate) if link == "logit" else ndtri(rate))
    beta = np.array([level, unchanged])
    x = np.column_stack([np.ones(y.size), centred])
    hold = np.array([1e-6, scale * scale])
    for _ in range(50):
        line = np.clip(x @ beta, -30, 30)
        if link == "logit":
            p = expit(line)
            slope = p * (1 - p)
        else:
            p = np.clip(ndtr(line), 1e-12, 1 - 1e-12)
            slope = np.exp(-line * line / 2) / np.sqrt(2 * np.pi)
        spread = np.maximum(p * (1 - p), 1e-12)
        gradient = x.T @ (weight * slope / spread * (y - p))
        gradient -= hold * (beta - np.array([level, unchanged]))
        hessian = (x * (weight * slope * slope / spread)[:, None]).T @ x + np.diag(hold)
        step = np.clip(np.linalg.solve(hessian, gradient), -1, 1)
        beta = beta + step
        if np.abs(step).max() < 1e-9:
            break
    if beta[1] < 0.05 * unchanged:
        beta = np.array([level, 0.0])
    return Calibration(float(beta[0] - beta[1] * middle), float(beta[1]), link)


def log_loss(risk: Floats, y: Floats) -> Floats:
    """(rows,) minus the log of the probability given to what happened; less is better."""
    p = np.clip(risk, _SMALLEST, 1 - _SMALLEST)
    return np.asarray(-np.where(y > 0.5, np.log(p), np.log1p(-p)))


def brier(risk: Floats, y: Floats) -> Floats:
    """(rows,) squared distance of risk and outcome; less is better."""
    return np.asarray((risk - y) ** 2)


def mean_of(value: Floats, weight: Floats, family: Ints) -> Estimate:
    """The weighted mean, with its standard error over families."""
    total = float(weight.sum())
    if total <= 0:
        return Estimate(float("nan"), float("nan"))
    mean = float(weight @ value / total)
    part = np.bincount(family, weights=weight * (value - mean))
    return Estimate(mean, float(np.sqrt((part**2).sum())) / total)


def auc(risk: Floats, y: Floats, weight: Floats) -> float:
    """The chance that a case has a higher risk than a non-case (ties count half); NaN if none."""
    return _concordance(risk, y, weight, np.zeros(risk.size, dtype=np.int64))


def auc_within(risk: Floats, y: Floats, weight: Floats, group: Ints) -> float:
    """The same among pairs of one group only: what is known beyond the group itself."""
    return _concordance(risk, y, weight, group)


def _concordance(risk: Floats, y: Floats, weight: Floats, group: Ints) -> float:
    good = pairs = 0.0
    for g in np.unique(group):
        rows = group == g
        _, rank = np.unique(risk[rows], return_inverse=True)
        case = np.bincount(rank, weights=weight[rows] * y[rows])
        rest = np.bincount(rank, weights=weight[rows] * (1 - y[rows]))
        below = np.cumsum(rest) - rest
        good += float(case @ (below + rest / 2))
        pairs += float(case.sum() * rest.sum())
    return good / pairs if pairs > 0 else float("nan")


def slope_and_intercept(
    risk: Floats, y: Floats, weight: Floats, family: Ints
) -> tuple[Estimate, Estimate]:
    """Calibration slope (1 is right) and intercept with slope 1 (0 is right), errors by family."""
    log_odds = logit(np.clip(risk, _SMALLEST, 1 - _SMALLEST))
    level, level_error = _newton(np.ones((y.size, 1)), log_odds, y, weight, family)
    if np.ptp(log_odds) < 1e-9:
        return Estimate(float("nan"), float("nan")), Estimate(level[0], level_error[0])
    x = np.column_stack([np.ones(y.size), log_odds])
    line, line_error = _newton(x, np.zeros(y.size), y, weight, family)
    return Estimate(line[1], line_error[1]), Estimate(level[0], level_error[0])


def _newton(
    x: Floats, offset: Floats, y: Floats, weight: Floats, family: Ints
) -> tuple[list[float], list[float]]:
    beta = np.zeros(x.shape[1])
    for _ in range(50):
        p = expit(offset + x @ beta)
        hessian = (x * (weight * p * (1 - p))[:, None]).T @ x + 1e-9 * np.eye(x.shape[1])
        step = np.clip(np.linalg.solve(hessian, x.T @ (weight * (y - p))), -3, 3)
        beta = beta + step
        if np.abs(step).max() < 1e-10:
            break
    score = x * (weight * (y - p))[:, None]
    part = np.column_stack([np.bincount(family, weights=column) for column in score.T])
    inverse = np.linalg.inv(hessian)
    error = np.sqrt(np.diag(inverse @ (part.T @ part) @ inverse))
    return [float(b) for b in beta], [float(e) for e in error]


def reliability(
    risk: Floats, y: Floats, weight: Floats, family: Ints, smallest: int, bins: int = 10
) -> pd.DataFrame:
    """Rows by tenths of risk: bin, low, high, rows, predicted, observed, standard_error.

    A bin with fewer rows than ``smallest`` shows its number of rows as missing, and no more.
    """
    edges = np.unique(np.quantile(risk, np.linspace(0, 1, bins + 1)[1:-1]))
    place = np.searchsorted(edges, risk, side="right")
    _, place = np.unique(place, return_inverse=True)
    table = compared(place.astype(str), risk, y, weight, family, smallest)
    order = np.argsort(table["group"].astype(int).to_numpy(), kind="stable")
    table = table.iloc[order].reset_index(drop=True)
    low = [float(risk[place == b].min()) for b in range(len(table))]
    high = [float(risk[place == b].max()) for b in range(len(table))]
    hidden = table["rows"].isna().to_numpy()
    out = table.rename(columns={"group": "bin"})
    out["bin"] = np.arange(1, len(out) + 1)
    out.insert(1, "low", np.where(hidden, np.nan, low))
    out.insert(2, "high", np.where(hidden, np.nan, high))
    return out


def compared(
    group: npt.NDArray[np.str_] | npt.NDArray[np.object_],
    risk: Floats,
    y: Floats,
    weight: Floats,
    family: Ints,
    smallest: int,
) -> pd.DataFrame:
    """Predicted and observed: group, rows, predicted, observed, difference, standard_error.

    Groups with fewer rows than ``smallest`` show nothing but their name; where that leaves one
    group that could be found by subtraction, the next smallest is hidden too.
    """
    names, code = np.unique(np.asarray(group, dtype=str), return_inverse=True)
    rows = np.bincount(code, minlength=names.size)
    hidden = rows < smallest
    if hidden.sum() == 1 and names.size > 1:
        hidden[np.argmin(np.where(hidden, np.iinfo(np.int64).max, rows))] = True
    records = []
    for g, name in enumerate(names):
        here = code == g
        w = weight[here]
        if hidden[g] or w.sum() <= 0:
            records.append((name, np.nan, np.nan, np.nan, np.nan, np.nan))
            continue
        difference = mean_of(y[here] - risk[here], w, family[here])
        # Where no case happened the outcomes show no spread of their own: chance still has one.
        chance = np.sqrt(float(w**2 @ (risk[here] * (1 - risk[here])))) / float(w.sum())
        records.append(
            (
                name,
                float(rows[g]),
                float(np.average(risk[here], weights=w)),
                float(np.average(y[here], weights=w)),
                difference.value,
                max(difference.standard_error, chance),
            )
        )
    columns = ["group", "rows", "predicted", "observed", "difference", "standard_error"]
    return pd.DataFrame.from_records(records, columns=columns)


def shrunk_site_averages(
    site: npt.NDArray[np.object_], y: Floats, weight: Floats, fold: Ints, prior: float
) -> Floats:
    """(rows,) cross-fitted averages of the site, shrunk to the whole by ``prior`` pupils."""
    names, code = np.unique(site.astype(str), return_inverse=True)
    out = np.empty(y.size)
    for part in np.unique(fold):
        other, tested = fold != part, fold == part
        base = float(np.average(y[other], weights=weight[other]))
        cases = np.bincount(code[other], weights=(weight * y)[other], minlength=names.size)
        total = np.bincount(code[other], weights=weight[other], minlength=names.size)
        out[tested] = ((cases + prior * base) / (total + prior))[code[tested]]
    return out


def base_rates(y: Floats, weight: Floats, fold: Ints) -> Floats:
    """(rows,) the base rate of the other parts."""
    out = np.empty(y.size)
    for part in np.unique(fold):
        other = fold != part
        out[fold == part] = float(np.average(y[other], weights=weight[other]))
    return out
