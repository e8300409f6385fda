"""``budget_path``: the most that every budget can buy, when one budget is all there is.

With a single row the relaxation needs no solver.  Of every unit only the columns on the upper
concave hull of (cost, value) are ever taken, in parts or whole; what lies below the hull is never
worth its cost.  A step from one column of the hull to the next has a ratio of value to cost, these
fall along the hull, and taking all steps of all units in order of their ratio gives the optimum for
every budget at once (Sinha and Zoltners 1979, "The multiple-choice knapsack problem"; the curve is
the Qini curve of several arms).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from recommender.allocation.model.problem import AllocationProblem, FloatArray, IntArray


@dataclass(frozen=True, eq=False, slots=True)
class BudgetPath:
    """The value of every budget: concave, and straight between its points.

    Attributes:
        budget: (steps + 1,) what has been spent before the first step and after each, ascending.
        value: (steps + 1,) what that is worth; the first is what costs nothing.
        price: (steps,) value for one more unit of budget along each step, falling.
        unit: (steps,) the unit that changes in each step.
        column: (steps,) the column it changes to.
        before: (steps,) the column it changes from, -1 for none.
        amount: (steps,) the limit of that unit.
        free: (k,) columns that cost nothing and are taken from the start, one a unit at most.
        free_amount: (k,) how much of each.
    """

    budget: FloatArray
    value: FloatArray
    price: FloatArray
    unit: IntArray
    column: IntArray
    before: IntArray
    amount: FloatArray
    free: IntArray
    free_amount: FloatArray

    def value_at(self, budget: FloatArray) -> FloatArray:
        """Return what some budgets >= 0 are worth; beyond the last point nothing more is gained."""
        return np.asarray(np.interp(budget, self.budget, self.value), dtype=np.float64)

    def price_at(self, budget: FloatArray) -> FloatArray:
        """Return what one more unit of some budgets >= 0 is worth; 0 beyond the last point.

        At a point between two steps this is the price of the step to come, the lowest of the prices
        that prove the optimum there.
        """
        at = np.searchsorted(self.budget[1:], budget, side="right")
        return np.asarray(np.append(self.price, 0.0)[at], dtype=np.float64)

    def area(self, budget: float) -> float:
        """Return the area under the curve from nothing to a budget >= 0, in value times budget."""
        return area_under(self.budget, self.value, budget)

    def lift(self, budget: float) -> float:
        """Return the area between the curve and the straight line to what a budget buys.

        The line is what the same budget would do, spent evenly at the average return; the area is 0
        where all help is worth its cost alike, and more the more it matters who comes first.
        """
        ends = float(self.value[0]) + float(self.value_at(np.array(budget)))
        return self.area(budget) - budget * ends / 2

    def taken_at(self, budget: float) -> tuple[IntArray, FloatArray]:
        """Return the columns taken with a budget >= 0, ascending, and how much of each.

        All units but one take their columns whole: the optimum of the relaxation.
        """
        done = int(np.searchsorted(self.budget[1:], budget, side="right"))
        share = np.ones(done)
        if done < self.price.size and budget > self.budget[done]:
            part = (budget - self.budget[done]) / (self.budget[done + 1] - self.budget[done])
            done, share = done + 1, np.append(share, part)
        amount = share * self.amount[:done]
        left = np.flatnonzero(self.before[:done] >= 0)
        column, place = np.unique(
            np.concatenate([self.free, self.column[:done], self.before[left]]), return_inverse=True
        )
        gone = -amount[left]
        quantity = np.bincount(place, np.concatenate([self.free_amount, amount, gone]))
        kept = np.flatnonzero(quantity > 1e-12)
        return column[kept].astype(np.int64), quantity[kept].astype(np.float64)


def area_under(budget: FloatArray, value: FloatArray, end: float) -> float:
    """Return the area under a curve that is straight between its points, from 0 to ``end``.

    Beyond its last point the curve is level.

    Args:
        budget: (points,) ascending from 0.
        value: (points,) the height at each.
        end: where to stop, >= 0.
    """
    inside = budget < end
    at = np.append(budget[inside], end)
    height = np.append(value[inside], np.interp(end, budget, value))
    return float(np.diff(at) @ (height[1:] + height[:-1]) / 2)


def budget_path(
    value: FloatArray, cost: FloatArray, start: IntArray, limit: FloatArray | None = None
) -> BudgetPath:
    """Return the most that every budget can buy.

    Args:
        value: (columns,) what one of each column is worth; may be negative.
        cost: (columns,) what it costs, >= 0.
        start: (units + 1,) the columns of unit u are ``start[u]:start[u + 1]``; at most one of
            them, or a mixture, is taken.
        limit: (units,) how often a unit may be served, such as the pupils of a segment; 1 if None.

    Raises:
        ValueError: if shapes differ, or a cost is negative or not finite.
    """
    units = start.size - 1
    if value.shape != cost.shape or start[0] != 0 or start[-1] != value.size:
        raise ValueError("value, cost and start do not describe the same columns")
    if limit is not None and limit.shape != (units,):
        raise ValueError(f"there are {limit.size} limits for {units} units")
    if not (np.isfinite(cost).all() and np.isfinite(value).all()) or np.any(cost < 0):
        raise ValueError("a cost is negative, or a number is not finite")
    free, spent, gained, at = _free(value, cost, start)
    steps: list[tuple[IntArray, IntArray, IntArray, FloatArray, FloatArray]] = []
    ahead = np.flatnonzero(value > 0)
    unit = np.repeat(np.arange(units), np.diff(start))[ahead]
    dear, good = cost[ahead], value[ahead]
    while True:
        kept = (dear > spent[unit]) & (good > gained[unit])
        if not kept.all():
            ahead, unit, dear, good = ahead[kept], unit[kept], dear[kept], good[kept]
        if ahead.size == 0:
            break
        ratio = (good - gained[unit]) / (dear - spent[unit])
        first = np.flatnonzero(np.diff(unit, prepend=-1))
        moving = unit[first]
        length = np.diff(np.append(first, unit.size))
        steepest = np.flatnonzero(ratio == np.repeat(np.maximum.reduceat(ratio, first), length))
        # of equally steep columns the dearest: those between lie on the way to it
        chosen = steepest
        if steepest.size > moving.size:
            order = steepest[np.lexsort((dear[steepest], unit[steepest]))]
            chosen = order[np.flatnonzero(np.diff(unit[order], append=-1))]
        column = ahead[chosen]
        steps.append(
            (
                moving,
                column,
                at[moving],
                dear[chosen] - spent[moving],
                good[chosen] - gained[moving],
            )
        )
        at[moving], spent[moving], gained[moving] = column, dear[chosen], good[chosen]
    return _in_order(value, start, free, steps, np.ones(units) if limit is None else limit)


def path_of(problem: AllocationProblem) -> BudgetPath:
    """Return the value of every capacity of the one row of a problem, in parts.

    Args:
        problem: an allocation problem with one row that no offer supplies.

    Raises:
        ValueError: if it has more rows, or an offer supplies the row.
    """
    if problem.rows != 1:
        raise ValueError(f"a path has one budget; the problem has {problem.rows} rows")
    cost = problem.use.toarray()[0]
    return budget_path(problem.value, cost[problem.offer], problem.start, problem.limit)


def _free(
    value: FloatArray, cost: FloatArray, start: IntArray
) -> tuple[IntArray, FloatArray, FloatArray, IntArray]:
    """Return columns that cost nothing, and (units,) cost, value and column where units begin."""
    units = start.size - 1
    spent, gained = np.zeros(units), np.zeros(units)
    at = np.full(units, -1, dtype=np.int64)
    gifts = np.flatnonzero((cost == 0) & (value > 0))
    if gifts.size == 0:
        return gifts, spent, gained, at
    unit = np.searchsorted(start, gifts, side="right") - 1
    order = np.lexsort((value[gifts], unit))
    last = order[np.flatnonzero(np.diff(unit[order], append=-1))]
    gained[unit[last]], at[unit[last]] = value[gifts[last]], gifts[last]
    return gifts[last], spent, gained, at


def _in_order(
    value: FloatArray,
    start: IntArray,
    free: IntArray,
    steps: list[tuple[IntArray, IntArray, IntArray, FloatArray, FloatArray]],
    limit: FloatArray,
) -> BudgetPath:
    """Return the path of steps found unit by unit, the steepest first."""
    none = np.zeros(0, dtype=np.int64), np.zeros(0)
    pieces = list(zip(*steps, strict=True)) or [(none[0],)] * 3 + [(none[1],)] * 2
    unit, column, before, dearer, better = (np.concatenate(piece) for piece in pieces)
    price = better / dearer
    # stable, so that equal prices keep the order in which a unit takes its steps
    order = np.argsort(-price, kind="stable")
    amount = limit[unit]
    order = order[amount[order] > 0]
    amount = amount[order]
    of_free = limit[np.searchsorted(start, free, side="right") - 1]
    begin = float(value[free] @ of_free)
    return BudgetPath(
        budget=np.concatenate([[0.0], np.cumsum(dearer[order] * amount)]),
        value=np.concatenate([[0.0], np.cumsum(better[order] * amount)]) + begin,
        price=price[order],
        unit=unit[order],
        column=column[order],
        before=before[order],
        amount=amount,
        free=free,
        free_amount=of_free,
    )
