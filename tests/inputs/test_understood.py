"""What was put in is what was understood: counted again here from the rows that were written."""

from __future__ import annotations

import csv
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.inputs import read_workspace
from recommender.inputs.stakes import Stake, stakes
from recommender.inputs.templates import write_templates
from recommender.inputs.understood import Understood, understood

Workspace = Callable[..., Path]
Row = dict[str, Any]
OUTCOMES = ("reading_lag", "persistent_absence")

PUPIL = st.fixed_dictionaries(
    {
        "site": st.sampled_from(["s01", "s02"]),
        "grade": st.integers(1, 8),
        "count": st.sampled_from([1, 1, 1, 40]),
        "family_id": st.sampled_from(["", "f1", "f2", "f3"]),
        "consent": st.sampled_from(["given", "refused", "asked", "not_needed"]),
        "must_serve": st.sampled_from(["", "0", "1", "any"]),
        "completed": st.sampled_from(
            ["", "small_group_tuition", "small_group_tuition;one_to_one_tutoring"]
        ),
    }
)
WORKER = st.fixed_dictionaries(
    {
        "role": st.sampled_from(["teacher", "care_coordinator", "teacher;care_coordinator"]),
        "hours": st.integers(0, 60),
        "sites": st.sampled_from(["*", "s01", "s02", "s01;s02"]),
        "period": st.sampled_from(["", "winter", "spring"]),
        "cost_per_hour": st.integers(0, 90),
    }
)
RUNNING = st.sampled_from(["", "winter", "spring"])


def written(path: Path, rows: list[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.DictWriter(file, list(rows[0]))
        out.writeheader()
        out.writerows(rows)


def of(root: Path) -> Understood:
    return understood(read_workspace(root))


def tally(rows: list[Row], key: str) -> dict[Any, int]:
    found: Counter[Any] = Counter()
    for row in rows:
        found[row[key]] += row["count"]
    return dict(found)


@settings(max_examples=25, deadline=None)
@given(
    pupils=st.lists(st.tuples(PUPIL, RUNNING), min_size=1, max_size=8),
    staff=st.lists(WORKER, min_size=1, max_size=6),
    budget=st.integers(0, 90_000),
)
def test_what_was_put_in_is_what_was_understood(
    pupils: list[tuple[Row, str]], staff: list[Row], budget: int
) -> None:
    units = [{"unit_id": f"p{n}", **row, "language_lag_only": 0, "sex": "girl"}
             for n, (row, _) in enumerate(pupils)]  # fmt: skip
    people = [{"professional_id": f"w{n}", **row} for n, row in enumerate(staff)]
    running = [{"unit_id": unit["unit_id"], "intervention": "small_group_tuition", "period": when}
               for unit, (_, when) in zip(units, pupils, strict=True) if when]  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "workspace"
        write_templates(root)
        data = root / "data"
        written(data / "pupils.csv", units)
        written(data / "professionals.csv", people)
        written(data / "profiles.csv", [{"unit_id": u["unit_id"], "outcome": o, "risk": 0.2}
                                        for u in units for o in OUTCOMES])  # fmt: skip
        if running:
            written(data / "commitments.csv", running)
        policy = (root / "planning.yaml").read_text("utf-8")
        assert "budget: 2000 " in policy
        (root / "planning.yaml").write_text(policy.replace("budget: 2000 ", f"budget: {budget} "))
        said = of(root)

    hours: Counter[tuple[str, str, str]] = Counter()
    for row in people:
        for period in [row["period"]] if row["period"] else ["winter", "spring"]:
            hours[row["role"], row["sites"], period] += row["hours"]
    assert {(h.role, h.sites, h.period): h.hours for h in said.hours} == hours
    assert {r.role: r.hours for r in said.roles} == {
        role: sum(n for key, n in hours.items() if key[0] == role)
        for role in {row["role"] for row in people}
    }
    assert {s.site: s.hours for s in said.sites} == {
        site: sum(n for key, n in hours.items() if key[1] == site) for site in ("s01", "s02")
    }
    assert {p.period: p.hours for p in said.periods} == {
        period: sum(n for key, n in hours.items() if key[2] == period)
        for period in ("winter", "spring")
    }
    assert sum(p.weeks for p in said.periods) == (82 + 110) / 7
    assert said.professionals == len(people)
    assert {s.site: s.people for s in said.sites} == {
        site: sum(row["sites"] == site for row in people) for site in ("s01", "s02")
    }

    assert said.pupils.pupils == sum(row["count"] for row in units)
    assert said.pupils.by_consent == tally(units, "consent")
    assert said.pupils.by_grade == tally(units, "grade")
    assert said.pupils.by_duty == {
        "any": sum(row["count"] for row in units if row["must_serve"] in ("1", "any"))
    }
    assert said.pupils.without_consent == sum(
        row["count"] for row in units if row["consent"] in ("asked", "refused")
    )
    families = tally([row for row in units if row["family_id"]], "family_id")
    assert said.pupils.families == len(families)
    assert said.pupils.largest_family == max(families.values(), default=0)
    assert sum(said.pupils.by_completed.values()) == sum(
        row["count"] * len([c for c in row["completed"].split(";") if c]) for row in units
    )
    assert {r.period: r.commitments for r in said.running} == Counter(
        row["period"] for row in running
    )
    assert said.budgets == {"": budget}


def kinds(root: Path) -> dict[str, Stake]:
    return {stake.about: stake for stake in stakes(of(root))}


def without_column(root: Path, file: str, column: str) -> Path:
    with (root / file).open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    written(root / file, [{k: v for k, v in row.items() if k != column} for row in rows])
    return root


def test_a_template_workspace_costs_nobody_a_right_by_silence(workspace: Workspace) -> None:
    found = kinds(workspace())
    assert not [stake for stake in found.values() if stake.by_silence]
    assert found["consent"].count == 2
    assert "asked: 1, refused: 1" in found["consent"].text
    assert found["running_help"].count == 0


def test_no_column_for_consent_means_that_nobody_was_asked(workspace: Workspace) -> None:
    root = workspace(("planning.yaml", "  consent: [given, not_needed]", "  #"))
    stake = kinds(without_column(root, "data/pupils.csv", "consent"))["consent"]
    assert stake.by_silence
    assert stake.count == 8
    assert "nobody was asked" in stake.text


@pytest.mark.parametrize("how", ["no column", "no cell"])
def test_rules_that_nobody_is_under_are_told(workspace: Workspace, how: str) -> None:
    root = workspace(("data/pupils.csv", "given,1,", "given,,"))
    if how == "no column":  # segments may do without it
        rows = "".join(f"p{n:02},s01,3,40,0\n" for n in range(1, 9))
        (root / "data/pupils.csv").write_text(
            "unit_id,site,grade,count,language_lag_only\n" + rows, "utf-8"
        )
    stake = kinds(root)["duties"]
    assert stake.by_silence
    assert ("no such column" in stake.text) == (how == "no column")


def test_pupils_where_nobody_works_are_told(workspace: Workspace) -> None:
    root = workspace(
        ("data/professionals.csv", "s01;s02", "s01"), ("data/professionals.csv", "*", "s01")
    )
    stake = kinds(root)["sites"]
    assert stake.count == 3
    assert "s02" in stake.text
    assert "s01" not in stake.text


PRESENT = "unit_id,intervention,period,units,bundle\n"


def in_force(*ids: str) -> tuple[str, str, str]:
    rows = "".join(f"{name},small_group_tuition,winter,1,\n" for name in ids)
    return ("data/present.csv", "", PRESENT + rows)


@pytest.mark.parametrize(
    ("ids", "met", "nearly", "few"),
    [
        (["p01", "p02"], 2, 0, False),
        (["p01", "x1"], 1, 0, False),
        (["p01", "x1", "x2"], 1, 0, True),
        (["p1", "p2", "p03.0", "p0004"], 0, 4, True),
    ],
)
def test_a_table_that_meets_few_is_warned_of_in_counts(
    workspace: Workspace, ids: list[str], met: int, nearly: int, few: bool
) -> None:
    root = workspace(in_force(*ids))
    inputs = read_workspace(root)
    (link,) = [found for found in inputs.links if found.table == "data/present"]
    assert (link.ids, link.met, link.nearly) == (len(ids), met, nearly)
    told = [str(w) for w in inputs.warnings if "ids, of which" in w.message]
    assert len(told) == few == ("links" in kinds(root))
    assert not [name for name in ids for text in told if name in text]


def test_nothing_understood_holds_an_id_of_a_person(with_history: Workspace) -> None:
    root = with_history(
        ("data/notes.csv", "", "unit_id,date,text\np01,2026-03-02,Canary text\n"),
        ("data/commitments.csv", "", "unit_id,intervention,period,professional_id\n"
                                     "p02,small_group_tuition,winter,w01\n"),
    )  # fmt: skip
    said = of(root)
    words = str(asdict(said)) + str(stakes(said))
    assert "Canary" not in words
    assert not [name for name in ("p01", "p02", "w01", "w02", "f01", "f05") if name in words]
    assert [(y.year, y.rows, y.treated) for y in said.history] == [(2024, 1, 0), (2025, 2, 1)]
    assert said.notes == 1
    links = {(found.table, found.column): (found.met, found.ids) for found in said.links}
    assert links["data/history", "unit_id"] == (2, 2)
    assert links["data/commitments", "professional_id"] == (1, 1)
