"""Tests of ``certify_in_parts`` against ``certify``, which writes all links out at once."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest

from recommender.allocation import CertificateError, Effort, Links, certify, solve
from recommender.allocation.decomposition import certify_in_parts


@pytest.fixture(autouse=True)
def _in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("recommender.allocation.decomposition.split.COLUMNS", 1)
    monkeypatch.setattr("recommender.allocation.decomposition.certificate.MANY", 1)


@pytest.mark.parametrize("seed", range(3))
def test_the_parts_prove_the_same_bound_as_the_whole(country_of, seed) -> None:
    problem = country_of(groups=True, seed=seed, budget=0.3)
    found = solve(problem, Effort(gap=0.01, seconds=20), "prices").solution
    rng = np.random.default_rng(seed)
    users = np.flatnonzero(np.diff(problem.start) == 4)
    blocks = rng.choice(users, 30, replace=False)
    own = Links(
        blocks.astype(np.int64), 8 + problem.part[blocks].astype(np.int64), rng.uniform(0, 2, 30)
    )
    for links in (own, replace(own, price=0.01 * own.price)):
        solution = replace(found, links=links)
        whole, parts = certify(problem, solution), certify_in_parts(problem, solution)
        for field in fields(whole):
            one, other = getattr(whole, field.name), getattr(parts, field.name)
            assert np.all(other == one) or other == pytest.approx(one, rel=1e-12)


def test_a_link_that_does_not_hold_is_refused(country_of) -> None:
    problem = country_of(groups=True)
    found = solve(problem, Effort(gap=0.01, seconds=20), "prices").solution
    hours = Links(np.array([0, 1]), np.array([0, 0]), np.ones(2))
    with pytest.raises(CertificateError, match="more than whole columns supply"):
        certify_in_parts(problem, replace(found, links=hours))


def test_what_takes_too_much_is_refused(country_of) -> None:
    problem = country_of(groups=True)
    found = solve(problem, Effort(gap=0.01, seconds=20), "prices").solution
    with pytest.raises(CertificateError):
        certify_in_parts(problem, replace(found, quantity=9.0 * found.quantity))
