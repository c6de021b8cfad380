"""Moments, lengths and recurrences as people read them in Slack. See `texts`."""

from datetime import UTC, datetime, timedelta

from daypass.doors.language import words_for_length
from daypass.model.lease import Term
from daypass.model.request import Recurrence, Request

_DAYS = {1: "Monday", 2: "Tuesday", 3: "Wednesday", 4: "Thursday", 5: "Friday", 6: "Saturday", 7: "Sunday"}
_TOGETHER = {
    frozenset(range(1, 8)): "every day",
    frozenset(range(1, 6)): "every weekday",
    frozenset({6, 7}): "every Saturday and Sunday",
}


def moment(at: datetime) -> str:
    """A moment in the reader's own time zone, to the second; UTC where Slack cannot show it."""
    fallback = f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}} {{time_secs}}|{fallback}>"


def until_as_typed(said: str) -> str:
    """An end as it stands in a form's field, in the words that the field understands."""
    return f"until {said.removeprefix('until ')}"


def how_long(term: Term) -> str:
    """A term in words: `2 hours`, `until ... from ...`."""
    length = words_for_length(term.length) if term.length is not None else ""
    until = f"until {moment(term.until)}" if term.until is not None else ""
    start = f", not before {moment(term.starts)}" if term.starts is not None else ""
    return f"{length or until}{start}"


def for_how_long(term: Term) -> str:
    """A term as the end of a sentence: `for 2 hours`, `until 18:00`."""
    return how_long(term) if term.until is not None else f"for {how_long(term)}"


def left(time: timedelta) -> str:
    """How much time there is, when it is read: in whole minutes, never more than there is."""
    minutes = time // timedelta(minutes=1)
    if minutes < 1:
        return "less than a minute left"
    return f"{words_for_length(timedelta(minutes=minutes))} left"


def as_asked(request: Request) -> str:
    """The picker's first choice, in plain text, where Slack shows no dates."""
    term, chosen = request.term, [one.length for one in request.approvals if one.length is not None]
    if chosen and (term.length is None or min(chosen) < term.length):
        return f"As approved so far: {words_for_length(min(chosen))}"
    return f"As asked: {words_for_length(term.length)}" if term.length is not None else "As asked"


def every(recurs: Recurrence) -> str:
    """A recurrence in words: `every weekday 09:00-10:00 (Europe/Berlin) until 7 December 2026`."""
    named = [_DAYS[day] for day in sorted(recurs.days)]
    days = _TOGETHER.get(recurs.days) or f"every {', '.join(named)}"
    last = f"{recurs.last.day} {recurs.last:%B %Y}"
    return f"{days} {recurs.opens:%H:%M}-{recurs.closes:%H:%M} ({recurs.tz}) until {last}"


def wished(request: Request) -> str:
    """For how long, or how often, as it was asked."""
    return every(request.recurs) if request.recurs else how_long(request.term)
