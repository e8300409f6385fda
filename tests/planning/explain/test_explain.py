"""An explanation says what was paid, what came next, and why not the rest."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from recommender.errors import UsageError
from recommender.planning.explain.explain import Explanation, explain
from recommender.planning.selection.reasons import NO_GROUP

Help = Callable[..., Any]


@pytest.fixture
def why(world: Any, make_help: Help) -> Callable[[str], Explanation]:
    base = world(
        {
            "ann": {"benefits": {"talk": 0.5, "coaching": 0.05}},
            "ben": {"benefits": {"talk": 0.4, "circle": 0.3}},
            "cas": {"benefits": {"talk": 0.4}, "consent": "refused"},
            "dee": {"benefits": {"talk": 0.42}},
        },
        [
            make_help("talk", {"teacher": 2}),
            make_help("coaching", {"coach": 1}),
            make_help("circle", None, {"teacher": 1}, group=(3, 5)),
        ],
        [("t", "teacher", 2, "s1"), ("c", "coach", 1, "s1")],
    )
    formulation, allocation = base.solve()

    def explained(unit: str) -> Explanation:
        return explain(formulation, allocation.solution, base.candidates, base.matching, unit)

    return explained


def test_who_is_served_sees_benefit_hours_and_the_price_paid(why: Any) -> None:
    found = why("ann")
    ((option, pupils),) = found.offered
    assert (option.bundle, option.period, pupils) == ("talk", "autumn", 1)
    assert option.benefit == pytest.approx(0.5)
    assert option.outcomes == (("talk", pytest.approx(0.5)),)
    (share,) = option.shares
    assert (share.resource, share.amount, share.unit) == ("of teacher at s1 in autumn", 2, "hour")
    assert share.paid == pytest.approx(option.price)
    assert 0.4 - 1e-6 <= option.price <= 0.5 + 1e-6
    assert found.runner_up is not None
    assert found.runner_up.bundle == "coaching"
    assert [other.intervention for other in found.why_not] == ["circle", "coaching"]


def test_who_is_not_served_sees_what_was_nearest_and_what_it_lacked(why: Any) -> None:
    found = why("ben")
    assert found.offered == ()
    assert found.not_served == "the hours of teacher would do more good for others"
    assert found.runner_up is not None
    assert found.runner_up.bundle == "talk"
    reasons = {other.intervention: other for other in found.why_not}
    assert reasons["circle"].reasons == (NO_GROUP,)
    assert reasons["coaching"].short is None
    assert reasons["talk"].short == pytest.approx(-found.runner_up.net_value)
    assert any("if its benefit were" in change for change in found.changes)
    assert any("of teacher at s1 in autumn" in change for change in found.changes)


def test_who_did_not_agree_is_told_only_that(why: Any) -> None:
    found = why("cas")
    assert found.not_served == "there is no consent to offer help"
    assert all("consent" in " ".join(other.reasons) for other in found.why_not)
    assert found.changes == ()


def test_an_explanation_reads_as_text(why: Any) -> None:
    text = str(why("ann"))
    assert text.startswith("ann (s1, grade 5)")
    assert "Offered: talk from autumn" in text
    assert "2 hour of teacher at s1 in autumn" in text
    assert "Not offered anything: the hours of teacher" in str(why("ben"))


def test_a_unit_that_is_not_there_is_refused(why: Any) -> None:
    with pytest.raises(UsageError, match="no unit 'zoe'"):
        why("zoe")


def test_the_unit_that_is_meant_is_named(why: Any) -> None:
    with pytest.raises(UsageError, match=r"no unit 'Ann' in this plan; did you mean ann\?"):
        why("Ann")
