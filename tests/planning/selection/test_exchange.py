"""An exchange counts pupils by what the words say: by hand, and by its law over random plans."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.planning.selection.exchange import exchanged

Offers = list[tuple[str, str, float]]


def table(offers: Offers) -> pd.DataFrame:
    return pd.DataFrame(offers, columns=["unit_id", "offer", "pupils"]).astype(
        {"unit_id": "str", "offer": "str", "pupils": "float64"}
    )


@pytest.mark.parametrize(
    ("before", "after", "counts"),
    [
        ([], [("a", "x@1", 1)], (1, 0, 0, 0)),
        ([("a", "x@1", 1)], [], (0, 1, 0, 0)),
        ([("a", "x@1", 1)], [("a", "y@1", 1)], (0, 0, 1, 0)),
        ([("a", "x@1", 1)], [("a", "x@2", 1)], (0, 0, 1, 0)),
        ([("a", "x@1", 1)], [("a", "x@1", 1)], (0, 0, 0, 1)),
        # of a segment three had x and two y; now four have x and three z
        ([("a", "x@1", 3), ("a", "y@1", 2)], [("a", "x@1", 4), ("a", "z@1", 3)], (2, 0, 2, 3)),
        ([("a", "x@1", 5)], [("a", "x@1", 1), ("a", "y@1", 1)], (0, 3, 1, 1)),
    ],
)
def test_pupils_are_counted_by_what_the_words_say(
    before: Offers, after: Offers, counts: tuple[float, ...]
) -> None:
    found = exchanged(table(before), table(after))
    assert tuple(found.loc["a", ["new", "lost", "other", "same"]]) == counts


OFFERS = st.lists(
    st.tuples(st.sampled_from("abc"), st.sampled_from(["x@1", "x@2", "y@1"]), st.integers(1, 4)),
    max_size=9,
)


@settings(deadline=None, max_examples=50)
@given(OFFERS, OFFERS)
def test_helped_after_is_helped_before_and_new_less_lost(before: Offers, after: Offers) -> None:
    found = exchanged(table(before), table(after))
    for unit in found.index:
        helped = [sum(n for who, _, n in offers if who == unit) for offers in (before, after)]
        new, lost, other, same = found.loc[unit, ["new", "lost", "other", "same"]]
        assert helped[1] == helped[0] + new - lost
        assert new + other + same == helped[1]
        assert lost + other + same == helped[0]
        assert min(new, lost) == 0


@settings(deadline=None, max_examples=50)
@given(OFFERS, OFFERS)
def test_seen_the_other_way_round_who_gained_has_lost(before: Offers, after: Offers) -> None:
    one, other = exchanged(table(before), table(after)), exchanged(table(after), table(before))
    assert one["new"].equals(other["lost"].rename("new"))
    assert one["lost"].equals(other["new"].rename("lost"))
    assert one[["other", "same"]].equals(other[["other", "same"]])
