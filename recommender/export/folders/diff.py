"""Plan folders side by side: which there are, and what differs between two of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from recommender.errors import InputError
from recommender.export.folders.plan_folder import MANIFEST, changed_inputs, read_plan
from recommender.export.manifest import Manifest, read_manifest
from recommender.planning.plan.plan import Plan
from recommender.planning.selection.exchange import exchanged

SAME = 1e-9
"""A difference in benefit below which nobody is better or worse off."""

MOVED = (
    "unit_id", "site", "kind", "before", "after", "new", "lost", "other", "better", "worse",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PlanAndManifest:
    """A plan folder and its manifest."""

    folder: Path
    manifest: Manifest


@dataclass(frozen=True, slots=True)
class ChangedValue:
    """What one thing was and what it is now; None where it is not there."""

    name: str
    before: Any
    after: Any


@dataclass(frozen=True, eq=False, slots=True)
class Difference:
    """What differs between two plans.

    Attributes:
        numbers: of the summary.  settings: with dotted names.  inputs: one line a file.
        moved: unit_id, site, kind (gains|loses|changes), before, after, new, lost, other, better,
            worse: a row for every unit whose help differs; ``before`` and ``after`` are offers
            "bundle@period", ";" between them; new, lost and other count pupils who gain help, lose
            it or have other help, better and worse those whose benefit rises or falls.
        by_intervention: intervention, before, after: pupils.
    """

    numbers: tuple[ChangedValue, ...]
    settings: tuple[ChangedValue, ...]
    inputs: tuple[str, ...]
    moved: pd.DataFrame
    by_intervention: pd.DataFrame

    @property
    def same(self) -> bool:
        """Return whether nothing differs."""
        return not (self.numbers or self.settings or self.inputs or len(self.moved))


def runs_in(directory: Path) -> tuple[tuple[PlanAndManifest, ...], tuple[str, ...]]:
    """Return the plan folders in a folder (or the folder itself), oldest first, and what is broken.

    Folders that are no plans are passed over; of broken ones a line says what is wrong.
    """
    if (directory / MANIFEST).is_file():
        places = [directory]
    else:
        places = sorted(
            place
            for place in directory.iterdir()
            if not place.name.startswith(".") and (place / MANIFEST).is_file()
        )
    found, broken = [], []
    for place in places:
        path = place / MANIFEST
        try:
            found.append(PlanAndManifest(place, read_manifest(path.read_text("utf-8"), str(path))))
        except InputError as error:
            broken += [str(problem) for problem in error.problems]
        except (OSError, UnicodeDecodeError):
            broken.append(f"{path}: cannot be read")
    return tuple(sorted(found, key=lambda run: (run.manifest.created, run.folder))), tuple(broken)


def compare_folders(before: Path, after: Path) -> Difference:
    """Return what differs between the plans of two folders.

    Raises:
        InputError: if one is not a plan folder.
    """
    return plan_difference(*read_plan(before), *read_plan(after))


def plan_difference(
    before: Plan, manifest_before: Manifest, after: Plan, manifest_after: Manifest
) -> Difference:
    """Return what differs between two plans and their manifests."""
    return Difference(
        numbers=tuple(
            ChangedValue(field.name, old, new)
            for field in fields(before.summary)
            if field.name != "shortages"
            for old, new in [
                (getattr(before.summary, field.name), getattr(after.summary, field.name))
            ]
            if old != new
        )
        + tuple(
            ChangedValue(name, old, new)
            for name, old, new in (
                ("pupils_short", before.summary.pupils_short, after.summary.pupils_short),
                (
                    "benefit_bound",
                    before.summary.best_counted_bound,
                    after.summary.best_counted_bound,
                ),
            )
            if old != new
        ),
        settings=_changes(
            _flat(json.loads(manifest_before.settings)), _flat(json.loads(manifest_after.settings))
        ),
        inputs=changed_inputs(manifest_before.inputs, manifest_after.inputs),
        moved=_moved(before, after),
        by_intervention=_by_intervention(before, after),
    )


def _flat(value: Any, name: str = "") -> dict[str, Any]:
    """Settings with dotted names; lists of pairs read as mappings, other lists as they are."""
    if isinstance(value, Mapping):
        found: dict[str, Any] = {}
        for key, item in value.items():
            found |= _flat(item, f"{name}.{key}" if name else str(key))
        return found
    if (
        isinstance(value, list)
        and value
        and all(
            isinstance(item, list) and len(item) == 2 and isinstance(item[0], str) for item in value
        )
    ):
        return _flat(dict(value), name)
    return {name: value}


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[ChangedValue, ...]:
    return tuple(
        ChangedValue(name, before.get(name), after.get(name))
        for name in sorted(before.keys() | after.keys())
        if before.get(name) != after.get(name)
    )


def _offers(plan: Plan) -> pd.Series:
    """Unit -> its offers in one text, with the pupils of a segment."""
    lines = plan.assignments.drop_duplicates(["unit_id", "bundle", "period"])
    many = lines["units"].map(lambda units: "" if units == 1 else f" ({units:g})")
    texts = lines["bundle"] + "@" + lines["period"] + many.astype("str")
    found: pd.Series = texts.groupby(lines["unit_id"]).agg(lambda some: ";".join(sorted(some)))
    return found


def _moved(before: Plan, after: Plan) -> pd.DataFrame:
    site = pd.concat(
        [
            table.drop_duplicates("unit_id").set_index("unit_id")["site"]
            for plan in (after, before)
            for table in (plan.assignments, plan.not_served)
        ]
    )
    site = site[~site.index.duplicated()]
    table = pd.DataFrame({"before": _offers(before), "after": _offers(after)}).fillna("")
    table = table[table["before"] != table["after"]].sort_index()
    counts = exchanged(_taken(before), _taken(after)).reindex(table.index)
    more = counts["new"] - counts["lost"]
    kind = np.where(more > 0, "gains", np.where(more < 0, "loses", "changes"))
    moved = counts[["new", "lost", "other"]].sum(axis=1)
    gained = _benefit(after).reindex(table.index).fillna(0.0) - _benefit(before).reindex(
        table.index
    ).fillna(0.0)
    table = table.assign(
        kind=pd.Series(kind, index=table.index, dtype="str"),
        site=site.reindex(table.index),
        **{name: counts[name] for name in ("new", "lost", "other")},
        better=moved.where(gained > SAME, 0.0),
        worse=moved.where(gained < -SAME, 0.0),
    )
    return table.rename_axis("unit_id").reset_index()[list(MOVED)]


def _taken(plan: Plan) -> pd.DataFrame:
    """Unit, offer and pupils of every bundle that is offered."""
    lines = plan.assignments.drop_duplicates(["unit_id", "bundle", "period"])
    offer = lines["bundle"] + "@" + lines["period"]
    return pd.DataFrame({"unit_id": lines["unit_id"], "offer": offer, "pupils": lines["units"]})


def _benefit(plan: Plan) -> pd.Series:
    found: pd.Series = plan.assignments.groupby("unit_id")["benefit"].sum()
    return found


def _by_intervention(before: Plan, after: Plan) -> pd.DataFrame:
    sums = [p.assignments.groupby("intervention")["units"].sum() for p in (before, after)]
    table = pd.DataFrame({"before": sums[0], "after": sums[1]}).astype("float64").fillna(0.0)
    table = table[table["before"] != table["after"]].sort_index().rename_axis("intervention")
    return table.reset_index()
