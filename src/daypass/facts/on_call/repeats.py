"""
Which repetitions of a calendar are read at all.

A calendar is somebody else's text, and a short rule can ask for more work than a day has seconds. The rules are
looked at before the calendar is unfolded, and a rule is refused when it
  - repeats by the second or by the minute, or at several minutes of an hour,
  - could be searched for a match up to the year 9999 (every day, but only on a 30th of February),
  - has begun so long ago that too many repetitions lie behind it.
"""

import re
from datetime import date, datetime
from typing import Any

from icalendar import Event

from daypass.model.errors import Misconfigured

_FOLD = re.compile(rb"\r?\n[ \t]")
_RULE = re.compile(rb"^(?:RRULE|EXRULE)\b[^:\r\n]*:([^\r\n]*)", re.IGNORECASE | re.MULTILINE)
_FREQUENCY = re.compile(rb"(?:^|;)\s*FREQ\s*=\s*(\w+)", re.IGNORECASE)
_INTERVAL = re.compile(rb"(?:^|;)\s*INTERVAL\s*=\s*([^;]*)", re.IGNORECASE)
_ZONE = re.compile(rb"^BEGIN:VTIMEZONE\b.*?^END:VTIMEZONE\b", re.IGNORECASE | re.MULTILINE | re.DOTALL)

_DAYS = {"HOURLY": 1 / 24, "DAILY": 1, "WEEKLY": 7, "MONTHLY": 28, "YEARLY": 365}
_SOUGHT = {"MONTHLY": 20_000, "YEARLY": 8_000}
_LONGEST_DAYS = 366
_MOST = 200_000
_AT_ONCE = 20
"""A repetition that covers the moment is written out whole, which takes this much longer than counting past one."""

_LAST_WEEK = 5
_LAST_DAY = 31
_PLAIN = frozenset({"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYDAY", "BYHOUR", "BYMINUTE"})
_WIDE = _PLAIN | {"BYMONTH", "BYMONTHDAY", "BYSETPOS"}


def check_text(text: bytes) -> None:
    """Refuse rules that must not even be parsed; a zone's rules are unfolded while it is. Raises Misconfigured."""
    whole = _FOLD.sub(b"", text)
    for rule in _RULE.findall(whole):
        _check_rule(rule, allowed=frozenset(_DAYS))
    for zone in _ZONE.findall(whole):
        for rule in _RULE.findall(zone):
            _check_rule(rule, allowed=frozenset({"YEARLY"}))


def check_events(events: list[Event], now: datetime) -> None:
    """Refuse rules that ask for too much work. Raises Misconfigured."""
    if sum(_cost(event, now) for event in events) > _MOST:
        raise Misconfigured(
            "The on-call calendar repeats its events too often to be read; begin the repetitions later, or less often."
        )


def _check_rule(rule: bytes, *, allowed: frozenset[str]) -> None:
    frequencies = {found.decode("ascii", "replace").upper() for found in _FREQUENCY.findall(rule)}
    intervals = [found.strip() for found in _INTERVAL.findall(rule)]
    if len(frequencies) != 1 or not frequencies <= allowed:
        raise Misconfigured("The on-call calendar has a rule of repetition that is not read: hourly is the most often.")
    if any(not found.isdigit() or int(found[:9]) < 1 for found in intervals):
        raise Misconfigured("The on-call calendar has a rule of repetition with an interval that is no number from 1.")


def _cost(event: Event, now: datetime) -> int:
    rules = event.get("RRULE", [])
    return sum(_rule_cost(event, rule, now) for rule in (rules if isinstance(rules, list) else [rules]))


def _rule_cost(event: Event, rule: Any, now: datetime) -> int:
    parts = {str(name).upper(): list(value) for name, value in rule.items()}
    frequency = str(parts["FREQ"][0]).upper()
    interval = int(parts.get("INTERVAL", [1])[0])
    _check_parts(parts, frequency, interval)
    begins: date = event.start
    age = (now.date() - date(begins.year, begins.month, begins.day)).days + 2
    lasts = (event.end - event.start).days
    if lasts > _LONGEST_DAYS:
        raise Misconfigured("The on-call calendar repeats an event that is longer than a year.")
    each = len(parts.get("BYHOUR", [0])) * max(1, len(parts.get("BYDAY", [])))
    counted = max(0, age) + _AT_ONCE * (lasts + 2)
    return int(counted / _DAYS[frequency] / interval) * each + 1 + _sought(parts, frequency, interval)


def _sought(parts: dict[str, Any], frequency: str, interval: int) -> int:
    narrow = parts.keys() & {"BYMONTH", "BYMONTHDAY", "BYSETPOS"}
    may_never_match = len(narrow) > 1 or "BYSETPOS" in narrow or (narrow and interval > 1)
    return _SOUGHT.get(frequency, 0) if may_never_match else 0


def _check_parts(parts: dict[str, Any], frequency: str, interval: int) -> None:
    known = _WIDE if frequency in {"MONTHLY", "YEARLY"} else _PLAIN
    strange = sorted(parts.keys() - known)
    if strange:
        raise Misconfigured(
            f"The on-call calendar has a rule of repetition that is not read: {frequency} by {strange[0]}."
        )
    weeks = [getattr(day, "relative", None) or 0 for day in parts.get("BYDAY", [])]
    if any(abs(week) > _LAST_WEEK for week in weeks) or any(
        abs(int(day)) > _LAST_DAY for day in parts.get("BYMONTHDAY", [])
    ):
        raise Misconfigured("The on-call calendar has a rule of repetition on a day no month has.")
    if len(parts.get("BYMINUTE", [])) > 1:
        raise Misconfigured("The on-call calendar has a rule of repetition at several minutes of an hour.")
    if frequency in {"HOURLY", "DAILY"} and "BYDAY" in parts and interval > 1:
        raise Misconfigured(
            "The on-call calendar has a rule of repetition by interval and day of the week; make it weekly."
        )
