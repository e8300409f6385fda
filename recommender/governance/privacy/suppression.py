"""Tables of counts that may be published: small cells are hidden, and so is enough beside them.

A reader knows the margins, knows that counts are whole and not negative, and can solve the
equations that remain.  So a hidden cell counts as hidden only by what such a reader can infer:

- of a *small* cell (fewer than ``threshold`` pupils) every value from 0 to ``threshold - 1`` stays
  possible: the table says no more than that the cell is small, and not even which hidden cell is;
- of a cell hidden for the sake of another, a range of at least ``threshold - 1`` stays possible.

The cells to hide besides the small ones are found by one linear program a cell and direction (the
cheapest change of other cells that would keep all margins in order); margins are hidden last.
Tables that share cells (a district and its schools in another table) must be published as one
table, or each with the other's hidden cells handed in as ``also``.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.optimize import linprog
from scipy.sparse import csr_array, hstack

from recommender.errors import InputError, Problem

THRESHOLD = 10
TOTAL = "total"
HIDDEN = "·"

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False, slots=True)
class Suppressed:
    """A table of counts with its margins, safe to publish.

    Attributes:
        table: Int64 counts, hidden cells missing; the last row (and of a two-way table the last
            column) is ``total``.
        hidden: bool, shaped as ``table``: which cells are hidden.  Hide every other number of such
            a cell too (a mean, a rate), and compute published rates from published counts only.
        small, beside: how many cells are hidden because they are small, and how many beside them.
    """

    table: pd.DataFrame
    hidden: pd.DataFrame
    small: int
    beside: int

    def text(self, symbol: str = HIDDEN) -> pd.DataFrame:
        """The table as text; one symbol for every hidden cell, so that none stands out."""
        return self.table.map(lambda cell: symbol if pd.isna(cell) else f"{int(cell)}")


def suppress(
    counts: pd.DataFrame | pd.Series[int],
    threshold: int = THRESHOLD,
    *,
    publish_zeros: bool = False,
    also: Bools | None = None,
) -> Suppressed:
    """The table with margins, in which no small cell can be worked out.

    Args:
        counts: whole numbers >= 0 without margins: a Series (one-way) or a DataFrame (two-way).
        threshold: cells below it are small.
        publish_zeros: leave a count of zero visible (it says that *nobody* in a group has
            something, which can be as telling as a small number).
        also: (rows + 1, columns + 1) further cells to hide; of a one-way table (rows + 1, 1).

    Raises:
        InputError: a count is negative, missing or not whole, or ``threshold`` is below 2.
    """
    frame = counts.to_frame() if isinstance(counts, pd.Series) else counts
    one_way = isinstance(counts, pd.Series)
    inner = _checked(frame, threshold)
    full = _with_margins(inner, one_way)
    shape, value = full.shape, full.ravel()
    equations = _equations(shape, one_way)
    small = (value < threshold) & ~(publish_zeros & (value == 0))
    hidden = small.copy() if also is None else small | np.asarray(also, np.bool_).reshape(-1)
    hidden = _protect(value, small, hidden, equations, _costs(value, shape, one_way), threshold - 1)
    seen = np.where(hidden, np.nan, value)
    return Suppressed(
        table=_framed(seen.reshape(shape), frame, one_way).astype("Int64"),
        hidden=_framed(hidden.reshape(shape), frame, one_way),
        small=int(small.sum()),
        beside=int((hidden & ~small).sum()),
    )


def intervals(suppressed: Suppressed) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What a reader can infer: the least and the greatest value that every cell can have.

    Two frames shaped as the table, equal where a cell is published; inf is no upper limit.
    """
    table = suppressed.table.astype("Float64").to_numpy(np.float64, na_value=np.nan)
    one_way = table.shape[1] == 1
    value, hidden = table.ravel(), np.isnan(table.ravel())
    low, high = _inferred(value, hidden, _equations(table.shape, one_way))
    like = suppressed.table
    return tuple(  # type: ignore[return-value]
        pd.DataFrame(part.reshape(table.shape), index=like.index, columns=like.columns)
        for part in (low, high)
    )


def _checked(frame: pd.DataFrame, threshold: int) -> Floats:
    """The counts as floats, or every reason why they are none."""
    values = frame.to_numpy(np.float64, na_value=np.nan)
    problems = []
    if threshold < 2:
        problems.append("the threshold is below 2, which hides nobody")
    if values.size == 0:
        problems.append("there are no cells")
    if not np.isfinite(values).all():
        problems.append("a count is missing; write 0 where there is nobody")
    elif (values < 0).any() or (values != np.round(values)).any():
        problems.append("a count is negative or not a whole number")
    if problems:
        raise InputError(Problem("table to publish", None, None, text) for text in problems)
    return values


def _with_margins(inner: Floats, one_way: bool) -> Floats:
    with_rows = np.vstack([inner, inner.sum(0, keepdims=True)])
    return with_rows if one_way else np.hstack([with_rows, with_rows.sum(1, keepdims=True)])


def _equations(shape: tuple[int, ...], one_way: bool) -> csr_array:
    """(equations, cells): parts minus total is zero along every line of the table."""
    cell = np.arange(shape[0] * shape[1]).reshape(shape)
    lines = [cell[:, j] for j in range(shape[1])]
    if not one_way:
        lines += [cell[i] for i in range(shape[0])]
    column = np.concatenate(lines)
    row = np.repeat(np.arange(len(lines)), [len(line) for line in lines])
    sign = np.concatenate([np.r_[np.ones(len(line) - 1), -1.0] for line in lines])
    return csr_array((sign, (row, column)), shape=(len(lines), cell.size))


def _costs(value: Floats, shape: tuple[int, ...], one_way: bool) -> Floats:
    """(cells,) how much is lost by hiding a cell: more for large cells, most for margins."""
    cost = np.log2(value + 2.0).reshape(shape)
    cost[-1] *= 4.0 * shape[0]
    if not one_way:
        cost[:, -1] *= 4.0 * shape[1]
    flat: Floats = cost.ravel()
    return flat


def _protect(
    value: Floats,
    small: Bools,
    hidden: Bools,
    equations: csr_array,
    cost: Floats,
    room: float,
) -> Bools:
    """(cells,) the hidden cells and those hidden beside them, so that all have their room."""
    hidden = hidden.copy()
    waiting = deque(
        sorted(np.flatnonzero(hidden).tolist(), key=lambda c: (not small[c], -value[c], c))
    )
    while waiting:
        cell = waiting.popleft()
        if _roomy(np.where(hidden, np.nan, value), small, hidden, equations, room, cell):
            continue
        down = value[cell] if small[cell] else 0.0
        up = max(room - value[cell], 0.0) if small[cell] else room
        for direction, amount in ((-1.0, down), (1.0, up)):
            if amount <= 0:
                continue
            moved = _cheapest_move(value, hidden, equations, cost, cell, direction * amount)
            new = np.flatnonzero(moved & ~hidden)
            hidden[new] = True
            waiting.extend(new.tolist())
    return _reveal(value, small, hidden, equations, cost, room)


def _cheapest_move(
    value: Floats, hidden: Bools, equations: csr_array, cost: Floats, cell: int, change: float
) -> Bools:
    """(cells,) which cells change when one does by ``change`` and all totals still add up."""
    size = len(value)
    price = np.where(hidden, 1e-7, cost)
    low, high = np.zeros(2 * size), np.r_[np.full(size, np.inf), value]
    low[cell] = high[cell] = max(change, 0.0)
    low[size + cell] = high[size + cell] = max(-change, 0.0)
    answer = linprog(
        np.r_[price, price],
        A_eq=hstack([equations, -equations]).toarray(),
        b_eq=np.zeros(equations.shape[0]),
        bounds=list(zip(low, high, strict=True)),
        method="highs",
    )
    if answer.x is None:
        return np.ones(size, np.bool_)
    moved: Bools = np.abs(answer.x[:size] - answer.x[size:]) > 1e-6
    return moved


def _reveal(
    value: Floats, small: Bools, hidden: Bools, equations: csr_array, cost: Floats, room: float
) -> Bools:
    """(cells,) the hidden cells without those that need not be: dearest first."""
    beside = np.flatnonzero(hidden & ~small).tolist()
    for cell in sorted(beside, key=lambda c: (-cost[c], c)):
        trial = hidden.copy()
        trial[cell] = False
        if _safe(value, small, trial, equations, room):
            hidden = trial
    return hidden


def _safe(value: Floats, small: Bools, hidden: Bools, equations: csr_array, room: float) -> bool:
    """Whether every hidden cell keeps its room."""
    seen = np.where(hidden, np.nan, value)
    cells = np.flatnonzero(hidden).tolist()
    return all(_roomy(seen, small, hidden, equations, room, cell) for cell in cells)


def _roomy(
    seen: Floats, small: Bools, hidden: Bools, equations: csr_array, room: float, cell: int
) -> bool:
    """Whether one hidden cell keeps its room."""
    low, high = _range(seen, hidden, equations, cell)
    if small[cell]:
        return low < 1e-6 and high > room - 1e-6
    return high - low > room - 1e-6


def _inferred(seen: Floats, hidden: Bools, equations: csr_array) -> tuple[Floats, Floats]:
    """(cells,) least and greatest possible values of all cells."""
    low, high = seen.copy(), seen.copy()
    for cell in np.flatnonzero(hidden).tolist():
        low[cell], high[cell] = _range(seen, hidden, equations, cell)
    return low, high


def _range(seen: Floats, hidden: Bools, equations: csr_array, cell: int) -> tuple[float, float]:
    """The least and greatest value of one hidden cell; inf is no upper limit."""
    free = np.flatnonzero(hidden)
    known = np.where(hidden, 0.0, seen)
    objective = (free == cell).astype(np.float64)
    ends = []
    for sign in (1.0, -1.0):
        answer = linprog(
            sign * objective,
            A_eq=equations[:, free].toarray(),
            b_eq=-(equations @ known),
            bounds=(0, None),
            method="highs",
        )
        ends.append(np.inf if answer.fun is None else sign * float(answer.fun))
    return ends[0], ends[1]


def _framed(cells: npt.NDArray[np.generic], like: pd.DataFrame, one_way: bool) -> pd.DataFrame:
    index = [*like.index.astype(str), TOTAL]
    columns = like.columns.astype(str).tolist() if one_way else [*like.columns.astype(str), TOTAL]
    frame = pd.DataFrame(cells, index=index, columns=columns)
    frame.index.name, frame.columns.name = like.index.name, like.columns.name
    return frame
