"""Rules of fairness in words: what they ask, and what they lack in what they measure."""

from __future__ import annotations

import json
from dataclasses import replace

import pandas as pd
import pytest

from recommender.export.manifest import Manifest
from recommender.export.pages.report import report_html
from recommender.planning.plan.plan import Plan
from recommender.planning.plan.summary import Shortage

Region = tuple[Plan, Manifest]


@pytest.fixture
def unfair(region: Region) -> Region:
    """The made-up region under three rules of fairness that it does not meet."""
    plan, manifest = region
    measures = {"even/school_1": "fair_hours", "good/low": "fair_benefit",
                "no_worse_than/school_2": "fair_coverage"}  # fmt: skip
    row = plan.resources.iloc[[0]]
    rows = [row.assign(resource=kind, rule=rule, price=0.25) for rule, kind in measures.items()]
    lacks = tuple(Shortage(rule, "", 7.25) for rule in measures)
    settings = json.loads(manifest.settings)
    asked = {"measure": "hours", "cap": None, "lowest": None, "alpha": None}
    settings["limits"] = {
        **settings.get("limits", {}),
        "fairness": [{"id": "even", "by": "site", "floor": 2.5, **asked}],
        "no_worse_than": 0.05,
    }
    return (
        replace(
            plan,
            summary=replace(plan.summary, shortages=lacks),
            resources=pd.concat([plan.resources, *rows], ignore_index=True),
        ),
        replace(manifest, settings=json.dumps(settings)),
    )


@pytest.mark.parametrize(
    ("language", "phrases"),
    [
        ("en", ("7.2 hours too few", "7.250 of benefit too little",
                "7 pupils would be worse off than now",
                "By school or place, hours per pupil who may be offered help: at least 2.5",
                "Nobody has more than 0.05 of benefit less")),
        ("nl", ("7,2 uren te weinig", "7,250 te weinig voordeel",
                "7 leerlingen zouden slechter af zijn dan nu",
                "Per school of plaats, uren per leerling die hulp mag krijgen: minstens 2,5",
                "Niemand heeft meer dan 0,05 minder voordeel")),
    ],
)  # fmt: skip
def test_a_report_says_what_each_rule_lacks_in_what_it_measures(
    unfair: Region, language: str, phrases: tuple[str, ...]
) -> None:
    page = report_html(*unfair, language=language)
    for phrase in phrases:
        assert phrase in page, phrase
    banner = {"en": "The hours do not suffice for every pupil under", "nl": "Er zijn niet genoeg"}
    assert banner[language] not in page


def test_the_public_page_says_that_a_rule_is_not_met_and_no_number(unfair: Region) -> None:
    page = report_html(*unfair, audience="public")
    assert "A rule of fairness cannot be met with these hours." in page
    assert "too few" not in page
    assert "worse off than now" not in page
