"""Dual prices of rows: the Lagrangian dual, smoothed and minimised by Newton steps.

The bound is a sum of maxima; a softmax of temperature ``mu`` makes it smooth, and Newton steps
lower it, with the temperature falling from stage to stage.  At every stage only columns that come
near the best of their block take part: blocks with one such column are settled and become a
constant, so that the late stages touch few blocks.  What was left out is checked against the
bound of the whole problem, and a stage that left out too much is done again with more.  (Yu.
Nesterov, Smooth minimization of non-smooth functions, Mathematical Programming 103, 2005.)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp

from recommender.allocation.model.problem import (
    AllocationProblem,
    BoolArray,
    FloatArray,
    IntArray,
    block_best,
    blocks_at,
    bound,
    chunks,
    columns_of,
    offer_price,
    usage,
)

FAR = 16.0
"""Columns this many temperatures below the best of their block weigh less than 1e-6."""

SAMPLE = 20_000
"""Blocks above which the first stages look at an even sample of them."""


WARM = 0.03
"""The temperature, relative to a typical best value, from which known prices are lowered."""


@dataclass(frozen=True, eq=False, slots=True)
class Reduced:
    """A problem without the columns whose reduced costs rule them out, and what was fixed.

    Attributes:
        problem: what is still open: fewer blocks, fewer columns, less capacity.
        columns: (columns,) the column of the whole problem behind each open column.
        blocks: (blocks,) the block of the whole problem behind each open block.
        fixed: (k,) columns of the whole problem taken as often as their blocks allow.
        constant: what the fixed columns are worth.
    """

    problem: AllocationProblem
    columns: IntArray
    blocks: IntArray
    fixed: IntArray
    constant: float


def fix_variables(
    problem: AllocationProblem,
    price: FloatArray,
    window: float,
    open_blocks: BoolArray | None = None,
) -> Reduced:
    """Reduced-cost fixing: the problem of the columns whose net value is near the best of a block.

    A block with one such column, or with none but taking nothing, is fixed at it.

    Args:
        problem: the allocation problem.
        price: (rows,) prices >= 0.
        window: how far below the best of its block a net value may lie.
        open_blocks: (blocks,) blocks that keep all their columns and stay open; none if None.
    """
    kept_open = np.zeros(problem.blocks, dtype=np.bool_) if open_blocks is None else open_blocks
    cost = offer_price(problem, price)
    columns, counts = [], np.zeros(problem.blocks, dtype=np.int64)
    fixed = []
    for first, last in chunks(problem):
        near, count, alone = _near(problem, cost, window, kept_open, first, last)
        columns.append(near)
        counts[first:last] = count
        fixed.append(alone)
    kept = np.concatenate(columns) if columns else np.zeros(0, dtype=np.int64)
    taken = np.concatenate(fixed) if fixed else np.zeros(0, dtype=np.int64)
    blocks = np.flatnonzero(counts)
    limit = problem.limit[blocks_at(problem, taken)]
    open_problem = AllocationProblem(
        value=problem.value[kept],
        offer=problem.offer[kept],
        start=np.concatenate([[0], np.cumsum(counts[blocks])]),
        limit=problem.limit[blocks],
        divisible=problem.divisible[blocks],
        use=problem.use,
        capacity=problem.capacity - usage(problem, taken, limit),
        part=problem.part[blocks],
    )
    return Reduced(open_problem, kept, blocks, taken, float(problem.value[taken] @ limit))


def _near(
    problem: AllocationProblem,
    cost: FloatArray,
    window: float,
    kept_open: BoolArray,
    first: int,
    last: int,
) -> tuple[IntArray, IntArray, IntArray]:
    """Return open columns, their number by block, and fixed columns, of a range of blocks."""
    begin, end = problem.start[first], problem.start[last]
    net = problem.value[begin:end] - cost[problem.offer[begin:end]]
    length = np.diff(problem.start[first : last + 1])
    best = np.zeros(last - first)
    filled = np.flatnonzero(length)
    if filled.size:
        starts = problem.start[first + filled] - begin
        best[filled] = np.maximum(np.maximum.reduceat(net, starts), 0.0)
    least = np.where(kept_open[first:last], -np.inf, best - window)
    near = np.flatnonzero(net > np.repeat(least, length))
    block = np.searchsorted(problem.start[first : last + 1], near + begin, side="right") - 1
    count = np.bincount(block, minlength=last - first)
    nothing = (best < window) | kept_open[first:last]
    is_open = (count > 0) & (count + nothing > 1) & (problem.limit[first:last] > 0)
    of_open = is_open[block]
    alone = near[~of_open & ~nothing[block]]
    return near[of_open] + begin, np.where(is_open, count, 0), alone + begin


@dataclass(frozen=True, eq=False, slots=True)
class Smooth:
    """The softened bound at some prices.

    Attributes:
        value: the softened bound, never below the bound.
        hard: the bound.
        gradient: (rows,) capacity minus expected use.
        spread: (rows, blocks) sparse: expected use by block, of blocks that are undecided.
        weight: (offers,) how often an offer is taken by undecided blocks.
        limit: (blocks,) the limit of each undecided block.
    """

    value: float
    hard: float
    gradient: FloatArray
    spread: sp.csc_array
    weight: FloatArray
    limit: FloatArray


def smoothed(
    problem: AllocationProblem, price: FloatArray, mu: float, *, curved: bool = True
) -> Smooth:
    """Return the bound with every maximum softened at temperature ``mu``.

    Args:
        problem: the allocation problem.
        price: (rows,) prices >= 0.
        mu: the temperature, in units of value.
        curved: whether what the curvature needs is wanted too.
    """
    cost = offer_price(problem, price)
    earnings = float(price @ problem.capacity)
    value = hard = earnings
    taken = np.zeros(problem.offers)
    weight = np.zeros(problem.offers)
    spreads, limits = [], []
    for first, last in chunks(problem):
        begin, end = problem.start[first], problem.start[last]
        length = np.diff(problem.start[first : last + 1])
        net = problem.value[begin:end] - cost[problem.offer[begin:end]]
        best = np.zeros(last - first)
        filled = np.flatnonzero(length)
        if filled.size:
            starts = problem.start[first + filled] - begin
            best[filled] = np.maximum(np.maximum.reduceat(net, starts), 0.0)
        below = (net - np.repeat(best, length)) / mu
        near = np.flatnonzero(below > -FAR)
        block = np.repeat(np.arange(last - first), length)[near]
        share = np.exp(below[near])
        total = np.bincount(block, share, minlength=last - first) + np.exp(-best / mu)
        limit = problem.limit[first:last]
        hard += float(limit @ best)
        value += float(limit @ (best + mu * np.log(total)))
        share *= (limit / total)[block]
        offer = problem.offer[begin:end][near]
        taken += np.bincount(offer, share, minlength=problem.offers)
        if not curved:
            continue
        most = np.zeros(last - first)
        np.maximum.at(most, block, share)
        undecided = most < limit * (1 - 1e-6)
        some = undecided[block]
        weight += np.bincount(offer[some], share[some], minlength=problem.offers)
        compact = np.cumsum(undecided) - 1
        chosen = sp.csc_array(
            (share[some], (offer[some], compact[block[some]])),
            shape=(problem.offers, int(undecided.sum())),
        )
        spreads.append(problem.use @ chosen)
        limits.append(limit[undecided])
    spread = (
        sp.csc_array(sp.hstack(spreads, format="csc"))
        if spreads
        else sp.csc_array((problem.rows, 0))
    )
    return Smooth(
        value=value,
        hard=hard,
        gradient=problem.capacity - problem.use @ taken,
        spread=spread,
        weight=weight,
        limit=np.concatenate(limits) if limits else np.zeros(0),
    )


def curvature(problem: AllocationProblem, smooth: Smooth, mu: float) -> sp.csc_array:
    """Return (rows, rows) the second derivative of the softened bound."""
    some = np.flatnonzero(smooth.weight)
    use = problem.use[:, some]
    of_offers = use @ sp.diags_array(smooth.weight[some]) @ use.T
    of_blocks = smooth.spread @ sp.diags_array(1.0 / smooth.limit) @ smooth.spread.T
    return sp.csc_array((of_offers - of_blocks) / mu)


def newton_steps(
    problem: AllocationProblem,
    price: FloatArray,
    mu: float,
    *,
    reach: float,
    furthest: float,
    steps: int,
    close: float = 0.05,
) -> tuple[FloatArray, Smooth]:
    """Return prices after projected Newton steps on the softened bound, and what it is there.

    Args:
        problem: the allocation problem.
        price: (rows,) prices >= 0 to begin from.
        mu: the temperature.
        reach: how far the first step may move a price for which nothing near the best competes.
        furthest: how far any step may move such a price.
        steps: the most steps.
        close: stop when a step promises less than this part of the softening itself.
    """
    problem = with_used_offers(problem)
    here = smoothed(problem, price, mu)
    damping = np.full(problem.rows, 1e-6)
    radius = np.full(problem.rows, reach)
    for _ in range(steps):
        free = np.flatnonzero((price > 0) | (here.gradient < 0))
        if free.size == 0:
            break
        matrix = curvature(problem, here, mu)
        inner = sp.csc_array(matrix[free][:, free])
        diagonal = np.maximum(inner.diagonal(), 1e-12)
        # a row that nothing near the best uses has no curvature: its own step stays in reach
        least = np.maximum(np.abs(here.gradient[free]) / radius[free] - diagonal, 0.0)
        for _attempt in range(8):
            newton = np.zeros(problem.rows)
            newton[free] = -_solve(
                inner, damping[free] * (diagonal + least) + least, here.gradient[free]
            )
            trial = np.maximum(price + newton, 0.0)
            promise = float(here.gradient @ (price - trial))
            there = smoothed(problem, trial, mu)
            accepted = there.value <= here.value - 1e-3 * max(promise, 0.0)
            # a row whose price went too far has its gradient turned: hold that row back
            turned = (there.gradient * here.gradient < 0) & (
                np.abs(there.gradient) > 0.5 * np.abs(here.gradient)
            )
            if accepted:
                damping = np.where(turned, damping, np.maximum(damping / 5, 1e-6))
                held = np.zeros_like(turned)
                held[free[least > 0]] = True
                radius = np.where(turned, radius / 3, np.where(held, radius * 3, radius))
                np.minimum(radius, furthest, out=radius)
                break
            worse = turned if turned.any() else np.ones_like(turned)
            damping[worse] = np.maximum(damping[worse] * 10, 0.1)
        else:
            break
        gained = here.value - there.value
        price, here = trial, there
        if gained <= close * max(here.value - here.hard, 0.0):
            break
    return price, here


def with_used_offers(problem: AllocationProblem) -> AllocationProblem:
    """Return the same problem without the offers that no column makes use of."""
    used = np.zeros(problem.offers, dtype=np.bool_)
    used[problem.offer] = True
    if used.all():
        return problem
    code = (np.cumsum(used) - 1).astype(np.int32)
    return replace(
        problem,
        offer=code[problem.offer],
        use=sp.csc_array(problem.use[:, np.flatnonzero(used)]),
    )


def _solve(matrix: sp.csc_array, extra: FloatArray, right: FloatArray) -> FloatArray:
    if right.size <= 400:
        dense = matrix.toarray()
        dense[np.diag_indices_from(dense)] += extra
        return np.asarray(np.linalg.solve(dense, right))
    from scipy.sparse.linalg import splu

    factors = splu(
        sp.csc_array(matrix + sp.diags_array(extra)),
        permc_spec="MMD_AT_PLUS_A",
        diag_pivot_thresh=0.0,
        options={"SymmetricMode": True},
    )
    return np.asarray(factors.solve(right))


@dataclass(frozen=True, eq=False, slots=True)
class Prices:
    """Prices with the bound they prove and how well it is settled.

    Attributes:
        price: (rows,) prices >= 0.
        bound: the bound they prove.
        mu: the last temperature: net values are settled to a few times this.
    """

    price: FloatArray
    bound: float
    mu: float


def find_prices(
    problem: AllocationProblem,
    *,
    accuracy: float = 1e-3,
    coldest: float = 0.01,
    say: Callable[[str], None] | None = None,
    out_of_time: Callable[[], bool] = lambda: False,
    start: FloatArray | None = None,
) -> Prices:
    """Return prices whose bound is near the lowest.

    Args:
        problem: the allocation problem, with uses and values of about 1.
        accuracy: the softening, relative to the bound, at which to stop.
        coldest: the temperature, relative to a typical best value, at which to stop.
        say: takes short lines about what is done.
        out_of_time: asked between stages; the best prices so far are returned when it is.
        start: (rows,) prices >= 0 that were near the lowest of much the same problem.
    """
    price = np.zeros(problem.rows)
    best = block_best(problem, price)
    typical = float(best[best > 0].mean()) if np.any(best > 0) else 1.0
    mu = 0.5 * typical
    if start is not None:
        price, mu = start, WARM * typical
    elif problem.blocks > SAMPLE:
        sample = _sample(problem, max(SAMPLE // 2, problem.blocks // 8))
        while mu > 0.1 * typical:
            price, _ = newton_steps(
                sample, price, mu, reach=4 * typical, furthest=20 * typical, steps=25, close=0.01
            )
            mu /= 2.5
    found = Prices(price, bound(problem, price), mu)
    widths = 20.0
    stalled = 0
    while not out_of_time():
        window = widths * mu if mu < 0.1 * typical else np.inf
        reduced = fix_variables(problem, price, window)
        trial, smooth = newton_steps(
            reduced.problem,
            price,
            mu,
            reach=min(window / 4, 4 * typical),
            furthest=min(window, 20 * typical),
            steps=25,
            close=0.005,
        )
        proven = bound(problem, trial)
        softness = max(smooth.value - smooth.hard, 1e-12)
        missed = proven - (smooth.hard + reduced.constant)
        if say is not None:
            say(
                f"temperature {mu:.3g}: {reduced.problem.blocks} blocks open, bound {proven:.10g},"
                f" softness {softness:.3g}, missed {missed:.3g}"
            )
        if missed > 0.5 * softness and widths < 1e4:
            widths *= 3
            if proven > found.bound:
                continue
        price = trial
        gained = found.bound - proven
        if proven < found.bound:
            found = Prices(price, proven, mu)
        scale = max(abs(found.bound), 1e-12)
        if softness <= accuracy * scale or mu <= coldest * typical:
            break
        stalled = stalled + 1 if gained < 1e-7 * scale else 0
        if stalled >= 3:
            break
        mu /= 2.5
    return found


def _sample(problem: AllocationProblem, size: int) -> AllocationProblem:
    """Return an even sample of the blocks that are worth something, each counted for more."""
    positive = np.zeros(problem.blocks, dtype=np.bool_)
    column_block = blocks_at(problem, np.flatnonzero(problem.value > 0))
    positive[column_block] = True
    plain = np.flatnonzero(positive & ~problem.divisible)
    every = max(1, plain.size // size)
    chosen = np.concatenate([plain[every // 2 :: every], np.flatnonzero(~positive)])
    chosen.sort()
    columns = columns_of(problem, chosen)
    start = np.concatenate([[0], np.cumsum(np.diff(problem.start)[chosen])])
    factor = np.where(positive[chosen], plain.size / max(1, plain[every // 2 :: every].size), 1.0)
    return AllocationProblem(
        value=problem.value[columns],
        offer=problem.offer[columns],
        start=start,
        limit=problem.limit[chosen] * factor,
        divisible=np.ones(chosen.size, dtype=np.bool_),
        use=problem.use,
        capacity=problem.capacity,
        part=problem.part[chosen],
    )
