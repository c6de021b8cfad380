"""
Days and hours by somebody's clock on the wall: when a rule holds.

A window is half open, [opens, closes). One over midnight belongs to the day on which it opens: `fri 22:00-06:00` ends
on Saturday morning. It is the wall clock that counts, so an hour that a change of the clocks doubles is inside twice,
and one that it removes never comes.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from daypass.model.errors import BadInput

AS_REQUESTOR = "requestor"
"""In place of a zone: by the clock of the one who asks."""
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""In the order of ISO: Monday is 1."""

_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_HOURS = re.compile(r"([0-9]{2}):([0-9]{2})-([0-9]{2}):([0-9]{2})")
_DAY = 24 * 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """A window of the day, in minutes after midnight; `closes` before `opens` is on the next day."""

    opens: int
    closes: int

    def __str__(self) -> str:
        return f"{_clock(self.opens)}-{_clock(self.closes)}"

    def holds(self, minute: int, *, opened_today: bool, opened_yesterday: bool) -> bool:
        """Whether the window is open at this minute, counting only windows that open on days which are meant."""
        if self.opens < self.closes:
            return opened_today and self.opens <= minute < self.closes
        return (opened_today and minute >= self.opens) or (opened_yesterday and minute < self.closes)


ALL_DAY = Hours(opens=0, closes=_DAY)


def parse_hours(text: str) -> Hours:
    """Read `09:00-18:00`. Raises BadInput (field `start`) with a sentence."""
    match = _HOURS.fullmatch(text)
    numbers = [int(part) for part in match.groups()] if match else []
    if not numbers or max(numbers[1], numbers[3]) >= 60:  # noqa: PLR2004 - minutes
        raise _refused(f"“{text:.60}” is not a stretch of the day; write it as 09:00-18:00.")
    opens, closes = numbers[0] * 60 + numbers[1], numbers[2] * 60 + numbers[3]
    if opens >= _DAY or closes > _DAY:
        raise _refused(f"“{text}” goes beyond the day; hours run from 00:00 to 24:00.")
    if opens == closes:
        raise _refused(f"“{text}” is no time at all; leave “hours” out to mean the whole day.")
    return Hours(opens=opens, closes=closes)


def parse_zone(text: str) -> str:
    """Read the IANA name of a time zone. Raises BadInput (field `start`) with a sentence."""
    if zone(text) is None:
        raise _refused(f"“{text:.60}” is not a time zone; they are named as Europe/Berlin or UTC.")
    return text


@cache
def zone(name: str) -> ZoneInfo | None:
    """The time zone of this name, where there is one."""
    try:
        return ZoneInfo(name) if name in _known() else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def open_at(moment: datetime, where: ZoneInfo, days: Collection[int], hours: Collection[Hours]) -> bool:
    """Whether a moment lies in one of the windows (none: the whole day) of one of the days (none: every day)."""
    local = moment.astimezone(where)
    today, minute = local.isoweekday(), local.hour * 60 + local.minute
    yesterday = (today - 2) % 7 + 1
    opened_today, opened_yesterday = not days or today in days, not days or yesterday in days
    windows = hours or (ALL_DAY,)
    return any(window.holds(minute, opened_today=opened_today, opened_yesterday=opened_yesterday) for window in windows)


def said_moment(moment: datetime, where: ZoneInfo) -> str:
    """Say a moment by the clock on that wall: `Saturday at 10:12`."""
    local = moment.astimezone(where)
    return f"{_NAMES[local.weekday()]} at {local:%H:%M}"


def said_days(days: Collection[int]) -> str:
    """Say days in their order, neighbours as one stretch: `mon to fri, sun`."""
    stretches: list[list[int]] = []
    for day in sorted(days):
        if stretches and stretches[-1][-1] == day - 1:
            stretches[-1].append(day)
        else:
            stretches.append([day])
    return ", ".join(_stretch(stretch) for stretch in stretches)


def _stretch(days: list[int]) -> str:
    first, last = DAYS[days[0] - 1], DAYS[days[-1] - 1]
    return first if len(days) == 1 else f"{first} and {last}" if len(days) == 2 else f"{first} to {last}"  # noqa: PLR2004


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


@cache
def _known() -> frozenset[str]:
    return frozenset(available_timezones())


def _refused(sentence: str) -> BadInput:
    return BadInput(sentence, field="start")
