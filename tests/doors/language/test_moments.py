"""Moments and terms as people write them, in their own time zone."""

import contextlib
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daypass.doors.language import parse_moment, parse_term
from daypass.model.errors import BadInput
from daypass.model.lease import Term
from tests.makers import NOON

BERLIN = "Europe/Berlin"


def moment(text: str, now: datetime = NOON, tz: str = BERLIN) -> str:
    """Read a moment and write it in UTC."""
    return f"{parse_moment(text, after=now, tz=tz, field='length'):%d %H:%M:%S}"


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("18:00", "23 17:00:00"),
        ("6pm", "23 17:00:00"),
        ("6:30 PM", "23 17:30:00"),
        ("12am", "23 23:00:00"),
        ("18:00:05", "23 17:00:05"),
        ("09:00", "24 08:00:00"),
        ("13:00", "24 12:00:00"),
        ("today 18:00", "23 17:00:00"),
        ("tomorrow at 9:00", "24 08:00:00"),
        ("Friday 17:00", "27 16:00:00"),
        ("mon 9:00", "30 08:00:00"),
        ("mon 18:00", "23 17:00:00"),
        ("2026-11-24 09:00", "24 08:00:00"),
        ("2026-11-24T09:00:00Z", "24 09:00:00"),
        ("2026-11-24T09:00+05:30", "24 03:30:00"),
        ("18:00Z", "23 18:00:00"),
        ("18:00 utc", "23 18:00:00"),
        ("tomorrow", "23 23:00:00"),
        ("friday", "26 23:00:00"),
        ("monday", "29 23:00:00"),
        ("2026-11-24", "23 23:00:00"),
        ("Nov 24 9am", "24 08:00:00"),
        ("24 November 2026 at 9:00", "24 08:00:00"),
        ("Nov 24, 2026 09:00:00", "24 08:00:00"),
        ("nov 24th, 9am", "24 08:00:00"),
        ("Sept. 1 9am", "01 07:00:00"),
        ("11/30/2026 9:00 AM", "30 08:00:00"),
        ("30/11/2026 9:00", "30 08:00:00"),
        ("12/12 9:00", "12 08:00:00"),
    ],
)
def test_a_moment_is_read_in_the_zone_of_the_person(text, utc):
    """On Monday the 23rd at noon UTC, one o'clock in Berlin; a time that has passed is the next one."""
    assert moment(text) == utc


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("soon", "is not a time"),
        ("18", "could be an hour or a length"),
        ("today", "has begun already; say a time of day as well, such as today 18:00"),
        ("12/1/2026 9:00 AM", "is 1 December to some and 12 January to others; write 2026-12-01 or 2026-01-12"),
        ("12/1", "write 2026-12-01 or 2027-01-12"),
        ("13/13/2026 9:00", "is not a day of the calendar"),
        ("feb 30 9am", "is not a day of the calendar"),
        ("nov 20, 2026 9am", "is over already"),
        ("tommorow 9am", r"is not a time; .* Did you mean “tomorrow”\?"),
        ("25:00", "is not a time of day"),
        ("13pm", "is not a time of day"),
        ("0am", "is not a time of day"),
        ("2026-02-30 09:00", "is not a day of the calendar"),
        ("2026-11-22 09:00", "is over already"),
        ("today 08:00", "is over already"),
        ("1999-01-01 09:00", "is over already"),
        ("9999-12-31 23:59", "is not within a year"),
        ("18:00+25:00", "no time zone's offset"),
        ("", "Say which time"),
        ("x" * 1000, "is not a time"),
    ],
)
def test_what_is_no_moment_is_refused_in_a_sentence(text, words):
    """Each says what to write instead."""
    with pytest.raises(BadInput, match=words):
        moment(text)


def test_a_time_that_the_clocks_skip_is_refused():
    """In Berlin there is no 02:30 on 28 March 2027."""
    with pytest.raises(BadInput, match="There is no 02:30 on 28 March 2027"):
        moment("2027-03-28 02:30")


def test_a_time_that_comes_twice_is_refused_and_both_are_offered():
    """In Berlin 02:30 comes twice on 25 October 2026; either can be said with its offset."""
    before = datetime(2026, 10, 24, 12, tzinfo=UTC)
    with pytest.raises(BadInput, match=r"2026-10-25T02:30\+02:00 or 2026-10-25T02:30\+01:00"):
        moment("2026-10-25 02:30", before)

    assert moment("2026-10-25T02:30+01:00", before) == "25 01:30:00"


def test_an_unknown_zone_asks_for_utc():
    """A zone that this machine does not know is never taken for another."""
    with pytest.raises(BadInput, match="such as 18:00Z"):
        moment("18:00", tz="Mars/Olympus")
    assert moment("18:00Z", tz="Mars/Olympus") == "23 18:00:00"


@given(
    st.datetimes(min_value=datetime(2026, 11, 24), max_value=datetime(2027, 10, 1)),  # noqa: DTZ001 - a wall clock's
    st.sampled_from(["UTC", BERLIN, "America/New_York", "Asia/Kathmandu", "Pacific/Auckland"]),
)
def test_a_written_moment_is_that_moment(wall, tz):
    """What a clock on the wall shows comes out as the same instant."""
    text = f"{wall:%Y-%m-%d %H:%M:%S}"
    expected = wall.replace(microsecond=0, tzinfo=ZoneInfo(tz))
    with contextlib.suppress(BadInput):  # skipped or shown twice: two tests above
        found = parse_moment(text, after=NOON, tz=tz, field="length")
        assert found == expected
        assert found.astimezone(ZoneInfo(tz)).strftime("%Y-%m-%d %H:%M:%S") == text


@given(st.datetimes(timezones=st.just(UTC), min_value=datetime(2026, 1, 1), max_value=datetime(2027, 1, 1)), st.times())  # noqa: DTZ001 - made aware by timezones
def test_a_time_of_day_is_the_next_one(now, clock):
    """It is ahead, by at most a day, in a zone without summer time."""
    found = parse_moment(f"{clock:%H:%M:%S}", after=now, tz="UTC", field="length")

    assert timedelta(0) < found - now <= timedelta(days=1)


@pytest.mark.parametrize(
    ("for_", "until", "start", "term"),
    [
        (None, None, None, None),
        ("2h", None, None, Term(length=timedelta(hours=2))),
        ("until 18:00", None, None, Term(until=NOON.replace(hour=17))),
        (None, "18:00", None, Term(until=NOON.replace(hour=17))),
        (None, "until 18:00", None, Term(until=NOON.replace(hour=17))),
        ("2h", None, "now", Term(length=timedelta(hours=2))),
        ("2h", None, "in 30m", Term(length=timedelta(hours=2), starts=NOON + timedelta(minutes=30))),
        (None, "9:00", "tomorrow 08:00", Term(until=NOON.replace(day=24, hour=8), starts=NOON.replace(day=24, hour=7))),
    ],
)
def test_a_term_is_read_from_its_words(for_, until, start, term):
    """An end without a date is the first such time after the start."""
    assert parse_term(for_, start, until=until, now=NOON, tz=BERLIN) == term


@pytest.mark.parametrize(
    ("for_", "until", "start", "field"),
    [
        ("2h", "18:00", None, "length"),
        (None, None, "18:00", "length"),
        ("2h", None, "soon", "start"),
        ("2h", None, "in 90", "start"),
        (None, "2027-11-25 12:00", None, "length"),
        ("2h", None, "2027-11-25 12:00", "start"),
        ("until", None, None, "length"),
        ("90", None, None, "length"),
    ],
)
def test_a_term_that_cannot_be_meant_names_its_field(for_, until, start, field):
    """So that a form can show the sentence beside it."""
    with pytest.raises(BadInput) as refused:
        parse_term(for_, start, until=until, now=NOON, tz=BERLIN)

    assert refused.value.field == field
