"""
Moments as people write them, in their own time zone: `18:00`, `6pm`, `tomorrow 09:00`, `Dec 1 9am`, `in 30m`.

A time of day without a date is the next such time, and a day without a time is its beginning: what was not said is not
read as the longer of two. A time that the clocks skip or show twice that day is refused,
never guessed; written with its offset (`2026-10-25T02:30+01:00`, `18:00Z`) every moment can be said.
"""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from daypass.doors.language.days import DAY, EXAMPLES, WORDS, date_of, is_day, is_weekday
from daypass.doors.language.tokenize import did_you_mean
from daypass.model.errors import BadInput
from daypass.model.lease import LONGEST, Term, whole_second
from daypass.model.length import parse_length

_LONGEST_TEXT = 64
_MOMENT = re.compile(
    rf"(?:(?P<day>{DAY})(?:,? at |[t, ] ?))?"
    r"(?P<hour>\d{1,2})(?:[:.](?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.\d{1,9})?)?)? ?(?P<half>am|pm)?"
    r" ?(?P<offset>z|utc|gmt|[+-]\d{2}:?\d{2})?",
    re.ASCII,
)
_FURTHEST_EAST = timedelta(hours=14)  # Kiribati
_NOON = 12


def parse_term(
    for_: str | None, start: str | None = None, *, until: str | None = None, now: datetime, tz: str
) -> Term | None:
    """
    Read how long and from when; None when neither a length nor an end nor a start was said.

    `for_` is a length (`2h`) or an end (`until 18:00`); `until` is an end. A time of day is the next one after the
    start. Raises BadInput with the field `length` or `start`.
    """
    starts = _start(start, now=now, tz=tz)
    end = _end(for_, until)
    if end is not None:
        ends = parse_moment(end, after=starts or now, tz=tz, field="length")
        return Term(until=_within_a_year(ends, starts or now), starts=starts)
    if for_ is not None:
        return Term(length=parse_length(for_), starts=starts)
    if starts is not None:
        raise BadInput("Say for how long as well: --for 2h, beside the start.", field="length")
    return None


def parse_moment(text: str, *, after: datetime, tz: str, field: str) -> datetime:
    """
    Read a moment in whole UTC seconds; one without a date is the first after `after`.

    `tz` is the IANA name of the zone the person lives in. Raises BadInput with the given field for what cannot be
    read, for a moment that is not after `after`, and for one that the clocks of that zone skip or show twice.
    """
    plain = " ".join(text.lower().split())
    if len(plain) <= _LONGEST_TEXT and is_day(plain):
        return _beginning(plain, after=after, tz=tz, field=field)
    match = _MOMENT.fullmatch(plain) if len(plain) <= _LONGEST_TEXT else None
    if match is None or not (match["minute"] or match["half"]):
        raise BadInput(_why_not(plain), field=field)
    zone = _zone(match["offset"], tz, field)
    moment = _next(match["day"], _time_of_day(match, plain, field), zone, after, field)
    if moment <= after:
        raise BadInput(f"“{' '.join(text.split())}” is over already; {EXAMPLES}.", field=field)
    return whole_second(moment)


def _beginning(day: str, *, after: datetime, tz: str, field: str) -> datetime:
    """When a day begins, where nobody said at what time of it."""
    moment = _next(day, time(0), _home(tz, field), after, field)
    if moment <= after:
        raise BadInput(f"“{day}” has begun already; say a time of day as well, such as {day} 18:00.", field=field)
    return whole_second(moment)


def is_moment(text: str) -> bool:
    """Whether it reads as a moment, on whatever day and in whatever zone; a day alone does."""
    plain = " ".join(text.lower().split())
    return len(plain) <= _LONGEST_TEXT and bool(_MOMENT.fullmatch(plain) or is_day(plain))


def _start(text: str | None, *, now: datetime, tz: str) -> datetime | None:
    plain = " ".join((text or "").lower().split())
    if plain in {"", "now"}:
        return None
    if plain.startswith("in "):
        return whole_second(now + _length(plain.removeprefix("in "), "start"))
    return _within_a_year(parse_moment(plain, after=now, tz=tz, field="start"), now, field="start")


def _end(for_: str | None, until: str | None) -> str | None:
    if for_ is not None and until is not None:
        raise BadInput("Say either for how long (--for 2h) or until when (--until 18:00), not both.", field="length")
    spoken = " ".join((for_ or "").lower().split())
    if until is None and spoken.startswith("until"):
        return spoken.removeprefix("until").strip()
    return None if until is None else re.sub(r"^until ", "", until.strip(), flags=re.IGNORECASE)


def _length(text: str, field: str) -> timedelta:
    try:
        return parse_length(text)
    except BadInput as error:
        raise BadInput(error.sentence, field=field) from None


def _within_a_year(moment: datetime, start: datetime, field: str = "length") -> datetime:
    if moment - start > LONGEST:
        raise BadInput("That is more than a year ahead; nothing is lent for so long.", field=field)
    return moment


def _zone(offset: str | None, tz: str, field: str) -> tzinfo:
    if offset in {"z", "utc", "gmt"}:
        return UTC
    if offset is None:
        return _home(tz, field)
    hours, minutes = int(offset[1:3]), int(offset[-2:])
    ahead = timedelta(hours=hours, minutes=minutes)
    if ahead > _FURTHEST_EAST:
        raise BadInput(f"“{offset}” is no time zone's offset; write one such as +01:00, or Z for UTC.", field=field)
    return timezone(-ahead if offset[0] == "-" else ahead)


def _home(tz: str, field: str) -> tzinfo:
    try:
        return ZoneInfo(tz)
    except (ValueError, OSError, KeyError):  # no such zone, a folder's name, or a name no file could have
        raise BadInput(
            f"Your time zone “{tz}” is not known here; write the time in UTC, such as 18:00Z.", field=field
        ) from None


def _time_of_day(match: re.Match[str], plain: str, field: str) -> time:
    hour, minute, second = (int(match[part] or 0) for part in ("hour", "minute", "second"))
    try:
        return time(in_24_hours(hour, match["half"]), minute, second)
    except ValueError:
        raise BadInput(f"“{plain}” is not a time of day; {EXAMPLES}.", field=field) from None


def in_24_hours(hour: int, half: str | None) -> int:
    """Read an hour with its am or pm, if it has one. Raises ValueError: 0 am and 13 pm are no times of day."""
    if not half:
        return hour
    if not 1 <= hour <= _NOON:
        raise ValueError(half)
    return hour % _NOON + (_NOON if half == "pm" else 0)


def _next(day: str | None, clock: time, zone: tzinfo, after: datetime, field: str) -> datetime:
    """Find the moment that a day, or the lack of one, means; it may be over already."""
    today = after.astimezone(zone).date()
    first = date_of(day, today, field)
    step = 1 if day is None else 7 if is_weekday(day) else 0
    if step and _latest(first, clock, zone) <= after:
        first += timedelta(days=step)
    if (latest := _latest(first, clock, zone)) <= after:
        return latest
    return _exactly(first, clock, zone, field)


def _latest(day: date, clock: time, zone: tzinfo) -> datetime:
    return max(datetime.combine(day, clock.replace(fold=fold), zone).astimezone(UTC) for fold in (0, 1))


def _exactly(day: date, clock: time, zone: tzinfo, field: str) -> datetime:
    """Refuse a time that the clocks skip, or show twice, on that day."""
    early, late = (datetime.combine(day, clock.replace(fold=fold), zone).astimezone(UTC) for fold in (0, 1))
    if early == late:
        return early
    said = f"{clock:%H:%M} on {day:%d %B %Y} in {zone}"
    if early.astimezone(zone).time() != clock:
        raise BadInput(f"There is no {said}: the clocks skip it. Choose another time.", field=field)
    first = early.astimezone(zone).isoformat(timespec="minutes")
    second = late.astimezone(zone).isoformat(timespec="minutes")
    raise BadInput(f"There are two {said}, as the clocks go back: write {first} or {second}.", field=field)


def _why_not(plain: str) -> str:
    shown = plain if len(plain) <= _LONGEST_TEXT else f"{plain[:_LONGEST_TEXT]}…"
    if not plain:
        return f"Say which time; {EXAMPLES}."
    if re.fullmatch(r"\d{1,2}", plain):
        return f"“{shown}” could be an hour or a length; write {shown}:00, or --for {shown}h."
    if plain == "yesterday":
        return f"“{shown}” is over; {EXAMPLES}."
    hints = (did_you_mean(word, WORDS) for word in plain.split() if word.isalpha() and word not in WORDS)
    return f"“{shown}” is not a time; {EXAMPLES}.{next(filter(None, hints), '')}"
