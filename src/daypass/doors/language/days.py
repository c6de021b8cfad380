"""
Days as people write them: `tomorrow`, `friday`, `2026-12-01`, `Dec 1`, `1 December 2026`, `11/30/2026`.

`12/1/2026` is 1 December in America and 12 January elsewhere: it is refused with both, and never guessed.
"""

import re
from datetime import date, timedelta

from daypass.model.errors import BadInput

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAMED = r"mon(?:day)?|tue(?:s(?:day)?)?|wed(?:nesday)?|thu(?:rs(?:day)?)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?"
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sep(?:t(?:ember)?)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\.?"
)
_NTH = r"\d{1,2}(?:st|nd|rd|th)?"
_YEAR = r"(?:,? \d{4})?"
EXAMPLES = "write it as 18:00, tomorrow 09:00 or 2026-11-24 09:00"
"""Of moments, for who wrote none."""
DAY = (
    rf"\d{{4}}-\d{{2}}-\d{{2}}|today|tomorrow|{_NAMED}|{_MONTH} {_NTH}{_YEAR}|{_NTH} {_MONTH}{_YEAR}"
    r"|\d{1,2}/\d{1,2}(?:/\d{4})?"
)
"""A pattern for a day, in small letters."""
WORDS = ("today", "tomorrow", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DAY_ALONE = re.compile(DAY, re.ASCII)
_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})(?:/(\d{4}))?", re.ASCII)
_BY_MONTH = re.compile(
    rf"(?:(?P<month>{_MONTH}) (?P<nth>{_NTH})|(?P<first>{_NTH}) (?P<then>{_MONTH}))(?:,? (?P<year>\d{{4}}))?", re.ASCII
)


def is_day(text: str) -> bool:
    """Whether it is a day alone, without a time; in small letters."""
    return _DAY_ALONE.fullmatch(text) is not None


def is_weekday(day: str | None) -> bool:
    """Whether it is a day of the week, of which the next is meant."""
    return day is not None and re.fullmatch(_NAMED, day) is not None


def date_of(day: str | None, today: date, field: str) -> date:
    """
    The day that is meant; today for none, the next such day where no year is said.

    Raises BadInput with the field for a day that is not in the calendar, is far away, or can be one of two.
    """
    if day is None or day == "today":
        return today
    if day == "tomorrow":
        return today + timedelta(days=1)
    if is_weekday(day):
        return today + timedelta(days=(_WEEKDAYS.index(day[:3]) - today.weekday()) % 7)
    found = _written(day, today, field)
    if found.year < today.year - 1:
        raise BadInput(f"“{day}” is over already; {EXAMPLES}.", field=field)
    if found.year > today.year + 2:
        raise BadInput(f"“{day}” is not within a year of today; nothing is lent for so long.", field=field)
    return found


def _written(day: str, today: date, field: str) -> date:
    try:
        if slashed := _SLASHED.fullmatch(day):
            return _slashed(day, slashed, today, field)
        if named := _BY_MONTH.fullmatch(day):
            month = _MONTHS.index((named["month"] or named["then"])[:3]) + 1
            return _of(named["year"], month, int(re.sub(r"\D", "", named["nth"] or named["first"])), today)
        return date.fromisoformat(day)
    except ValueError:
        raise BadInput(
            f"“{day}” is not a day of the calendar; write year-month-day, such as 2026-11-24.", field=field
        ) from None


def _slashed(day: str, said: re.Match[str], today: date, field: str) -> date:
    """Read `11/30/2026` and `30/11/2026`, where only one of the numbers can be the month."""
    one, two = int(said[1]), int(said[2])
    months = len(_MONTHS)
    if one > months or two > months or one == two:
        return _of(said[3], min(one, two), max(one, two), today)
    american, other = _of(said[3], one, two, today), _of(said[3], two, one, today)
    raise BadInput(
        f"“{day}” is {_shown(american)} to some and {_shown(other)} to others; write {american} or {other}.",
        field=field,
    )


def _of(year: str | None, month: int, day: int, today: date) -> date:
    """Find that day of the year, the next one where no year is said. Raises ValueError."""
    found = date(int(year) if year else today.year, month, day)
    return found if year or found >= today else found.replace(year=today.year + 1)


def _shown(day: date) -> str:
    return f"{day.day} {day:%B}"
