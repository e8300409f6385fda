"""Laws that hold in every small world."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from recommender.inputs.catalogue import Intervention
from recommender.planning import LimitSettings, Plan
from recommender.planning.verify.verify import verify

TABLES = ("assignments", "not_served", "sessions", "resources", "caseload", "profiles")
SITES = ("s1", "s2")
few = settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@st.composite
def ingredients(draw: st.DrawFn) -> dict[str, Any]:
    """Units, staff and rules of a small world with one, one group and one class help."""
    worth = st.integers(1, 9).map(lambda tenths: tenths / 10)
    names = ["circle", "lesson", "talk"]
    units = {
        f"p{number}": {
            "site": draw(st.sampled_from(SITES)),
            "grade": draw(st.sampled_from([5, 6])),
            "count": draw(st.sampled_from([1, 1, 1, 2])),
            "must_serve": draw(st.sampled_from(["", "", "", "any"])),
            "benefits": draw(st.dictionaries(st.sampled_from(names), worth, max_size=3)),
        }
        for number in range(draw(st.integers(1, 4)))
    }
    staff = [
        (
            f"t{number}",
            draw(st.sampled_from(["teacher", "coach", "coach;teacher"])),
            draw(st.integers(0, 6)) / 2,
            draw(st.sampled_from(["s1", "s2", "s1;s2", "*"])),
        )
        for number in range(draw(st.integers(1, 3)))
    ]
    limits = LimitSettings(
        budget=draw(st.sampled_from([None, None, 0.0, 15.0])),
        caps=draw(st.sampled_from([(), (("talk", 1.0),)])),
        travel_overhead=draw(st.sampled_from([0.0, 0.2])),
        waiting_discount=draw(st.sampled_from([0.0, 0.1])),
    )
    periods = draw(st.sampled_from([("autumn",), ("autumn", "winter")]))
    return {"units": units, "staff": staff, "limits": limits, "periods": periods}


@pytest.fixture
def helps(make_help: Callable[..., Intervention]) -> list[Intervention]:
    return [
        make_help("talk", {"teacher": 1.0}, cost_per_pupil=10),
        make_help("circle", {"coach": 0.25}, {"teacher": 2.0}, group=(2, 3)),
        make_help("lesson", None, {"coach": 1.0}, whole_class=True, cost_per_group=5),
    ]


@few
@given(parts=ingredients())
def test_a_plan_adds_up_and_passes_verify(
    parts: Mapping[str, Any], world: Any, helps: list[Intervention]
) -> None:
    base = world(helps=helps, bundle_size=2, **parts)
    plan = base.plan()
    assert plan.assignments["benefit"].sum() == pytest.approx(plan.summary.benefit, abs=1e-12)
    resources = plan.resources
    assert (resources["used"] <= resources["capacity"] * (1 + 1e-9) + 1e-9).all()
    assert (resources["price"] >= 0).all()
    hours = resources[resources["resource"] == "hours"]
    keys = ["role", "site", "period"]
    used = hours.set_index(keys)["used"]
    done = plan.caseload.groupby(keys)["hours"].sum().reindex(used.index).fillna(0.0)
    assert done.to_numpy() == pytest.approx(used.to_numpy(), abs=1e-9)
    assert used.sum() == pytest.approx(plan.summary.hours_used, abs=1e-9)
    people = base.resources.professionals.groupby(["professional_id", "period"])["hours"].sum()
    given_hours = plan.caseload.groupby(["professional_id", "period"])["hours"].sum()
    assert (given_hours <= people.reindex(given_hours.index) + 1e-6).all()
    pupils = plan.assignments.drop_duplicates(["unit_id", "bundle", "period"])["units"].sum()
    assert pupils + plan.not_served["pupils"].sum() == pytest.approx(plan.summary.pupils)
    lacking = sum(shortage.pupils for shortage in plan.summary.shortages)
    assert plan.summary.must_serve == pytest.approx(plan.summary.must_serve_met + lacking)
    for name in TABLES:
        numbers = getattr(plan, name).select_dtypes("number")
        assert np.isfinite(numbers.to_numpy(dtype=np.float64)).all()
        assert not getattr(plan, name).isna().any().any()
    assert verify(plan, base.inputs, base.matching, base.limits) == ()


@few
@given(parts=ingredients(), extra=st.integers(1, 4), who=st.integers(0, 2))
def test_more_hours_never_hurt(
    parts: Mapping[str, Any], extra: int, who: int, world: Any, helps: list[Intervention]
) -> None:
    base = world(helps=helps, **parts)
    name, role, hours, sites = parts["staff"][who % len(parts["staff"])]
    more = [row for row in parts["staff"] if row[0] != name] + [(name, role, hours + extra, sites)]
    before, after = base.plan().summary, base.replace(staff=more).plan().summary
    assert after.value >= before.value - 1e-6
    assert before.bound >= before.value - 1e-9


@few
@given(parts=ingredients(), order=st.randoms(use_true_random=False))
def test_the_order_of_everything_handed_in_changes_nothing(
    parts: Mapping[str, Any], order: Any, world: Any, helps: list[Intervention]
) -> None:
    def shuffled(items: Any) -> list[Any]:
        items = list(items)
        order.shuffle(items)
        return items

    plan = world(helps=helps, **parts).plan()
    other = world(
        helps=shuffled(helps),
        units=dict(shuffled(parts["units"].items())),
        staff=shuffled(parts["staff"]),
        limits=parts["limits"],
        periods=parts["periods"],
    ).plan()
    assert plan.summary == other.summary
    for name in TABLES:
        pd.testing.assert_frame_equal(getattr(plan, name), getattr(other, name), check_exact=True)


@few
@given(parts=ingredients())
def test_a_plan_is_worth_what_trying_everything_finds(
    parts: Mapping[str, Any], world: Any, helps: list[Intervention]
) -> None:
    units = {name: {**unit, "count": 1, "must_serve": ""} for name, unit in parts["units"].items()}
    parts = {**parts, "units": dict(itertools.islice(units.items(), 3))}
    plan = world(helps=helps, **parts).plan()
    best = max(
        worth_of(choice, parts)
        for choice in choices(parts)
        if possible(choice, parts, {each.id: each for each in helps})
    )
    assert plan.summary.value == pytest.approx(best, abs=1e-6)


Choice = dict[str, tuple[str, int] | None]


def choices(parts: Mapping[str, Any]) -> Iterator[Choice]:
    """Every way to give every unit one help in one period, or nothing."""
    options = [
        [None, *itertools.product(unit["benefits"], range(len(parts["periods"])))]
        for unit in parts["units"].values()
    ]
    for picked in itertools.product(*options):
        yield dict(zip(parts["units"], picked, strict=True))


def worth_of(choice: Choice, parts: Mapping[str, Any]) -> float:
    left = 1.0 - parts["limits"].waiting_discount
    return sum(
        parts["units"][unit]["benefits"][pick[0]] * left ** pick[1]
        for unit, pick in choice.items()
        if pick is not None
    )


def possible(choice: Choice, parts: Mapping[str, Any], helps: Mapping[str, Intervention]) -> bool:
    """Whether groups, hours, money and caps allow a choice, counted out pupil by pupil."""
    hours: dict[tuple[str, str, int], float] = {}
    euros = 0.0
    sessions: dict[tuple[str, str, int, int], int] = {}
    for unit, pick in choice.items():
        if pick is None:
            continue
        of, site = helps[pick[0]], parts["units"][unit]["site"]
        grade = parts["units"][unit]["grade"] if of.format.kind == "class" else 0
        euros += of.cost_per_pupil
        for need in of.needs:
            key = (need.role, site, pick[1])
            hours[key] = hours.get(key, 0.0) + need.hours_per_pupil
        if of.format.kind != "individual":
            key_of = (pick[0], site, pick[1], grade)
            sessions[key_of] = sessions.get(key_of, 0) + 1
    for (name, site, period, _), pupils in sessions.items():
        of = helps[name]
        groups = 1 if of.format.kind == "class" else -(-pupils // of.format.max)
        if pupils < groups * of.format.min:
            return False
        euros += groups * of.cost_per_group
        for need in of.needs:
            key = (need.role, site, period)
            hours[key] = hours.get(key, 0.0) + groups * need.hours_per_group
    budget = parts["limits"].budget
    if budget is not None and euros > budget + 1e-9:
        return False
    for name, cap in parts["limits"].caps:
        for site in SITES:
            taken = [u for u, pick in choice.items() if pick is not None and pick[0] == name]
            if sum(parts["units"][unit]["site"] == site for unit in taken) > cap:
                return False
    return staffed({key: amount for key, amount in hours.items() if amount > 0}, parts)


def staffed(hours: Mapping[tuple[str, str, int], float], parts: Mapping[str, Any]) -> bool:
    """Whether staff can give these hours: a small transport problem."""
    if not hours:
        return True
    named = {site for row in parts["staff"] for site in row[3].split(";")} - {"*"}
    every = {unit["site"] for unit in parts["units"].values()} | named
    ways = []
    for number, (_, roles, _, sites) in enumerate(parts["staff"]):
        where = every if sites == "*" else set(sites.split(";"))
        rate = 1.0 - (parts["limits"].travel_overhead if len(where) > 1 else 0.0)
        ways += [
            (number, key, rate) for key in hours if key[0] in roles.split(";") and key[1] in where
        ]
    if not ways:
        return False
    periods = range(len(parts["periods"]))
    spend = [
        [1.0 if (number, key[2]) == (n, period) else 0.0 for number, key, _ in ways]
        for n in range(len(parts["staff"]))
        for period in periods
    ]
    give = [[-rate if key == asked else 0.0 for _, key, rate in ways] for asked in hours]
    have = [row[2] for row in parts["staff"] for _ in periods]
    found = linprog(
        np.zeros(len(ways)), spend + give, have + [1e-9 - amount for amount in hours.values()]
    )
    return bool(found.status == 0)


def test_every_plan_of_one_seed_is_the_same_to_the_last_byte(
    world: Any, helps: list[Intervention]
) -> None:
    random = np.random.default_rng(5)
    units = {
        f"p{n:02}": {
            "site": SITES[n % 2],
            "benefits": {"talk": float(random.random()), "circle": float(random.random())},
        }
        for n in range(30)
    }
    base = world(units, helps, [("t", "teacher", 6, "*"), ("c", "coach", 4, "s1;s2")])
    plans: list[Plan] = [base.plan(), replace(base).plan()]
    for name in TABLES:
        first, second = (getattr(plan, name).to_csv(float_format="%.12g") for plan in plans)
        assert first == second


def test_a_region_of_all_rules_keeps_its_golden_sums(
    world: Any, helps: list[Intervention], must: Any
) -> None:
    random = np.random.default_rng(11)
    units = {
        f"p{n:02}": {
            "site": SITES[n % 2],
            "grade": 5 + n % 3,
            "count": 1 + (n % 7 == 0),
            "must_serve": "law" if n % 9 == 0 else "",
            "benefits": dict(
                zip(("circle", "lesson", "talk"), random.random(3).round(3).tolist(), strict=True)
            ),
        }
        for n in range(16)
    }
    plan = world(
        units,
        helps,
        [
            ("a", "teacher", 3, "s1"),
            ("b", "teacher;coach", 4, "s1;s2"),
            ("c", "coach", 3, "*"),
        ],
        periods=("autumn", "winter"),
        limits=LimitSettings(
            budget=90.0,
            must_serve=(must("law"),),
            caps=(("talk", 3.0),),
            travel_overhead=0.1,
            waiting_discount=0.05,
        ),
        bundle_size=2,
        commitments=[("p01", "talk", "autumn")],
    ).plan()
    assert plan.summary.status == "optimal"
    assert plan.summary.value == pytest.approx(15.69225, abs=1e-6)
    assert plan.summary.shortages == ()
