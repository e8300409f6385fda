"""Cross-fitted predictions: every row predicted by models that never saw its family."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array
from scipy.special import log_expit

from recommender.risk.models.calibration import fit_calibration
from recommender.risk.models.model import Calibration, LinearModel, Predictor, fit_linear, fit_trees
from recommender.risk.settings import RiskSettings

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False, slots=True)
class Sample:
    """The rows of one outcome: known, without a new intervention, in a fixed order.

    Attributes:
        design: (rows, columns).  counts: (rows, terms) or None.  y: (rows,) 0 or 1.
        weight, fold, family: (rows,).
    """

    design: Floats
    counts: csr_array | None
    y: Floats
    weight: Floats
    fold: Ints
    family: Ints

    def take(self, rows: Ints) -> Sample:
        """The sample of some rows."""
        counts = None if self.counts is None else self.counts[rows]
        return Sample(
            self.design[rows],
            counts,
            self.y[rows],
            self.weight[rows],
            self.fold[rows],
            self.family[rows],
        )

    def without_text(self) -> Sample:
        """The same rows as if no notes had been written."""
        return Sample(self.design, None, self.y, self.weight, self.fold, self.family)


@dataclass(frozen=True, eq=False, slots=True)
class CrossFit:
    """A candidate after cross-fitting.

    Attributes:
        logit: (rows,) log odds by the model of the other parts, not yet calibrated.
        risk: (rows,) the same, calibrated by what the other parts showed.
        models: the model of the other parts, for every part that occurs, in order.
        final: the model of all rows.
        calibration: fitted on ``logit`` of all rows, for ``final``.
        penalty: of the final linear model.
    """

    logit: Floats
    risk: Floats
    models: tuple[Predictor, ...]
    final: Predictor
    calibration: Calibration
    penalty: float


def cross_fit_linear(
    sample: Sample, penalties: tuple[float, ...], text: bool = True
) -> tuple[CrossFit, Floats]:
    """A penalised linear model, and the (rows, parts) text scores that no leak is in.

    The penalty of every part is chosen by cross-validation within the other parts.  Column k of the
    text scores holds, for a row outside part k, the words' log odds by a model that saw neither
    part k nor the row's own part: what a second model for part k may learn from.  They are made
    only if ``text`` is asked for and there are notes; otherwise they are zero.
    """
    parts = np.unique(sample.fold)
    place = np.searchsorted(parts, sample.fold)
    loss = np.zeros((parts.size, len(penalties)))
    pairs: dict[tuple[int, int], tuple[LinearModel, ...]] = {}
    text = text and sample.counts is not None
    choosing = len(penalties) > 1 or text
    for j, k in combinations(range(parts.size), 2) if choosing else ():
        models = _linear(sample, np.flatnonzero((place != j) & (place != k)), penalties)
        pairs[j, k] = models
        for held_out, left_out in ((j, k), (k, j)):
            held = sample.take(np.flatnonzero(place == held_out))
            for c, model in enumerate(models):
                loss[left_out, c] += _loss(model.logit(held.design, held.counts), held)
    logit = np.empty(sample.y.size)
    inner = np.zeros((sample.y.size, parts.size))
    fitted = []
    for k in range(parts.size):
        best = int(np.argmin(loss[k]))
        (model,) = _linear(sample, np.flatnonzero(place != k), (penalties[best],))
        fitted.append(Predictor(model))
        tested = np.flatnonzero(place == k)
        part = sample.take(tested)
        logit[tested] = model.logit(part.design, part.counts)
        if text and sample.counts is not None:
            inner[tested, k] = model.text(part.counts)
            for j in range(parts.size):
                if j != k:
                    rows = np.flatnonzero(place == j)
                    inner[rows, k] = pairs[min(j, k), max(j, k)][best].text(sample.counts[rows])
    penalty = penalties[int(np.argmin(loss.sum(axis=0)))]
    (final,) = _linear(sample, np.arange(sample.y.size), (penalty,))
    return _finish(sample, logit, tuple(fitted), Predictor(final), penalty), inner


def cross_fit_trees(
    sample: Sample, linear: CrossFit, text: Floats, settings: RiskSettings
) -> CrossFit:
    """Boosted trees on the design matrix and, if there are notes, the linear model's text score."""
    parts = np.unique(sample.fold)
    place = np.searchsorted(parts, sample.fold)
    logit = np.empty(sample.y.size)
    fitted = []

    def designed(column: Floats) -> Floats:
        if sample.counts is None:
            return sample.design
        return np.column_stack([sample.design, column])

    for k in range(parts.size):
        rows, tested = np.flatnonzero(place != k), np.flatnonzero(place == k)
        design = designed(text[:, k])
        trees = fit_trees(design[rows], sample.y[rows], sample.weight[rows], settings)
        fitted.append(Predictor(linear.models[k].linear, trees))
        logit[tested] = trees.logit(design[tested])
    outside = text[np.arange(place.size), place]
    trees = fit_trees(designed(outside), sample.y, sample.weight, settings)
    final = Predictor(linear.final.linear, trees)
    return _finish(sample, logit, tuple(fitted), final, linear.penalty)


def _linear(sample: Sample, rows: Ints, penalties: tuple[float, ...]) -> tuple[LinearModel, ...]:
    part = sample.take(rows)
    return fit_linear(part.design, part.counts, part.y, part.weight, penalties)


def _finish(
    sample: Sample, logit: Floats, models: tuple[Predictor, ...], final: Predictor, penalty: float
) -> CrossFit:
    risk = np.empty(logit.size)
    for part in np.unique(sample.fold):
        other, tested = sample.fold != part, sample.fold == part
        calibration = fit_calibration(logit[other], sample.y[other], sample.weight[other])
        risk[tested] = calibration.risk(logit[tested])
    return CrossFit(
        logit=logit,
        risk=risk,
        models=models,
        final=final,
        calibration=fit_calibration(logit, sample.y, sample.weight),
        penalty=penalty,
    )


def _loss(logit: Floats, rows: Sample) -> float:
    sign = 2 * rows.y - 1
    return float(-(rows.weight @ log_expit(sign * logit)))
