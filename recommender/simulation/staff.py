"""Schools, the professionals who serve them, and the help that is already running."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from recommender.inputs.policy import Policy
from recommender.simulation.population import Floats, Ints

SHAPES = (
    "Papieren", "Glazen", "Houten", "Zilveren", "Bonte", "Stille", "Gouden", "Wollen", "Stenen",
    "Krijten",
)  # fmt: skip
THINGS = (
    "Walvis", "Vlieger", "Komeet", "Molen", "Toverlantaarn", "Zeester", "Kastanje", "Regenboog",
    "Vuurtoren", "Wolk",
)  # fmt: skip
BOARDS = ("Stichting Voorbeeld Noord", "Stichting Voorbeeld Zuid", "Vereniging Verzonnen Scholen")


@dataclass(frozen=True, slots=True)
class Post:
    """How many of a role a region of eight schools has, and how long each helps a period.

    ``travelling`` of them serve the whole region; the others share the schools between them.
    """

    role: str
    people: int
    hours: tuple[int, int]
    travelling: int = 0
    also: str = ""


# Hours beyond ordinary lessons and duties: a twentieth of the norm of 25 hours of a care
# coordinator per 200 pupils a week, four to seven hours a week of teachers and assistants, a day a
# week of social workers.
POSTS = (
    Post("care_coordinator", 7, (14, 24), also="teacher"),
    Post("parent_trainer", 3, (31, 33), travelling=3),
    Post("psychologist", 3, (40, 62), travelling=3, also="parent_trainer"),
    Post("social_worker", 5, (54, 86), travelling=2, also="parent_trainer"),
    Post("teacher", 8, (40, 60), travelling=4),
    Post("teaching_assistant", 8, (40, 68), travelling=4, also="volunteer"),
    Post("volunteer", 4, (36, 64)),
    Post("youth_health", 2, (12, 18), travelling=2),
)
LANGUAGES = {"nl": 0.5, "nl;en": 0.25, "nl;tr": 0.1, "nl;ar": 0.1, "nl;pl": 0.05}

# Children a school whose help still runs, and for how many of the coming periods.
RUNNING = {
    "mentoring": (1, 2),
    "one_to_one_tutoring": (1, 2),
    "school_social_work": (1, 1),
    "small_group_tuition": (1, 2),
}


def site_table(sites: tuple[str, ...], first: int) -> pd.DataFrame:
    """Return site, name, area and board of schools ``first`` and on, plainly invented."""
    number = np.arange(first, first + len(sites))
    names = [
        f"Fictieve school De {SHAPES[n % 10]} {THINGS[(3 * n + n // 10) % 10]}"
        + ("" if n < 100 else f" {n // 100 + 1}")
        for n in number.tolist()
    ]
    return pd.DataFrame(
        {
            "site": sites,
            "name": names,
            "area": [f"Voorbeeldwijk {n + 1}" for n in number.tolist()],
            "board": [BOARDS[n % len(BOARDS)] for n in number.tolist()],
        }
    )


def staff_table(
    sites: tuple[str, ...],
    policy: Policy,
    first: int,
    width: int,
    everywhere: bool,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Return the professionals of a region, one row each, or one a period where hours differ.

    ``everywhere`` lets those who serve the whole region stand as "*"; it is right only when the
    region is all there is.
    """
    rows: list[dict[str, object]] = []
    cost = {role.id: role.cost_per_hour for role in policy.roles}
    spoken, share = list(LANGUAGES), list(LANGUAGES.values())
    number = first
    for post in POSTS:
        if post.role not in cost:
            continue
        people = max(1, round(post.people * len(sites) / 8))
        for person in range(people):
            number += 1
            travelling = post.travelling if people == post.people else people
            resident = person - travelling
            served = sites if resident < 0 else _served(sites, resident, people - travelling)
            place = "*" if everywhere and len(served) == len(sites) else ";".join(served)
            second = post.also if person == people - 1 and post.also in cost and people > 1 else ""
            nurse = post.role == "youth_health" and person > 0
            row: dict[str, object] = {
                "professional_id": f"w{number:0{width}d}",
                "role": f"{post.role};{second}" if second else post.role,
                "hours": int(rng.integers(post.hours[0], post.hours[1] + 1)),
                "sites": place,
                "period": "",
                "cost_per_hour": 75.6 if nurse else cost[post.role],
                "languages": spoken[int(rng.choice(len(spoken), p=share))],
            }
            if person == 1 and post.role in ("psychologist", "social_worker", "teacher"):
                parts = rng.permutation(np.linspace(0.7, 1.1, len(policy.periods)))
                hours = int(rng.integers(post.hours[0], post.hours[1] + 1))
                rows += [
                    {**row, "period": period.id, "hours": round(hours * float(part))}
                    for period, part in zip(policy.periods, parts, strict=True)
                ]
            else:
                rows.append(row)
    return pd.DataFrame(rows)


def running_help(
    unit_id: npt.NDArray[np.str_],
    school: Ints,
    options: tuple[str, ...],
    probability: Floats,
    free: npt.NDArray[np.bool_],
    policy: Policy,
) -> pd.DataFrame:
    """Return unit_id, intervention, period of help already running: a few children a school.

    Those are chosen who most likely got it by what was known of them; ``free`` marks the children
    who may be chosen, and nobody is chosen twice.
    """
    parts = []
    open_to = free.copy()
    for name in sorted(set(RUNNING) & set(options)):
        children, length = RUNNING[name]
        chance = np.where(open_to, probability[:, options.index(name)], 0.0)
        order = np.lexsort((unit_id, -chance, school))
        place = pd.Series(school[order]).groupby(school[order]).cumcount().to_numpy()
        taken = order[(place < children) & (chance[order] > 0)]
        open_to[taken] = False
        parts += [
            pd.DataFrame({"unit_id": unit_id[taken], "intervention": name, "period": period.id})
            for period in policy.periods[:length]
        ]
    if not parts:
        return pd.DataFrame({"unit_id": [], "intervention": [], "period": []}, dtype=str)
    order_of = {p.id: n for n, p in enumerate(policy.periods)}
    table = pd.concat(parts, ignore_index=True)
    return table.assign(n=table["period"].map(order_of)).sort_values(
        ["unit_id", "intervention", "n"], ignore_index=True
    )[["unit_id", "intervention", "period"]]


def _served(sites: tuple[str, ...], person: int, people: int) -> tuple[str, ...]:
    """Return the schools of one of ``people`` colleagues, so that every school has somebody."""
    if people >= len(sites):
        return (sites[person % len(sites)],)
    return tuple(s for n, s in enumerate(sites) if n * people // len(sites) == person)
