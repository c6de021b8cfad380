"""An exact span is exact and a nominal one is not, on the days when the clocks change (RFC 5545, 3.3.6)."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from daypass.facts.on_call.ical import IcalSchedule
from tests.facts.on_call.calendars import ANNA, BERLIN, NOBODY, calendar, event

INVITES_ANNA = "ATTENDEE:mailto:anna@example.com"
SPRING = "DTSTART;TZID=Europe/Berlin:20260328T220000"
"""21:00 UTC; at 01:00 UTC the clock goes from two to three."""
AUTUMN = "DTSTART;TZID=Europe/Berlin:20261024T220000"
"""20:00 UTC; at 01:00 UTC the clock goes from three to two."""
ALARM = ("BEGIN:VALARM", "ACTION:AUDIO", "TRIGGER:-PT15M", "DURATION:PT5M", "REPEAT:2", "END:VALARM")


def around(end: str, *lines: str, zone: ZoneInfo = BERLIN) -> tuple[frozenset[str], frozenset[str]]:
    """Who is on call a second before a moment in UTC, and at it."""
    schedule = IcalSchedule(lambda: calendar(event(*lines, INVITES_ANNA)), zone=zone)
    moment = datetime.fromisoformat(end).replace(tzinfo=UTC)
    return schedule.on_call(moment - timedelta(seconds=1)), schedule.on_call(moment)


@pytest.mark.parametrize(
    ("starts", "duration", "end"),
    [
        (SPRING, "PT9H", "2026-03-29T06:00"),
        (SPRING, "PT8H60M", "2026-03-29T06:00"),
        (SPRING, "PT24H", "2026-03-29T21:00"),
        (SPRING, "P1D", "2026-03-29T20:00"),
        (SPRING, "+P1D", "2026-03-29T20:00"),
        (SPRING, "P1DT2H", "2026-03-29T22:00"),
        (SPRING, "P1W", "2026-04-04T20:00"),
        (AUTUMN, "PT9H", "2026-10-25T05:00"),
        (AUTUMN, "PT24H", "2026-10-25T20:00"),
        (AUTUMN, "P1D", "2026-10-25T21:00"),
        ("DTSTART:20260328T210000Z", "PT9H", "2026-03-29T06:00"),
        ("DTSTART:20260328T220000", "PT9H", "2026-03-29T06:00"),
        ("DTSTART;VALUE=DATE:20260329", "P1D", "2026-03-29T22:00"),
    ],
)
def test_hours_are_exact_and_days_are_nominal(starts: str, duration: str, end: str):
    """Nine hours are nine hours; a day ends when the clock shows the same time again."""
    assert around(end, starts, f"DURATION:{duration}") == (ANNA, NOBODY)


@pytest.mark.parametrize("end", ["2026-03-28T06:00", "2026-03-29T06:00", "2026-03-30T05:00"])
def test_each_repetition_is_as_long_as_the_first(end: str):
    """Nine hours in each night, also in that of eight hours by the clock."""
    lines = ("DTSTART;TZID=Europe/Berlin:20260327T220000", "RRULE:FREQ=DAILY;COUNT=4", "DURATION:PT9H")

    assert around(end, *lines) == (ANNA, NOBODY)


@pytest.mark.parametrize(
    "lines",
    [
        ("DURATION:PT9H", *ALARM),
        (*ALARM, "DURATION:PT9H"),
        ("DURATION:PT", " 9H"),
        ("DURATION;X-WHAT=that:PT9H",),
        ("X-DAYPASS-DURATION:PT1H", "DURATION:PT9H"),
    ],
)
def test_only_the_events_own_duration_counts(lines: tuple[str, ...]):
    """Not that of its alarm, nor one that is written as ours is."""
    assert around("2026-03-29T06:00", SPRING, *lines) == (ANNA, NOBODY)


def test_an_end_that_is_named_is_when_the_clock_shows_it():
    """As every calendar draws it, on the night that is an hour shorter too."""
    end = "DTEND;TZID=Europe/Berlin:20260329T070000"

    assert around("2026-03-29T05:00", SPRING, end, "X-DAYPASS-DURATION:PT9H") == (ANNA, NOBODY)


def test_a_repetition_with_a_span_of_its_own_ends_with_that():
    """A date of repetition may say how long it lasts."""
    period = "RDATE;VALUE=PERIOD:20260330T210000Z/PT2H"
    lines = ("DTSTART:20260328T210000Z", "DURATION:PT9H", period)

    assert around("2026-03-29T06:00", *lines) == (ANNA, NOBODY)
    assert around("2026-03-30T23:00", *lines) == (ANNA, NOBODY)
