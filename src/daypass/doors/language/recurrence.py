"""
The same hours again and again, as people write it: `weekdays 09:00-10:00 for two weeks`, `mon,wed 22:00-06:00`.

The days and hours are those of the zone in which the person lives.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from daypass.doors.language.days import date_of, is_day
from daypass.doors.language.moments import in_24_hours, parse_moment
from daypass.model.errors import BadInput
from daypass.model.length import is_length, parse_length, words_for_length
from daypass.model.request import Recurrence
from daypass.model.windows import windows

LONGEST = timedelta(days=92)
"""From the first window to the last: nobody remembers for longer what they approved."""

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_NAMES = {
    "day": range(1, 8),
    "days": range(1, 8),
    "daily": range(1, 8),
    "weekday": range(1, 6),
    "weekdays": range(1, 6),
    "weekend": range(6, 8),
    "weekends": range(6, 8),
}
_DAY = r"(?:mon(?:day)?|tue(?:s(?:day)?)?|wed(?:nesday)?|thu(?:rs(?:day)?)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?)s?"
_CLOCK = r"(?:\d{1,2}[:.]\d{2}(?: ?[ap]m)?|\d{1,2} ?[ap]m)"
_SAID = re.compile(
    rf"(?:every )?(?P<days>(?:{'|'.join(_NAMES)}|{_DAY}(?: ?- ?{_DAY}|(?: ?,| and|,? and)? ?{_DAY})*)),?"
    rf" (?:from )?(?P<opens>{_CLOCK}) ?(?:-|–|to) ?(?P<closes>{_CLOCK})(?: for (?P<span>.+))?"
)
_NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_EXAMPLES = "write it as “weekdays 09:00-10:00” or “mon,wed 22:00-06:00”"
_LONGEST_TEXT = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class GoesOn:
    """From when on, and for how long, as it was said."""

    for_: str | None = None
    until: str | None = None
    start: str | None = None


def parse_every(text: str, goes_on: GoesOn, *, now: datetime, tz: str) -> Recurrence:
    """
    Read a recurrence. For how long it goes on stands in the text (`for two weeks`), in `for_` or in `until`.

    Raises BadInput, with the field `start` for the days and hours and `length` for how long they go on.
    """
    match = _SAID.fullmatch(" ".join(text.lower().split())) if len(text) <= _LONGEST_TEXT else None
    if match is None:
        raise BadInput(f"“{text[:_LONGEST_TEXT]}” does not say which days and hours; {_EXAMPLES}.", field="start")
    zone = ZoneInfo(tz)
    start = goes_on.start
    begins = parse_moment(start, after=now, tz=tz, field="start") if start else now
    first = begins.astimezone(zone).date()
    opens = _clock(match["opens"])
    found = Recurrence(
        days=frozenset(_days(match["days"])),
        opens=opens,
        closes=_clock(match["closes"]),
        tz=tz,
        first=first,
        last=_last(_end(match["span"], goes_on.for_, goes_on.until, begins, tz).astimezone(zone), opens),
    )
    return _begun(found, begins)


def is_recurrence(text: str) -> bool:
    """Whether it reads as days and hours."""
    match = _SAID.fullmatch(" ".join(text.lower().split())) if len(text) <= _LONGEST_TEXT else None
    return match is not None and (match["span"] is None or is_length(_in_figures(match["span"])))


def _begun(found: Recurrence, begins: datetime) -> Recurrence:
    """Leave out the first day when its window is over. Raises BadInput when none is left."""
    if found.opens == found.closes:
        raise BadInput(f"A window that closes when it opens is no window; {_EXAMPLES}.", field="start")
    if not any(window.ends > begins for window in islice(windows(found), 400)):
        raise BadInput("No window of that lies within the time; choose other days or a later end.", field="length")
    return found


def _last(end: datetime, opens: time) -> date:
    """The last day on which a window opens before the end."""
    return end.date() if opens < end.time() else end.date() - timedelta(days=1)


def _end(span: str | None, for_: str | None, until: str | None, begins: datetime, tz: str) -> datetime:
    """Until when it goes on."""
    said = [one for one in (span, for_, until) if one]
    if len(said) != 1:
        raise BadInput(
            "Say once for how long it goes on: “for two weeks”, --for 2w or --until 2026-12-07.", field="length"
        )
    if until or (for_ and for_.startswith("until")):
        end = _day_or_moment((until or for_ or "").removeprefix("until").strip(), begins, tz)
    else:
        end = begins + parse_length(_in_figures(span or for_ or ""))
    if end - begins > LONGEST:
        raise BadInput(f"That goes on for more than {words_for_length(LONGEST)}; ask anew after that.", field="length")
    return end


def _day_or_moment(text: str, begins: datetime, tz: str) -> datetime:
    plain = " ".join(text.lower().split())
    if not is_day(plain):
        return parse_moment(text, after=begins, tz=tz, field="length")
    zone = ZoneInfo(tz)
    day = date_of(plain, begins.astimezone(zone).date(), "length")
    end = datetime.combine(day, time(23, 59, 59), zone)  # with the windows of that day
    if end < begins:
        raise BadInput(f"“{text}” is over already; write a later day.", field="length")
    return end


def _in_figures(text: str) -> str:
    word, _, rest = text.partition(" ")
    return f"{_NUMBERS.index(word) + 1} {rest}" if word in _NUMBERS else text


def _clock(text: str) -> time:
    figures, half = text.rstrip("apm ").partition(" ")[0], text[-2:] if text.endswith("m") else ""
    hour, _, minute = figures.replace(".", ":").partition(":")
    try:
        return time(in_24_hours(int(hour), half), int(minute or 0))
    except ValueError:
        raise BadInput(f"“{text}” is not a time of day; {_EXAMPLES}.", field="start") from None


def _days(text: str) -> Iterator[int]:
    if text in _NAMES:
        yield from _NAMES[text]
        return
    for part in re.split(r",? and |, ?| (?!-)(?<!- )", text):
        ends = [_DAYS.index(name.strip()[:3]) + 1 for name in part.split("-") if name.strip()]
        yield ends[0]
        if len(ends) > 1:
            yield from ((ends[0] + step - 1) % 7 + 1 for step in range(1, (ends[-1] - ends[0]) % 7 + 1))
