"""Sessions as a calendar file (iCalendar, RFC 5545): which groups run where, from when to when.

It says how many pupils are in a group, never who.
"""

from __future__ import annotations

import datetime as dt
import hashlib

from recommender.errors import LibraryMissing, UsageError
from recommender.export.formats.database import run_id
from recommender.export.manifest import Manifest
from recommender.export.pages.report import language_of, names_of_ids, records
from recommender.planning.formulation.labels import session_names
from recommender.planning.plan.plan import Plan


def calendar_bytes(plan: Plan, manifest: Manifest, language: str = "en") -> bytes:
    """Return the calendar: one event of whole days for the groups of a kind, site and start.

    The same plan gives the same bytes, so that a calendar read twice holds every event once.

    Raises:
        LibraryMissing: if the library for calendars is missing.
        UsageError: if the plan does not say when its periods are.
    """
    try:
        import icalendar
    except ImportError:
        raise LibraryMissing(
            "a calendar needs icalendar; pip install 'recommender[calendar]'"
        ) from None
    words = language_of(language)
    say = words.phrases
    named = names_of_ids(manifest, words)
    days = {period.period: period for period in manifest.dates}
    order = [period.period for period in manifest.dates]
    length = {need.intervention: need.periods for need in manifest.needs}
    if missing := set(plan.sessions["period"].tolist()) - set(days):
        raise UsageError(f"the plan does not say when {', '.join(sorted(missing))} is")
    run, made = run_id(plan), dt.datetime.fromisoformat(manifest.created.replace("Z", "+00:00"))
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//recommender//plan//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    for row, key in zip(records(plan.sessions), session_names(plan.sessions), strict=True):
        first = order.index(row["period"])
        last = min(first + max(1, length.get(row["intervention"], 1)), len(order)) - 1
        event = icalendar.Event()
        event.add("uid", f"{hashlib.sha256(f'{run}/{key}'.encode()).hexdigest()[:32]}@recommender")
        event.add("dtstamp", made)
        event.add("dtstart", dt.date.fromisoformat(days[row["period"]].start))
        end = dt.date.fromisoformat(days[order[last]].end) + dt.timedelta(days=1)
        event.add("dtend", end)
        site, what = named("site", row["site"]), named("intervention", row["intervention"])
        event.add("summary", _one_line(f"{what}, {site}"))
        event.add("location", _one_line(site))
        event.add(
            "description",
            f"{say['groups']}: {words.number(row['groups'])}; "
            f"{say['pupils']}: {words.number(row['pupils'])}. {say['proposal']}",
        )
        event.add("transp", "TRANSPARENT")
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def _one_line(text: str) -> str:
    """A text without signs that a calendar cannot hold."""
    return "".join(sign if sign.isprintable() else " " for sign in text)
