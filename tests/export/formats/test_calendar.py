"""The calendar: an event for every group that runs, safe to read, and nobody named in it."""

from __future__ import annotations

import datetime as dt
import sys
from dataclasses import replace
from typing import Any

import pytest

from recommender.errors import CannotWrite, UsageError
from recommender.export.formats.calendar import calendar_bytes
from recommender.export.manifest import Manifest, Name
from recommender.inputs.catalogue import Text
from recommender.planning.plan.plan import Plan

icalendar = pytest.importorskip("icalendar")

Region = tuple[Plan, Manifest]


def events(data: bytes) -> list[Any]:
    return icalendar.Calendar.from_ical(data).walk("VEVENT")


def test_every_session_is_an_event_over_the_days_of_its_period(region: Region) -> None:
    plan, manifest = region
    found = events(calendar_bytes(plan, manifest, "nl"))
    assert len(found) == len(plan.sessions)
    days = {d.period: (d.start, d.end) for d in manifest.dates}
    for event, row in zip(found, plan.sessions.itertuples(), strict=True):
        start, end = days[row.period]
        assert event.decoded("dtstart") == dt.date.fromisoformat(start)
        assert event.decoded("dtend") - dt.timedelta(days=1) == dt.date.fromisoformat(end)
        assert f"Groepen: {row.groups:.0f}; Leerlingen: {row.pupils:.0f}." in event["description"]
    assert len({str(event["uid"]) for event in found}) == len(found)


def test_help_of_two_periods_ends_with_the_second(region: Region) -> None:
    plan, manifest = region
    needs = tuple(replace(need, periods=2) for need in manifest.needs)
    two = plan.sessions[plan.sessions["period"] == "autumn"]
    found = events(calendar_bytes(replace(plan, sessions=two), replace(manifest, needs=needs)))
    assert {event.decoded("dtend") for event in found} == {dt.date(2027, 2, 13)}


def test_the_same_plan_gives_the_same_calendar_without_units(region: Region) -> None:
    data = calendar_bytes(*region)
    assert data == calendar_bytes(*region)
    assert not [unit for unit in region[0].profiles["unit_id"].unique() if unit.encode() in data]
    assert b"\r\n" in data
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))


@pytest.mark.parametrize(
    "payload", ["x\r\nBEGIN:VALARM\r\nACTION:EMAIL", "a;b,c\\n", "END:VEVENT\nBEGIN:VEVENT", "\x00"]
)
def test_no_name_or_id_starts_a_line_of_its_own(region: Region, payload: str) -> None:
    plan, manifest = region
    hostile = replace(plan, sessions=plan.sessions.assign(site=payload, grade=payload))
    named = replace(manifest, names=(*manifest.names, Name("site", payload, Text(en=payload))))
    found = icalendar.Calendar.from_ical(calendar_bytes(hostile, named))
    assert {part.name for part in found.walk()} == {"VCALENDAR", "VEVENT"}
    assert len(found.walk("VEVENT")) == len(plan.sessions)


def test_a_plan_without_dates_or_library_says_what_is_missing(
    region: Region, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan, manifest = region
    with pytest.raises(UsageError, match="does not say when"):
        calendar_bytes(plan, replace(manifest, dates=()))
    monkeypatch.setitem(sys.modules, "icalendar", None)
    with pytest.raises(CannotWrite, match=r"recommender\[calendar\]"):
        calendar_bytes(plan, manifest)
