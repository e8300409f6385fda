"""Cross-fitting: what happened to a pupil, or to its siblings, never reaches its own prediction."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from recommender.risk import RiskSettings
from recommender.risk.models.cross_fitting import Sample
from recommender.risk.models.fitting import candidates_of, one_candidate
from recommender.risk.models.text_features import Vocabulary

SETTINGS = RiskSettings(rounds=10, leaf_rows=10, penalties=(0.01, 0.1))
NAMES = ("linear", "linear with notes", "boosting", "boosting with notes")


def sample(n: int = 400, seed: int = 0) -> Sample:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, 3))
    bad = rng.random(n) < 0.4
    y = (rng.random(n) < 1 / (1 + np.exp(1 - x[:, 0] - 2.0 * bad))).astype(float)
    words = ["slecht" if b else "goed" for b in bad ^ (rng.random(n) < 0.2)]
    counts = Vocabulary(("w:goed", "w:slecht")).counts(words)
    return Sample(x, counts, y, np.ones(n), np.arange(n) % 4, np.arange(n))


@pytest.mark.parametrize("part", [0, 3])
def test_turning_the_outcomes_of_a_part_around_changes_none_of_its_predictions(part):
    before = sample()
    here = before.fold == part
    after = replace(before, y=np.where(here, 1 - before.y, before.y))
    one, other = candidates_of(before, SETTINGS), candidates_of(after, SETTINGS)
    assert tuple(one) == NAMES
    for name in NAMES:
        assert np.array_equal(one[name].logit[here], other[name].logit[here])
        assert not np.allclose(one[name].logit[~here], other[name].logit[~here])


@pytest.mark.parametrize("name", NAMES)
def test_every_row_is_predicted_by_the_model_that_left_its_part_out(name):
    rows = sample()
    fitted = candidates_of(rows, SETTINGS)[name]
    assert len(fitted.models) == 4
    for part, model in enumerate(fitted.models):
        here = np.flatnonzero(rows.fold == part)
        mine = rows.take(here)
        assert model.logit(mine.design, mine.counts) == pytest.approx(fitted.logit[here])
        assert model.reads_text == name.endswith("notes")


@pytest.mark.parametrize("name", NAMES)
def test_one_candidate_alone_is_the_same_as_among_the_others(name):
    rows = sample()
    single = replace(SETTINGS, penalties=(0.1,))
    assert np.array_equal(
        one_candidate(name, rows, 0.1, single).logit, candidates_of(rows, single)[name].logit
    )


def test_text_that_tells_the_outcome_makes_both_kinds_of_model_better():
    rows = sample(1500, seed=1)
    fitted = candidates_of(rows, SETTINGS)

    def loss(name: str) -> float:
        p = np.clip(fitted[name].risk, 1e-9, 1 - 1e-9)
        return float(-np.mean(rows.y * np.log(p) + (1 - rows.y) * np.log1p(-p)))

    assert loss("linear with notes") < loss("linear") - 0.005
    assert loss("boosting with notes") < loss("boosting") - 0.005
