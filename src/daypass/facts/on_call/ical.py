"""
Who is on call, from any calendar in iCalendar form (RFC 5545).

    who an event names          with                                  without
    attendees (mailto:)         those who have not declined           look at the summary
    one address in the summary  that one                              Misconfigured

The organizer is who wrote the event, and is not asked. A cancelled event names nobody; neither do rooms, people told
for information only, and people who have delegated their part. All-day and floating times are those of the
calendar's own zone (X-WR-TIMEZONE), else of the zone given, else UTC. An event covers [start, end).
"""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

import recurring_ical_events  # type: ignore[import-untyped]
from icalendar import Calendar, Event

from daypass.facts.on_call.durations import end, in_utc, with_words
from daypass.facts.on_call.repeats import check_events, check_text
from daypass.model.errors import Misconfigured
from daypass.sources.fetch import LARGEST_BYTES
from daypass.sources.mail_address import address, addresses_within

_MARGIN = timedelta(days=1)
_AWAY = frozenset({"DECLINED", "DELEGATED"})
_THINGS = frozenset({"ROOM", "RESOURCE"})
_TIMES = ("DTSTART", "DTEND", "RECURRENCE-ID")
_SHOWN = 60
_STAMPS = re.compile(rb"^(?:DTSTAMP|CREATED|LAST-MODIFIED)[;:].*\r?\n", re.MULTILINE)
"""What may differ between two copies of one event."""


class IcalSchedule:
    """A calendar whose events say who is on call; it is read anew for each question."""

    def __init__(self, read: Callable[[], bytes], *, zone: tzinfo = UTC) -> None:
        """Take the way to the calendar's text; `zone` is that of all-day events when the calendar names none."""
        self._read = read
        self._zone = zone

    def on_call(self, now: datetime) -> frozenset[str]:
        """E-mail addresses of those on call at that moment, lower case. Raises Unavailable or Misconfigured."""
        text = self._read()
        if len(text) > LARGEST_BYTES:
            raise Misconfigured("The on-call calendar is larger than 1 MiB; name a smaller one.")
        check_text(text)
        try:
            return frozenset(_named(text, now, self._zone))
        # The two libraries let through whatever a strange calendar makes them trip over.
        except (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError, OSError) as error:
            raise Misconfigured("The on-call calendar cannot be read as iCalendar.").because(
                str(error)[:200]
            ) from error


def _named(text: bytes, now: datetime, otherwise: tzinfo) -> Iterator[str]:
    calendar = Calendar.from_ical(with_words(text))
    events = calendar.events
    for event in events:
        _check(event)
    _check_named_once(events)
    check_events(events, now)
    zone = _zone(calendar, otherwise)
    here = now.astimezone(zone)
    for event in recurring_ical_events.of(calendar).between(here - _MARGIN, here + _MARGIN):
        if _covers(event, now, zone) and not _is_cancelled(event):
            yield from _people(event)


def _check_named_once(events: Sequence[Event]) -> None:
    """Refuse a calendar without events, which says nothing of anybody, and events of which one would hide another."""
    if not events:
        raise Misconfigured("The on-call calendar has no event at all; name the calendar that has them.")
    seen: dict[tuple[str, ...], bytes] = {}
    for event in events:
        named = tuple(str(_text_of(event, name)) for name in ("UID", "RECURRENCE-ID", "SEQUENCE"))
        content = _STAMPS.sub(b"", event.to_ical())
        if seen.setdefault(named, content) != content:
            raise Misconfigured(f"{_called(event)} has the UID of another one; give each event a UID of its own.")


def _text_of(event: Event, name: str) -> bytes:
    found = event.get(name)
    return b"" if found is None else bytes(found.to_ical()) if hasattr(found, "to_ical") else str(found).encode()


def _check(event: Event) -> None:
    if event.errors:
        raise Misconfigured(f"{_called(event)} has a {event.errors[0][0]} that cannot be read.")
    if "DTSTART" not in event or "EXRULE" in event:
        lack = "lacks its start" if "DTSTART" not in event else "has an EXRULE, which is not read"
        raise Misconfigured(f"{_called(event)} {lack}.")
    for name in _TIMES:
        found = event.get(name)
        if found is not None and "TZID" in found.params and getattr(found.dt, "tzinfo", None) is None:
            raise Misconfigured(f"{_called(event)} is in a time zone nobody knows: {found.params['TZID']}.")
    for found in _dates(event):
        if "TZID" in found.params and any(getattr(one.dt, "tzinfo", None) is None for one in found.dts):
            raise Misconfigured(f"{_called(event)} is in a time zone nobody knows: {found.params['TZID']}.")
    if isinstance(event.start, datetime) and not ({"DTEND", "DURATION"} & event.keys() or _is_cancelled(event)):
        raise Misconfigured(f"{_called(event)} does not say when it ends.")
    if in_utc(event.end, UTC) < in_utc(event.start, UTC):
        raise Misconfigured(f"{_called(event)} ends before it starts.")


def _dates(event: Event) -> Iterator[Any]:
    for name in ("EXDATE", "RDATE"):
        found = event.get(name, [])
        yield from found if isinstance(found, list) else [found]


def _is_cancelled(event: Event) -> bool:
    return str(event.get("STATUS", "")).upper() == "CANCELLED"


def _zone(calendar: Any, otherwise: tzinfo) -> tzinfo:
    name = calendar.get("X-WR-TIMEZONE")
    if name is None:
        return otherwise
    try:
        return ZoneInfo(str(name))
    except (ValueError, OSError, LookupError):
        raise Misconfigured(f"The on-call calendar is in a time zone nobody knows: {str(name)[:_SHOWN]}.") from None


def _covers(event: Event, now: datetime, zone: tzinfo) -> bool:
    # In UTC: two times of one zone are compared by the hands of the clock, which show one hour twice in autumn.
    return in_utc(event.start, zone) <= now.astimezone(UTC) < end(event, zone)


def _people(event: Event) -> frozenset[str]:
    told = event.get("ATTENDEE", [])
    attendees = [who for who in (told if isinstance(told, list) else [told]) if not _is_aside(who)]
    if not attendees:
        return _in_summary(event)
    found = {_address(event, str(who)) for who in attendees if _parameter(who, "PARTSTAT") not in _AWAY}
    return frozenset(found)


def _is_aside(who: Any) -> bool:
    return _parameter(who, "CUTYPE") in _THINGS or _parameter(who, "ROLE") == "NON-PARTICIPANT"


def _parameter(who: Any, name: str) -> str:
    return str(who.params.get(name, "")).upper()


def _address(event: Event, uri: str) -> str:
    scheme, _, rest = uri.partition(":")
    found = address(rest) if scheme.lower() == "mailto" else None
    if found is None:
        raise Misconfigured(f"{_called(event)} has an attendee without an e-mail address.")
    return found


def _in_summary(event: Event) -> frozenset[str]:
    found = addresses_within(str(event.get("SUMMARY", "")))
    if len(found) != 1:
        lack = "names more than one e-mail address in its summary" if found else "names nobody's e-mail address"
        raise Misconfigured(f"{_called(event)} {lack}; invite those who are on call.")
    return found


def _called(event: Event) -> str:
    name = " ".join(str(event.get("SUMMARY") or event.get("UID") or "").split())[:_SHOWN]
    return f"The event “{name}” of the on-call calendar" if name else "A nameless event of the on-call calendar"
