"""An invented country as a workspace of Parquet files: the instance family of the whole pipeline.

    python -m tests.benchmarks.country DIR --pupils 100000 [--scarce] [--groups]

The same in every size: schools of about 220 pupils, boards of about 15 schools, 24 interventions
and 8 roles.  Five roles are one professional at every school; three are professionals of the board,
each of whom may work at all its schools.  A pupil qualifies for about a fifth of the interventions
(by grade, risk and an indication) and may receive one or two of them, in one period.  There are
hours for six tenths of what would do everybody most good (``--scarce``: four tenths, which leaves
larger gaps, as each school has fewer cases).  There are four outcomes and ``HISTORY`` earlier
pupil-years to learn their risks from, whatever the size.  All help is given to one pupil at a time;
with ``--groups`` a third of the interventions are groups of three to six.

Left out, because it decides nothing about size: notes, duties in law, a budget, running help.
"""

from __future__ import annotations

import argparse
import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import yaml

INTERVENTIONS, ROLES, BOARD_ROLES = 24, 8, 3
PUPILS_OF_SCHOOL, SCHOOLS_OF_BOARD = 220, 15
HISTORY = 8_000
"""Earlier pupil-years."""

OUTCOMES = {"reading": 1.0, "maths": 1.0, "behaviour": 1.5, "mood": 1.5}
"""What help should prevent, with its weight; every fourth intervention is against the same."""

FEATURES = ("reading_score", "maths_score", "conduct", "worry", "absence_days", "low_income")
FLAGS = ("flag_a", "flag_b", "flag_c", "flag_d")
GRADES = ((1, 8), (1, 5), (3, 8), (5, 8))
AT_A_TIME = 100_000
"""Pupils that are in memory while a country is written."""

AMPLE, SCARCE = (0.3, 0.55), (0.2, 0.45)
"""Hours, from least to most, beside those of a pupil's usual bundle for everybody."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False, slots=True)
class Help:
    """The catalogue as numbers.

    Attributes:
        hours: (interventions, roles) hours a pupil: one role or two.
        effect: (interventions,) standard deviations.
        group: (interventions,) whether it is given to groups.
    """

    hours: Floats
    effect: Floats
    group: npt.NDArray[np.bool_]


def help_of(*, groups: bool = False) -> Help:
    """Return the catalogue, which is the same in every country."""
    rng = np.random.default_rng(20_261_124)
    kind = np.arange(INTERVENTIONS)
    hours = np.zeros((INTERVENTIONS, ROLES))
    hours[kind, kind % ROLES] = rng.gamma(3.0, 4.0, INTERVENTIONS)
    second = rng.integers(0, ROLES, INTERVENTIONS)
    some = rng.random(INTERVENTIONS) < 0.5
    hours[some, second[some]] += rng.gamma(2.0, 1.0, some.sum())
    total = hours.sum(axis=1)
    effect = 0.35 * rng.gamma(6.0, 1 / 6, INTERVENTIONS) * (total / total.mean()) ** 0.5
    return Help(np.round(hours, 2), np.round(effect, 3), groups & (kind % 3 == 0))


def write_country(
    folder: Path, pupils: int, seed: int = 0, *, groups: bool = False, scarce: bool = False
) -> None:
    """Write the workspace of a country.

    Args:
        folder: of the workspace; made if needed, what stands there is replaced.
        pupils: how many pupils.
        seed: of every draw.
        groups: whether a third of the interventions are given to groups.
        scarce: whether there are a third fewer hours.
    """
    rng = np.random.default_rng(seed)
    schools = max(1, round(pupils / PUPILS_OF_SCHOOL))
    board = np.arange(schools) // SCHOOLS_OF_BOARD
    known = help_of(groups=groups)
    data = folder / "data"
    data.mkdir(parents=True, exist_ok=True)
    for name, text in (("interventions", catalogue(known)), ("planning", policy())):
        written = yaml.safe_dump(text, sort_keys=False, allow_unicode=True)
        (folder / f"{name}.yaml").write_text(written, "utf-8")
    names = np.array([f"s{number:05}" for number in range(schools)])
    sites = {"site": names, "name": names, "area": "", "board": [f"b{b:04}" for b in board]}
    pd.DataFrame(sites).to_parquet(data / "sites.parquet", index=False)
    people = staff(known, names, board, SCARCE if scarce else AMPLE, rng)
    people.to_parquet(data / "professionals.parquet", index=False)
    past = pupils_of(rng, np.arange(HISTORY), np.full(HISTORY, names[0]), years=True)
    past.to_parquet(data / "history.parquet", index=False)
    at = np.sort(rng.integers(0, schools, pupils))
    writer = None
    for first in range(0, pupils, AT_A_TIME):
        number = np.arange(first, min(first + AT_A_TIME, pupils))
        table = pa.Table.from_pandas(
            pupils_of(rng, number, names[at[number]]), preserve_index=False
        )
        writer = writer or pq.ParquetWriter(data / "pupils.parquet", table.schema)
        writer.write_table(table)
    if writer is not None:
        writer.close()


def pupils_of(
    rng: np.random.Generator, number: npt.NDArray[np.int64], site: object, *, years: bool = False
) -> pd.DataFrame:
    """Return pupils of these numbers; with what happened to them where they are of earlier years.

    Args:
        rng: of every draw.
        number: (n,) the number of every pupil.
        site: (n,) the school of every pupil.
        years: whether they are of earlier years.
    """
    n = number.size
    need = rng.normal(0.0, 1.0, n)
    of = {name: 0.5 * need + rng.normal(0.0, 0.9, n) for name in FEATURES}
    frame = pd.DataFrame(
        {
            "unit_id": [f"{'h' if years else 'p'}{one:07}" for one in number.tolist()],
            "site": site,
            "grade": rng.integers(1, 9, n),
            "reading_score": np.round(100 - 15 * of["reading_score"], 1),
            "maths_score": np.round(100 - 15 * of["maths_score"], 1),
            "conduct": np.clip(np.round(3 + 2 * of["conduct"], 1), 0, 10),
            "worry": np.clip(np.round(3 + 2 * of["worry"], 1), 0, 10),
            "absence_days": np.clip(np.rint(5 + 4 * of["absence_days"]), 0, 60),
            "low_income": (of["low_income"] > 1.2).astype(np.int64),
        }
    )
    for name in FLAGS:
        frame[name] = (rng.random(n) < 0.5).astype(np.int64)
    if not years:
        frame["family_id"] = [f"f{one:07}" for one in (number * 5 // 8).tolist()]
        frame["language"] = rng.choice(["nl", "en", "ar", "pl"], n, p=[0.85, 0.05, 0.05, 0.05])
        frame["consent"] = rng.choice(["given", "refused"], n, p=[0.95, 0.05])
        return frame
    frame["date"] = dt.date(2025, 11, 1).isoformat()
    for outcome, own in zip(OUTCOMES, FEATURES, strict=False):
        lean = 0.9 * of[own] + 0.35 * of["absence_days"] + 0.25 * of["low_income"] - 1.9
        frame[outcome] = (rng.random(n) < 1 / (1 + np.exp(-lean))).astype(np.int64)
    return frame


def staff(
    known: Help,
    names: np.ndarray,
    board: np.ndarray,
    hours_from_to: tuple[float, float],
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Return the professionals: one a role at every school, and those of the boards.

    Args:
        known: the catalogue.
        names: (schools,) of the schools.
        board: (schools,) the board of every school.
        hours_from_to: the least and the most, as of ``AMPLE``.
        rng: of the hours.
    """
    usual = 1.8 * known.hours.mean(axis=0) * PUPILS_OF_SCHOOL
    local = ROLES - BOARD_ROLES
    share = rng.uniform(*hours_from_to, (names.size, local))
    lines = [
        pd.DataFrame(
            {
                "role": np.tile([f"role_{r}" for r in range(local)], names.size),
                "hours": np.round(usual[:local] * share, 1).ravel(),
                "sites": np.repeat(names, local),
            }
        )
    ]
    for number in range(int(board.max()) + 1):
        mine = names[board == number]
        for role in range(local, ROLES):
            hours = usual[role] * mine.size * rng.uniform(*hours_from_to)
            people = max(1, round(hours / 500))
            each = np.full(people, round(hours / people, 1))
            lines.append(
                pd.DataFrame({"role": f"role_{role}", "hours": each, "sites": ";".join(mine)})
            )
    every = pd.concat(lines, ignore_index=True)
    every.insert(0, "professional_id", [f"w{number:06}" for number in range(len(every))])
    speaks = rng.choice(["nl", "nl;en", "nl;ar", "nl;pl"], len(every), p=[0.7, 0.1, 0.1, 0.1])
    return every.assign(languages=speaks)


def catalogue(known: Help) -> dict[str, object]:
    """Return interventions.yaml."""
    outcomes = tuple(OUTCOMES)
    entries: dict[str, object] = {}
    for number in range(INTERVENTIONS):
        needs = []
        for role in np.flatnonzero(known.hours[number]).tolist():
            hours = float(known.hours[number, role])
            need: dict[str, object] = {"role": f"role_{role}", "hours_per_pupil": hours}
            if known.group[number]:
                need = {"role": f"role_{role}", "hours_per_group": round(3 * hours, 2)}
            needs.append(need)
        outcome = outcomes[number % len(outcomes)]
        eligible: dict[str, object] = {
            "grades": list(GRADES[number // 4 % 4]),
            "minimum_risk": {outcome: (0.16, 0.22, 0.3)[number // 8]},
        }
        if number % 3 == 1:
            eligible["indications"] = [FLAGS[number // 4 % 4]]
        entries[f"help_{number:02}"] = {
            "name": {"en": f"Help {number}"},
            "tier": "selective",
            "format": {"group": {"min": 3, "max": 6}} if known.group[number] else "individual",
            "needs": needs,
            "periods": 1,
            "reach": {"uptake": 0.9, "completion": 0.85},
            "eligible": eligible,
            "effects": [
                {
                    "outcome": outcome, "scale": "smd", "value": float(known.effect[number]),
                    "standard_error": 0.06, "level": "strong",
                    "source": "invented for measuring", "checked": dt.date(2026, 11, 23),
                }
            ],
        }  # fmt: skip
    return {"interventions": entries}


def policy() -> dict[str, object]:
    """Return planning.yaml."""

    def column(kind: str, *use: str) -> dict[str, object]:
        return {
            "type": kind, "use": list(use), "label": {"en": "invented"}, "source": "invented",
            "purpose": "measuring", "legal_basis": "invented", "retention": dt.date(2027, 8, 1),
            "sensitivity": "low",
        }  # fmt: skip

    return {
        "synthetic": True,
        "reference_date": dt.date(2026, 11, 1),
        "outcomes": {
            name: {"name": {"en": name.capitalize()}, "weight": weight}
            for name, weight in OUTCOMES.items()
        },
        "roles": {
            f"role_{role}": {"name": {"en": f"Role {role}"}, "cost_per_hour": 60}
            for role in range(ROLES)
        },
        "periods": {
            "year": {
                "name": {"en": "Year"},
                "start": dt.date(2026, 11, 30),
                "end": dt.date(2027, 7, 9),
            }
        },
        "evidence": {
            "strong": 1.0, "good": 0.85, "promising": 0.7, "plausible": 0.4,
            "elicited": 0.5, "assumed": 0.3,
        },
        "bundle_size": 2,
        "diminishing": 0.5,
        "rules": {"consent": ["given", "not_needed"], "travel_overhead": 0.1},
        "columns": {
            **{name: column("number", "feature") for name in FEATURES[:-1]},
            FEATURES[-1]: column("flag", "feature"),
            **{name: column("flag", "eligibility") for name in FLAGS},
        },
    }  # fmt: skip


def main() -> None:
    """Write the country that was asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.country", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pupils", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--groups", action="store_true", help="a third of the help is for groups")
    parser.add_argument("--scarce", action="store_true", help="a third fewer hours")
    chosen = parser.parse_args()
    kind = {"groups": chosen.groups, "scarce": chosen.scarce}
    write_country(chosen.folder, chosen.pupils, chosen.seed, **kind)


if __name__ == "__main__":
    main()
