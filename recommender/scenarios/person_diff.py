"""Differences by person: who gains or loses help between two choices, person by person, and why.

Who gains help is helped in the second choice only, who loses it in the first only; all others who
move have other help, whatever it does to their benefit.

The reason is read from what was taken: an offer that one choice makes and the other does not needs
something - hours, a place in a group, money, room under a cap - of which too little is left there.
Of several the dearest counts.  Then either there is less of it, or others have it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import scipy.sparse as sp

from recommender.planning.formulation.formulation import Formulation
from recommender.planning.formulation.indexing import Floats, Ints
from recommender.planning.formulation.labels import NOTHING, bundle_names, offer_names, tidy_frame
from recommender.planning.plan.resources import resources_of
from recommender.planning.selection.exchange import COUNTS, exchanged
from recommender.planning.verify.read_back import row_labels
from recommender.scenarios.comparison import TABLES
from recommender.scenarios.measures import Judged

SAME = 1e-9
"""A difference in benefit below which nobody is better or worse off."""


@dataclass(frozen=True, eq=False, slots=True)
class Seen:
    """A choice with what is asked of it again for everything it is held against.

    Attributes:
        judged: the choice.
        offered: what units are offered.
        scarcity: what is there and what is left.
    """

    judged: Judged
    offered: _Offered
    scarcity: _Scarcity

    @classmethod
    def of(cls, judged: Judged) -> Seen:
        """Return a choice as it is looked at."""
        return cls(judged, _offered(judged), _Scarcity.of(judged))


def moved_between(first: Seen, second: Seen, names: tuple[str, str]) -> pd.DataFrame:
    """Return the units whose offers differ, as rows of ``Comparison.moved``, sorted by unit.

    Args:
        first, second: two choices for the same units.
        names: what they are called.
    """
    one, other = first.judged, second.judged
    before, after = first.offered, second.offered
    units = one.run.candidates.cohort.units
    counts = _counted(one, other)
    gained = other.given.benefit - one.given.benefit
    some = np.flatnonzero(counts["moved"].to_numpy() > 0)
    if not some.size:
        return pd.DataFrame({name: [] for name in TABLES["moved"]})
    mine = {name: counts[name].to_numpy(dtype=np.float64)[some] for name in counts.columns}
    more = mine["new"] - mine["lost"]
    change = np.where(more > 0, "gains", np.where(more < 0, "loses", "other help"))
    better, worse = gained[some] > SAME, gained[some] < -SAME
    downwards = (more < 0) | ((more == 0) & worse)
    upwards = (more > 0) | ((more == 0) & better)
    reason = np.full(some.size, "worth as much", dtype=object)
    for losing, here, there in ((True, first, second), (False, second, first)):
        asked = np.flatnonzero(downwards if losing else upwards)
        column = here.offered.column[some[asked]]
        rivals = some[upwards if losing else downwards]
        reason[asked] = _why_not(here, there, column, some[asked], rivals, losing=losing)
    frame = pd.DataFrame(
        {
            "from": names[0],
            "to": names[1],
            "unit_id": units["unit_id"].to_numpy(dtype=object)[some],
            "site": units["site"].to_numpy(dtype=object)[some],
            "change": change.astype(object),
            "pupils": one.given.pupils[some],
            "before": before.text[some],
            "after": after.text[some],
            "benefit_before": one.given.benefit[some],
            "benefit_after": other.given.benefit[some],
            "difference": gained[some],
            "reason": reason,
            "new": mine["new"],
            "lost": mine["lost"],
            "other": mine["other"],
            "better": np.where(better, mine["moved"], 0.0),
            "worse": np.where(worse, mine["moved"], 0.0),
        }
    )
    return tidy_frame(frame[list(TABLES["moved"])])


def changes_between(
    first: tuple[Judged, ...], second: tuple[Judged, ...], names: tuple[str, str]
) -> dict[str, str | float]:
    """Return how many pupils gain, lose and change help, a row of ``Comparison.changes``.

    Args:
        first, second: every draw of two choices, or the one there is; draws stand side by side.
        names: what they are called.
    """
    times = max(len(first), len(second))
    rows = []
    for draw in range(times):
        one, other = first[draw % len(first)], second[draw % len(second)]
        counts = _counted(one, other)
        gained = other.given.benefit - one.given.benefit
        moved = counts["moved"].to_numpy(dtype=np.float64)
        rows.append(
            {
                "served_from": float(one.given.served.sum()),
                "served_to": float(other.given.served.sum()),
                **{name: float(counts[name].sum()) for name in COUNTS},
                "better": float(moved[gained > SAME].sum()),
                "worse": float(moved[gained < -SAME].sum()),
                "difference": float(gained.sum()),
            }
        )
    means = pd.DataFrame(rows).mean()
    return {"from": names[0], "to": names[1], **{str(k): float(v) for k, v in means.items()}}


def _counted(one: Judged, other: Judged) -> pd.DataFrame:
    """Return new, lost, other, same and moved (the first three together) of every unit."""
    units = len(one.run.candidates.cohort.units)
    found = exchanged(_offers(one), _offers(other)).reindex(range(units), fill_value=0.0)
    return found.assign(moved=found["new"] + found["lost"] + found["other"])


def _offers(judged: Judged) -> pd.DataFrame:
    """Return unit_id (the number of its row), offer and pupils of what is taken."""
    return pd.DataFrame(
        {
            "unit_id": judged.taken.unit,
            "offer": _names(judged),
            "pupils": judged.taken.pupils,
        }
    )


def _names(judged: Judged) -> np.ndarray:
    """Return (offered,) "bundle@period" of what is taken."""
    formulation, candidates, taken = judged.run.formulation, judged.run.candidates, judged.taken
    return offer_names(
        bundle_names(candidates),
        formulation.book,
        candidates.bundle[taken.candidate].astype(np.int64),
        formulation.offers.period[taken.offer],
    )


@dataclass(frozen=True, eq=False, slots=True)
class _Offered:
    """What units are offered: (units,) text, and one column of theirs or -1."""

    text: np.ndarray
    column: Ints


def _offered(judged: Judged) -> _Offered:
    taken = judged.taken
    units = len(judged.run.candidates.cohort.units)
    names = _names(judged)
    text = np.full(units, NOTHING, dtype=object)
    column = np.full(units, -1, dtype=np.int64)
    order = np.argsort(taken.unit, kind="stable")
    if order.size:
        frame = pd.Series(names[order]).groupby(taken.unit[order]).agg(" and ".join)
        text[frame.index.to_numpy()] = frame.to_numpy(dtype=object)
        column[taken.unit[order[::-1]]] = taken.column[order[::-1]]
    return _Offered(text, column)


def _why_not(
    here: Seen, there: Seen, column: Ints, unit: Ints, rivals: Ints, *, losing: bool
) -> np.ndarray:
    """Return (k,) why columns taken here are not taken there.

    Args:
        here, there: two choices.
        column: (k,) columns that are taken here.
        unit: (k,) the units they belong to.
        rivals: units that have more there than here.
        losing: whether ``there`` is the later choice: else the words are about what came free.
    """
    if not column.size:
        return np.empty(0, dtype=object)
    now, then = there.scarcity, here.scarcity
    needs = _needs(here.judged.run.formulation, column)
    keys = then.keys[needs["row"].to_numpy()]
    at = now.keys.get_indexer(keys)
    known = at >= 0
    needs["left"] = np.where(known, now.left[np.maximum(at, 0)], np.inf)
    needs["price"] = np.maximum(
        np.where(known, now.price[np.maximum(at, 0)], 0.0), then.price[needs["row"].to_numpy()]
    )
    needs["at"] = at
    needs["worth"] = needs["need"] * needs["price"] + 1e-9 * needs["need"]
    lacking = needs[needs["left"] < needs["need"] - 1e-6].sort_values(
        ["which", "worth", "row"], ascending=[True, False, True], kind="stable"
    )
    dearest = lacking.drop_duplicates("which")[["which", "row", "at"]].to_numpy(dtype=np.int64)
    reason = np.full(
        column.size,
        "what is left cannot be divided to fit it" if losing else "it fits now",
        dtype=object,
    )
    taker = _takers(there.judged, rivals)
    for which, row, place in dearest.tolist():
        reason[which] = _phrase(then, now, row, place, taker, losing=losing)
    missing = ~_may(here.judged, there.judged, column, unit)
    reason[missing] = "it may not be offered to this pupil" if losing else "it may be offered now"
    return reason


def _needs(formulation: Formulation, column: Ints) -> pd.DataFrame:
    """Return which, row, need: what columns use of every row but quorums and duties."""
    offers = formulation.problem.offer[column]
    use = sp.csc_array(formulation.problem.use[:, offers]).tocoo()
    resource = np.array(formulation.rows.resource, dtype=object)[use.row]
    used = (use.data > 0) & (resource != "quorum") & (resource != "must_serve")
    return pd.DataFrame(
        {
            "which": use.col[used].astype(np.int64),
            "row": use.row[used].astype(np.int64),
            "need": use.data[used],
        }
    )


@dataclass(frozen=True, eq=False, slots=True)
class _Scarcity:
    """What is there of every row of a choice, and what is left; (rows,) each.

    ``there`` is what could be had at most: of hours those of all who may give them.
    """

    keys: pd.MultiIndex
    labels: pd.DataFrame
    left: Floats
    price: Floats
    there: Floats

    @classmethod
    def of(cls, judged: Judged) -> _Scarcity:
        formulation = judged.run.formulation
        labels = row_labels(formulation)
        keys = pd.MultiIndex.from_frame(labels)
        table = resources_of(formulation, judged.taken)
        said = table.reindex(columns=list(labels.columns), fill_value="")
        order = pd.MultiIndex.from_frame(said).get_indexer(keys)
        capacity = table["capacity"].to_numpy(dtype=np.float64)[order]
        used = table["used"].to_numpy(dtype=np.float64)[order]
        return cls(
            keys=keys,
            labels=labels,
            left=capacity - used,
            price=table["price"].to_numpy(dtype=np.float64)[order],
            there=_there(formulation, capacity),
        )


def _there(formulation: Formulation, capacity: Floats) -> Floats:
    """Return (rows,) capacity, of hours those of all who may give them there."""
    rows, staff = formulation.rows, formulation.staff
    is_hours = np.array([name == "hours" for name in rows.resource], dtype=np.bool_)
    hours = np.flatnonzero(is_hours)
    shape = (
        len(formulation.book.roles),
        len(formulation.book.sites),
        len(formulation.book.periods),
    )
    code = np.ravel_multi_index((rows.role[hours], rows.site[hours], rows.period[hours]), shape)
    way = np.ravel_multi_index(
        (staff.way_role, staff.way_site, staff.period[staff.way_team]), shape
    )
    given = (staff.hours * staff.rate)[staff.way_team]
    total = np.bincount(way, weights=given, minlength=int(np.prod(shape)))
    found = capacity.copy()
    found[hours] = total[code]
    return found


def _takers(there: Judged, rivals: Ints) -> dict[int, tuple[str, int]]:
    """Return row -> the rival who gains most of those who use it there, and how many there are."""
    taken = there.taken
    mine = np.flatnonzero(np.isin(taken.unit, rivals))
    if not mine.size:
        return {}
    needs = _needs(there.run.formulation, taken.column[mine])
    needs["unit"] = taken.unit[mine][needs["which"].to_numpy()]
    needs["benefit"] = there.given.benefit[needs["unit"].to_numpy()]
    needs = needs.sort_values(["row", "benefit", "unit"], ascending=[True, False, True])
    ids = there.run.candidates.cohort.units["unit_id"].to_numpy(dtype=object)
    first = needs.drop_duplicates("row")
    row = first["row"].to_numpy(dtype=np.int64)
    users = needs.drop_duplicates(["row", "unit"])["row"].value_counts()
    counts = users.reindex(row).to_numpy(dtype=np.int64)
    names = ids[first["unit"].to_numpy(dtype=np.int64)]
    return {
        at: (str(name), count)
        for at, name, count in zip(row.tolist(), names, counts.tolist(), strict=True)
    }


def _phrase(
    then: _Scarcity, now: _Scarcity, before: int, at: int, taker: dict[int, tuple[str, int]],
    *, losing: bool,
) -> str:  # fmt: skip
    label = then.labels.iloc[before]
    what = _named(label)
    fewer = then.there[before] - (now.there[at] if at >= 0 else 0.0)
    if label["resource"] == "places":
        if at < 0 or now.there[at] < 0.5:
            return f"{what} does not run" if losing else f"{what} runs now"
        if fewer > 0.5:
            return f"{what} has {_many(fewer)} places {'fewer' if losing else 'more'}"
        what = f"a place in {what}"
    elif fewer > 1e-6:
        return f"{what}: {_many(fewer)} {'fewer' if losing else 'more'}"
    who, others = taker.get(at, ("", 0))
    if not losing:
        return f"{what} comes free" + (f", from {who}" if who else "")
    if not who:
        return f"{what}: nothing is left"
    more = f" and {others - 1} more" if others > 1 else ""
    return f"{what} goes to {who}{more}"


def _named(label: pd.Series) -> str:
    resource = label["resource"]
    when = f" in {label['period']}" if label["period"] else ""
    where = f" at {label['site']}" if label["site"] else ""
    if resource == "hours":
        return f"hours of {label['role']}{where}{when}"
    if resource == "places":
        return f"the group of {label['intervention']}{where}{when}"
    if resource == "cap":
        return f"the cap of {label['intervention']}{where}"
    if resource == "at_once":
        return f"what one pupil or family may have at once{when}"
    return f"the {resource}{where}{when}"


def _many(amount: float) -> str:
    return f"{amount:,.0f}" if amount >= 10 else f"{amount:.2g}"


def _may(here: Judged, there: Judged, column: Ints, unit: Ints) -> np.ndarray:
    """Return (k,) whether what is offered here may be offered there, to the same unit."""
    if here.run.candidates is there.run.candidates:
        return np.ones(column.size, dtype=np.bool_)
    names = bundle_names(here.run.candidates)[
        here.run.candidates.bundle[here.run.formulation.candidate[column]]
    ]
    codes = pd.Index(bundle_names(there.run.candidates)).get_indexer(pd.Index(names))
    width = len(there.run.candidates.bundles) + 1
    known = np.unique(
        there.run.candidates.unit.astype(np.int64) * width + there.run.candidates.bundle
    )
    return np.asarray(np.isin(unit * width + codes, known) & (codes >= 0))
