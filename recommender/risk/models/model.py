"""Fitted models as plain arrays: a penalised linear model, boosted trees, and what they predict."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array, hstack
from scipy.special import expit, ndtr

from recommender.risk.models.text_features import inverse_frequency, weighted
from recommender.risk.settings import RiskSettings

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

DEPTH = 3
_BINS = 40


@dataclass(frozen=True, eq=False, slots=True)
class LinearModel:
    """Log odds = intercept + coefficient · (number − centre) / scale + words · their weights.

    Attributes:
        centre, scale, coefficient: (columns,) of the design matrix; a missing number counts as the
            centre, its own 0/1 column says that it is missing.
        idf, words: (terms,) inverse document frequencies and weights, or None without text.
    """

    intercept: float
    centre: Floats
    scale: Floats
    coefficient: Floats
    idf: Floats | None = None
    words: Floats | None = None

    def logit(self, design: Floats, counts: csr_array | None) -> Floats:
        """(rows,) log odds."""
        number = np.where(np.isnan(design), self.centre, design)
        out = self.intercept + ((number - self.centre) / self.scale) @ self.coefficient
        return out if self.words is None else out + self.text(counts)

    def text(self, counts: csr_array | None) -> Floats:
        """(rows,) what the words add to the log odds."""
        if self.words is None or self.idf is None or counts is None:
            raise ValueError("this model reads text, but no text was given")
        return np.asarray(weighted(counts, self.idf) @ self.words)


@dataclass(frozen=True, eq=False, slots=True)
class TreesModel:
    """Boosted trees, each completed to depth 3, so that leaf ``2·i + 1 + right`` follows node i.

    Attributes:
        base: log odds before the first tree.
        feature, threshold, missing_left: (trees, 7) of the inner nodes; a completed node has an
            infinite threshold and so goes left.
        value: (trees, 8) log odds added by a leaf.
    """

    base: float
    feature: npt.NDArray[np.int64]
    threshold: Floats
    missing_left: Bools
    value: Floats

    def logit(self, design: Floats) -> Floats:
        """(rows,) log odds of rows of the design matrix."""
        out = np.full(design.shape[0], self.base)
        missing = np.isnan(design)
        columns = np.ascontiguousarray(design.T)
        gone = np.ascontiguousarray(missing.T)
        for tree in range(self.feature.shape[0]):
            node = np.zeros(design.shape[0], dtype=np.int64)
            f, t, left = self.feature[tree], self.threshold[tree], self.missing_left[tree]
            for level in range(DEPTH):
                right = np.zeros(design.shape[0], dtype=bool)
                for i in range(2**level - 1, 2 ** (level + 1) - 1):
                    if np.isposinf(t[i]) and left[i]:
                        continue
                    side = columns[f[i]] > t[i]
                    side |= gone[f[i]] & ~left[i]
                    right |= side & (node == i)
                node = 2 * node + 1 + right
            out += self.value[tree][node - (2**DEPTH - 1)]
        return out


@dataclass(frozen=True, eq=False, slots=True)
class Predictor:
    """A fitted candidate: the linear model, and trees that may take its reading of the text."""

    linear: LinearModel
    trees: TreesModel | None = None

    def logit(self, design: Floats, counts: csr_array | None) -> Floats:
        """(rows,) log odds, not yet calibrated."""
        if self.trees is None:
            return self.linear.logit(design, counts)
        if self.linear.words is not None:
            design = np.column_stack([design, self.linear.text(counts)])
        return self.trees.logit(design)

    @property
    def reads_text(self) -> bool:
        """Whether it needs counts of words."""
        return self.linear.words is not None


@dataclass(frozen=True, slots=True)
class Calibration:
    """Calibrated risk = link(intercept + slope · log odds).

    Attributes:
        link: "logit" (a logistic curve) or "probit" (a normal one, whose tails are thinner).
    """

    intercept: float = 0.0
    slope: float = 1.0
    link: str = "logit"

    def risk(self, logit: Floats) -> Floats:
        """(rows,) calibrated probabilities."""
        line = self.intercept + self.slope * logit
        return np.asarray(ndtr(line) if self.link == "probit" else expit(line))


def constant(rate: float, columns: int) -> Predictor:
    """A model that gives everybody the same risk."""
    zeros = np.zeros(columns)
    return Predictor(LinearModel(float(np.log(rate / (1 - rate))), zeros, np.ones(columns), zeros))


def fit_linear(
    design: Floats,
    counts: csr_array | None,
    y: Floats,
    weight: Floats,
    penalties: tuple[float, ...],
) -> tuple[LinearModel, ...]:
    """One ridge-penalised logistic regression a penalty, from strong to weak.

    Args:
        design: (rows, columns) with NaN for missing numbers.
        counts: (rows, terms) or None.
        y: (rows,) 0 or 1.
        weight: (rows,) > 0.
        penalties: inverse strengths, as ``C`` in scikit-learn.
    """
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    here = ~np.isnan(design)
    share = np.where(here, weight[:, None], 0.0)
    total = share.sum(axis=0)
    filled = np.where(here, design, 0.0)
    centre = (share * filled).sum(axis=0) / np.where(total > 0, total, 1.0)
    filled = np.where(here, design - centre, 0.0)
    scale = np.sqrt((weight[:, None] * filled**2).sum(axis=0) / weight.sum())
    useful = scale > 1e-9
    scale = np.where(useful, scale, 1.0)
    number = filled / scale
    number[:, ~useful] = 0.0
    if counts is None:
        matrix, idf = number, None
        solver = LogisticRegression(solver="newton-cholesky", max_iter=50, tol=1e-6)
    else:
        idf = inverse_frequency(counts)
        matrix = hstack([csr_array(number), weighted(counts, idf)], format="csr")
        solver = LogisticRegression(solver="lbfgs", max_iter=200, tol=3e-4, warm_start=True)
    out = []
    width = design.shape[1]
    for penalty in penalties:
        solver.set_params(C=penalty)
        with warnings.catch_warnings():
            # A path that stops early is still judged by rows it has not seen.
            warnings.simplefilter("ignore", ConvergenceWarning)
            solver.fit(matrix, y, sample_weight=weight)
        coefficient = solver.coef_[0].astype(np.float64)
        out.append(
            LinearModel(
                intercept=float(solver.intercept_[0]),
                centre=centre,
                scale=scale,
                coefficient=coefficient[:width].copy(),
                idf=idf,
                words=None if counts is None else coefficient[width:].copy(),
            )
        )
    return tuple(out)


def fit_trees(design: Floats, y: Floats, weight: Floats, settings: RiskSettings) -> TreesModel:
    """Gradient-boosted trees of depth 3 on (rows, columns) numbers with NaN for missing."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    model = HistGradientBoostingClassifier(
        learning_rate=settings.learning_rate,
        max_iter=settings.rounds,
        max_depth=DEPTH,
        max_leaf_nodes=2**DEPTH,
        min_samples_leaf=settings.leaf_rows,
        l2_regularization=5.0,
        max_bins=_BINS,
        early_stopping=False,
        random_state=settings.seed,
    )
    # Binning here, not there: weighted quantiles of every column would take longer than the trees.
    edges = [_edges(column) for column in design.T]
    binned = np.column_stack(
        [
            np.where(np.isnan(column), np.nan, np.searchsorted(edge, column, side="left"))
            for column, edge in zip(design.T, edges, strict=True)
        ]
    )
    model.fit(binned, y, sample_weight=weight)
    base = float(np.ravel(model._baseline_prediction)[0])
    return _completed(base, [stage[0].nodes for stage in model._predictors], edges)


def _edges(column: Floats) -> Floats:
    """The upper ends of all bins but the last: bin k holds numbers in (edge k-1, edge k]."""
    values = np.unique(column[~np.isnan(column)])
    if values.size <= _BINS:
        return np.asarray((values[1:] + values[:-1]) / 2)
    known = np.sort(column[~np.isnan(column)])
    return np.unique(known[(np.arange(1, _BINS) * known.size) // _BINS])


def _completed(base: float, trees: list[npt.NDArray[np.void]], edges: list[Floats]) -> TreesModel:
    inner, leaves = 2**DEPTH - 1, 2**DEPTH
    feature = np.zeros((len(trees), inner), dtype=np.int64)
    threshold = np.full((len(trees), inner), np.inf)
    missing_left = np.ones((len(trees), inner), dtype=bool)
    value = np.zeros((len(trees), leaves))
    for t, nodes in enumerate(trees):
        at = [0]
        for level in range(DEPTH + 1):
            below = []
            for i, node in enumerate(at):
                place = 2**level - 1 + i
                if level == DEPTH:
                    value[t, place - inner] = nodes["value"][node]
                elif nodes["is_leaf"][node]:
                    below += [node, node]
                else:
                    column = int(nodes["feature_idx"][node])
                    bin_ = nodes["num_threshold"][node]
                    feature[t, place] = column
                    if np.isfinite(bin_):  # infinite: only missing numbers go right
                        threshold[t, place] = edges[column][int(np.floor(bin_))]
                    missing_left[t, place] = bool(nodes["missing_go_to_left"][node])
                    below += [int(nodes["left"][node]), int(nodes["right"][node])]
            at = below
    return TreesModel(base, feature, threshold, missing_left, value)
