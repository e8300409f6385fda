"""Reasons of a plan in the language of a report, with names where a plan has ids."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from recommender.matching import Reason, reason_texts
from recommender.messages import Language
from recommender.planning.selection import reasons

Named = Callable[[str, str], str]

_GOOD = "would do more good for others"

FIXED: Mapping[str, str] = {
    reasons.NO_CONSENT: "because_consent",
    reasons.NO_GOOD: "because_no_good",
    reasons.NO_TIME: "because_no_time",
    reasons.NO_GROUP: "because_no_group",
    reasons.NO_SEAT: "because_no_seat",
    reasons.NOT_NOW: "because_not_now",
    reasons.NO_CLASS: "because_no_class",
    reasons.NOT_WHOLE: "because_not_whole",
    f"the money {_GOOD}": "because_money",
    f"what a must-serve rule asks for {_GOOD}": "because_statute",
    f"what a statutory rule asks for {_GOOD}": "because_statute",
    reasons.OWED: "because_owed",
    f"what a rule of fairness asks for {_GOOD}": "because_fairness",
    f"help for the parents {_GOOD}": "because_parents",
    f"what a family may have at once {_GOOD}": "because_at_once",
}
"""Reasons that name nothing, and the phrases that say them."""

_NAMING = (
    (re.compile(f"the hours of (.+) {_GOOD}"), "because_hours", "role"),
    (re.compile(f"the caseload of (.+) {_GOOD}"), "because_caseload", "role"),
    (re.compile(f"a place in (.+) {_GOOD}"), "because_place", "intervention"),
    (re.compile(f"the cap on (.+) {_GOOD}"), "because_cap", "intervention"),
    (re.compile(f"{reasons.DRY}(.+)"), "because_none", "role"),
)
_UNSUITED = re.compile("nothing suits, most often because: (.+)")

_IDS = re.compile(r"\b(place in|cap on|hours of) ([a-z][a-z0-9_]*)")
"""Where a reason of another version names an intervention or a role by its id."""


def reason_words(reason: str, words: Language, named: Named) -> str:
    """Return why a pupil is not offered help; a reason that is not known stays as it is."""
    if reason in FIXED:
        return words.phrases[FIXED[reason]]
    for pattern, key, kind in _NAMING:
        if found := pattern.fullmatch(reason):
            return words.phrases[key].format(name=named(kind, found[1]))
    if found := _UNSUITED.fullmatch(reason):
        return words.phrases["because_unsuited"].format(why=_why(found[1], words))
    return _IDS.sub(
        lambda found: (
            f"{found[1]} {named('role' if found[1] == 'hours of' else 'intervention', found[2])}"
        ),
        reason,
    )


def _why(english: str, words: Language) -> str:
    for flag in Reason:
        (text,) = reason_texts(flag)
        if text.en == english:
            return words.name(text)
    return english
