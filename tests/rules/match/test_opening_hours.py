"""Hours by the clock on the wall, also on the days when clocks are changed."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from daypass.rules.match.opening_hours import open_at, parse_hours

BERLIN, LORD_HOWE, KOLKATA = ZoneInfo("Europe/Berlin"), ZoneInfo("Australia/Lord_Howe"), ZoneInfo("Asia/Kolkata")
SUNDAY = frozenset({7})


def is_open(utc: str, hours: str, zone: ZoneInfo = BERLIN, days: frozenset[int] = frozenset()) -> bool:
    """Ask for one moment, as UTC has it."""
    return open_at(datetime.fromisoformat(utc).replace(tzinfo=UTC), zone, days, [parse_hours(hours)])


@pytest.mark.parametrize(
    ("utc", "hours", "expected"),
    [
        # 29 March 2026: at 02:00 it is 03:00 at once
        ("2026-03-29T00:59:59", "01:00-03:30", True),
        ("2026-03-29T01:00", "01:00-03:30", True),
        ("2026-03-29T01:29:59", "01:00-03:30", True),
        ("2026-03-29T01:30", "01:00-03:30", False),
        ("2026-03-29T00:59:59", "02:00-03:00", False),
        ("2026-03-29T01:00", "02:00-03:00", False),
        ("2026-03-28T21:00", "22:00-06:00", True),
        ("2026-03-29T03:59:59", "22:00-06:00", True),
        ("2026-03-29T04:00", "22:00-06:00", False),
        # 25 October 2026: at 03:00 it is 02:00 once more
        ("2026-10-25T00:15", "02:15-02:45", True),
        ("2026-10-25T00:45", "02:15-02:45", False),
        ("2026-10-25T01:15", "02:15-02:45", True),
        ("2026-10-25T01:45", "02:15-02:45", False),
        ("2026-10-25T04:59:59", "22:00-06:00", True),
        ("2026-10-25T05:00", "22:00-06:00", False),
    ],
)
def test_the_clock_on_the_wall_counts_when_clocks_are_changed(utc: str, hours: str, expected: bool):
    """An hour that is left out never comes; one that comes twice is inside twice."""
    assert is_open(utc, hours) is expected


@pytest.mark.parametrize(
    ("utc", "expected"),
    [
        ("2026-03-28T22:59:59", False),
        ("2026-03-28T23:00", True),
        ("2026-03-29T21:59:59", True),
        ("2026-03-29T22:00", False),
    ],
)
def test_a_day_of_23_hours_is_a_day(utc: str, expected: bool):
    """Sunday begins in winter time and ends in summer time."""
    assert open_at(datetime.fromisoformat(utc).replace(tzinfo=UTC), BERLIN, SUNDAY, []) is expected


def test_clocks_that_differ_by_half_an_hour_are_read_as_they_stand():
    """In summer time Lord Howe is half an hour further; Kolkata always is."""
    assert is_open("2026-10-03T15:29:59", "01:30-02:00", LORD_HOWE)
    assert not is_open("2026-10-03T15:30", "01:30-02:30", LORD_HOWE)
    assert is_open("2026-05-04T03:30", "09:00-18:00", KOLKATA)
    assert not is_open("2026-05-04T12:30", "09:00-18:00", KOLKATA)


def test_a_window_over_midnight_belongs_to_the_day_on_which_it_opens():
    """Saturday's night goes on into the Sunday on which the clocks are changed, and not into Monday."""
    saturday = frozenset({6})

    assert is_open("2026-03-29T03:59:59", "22:00-06:00", days=saturday)
    assert not is_open("2026-03-29T20:00", "22:00-06:00", days=saturday)
