"""Terms and leases: whole seconds of UTC, whatever the calendar does."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daypass.model.errors import BadInput
from daypass.model.lease import AWS_TIME, LONGEST, Lease, Term, whole_second
from tests.makers import HOUR, NOON

MOMENTS = st.integers(946_684_800_000_000, 4_102_444_800_000_000).map(
    lambda micros: datetime.fromtimestamp(micros / 1_000_000, UTC)
)


@given(now=MOMENTS, seconds=st.integers(1, int(LONGEST.total_seconds())))
def test_a_length_is_exactly_as_long_as_it_says(now: datetime, seconds: int):
    """No leap day, year's end or fraction of a second makes it longer or shorter."""
    lease = Term(length=timedelta(seconds=seconds)).lease(now)

    assert lease.length == timedelta(seconds=seconds)
    assert lease.starts <= now < lease.starts + timedelta(seconds=1)
    assert datetime.strptime(lease.ends.strftime(AWS_TIME), AWS_TIME).replace(tzinfo=UTC) == lease.ends


@given(now=MOMENTS, length=st.timedeltas(min_value=timedelta(0)))
def test_no_lease_is_longer_than_what_was_asked(now: datetime, length: timedelta):
    """Whatever the fraction, the end never lies later than asked."""
    try:
        lease = Term(length=length).lease(now)
    except BadInput:
        return

    assert lease.ends <= now + length


def test_the_end_is_not_part_of_it():
    """Half-open: the promised second is already over."""
    lease = Lease(starts=NOON, ends=NOON + HOUR)

    assert NOON in lease
    assert NOON + HOUR - timedelta(microseconds=1) in lease
    assert NOON + HOUR not in lease


@pytest.mark.parametrize("length", [timedelta(0), -HOUR, timedelta(milliseconds=999), LONGEST + timedelta(seconds=1)])
def test_no_time_negative_time_and_a_century_are_refused(length: timedelta):
    """Each with a sentence beside the field."""
    with pytest.raises(BadInput) as caught:
        Term(length=length)

    assert caught.value.field == "length"


def test_an_end_that_has_passed_is_refused():
    """Until noon, at noon."""
    with pytest.raises(BadInput):
        Term(until=NOON).lease(NOON)


def test_an_end_more_than_a_year_away_is_refused():
    """Not by a length, and not by a date either."""
    with pytest.raises(BadInput):
        Term(until=NOON + 2 * LONGEST).lease(NOON)


def test_a_naive_time_has_no_meaning():
    """A datetime without a zone is a mistake of ours, and loud."""
    with pytest.raises(ValueError, match="time zone"):
        whole_second(datetime(2026, 1, 1))  # noqa: DTZ001 - what must be refused


def test_another_zone_is_the_same_moment():
    """A lease drawn up in Amsterdam ends at the same second as one drawn up in UTC."""
    amsterdam = timezone(timedelta(hours=1))

    assert Term(until=(NOON + HOUR).astimezone(amsterdam)).lease(NOON) == Term(until=NOON + HOUR).lease(NOON)


def test_a_scheduled_start_keeps_its_length():
    """Two hours from one o'clock end at three, however early it was asked."""
    lease = Term(length=2 * HOUR, starts=NOON + HOUR).lease(NOON)

    assert (lease.starts, lease.ends) == (NOON + HOUR, NOON + 3 * HOUR)


@pytest.mark.parametrize("moment", [NOON.replace(tzinfo=None), NOON.replace(microsecond=1)])
def test_a_lease_begins_and_ends_on_whole_seconds_of_a_known_zone(moment: datetime):
    """AWS knows no fraction of a second, and nobody what a time without a zone means."""
    with pytest.raises(ValueError, match=r"whole seconds|without a time zone"):
        Lease(starts=moment, ends=moment + HOUR)
    with pytest.raises(ValueError, match=r"whole seconds|without a time zone"):
        Lease(starts=NOON - HOUR, ends=moment)
