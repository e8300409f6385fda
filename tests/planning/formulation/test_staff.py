"""Staff: who may do whose work, never the other way round, and at which sites."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recommender.allocation import solve
from recommender.inputs.policy import Role, Text
from recommender.planning import LimitSettings, Plan, plan_of
from recommender.planning.formulation.teams import acting_as
from recommender.planning.verify.verify import verify

Help = Callable[..., Any]
Who = Callable[[Plan], dict[str, str]]

few = settings(
    deadline=None,
    derandomize=True,
    max_examples=8,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def role(name: str, *others: str) -> Role:
    return Role(name, Text(en=name), may_act_as=others)


def test_a_role_acts_as_all_that_it_reaches_and_nothing_acts_back() -> None:
    found = acting_as([role("a", "b"), role("b", "c"), role("c"), role("d", "c")])
    assert found == {"a": {"a", "b", "c"}, "b": {"b", "c"}, "c": {"c"}, "d": {"d", "c"}}


@pytest.mark.parametrize("engine", ["exact", "prices"])
def test_a_psychologist_does_social_work_and_a_social_worker_no_therapy(
    engine: Any, world: Any, make_help: Help, who: Who
) -> None:
    # one hour of each; without the rule only ann is helped by the psychologist
    base = world(
        {
            "ann": {"benefits": {"therapy": 0.2}},
            "ben": {"benefits": {"social": 0.5}},
            "cas": {"benefits": {"social": 0.4}},
            "dirk": {"benefits": {"therapy": 0.3}},
        },
        [
            make_help("social", {"social_worker": 1}),
            make_help("therapy", {"psychologist": 1}),
        ],
        [("p", "psychologist", 1, "s1"), ("w", "social_worker", 1, "s1")],
        may_act_as={"psychologist": ("social_worker",)},
    )
    formulation = base.formulate()
    allocation = solve(formulation.problem, base.effort, engine)
    plan = plan_of(formulation, allocation, base.candidates, base.matching)
    assert who(plan) == {"ben": "social@autumn", "cas": "social@autumn"}
    done = plan.caseload.set_index("professional_id")[["role", "hours"]]
    assert done.loc["p"].tolist() == ["social_worker", 1.0]
    hours = plan.resources.set_index("role")["used"].to_dict()
    assert hours == {"psychologist": 0.0, "social_worker": 2.0}
    assert verify(plan, base.inputs, base.matching, base.limits) == ()
    alone = base.replace(may_act_as={}).plan()
    assert who(alone) == {"ben": "social@autumn", "dirk": "therapy@autumn"}


def test_an_hour_at_two_sites_loses_the_road_and_an_hour_at_one_does_not(
    world: Any, make_help: Help, who: Who
) -> None:
    # 4.5 hours asked at each site; t gives 4.5 of 5 hours on the road, u all of 4.5
    plan = world(
        {f"p{n}": {"site": f"s{1 + n % 2}", "benefits": {"talk": 0.5}} for n in range(6)},
        [make_help("talk", {"teacher": 1.5})],
        [("t", "teacher", 5, "s1;s2"), ("u", "teacher", 4.5, "s2")],
        limits=LimitSettings(travel_overhead=0.1),
    ).plan()
    assert len(who(plan)) == 6
    given_hours = plan.caseload.groupby(["professional_id", "site"])["hours"].sum().to_dict()
    assert given_hours == {("t", "s1"): pytest.approx(4.5), ("u", "s2"): pytest.approx(4.5)}
    assert plan.summary.hours_capacity == pytest.approx(9.0)


@st.composite
def small_teams(draw: st.DrawFn) -> Mapping[str, Any]:
    roles = ("coach", "nurse", "teacher")
    units = {
        f"p{n}": {
            "site": draw(st.sampled_from(["s1", "s2"])),
            "benefits": {
                name: draw(st.integers(1, 20)) / 20
                for name in draw(st.sets(st.sampled_from(["one", "two", "six"]), min_size=1))
            },
        }
        for n in range(draw(st.integers(1, 5)))
    }
    staff = [
        (f"w{n}", draw(st.sampled_from(roles)), draw(st.integers(0, 4)), site)
        for n, site in enumerate(draw(st.lists(st.sampled_from(["s1", "s2", "*"]), min_size=1)))
    ]
    return {"units": units, "staff": staff[:4]}


@pytest.mark.slow
@few
@given(parts=small_teams())
def test_letting_a_role_do_more_never_makes_a_plan_worse(
    parts: Mapping[str, Any], world: Any, make_help: Help
) -> None:
    helps = [
        make_help("one", {"coach": 1}),
        make_help("two", {"nurse": 1, "teacher": 1}),
        make_help("six", {"teacher": 0.5}, {"coach": 1}, group=(2, 3)),
    ]
    base = world(helps=helps, **parts)
    chain = {"nurse": ("teacher",), "teacher": ("coach",)}
    step = base.replace(may_act_as={"nurse": ("teacher",)}).plan()
    before, after = base.plan().summary.value, base.replace(may_act_as=chain).plan()
    assert step.summary.value >= before - 1e-6
    assert after.summary.value >= step.summary.value - 1e-6
    assert verify(after, base.replace(may_act_as=chain).inputs, base.matching, base.limits) == ()
