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
from recommender.inputs.synthetic.measures import background, measure
from recommender.inputs.synthetic.notes import write_notes
from recommender.inputs.synthetic.population import (
    OUTCOMES,
    PROTECTION,
    PUPILS_PER_SCHOOL,
    SCHOOLS_PER_REGION,
    YEARS,
    Population,
    populate,
    schools_of,
)
from recommender.inputs.synthetic.staff import running_help, site_table, staff_table
from recommender.inputs.synthetic.treatment import (
    TrueEffect,
    choose,
    draw_effects,
    happen,
    treated,
)

Names = npt.NDArray[np.str_]
PUPILS_PER_REGION = PUPILS_PER_SCHOOL * SCHOOLS_PER_REGION


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
    return joined(tuple(simulate_regions(pupils, seed, policy, catalogue)))


def simulate_regions(
    pupils: int, seed: int, policy: Policy, catalogue: Catalogue
) -> Iterator[Simulation]:
    """Yield the invented workspace region by region (at most 1,800 pupils), in order of id.

    Every region draws from its own stream of the seed, so memory is that of one region and a
    region does not depend on how many are written at a time.  ``effects`` comes with the first.
    """
    outcomes = tuple(outcome.id for outcome in policy.outcomes)
    unknown = sorted(set(outcomes) - set(OUTCOMES))
    if pupils < 1:
        raise UsageError(f"{pupils} pupils cannot be simulated; give a number of at least 1")
    if unknown:
        raise UsageError(
            f"outcome {unknown[0]} cannot be simulated; known are {', '.join(OUTCOMES)}"
        )
    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(0,)))
    effects = draw_effects(catalogue, policy, rng)
    plan = _region_sizes(pupils)
    frame = _Frame(policy, catalogue, outcomes, effects, seed, len(plan))
    first = 0
    for number, size in enumerate(plan):
        yield _region(frame, number, size, first)
        first += schools_of(size)


def joined(regions: tuple[Simulation, ...]) -> Simulation:
    """Return several regions as one."""
    return Simulation(
        *(
            pd.concat([getattr(region, field.name) for region in regions], ignore_index=True)
            for field in fields(Simulation)
        )
    )


@dataclass(frozen=True, eq=False, slots=True)
class _Frame:
    """What all regions share."""

    policy: Policy
    catalogue: Catalogue
    outcomes: tuple[str, ...]
    effects: tuple[TrueEffect, ...]
    seed: int
    regions: int

    def width(self, per_region: int, least: int) -> int:
        return max(least, len(str(per_region * self.regions)))


def _region_sizes(pupils: int) -> tuple[int, ...]:
    regions = max(1, round(pupils / PUPILS_PER_REGION))
    return tuple(pupils // regions + (n < pupils % regions) for n in range(regions))


def _region(frame: _Frame, number: int, size: int, first_school: int) -> Simulation:
    policy = frame.policy
    streams = np.random.SeedSequence(frame.seed, spawn_key=(1, number)).spawn(10)
    rng = [np.random.default_rng(stream) for stream in streams]
    people = populate(size, rng[0])
    known = background(people, rng[1])
    school_count = schools_of(size)
    site_width = frame.width(SCHOOLS_PER_REGION, 1)
    sites = tuple(
        f"s{n + 1:0{max(2, site_width)}d}" for n in range(first_school, first_school + school_count)
    )
    person = np.arange(people.persons) + number * 2 * PUPILS_PER_REGION + 1
    unit_id = _ids("p", person, frame.width(2 * PUPILS_PER_REGION, 5))
    family_id = _ids(
        "f",
        people.family + number * 2 * PUPILS_PER_REGION + 1,
        frame.width(2 * PUPILS_PER_REGION, 5),
    )
    postcode = _ids("b", people.neighbourhood + first_school + 1, max(2, site_width))
    dates = [_years_before(policy.reference_date, YEARS - 1 - year) for year in range(YEARS)]
    select = [OUTCOMES.index(outcome) for outcome in frame.outcomes]

    tables, notes = [], []
    given = np.zeros((people.persons, YEARS - 1), dtype=object)
    for year in range(YEARS):
        frame_of_year = measure(people, known, year, rng[2 + year]).assign(postcode_area=postcode)
        choices = choose(frame_of_year, people.grade[:, year], frame.catalogue, rng[5 + year])
        base = pd.DataFrame(
            {
                "unit_id": unit_id,
                "site": np.array(sites)[people.school],
                "grade": people.grade[:, year],
                "family_id": family_id,
                "language": known.language,
            }
        )
        here = people.present[:, year]
        if year < YEARS - 1:
            risk = treated(people.risk[:, year], choices, frame.effects, OUTCOMES)
            came = happen(risk, rng[5 + year])
            given[:, year] = np.where(here, np.array(choices.options)[choices.given], "")
            table = pd.concat([base.drop(columns=["family_id", "language"]), frame_of_year], axis=1)
            table.insert(1, "date", dates[year].isoformat())
            table["intervention"] = given[:, year]
            table["propensity"] = choices.propensity.round(6)
            for outcome, position in zip(frame.outcomes, select, strict=True):
                table[outcome] = came[:, position].astype(np.int64)
            tables.append(table[here])
        else:
            now = pd.concat([base, frame_of_year], axis=1)
        rows, texts = write_notes(people.latent, rng[8])
        days = rng[8].integers(1, 330, size=rows.size)
        written = np.datetime64(dates[year]) - days.astype("timedelta64[D]")
        note = pd.DataFrame({"unit_id": unit_id[rows], "date": written.astype(str), "text": texts})
        notes.append(note[here[rows]])

    consent, must_serve = _standing(people, now, policy, rng[9])
    now.insert(5, "consent", consent)
    now.insert(6, "must_serve", must_serve)
    now.insert(7, "completed", _completed(given))
    pupils = now[people.current].sort_values("unit_id", ignore_index=True)
    free = people.current & (must_serve == "") & np.isin(consent, ["given", "not_needed"])
    commitments = running_help(
        unit_id, people.school, choices.options, choices.probability, free, policy
    )
    truth = pd.DataFrame(people.risk[people.current, -1][:, select], columns=list(frame.outcomes))
    risks = truth.assign(unit_id=unit_id[people.current]).melt(
        "unit_id", var_name="outcome", value_name="risk"
    )
    staff = staff_table(
        sites,
        policy,
        first=number * 100,
        width=frame.width(100, 3),
        everywhere=frame.regions == 1,
        rng=rng[9],
    )
    return Simulation(
        pupils=pupils,
        sites=site_table(sites, first_school),
        professionals=staff,
        history=pd.concat(tables).sort_values(["unit_id", "date"], ignore_index=True),
        notes=pd.concat(notes).sort_values(["unit_id", "date"], ignore_index=True),
        commitments=commitments,
        risks=risks.sort_values(["unit_id", "outcome"], ignore_index=True),
        effects=pd.DataFrame(
            [(e.intervention, e.outcome, e.scale, e.value) for e in frame.effects if number == 0],
            columns=["intervention", "outcome", "scale", "value"],
        ),
    )


def _standing(
    people: Population, now: pd.DataFrame, policy: Policy, rng: np.random.Generator
) -> tuple[Names, Names]:
    """Return consent and must_serve of every person; families answer together."""
    families = int(people.family.max(initial=-1)) + 1
    lot = rng.random(families)[people.family]
    # Families under strain answer less often.
    strain = 0.015 * people.hardship.clip(-2, 2)
    bounds = np.column_stack([0.85 - 2 * strain, 0.91 - strain, 0.95 + 0 * strain])
    state = (lot[:, None] > bounds).sum(axis=1)
    consent = np.array(["given", "asked", "refused", "not_needed"])[state]

    rules = {rule.id for rule in policy.rules.must_serve}
    must_serve = np.full(people.persons, "", dtype=object)

    def mark(rule: str, score: npt.NDArray[np.float64], share: float) -> None:
        if rule in rules:
            score = np.where(people.current & (must_serve == ""), score, -np.inf)
            top = np.argsort(-score, kind="stable")[: round(share * people.current.sum())]
            must_serve[top[np.isfinite(score[top])]] = rule

    own = rng.standard_normal((people.persons, 2))
    care = now["earlier_youth_care"].to_numpy(dtype=float, na_value=0)
    truancy = now["truancy_report"].to_numpy(dtype=float, na_value=0)
    mark("youth_act", people.latent[:, PROTECTION] + 0.5 * own[:, 0] + np.log(care + 1e-300), 0.006)
    mark("compulsory_education", own[:, 1] + np.log(truancy + 1e-300), 0.005)
    mark("any", people.hardship + own[:, 0], 0.004)
    # A duty in law does not wait for consent; the care team promises help only to who wants it.
    consent = np.where(
        np.isin(must_serve, ["youth_act", "compulsory_education"]), "not_needed", consent
    )
    consent = np.where((must_serve == "any") & (consent != "not_needed"), "given", consent)
    return consent.astype(str), must_serve.astype(str)


def _completed(given: npt.NDArray[np.object_]) -> Names:
    """Return what was followed to its end in earlier years, as "a;b"."""
    first, second = given[:, 0].astype(str), given[:, 1].astype(str)
    second = np.where(first == second, "", second)
    both = (first != "") & (second != "")
    return np.where(both, first + ";" + second, first + second)


def _ids(prefix: str, number: npt.NDArray[np.int64], width: int) -> Names:
    digits = pd.Series(number).astype(str).str.zfill(width)
    return np.asarray((prefix + digits).to_numpy(dtype=str))


def _years_before(date: dt.date, years: int) -> dt.date:
    return date.replace(year=date.year - years, day=min(date.day, 28))
