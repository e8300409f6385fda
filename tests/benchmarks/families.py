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
    bundles, bundle_hours = _bundles(hours)
    good = (
        rng.gamma(2.0, 0.5, INTERVENTIONS) * (hours.sum(axis=1) / hours.sum(axis=1).mean()) ** 0.7
    )
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


def _bundles(hours: np.ndarray) -> tuple[list[tuple[int, ...]], np.ndarray]:
    single = [(i,) for i in range(INTERVENTIONS)]
    pairs = list(itertools.combinations(range(INTERVENTIONS), 2))
    bundles = [*single, *pairs]
    table = np.array([hours[list(bundle)].sum(axis=0) for bundle in bundles])
    return bundles, table


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


def region(
    pupils: int = 1800,
    sites: int = 8,
    periods: int = 3,
    seed: int = 0,
    staff: int = 40,
) -> AllocationProblem:
    """Return an instance of the ``region`` family.

    Args:
        pupils: how many pupils.
        sites: how many sites.
        periods: how many periods.
        seed: the seed of every draw.
        staff: how many professionals, each with hours in every period.
    """
    rng = np.random.default_rng(seed)
    hours = _hours(rng)
    groups = np.arange(INTERVENTIONS) % 3 == 0
    hours[groups] *= 0.15
    group_hours = np.where(groups, rng.uniform(20, 60, INTERVENTIONS).round(), 0.0)
    group_role = rng.integers(0, ROLES, INTERVENTIONS)
    least = np.where(groups, rng.integers(2, 5, INTERVENTIONS), 0)
    most = np.where(groups, least + rng.integers(1, 5, INTERVENTIONS), 0)
    money = rng.uniform(10, 120, INTERVENTIONS).round()
    # rows: hours by role, site, period; places and quorum by group, site, period; budget; floor
    kinds = np.flatnonzero(groups)
    hours_rows = ROLES * sites * periods
    group_rows = kinds.size * sites * periods
    budget, floor = hours_rows + 2 * group_rows, hours_rows + 2 * group_rows + 1
    rows = floor + 1
    kind_of = np.full(INTERVENTIONS, -1)
    kind_of[kinds] = np.arange(kinds.size)

    def hours_row(role: int, site: int, period: int) -> int:
        return (role * sites + site) * periods + period

    def places_row(intervention: int, site: int, period: int) -> int:
        return hours_rows + (int(kind_of[intervention]) * sites + site) * periods + period

    entries: list[tuple[int, int, float]] = []
    bundles = [(i,) for i in range(INTERVENTIONS)]
    bundles += list(itertools.combinations(range(INTERVENTIONS), 2))
    offers = 0
    code = np.zeros((len(bundles), sites, periods, 2), dtype=np.int64)
    for bundle, site, period, must in itertools.product(
        range(len(bundles)), range(sites), range(periods), range(2)
    ):
        for intervention in bundles[bundle]:
            for role in np.flatnonzero(hours[intervention]):
                entries.append((hours_row(role, site, period), offers, hours[intervention, role]))
            if groups[intervention]:
                entries.append((places_row(intervention, site, period), offers, 1.0))
                entries.append((places_row(intervention, site, period) + group_rows, offers, -1.0))
            entries.append((budget, offers, money[intervention]))
        if must:
            entries.append((floor, offers, -1.0))
        code[bundle, site, period, must] = offers
        offers += 1
    good = rng.gamma(2.0, 0.5, INTERVENTIONS) * 0.1
    site_of = np.sort(rng.integers(0, sites, pupils))
    need = rng.gamma(2.0, 0.5, pupils)
    eligible = rng.random((pupils, INTERVENTIONS)) < 0.3
    benefit = (
        need[:, None] * good[None, :] * np.exp(rng.normal(0, 0.4, (pupils, INTERVENTIONS)))
    ).astype(np.float32)
    pupil, bundle, value = _candidates(eligible, benefit, bundles)
    must_serve = (np.arange(pupils) % 60 == 0).astype(np.int64)
    pupil = np.repeat(pupil, periods)
    period = np.tile(np.arange(periods), bundle.size)
    offer = code[np.repeat(bundle, periods), site_of[pupil], period, must_serve[pupil]]
    value = np.repeat(value, periods) * (1 - 0.02 * period)
    start = np.searchsorted(pupil, np.arange(pupils + 1)).astype(np.int64)
    limit, divisible, part = np.ones(pupils), np.zeros(pupils, dtype=bool), site_of.copy()
    values, codes, starts = [value], [offer], [start]
    extra_limit, extra_divisible, extra_part = [], [], []

    def block(
        block_values: list[float], block_codes: list[int], most: float, parts: bool, site: int
    ) -> None:
        values.append(np.array(block_values))
        codes.append(np.array(block_codes))
        starts.append(starts[-1][-1:] + len(block_values))
        extra_limit.append(most)
        extra_divisible.append(parts)
        extra_part.append(site)

    for intervention, site, when in itertools.product(kinds.tolist(), range(sites), range(periods)):
        new = []
        for count in range(1, 7):
            entries.append(
                (
                    hours_row(int(group_role[intervention]), site, when),
                    offers,
                    group_hours[intervention] * count,
                )
            )
            places = places_row(intervention, site, when)
            entries.append((places, offers, -float(most[intervention] * count)))
            entries.append((places + group_rows, offers, float(least[intervention] * count)))
            new.append(offers)
            offers += 1
        block([-0.0001 * n for n in range(1, 7)], new, 1.0, False, site)
    load = (
        hours.sum(axis=0) * 0.3
        + np.bincount(group_role[kinds], group_hours[kinds] / most[kinds], minlength=ROLES) * 0.3
    )
    for person in range(staff):
        roles = [person % ROLES] + ([int(rng.integers(ROLES))] if person % 4 == 0 else [])
        where = rng.choice(sites, size=min(sites, int(rng.integers(1, 4))), replace=False)
        for when in range(periods):
            new = []
            for role, (order, site) in itertools.product(sorted(set(roles)), enumerate(where)):
                entries.append((hours_row(role, int(site), when), offers, -1.0 + 0.05 * order))
                new.append(offers)
                offers += 1
            amount = 0.3 * load[roles[0]] * pupils / (staff / ROLES) / periods
            block(
                [0.0] * len(new),
                new,
                float(np.round(amount * rng.uniform(0.5, 1.5), 1)),
                True,
                int(where[0]) if len(where) == 1 else -1,
            )
    entries.append((floor, offers, -1.0))
    offers += 1
    must_count = float(must_serve.sum())
    block([-1000.0 * float(value.max())], [offers - 1], must_count, True, -1)
    row, column, amount_used = (np.array(list(x)) for x in zip(*entries, strict=True))
    capacity = np.zeros(rows)
    capacity[budget] = 25.0 * pupils
    capacity[floor] = -must_count
    return AllocationProblem(
        value=np.concatenate(values),
        offer=np.concatenate(codes).astype(np.int32),
        start=np.concatenate(starts).astype(np.int64),
        limit=np.concatenate([limit, extra_limit]),
        divisible=np.concatenate([divisible, extra_divisible]).astype(np.bool_),
        use=sp.csc_array((amount_used, (row, column)), shape=(rows, offers)),
        capacity=capacity,
        part=np.concatenate([part, extra_part]).astype(np.int32),
    )
