"""
How long, in people's words: one grammar for the rules, Slack, the command line and the API.

    45s  90m  2h  1d  1w          a number and its unit
    1h30m  1 day 2 hours  1.5h    several, the larger unit first; fractions that come to whole seconds
    PT2H  P1DT12H                 ISO 8601, without months and years, which have no fixed length

A number without a unit is refused: somebody's 90 minutes would be somebody else's 90 hours.
"""

import re
from collections.abc import Iterator
from datetime import timedelta
from fractions import Fraction

from daypass.model.errors import BadInput
from daypass.model.lease import LONGEST

_LONGEST_TEXT = 64
_SECONDS = {"w": 604_800, "d": 86_400, "h": 3_600, "m": 60, "s": 1}
_NUMBER = r"[0-9]{1,12}(?:\.[0-9]{1,12})?"
_SPOKEN = re.compile(
    rf"(?:(?P<w>{_NUMBER}) ?(?:w|wk|wks|week|weeks))?(?:,? ?(?:and )?(?P<d>{_NUMBER}) ?(?:d|day|days))?"
    rf"(?:,? ?(?:and )?(?P<h>{_NUMBER}) ?(?:h|hr|hrs|hour|hours))?"
    rf"(?:,? ?(?:and )?(?P<m>{_NUMBER}) ?(?:m|min|mins|minute|minutes))?"
    rf"(?:,? ?(?:and )?(?P<s>{_NUMBER}) ?(?:s|sec|secs|second|seconds))?"
)
_ISO = re.compile(
    rf"p(?:(?P<w>{_NUMBER})w)?(?:(?P<d>{_NUMBER})d)?"
    rf"(?:t(?=[0-9])(?:(?P<h>{_NUMBER})h)?(?:(?P<m>{_NUMBER})m)?(?:(?P<s>{_NUMBER})s)?)?"
)
_CALENDAR = re.compile(r"[0-9]\s*(?:mo|month|months|y|yr|yrs|year|years)\b")
_EXAMPLES = "write it as 90m, 2h, 1h30m, 1d or 1w"
_NOTHING = "That is no time at all; ask for a minute or more, such as 90m or 2h."


def parse_length(text: str) -> timedelta:
    """
    Read a length of one second to 366 days, in whole seconds.

    Raises BadInput with the field `length` and a sentence that says what to write instead.
    """
    plain = " ".join(text.split())
    if not plain:
        raise _refused(f"Say for how long: {_EXAMPLES}.")
    if len(plain) > _LONGEST_TEXT:
        raise _refused(f"That is too long to be a length of time; {_EXAMPLES}.")
    length = _seconds(plain)
    if length < 1:
        raise _refused(_NOTHING)
    if length > LONGEST.total_seconds():
        raise _refused("That is more than a year; nothing is lent for so long.")
    if length.denominator != 1:
        raise _refused(f"“{plain}” does not come to whole seconds; {_EXAMPLES}.")
    return timedelta(seconds=int(length))


def is_length(text: str) -> bool:
    """Whether it reads as a length, possible or not."""
    plain = " ".join(text.lower().split())
    match = (_ISO.fullmatch(plain) or _SPOKEN.fullmatch(plain)) if plain and len(plain) <= _LONGEST_TEXT else None
    return match is not None and any(match.groupdict().values())


def words_for_length(length: timedelta) -> str:
    """Say a length exactly, never rounded: `1 hour 30 minutes`. `parse_length` reads the words back."""
    if length < timedelta(0):
        return f"minus {words_for_length(-length)}"
    return " ".join(_words(length)) or "0 seconds"


def short_length(length: timedelta) -> str:
    """Say a length as one types it: `2h`, `1h30m`, `7d`. `parse_length` reads it back."""
    minutes, seconds = divmod(int(length.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    parts = ((days, "d"), (hours, "h"), (minutes, "m"), (seconds, "s"))
    return "".join(f"{number}{unit}" for number, unit in parts if number) or "0s"


def _seconds(plain: str) -> Fraction:
    lowered = plain.lower() if plain.isascii() else ""
    match = _ISO.fullmatch(lowered) or _SPOKEN.fullmatch(lowered)
    parts = {unit: number for unit, number in match.groupdict().items() if number} if match else {}
    if not parts:
        raise _refused(_why_not(plain))
    return sum((Fraction(number) * _SECONDS[unit] for unit, number in parts.items()), Fraction())


def _why_not(plain: str) -> str:
    if re.fullmatch(_NUMBER, plain):
        return (
            _NOTHING
            if not Fraction(plain)
            else f"“{plain}” has no unit; write {plain}m for minutes or {plain}h for hours."
        )
    if re.match(r"[-\u2010-\u2015\u2212] ?[0-9]", plain):
        return f"“{plain}” is less than nothing; {_EXAMPLES}."
    if _CALENDAR.search(plain.lower()):
        return f"“{plain}” has no fixed length, as months and years differ; write days or weeks, such as 30d or 4w."
    return f"“{plain}” is not a length of time; {_EXAMPLES}."


def _words(length: timedelta) -> Iterator[str]:
    minutes, seconds = divmod(length.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    for number, unit in ((length.days, "day"), (hours, "hour"), (minutes, "minute")):
        if number:
            yield f"{number} {unit}{'' if number == 1 else 's'}"
    if seconds or length.microseconds:
        exact = f"{seconds}.{length.microseconds:06d}".rstrip("0").rstrip(".") if length.microseconds else str(seconds)
        yield f"{exact} second{'' if exact == '1' else 's'}"


def _refused(sentence: str) -> BadInput:
    return BadInput(sentence, field="length")
