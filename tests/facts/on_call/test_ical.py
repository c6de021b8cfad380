"""Who a calendar says is on call at a moment."""

from datetime import UTC, datetime

import pytest

from daypass.facts.on_call.ical import IcalSchedule
from daypass.model.errors import Misconfigured
from tests.facts.on_call.calendars import ANNA, BERLIN, BERT, NOBODY, calendar, event, on_call

DAY = ("DTSTART;TZID=Europe/Berlin:20260504T090000", "DTEND;TZID=Europe/Berlin:20260504T170000")
INVITES_ANNA = "ATTENDEE;PARTSTAT=ACCEPTED:mailto:Anna@Example.com"
INVITES_BERT = "ATTENDEE:MAILTO:bert@example.com"

ROTATION = calendar(
    event(
        "DTSTART;TZID=Europe/Berlin:20260105T090000",
        "DTEND;TZID=Europe/Berlin:20260112T090000",
        "RRULE:FREQ=WEEKLY;INTERVAL=2",
        INVITES_ANNA,
        uid="anna",
    ),
    event(
        "DTSTART;TZID=Europe/Berlin:20260112T090000",
        "DTEND;TZID=Europe/Berlin:20260119T090000",
        "RRULE:FREQ=WEEKLY;INTERVAL=2",
        INVITES_BERT,
        uid="bert",
    ),
)
NIGHTS = calendar(
    event(
        "DTSTART;TZID=Europe/Berlin:20260301T220000",
        "DTEND;TZID=Europe/Berlin:20260302T060000",
        "RRULE:FREQ=DAILY",
        INVITES_ANNA,
    )
)


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-05-04T08:59:59", NOBODY),
        ("2026-05-04T09:00:00", ANNA),
        ("2026-05-04T16:59:59", ANNA),
        ("2026-05-04T17:00:00", NOBODY),
    ],
)
def test_an_event_covers_its_start_and_not_its_end(moment, expected):
    """The stretch of an event is half-open."""
    assert on_call(calendar(event(*DAY, INVITES_ANNA)), moment) == expected


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-01-05T08:59:59", NOBODY),
        ("2026-01-05T09:00:00", ANNA),
        ("2026-01-12T08:59:59", ANNA),
        ("2026-01-12T09:00:00", BERT),
        ("2026-03-30T08:59:59", BERT),
        ("2026-03-30T09:00:00", ANNA),
        ("2026-10-26T08:59:59", BERT),
        ("2026-10-26T09:00:00", ANNA),
    ],
)
def test_two_people_take_turns_by_the_week(moment, expected):
    """A rotation hands over at nine by the wall clock, in the weeks the clock changes too."""
    assert on_call(ROTATION, moment) == expected


@pytest.mark.parametrize("moment", ["2026-03-29T01:59:59", "2026-03-29T03:00:00", "2026-03-29T05:59:59"])
def test_a_night_shift_lasts_through_the_hour_that_is_left_out_in_spring(moment):
    """On 2026-03-29 the clock goes from two to three, and the shift still ends at six."""
    assert on_call(NIGHTS, moment) == ANNA
    assert on_call(NIGHTS, "2026-03-29T06:00:00") == NOBODY


@pytest.mark.parametrize("fold", [0, 1])
def test_a_night_shift_lasts_through_both_hours_of_autumn(fold):
    """On 2026-10-25 it is half past two twice, and the shift covers both."""
    assert on_call(NIGHTS, "2026-10-25T02:30:00", fold=fold) == ANNA
    assert on_call(NIGHTS, "2026-10-25T06:00:00") == NOBODY


def test_an_event_in_the_first_of_two_equal_hours_is_over_in_the_second():
    """What ends at 00:45 UTC is over at 01:30 UTC, though Berlin's clock shows 02:30 for both sides of it."""
    text = calendar(event("DTSTART:20261025T001500Z", "DTEND:20261025T004500Z", INVITES_ANNA))

    assert on_call(text, "2026-10-25T02:30:00", fold=0) == ANNA
    assert on_call(text, "2026-10-25T02:30:00", fold=1) == NOBODY


def test_a_date_taken_out_of_a_series_has_nobody_on_call():
    """EXDATE leaves out one occurrence and no other."""
    text = calendar(event(*DAY, "RRULE:FREQ=DAILY", "EXDATE;TZID=Europe/Berlin:20260506T090000", INVITES_ANNA))

    assert on_call(text, "2026-05-06T12:00:00") == NOBODY
    assert on_call(text, "2026-05-07T12:00:00") == ANNA


def test_one_occurrence_may_be_given_to_another_person():
    """A swap in the calendar is an override of one occurrence."""
    swap = event(
        "RECURRENCE-ID;TZID=Europe/Berlin:20260506T090000",
        "DTSTART;TZID=Europe/Berlin:20260506T100000",
        "DTEND;TZID=Europe/Berlin:20260506T170000",
        INVITES_BERT,
    )
    text = calendar(event(*DAY, "RRULE:FREQ=DAILY", INVITES_ANNA), swap)

    assert on_call(text, "2026-05-05T12:00:00") == ANNA
    assert on_call(text, "2026-05-06T09:30:00") == NOBODY
    assert on_call(text, "2026-05-06T12:00:00") == BERT


def test_one_occurrence_may_be_cancelled():
    """A cancelled override names nobody."""
    gone = event("RECURRENCE-ID;TZID=Europe/Berlin:20260506T090000", *DAY, "STATUS:CANCELLED", INVITES_ANNA)
    gone = gone.replace(":20260504T", ":20260506T")
    text = calendar(event(*DAY, "RRULE:FREQ=DAILY", INVITES_ANNA), gone)

    assert on_call(text, "2026-05-06T12:00:00") == NOBODY


def test_a_cancelled_event_names_nobody():
    """STATUS:CANCELLED takes an event out."""
    assert on_call(calendar(event(*DAY, "STATUS:CANCELLED", INVITES_ANNA)), "2026-05-04T12:00:00") == NOBODY


def test_an_all_day_event_is_a_day_of_the_calendars_zone():
    """A whole day begins at midnight in Berlin when the calendar says so, else at midnight UTC."""
    days = event("DTSTART;VALUE=DATE:20260329", "DTEND;VALUE=DATE:20260330", INVITES_ANNA)
    berlin = calendar(days, head=["X-WR-TIMEZONE:Europe/Berlin"])

    assert on_call(berlin, "2026-03-29T00:00:00") == ANNA
    assert on_call(berlin, "2026-03-30T00:00:00") == NOBODY
    assert on_call(calendar(days), "2026-03-29T00:30:00") == NOBODY
    assert on_call(calendar(days), "2026-03-30T01:30:00") == ANNA


def test_an_all_day_rotation_is_read_in_the_zone_it_is_given():
    """A zone given from outside holds for a calendar that names none."""
    text = calendar(
        event("DTSTART;VALUE=DATE:20260105", "DTEND;VALUE=DATE:20260112", "RRULE:FREQ=WEEKLY;INTERVAL=2", INVITES_ANNA)
    )
    schedule = IcalSchedule(lambda: text, zone=BERLIN)

    assert schedule.on_call(datetime(2026, 1, 4, 23, 0, tzinfo=UTC)) == ANNA
    assert schedule.on_call(datetime(2026, 1, 11, 23, 0, tzinfo=UTC)) == NOBODY
    assert schedule.on_call(datetime(2026, 7, 19, 22, 0, tzinfo=UTC)) == ANNA


def test_everyone_invited_who_has_not_declined_is_on_call():
    """Several attendees count; those who declined, rooms and onlookers do not."""
    text = calendar(
        event(
            *DAY,
            INVITES_ANNA,
            INVITES_BERT,
            "ATTENDEE;PARTSTAT=DECLINED:mailto:carl@example.com",
            "ATTENDEE;CUTYPE=RESOURCE:mailto:room@example.com",
            "ATTENDEE;ROLE=NON-PARTICIPANT:mailto:boss@example.com",
        )
    )

    assert on_call(text, "2026-05-04T12:00:00") == ANNA | BERT


def test_somebody_who_declined_is_not_put_back_by_the_summary():
    """With everyone declined nobody is on call, whatever the summary says."""
    text = calendar(event(*DAY, "SUMMARY:anna@example.com", "ATTENDEE;PARTSTAT=DECLINED:mailto:anna@example.com"))

    assert on_call(text, "2026-05-04T12:00:00") == NOBODY


def test_without_attendees_the_address_in_the_summary_counts():
    """A summary may name the one on call."""
    assert on_call(calendar(event(*DAY, "SUMMARY:On call: Anna@example.com (db)")), "2026-05-04T12:00:00") == ANNA


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        (("SUMMARY:On call", "ORGANIZER:mailto:anna@example.com"), "“On call”.* names nobody's e-mail address"),
        (("SUMMARY:anna@example.com or bert@example.com",), "more than one"),
        (("ATTENDEE:urn:uuid:1234",), "without an e-mail address"),
    ],
)
def test_an_event_that_does_not_say_who_is_never_guessed(lines, says):
    """An organizer, two addresses in a summary, or an attendee without an address is no answer."""
    with pytest.raises(Misconfigured, match=says):
        on_call(calendar(event(*DAY, *lines)), "2026-05-04T12:00:00")
