"""One invented region as tables: pupils, history, notes, staff, and the truth behind them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt
import pandas as pd

from recommender.errors import UsageError
from recommender.inputs.catalogue import Catalogue
from recommender.inputs.policy import Policy
from recommender.simulation.measures import Background, background, measures_known
from recommender.simulation.notes import write_notes
from recommender.simulation.population import (
    OUTCOMES,
    PROTECTION,
    PUPILS_PER_SCHOOL,
    SCHOOLS_PER_REGION,
    YEARS,
    Population,
    populate,
    schools_of,
)
from recommender.simulation.staff import running_help, site_table, staff_table
from recommender.simulation.treatment import (
    Treatments,
    TrueEffect,
    draw_effects,
    happen,
    treated,
    treatments_chosen,
)

Strings = npt.NDArray[np.str_]
PUPILS_PER_REGION = PUPILS_PER_SCHOOL * SCHOOLS_PER_REGION
IDS_PER_REGION = 2 * PUPILS_PER_REGION
STAFF_PER_REGION = 100


@dataclass(frozen=True, eq=False, slots=True)
class Simulation:
    """The tables of an invented workspace, as its files hold them, and the truth behind them.

    Attributes:
        pupils, sites, professionals, history, notes, commitments: see FORMATS; sorted by id.
        risks: unit_id, outcome, risk: the true risk of today's pupils without a new intervention.
        effects: intervention, outcome, scale, value: what interventions truly do.
    """

    pupils: pd.DataFrame
    sites: pd.DataFrame
    professionals: pd.DataFrame
    history: pd.DataFrame
    notes: pd.DataFrame
    commitments: pd.DataFrame
    risks: pd.DataFrame
    effects: pd.DataFrame


def simulate(pupils: int, seed: int, policy: Policy, catalogue: Catalogue) -> Simulation:
    """Return an invented workspace with ``pupils`` pupils; the same seed gives the same tables.

    Raises:
        UsageError: fewer than one pupil, or an outcome of the policy that cannot be invented.
    """
    return joined_regions(tuple(simulate_regions(pupils, seed, policy, catalogue)))


def simulate_regions(
    pupils: int, seed: int, policy: Policy, catalogue: Catalogue
) -> Iterator[Simulation]:
    """Return the invented workspace region by region (at most 1,800 pupils), in order of id.

    Every region draws from its own stream of the seed, so memory is that of one region and a
    region does not depend on how many are written at a time.  ``effects`` comes with the first.

    Raises:
        UsageError: fewer than one pupil, or an outcome of the policy that cannot be invented.
    """
    if pupils < 1:
        raise UsageError(f"{pupils} pupils cannot be simulated; give a number of at least 1")
    for outcome in policy.outcomes:
        if outcome.id not in OUTCOMES:
            known = ", ".join(OUTCOMES)
            raise UsageError(f"outcome {outcome.id} cannot be simulated; known are {known}")
    world = _World(
        policy,
        catalogue,
        draw_effects(catalogue, policy, seed),
        seed,
        -(-pupils // PUPILS_PER_REGION),
    )
    sizes = [pupils // world.regions + (n < pupils % world.regions) for n in range(world.regions)]
    schools = np.cumsum([0, *map(schools_of, sizes)]).tolist()
    return (
        _region(world, number, size, first)
        for number, (size, first) in enumerate(zip(sizes, schools[:-1], strict=True))
    )


def joined_regions(regions: tuple[Simulation, ...]) -> Simulation:
    """Return several regions as one."""
    return Simulation(
        *(
            pd.concat([getattr(region, field.name) for region in regions], ignore_index=True)
            for field in fields(Simulation)
        )
    )


@dataclass(frozen=True, eq=False, slots=True)
class _World:
    """What all regions share."""

    policy: Policy
    catalogue: Catalogue
    effects: tuple[TrueEffect, ...]
    seed: int
    regions: int

    @property
    def outcomes(self) -> tuple[str, ...]:
        return tuple(outcome.id for outcome in self.policy.outcomes)

    def declared(self, known: pd.DataFrame) -> pd.DataFrame:
        columns = {column.name for column in self.policy.columns}
        return known[[name for name in known.columns if name in columns]]

    @property
    def positions(self) -> list[int]:
        return [OUTCOMES.index(outcome) for outcome in self.outcomes]

    def width(self, per_region: int, least: int) -> int:
        return max(least, len(str(per_region * self.regions)))


@dataclass(frozen=True, eq=False, slots=True)
class _Names:
    """Pseudonyms: numbers in an order that tells nothing.

    Attributes:
        sites: of the region.  site, unit, family, postcode: (persons,).
    """

    sites: tuple[str, ...]
    site: Strings
    unit: Strings
    family: Strings
    postcode: Strings


@dataclass(frozen=True, eq=False, slots=True)
class _Year:
    """What was known, given and noted of every person in one year.

    Attributes:
        date: the day of what was known.
        known: what the care teams knew; only declared columns of it are ever written.
        choices: what the care teams gave, or would have given.
        notes: unit_id, date, text of those who were there.
    """

    date: dt.date
    known: pd.DataFrame
    choices: Treatments
    notes: pd.DataFrame


def _region(world: _World, number: int, size: int, first_school: int) -> Simulation:
    streams = np.random.SeedSequence(world.seed, spawn_key=(1, number)).spawn(5 + YEARS)
    of_people, of_background, of_notes, of_standing, of_staff, *of_years = map(
        np.random.default_rng, streams
    )
    people = populate(size, of_people)
    background_ = background(people, of_background)
    names = _names(world, people, number, size, first_school)
    years = [
        _year(world, people, background_, names, year, of_years[year], of_notes)
        for year in range(YEARS)
    ]
    # The help of the current year is still to be planned; what came of earlier years is history.
    past = [
        _history(world, people, names, year, years[year], of_years[year])
        for year in range(YEARS - 1)
    ]
    now = years[-1]
    pupils = _pupils(world, people, background_, names, years, of_standing)
    free = (pupils["must_serve"] == "") & pupils["consent"].isin(["given", "not_needed"])
    current = people.current
    commitments = running_help(
        names.unit[current],
        people.school[current],
        now.choices.options,
        now.choices.probability[current],
        free.to_numpy(dtype=bool)[current],
        world.policy,
    )
    staff = staff_table(
        names.sites,
        world.policy,
        first=number * STAFF_PER_REGION,
        width=world.width(STAFF_PER_REGION, 3),
        everywhere=world.regions == 1,
        rng=of_staff,
    )
    effects = [(e.intervention, e.outcome, e.scale, e.value) for e in world.effects]
    return Simulation(
        pupils=pupils[current].sort_values("unit_id", ignore_index=True),
        sites=site_table(names.sites, first_school),
        professionals=staff,
        history=pd.concat(past).sort_values(["unit_id", "date"], ignore_index=True),
        notes=pd.concat([year.notes for year in years]).sort_values(
            ["unit_id", "date"], ignore_index=True
        ),
        commitments=commitments,
        risks=_risks(world, people, names),
        effects=pd.DataFrame(
            effects if number == 0 else [], columns=["intervention", "outcome", "scale", "value"]
        ),
    )


def _names(world: _World, people: Population, number: int, size: int, first_school: int) -> _Names:
    schools = max(2, world.width(SCHOOLS_PER_REGION, 1))
    width, first = world.width(IDS_PER_REGION, 5), number * IDS_PER_REGION + 1
    # A school keeps its id in a region of any size, so that scenarios may name it.
    sites = _ids("s", np.arange(schools_of(size)) + first_school + 1, 2)
    return _Names(
        sites=tuple(sites.tolist()),
        site=sites[people.school],
        unit=_ids("p", np.arange(people.persons) + first, width),
        family=_ids("f", people.family + first, width),
        postcode=_ids("b", people.neighbourhood + first_school + 1, schools),
    )


def _year(
    world: _World,
    people: Population,
    known: Background,
    names: _Names,
    year: int,
    rng: np.random.Generator,
    of_notes: np.random.Generator,
) -> _Year:
    date = _years_before(world.policy.reference_date, YEARS - 1 - year)
    columns = measures_known(people, known, year, rng).assign(postcode_area=names.postcode)
    choices = treatments_chosen(columns, people.grade[:, year], world.catalogue, rng)
    rows, texts = write_notes(people.latent, of_notes)
    days = of_notes.integers(1, 330, size=rows.size).astype("timedelta64[D]")
    notes = pd.DataFrame(
        {
            "unit_id": names.unit[rows],
            "date": (np.datetime64(date) - days).astype(str),
            "text": texts,
        }
    )
    return _Year(date, columns, choices, notes[people.present[rows, year]])


def _history(
    world: _World,
    people: Population,
    names: _Names,
    year: int,
    then: _Year,
    rng: np.random.Generator,
) -> pd.DataFrame:
    risk = treated(people.risk[:, year], then.choices, world.effects, OUTCOMES)
    came = happen(risk, rng).astype(np.int64)
    table = pd.DataFrame(
        {
            "unit_id": names.unit,
            "date": then.date.isoformat(),
            "site": names.site,
            "grade": people.grade[:, year],
        }
    )
    received = pd.DataFrame(
        {
            "intervention": then.choices.received,
            "propensity": then.choices.propensity.round(6),
            **dict(zip(world.outcomes, came[:, world.positions].T, strict=True)),
        }
    )
    return pd.concat([table, world.declared(then.known), received], axis=1)[people.present[:, year]]


def _pupils(
    world: _World,
    people: Population,
    known: Background,
    names: _Names,
    years: list[_Year],
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Return the pupils table of all persons, those who left included."""
    now = years[-1].known
    done = [
        np.where(people.present[:, year], years[year].choices.received, "")
        for year in range(YEARS - 1)
    ]
    consent, must_serve = _standing(people, now, done, world.policy, rng)
    table = pd.DataFrame(
        {
            "unit_id": names.unit,
            "site": names.site,
            "grade": people.grade[:, -1],
            "family_id": names.family,
            "language": known.language,
            "consent": consent,
            "must_serve": must_serve,
            "completed": _completed(*done),
        }
    )
    return pd.concat([table, world.declared(now)], axis=1)


def _standing(
    people: Population,
    now: pd.DataFrame,
    done: list[Strings],
    policy: Policy,
    rng: np.random.Generator,
) -> tuple[Strings, Strings]:
    """Return consent and must_serve of every person; families answer together.

    A duty is new: those who followed help that meets it in an earlier year are under none.
    """
    families = int(people.family.max(initial=-1)) + 1
    lot = rng.random(families)[people.family]
    # Families under strain say yes less often and leave the letter unanswered more often.
    strain = 0.015 * people.hardship.clip(-2, 2)
    bounds = np.column_stack([0.85 - 2 * strain, 0.91 - strain, np.full(people.persons, 0.95)])
    state = (lot[:, None] > bounds).sum(axis=1)
    consent = np.array(["given", "asked", "refused", "not_needed"])[state]

    rules = {rule.id: rule.interventions for rule in policy.rules.must_serve}
    must_serve = np.full(people.persons, "", dtype="<U20")

    def mark(rule: str, score: npt.NDArray[np.float64], share: float) -> None:
        if rule in rules:
            helped = np.isin(done, rules[rule]).any(axis=0)
            score = np.where(people.current & (must_serve == "") & ~helped, score, -np.inf)
            top = np.argsort(-score, kind="stable")[: round(share * people.current.sum())]
            must_serve[top[np.isfinite(score[top])]] = rule

    own = rng.standard_normal((people.persons, 2))
    care = now["earlier_youth_care"].to_numpy(dtype=float, na_value=0)
    truancy = now["truancy_report"].to_numpy(dtype=float, na_value=0)
    threat = people.latent[:, PROTECTION] + 0.5 * own[:, 0]
    mark("youth_act", np.where(care == 1, threat, -np.inf), 0.006)
    mark("compulsory_education", np.where(truancy == 1, own[:, 1], -np.inf), 0.005)
    mark("any", people.hardship + own[:, 0], 0.004)
    # A duty in law does not wait for consent; a care team promises help only to those who want it.
    by_law = np.isin(must_serve, ["youth_act", "compulsory_education"])
    consent = np.where(by_law, "not_needed", consent)
    promised = (must_serve == "any") & (consent != "not_needed")
    return np.where(promised, "given", consent), must_serve


def _risks(world: _World, people: Population, names: _Names) -> pd.DataFrame:
    table = pd.DataFrame(
        people.risk[people.current, -1][:, world.positions], columns=list(world.outcomes)
    )
    return (
        table.assign(unit_id=names.unit[people.current])
        .melt("unit_id", var_name="outcome", value_name="risk")
        .sort_values(["unit_id", "outcome"], ignore_index=True)
    )


def _completed(first: Strings, second: Strings) -> Strings:
    """Return what was followed to its end in earlier years, as "a;b"."""
    second = np.where(first == second, "", second)
    both = np.where((first != "") & (second != ""), ";", "")
    return np.asarray(np.strings.add(np.strings.add(first, both), second))


def _ids(prefix: str, number: npt.NDArray[np.int64], width: int) -> Strings:
    return np.asarray(np.strings.add(prefix, np.strings.zfill(number.astype(str), width)))


def _years_before(date: dt.date, years: int) -> dt.date:
    leap_day = (date.month, date.day) == (2, 29)
    return date.replace(year=date.year - years, day=28 if leap_day and years else date.day)
