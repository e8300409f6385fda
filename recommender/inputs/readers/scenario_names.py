"""Whether the sites and professionals that scenarios name exist, each in its turn."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from recommender.inputs.checks import languages
from recommender.inputs.checks.cells import not_by_semicolon, shown_id
from recommender.inputs.checks.identity import why_no_professional
from recommender.inputs.findings import suggestion
from recommender.inputs.formats.yaml_reader import KeyPlace
from recommender.inputs.policy import Policy
from recommender.inputs.readers.rule_changes import Complaint, lineage


def unknown_sites(policy: Policy, sites: Collection[str]) -> Iterator[Complaint]:
    """What scenarios say of sites that are not there."""
    for scenario in policy.scenarios:
        at: KeyPlace = ("scenarios", scenario.id)
        named = [((*at, "capacity", n, "site"), c.site) for n, c in enumerate(scenario.capacity)]
        named += [
            ((*at, "hire", n, "sites"), site.strip())
            for n, hire in enumerate(scenario.hire)
            for site in hire.sites.split(";")
        ]
        for place, site in named:
            if site not in ("*", *sites):
                yield (
                    place,
                    f"is '{site}', which is not a site of data/sites",
                    "set several apart by `;`: s01;s02"
                    if not_by_semicolon(site, sites, ("*",))
                    else suggestion(site, sites),
                )


def wrong_staff(policy: Policy, ids: Collection[str]) -> Iterator[Complaint]:
    """Who leaves and is not there, who is hired and is there already, and how they are named.

    What a scenario builds on is done first.
    """
    for change in policy.scenarios:
        name, staff = change.id, {*ids}
        for step in lineage(policy, name)[:-1]:
            staff = (staff - {*step.leave}) | {hire.professional_id for hire in step.hire}
        for n, who in enumerate(change.leave):
            if who not in staff:
                yield (
                    ("scenarios", name, "leave", n),
                    f"is {shown_id(who)}, who is not in data/professionals",
                    suggestion(who, sorted(staff)),
                )
        staff -= {*change.leave}
        for n, hire in enumerate(change.hire):
            place: KeyPlace = ("scenarios", name, "hire", n, "professional_id")
            odd = why_no_professional(hire.professional_id)
            if odd:
                yield place, odd, "use letters, digits, - and _, and no name"
            wrong = languages.what_is_wrong(hire.languages)
            if wrong:
                yield (("scenarios", name, "hire", n, "languages"), *wrong)
            if hire.professional_id in staff:
                yield (
                    place,
                    f"is {shown_id(hire.professional_id)}, who is there already",
                    "use capacity to change the hours of who is there, or take another id",
                )
            staff.add(hire.professional_id)
