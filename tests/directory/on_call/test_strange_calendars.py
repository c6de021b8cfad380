"""Calendars that are not read, and say why."""

import time

import pytest

from daypass.model.errors import Misconfigured
from tests.directory.on_call.calendars import ANNA, calendar, event, on_call

START = "DTSTART;TZID=Europe/Berlin:20260504T090000"
END = "DTEND;TZID=Europe/Berlin:20260504T170000"
INVITES_ANNA = "ATTENDEE:mailto:anna@example.com"
NOON = "2026-05-04T12:00:00"


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"<html>sign in</html>",
        b"\xff\xfe\x00",
        b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n",
        calendar() + calendar(),
        calendar(event("DTSTART:tomorrow", INVITES_ANNA)),
        calendar(event(INVITES_ANNA)),
        calendar(event(START, "DTEND:later", INVITES_ANNA)),
        calendar(event(START, END, "RRULE:FREQ=FORTNIGHTLY", INVITES_ANNA)),
        calendar(event(START, END, "RRULE:INTERVAL=2", INVITES_ANNA)),
        calendar(event(START, END, INVITES_ANNA), head=["X-WR-TIMEZONE:Nowhere/Land"]),
        calendar(event(START, END, INVITES_ANNA), head=["X-WR-TIMEZONE:../../etc/passwd"]),
        calendar(event(START.replace("Europe/Berlin", "Nowhere/Land"), END, INVITES_ANNA)),
        calendar(event(START.replace("Europe/Berlin", "Europe"), END, INVITES_ANNA)),
        calendar(event("DTSTART:20260504T170000Z", "DTEND:20260504T090000Z", INVITES_ANNA)),
        b"x" * ((1 << 20) + 1),
    ],
)
def test_a_calendar_that_cannot_be_read_is_said_to_be_so(text):
    """Whatever is no calendar is the operator's to change, in one sentence about the calendar."""
    with pytest.raises(Misconfigured, match="on-call calendar"):
        on_call(text, NOON)


BOMBS = [
    "RRULE:FREQ=SECONDLY",
    "RRULE:FREQ=MINUTELY",
    "RRULE:freq=secondly",
    "RRULE:FR\r\n EQ=SECONDLY",
    "RRU\r\n LE:FREQ=SECONDLY",
    "RRULE:FREQ=DAILY;FREQ=SECONDLY",
    "RRULE:FREQ=DAILY;INTERVAL=0",
    "RRULE:FREQ=HOURLY;BYMINUTE=0,1,2,3,4,5,6,7,8,9",
    "RRULE:FREQ=DAILY;BYSECOND=0,1,2,3,4,5",
    "RRULE:FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30",
    "RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
    "RRULE:FREQ=DAILY;INTERVAL=7;BYDAY=TU",
    "RRULE:FREQ=MONTHLY;BYDAY=6MO",
    "RRULE:FREQ=MONTHLY;BYDAY=-6MO",
    "RRULE:FREQ=MONTHLY;BYMONTHDAY=32",
    "EXRULE:FREQ=SECONDLY",
]


@pytest.mark.parametrize("rule", BOMBS)
def test_a_rule_that_asks_for_endless_work_is_refused_at_once(rule):
    """A short rule cannot keep the house busy."""
    begun = time.monotonic()
    with pytest.raises(Misconfigured, match="on-call calendar"):
        on_call(calendar(event(START, END, rule, INVITES_ANNA)), NOON)

    assert time.monotonic() - begun < 2


def test_hours_counted_from_the_beginning_of_time_are_refused():
    """An hourly rule two thousand years old is too many repetitions; one of this year is none."""
    old = event("DTSTART:00010101T000000Z", "DTEND:00010101T010000Z", "RRULE:FREQ=HOURLY", INVITES_ANNA)

    with pytest.raises(Misconfigured, match="too often"):
        on_call(calendar(old), NOON)
    assert on_call(calendar(old.replace(":0001", ":2026")), NOON) == ANNA


def test_many_long_shifts_that_begin_every_hour_are_refused():
    """Shifts that pile up on one moment are too many to write out."""
    year = ("DTSTART:20250601T000000Z", "DTEND:20260531T000000Z", "RRULE:FREQ=HOURLY", INVITES_ANNA)

    with pytest.raises(Misconfigured, match="too often"):
        on_call(calendar(*[event(*year, uid=str(number)) for number in range(12)]), NOON)


def test_a_large_plain_rotation_is_read():
    """Ten years of a daily rotation among a dozen people are no burden."""
    turn = ("DTSTART:20160104T000000Z", "DTEND:20160105T000000Z", "RRULE:FREQ=DAILY", INVITES_ANNA)

    assert on_call(calendar(*[event(*turn, uid=str(number)) for number in range(12)]), NOON) == ANNA


ZONE = """\
BEGIN:VTIMEZONE
TZID:Mine
BEGIN:STANDARD
DTSTART:16010101T000000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=HOURLY
END:STANDARD
END:VTIMEZONE
"""


def test_a_time_zones_own_rules_cannot_ask_for_endless_work():
    """A zone written out in the calendar changes its clock by the year, or is refused."""
    shift = event("DTSTART;TZID=Mine:20260504T000000", "DTEND;TZID=Mine:20260505T000000", INVITES_ANNA)

    with pytest.raises(Misconfigured, match="on-call calendar"):
        on_call(calendar(ZONE, shift), NOON)
    plain = ZONE.replace("RRULE:FREQ=HOURLY\n", "")
    assert on_call(calendar(plain, shift), NOON) == ANNA
