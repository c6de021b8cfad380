"""Calendars written for tests, and moments to ask them about."""

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from daypass.facts.on_call.ical import IcalSchedule

BERLIN = ZoneInfo("Europe/Berlin")
ANNA = frozenset({"anna@example.com"})
BERT = frozenset({"bert@example.com"})
NOBODY: frozenset[str] = frozenset()


def event(*lines: str, uid: str = "one") -> str:
    """Write one event."""
    return "\r\n".join(["BEGIN:VEVENT", f"UID:{uid}", *lines, "END:VEVENT", ""])


def calendar(*parts: str, head: Iterable[str] = ()) -> bytes:
    """Write a calendar of these parts."""
    begin = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//", *head, ""]
    return ("\r\n".join(begin) + "".join(parts) + "END:VCALENDAR\r\n").encode()


def on_call(text: bytes, moment: str, zone: ZoneInfo = BERLIN, *, fold: int = 0) -> frozenset[str]:
    """Ask a calendar about a moment by the clock on Berlin's walls."""
    return IcalSchedule(lambda: text).on_call(datetime.fromisoformat(moment).replace(tzinfo=zone, fold=fold))
