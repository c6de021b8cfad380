"""Recurring windows as people write them."""

from datetime import UTC, date, datetime, time

import pytest

from daypass.doors.language.recurrence import GoesOn, parse_every
from daypass.model.errors import BadInput
from daypass.model.request import Recurrence

TUESDAY = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)
"""Half past nine in Berlin."""


def read(text: str, *, for_: str | None = None, until: str | None = None, start: str | None = None) -> Recurrence:
    """Read it as somebody in Berlin wrote it on that Tuesday."""
    return parse_every(text, GoesOn(for_=for_, until=until, start=start), now=TUESDAY, tz="Europe/Berlin")


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("weekdays 09:00-10:00 for two weeks", {1, 2, 3, 4, 5}),
        ("every weekday 9:00 to 10:00 for 2w", {1, 2, 3, 4, 5}),
        ("daily 09:00-10:00 for 14 days", {1, 2, 3, 4, 5, 6, 7}),
        ("every day from 09.00-10.00 for two weeks", {1, 2, 3, 4, 5, 6, 7}),
        ("weekend 09:00-10:00 for two weeks", {6, 7}),
        ("mon,wed 09:00-10:00 for two weeks", {1, 3}),
        ("Mondays and Fridays 09:00-10:00 for two weeks", {1, 5}),
        ("mon, tue and thu 09:00-10:00 for two weeks", {1, 2, 4}),
        ("mon-wed 09:00-10:00 for two weeks", {1, 2, 3}),
        ("fri-mon 09:00-10:00 for two weeks", {5, 6, 7, 1}),
        ("weekdays 9am-10am for two weeks", {1, 2, 3, 4, 5}),
        ("weekdays 9:00 AM to 10 am for two weeks", {1, 2, 3, 4, 5}),
    ],
)
def test_days_are_read_as_they_are_written(text: str, days: set[int]) -> None:
    """In words, in short, in ranges that go over the weekend."""
    found = read(text)
    assert found.days == days
    assert (found.opens, found.closes, found.tz) == (time(9), time(10), "Europe/Berlin")


@pytest.mark.parametrize(
    ("said", "last"),
    [
        ({"for_": "2w"}, date(2026, 12, 8)),
        ({"until": "2026-12-07"}, date(2026, 12, 7)),
        ({"until": "2026-12-07 08:00"}, date(2026, 12, 6)),
        ({"for_": "until 2026-12-07"}, date(2026, 12, 7)),
        ({"until": "Dec 7"}, date(2026, 12, 7)),
        ({"until": "friday"}, date(2026, 11, 27)),
        ({"for_": "1w", "start": "2026-12-01 00:00"}, date(2026, 12, 7)),
    ],
)
def test_the_last_day_is_the_last_whose_window_opens_in_time(said: dict[str, str], last: date) -> None:
    """A window that would open at or after the end is none of it."""
    assert read("weekdays 09:00-10:00", **said).last == last


def test_a_start_moves_the_first_day() -> None:
    """From next Monday."""
    assert read("weekdays 09:00-10:00", for_="1w", start="2026-11-30 00:00").first == date(2026, 11, 30)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", {"for_": "2w"}),
        ("sometimes", {"for_": "2w"}),
        ("weekdays", {"for_": "2w"}),
        ("weekdays 25:00-26:00", {"for_": "2w"}),
        ("weekdays 09:00-09:00", {"for_": "2w"}),
        ("weekdays 09:00-10:00", {}),
        ("weekdays 09:00-10:00 for two weeks", {"for_": "2w"}),
        ("weekdays 09:00-10:00", {"for_": "93d"}),
        ("weekdays 09:00-10:00", {"until": "2026-11-01"}),
        ("sat 09:00-10:00", {"for_": "1d"}),
        ("weekdays 09:00-10:00 for two moons", {}),
        ("mon " * 60 + "09:00-10:00", {"for_": "2w"}),
    ],
)
def test_what_is_no_recurrence_gets_a_sentence(text: str, said: dict[str, str]) -> None:
    """Which says what is wrong, beside the field that it is about."""
    with pytest.raises(BadInput) as refused:
        read(text, **said)
    assert refused.value.field in {"start", "length"}
    assert refused.value.sentence.endswith(".")
