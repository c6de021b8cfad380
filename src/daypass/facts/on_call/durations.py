"""
How long an event lasts whose calendar says it as a duration (RFC 5545, 3.3.6).

    P1D, P1W     days and weeks are nominal     it ends at the same time of the day, be that 23 or 25 hours later
    PT9H         hours and less are exact       it ends nine hours later, though the clocks change in between
    P1DT9H       first the days, then the hours

The libraries read both into one number and add it to what the clock shows, so that an event of nine hours in the night
when summer begins ended an hour early. Its own words are therefore kept beside it while the calendar is unfolded. An
event that names its end (DTEND) ends when the clock shows that, at each repetition, as every calendar draws it.
"""

import re
from datetime import UTC, date, datetime, timedelta, tzinfo

from icalendar import Event

_FOLD = re.compile(rb"\r?\n[ \t]")
_DURATION = re.compile(rb"^(?:X-DAYPASS-)?DURATION\b[^:\r\n]*:([^\r\n]*)(?:\r?\n|\Z)", re.IGNORECASE | re.MULTILINE)
_WORDS = "X-DAYPASS-DURATION"
_PARTS = re.compile(
    r"(?P<sign>[+-]?)P(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+)S)?)?",
    re.IGNORECASE,
)


def with_words(text: bytes) -> bytes:
    """Write beside each duration of a calendar, as a property of our own that is copied to repetitions, its words."""

    def kept(found: re.Match[bytes]) -> bytes:
        if found[0].upper().startswith(b"X-"):
            return b""  # somebody else's, who would have it read as ours
        return found[0].rstrip(b"\r\n") + b"\r\n" + _WORDS.encode() + b":" + found[1] + b"\r\n"

    return _DURATION.sub(kept, _FOLD.sub(b"", text))


def end(event: Event, zone: tzinfo) -> datetime:
    """The moment, in UTC, at which an event or one repetition of it ends; times without a zone are in the one given."""
    start, written = event.start, _written(event)
    if written is None or event.end - start != sum(written, timedelta()):
        return in_utc(event.end, zone)  # it names its end, or this repetition has one of its own
    nominal, exact = written
    return in_utc(start + nominal, zone) + exact


def in_utc(moment: date, zone: tzinfo) -> datetime:
    """Place a moment or a day, which begins at midnight of the zone, in UTC."""
    if not isinstance(moment, datetime):
        moment = datetime(moment.year, moment.month, moment.day, tzinfo=zone)
    elif moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    return moment.astimezone(UTC)


def _written(event: Event) -> tuple[timedelta, timedelta] | None:
    """Read the nominal and the exact part of an event's duration; None for an event that has none."""
    found = _PARTS.fullmatch(str(event.get(_WORDS, "")).strip())
    if found is None:
        return None
    number = {name: int(found[name] or 0) for name in ("weeks", "days", "hours", "minutes", "seconds")}
    sign = -1 if found["sign"] == "-" else 1
    nominal = timedelta(weeks=number["weeks"], days=number["days"])
    exact = timedelta(hours=number["hours"], minutes=number["minutes"], seconds=number["seconds"])
    return sign * nominal, sign * exact
