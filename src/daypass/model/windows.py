"""
The windows of a recurrence, as moments: each day's opening and closing by the wall clock of its time zone.

A window whose opening the clocks skip is left out; of an opening that they show twice the earlier one counts. A closing
that is skipped is the moment of the change; of one shown twice the later counts, so that a window is never empty.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from daypass.model.lease import Term
from daypass.model.request import Recurrence


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """One time that the access is lent: [starts, ends)."""

    starts: datetime
    ends: datetime

    @property
    def term(self) -> Term:
        """What is asked for it."""
        return Term(starts=self.starts, until=self.ends)


def windows(recurrence: Recurrence) -> Iterator[Window]:
    """Go through the windows in order."""
    zone = ZoneInfo(recurrence.tz)
    day = recurrence.first
    while day <= recurrence.last:
        if day.isoweekday() in recurrence.days and (window := _window(recurrence, day, zone)):
            yield window
        day += timedelta(days=1)


def next_window(recurrence: Recurrence, now: datetime) -> Window | None:
    """The window that is open now, or the next to open; None when the last is over."""
    return next((window for window in windows(recurrence) if window.ends > now), None)


def _window(recurrence: Recurrence, day: date, zone: ZoneInfo) -> Window | None:
    overnight = timedelta(days=1) if recurrence.closes <= recurrence.opens else timedelta(0)
    opens = datetime.combine(day, recurrence.opens, zone).astimezone(UTC)
    if opens.astimezone(zone).time() != recurrence.opens:
        return None
    closes = datetime.combine(day + overnight, recurrence.closes.replace(fold=1), zone).astimezone(UTC)
    return Window(starts=opens, ends=closes)
