"""Calendars that are not read, and say why."""

import time

import pytest

from daypass.model.errors import Misconfigured
from tests.facts.on_call.calendars import ANNA, calendar, event, on_call

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


UTC_DAY = ("DTSTART:20260504T000000Z", "DTEND:20260505T000000Z")
DAILY = event(*UTC_DAY, "RRULE:FREQ=DAILY", INVITES_ANNA)
WHOLE = calendar(event(*UTC_DAY, INVITES_ANNA))
INVITES_BERT = "ATTENDEE:mailto:bert@example.com"


@pytest.mark.parametrize(
    "text",
    [
        WHOLE[: len(WHOLE) // 2],
        WHOLE.replace(b"END:VCALENDAR\r\n", b""),
        WHOLE.replace(b"END:VEVENT\r\n", b""),
        b"",
        b" \r\n",
        b"<!DOCTYPE html><html><body>Log in</body></html>",
        b'{"error": "not found"}',
        calendar(),
        calendar(event(*UTC_DAY, INVITES_ANNA).replace("VEVENT", "VTODO")),
        calendar(event(UTC_DAY[0], INVITES_ANNA)),
        calendar(event(START.replace("Europe/Berlin", "Mars/Olympus"), END, "RRULE:FREQ=DAILY", INVITES_ANNA)),
        calendar(DAILY.replace("RRULE", "EXDATE;TZID=Mars/Olympus:20260504T000000\r\nRRULE")),
        calendar(
            DAILY.replace("RRULE", "EXDATE:20260101T000000Z\r\nEXDATE;TZID=Mars/Olympus:20260504T000000\r\nRRULE")
        ),
        calendar(DAILY.replace("RRULE:FREQ=DAILY", "RDATE;TZID=Mars/Olympus:20260506T000000")),
        calendar(DAILY.replace("FREQ=DAILY", "FREQ=DAILY;UNTIL=whenever")),
        calendar(event(*UTC_DAY, INVITES_ANNA), event(*UTC_DAY, INVITES_BERT)),
        calendar(
            event(*UTC_DAY, INVITES_ANNA), event("DTSTART:20260404T000000Z", "DTEND:20260405T000000Z", INVITES_BERT)
        ),
        calendar(
            *(event("RECURRENCE-ID:20260504T000000Z", *UTC_DAY, who) for who in (INVITES_ANNA, INVITES_BERT)), DAILY
        ),
        calendar(event(*UTC_DAY, INVITES_ANNA, "DESCRIPTION:" + "x" * 5_000_000)),
    ],
)
def test_a_faulty_calendar_is_never_read_as_nobody_or_somebody_else(text):
    """Cut short, empty, a page of HTML, without an end, in a zone nobody knows, two events under one UID, 5 MB."""
    with pytest.raises(Misconfigured, match="on-call calendar"):
        on_call(text, NOON)


@pytest.mark.parametrize(
    "text",
    [
        calendar(event("DTSTART;VALUE=DATE:20260504", INVITES_ANNA)),
        calendar(event("DTSTART:20260504T000000", "DURATION:PT24H", INVITES_ANNA)),
        calendar(event(*UTC_DAY, INVITES_ANNA), event(*UTC_DAY, INVITES_ANNA)),
        calendar(event(*UTC_DAY, "DTSTAMP:20260101T000000Z", INVITES_ANNA), event(*UTC_DAY, INVITES_ANNA)),
        calendar(event(*UTC_DAY, INVITES_BERT), event(*UTC_DAY, "SEQUENCE:1", INVITES_ANNA)),
        calendar(event(*UTC_DAY, INVITES_ANNA), event(UTC_DAY[0], "STATUS:CANCELLED", INVITES_BERT, uid="two")),
        calendar(DAILY.replace("RRULE", "EXDATE:20260503T000000Z\r\nEXDATE;VALUE=DATE:20260502\r\nRRULE")),
        b"\xef\xbb\xbf" + WHOLE.replace(b"\r\n", b"\n"),
    ],
)
def test_what_is_odd_and_has_one_meaning_is_read(text):
    """A day without an end, floating times, two copies of one event, a newer version, an end that was cancelled."""
    assert on_call(text, NOON) == ANNA


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
