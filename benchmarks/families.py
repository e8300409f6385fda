"""Documented instance families of the allocation problem, made from a size and a seed.

``pools``: schools of about 220 pupils, boards of about 15 schools, 24 interventions, 8 roles of
which 5 are pools of hours at the school and 3 are pools of the board.  A pupil qualifies for about
a fifth of the interventions, and may receive one or two of them (about 15 columns a pupil).  The
hours suffice for about a third of what would do any good.

``region``: what planning makes of a school region: 8 sites, 8 roles, 3 periods, 24 interventions
of which a third are groups; pupils choose bundles of at most two and a first period; professionals
are divisible blocks that serve one to three sites; group sessions are integer blocks with places
and a quorum; a budget; a must-serve row a pupil in 60, with its shortage.

``qini``: one budget, five arms, any number of units: the multi-armed Qini setting.
"""

from __future__ import annotations

import itertools

import numpy as np
import scipy.sparse as sp

from recommender.allocation import AllocationProblem

INTERVENTIONS = 24
ROLES = 8
BOARD_ROLES = 3


def pools(pupils: int, seed: int = 0) -> AllocationProblem:
    """Return an instance of the ``pools`` family.

    Args:
        pupils: how many pupils.
        seed: the seed of every draw.
    """
    rng = np.random.default_rng(seed)
    schools = max(1, round(pupils / 220))
    boards = max(1, round(schools / 15))
    hours = _hours(rng)
    bundles, bundle_hours, codes = _bundles(hours)
    good = rng.gamma(2.0, 0.5, INTERVENTIONS) * (hours.sum(axis=1) / hours.sum(axis=1).mean()) ** 0.7
    school = np.sort(rng.integers(0, schools, pupils))
    need = rng.gamma(2.0, 0.5, pupils) * np.exp(rng.normal(0, 0.2, schools))[school]
    eligible = rng.random((pupils, INTERVENTIONS)) < 0.2
    benefit = (
        need[:, None] * good[None, :] * np.exp(rng.normal(0, 0.5, (pupils, INTERVENTIONS)))
    ).astype(np.float32)
    pupil, bundle, value = _candidates(eligible, benefit, bundles)
    offer = (school[pupil] * len(bundles) + bundle).astype(np.int32)
    use = _pool_use(bundle_hours, schools, boards)
    start = np.searchsorted(pupil, np.arange(pupils + 1)).astype(np.int64)
    demand = np.asarray(use @ np.bincount(offer, minlength=use.shape[1])) / max(
        1.0, offer.size / pupils
    )
    return AllocationProblem(
        value=value,
        offer=offer,
        start=start,
        limit=np.ones(pupils),
        divisible=np.zeros(pupils, dtype=np.bool_),
        use=use,
        capacity=demand * rng.uniform(0.2, 0.45, demand.size),
        part=school.astype(np.int32),
    )


def qini(units: int, arms: int = 5, budget: float = 0.3, seed: int = 0) -> AllocationProblem:
    """Return an instance of the ``qini`` family: one budget, at most one arm a unit.

    Args:
        units: how many units.
        arms: how many arms beside doing nothing.
        budget: the budget, relative to what the dearest arm for everybody would cost.
        seed: the seed of every draw.
    """
    rng = np.random.default_rng(seed)
    cost = np.sort(rng.gamma(3.0, 1.0, arms))
    effect = rng.normal(0.3, 1.0, (units, 1)) + rng.normal(0, 0.5, (units, arms))
    value = effect * np.sqrt(cost)
    return AllocationProblem(
        value=value.ravel(),
        offer=np.tile(np.arange(arms, dtype=np.int32), units),
        start=np.arange(0, units * arms + 1, arms, dtype=np.int64),
        limit=np.ones(units),
        divisible=np.zeros(units, dtype=np.bool_),
        use=sp.csc_array(cost[None, :]),
        capacity=np.array([budget * units * cost[-1]]),
        part=np.full(units, -1, dtype=np.int32),
    )


def _hours(rng: np.random.Generator) -> np.ndarray:
    """(interventions, roles) hours a pupil: one role or two."""
    hours = np.zeros((INTERVENTIONS, ROLES))
    first = np.arange(INTERVENTIONS) % ROLES
    hours[np.arange(INTERVENTIONS), first] = rng.gamma(3.0, 4.0, INTERVENTIONS)
    second = rng.integers(0, ROLES, INTERVENTIONS)
    some = rng.random(INTERVENTIONS) < 0.5
    hours[some, second[some]] += rng.gamma(2.0, 1.0, some.sum())
    return np.round(hours, 2)


def _bundles(hours: np.ndarray) -> tuple[list[tuple[int, ...]], np.ndarray, np.ndarray]:
    single = [(i,) for i in range(INTERVENTIONS)]
    pairs = list(itertools.combinations(range(INTERVENTIONS), 2))
    bundles = [*single, *pairs]
    table = np.array([hours[list(bundle)].sum(axis=0) for bundle in bundles])
    return bundles, table, np.arange(len(bundles))


def _candidates(
    eligible: np.ndarray, benefit: np.ndarray, bundles: list[tuple[int, ...]]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Pupil, bundle and value of every column, by pupil; the weaker of two counts half."""
    pupils, codes, values = [], [], []
    for code, bundle in enumerate(bundles):
        who = np.flatnonzero(eligible[:, list(bundle)].all(axis=1))
        gains = benefit[who][:, list(bundle)]
        gain = gains.max(axis=1)
        if len(bundle) == 2:
            gain = gain + 0.5 * gains.min(axis=1)
        pupils.append(who.astype(np.int32))
        codes.append(np.full(who.size, code, dtype=np.int16))
        values.append(gain.astype(np.float64))
    pupil = np.concatenate(pupils)
    order = np.argsort(pupil, kind="stable")
    return pupil[order], np.concatenate(codes)[order], np.concatenate(values)[order]


def _pool_use(bundle_hours: np.ndarray, schools: int, boards: int) -> sp.csc_array:
    """Rows: local roles by school, then board roles by board; offers: bundles by school."""
    local = ROLES - BOARD_ROLES
    board = np.arange(schools) * boards // schools
    bundle, role = np.nonzero(bundle_hours)
    amount = bundle_hours[bundle, role]
    school = np.repeat(np.arange(schools), bundle.size)
    role_row = np.tile(role, schools)
    row = np.where(
        role_row < local,
        school * local + role_row,
        schools * local + board[school] * BOARD_ROLES + role_row - local,
    )
    column = school * len(bundle_hours) + np.tile(bundle, schools)
    shape = (schools * local + boards * BOARD_ROLES, schools * len(bundle_hours))
    return sp.csc_array((np.tile(amount, schools), (row, column)), shape=shape)
